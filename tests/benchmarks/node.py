"""What the agent costs a node: start, first passage, memory and processor at rest."""

import argparse
import json
import platform
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import cv2
import psutil
from rich.console import Console
from rich.table import Table

from simulators.optics.eye import Eye
from simulators.scenario import load
from simulators.world import World
from tests.town import Town, town, until

IDLE_S = 30.0
CPU_LIMIT_PERCENT = 5.0
MEMORY_LIMIT_MIB = 150.0
START_LIMIT_S = 2.0


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure, with its limit where it has one."""

    what: str
    value: float
    limit: float | None

    def against(self) -> tuple[str, str]:
        return (f"{self.limit:g}", f"{self.value / self.limit:.2f}") if self.limit else ("", "")


def anonymous_mib(pid: int) -> float:
    """Return the process's anonymous memory, proc(5) RssAnon, in MiB."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) / 1024
    raise ValueError(f"process {pid} tells no RssAnon")


def save_vehicle(path: Path) -> None:
    """Write a picture of the simulated street in which a plate is well in view."""
    world = World(load("street-day"), seed=1)
    first = world.passages(0, 60)[0]
    cv2.imwrite(
        str(path), Eye(world).grey(first.entered_s + 0.7 * (first.left_s - first.entered_s))
    )


def measure(place: Town, idle_s: float) -> dict[str, float]:
    """Return the figures of a running town's agent after `idle_s` of rest."""
    agent = psutil.Process(place.agent.pid)
    agent.cpu_percent()
    time.sleep(idle_s)
    return {"idle_cpu_percent": agent.cpu_percent(), "anonymous_mib": anonymous_mib(agent.pid)}


def started(place: Town) -> tuple[float, float]:
    """Restart the agent; return seconds until it says it is ready and until it is connected."""
    place.agent.stop()
    place.agent.log.write_text("")
    begin_s = time.monotonic()
    place.agent.start()
    until(lambda: "report is ready" in place.agent.said(), "the agent to be ready")
    ready_s = time.monotonic() - begin_s
    until(lambda: "connected, MQTT" in place.agent.said(), "the uplink")
    return ready_s, time.monotonic() - begin_s


def bare(folder: Path, idle_s: float) -> list[Figure]:
    """Measure the agent with no camera and no duty."""
    with town(folder, "") as place:
        until(lambda: "connected, MQTT" in place.agent.said(), "the uplink")
        figures = measure(place, idle_s)
        starts = [started(place) for _ in range(3)]
    ready_s, connected_s = (sorted(times)[1] for times in zip(*starts, strict=True))
    return [
        Figure("without duties: ready, s (median of 3)", ready_s, START_LIMIT_S),
        Figure("without duties: connected, s (median of 3)", connected_s, None),
        *at_rest("without duties", figures),
    ]


def reading(folder: Path, idle_s: float) -> list[Figure]:
    """Measure the agent with the plates duty on a folder of one picture."""
    pictures = folder / "pictures"
    pictures.mkdir()
    parts = (
        f'[camera.gate]\nkind = "pictures"\npath = "{pictures}"\n'
        '[duty.plates]\ncamera = "gate"\npurpose = "access-control"\n'
    )
    with town(folder, parts) as place:
        place.agent.stop()
        save_vehicle(pictures / "one.png")  # only now: there is no passage before the clock runs
        begin_s = time.monotonic()
        place.agent.start()
        until(lambda: bool(place.rows("plates.passage")), "the first passage", 60)
        first_s = time.monotonic() - begin_s
        figures = measure(place, idle_s)
    return [
        Figure("plates: start to first passage at the centre, s", first_s, None),
        *at_rest("plates", figures),
    ]


def at_rest(who: str, figures: Mapping[str, float]) -> list[Figure]:
    """Return processor and memory at rest, against their limits."""
    cpu, memory = figures["idle_cpu_percent"], figures["anonymous_mib"]
    return [
        Figure(f"{who}: idle processor, % of a core", cpu, CPU_LIMIT_PERCENT),
        Figure(f"{who}: anonymous memory, MiB", memory, MEMORY_LIMIT_MIB),
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--idle", type=float, default=IDLE_S, help="seconds (default %(default)s)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rows = bare(Path(folder), arguments.idle)
    with tempfile.TemporaryDirectory() as folder:
        rows += reading(Path(folder), arguments.idle)
    title = f"The agent on this machine ({platform.machine()}, Python {platform.python_version()})"
    table = Table(title=title)
    for column in ("figure", "measured", "limit", "ratio"):
        table.add_column(column, justify="left" if column == "figure" else "right")
    for row in rows:
        table.add_row(row.what, f"{row.value:.2f}", *row.against())
    Console(width=110).print(table)
    if arguments.json:
        arguments.json.parent.mkdir(parents=True, exist_ok=True)
        arguments.json.write_text(json.dumps([asdict(row) for row in rows], indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
