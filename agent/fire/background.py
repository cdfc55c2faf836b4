"""What one pose usually looks like at each hour, and by how much each pixel strays from it.

A slope that is warm at noon is not at night: each hour has a memory of its own, and what is told
for a moment lies between its two neighbours. Means and deviations follow slowly and robustly: a
vehicle does not move them. What changes everywhere alike, such as the air or the camera's own
temperature, is taken out first. Nothing is learned round open tracks, so that no fire becomes
usual, and all else goes on. Pure but for its memory: 2.6 MB an hour for 640 by 512 pixels, 63 MB in
all, so one pose at a time; the others lie in files.
"""

from dataclasses import dataclass
from io import BytesIO

import numpy as np
from numpy.typing import NDArray

from agent.core.errors import Rejected
from agent.fire.radiance import Kelvin

Mask = NDArray[np.bool_]

HOURS = 24

LEAST_LOOKS = 6.0
"""An hour is trusted from so many looks on: a patrol of three minutes has twenty in one."""

FASTEST, SLOWEST = 0.25, 0.02
"""Weight of the newest look: one over their number, between these; the slowest forgets in days."""

STRAY = 3.0
"""Deviations beyond which a look moves the mean no further: what passes by is no background."""

FIRST_NOISE_K = 1.0
"""Before anything is known, a pixel strays by so much between looks."""

QUIETEST_K = 0.03
"""No pixel strays by less: cameras' own noise after averaging a dwell."""

MEAN_ABSOLUTE = 1.2533
"""Of a normal distribution: its deviation over its mean absolute value, the root of pi / 2."""

LEAST_PART = 1e-6
"""Of a look: an hour that has less of it has nothing of it."""

FORM = 1
"""Version of the file's form."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A look against what is usual at its hour, (H, W) each, kelvin."""

    residual_k: Kelvin
    noise_k: Kelvin


@dataclass(slots=True)
class _Hour:
    """What is usual about one full hour: kelvin from the picture's middle, (H, W) each."""

    mean: Kelvin
    noise: Kelvin
    looks: float = 0.0


