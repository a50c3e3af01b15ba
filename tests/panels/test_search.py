"""The panels around a query: shelf, recall and study, each without a browser."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import workbench as wb
from tests.helpers.panel_messages import browser, colour_row
from workbench.testing import colour_folder


@pytest.fixture
def desk(tmp_path: Path, desk_of: Callable[..., wb.Workspace]) -> wb.Workspace:
    colour_folder(tmp_path / "photos", 36)
    return desk_of(tmp_path / "photos")


class TestShelf:
    def test_what_is_done_is_undone(self, desk: wb.Workspace) -> None:
        desk.selection.rows = [1, 2]
        browser(desk.selection_bar, "invert")
        inverted = desk.selection_bar.count
        browser(desk.selection_bar, "undo")

        assert inverted == 34
        assert desk.selection.rows.tolist() == [1, 2]
        assert desk.selection_bar.redoable

    def test_a_saved_selection_is_combined_with_another(self, desk: wb.Workspace) -> None:
        desk.selection.rows = [1, 2, 3]
        browser(desk.selection_bar, "save", name=" first  three ")
        desk.selection.rows = [3, 4]
        results = {}
        for mode in ("intersect", "remove", "add", "replace"):
            desk.selection.rows = [3, 4]
            browser(desk.selection_bar, "open", name="first three", mode=mode)
            results[mode] = desk.selection.rows.tolist()
        code = desk.selection_bar.to_code()
        desk.selection.clear()
        exec(code, {"desk": desk})

        assert results == {"intersect": [3], "remove": [4], "add": [1, 2, 3, 4], "replace": [1, 2, 3]}
        assert desk.selection_bar.saved[0] == {"name": "first three", "images": 3, "gone": 0, "query": ""}
        assert desk.selection.rows.tolist() == [1, 2, 3]
        assert desk.selection.parent == desk.case.selections.saved("first three").digest

    def test_a_name_that_cannot_be_is_an_error_shown(self, desk: wb.Workspace) -> None:
        browser(desk.selection_bar, "save", name="empty")
        nothing = desk.selection_bar.error
        desk.selection.rows = [1]
        browser(desk.selection_bar, "save", name="selection")

        assert "Select some images" in nothing
        assert "Use a name that is neither empty nor 'selection'" in desk.selection_bar.error

    def test_words_set_the_selection_apart(self, desk: wb.Workspace) -> None:
        desk.case.vocabulary = ["a red thing", "a blue thing", "a gray thing"]
        red = [row for row, path in enumerate(desk.case.images["path"]) if "red" in path]
        desk.selection.rows = red
        browser(desk.selection_bar, "separate", name="")
        words = [word["phrase"] for word in desk.selection_bar.words]
        desk.selection.rows = red[:1]

        assert words[0] == "a red thing"
        assert desk.selection_bar.words == []


class TestRecall:
    def test_it_waits_for_hits_with_something_beyond(self, desk: wb.Workspace) -> None:
        before = desk.recall.ready
        desk.query.ask("red")
        everything = desk.recall.ready
        desk.query.k = 3
        desk.query.run()

        assert (before, everything, desk.recall.ready) == (False, False, True)

    def test_answers_become_an_estimate_and_what_was_missed_a_selection(self, desk: wb.Workspace) -> None:
        desk.query.k = 2
        desk.query.ask("red")
        browser(desk.recall, "start")
        for item in desk.recall.items:
            browser(desk.recall, "judge", row=item["row"], right="red" in item["name"])
        browser(desk.recall, "keep")
        selected = [desk.case.images["path"][row] for row in desk.selection.rows]
        frame = desk.recall.frame
        said = dict(desk.recall.said)
        code = desk.recall.to_code()
        browser(desk.recall, "stop")
        exec(code, {"desk": desk})

        assert len(selected) == 1
        assert "red" in selected[0]
        assert said["judged"] == said["of"] == len(frame)
        assert said["recall"][0] <= 2 / 3 <= said["recall"][2]
        assert set(frame["beyond"]) >= {0, 1}
        assert desk.recall.said == said

    def test_a_new_question_forgets_the_sample(self, desk: wb.Workspace) -> None:
        desk.query.k = 2
        desk.query.ask("red")
        desk.recall.start()
        desk.query.ask("blue")

        assert desk.recall.items == []
        browser(desk.recall, "judge", row=1, right=True)
        assert "no sample" in desk.recall.error


class TestStudy:
    def test_groups_are_compared(self, desk: wb.Workspace) -> None:
        warm = [row for row, path in enumerate(desk.case.images["path"]) if "red" in path]
        cold = [row for row, path in enumerate(desk.case.images["path"]) if "blue" in path]
        desk.case.tag(warm, "warm")
        desk.case.tag(cold, "cold")
        browser(desk.study, "likeness", by="tag", metric="euclidean")
        shown = desk.study.view

        assert shown["separation"] == 1
        assert sum(shown["inner"]) == pytest.approx(1, abs=1e-3)
        assert {group[0] for group in shown["groups"]} == {"warm", "cold"}
        assert desk.study.to_code() == "desk.study.likeness('tag', 'euclidean')"

    def test_captions_are_compared_with_what_is_selected(self, desk: wb.Workspace) -> None:
        desk.selection.rows = [colour_row(desk, "blue")]
        browser(desk.study, "captions", phrases="red\n\nblue", metric="cosine")
        values = np.array(desk.study.view["values"])
        desk.selection.clear()
        browser(desk.study, "captions", phrases="red", metric="cosine")

        assert values.shape == (1, 2)
        assert values.argmax() == 1
        assert "Select images" in desk.study.error

    def test_what_quality_finds_can_be_selected(self, desk: wb.Workspace) -> None:
        browser(desk.study, "quality")
        issues = {issue["issue"]: issue["images"] for issue in desk.study.view["issues"]}
        browser(desk.study, "select", issue="dark")

        assert issues["dark"] == len(desk.selection)
        assert any("black" in path for path in desk.selection.frame["path"])
        assert not any("white" in path for path in desk.selection.frame["path"])

    def test_nothing_looked_for_selects_nothing(self, desk: wb.Workspace) -> None:
        browser(desk.study, "select", issue="dark")

        assert "first" in desk.study.error
        assert len(desk.study.frame) == 0
