"""The map without a browser: what it draws, selects, colours and answers."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image

import workbench as wb
from tests.helpers.map_reading import bright, places
from tests.helpers.panel_messages import browser, draw
from workbench.errors import QueryError
from workbench.panels.map.colours import Colouring, by_values, ramp
from workbench.panels.map.panel import Map
from workbench.panels.map.picture import LETTER, Density, names_on_map
from workbench.panels.map.view import View, drawn_rows, whole
from workbench.search.hits import Hits
from workbench.selection import Selection

SQUARE = np.array([[-9, -9], [-9, 9], [9, 9], [9, -9]], float)
COUNT = 5001


@pytest.fixture
def desk(tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[wb.Workspace]:
    """A desk on twelve colours; PCA in place of UMAP, because what is tested is not the layout."""
    case = wb.open(source, case=tmp_path / "case", model="fake")
    case.ingest(progress=False)
    layout = case.layout
    monkeypatch.setattr(
        case,
        "layout",
        lambda method="pca", **params: layout("pca" if method == "umap" else method, **params),
    )
    desk = wb.Workspace(case)
    yield desk
    desk.close()


@pytest.fixture
def selection() -> Selection:
    """Five thousand and one rows: what a panel needs, and nothing else."""
    numbers = np.arange(COUNT)
    return Selection(
        pd.DataFrame(
            {
                "image_id": [f"{i:064x}" for i in numbers],
                "path": [f"{'ab'[i % 2]}/{i}.jpg" for i in numbers],
                "camera": np.where(numbers % 3 == 0, "one", np.where(numbers % 3 == 1, "two", None)),  # type: ignore[call-overload]
                "size": numbers * 1000,
            }
        )
    )


@pytest.fixture
def points() -> np.ndarray:
    return np.random.default_rng(0).uniform(-1, 1, (COUNT, 2)).astype(np.float32)


@pytest.fixture
def few_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let 500 points be too many to draw, and 100 be the sample drawn of more."""
    monkeypatch.setattr("workbench.panels.map.view.DRAWN", 500)
    monkeypatch.setattr("workbench.panels.map.view.SAMPLED", 100)


def a_map(selection: Selection, points: np.ndarray, labels: np.ndarray | None = None, **more: Any) -> Map:
    if labels is None:
        labels = np.zeros(len(points), np.int32)
    names = [f"group {i}" for i in range(int(labels.max(initial=-1)) + 1)]
    return Map(
        selection,
        lambda method: points,
        labels,
        names,
        lambda rows: [b"jpeg %d" % row for row in rows],
        **more,
    )


def look(panel: Map, x0: float, y0: float, x1: float, y1: float) -> None:
    """Report a zoom, as the browser does when the wheel has come to rest."""
    browser(panel.bar, "view", x=[x0, x1], y=[y0, y1], width=640, height=480)


class TestSelecting:
    def test_a_lasso_selects_what_is_inside_whatever_is_drawn(self, desk: wb.Workspace) -> None:
        points = desk.map.points
        middle = np.median(points[:, 0])
        left = np.array([[-9, -9], [-9, 9], [middle, 9], [middle, -9]], float)
        draw(desk.map, left, "replace")

        assert desk.selection.rows.tolist() == np.flatnonzero(points[:, 0] < middle).tolist()
        assert len(desk.selection.frame) == len(desk.selection.rows) > 0

    def test_shift_adds_and_alt_removes(self, desk: wb.Workspace) -> None:
        draw(desk.map, SQUARE, "add")
        everything = len(desk.selection)
        x, y = map(float, desk.map.points[3])
        corners = [[x - 1e-3, y - 1e-3], [x + 1e-3, y + 1e-3]]
        draw(desk.map, corners, "remove", "box")

        assert everything == len(desk.case.images)
        assert 3 not in desk.selection.rows.tolist()
        assert len(desk.selection) < everything

    def test_both_keys_keep_what_is_in_both(self, desk: wb.Workspace) -> None:
        x, y = map(float, desk.map.points[3])
        desk.selection.rows = [1, 3]
        corners = [[x - 1e-3, y - 1e-3], [x + 1e-3, y + 1e-3]]
        draw(desk.map, corners, "intersect", "box")

        assert desk.selection.rows.tolist() == [3]

    def test_double_click_clears(self, desk: wb.Workspace) -> None:
        desk.selection.rows = [1, 2]
        browser(desk.map.bar, "clear")

        assert len(desk.selection) == 0

    def test_selected_points_stay_bright(self, desk: wb.Workspace) -> None:
        desk.selection.rows = [1, 4]
        lit = bright(desk.map)
        desk.selection.clear()

        assert lit == [1, 4]
        assert bright(desk.map) is None

    def test_a_click_looks_at_the_nearest_point_and_beside_all_at_none(self, desk: wb.Workspace) -> None:
        x, y = map(float, desk.map.points[7])
        browser(desk.map.bar, "click", x=x + 1e-4, y=y)
        focus = desk.selection.focus
        desk.selection.focus = None
        browser(desk.map.bar, "click", x=x + 50, y=y)

        assert focus == 7
        assert desk.selection.focus is None

    def test_code_repeats_the_lasso(self, desk: wb.Workspace) -> None:
        desk.map.lasso(SQUARE * 0.05 + desk.map.points[0])
        rows, code = desk.selection.rows.tolist(), desk.map.to_code()
        desk.selection.clear()
        exec(code, {"desk": desk})

        assert desk.selection.rows.tolist() == rows != []


