"""A mistake of ours is no damage: the store is not opened afresh to hide it."""

import sqlite3
from functools import partial
from pathlib import Path

import pytest

from agent.core.clock import Clock
from tests.telemetry.test_outbox import outbox


@pytest.mark.parametrize("wrong", ["INSERT INTO fact VALUES ('x', NULL)", "SELECT ?"])
async def test_a_wrong_statement_is_a_bug(tmp_path: Path, clock: Clock, wrong: str) -> None:
    async with outbox(tmp_path, clock) as box:
        store = box._store
        with pytest.raises((sqlite3.IntegrityError, sqlite3.ProgrammingError)):
            await box._run(partial(store.db.execute, wrong))
        assert box._store is store
