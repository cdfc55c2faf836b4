"""One decoder: what it makes of every sort of picture, and how it refuses the rest."""

import hashlib
import os
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from agent.core.errors import Rejected
from drivers.ports.picture import MOST_BYTES, decode_picture, read_picture
from tests.drivers.pictures import encoded, huge_png, ramp

COLOUR = Image.fromarray(np.stack([ramp(), ramp()[::-1], ramp()[:, ::-1]], axis=2))


@pytest.mark.parametrize("form", ["PNG", "BMP", "TIFF", "GIF", "JPEG", "WEBP"])
def test_a_grey_picture_comes_out_as_it_went_in(form: str) -> None:
    options = {"quality": 95} if form in ("JPEG", "WEBP") else {}
    luma = decode_picture(encoded(ramp(), form, **options), "x").luma
    assert luma.shape == (48, 64)
    assert luma.dtype == np.uint8
    assert np.abs(luma.astype(int) - ramp()).max() <= (0 if not options else 4)


def test_luma_is_read_only_and_its_columns_are_contiguous() -> None:
    luma = decode_picture(encoded(ramp(), "JPEG", exif=_turned(6)), "x").luma
    assert not luma.flags.writeable
    assert luma.strides[1] == 1


def test_a_jpeg_gives_the_y_that_is_stored_in_it() -> None:
    gaudy = np.random.default_rng(2).integers(0, 2, (48, 64, 3), np.uint8) * 255
    data = encoded(gaudy, "JPEG", quality=90, subsampling=2)  # its RGB would be clipped
    with Image.open(BytesIO(data)) as image:
        image.draft("YCbCr", None)
        stored = np.asarray(image.getchannel(0))
    assert np.array_equal(decode_picture(data, "x").luma, stored)


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "CMYK", "P", "1", "LA", "YCbCr"])
def test_colour_becomes_its_brightness(mode: str) -> None:
    grey = COLOUR.convert("L")
    image = grey.convert("P") if mode == "P" else COLOUR.convert(mode)
    form = "TIFF" if mode in ("CMYK", "YCbCr") else "PNG"
    luma = decode_picture(encoded(image, form), "x").luma.astype(int)
    expected = np.asarray(image.convert("RGB").convert("L")).astype(int)
    assert np.abs(luma - expected).max() <= 2


def test_a_lab_picture_gives_its_lightness() -> None:
    grey = COLOUR.convert("L")
    lab = Image.merge("LAB", [grey] * 3)
    assert np.array_equal(decode_picture(encoded(lab, "TIFF"), "x").luma, np.asarray(grey))


def test_a_cmyk_jpeg_is_no_negative() -> None:
    luma = decode_picture(encoded(COLOUR.convert("CMYK"), "JPEG", quality=95), "x").luma
    assert np.abs(luma.astype(int) - np.asarray(COLOUR.convert("L"))).mean() < 6


@pytest.mark.parametrize("form", ["PNG", "TIFF"])
def test_sixteen_bits_are_scaled_by_the_formats_range_and_said(form: str) -> None:
    deep = ramp().astype(np.uint16) * 257
    picture = decode_picture(encoded(deep, form), "x")
    assert np.array_equal(picture.luma, ramp())
    assert picture.notes == ("16 bits a pixel scaled to 8",)


def test_a_dim_sixteen_bit_picture_stays_dim() -> None:
    dim = np.full((8, 8), 4095, np.uint16)
    assert decode_picture(encoded(dim, "PNG"), "x").luma.max() == 15


@pytest.mark.parametrize("form", ["GIF", "PNG", "WEBP", "TIFF"])
def test_of_an_animation_the_first_picture_is_read_and_said(form: str) -> None:
    first, second = Image.fromarray(ramp()), Image.fromarray(255 - ramp())
    lossless = {"lossless": True} if form == "WEBP" else {}
    data = encoded(first, form, save_all=True, append_images=[second], **lossless)
    picture = decode_picture(data, "x")
    assert np.abs(picture.luma.astype(int) - ramp()).max() <= 2
    assert picture.notes == ("several pictures in one file; the first was read",)


