"""Layouts that grow, trust in them, and runs of clustering that are kept and compared."""

import io
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

import workbench as wb
from workbench.analysis.projection import place
from workbench.errors import QueryError
from workbench.testing import colour_folder, write_photos
from workbench.workspace import maps


@pytest.fixture
def case(tmp_path: Path) -> wb.Case:
    """Forty photos of twelve colours, three of them tagged."""
    colour_folder(tmp_path / "photos", 40)
    case = wb.open(tmp_path / "photos", case=tmp_path / "case", model="fake")
    case.ingest(progress=False)
    return case


def test_new_photos_are_placed_without_moving_the_old(case: wb.Case) -> None:
    before = dict(zip(case.images["path"], case.layout("pca").tolist(), strict=True))
    write_photos(case.folder.source, {"another.png": "red", "zz.png": "blue"})
    case.ingest(progress=False)
    after = dict(zip(case.images["path"], case.layout("pca").tolist(), strict=True))

    assert len(after) == 42
    assert {path: after[path] for path in before} == before
    assert np.isfinite([after["another.png"], after["zz.png"]]).all()


def test_most_photos_new_is_a_new_layout(case: wb.Case) -> None:
    before = case.layout("pca")
    colour_folder(case.folder.source / "more", 100)  # the first forty are the same
    case.ingest(progress=False)

    assert len(case.layout("pca")) > 2 * len(before)
    assert abs(case.layout("pca")).max() == pytest.approx(1, abs=1e-5)


def test_a_new_sample_lies_among_those_it_is_like() -> None:
    old = np.repeat(np.eye(3, dtype=np.float32), 4, axis=0)
    points = np.repeat([[0, 0], [5, 0], [0, 5]], 4, axis=0).astype(np.float32)
    placed = place(np.eye(3, dtype=np.float32)[[1, 2]], old, points, k=4)

    assert np.allclose(placed, [[5, 0], [0, 5]], atol=1e-3)
    assert place(old[:2], old[:0], points[:0]).tolist() == [[0, 0], [0, 0]]


def test_trust_is_a_number_a_photo_and_cached(case: wb.Case, monkeypatch: pytest.MonkeyPatch) -> None:
    first = case.trust("pca")
    monkeypatch.setattr("workbench.case.computed.trust", lambda *args: pytest.fail("computed twice"))

    assert first.both.shape == (40,)
    assert 0 <= first.both.min() <= first.both.max() <= 1
    assert np.array_equal(case.trust("pca").both, first.both)


def test_levels_go_from_coarse_to_fine_with_names_and_parents(case: wb.Case) -> None:
    levels = case.cluster_levels()
    assert [level.level for level in levels] == [0, 1, 2, 3, 4]
    assert np.array_equal(case.clusters(), levels[2].labels)
    assert np.array_equal(case.clusters(level=4), levels[4].labels)
    for level in levels:
        count = level.labels.max() + 1
        assert count >= 1
        assert len(level.names) == len(set(level.names)) == len(level.parents) == count
    assert set(levels[0].parents) == {-1}
    for coarse, fine in pairwise(levels):
        assert set(fine.parents) <= set(range(len(coarse.names)))


def test_a_level_is_computed_once_and_one_that_is_not_there_is_refused(
    case: wb.Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = case.clusters(level=1)
    monkeypatch.setattr("workbench.analysis.clusters.levels", pytest.fail)
    assert np.array_equal(case.clusters(level=1), first)
    for wrong in (-1, 5):
        with pytest.raises(QueryError, match=r"0 (.coarse. )?to 4"):
            case.clusters(level=wrong)
    with pytest.raises(QueryError, match="no levels"):
        case.clusters(level=1, min_cluster_size=3)


def test_levels_and_comparisons_tell_how_far_they_are_and_can_be_ended(case: wb.Case) -> None:
    def end(share: float) -> None:
        raise KeyboardInterrupt

    case.cluster_runs.run("dbscan", space="vectors", eps=0.3)
    for work in (case.cluster_levels, case.cluster_runs.compare):
        with pytest.raises(KeyboardInterrupt):
            work(watch=end)
        shares: list[float] = []
        work(watch=shares.append)
        assert shares
        assert all(0 <= share <= 1 for share in shares)


def test_a_run_is_kept_under_its_name_and_found_by_a_colleague(case: wb.Case) -> None:
    labels = case.cluster_runs.run("agglomerative", space="vectors", threshold=0.4, name=" colours ")
    case.cluster_runs.run("dbscan", space="vectors", eps=0.3)
    again = wb.open(case=case.folder.root)

    assert again.cluster_runs.names == ["colours", "dbscan, eps 0.3, min_samples 5, vectors"]
    assert again.cluster_runs.labels("colours").tolist() == labels.tolist()
    with pytest.raises(QueryError, match="'colours'"):
        again.cluster_runs.labels("nothing")


def test_a_run_of_the_same_name_takes_the_place_of_the_first(case: wb.Case) -> None:
    case.cluster_runs.run("dbscan", space="vectors", eps=0.3, name="mine")
    last = case.cluster_runs.run("dbscan", space="vectors", eps=0.9, name="mine")

    assert case.cluster_runs.names == ["mine"]
    assert case.cluster_runs.labels("mine").tolist() == last.tolist()


def test_runs_are_compared_with_tags(case: wb.Case) -> None:
    for colour in ("red", "green", "blue"):
        case.tag([path for path in case.images["path"] if colour in path], colour)
    case.cluster_runs.run("agglomerative", space="vectors", threshold=0.2, name="fine")
    case.cluster_runs.run("agglomerative", space="vectors", threshold=9.0, name="all")
    case.cluster_runs.run("dbscan", space="vectors", eps=1e-9, min_samples=30, name="none")
    table = case.cluster_runs.compare("tag").set_index("name")

    assert table.loc["fine", "purity"] == 1
    assert table.loc["fine", "adjusted_rand"] > table.loc["all", "adjusted_rand"]  # type: ignore[arg-type]
    assert table.loc["all", "clusters"] == 1
    assert table.loc["none", "noise"] == 40
    assert "in one cluster" in table.loc["all", "note"]
    assert "in no cluster" in table.loc["none", "note"]


def test_no_run_makes_an_empty_table(case: wb.Case) -> None:
    table = case.cluster_runs.compare()

    assert len(table) == 0
    assert "silhouette" in table


def test_what_is_typical_and_what_is_odd_are_rows_of_the_cluster(case: wb.Case) -> None:
    labels = case.cluster_runs.run("agglomerative", space="vectors", threshold=0.4)
    rows = case.cluster_runs.representatives(labels, 0, 2)

    assert (labels[rows] == 0).all()
    assert (labels[case.cluster_runs.outliers(labels, 0, 2)] == 0).all()


def test_the_distances_to_choose_eps_from_rise(case: wb.Case) -> None:
    found = case.cluster_runs.k_distances(3, space="vectors")

    assert found.shape == (40,)
    assert (np.diff(found) >= 0).all()


def test_a_cell_that_waits_for_the_map_says_so_once(case: wb.Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(maps, "BRIEF", 0)
    said = []
    for _ in range(2):
        monkeypatch.setattr(sys, "stderr", io.StringIO())
        wb.Workspace(case).close()
        said.append(sys.stderr.getvalue())

    assert "Laying out 40 images" in said[0]
    assert "finding neighbours" in said[0]
    assert "Grouping 40 images" in said[0]
    assert "images" not in said[1]  # what was computed once is there at once
