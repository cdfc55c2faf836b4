"""Heights are read from surveys' files with their places, and what is none is refused in words."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PIL.TiffImagePlugin import ImageFileDirectory_v2

from agent.core.errors import Rejected
from agent.fire.terrain import Spot, profile
from agent.fire.terrain_file import read_terrain

DEGREES = (1, 1, 0, 3, 1024, 0, 1, 2, 1025, 0, 1, 1, 2048, 0, 1, 4326)
STEP = 1 / 3600


def geotiff(
    path: Path,
    grid: np.ndarray[tuple[int, ...], np.dtype[np.float32]],
    keys: tuple[int, ...] = DEGREES,
) -> Path:
    tags = ImageFileDirectory_v2()
    tags[33550] = (STEP, STEP, 0.0)
    tags[33922] = (0.0, 0.0, 0.0, -5.4, 35.95, 0.0)
    tags[34735] = keys
    for tag, kind in ((33550, 12), (33922, 12), (34735, 3)):
        tags.tagtype[tag] = kind
    Image.fromarray(grid).save(path, tiffinfo=tags)
    return path


def ramp(rows: int = 40, columns: int = 30) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return (np.arange(rows)[:, None] * 10 + np.arange(columns)).astype(np.float32)


def test_a_geotiff_is_read_with_its_place(tmp_path: Path) -> None:
    grid = ramp()
    grid[3, 4] = -9999
    terrain = read_terrain(geotiff(tmp_path / "ceuta.tif", grid))
    north, west = 35.95 - STEP / 2, -5.4 + STEP / 2  # the tie point is the first cell's corner
    assert (terrain.north, terrain.west) == pytest.approx((north, west))
    assert terrain.height_m(north - 5 * STEP, west + 7 * STEP) == pytest.approx(57.0)
    assert np.isnan(terrain.height_m(north - 3 * STEP, west + 4 * STEP))


def test_a_cell_may_be_a_point(tmp_path: Path) -> None:
    points = (*DEGREES[:11], 2, *DEGREES[12:])
    terrain = read_terrain(geotiff(tmp_path / "points.tif", ramp(), points))
    assert (terrain.north, terrain.west) == pytest.approx((35.95, -5.4))


def test_an_srtm_tile_is_read_with_its_place(tmp_path: Path) -> None:
    tile = np.zeros((1201, 1201), ">i2")
    tile[600, 300], tile[0, 0], tile[5, 5] = 250, 7, -32768
    path = tmp_path / "n35w006.hgt"
    path.write_bytes(tile.tobytes())
    terrain = read_terrain(path)
    assert terrain.height_m(36.0, -6.0) == 7
    assert terrain.height_m(35.5, -5.75) == pytest.approx(250)
    assert np.isnan(terrain.height_m(36 - 5 / 1200, -6 + 5 / 1200))


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("N36W006.hgt", b"\0" * 100, "50 heights, expected 1201 or 3601"),
        ("strait.hgt", b"\0" * 100, "expected a name such as N36W006.hgt"),
        ("ceuta.tif", b"II*\0nonsense", "expected heights as GeoTIFF"),
        ("ceuta.tif", b"", "expected heights as GeoTIFF"),
    ],
)
def test_what_holds_no_heights_is_refused(
    tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(Rejected, match=words):
        read_terrain(path)
    with pytest.raises(Rejected, match="No such file"):
        read_terrain(tmp_path / "nowhere.tif")


def test_a_picture_and_a_map_in_metres_are_refused(tmp_path: Path) -> None:
    Image.fromarray(np.zeros((8, 8), np.uint8)).save(tmp_path / "a.png")
    with pytest.raises(Rejected, match="PNG, expected heights"):
        read_terrain(tmp_path / "a.png")
    metres = (*DEGREES[:7], 1, *DEGREES[8:])
    with pytest.raises(Rejected, match="not in degrees"):
        read_terrain(geotiff(tmp_path / "utm.tif", ramp(), metres))
    Image.fromarray(ramp()).save(tmp_path / "bare.tif")
    with pytest.raises(Rejected, match="not in degrees"):
        read_terrain(tmp_path / "bare.tif")


def test_a_cut_geotiff_is_refused(tmp_path: Path) -> None:
    path = geotiff(tmp_path / "cut.tif", ramp(400, 400))
    path.write_bytes(path.read_bytes()[:100_000])
    with pytest.raises(Rejected, match=r"cut\.tif"):
        read_terrain(path)


@pytest.mark.data
def test_real_files_are_where_they_say(data_dir: Path) -> None:
    strait = read_terrain(data_dir / "terrain" / "N36W006.hgt")
    rock = strait.height_m(np.linspace(36.10, 36.16, 200)[:, None], np.linspace(-5.36, -5.33, 100))
    assert 380 < np.nanmax(rock) < 430  # Gibraltar: 426 m, in cells of 90 m less
    barcelona = read_terrain(data_dir / "terrain" / "barcelona_dem.tif")
    assert barcelona.height_m(41.4225, 2.1186) > 480  # the Tibidabo: 512 m
    seen = profile(barcelona, Spot(41.4225, 2.1186, 560.0), 120.0, 6000)
    assert seen.hit_m(-8.0) is not None
