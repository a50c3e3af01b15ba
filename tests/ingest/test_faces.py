"""Faces in the loop: found once, stored beside the images, never at their expense."""

import numpy as np
import pyarrow as pa
import pytest
from PIL import Image

from workbench.ingest import ingest, ingest_faces
from workbench.samples.face import TABLE, read_faces
from workbench.store.case_folder import CaseFolder
from workbench.store.snapshot import read_snapshot
from workbench.store.thumbnails import ThumbnailReader
from workbench.testing import ColourEmbedder, SquareFaces, face_vectors, write_faces

PHOTOS = {"a.png": [0, 4], "b.png": [], "c/d.png": [4], "e.png": [8, 0, 6, 2, 10]}


@pytest.fixture
def case(tmp_path):
    write_faces(tmp_path / "photos", PHOTOS)
    return CaseFolder.create_or_open(tmp_path / "case", tmp_path / "photos", None)


def faces_of(case, key="squares-1"):
    return read_faces(case, key, read_snapshot(case, "colour-1").images)


def test_faces_are_sorted_by_image_then_from_left_to_right(case):
    report = ingest(case, ColourEmbedder(), faces=SquareFaces(), progress=False)
    faces = faces_of(case)
    assert report.faces == len(faces.frame) == 8
    assert faces.frame["image_row"].tolist() == [0, 0, 2, 3, 3, 3, 3, 3]
    assert np.allclose(faces.vectors, face_vectors(np.array([0, 4, 4, 8, 0, 6, 2, 10.0])), atol=0.2)
    assert np.allclose(np.linalg.norm(faces.vectors, axis=1), 1, atol=1e-5)


def test_a_face_is_named_by_its_image_and_its_box(case):
    ingest(case, ColourEmbedder(), faces=SquareFaces(), progress=False)
    row = faces_of(case).frame.iloc[1]
    assert row["face_id"] == f"{row['image_id']}:96,16,64,64"
    assert (row["x"], row["y"], row["width"], row["height"], row["size"]) == (96, 16, 64, 64, 64)
    assert len(row["landmarks"]) == 10


def test_each_face_has_a_crop(case):
    ingest(case, ColourEmbedder(), faces=SquareFaces(), progress=False)
    ids = list(faces_of(case).frame["face_id"])
    crops = ThumbnailReader(case.samples(TABLE, "squares-1").crops).get(ids)
    assert list(crops) == ids


def test_faces_and_images_share_one_decode(case, monkeypatch):
    from workbench.ingest import examine

    decoded, read = [], examine.read_image  # type: ignore[attr-defined]
    monkeypatch.setattr(examine, "read_image", lambda *a, **k: decoded.append(1) or read(*a, **k))
    ingest(case, ColourEmbedder(), faces=SquareFaces(), progress=False)
    assert len(decoded) == len(PHOTOS)


def test_no_image_is_searched_twice_not_even_one_without_faces(case):
    ingest(case, ColourEmbedder(), faces=SquareFaces(), progress=False)
    again = SquareFaces()
    report = ingest(case, ColourEmbedder(), faces=again, progress=False)
    assert (again.detected, report.faces, report.unchanged) == (0, 0, len(PHOTOS))


def test_faces_added_later_embed_no_image_again(case):
    ingest(case, ColourEmbedder(), progress=False)
    embedder, model = ColourEmbedder(), SquareFaces()
    assert ingest(case, embedder, faces=model, progress=False).faces == 8
    assert (embedder.embedded, model.detected) == (0, len(PHOTOS))


def test_faces_alone_need_no_embedder_and_lose_nothing(case):
    assert ingest_faces(case, SquareFaces(), progress=False).faces == 8
    model = SquareFaces()
    report = ingest(case, ColourEmbedder(), faces=model, progress=False)
    assert (report.embedded, model.detected, len(faces_of(case).frame)) == (len(PHOTOS), 0, 8)


def test_an_ingest_without_faces_never_looks_for_them(case):
    ingest(case, ColourEmbedder(), progress=False)
    assert not (case.cache / "samples" / "face").exists()
    faces = faces_of(case)
    assert len(faces.frame) == 0
    assert "quality" in faces.frame.columns


