"""The access duty: a decision on the bus and a record of each vehicle, and an honest word."""

import asyncio
import logging
from dataclasses import replace
from pathlib import Path

import pytest

from agent.core.access import AccessDecision, Outcome
from agent.core.duty import DutyState, Performance
from agent.core.errors import DeviceError
from agent.core.settings import Wrong
from agent.plates.lists.settings import AccessSettings
from agent.plates.lists.tags import FORM, Tagger, make_key, tagger_of
from tests.conftest import LoopClock
from tests.plates.lists.things import LIST, Place, characters, place, vehicle


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "marina.csv"
    path.write_text(LIST)
    return path


def write(file: Path, text: str) -> None:
    file.write_text(text)


def remove(file: Path) -> None:
    file.unlink()


async def decisions(one: Place) -> list[AccessDecision]:
    return [await one.decisions.get() for _ in range(one.decisions._queue.qsize())]


async def test_a_preview_opens_and_the_decision_adds_nothing(clock: LoopClock, file: Path) -> None:
    async with place(clock, file) as one:
        await one.see("1234BCD", final=False)
        [decision] = await decisions(one)
        assert (decision.outcome, decision.reason) == (Outcome.GRANTED, "listed")
        assert (decision.list_name, decision.entry, decision.number) == ("marina", "permit-1", 1)
        now_s = clock.stamp().mono_s
        assert decision.may_lower(now_s)
        assert not decision.may_lower(now_s + 5)
        await one.see("1234BCD")
        assert await decisions(one) == []
        [record] = one.access
        assert (record.outcome, record.decided_on) == (Outcome.GRANTED, "preview")
        assert (record.plate, record.entry, record.group) == ("1234BCD", "permit-1", "residents")
        assert record.listed is not None
        assert (record.listed.name, record.listed.revision, record.listed.size) == (
            "marina",
            "12",
            3,
        )
        [stored] = one.journal.records
        assert (stored.stream.name, stored.stream.purpose) == ("plates.access", "access-control")


async def test_who_is_refused_is_told_once_at_the_decision(clock: LoopClock, file: Path) -> None:
    async with place(clock, file) as one:
        await one.see("7777LLL", final=False)
        assert one.access == []
        await one.see("7777LLL")
        [decision] = await decisions(one)
        assert (decision.outcome, decision.reason) == (Outcome.REFUSED, "not-listed")
        assert not decision.may_lower(clock.stamp().mono_s)
        assert [record.reason for record in one.access] == ["not-listed"]
        assert one.duty.readings()["refused"] == 1


async def test_a_decision_that_contradicts_its_preview_is_told(
    clock: LoopClock, file: Path
) -> None:
    async with place(clock, file) as one:
        await one.see("1234BCD", final=False)
        await one.see("1234BCF")
        assert [d.outcome for d in await decisions(one)] == [Outcome.GRANTED, Outcome.REFUSED]
        assert [r.decided_on for r in one.access] == ["preview", "decision"]


async def test_a_decision_that_comes_late_takes_nothing_back(clock: LoopClock, file: Path) -> None:
    async with place(clock, file) as one:
        await one.see("1234BCD", final=False)
        old = replace(clock.stamp(), mono_s=clock.stamp().mono_s - 8)
        await one.bus.publish(vehicle("1234BCD", old))
        await asyncio.sleep(0.1)
        assert len(one.access) == 1


async def test_where_only_decisions_count_a_preview_opens_nothing(
    clock: LoopClock, file: Path
) -> None:
    async with place(clock, file, opens_on="decision") as one:
        await one.see("1234BCD", final=False)
        assert await decisions(one) == []
        await one.see("1234BCD")
        assert [r.decided_on for r in one.access] == ["decision"]


async def test_who_waits_for_its_hours_passes_once_they_begin(clock: LoopClock, file: Path) -> None:
    # 2030-01-01 is a Tuesday; the test begins at 01:00 in Madrid
    groups = {"residents": "always", "deliveries": "tue 01:01-02:00"}
    for opens_on in ("preview", "decision"):
        async with place(clock, file, groups=groups, opens_on=opens_on) as one:
            before = clock.stamp().mono_s < 60  # the second time its hours have begun
            await one.see("5678FGH", final=False)
            await one.see("5678FGH")
            told = [r.reason for r in one.access]
            assert told == (["outside-hours"] if before else ["listed"])
            await asyncio.sleep(max(61 - clock.stamp().mono_s, 0))
            await one.see("5678FGH", final=False)
            await one.see("5678FGH", final=False)
            granted = [d.outcome for d in await decisions(one)].count(Outcome.GRANTED)
            assert granted == 1
            assert one.access[-1].reason == "listed"


