"""The window forgets nothing that is under way, and never sends without end."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from agent.telemetry.ack import Ack
from agent.telemetry.gaps import runs
from agent.telemetry.window import MOST_NAKS, Window

BATCHES = 8
ACK_S = 2.0
CAP_S = 60.0


def window() -> Window:
    return Window(BATCHES, ACK_S, CAP_S)


class Windowing(RuleBasedStateMachine):
    """Batches go, arrive or get lost; acks tell the truth, late or not at all."""

    def __init__(self) -> None:
        super().__init__()
        self.window = window()
        self.now = 0.0
        self.last = 0
        self.open: set[int] = set()  # sent and not settled
        self.arrived: set[int] = set()

    @precondition(lambda self: self.window.has_room)
    @rule(count=st.integers(1, 100))
    def send(self, count: int) -> None:
        numbers = range(self.last + 1, self.last + count + 1)
        self.window.sent(numbers, self.now)
        self.open.update(numbers)
        self.last += count

    @rule(seconds=st.floats(0, 100))
    def wait(self, seconds: float) -> None:
        self.now += seconds

    @rule(data=st.data())
    def arrive(self, data: st.DataObject) -> None:
        if self.open:
            self.arrived |= data.draw(st.sets(st.sampled_from(sorted(self.open))))

    @rule()
    def acknowledge(self) -> None:
        upto = max(self.arrived, default=0)
        holes = tuple(runs(n for n in range(1, upto + 1) if n not in self.arrived))[:64]
        ack = Ack(epoch=1, upto=holes[-1][1] if len(holes) == 64 else upto, nak=holes)
        self.window.acked(ack, self.now)
        self.open -= {n for n in self.open if ack.holds(n)}

    @rule()
    def send_what_is_due(self) -> None:
        for _ in range(200):
            due = self.window.due(self.now)
            if due is None:
                break
            again = {n for part in due.again for n in part}
            assert again <= self.open, "nothing settled is sent again"
            assert not (again and due.poison)
            self.open -= set(due.poison)
            self.arrived |= set(due.poison)  # told as a gap
        else:
            raise AssertionError("what was just sent again is due at once")

    @rule(data=st.data())
    def forget(self, data: st.DataObject) -> None:
        if self.open:
            gone = data.draw(st.sets(st.sampled_from(sorted(self.open)), max_size=5))
            self.window.forget(gone)
            self.open -= gone
            self.arrived |= gone

    @invariant()
    def all_that_is_under_way_is_remembered(self) -> None:
        assert {n for flight in self.window._flights for n in flight.sequences} == self.open

    @invariant()
    def something_is_due_while_anything_is_under_way(self) -> None:
        assert (self.window.due_s is not None) == bool(self.open)
        if self.window.due_s is not None:
            assert self.window.due_s <= self.now + CAP_S


Windowing.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestWindowing = Windowing.TestCase


def test_silence_doubles_the_wait_up_to_its_cap() -> None:
    it = window()
    it.sent([1], 0)
    waits, now = [], 0.0
    for _ in range(8):
        assert it.due_s is not None
        waits.append(it.due_s - now)
        now = it.due_s
        assert it.due(now) is not None
    assert waits == [2, 4, 8, 16, 32, 60, 60, 60]


def test_a_hole_is_filled_sooner_than_silence_would_allow() -> None:
    it = window()
    it.sent([1], 0)
    it.sent([2], 0)
    it.acked(Ack(epoch=1, upto=2, nak=((1, 1),)), 1.5)
    due = it.due(1.5)
    assert due is not None
    assert due.again == ((1,),)


def test_a_record_still_on_its_way_is_not_sent_again_for_being_overtaken() -> None:
    it = window()
    it.sent([1], 0, backlog=True)
    it.acked(Ack(epoch=1, upto=9, nak=((1, 1),)), 0.2)
    assert it.due(0.2) is None


def test_the_one_at_fault_is_found_by_halving() -> None:
    it = window()
    it.sent(range(1, 101), 0)
    now, sent = 0.0, 0
    poison: list[int] = []
    while len(it):
        assert it.due_s is not None
        now = max(now, it.due_s)
        due = it.due(now)
        assert due is not None
        poison += due.poison
        sent += sum(len(part) for part in due.again)
        it.acked(Ack(epoch=1, upto=101, nak=((37, 37),)), now + ACK_S)
        now += ACK_S
    assert poison == [37]
    assert sent < 100 + 200, "the healthy ones are not sent over and over"


def test_silence_alone_makes_no_poison() -> None:
    it = window()
    it.sent([1], 0)
    for _ in range(10 * MOST_NAKS):
        assert it.due_s is not None
        due = it.due(it.due_s)
        assert due is not None
        assert not due.poison


def test_half_the_window_is_kept_for_new_records() -> None:
    it = window()
    for number in range(BATCHES // 2):
        assert it.has_room_for_backlog
        it.sent([number], 0, backlog=True)
    assert not it.has_room_for_backlog
    assert it.has_room


def test_a_slow_centre_is_waited_for() -> None:
    it = window()
    for number in range(1, 40):
        it.sent([number], number * 10)
        it.acked(Ack(epoch=1, upto=number), number * 10 + 1.9)
    it.sent([99], 1000)
    assert it.due_s is not None
    assert it.due_s > 1007, "four times what an acknowledgement takes"
