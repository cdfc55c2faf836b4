"""The command line of the centre."""

import argparse
import asyncio
import contextlib
import dataclasses
import json
import logging
import signal
import sqlite3
import sys
from collections.abc import Sequence
from pathlib import Path

from simulators.centre.accounts import Summary, summary
from simulators.centre.mqtt import Certificates, Speak, TakenOver
from simulators.centre.serve import Setup, serve


def main(argv: Sequence[str] | None = None) -> int:
    """Run a centre until SIGTERM or SIGINT, or print the sums of its books; return the status."""
    options = _options(argv)
    if options.report:
        return _report(options.db)
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
    status = 0
    try:
        asyncio.run(_until_told(_setup(options)))
    except* (TakenOver, OSError, ValueError, sqlite3.Error) as group:
        sys.stderr.write(f"centre: {group.exceptions[0]}\n")
        status = 1
    return status


async def _until_told(setup: Setup) -> None:
    loop = asyncio.get_running_loop()
    running = asyncio.ensure_future(serve(setup, _say))
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, running.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await running


def _say(address: str) -> None:
    sys.stdout.write(f"centre: {address}\n")
    sys.stdout.flush()


def _report(path: Path) -> int:
    """Print the sums as JSON: what became of every number that a node gave."""
    try:
        found = summary(path)
    except sqlite3.Error as error:
        sys.stderr.write(f"centre: {path}: {error}\n")
        return 1
    sys.stdout.write(json.dumps(_plain(found), indent=2) + "\n")
    return 0


def _plain(found: Summary) -> object:
    return dataclasses.asdict(found) | {"lost": found.lost}


def _setup(options: argparse.Namespace) -> Setup:
    host, _, port = options.broker.rpartition(":")
    tls = Certificates(options.ca, options.cert, options.key) if options.ca else None
    return Setup(
        broker_host=host,
        broker_port=int(port),
        org=options.org,
        db=options.db,
        http_host=options.http_host,
        http_port=options.http,
        client_id=options.client_id,
        share=options.share,
        certificates=tls,
        speak=Speak(options.mqtt),
        schemas=options.schemas,
    )


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m simulators.centre",
        description="A control centre: takes records off the broker, commits, acknowledges.",
    )
    add = parser.add_argument
    add("--broker", metavar="HOST:PORT", default="127.0.0.1:1883")
    add("--org", default="ceuta", help="whose nodes: the topic level after sereno/v1")
    add("--db", type=Path, required=True, help="the books, an SQLite file; made if absent")
    add("--http", type=int, default=8080, metavar="PORT", help="of the page; 0 takes a free one")
    add("--http-host", default="127.0.0.1", help="the page shows plates: think before opening it")
    add("--mqtt", choices=[each.value for each in Speak], default="auto", help="version to speak")
    add("--client-id", default="sereno-centre", help="one for each centre on a broker")
    add("--share", metavar="GROUP", help="divide the records with other ingests of this group")
    add("--schemas", type=Path, action="append", default=[], metavar="DIR", help="further streams")
    add("--ca", metavar="PEM", help="speak TLS to a broker signed by this authority")
    add("--cert", metavar="PEM", help="our own certificate")
    add("--key", metavar="PEM", help="its key")
    add("--report", action="store_true", help="print the sums of the books as JSON, and end")
    options = parser.parse_args(argv)
    host, _, port = options.broker.rpartition(":")
    if not host or not port.isdecimal():
        parser.error(f"--broker {options.broker!r}: expected HOST:PORT")
    return options
