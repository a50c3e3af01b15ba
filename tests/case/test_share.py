"""A shared case holds what is named for it and nothing else: no secret that was planted is in any file."""

import json
import os
import shutil
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import workbench as wb
from workbench.case.share import share_case
from workbench.errors import CaseError, SourceError
from workbench.store import extract, schemas
from workbench.testing import write_faces, write_photos

ANN, BOB = 0, 6
NAME, OTHER = "Annabel Quux", "Boris Vlkx"


def values(column: pa.ChunkedArray) -> Iterator[bytes]:
    """Yield all texts, bytes and numbers of a column as bytes, whatever its type; lists whole too."""
    yield from (buffer.to_pybytes() for chunk in column.chunks for buffer in chunk.buffers() if buffer)
    for value in column.to_pylist():
        for one in value if isinstance(value, list) else [value]:
            yield one if isinstance(one, bytes) else str(one).encode()


def everything(folder: Path) -> bytes:
    """Return names and contents of all files, Parquet and Arrow also read, column by column."""
    told = []
    for path in folder.rglob("*"):
        told += [os.fsencode(path.relative_to(folder)), path.read_bytes() if path.is_file() else b""]
        if path.suffix == ".parquet":
            table = pq.read_table(path)
            told += [one for column in table.columns for one in values(column)]
            told += [str(table.schema.metadata).encode(), str(pq.read_metadata(path)).encode()]
    return b"\n".join(told)


def spellings(secret: str) -> list[bytes]:
    """Return how a text may lie in a file: plain, decomposed, in JSON."""
    forms = [unicodedata.normalize(form, secret) for form in ("NFC", "NFD")]
    return [text.encode() for form in forms for text in (form, json.dumps(form)[1:-1])]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "home-of-the-sender" / "photos"
    write_faces(folder, {f"a/{number}.png": [ANN] for number in range(4)})
    write_faces(folder, {f"b/{number}.png": [BOB] for number in range(2)}, seed=1)
    write_photos(folder, {"deleted-photo.png": "red", "c/sea.png": "blue"})
    (folder / "broken.jpg").write_bytes(b"\xff\xd8\xff no picture")
    return folder


@pytest.fixture
def case(tmp_path: Path, source: Path) -> wb.Case:
    case = wb.open(source, case=tmp_path / "case-of-the-sender", model="fake", faces="fake")
    case.ingest(faces=True, instances=True, progress=False)
    ann, bob = case.faces.identities["identity"]
    case.faces.name(ann, NAME)
    case.faces.name(bob, OTHER)
    return case


