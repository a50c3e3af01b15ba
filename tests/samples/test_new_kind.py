"""A kind of sample is one file: ``tests/helpers/sky.py`` is found, resumed, searched, shown and deleted."""

import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import workbench as wb
from tests.helpers import sky
from workbench.samples import kind
from workbench.store.samples import read_samples

SLOW = """
import sys
import workbench as wb
from tests.helpers import sky
from workbench.ingest import writer

sky.SECONDS = 0.05
writer.PART_SAMPLES = 4
wb.open(case=sys.argv[1]).ingest(regions=["sky"], progress=False)
"""
kind._registered.pop("sky")  # known again while a test of it runs: others count the kinds there are

COLOURS = {"a": ("blue", "green"), "b": ("gray", "blue"), "c": ("orange", "black")}


@pytest.fixture(autouse=True)
def _registered():
    """Make the kind known for one test: others count the kinds there are."""
    kind.register(sky.SKY)
    yield
    kind._registered.pop("sky")


def write(folder, count=0):
    """Write photos of a sky and a ground, and as many more as asked for."""
    folder.mkdir()
    more = {f"more-{number}": ((number * 4, 0, 0), "gray") for number in range(count)}
    for name, (above, below) in (COLOURS | more).items():
        photo = Image.new("RGB", (90, 60), below)
        photo.paste(above, (0, 0, 90, 20))
        photo.save(folder / f"{name}.png")


@pytest.fixture
def case(tmp_path):
    write(tmp_path / "photos")
    return wb.open(tmp_path / "photos", case=tmp_path / "case", model="fake")


def test_it_is_found_searched_and_shown_with_its_box(case):
    assert case.ingest(regions=["sky", "objects"], progress=False).samples["sky"] == 3
    hits = case.search("blue", over="sky")
    assert hits.frame["path"][0] == "a.png"
    assert hits.frame["score"][0] > 0.98  # cut out with a margin
    assert hits.boxes[0].tolist() == [0, 0, 90, 20]
    assert case.search("blue").frame["path"][0] == "b.png"  # whole images are another question
    assert case.ask("blue over:sky").frame["path"][0] == "a.png"
    regions = case.regions.search("orange", kinds=["sky"])
    assert regions.frame[["path", "kind", "y", "box_height"]].iloc[0].tolist() == ["c.png", "sky", 0, 20]
    assert "sky" in case.regions.keys


def test_its_samples_are_read_as_those_of_any_kind(case):
    case.ingest(regions=["sky"], progress=False)
    found = read_samples(case.folder, sky.SKY.table, case.regions.keys["sky"], case.images)
    assert found.image_row.tolist() == found.frame["image_row"].tolist() == [0, 1, 2]
    assert np.allclose(found.boxes, [[0, 0, 90, 20]] * 3)
    assert np.allclose(np.linalg.norm(found.vectors, axis=1), 1, atol=1e-5)
    assert found.frame["region_id"][1] == f"{case.images['image_id'][1]}:sky:0,0,90,20"


def test_nothing_is_looked_at_twice_and_other_samples_are_as_without_it(case, tmp_path):
    case.ingest(regions=["sky"], progress=False)
    before = len(sky.looked)
    report = case.ingest(regions=["sky"], progress=False)
    assert (len(sky.looked), report.embedded, report.samples["sky"]) == (before, 0, 0)
    other = wb.open(case.folder.source, case=tmp_path / "other", model="fake")
    other.ingest(progress=False)
    assert np.array_equal(case.vectors, other.vectors)


def test_a_killed_ingest_goes_on_where_it_was(tmp_path):
    write(tmp_path / "photos", count=40)
    case = wb.open(tmp_path / "photos", case=tmp_path / "case", model="fake")
    root = Path(__file__).parents[2]
    with subprocess.Popen([sys.executable, "-c", SLOW, str(case.folder.root)], cwd=root) as process:
        while len(list((case.folder.cache / "samples").glob("sky/*/seen/part-*"))) < 2:
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
    before = len(sky.looked)
    report = case.ingest(regions=["sky"], progress=False)
    assert 0 < report.samples["sky"] < 43
    assert len(sky.looked) - before == report.samples["sky"]
    assert len(case.regions) == 43
    assert case.regions.frame["region_id"].is_unique


def test_it_goes_with_the_cache_and_comes_again(case):
    case.ingest(regions=["sky"], progress=False)
    shutil.rmtree(case.folder.cache)
    case.refresh()
    assert (len(case.images), case.regions.keys) == (0, {})
    case.ingest(regions=["sky"], progress=False)
    assert case.search("blue", over="sky").frame["path"][0] == "a.png"


def test_the_file_of_the_kind_is_short():
    assert len(Path(sky.__file__).read_text().splitlines()) < 60