class TestMarks:
    def test_hits_are_crosses_and_the_focus_is_a_ring(self, desk: wb.Workspace) -> None:
        hits = desk.query.ask("red")
        desk.selection.focus = 2

        assert np.allclose(places(desk.map.bar.crosses), desk.map.points[hits.rows])
        assert np.allclose(places(desk.map.bar.ring), desk.map.points[[2]])
        desk.selection.focus = None
        assert len(places(desk.map.bar.ring)) == 0

    def test_hits_of_a_hidden_class_get_no_cross_but_the_focus_keeps_its_ring(
        self, selection: Selection, points: np.ndarray
    ) -> None:
        panel = a_map(selection, points, (points[:, 0] > 0).astype(np.int32))
        hidden = int(panel.labels[0])
        panel.hide([hidden])
        selection.marked, selection.focus = [0, int(np.flatnonzero(panel.labels != hidden)[0])], 0

        assert np.allclose(places(panel.bar.crosses), points[selection.marked[1:]])
        assert np.allclose(places(panel.bar.ring), points[[0]])

    def test_hover_answers_with_name_class_and_picture(self, desk: wb.Workspace) -> None:
        x, y = map(float, desk.map.points[5])
        answer = browser(desk.map.bar, "hover", x=x, y=y)
        nothing = browser(desk.map.bar, "hover", x=x + 50, y=y)

        assert answer["row"] == 5
        assert answer["name"] == desk.case.images["path"][5]
        assert answer["buffers"] == desk.case.thumbnails([5])
        assert (nothing["row"], nothing["buffers"]) == (-1, [])

    def test_names_stand_in_the_middle_of_their_class(self, selection: Selection, points: np.ndarray) -> None:
        labels = (points[:, 0] > 0).astype(np.int32)
        panel = a_map(selection, points, labels)
        names = {mark["name"]: mark for mark in browser(panel.bar, "marks")["names"]}

        assert set(names) == {"group 0", "group 1"}
        assert names["group 0"]["x"] == pytest.approx(np.median(points[labels == 0, 0]))
        assert names["group 1"]["colour"] == panel.bar.legend[1 if labels.mean() < 0.5 else 0]["colour"]

    def test_names_do_not_lie_over_each_other(self, selection: Selection, points: np.ndarray) -> None:
        labels = (np.arange(COUNT) % 9).astype(np.int32)  # nine classes with the same middle

        marks = browser(a_map(selection, points, labels).bar, "marks")["names"]
        ups = sorted(mark["y"] for mark in marks)

        assert 1 <= len(marks) < 9
        assert np.diff(ups).min(initial=9) > 18 * 2.2 / 480  # a line of text apart

    def test_a_name_at_the_edge_is_moved_inside_and_not_left_out(self) -> None:
        points = np.array([[0, 0], [0, 0], [1, 1]], np.float32)
        view = View(0, -1, 1, 2, 400, 300)
        colouring = Colouring("clusters", np.array([0, 0, 1], np.int32), ["on the left", "on the right"])

        left, right = names_on_map(points, np.arange(3, dtype=np.int32), colouring, replace(view, x1=1.01))

        for mark, name in ((left, "on the left"), (right, "on the right")):
            half = len(name) * LETTER / 2
            at = mark["x"] / 1.01 * 400
            assert half - 0.1 <= at <= 400 - half + 0.1
        assert names_on_map(points, np.arange(3, dtype=np.int32), colouring, replace(view, width=40)) == []

    def test_pictures_are_shown_close_up_only(self, selection: Selection, points: np.ndarray) -> None:
        panel = a_map(selection, points)
        far = browser(panel.bar, "marks")
        look(panel, -0.1, -0.1, 0.1, 0.1)
        close = browser(panel.bar, "marks")
        places = np.array([[mark["x"], mark["y"]] for mark in close["pictures"]])
        pixels = places / (0.2 / 640, 0.2 / 480)
        apart = np.abs(pixels[:, None] - pixels[None]).max(axis=2) + 1e9 * np.eye(len(pixels))

        assert far["pictures"] == far["buffers"] == []
        assert len(close["buffers"]) == len(close["pictures"]) > 5
        assert np.abs(places).max() <= 0.1
        assert apart.min() >= 64


