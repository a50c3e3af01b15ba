"""Layouts of the map that are set in its form, made on another thread, ended, and shown side by side."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from tests.helpers.map_reading import bright
from tests.helpers.panel_messages import browser, draw
from workbench.errors import QueryError
from workbench.panels.map.colours import Colouring
from workbench.panels.map.panel import Map
from workbench.selection import Selection
from workbench.testing import colour_folder, write_photos

COUNT = 40


class Maker:
    """Makes layouts that end only when they are let: ``begun`` says that one is on its way."""

    def __init__(self) -> None:
        self.begun, self.go = threading.Event(), threading.Event()
        self.ended = threading.Event()
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def __call__(self, method: str, watch: Any = None, **settings: Any) -> np.ndarray:
        self.asked.append((method, settings))
        if watch is not None:
            self.begun.set()
            try:
                for share in np.linspace(0, 1, 50):
                    watch(share)
                    assert self.go.wait(20) or share
            except Exception:
                self.ended.set()
                raise
        seed = sum(map(ord, method)) + settings.get("seed", 0)
        return np.random.default_rng(seed).uniform(-1, 1, (COUNT, 2)).astype(np.float32)


@pytest.fixture
def selection() -> Selection:
    return Selection(pd.DataFrame({"image_id": [f"{i:064x}" for i in range(COUNT)], "path": "a.jpg"}))


@pytest.fixture
def maker() -> Iterator[Maker]:
    maker = Maker()
    yield maker
    maker.go.set()


@pytest.fixture
def panel(selection: Selection, maker: Maker) -> Map:
    return Map(selection, maker, np.zeros(COUNT, np.int32), ["all"], lambda rows: [b""] * len(rows))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[wb.Workspace]:
    """A desk on forty photos of twelve colours, with real layouts."""
    colour_folder(tmp_path / "photos", COUNT)
    case = wb.open(tmp_path / "photos", case=tmp_path / "case", model="fake")
    case.ingest(progress=False)
    desk = wb.Workspace(case)
    yield desk
    desk.close()


class TestForm:
    def test_it_asks_for_what_each_method_takes(self, panel: Map) -> None:
        asked = {method: [field["name"] for field in some] for method, some in panel.bar.fields.items()}

        assert asked == {
            "umap": ["n_neighbors", "min_dist", "metric", "seed"],
            "tsne": ["perplexity", "seed"],
            "pca": [],
        }

    def test_what_is_set_is_made_and_named_in_the_code(self, panel: Map, maker: Maker) -> None:
        maker.go.set()
        settings = {"n_neighbors": 30, "min_dist": 0.1, "metric": "cosine", "seed": 4}
        browser(panel.bar, "method", name="umap", settings=settings)
        panel.wait()

        assert maker.asked[-1] == ("umap", {"n_neighbors": 30, "seed": 4})
        assert panel.bar.settings == {"n_neighbors": 30, "seed": 4}
        assert panel.to_code() == "desk.map.show('umap', seed=4, n_neighbors=30)"

    @pytest.mark.parametrize(
        "settings", [{"n_neighbors": 0}, {"min_dist": 7}, {"metric": "x"}, {"seed": None}, {"perplexity": 3}]
    )
    def test_what_cannot_be_is_a_message_and_the_old_layout_stays(
        self, panel: Map, settings: dict[str, Any]
    ) -> None:
        before = panel.points.copy()
        browser(panel.bar, "method", name="umap", settings=settings)

        assert "Use" in panel.bar.error
        assert panel.points.tolist() == before.tolist()
        with pytest.raises(QueryError):
            panel.show("umap", **settings)

    def test_showing_again_with_defaults_is_the_first_layout(self, panel: Map) -> None:
        before = panel.points.copy()
        panel.show("umap", seed=3)
        other = panel.points.copy()
        panel.show("umap")

        assert other.tolist() != before.tolist() == panel.points.tolist()


class TestOnAThread:
    def test_the_old_layout_stays_until_the_new_one_is_there(self, panel: Map, maker: Maker) -> None:
        before = panel.points.copy()
        browser(panel.bar, "method", name="tsne", settings={})
        assert maker.begun.wait(10)
        meanwhile, said = panel.points.copy(), panel.bar.working
        maker.go.set()
        panel.wait()

        assert meanwhile.tolist() == before.tolist() != panel.points.tolist()
        assert said == "Computing t-SNE"
        assert (panel.bar.working, panel.bar.share, panel.bar.method) == ("", -1, "tsne")

    def test_the_map_can_be_used_meanwhile(self, panel: Map, maker: Maker) -> None:
        panel.compute("tsne")
        assert maker.begun.wait(10)
        square = np.array([[-9, -9], [-9, 9], [9, 9], [9, -9]], float)
        draw(panel, square, "replace")

        assert len(panel.selection) == COUNT
        assert panel.bar.working

    def test_progress_is_told(self, panel: Map, maker: Maker) -> None:
        shares: list[float] = []
        panel.bar.observe(lambda change: shares.append(change["new"]), "share")
        maker.go.set()
        panel.compute("tsne")
        panel.wait()

        assert len(shares) > 20
        assert 0.9 < max(shares) < 1
        assert shares[-1] == -1

    def test_cancel_ends_it_soon_and_changes_nothing(self, panel: Map, maker: Maker) -> None:
        before = panel.points.copy()
        panel.compute("tsne")
        assert maker.begun.wait(10)
        browser(panel.bar, "cancel")
        at_once = panel.bar.working
        maker.go.set()
        panel.wait()

        assert maker.ended.wait(10)
        assert (at_once, panel.bar.trouble, panel.bar.method) == ("", "", "umap")
        assert panel.points.tolist() == before.tolist()

    def test_only_the_newest_layout_is_shown(self, panel: Map, maker: Maker) -> None:
        panel.compute("tsne", seed=1)
        assert maker.begun.wait(10)
        panel.compute("pca")
        maker.go.set()
        panel.wait()

        assert panel.bar.method == "pca"
        assert panel.points.tolist() == maker("pca").tolist()

    def test_what_fails_is_told_and_the_old_layout_stays(self, selection: Selection) -> None:
        def make(method: str, watch: Any = None, **settings: Any) -> np.ndarray:
            if method == "tsne":
                raise QueryError("3 of 40 vectors are not all finite numbers.", "Compute those again.")
            return np.zeros((COUNT, 2), np.float32)

        panel = Map(selection, make, np.zeros(COUNT, np.int32), ["all"], lambda rows: [])
        panel.compute("tsne")
        panel.wait()

        assert panel.bar.trouble.endswith("Compute those again.")
        assert (panel.bar.working, panel.bar.method) == ("", "umap")

    @pytest.mark.parametrize("method", ["umap", "tsne"])
    def test_a_real_layout_can_be_cancelled_and_then_made(self, desk: wb.Workspace, method: str) -> None:
        def cancel_early(change: Any) -> None:
            if change["new"] > 0.1:
                desk.map.cancel()

        desk.map.bar.observe(cancel_early, "share")
        desk.map.compute(method, seed=5)
        desk.map.wait()
        ended = dict(desk.map.bar.settings)
        desk.map.bar.unobserve_all("share")
        desk.map.compute(method, seed=5)
        desk.map.wait()

        assert ended == {}
        assert desk.map.bar.settings == {"seed": 5}
        assert np.array_equal(desk.map.points, desk.case.layout(method, seed=5))


class TestSideBySide:
    def test_a_lasso_in_one_shows_in_the_other(self, desk: wb.Workspace) -> None:
        second = desk.split("pca")
        points = second.points
        left = float(np.median(points[:, 0]))
        second.box(-9, -9, left, 9)

        assert desk.selection.rows.tolist() == np.flatnonzero(points[:, 0] <= left).tolist() != []
        assert bright(desk.map) == desk.selection.rows.tolist()
        assert desk.map.points.tolist() != points.tolist()

    def test_each_has_its_own_colours(self, desk: wb.Workspace) -> None:
        second = desk.split("pca")
        second.colour("folder")

        assert (desk.map.bar.column, second.bar.column) == ("clusters", "folder")

    def test_the_button_opens_it_and_closes_it(self, desk: wb.Workspace) -> None:
        browser(desk.map.bar, "beside")
        second = desk.second_map
        assert second is not None
        second.wait()
        shown, split = second.bar.method, "wb-split" in desk._dom_classes
        browser(second.bar, "beside")

        assert (shown, split) == ("tsne", True)
        assert desk.second_map is None
        assert "wb-split" not in desk._dom_classes
        assert desk.map.bar.beside == "open"

    def test_code_opens_it_again(self, desk: wb.Workspace) -> None:
        desk.split("tsne", perplexity=5)
        desk.second_map.colour("folder")
        code = desk.to_code()
        desk.unite()
        exec(code, {"desk": desk})

        assert desk.second_map.bar.settings == {"perplexity": 5.0}
        assert desk.second_map.bar.column == "folder"
        assert len(desk.second_map.frame) == COUNT

    def test_opening_it_again_keeps_the_one_that_is_open(self, desk: wb.Workspace) -> None:
        assert desk.split("pca") is desk.split("tsne")


class TestNewPhotos:
    @pytest.mark.parametrize("method", ["umap", "tsne", "pca"])
    def test_the_desk_after_an_ingest_shows_the_old_where_they_were(
        self, desk: wb.Workspace, method: str
    ) -> None:
        desk.map.show(method)
        before = desk.map.frame.set_index("path")[["x", "y"]]
        write_photos(desk.case.folder.source, {"another.png": "red", "aa.png": "blue"})
        desk.case.ingest(progress=False)
        again = wb.Workspace(desk.case)
        again.map.show(method)
        after = again.map.frame.set_index("path")[["x", "y"]]
        red = [path for path in before.index if "red" in path]
        again.close()

        assert len(after) == COUNT + 2
        pd.testing.assert_frame_equal(after.loc[before.index], before)
        assert np.abs(after.loc["another.png"] - before.loc[red].mean()).max() < 0.5


class TestNothingToSee:
    def a_map(self, points: np.ndarray) -> Map:
        table = pd.DataFrame({"image_id": [f"{i:064x}" for i in range(len(points))], "path": "a.jpg"})
        labels = np.full(len(points), -1, np.int32)
        return Map(Selection(table), lambda method: points, labels, [], lambda rows: [])

    def test_one_sample_is_a_point_in_the_middle(self) -> None:
        panel = self.a_map(np.zeros((1, 2), np.float32))
        panel.box(-1, -1, 1, 1)

        assert len(panel.figure.data[0].x) == 1
        assert panel.selection.rows.tolist() == [0]
        assert panel.bar.note == ""

    def test_the_same_vectors_at_one_place_are_told(self) -> None:
        assert "All 2 images have the same vector" in self.a_map(np.zeros((2, 2), np.float32)).bar.note

    def test_no_sample_is_told(self) -> None:
        assert self.a_map(np.zeros((0, 2), np.float32)).bar.note == "There are no images here."

    def test_all_hidden_is_told_until_one_is_shown(self) -> None:
        panel = self.a_map(np.eye(2, dtype=np.float32))
        panel.hide([-1])
        hidden = panel.bar.note
        panel.hide([])

        assert "Click an entry of the legend" in hidden
        assert panel.bar.note == ""

    def test_a_first_layout_that_fails_is_told_in_the_map(self, selection: Selection) -> None:
        def make(method: str, **settings: Any) -> np.ndarray:
            raise QueryError("3 of 40 vectors are not all finite numbers.", "Compute those again.")

        panel = Map(selection, make, np.zeros(COUNT, np.int32), ["all"], lambda rows: [])
        assert panel.bar.error.endswith("Compute those again.")


def test_a_column_can_be_offered_later_as_classes(panel: Map) -> None:
    codes = (np.arange(COUNT) % 3 - 1).astype(np.int32)
    panel.offer({"mine": lambda: Colouring("mine", codes, ["one", "two"], "no cluster")})
    browser(panel.bar, "column", name="mine")

    assert "mine" in panel.bar.columns
    assert {key["name"]: key["count"] for key in panel.bar.legend} == {"one": 13, "two": 13, "no cluster": 14}


def test_trust_is_that_of_the_layout_shown(desk: wb.Workspace) -> None:
    desk.map.show("pca")
    desk.map.colour("trust")
    of_pca = desk.map.classes.colouring.codes.copy()
    desk.map.show("tsne", perplexity=3)
    now = desk.map.classes.colouring.codes
    desk.map.show("pca")

    assert now.tolist() != of_pca.tolist() == desk.map.classes.colouring.codes.tolist()
