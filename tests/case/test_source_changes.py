"""What lies in a source, and what happens to it between two looks, is accounted for file by file."""

import io
import os
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from filelock import FileLock, Timeout
from PIL import Image

import workbench as wb
from workbench.errors import QueryError, SourceError
from workbench.ingest import run
from workbench.ingest.plan import make_plan
from workbench.media.read import ReadError, read_bytes
from workbench.store.case_folder import CaseFolder
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
    starts = {"x.CR3", "x.RAF", "x.ORF", "x.RW2", "x.X3F", "x.jxl"}  # of photos whose rest is missing
    assert problems == {"broken.jpg", "x.mp4", "x.pdf", "nowhere.png", "x.svg"} | starts
    assert report.skipped == len(case.skipped) == case.info()["skipped"]
    assert f"{len(problems)} problems (case.problems), {report.skipped} skipped (case.skipped)" in repr(
        report
    )
    assert all(case.skipped["reason"])
    assert dict(zip(case.skipped["path"], case.skipped["kind"], strict=True))["out"] == "link"


def test_what_is_skipped_follows_the_source_and_is_written_only_when_it_changes(tmp_path: Path) -> None:
    case, source = opened(tmp_path), tmp_path / "src"
    assert list(case.skipped["path"]) == []
    (source / "a.rar").write_bytes(b"Rar!\x1a\x07\0")
    case.ingest(progress=False)
    before = case.folder.skipped.paths()
    assert list(case.skipped["path"]) == ["a.rar"]

    case.ingest(progress=False)
    assert case.folder.skipped.paths() == before

    (source / "a.rar").rename(source / "b.rar")
    case.ingest(progress=False)
    assert list(case.skipped["path"]) == ["b.rar"]
    (source / "b.rar").unlink()
    case.ingest(progress=False)
    assert list(case.skipped["path"]) == []
    assert len(case.folder.skipped.paths()) == 1


def test_a_damaged_list_of_what_is_skipped_is_written_again(tmp_path: Path) -> None:
    case = opened(tmp_path)
    (tmp_path / "src/a.rar").write_bytes(b"Rar!\x1a\x07\0")
    case.ingest(progress=False)
    case.folder.skipped.paths()[0].write_bytes(b"PAR1")
    case.refresh()
    with pytest.warns(RuntimeWarning, match="corrupt"):
        assert list(case.skipped["path"]) == []

    case.ingest(progress=False)
    assert list(case.skipped["path"]) == ["a.rar"]


@pytest.mark.parametrize(
    ("links", "taken"), [("inside", []), ("none", []), ("all", ["out.png", "out/secret.png"])]
)
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
    case.ingest(links="inside", progress=False)
    assert list(case.skipped["path"]) == ["out", "out.png"]
    assert paths(case) == sorted(PHOTOS)


def test_debris_of_systems_is_taken_only_where_asked(tmp_path: Path) -> None:
    case = opened(tmp_path, PHOTOS | {"@eaDir/red.png": "orange", "#recycle/old.png": "purple"})
    case.ingest(progress=False)
    assert paths(case) == sorted(PHOTOS)

    case.ingest(system=True, progress=False)
    assert paths(case) == sorted([*PHOTOS, "@eaDir/red.png", "#recycle/old.png"])
    report = case.ingest(system=False, progress=False)  # as a case of before, which took them all
    assert (report.gone, paths(case)) == (2, sorted(PHOTOS))


