"""A bar that shows a person at a terminal how far a long command is."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

T = TypeVar("T")


def with_progress(things: Sequence[T], words: str) -> Iterator[T]:
    """Yield each thing; on a terminal, with a bar on standard error."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield from things
        return
    columns = (TextColumn(words), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, redirect_stdout=False) as progress:
        yield from progress.track(things)
