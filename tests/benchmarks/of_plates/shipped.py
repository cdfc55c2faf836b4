"""Which models a benchmark measured: what it prints first, and writes to its JSON."""

from pathlib import Path

import models.plates
from models.card import Card, read_card


def shipped_models() -> dict[str, str]:
    """Return version, digest and threshold of the plate models, as their cards say."""
    folder = Path(models.plates.__file__).parent
    cards = [read_card(folder / name) for name in models.plates.CARDS]
    return {card.name: _words(card) for card in cards}


def _words(card: Card) -> str:
    words = f"{card.version} ({card.sha256[:8]})"
    return words if card.threshold is None else f"{words}, threshold {card.threshold:g}"


def models_line() -> str:
    """Return one line for people."""
    return "; ".join(f"{name} {words}" for name, words in shipped_models().items())
