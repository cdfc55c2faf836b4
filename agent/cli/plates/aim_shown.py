"""How `sereno plates aim` shows its figures: bars on the terminal, a picture, one JSON line."""

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from rich.console import Group
from rich.table import Table
from rich.text import Text

from agent.core.vision import Quad
from agent.plates.quality.aiming import Aiming, Row

GOOD, FAIR, BAD, NONE = (40, 190, 90), (240, 160, 30), (220, 60, 50), (120, 126, 134)
"""At its goal, between limit and goal, past the limit, not known."""

GROUND, INK, EMPTY = (16, 20, 26), (235, 238, 240), (52, 58, 66)

BAR = 12
"""Characters of a bar; its middle is the limit, its end the goal."""

PANEL_PX, LINE_PX = 560, 26

DIGITS = {"share": 2, "1": 2, "strokes": 1}


class FigureLine(msgspec.Struct, frozen=True, kw_only=True):
    """One figure of plates with its goal."""

    figure: str
    unit: str
    now: float | None
    vehicles: float | None
    good: float
    limit: float


class AimLine(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that was seen while aiming."""

    camera: str
    vehicles: int
    unread: int
    figures: tuple[FigureLine, ...]
    scene_level: float | None
    scene_noise_levels: float | None
    scene_edge_px: float | None
    pose: str
    advice: tuple[str, ...]


def line_of(aiming: Aiming) -> AimLine:
    """Return all figures for a program."""
    scene, pose = aiming.scene, aiming.pose
    return AimLine(
        camera=aiming.camera,
        vehicles=aiming.vehicles,
        unread=aiming.unread,
        figures=tuple(
            FigureLine(
                figure=row.goal.figure.value,
                unit=row.goal.unit,
                now=_short(row.now),
                vehicles=_short(row.usual),
                good=row.goal.good,
                limit=row.goal.limit,
            )
            for row in aiming.rows()
        ),
        scene_level=None if scene is None else _short(scene.level),
        scene_noise_levels=None if scene is None else _short(scene.noise_levels),
        scene_edge_px=None if scene is None else _short(scene.edge_px),
        pose="unknown" if pose is None else pose.held.value,
        advice=tuple(map(str, aiming.advice())),
    )


def screen(aiming: Aiming) -> Group:
    """Return what stands on the terminal."""
    table = Table(title=f"{aiming.camera}: {_counted(aiming)}", title_justify="left")
    for name, side in (
        ("figure", "left"), ("now", "right"), ("vehicles", "right"), ("", "left"),
        ("goal (limit)", "left"),
    ):  # fmt: skip
        table.add_column(name, justify=side, no_wrap=True)  # type: ignore[arg-type]
    for row in aiming.rows():
        table.add_row(
            row.goal.what, _number(row, row.now), _number(row, row.usual), _bar(row), _goal(row)
        )
    return Group(table, *_scene(aiming), *_advice(aiming))


def annotated(luma: NDArray[np.uint8], quads: Sequence[Quad], aiming: Aiming) -> Image.Image:
    """Return a picture, (H, W) uint8, with plates outlined and the figures beside it."""
    seen = Image.fromarray(np.ascontiguousarray(luma)).convert("RGB")
    # Pillow's own font lacks the sign
    lines = [str(one).replace("\N{MULTIPLICATION SIGN}", "x") for one in aiming.advice()]
    height = max(seen.height, LINE_PX * (len(aiming.rows()) + 3 + 3 * len(lines)))
    picture = Image.new("RGB", (seen.width + PANEL_PX, height), GROUND)
    picture.paste(seen, (0, 0))
    draw = ImageDraw.Draw(picture)
    for quad in quads:
        corners = [(float(x), float(y)) for x, y in quad.corners]
        draw.line([*corners, corners[0]], fill=GOOD if quad.sure else NONE, width=2)
    _panel(draw, seen.width + 16, aiming, lines)
    return picture


def _panel(draw: ImageDraw.ImageDraw, left: int, aiming: Aiming, lines: Sequence[str]) -> None:
    font, small = ImageFont.load_default(size=16), ImageFont.load_default(size=14)
    draw.text((left, 10), f"{aiming.camera}: {_counted(aiming)}", INK, font)
    top = 10 + 2 * LINE_PX
    for row in aiming.rows():
        draw.text((left, top), row.goal.what, INK, small)
        bar, width = left + 270, 150
        draw.rectangle((bar, top + 3, bar + width, top + 15), fill=EMPTY)
        if row.value is not None:
            filled = round(width * _filled(row))
            draw.rectangle((bar, top + 3, bar + filled, top + 15), fill=_colour(row))
        draw.line((bar + width / 2, top, bar + width / 2, top + 18), fill=INK)
        draw.text((bar + width + 10, top), _number(row, row.value).plain, _colour(row), small)
        top += LINE_PX
    top += LINE_PX // 2
    for line in lines:
        for part in _wrapped(line, 66):
            draw.text((left, top), part, INK, small)
            top += LINE_PX - 6
        top += 6


def _counted(aiming: Aiming) -> str:
    vehicles = f"{aiming.vehicles} vehicle{'' if aiming.vehicles == 1 else 's'}"
    return f"{vehicles} seen, {aiming.unread} unread"


def _filled(row: Row) -> float:
    """Return how much of a bar is filled: half at the limit, all of it at the goal."""
    if row.value is None:
        return 0.0
    return min(max((row.goal.share(row.value) + 1) / 2, 0.02), 1.0)


def _colour(row: Row) -> tuple[int, int, int]:
    if row.value is None:
        return NONE
    share = row.goal.share(row.value)
    return GOOD if share >= 1 else FAIR if share >= 0 else BAD


def _style(row: Row) -> str:
    return "rgb({},{},{})".format(*_colour(row))


def _bar(row: Row) -> Text:
    filled = round(BAR * _filled(row))
    text = Text("\N{FULL BLOCK}" * filled, _style(row))
    return text.append("\N{MIDDLE DOT}" * (BAR - filled), "dim")


def _number(row: Row, value: float | None) -> Text:
    if value is None:
        return Text("-", "dim")
    digits = DIGITS.get(row.goal.unit, 0)
    unit = "" if row.goal.unit in ("1", "share") else f" {row.goal.unit}"
    return Text(f"{value:.{digits}f}{unit}", _style(row))


def _goal(row: Row) -> str:
    way = "\N{GREATER-THAN OR EQUAL TO}" if row.goal.more else "\N{LESS-THAN OR EQUAL TO}"
    return f"{way} {row.goal.good:g} ({row.goal.limit:g})"


def _scene(aiming: Aiming) -> list[Text]:
    if aiming.scene is None:
        return []
    scene, pose = aiming.scene, aiming.pose
    noise = "-" if scene.noise_levels is None else f"{scene.noise_levels:.1f}"
    edge = "-" if scene.edge_px is None else f"{scene.edge_px:.1f} px"
    held = "unknown" if pose is None else pose.held.value
    words = f"picture: level {scene.level:.0f}, noise {noise}, edges {edge}, pose {held}"
    return [Text(words, "dim")]


def _advice(aiming: Aiming) -> list[Text]:
    said = [Text.assemble((f"{one.words}: ", "bold"), one.remedy) for one in aiming.advice()]
    return said or [Text("every figure is good", "green")]


def _short(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def _wrapped(words: str, most: int) -> list[str]:
    lines = [""]
    for word in words.split():
        if len(lines[-1]) + len(word) + 1 > most:
            lines.append("  ")
        lines[-1] += f" {word}" if lines[-1].strip() else word
    return lines
