"""`sereno plates VERB …`: everything about number plates that is done at a desk."""

import argparse
from importlib import import_module

VERBS: dict[str, str] = {
    "explain": "say which country's plate a text is, and why; or why it is none",
    "eval": "judge the reading on labelled pictures: figures, and a sheet of every miss",
    "aim": "show how good a camera's picture is for plates, and what to mend",
    "list": "check a list of plates, and hash one for a node",
    "bench": "run the same pictures through other readers, side by side",
}
"""The verbs under `sereno plates`; each is a module here with `add_arguments` and `run`."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    for verb, what in VERBS.items():
        module = import_module(f"{__name__}.{verb}")
        module.add_arguments(verbs.add_parser(verb, help=what, description=what))


def run(arguments: argparse.Namespace) -> int:
    """Do the verb; return its exit status."""
    return int(import_module(f"{__name__}.{arguments.verb}").run(arguments))
