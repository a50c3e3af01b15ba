"""Raw photos: the right preview or the developed picture, upright, in sRGB, with what the camera wrote."""

import struct
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.helpers.odd_files import LONG, P3, SHORT, profile, tiff
from tests.helpers.raw_files import canon3, dng, jpeg
from workbench.media import raw
from workbench.media.decode import DecodedImage, DecodeError, read_image
from workbench.media.raw import raw_format
from workbench.media.scan import FoundFile, scan

ORANGE, BLUE = (200, 60, 40), (40, 60, 200)


def scene(colour: tuple[int, int, int], size: tuple[int, int] = (96, 64)) -> Image.Image:
    """Return a picture of one colour with a white upper left corner."""
    image = Image.new("RGB", size, colour)
    image.paste("white", (0, 0, size[0] // 4, size[1] // 4))
    return image


def corners(decoded: DecodedImage) -> list[tuple[int, ...]]:
    """Return the colours near the corners: upper left, upper right, lower right, lower left."""
    pixels = np.asarray(decoded.image, int)
    return [tuple(pixels[y, x]) for y, x in ((3, 3), (3, -4), (-4, -4), (-4, 3))]


def near(found: tuple[int, ...], colour: tuple[int, int, int]) -> bool:
    return max(abs(a - b) for a, b in zip(found, colour, strict=True)) <= 4


def refused(data: bytes) -> str:
    with pytest.raises(DecodeError) as caught:
        read_image(data, min_side=16)
    return caught.value.reason


@pytest.mark.parametrize("neutral", [(1.0, 1.0, 1.0), (0.5, 1.0, 0.625)])
@pytest.mark.parametrize(("min_side", "size"), [(16, (24, 16)), (32, (48, 32)), (64, (96, 64))])
def test_a_raw_photo_without_a_preview_is_developed(
    neutral: tuple[float, float, float], min_side: int, size: tuple[int, int]
) -> None:
    """Grey that looks green to the sensor is grey, and the colours are those of the scene."""
    decoded = read_image(dng(scene(ORANGE), neutral=neutral), min_side=min_side)

    assert near(corners(decoded)[0], (255, 255, 255))
    assert all(near(colour, ORANGE) for colour in corners(decoded)[1:])
    assert decoded.image.size == size
    assert (decoded.facts.width, decoded.facts.height, decoded.facts.format) == (96, 64, "DNG")
    assert decoded.facts.notes == ()


@pytest.mark.parametrize("preview", [b"", jpeg(scene(BLUE))])
@pytest.mark.parametrize(("orientation", "white"), [(1, 0), (3, 2), (6, 1), (8, 3)])
def test_a_raw_photo_is_upright(preview: bytes, orientation: int, white: int) -> None:
    decoded = read_image(dng(scene(ORANGE), preview, orientation=orientation), min_side=32)
    found = corners(decoded)

    assert [near(colour, (255, 255, 255)) for colour in found] == [place == white for place in range(4)]
    assert near(found[white - 2], BLUE if preview else ORANGE)
    assert (decoded.facts.width, decoded.facts.height) == ((64, 96) if orientation >= 6 else (96, 64))


@pytest.mark.parametrize(
    ("preview", "stands"),
    [
        (scene(BLUE), True),
        (scene(BLUE, (48, 32)), False),  # a thumbnail
        (scene(BLUE, (96, 54)), False),  # cut to 16:9
        (scene(BLUE, (192, 128)), True),
    ],
)
def test_the_preview_stands_for_the_photo_only_where_it_is_large_and_whole(
    preview: Image.Image, stands: bool
) -> None:
    decoded = read_image(dng(scene(ORANGE), jpeg(preview)), min_side=32)

    assert near(corners(decoded)[2], BLUE if stands else ORANGE)
    assert (decoded.facts.width, decoded.facts.height) == (96, 64)


def test_the_thumbnail_of_a_large_photo_is_never_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """A large preview is taken, and a smaller one where the sensor's picture is larger than that."""
    large = Image.new("RGB", (1600, 1200), ORANGE)
    full = read_image(dng(large, jpeg(Image.new("RGB", (1280, 960), BLUE))), min_side=224)
    small = read_image(dng(large, jpeg(Image.new("RGB", (1024, 768), BLUE))), min_side=224)

    assert near(corners(full)[2], BLUE)
    assert near(corners(small)[2], ORANGE)
    assert min(small.image.size) >= 224


def exif(**tags: Any) -> bytes:
    found = Image.Exif()
    for tag, value in tags.items():
        found[int(tag.removeprefix("t"))] = value
    return found.tobytes()


@pytest.mark.parametrize(
    ("preview", "orientation", "white"),
    [
        (jpeg(scene(BLUE), exif=exif(t274=3)), 3, 2),  # its own EXIF says the same
        (jpeg(scene(BLUE), exif=exif(t271="Maker")), 3, 2),  # it has EXIF, but no turn
        (jpeg(scene(BLUE).transpose(Image.Transpose.ROTATE_270), exif=exif(t274=1)), 6, 1),  # upright already
        (jpeg(scene(BLUE), exif=exif(t274=1)), 6, 1),  # says so, but is not
    ],
)
def test_the_preview_is_turned_once(preview: bytes, orientation: int, white: int) -> None:
    found = corners(read_image(dng(scene(ORANGE), preview, orientation=orientation), min_side=32))

    assert [near(colour, (255, 255, 255)) for colour in found] == [place == white for place in range(4)]


def test_the_profile_of_a_preview_is_applied() -> None:
    preview = jpeg(Image.new("RGB", (96, 64), (255, 0, 0)), icc_profile=profile(P3, 2.2))
    dim = jpeg(Image.new("RGB", (96, 64), (120, 130, 140)), icc_profile=profile((P3[1], P3[0], P3[2]), 2.2))

    assert near(corners(read_image(dng(scene(ORANGE), preview), min_side=32))[2], (255, 0, 0))
    assert (
        corners(read_image(dng(scene(ORANGE), dim), min_side=32))[2][0] > 125
    )  # green and red change places


def test_what_the_camera_wrote_is_read() -> None:
    metadata = read_image(dng(scene(ORANGE), jpeg(scene(BLUE)), orientation=6), min_side=16).facts.metadata

    assert metadata.taken_at == datetime(2021, 7, 14, 18, 30, 5)
    assert (metadata.camera, metadata.orientation) == ("Maker Camera 1", 6)


def test_the_metadata_of_a_canon_lies_in_boxes() -> None:
    data = canon3(jpeg(scene(BLUE)), "2022:01:02 03:04:05")
    metadata = raw._metadata(data, b"")

    assert (metadata.camera, metadata.taken_at) == ("Canon EOS R", datetime(2022, 1, 2, 3, 4, 5))
    assert raw_format(data) == "CR3"


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"II*\0\x10\0\0\0CR\x02\0", "CR2"), (b"\0\0\0\x18ftypcrx ", "CR3"), (b"FUJIFILMCCD-RAW 0201", "RAF"),
        (b"IIRO\x08\0\0\0", "ORF"), (b"IIU\0\x18\0\0\0", "RW2"), (b"FOVb", "X3F"), (b"\0MRM", "MRW"),
        (b"II\x1a\0\0\0HEAPCCDR", "CRW"), (tiff({271: (2, "NIKON CORPORATION")}), "NEF"),
        (tiff({271: (2, "SONY")}), "ARW"), (tiff({271: (2, "PENTAX Corporation")}), "PEF"),
        (tiff({271: (2, "SAMSUNG")}), "SRW"), (tiff({271: (2, "Unknown")}), "RAW"), (b"MM\0*", "RAW"),
    ],
)  # fmt: skip
def test_formats_have_their_names(data: bytes, name: str) -> None:
    assert raw_format(data) == name


