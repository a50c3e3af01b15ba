"""The demo album is complete, credited, small, and every file in it opens."""

import csv
import hashlib
from collections import Counter
from pathlib import Path

import pytest
from PIL import Image

DATA = Path(__file__).parents[2] / "data"
CREDITS = list(csv.DictReader((DATA / "CREDITS.csv").read_text(encoding="utf-8").splitlines()))
PHOTOS = sorted(path for path in (DATA / "photos").rglob("*") if path.is_file())
VIDEOS = sorted(path for path in (DATA / "videos").rglob("*") if path.is_file())
MEGABYTE = 1_000_000
STATED_LICENCES = {
    "CC-BY-2.0",
    "CC-BY-4.0",
    "CC-BY-SA-4.0",
    "CC0",
    "CC0-1.0",
    "MIT (package)",
    "MIT (project)",
    "PDDL-1.0 AND CC0-1.0",
    "public domain",
    "public domain (examples)",
}


def test_every_file_is_credited_once_and_every_credit_has_its_file():
    on_disk = [path.relative_to(DATA).as_posix() for path in PHOTOS + VIDEOS]
    assert sorted(row["file"] for row in CREDITS) == sorted(on_disk)


def test_every_credit_names_its_package_registry_and_a_licence_we_accept():
    for row in CREDITS:
        assert row["package"], row["file"]
        assert row["registry"] in {"Debian", "GitHub", "PyPI", "npm"}, row["file"]
        assert row["licence"] in STATED_LICENCES, row["file"]


def test_pictures_whose_licence_asks_for_it_name_their_author():
    assert not [row["file"] for row in CREDITS if row["licence"].startswith("CC-BY") and not row["author"]]


def test_the_bytes_are_those_that_were_credited():
    for row in CREDITS:
        assert hashlib.sha256((DATA / row["file"]).read_bytes()).hexdigest() == row["sha256"], row["file"]


def test_no_picture_is_there_twice():
    assert max(Counter(row["sha256"] for row in CREDITS).values()) == 1


def test_the_album_is_small_enough_to_clone():
    assert sum(path.stat().st_size for path in PHOTOS + VIDEOS) <= 25 * MEGABYTE
    assert all(path.stat().st_size < 9 * MEGABYTE for path in VIDEOS)


@pytest.mark.parametrize("path", PHOTOS, ids=lambda path: path.stem)
def test_each_photo_opens_and_is_at_most_1024_pixels_long(path: Path):
    with Image.open(path) as image:
        image.load()
        assert max(image.size) <= 1024


def test_the_video_is_an_mp4_file():
    assert [path.read_bytes()[4:8] for path in VIDEOS] == [b"ftyp"]


def test_five_people_have_ten_pictures_each():
    people = Counter(path.parent.name for path in PHOTOS if path.parent.parent.name == "faces")
    assert list(people.values()) == [10] * 5


def test_some_photos_keep_their_camera_data():
    cameras = []
    for path in PHOTOS:
        if path.suffix == ".jpg":
            with Image.open(path) as image:
                cameras.append(image.getexif().get(0x0110))
    assert len([camera for camera in cameras if camera]) >= 4
