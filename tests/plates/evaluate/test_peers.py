"""Peers: which of their text counts as the plate, how they are loaded, raced and told."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from agent.cli import main
from agent.core.errors import Rejected
from agent.plates.evaluate.peers.bench import Shot, contender_figures, ours, raced, theirs
from agent.plates.evaluate.peers.peer import Bgr, Line, LoadedPeer, Peer, PeerKind, load_peers
from agent.plates.evaluate.peers.rapidocr import KINDS, RapidOcr, RapidOcrOnnxruntime
from agent.plates.evaluate.peers.rule import read_of
from tests.benchmarks.of_plates.kept import KeptPeer
from tests.plates.evaluate.pictures import drawn_judge, save, street_with

PLATE = "1234BCD"


def line(text: str, score: float = 0.9, at: tuple[float, float] = (0, 0), high: float = 20) -> Line:
    x, y = at
    return Line(text, score, x, y, x + 12 * len(text), y + high)


@dataclass
class Parrot:
    """A peer that always reads the same, and counts how often it is asked."""

    said: Sequence[Line] = ()
    asked: int = 0

    def lines(self, picture: Bgr) -> Sequence[Line]:
        assert picture.ndim == 3
        self.asked += 1
        return self.said


def test_the_surest_text_with_a_digit_is_the_plate() -> None:
    read = read_of([line("AUTOHAUS", 0.99), line("1234 bcd", 0.9), line("B12", 0.99)])
    assert (read.text, read.raw) == (PLATE, "AUTOHAUS")
    assert {"AUTOHAUS", PLATE, "B12"} <= set(read.every)


def test_letters_alone_count_where_there_is_no_digit() -> None:
    assert read_of([line("BIMMIAN"), line("THE QUICK BROWN FOX")]).text == "BIMMIAN"


def test_a_text_of_no_known_format_counts_less() -> None:
    assert read_of([line("Q0Q0Q0Q0Q0", 0.95), line(PLATE, 0.8)]).text == PLATE
    assert read_of([line("Q0Q0Q0Q0Q0", 0.95), line(PLATE, 0.7)]).text == "Q0Q0Q0Q0Q0"


def test_lines_of_one_row_are_joined_from_left_to_right() -> None:
    parts = [line("BCD", 0.9, (70, 2)), line("1234", 0.95, (0, 0))]
    assert read_of(parts).text == PLATE
    far = [line("BCD", 0.9, (140, 2)), line("1234", 0.95, (0, 0))]
    assert read_of(far).text == "1234"


def test_two_rows_are_joined_from_above() -> None:
    rows = [line("BCD", 0.9, (5, 25)), line("1234", 0.9, (0, 0))]
    assert read_of(rows).text == PLATE
    apart = [line("BCD", 0.9, (5, 60)), line("1234", 0.9, (0, 0))]
    assert read_of(apart).text == "1234"
    unlike = [line("BCD", 0.9, (5, 8), high=6), line("1234", 0.9, (0, 0))]
    assert PLATE not in read_of(unlike).every


def test_a_joined_text_is_as_sure_as_its_least_sure_line() -> None:
    rows = [line("1234", 0.9, (0, 0)), line("BCD", 0.5, (5, 25))]
    assert read_of(rows).text == "1234"  # 0.9 x 0.8 beats 0.5


def test_nothing_plate_like_is_no_plate() -> None:
    read = read_of([line("A1", 0.9), line("···", 0.8)])
    assert (read.text, read.raw) == ("", "A1")
    assert read_of([]).every == ()


def kind(package: str) -> PeerKind:
    return PeerKind(package, f"pip install {package}", Parrot)


def test_peers_that_are_missing_or_unknown_are_told_with_what_to_install() -> None:
    there, gone = kind("pytest"), kind("no-such-peer")
    assert [peer.name for peer in load_peers([], [there, gone])] == ["pytest"]
    with pytest.raises(Rejected, match="no-such-peer is not installed: pip install no-such-peer"):
        load_peers(["no-such-peer"], [there, gone])
    with pytest.raises(Rejected, match=r"no peer is installed .*: pip install no-such-peer"):
        load_peers([], [gone])
    with pytest.raises(Rejected, match="no peer 'pytst', expected one of pytest, no-such-peer"):
        load_peers(["pytst"], [there, gone])


def test_a_peer_whose_own_parts_are_missing_is_told_with_what_to_install() -> None:
    def load() -> Peer:
        raise ModuleNotFoundError("no onnxruntime", name="onnxruntime")

    with pytest.raises(Rejected, match="lacks onnxruntime: pip install it"):
        load_peers(["pytest"], [PeerKind("pytest", "pip install it", load)])


def shot(truth: str | None, *drawn: str) -> Shot:
    luma = street_with(*drawn)
    return Shot(luma, np.repeat(luma[:, :, None], 3, axis=2), truth)


def test_contenders_are_counted_side_by_side() -> None:
    judge = drawn_judge()
    parrot = Parrot([line("AUTO", 0.95), line("I234BCD", 0.9)])
    shots = [shot(PLATE, PLATE), shot("9999XYZ", "9999XYZ"), shot(None)]
    race = [ours(judge.detector, judge.reader, judge.syntax), theirs(parrot.lines)]
    answers = raced(shots, race)
    mine, other = contender_figures([LoadedPeer("parrot", "1", parrot)], answers, "0")
    assert (mine.strict.right, mine.no_read.right) == (2, 1)
    assert (other.strict.right, other.tolerant.right, other.raw.right) == (0, 1, 0)
    assert (other.no_read.right, other.no_read.count) == (0, 1)
    assert mine.times_slower == 1.0
    assert parrot.asked == len(shots) + 1  # once to warm up
    assert [one.truth for one in answers[1]] == [PLATE, "9999XYZ", None]


def test_kept_answers_are_asked_once_a_picture(tmp_path: Path) -> None:
    parrot = Parrot([line(PLATE)])
    loaded = LoadedPeer("parrot", "1", parrot)
    first, second = shot(None).bgr, shot(None, PLATE).bgr
    kept = KeptPeer(loaded, tmp_path)
    for picture in (first, second, first):
        assert list(kept.lines(picture)) == [line(PLATE)]
    assert list(KeptPeer(loaded, tmp_path).lines(first)) == [line(PLATE)]
    assert parrot.asked == 2
    KeptPeer(LoadedPeer("parrot", "2", parrot), tmp_path).lines(first)
    assert parrot.asked == 3  # another version says something else


def test_rapidocr_reads_a_drawn_plate_without_a_network() -> None:
    pytest.importorskip("rapidocr", reason="pip install '.[peers]'")
    lines = RapidOcr().lines(shot(None, PLATE).bgr)
    assert read_of(lines).text == PLATE
    assert RapidOcr().lines(np.zeros((60, 200, 3), np.uint8)) == []


def test_the_verb_races_and_tells_no_plate(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("rapidocr", reason="pip install '.[peers]'")
    save(tmp_path / "set" / f"{PLATE}.png", PLATE)
    (tmp_path / "set" / "9999XYZ.png").write_bytes(b"")
    out = tmp_path / "bench.json"
    words = ["plates", "bench", str(tmp_path / "set"), "--peers", "rapidocr", "--json", str(out)]
    assert main(words) == 1  # one picture could not be read
    told, err = capsys.readouterr()
    assert "CPU ms a picture" in told
    assert "1 pictures could not be read" in told
    assert "not read: " in told
    assert "9999XYZ" not in told
    assert PLATE not in told + err + out.read_text()
    report = json.loads(out.read_text())
    assert [one["name"] for one in report["contenders"]] == ["sereno", "rapidocr"]


def test_a_set_without_texts_cannot_be_raced(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    picture = save(tmp_path / "images" / "a.png", PLATE)
    (tmp_path / "labels").mkdir()
    (tmp_path / "labels" / f"{picture.stem}.txt").write_text("0 0.5 0.5 0.2 0.1\n")
    assert main(["plates", "bench", str(tmp_path)]) == 1
    assert "no picture has one plate whose text is labelled" in capsys.readouterr().err


@pytest.mark.parametrize("kind", [RapidOcr, RapidOcrOnnxruntime])
def test_what_a_peer_cannot_take_it_has_not_read(kind: type[Peer]) -> None:
    def fails(picture: Bgr) -> None:
        raise ValueError(picture.shape)

    peer = kind.__new__(kind)
    peer._read = fails  # type: ignore[attr-defined]  # the package itself need not be there
    assert peer.lines(np.zeros((6, 6, 3), np.uint8)) == []


def test_every_peer_says_how_it_is_installed() -> None:
    assert all("pip install" in one.install for one in KINDS)
