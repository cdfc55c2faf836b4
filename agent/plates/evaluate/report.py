"""The evaluation as it is kept: one JSON file a run."""

from collections.abc import Iterable
from pathlib import Path

import msgspec

from agent.core.errors import Rejected
from agent.core.log import clip, mask
from agent.plates.evaluate.figures import Figures
from agent.plates.evaluate.names import MOST_WORDS, masked_name
from agent.plates.evaluate.score import PictureScore, PlateScore


class PlateLine(msgspec.Struct, frozen=True, kw_only=True):
    """One plate; texts are masked unless they were asked for."""

    truth: str | None
    read: str | None
    raw: str | None
    outcome: str
    reason: str
    errors: int | None
    confidence: float | None
    characters: tuple[float, ...]


class PictureLine(msgspec.Struct, frozen=True, kw_only=True):
    """One picture; `plates` are those labelled, `extra` what was found where no plate is.

    `extra` is empty where nobody knows: in a picture of plates without boxes.
    """

    picture: str
    error: str | None
    plates: tuple[PlateLine, ...]
    extra: tuple[PlateLine, ...]
    ms: float


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """One run of `sereno plates eval`."""

    set: str
    form: str
    view: str
    countries: tuple[str, ...]
    models: dict[str, str]
    """SHA-256 of each model file by its name."""
    notes: tuple[str, ...]
    figures: Figures
    pictures: tuple[PictureLine, ...]


def picture_lines(
    scores: Iterable[PictureScore], *, complete: bool, show: bool
) -> tuple[PictureLine, ...]:
    """Return one line a picture, with plates masked unless `show`."""
    return tuple(
        PictureLine(
            picture=shown_name(one, str(one.picture), show=show),
            error=None if one.error is None else shown_name(one, one.error, show=show),
            plates=tuple(_plate(plate, show=show) for plate in one.plates),
            extra=tuple(_plate(plate, show=show) for plate in one.made_up(complete=complete)),
            ms=round(one.total_ms, 2),
        )
        for one in scores
    )


def shown_name(one: PictureScore, words: str, *, show: bool) -> str:
    """Return words about a picture with its file name masked unless `show`.

    A picture is often called after its plate, so that the name goes the way of the text. File
    names are bytes, and those that are no text are shown with marks in their place.
    """
    if show:
        return clip(words, MOST_WORDS)
    texts = [plate.truth for plate in one.plates if plate.truth]
    hidden = masked_name(one.picture.name, texts) if texts else masked_name(one.picture.name)
    return clip(words.replace(one.picture.name, hidden), MOST_WORDS)


def write_json(report: object, path: Path) -> None:
    """Write a report for other programs.

    Raises:
        Rejected: It cannot be written there.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(msgspec.json.format(msgspec.json.encode(report), indent=1) + b"\n")
    except OSError as error:
        raise Rejected(f"{path}: cannot be written: {error.strerror}") from error


def _plate(plate: PlateScore, *, show: bool) -> PlateLine:
    read = plate.read
    return PlateLine(
        truth=_text(plate.truth, show=show),
        read=_text(read.text if read else None, show=show),
        raw=_text(read.judgement.raw if read else None, show=show),
        outcome=plate.outcome.value,
        reason=plate.reason,
        errors=None if plate.truth is None else plate.errors,
        confidence=None if read is None else round(read.told.confidence, 4),
        characters=tuple(round(c, 4) for _, c in read.told.characters) if read else (),
    )


def _text(text: str | None, *, show: bool) -> str | None:
    return text if show or text is None else mask(text)
