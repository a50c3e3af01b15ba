"""What lies in a source, and what happens to it between two looks, is accounted for file by file."""

import os
from pathlib import Path
from typing import Any

import pytest

import workbench as wb
from workbench.testing import write_photos

ODD = {
    "x.CR3": b"\0\0\0\x18ftypcrx \0\0\0\0",
    "x.RAF": b"FUJIFILMCCD-RAW 0201",
    "x.ORF": b"IIRO\x08\0\0\0",
    "x.RW2": b"IIU\0\x08\0\0\0",
    "x.X3F": b"FOVb\0\0\0\0",
    "x.jxl": b"\xff\x0a\0\0",
    "x.pdf": b"%PDF-1.7",
    "x.svg": b"<svg/>",
    "notes.txt": b"no picture",
    "empty": b"",
    "broken.jpg": b"no picture",
    "x.mp4": b"\0\0\0\x18ftypmp42",
}
PHOTOS = {"red.png": "red", "sub/blue.png": "blue", "sub/deep/green.png": "green"}


def opened(tmp_path: Path, photos: dict[str, Any] | None = None) -> wb.Case:
    """Make a case of a folder of plain photos."""
    write_photos(tmp_path / "src", photos or PHOTOS)
    return wb.open(tmp_path / "src", case=tmp_path / "case", model="fake")


def paths(case: wb.Case) -> list[str]:
    return sorted(path for found in case.images["paths"] for path in found)


def test_every_file_found_is_an_image_a_problem_or_skipped(tmp_path: Path) -> None:
    case, source = opened(tmp_path), tmp_path / "src"
    for name, start in ODD.items():
        (source / name).write_bytes(start)
    write_photos(source, {"@eaDir/red.png": "red", "._x.png": "red", ".Trash-1000/files/y.png": "red"})
    write_photos(tmp_path / "private", {"secret.png": "blue"})
    (source / "out").symlink_to(tmp_path / "private")
    (source / "copy.png").symlink_to("red.png")
    (source / "nowhere.png").symlink_to("missing.png")
    os.mkfifo(source / "pipe")
    there = sorted(str(path.relative_to(source)) for path in source.rglob("*") if not path.is_dir())
    there += ["out"]
    report = case.ingest(progress=False)

    problems, skipped = set(case.problems["path"]), set(case.skipped["path"])
    assert sorted([*paths(case), *problems, *skipped]) == sorted(there)
    assert problems == {"broken.jpg", "x.mp4", "nowhere.png"}
    assert report.skipped == len(case.skipped) == case.info()["skipped"]
    assert all(case.skipped["reason"])
    assert dict(zip(case.skipped["path"], case.skipped["kind"], strict=True))["out"] == "link"


def test_what_is_skipped_follows_the_source_and_is_written_only_when_it_changes(tmp_path: Path) -> None:
    case, source = opened(tmp_path), tmp_path / "src"
    assert list(case.skipped["path"]) == []
    (source / "a.pdf").write_bytes(b"%PDF-1.7")
    case.ingest(progress=False)
    before = case.folder.skipped.paths()
    assert list(case.skipped["path"]) == ["a.pdf"]

    case.ingest(progress=False)
    assert case.folder.skipped.paths() == before

    (source / "a.pdf").rename(source / "b.pdf")
    case.ingest(progress=False)
    assert list(case.skipped["path"]) == ["b.pdf"]
    (source / "b.pdf").unlink()
    case.ingest(progress=False)
    assert list(case.skipped["path"]) == []
    assert len(case.folder.skipped.paths()) == 1


def test_a_damaged_list_of_what_is_skipped_is_written_again(tmp_path: Path) -> None:
    case = opened(tmp_path)
    (tmp_path / "src/a.pdf").write_bytes(b"%PDF-1.7")
    case.ingest(progress=False)
    case.folder.skipped.paths()[0].write_bytes(b"PAR1")
    case.refresh()
    with pytest.warns(RuntimeWarning, match="corrupt"):
        assert list(case.skipped["path"]) == []

    case.ingest(progress=False)
    assert list(case.skipped["path"]) == ["a.pdf"]
