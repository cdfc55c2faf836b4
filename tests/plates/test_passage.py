"""What leaves the node under each purpose, and what a passage says."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from rich.pretty import pretty_repr

from agent.core.allow import leaves
from agent.core.log import mask
from agent.core.vision import CharacterRead, PlateRead
from agent.plates.direction import UNKNOWN
from agent.plates.formats.book import shipped_book
from agent.plates.formats.syntax import Syntax
from agent.plates.leaving import PASSAGE as LISTED
from agent.plates.passage import (
    Passage,
    Picture,
    Plate,
    PlateHash,
    SyntaxResult,
    passage_stream,
    plate_hashed,
    plate_with_text,
)
from agent.plates.purpose import PURPOSES, Purpose, purpose_problem
from agent.plates.reading import take_apart
from agent.plates.settings import PlatesSettings

DAY = datetime(2030, 1, 1, 12, tzinfo=UTC)
READ = PlateRead(
    (
        *(CharacterRead(((char, 0.9),)) for char in "BL"),
        CharacterRead((("O", 0.6), ("0", 0.3))),
        *(CharacterRead(((char, 0.9),)) for char in "23AB"),
    )
)
JUDGED = Syntax(shipped_book(), ["SK"]).judge(READ)


def test_a_plate_keeps_what_was_read_beside_what_was_repaired() -> None:
    plate = plate_with_text(JUDGED, take_apart(READ, JUDGED))
    assert (plate.text, plate.raw, plate.hash) == ("BL023AB", "BLO23AB", None)
    assert plate.syntax.repaired
    assert plate.characters[2] == ("0", 0.3)  # the reader's own word for it, not made surer
    text, chance = plate.alternatives[0]
    assert text == "BLO23AB"
    assert chance == pytest.approx(0.9**6 * 0.6, abs=1e-4)


def test_a_hashed_plate_holds_no_character() -> None:
    plate = plate_hashed(JUDGED, take_apart(READ, JUDGED), "c0ffee")
    sent = msgspec.json.decode(msgspec.json.encode(plate))
    assert sent.pop("hash") == "c0ffee"
    assert (sent.pop("country"), sent.pop("syntax")["format"]) == ("SK", "SK district 1997")
    assert sent.pop("country_confidence") > 0.5
    assert sent.pop("confidence") > 0
    assert sent == {"text": None, "raw": None, "characters": [], "alternatives": []}


def test_a_hash_lasts_one_day_and_one_node() -> None:
    one, other = PlateHash(24), PlateHash(24)
    assert one("1234BCD", DAY) == one("1234BCD", DAY + timedelta(hours=11))
    assert len(one("1234BCD", DAY)) == 6
    wide = PlateHash(128), PlateHash(128)
    assert wide[0]("1234BCD", DAY) != wide[1]("1234BCD", DAY)
    assert wide[0]("1234BCD", DAY) != wide[0]("1234BCE", DAY)
    before = wide[0]("1234BCD", DAY)
    assert wide[0]("1234BCD", DAY + timedelta(days=1)) != before
    assert other is not one


def test_the_hash_is_hmac_sha_256() -> None:
    # RFC 4231, test case 2
    vector = PlateHash(256, new_key=lambda: b"Jefe")
    assert vector("what do ya want for nothing?", DAY) == (
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    )


def test_every_purpose_says_why_and_how_long() -> None:
    for name, purpose in PURPOSES.items():
        assert purpose.name == name
        assert len(purpose.why) > 20
        assert 0 < purpose.retention_s <= 31 * 24 * 3600
        assert purpose.text + bool(purpose.hash_bits) + (not purpose.passages) == 1  # one of three
        stream = passage_stream(purpose)
        assert (stream.purpose, stream.retention_s) == (name, purpose.retention_s)
    assert not PURPOSES["traffic"].text
    assert not PURPOSES["watch-list"].text


def test_wrong_settings_are_all_told_at_once() -> None:
    assert purpose_problem("access-control") is None
    with pytest.raises(msgspec.ValidationError) as wrong:
        msgspec.convert(
            {"camera": "gate", "purpose": "acces-control", "countries": ["ES", "DE"]},
            PlatesSettings,
        )
    for words in ("did you mean 'access-control'", "watch-list", "'E' (Spain)", "'D' (Germany)"):
        assert words in str(wrong.value)


@pytest.mark.parametrize(("text", "shown"), [("1234BCD", "1******"), ("A", "A"), ("", "")])
def test_a_mask_shows_one_character(text: str, shown: str) -> None:
    assert mask(text) == shown


def test_no_repr_shows_a_plate() -> None:
    told = take_apart(READ, JUDGED)
    for value in (READ, READ.characters, JUDGED, JUDGED.swaps, told, plate_with_text(JUDGED, told)):
        for shown in (repr(value), pretty_repr(value)):
            for part in ("BL0", "BLO", "23A", "3AB", "'L'"):
                assert part not in shown


def test_the_schema_can_be_generated() -> None:
    schema = msgspec.json.schema(Passage)
    fields = schema["$defs"]["Passage"]["properties"]
    assert {"plate", "direction", "agreeing", "picture", "decision", "still"} <= set(fields)
    assert set(schema["$defs"]["Plate"]["properties"]) == set(Plate.__struct_fields__)


@pytest.mark.parametrize("purpose", PURPOSES.values(), ids=lambda purpose: purpose.name)
def test_every_field_of_a_passage_is_listed_or_left_out_on_purpose(purpose: Purpose) -> None:
    allowed = passage_stream(purpose).allowed
    assert allowed is not None
    whole = Plate(
        text="1234BCD",
        raw="1234BCD",
        hash="c0ffee",
        country="E",
        country_confidence=0.9,
        confidence=0.9,
        syntax=SyntaxResult(fits=True, format="E 2000", repaired=False, gain_nats=1.0),
        characters=(("1", 0.9),),
        alternatives=(("I234BCD", 0.1),),
    )
    told = Passage(
        plate=whole,
        direction=UNKNOWN,
        agreeing=2,
        frames=3,
        first_seen=DAY,
        last_seen=DAY,
        picture=Picture(
            sha256="0" * 64, digest_of="file", width=1, height=1, corners=((0, 0),) * 4
        ),
        camera="gate",
        decision="left",
        still=False,
    )
    text = {"plate.text", "plate.raw", "plate.characters", "plate.alternatives"}
    assert set(leaves(Passage)) == set(LISTED) | text, "list a new field in agent/plates/leaving.py"
    assert set(allowed.passed(told).dropped) == (set() if purpose.text else text)
