"""What durability and the centre's own acknowledgement cost, against the bare parts.

    python -m tests.benchmarks.delivery [--records 20000] [--json PATH]

Outbox against bare SQLite: the same rows and the same fsync policy (WAL, synchronous=FULL). Uplink
against bare aiomqtt with QoS 1 on one Mosquitto, with the same listener behind it; the uplink's
records are committed first and count once settled by the listener's acknowledgement.
"""

import argparse
import asyncio
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path

import aiomqtt
import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion
from rich.console import Console
from rich.table import Table

from agent.core.clock import SystemClock
from agent.telemetry.aiomqtt_link import AiomqttDialler
from agent.telemetry.cloudevent import draft
from agent.telemetry.limits import Limits
from agent.telemetry.outbox import Outbox
from agent.telemetry.schema import connect
from agent.telemetry.settings import BrokerSettings
from agent.telemetry.uplink import Uplink
from simulators.broker import mosquitto
from tests.telemetry.things import TOPICS, sighting

CALLERS = 50
IN_FLIGHT = 20
FILLER = 250
"""A record of some 700 bytes on the wire, as a passage is."""

Measured = dict[str, float]


def event(number: int) -> bytes:
    record = draft(sighting(number, filler=FILLER), TOPICS.source, TOPICS.node)
    return record.numbered(7, number + 1)


def bare_sqlite(folder: Path, count: int, together: int) -> float:
    """Return records a second of plain inserts, `together` in each transaction."""
    events = [event(n) for n in range(count)]
    with closing(connect(folder / f"bare-{together}.db")) as db:
        began = time.perf_counter()
        for start in range(0, count, together):
            db.execute("BEGIN IMMEDIATE")
            db.executemany(
                "INSERT INTO record (room, stream, bytes, kept_s, event) VALUES (?, ?, ?, ?, ?)",
                [("event", "x", len(each), 0.0, each) for each in events[start : start + together]],
            )
            db.execute("COMMIT")
        return count / (time.perf_counter() - began)


async def outbox(folder: Path, count: int, callers: int) -> float:
    """Return records a second of `put`, `callers` at once."""
    clock = SystemClock()
    numbers = iter(range(count))

    async def caller(box: Outbox) -> None:
        for number in numbers:
            await box.put(sighting(number, filler=FILLER))

    path = folder / str(callers)
    async with Outbox(path / "outbox.db", TOPICS, Limits(), clock) as box:
        began = time.perf_counter()
        await asyncio.gather(*(caller(box) for _ in range(callers)))
        return count / (time.perf_counter() - began)


async def bare_aiomqtt(port: int, count: int, batch: int) -> float:
    """Return records a second published with QoS 1, `batch` in a message, a window in flight."""
    payloads = [
        b"[" + b",".join(event(n) for n in range(start, min(count, start + batch))) + b"]"
        for start in range(0, count, batch)
    ]
    queue = iter(payloads)
    async with aiomqtt.Client("127.0.0.1", port, max_inflight_messages=IN_FLIGHT) as client:
        client.pending_calls_threshold = 1000

        async def publisher() -> None:
            for payload in queue:
                await client.publish("sereno/v1/bare/x/up/data/test.event", payload, 1)

        began = time.perf_counter()
        await asyncio.gather(*(publisher() for _ in range(IN_FLIGHT)))
        return count / (time.perf_counter() - began)


async def uplink(folder: Path, port: int, count: int) -> float:
    """Return records a second from a full outbox until the last one is settled."""
    clock = SystemClock()
    settings = BrokerSettings(
        host="127.0.0.1", port=port, tls=False, inflight=IN_FLIGHT, backlog_batches_s=1000
    )
    async with Outbox(folder / "outbox.db", TOPICS, Limits(), clock) as box:
        await asyncio.gather(*(box.put(sighting(n, filler=FILLER)) for n in range(count)))
        dialler = AiomqttDialler(settings, TOPICS.node)
        service = Uplink(box, dialler, settings, TOPICS, clock, random.Random(1))
        began = time.perf_counter()
        await settled(service, box)
        return count / (time.perf_counter() - began)