class TestAMillion:
    @pytest.mark.usefixtures("few_drawn")
    def test_only_a_sample_is_drawn_but_every_row_is_lassoed(
        self, selection: Selection, points: np.ndarray
    ) -> None:
        panel = a_map(selection, points)
        said = panel.bar.summary
        panel.box(-9, -9, 0, 9)

        assert len(panel.figure.data[0].x) == 100
        assert selection.rows.tolist() == np.flatnonzero(points[:, 0] <= 0).tolist()
        assert "100 drawn" in said

    @pytest.mark.usefixtures("few_drawn")
    def test_every_point_is_found_by_the_pointer_drawn_or_not(
        self, selection: Selection, points: np.ndarray
    ) -> None:
        panel = a_map(selection, points)
        row = int(np.setdiff1d(np.arange(COUNT), panel.drawn)[17])
        answer = browser(panel.bar, "hover", x=float(points[row, 0]), y=float(points[row, 1]))

        assert answer["row"] == row

    @pytest.mark.usefixtures("few_drawn")
    def test_zooming_in_draws_the_points_that_are_there(
        self, selection: Selection, points: np.ndarray
    ) -> None:
        panel = a_map(selection, points)
        below = len(panel.figure.layout.images)
        look(panel, -0.1, -0.2, 0.1, 0.2)
        there = np.flatnonzero((abs(points[:, 0]) <= 0.1) & (abs(points[:, 1]) <= 0.2))
        close = len(panel.figure.layout.images)
        panel.whole()

        assert below == len(panel.figure.layout.images) == 1
        assert close == 0
        assert 0 < len(there) < 500
        look(panel, -0.1, -0.2, 0.1, 0.2)
        assert panel.drawn.tolist() == there.tolist()

    @pytest.mark.usefixtures("few_drawn")
    def test_what_was_in_the_sample_stays_in_it_when_zooming_in(
        self, selection: Selection, points: np.ndarray
    ) -> None:
        panel = a_map(selection, points)
        before = panel.drawn[(abs(points[panel.drawn]) <= 0.5).all(axis=1)]
        look(panel, -0.5, -0.5, 0.5, 0.5)

        assert panel.picture.dense
        assert set(before) <= set(panel.drawn)

    @pytest.mark.usefixtures("few_drawn")
    def test_a_selection_sends_no_coordinates_again(
        self, selection: Selection, points: np.ndarray, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        panel = a_map(selection, points)
        sent: list[Any] = []
        for name in ("_send_update_msg", "_send_restyle_msg", "_send_addTraces_msg"):
            monkeypatch.setattr(panel.figure, name, lambda *message, **more: sent.append((message, more)))
        before = panel.figure.layout.images[0].source
        selection.rows = np.flatnonzero(points[:, 0] < 0)

        assert sent == []
        assert panel.figure.layout.images[0].source != before
        assert bright(panel) == np.flatnonzero(points[panel.drawn, 0] < 0).tolist()

    def test_the_plot_and_the_bits_tell_of_the_same_drawing(
        self, selection: Selection, points: np.ndarray
    ) -> None:
        panel = a_map(selection, points)
        selection.rows = [3]
        panel.zoom(-0.5, -0.5, 0.5, 0.5)

        assert panel.figure.data[0].meta == panel.bar.drawing >= 2
        assert bright(panel) == [3]

    def test_a_view_within_reach_of_the_limit_is_drawn_whole(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("workbench.panels.map.view.DRAWN", 50)
        monkeypatch.setattr("workbench.panels.map.view.SAMPLED", 20)
        order = np.random.default_rng(1).permutation(1000)
        seen = np.arange(1000) % 20 == 0
        all_of_them, sampled = drawn_rows(seen, order)
        some, dense = drawn_rows(np.ones(1000, bool), order)

        assert (all_of_them.tolist(), sampled) == (np.flatnonzero(seen).tolist(), False)
        assert (len(some), dense) == (20, True)


class TestDensity:
    view = View(0, 0, 10, 10, 100, 100)

    def picture(self, density: Density, selected: Any = ()) -> np.ndarray:
        return np.asarray(Image.open(BytesIO(density.png(np.asarray(selected, np.int32)))))

    def test_points_lie_where_they_are_and_mix_their_colours(self) -> None:
        points = np.array([[1.1, 9.1], [8.1, 2.1], [8.1, 2.1]], np.float32)
        colours = ["#999999", "#ff0000", "#0000ff"]
        density = Density(points, np.ones(3, bool), np.array([0, 0, 1], np.int32), colours, self.view)
        pixels = self.picture(density)

        assert pixels.shape == (50, 50, 4)
        assert (np.argwhere(pixels[..., 3] > 0) == [[4, 5], [39, 40]]).all()
        assert pixels[4, 5, :3].tolist() == [255, 0, 0]
        assert pixels[39, 40, :3].tolist() == [128, 0, 128]
        assert pixels[39, 40, 3] > pixels[4, 5, 3]

    def test_the_selected_are_bright_and_the_others_dim(self) -> None:
        points = np.array([[1, 1], [5, 5]], np.float32)
        density = Density(points, np.ones(2, bool), np.zeros(2, np.int32), ["#999999", "#ff0000"], self.view)
        before, after = self.picture(density)[..., 3], self.picture(density, [0])[..., 3]

        assert after[44, 5] == before[44, 5] > 0
        assert 0 < after[24, 25] < before[24, 25] / 2

    def test_hidden_points_are_not_in_the_picture(self) -> None:
        points = np.array([[1, 1], [5, 5]], np.float32)
        colours, codes = ["#999999", "#ff0000"], np.zeros(2, np.int32)
        pixels = self.picture(Density(points, np.array([True, False]), codes, colours, self.view))

        assert (pixels[..., 3] > 0).sum() == 1


class TestColours:
    def test_a_hidden_class_is_neither_drawn_nor_lassoed(
        self, selection: Selection, points: np.ndarray
    ) -> None:
        labels = (np.arange(COUNT) % 3 - 1).astype(np.int32)
        panel = a_map(selection, points, labels)
        browser(panel.bar, "legend", cluster=1, only=False)
        panel.lasso(SQUARE)

        assert np.isnan(panel.figure.data[0].x[labels == 1]).all()
        assert selection.rows.tolist() == np.flatnonzero(labels != 1).tolist()
        assert {item["name"]: item["shown"] for item in panel.bar.legend} == {
            "group 0": True,
            "group 1": False,
            "no cluster": True,
        }

    def test_five_hundred_classes_are_found_by_name_and_shown_alone(
        self, selection: Selection, points: np.ndarray
    ) -> None:
        labels = (np.arange(COUNT) % 500).astype(np.int32)
        panel = a_map(selection, points, labels)
        cut = len(panel.bar.legend), panel.bar.more, panel.bar.classes
        browser(panel.bar, "seek", text="GROUP 49")
        found = [key["name"] for key in panel.bar.legend]
        browser(panel.bar, "all", shown=False)
        nothing = panel.bar.note
        browser(panel.bar, "legend", cluster=499, only=False)
        panel.lasso(SQUARE)
        code = panel.to_code()
        browser(panel.bar, "seek", text="no such")
        unknown = panel.bar.legend

        assert cut == (31, 469, 500)
        assert sorted(found) == sorted(["group 49", *(f"group {i}" for i in range(490, 500))])
        assert "Click an entry" in nothing
        assert selection.rows.tolist() == np.flatnonzero(labels == 499).tolist()
        assert "desk.map.only([499])" in code
        assert unknown == []

    def test_only_shows_one_class_and_once_more_shows_all(
        self, selection: Selection, points: np.ndarray
    ) -> None:
        panel = a_map(selection, points, (np.arange(COUNT) % 3 - 1).astype(np.int32))
        browser(panel.bar, "legend", cluster=0, only=True)
        alone = panel.hidden
        browser(panel.bar, "legend", cluster=0, only=True)

        assert alone == {-1, 1}
        assert panel.hidden == frozenset()

    def test_a_column_of_texts_makes_a_class_a_value(self, selection: Selection, points: np.ndarray) -> None:
        panel = a_map(selection, points)
        browser(panel.bar, "column", name="camera")

        assert {item["name"]: item["count"] for item in panel.bar.legend} == {
            "one": 1667,
            "two": 1667,
            "unknown": 1667,
        }
        assert panel.bar.column == "camera"
        assert panel.labels.max() == 0  # clusters stay what they are
        assert "colour('camera')" in panel.to_code()

    def test_folders_are_a_column(self, selection: Selection, points: np.ndarray) -> None:
        panel = a_map(selection, points)
        panel.colour("folder")

        assert [item["name"] for item in panel.bar.legend] == ["a", "b"]

    def test_a_class_of_a_column_can_be_hidden_too(self, selection: Selection, points: np.ndarray) -> None:
        panel = a_map(selection, points)
        panel.colour("folder")
        browser(panel.bar, "legend", cluster=0, only=False)
        panel.lasso(SQUARE)

        assert selection.rows.tolist() == list(range(1, COUNT, 2))

    def test_numbers_make_steps_of_equal_size_from_little_to_much(
        self, selection: Selection, points: np.ndarray
    ) -> None:
        panel = a_map(selection, points)
        panel.colour("size")
        counts = [item["count"] for item in panel.bar.legend]

        assert len(counts) == 8
        assert max(counts) - min(counts) <= 1
        assert panel.bar.legend[0]["name"].startswith("0 to ")
        assert [item["colour"] for item in panel.bar.legend] == ramp(8)

    def test_scores_follow_the_question(self, selection: Selection, points: np.ndarray) -> None:
        panel = a_map(selection, points)
        with pytest.raises(QueryError, match="Run a search first"):
            panel.colour("score")
        some = np.array([3, 1], np.int32)
        selection.hits = Hits(some, np.array([0.9, 0.4]), np.array([1.0, 0.5]), selection.table)
        panel.colour("score")
        first = [item["count"] for item in panel.bar.legend]
        selection.hits = Hits(some[:1], np.array([0.9]), np.array([1.0]), selection.table)

        assert first == [1, 1, COUNT - 2]
        assert [item["count"] for item in panel.bar.legend] == [1, COUNT - 1]
        selection.hits = None
        assert panel.bar.column == "clusters"

    def test_an_unknown_column_says_which_there_are(self, selection: Selection, points: np.ndarray) -> None:
        panel = a_map(selection, points, columns={"tags": lambda: ["x"] * COUNT})
        browser(panel.bar, "column", name="nonsense")

        assert "tags, folder, camera, size, score" in panel.bar.error
        assert panel.bar.column == "clusters"

    def test_thousands_of_classes_make_a_short_legend_and_few_colours(
        self, selection: Selection, points: np.ndarray
    ) -> None:
        panel = a_map(selection, points, columns={"name": lambda: [f"n{i // 2}" for i in range(COUNT)]})
        panel.colour("name")
        colours = np.asarray(panel.figure.data[0].marker.color)

        assert len(panel.bar.legend) + panel.bar.more == (COUNT + 1) // 2
        assert len(panel.bar.legend) <= 31
        assert colours.max() <= 21

    @pytest.mark.parametrize(
        ("values", "names"),
        [
            (pd.to_datetime(["2020-05-01", "2021-06-01", None]), ["2020", "2021"]),  # type: ignore[arg-type]
            (pd.to_datetime(["2020-05-01", "2020-06-01", None]), ["2020-05", "2020-06"]),  # type: ignore[arg-type]
            (pd.to_datetime([f"{year}-01-01" for year in range(1980, 2010)]), ["1980 to 1984"]),
            ([True, False, None], ["False", "True"]),
            ([1.5, 2.5, np.nan], ["1.5", "2.5"]),
            (["", None, "x"], ["x"]),
            ([], []),
        ],
    )
    def test_a_column_of_any_kind_has_classes(self, values: Any, names: list[str]) -> None:
        found = by_values("column", values)

        assert found.codes.dtype == np.int32
        assert len(found.codes) == len(values)
        assert sorted(found.names)[: len(names)] == names
        assert len(found.colours) == len(found.names) + 1

    def test_infinite_numbers_are_unknown(self) -> None:
        assert by_values("x", [1.0, np.inf, -np.inf, 2.0]).codes.tolist() == [0, -1, -1, 1]


class TestDrawnAgain:
    def test_a_plot_that_the_browser_drew_empty_is_shown_anew(
        self, selection: Selection, points: np.ndarray
    ) -> None:
        panel, shown = a_map(selection, points), []
        panel.observe(lambda change: shown.append(len(change["new"])), "children")
        browser(panel.bar, "again")

        assert shown == [1, 2]
        assert panel.children[1] is panel.figure


class TestTrust:
    def test_the_map_of_the_desk_is_coloured_by_trust_and_by_tags(self, desk: wb.Workspace) -> None:
        desk.case.tag([1, 2], "evidence")
        browser(desk.map.bar, "column", name="tags")
        tags = {item["name"]: item["count"] for item in desk.map.bar.legend}
        desk.map.bar.method = "pca"
        browser(desk.map.bar, "column", name="trust")
        desk.map.wait()

        assert tags["evidence"] == 2
        assert desk.map.bar.error == ""
        assert sum(item["count"] for item in desk.map.bar.legend) == len(desk.case.images)

    def test_measuring_trust_leaves_the_kernel_to_others_and_can_be_left(
        self, selection: Selection, points: np.ndarray
    ) -> None:
        asked, measured = threading.Event(), threading.Event()

        def trust() -> np.ndarray:
            asked.set()
            measured.wait(20)
            return np.linspace(0, 1, COUNT)

        panel = a_map(selection, points, columns={"trust": trust})
        browser(panel.bar, "column", name="trust")
        assert asked.wait(20)
        assert (panel.bar.working, panel.bar.column) == ("Measuring layout trust", "clusters")
        browser(panel.bar, "cancel")
        measured.set()
        assert (panel.bar.working, panel.bar.column) == ("", "clusters")

        browser(panel.bar, "column", name="trust")
        panel.wait()
        assert (panel.bar.working, panel.bar.column) == ("", "trust")


class TestLayouts:
    def test_another_layout_moves_the_points(self, desk: wb.Workspace) -> None:
        before = desk.map.points.copy()
        browser(desk.map.bar, "method", name="tsne", settings={})
        desk.map.wait()

        assert desk.map.bar.method == "tsne"
        assert not np.allclose(desk.map.points, before)

    def test_a_layout_that_fails_is_shown_not_swallowed(self, desk: wb.Workspace) -> None:
        browser(desk.map.bar, "method", name="nonsense", settings={})
        desk.map.wait()

        assert "nonsense" in desk.map.bar.trouble
        assert desk.map.bar.method != "nonsense"

    @pytest.mark.parametrize("count", [0, 1, 2])
    def test_hardly_any_images_have_a_map_too(self, count: int) -> None:
        table = pd.DataFrame({"image_id": list("ab")[:count], "path": list("ab")[:count]})
        panel = a_map(Selection(table), np.zeros((count, 2), np.float32))

        assert len(panel.figure.data[0].x) == count
        assert whole(panel.points).x1 > whole(panel.points).x0
