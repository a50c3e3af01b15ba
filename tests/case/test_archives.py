"""Photos in archives are photos of the case: found, shown, verified, exported and followed."""

import gzip
import io
import os
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import workbench as wb
from tests.helpers.archives import COLOURS, MAKE, photo, tarred, zipped
from workbench.cli import main
from workbench.errors import QueryError
from workbench.ingest import run
from workbench.ingest.plan import make_plan
from workbench.ingest.writer import Writer
from workbench.media.archives import listing
from workbench.store.case_folder import CaseFolder
from workbench.testing import write_faces, write_photos

PHOTOS = {f"a/{name}.png": photo(name, (900, 600)) for name in COLOURS}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "src"
    write_photos(folder, {"loose.png": "purple"})
    return folder


def opened(source: Path) -> wb.Case:
    return wb.open(source, case=source.parent / "case", model="fake", faces="fake")


def ingested(source: Path, **reading: Any) -> wb.Case:
    case = opened(source)
    case.ingest(progress=False, **reading)
    return case


def paths(case: wb.Case) -> list[str]:
    return sorted(path for some in case.images["paths"] for path in some)


def middle(jpeg: bytes) -> tuple[int, ...]:
    pixels = np.asarray(Image.open(io.BytesIO(jpeg)).convert("RGB"))
    return tuple(int(part) for part in pixels[len(pixels) // 2, len(pixels[0]) // 2])


def problems(case: wb.Case) -> dict[str, str]:
    return dict(zip(case.problems["path"], case.problems["reason"], strict=True))


@pytest.mark.parametrize("name", ["a.zip", "a.tar.gz", "a.7z"])
def test_photos_in_an_archive_are_photos_of_the_case(source: Path, name: str) -> None:
    (source / name).write_bytes(MAKE[name](PHOTOS))
    case = ingested(source)

    assert paths(case) == sorted([*(f"{name}!/{member}" for member in PHOTOS), "loose.png"])
    assert case.search("blue", k=1).frame["path"][0] == f"{name}!/a/blue.png"
    for colour, pixels in COLOURS.items():
        row = case.row(f"{name}!/a/{colour}.png")
        assert case.lookup.named(f"{colour}.png") == row
        large = case.picture(row)
        assert Image.open(io.BytesIO(large)).size == (900, 600)
        assert np.abs(np.subtract(middle(large), pixels)).max() < 6
    assert len(case.verify(progress=False)) == 0
    case.tag(f"{name}!/a/red.png", "keep")
    assert case.search("blue", tag=["keep"], k=1).frame["path"][0] == f"{name}!/a/red.png"


def test_an_unchanged_archive_is_not_listed_again(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a.zip", "a.tar.gz"):
        (source / name).write_bytes(MAKE[name](PHOTOS))
    case = ingested(source)
    monkeypatch.setattr(listing, "list_archive", lambda *given: pytest.fail("listed again"))
    report = opened(source).ingest(progress=False)

    assert (report.unchanged, report.new, report.gone) == (9, 0, 0)
    assert len(case.verify(progress=False)) == 0


def test_a_damaged_list_of_an_archive_is_made_anew(source: Path) -> None:
    (source / "a.zip").write_bytes(zipped(PHOTOS))
    case = ingested(source)
    case.folder.archives.paths()[0].write_bytes(b"PAR1")
    with pytest.warns(RuntimeWarning, match="corrupt"):
        report = case.ingest(progress=False)

    assert (report.unchanged, report.gone) == (5, 0)
    assert case.ingest(progress=False).count.archives == 1


def test_an_archive_that_is_replaced_is_read_anew(source: Path) -> None:
    """The photos have the same names, sizes and times: only their bytes differ."""
    before, after = photo((10, 90, 40)), photo((20, 190, 40))
    assert len(before) == len(after)
    for name, make in {"a.zip": zipped, "b.tar": tarred}.items():
        (source / name).write_bytes(make({"x.png": before, "gone.png": photo("green")}))
    case = ingested(source)
    for number, (name, make) in enumerate({"a.zip": zipped, "b.tar": tarred}.items()):
        (source / name).write_bytes(make({"x.png": after}))
        os.utime(source / name, (number, number))
    report = case.ingest(progress=False)

    assert (report.gone, report.new, report.unchanged) == (2, 1, 1)
    assert paths(case) == ["a.zip!/x.png", "b.tar!/x.png", "loose.png"]
    for path in ("a.zip!/x.png", "b.tar!/x.png"):
        assert np.abs(np.subtract(middle(case.picture(path)), (20, 190, 40))).max() < 6


def test_the_same_photo_in_two_archives_is_one_image(source: Path) -> None:
    (source / "a.zip").write_bytes(zipped({"x.png": photo("red")}))
    (source / "b.tar.gz").write_bytes(gzip.compress(tarred({"deep/y.png": photo("red")})))
    write_photos(source, {"other.png": "blue"})
    case = ingested(source)

    assert list(case.images["paths"][case.row("a.zip!/x.png")]) == ["a.zip!/x.png", "b.tar.gz!/deep/y.png"]
    (source / "a.zip").unlink()
    assert middle(case.picture("a.zip!/x.png"))[0] > 240


def test_a_copy_of_a_photo_beside_the_archive_is_the_same_image(source: Path) -> None:
    (source / "a.zip").write_bytes(zipped({"loose.png": (source / "loose.png").read_bytes()}))

    assert paths(ingested(source)) == ["a.zip!/loose.png", "loose.png"]
    assert len(opened(source).images) == 1


def test_an_archive_that_goes_takes_its_photos_with_it_and_asks_first(source: Path) -> None:
    (source / "a.zip").write_bytes(zipped(PHOTOS))
    case = ingested(source)
    (source / "a.zip").unlink()
    with pytest.raises(wb.WorkbenchError, match="4 of 5 known photos are no longer in"):
        case.ingest(progress=False)
    case.ingest(gone="mark", progress=False)

    assert paths(case) == ["loose.png"]


def test_photos_of_an_archive_that_may_not_be_read_now_stay(
    source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (source / "a.zip").write_bytes(zipped(PHOTOS))
    case = ingested(source)
    os.utime(source / "a.zip", (5, 5))
    real = os.open

    def refused(path: Any, *given: Any, **options: Any) -> int:
        if os.fsencode(path).endswith(b"a.zip"):
            raise PermissionError(13, "no")
        return real(path, *given, **options)

    with monkeypatch.context() as patched:
        patched.setattr("workbench.media.regular_files.os.open", refused)
        report = case.ingest(progress=False)
    assert "permission denied" in problems(case)["a.zip"]
    assert (report.gone, len(case.images)) == (0, 5)

    assert case.ingest(progress=False).problems == 0
    assert len(case.images) == 5


def test_archives_can_stay_closed_and_that_is_remembered(source: Path) -> None:
    (source / "a.zip").write_bytes(zipped(PHOTOS))
    case = ingested(source)
    report = case.ingest(archives=False, progress=False)
    assert (paths(case), report.skipped, report.count.archives) == (["loose.png"], 1, 0)
    assert "archives=True" in case.skipped["reason"][0]
    assert case.ingest(progress=False).skipped == 1

    assert case.ingest(archives=True, progress=False).embedded == 0
    assert len(case.images) == 5


def test_an_archive_of_a_kind_that_is_not_opened_says_what_to_do(source: Path) -> None:
    (source / "a.rar").write_bytes(b"Rar!\x1a\x07\0" + bytes(50))
    (source / "disk.iso").write_bytes(bytes(100))
    case = ingested(source)

    assert list(case.skipped["kind"]) == ["archive", "archive"]
    assert all("unpack it to have its photos read" in reason for reason in case.skipped["reason"])


def test_a_photo_that_is_an_archive_says_so(source: Path) -> None:
    (source / "hidden.jpg").write_bytes(zipped(PHOTOS))

    assert "a ZIP archive, not an image: give it the ending .zip" in problems(ingested(source))["hidden.jpg"]


@pytest.mark.parametrize("name", ["a.zip", "a.tar.gz"])
def test_an_ingest_of_an_archive_that_is_stopped_goes_on_where_it_was(
    source: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    (source / name).write_bytes(MAKE[name]({f"{n:02d}.png": photo((n, 90, 40)) for n in range(40)}))
    add, seen = Writer.add, list[Any]()

    def stopping(self: Any, file: Any, result: Any) -> None:
        add(self, file, result)
        seen.append(file)
        if len(seen) == 20:
            raise KeyboardInterrupt

    case = opened(source)
    with monkeypatch.context() as patched:
        patched.setattr(Writer, "add", stopping)
        with pytest.raises(KeyboardInterrupt):
            case.ingest(progress=False)
    assert (case.count.waiting, case.count.found) == (22 - 1, 42)
    report = opened(source).ingest(progress=False)

    assert (report.new, report.unchanged, report.count.waiting) == (21, 20, 0)


def test_an_archive_that_changes_during_an_ingest_is_noted_as_it_was_read(
    source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (source / "a.zip").write_bytes(zipped({"x.png": photo("red"), "y.png": photo("green")}))

    def changed(*given: Any, **options: Any) -> Any:
        made = make_plan(*given, **options)
        (source / "a.zip").write_bytes(zipped({"x.png": photo("blue", (90, 60))}))
        return made

    case = opened(source)
    with monkeypatch.context() as patched:
        patched.setattr(run, "make_plan", changed)
        case.ingest(progress=False)
    assert case.images["width"][case.row("a.zip!/x.png")] == 90
    assert problems(case) == {"a.zip!/y.png": "no longer in the archive"}

    report = case.ingest(progress=False)
    assert (report.unchanged, report.problems) == (2, 0)


def test_faces_of_photos_in_archives_are_found_and_exported(source: Path, tmp_path: Path) -> None:
    write_faces(tmp_path / "faces", {f"{n}.png": [0] for n in range(6)})
    files = {path.name: path.read_bytes() for path in sorted((tmp_path / "faces").iterdir())}
    (source / "a.tar.gz").write_bytes(gzip.compress(tarred(files)))
    case = ingested(source, faces=True)
    manifest = case.faces.export(tmp_path / "out", min_faces=1)

    assert len(manifest) == 6
    assert not any(manifest["problem"])
    assert sorted((tmp_path / "out" / name).read_bytes() for name in manifest["file"]) == sorted(
        files.values()
    )
    with pytest.raises(
        wb.WorkbenchError, match="lies in an archive, and no link leads there: use how='copy'"
    ):
        case.faces.export(tmp_path / "links", min_faces=1, how="symlink")


def test_a_photo_in_an_archive_is_looked_into_and_edited_ones_are_followed(
    source: Path, tmp_path: Path
) -> None:
    (source / "a.zip").write_bytes(zipped(PHOTOS))
    case = ingested(source)
    case.tag("a.zip!/a/red.png", "keep")
    edited = PHOTOS | {"a/red.png": PHOTOS["a/red.png"] + b"\0"}
    (source / "a.zip").write_bytes(zipped(edited))
    os.utime(source / "a.zip", (5, 5))
    report = case.ingest(progress=False)

    assert (report.edited, list(case.edited["path"])) == (1, ["a.zip!/a/red.png"])
    case.follow()
    assert len(case.tags) == 1
    shared = case.share(tmp_path / "shared")
    theirs = wb.open(source, case=shared, model="fake")
    assert len(Image.open(io.BytesIO(theirs.picture("a.zip!/a/blue.png"))).size) == 2


BAD = [
    b"../../x.zip!/y.png",
    b"/etc/x.zip!/y.png",
    b"x.zip!/../../../etc/passwd",
    b"..!/y",
    b"a\0b.zip!/y",
    b"!/y",
]


@pytest.mark.parametrize("raw_path", BAD)
def test_a_path_of_a_received_case_leads_nowhere_out_of_the_source(tmp_path: Path, raw_path: bytes) -> None:
    source = tmp_path / "deep" / "src"
    write_photos(source, {"a.png": "red"})
    for place in (tmp_path / "x.zip", tmp_path / "deep" / "x.zip", tmp_path / "y"):
        place.write_bytes(zipped({"y.png": photo("blue")}))
    folder = CaseFolder.create_or_open(tmp_path / "case", source, "fake")
    try:
        where = folder.place(raw_path)
    except PermissionError:
        return
    real = where.partition(b"\0")[0]
    assert os.path.realpath(real).startswith(os.fsencode(source) + b"/")
    assert not Path(os.fsdecode(real)).exists()


def test_a_folder_with_a_mark_at_its_end_is_a_folder(source: Path) -> None:
    write_photos(source, {"Party!/x.png": "red", "Party!/deep!/y.png": "blue"})
    (source / "b.zip").write_bytes(zipped({"Party!/z.png": photo("green")}))
    case = ingested(source)

    assert paths(case) == ["Party!/deep!/y.png", "Party!/x.png", "b.zip!/Party!/z.png", "loose.png"]
    assert case.picture("Party!/deep!/y.png")
    assert middle(case.picture("b.zip!/Party!/z.png"))[1] > 120
    assert len(case.verify(progress=False)) == 0


def test_verify_names_what_has_changed_in_an_archive(source: Path) -> None:
    (source / "a.zip").write_bytes(zipped(PHOTOS))
    case = ingested(source)
    changed = {**PHOTOS, "a/red.png": photo("green", (80, 60)), "a/new.png": photo("blue")}
    del changed["a/blue.png"]
    (source / "a.zip").write_bytes(zipped(changed))
    found = case.verify(progress=False)

    assert dict(zip(found["path"], found["state"], strict=True)) == {
        "a.zip!/a/blue.png": "missing",
        "a.zip!/a/new.png": "new",
        "a.zip!/a/red.png": "changed",
    }


def test_office_documents_give_their_pictures(source: Path) -> None:
    (source / "report.docx").write_bytes(
        zipped({"[Content_Types].xml": b"<x/>", "word/media/image1.png": photo("red")})
    )
    (source / "~$report.docx").write_bytes(b"who has it open")
    case = ingested(source)

    assert "report.docx!/word/media/image1.png" in paths(case)
    assert dict(zip(case.skipped["path"], case.skipped["kind"], strict=True)) == {
        "report.docx!/[Content_Types].xml": "other",
        "~$report.docx": "system",
    }


def test_the_terminal_takes_archives_and_counts(source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (source / "a.zip").write_bytes(zipped(PHOTOS | {"notes.txt": b"hello"}))
    command = ["ingest", str(source), "--case", str(source.parent / "case"), "--model", "fake", "-q"]
    assert main(command) == 0
    assert (
        "7 paths found = 5 read + 1 archive opened + 0 problems + 1 left alone (1 other)."
        in capsys.readouterr().err
    )
    assert main([*command, "--no-archives"]) == 0
    assert "2 paths found = 1 read + 0 problems + 1 left alone (1 archive)." in capsys.readouterr().err
    main(["info", str(source.parent / "case")])
    assert "open_archives  False" in capsys.readouterr().out


def test_patterns_reach_into_archives(source: Path) -> None:
    (source / "a.zip").write_bytes(zipped(PHOTOS | {"private/x.png": photo("red"), "__MACOSX/._y.png": b"x"}))
    case = ingested(source, exclude=["private"])

    assert dict(zip(case.skipped["path"], case.skipped["reason"], strict=True))["a.zip!/private/x.png"] == (
        "excluded by 'private'"
    )
    assert len(case.images) == 5
    with pytest.raises(QueryError, match="must be a list of patterns"):
        case.ingest(exclude="private", progress=False)


def test_a_zip_of_a_long_list_is_read(source: Path) -> None:
    with zipfile.ZipFile(source / "a.zip", "w") as archive:
        for number in range(3000):
            archive.writestr(f"{number}.txt", b"x")
        archive.writestr("red.png", photo("red"))
    report = opened(source).ingest(progress=False)

    assert (report.count.found, report.count.read, report.skipped) == (3003, 2, 3000)


@pytest.mark.parametrize(("form", "name"), [("PDF", "doc.pdf"), ("TIFF", "scan.tif")])
def test_pages_of_a_document_in_an_archive_are_images(source: Path, form: str, name: str) -> None:
    pages = [Image.new("RGB", (300, 200), colour) for colour in ("red", "blue")]
    buffer = io.BytesIO()
    pages[0].save(buffer, form, save_all=True, append_images=pages[1:])
    (source / "a.tar.gz").write_bytes(gzip.compress(tarred({f"papers/{name}": buffer.getvalue()})))
    case = ingested(source)
    rows = [row for row, path in enumerate(case.images["path"]) if path == f"a.tar.gz!/papers/{name}"]

    assert [case.lookup.ids[row].partition("#")[2] for row in rows] == ["page=1", "page=2"]
    for row, colour in zip(rows, ("red", "blue"), strict=True):
        assert np.abs(np.subtract(middle(case.picture(row)), COLOURS[colour])).max() < 12
    assert case.count.found == case.count.read + case.count.archives == 3