@pytest.fixture
def secrets(case: wb.Case, source: Path, tmp_path: Path) -> dict[str, list[bytes]]:
    """Plant what nobody else may learn all over the case; return it as bytes that a file may hold."""
    gone = case.row("deleted-photo.png")
    gone_id, gone_picture = case.images["image_id"][gone], case.thumbnails([gone])[0]
    case.tag("deleted-photo.png", "tag-of-a-deleted-photo")
    case.tag("c/sea.png", "kept")
    case.tag("c/sea.png", f"with {NAME}")
    case.tag("c/sea.png", "tag-taken-back")
    case.untag("c/sea.png", "tag-taken-back")
    hits = case.ask(f'face:"{NAME}"')
    case.selections.save("trip-by-face", hits.rows, query=hits.query)
    case.selections.save("made-from-trip", hits.rows[:2], parent=case.selections.saved("trip-by-face").digest)
    case.selections.save(f"photos of {NAME.upper()}", [0])
    case.selections.save("words", [0, gone], query=f"the coat of {NAME.lower()}")
    case.selections.save("removed-selection", [0])
    case.selections.remove("removed-selection")
    case.vocabulary = ["a harbour", f"{NAME} at sea"]
    case.cluster_runs.run("dbscan", name=f"run of {NAME}", eps=0.5)
    case.cluster_runs.run("dbscan", name="coarse", eps=0.6)
    case.faces.layout("pca")
    case.layout("pca")
    case.phrase_vectors(case.vocabulary)
    case.why(0, NAME)
    (source / "deleted-photo.png").unlink()
    case.ingest(faces=True, progress=False)
    for folder in (case.folder.root / "work", case.folder.cache, case.folder.cache / "files"):
        (folder / "some.log").write_text("line-of-a-log")
        (folder / "some.lock").write_text("line-of-a-log")
    problem = {"path": "broken.jpg", "raw_path": b"broken.jpg", "step": "decode", "reason": f"in {source}/x"}
    when = case.folder.files.read().to_pandas().query("path == 'broken.jpg'")["when"].iloc[-1]
    case.folder.problems.append(pa.Table.from_pylist([{**problem, "when": when}], schemas.PROBLEMS))
    boxes = [face_id.rpartition(":")[2] for face_id in case.faces.frame["face_id"]]
    texts = ["tag-of-a-deleted-photo", "tag-taken-back", "deleted-photo", "trip-by-face", "made-from-trip"]
    texts += ["removed-selection", "line-of-a-log", "home-of-the-sender", "case-of-the-sender", str(tmp_path)]
    return {
        "names": [one for name in (NAME, OTHER, NAME.upper(), NAME.lower()) for one in spellings(name)],
        "identities": [identity.encode() for identity in case.faces.identities["identity"]],
        "boxes": [box.encode() for box in boxes],
        "crops": [crop for crop in case.faces.crops(range(len(case.faces))) if crop],
        "face vectors": [vector.tobytes() for vector in case.faces.vectors],
        "face key": [case.faces.key.encode()],
        "deleted": [gone_id.encode(), gone_picture],
        "texts": [text.encode() for text in texts],
        "computer": [os.uname().nodename.encode() + b" (process"],
    }


def told(folder: Path, secrets: dict[str, list[bytes]]) -> dict[str, list[bytes]]:
    """Return the secrets that are in a folder."""
    whole = everything(folder)
    found = {kind: [one[:80] for one in some if one in whole] for kind, some in secrets.items()}
    return {kind: some for kind, some in found.items() if some}


def test_no_secret_is_in_any_file_of_a_share(
    case: wb.Case, secrets: dict[str, list[bytes]], tmp_path: Path
) -> None:
    assert set(told(case.folder.root, secrets)) == set(secrets)  # so that the test can fail

    made = share_case(case.folder, tmp_path / "shared")

    assert told(made.folder, secrets) == {}
    assert made.left_out == {"tags": 1, "selections": 3, "phrases": 1, "runs": 1}


def test_a_share_holds_what_is_left(case: wb.Case, secrets: dict[str, list[bytes]], tmp_path: Path) -> None:
    shared = wb.open(case=case.share(tmp_path / "shared"))

    assert shared.images["image_id"].tolist() == case.images["image_id"].tolist()
    assert (shared.vectors == case.vectors).all()
    assert shared.thumbnails(range(7)) == case.thumbnails(range(7))
    assert shared.tags[["sample_id", "tag"]].to_numpy().tolist() == [
        [case.images["image_id"][case.row("c/sea.png")], "kept"]
    ]
    assert shared.selections.names == ["words"]
    assert shared.selections.saved("words").query == ""
    assert shared.selections.open("words").tolist() == [0]
    assert shared.vocabulary == ["a harbour"]
    assert shared.cluster_runs.names == ["coarse"]
    assert shared.problems["path"].tolist() == ["broken.jpg"]
    assert shared.problems["reason"].tolist() == [extract.NO_REASON]
    assert len(shared.instances) == len(case.instances) > 0
    assert shared.search("blue", k=1).frame["path"].tolist() == ["c/sea.png"]
    assert "photos not given" in repr(shared)
    assert "home-of-the-sender" not in str(shared.info())


