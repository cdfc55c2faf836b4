"""Pelco-D frames, after Pelco's "D" protocol manual (TF-0002): `FF addr c1 c2 d1 d2 sum`.

The sum is of the five bytes between, modulo 256. A head may answer a query with a frame of the same
form, with fewer bytes, or not at all: what is no frame is counted here and judged elsewhere.
"""

from dataclasses import dataclass

SYNC = 0xFF
LENGTH = 7

QUERY_PAN, QUERY_TILT, QUERY_ZOOM = 0x51, 0x53, 0x55
ANSWER_PAN, ANSWER_TILT, ANSWER_ZOOM = 0x59, 0x5B, 0x5D
SET_PAN, SET_TILT, SET_ZOOM = 0x4B, 0x4D, 0x4F
SET_PRESET, CLEAR_PRESET, GO_TO_PRESET = 0x03, 0x05, 0x07
RIGHT, LEFT, UP, DOWN = 0x02, 0x04, 0x08, 0x10
"""Second command bytes; directions are bits that go together."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame's bytes but for sync and sum, each 0 to 255.

    Raises:
        ValueError: A byte is none; says which.
    """

    address: int
    command1: int
    command2: int
    data1: int
    data2: int

    def __post_init__(self) -> None:
        for name in self.__slots__:
            value = getattr(self, name)
            if not 0 <= value <= 255:  # noqa: PLR2004  a byte
                raise ValueError(f"{name} {value}, expected 0 to 255")

    @property
    def word(self) -> int:
        """Return both data bytes as one number, high byte first."""
        return self.data1 << 8 | self.data2

    @classmethod
    def of_word(cls, address: int, command2: int, word: int) -> "Frame":
        """Return a frame whose data bytes are one number, 0 to 65,535."""
        return cls(address, 0, command2, word >> 8, word & 0xFF)


def encode(frame: Frame) -> bytes:
    """Return a frame's seven bytes."""
    body = bytes((frame.address, frame.command1, frame.command2, frame.data1, frame.data2))
    return bytes((SYNC, *body, sum(body) % 256))


class Decoder:
    """Cuts frames out of a stream of bytes. Holds at most six bytes between calls."""

    def __init__(self) -> None:
        self._held = b""
        self.noise = 0
        """Bytes that belonged to no frame."""

    def feed(self, data: bytes) -> list[Frame]:
        """Take bytes as they come; return the frames that are complete.

        After a wrong sum it begins again behind that sync byte: a frame may begin inside noise.
        """
        held, found, at = self._held + data, [], 0
        while at < len(held):
            whole = held[at : at + LENGTH]
            begins = whole[0] == SYNC
            if begins and len(whole) < LENGTH:
                break
            if begins and sum(whole[1:-1]) % 256 == whole[-1]:
                found.append(Frame(*whole[1:-1]))
                at += LENGTH
            else:
                self.noise += 1
                at += 1
        self._held = held[at:]
        return found

    def drop(self) -> int:
        """Forget an unfinished frame, after silence; return how many bytes it had."""
        dropped = len(self._held)
        self.noise += dropped
        self._held = b""
        return dropped
