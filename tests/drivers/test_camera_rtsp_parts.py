"""The parts of the RTSP camera that need no camera: address, settings, backlog."""

import threading
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.camera_rtsp import KIND
from drivers.camera_rtsp.address import check, without_login
from drivers.camera_rtsp.backlog import BEHIND, MOST_WAITING, Backlog


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("rtsp://10.0.0.7/main", "rtsp://10.0.0.7/main"),
        ("rtsp://bob:s3cr3t@10.0.0.7:8554/main", "rtsp://10.0.0.7:8554/main"),
        ("rtsp://bob:s3@cr3t@gate.example/main", "rtsp://gate.example/main"),
        ("rtsp://10.0.0.7/main?user=bob&password=s3cr3t", "rtsp://10.0.0.7/main"),
        ("rtsp://h/user=admin&password=geheim&channel=1", "rtsp://h/…"),
        ("rtsp://h/a/user%3Dadmin%26password=ge/heim/b", "rtsp://h/a/…"),
        ("rtsps://bob@[2001:db8::7]:322/a/b#s3cr3t", "rtsps://[2001:db8::7]:322/a/b"),
    ],
)
def test_an_address_is_shown_without_its_login(url: str, shown: str) -> None:
    check(url)
    assert without_login(url) == shown


@pytest.mark.parametrize(
    "url",
    ["", "http://10.0.0.7/main", "10.0.0.7/main", "rtsp://", "rtsp://h:0/", "rtsp://bob:s/3@h/"],
)
def test_what_is_no_rtsp_address_is_refused_in_words(url: str) -> None:
    with pytest.raises(msgspec.ValidationError, match="expected an address such as"):
        msgspec.convert({"url": url}, KIND.settings)


def test_neither_error_nor_repr_tells_the_password() -> None:
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.convert({"url": "http://bob:s3cr3t@10.0.0.7/"}, KIND.settings)
    assert "s3cr3t" not in str(caught.value)
    settings = msgspec.convert({"url": "rtsp://bob:s3cr3t@10.0.0.7/"}, KIND.settings)
    assert "s3cr3t" not in repr(settings) + str(settings)
    settings = msgspec.convert({"url": "rtsp://h/user=a&password=s3cr3t&channel=1"}, KIND.settings)
    assert "s3cr3t" not in repr(settings) + str(settings)


@pytest.mark.parametrize("wait", ["open_s", "silent_s"])
@pytest.mark.parametrize("value", [0, -1, 61, float("inf")])
def test_a_wait_without_sense_is_refused(wait: str, value: float) -> None:
    with pytest.raises(msgspec.ValidationError, match=wait):
        msgspec.convert({"url": "rtsp://h/", wait: value}, KIND.settings)


def waiting(backlog: Backlog[int], count: int) -> list[int | None]:
    return [backlog.get() for _ in range(count)]


def test_a_decoder_that_keeps_up_loses_nothing() -> None:
    backlog: Backlog[int] = Backlog()
    for number in range(1000):
        backlog.put(number, key=number % 25 == 0)
        assert backlog.get() == number
    assert backlog.dropped == 0


def test_a_little_unevenness_is_no_reason_to_skip() -> None:
    backlog: Backlog[int] = Backlog()
    for number in range(BEHIND - 1):
        backlog.put(number, key=False)
    backlog.put(99, key=True)
    assert waiting(backlog, BEHIND) == [0, 1, 2, 99]
    assert backlog.dropped == 0


def test_a_decoder_that_is_behind_goes_on_at_the_key_frame() -> None:
    backlog: Backlog[int] = Backlog()
    for number in range(BEHIND):
        backlog.put(number, key=False)
    backlog.put(99, key=True)
    backlog.put(100, key=False)
    assert waiting(backlog, 2) == [99, 100]
    assert backlog.dropped == BEHIND


def test_a_full_backlog_waits_for_the_next_key_frame() -> None:
    backlog: Backlog[int] = Backlog()
    for number in range(MOST_WAITING + 10):
        backlog.put(number, key=False)
    assert backlog.dropped == MOST_WAITING + 10
    backlog.put(99, key=True)
    assert waiting(backlog, 1) == [99]
    assert backlog.dropped == MOST_WAITING + 10


@given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=400))
def test_it_is_bounded_counts_what_it_drops_and_never_breaks_a_group(
    steps: list[tuple[bool, bool]],
) -> None:
    backlog: Backlog[int] = Backlog()
    keys: list[bool] = []
    taken: list[int] = []
    held = 0
    for key, take in steps:
        before = backlog.dropped
        backlog.put(len(keys), key=key)
        keys.append(key)
        held += 1 - (backlog.dropped - before)
        assert 0 <= held <= MOST_WAITING
        if take and held:
            packet = backlog.get()
            assert packet is not None
            held -= 1
            taken.append(packet)
    assert len(taken) + held + backlog.dropped == len(keys)
    for earlier, later in pairwise(taken):
        assert later == earlier + 1 or keys[later]  # after a gap comes a key frame


def test_closing_wakes_the_decoder() -> None:
    backlog: Backlog[int] = Backlog()
    got: list[int | None] = []
    decoder = threading.Thread(target=lambda: got.append(backlog.get()))
    decoder.start()
    backlog.close()
    decoder.join(timeout=5)
    assert got == [None]