@pytest.mark.parametrize("faces", ["decisions", "all"])
def test_faces_that_are_asked_for_bring_no_deleted_photo_and_no_place(
    case: wb.Case, secrets: dict[str, list[bytes]], source: Path, tmp_path: Path, faces: str
) -> None:
    (source / "b/1.png").unlink()
    face = case.faces.rows_of(case.faces.identities["identity"][1])[0]
    case.faces.reject([int(face)], case.faces.identities["identity"][0])
    lost = case.images["image_id"][case.row("b/1.png")]
    case.ingest(faces=True, progress=False)

    shared = case.share(tmp_path / "shared", faces=faces)  # type: ignore[arg-type]

    found = told(shared, {**secrets, "lost": [lost.encode()]})
    assert not {"deleted", "lost", "computer"} & found.keys()
    texts = {one.decode() for one in found.get("texts", [])}
    assert texts <= {"trip-by-face", "made-from-trip", "removed-selection"} - {"removed-selection"}
    again = wb.open(case=shared, faces="fake")
    assert again.faces.named == case.faces.named
    if faces == "all":
        assert again.faces.identities.equals(case.faces.identities)
        assert again.faces.crops([0]) == case.faces.crops([0])


def test_a_share_is_opened_alone_and_with_a_copy_of_the_photos(
    case: wb.Case, source: Path, tmp_path: Path
) -> None:
    shared = case.share(tmp_path / "shared")
    alone = wb.open(case=shared)
    assert not alone.folder.has_source
    assert alone.picture(0) == alone.thumbnails([0])[0]
    for run in (alone.ingest, alone.ingest_faces, alone.instances.ingest):
        with pytest.raises(SourceError, match=r"wb\.open\('photos/', case="):
            run(progress=False)

    shutil.copytree(source, tmp_path / "mine")
    mine = wb.open(tmp_path / "mine", case=shared)
    assert len(mine.picture(0)) != len(alone.thumbnails([0])[0])
    report = mine.ingest(progress=False)
    assert (report.new, report.embedded, report.gone) == (0, 0, 0)
    assert len(mine.images) == len(case.images)
    assert wb.open(case=shared).folder.source == tmp_path / "mine"


def test_a_share_that_fails_leaves_nothing(
    case: wb.Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    for place in ("workbench.store.parts.commit", "workbench.store.json_lines.JsonLines._write"):
        case.tag([0], "kept")
        with monkeypatch.context() as context:
            context.setattr(place, full)
            with pytest.raises(CaseError, match=r"cannot be (copied|written).*No space left.*Free"):
                case.share(tmp_path / "shared")
        assert list((tmp_path / "shared").iterdir()) == []
    case.share(tmp_path / "shared")


def test_every_column_of_the_tables_that_go_along_exists() -> None:
    tables = {
        schemas.FILES: extract.FILES,
        schemas.IMAGES: extract.IMAGES,
        schemas.THUMBNAILS: extract.THUMBNAILS,
        schemas.PROBLEMS: extract.PROBLEMS,
        schemas.SEEN: extract.SEEN,
        schemas.FACES: extract.ROWS["face"],
        schemas.REGIONS: extract.ROWS["persons"],
        schemas.PACKED: extract.ROWS["instance"],
    }
    for schema, columns in tables.items():
        assert set(columns) <= set(schema.names)
        assert {field.name for field in schema if not field.nullable} <= set(columns)


def test_a_new_column_stays_behind(case: wb.Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wider = schemas.IMAGES.append(pa.field("owner", pa.string()))
    table = case.folder.images.read()
    owner = pa.array(["secret owner"] * table.num_rows, pa.string())
    monkeypatch.setattr(schemas, "IMAGES", wider)
    case.folder.images.append(table.append_column("owner", owner))
    assert b"secret owner" in everything(case.folder.root)

    assert b"secret owner" not in everything(case.share(tmp_path / "shared"))