@pytest.mark.parametrize(("option", "value"), [("links", "outside"), ("gone", "ask"), ("gone", True)])
def test_an_unknown_way_of_reading_is_refused(tmp_path: Path, option: str, value: Any) -> None:
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
    Image.effect_noise((64, 64), 90).save(source / "cut.jpg")
    whole = (source / "cut.jpg").read_bytes()
    (source / "cut.jpg").write_bytes(whole[: len(whole) * 9 // 10])
    case.ingest(progress=False)
    said = case.problems[["path", "step", "reason"]].to_numpy().tolist()
    assert [row[:2] for row in said] == [["cut.jpg", "decode"]]
    assert said[0][2].startswith("truncated: the file ends too early")

    case.ingest(faces=True, progress=False)
    case.ingest(rehash=True, progress=False)
    assert case.problems[["path", "step", "reason"]].to_numpy().tolist() == said


def change_secretly(path: Path) -> None:
    """Write another picture of the same size in bytes under the same name and time."""
    info, buffer = path.stat(), io.BytesIO()
    Image.new("RGB", (8, 8), "purple").save(buffer, "PNG")
    path.write_bytes(buffer.getvalue().ljust(info.st_size, b"\0"))
    os.utime(path, ns=(info.st_atime_ns, info.st_mtime_ns))


def states(frame: pd.DataFrame) -> dict[str, str]:
    return dict(zip(frame["path"], frame["state"], strict=True))


def test_verify_finds_what_changed_is_missing_and_is_new(tmp_path: Path) -> None:
    case, source = opened(tmp_path, MANY | PHOTOS), tmp_path / "src"
    (source / "broken.jpg").write_bytes(b"no picture")
    case.ingest(progress=False)
    untouched = case.verify(progress=False)
    assert (len(untouched), untouched.attrs["checked"]) == (0, 28)

    change_secretly(source / "red.png")
    (source / "broken.jpg").write_bytes(b"another")
    (source / "sub/blue.png").unlink()
    write_photos(source, {"new.png": "orange"})
    (source / "sub/deep/green.png").unlink()
    os.mkfifo(source / "sub/deep/green.png")
    found = case.verify(progress=False)

    assert states(found) == {
        "broken.jpg": "changed",
        "new.png": "new",
        "red.png": "changed",
        "sub/blue.png": "missing",
        "sub/deep/green.png": "unreadable",
    }
    assert "the same size and time" in found.set_index("path").loc["red.png", "reason"]
    assert (
        found.set_index("path").loc["red.png", "found"]
        == sha256((source / "red.png").read_bytes()).hexdigest()
    )
    assert len(case.images) == len(MANY) + len(PHOTOS)


def test_rehash_takes_over_what_size_and_time_do_not_tell(tmp_path: Path) -> None:
    case = opened(tmp_path)
    case.ingest(progress=False)
    change_secretly(tmp_path / "src/red.png")
    assert case.ingest(retry=True, progress=False).new == 0

    report = case.ingest(rehash=True, progress=False)
    digest = sha256((tmp_path / "src/red.png").read_bytes()).hexdigest()
    assert (report.new, report.renamed) == (1, 0)
    assert case.images["image_id"][case.row("red.png")] == digest
    assert len(case.verify(progress=False)) == 0


def test_verify_reads_no_faster_than_it_may(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    case, clock = opened(tmp_path), [0.0]
    case.ingest(progress=False)
    total = sum((tmp_path / "src" / path).stat().st_size for path in PHOTOS)
    monkeypatch.setattr("workbench.ingest.verification.time.monotonic", lambda: clock[0])
    monkeypatch.setattr(
        "workbench.ingest.verification.time.sleep", lambda s: clock.__setitem__(0, clock[0] + s)
    )
    case.verify(0.001, progress=False)

    assert clock[0] == pytest.approx(total / 1000)
    with pytest.raises(QueryError, match="rate limit"):
        case.verify(0)


def test_a_file_that_changes_after_the_scan_is_noted_as_it_was_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, path = opened(tmp_path), tmp_path / "src/red.png"

    def changed(*given: Any, **options: Any) -> Any:
        made = make_plan(*given, **options)
        write_photos(tmp_path / "src", {"red.png": "purple"}, (90, 60))
        os.utime(path, ns=(5 * 10**18, 10**18))
        return made

    monkeypatch.setattr(run, "make_plan", changed)
    case.ingest(progress=False)
    monkeypatch.undo()
    row = case.images.iloc[case.row("red.png")]
    assert (row["width"], row["size"], row["mtime"].value) == (90, path.stat().st_size, 10**18)
    assert case.ingest(progress=False).unchanged == len(PHOTOS)


@pytest.mark.parametrize("times", [1, 9])
def test_a_file_that_is_being_written_is_read_again_or_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    path, left, listed = tmp_path / "a", [times], os.fstat
    path.write_bytes(b"start")

    def written(descriptor: int) -> os.stat_result:
        if left[0]:
            left[0] -= 1
            path.write_bytes(path.read_bytes() + b".")
        return listed(descriptor)

    monkeypatch.setattr("workbench.media.read.os.fstat", written)
    if times > 1:
        with pytest.raises(ReadError, match="changes while it is read"):
            read_bytes(os.fsencode(path))
    else:
        assert read_bytes(os.fsencode(path)) == b"start."


def test_a_copy_shows_the_photo_whose_first_path_is_gone_or_holds_another(tmp_path: Path) -> None:
    source = tmp_path / "src"
    write_photos(source, {"a.png": "red"}, (900, 600))
    (source / "z.png").write_bytes((source / "a.png").read_bytes())
    (source / "m.png").write_bytes((source / "a.png").read_bytes())
    case = opened(tmp_path, {"b.png": "blue"})
    case.ingest(progress=False)
    row = case.row("a.png")
    for path in (source / "a.png", source / "m.png"):
        assert Image.open(io.BytesIO(case.picture(row))).size == (900, 600)
        path.unlink()
    assert Image.open(io.BytesIO(case.picture(row))).size == (900, 600)

    write_photos(
        source, {"a.png": "green", "z.png": "green"}, (900, 600)
    )  # another picture, not yet ingested
    shown = Image.open(io.BytesIO(case.picture(row)))
    assert shown.size[0] == 256
    assert np.asarray(shown.convert("RGB"))[80, 120].argmax() == 0


def test_a_named_pipe_is_no_query(tmp_path: Path) -> None:
    case = opened(tmp_path)
    case.ingest(faces=True, progress=False)
    for name in ("pipe", "pipe.png"):
        os.mkfifo(tmp_path / name)
        with pytest.raises(QueryError, match="a pipe, socket or device"):
            case.search(tmp_path / name)
        with pytest.raises(QueryError, match="a pipe, socket or device"):
            case.find_people(tmp_path / name)


@pytest.mark.skipif(not hasattr(os, "O_NOATIME"), reason="only Linux can leave the time of access alone")
def test_looking_at_a_photo_leaves_its_time_of_access_alone(tmp_path: Path) -> None:
    case, path = opened(tmp_path), tmp_path / "src/red.png"
    os.utime(path, (1_000_000_000, 1_000_000_100))  # accessed before it was changed: relatime would note it
    case.ingest(faces=True, progress=False)
    case.picture("red.png")
    case.search(path)
    case.find_people(path)
    case.verify(progress=False)

    assert path.stat().st_atime == 1_000_000_000


def test_damaged_parts_are_judged_by_one_process_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, held = opened(tmp_path), []
    prepare = CaseFolder.prepare

    def watched(folder: CaseFolder) -> None:
        lock = FileLock(folder.root / ".mend.lock")
        with pytest.raises(Timeout):
            lock.acquire(timeout=0)
        held.append(folder)
        prepare(folder)

    monkeypatch.setattr(CaseFolder, "prepare", watched)
    case.ingest(progress=False)
    assert len(held) == 2


def test_what_is_not_whole_is_noted_with_the_photo(tmp_path: Path) -> None:
    case, buffer = opened(tmp_path), io.BytesIO()
    Image.effect_mandelbrot((300, 200), (-2, -1, 1, 1), 50).convert("RGB").save(buffer, "JPEG")
    (tmp_path / "src/short.jpg").write_bytes(buffer.getvalue()[:-2])
    case.ingest(progress=False)

    assert "short.jpg" in paths(case)
    (problem,) = case.problems.to_dict("records")
    assert (problem["path"], problem["step"]) == ("short.jpg", "decode")
    assert "truncated" in problem["reason"]


def test_a_case_says_that_its_source_shows_nothing(tmp_path: Path) -> None:
    case = opened(tmp_path, {"red.png": "red"})
    case.ingest(progress=False)
    assert repr(case).endswith("src>")
    (tmp_path / "src/red.png").unlink()
    assert repr(case).endswith("src, which is empty: is its disk mounted?>")
    (tmp_path / "src").rmdir()
    assert repr(case).endswith("src, which is not there>")
