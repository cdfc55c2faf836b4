"""`sereno run --config FILE`: the agent on this node, until it is told to stop."""

import argparse
import asyncio
import logging
import os
import signal
from pathlib import Path

from agent.app import Agent
from agent.config import Config, load
from agent.core.board import profile_of
from agent.core.log import configure
from agent.registry import Registry
from agent.watch.secrecy import keep_memory_private
from models.plates import ShippedPlateModels

log = logging.getLogger(__name__)

END_S = 4.8
"""What is not over by then is ended by the kernel; systemd and people are promised 5 s."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--config", type=Path, default=Path("/etc/sereno/sereno.toml"), help="default: %(default)s"
    )
    parser.add_argument("--verbose", action="store_true", help="log bytes and frames too")


def run(arguments: argparse.Namespace) -> int:
    configure(logging.DEBUG if arguments.verbose else logging.INFO)
    keep_memory_private()
    # One picture, one thread: a pool that spins beside it costs a small board more than it gives.
    os.environ.setdefault("OPENCV_FOR_THREADS_NUM", "1")
    config = load(arguments.config, Registry())
    log.info("sereno on %s of %s", config.node.id, config.node.org)
    asyncio.run(_until_told(config))
    log.info("ended")
    return 0


async def _until_told(config: Config) -> None:
    models = ShippedPlateModels(profile_of(config.node.profile), config.node.delegate)
    working = asyncio.create_task(
        Agent(config, plate_models=models, model_digests=models.digests()).run(), name="agent"
    )
    loop = asyncio.get_running_loop()

    def end() -> None:
        if working.cancelling():
            return  # told before: the first word stands, and its time runs
        log.info("told to stop")
        # A thread stuck in foreign code must not keep the process: SIGALRM's default ends it.
        # Nothing committed is lost by that; the store is written through.
        signal.setitimer(signal.ITIMER_REAL, END_S)
        working.cancel()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, end)
    try:
        await working
    except asyncio.CancelledError:
        if not working.cancelled():
            raise