async def test_who_is_back_at_once_is_let_pass_on_decision_too(
    clock: LoopClock, file: Path
) -> None:
    async with place(clock, file, opens_on="decision") as one:
        await one.see("1234BCD", final=False)
        assert one.access == []
        # the same passage as before: decided on, and no second decision comes
        again = replace(vehicle("1234BCD", clock.stamp(), final=False, number=2), decided=True)
        await one.bus.publish(again)
        await asyncio.sleep(0.1)
        assert [d.outcome for d in await decisions(one)] == [Outcome.GRANTED]


async def test_who_stands_in_view_is_let_pass_once_however_many_come_by(
    clock: LoopClock, file: Path
) -> None:
    async with place(clock, file) as one:
        await one.see("1234BCD", final=False, number=1)
        for number in range(2, 90):
            await one.see("7777LLL", number=number, then_s=0.01)
            await one.see("1234BCD", final=False, number=1, then_s=0.01)
        granted = [d for d in await decisions(one) if d.outcome is Outcome.GRANTED]
        assert len(granted) == 1


async def test_a_contradicted_grant_is_not_given_again(clock: LoopClock, file: Path) -> None:
    async with place(clock, file) as one:
        await one.see("1234BCD", final=False)
        await one.see("1234BCF")
        await one.see("1234BCD", final=False)
        assert [d.outcome for d in await decisions(one)] == [Outcome.GRANTED, Outcome.REFUSED]


async def test_vehicles_of_other_cameras_and_purposes_are_not_its_business(
    clock: LoopClock, file: Path
) -> None:
    async with place(clock, file) as one:
        await one.see("1234BCD", purpose="traffic")
        await one.see("1234BCD", purpose="watch-list")
        await one.see("1234BCD", camera="other")
        assert await decisions(one) == []
        assert one.access == []


async def test_a_delivery_opens_for_no_longer_than_its_hours(clock: LoopClock, file: Path) -> None:
    # 2030-01-01 is a Tuesday; the test begins at 01:00 in Madrid
    async with place(
        clock, file, groups={"residents": "always", "deliveries": "tue 00:00-01:01"}
    ) as one:
        await asyncio.sleep(60 - clock.stamp().mono_s - 2)
        await one.see("5678FGH", final=False)
        [decision] = await decisions(one)
        assert decision.outcome is Outcome.GRANTED
        assert decision.until_s == pytest.approx(60.0, abs=0.01)
        [record] = one.access
        assert record.until is not None
        await asyncio.sleep(5)
        await one.see("5678FGH", number=2)
        assert (await decisions(one))[0].reason == "outside-hours"


async def test_without_a_clock_hours_open_nothing_and_the_duty_says_so(file: Path) -> None:
    clock = LoopClock(synced=False)
    async with place(clock, file) as one:
        assert one.reason() == "clock"
        await one.see("5678FGH", final=False)
        await one.see("1234BCD", final=False, number=2)
        assert [d.entry for d in await decisions(one)] == ["permit-1"]
        clock.synced = True
        assert one.reason() == ""
        clock.synced = False
        assert one.reason() == ""  # it was known once


async def test_a_clock_may_be_trusted_by_setting(file: Path) -> None:
    groups = {"residents": "always", "deliveries": "daily 00:00-24:00"}
    async with place(LoopClock(synced=False), file, without_clock="trust", groups=groups) as one:
        await one.see("5678FGH", final=False)
        assert [d.outcome for d in await decisions(one)] == [Outcome.GRANTED]


# -- the list


async def test_a_changed_list_is_in_force_a_few_seconds_later(clock: LoopClock, file: Path) -> None:
    async with place(clock, file) as one:
        await one.write(
            LIST.replace("1234 BCD", "1234 BCF").replace("revision: 12", "revision: 13")
        )
        await one.see("1234BCD")
        await one.see("1234BCF", number=2)
        assert [d.outcome for d in await decisions(one)] == [Outcome.REFUSED, Outcome.GRANTED]
        assert one.access[1].listed is not None
        assert one.access[1].listed.revision == "13"
        assert one.reason() == ""


async def test_a_bad_row_keeps_the_last_good_list_in_force_and_is_told(
    clock: LoopClock, file: Path
) -> None:
    async with place(clock, file) as one:
        await one.write(LIST.replace("5678-FGH", "?!"))
        state = one.duty.state()
        assert (state.performance, state.reason) == (Performance.DEGRADED, "list")
        assert f"{file}, line 5: " in state.words
        assert "expected 2 to 10 of A-Z and 0-9" in state.words
        assert "revision 12 stays in force" in state.words
        assert f"sereno plates list check {file}" in state.remedy
        assert one.duty.readings()["list_wrong_rows"] == 1
        await one.see("5678FGH")
        assert one.access[0].entry == "permit-2"
        await one.write(LIST)
        assert one.reason() == ""


