"""Which fields of a passage may leave the node: a list for every purpose, and more where text may.

A field of `Passage` that stands in neither list leaves under no purpose (agent/core/allow.py).
"""

PASSAGE = (
    "plate.hash",
    "plate.country",
    "plate.country_confidence",
    "plate.confidence",
    "plate.syntax.fits",
    "plate.syntax.format",
    "plate.syntax.repaired",
    "plate.syntax.gain_nats",
    "direction.along",
    "direction.across",
    "agreeing",
    "frames",
    "first_seen",
    "last_seen",
    "picture.sha256",
    "picture.digest_of",
    "picture.width",
    "picture.height",
    "picture.corners",
    "camera",
    "decision",
    "still",
    "speed_m_s",
    "speed_error_m_s",
    "lane",
    "in_view_s",
    "standing_s",
)
"""Under every purpose: nothing here is the plate's text or a part of it."""

PASSAGE_TEXT = ("plate.text", "plate.raw", "plate.characters", "plate.alternatives")
"""Where the purpose lets the text out."""
