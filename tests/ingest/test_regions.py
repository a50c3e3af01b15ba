"""Regions in the loop: found once, embedded once, and whole whatever stops the ingest."""

import numpy as np
import pytest
from PIL import Image

from workbench.ingest import ingest
from workbench.media.crops import from_run_lengths
from workbench.samples.kind import kind_named
from workbench.samples.regions import read_regions
from workbench.store.case_folder import CaseFolder
from workbench.store.snapshot import read_snapshot
from workbench.testing import ColourEmbedder, PaintedRegions, SquareFaces, colour_vectors, write_regions

PHOTOS = {
    "a.png": [("persons", "red"), ("objects", "blue")],
    "b.png": [],
    "c.png": [("text", "yellow"), ("text", "magenta"), ("persons", "blue")],
    "sub/d.png": [("objects", "red")],
}
KINDS = ("persons", "objects", "text")
KEYS = {kind: f"painted_{kind}-1-colour-1" for kind in KINDS}


@pytest.fixture
def case(tmp_path):
    write_regions(tmp_path / "photos", PHOTOS)
    return CaseFolder.create_or_open(tmp_path / "case", tmp_path / "photos", None)


def run(case, model=None, embedder=None, **options):
    return ingest(
        case, embedder or ColourEmbedder(), regions=model or PaintedRegions(), progress=False, **options
    )


def regions_of(case, keys=KEYS):
    return read_regions(case, keys, read_snapshot(case, "colour-1").images)


def same(one, other):
    return one.frame.drop(columns="mask").equals(other.frame.drop(columns="mask")) and np.array_equal(
        one.vectors, other.vectors
    )


def test_every_region_has_its_kind_place_and_parent(case):
    assert run(case).regions == 6
    images, frame = read_snapshot(case, "colour-1").images, regions_of(case).frame
    paths = images["path"].to_numpy()[frame["image_row"]]
    assert list(zip(paths, frame["kind"], frame["label"], frame["text"], strict=True)) == [
        ("a.png", "objects", "blue", ""),
        ("a.png", "persons", "person", ""),
        ("c.png", "persons", "person", ""),
        ("c.png", "text", "text", "yellow"),
        ("c.png", "text", "text", "magenta"),
        ("sub/d.png", "objects", "red", ""),
    ]
    assert frame.loc[0, ["x", "y", "width", "height"]].tolist() == [60, 10, 60, 60]
    assert frame.loc[0, "region_id"] == f"{images.loc[0, 'image_id']}:objects:60,10,60,60"  # type: ignore[str-bytes-safe]


def test_a_person_is_embedded_without_what_is_behind_it_and_its_mask_is_kept(case):
    run(case)
    regions = regions_of(case)
    assert np.allclose(regions.vectors[1], colour_vectors(np.array([[1, 0, 0]], np.float32))[0], atol=1e-3)
    person = regions.frame.loc[1]
    assert from_run_lengths(person["mask"], (person["mask_rows"], person["mask_columns"])).all()
    assert regions.frame.loc[0, "mask"] is None


def test_images_and_regions_share_one_decode(case, monkeypatch):
    from workbench.ingest import examine

    decoded, read = [], examine.read_image  # type: ignore[attr-defined]
    monkeypatch.setattr(examine, "read_image", lambda *a, **k: decoded.append(1) or read(*a, **k))
    ingest(case, ColourEmbedder(), faces=SquareFaces(), regions=PaintedRegions(), progress=False)
    assert len(decoded) == len(PHOTOS)


def test_vectors_of_images_do_not_depend_on_regions(case, tmp_path):
    run(case)
    other = CaseFolder.create_or_open(tmp_path / "other", case.source, None)
    ingest(other, ColourEmbedder(), progress=False)
    assert np.array_equal(read_snapshot(case, "colour-1").vectors, read_snapshot(other, "colour-1").vectors)


def test_no_image_is_searched_twice_not_even_one_without_regions(case):
    run(case)
    model, embedder = PaintedRegions(), ColourEmbedder()
    report = run(case, model, embedder)
    assert (model.searched, embedder.embedded, report.regions, report.unchanged) == (0, 0, 0, len(PHOTOS))


def test_a_kind_asked_for_later_is_added_to_the_others(case):
    run(case, PaintedRegions(["persons"]))
    assert len(regions_of(case, {"persons": KEYS["persons"]}).frame) == 2
    embedder = ColourEmbedder()
    report = run(case, PaintedRegions(["persons", "text"]), embedder)
    assert (report.regions, embedder.embedded) == (2, 2)
    frame = regions_of(case, {kind: KEYS[kind] for kind in ("persons", "text")}).frame
    assert sorted(frame["kind"]) == ["persons", "persons", "text", "text"]


def test_another_way_to_find_touches_no_old_region(case):
    run(case)
    before = sorted((path, path.read_bytes()) for path in (case.cache / "samples").rglob("*.parquet"))
    run(case, PaintedRegions(version=2))
    assert all(path.read_bytes() == content for path, content in before)
    newer = {kind: key.replace("-1-", "-2-") for kind, key in KEYS.items()}
    assert len(regions_of(case, newer).frame) == len(regions_of(case).frame) == 6


