"""Metadata of cameras, scanners and bad programs: good values are found, odd ones are said."""

import io
from datetime import datetime
from typing import Any

import pytest
from PIL import Image

from tests.helpers.odd_files import ASCII, BYTE, DOUBLE, LONG, RATIONAL, SIGNED, Tags, tiff
from workbench.media.decode import read_image
from workbench.media.metadata import Metadata

ORIGINAL, DIGITIZED, CHANGED = 0x9003, 0x9004, 0x0132
GOOD = "2019:05:01 10:00:00"
WHEN = datetime(2019, 5, 1, 10)


def metadata(exif: Image.Exif, name: str = "JPEG") -> Metadata:
    buffer = io.BytesIO()
    Image.new("RGB", (16, 8)).save(buffer, name, exif=exif)
    return read_image(buffer.getvalue(), min_side=8).facts.metadata


def timed(original: str | None = None, digitized: str | None = None, changed: str | None = None) -> Metadata:
    exif = Image.Exif()
    if changed is not None:
        exif[CHANGED] = changed
    for tag, value in ((ORIGINAL, original), (DIGITIZED, digitized)):
        if value is not None:
            exif.get_ifd(0x8769)[tag] = value
    return metadata(exif)


Rationals = list[tuple[int, int]]


def placed(tags: Tags) -> Metadata:
    buffer = io.BytesIO()
    Image.new("RGB", (16, 8)).save(buffer, "JPEG", exif=b"Exif\0\0" + tiff({}, {0x8825: tags}))
    return read_image(buffer.getvalue(), min_side=8).facts.metadata


def latitude(degrees: tuple[int, Any], side: str | None = "N") -> Tags:
    return {2: degrees, **({1: (ASCII, side)} if side else {})}


def dms(degrees: float, minutes: float = 0, seconds: float = 0) -> tuple[int, Rationals]:
    return SIGNED, [(round(part * 10_000), 10_000) for part in (degrees, minutes, seconds)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (GOOD, WHEN),
        ("2019-05-01T10:00:00+02:00", WHEN),
        ("2019-05-01T10:00:00Z", WHEN),
        ("2019:05:01 10:00:00.60:04:00", WHEN),
        ("2019-05-01 10:00:00.123", WHEN),
        ("2019-05-01 10:00:00", WHEN),
        ("2019:05:01 10:00", WHEN),
        ("2019:05:01", datetime(2019, 5, 1)),
        ("2019-05-01", datetime(2019, 5, 1)),
        ("2019/05/01 10:00:00", WHEN),
        ("9999:12:31 23:59:59", datetime(9999, 12, 31, 23, 59, 59)),
    ],
)
def test_dates_in_the_forms_that_programs_write(text: str, expected: datetime) -> None:
    found = timed(text)

    assert (found.taken_at, found.reason) == (expected, None)


@pytest.mark.parametrize("blank", ["    :  :     :  :  ", " " * 19, ""])
def test_a_blank_date_is_unknown_and_hides_no_other(blank: str) -> None:
    assert timed(blank, GOOD) == Metadata(taken_at=WHEN)
    assert timed(blank, None, GOOD) == Metadata(taken_at=WHEN)
    assert timed(blank) == Metadata()


@pytest.mark.parametrize(
    "bad", ["0000:00:00 00:00:00", "2021:13:40 99:99:99", "yesterday", "99999:01:01 00:00:00", "-1:00:00"]
)
def test_a_bad_date_hides_no_good_one_and_is_said(bad: str) -> None:
    for found in (timed(bad, GOOD), timed(bad, None, GOOD), timed(bad, bad, GOOD)):
        assert found.taken_at == WHEN
        assert f"DateTimeOriginal {bad!r} is no date" in str(found.reason)
    assert timed(bad).taken_at is None
    assert bad in str(timed(bad).reason)


