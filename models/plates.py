"""The shipped models that read plates, and what is on their cards."""

from collections.abc import Mapping
from pathlib import Path

from agent.core.board import GENERIC, DelegateName, Profile
from agent.core.errors import Rejected
from agent.core.vision import PlateDetector, PlateReader
from models.card import read_card

CARDS = ("plate_detector/card.toml", "plate_detector/closer.toml", "plate_reader/card.toml")

WEAKEST = 0.15
"""Detections from here up to the card's threshold are given as not sure: small and dark plates
score low, and what is written on them tells them from a grille (decision 0074)."""


class ShippedPlateModels:
    """The models of this package; satisfies `agent.core.vision.PlateModels`."""

    def __init__(self, profile: Profile = GENERIC, delegate: DelegateName = "auto") -> None:
        """Run on this board; nothing is loaded yet."""
        self._wanted = profile.delegates if delegate == "auto" else delegate

    def load(self) -> tuple[PlateDetector, PlateReader]:
        """Load and warm up all of them: detector, its closer look, reader.

        Raises:
            Rejected: A model is missing, damaged or cannot run here; says which and why.
        """
        # Only now: the interpreter's library costs a second and 60 MB that `check` need not pay.
        from models.plate_detector import load_detector  # noqa: PLC0415
        from models.plate_reader.reader import load_reader  # noqa: PLC0415

        return (
            load_detector(weakest=WEAKEST, delegates=self._wanted),
            load_reader(delegates=self._wanted),
        )

    def digests(self) -> Mapping[str, str]:
        """Return each model's SHA-256 by its name; a model without a card is left out."""
        found = {}
        for name in CARDS:
            try:
                card = read_card(Path(__file__).parent / name)
            except Rejected:
                continue  # the duty that needs it says so, with the reason
            found[card.name] = card.sha256
        return found
