"""Leaving the case: the photos of each identity in folders, and a case shared without what faces tell."""

import csv
import os
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import workbench as wb
from workbench.case.faces import export as exporting
from workbench.case.safe_output import (
    LONGEST,
    distinct,
    distinct_files,
    new_folder,
    safe_file_name,
    safe_name,
)
from workbench.errors import CaseError, QueryError
from workbench.testing import write_faces

ANN, BOB = 0, 6
posix = pytest.mark.skipif(os.name == "nt", reason="links and odd names need POSIX")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    write_faces(folder, {f"a/{number}.png": [ANN] for number in range(6)})
    write_faces(folder, {f"b/{number}.png": [BOB] for number in range(2)}, seed=1)
    write_faces(folder, {"b/both.png": [ANN, BOB]}, seed=2)
    return folder


@pytest.fixture
def case(tmp_path: Path, source: Path) -> wb.Case:
    case = wb.open(source, case=tmp_path / "case", model="fake", faces="fake")
    case.ingest(faces=True, progress=False)
    large, small = case.faces.identities["identity"]
    case.faces.name(large, "Ann")
    case.faces.name(small, "Bob")
    return case


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}


def contents(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {
        name: ((folder / name).read_bytes(), (folder / name).stat().st_mtime_ns) for name in files(folder)
    }


# Export


def test_only_identities_of_more_than_five_faces_are_exported(case: wb.Case, tmp_path: Path) -> None:
    manifest = case.faces.export(tmp_path / "out")

    assert set(manifest["folder"]) == {"Ann"}
    assert len(manifest) == 7
    assert files(tmp_path / "out") == {*manifest["file"], "manifest.csv"}


def test_a_photo_of_two_people_lies_in_both_folders(case: wb.Case, tmp_path: Path) -> None:
    case.faces.export(tmp_path / "out", min_faces=1)

    assert {"Ann/both.png", "Bob/both.png"} <= files(tmp_path / "out")


def test_the_manifest_says_what_lies_where_and_why(case: wb.Case, source: Path, tmp_path: Path) -> None:
    frame = case.faces.export(tmp_path / "out", min_faces=1)
    with (tmp_path / "out" / "manifest.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))

    assert list(rows[0]) == list(exporting.COLUMNS) == frame.columns.tolist()
    assert [row["file"] for row in rows] == frame["file"].tolist()
    for row in rows:
        assert (tmp_path / "out" / row["file"]).read_bytes() == (source / row["path"]).read_bytes()
        assert row["boxes"].count(",") == 3 * int(row["faces"])
    (both,) = (row for row in rows if row["file"] == "Bob/both.png")
    assert (both["name"], both["faces"], both["problem"]) == ("Bob", "1", "")


@posix
@pytest.mark.parametrize("how", ["copy", "hardlink", "symlink"])
def test_photos_are_copied_or_linked_and_keep_their_time(
    case: wb.Case, source: Path, tmp_path: Path, how: str
) -> None:
    os.utime(source / "a/0.png", ns=(10**18, 10**18))
    before = contents(source)
    case.faces.export(tmp_path / "out", how=how)  # type: ignore[arg-type]
    original, found = source / "a/0.png", tmp_path / "out" / "Ann" / "0.png"

    assert found.is_symlink() == (how == "symlink")
    assert found.samefile(original) == (how != "copy")
    assert found.stat().st_mtime_ns == 10**18
    assert contents(source) == before


def test_photos_of_one_file_name_get_numbers(tmp_path: Path) -> None:
    photos = {f"{folder}/img.png": [ANN] for folder in "abc"} | {"d/IMG.PNG": [ANN]}
    write_faces(tmp_path / "photos", photos)
    case = wb.open(tmp_path / "photos", case=tmp_path / "case", model="fake", faces="fake")
    case.ingest(faces=True, progress=False)
    manifest = case.faces.export(tmp_path / "out", min_faces=1)

    assert {Path(name).name for name in manifest["file"]} == {
        "img.png",
        "img (2).png",
        "img (3).png",
        "IMG (4).PNG",
    }


def test_two_identities_of_one_name_get_a_folder_each(case: wb.Case, tmp_path: Path) -> None:
    case.faces.name(case.faces.identities["identity"][1], "ANN")
    manifest = case.faces.export(tmp_path / "out", min_faces=1)

    assert set(manifest["folder"]) == {"Ann", "ANN (2)"}


@pytest.mark.parametrize(
    "name", ["../../evil", "/etc/passwd", "..", "manifest.csv", "CON", "a\x00b", "🦊" * 99]
)
def test_no_name_leads_out_of_the_folder(case: wb.Case, tmp_path: Path, name: str) -> None:
    case.faces.name(case.faces.identities["identity"][0], name)
    case.faces.export(tmp_path / "deep" / "out")
    (folder,) = (path for path in (tmp_path / "deep" / "out").iterdir() if path.is_dir())

    assert len(files(folder)) == 7
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["out"]


@pytest.mark.parametrize("text", ["=1+1", "+49 30 1", "-rf", "@SUM(A1)", "\uff1d1"])
def test_no_cell_of_the_manifest_is_a_formula(case: wb.Case, tmp_path: Path, text: str) -> None:
    """Names and paths are what others wrote; a spreadsheet would compute them. The table has them plain."""
    (case.folder.source / "a").rename(case.folder.source / text)
    case.ingest(faces=True, progress=False)
    case.faces.name(case.faces.identities["identity"][0], text)
    manifest = case.faces.export(tmp_path / "out")
    with (tmp_path / "out" / "manifest.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))

    assert not [
        cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "-", "@", "\uff1d"))
    ]
    assert {row["name"] for row in rows} == {f"'{text}"}
    assert all((tmp_path / "out" / row["file"]).is_file() for row in rows)
    assert set(manifest["name"]) == {text}
    assert f"{text}/0.png" in manifest["path"].tolist()


def test_unnamed_identities_are_called_by_their_id(case: wb.Case, tmp_path: Path) -> None:
    identity = case.faces.identities["identity"][0]
    case.faces.name(identity, "")

    assert set(case.faces.export(tmp_path / "out")["folder"]) == {f"unnamed {identity}"}


def test_nothing_is_ever_written_over(case: wb.Case, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine")
    with pytest.raises(CaseError, match=r"not empty \(it holds 'mine\.txt'\).*Choose"):
        case.faces.export(tmp_path / "out")
    assert files(tmp_path / "out") == {"mine.txt"}

    case.faces.export(tmp_path / "new")
    with pytest.raises(CaseError, match="not empty"):
        case.faces.export(tmp_path / "new")


@pytest.mark.parametrize("place", ["photos", "photos/new", "photos/a/../new", "case", "case/cache/new"])
def test_nothing_is_written_into_the_source_or_the_case(case: wb.Case, tmp_path: Path, place: str) -> None:
    before = files(tmp_path)
    with pytest.raises(CaseError, match="Choose a folder outside"):
        case.faces.export(tmp_path / place)
    assert files(tmp_path) == before


@posix
def test_a_link_into_the_source_is_the_source(case: wb.Case, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "photos")
    with pytest.raises(CaseError, match="Choose a folder outside"):
        case.faces.export(tmp_path / "link" / "new")


def test_a_file_in_place_of_the_folder_says_what_to_do(case: wb.Case, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CaseError, match="Choose a folder that you may write"):
        case.faces.export(tmp_path / "file")


def test_a_photo_that_is_gone_is_a_row_with_its_problem(case: wb.Case, source: Path, tmp_path: Path) -> None:
    (source / "a/0.png").unlink()
    manifest = case.faces.export(tmp_path / "out").set_index("path")

    assert manifest["problem"]["a/0.png"] != ""
    assert manifest["file"]["a/0.png"] == ""
    assert (manifest["problem"].drop("a/0.png") == "").all()


def test_a_source_that_is_gone_altogether_is_an_error(case: wb.Case, source: Path, tmp_path: Path) -> None:
    source.rename(tmp_path / "elsewhere")
    with pytest.raises(CaseError, match=r"No photo could be exported"):
        case.faces.export(tmp_path / "out")


def test_half_a_copy_is_taken_away(case: wb.Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(original: object, copy: object, _: int) -> None:
        copy.write(b"half")  # type: ignore[attr-defined]
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(exporting.shutil, "copyfileobj", full)  # type: ignore[attr-defined]
    with pytest.raises(CaseError, match="No space left"):
        case.faces.export(tmp_path / "out")
    assert files(tmp_path / "out") == set()


def test_another_disk_is_no_place_for_hard_links(
    case: wb.Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    with pytest.raises(CaseError, match=r"another disk.*how='copy'"):
        case.faces.export(tmp_path / "out", how="hardlink")


def test_an_export_of_nothing_or_in_an_unknown_way_makes_no_folder(case: wb.Case, tmp_path: Path) -> None:
    with pytest.raises(QueryError, match="copy, hardlink, symlink"):
        case.faces.export(tmp_path / "out", how="move")  # type: ignore[arg-type]
    assert not (tmp_path / "out").exists()
    with pytest.raises(QueryError, match=r"No identity has 99 faces.*min_faces"):
        case.faces.export(tmp_path / "out", min_faces=99)
    assert not (tmp_path / "out").exists()


# Names


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Ann Lee", "Ann Lee"),
        ("  Ann \t\n Lee  ", "Ann Lee"),
        ("Ann/Bob\\Cat", "Ann_Bob_Cat"),
        ('<>:"|?*', "unnamed"),
        ("..", "unnamed"),
        ("...hidden", "hidden"),
        ("Ann. .", "Ann"),
        ("con", "_con"),
        ("Con.txt", "_Con.txt"),
        ("COM¹", "_COM¹"),
        ("lpt9 .x", "_lpt9 .x"),
        ("Concert", "Concert"),
        ("=1+1", "_=1+1"),
        ("-rf", "_-rf"),
        ("@home", "_@home"),
        ("", "unnamed"),
        ("a\x00b\x1bc", "a_b_c"),
        ("\u202etxt.exe", "txt.exe"),
        ("\udcff", "unnamed"),
        ("Zoe\u0308", "Zo\u00eb"),
        ("李雷", "李雷"),
        ("🦊 fox", "🦊 fox"),
    ],
)
def test_names_are_made_safe_for_every_file_system(text: str, name: str) -> None:
    assert safe_name(text) == name


@pytest.mark.parametrize("letter", ["a", "é", "李", "🦊"])
def test_long_names_are_cut_between_letters(letter: str) -> None:
    name = safe_name(letter * 500)

    assert LONGEST - 4 < len(name.encode()) <= LONGEST
    assert set(name) == {letter}


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("a/b/img.JPG", "img.JPG"),
        ("a/what?.png", "what_.png"),
        ("aux.jpeg", "_aux.jpeg"),
        (".hidden", "hidden"),
        ("no suffix", "no suffix"),
        ("x" * 300 + ".jpeg", "x" * (LONGEST - 5) + ".jpeg"),
    ],
)
def test_file_names_keep_their_suffix(path: str, name: str) -> None:
    assert safe_file_name(path) == name


