"""Small pictures of every sort, drawn by the tests."""

import struct
import zlib
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image


def ramp(height: int = 48, width: int = 64) -> NDArray[np.uint8]:
    """Draw a picture in which up, down, left and right differ, (H, W) uint8."""
    down, across = np.mgrid[0:height, 0:width]
    return np.asarray(16 + down * 2 + across, np.uint8)


def encoded(pixels: NDArray[Any] | Image.Image, form: str, **options: Any) -> bytes:
    """Encode pixels as a file of the named format."""
    image = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)
    file = BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


def huge_png(width: int = 20_000, height: int = 20_000) -> bytes:
    """Make a PNG header that promises more pixels than anybody should decode."""
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
        + _chunk(b"IDAT", zlib.compress(b""))
        + _chunk(b"IEND", b"")
    )


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
