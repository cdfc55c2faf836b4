"""Reads the ground's heights from the files that surveys publish: GeoTIFF, and SRTM's .hgt.

GeoTIFF: OGC 19-008r4, with its middle or corner tie point and a pixel size in degrees of WGS84 or
ETRS89, which differ by less than a metre. SRTM: 1201 or 3601 rows and columns of big-endian int16,
the corner in the file's name (NASA, "SRTM topography", 2005).
"""

import re
import warnings
from pathlib import Path

import numpy as np
from PIL import Image
from PIL.TiffImagePlugin import ImageFileDirectory_v2

from agent.core.errors import Rejected
from agent.core.log import clip
from agent.fire.terrain import Floats, Terrain

MOST_BYTES = 512 << 20
MOST_CELLS = 50_000_000
"""Heights of 40 km round at 1 m would be more; such a file is to be made coarser first."""

HIGHEST_M, LOWEST_M = 9000.0, -500.0
"""What is beyond is no ground but a mark for none, such as -32768 or 3.4e38."""

SRTM_SIDES = (1201, 3601)

PIXEL_SCALE, TIE_POINT, TRANSFORM, GEO_KEYS = 33550, 33922, 34264, 34735
"""Tags of GeoTIFF."""

MODEL_TYPE, GEOGRAPHIC, RASTER_TYPE, PIXEL_IS_POINT, GEODETIC = 1024, 2, 1025, 2, 2048
DATUMS = {4326: "WGS84", 4258: "ETRS89", 32767: "its own"}


def read_terrain(path: Path) -> Terrain:
    """Read a file of heights.

    Raises:
        Rejected: It is none, is damaged or too large, or its places are not in degrees.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise Rejected(f"{path}: larger than {MOST_BYTES >> 20} MiB, expected heights, coarser")
        return _hgt(path) if path.suffix.lower() == ".hgt" else _geotiff(path)
    except OSError as error:
        words = error.strerror or clip(error)
        raise Rejected(f"{path}: {words}; expected heights as GeoTIFF or SRTM .hgt") from error
    except ValueError as error:  # Rejected too, which says who and what already
        words = str(error)
        told = words if words.startswith(str(path)) else f"{path}: {words}"
        raise Rejected(told) from error


_NAME = re.compile(r"([NS])(\d{2})([EW])(\d{3})", re.IGNORECASE)


def _hgt(path: Path) -> Terrain:
    named = _NAME.match(path.name)
    if named is None:
        raise Rejected(f"{path}: expected a name such as N36W006.hgt, which says where it lies")
    raw = np.frombuffer(path.read_bytes(), ">i2")
    side = next((side for side in SRTM_SIDES if raw.size == side * side), None)
    if side is None:
        sides = " or ".join(map(str, SRTM_SIDES))
        raise Rejected(f"{path}: {raw.size} heights, expected {sides} rows and columns")
    south = int(named[2]) * (1 if named[1].upper() == "N" else -1)
    west = int(named[4]) * (1 if named[3].upper() == "E" else -1)
    step = 1.0 / (side - 1)
    return Terrain(_heights(raw.reshape(side, side)), south + 1.0, float(west), step, step)


def _geotiff(path: Path) -> Terrain:
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # of Pillow: what it doubts is no map to go by
        try:
            with Image.open(path) as image:
                tags = getattr(image, "tag_v2", None)
                if tags is None:
                    raise Rejected(f"{path}: {image.format}, expected heights as GeoTIFF or .hgt")
                if image.width * image.height > MOST_CELLS:
                    raise Rejected(f"{path}: {image.width} x {image.height} cells, expected fewer")
                if len(image.getbands()) != 1:
                    raise Rejected(f"{path}: {image.mode} with several bands, expected one")
                grid = np.asarray(image)
        except (Warning, Image.DecompressionBombError) as error:
            words = clip(error)
            raise Rejected(f"{path}: {words}; expected heights as GeoTIFF or .hgt") from error
    north, west, step_lat, step_lon = _placed(path, tags)
    return Terrain(_heights(grid), north, west, step_lat, step_lon)


def _placed(path: Path, tags: ImageFileDirectory_v2) -> tuple[float, float, float, float]:
    """Return the north-western cell's middle and the steps, in degrees."""
    keys = _geo_keys(tags.get(GEO_KEYS, ()))
    if keys.get(MODEL_TYPE) != GEOGRAPHIC or keys.get(GEODETIC, 4326) not in DATUMS:
        raise Rejected(
            f"{path}: its places are not in degrees of WGS84 or ETRS89; expected that "
            "(gdalwarp -t_srs EPSG:4326)"
        )
    scale, tie = tags.get(PIXEL_SCALE), tags.get(TIE_POINT)
    if TRANSFORM in tags or scale is None or tie is None or len(tie) < 6:  # noqa: PLR2004
        raise Rejected(f"{path}: expected a tie point and a pixel size, north up")
    step_lon, step_lat = float(scale[0]), float(scale[1])
    half = 0.0 if keys.get(RASTER_TYPE) == PIXEL_IS_POINT else 0.5
    west = float(tie[3]) + (half - float(tie[0])) * step_lon
    north = float(tie[4]) - (half - float(tie[1])) * step_lat
    if not (-90 <= north <= 90 and -180 <= west <= 180):  # noqa: PLR2004
        raise Rejected(f"{path}: begins at {north:g}, {west:g}, expected degrees")
    return north, west, step_lat, step_lon


def _geo_keys(directory: tuple[int, ...]) -> dict[int, int]:
    """Return the keys whose values stand in the directory itself."""
    quads = zip(directory[4::4], directory[5::4], directory[6::4], directory[7::4], strict=False)
    return {key: value for key, where, count, value in quads if where == 0 and count == 1}


def _heights(grid: np.ndarray[tuple[int, ...], np.dtype[np.generic]]) -> Floats:
    heights = grid.astype(np.float64)
    heights[~((heights > LOWEST_M) & (heights < HIGHEST_M))] = np.nan
    return heights
