"""`--countries E,MA`: the vehicle codes to expect, alike for every verb that reads plates."""

import argparse


def add_countries(parser: argparse.ArgumentParser) -> None:
    """Add the option; its value is a tuple of codes, empty for any country."""
    parser.add_argument(
        "--countries",
        type=_codes,
        default=(),
        metavar="E,MA",
        help="vehicle codes of the countries to expect (default: any)",
    )


def _codes(words: str) -> tuple[str, ...]:
    return tuple(code.strip() for code in words.split(",") if code.strip())
