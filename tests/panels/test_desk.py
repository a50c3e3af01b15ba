"""The desk: one table of panels, one close."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import traitlets
from ipywidgets.widgets.widget import _instances

import workbench as wb
from tests.helpers.panel_messages import browser
from workbench.panels.base import Panel
from workbench.testing import write_faces, write_photos
from workbench.workspace.panel_table import TABLE, PanelEntry


class Counter(Panel):
    """A panel that counts what is selected."""

    count = traitlets.Int(0).tag(sync=True)

    def __init__(self, selection: wb.Selection) -> None:
        super().__init__(actions={"clear": selection.clear})
        selection.observe(lambda change: setattr(self, "count", len(change["new"])), "rows")

    def to_code(self) -> str:
        return f"desk.counter.count == {self.count}"

    def still(self) -> str:
        return f"<p>{self.count} selected</p>"


@pytest.fixture
def case(source: Path, tmp_path: Path) -> wb.Case:
    case = wb.open(source, case=tmp_path / "case", model="fake")
    case.ingest(progress=False)
    return case


class TestTable:
    @pytest.mark.parametrize("place", ["above", "middle", "below"])
    def test_a_panel_is_added_by_one_entry(self, case: wb.Case, place: Any) -> None:
        entry = PanelEntry("counter", lambda desk: Counter(desk.selection), place, still=True)
        desk = wb.Workspace(case, table=(*TABLE, entry))
        desk.selection.rows = [1, 2]
        shown = {"above": desk, "below": desk, "middle": desk._middle}[place].children
        assert desk.counter in shown
        assert desk.counter in desk.panels
        assert "counter" in dir(desk)
        assert desk.to_code().endswith("desk.counter.count == 2")
        assert "<p>2 selected</p>" in desk.still()
        browser(desk.counter, "clear")
        assert desk.selection.rows.tolist() == []
        desk.close()
        assert desk.counter.comm is None

    def test_each_name_is_an_attribute(self, case: wb.Case) -> None:
        desk = wb.Workspace(case)
        for entry in TABLE:
            if not entry.lazy:
                assert getattr(desk, entry.name) is desk.panel(entry.name)
        with pytest.raises(AttributeError, match="no attribute 'nothing'"):
            desk.nothing  # noqa: B018
        assert len({entry.name for entry in TABLE}) == len(TABLE)
        desk.close()


class TestClosing:
    def test_a_closed_desk_leaves_no_comm_open(
        self, tmp_path: Path, desk_of: Callable[..., wb.Workspace]
    ) -> None:
        write_faces(tmp_path / "photos", {"a.png": [0, 3], "b.png": [3], "c.png": [0]})
        before = set(_instances)
        desk = desk_of(tmp_path / "photos", faces="fake")
        desk.show("faces")
        desk.show("images")
        desk.split("pca")
        desk.timeline.unfolded = desk.places.unfolded = True
        opened = set(_instances) - before
        assert len(opened) > 40
        desk.close()
        assert set(_instances) - before == set()

    def test_a_second_map_that_is_closed_leaves_no_comm_open(self, case: wb.Case) -> None:
        desk = wb.Workspace(case)
        before = set(_instances)
        desk.split("pca")
        assert set(_instances) > before
        desk.unite()
        assert set(_instances) == before
        desk.close()


class TestAnswers:
    def test_an_unknown_question_is_an_error_that_is_shown(self, case: wb.Case) -> None:
        desk = wb.Workspace(case)
        answer = browser(desk.gallery, "explode")
        assert set(answer) == {"id", "buffers"}
        assert "does not understand 'explode'. Reload the page" in desk.gallery.error
        desk.close()

    def test_what_an_action_returns_is_not_sent(self) -> None:
        panel = Panel(
            actions={"go": lambda: ({"secret": 1}, [b""])}, answers={"tell": lambda: ({"a": 1}, [b"b"])}
        )
        assert browser(panel, "go") == {"id": "x-1", "buffers": []}
        assert browser(panel, "tell") == {"id": "x-1", "a": 1, "buffers": [b"b"]}

    @pytest.mark.parametrize(
        "given", [{"answers": {"state": print}}, {"answers": {"a": print}, "actions": {"a": print}}]
    )
    def test_a_name_has_one_answer(self, given: dict) -> None:
        with pytest.raises(ValueError, match="in more than one way"):
            Panel(**given)

    def test_a_method_and_an_action_of_one_name_are_refused(self) -> None:
        class Twice(Panel):
            def _answer_go(self) -> None: ...

        with pytest.raises(ValueError, match="Twice answers go in more"):
            Twice(actions={"go": print})


class TestLasso:
    def test_corners_are_tested_against_all_rows_whatever_is_drawn(
        self, case: wb.Case, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("workbench.panels.map.view.DRAWN", 5)
        monkeypatch.setattr("workbench.panels.map.view.SAMPLED", 3)
        desk = wb.Workspace(case)
        desk.map.show("pca")
        assert len(desk.map.drawn) < 12
        low, high = desk.map.points.min(0) - 1, desk.map.points.max(0) + 1
        corners = np.array([low, [low[0], high[1]], high, [high[0], low[1]]], "<f8")
        browser(desk.map.bar, "draw", [corners.tobytes()], shape="lasso", mode="replace")
        assert len(desk.selection) == 12
        browser(desk.map.bar, "draw", [corners.tobytes()[:-1]], shape="lasso", mode="remove")
        assert "Draw it again" in desk.map.bar.error
        assert len(desk.selection) == 12
        desk.close()


class TestACaseThatChanges:
    """A row of the browser always means the image that was shown there."""

    def test_a_desk_tags_what_it_shows_while_the_case_grows(self, case: wb.Case) -> None:
        desk = wb.Workspace(case)
        row = next(row for row, path in enumerate(desk.selection.table["path"]) if "red" in path)
        red = desk.selection.table["image_id"][row]
        write_photos(case.folder.source, {"a-first.png": "white"})
        case.ingest(progress=False)
        desk.selection.focus = row
        browser(desk.details, "tag", row=row, tag="seen")
        desk.query.ask("red")

        assert case.tags["sample_id"].tolist() == [red]
        assert desk.gallery.rows[0] == row
        desk.close()

    def test_it_says_what_has_changed_and_takes_it_over_when_asked(self, case: wb.Case) -> None:
        desk = wb.Workspace(case)
        assert desk._notice.layout.display == "none"
        desk.selection.rows, desk.selection.focus = [1, 2], 2
        ids, looked_at = desk.selection.ids, desk.selection.table["image_id"][2]
        (case.folder.source / desk.selection.table["path"][0]).unlink()
        write_photos(case.folder.source, {"a-first.png": "white", "a-second.png": "ivory"})
        case.ingest(progress=False)
        said = desk._notice.text
        before = list(desk.panels)
        desk._notice.children[1].click()

        assert "2 new and 1 removed images" in said
        assert desk._notice.layout.display == "none"
        assert desk.selection.ids == ids
        assert desk.selection.table["image_id"][desk.selection.focus] == looked_at
        assert len(desk.selection.table) == len(case.images)
        assert all(panel.comm is None for panel in before if hasattr(panel, "comm"))
        desk.close()

    def test_a_desk_that_is_closed_hears_of_no_change(
        self, case: wb.Case, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        desk, told = wb.Workspace(case), list[tuple[int, int]]()
        monkeypatch.setattr(desk._notice, "tell", lambda *counts: told.append(counts))
        case.refresh()
        desk.close()
        case.refresh()

        assert told == [(0, 0)]
