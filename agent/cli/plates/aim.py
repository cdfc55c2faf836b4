"""`sereno plates aim CAMERA|PICTURE|VIDEO`: how good the picture is for plates, while one aims."""

import argparse
import asyncio
import contextlib
import sys
import time
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from PIL import Image
from rich.console import Console
from rich.live import Live

from agent.cli.plates.aim_shown import annotated, line_of, screen
from agent.config import Config, Part, load
from agent.core.bus import Bus
from agent.core.clock import SystemClock
from agent.core.device import Surroundings
from agent.core.duty import Camera
from agent.core.errors import ConfigError, DeviceError, Rejected
from agent.core.frames import Frame, Pixels
from agent.core.mailbox import Latest
from agent.core.records import Record, RecordKey
from agent.core.vision import PlateDetector, PlateModels
from agent.plates.eye import Eye
from agent.plates.luma import luma_of, unusable, unusable_size
from agent.plates.masks import Masks
from agent.plates.preview import wholly_blurred, without_plates
from agent.plates.quality.aiming import Aiming
from agent.plates.quality.gauge import Gauge
from agent.plates.quality.pose import Held, view_of
from agent.plates.quality.posefile import pose_file, write_pose
from agent.plates.quality.scene import measure_scene
from agent.plates.reading import Limits
from agent.plates.settings import PlatesSettings
from agent.registry import CAMERAS, Missing, Registry
from drivers.ports.picture import SUFFIXES, read_picture
from models.plates import ShippedPlateModels

SILENCE_S = 30.0
"""A camera that shows nothing for so long is given up."""

UNATTENDED_S = 20.0
"""How long is watched where nobody sits at a terminal to end it."""

REFRESH_HZ = 4.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "what", metavar="CAMERA|PICTURE|VIDEO", help="a camera of the configuration, or a file"
    )
    parser.add_argument(
        "--config", type=Path, default=Path("/etc/sereno/sereno.toml"), help="default: %(default)s"
    )
    parser.add_argument(
        "--seconds", type=float, help="watch so long (default: until Ctrl-C, 20 s without terminal)"
    )
    parser.add_argument("--json", action="store_true", help="print the figures as one JSON line")
    parser.add_argument(
        "--preview", type=Path, metavar="PNG", help="write one picture with the figures in it"
    )
    parser.add_argument(
        "--show-plates",
        action="store_true",
        help="leave plates readable in the preview: for somebody on site who aims at their own "
        "vehicle. Without it they are taken out, for they are other people's",
    )
    parser.add_argument(
        "--write-pose",
        type=Path,
        metavar="FILE",
        help="keep the present view as the right one: masks hold for it, focus is compared to it",
    )


def run(arguments: argparse.Namespace) -> int:
    """Watch, show, write what was asked for; 1 if no picture came."""
    source = _source(arguments.what, arguments.config)
    seen = asyncio.run(_watch(source, arguments))
    if seen.frame is None or seen.last is None:
        raise Rejected(f"{arguments.what}: no picture came within {SILENCE_S:g} s")
    if arguments.json:
        print(msgspec.json.encode(line_of(seen.aiming)).decode())
    if arguments.write_pose:
        luma = luma_of(seen.last)
        pose = pose_file(source.name, datetime.now(UTC), view_of(luma), measure_scene(luma))
        write_pose(arguments.write_pose, pose)
    if arguments.preview:
        detector, _ = ShippedPlateModels().load()
        aimed = arguments.write_pose is not None
        shown = seen.preview(detector, show_plates=arguments.show_plates, aimed=aimed)
        _write(arguments.preview, shown)
    return 0


@dataclass(frozen=True, slots=True)
class _Source:
    """Where frames come from, under which name, and what may not be seen of them."""

    name: str
    camera: Part | None = None
    picture: Path | None = None
    masks: Masks = Masks(())  # noqa: RUF009 - it has no mask and never changes
    pose: str | None = None


class _NoJournal:
    """Stands where a node keeps its records: aiming makes none."""

    async def put(self, record: Record) -> RecordKey:
        raise Rejected(f"{record.stream.name}: nothing is recorded while aiming")


class _Seen:
    """What was seen last, and all figures."""

    def __init__(self, source: _Source) -> None:
        self.aiming = Aiming(source.name)
        self.masks = source.masks
        self.frame: Frame | None = None
        """The picture with the widest plate yet."""
        self.width_px = 0.0
        self.last: Frame | None = None

    def preview(self, detector: PlateDetector, *, show_plates: bool, aimed: bool) -> Image.Image:
        """Return the picture with its figures, without plates, and without what is masked."""
        if self.frame is None:
            raise Rejected("no picture came")
        luma = luma_of(self.masks.applied(self.frame))
        held = self.aiming.pose is not None and self.aiming.pose.held is Held.HELD
        if len(self.masks) and not (held or aimed):
            return annotated(wholly_blurred(luma), (), self.aiming)
        quads = detector.detect(luma)  # the unsure ones too: better one sign too many is hidden
        shown = luma if show_plates else without_plates(luma, quads)
        return annotated(shown, quads, self.aiming)


