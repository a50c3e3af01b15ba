"""What people said about a photo follows it when only its metadata were edited."""

import struct
import zlib
from pathlib import Path

import pytest

import workbench as wb
from workbench.cli import main
from workbench.errors import QueryError
from workbench.testing import write_faces, write_photos

PEOPLE = {
    f"{name}.png": people for name, people in {"a": [0, 4], "b": [0], "c": [0, 4], "d": [4], "e": []}.items()
}


def edit(path: Path, text: bytes = b"edited") -> None:
    """Put a text beside the picture of a PNG, as programs that edit metadata do: same pixels, other bytes."""
    data, body = path.read_bytes(), b"tEXtComment\0" + text
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    path.write_bytes(data[:33] + chunk + data[33:])


def work(case: wb.Case) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (case.folder.root / "work").glob("*.jsonl")}


@pytest.fixture
def case(tmp_path: Path) -> wb.Case:
    """Make a case in which somebody has worked on the photo a.png and its two faces."""
    write_faces(tmp_path / "src", PEOPLE)
    case = wb.open(tmp_path / "src", case=tmp_path / "case", model="fake", faces="fake")
    case.ingest(faces=True, progress=False)
    case.tag(["a.png"], "evidence")
    case.tag(["b.png"], "other")
    case.selections.save("trip", [case.row("a.png"), case.row("b.png")])
    frame = case.faces.frame
    ann, bob = frame["identity"].iloc[:2]
    case.faces.name(ann, "Ann")
    case.faces.confirm([0], ann)
    case.faces.not_a_face([1])
    case.faces.reject([2], bob)
    return case


def named(case: wb.Case) -> list[str]:
    rows = set(case.faces.frame.query("name == 'Ann'")["image_row"])
    return sorted(str(case.images["path"].iloc[row]) for row in rows)


def test_work_on_an_edited_photo_is_counted_and_follows_when_asked(case: wb.Case, tmp_path: Path) -> None:
    before, who = work(case), named(case)
    states = case.faces.frame[["identity", "name", "state"]].to_numpy().tolist()
    edit(tmp_path / "src/a.png")
    report = case.ingest(faces=True, progress=False)
    (row,) = case.edited.to_dict("records")

    assert report.edited == 1
    assert (row["path"], row["tags"], row["selections"], row["faces"]) == ("a.png", 1, 1, 2)
    assert case.search(tag="evidence", like="a.png").rows.size == 0
    assert work(case) == before

    followed = case.follow()
    assert followed["path"].tolist() == ["a.png"]
    assert case.search(tag="evidence", like="a.png").frame["path"].tolist() == ["a.png"]
    assert set(case.selections.open("trip")) == {case.row("a.png"), case.row("b.png")}
    assert named(case) == who
    assert case.faces.frame[["identity", "name", "state"]].to_numpy().tolist() == states
    assert case.faces.lost == []
    assert len(case.edited) == 0
    assert all(data.startswith(before[name]) for name, data in work(case).items())
    assert case.ingest(faces=True, progress=False).edited == 0


def test_what_followed_follows_back_with_the_old_bytes(case: wb.Case, tmp_path: Path) -> None:
    original = (tmp_path / "src/a.png").read_bytes()
    edit(tmp_path / "src/a.png")
    case.ingest(faces=True, progress=False)
    case.follow()
    (tmp_path / "src/a.png").write_bytes(original)
    report = case.ingest(faces=True, progress=False)

    assert report.edited == 1
    case.follow("a.png")
    assert case.tags.query("tag == 'evidence'")["sample_id"].tolist() == [case.lookup.ids[case.row("a.png")]]


def test_only_the_same_picture_at_the_same_path_is_offered(case: wb.Case, tmp_path: Path) -> None:
    source = tmp_path / "src"
    write_faces(source, {"a.png": [0, 3]}, seed=9)  # another picture of the same size
    edit(source / "b.png")
    (source / "b.png").rename(source / "moved.png")
    edit(source / "e.png")  # nothing was said about it
    report = case.ingest(faces=True, progress=False)

    assert report.edited == 0
    with pytest.raises(QueryError, match="not an edited file"):
        case.follow("a.png")


def test_a_copy_with_the_old_bytes_keeps_the_work(tmp_path: Path) -> None:
    write_photos(tmp_path / "src", {"a.png": "red", "b.png": "blue"})
    (tmp_path / "src/copy.png").write_bytes((tmp_path / "src/a.png").read_bytes())
    case = wb.open(tmp_path / "src", case=tmp_path / "case", model="fake")
    case.ingest(progress=False)
    case.tag(["a.png"], "keep")
    edit(tmp_path / "src/a.png")
    assert case.ingest(progress=False).edited == 0

    edit(tmp_path / "src/copy.png", b"otherwise")
    assert case.ingest(progress=False).edited == 2
    case.follow()
    kept = set(case.tags["sample_id"])
    assert kept == {case.lookup.ids[case.row(name)] for name in ("a.png", "copy.png")}


def test_the_terminal_counts_lists_and_applies(
    case: wb.Case, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(tmp_path / "src/a.png")
    where = str(case.folder.root)
    assert main(["ingest", str(tmp_path / "src"), "--case", where, "--quiet", "--faces"]) == 0
    assert f"workbench follow {where}" in capsys.readouterr().err
    assert main(["follow", where]) == 0
    assert "a.png: 1 tags, 1 selections, 2 faces" in capsys.readouterr().out
    assert len(case.edited) == 1
    assert main(["follow", where, "--apply"]) == 0
    assert len(case.edited) == 0
