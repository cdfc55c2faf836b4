"""`sereno simulate street`: the real agent reads a simulated street and reports to a real centre.

The agent, the broker and the centre are processes of their own; this one knows the truth, because
it knows scenario, seed and start, and compares it with what arrived.
"""

import argparse
import signal
import tempfile
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.live import Live
from rich.table import Table

from agent.core.errors import DeviceError
from simulators.books import Account, CentreBooks, Committed, account, committed
from simulators.child import Child
from simulators.judge import Report, Verdict, judge
from simulators.scenario import load
from simulators.stage import NODE, POLL_S, Stage, Street, uninterrupted
from simulators.world import Passage, World

HIDDEN = 0.6
"""A plate that another vehicle hid for more than this share of its way cannot be asked for."""

DELIVER_S = 20.0
"""How long to wait for the centre to have what the agent has committed."""

AGENT_READY_S = 30.0
"""How long the agent may take to see, or to say why it does not."""

LOOK_S = 0.5


class Demonstration:
    """One run, from the first process to the summary."""

    def __init__(self, stage: Stage, street: Street, console: Console) -> None:
        self._stage = stage
        self._street = street
        self._console = console
        self._world = World(load(street.scenario), street.seed)
        self._books = CentreBooks(stage.centre_file, NODE)
        self._from_s = 0.0
        self._epoch = 0

    def run(self, for_s: float) -> int:
        """Play until the time is over or somebody interrupts; return the exit status."""
        agent = self._stage.start_agent(self._street)
        self._await_sight(agent)
        try:
            self._watch(for_s)
        except KeyboardInterrupt:
            self._console.print("stopping in order …")
        with uninterrupted():
            return self._finish(agent)

    def _await_sight(self, agent: Child) -> None:
        """Wait until the duty has said how it is, and tell it."""

        def said() -> bool:
            seeing = self._books.seeing("plates")
            return seeing is not None and seeing.state == "performing"

        try:
            self._stage.until(agent, said, "to see", AGENT_READY_S)
        except DeviceError:
            seeing = self._books.seeing("plates")
            if seeing is None:
                raise
            self._console.print(f"[yellow]the agent does not see: {seeing.state}, {seeing.words}")
        self._from_s = self._now_s()

    def _watch(self, for_s: float) -> None:
        end_s = time.monotonic() + for_s if for_s > 0 else float("inf")
        with Live(console=self._console, refresh_per_second=4) as live:
            while time.monotonic() < end_s:
                if (fallen := self._stage.fallen()) is not None:
                    raise DeviceError(
                        fallen.name, f"ended by itself, status {fallen.status}:\n{fallen.tail()}"
                    )
                live.update(self._progress())
                time.sleep(LOOK_S)

    def _progress(self) -> Table:
        """Return how it stands: what has passed, and the latest of what has arrived."""
        told = self._books.passages()
        seeing = self._books.seeing("plates")
        table = Table(title=f"http://127.0.0.1:{self._stage.http}/", min_width=56)
        table.add_column("")
        table.add_column("", justify="right")
        state = "nothing heard yet" if seeing is None else f"{seeing.state} {seeing.words}"
        table.add_row("the duty to read plates", state)
        table.add_row("vehicles that drove past", str(len(self._truth(self._now_s()))))
        table.add_row("passages at the centre", str(len(told)))
        for passage in told[-5:]:
            table.add_row("", f"{passage.text}  {passage.last_seen.astimezone():%H:%M:%S}")
        return table

    def _now_s(self) -> float:
        return self._world_s(datetime.now(UTC))

    def _world_s(self, at: datetime) -> float:
        return (at - self._street.started).total_seconds() * self._street.speed

    def _truth(self, to_s: float) -> list[Passage]:
        seen = self._world.passages(self._from_s, to_s)
        return [passage for passage in seen if passage.hidden <= HIDDEN]

    def _finish(self, agent: Child) -> int:
        """Stop the agent first, let it deliver the rest, and add up."""
        to_s = self._now_s()
        status = self._stage.stop(agent)
        sums = self._account()
        if sums.waiting:  # what it decided while stopping is on its disk: it delivers that next
            again = self._stage.start_agent(None)
            self._deliver(again, sums.committed)
            status = self._stage.stop(again) or status
            sums = self._account()
        reports = [Report(t.text, self._world_s(t.last_seen)) for t in self._books.passages()]
        verdict = judge(self._truth(to_s), reports)
        self._console.print(_summary(verdict, sums, status))
        if (fallen := self._stage.fallen()) is not None:
            self._console.print(f"[red]{fallen.name} ended by itself, status {fallen.status}")
            return 1
        return 1 if sums.lost or status else 0

    def _deliver(self, agent: Child, highest: int) -> None:
        """Wait until the centre has all that was committed, `DELIVER_S` at most."""
        end_s = time.monotonic() + DELIVER_S
        while time.monotonic() < end_s and agent.status is None:
            if self._books.answered(self._epoch, highest):
                return
            time.sleep(POLL_S)

    def _account(self) -> Account:
        if not self._stage.outbox.exists():
            return account(Committed(0, 0, frozenset()), self._books)
        node = committed(self._stage.outbox)
        self._epoch = node.epoch
        return account(node, self._books)


def _summary(verdict: Verdict, sums: Account, status: int) -> Table:
    table = Table(title="summary", show_header=False, min_width=56)
    table.add_column("")
    table.add_column("", justify="right")
    table.add_row("vehicles that drove past, whole plates seen", str(verdict.passed))
    table.add_row("  read right", str(len(verdict.right)))
    table.add_row("  read wrong", str(len(verdict.wrong)))
    table.add_row("  not read", str(len(verdict.unread)))
    table.add_row("reports beyond these (at either end, or twice)", str(len(verdict.extra)))
    table.add_section()
    table.add_row("records committed by the agent, by its own numbers", str(sums.committed))
    table.add_row("records at the centre", str(sums.stored))
    table.add_row("numbers told as gaps", str(sums.gaps))
    table.add_row("refused by the centre", str(sums.refused))
    table.add_row("still on the agent's disk", str(sums.waiting))
    table.add_row("[bold]lost", f"[bold]{sums.lost}")
    if status:
        table.add_row("[red]the agent's exit status", f"[red]{status}")
    return table


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def street(arguments: argparse.Namespace) -> int:
    """Run the demonstration; return the exit status: 0 if nothing was lost.

    Raises:
        DeviceError: A program did not start, or ended by itself.
    """
    console = Console()
    for number in (signal.SIGINT, signal.SIGTERM):  # a shell script's children ignore the first
        signal.signal(number, _interrupt)
    scenario = load(arguments.scenario)
    with ExitStack() as stack:
        if arguments.keep:
            folder = arguments.keep.resolve()
        else:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sereno-")))
        try:
            stage = stack.enter_context(
                Stage(folder, arguments.http, embedded=arguments.embedded_broker)
            )
            console.print(f"{scenario.title}; seed {arguments.seed}, everything in {folder}")
            stage.start_broker_and_centre()
            console.print(f"the centre's page: [bold]http://127.0.0.1:{stage.http}/")
            what = Street(
                scenario=arguments.scenario,
                seed=arguments.seed,
                speed=arguments.speed,
                rate_hz=arguments.rate,
                countries=tuple(scenario.countries),
                started=datetime.now(UTC),
            )
            return Demonstration(stage, what, console).run(arguments.for_s)
        except KeyboardInterrupt:
            console.print("interrupted before anything was seen")
            return 130
