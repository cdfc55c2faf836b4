"""The network's steps become characters: connectionist temporal classification, best path."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from agent.core.vision import CharacterRead, PlateRead
from models.plate_reader.alphabet import BLANK, CHARACTERS

CHOICES = 3
"""Rivals kept for each place; the truth is hardly ever further down."""

COUNTRIES = 5
"""Countries kept for each plate."""

LEAST_PROBABILITY = 0.005
"""A rival less likely than this says nothing."""


def decode(logits: NDArray[np.float32], temperature: float = 1.0) -> PlateRead:
    """Return the characters on the likeliest path through `logits`, (T, 37) float32.

    `temperature` makes the probabilities told as sure as they are right; it changes no text.

    Steps that agree on one character are one place. A character's probability at its place is
    the most any of the place's steps gives it, scaled so that a place's sum stays within 1.
    """
    steps = softmax(logits / np.float32(temperature))
    best = steps.argmax(axis=1)
    starts = np.flatnonzero(np.concatenate([[True], best[1:] != best[:-1]]))
    ends = np.append(starts[1:], len(best))
    places = [
        _place(steps[start:end])
        for start, end in zip(starts, ends, strict=True)
        if best[start] != BLANK
    ]
    return PlateRead(tuple(places))


def origins(
    logits: NDArray[np.float32], learned_from: Sequence[tuple[str, float]]
) -> tuple[tuple[str, float], ...]:
    """Return countries by what the plate looks like, `logits` (K,) float32, likeliest first.

    The network has learned from some countries more than from others, `learned_from` (code,
    share); that is taken out (Menon et al., "Long-tail learning via logit adjustment", 2021).
    """
    shares = np.array([share for _, share in learned_from], np.float32)
    even = softmax(logits - np.log(shares))
    order = np.argsort(-even)[:COUNTRIES]
    return tuple((learned_from[n][0], float(even[n])) for n in order)


def softmax(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return probabilities along the last axis."""
    powers: NDArray[np.float32] = np.exp(logits - logits.max(axis=-1, keepdims=True))
    powers /= powers.sum(axis=-1, keepdims=True)
    return powers


def _place(steps: NDArray[np.float32]) -> CharacterRead:
    likely = steps[:, 1:].max(axis=0)
    likely = likely / max(1.0, float(likely.sum()))
    order = np.argsort(-likely)[:CHOICES]
    first, *others = [(CHARACTERS[n], float(likely[n])) for n in order]
    return CharacterRead((first, *(one for one in others if one[1] >= LEAST_PROBABILITY)))
