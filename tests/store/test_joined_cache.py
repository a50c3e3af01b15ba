"""What opening a case found is kept ready: the second opening sees exactly what the first one joined."""

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench.store import joined_cache
from workbench.store.parts import Parts
from workbench.testing import colour_folder


@pytest.fixture
def case(tmp_path, monkeypatch):
    monkeypatch.setattr(joined_cache, "WORTH", 1)
    photos = tmp_path / "photos"
    colour_folder(photos, 9)
    (photos / "broken.jpg").write_bytes(b"no picture")
    (photos / "again.png").write_bytes(sorted(photos.glob("*.png"))[0].read_bytes())
    case = wb.open(photos, case=tmp_path / "case", model="fake")
    case.ingest(progress=False)
    return case


def missing(value):
    """Say whether a cell is empty; a list of paths never is."""
    return not isinstance(value, list) and bool(pd.isna(value))


def kept(case):
    return [path for path in (case.folder.cache / "opened").glob("*/*") if path.name[0] != "."]


def test_the_second_opening_sees_what_the_first_one_joined(case, monkeypatch):
    first, vectors = case.images, np.array(case.vectors)
    monkeypatch.setattr(Parts, "read_part", lambda *_: pytest.fail("a part was read again"))
    again = wb.open(case=case.folder.root)
    for name in first:
        ours, theirs = first[name].tolist(), again.images[name].tolist()
        assert list(map(missing, ours)) == list(map(missing, theirs))
        assert [a for a in ours if not missing(a)] == [b for b in theirs if not missing(b)]
    assert isinstance(again.vectors, np.memmap)
    np.testing.assert_array_equal(again.vectors, vectors)
    assert again.problems["path"].tolist() == ["broken.jpg"]
    assert max(map(len, again.images["paths"])) == 2


def test_a_joined_table_and_a_kept_one_have_the_same_columns_and_types(case, tmp_path, monkeypatch):
    first = case.images
    monkeypatch.setattr(joined_cache, "WORTH", 10**9)
    for path in kept(case):
        for file in path.iterdir():
            file.unlink()
    joined = wb.open(case=case.folder.root).images
    assert first.columns.tolist() == joined.columns.tolist()
    assert first.drop(columns="paths").dtypes.to_dict() == joined.drop(columns="paths").dtypes.to_dict()


def test_a_new_image_is_seen_and_what_was_kept_before_is_removed(case, tmp_path):
    before, count = kept(case), len(case.images)
    colour_folder(case.folder.source / "more", 1, palette=["navy"], seed=5)
    case.ingest(progress=False)
    assert len(case.images) == count + 1
    assert len(kept(case)) == 1
    assert kept(case) != before


@pytest.mark.parametrize("name", ["images.arrow", "vectors.npy", "problems.arrow"])
def test_a_damaged_file_is_joined_anew_and_never_believed(case, name):
    count = len(case.images)
    (kept(case)[0] / name).write_bytes(b"broken")
    for _ in range(2):
        again = wb.open(case=case.folder.root)
        assert len(again.images) == count
        assert isinstance(again.vectors, np.memmap), "what was damaged is made anew"


def test_a_small_case_keeps_nothing(tmp_path):
    colour_folder(tmp_path / "photos", 9)
    case = wb.open(tmp_path / "photos", case=tmp_path / "case", model="fake")
    case.ingest(progress=False)
    assert len(case.images)
    assert not kept(case)


def test_searching_and_tagging_work_on_what_was_kept(case):
    assert len(case.images)
    again = wb.open(case=case.folder.root)
    hits = again.search("red", k=3)
    assert len(hits.rows) == 3
    again.tag(again.images["paths"][0][0], "seen")
    assert again.info()["paths"] == case.info()["paths"] == len(case.images) + 1
