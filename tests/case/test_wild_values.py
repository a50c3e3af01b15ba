"""No value that a file or the file system says ends an ingest, or what reads the case afterwards."""

import os
import random
import warnings
from pathlib import Path
from typing import Any

from PIL import Image, TiffImagePlugin

import workbench as wb

Rational = TiffImagePlugin.IFDRational
TEXTS = [
    "", " ", "0000:00:00 00:00:00", "0001:01:01 00:00:00", "9999:12:31 23:59:59", "2019:02:30 25:61:61",
    "\x00",
    "=1+1", "\u202eevil", "a" * 3_000, "1969-12-31", "10000:01:01 00:00:00", "<script>", "nan",
]  # fmt: skip
NUMBERS = [0, 1, -1, 9, 255, 65_535, 2**31 - 1, 2**32 - 1]
RATIOS = [(0, 0), (1, 0), (0, 1), (2**32 - 1, 1), (1, 2**32 - 1), (90, 1), (181, 1), (37, 1)]
TIMES = [-(2**33), -(2**31), -1, 0, 1, 2**31, 9_223_286_399, 9_300_000_000, 2**34]
"""Seconds: a file system may hold the years 1697, 1901, 1969, ..., 2262, 2264 and 2514."""
NAMES = [
    b"new\nline.png", b"caf\xe9.png", b"\xff\xfe.png", b"=cmd.png", b"-rf.png", "\u202egnp.png".encode(),
    b"a" * 240 + b".png", b"tab\t.png", b"<b>.png", "e\u0301.png".encode(), b" .png", b"'\".png",
]  # fmt: skip
SIZES = [(1, 1), (1, 2_000), (2_000, 1), (3, 999), (60_000, 1), (40, 30)]


def wild(rng: random.Random) -> Image.Exif:
    exif, ratio = Image.Exif(), [Rational(*pair) for pair in RATIOS]
    text, number = (lambda: rng.choice(TEXTS)), (lambda: rng.choice(NUMBERS))
    odd = rng.choice([number(), text()])
    main = {0x010F: text(), 0x0110: text(), 0x0131: text(), 0x0132: text(), 0x0112: odd}
    details = {0x9003: text(), 0x9004: text(), 0xA434: text(), 0xA002: number()}
    degrees = [tuple(rng.choices(ratio, k=rng.choice([1, 3, 3, 3]))) for _ in range(2)]
    place = {
        1: rng.choice("NSX"),
        2: degrees[0],
        3: rng.choice("EWX"),
        4: degrees[1],
        5: rng.choice([0, 1, 7]),
    }
    place[6] = rng.choice(ratio)
    for ifd, values in ((exif, main), (exif.get_ifd(0x8769), details), (exif.get_ifd(0x8825), place)):
        ifd.update({tag: value for tag, value in values.items() if rng.random() < 0.8})
    return exif


def save(path: bytes, rng: random.Random, number: int) -> None:
    name = ("JPEG", "PNG", "TIFF", "WEBP")[number % 4]
    picture = Image.new("RGB", (20 + number, 30), (number, 99, 200))
    options: dict[str, Any] = {}
    try:
        options["exif"] = wild(rng).tobytes()
    except Exception:
        options = {}
    with open(path, "wb") as file:  # noqa: PTH123 - the path is bytes
        picture.save(file, name, **options)


def test_wild_values_end_neither_an_ingest_nor_a_look_at_the_case(tmp_path: Path) -> None:
    rng, source = random.Random(5), tmp_path / "src"
    source.mkdir()
    for number in range(48):
        save(os.fsencode(source / f"{number:03d}.img"), rng, number)
    for name in NAMES:
        Image.new("RGB", (40, 30), (len(name), 7, 7)).save(tmp_path / "one.png")
        os.rename(os.fsencode(tmp_path / "one.png"), os.path.join(os.fsencode(source), name))  # noqa: PTH104, PTH118
    for width, height in SIZES:
        Image.new("RGB", (width, height), "teal").save(source / f"{width}x{height}.png")
    files = sorted(source.iterdir())
    for number, path in enumerate(files):
        os.utime(path, (TIMES[-1 - number % len(TIMES)], TIMES[number % len(TIMES)]))
    case = wb.open(source, case=tmp_path / "case", model="fake", faces="fake")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        report = case.ingest(faces=True, progress=False)

        assert report.problems < len(files)
        assert len({path for paths in case.images["paths"] for path in paths}) == report.found == len(files)
        assert case.ingest(progress=False).unchanged == len(files)
        assert len(case.verify(progress=False)) == 0
        assert case.images["taken_at"].dropna().between("0001-01-01", "9999-12-31 23:59:59").all()
        assert len(case.search("teal", k=None).frame) > 0
        case.images.to_csv(tmp_path / "all.csv", errors="backslashreplace")
        case.layout("pca")
    assert all(case.picture(row) for row in range(0, len(case.images), 5))
