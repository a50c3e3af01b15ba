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
from workbench.errors import CaseError
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
        desk.timeline.unfolded = desk.places.unfolded = desk.left_out.unfolded = True
        desk.query.ask("red")
        desk.selection.focus = 0
        desk.runs.unfolded = desk.things.unfolded = True
        desk.runs.run("dbscan", space="vectors", eps=0.5, min_samples=2, name="run")
        desk.study.quality()
        desk.why.ask(method="occlusion")
        desk.map.level = 4
        desk.faces.show("review")
        desk._repr_mimebundle_()  # the still picture
        opened = set(_instances) - before
        assert len(opened) > 40
        desk.update()
        desk.split("pca")
        desk.show("faces")
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


class TestFilesLeftOut:
    def test_problems_and_skipped_files_are_listed_with_their_reasons(
        self, source: Path, tmp_path: Path
    ) -> None:
        (source / "plan.rar").write_bytes(b"Rar!\x1a\x07\0")
        (source / "torn.jpg").write_bytes(b"\xff\xd8\xff nothing")
        case = wb.open(source, case=tmp_path / "case", model="fake")
        case.ingest(progress=False)
        desk = wb.Workspace(case)
        problems = browser(desk.left_out, "list", what="problem")["files"]
        skipped = browser(desk.left_out, "list", what="skipped")["files"]
        counted = browser(desk.left_out, "list", what="skipped")["counted"]
        browser(desk.left_out, "unfold", on=True)
        frame, code = desk.left_out.frame, desk.left_out.to_code()
        desk.close()

        assert desk.left_out.counts == {"problem": 1, "skipped": 1}
        assert [path for path, _ in problems] == ["torn.jpg"]
        assert [path for path, _ in skipped] == ["plan.rar"]
        assert all(reason for _, reason in (*problems, *skipped))
        assert "1 archive" in desk.left_out.kinds
        assert frame[["path", "what"]].to_numpy().tolist() == [
            ["torn.jpg", "problem"],
            ["plan.rar", "skipped"],
        ]
        assert code == "desk.left_out.show('problem')"
        assert counted == desk.left_out.counted == str(case.count)

    @pytest.mark.parametrize("there", [True, False])
    def test_no_ingest_is_advised_where_the_disk_of_the_photos_is_not_there(
        self, source: Path, tmp_path: Path, there: bool
    ) -> None:
        case = wb.open(source, case=tmp_path / "case", model="fake")
        case.ingest(progress=False)
        desk = wb.Workspace(case)
        before = desk._notice.text
        source.rename(tmp_path / "elsewhere")
        if there:
            source.mkdir()
        case.refresh()
        said, other = desk._notice.text, wb.Workspace(case)

        assert before == ""
        assert said == other._notice.text
        assert "The folder of the photos is empty or not there: connect its disk" in said
        assert desk._notice.children[0].tooltip == str(source)
        assert "ingest(" not in said
        assert desk._notice.layout.display == ""
        assert desk._notice.children[1].layout.display == "none"
        desk.close()
        other.close()

    def test_an_empty_source_is_named_where_a_case_holds_no_images(self, tmp_path: Path) -> None:
        (tmp_path / "empty").mkdir()
        case = wb.open(tmp_path / "empty", case=tmp_path / "case", model="fake")
        with pytest.raises(CaseError, match="is empty or not there: connect its disk"):
            wb.Workspace(case)


class TestThroughAnEngine:
    """``wb.open(index=...)``: the desk answers as it does without an engine."""

    def test_questions_filters_and_limits_give_the_same_hits(self, source: Path, tmp_path: Path) -> None:
        pytest.importorskip("faiss")
        wb.open(source, case=tmp_path / "case", model="fake").ingest(progress=False)
        answers: list[list[Any]] = []
        for index in ("exact", "faiss"):
            desk = wb.Workspace(wb.open(case=tmp_path / "case", model="fake", index=index))
            desk.case.tag([0, 1, 2, 3], "kept")
            told: list[Any] = []
            for text, unit, least in (
                ("red", "cosine", 0.0),
                ("red -blue", "cosine", 0.2),
                ("red tag:kept", "cosine", 0.0),
                ("red within:selection", "cosine", 0.0),
                ("red", "probability", 0.3),
                ("red", "fixed", 0.0),
            ):
                desk.selection.rows = [1, 3, 5]
                browser(desk.query, "run", text=text, k=5, least=least, unit=unit)
                page = browser(desk.gallery, "page", start=0, count=9, version=0)
                items = [
                    (item["row"], round(item["score"], 5), round(item.get("probability", -1), 5))
                    for item in page["items"]
                ]
                told.append((text, desk.query.error, desk.gallery.show, items))
            answers.append(told)
            desk.close()
        plain, engine = answers

        assert engine == plain
        assert all(error == "" and show == "hits" for _, error, show, _ in engine)
        assert len(engine[0][3]) == 5
        assert {row for row, _, _ in engine[2][3]} <= {0, 1, 2, 3}
        assert {row for row, _, _ in engine[3][3]} == {1, 3, 5}
        assert 0 < len(engine[4][3]) < 5
        assert all(probability >= 0.3 for _, _, probability in engine[4][3])
