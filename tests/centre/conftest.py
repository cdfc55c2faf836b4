"""What the centre's tests share."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from simulators.broker import Mosquitto, find_mosquitto
from simulators.centre.arrivals import Arrival, decode
from simulators.centre.schemas import Schemas, published
from tests.centre.contract import NODE, ORG, batch, topic

TEST_STREAM = {
    "$id": "urn:sereno:schema:street.test:1",
    "type": "object",
    "required": ["value"],
    "properties": {"value": {"type": "integer"}},
}


@pytest.fixture(scope="session")
def schemas() -> Schemas:
    """The published schemas, and one of a stream made up for the tests."""
    return Schemas([*published(), TEST_STREAM])


@pytest.fixture
def arrive(schemas: Schemas) -> Callable[..., list[Arrival]]:
    """Decode records as if they had come in one batch on the node's own topic."""

    def decoded(*records: object, node: str = NODE) -> list[Arrival]:
        place = topic("data/street.test", node)
        return decode(ORG, node, place, batch(*records), schemas)

    return decoded


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "centre.sqlite"


@pytest.fixture
def mosquitto(tmp_path: Path) -> Iterator[Mosquitto]:
    """A real broker; its absence fails in CI and skips elsewhere."""
    if find_mosquitto() is None:
        absent("mosquitto is not installed: make ci-deps")
    with Mosquitto(tmp_path) as broker:
        yield broker


def absent(words: str) -> None:
    """Fail in CI, skip elsewhere."""
    if os.environ.get("CI"):
        pytest.fail(words)
    pytest.skip(words)
