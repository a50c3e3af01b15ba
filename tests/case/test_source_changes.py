"""What lies in a source, and what happens to it between two looks, is accounted for file by file."""

import os
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import workbench as wb
from workbench.errors import QueryError, SourceError
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
    return wb.open(tmp_path / "src", case=tmp_path / "case", model="fake", faces="fake")


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


@pytest.mark.parametrize(("links", "taken"), [("inside", []), ("none", []), ("all", ["out.png", "out/secret.png"])])
def test_links_out_of_the_source_are_followed_only_where_asked(
    tmp_path: Path, links: Any, taken: list[str]
) -> None:
    case, source = opened(tmp_path), tmp_path / "src"
    write_photos(tmp_path / "private", {"secret.png": "orange"})
    (source / "out").symlink_to(tmp_path / "private")
    (source / "out.png").symlink_to("../private/secret.png")
    case.ingest(links=links, progress=False)

    assert [path for path in paths(case) if path.startswith("out")] == taken
    assert list(case.skipped["path"]) == ([] if taken else ["out", "out.png"])
    case.ingest(progress=False)
    assert list(case.skipped["path"]) == ["out", "out.png"]
    assert paths(case) == sorted(PHOTOS)


def test_debris_of_systems_is_taken_only_where_asked(tmp_path: Path) -> None:
    case = opened(tmp_path, PHOTOS | {"@eaDir/red.png": "orange", "#recycle/old.png": "purple"})
    case.ingest(progress=False)
    assert paths(case) == sorted(PHOTOS)

    case.ingest(system=True, progress=False)
    assert paths(case) == sorted([*PHOTOS, "@eaDir/red.png", "#recycle/old.png"])
    report = case.ingest(progress=False)  # as a case of before, which took them all
    assert (report.gone, paths(case)) == (2, sorted(PHOTOS))


@pytest.mark.parametrize(("option", "value"), [("links", "outside"), ("gone", "ask"), ("gone", True)])
def test_an_unknown_way_of_reading_is_refused(tmp_path: Path, option: str, value: object) -> None:
    with pytest.raises(QueryError, match=f"{option}={value!r}"):
        opened(tmp_path).ingest(progress=False, **{option: value})


MANY = {f"a/{number:02d}.png": (number, 90, 40) for number in range(24)}


def empty(folder: Path, keep: int = 0) -> None:
    for path in sorted(path for path in folder.rglob("*") if path.is_file())[keep:]:
        path.unlink()


@pytest.mark.parametrize(("photos", "keep"), [(PHOTOS, 0), ({"red.png": "red"}, 0), (MANY, 11)])
def test_a_source_without_most_of_what_was_known_asks_first(
    tmp_path: Path, photos: dict[str, Any], keep: int
) -> None:
    case = opened(tmp_path, photos)
    case.ingest(progress=False)
    empty(tmp_path / "src", keep)
    (tmp_path / "src/lost+found").mkdir()
    (tmp_path / "src/.DS_Store").write_bytes(b"")

    with pytest.raises(SourceError, match=r"known photos are no longer in .* mounted\?"):
        case.ingest(progress=False)
    assert paths(case) == sorted(photos)
    kept = case.ingest(gone="keep", progress=False)
    assert (kept.gone, paths(case)) == (len(photos) - keep, sorted(photos))
    case.ingest(gone="mark", progress=False)
    assert paths(case) == sorted(photos)[:keep]
    assert case.ingest(progress=False).gone == 0


def test_a_disk_below_the_source_that_is_not_mounted_asks_first(tmp_path: Path) -> None:
    case = opened(tmp_path, MANY | {f"b/{number:02d}.png": (number, 20, 140) for number in range(40)})
    case.ingest(progress=False)
    empty(tmp_path / "src/a")

    with pytest.raises(SourceError, match="src/a is empty"):
        case.ingest(progress=False)
    (tmp_path / "src/a").rmdir()  # deleted with its photos: that is no disk
    assert case.ingest(progress=False).gone == len(MANY)


def test_what_was_only_renamed_or_deleted_in_part_asks_nothing(tmp_path: Path) -> None:
    case = opened(tmp_path, MANY)
    case.ingest(progress=False)
    (tmp_path / "src/a").rename(tmp_path / "src/b")
    report = case.ingest(progress=False)
    assert (report.renamed, report.gone, report.embedded) == (24, 24, 0)

    empty(tmp_path / "src", 12)
    assert case.ingest(progress=False).gone == 12


def test_what_is_wrong_with_a_file_is_said_as_long_as_it_is_there(tmp_path: Path) -> None:
    """The second ingest looks for more in a file whose pixels are odd; nothing is wrong with that."""
    case, source = opened(tmp_path), tmp_path / "src"
    two = [Image.new("RGB", (40, 30), colour) for colour in ("red", "blue")]
    two[0].save(source / "pages.tif", save_all=True, append_images=two[1:])
    case.ingest(progress=False)
    said = case.problems[["path", "step", "reason"]].to_numpy().tolist()
    assert said == [["pages.tif", "decode", "2 pages; page 1 is used"]]

    case.ingest(faces=True, progress=False)
    case.ingest(rehash=True, progress=False)
    assert case.problems[["path", "step", "reason"]].to_numpy().tolist() == said