@pytest.mark.parametrize("name", ["a.dng", "a.nef", "a.jpg", "a.tif", "a.txt", "a"])
def test_a_raw_photo_is_known_by_what_it_holds(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(dng(scene(ORANGE)))
    (found,) = scan(tmp_path)
    decoded = read_image((tmp_path / name).read_bytes(), min_side=16)

    assert isinstance(found, FoundFile)
    assert (found.kind, decoded.facts.format) == ("image", "DNG")
    assert near(corners(decoded)[2], ORANGE)


@pytest.mark.parametrize("name", ["TIFF", "JPEG", "PNG"])
def test_an_ordinary_picture_under_the_name_of_a_raw_photo(tmp_path: Path, name: str) -> None:
    scene(ORANGE).save(tmp_path / "a.nef", name)
    (found,) = scan(tmp_path)
    decoded = read_image((tmp_path / "a.nef").read_bytes(), min_side=16)

    assert isinstance(found, FoundFile)
    assert (found.kind, decoded.facts.format) == ("image", name)
    assert np.abs(np.array(corners(decoded)[2]) - ORANGE).max() < 12


def test_a_picture_kept_as_dng_that_no_sensor_saw() -> None:
    """Scanners and programs write finished pictures as DNG: they are TIFFs."""
    pixels = bytes(ORANGE) * (96 * 64)
    tags = {256: (LONG, [96]), 257: (LONG, [64]), 258: (SHORT, [8, 8, 8]), 259: (SHORT, [1]),
            262: (SHORT, [2]), 273: (LONG, [400]), 277: (SHORT, [3]), 278: (LONG, [64]),
            279: (LONG, [len(pixels)]), 50706: (1, [1, 4, 0, 0])}  # fmt: skip
    decoded = read_image(tiff(tags).ljust(400, b"\0") + pixels, min_side=16)

    assert corners(decoded)[2] == ORANGE


def test_broken_raw_photos_are_problems_and_never_thumbnails() -> None:
    thumbnail = jpeg(scene(BLUE, (24, 16)))
    whole = dng(scene(ORANGE), thumbnail)
    place = whole.index(struct.pack("<HHI", 330, 4, 1))
    beyond = struct.unpack_from("<I", whole, place + 8)[
        0
    ]  # where the directory of the sensor's picture begins

    assert "raw photo" in refused(whole[:beyond])
    assert "raw photo" in refused(dng(scene(ORANGE))[:6000])
    for start in (b"FUJIFILMCCD-RAW 0201", b"IIRO\x08\0\0\0", b"IIU\0\x18\0\0\0", b"FOVb", b"\0MRM",
                  b"\0\0\0\x18ftypcrx \0\0\0\1crx isom", b"II\x1a\0\0\0HEAPCCDR"):  # fmt: skip
        assert "raw photo" in refused(start + bytes(2000))


def test_a_large_preview_stands_in_for_a_sensor_that_cannot_be_developed() -> None:
    """The picture is packed in a way that LibRaw does not know; the notes say so."""
    shown = jpeg(scene(BLUE, (768, 512)))
    data = bytearray(dng(Image.new("RGB", (1152, 768), ORANGE), shown))
    place = data.index(struct.pack("<HHII", 259, 3, 1, 1))
    data[place : place + 12] = struct.pack("<HHII", 259, 3, 1, 52546)
    decoded = read_image(bytes(data), min_side=32)

    assert near(corners(decoded)[2], BLUE)
    assert "only its preview of 768 x 512 pixels" in decoded.facts.notes[0]
    assert (decoded.facts.width, decoded.facts.height) == (1152, 768)


def test_a_raw_photo_of_too_many_pixels_is_refused_before_it_is_developed() -> None:
    data = bytearray(dng(scene(ORANGE)))
    for tag in (256, 257):
        place = next(at for at in range(len(data)) if data[at : at + 8] == struct.pack("<HHI", tag, 4, 1))
        data[place + 8 : place + 12] = struct.pack("<I", 30_000)

    assert "too large" in refused(bytes(data)) or "raw photo" in refused(bytes(data))


@pytest.mark.filterwarnings("ignore:Truncated File Read:UserWarning")
def test_damage_anywhere_gives_a_picture_or_a_reason() -> None:
    whole, random = dng(scene(ORANGE, (48, 32)), jpeg(scene(BLUE, (48, 32)))), np.random.default_rng(3)
    for _ in range(40):
        damaged = bytearray(whole)
        damaged[random.integers(600)] = random.integers(256)
        with suppress(DecodeError):
            assert read_image(bytes(damaged), min_side=16).image.mode == "RGB"


def test_a_preview_of_pixels_is_read() -> None:
    """Old cameras keep no JPEG but the pixels themselves; they are turned as the raw photo says."""
    upright = raw._upright_preview(scene(BLUE), (64, 96), 6, lambda _: scene(ORANGE))

    assert (upright.size, upright.getpixel((60, 3)), upright.getpixel((3, 3))) == ((64, 96), (255,) * 3, BLUE)
