"""`sereno simulate …`: the verbs that the simulators add to the command line."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from simulators.scenario import names


def simulate(argv: Sequence[str]) -> int:
    """Run one of the simulators; return the exit status."""
    parser = argparse.ArgumentParser(prog="sereno simulate", description="the street, without it")
    verbs = parser.add_subparsers(dest="what", required=True, metavar="WHAT")
    _street(verbs.add_parser("street", help="the real agent on a simulated street, and a centre"))
    _picture(verbs.add_parser("picture", help="one picture of the simulated street, as a PNG"))
    arguments = parser.parse_args(argv)
    if arguments.what == "picture":
        from simulators.picture import picture  # noqa: PLC0415 - a verb loads what it needs

        return picture(arguments)
    from simulators.street import street  # noqa: PLC0415

    return street(arguments)


def _scenario(parser: argparse.ArgumentParser) -> None:
    known = ", ".join(names())
    parser.add_argument(
        "--scenario", default="street-day", metavar="NAME|FILE", help=f"one of {known}, or a file"
    )
    parser.add_argument("--seed", type=int, default=1, help="another seed, other traffic")


def _street(parser: argparse.ArgumentParser) -> None:
    _scenario(parser)
    parser.add_argument("--speed", type=float, default=1.0, help="world seconds in one second")
    parser.add_argument("--rate", type=float, default=12.0, help="pictures in a world second")
    parser.add_argument(
        "--for", dest="for_s", type=float, default=0.0, metavar="SECONDS",
        help="end by itself after so long with a summary; 0: when told to (Ctrl-C)",
    )  # fmt: skip
    parser.add_argument("--http", type=int, default=0, metavar="PORT", help="of the page; 0: any")
    parser.add_argument(
        "--embedded-broker", action="store_true", help="amqtt, even where Mosquitto is installed"
    )
    parser.add_argument(
        "--keep", type=Path, metavar="DIR", help="keep configuration, stores and logs here"
    )


def _picture(parser: argparse.ArgumentParser) -> None:
    _scenario(parser)
    parser.add_argument("--at", type=float, default=5.0, metavar="SECONDS", help="world time")
    parser.add_argument("--grey", action="store_true", help="as the agent's camera sees it")
    parser.add_argument("out", type=Path, help="the PNG to write")