def _turned(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif


@pytest.mark.parametrize("form", ["JPEG", "TIFF", "PNG", "WEBP"])
@pytest.mark.parametrize(
    ("orientation", "row_0_is_visual", "column_0_is_visual"),
    [  # Exif 2.32, 4.6.4: where the 0th row and the 0th column of the stored picture belong
        (1, "top", "left"),
        (2, "top", "right"),
        (3, "bottom", "right"),
        (4, "bottom", "left"),
        (5, "left", "top"),
        (6, "right", "top"),
        (7, "right", "bottom"),
        (8, "left", "bottom"),
    ],
)
def test_the_orientation_is_honoured(
    form: str, orientation: int, row_0_is_visual: str, column_0_is_visual: str
) -> None:
    stored = np.full((32, 48), 100, np.uint8)
    stored[:8] = 180  # the 0th row
    stored[8:, :8] = 20  # the 0th column
    options = {"lossless": True} if form == "WEBP" else {}
    luma = decode_picture(encoded(stored, form, exif=_turned(orientation), **options), "x").luma
    edges = {
        "top": luma[:4, 12:-12],
        "bottom": luma[-4:, 12:-12],
        "left": luma[12:-12, :4],
        "right": luma[12:-12, -4:],
    }
    assert abs(float(np.median(edges[row_0_is_visual])) - 180) < 12
    assert abs(float(np.median(edges[column_0_is_visual])) - 20) < 12


def test_unreadable_exif_does_not_cost_the_picture() -> None:
    data = encoded(ramp(), "PNG", exif=b"Exif\x00\x00II*\x00\xff\xff\xff\xff")
    assert np.array_equal(decode_picture(data, "x").luma, ramp())


def test_the_digest_is_of_the_files_own_bytes(tmp_path: Path) -> None:
    data = encoded(ramp(), "PNG")
    (tmp_path / "a.png").write_bytes(data)
    assert read_picture(tmp_path / "a.png").digest == hashlib.sha256(data).hexdigest()


def test_a_huge_picture_is_refused_by_its_header() -> None:
    with pytest.raises(Rejected, match="x: 20000 x 20000 pixels, expected at most 64 megapixels"):
        decode_picture(huge_png(), "x")


def test_sixty_four_megapixels_are_decoded() -> None:
    assert decode_picture(encoded(np.zeros((8000, 8000), np.uint8), "PNG"), "x").luma.size == 64e6


@pytest.mark.parametrize("form", ["JPEG", "PNG", "BMP", "TIFF", "WEBP", "GIF"])
@pytest.mark.parametrize("kept", [0.05, 0.3, 0.6, 0.95])
def test_a_picture_cut_short_is_refused_not_half_grey(form: str, kept: float) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (64, 64), np.uint8)
    whole = encoded(noise, form)
    with pytest.raises(Rejected, match=r"^x: .*expected"):
        decode_picture(whole[: int(len(whole) * kept)], "x")


def test_an_empty_file_is_called_empty() -> None:
    with pytest.raises(Rejected, match="x: an empty file"):
        decode_picture(b"", "x")


@pytest.mark.parametrize(
    "data", [b"hello", b"%!PS-Adobe-3.0 EPSF", b"<svg/>", b"\x00" * 99, b"RIFF....AVI LIST"]
)
def test_what_is_no_picture_is_called_so(data: bytes) -> None:
    with pytest.raises(Rejected, match="x: not a picture, expected JPEG"):
        decode_picture(data, "x")


@pytest.mark.parametrize("kind", [np.float32, np.int32])
def test_a_measurement_is_not_taken_for_a_picture(kind: type) -> None:
    with pytest.raises(Rejected, match="without a defined white"):
        decode_picture(encoded(np.ones((8, 8), kind), "TIFF"), "x")


def test_a_folder_is_called_a_folder(tmp_path: Path) -> None:
    with pytest.raises(Rejected, match="a folder, expected a picture file"):
        read_picture(tmp_path)


def test_a_missing_file_is_called_missing(tmp_path: Path) -> None:
    with pytest.raises(Rejected, match=r"none\.jpg: there is no such file"):
        read_picture(tmp_path / "none.jpg")


def test_a_pipe_is_refused_without_waiting_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    with pytest.raises(Rejected, match="not a regular file"):
        read_picture(tmp_path / "pipe.jpg")


def test_a_name_with_a_nul_is_refused() -> None:
    with pytest.raises(Rejected, match="expected a file name"):
        read_picture(Path("a\x00.jpg"))


def test_a_file_without_permission_is_called_so(tmp_path: Path) -> None:
    path = tmp_path / "secret.png"
    path.write_bytes(encoded(ramp(), "PNG"))
    path.chmod(0)
    root = os.geteuid() == 0  # permissions do not bind root: become nobody for a moment
    if root:
        os.seteuid(65534)
    try:
        with pytest.raises(Rejected, match=r"secret\.png: no permission to read it"):
            read_picture(path)
    finally:
        if root:
            os.seteuid(0)


def test_a_file_too_large_to_be_a_picture_is_refused_unread(tmp_path: Path) -> None:
    with (tmp_path / "big.bmp").open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    with pytest.raises(Rejected, match="256 MiB, expected a picture file of at most 256 MiB"):
        read_picture(tmp_path / "big.bmp")


SMALL = {form: encoded(COLOUR, form) for form in ("JPEG", "PNG", "BMP", "TIFF", "WEBP", "GIF")}


@given(
    form=st.sampled_from(sorted(SMALL)),
    flips=st.lists(
        st.tuples(st.floats(0, 1, exclude_max=True), st.integers(1, 255)), min_size=1, max_size=8
    ),
    within=st.sampled_from([200, 1 << 20]),
)
@settings(max_examples=300, deadline=None)
def test_damage_gives_a_picture_or_a_refusal_and_nothing_else(
    form: str, flips: list[tuple[float, int]], within: int
) -> None:
    data = bytearray(SMALL[form])
    span = min(len(data), within)
    for place, mask in flips:
        data[int(place * span)] ^= mask
    try:
        picture = decode_picture(bytes(data), "x")
    except Rejected as error:
        assert str(error).startswith("x: ")  # noqa: PT017 - either outcome is right
    else:
        assert picture.luma.ndim == 2
        assert picture.luma.dtype == np.uint8


def test_what_is_no_file_is_refused_in_exactly_these_words(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo.jpg")
    for path in (tmp_path / "fifo.jpg", Path("/dev/zero")):
        with pytest.raises(Rejected) as caught:
            read_picture(path)
        assert str(caught.value) == f"{path}: not a regular file, expected a picture file"
