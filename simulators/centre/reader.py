"""Reads the books in a thread of its own, so that the page never waits for a disk."""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from simulators.centre.accounts import reading

Found = TypeVar("Found")


class Reader:
    """One question at a time; each sees one state of the books."""

    def __init__(self, path: Path) -> None:
        """Open nothing yet; the books must exist when the first question comes."""
        self._path = path
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="centre-reader")

    async def ask(self, question: Callable[[sqlite3.Connection], Found]) -> Found:
        """Return what a function of the open books returns.

        Raises:
            sqlite3.Error: The books cannot be read.
        """
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._now, question)

    def close(self) -> None:
        """Wait for the question in hand, and end the thread."""
        self._thread.shutdown()

    def _now(self, question: Callable[[sqlite3.Connection], Found]) -> Found:
        with reading(self._path) as db:
            db.execute("BEGIN")
            return question(db)
