"""NMEA 0183 sentences, held against makers' own and against noise."""

import tomllib
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.nmea_weather.wire import MOST_BYTES, Decoder, Sentence, encode

GOLDEN: list[dict[str, Any]] = tomllib.loads(
    files("drivers.nmea_weather").joinpath("golden.toml").read_text()
)["sentence"]

WIND = b"$WIMWV,39,R,1.3,M,A*06\r\n"

texts = st.text("0123456789.-AKMNRS", max_size=6)
sentences = st.builds(
    Sentence,
    st.just("WI"),
    st.sampled_from(["MWV", "XDR", "MDA"]),
    st.lists(texts, max_size=12).map(tuple),
)


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda golden: golden["what"])
def test_sentences_are_those_of_the_makers(golden: dict[str, Any]) -> None:
    talker, kind, *fields = golden["fields"]
    line, sentence = golden["line"].encode() + b"\r\n", Sentence(talker, kind, tuple(fields))
    assert Decoder().feed(line) == [sentence]
    assert encode(sentence) == line


@given(st.lists(sentences, max_size=4), st.integers(1, 30))
def test_sentences_come_out_as_they_went_in_however_they_are_cut(
    sent: list[Sentence], cut: int
) -> None:
    wire, decoder = b"".join(map(encode, sent)), Decoder()
    got = [one for at in range(0, len(wire), cut) for one in decoder.feed(wire[at : at + cut])]
    assert got == sent
    assert decoder.noise == 0


@given(st.binary(max_size=600))
def test_noise_never_raises_and_never_grows(noise: bytes) -> None:
    decoder = Decoder()
    decoder.feed(noise.replace(b"\n", b""))
    decoder.feed(b"\n")
    assert decoder.feed(WIND)[-1].kind == "MWV"


@pytest.mark.parametrize(
    "line",
    [
        b"$WIMWV,38,R,1.3,M,A*06",  # another number than was sent
        b"$WIMWV,39,R,1.3,M,A",  # no sum
        b"$WIMWV,39,R,1.3,M,A*0",
        b"$WIMWV,39,R,1.3,M,A*XY",
        b"$WI*1E",
        b"\xff\xfe\xfd",
    ],
)
def test_what_is_no_sentence_is_counted(line: bytes) -> None:
    decoder = Decoder()
    assert decoder.feed(line + b"\r\n") == []
    assert decoder.noise == 1


def test_a_sentence_behind_one_that_was_cut_is_found() -> None:
    decoder = Decoder()
    assert [one.fields[0] for one in decoder.feed(b"$WIMWV,12,R" + WIND)] == ["39"]


def test_a_line_without_end_is_bounded_and_counted() -> None:
    decoder = Decoder()
    for _ in range(10):
        decoder.feed(b"$" + b"9" * MOST_BYTES)
    assert decoder.noise == 10
    assert decoder.feed(b"\n" + WIND) == Decoder().feed(WIND)