def _source(what: str, config: Path) -> _Source:
    path = Path(what)
    registry = Registry()
    if path.is_file():
        if path.suffix.lower() in SUFFIXES:
            return _Source(path.stem, picture=path)
        kind = registry.find(CAMERAS, "video")
        if kind is None or isinstance(kind, Missing):
            raise ConfigError(f"video {kind.words if kind else 'is no kind of camera here'}")
        return _Source(path.stem, Part("video", kind, kind.settings(path=what)))
    return _of_camera(what, load(config, registry))


def _of_camera(name: str, config: Config) -> _Source:
    parts = {part.name: part for part in config.cameras}
    if name not in parts:
        there = ", ".join(parts) or "none"
        raise ConfigError(f"{name}: neither a file nor a configured camera; cameras are: {there}")
    for duty in config.duties:
        settings = duty.settings
        if isinstance(settings, PlatesSettings) and settings.camera == name:
            return _Source(name, parts[name], masks=Masks(settings.masks), pose=settings.pose)
    return _Source(name, parts[name])


async def _watch(source: _Source, arguments: argparse.Namespace) -> _Seen:
    """Look until told to stop, or the time is over; show it where there is a terminal."""
    seen = _Seen(source)
    console = Console(stderr=arguments.json)
    attended = sys.stdin.isatty() and console.is_terminal
    seconds = arguments.seconds or (float("inf") if attended else UNATTENDED_S)
    ends_s = float("inf")
    live = Live(console=console, refresh_per_second=REFRESH_HZ, transient=False)
    models = ShippedPlateModels()
    eye = Eye("aim", models, Limits(), live=True)
    gauge = Gauge(source.name, None if arguments.write_pose else source.pose)
    try:
        await eye.open()
        with live, contextlib.suppress(asyncio.CancelledError):
            async with contextlib.aclosing(_frames(source, models)) as frames:
                async for frame in frames:
                    if seen.last is None:
                        ends_s = time.monotonic() + seconds
                    await _see(seen, eye, gauge, frame)
                    live.update(screen(seen.aiming))
                    if time.monotonic() >= ends_s:
                        break
    finally:
        eye.close()
    return seen


async def _see(seen: _Seen, eye: Eye, gauge: Gauge, taken: Frame) -> None:
    if (words := unusable(taken)) is not None:
        raise Rejected(f"{seen.aiming.camera}: {words}")
    whole = await eye.does(gauge.whole, taken)
    seen.aiming.whole(whole.scene, whole.pose)
    frame = seen.masks.applied(taken)
    look = await eye.look(frame)
    plates = () if look is None else look.plates
    looks = await eye.does(gauge.plates, frame, plates)
    seen.aiming.see(frame.taken.mono_s, looks, still=frame.still)
    width = max((one.figures.width_px for one in looks), default=0.0)
    if seen.frame is None or width >= seen.width_px:
        seen.frame, seen.width_px = taken, width
    seen.last = taken


async def _frames(source: _Source, models: PlateModels) -> AsyncGenerator[Frame, None]:
    """Yield the source's frames, newest first where it is live."""
    clock = SystemClock()
    if source.picture is not None:
        luma = read_picture(source.picture).luma
        if words := unusable_size(*luma.shape):
            raise Rejected(f"{source.picture}: {words}")
        yield Frame(source.name, 1, clock.stamp(), Pixels.GREY8, luma, still=True)
        return
    if source.camera is None:
        return
    bus, inbox = Bus(), Latest[Frame]()
    around = Surroundings(bus, clock, _NoJournal(), {}, models)
    camera: Camera = source.camera.kind.build(source.camera.name, source.camera.settings, around)
    showing = asyncio.create_task(camera.run(lambda: None), name=camera.name)
    try:
        with bus.subscribed(Frame, inbox):
            while True:
                getting = asyncio.create_task(inbox.get())
                done, _ = await asyncio.wait(
                    {getting, showing},
                    timeout=SILENCE_S,
                    return_when=asyncio.FIRST_COMPLETED,
                )
                if getting not in done:
                    getting.cancel()
                    _ended(showing, source.name)
                    return
                yield getting.result()
    finally:
        showing.cancel()
        with contextlib.suppress(asyncio.CancelledError, DeviceError):
            await showing


def _ended(showing: asyncio.Task[None], name: str) -> None:
    """Raise what ended the camera, if anything did."""
    if showing.done() and not showing.cancelled() and (error := showing.exception()):
        raise Rejected(f"{name}: {error}") from error


def _write(path: Path, picture: Image.Image) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        picture.save(path)
    except (OSError, ValueError) as error:
        raise Rejected(f"{path}: the preview cannot be written: {error}") from error
