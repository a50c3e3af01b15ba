"""Images that are a part of a file: two pages of one document are two images, and never mixed up."""

from io import BytesIO

import numpy as np
import pyarrow as pa
import pytest
from PIL import Image

import workbench as wb
from workbench import image_id
from workbench.errors import QueryError
from workbench.samples.face import TABLE
from workbench.store.sample_parts import remember_key, vector_table
from workbench.store.schemas import FACES, SEEN, crops
from workbench.testing import colour_vectors, face_vectors, write_photos

FILE = "ab" * 32
PAGES = [image_id.make(FILE, page=page) for page in (2, 10)]
COLOURS = {PAGES[0]: "red", PAGES[1]: "blue"}


def jpeg(colour):
    buffer = BytesIO()
    Image.new("RGB", (40, 60), colour).save(buffer, "JPEG")
    return buffer.getvalue()


@pytest.fixture
def case(tmp_path):
    """A case of one photo, in whose tables a document with two pages is written by hand."""
    write_photos(tmp_path / "photos", {"a.png": "green"})
    (tmp_path / "photos" / "doc.tif").write_bytes(b"not read by this test")
    case = wb.open(tmp_path / "photos", case=tmp_path / "case", model="fake", faces="fake")
    case.ingest(progress=False)
    folder, ids = case.folder, PAGES[::-1]
    stat = (tmp_path / "photos" / "doc.tif").stat()
    row = {"path": "doc.tif", "raw_path": b"doc.tif", "image_id": FILE, "status": "ok"}
    row |= {"size": stat.st_size, "mtime_ns": stat.st_mtime_ns}
    folder.files.append(pa.Table.from_pylist([row], folder.files.schema))
    rows = [{"image_id": one, "width": 40, "height": 60, "format": "PDF", "mode": "RGB"} for one in ids]
    folder.images.append(pa.Table.from_pylist(rows, folder.images.schema))
    rows = [{"image_id": one, "jpeg": jpeg(COLOURS[one])} for one in ids]
    folder.thumbnails.append(pa.Table.from_pylist(rows, folder.thumbnails.schema))
    colours = colour_vectors(np.array([[0, 0, 1], [1, 0, 0]], np.float32))
    folder.vectors("colour-1", 4).append(vector_table(ids, [colours], 4))
    write_faces(folder, ids)
    remember_key(folder.cache, "faces:fake", "squares-1")
    remember_key(folder.cache, "faces", "fake")
    return wb.open(case=folder.root, faces="fake")


def write_faces(folder, ids):
    faces = [f"{one}:1,2,30,30" for one in ids]
    box = {"x": 1.0, "y": 2.0, "width": 30.0, "height": 30.0}
    rest = {name: 1.0 for name in FACES.names[6:] if name != "landmarks"} | {"landmarks": [1.0] * 10}
    rows = [{"face_id": face, "image_id": one, **box, **rest} for face, one in zip(faces, ids, strict=True)]
    folder.samples(TABLE, "squares-1", 12).append(
        rows=pa.Table.from_pylist(rows, FACES),
        vectors=vector_table(faces, [face_vectors(np.array([4.0, 4.0]))], 12),
        crops=pa.Table.from_pylist(
            [{"face_id": face, "jpeg": jpeg("red")} for face in faces], crops("face_id")
        ),
        seen=pa.Table.from_pylist([{"image_id": one, "count": 1} for one in ids], SEEN),
    )


def test_ids_say_which_file_and_which_image():
    assert image_id.make(FILE) == image_id.file_id(PAGES[0]) == FILE
    assert [image_id.part_of(one) for one in (FILE, *PAGES)] == ["", "page=2", "page=10"]
    assert image_id.make(FILE, t=12.04) == f"{FILE}#t=12.040"
    assert image_id.position(image_id.make(FILE, t=12.04)) == 12.04
    for wrong in ({"page": 0}, {"t": -1.0}, {"t": float("nan")}, {"page": 1, "t": 1.0}):
        with pytest.raises(ValueError, match=r"page|time"):
            image_id.make(FILE, **wrong)


def test_pages_are_images_in_the_order_of_their_numbers(case):
    assert case.images["image_id"].tolist()[1:] == PAGES
    assert case.images["path"].tolist() == ["a.png", "doc.tif", "doc.tif"]
    assert case.search("blue").frame["image_id"][0] == PAGES[1]
    assert case.search("red").frame["image_id"][0] == PAGES[0]
    assert len(case.layout("pca")) == 3


def test_a_page_has_its_own_thumbnail_and_is_never_drawn_from_the_whole_file(case):
    for row, one in enumerate(PAGES, 1):
        for shown in (case.thumbnails([row])[0], case.picture(row)):
            assert shown == jpeg(COLOURS[one])


def test_a_page_is_named_by_its_file_and_its_number(case):
    for row, one in enumerate(PAGES, 1):
        name = case.lookup.name(row)
        assert name == f"doc.tif#{image_id.part_of(one)}"
        assert case.row(name) == case.row(one) == case.lookup.named(name) == row
        assert case.ask(f'like:"{name}"').frame["image_id"][0] == one
    with pytest.raises(QueryError, match="several images"):
        case.row("doc.tif")
    for unclear in ("doc.tif", "doc", FILE[:16]):
        with pytest.raises(QueryError, match=r"2 images.*doc\.tif#page=2, doc\.tif#page=10"):
            case.lookup.named(unclear)


def test_tags_and_selections_hold_one_page(case):
    case.tag(2, "evidence")
    assert case.tags["sample_id"].tolist() == [PAGES[1]]
    assert case.search("red", tag="evidence").frame["image_id"].tolist() == [PAGES[1]]
    case.selections.save("one", [1])
    assert case.selections.open("one").tolist() == [1]
    assert case.selections.saved("one").ids == (PAGES[0],)


def test_faces_of_two_pages_are_faces_of_two_images(case):
    assert case.faces.frame["image_row"].tolist() == [1, 2]
    assert case.faces.frame["identity"].nunique() == 1
    identity = case.faces.name(case.faces.frame["identity"][0], "Anna")
    case.faces.reject([1], identity)
    again = wb.open(case=case.folder.root, faces="fake")
    assert again.faces.frame["name"].tolist() == ["Anna", ""]
    assert again.search(face="Anna").frame["image_id"][0] == PAGES[0]


def test_an_ingest_leaves_the_pages_alone_and_candidates_in_a_file_without_pages_are_a_problem(case):
    report = case.ingest(progress=False)
    assert (report.new, report.embedded) == (0, 0)
    looked = case.instances.ingest(progress=False)
    assert (looked.looked, looked.failed) == (3, 2)
    with pytest.raises(QueryError, match=r"doc\.tif#page=2 cannot be read"):
        case.find_this(1, (0, 0, 10, 10))