async def live(folder: Path, port: int, count: int) -> float:
    """Return records a second committed and settled at the same time."""
    clock = SystemClock()
    settings = BrokerSettings(host="127.0.0.1", port=port, tls=False, inflight=IN_FLIGHT)
    async with Outbox(folder / "outbox.db", TOPICS, Limits(), clock) as box:
        dialler = AiomqttDialler(settings, TOPICS.node)
        service = Uplink(box, dialler, settings, TOPICS, clock, random.Random(1))
        numbers = iter(range(count))

        async def caller() -> None:
            for number in numbers:
                await box.put(sighting(number, filler=FILLER))

        async def commit() -> None:
            await asyncio.gather(*(caller() for _ in range(CALLERS)))

        began = time.perf_counter()
        await settled(service, box, commit)
        return count / (time.perf_counter() - began)


async def settled(
    service: Uplink, box: Outbox, work: Callable[[], Awaitable[None]] | None = None
) -> None:
    async def run() -> None:
        await service.run(lambda: None)

    task = asyncio.create_task(run())
    if work is not None:
        while not service.readings()["connected"]:  # noqa: ASYNC110 - a benchmark
            await asyncio.sleep(0.005)
        await work()
    while box.fill.rows:  # noqa: ASYNC110
        await asyncio.sleep(0.005)
    task.cancel()
    await asyncio.wait([task])


def listen(port: int) -> None:
    """Be the far end: acknowledge each batch as soon as it is here, with nothing committed."""
    client = paho.Client(CallbackAPIVersion.VERSION2)

    def take(_client: paho.Client, _userdata: object, message: paho.MQTTMessage) -> None:
        last = json.loads(message.payload)[-1]
        topic = message.topic.partition("/up/")[0] + "/dn/ack"
        said = {"epoch": last["epoch"], "upto": int(last["sequence"]), "nak": []}
        client.publish(topic, json.dumps(said), 1)

    client.on_message = take
    client.max_inflight_messages_set(0)
    client.connect("127.0.0.1", port)
    client.subscribe("sereno/v1/+/+/up/data/#", 1)
    client.loop_forever()


def measure(count: int) -> dict[str, Measured]:
    few = max(200, count // 10)
    commits: Measured = {}
    sent: Measured = {}
    with tempfile.TemporaryDirectory(dir=".") as name:
        folder = Path(name)
        commits["bare SQLite, one a commit"] = bare_sqlite(folder, few, 1)
        commits["outbox, one caller"] = asyncio.run(outbox(folder, few, 1))
        commits[f"bare SQLite, {CALLERS} a commit"] = bare_sqlite(folder, count, CALLERS)
        commits[f"outbox, {CALLERS} callers"] = asyncio.run(outbox(folder, count, CALLERS))
        with mosquitto() as broker:
            arguments = [sys.executable, "-m", __spec__.name, "--listen", str(broker.port)]
            with subprocess.Popen(arguments) as listener:
                try:
                    time.sleep(1)
                    sent["bare aiomqtt, one a message"] = asyncio.run(
                        bare_aiomqtt(broker.port, few, 1)
                    )
                    sent["bare aiomqtt, 100 a message"] = asyncio.run(
                        bare_aiomqtt(broker.port, count, 100)
                    )
                    sent["uplink, a backlog until settled"] = asyncio.run(
                        uplink(folder / "uplink", broker.port, count)
                    )
                    sent[f"outbox and uplink, {CALLERS} callers until settled"] = asyncio.run(
                        live(folder / "live", broker.port, count)
                    )
                finally:
                    listener.terminate()
    return {"commit": commits, "deliver": sent}


def shown(title: str, found: Measured) -> Table:
    table = Table("what", "records/s", title=title)
    table.columns[1].justify = "right"
    for what, rate in found.items():
        table.add_row(what, f"{rate:,.0f}")
    return table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=20_000)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--listen", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.listen:
        listen(arguments.listen)
        return
    size = len(event(1))
    found = measure(arguments.records)
    console = Console()
    console.print(shown(f"Committing records of {size} bytes", found["commit"]))
    console.print(shown(f"Delivering records of {size} bytes, QoS 1", found["deliver"]))
    if arguments.json:
        document = {"record_bytes": size, "records": arguments.records, "records_s": found}
        arguments.json.write_text(json.dumps(document, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
