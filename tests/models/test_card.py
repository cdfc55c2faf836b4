"""A card is read or refused by name; its intervals are Wilson's."""

from pathlib import Path

import pytest

from agent.core.errors import Rejected
from agent.core.share import wilson
from models.card import measured, read_card
from models.plate_reader.reader import FOLDER


# R. G. Newcombe, Two-sided confidence intervals for the single proportion, Statistics in
# Medicine 17 (1998), table I, method 3.
@pytest.mark.parametrize(
    ("right", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611),
     (1, 29, 0.0061, 0.1718)],
)  # fmt: skip
def test_the_interval_is_the_published_one(right: int, n: int, low: float, high: float) -> None:
    assert wilson(right, n) == pytest.approx((low, high), abs=5e-5)


def test_nothing_measured_says_nothing() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
    assert measured("m", "s", "int8", 0, 0).n == 0


def test_the_shipped_card_names_licences_and_limits() -> None:
    card = read_card(FOLDER / "card.toml")
    assert card.origins
    assert all(origin.licence for origin in card.origins)
    assert card.limits
    assert {one.numbers for one in card.accuracy} == {"int8", "float32"}


def test_a_missing_card_is_named(tmp_path: Path) -> None:
    with pytest.raises(Rejected, match=r"nowhere/card\.toml: no model card can be read"):
        read_card(tmp_path / "nowhere" / "card.toml")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name = 'x'", "missing required field `version`"),
        ("name = ", "not a model card"),
        ("sha265 = 'x'", "sha265"),
        ("\xff", "not a model card"),
    ],
)
def test_a_bad_card_says_what_is_wrong(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "card.toml"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(Rejected, match=words):
        read_card(path)