def test_an_interrupted_ingest_goes_on_and_equals_one_run(case, tmp_path):
    class Stopping(PaintedRegions):
        def find(self, image, kinds):
            if self.searched == 2:
                raise KeyboardInterrupt
            return super().find(image, kinds)

    with pytest.raises(KeyboardInterrupt):
        run(case, Stopping(), ColourEmbedder(batch_size=1))
    model = PaintedRegions()
    run(case, model)
    assert model.searched < len(PHOTOS)
    whole = CaseFolder.create_or_open(tmp_path / "whole", case.source, None)
    run(whole)
    assert same(regions_of(case), regions_of(whole))


@pytest.mark.parametrize("table", ["rows", "vectors", "seen"])
def test_a_corrupt_part_is_computed_again(case, tmp_path, table):
    run(case)
    (part,) = (case.samples(kind_named("text").table, KEYS["text"]).folder / table).glob("part-*")
    part.write_bytes(part.read_bytes()[:-40])
    model = PaintedRegions()
    with pytest.warns(RuntimeWarning, match="corrupt"):
        run(case, model)
    assert model.searched == (len(PHOTOS) if table == "seen" else 1)
    frame = regions_of(case).frame
    assert len(frame) == 6
    assert frame["region_id"].is_unique


def test_a_picture_the_model_fails_on_is_a_problem_and_stays_an_image(case):
    class Failing(PaintedRegions):
        def find(self, image, kinds):
            found = super().find(image, kinds)
            if len(found) == 3:
                raise RuntimeError("a shape it cannot take")
            return found

    class FailingFaces(SquareFaces):
        def detect(self, image):
            raise RuntimeError("no faces today")

    ingest(case, ColourEmbedder(), faces=FailingFaces(), regions=Failing(), progress=False)
    snapshot = read_snapshot(case, "colour-1")
    assert len(snapshot.images) == len(PHOTOS)
    assert snapshot.problems["step"].value_counts().to_dict() == {"faces": 4, "regions": 1}
    assert len(regions_of(case).frame) == 3
    ingest(case, ColourEmbedder(), faces=SquareFaces(), regions=PaintedRegions(), progress=False)
    assert read_snapshot(case, "colour-1").problems.empty
    assert len(regions_of(case).frame) == 6


def test_regions_of_an_image_that_left_the_source_are_left_out(case):
    run(case)
    (case.source / "c.png").unlink()
    run(case)
    assert len(regions_of(case).frame) == 3


def test_equal_photos_have_their_regions_once(case):
    (case.source / "copy.png").write_bytes((case.source / "a.png").read_bytes())
    model = PaintedRegions()
    run(case, model)
    assert (model.searched, len(regions_of(case).frame)) == (len(PHOTOS), 6)


@pytest.mark.parametrize("orientation", [3, 6, 8])
def test_boxes_are_those_of_the_upright_picture_in_full_size(tmp_path, orientation):
    (path,) = write_regions(tmp_path / "photos", {"a.png": PHOTOS["a.png"]})
    exif = Image.Exif()
    exif[0x0112] = orientation
    back = {3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}
    with Image.open(path) as upright:
        large = upright.resize((upright.width * 20, upright.height * 20), Image.Resampling.NEAREST)
        large.transpose(back[orientation]).save(path.with_suffix(".jpg"), exif=exif, quality=95)
    path.unlink()
    case = CaseFolder.create_or_open(tmp_path / "case", path.parent, None)
    run(case)
    frame = regions_of(case).frame
    assert frame["kind"].tolist() == ["objects", "persons"]
    assert np.allclose(frame.loc[0, ["x", "y", "width", "height"]].tolist(), [1200, 200, 1200, 1200], atol=8)


def test_a_photo_with_five_hundred_areas_of_text_is_embedded_in_batches(tmp_path):
    pixels = np.full((25 * 20 + 10, 20 * 50 + 10, 3), 128, np.uint8)
    for place in range(500):
        top, left = 10 + place // 20 * 20, 10 + place % 20 * 50
        pixels[top : top + 10, left : left + 40] = (255, 0, 0)
    (tmp_path / "photos").mkdir()
    Image.fromarray(pixels).save(tmp_path / "photos" / "page.png")

    class Watching(ColourEmbedder):
        largest = 0

        def embed_images(self, batch):
            self.largest = max(self.largest, len(batch))
            return super().embed_images(batch)

    case, embedder = CaseFolder.create_or_open(tmp_path / "case", tmp_path / "photos", None), Watching()
    assert run(case, embedder=embedder).regions == 500
    assert (embedder.largest, len(regions_of(case).frame)) == (embedder.batch_size, 500)


def test_a_case_without_regions_has_an_empty_table_with_all_columns(case):
    ingest(case, ColourEmbedder(), progress=False)
    assert not any((case.cache / "samples" / kind).exists() for kind in KINDS)
    regions = regions_of(case)
    assert (len(regions.frame), len(regions.vectors)) == (0, 0)
    assert {"region_id", "image_row", "kind", "text", "mask"} <= set(regions.frame.columns)
