"""Records that must arrive: on disk before `put` returns, gone only when the centre has them."""

import asyncio
import logging
import sqlite3
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from agent.core.clock import Clock, Stamp
from agent.core.errors import DeviceError, Rejected
from agent.core.records import Record, RecordKey
from agent.telemetry.ack import Ack
from agent.telemetry.batch import Row
from agent.telemetry.cloudevent import Draft, draft
from agent.telemetry.gap import Cause
from agent.telemetry.limits import Limits
from agent.telemetry.opening import alone, epochs, opened, reserve_of, sessions
from agent.telemetry.reserve import disk_full
from agent.telemetry.store import Fill, Store
from agent.telemetry.topics import Topics

R = TypeVar("R")

_log = logging.getLogger(__name__)

MOST_TOGETHER = 500
"""Records that share one commit: at most some 30 MiB at the contract's greatest record."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    record: Draft
    answer: asyncio.Future[RecordKey]


class Outbox(AbstractAsyncContextManager["Outbox"]):
    """The journal of the node: a store in SQLite, touched only by its own thread.

    Whoever calls `put` while a commit is under way shares the next one, so that many callers
    pay for one fsync. `added` is set whenever there may be something new to send.
    """

    def __init__(self, path: Path, topics: Topics, limits: Limits, clock: Clock) -> None:
        """Prepare; nothing is opened before the block is entered."""
        self.path = path
        self.added = asyncio.Event()
        self.damage = ""
        self.trouble = ""
        self._topics = topics
        self._limits = limits
        self._clock = clock
        self._waiting: deque[_Waiting] = deque()
        self._commit: asyncio.Future[list[RecordKey | Rejected]] | None = None
        self._reserve = reserve_of(path, limits)
        self._reserved = False
        self._fill = Fill()
        self._epoch = 0
        self._session = 0
        self._highest = 0
        self._withheld: Counter[tuple[str, str]] = Counter()
        self._opened_at: Stamp
        self._thread: ThreadPoolExecutor
        self._store: Store
        self._open: AsyncExitStack

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            self._thread = ThreadPoolExecutor(1, thread_name_prefix="outbox")
            stack.callback(self._thread.shutdown)
            stack.enter_context(alone(self.path))
            self._opened_at = self._clock.stamp()
            await asyncio.get_running_loop().run_in_executor(self._thread, self._reopen)
            stack.push_async_callback(self._finish)
            self._open = stack.pop_all()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._open.aclose()

    @property
    def epoch(self) -> int:
        return self._epoch

    @property
    def highest(self) -> int:
        """The last number given."""
        return self._highest

    @property
    def fill(self) -> Fill:
        """How full the store was after the last thing done to it."""
        return self._fill

    def readings(self) -> Mapping[str, float]:
        """Return figures for the health message."""
        fill = self._fill
        return {
            "rows": fill.rows,
            "bytes": fill.bytes,
            "oldest_s": self.oldest_s,
            "dropped": fill.dropped,
            "refused": fill.refused,
            "parked": fill.parked,
            "highest": self._highest,
            "fields_dropped": self._withheld.total(),
        }

    @property
    def oldest_s(self) -> float:
        """How long the oldest record has waited, 0 where none does or the clock is not set."""
        if self._fill.oldest_utc_s is None:
            return 0.0
        return max(0.0, self._clock.stamp().utc.timestamp() - self._fill.oldest_utc_s)

    async def put(self, record: Record) -> RecordKey:
        """Store a record; it survives a power cut from the return on.

        Cancelled while its commit is under way, it may or may not be stored.

        Raises:
            Rejected: It is too large, may not leave the node, or is evidence without room.
            DeviceError: The disk is full or failed; nothing stored before is lost.
        """
        if not record.stream.leaves_node:
            raise Rejected(f"outbox: {record.stream.name} does not leave the node")
        answer: asyncio.Future[RecordKey] = asyncio.get_running_loop().create_future()
        ready = draft(record, self._topics.source, self._topics.node)
        self._note(ready)
        self._waiting.append(_Waiting(ready, answer))
        self._begin_commit()
        return await answer

    async def after(self, cursor: int, upto: int, most_rows: int, most_bytes: int) -> list[Row]:
        """Return the oldest rows to be sent with `cursor` < sequence <= `upto`, rising."""
        return await self._run(lambda: self._store.after(cursor, upto, most_rows, most_bytes))

    async def these(self, sequences: Sequence[int]) -> list[Row]:
        """Return those of the rows that are still to be sent."""
        return await self._run(lambda: self._store.these(sequences))

    async def settle(self, ack: Ack) -> int:
        """Forget what the centre has committed; return how many records that were."""
        return await self._run(lambda: self._settled(ack))

    async def park(self, sequences: Sequence[int], words: str) -> int:
        """Lay records aside that nobody will take; return how many."""
        return self._told(await self._run(lambda: self._store.park(sequences, words)))

    async def release(self) -> int:
        """Send what was laid aside once more; return how many records."""
        done = await self._run(self._released)
        self.added.set()
        return done

    async def tell_gaps(self) -> int:
        """Make records of gaps on account, for sending; return how many."""
        now = self._clock.stamp()
        return self._told(await self._run(lambda: self._store.tell_gaps(now)))

    async def sweep(self) -> int:
        """Drop what is too old; return how many records."""
        now = self._clock.stamp()
        return self._told(await self._run(lambda: self._store.sweep(now)))

    async def unaccounted(self, ack: Ack, most: int = 10_000) -> list[tuple[int, int]]:
        """Return numbers the centre asks for that are neither held nor on account."""
        return await self._run(lambda: self._store.unaccounted(ack, most))

    async def account(self, ranges: Sequence[tuple[int, int]]) -> None:
        """Put numbers on account that nothing is known of any more."""
        await self._run(lambda: self._store.account(ranges, Cause.GONE))
        self.added.set()

    async def next_session(self) -> int:
        """Store and return the number of the next connection, greater than every earlier one.

        A full disk does not stop it: only over a connection can the disk be emptied.

        Raises:
            DeviceError: The disk failed.
        """
        now = self._clock.stamp()
        return await self._run(lambda: self._next_session(now))

    async def renumber(self, above: int) -> int:
        """Begin an epoch greater than `above`, keeping what waits; return it."""
        now = self._clock.stamp()
        await self._run(lambda: self._renumbered(now, above))
        self.added.set()
        return self._epoch

    def _note(self, ready: Draft) -> None:
        """Count the fields that a record's purpose did not let out; each is told of once."""
        for path in ready.dropped:
            if not self._withheld[ready.stream, path]:
                _log.warning(
                    "outbox: %s: field %s is not on the allow-list of %s: dropped",
                    ready.stream,
                    path,
                    ready.purpose,
                )
            self._withheld[ready.stream, path] += 1

    def _told(self, done: int) -> int:
        if done:
            self.added.set()
        return done

    def _begin_commit(self) -> None:
        while self._waiting and self._commit is None:
            together: list[_Waiting] = []
            while self._waiting and len(together) < MOST_TOGETHER:
                each = self._waiting.popleft()
                if not each.answer.done():  # its caller has given up
                    together.append(each)
            if together:
                drafts = [each.record for each in together]
                now = self._clock.stamp()
                self._commit = self._start(partial(self._append, drafts, now))
                self._commit.add_done_callback(partial(self._committed, together))

    def _committed(
        self, together: list[_Waiting], commit: asyncio.Future[list[RecordKey | Rejected]]
    ) -> None:
        self._commit = None
        answers: Sequence[RecordKey | BaseException]
        if (error := commit.exception()) is not None:
            answers = [_again(error) for _ in together]
        else:
            answers = commit.result()
            self.added.set()
        for waiting, answer in zip(together, answers, strict=True):
            if waiting.answer.done():
                continue
            if isinstance(answer, BaseException):
                waiting.answer.set_exception(answer)
            else:
                waiting.answer.set_result(answer)
        self._begin_commit()

    def _released(self) -> int:
        return self._store.release()

    def _append(self, drafts: Sequence[Draft], now: Stamp) -> list[RecordKey | Rejected]:
        return self._store.append(drafts, now)

    async def _run(self, work: Callable[[], R]) -> R:
        return await self._start(work)

    def _start(self, work: Callable[[], R]) -> asyncio.Future[R]:
        return asyncio.get_running_loop().run_in_executor(self._thread, self._guarded, work)

    def _guarded(self, work: Callable[[], R]) -> R:
        """Do the work in the outbox's thread, and make every failure of the disk a named one."""
        try:
            done = work()
            self._look()
        except (sqlite3.IntegrityError, sqlite3.ProgrammingError):
            raise  # our own mistake: a store opened afresh would hide it
        except sqlite3.OperationalError as error:
            self.trouble = _words(error)
            raise DeviceError("outbox", self.trouble) from error
        except sqlite3.DatabaseError as error:
            self._store.db.close()
            self._reopen()  # checks the file, and moves it aside if that is what is wrong
            raise DeviceError("outbox", f"{error}; the store was opened afresh") from error
        self.trouble = ""
        return done

    def _settled(self, ack: Ack) -> int:
        return self._with_reserve(lambda: self._store.settle(ack))

    def _next_session(self, now: Stamp) -> int:
        self._session = sessions(self.path).next_if_full(now, self._session, self._halve)
        return self._session

    def _renumbered(self, now: Stamp, above: int) -> None:
        # An epoch that only memory holds is safe: the store writes it down with the numbers.
        epoch = epochs(self.path).next_if_full(now, max(above, self._epoch), self._halve)
        self._with_reserve(lambda: self._store.renumber(epoch))

    def _halve(self) -> None:
        self._reserve.halve()
        self._reserved = False

    def _with_reserve(self, work: Callable[[], R]) -> R:
        """Do the work; on a full disk in the reserve's room, since this is what frees the disk."""
        try:
            done = work()
        except sqlite3.OperationalError as error:
            if not disk_full(error, self.path.parent):
                raise
            self._reserve.give_up()
            self._reserved = False
            self._store.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            done = work()
        self._reserved = self._reserved or self._reserve.take()
        return done

    def _reopen(self) -> None:
        found = opened(self.path, self._topics, self._limits, self._opened_at)
        self._store = found.store
        self.damage = found.damage or self.damage
        self._reserved = self._reserve.take()
        self._look()

    def _look(self) -> None:
        self._fill = self._store.fill()
        self._epoch = self._store.epoch
        self._highest = self._store.highest

    async def _finish(self) -> None:
        while self._commit is not None:
            await asyncio.wait([self._commit])
        await asyncio.get_running_loop().run_in_executor(self._thread, self._store.db.close)


def _again(error: BaseException) -> BaseException:
    """Return an error of one's own for each caller: a shared one would gather all tracebacks."""
    match error:
        case DeviceError(device=device, problem=problem):
            fresh = DeviceError(device, problem)
            fresh.__cause__ = error.__cause__
            return fresh
        case _:
            return error


def _words(error: sqlite3.OperationalError) -> str:
    if error.sqlite_errorcode == sqlite3.SQLITE_FULL:
        return "the disk is full: nothing more can be stored, what is stored is safe"
    return f"the store failed: {error}"
