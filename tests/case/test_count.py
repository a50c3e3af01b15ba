"""All paths found are files read, archives, problems or files left alone, and the numbers add up."""

import os
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import workbench as wb
from tests.helpers.archives import MAKE, photo, seven_zipped, zipped
from tests.helpers.odd_files import LONG, SHORT, tiff
from workbench.errors import QueryError
from workbench.ingest import IngestReport
from workbench.testing import write_photos

ODD = {
    "x.CR3": b"\0\0\0\x18ftypcrx \0\0\0\0",
    "x.RAF": b"FUJIFILMCCD-RAW 0201",
    "x.jxl": b"\xff\x0a\0\0",
    "x.pdf": b"%PDF-1.7",
    "x.mp4": b"\0\0\0\x18ftypmp42",
    "notes.txt": b"no picture",
    "song.mp3": b"ID3\3",
    "empty": b"",
    "empty.jpg": b"",
    "broken.jpg": b"no picture",
    "bomb.jpg": b"\xff\xd8\xff\xe0" + bytes(300),
    "odd.tif": tiff({256: (LONG, [70000]), 257: (LONG, [70000]), 258: (SHORT, [8])}),
    "empty.zip": b"",
    "none.zip": b"no archive",
    "a.rar": b"Rar!\x1a\x07\0",
    "disk.iso": bytes(40),
    "secret.7z": b"7z\xbc\xaf\x27\x1c" + bytes(40),
    "old.docx": b"\xd0\xcf\x11\xe0" + bytes(40),
    "Thumbs.db": b"x",
    "._red.png": b"x",
}
PICTURES = {
    "x.svg": b"<svg/>", "x.eps": b"%!PS-Adobe-3.0", "x.ai": b"%!PS-Adobe-3.0", "x.cdr": b"RIFF0000CDR9",
    "x.xcf": b"gimp xcf v011", "no suffix": b"gimp xcf v011", "x.dcm": bytes(128) + b"DICM",
    "x.exr": b"\x76\x2f\x31\x01",
    "x.hdr": b"#?RADIANCE\n", "x.djvu": b"AT&TFORM", "x.emf": b"\1\0\0\0", "x.fits": b"SIMPLE  = ",
    "x.svgz": b"\x1f\x8b\x08",
}  # fmt: skip
"""Files that look like pictures, and that are not read."""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Make a folder with one of everything."""
    folder = tmp_path / "src"
    write_photos(
        folder, {"red.png": "red", "sub/blue.png": "blue", "copy.png": "red", "@eaDir/red.png": "red"}
    )
    write_photos(
        folder, {".Trash-1000/files/y.png": "red", "private/z.png": "green", "empty folder/a.png": "red"}
    )
    (folder / "empty folder/a.png").unlink()
    for name, data in (ODD | PICTURES).items():
        (folder / name).write_bytes(data)
    pages = [Image.new("RGB", (40, 30), colour) for colour in ("red", "blue")]
    pages[0].save(folder / "pages.tif", save_all=True, append_images=pages[1:])
    write_photos(tmp_path / "outside", {"secret.png": "blue"})
    (folder / "out").symlink_to(tmp_path / "outside")
    (folder / "alias").symlink_to("sub")
    (folder / "same.png").symlink_to("red.png")
    (folder / "nowhere.png").symlink_to("missing.png")
    (folder / "loop.png").symlink_to("loop.png")
    os.mkfifo(folder / "pipe")
    os.mkfifo(folder / "pipe.jpg")
    os.mkdir(os.fsencode(folder) + b"/caf\xe9")  # noqa: PTH102
    (folder / os.fsdecode(b"caf\xe9") / os.fsdecode(b"\xff.png")).write_bytes(photo("blue"))
    files = {
        "a/green.png": photo("green"),
        "../up.png": photo("red"),
        "t.txt": b"text",
        "bad.png": b"no picture",
    }
    files |= {"inner.zip": zipped({"x.png": photo("orange"), "y.zip": zipped({"z.png": photo("red")})})}
    for name in ("a.zip", "a.tar.gz", "a.7z"):
        (folder / name).write_bytes(
            MAKE[name](files if name != "a.7z" else {k: v for k, v in files.items() if ".." not in k})
        )
    (folder / "locked.7z").write_bytes(seven_zipped({"red.png": photo("red")}, "secret"))
    (folder / "cut.zip").write_bytes(zipped({f"{n}.png": photo((n, 90, 40)) for n in range(20)})[:1500])
    return folder


def walked(source: Path) -> list[bytes]:
    """Return all paths on disk, as `os.walk` finds them: files, and links to folders."""
    root, found = os.fsencode(source), []
    for folder, folders, files in os.walk(root):
        links = [name for name in folders if os.path.islink(os.path.join(folder, name))]  # noqa: PTH114, PTH118
        found += [os.path.relpath(os.path.join(folder, name), root) for name in (*files, *links)]  # noqa: PTH118
    return sorted(found)


def accounted(case: wb.Case) -> list[str]:
    """Return each path that the case says anything about, once for each place where it does."""
    read = {path for some in case.images["paths"] for path in some}
    return sorted([*read, *(set(case.problems["path"]) - read), *case.skipped["path"]])


def check(case: wb.Case, report: IngestReport, source: Path) -> None:
    count = case.count
    assert count == report.count
    assert count.found == count.read + count.archives + count.problems + count.skipped
    assert count.waiting == 0
    info = case.info()
    assert info["found"] == info["read"] + info["archives"] + info["failed"] + info["left_alone"]
    assert info["left_alone"] == sum(n for name, n in info.items() if name.startswith("left_alone_"))
    on_disk = [path.decode("utf-8", "backslashreplace") for path in walked(source)]
    said = accounted(case)
    assert len(set(said)) == len(said) == count.found - count.archives
    opened = [path for path in on_disk if path not in set(said)]
    inside = [path for path in said if "!/" in path]
    assert sorted([*said, *opened]) == sorted([*on_disk, *inside])
    nested = {path.rpartition("!/")[0] for path in inside} - set(said)
    assert len(nested | set(opened)) == count.archives


def test_the_count_adds_up_over_one_of_everything(source: Path) -> None:
    case = wb.open(source, case=source.parent / "case", model="fake")
    report = case.ingest(progress=False)

    check(case, report, source)
    assert report.count.archives == 3 + 3 + 1  # three, one in each, and the one that is locked
    assert {"link", "special", "system", "archive", "other", "sound"} <= set(report.count.left_alone)
    problems = set(case.problems["path"])
    assert set(PICTURES) <= problems
    assert {
        "empty.jpg",
        "empty.zip",
        "none.zip",
        "secret.7z",
        "old.docx",
        "cut.zip",
        "locked.7z!/red.png",
    } <= problems
    assert all([*case.problems["reason"], *case.skipped["reason"]])
    assert str(report.count) in repr(report)
    again = case.ingest(progress=False)
    check(case, again, source)
    assert again.count == report.count


@pytest.mark.parametrize(
    "reading",
    [
        {"system": True},
        {"archives": False},
        {"links": "none"},
        {"exclude": ["private", "*.zip", "sub/*"]},
        {"retry": True, "rehash": True},
    ],
)
def test_the_count_adds_up_however_the_source_is_read(source: Path, reading: Any) -> None:
    case = wb.open(source, case=source.parent / "case", model="fake")
    report = case.ingest(progress=False, **reading)
    check(case, report, source)


def test_the_progress_line_adds_up(source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case = wb.open(source, case=source.parent / "case", model="fake")
    for _ in range(2):
        report = case.ingest()
        assert str(report.count) in capsys.readouterr().err


def test_a_case_of_before_the_count_has_one(source: Path) -> None:
    case = wb.open(source, case=source.parent / "case", model="fake")
    case.ingest(archives=False, progress=False)
    before = case.count
    (source.parent / "case/scan.json").unlink()
    assert case.count == before
    (source.parent / "case/scan.json").write_text("{")
    assert case.count == before


def test_paths_that_are_gone_and_kept_are_counted(tmp_path: Path) -> None:
    numbered: dict[str, Any] = {f"{n}.png": (n, 90, 40) for n in range(8)}
    write_photos(tmp_path / "src", numbered)
    case = wb.open(tmp_path / "src", case=tmp_path / "case", model="fake")
    case.ingest(progress=False)
    for number in range(6):
        (tmp_path / f"src/{number}.png").unlink()
    report = case.ingest(gone="keep", progress=False)

    assert (report.count.found, report.count.read, report.count.waiting) == (8, 8, 0)


# -- patterns ------------------------------------------------------------------------------------------------

TREE: dict[str, Any] = {"a.png": (1, 90, 40), "private/b.png": (2, 90, 40), "x/private/c.png": (3, 90, 40),
        "x/y/raw/d.png": (4, 90, 40),
        "x/e.bak.png": (5, 90, 40), "Größe/f.png": (6, 90, 40)}  # fmt: skip


@pytest.mark.parametrize(
    ("patterns", "left"),
    [
        (["private"], {"private/b.png", "x/private/c.png"}),
        (["PRIVATE/"], {"private/b.png", "x/private/c.png"}),
        (["/private"], {"private/b.png"}),
        (["./private/*"], {"private/b.png", "x/private/c.png"} - {"x/private/c.png"}),
        (["x/private"], {"x/private/c.png"}),
        (["x\\private"], {"x/private/c.png"}),
        (["x/**/raw"], {"x/y/raw/d.png"}),
        (["**/raw"], {"x/y/raw/d.png"}),
        (["x/**"], {"x/private/c.png", "x/y/raw/d.png", "x/e.bak.png"}),
        (["*.bak.*"], {"x/e.bak.png"}),
        (["gro\u0308ße"], {"Größe/f.png"}),
        (["x/*/d.png"], set()),
        (["[ab].png"], {"a.png", "private/b.png"}),
        (["?.png", "x"], set(TREE)),
        (["(", "[", "nothing"], set()),
    ],
)
def test_patterns_leave_out_names_and_paths(tmp_path: Path, patterns: list[str], left: set[str]) -> None:
    write_photos(tmp_path / "src", TREE)
    case = wb.open(tmp_path / "src", case=tmp_path / "case", model="fake")
    report = case.ingest(exclude=patterns, progress=False)

    assert set(case.skipped["path"]) == left
    assert set(case.skipped["kind"]) <= {"excluded"}
    assert all(reason.startswith("excluded by '") for reason in case.skipped["reason"])
    assert report.count.left_alone.get("excluded", 0) == len(left)


def test_patterns_are_remembered_logged_and_cleared(tmp_path: Path) -> None:
    write_photos(tmp_path / "src", TREE)
    case = wb.open(tmp_path / "src", case=tmp_path / "case", model="fake")
    case.ingest(exclude=["private"], links="none", progress=False)
    wb.open(case=tmp_path / "case").ingest(progress=False)
    assert (case.info()["exclude"], case.info()["links"], len(case.skipped)) == (["private"], "none", 2)
    log = tmp_path / "case/work/reading.jsonl"
    assert len(log.read_text().splitlines()) == 1

    report = case.ingest(exclude=[], progress=False)
    assert (report.skipped, report.embedded, len(case.images)) == (0, 2, 6)
    assert case.info()["links"] == "none"
    assert len(log.read_text().splitlines()) == 2


def test_what_is_excluded_keeps_vectors_tags_and_asks_nothing(tmp_path: Path) -> None:
    write_photos(tmp_path / "src", TREE)
    case = wb.open(tmp_path / "src", case=tmp_path / "case", model="fake")
    case.ingest(progress=False)
    case.tag("private/b.png", "keep")
    case.ingest(exclude=["private", "x", "Gr*"], progress=False)
    assert [path for some in case.images["paths"] for path in some] == ["a.png"]
    assert len(case.tags) == 1

    report = case.ingest(exclude=[], progress=False)
    assert (report.embedded, len(case.images)) == (0, 6)
    assert list(case.search("red", tag=["keep"], k=5).frame["path"]) == ["private/b.png"]


@pytest.mark.parametrize("value", ["private", [1], 5, ["/"], ["./"], {"a": 1}])
def test_patterns_that_mean_nothing_are_refused(tmp_path: Path, value: Any) -> None:
    write_photos(tmp_path / "src", TREE)
    with pytest.raises(QueryError, match=r"exclude|pattern"):
        wb.open(tmp_path / "src", case=tmp_path / "case", model="fake").ingest(exclude=value, progress=False)


def test_names_that_systems_leave_are_left_out_of_the_box(tmp_path: Path) -> None:
    names = ["@eaDir", ".Trash-1000", "#recycle", ".stversions", "@Recycle"]
    write_photos(
        tmp_path / "src", {f"{name}/a.png": "red" for name in names} | {"._b.png": "red", "c.png": "red"}
    )
    case = wb.open(tmp_path / "src", case=tmp_path / "case", model="fake")
    assert case.ingest(progress=False).count.left_alone == {"system": 6}
    assert case.ingest(system=True, progress=False).count.left_alone == {}
    assert case.ingest(progress=False).count.read == 7
