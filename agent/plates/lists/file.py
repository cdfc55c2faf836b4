"""A list's file, watched: what is in force, what is wrong with what lies there now."""

import asyncio
import logging
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISREG
from typing import Never

from agent.core.files import open_regular
from agent.core.log import clip
from agent.plates.lists.catalogue import Catalogue, catalogue, objection
from agent.plates.lists.rows import MOST_BYTES, Form, Sheet, read_sheet
from agent.plates.lists.tags import passing_tagger

_log = logging.getLogger(__name__)

State = tuple[int, int, int]
"""Inode, size and time of change: a file that differs in none of them is the same."""


@dataclass(frozen=True, slots=True)
class _Read:
    raw: bytes
    sheet: Sheet


class ListFile:
    """Keeps the list of one file in force, and takes a changed file once it has stood still.

    A file that is wrong changes nothing: the last good list stays in force, and `words` say why.
    """

    def __init__(
        self, name: str, path: Path, form: Callable[[], Form], look_s: float, *, reasons: bool
    ) -> None:
        """Take where the list lies; nothing is read before `run`. `form` may raise `Rejected`."""
        self._name = name
        self._path = path
        self._form = form
        self._look_s = look_s
        self._reasons = reasons
        self._taken: State | None = None
        self.now: Catalogue | None = None
        self.words: str | None = None
        """What is wrong with the file as it lies there, None where it is in force."""
        self.loaded = 0
        """How often a list came into force."""
        self.wrong_rows = 0
        """Problems in the file that lies there."""

    async def run(self) -> Never:
        """Look at the file for ever, in a thread of its own: a card may stall for seconds."""
        pool = ThreadPoolExecutor(1, thread_name_prefix=f"{self._name}-list")
        loop = asyncio.get_running_loop()
        try:
            seen: State | None = None
            first = True
            while True:
                before, seen = seen, self._told(await loop.run_in_executor(pool, self._look))
                # half a file may lie there while it is being copied: take it when it stands still
                if seen is not None and seen != self._taken and (first or seen == before):
                    self._take(await loop.run_in_executor(pool, self._read), seen)
                first = False
                await asyncio.sleep(self._look_s)
        finally:
            pool.shutdown(wait=False)

    def _look(self) -> State | str:
        try:
            stat = self._path.stat()
        except OSError as error:
            return f"{self._path}: cannot be read: {error.strerror}; expected a list of plates"
        if not S_ISREG(stat.st_mode):  # a pipe would never end
            return f"{self._path}: is no file; expected a list of plates"
        return stat.st_ino, stat.st_size, stat.st_mtime_ns

    def _told(self, seen: State | str) -> State | None:
        if not isinstance(seen, str):
            return seen
        self._say(f"{seen}; {self._in_force()}")
        self._taken = None
        return None

    def _read(self) -> _Read | str:
        try:
            form = self._form()
            with open_regular(self._path) as file:
                raw = file.read(MOST_BYTES + 1)
                if os.fstat(file.fileno()).st_size > len(raw) and len(raw) <= MOST_BYTES:
                    return f"{self._path}: was cut short while it was read"
        except OSError as error:
            return f"{self._path}: cannot be read: {error.strerror}; expected a list of plates"
        except ValueError as error:  # Rejected is one: a key that is wrong
            return clip(error, 300)
        return _Read(raw, read_sheet(raw, str(self._path), form, passing_tagger))

    def _take(self, read: _Read | str, state: State) -> None:
        self._taken = state
        if isinstance(read, str):
            self._say(read)
            self._taken = None  # the key may be mended without the list
            return
        self.wrong_rows = read.sheet.count
        if (against := objection(read.sheet, self.now)) is not None:
            self._say(f"{against}; {self._in_force()}")
            return
        self.now = catalogue(read.sheet, read.raw, self._path.stem, reasons=self._reasons)
        self.loaded += 1
        identity = self.now.plates.identity
        _log.info(
            "%s: list %s, revision %s: %d plates in force",
            self._name,
            clip(identity.name),
            clip(identity.revision) or identity.digest[:8],
            len(self.now.plates),
        )
        if read.sheet.problems:
            more = f" (and {read.sheet.count - 1} more)" if read.sheet.count > 1 else ""
            self._say(f"{read.sheet.problems[0]}{more}; its other rows are in force")
        else:
            self.words = None

    def _in_force(self) -> str:
        if self.now is None:
            return "no list is in force"
        revision = self.now.plates.identity.revision or self.now.plates.identity.digest[:8]
        return f"revision {revision} stays in force"

    def _say(self, words: str) -> None:
        if words != self.words:
            _log.warning("%s: %s", self._name, clip(words, 400))
        self.words = words
