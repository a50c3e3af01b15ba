"""Bytes to pixels: decoding, metadata, thumbnails, scanning."""

import io
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PIL.TiffImagePlugin import IFDRational

from workbench.media.crops import SIDE, thumbnail
from workbench.media.decode import DecodeError, read_image
from workbench.media.kinds import is_image_start
from workbench.media.metadata import Metadata
from workbench.media.scan import FoundFile, display, scan
from workbench.testing import write_photos


def encode(image: Image.Image, name: str = "JPEG", **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, name, **options)
    return buffer.getvalue()


def metadata(exif: Image.Exif) -> Metadata:
    data = encode(Image.new("RGB", (16, 8)), exif=exif)
    return read_image(data, min_side=8).facts.metadata


def corner_image(size: tuple[int, int] = (40, 20)) -> Image.Image:
    """Black with a white upper left corner, so that every turn of it looks different."""
    image = Image.new("RGB", size)
    image.paste("white", (0, 0, size[0] // 4, size[1] // 4))
    return image


@pytest.mark.parametrize("name", ["JPEG", "PNG", "TIFF", "WEBP", "HEIF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_format_and_orientation_comes_out_upright(name: str, orientation: int) -> None:
    """The inverse turn is stored with the tag that undoes it."""
    inverse = {1: None, 2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}[orientation]
    stored = corner_image() if inverse is None else corner_image().transpose(Image.Transpose(inverse))
    exif = Image.Exif()
    exif[0x0112] = orientation
    options = {"lossless": True} if name == "WEBP" else {"quality": 100} if name in {"JPEG", "HEIF"} else {}
    decoded = read_image(encode(stored, name, exif=exif.tobytes(), **options), min_side=20)
    difference = np.asarray(decoded.image, float) - np.asarray(corner_image(), float)

    assert (decoded.facts.width, decoded.facts.height) == (40, 20)
    assert np.abs(difference).mean() < 12


@pytest.mark.parametrize(("min_side", "expected"), [(100, (250, 125)), (130, (500, 250)), (600, (1000, 500))])
def test_jpeg_is_decoded_no_smaller_than_asked(min_side: int, expected: tuple[int, int]) -> None:
    decoded = read_image(encode(Image.new("RGB", (1000, 500))), min_side=min_side)

    assert decoded.image.size == expected
    assert (decoded.facts.width, decoded.facts.height) == (1000, 500)


def test_size_of_a_turned_jpeg_that_was_decoded_small() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    decoded = read_image(encode(Image.new("RGB", (1000, 500)), exif=exif.tobytes()), min_side=100)

    assert (decoded.image.size, decoded.facts.width, decoded.facts.height) == ((125, 250), 500, 1000)


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_no_bytes_change_decoding_does_anything_but_raise_decode_error() -> None:
    """Any single damaged place in a file gives a picture or a DecodeError."""
    random = np.random.default_rng(0)
    exif = Image.Exif()
    exif[0x010F] = "maker"
    for name in ("JPEG", "PNG", "GIF", "WEBP", "TIFF", "BMP", "HEIF", "AVIF"):
        whole = encode(corner_image(), name, **({"exif": exif.tobytes()} if name in {"JPEG", "TIFF"} else {}))
        for _ in range(60):
            damaged = bytearray(whole)
            damaged[random.integers(len(whole))] = random.integers(256)
            with suppress(DecodeError):
                assert read_image(bytes(damaged), min_side=8).image.mode == "RGB"


def test_floating_point_tiff_spans_the_whole_range() -> None:
    values = np.linspace(-3, 5, 64, dtype=np.float32).reshape(8, 8)
    values[0, 1] = np.nan
    grey = np.asarray(read_image(encode(Image.fromarray(values), "TIFF"), min_side=8).image)

    assert (grey[0, 0, 0], grey[-1, -1, 0]) == (0, 255)


def test_transparent_pixels_are_white_not_what_lies_beneath() -> None:
    hidden = Image.new("RGBA", (8, 8), (255, 0, 0, 0))

    assert read_image(encode(hidden, "PNG"), min_side=8).image.getpixel((0, 0)) == (255, 255, 255)


def test_metadata_of_a_camera() -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x0131] = "Canon", "Canon EOS 5D", "Firmware 1.1"
    exif.get_ifd(0x8769)[0x9003] = "2021:07:14 18:30:05"
    exif.get_ifd(0x8825).update(
        {
            1: "S",
            2: (IFDRational(33), IFDRational(51), IFDRational(36)),
            3: "E",
            4: (IFDRational(151), IFDRational(12), IFDRational(0)),
            5: b"\x00",
            6: IFDRational(25, 2),
        }
    )
    found = metadata(exif)

    assert found.taken_at == datetime(2021, 7, 14, 18, 30, 5)
    assert (found.lat, found.lon, found.altitude) == pytest.approx((-33.86, 151.2, 12.5))
    assert (found.camera, found.software, found.reason) == ("Canon EOS 5D", "Firmware 1.1", None)


@pytest.mark.parametrize("text", ["0000:00:00 00:00:00", "yesterday", "", "2021:13:40 99:99:99", "\0" * 19])
def test_a_time_that_is_none_is_left_out(text: str) -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = text

    assert metadata(exif).taken_at is None


@pytest.mark.parametrize(
    "degrees",
    [
        (IFDRational(200), IFDRational(0), IFDRational(0)),
        (IFDRational(1, 0), IFDRational(0), IFDRational(0)),
        (IFDRational(1),),
    ],
)
def test_a_place_that_is_none_is_left_out(degrees: tuple[IFDRational, ...]) -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8825).update({1: "N", 2: degrees})

    assert metadata(exif).lat is None


def test_text_is_printable_and_short() -> None:
    exif = Image.Exif()
    exif[0x0110] = "x\0\x1b[31m<b>" + "y" * 5000
    camera = metadata(exif).camera

    assert camera is not None
    assert camera.startswith("x [31m<b>yyy")
    assert len(camera) == 200


def test_thumbnail_keeps_the_shape_and_never_grows() -> None:
    wide = Image.open(io.BytesIO(thumbnail(Image.new("RGB", (1000, 500)))))
    thin = Image.open(io.BytesIO(thumbnail(Image.new("RGB", (5000, 2)))))
    tiny = Image.open(io.BytesIO(thumbnail(Image.new("RGB", (3, 5)))))

    assert (wide.size, thin.size, tiny.size) == ((SIDE, SIDE // 2), (SIDE, 1), (3, 5))
    assert wide.format == "JPEG"


@pytest.mark.parametrize("name", ["JPEG", "PNG", "GIF", "WEBP", "TIFF", "BMP", "HEIF", "AVIF", "JPEG2000"])
def test_images_are_known_by_their_first_bytes(name: str) -> None:
    assert is_image_start(encode(Image.new("RGB", (16, 16)), name)[:32])


@pytest.mark.parametrize("start", [b"", b"BMW is a car, and this a text", b"%PDF-1.7", b"\0\0\0\x18ftypmp42"])
def test_other_files_are_no_images(start: bytes) -> None:
    assert not is_image_start(start)


def test_scan_yields_relative_raw_paths_in_a_stable_order(tmp_path: Path) -> None:
    write_photos(tmp_path, {"b.png": "red", "a.png": "red", "sub/c.png": "red"})
    found = [item for item in scan(tmp_path) if isinstance(item, FoundFile)]

    assert [item.raw_path for item in found] == [b"a.png", b"b.png", b"sub/c.png"]
    assert found[0].size == (tmp_path / "a.png").stat().st_size
    assert found[0].mtime_ns == (tmp_path / "a.png").stat().st_mtime_ns


def test_scan_skips_the_folders_named(tmp_path: Path) -> None:
    write_photos(tmp_path, {"a.png": "red", "case/b.png": "red"})

    assert [item.raw_path for item in scan(tmp_path, skip=[tmp_path / "case"])] == [b"a.png"]


def test_display_escapes_only_what_is_not_utf8() -> None:
    assert display("é\n<b>".encode() + b"\xff") == "é\n<b>\\xff"
