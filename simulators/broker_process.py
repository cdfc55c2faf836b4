"""Runs a broker as a program of its own: `python -m simulators.broker_process --port N`."""

import argparse
import asyncio
import contextlib
import signal
import sys
from collections.abc import Sequence

from simulators.broker import NoBroker, embedded_broker, running_broker


def main(argv: Sequence[str] | None = None) -> int:
    """Run until SIGTERM or SIGINT; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--embedded", action="store_true", help="amqtt, even if Mosquitto is there")
    options = parser.parse_args(argv)
    try:
        asyncio.run(_until_told(options.port, embedded=options.embedded))
    except (NoBroker, OSError) as error:
        sys.stderr.write(f"broker: {error}\n")
        return 1
    return 0


async def _until_told(port: int, *, embedded: bool) -> None:
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.set)
    async with contextlib.AsyncExitStack() as stack:
        broker = embedded_broker(port) if embedded else running_broker(port)
        address = await stack.enter_async_context(broker)
        sys.stdout.write(f"broker: {address.what} on {address.host}:{address.port}\n")
        sys.stdout.flush()
        await told.wait()


if __name__ == "__main__":
    sys.exit(main())
