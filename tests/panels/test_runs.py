"""The panel of the cluster runs, and clustering of what can hardly be clustered."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import workbench as wb
from tests.helpers.panel_messages import browser
from workbench.analysis import cluster_methods
from workbench.errors import QueryError
from workbench.panels.runs.panel import Runs
from workbench.testing import colour_folder, write_photos

FORM = {"eps": 0.3, "min_samples": 3}


@pytest.fixture
def desk(tmp_path: Path, desk_of: Callable[..., wb.Workspace]) -> wb.Workspace:
    """A desk on forty photos of twelve colours."""
    colour_folder(tmp_path / "photos", 40)
    return desk_of(tmp_path / "photos")


def run(panel: Runs, method: str = "dbscan", name: str = "", space: str = "vectors", **settings: Any) -> None:
    """Press Run, as the browser does, and wait."""
    browser(
        panel,
        "run",
        method=method,
        name=name,
        space=space,
        settings=settings or (FORM if method == "dbscan" else {}),
    )
    panel.wait()


class TestRuns:
    def test_a_run_is_made_kept_compared_and_opened(self, desk: wb.Workspace) -> None:
        run(desk.runs, name="near")
        labels = desk.case.cluster_runs.labels("near")

        assert (desk.runs.trouble, desk.runs.error, desk.runs.working) == ("", "", "")
        assert [line["name"] for line in desk.runs.table] == ["near"]
        assert desk.runs.table[0]["clusters"] == labels.max() + 1 == len(desk.runs.clusters) > 1
        assert desk.runs.opened == "near"
        assert desk.runs.frame["name"].tolist() == ["near"]

    def test_the_same_in_python_gives_the_same(self, desk: wb.Workspace) -> None:
        labels = desk.runs.run("dbscan", space="vectors", name="near", **FORM)

        assert labels.tolist() == desk.case.cluster_runs.labels("near").tolist()
        assert desk.runs.table[0]["noise"] == int((labels < 0).sum())

    def test_what_is_typical_and_odd_are_thumbnails_of_the_cluster(self, desk: wb.Workspace) -> None:
        run(desk.runs, "agglomerative", name="by likeness", threshold=0.6)
        browser(desk.runs, "look", cluster=1)
        labels = desk.case.cluster_runs.labels("by likeness")
        sent = browser(desk.runs, "thumbnails", rows=desk.runs.typical)

        assert (labels[desk.runs.typical + desk.runs.odd] == 1).all()
        assert not set(desk.runs.typical) & set(desk.runs.odd)
        assert sent["buffers"] == desk.case.thumbnails(desk.runs.typical) != []

    def test_a_cluster_is_selected_and_so_is_what_is_in_none(self, desk: wb.Workspace) -> None:
        run(desk.runs, name="tight", eps=0.3, min_samples=4)
        labels = desk.case.cluster_runs.labels("tight")
        browser(desk.runs, "select", cluster=0)
        first = desk.selection.rows.tolist()
        browser(desk.runs, "select", cluster=-1)

        assert first == np.flatnonzero(labels == 0).tolist() != []
        assert desk.selection.rows.tolist() == np.flatnonzero(labels == -1).tolist()

    def test_the_map_is_coloured_by_a_run_and_code_does_it_again(self, desk: wb.Workspace) -> None:
        run(desk.runs, name="near")
        browser(desk.runs, "colour", name="near")
        labels = desk.case.cluster_runs.labels("near")
        shown = desk.map.classes.colouring
        code = desk.map.to_code()
        again = wb.Workspace(desk.case)
        exec(code, {"desk": again})
        repeated = again.map.classes.colouring
        again.close()

        assert desk.map.bar.column == "run: near"
        assert shown.codes.tolist() == repeated.codes.tolist() == labels.tolist()
        assert repeated.names == desk.case.cluster_names(labels)

    def test_a_second_map_takes_another_run(self, desk: wb.Workspace) -> None:
        second = desk.split("pca")
        run(desk.runs, name="near")
        run(desk.runs, name="tight", eps=0.01, min_samples=2)
        browser(desk.runs, "colour", name="near")
        browser(desk.runs, "colour", name="tight")
        second.colour("run: near")

        assert (desk.map.bar.column, second.bar.column) == ("run: tight", "run: near")

    def test_a_run_is_renamed_and_forgotten(self, desk: wb.Workspace) -> None:
        run(desk.runs, name="near")
        browser(desk.runs, "rename", name="near", to="  by   hand ")
        renamed = [line["name"] for line in desk.runs.table], desk.runs.opened
        browser(desk.runs, "remove", name="by hand")

        assert renamed == (["by hand"], "by hand")
        assert desk.runs.table == desk.runs.clusters == []
        assert wb.open(case=desk.case.folder.root).cluster_runs.names == []

    def test_the_distances_are_a_curve_that_rises_to_choose_eps_from(self, desk: wb.Workspace) -> None:
        browser(desk.runs, "distances", k=3, space="vectors")
        desk.runs.wait()
        curve = desk.runs.curve

        assert curve["of"] == 40
        assert curve["distances"] == sorted(curve["distances"])
        assert min(curve["distances"]) <= curve["knee"] <= max(curve["distances"])
        assert desk.runs.distances(3, "vectors").shape == (40,)

    def test_runs_are_compared_when_the_panel_is_opened(self, desk: wb.Workspace) -> None:
        desk.case.cluster_runs.run("dbscan", space="vectors", name="before", **FORM)  # type: ignore[arg-type]
        folded = list(desk.runs.table)
        browser(desk.runs, "unfold", unfolded=True)
        desk.runs.wait()

        assert folded == []
        assert [line["name"] for line in desk.runs.table] == ["before"]
        assert "before" in desk.runs.still()
        assert "desk.runs.compare('folder')" in desk.to_code()

    def test_code_shows_the_same_run(self, desk: wb.Workspace) -> None:
        desk.runs.unfolded = True
        run(desk.runs, name="near")
        browser(desk.runs, "look", cluster=1)
        code = desk.runs.to_code()
        again = wb.Workspace(desk.case)
        exec(code, {"desk": again})
        shown = again.runs.opened, again.runs.cluster, again.runs.table
        again.close()

        assert shown == ("near", 1, desk.runs.table)

    def test_a_run_can_be_cancelled_and_leaves_nothing(
        self, desk: wb.Workspace, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        begun, go = threading.Event(), threading.Event()

        def slow(vectors: np.ndarray, dimensions: int, *, seed: int, watch: Any) -> np.ndarray:
            for share in np.linspace(0, 1, 20):
                watch(share)
                begun.set()
                go.wait(20)
            return vectors[:, :dimensions]

        monkeypatch.setattr("workbench.analysis.cluster_methods.reduce", slow)
        monkeypatch.setattr("workbench.analysis.clusters.DIMENSIONS", 2)
        # another seed than that of the clusters of the map, whose reduced space is kept already
        browser(desk.runs, "run", method="hdbscan", name="never", space="reduced", settings={"seed": 7})
        assert begun.wait(10)
        said = desk.runs.working
        browser(desk.runs, "cancel")
        go.set()
        desk.runs.wait()

        assert said == "Running hdbscan"
        assert (desk.runs.working, desk.runs.trouble, desk.runs.table) == ("", "", [])
        assert desk.case.cluster_runs.names == []

    def test_a_run_cancelled_while_it_clusters_is_not_kept(
        self, desk: wb.Workspace, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        begun, go = threading.Event(), threading.Event()
        group = cluster_methods.group

        def slow(points: np.ndarray, settings: Any, watch: Any) -> np.ndarray:
            begun.set()
            go.wait(20)
            return group(points, settings, watch)

        monkeypatch.setattr(cluster_methods, "group", slow)
        browser(desk.runs, "run", method="dbscan", name="never", space="vectors", settings=FORM)
        assert begun.wait(10)
        browser(desk.runs, "cancel")
        monkeypatch.setattr(cluster_methods, "group", group)
        run(desk.runs, name="after", eps=0.2, min_samples=2)  # need not wait for the one that was cancelled
        first = desk.case.cluster_runs.names
        go.set()
        desk.close()

        assert first == ["after"]
        assert [thread.join(20) for thread in threading.enumerate() if thread.name == "workbench-panel"]
        assert desk.case.cluster_runs.names == ["after"]

    def test_names_that_are_markup_stay_text(self, desk: wb.Workspace) -> None:
        desk.runs.unfolded = True
        run(desk.runs, name="<img src=x onerror=alert(1)>")

        assert "<img" not in desk.runs.still()
        assert "&lt;img" in desk.runs.still()


class TestBadInput:
    @pytest.mark.parametrize(
        ("method", "settings", "words"),
        [
            ("dbscan", {"eps": 0}, "eps above 0"),
            ("dbscan", {"eps": -1}, "eps above 0"),
            ("dbscan", {"eps": 0.5, "min_samples": 0}, "min_samples of 1 or more"),
            ("dbscan", {"eps": "much"}, "Use a number"),
            ("agglomerative", {"threshold": 0}, "threshold above 0"),
            ("agglomerative", {"threshold": float("nan")}, "Use a number"),
            ("hdbscan", {"min_cluster_size": 1}, "min_cluster_size of 2 or more"),
            ("hdbscan", {"min_cluster_size": 2.5}, "whole number"),
        ],
    )
    def test_what_cannot_be_run_is_told_and_not_kept(
        self, desk: wb.Workspace, method: str, settings: dict[str, Any], words: str
    ) -> None:
        run(desk.runs, method, **settings)

        assert words in desk.runs.trouble
        assert desk.runs.working == ""
        assert desk.case.cluster_runs.names == []

    def test_all_noise_is_a_run_that_says_so(self, desk: wb.Workspace) -> None:
        run(desk.runs, name="none", eps=1e-9, min_samples=30)
        browser(desk.runs, "colour", name="none")

        assert "All samples are in no cluster" in desk.runs.table[0]["note"]
        assert desk.runs.clusters == []
        assert [key["name"] for key in desk.map.bar.legend] == ["no cluster"]
        assert desk.map.bar.note == ""
        with pytest.raises(QueryError, match="It found no clusters"):
            desk.runs.look(0)

    def test_no_run_is_open_before_one_is(self, desk: wb.Workspace) -> None:
        with pytest.raises(QueryError, match="Open one"):
            desk.runs.select(0)
        with pytest.raises(QueryError, match="none yet"):
            desk.runs.look_into("x")

    @pytest.mark.parametrize("method", list(cluster_methods.METHODS))
    @pytest.mark.parametrize("space", cluster_methods.SPACES)
    @pytest.mark.parametrize("photos", [{"a.png": "red"}, {"a.png": "red", "b.png": "red"}])
    def test_one_photo_and_two_alike_make_a_desk_and_a_run(
        self, tmp_path: Path, method: str, space: str, photos: dict[str, str]
    ) -> None:
        write_photos(tmp_path / "photos", photos)
        case = wb.open(tmp_path / "photos", case=tmp_path / "case", model="fake")
        case.ingest(progress=False)
        desk = wb.Workspace(case)
        run(desk.runs, method, space=space, **{"min_samples": 1} if method == "dbscan" else {})  # type: ignore[arg-type]
        table, said = desk.runs.table, desk.runs.trouble
        desk.runs.distances(5, space)
        desk.split("tsne")
        note = desk.map.bar.note
        desk.close()

        assert said == ""
        assert table[0]["clusters"] + table[0]["noise"] >= 1
        assert len(case.images) == 1 or "lie at one place" in note
        assert table[0]["note"]

    def test_nan_among_the_vectors_is_told_with_its_row(self) -> None:
        vectors = np.eye(6, dtype=np.float32)
        vectors[4, 1] = np.nan
        for method in cluster_methods.METHODS:
            with pytest.raises(QueryError, match="first in row 4"):
                cluster_methods.run(vectors, method)

    def test_an_eps_that_holds_nearly_all_is_refused_before_memory_is_full(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(cluster_methods, "MOST_NEAR", 20_000)
        points = np.random.default_rng(0).uniform(0, 1, (200, 3))

        assert cluster_methods.run(points, "dbscan", space="vectors", eps=0.2).max() >= 0
        with pytest.raises(QueryError, match="smaller eps"):
            cluster_methods.run(points, "dbscan", space="vectors", eps=5)

    def test_the_distances_of_many_are_those_of_a_sample(self, monkeypatch: pytest.MonkeyPatch) -> None:
        points = np.random.default_rng(0).uniform(0, 1, (300, 2))
        whole = cluster_methods.k_distances(points, 4)
        monkeypatch.setattr(cluster_methods, "MOST_ASKED", 250)
        monkeypatch.setattr(cluster_methods, "ASKED", 100)
        some = cluster_methods.k_distances(points, 4)

        assert len(whole) == 300
        assert len(some) == 100
        assert np.isin(some, whole).all()
