"""With the real model: a mug is found among other photos, and where it stands."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import workbench as wb
from workbench.analysis.instances.boxes import overlaps
from workbench.vectors import unit_rows

PHOTOS = Path(__file__).parents[2] / "data/photos"
MUG = (738, 278, 205, 240)
CUP = (505, 150, 345, 255)  # of the cappuccino, without its saucer
CUPS = ("food/cappuccino-beside-a-laptop.jpg", "food/coffee-and-an-open-book.jpg")
OTHERS = ("animals/puffin.jpg", "landscapes/forest-stream.jpg", "plants/orange-dahlia.jpg", "city/pagoda.jpg")


@pytest.mark.weights
def test_a_mug_finds_cups_and_where_they_are(tmp_path):
    for name in ("work/notebook-laptop-and-coffee.jpg", *CUPS, *OTHERS):
        (tmp_path / "photos" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(PHOTOS / name, tmp_path / "photos" / name)
    case = wb.open(tmp_path / "photos", case=tmp_path / "case")
    case.ingest(progress=False)
    report = case.instances.ingest(progress=False)
    assert (report.looked, report.failed) == (7, 0)

    found = case.find_this("work/notebook-laptop-and-coffee.jpg", box=MUG)
    paths = found.frame["path"].tolist()
    assert set(paths[:2]) == set(CUPS)
    assert found.boxes is not None
    assert overlaps(found.boxes[paths.index(CUPS[0])], CUP)[0, 0] > 0.4

    named = case.find_this("a bird", k=3)
    assert named.frame["path"][0] == "animals/puffin.jpg"


@pytest.fixture(scope="module")
def model():
    from workbench.case.instances.model import ThingModel
    from workbench.models.instances.dense import patch_tokens

    return ThingModel(patch_tokens(patches=144))


@pytest.mark.weights
@pytest.mark.parametrize("size", [(16, 16), (3000, 60), (60, 3000), (200, 150), (1, 1)])
def test_odd_pictures_of_one_colour_have_candidates_and_no_nan(model, size):
    picture = Image.new("RGB", size, "teal")
    boxes, vectors = model.candidates(picture)
    assert len(boxes) == len(vectors) >= 1
    assert (np.abs(vectors.astype(int)).max(axis=1) == 127).all()
    asked = model.ask(picture, np.array((0.2, 0.2, 0.1, 0.1), np.float32))
    assert np.isfinite(asked).all()
    assert np.isfinite(model.sharpen(picture, asked, boxes[0])).all()


@pytest.mark.weights
def test_whitening_spreads_what_rules_over_more_directions(model):
    means = []
    for name in ("work/notebook-laptop-and-coffee.jpg", *CUPS, *OTHERS):
        with Image.open(PHOTOS / name) as photo:
            means.append(model.regions(photo.convert("RGB"))[1])
    plain = np.concatenate(means)
    white = plain @ model.dense.whitening

    assert directions(white) > 1.2 * directions(plain)
    np.testing.assert_allclose(unit_rows(model.plain(white)), unit_rows(plain), atol=1e-4)


def directions(rows):
    """Return how many directions of equal variance would vary as much as (N, D) rows: an effective rank."""
    shares = np.linalg.svd(rows - rows.mean(axis=0), compute_uv=False) ** 2
    shares /= shares.sum()
    return np.exp(-(shares * np.log(shares + 1e-12)).sum())
