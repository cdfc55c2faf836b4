"""The command `sereno`: one file per verb, loaded when it is called."""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points, version

from agent.core.errors import AgentError
from agent.core.text import nearest
from agent.registry import missing_package

VERBS = {
    "run": "run the agent on this node",
    "check": "check a configuration file and report every problem at once",
    "kinds": "list what can be configured, with its settings",
    "read": "read the number plates in pictures",
    "plates": "explain a plate, judge the reading on labelled pictures, compare with others",
    "schema": "write the generated contract: JSON Schemas and the AsyncAPI document",
}
"""The agent's own verbs; each is a module here with `add_arguments` and `run`."""

INTERRUPTED = 130
"""Exit status after Ctrl-C: 128 and the signal's number, as shells count."""

COMMANDS = "sereno.commands"
"""Entry points of verbs that live elsewhere (the simulators are not on a node)."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit status."""
    words = list(sys.argv[1:] if argv is None else argv)
    others = {point.name: point for point in entry_points(group=COMMANDS)}
    verb = words[0] if words else "--help"
    if verb in ("-h", "--help"):
        print(_usage(sorted(others)))
        return 0 if words else 2
    if verb == "--version":
        print(f"sereno {version('sereno')}")
        return 0
    if verb in VERBS or verb in others:
        return _done(verb, words[1:], others.get(verb))
    known = [*VERBS, *sorted(others)]
    print(
        f'sereno: no verb "{verb}", expected one of {", ".join(known)}{nearest(verb, known)}',
        file=sys.stderr,
    )
    return 2


def _done(verb: str, words: Sequence[str], point: EntryPoint | None) -> int:
    """Do one verb, ours or the entry point's; what people can mend is told without a trace."""
    try:
        return _own(verb, words) if point is None else int(point.load()(words))
    except AgentError as error:
        print(f"sereno {verb}: {error}", file=sys.stderr)
    except ModuleNotFoundError as error:
        lacks = missing_package(error, __name__ if point is None else point.module)
        print(f"sereno {verb}: {lacks}", file=sys.stderr)
    except BrokenPipeError:
        # Nobody reads on (`| head`). Python flushes once more at exit, which must not fail too:
        # https://docs.python.org/3/library/signal.html#note-on-sigpipe
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except KeyboardInterrupt:
        return INTERRUPTED
    return 1


def _own(verb: str, words: Sequence[str]) -> int:
    module = import_module(f"agent.cli.{verb}")
    parser = argparse.ArgumentParser(prog=f"sereno {verb}", description=VERBS[verb])
    module.add_arguments(parser)
    return int(module.run(parser.parse_args(words)))


def _usage(others: Sequence[str]) -> str:
    lines = [f"  {verb:<10} {what}" for verb, what in VERBS.items()]
    lines += [f"  {verb:<10} see `sereno {verb} --help`" for verb in others]
    return "usage: sereno VERB …\n\n" + "\n".join(lines) + "\n\n`sereno VERB --help` tells more."
