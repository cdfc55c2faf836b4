"""Pelco-D frames, held against bytes from outside and against noise."""

import tomllib
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.pelco_d.wire import ANSWER_PAN, LENGTH, SET_PAN, Decoder, Frame, encode

GOLDEN: list[dict[str, Any]] = tomllib.loads(
    files("drivers.pelco_d").joinpath("golden.toml").read_text()
)["frame"]

frames = st.builds(Frame, *[st.integers(0, 255)] * 5)


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda golden: golden["what"])
def test_frames_are_those_of_others(golden: dict[str, Any]) -> None:
    content, frame = bytes.fromhex(golden["bytes"]), Frame(*golden["fields"])
    assert encode(frame) == content
    assert Decoder().feed(content) == [frame]


def test_a_word_is_two_bytes_high_first() -> None:
    assert encode(Frame.of_word(1, SET_PAN, 12_345)).hex(" ") == "ff 01 00 4b 30 39 b5"
    [answer] = Decoder().feed(bytes.fromhex("ff 01 00 59 30 39 c3"))
    assert (answer.command2, answer.word) == (ANSWER_PAN, 12_345)


@given(st.lists(frames, max_size=5), st.integers(1, 9))
def test_frames_come_out_as_they_went_in_however_they_are_cut(sent: list[Frame], cut: int) -> None:
    wire, decoder = b"".join(map(encode, sent)), Decoder()
    got = [one for at in range(0, len(wire), cut) for one in decoder.feed(wire[at : at + cut])]
    assert got == sent
    assert decoder.noise == 0


@given(st.binary(max_size=40))
def test_noise_is_counted_and_never_raises(noise: bytes) -> None:
    decoder = Decoder()
    found = decoder.feed(noise)
    assert len(found) * LENGTH + decoder.noise + decoder.drop() == len(noise)


def test_a_frame_behind_a_broken_one_is_found() -> None:
    sound = bytes.fromhex("ff 01 00 59 30 39 c3")
    decoder = Decoder()
    assert decoder.feed(b"\x00\xff\x01\x00" + sound) == [Frame(1, 0, ANSWER_PAN, 0x30, 0x39)]
    assert decoder.noise == 4


def test_what_an_answer_of_five_bytes_leaves_is_dropped_after_silence() -> None:
    decoder = Decoder()
    assert decoder.feed(bytes.fromhex("ff 01 59 30 39")) == []
    assert decoder.drop() == 5
    assert len(decoder.feed(bytes.fromhex("ff 01 00 59 30 39 c3"))) == 1


def test_what_is_no_byte_is_refused() -> None:
    with pytest.raises(ValueError, match="data1 256, expected 0 to 255"):
        Frame.of_word(1, SET_PAN, 65_536)