@pytest.mark.parametrize(
    ("degrees", "side", "expected"),
    [
        (dms(37.8), "S", -37.8),
        (dms(-37.8), "S", -37.8),
        (dms(-37, 48), "S", -37.8),
        (dms(-37, -48), "S", -37.8),
        (dms(37, 48), "N", 37.8),
        (dms(37, 48), "s", -37.8),
        (dms(-37.8), None, -37.8),
        (dms(37.8), "South", -37.8),
        ((LONG, [37, 48, 0]), "S", -37.8),
        ((DOUBLE, [37.8, 0.0, 0.0]), "S", -37.8),
        ((RATIONAL, [(37, 1), (48, 1), (0, 0)]), "N", 37.8),
        ((RATIONAL, [(378, 10), (0, 0), (0, 0)]), "N", 37.8),
    ],
)
def test_the_sign_of_a_place_is_told_once(
    degrees: tuple[int, list[object]], side: str | None, expected: float
) -> None:
    found = placed(latitude(degrees, side))

    assert found.lat == pytest.approx(expected)
    assert found.reason is None


def test_west_is_negative_however_it_is_written() -> None:
    for degrees in (dms(122.4), dms(-122.4)):
        assert placed({3: (ASCII, "W"), 4: degrees}).lon == pytest.approx(-122.4)


def test_a_minus_against_its_reference_is_said() -> None:
    found = placed(latitude(dms(-37.8), "N"))

    assert found.lat == pytest.approx(-37.8)
    assert "has a minus, but the reference N" in str(found.reason)


@pytest.mark.parametrize(
    "degrees",
    [
        dms(91),
        dms(37, 99),
        (RATIONAL, [(400_000, 1), (0, 1), (0, 1)]),
        (RATIONAL, [(4_294_967_258, 1), (48, 1), (0, 1)]),
        (RATIONAL, [(37, 1), (0, 0), (0, 0)]),
        (RATIONAL, [(37, 0), (48, 1), (0, 1)]),
        (RATIONAL, [(0, 0), (0, 0), (0, 0)]),
        (RATIONAL, [(378, 10)]),
        (DOUBLE, [float("nan"), 0.0, 0.0]),
        (DOUBLE, [float("inf"), 0.0, 0.0]),
        (DOUBLE, [1e300, 0.0, 0.0]),
        (ASCII, "37.8"),
    ],
)
def test_a_place_that_is_none_is_said(degrees: tuple[int, list[object]]) -> None:
    found = placed(latitude(degrees))

    assert found.lat is None
    assert "GPSLatitude" in str(found.reason)


@pytest.mark.parametrize(
    ("height", "reference", "expected"),
    [
        ((RATIONAL, [(25, 2)]), 0, 12.5),
        ((RATIONAL, [(25, 2)]), 1, -12.5),
        ((SIGNED, [(-25, 2)]), 1, -12.5),
        ((SIGNED, [(-25, 2)]), 0, -12.5),
        ((RATIONAL, [(1, 0)]), 0, None),
        ((DOUBLE, [4e9]), 0, None),
        ((DOUBLE, [float("inf")]), 0, None),
    ],
)
def test_heights(height: tuple[int, list[object]], reference: int, expected: float | None) -> None:
    found = placed({5: (BYTE, [reference]), 6: height})

    assert found.altitude == expected
    assert (found.reason is None) == (expected is not None)


@pytest.mark.parametrize("name", ["JPEG", "PNG", "TIFF", "WEBP", "HEIF", "AVIF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_orientation_is_the_stored_one_and_applied_once(name: str, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    image = Image.new("RGB", (64, 32))
    buffer = io.BytesIO()
    image.save(buffer, name, exif=exif.tobytes())
    facts = read_image(buffer.getvalue(), min_side=32).facts

    assert facts.metadata.orientation == orientation
    assert (facts.width, facts.height) == ((32, 64) if orientation > 4 else (64, 32))


def test_an_orientation_that_is_none_is_said() -> None:
    exif = Image.Exif()
    exif[0x0112] = 77
    found = metadata(exif)

    assert found.orientation == 1
    assert "Orientation '77'" in str(found.reason)


def test_a_text_of_megabytes_costs_nothing_and_is_cut() -> None:
    exif = Image.Exif()
    exif[0x0110] = "x" * 60_000

    assert metadata(exif).camera == "x" * 200