def test_vectors_of_images_do_not_depend_on_faces(case, tmp_path):
    ingest(case, ColourEmbedder(), faces=SquareFaces(), progress=False)
    other = CaseFolder.create_or_open(tmp_path / "other", case.source, None)
    ingest(other, ColourEmbedder(), progress=False)
    assert np.array_equal(read_snapshot(case, "colour-1").vectors, read_snapshot(other, "colour-1").vectors)


def test_two_face_keys_live_side_by_side(case):
    ingest(case, ColourEmbedder(), faces=SquareFaces("one"), progress=False)
    ingest(case, ColourEmbedder(), faces=SquareFaces("two"), progress=False)
    assert len(faces_of(case, "one").frame) == len(faces_of(case, "two").frame) == 8


def test_an_interrupted_ingest_goes_on_and_equals_one_run(case, monkeypatch):
    class Stopping(SquareFaces):
        def detect(self, image):
            if self.detected == 2:
                raise KeyboardInterrupt
            return super().detect(image)

    with pytest.raises(KeyboardInterrupt):
        ingest(case, ColourEmbedder(batch_size=1), faces=Stopping(), progress=False)
    model = SquareFaces()
    ingest(case, ColourEmbedder(), faces=model, progress=False)
    assert model.detected < len(PHOTOS)
    assert len(faces_of(case).frame) == 8


@pytest.mark.parametrize("table", ["rows", "crops", "vectors", "seen"])
def test_a_corrupt_part_is_computed_again(case, table):
    ingest(case, ColourEmbedder(), faces=SquareFaces(), progress=False)
    (part,) = (case.samples(TABLE, "squares-1").folder / table).glob("part-*")
    part.write_bytes(part.read_bytes()[:-40])
    with pytest.warns(RuntimeWarning, match="corrupt"):
        ingest(case, ColourEmbedder(), faces=SquareFaces(), progress=False)
    faces = faces_of(case)
    assert len(faces.frame) == 8
    assert faces.frame["face_id"].is_unique


def test_a_picture_the_model_fails_on_is_a_problem_and_stays_an_image(case):
    class Failing(SquareFaces):
        def detect(self, image):
            if image.width == 96:
                raise RuntimeError("a shape it cannot take")
            return super().detect(image)

    ingest(case, ColourEmbedder(), faces=Failing(), progress=False)
    snapshot = read_snapshot(case, "colour-1")
    assert set(snapshot.problems["step"]) == {"faces"}
    assert len(snapshot.images) == len(PHOTOS)
    assert len(faces_of(case).frame) == 7
    assert ingest(case, ColourEmbedder(), faces=SquareFaces(), progress=False).problems == 0
    assert len(faces_of(case).frame) == 8


def test_faces_of_an_image_that_left_the_source_are_left_out(case):
    ingest(case, ColourEmbedder(), faces=SquareFaces(), progress=False)
    (case.source / "e.png").unlink()
    ingest(case, ColourEmbedder(), faces=SquareFaces(), progress=False)
    assert len(faces_of(case).frame) == 3


def test_equal_photos_have_their_faces_once(case):
    (case.source / "copy.png").write_bytes((case.source / "a.png").read_bytes())
    model = SquareFaces()
    ingest(case, ColourEmbedder(), faces=model, progress=False)
    assert (model.detected, len(faces_of(case).frame)) == (len(PHOTOS), 8)


def test_places_are_those_of_the_whole_picture_however_small_it_was_decoded(tmp_path):
    (path,) = write_faces(tmp_path / "photos", {"big.jpg": [3]}, side=2600)
    case = CaseFolder.create_or_open(tmp_path / "case", path.parent, None)
    ingest(case, ColourEmbedder(), faces=SquareFaces(), progress=False)
    face = faces_of(case).frame.iloc[0]
    assert Image.open(path).size == (2632, 2632)
    assert np.allclose([face["x"], face["y"], face["width"], face["height"]], [16, 16, 2600, 2600], atol=16)


def test_tables_on_disk_have_the_promised_columns(case):
    ingest(case, ColourEmbedder(), faces=SquareFaces(), progress=False)
    parts = case.samples(TABLE, "squares-1")
    assert parts.seen.read().sort_by("count")["count"].to_pylist() == [0, 1, 2, 5]
    assert parts.rows.read().schema.field("landmarks").type == pa.list_(pa.float32(), 10)
