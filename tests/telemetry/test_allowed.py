"""Nothing leaves the node that its purpose does not list; what was tried is counted and told."""

import logging
from pathlib import Path

import msgspec
import pytest

from agent.core.allow import AllowList
from agent.core.clock import Clock
from agent.core.records import DataClass, Record, Stream
from agent.report import _outbox_health
from agent.telemetry.limits import Limits
from agent.telemetry.outbox import Outbox
from tests.telemetry.things import TOPICS, at


class Seen(msgspec.Struct, frozen=True):
    number: int
    text: str | None = None


STREAM = Stream(
    name="test.seen",
    version=1,
    dclass=DataClass.EVENT,
    struct=Seen,
    purpose="counting",
    retention_s=60,
    allowed=AllowList.of(Seen, "number"),
)


async def test_a_field_off_the_list_is_not_even_on_the_disk(
    tmp_path: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    async with Outbox(tmp_path / "outbox.db", TOPICS, Limits(), clock) as box:
        await box.put(Record(STREAM, "cam0", at(), Seen(1, "1234BCD")))
        await box.put(Record(STREAM, "cam0", at(), Seen(2, "5678FGH")))
        await box.put(Record(STREAM, "cam0", at(), Seen(3)))
        rows = await box.after(0, box.highest, 10, 10**6)
        told = [msgspec.json.decode(row.event)["data"] for row in rows]
        assert told == [{"number": 1}, {"number": 2}, {"number": 3, "text": None}]
        assert box.readings()["fields_dropped"] == 2
        assert _outbox_health(box.readings()).fields_dropped == 2
    files = b"".join(file.read_bytes() for file in tmp_path.iterdir())  # noqa: ASYNC240
    assert b"1234BCD" not in files
    [warned] = [r.message for r in caplog.records if "allow-list" in r.message]  # once a field
    assert warned == ("outbox: test.seen: field text is not on the allow-list of counting: dropped")
