"""Decodes one picture file to luma, or says in words why it will not.

JPEG gives its own Y plane, without a colour conversion; everything else is reduced by ITU-R
BT.601. Alpha is ignored: a photograph has none that means anything.
"""

import errno
import hashlib
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL.BmpImagePlugin import BmpImageFile
from PIL.ExifTags import Base as ExifTag
from PIL.GifImagePlugin import GifImageFile
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

from agent.core.errors import Rejected
from agent.core.vision import Luma

MOST_PIXELS = 64_000_000
"""A larger picture is refused by its header, before anything is decoded."""

MOST_BYTES = 256 << 20
"""A larger file is refused unread: 64 megapixels of uncompressed 8-bit RGB are 192 MB."""

SUFFIXES = (".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff", ".webp", ".gif")
"""How the names of pictures end, in lower case."""

_FORMATS = "JPEG, PNG, BMP, TIFF, WebP or GIF"

_OPENERS: tuple[tuple[bytes, bytes, Callable[[BytesIO], ImageFile]], ...] = (
    # first bytes, bytes 8 to 12, who reads the header. The plugins are named one by one because
    # PIL.Image.open would also try PostScript and sixty formats that no camera writes.
    (b"\xff\xd8\xff", b"", JpegImageFile),
    (b"\x89PNG\r\n\x1a\n", b"", PngImageFile),
    (b"BM", b"", BmpImageFile),
    (b"II*\x00", b"", TiffImageFile),
    (b"MM\x00*", b"", TiffImageFile),
    (b"RIFF", b"WEBP", WebPImageFile),
    (b"GIF8", b"", GifImageFile),
)

_WORDS = {
    errno.ENOENT: "there is no such file",
    errno.EACCES: "no permission to read it",
    errno.EPERM: "no permission to read it",
    errno.EISDIR: "a folder",
    errno.ELOOP: "a symbolic link that leads back to itself",
    errno.ENAMETOOLONG: "a name longer than the file system allows",
}


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A decoded picture.

    `luma` is (H, W) uint8, upright, contiguous and read-only; `digest` is the SHA-256 of the
    file's bytes in hex; `notes` says what was done to it that a person should know.
    """

    luma: Luma
    digest: str
    notes: tuple[str, ...] = ()


def read_picture(path: Path) -> Picture:
    """Read and decode a picture file. Blocking.

    Raises:
        Rejected: It cannot be read, is no picture, is damaged or too large; the message says which.
    """
    return decode_picture(_bytes_of(path), str(path))


def decode_picture(data: bytes, who: str) -> Picture:
    """Decode a picture file's bytes; `who` names it in errors. Blocking.

    Raises:
        Rejected: It is no picture, is damaged or too large; the message says which.
    """
    if not data:
        raise Rejected(f"{who}: an empty file, expected a picture ({_FORMATS})")
    opener = _opener(data)
    if opener is None:
        raise Rejected(f"{who}: not a picture, expected {_FORMATS}")
    try:
        with opener(BytesIO(data)) as image:
            luma, notes = _decode(image, who)
    except Rejected:
        raise
    except Exception as error:  # a foreign decoder raises whatever its parser stumbles over
        raise Rejected(
            f"{who}: damaged or cut short ({error}), expected a whole picture"
        ) from error
    luma.flags.writeable = False
    return Picture(luma, hashlib.sha256(data).hexdigest(), notes)


def _bytes_of(path: Path) -> bytes:
    if "\0" in str(path):
        raise Rejected(f"{str(path)!r}: holds a NUL, expected a file name")
    try:
        # Path.open has no opener
        with open(path, "rb", opener=_open_without_waiting) as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise Rejected(f"{path}: not a regular file, expected a picture file")
            if status.st_size > MOST_BYTES:
                raise Rejected(
                    f"{path}: {status.st_size >> 20} MiB, "
                    f"expected a picture file of at most {MOST_BYTES >> 20} MiB"
                )
            return file.read(status.st_size)
    except OSError as error:
        words = _WORDS.get(error.errno or 0, error.strerror or str(error))
        raise Rejected(f"{path}: {words}, expected a picture file") from error


def _open_without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK)  # a FIFO in the folder must not hang the reader


def _opener(data: bytes) -> Callable[[BytesIO], ImageFile] | None:
    for start, at_8, opener in _OPENERS:
        if data.startswith(start) and data[8:].startswith(at_8):
            return opener
    return None


def _decode(image: ImageFile, who: str) -> tuple[Luma, tuple[str, ...]]:
    width, height = image.size
    if width * height > MOST_PIXELS:
        raise Rejected(
            f"{who}: {width} x {height} pixels, "
            f"expected at most {MOST_PIXELS // 1_000_000} megapixels"
        )
    if image.mode in ("F", "I"):
        raise Rejected(
            f"{who}: 32-bit values without a defined white (a measurement, such as heat), "
            "expected a picture of 8 or 16 bits"
        )
    notes = []
    if getattr(image, "is_animated", False):
        notes.append("several pictures in one file; the first was read")
        image.seek(0)
    image.draft("L", None)  # JPEG: the decoder hands out Y alone
    image.load()
    if image.mode.startswith("I;16"):
        # the file's whole range, never the picture's own: brightness must not depend on content
        notes.append("16 bits a pixel scaled to 8")
        luma = (np.asarray(image) >> 8).astype(np.uint8)
    elif image.mode == "L":
        luma = np.asarray(image)
    elif image.mode in ("YCbCr", "LAB", "LA", "La"):
        luma = np.asarray(image.getchannel(0))
    else:
        luma = np.asarray(image.convert("L"))
    turned, note = _upright(luma, image)
    return turned, (*notes, *note)


def _upright(luma: NDArray[np.uint8], image: ImageFile) -> tuple[Luma, tuple[str, ...]]:
    """Turn by the EXIF orientation. Source: Exif 2.32 (CIPA DC-008), 4.6.4, tag 0x0112.

    TIFF needs nothing here: its plugin turns while it loads and forgets the tag.
    """
    try:
        orientation = image.getexif().get(ExifTag.Orientation, 1)
    except Exception as error:  # noqa: BLE001 - foreign parser; the picture itself is whole
        return luma, (f"EXIF data unreadable ({error}); not turned",)
    match orientation:
        case 2:
            turned = luma[:, ::-1]
        case 3:
            turned = luma[::-1, ::-1]
        case 4:
            turned = luma[::-1]
        case 5:
            turned = luma.T
        case 6:
            turned = luma.T[:, ::-1]
        case 7:
            turned = luma[::-1, ::-1].T
        case 8:
            turned = luma.T[::-1]
        case _:  # 1, and values the standard reserves
            return luma, ()
    return np.ascontiguousarray(turned), ("turned by its EXIF orientation",)
