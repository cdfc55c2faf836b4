"""A value is valid once it exists."""

import asyncio
import logging

import msgspec
import numpy as np
import pytest

from agent.core.clock import SystemClock, kernel_clock_state
from agent.core.errors import AgentError, ConfigError, DeviceError, DeviceSilent, LinkLost
from agent.core.frames import Frame, Pixels
from agent.core.log import clip, mask
from agent.core.records import DataClass, Record, Stream
from agent.core.share import wilson
from agent.core.vision import CharacterRead, PlateRead
from tests.conftest import LoopClock


async def test_a_frame_is_read_only_and_of_its_kind() -> None:
    stamp = LoopClock().stamp()
    frame = Frame("gate", 0, stamp, Pixels.GREY8, np.zeros((2, 3), np.uint8))
    with pytest.raises(ValueError, match="read-only"):
        frame.data[0, 0] = 1
    with pytest.raises(ValueError, match="gate: a bgr8 frame has 3 dimensions of uint8, not 2"):
        Frame("gate", 0, stamp, Pixels.BGR8, np.zeros((2, 3), np.uint8))
    with pytest.raises(ValueError, match="kelvin32"):
        Frame("tower", 0, stamp, Pixels.KELVIN32, np.zeros((2, 3), np.uint16))


async def test_a_record_carries_its_streams_struct() -> None:
    class Passage(msgspec.Struct):
        lane: int

    class Other(msgspec.Struct):
        lane: int

    stream = Stream(
        name="plates.passage",
        version=1,
        dclass=DataClass.EVENT,
        struct=Passage,
        purpose="traffic",
        retention_s=60,
    )
    Record(stream, "gate", LoopClock().stamp(), Passage(1))
    with pytest.raises(TypeError, match=r"plates\.passage carries Passage, not Other"):
        Record(stream, "gate", LoopClock().stamp(), Other(1))


async def test_stamps_order_events_and_say_how_good_they_are() -> None:
    clock = SystemClock()
    first = clock.stamp()
    await asyncio.sleep(5)
    second = clock.stamp()
    assert second.mono_s - first.mono_s == pytest.approx(5)
    synced, error_ms = kernel_clock_state()
    assert second.synced is synced
    assert (error_ms is not None) is synced


def test_errors_say_who_and_double_as_builtins() -> None:
    assert str(LinkLost("gate", "unplugged")) == "gate: unplugged"
    for error, builtin in (
        (LinkLost("a", "b"), ConnectionError),
        (DeviceSilent("a", "b"), TimeoutError),
        (ConfigError("a"), ValueError),
    ):
        assert isinstance(error, builtin)
        assert isinstance(error, AgentError)
    assert isinstance(LinkLost("a", "b"), DeviceError)


def test_a_plate_is_masked_and_foreign_text_clipped(caplog: pytest.LogCaptureFixture) -> None:
    read = PlateRead(tuple(CharacterRead(((c, 0.9),)) for c in "1234BCD"))
    logging.getLogger(__name__).warning("%s %r %s", read, read, mask(read.text))
    assert "1234BCD" not in caplog.text
    assert mask("1234BCD") == "1******"
    assert clip("a\nb\x1b[31m" + "x" * 500, 20) == "a\ufffdb\ufffd[31mxxxxxxxxxxx…"


def test_the_interval_is_wilsons() -> None:
    # Agresti and Coull, The American Statistician 52 (1998): 0 of 10 gives 0 to 0.278.
    low, high = wilson(0, 10)
    assert low == pytest.approx(0.0, abs=1e-9)
    assert high == pytest.approx(0.278, abs=0.001)
    assert wilson(0, 0) == (0.0, 1.0)