def test_names_that_differ_in_case_alone_get_numbers() -> None:
    assert distinct(["Ann", "ANN", "ann", "Ann (2)"]) == ["Ann", "ANN (2)", "ann (3)", "Ann (2) (2)"]
    assert distinct_files(["a.png", "A.PNG"]) == ["a.png", "A (2).PNG"]
    assert distinct(["straße", "STRASSE"]) == ["straße", "STRASSE (2)"]


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written_says_so(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(CaseError, match="Choose a folder that you may write"):
        new_folder(tmp_path / "out", ())


# Share


def traces(case: wb.Case) -> dict[str, list[bytes]]:
    """Return what there is of faces in a case, as bytes that a file may hold."""
    faces = case.faces
    boxes = [face_id.partition(":")[2] for face_id in faces.frame["face_id"]]
    return {
        "box": [box.encode() for box in boxes],
        "crop": faces.crops(range(len(faces))),
        "landmark": [np.array(points, np.float32).tobytes() for points in faces.frame["landmarks"]],
        "vector": [vector.tobytes() for vector in faces.vectors],
        "name": [b"Ann", b"Bob"],
        "identity": [identity.encode() for identity in faces.identities["identity"]],
    }


def held(folder: Path, traces: dict[str, list[bytes]]) -> set[str]:
    """Return which of ``traces`` are in any file of a folder, Parquet read column by column."""
    contents = []
    for path in folder.rglob("*"):
        if path.suffix == ".parquet":
            table = pq.read_table(path)
            contents += [buffer.to_pybytes() for column in table.columns for chunk in column.chunks
                         for buffer in chunk.buffers() if buffer]  # fmt: skip
        elif path.is_file():
            contents.append(path.read_bytes())
    everything = b"\n".join(contents)
    return {kind for kind, parts in traces.items() if any(part in everything for part in parts)}


def test_a_shared_case_holds_nothing_of_faces(case: wb.Case, tmp_path: Path) -> None:
    """Not in any file: no vector, crop, landmark, box, identity or name."""
    case.faces.layout("pca")
    first, second = case.faces.identities["identity"]
    case.faces.reject(case.faces.rows_of(second), first)
    case.tag([0], "seen")
    there = traces(case)
    assert held(case.folder.root, there) == set(there)

    shared = case.share(tmp_path / "shared")
    assert held(shared, there) == set()
    again = wb.open(case=shared)
    assert len(again.images) == len(case.images)
    assert again.faces.frame.empty
    assert again.faces.history.empty
    assert again.tags.equals(case.tags)


def test_names_are_shared_with_the_places_of_faces_where_that_is_asked_for(
    case: wb.Case, source: Path, tmp_path: Path
) -> None:
    shared = case.share(tmp_path / "shared", faces="decisions")
    assert held(shared, traces(case)) == {"box", "name", "identity"}
    again = wb.open(source, case=shared)
    assert len(again.faces) == 0
    assert again.faces.named == ["Ann", "Bob"]

    again.ingest_faces(progress=False)
    assert again.faces.identities["name"].tolist() == ["Ann", "Bob"]


def test_all_of_faces_is_shared_where_that_is_asked_for(case: wb.Case, tmp_path: Path) -> None:
    again = wb.open(case=case.share(tmp_path / "shared", faces="all"))

    assert again.faces.identities.equals(case.faces.identities)
    assert again.faces.crops([0]) == case.faces.crops([0])


def test_another_word_for_what_is_shared_makes_no_folder(case: wb.Case, tmp_path: Path) -> None:
    with pytest.raises(QueryError, match="none, decisions, all"):
        case.share(tmp_path / "shared", faces="vectors")  # type: ignore[arg-type]
    assert not (tmp_path / "shared").exists()


def test_a_share_goes_to_a_new_folder_only(case: wb.Case, tmp_path: Path) -> None:
    for place in (tmp_path / "photos" / "new", case.folder.root / "new", tmp_path):
        with pytest.raises(CaseError, match="Choose"):
            case.share(place)
    shared = case.share(tmp_path / "shared")
    with pytest.raises(CaseError, match="not empty"):
        case.share(shared)


@pytest.mark.parametrize("outside", ["../secret.txt", "a/../../secret.txt", "{root}/secret.txt", ""])
def test_a_path_in_a_received_case_never_leads_out_of_the_source(
    case: wb.Case, tmp_path: Path, outside: str
) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    parts = case.folder.files
    table = parts.read()
    raw = pa.array([outside.format(root=tmp_path).encode()] * table.num_rows, pa.binary())
    forged = table.set_column(table.column_names.index("raw_path"), "raw_path", raw)
    for part in parts.paths():
        part.unlink()
    parts.append(forged)
    received = wb.open(case=case.folder.root)

    with pytest.raises(CaseError, match="outside the source"):
        received.faces.export(tmp_path / "out", min_faces=1)
    assert not [path for path in (tmp_path / "out").rglob("*") if path.is_file()]
    assert all(received.picture(row) == received.thumbnails([row])[0] for row in range(len(received.images)))


@posix
@pytest.mark.parametrize("how", ["copy", "hardlink", "symlink"])
def test_only_a_file_that_was_ingested_leaves_the_source(
    case: wb.Case, source: Path, tmp_path: Path, how: str
) -> None:
    """A received table may name a file of the source that is no photo, or one behind a link or a pipe."""
    (tmp_path / "private").mkdir()
    (tmp_path / "private" / "secret.txt").write_text("secret")
    (source / "out").symlink_to(tmp_path / "private")
    (source / "notes.txt").write_text("secret")
    os.mkfifo(source / "pipe")
    (source / "a/0.png").write_bytes((source / "a/1.png").read_bytes())
    parts = case.folder.files
    table = parts.read()
    names = iter([b"out/secret.txt", b"notes.txt", b"pipe"])
    raw = [next(names, path) if path != b"a/0.png" else path for path in table["raw_path"].to_pylist()]
    forged = table.set_column(table.column_names.index("raw_path"), "raw_path", pa.array(raw, pa.binary()))
    for part in parts.paths():
        part.unlink()
    parts.append(forged)
    received = wb.open(case=case.folder.root)

    manifest = received.faces.export(tmp_path / "out", min_faces=1, how=how)  # type: ignore[arg-type]

    problems = manifest["problem"][manifest["problem"] != ""]
    assert problems.str.contains("not the one that was ingested|a pipe").all()
    assert len(problems) >= 4
    placed = [path for path in (tmp_path / "out").rglob("*.*") if path.is_file() and path.suffix != ".csv"]
    assert len(placed) == len(manifest) - len(problems)
    assert not [path for path in placed if b"secret" in path.read_bytes()]
