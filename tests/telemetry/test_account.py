"""Whatever happens, in whatever order: each number is held, delivered, or told as a gap."""

import shutil
import tempfile
from pathlib import Path

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from agent.core.records import DataClass, RecordKey
from agent.telemetry.ack import MOST_RANGES, Ack
from agent.telemetry.batch import Row
from agent.telemetry.cloudevent import CloudEvent
from agent.telemetry.gap import Gap
from agent.telemetry.gaps import covered, runs
from agent.telemetry.store import Store
from tests.telemetry.things import at, drafted, reopened, small

ROOM = small()


class Centre:
    """The far end, as contract.md has it: commits by key, then acknowledges with its holes."""

    def __init__(self) -> None:
        self.held: set[int] = set()
        self.gone: set[int] = set()

    def take(self, rows: list[Row]) -> None:
        for row in rows:
            event = msgspec.json.decode(row.event, type=CloudEvent)
            assert int(event.sequence) == row.sequence
            self.held.add(row.sequence)
            if row.stream == "gap":
                gap = msgspec.json.decode(event.data, type=Gap)
                assert gap.count == gap.last - gap.first + 1
                self.gone.update(range(gap.first, gap.last + 1))

    def ack(self, epoch: int) -> Ack:
        known = self.held | self.gone
        upto = max(known, default=0)
        holes = list(runs(n for n in range(1, upto + 1) if n not in known))
        if len(holes) > MOST_RANGES:
            upto = holes[MOST_RANGES][0] - 1
        return Ack(epoch=epoch, upto=upto, nak=tuple(holes[:MOST_RANGES]))


class Account(RuleBasedStateMachine):
    """A node's store and a centre, with everything between them free to fail."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="sereno-account-"))
        self.store: Store = reopened(self.folder, ROOM).store
        self.store.db.execute("PRAGMA synchronous = OFF")  # no power is cut here, and it is slow
        self.centre = Centre()
        self.promised: set[int] = set()
        self.old_acks: list[Ack] = []
        self.now_s = 0.0

    def teardown(self) -> None:
        self._deliver_all()
        self.store.db.close()
        shutil.rmtree(self.folder)

    @rule(
        count=st.integers(1, 30),
        dclass=st.sampled_from(DataClass),
        filler=st.sampled_from([0, 500, 20_000]),
    )
    def commit(self, count: int, dclass: DataClass, filler: int) -> None:
        drafts = [drafted(n, dclass=dclass, filler=filler) for n in range(count)]
        for answer in self.store.append(drafts, at(self.now_s)):
            if isinstance(answer, RecordKey):
                assert answer.sequence not in self.promised
                self.promised.add(answer.sequence)

    @rule(data=st.data())
    def deliver_some(self, data: st.DataObject) -> None:
        rows = self.store.after(0, self.store.highest, 60, 10**6)
        if rows:
            self.centre.take(data.draw(st.lists(st.sampled_from(rows), max_size=20)))

    @rule()
    def acknowledge(self) -> None:
        ack = self.centre.ack(self.store.epoch)
        self.old_acks.append(ack)
        self.store.settle(ack)

    @rule(data=st.data())
    def an_old_ack_comes_again(self, data: st.DataObject) -> None:
        if self.old_acks:
            self.store.settle(data.draw(st.sampled_from(self.old_acks)))

    @rule(data=st.data())
    def park(self, data: st.DataObject) -> None:
        rows = [r for r in self.store.after(0, self.store.highest, 20, 10**6) if r.stream != "gap"]
        if rows:
            row = data.draw(st.sampled_from(rows))
            self.store.park([row.sequence], "refused")

    @rule()
    def release(self) -> None:
        self.store.release()

    @rule()
    def tell(self) -> None:
        self.store.tell_gaps(at(self.now_s))

    @rule(days=st.integers(1, 40))
    def grow_old(self, days: int) -> None:
        self.now_s += days * 86400
        self.store.sweep(at(self.now_s))

    @rule()
    def restart(self) -> None:
        before = self.store.fill()
        self.store.db.close()
        self.store = reopened(self.folder, ROOM).store
        self.store.db.execute("PRAGMA synchronous = OFF")
        assert self.store.fill() == before, "the running counts are those of the file"

    @invariant()
    def every_number_is_accounted_for(self) -> None:
        everything = range(1, self.store.highest + 1)
        held = {n for (n,) in self.store.db.execute("SELECT sequence FROM record")}
        told = {
            n
            for first, last in covered(self.store.db, 1, max(1, self.store.highest))
            for n in range(first, last + 1)
        }
        lost = set(everything) - held - told - self.centre.held - self.centre.gone
        assert not lost, f"numbers lost in silence: {sorted(lost)}"

    @invariant()
    def a_told_gap_hides_nothing_still_to_be_sent(self) -> None:
        sending = {r.sequence for r in self.store.after(0, self.store.highest, 10**6, 10**9)}
        assert not sending & self.centre.gone

    @invariant()
    def no_room_is_overfull(self) -> None:
        sizes = dict(
            self.store.db.execute("SELECT room, sum(bytes) FROM record GROUP BY room").fetchall()
        )
        assert all(sizes.get(each.value, 0) <= ROOM.room_bytes(each) for each in DataClass)

    def _deliver_all(self) -> None:
        for _ in range(1000):
            self.store.tell_gaps(at(self.now_s))
            rows = self.store.after(0, self.store.highest, 1000, 10**7)
            if not rows:
                break
            self.centre.take(rows)
            self.store.settle(self.centre.ack(self.store.epoch))
        known = self.centre.held | self.centre.gone
        assert known == set(range(1, self.store.highest + 1)), "all is stored once or told as a gap"
        assert self.promised <= known
        assert self.store.unaccounted(self.centre.ack(self.store.epoch), 10**6) == []


Account.TestCase.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
TestAccount = Account.TestCase
