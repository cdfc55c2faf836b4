"""The contract is one, and what the code says keeps it (currency: tests/test_schema.py)."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest

from agent.core.duty import DutyState, Performance
from agent.core.records import DataClass, Stream
from agent.plates.passage import passage_stream
from agent.plates.purpose import PURPOSES
from agent.telemetry.ack import Ack
from agent.telemetry.alarm import Alarm, Alarming, Severity
from agent.telemetry.birth import Birth, Config, Model, Part, Place, Software, StreamLine
from agent.telemetry.contract import documents, stale, write
from agent.telemetry.duties import Duties, DutyLine
from agent.telemetry.gap import GAP_STREAM, Cause, Gap
from agent.telemetry.health import ClockHealth, Fitness, Health, OutboxHealth, PartHealth
from agent.telemetry.notice import Asked, Notice
from agent.telemetry.state import Doing, State, last_will
from agent.telemetry.wire import decode, encode, rfc3339
from simulators.load import NUMBER_STREAM
from tests.telemetry.things import TOPICS, at, drafted

STREAMS = [passage_stream(next(iter(PURPOSES.values()))), NUMBER_STREAM]
WORDS: dict[str, list[msgspec.Struct]] = {
    "birth": [
        Birth(org="ceuta", node="pole-017", software=Software(version="1")),
        Birth(
            org="ceuta",
            node="pole-017",
            epoch=7,
            session=3,
            place=Place(lat=35.8883, lon=-5.3062, note="Marina, north kerb"),
            software=Software(version="0.1.0", python="3.11"),
            config=Config(digest="0" * 64),
            hardware=(Part(name="gate", kind="rtsp"),),
            models=(Model(name="plate_reader", digest="0" * 64),),
            duties=("plates",),
            streams=tuple(StreamLine.of(stream) for stream in (*STREAMS, GAP_STREAM)),
        ),
    ],
    "state": [State(state=Doing.READY, session=3, since=at().utc), last_will(4)],
    "duties": [
        Duties(
            duties=(
                DutyLine.of(
                    "plates",
                    DutyState(Performance.BLIND, "no-model", "no model", at(), "install one"),
                ),
            )
        )
    ],
    "health": [
        Health(time=at().utc, period_s=30),
        Health(
            time=at().utc,
            period_s=30,
            parts={"gate": PartHealth(state=Fitness.FAULT, since=at().utc, values={"drops": 3})},
            outbox=OutboxHealth(rows=1, bytes=2, oldest_s=0.5, dropped=0),
            clock=ClockHealth(source="ntp", error_ms=12),
            temperature={"cpu_celsius": 51.5},
        ),
    ],
    "alarm": [
        Alarm(id="x", state=Alarming.RAISED, severity=Severity.WARNING, words="w", since=at().utc)
    ],
    "ack": [Ack(epoch=7, upto=18234, nak=((18190, 18192),)), Ack(epoch=7, upto=0)],
    "notice": [Notice(notice=Asked.SLOW_DOWN)],
    "gap": [Gap(dclass="any", first=3, last=5, count=3, cause=Cause.SIZE)],
}

BAD: dict[str, Any] = {
    "birth": {"org": "ceuta"},
    "state": {"state": "asleep"},
    "duties": {"duties": [{"name": "plates", "state": "asleep"}]},
    "health": {"time": 3, "period_s": 30},
    "alarm": {"id": "x"},
    "ack": {"epoch": 7, "upto": "18234"},
    "notice": {"notice": "hurry"},
    "record": {"specversion": "1.0"},
    "gap": {"class": "event", "from": 0, "to": 1, "count": 2, "cause": "size"},
}


@pytest.fixture(scope="module")
def schemas() -> dict[str, dict[str, Any]]:
    found = {name: json.loads(text) for name, text in documents(STREAMS).items()}
    return {name: each for name, each in found.items() if "$id" in each}


def test_a_changed_missing_or_foreign_file_is_stale(tmp_path: Path) -> None:
    write(STREAMS, tmp_path)
    assert stale(STREAMS, tmp_path) == []
    (tmp_path / "ack-1.json").unlink()
    (tmp_path / "gap-1.json").write_text("{}")
    (tmp_path / "old-1.json").write_text("{}")
    assert stale(STREAMS, tmp_path) == ["ack-1.json", "gap-1.json", "old-1.json"]
    write(STREAMS, tmp_path)
    assert stale(STREAMS, tmp_path) == []


def test_every_schema_is_one_and_has_a_name_of_its_own(schemas: dict[str, dict[str, Any]]) -> None:
    for schema in schemas.values():
        jsonschema.Draft202012Validator.check_schema(schema)
    names = [schema["$id"] for schema in schemas.values()]
    assert len(set(names)) == len(names)
    assert "urn:sereno:schema:plates.passage:1" in names


@pytest.mark.parametrize(("name", "word"), [(n, w) for n, words in WORDS.items() for w in words])
def test_what_is_said_keeps_its_schema(
    name: str, word: msgspec.Struct, schemas: dict[str, dict[str, Any]]
) -> None:
    check = jsonschema.Draft202012Validator(
        schemas[f"{name}-1.json"], format_checker=jsonschema.FormatChecker()
    )
    check.validate(json.loads(encode(word)))


@pytest.mark.parametrize(("name", "value"), BAD.items(), ids=BAD)
def test_the_schemas_refuse_nonsense(
    name: str, value: object, schemas: dict[str, dict[str, Any]]
) -> None:
    assert not jsonschema.Draft202012Validator(schemas[f"{name}-1.json"]).is_valid(value)


@pytest.mark.parametrize("dclass", DataClass)
def test_a_stored_record_keeps_its_schema(
    dclass: DataClass, schemas: dict[str, dict[str, Any]]
) -> None:
    event = json.loads(drafted(3, dclass=dclass).numbered(7, 18234))
    jsonschema.Draft202012Validator(schemas["record-1.json"]).validate(event)


@pytest.mark.parametrize("word", [word for words in WORDS.values() for word in words])
def test_every_word_survives_the_way_there_and_back(word: msgspec.Struct) -> None:
    assert decode(encode(word), type(word)) == word


def test_a_stream_may_not_take_the_name_of_a_word() -> None:
    stream = Stream(
        name="ack", version=1, dclass=DataClass.EVENT, struct=Gap, purpose="x", retention_s=1
    )
    with pytest.raises(ValueError, match="urn:sereno:schema:ack:1 is declared twice"):
        documents([stream])


def test_the_asyncapi_document_names_our_topics() -> None:
    document = json.loads(documents(STREAMS)["asyncapi.json"])
    addresses = {
        channel["address"].replace("{org}", "ceuta").replace("{node}", "pole-017")
        for channel in document["channels"].values()
    }
    assert addresses == {
        TOPICS.birth,
        TOPICS.state,
        TOPICS.duties,
        TOPICS.health,
        TOPICS.alarm("x").removesuffix("x") + "{alarm}",
        TOPICS.data("plates.passage"),
        TOPICS.data("load.number"),
        TOPICS.data("gap"),
        TOPICS.ack,
        TOPICS.notice,
    }


def test_every_reference_of_the_asyncapi_document_leads_somewhere() -> None:
    document = json.loads(documents(STREAMS)["asyncapi.json"])
    references = list(_references(document))
    assert len(references) > 20
    for reference in references:
        place = document
        for step in reference.removeprefix("#/").split("/"):
            assert step in place, reference
            place = place[step]


def _references(value: object) -> Iterator[str]:
    match value:
        case dict():
            for key, each in value.items():
                if key == "$ref":
                    yield each
                else:
                    yield from _references(each)
        case list():
            for each in value:
                yield from _references(each)
        case _:
            pass


def test_times_are_in_utc_with_milliseconds() -> None:
    assert rfc3339(at(1.5).utc) == "2030-01-01T00:00:01.500Z"