class Background:
    """The memory of one pose."""

    def __init__(self, shape: tuple[int, int]) -> None:
        """Know nothing yet of pictures of this shape, (H, W)."""
        self.shape = shape
        self._hours: dict[int, _Hour] = {}

    @property
    def looks(self) -> tuple[float, ...]:
        """Return how many looks each hour has, from midnight on; one between two is shared."""
        return tuple(self._hours[at].looks if at in self._hours else 0.0 for at in range(HOURS))

    def picture(self, hour: float) -> Kelvin | None:
        """Return the usual picture of an hour, kelvin from its middle; None: not known yet."""
        usual = self._usual(hour, LEAST_LOOKS)
        return None if usual is None else usual[0]

    def compare(self, picture: Kelvin, hour: float) -> Compared | None:
        """Hold a look against its hour, 0 to 24; None where that is not known, or nothing is seen.

        Raises:
            ValueError: The picture is of another shape.
        """
        self._check(picture)
        usual = self._usual(hour, LEAST_LOOKS)
        if usual is None or not np.isfinite(picture).any():
            return None
        mean, noise = usual
        flat = picture - mean
        residual = flat - np.float32(np.nanmedian(flat))
        return Compared(np.asarray(residual, np.float32), noise)

    def learn(self, picture: Kelvin, hour: float, frozen: Mask | None = None) -> None:
        """Take a look into the memory, but for what is `frozen`, (H, W).

        Raises:
            ValueError: The picture is of another shape.
        """
        self._check(picture)
        known = np.isfinite(picture) if frozen is None else np.isfinite(picture) & ~frozen
        if not known.any():
            return
        level = picture - np.float32(np.median(picture[known]))
        usual = self._usual(hour, LEAST_PART)
        begin = np.where(known, level, 0.0) if usual is None else usual[0]
        off = np.where(known, level - begin, 0.0)
        off -= np.float32(np.median(off[known]))
        for at, part in _between(hour).items():
            if at not in self._hours:
                noise = np.full(self.shape, FIRST_NOISE_K, np.float32)
                self._hours[at] = _Hour(np.asarray(begin, np.float32).copy(), noise)
            self._follow(self._hours[at], off, known, np.float32(part))

    @staticmethod
    def _follow(one: _Hour, off: Kelvin, known: Mask, part: np.float32) -> None:
        limit = STRAY * one.noise
        held = np.clip(off, -limit, limit)
        weight = part * np.float32(min(max(1.0 / (one.looks + 1.0), SLOWEST), FASTEST))
        one.mean += np.where(known, weight * held, np.float32(0.0))
        change = MEAN_ABSOLUTE * np.abs(held) - one.noise
        one.noise += np.where(known, weight * change, np.float32(0.0))
        np.maximum(one.noise, QUIETEST_K, out=one.noise)
        one.looks += float(part)

    def to_bytes(self) -> bytes:
        """Return the memory as a file's content, 1.3 MB an hour for 640 by 512 pixels."""
        kept = sorted(self._hours)
        whole = BytesIO()
        np.savez(
            whole,
            form=np.array(FORM),
            shape=np.array(self.shape),
            hours=np.array(kept, np.int64),
            looks=np.array([self._hours[at].looks for at in kept], np.float64),
            mean=np.array([self._hours[at].mean for at in kept], np.float16),
            noise=np.array([self._hours[at].noise for at in kept], np.float16),
        )
        return whole.getvalue()

    @classmethod
    def from_bytes(cls, content: bytes, shape: tuple[int, int]) -> "Background":
        """Return the memory that a file holds of pictures of this shape.

        Raises:
            Rejected: It is damaged, of another form or of another shape; says which.
        """
        names = "hours", "looks", "mean", "noise"
        try:
            with np.load(BytesIO(content), allow_pickle=False) as file:
                form, its = int(file["form"]), tuple(file["shape"].tolist())
                hours, looks, mean, noise = (file[name] for name in names)
        except Exception as error:  # zipfile, zlib and numpy each have their own
            raise Rejected(f"a pose's memory: damaged ({type(error).__name__})") from error
        if form != FORM:
            raise Rejected(f"a pose's memory: of form {form}, expected {FORM}")
        if its != shape:
            raise Rejected(f"a pose's memory: of shape {its}, expected {shape}")
        there, wanted = hours.tolist(), (len(hours), *shape)
        sound = mean.shape == noise.shape == wanted if there else True
        sound = sound and looks.shape == hours.shape and set(there) <= set(range(HOURS))
        if not (sound and np.isfinite(mean).all() and (noise > 0).all() and (looks >= 0).all()):
            raise Rejected("a pose's memory: has what is no hour or no temperature")
        one = cls(shape)
        for number, at in enumerate(there):
            kept = mean[number].astype(np.float32), noise[number].astype(np.float32)
            one._hours[at] = _Hour(*kept, float(looks[number]))
        return one

    def _usual(self, hour: float, least_looks: float) -> tuple[Kelvin, Kelvin] | None:
        """Return mean and noise of a moment, between its two hours as far as they are known."""
        known = {
            at: part
            for at, part in _between(hour).items()
            if at in self._hours and self._hours[at].looks >= least_looks
        }
        if not known:
            return None
        whole = sum(known.values())
        mean, noise = np.zeros(self.shape, np.float32), np.zeros(self.shape, np.float32)
        for at, part in known.items():
            mean += np.float32(part / whole) * self._hours[at].mean
            noise += np.float32(part / whole) * self._hours[at].noise
        return mean, noise

    def _check(self, picture: Kelvin) -> None:
        if picture.shape != self.shape:
            raise ValueError(f"a picture of shape {picture.shape}, expected {self.shape}")


def _between(hour: float) -> dict[int, float]:
    """Return the full hours that a moment lies between, and the part of each."""
    before, share = int(np.floor(hour)), float(hour - np.floor(hour))
    parts = {before % HOURS: 1.0 - share, (before + 1) % HOURS: share}
    return {at: part for at, part in parts.items() if part > LEAST_PART}