async def test_where_no_list_was_good_the_sound_rows_of_the_first_count(
    clock: LoopClock, file: Path
) -> None:
    write(file, LIST.replace("5678-FGH", "?!"))
    async with place(clock, file) as one:
        assert one.reason() == "list"
        assert "its other rows are in force" in one.duty.state().words
        await one.see("1234BCD")
        assert [d.outcome for d in await decisions(one)] == [Outcome.GRANTED]


async def test_a_list_that_is_gone_stays_in_force_and_one_that_never_was_is_blindness(
    clock: LoopClock, file: Path
) -> None:
    async with place(clock, file) as one:
        remove(file)
        await asyncio.sleep(5)
        assert one.reason() == "list"
        assert "cannot be read" in one.duty.state().words
        await one.see("1234BCD")
        assert [d.outcome for d in await decisions(one)] == [Outcome.GRANTED]
    async with place(clock, file) as one:
        assert one.reason() == "no-list"
        await one.see("1234BCD")
        assert [r.reason for r in one.access] == ["no-list"]
        await one.write(LIST)
        assert one.reason() == ""


async def test_a_hashed_list_opens_with_its_key(
    clock: LoopClock, file: Path, tmp_path: Path
) -> None:
    key = tmp_path / "list.key"
    make_key(key)
    tagger = tagger_of(key)

    def hashed(tagger: Tagger) -> str:
        tags = f"{tagger.plate('1234BCD').hex()},{tagger.alike('1234BCD').hex()}"
        return f"# hashed: {FORM}\n# key: {tagger.check}\ntag,alike,id\n{tags},permit-1\n"

    write(file, hashed(tagger))
    async with place(clock, file, list_key=str(key), look_alikes=True) as one:
        await one.see("1234BCD")
        await one.see("1Z34BCD", number=2, read=characters("1Z34BCD", p1="2"))
        assert [d.entry for d in await decisions(one)] == ["permit-1", "permit-1"]
        assert [r.match for r in one.access] == ["exact", "look-alike"]
        await one.write(hashed(Tagger(b"another key")))
        assert "another key" in one.duty.state().words
    write(file, hashed(tagger))
    key.chmod(0o644)
    async with place(clock, file, list_key=str(key)) as one:
        assert one.reason() == "no-list"
        assert "others may read it" in one.duty.state().words
        key.chmod(0o600)
        await asyncio.sleep(5)
        assert one.reason() == ""  # the key was mended, the list did not change


# -- the neighbour and the store


async def test_it_is_blind_with_the_duty_that_reads(clock: LoopClock, file: Path) -> None:
    async with place(clock, file) as one:
        assert one.eyes is not None
        performing = one.eyes
        assert one.duty.state().proof == performing.proof
        one.eyes = DutyState(Performance.BLIND, "dark", "all grey", performing.since, "lens cap?")
        await asyncio.sleep(1.5)
        state = one.duty.state()
        assert (state.performance, state.reason) == (Performance.BLIND, "dark")
        assert (state.words, state.remedy) == ("plates: all grey", "lens cap?")
        one.eyes = replace(performing, performance=Performance.DEGRADED, reason="store")
        await asyncio.sleep(1.5)
        assert one.duty.state().performance is Performance.DEGRADED
        one.eyes = None
        await asyncio.sleep(6)
        assert one.reason() == "no-reader"
        assert 'camera = "gate" and purpose = "access-control"' in one.duty.state().remedy
        one.eyes = performing
        await asyncio.sleep(1.5)
        assert one.reason() == ""


async def test_what_the_store_does_not_take_waits_and_is_told(clock: LoopClock, file: Path) -> None:
    async with place(clock, file) as one:
        one.journal.error = DeviceError("outbox", "no space left on the disk")
        await one.see("1234BCD")
        assert (await decisions(one))[0].outcome is Outcome.GRANTED  # it works without a store
        assert one.reason() == "store"
        one.journal.error = None
        await asyncio.sleep(2)
        assert len(one.access) == 1
        assert one.reason() == ""


async def test_no_log_and_no_repr_shows_a_plate(
    clock: LoopClock, file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with place(clock, file) as one:
        await one.see("1234BCD")
        await one.write(LIST.replace("5678-FGH", "5678-FGH-5678-FGH"))
        shown = caplog.text + repr(one.journal.records) + one.duty.state().words
        shown += repr(await decisions(one))
    for part in ("1234", "BCD", "5678", "FGH"):
        assert part not in shown


def test_settings_are_told_all_at_once() -> None:
    with pytest.raises(Wrong) as caught:
        AccessSettings(
            camera="gate", list="x", time_zone="Madrid", groups={"a": "mo 1:00-2:00", "b": "always"}
        )
    assert [key for key, _ in caught.value.problems] == ["time_zone", "groups.a"]
