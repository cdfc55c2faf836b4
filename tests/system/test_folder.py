"""A folder of real photographs becomes passages at the centre, each of them, exactly."""

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from agent.core.clock import Stamp
from agent.core.frames import Frame, Pixels
from agent.plates.decide import Decided, Judge, Rule
from agent.plates.formats.book import shipped_book
from agent.plates.formats.syntax import Syntax
from agent.plates.misgivings import Telling
from agent.plates.purpose import PURPOSES
from agent.plates.reading import Limits, look
from agent.plates.settings import PlatesSettings
from agent.plates.track import Sighting
from drivers.ports.picture import read_picture
from models.plates import ShippedPlateModels
from tests.town import Town, town, until

pytestmark = [pytest.mark.broker, pytest.mark.data]


def parts(folder: Path) -> str:
    return (
        f'[camera.album]\nkind = "pictures"\npath = "{folder}"\n'
        '[duty.plates]\ncamera = "album"\npurpose = "access-control"\n'
    )


def outbox_rows(place: Town) -> dict[tuple[int, int], bytes]:
    """Return what the stopped node's store holds: the agent's own records."""
    with closing(sqlite3.connect(place.store / "outbox.db")) as db:
        (epoch,) = db.execute("SELECT value FROM fact WHERE name = 'epoch'").fetchone()
        return {
            (int(epoch), sequence): payload
            for sequence, payload in db.execute(
                "SELECT sequence, event FROM record WHERE stream = 'plates.passage'"
            )
        }


def digests(rows: dict[tuple[int, int], bytes]) -> set[str]:
    return {json.loads(event)["data"]["picture"]["sha256"] for event in rows.values()}


def readable(pictures: list[Path]) -> set[str]:
    """Return the digests of the pictures of which the duty's default rules make a passage."""
    rules = PlatesSettings(camera="album", purpose="access-control")
    judge = Judge(
        "plates",
        rules.camera,
        PURPOSES[rules.purpose],
        Syntax(shipped_book(), rules.countries),
        Rule(rules.shortest, rules.agreeing, Telling(rules.unsure)),
    )
    detector, reader = ShippedPlateModels().load()
    limits = Limits(rules.score, rules.height_px, rules.shortest)
    digests = set()
    for path in pictures:
        picture = read_picture(path)
        taken = Stamp(0.0, datetime.now(UTC), synced=False, error_ms=None)
        frame = Frame("album", 1, taken, Pixels.GREY8, picture.luma, still=True)
        for quad, read in look(picture.luma, detector, reader, limits).plates:
            if isinstance(judge.still(Sighting(frame, quad, read), 1), Decided):
                digests.add(sha256(path.read_bytes()).hexdigest())
    return digests


def test_the_centres_rows_equal_the_agents_records(tmp_path: Path, data_dir: Path) -> None:
    pictures = sorted((data_dir / "plates" / "eu").glob("*.jpg"))
    assert len(pictures) == 57
    camera = parts(data_dir.resolve() / "plates" / "eu")
    with town(tmp_path, camera) as place:
        # First without a centre and a broker: the node's records stay in its store.
        place.centre.kill()
        place.broker.kill()
        until(lambda: "57 pictures read" in place.agent.said(), "all pictures", 120)
        expected = readable(pictures)
        # Published is not yet read: the duty may be a few pictures behind the camera.
        until(lambda: digests(outbox_rows(place)) >= expected, "a passage of each", 60)
        assert place.agent.stop() == 0
        own = outbox_rows(place)
        # Then the same node, with nothing left to look at, delivers them.
        place.config.write_text(place.config.read_text().replace(camera, ""))
        place.broker.start()
        place.centre.start()
        place.agent.start()
        until(
            lambda: len(place.rows("plates.passage")) >= len(own), "all records at the centre", 60
        )
        stored = {(epoch, n): json.loads(body) for epoch, n, body in place.rows("plates.passage")}
    assert stored == {key: json.loads(event) for key, event in own.items()}
    seen = {record["data"]["picture"]["sha256"] for record in stored.values()}
    assert seen == expected
    assert len(seen) >= 50
    assert all(
        record["data"]["still"] and record["data"]["agreeing"] == 1 for record in stored.values()
    )
