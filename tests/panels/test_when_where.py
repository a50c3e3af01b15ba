"""Timeline and places without a browser: counts over all images, spans and shapes that select."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from tests.helpers.dated_photos import write_dated
from tests.helpers.pages import blocks
from tests.helpers.panel_messages import browser
from workbench.analysis.geometry import project, unproject
from workbench.errors import QueryError
from workbench.panels.when.panel import Timeline
from workbench.panels.where.geo_points import GeoPoints, View
from workbench.panels.where.panel import PlacesPanel, outline
from workbench.search.hits import Hits
from workbench.selection import Selection

PARIS, SYDNEY, FIJI_WEST, FIJI_EAST = (48.85, 2.35), (-33.86, 151.21), (-17.0, 179.5), (-17.0, -179.5)


def selection(times: list[str | None], places: list[tuple[float, float] | None]) -> Selection:
    table = pd.DataFrame({"path": [f"{i}.jpg" for i in range(len(times))]})
    table["image_id"] = [f"{i:064x}" for i in range(len(times))]
    table["taken_at"] = np.array([time or "NaT" for time in times], "datetime64[us]")
    table["lat"] = [np.nan if place is None else place[0] for place in places]
    table["lon"] = [np.nan if place is None else place[1] for place in places]
    return Selection(table)


def hits(of: Selection, rows: list[int]) -> Hits:
    ones = np.ones(len(rows), np.float32)
    return Hits(np.array(rows, np.int32), ones, ones, of.table)


@pytest.fixture
def timed() -> Timeline:
    times = ["2019-12-31 23:59:59", "2020-01-01 00:00:00", "2020-06-01 12:00", "2023-03-03 03:03", None, None]
    panel = Timeline(selection(times, [None] * 6))
    panel.unfolded = True
    return panel


@pytest.fixture
def placed() -> PlacesPanel:
    places = [PARIS, PARIS, SYDNEY, FIJI_WEST, FIJI_EAST, None]
    panel = PlacesPanel(selection([None] * 6, places), lambda rows: [b"jpeg"] * len(rows))
    panel.unfolded = True
    return panel


def circles(panel: PlacesPanel) -> np.ndarray:
    return np.frombuffer(panel.circles).reshape(-1, 5)


class TestTimeline:
    def test_a_span_ends_just_before_its_end(self, timed: Timeline) -> None:
        timed.select("2020", "2021")

        assert timed.selection.rows.tolist() == [1, 2]

    def test_spans_add_and_subtract(self, timed: Timeline) -> None:
        timed.select("2020", "2021")
        timed.select("2023-03", "2023-04", mode="add")
        timed.select("2020-06", "2020-07", mode="remove")

        assert timed.selection.rows.tolist() == [1, 3]

    def test_a_drag_over_bars_selects_what_they_count(self, timed: Timeline) -> None:
        timed.show("year")
        browser(timed, "select", first=2, last=1, mode="replace")

        assert timed.bars["all"] == [1, 2, 0, 0, 1]
        assert timed.bars["names"][1] == "2020"
        assert timed.selection.rows.tolist() == [1, 2]
        assert timed.layers["selected"] == [0, 2, 0, 0, 0]

    def test_what_others_select_and_find_is_shown_over_all(self, timed: Timeline) -> None:
        timed.show("year")
        timed.selection.rows = [0, 5]
        timed.selection.focus = 3
        timed.selection.hits = hits(timed.selection, [1, 2, 4])

        assert timed.layers == {"hits": [0, 2, 0, 0, 0], "selected": [1, 0, 0, 0, 0], "focus": [4]}
        assert timed.frame["images"].sum() == 4

    def test_images_without_a_time_are_counted_and_can_be_selected(self, timed: Timeline) -> None:
        browser(timed, "untimed", mode="replace")

        assert timed.untimed == 2
        assert "4 of 6 images have a time" in timed.text
        assert timed.selection.rows.tolist() == [4, 5]

    def test_zooming_in_makes_shorter_bins_and_out_all_again(self, timed: Timeline) -> None:
        units = []
        for _ in range(14):
            browser(timed, "wheel", at=1, factor=0.4)
            units.append(timed.bars["unit"])
        near = timed.bars
        for _ in range(30):
            browser(timed, "wheel", at=0.5, factor=2)

        assert units[-1] == "hour"
        assert sum(near["all"]) == 1
        assert near["zoomed"]
        assert not timed.bars["zoomed"]
        assert sum(timed.bars["all"]) == 4
        assert timed.error == ""

    def test_moving_stops_at_the_first_and_last_image(self, timed: Timeline) -> None:
        timed.zoom("2020-01-01", "2020-12-31")
        for _ in range(20):
            browser(timed, "move", share=0.5)
        latest = timed.frame["end"].max()
        for _ in range(20):
            browser(timed, "move", share=-0.5)

        assert pd.Timestamp("2023-03-03") < latest <= pd.Timestamp("2023-04-01")
        assert timed.frame["images"].iloc[0] > 0

    def test_too_many_bars_are_refused(self, timed: Timeline) -> None:
        browser(timed, "bins", name="hour")

        assert "Zoom in first" in timed.error
        assert "hour" not in timed.units
        assert timed.bins == "auto"

    @pytest.mark.parametrize(
        ("start", "end"), [("2021", "2020"), ("2020", "2020"), ("yesterweek", "2020"), (None, "2020")]
    )
    def test_what_is_no_span_is_refused(self, timed: Timeline, start: str | None, end: str) -> None:
        with pytest.raises(QueryError):
            timed.select(start, end)

    def test_code_repeats_zoom_and_selection(self, timed: Timeline) -> None:
        timed.zoom("2019-06-01", "2020-03-01", bins="month")
        browser(timed, "select", first=6, last=7, mode="replace")
        code, rows, bars = timed.to_code(), timed.selection.rows, timed.bars
        timed.whole()
        timed.selection.clear()
        exec(code.replace("desk.timeline", "timed"), {"timed": timed})

        assert rows.tolist() == [0, 1]
        assert np.array_equal(timed.selection.rows, rows)
        assert timed.bars == bars

    def test_zoom_to_what_is_selected(self, timed: Timeline) -> None:
        browser(timed, "near")
        nothing = timed.error
        timed.selection.rows = [2]
        browser(timed, "near")

        assert "Select images" in nothing
        assert timed.bars["unit"] == "hour"
        assert sum(timed.bars["all"]) == 1

    def test_without_any_time_a_sentence_says_so(self) -> None:
        panel = Timeline(selection([None, None], [None, None]))
        panel.unfolded = True

        assert "None of 2 images has a time" in panel.text
        assert panel.bars == {}
        assert len(panel.frame) == 0
        assert panel.still() == panel.to_code() == ""

    def test_a_folded_panel_counts_nothing(self) -> None:
        panel = Timeline(selection(["2020-01-01"], [None]))
        panel.selection.rows = [0]

        assert panel.layers == {}
        assert "_bars" not in vars(panel)


class TestPlaces:
    def test_the_projection_comes_back(self) -> None:
        degrees = np.array([[0.0, 0.0], [180, 85], [-180, -85], [2.35, 48.85], [151.21, -33.86]])

        assert np.allclose(unproject(project(*degrees.T)), degrees)
        assert np.allclose(project([0, 180, 0], [0, 0, 90])[:, 1], [0, 0, 0.5], atol=1e-9)

    def test_a_lasso_selects_what_is_inside_and_adds(self, placed: PlacesPanel) -> None:
        placed.lasso([[0, 45], [5, 45], [2, 52]])
        around_paris = placed.selection.rows.tolist()
        path = project([150, 153, 151], [-35, -35, -30]).tolist()
        browser(placed, "lasso", [np.asarray(path, "<f8").tobytes()], mode="add")
        code = placed.to_code()
        placed.selection.rows = [0, 1]
        exec(code.replace("desk.places", "placed"), {"placed": placed})

        assert around_paris == [0, 1]
        assert placed.selection.rows.tolist() == [0, 1, 2]

    def test_a_box_may_cross_the_antimeridian(self, placed: PlacesPanel) -> None:
        placed.box(170, -30, -170, 0)
        across = placed.selection.rows.tolist()
        placed.box(-180, -90, 180, 90)

        assert across == [3, 4]
        assert placed.selection.rows.tolist() == [0, 1, 2, 3, 4]

    def test_every_placed_image_is_in_a_circle_of_the_world(self, placed: PlacesPanel) -> None:
        placed.world()
        placed.selection.rows = [1, 2, 5]
        drawn = circles(placed)

        assert drawn[:, 2].sum() == 5
        assert drawn[:, 4].sum() == 2
        assert drawn[:, 2].max() == 2

    def test_circles_part_when_coming_near(self) -> None:
        random = np.random.default_rng(0)
        many = GeoPoints(random.normal(48, 0.5, 5000), random.normal(2, 0.5, 5000))
        nothing = np.empty(0, np.int32)
        far = many.circles(View(0, 0, 900), nothing, nothing)
        near = many.circles(View(0, 0, 900).around(many.points), nothing, np.arange(1000))  # type: ignore[arg-type]

        assert len(far) <= 2
        assert len(near) > 100
        assert near[:, 2].sum() == far[:, 2].sum() == 5000
        assert near[:, 4].sum() == 1000

    def test_moving_the_view_moves_no_circle(self) -> None:
        random = np.random.default_rng(1)
        many = GeoPoints(random.uniform(40, 60, 3000), random.uniform(0, 40, 3000))
        nothing = np.empty(0, np.int32)
        view = View(0, 0, 3000).around(many.points)
        moved = View(view.x + 17.3 / view.scale, view.y, view.scale, view.width, view.height)

        assert np.array_equal(many.circles(view, nothing, nothing), many.circles(moved, nothing, nothing))

    def test_the_pointer_finds_an_image_and_a_click_looks_at_it(self, placed: PlacesPanel) -> None:
        x, y = project([SYDNEY[1]], [SYDNEY[0]])[0].tolist()
        browser(placed, "view", x=x, y=y, scale=5000, width=900, height=400)
        answer = browser(placed, "hover", x=x + 5 / 5000, y=y)
        nothing = browser(placed, "hover", x=x + 50 / 5000, y=y)
        browser(placed, "click", x=x, y=y)

        assert answer["near"] == 1
        assert (answer["row"], answer["where"]) == (2, "33.8600° S, 151.2100° E")
        assert answer["buffers"] == [b"jpeg"]
        assert nothing["row"] == -1
        assert placed.selection.focus == 2
        assert placed.ring == pytest.approx([x, y])

    def test_what_is_said_counts_images_without_a_place_and_those_at_zero(self) -> None:
        panel = PlacesPanel(selection([None] * 3, [(0.0, 0.0), PARIS, None]), lambda rows: [])
        panel.unfolded = True
        browser(panel, "unplaced", mode="replace")

        assert "2 of 3 images have a position. 1 of them lies at exactly 0° N, 0° E" in panel.text
        assert panel.selection.rows.tolist() == [2]

    def test_without_any_place_a_sentence_says_so(self) -> None:
        panel = PlacesPanel(selection([None], [None]), lambda rows: [])
        panel.unfolded = True
        browser(panel, "turn", to="whole")

        assert "None of 1 images has a position" in panel.text
        assert panel.circles == b""
        assert panel.error == panel.still() == ""

    @pytest.mark.parametrize("polygon", [[], [[0, 0], [1, 1]], [[0, 0, 0]] * 4])
    def test_what_is_no_polygon_is_refused(self, placed: PlacesPanel, polygon: list[list[float]]) -> None:
        with pytest.raises(QueryError, match="three corners"):
            placed.lasso(polygon)

    @pytest.mark.parametrize(
        "address", ["javascript:alert(1)", "https://tiles.example.org/", "tiles/{z}/{x}/{y}.png"]
    )
    def test_what_is_no_tile_server_is_refused(self, placed: PlacesPanel, address: str) -> None:
        with pytest.raises(QueryError, match="tile server"):
            placed.tiles = address

    def test_a_tile_server_is_kept_in_the_code(self, placed: PlacesPanel) -> None:
        placed.tiles = "https://tiles.example.org/{z}/{x}/{y}.png"

        assert "desk.places.tiles = 'https://tiles.example.org/{z}/{x}/{y}.png'" in placed.to_code()

    def test_the_outline_knows_land_from_sea(self) -> None:
        from workbench.analysis import geometry

        coasts = outline()["coasts"]
        rings = np.split(coasts.points, coasts.ends[:-1])
        parted = np.concatenate([piece for ring in rings for piece in (ring, [[np.nan, np.nan]])])
        land = project([2.35, 133, -60, 25], [48.85, -25, -10, 0])
        sea = project([-30, -150, 75, 51], [30, 0, -30, 42])  # the last is the Caspian

        assert geometry.inside(land, parted).all()
        assert not geometry.inside(sea, parted).any()

    def test_no_coast_runs_across_the_map(self) -> None:
        coasts = outline()["coasts"]
        rings = [ring[ring[:, 1] > -0.49] for ring in np.split(coasts.points, coasts.ends[:-1])]
        steps = [np.abs(np.diff(ring[:, 0])).max() for ring in rings if len(ring) > 1]

        assert max(steps) < 0.03
        assert abs(coasts.points[:, 0]).max() <= 0.5


@pytest.fixture
def desk(tmp_path: Path, desk_of: Callable[..., wb.Workspace]) -> wb.Workspace:
    """A desk on photos whose EXIF says when and where, as far as it does."""
    for i in range(6):
        place = (PARIS, SYDNEY, None)[i % 3]
        when = datetime(2018, 1, 1) + timedelta(days=40 * i) if i < 5 else None
        write_dated(tmp_path / f"photos/{i}.jpg", (40 * i, 120, 250 - 40 * i), when, place)
    desk = desk_of(tmp_path / "photos")
    desk.timeline.unfolded = desk.places.unfolded = True
    return desk


def test_a_case_of_photos_with_exif_fills_both_and_links_them(desk: wb.Workspace) -> None:
    desk.timeline.select("2018-01-01", "2018-03-01")
    desk.places.box(140, -50, 160, -20, mode="intersect")
    still = desk.still()

    assert desk.selection.frame["path"].tolist() == ["1.jpg"]
    assert sum(desk.timeline.layers["selected"]) == circles(desk.places)[:, 4].sum() == 1
    assert desk.timeline.untimed == 1
    assert desk.places.unplaced == 2
    assert "desk.timeline.select(" in desk.to_code()
    assert "desk.places.box(" in desk.to_code()
    assert 'alt="Timeline"' in still
    assert 'alt="Map of places"' in still


def test_the_python_of_the_page_runs(desk: wb.Workspace) -> None:
    page = Path(__file__).parents[2] / "docs/time_and_places.md"
    code = "\n".join(blocks(page, "python"))
    exec(compile(code, page.name, "exec"), {"desk": desk})  # our own documentation

    assert desk.timeline.bars["unit"] == "month"
    assert desk.selection.rows.tolist() == [2, 5]
    assert desk.places.credit
