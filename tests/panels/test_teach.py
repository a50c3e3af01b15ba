"""The panel that teaches classifiers, moved by the messages of a browser and by Python."""

from pathlib import Path

import numpy as np
import pytest

import workbench as wb
from tests.helpers.panel_messages import browser
from tests.helpers.taught import rows, taught_case
from workbench.errors import QueryError
from workbench.panels.teach import Teach
from workbench.store.labels import Labels


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """A desk with a classifier of red that sixteen answers have taught."""
    case = taught_case(tmp_path_factory.mktemp("taught"), 14)
    made = wb.Workspace(case)
    browser(made.teach, "unfold", unfolded=True)
    browser(made.teach, "begin", name=" red ", over="image")
    answer_all(made)
    answer_all(made)
    yield made
    made.close()


def answer_all(desk: wb.Workspace) -> None:
    """Answer each question as the browser does, and wait for the training."""
    red = set(rows(desk.case, "red"))
    for item in desk.teach.items:
        browser(desk.teach, "judge", row=item["row"], answer="yes" if item["row"] in red else "no")
    desk.teach.wait()


def test_answers_teach_and_new_questions_follow(desk):
    panel = desk.teach
    assert (panel.error, panel.trouble, panel.working, panel.name) == ("", "", "", "red")
    assert panel.counts["yes"] + panel.counts["no"] == 16
    assert [point["answers"] for point in panel.curve][-1] == 16
    assert [one["name"] for one in panel.known] == ["red"]
    assert all(item["answer"] == "" for item in panel.items)
    answered = Labels(desk.case.folder.root / "work").of("red")
    assert answered is not None
    ids = desk.case.images["image_id"]
    assert not {ids[item["row"]] for item in panel.items} & set(answered.answers)
    assert panel.advice
    assert panel.frame["answers"].tolist() == [point["answers"] for point in panel.curve]


def test_skip_and_undo_are_kept_at_once(desk):
    panel = desk.teach
    row = panel.items[0]["row"]
    browser(panel, "judge", row=row, answer="skip")
    image_id = desk.case.images["image_id"][row]
    labels = Labels(desk.case.folder.root / "work")
    assert labels.read()["red"].answers[image_id] is None
    assert panel.items[0]["answer"] == "skip"
    browser(panel, "undo")
    assert image_id not in labels.read()["red"].answers
    assert panel.items[0]["answer"] == ""


def test_its_scores_colour_the_map_and_select(desk):
    desk.teach.colour()
    assert desk.map.bar.column == "is: red"
    assert "is: red" in desk.map.bar.columns
    desk.teach.select()
    assert desk.selection.rows.tolist() == rows(desk.case, "red")
    code = desk.teach.to_code()
    assert "desk.teach.begin('red')" in code
    assert "desk.teach.select('red', 0.5, 'replace')" in code


def test_pictures_are_those_of_the_questions(desk):
    shown = [item["row"] for item in desk.teach.items]
    buffers = browser(desk.teach, "pictures", rows=shown)["buffers"]
    assert len(buffers) == len(shown)
    assert all(bytes(one).startswith(b"\xff\xd8") for one in buffers)


def test_what_goes_wrong_is_told(desk):
    panel = desk.teach
    browser(panel, "judge", row=panel.items[0]["row"], answer="perhaps")
    assert "Invalid answer" in panel.error
    browser(panel, "begin", name="  ", over="image")
    assert "is empty" in panel.error
    browser(panel, "begin", name="x", over="persons")
    assert "nobody looked for them" in panel.error
    browser(panel, "rename", name="none", to="other")
    assert "No classifier" in panel.error
    assert panel.name == "red"


def test_the_code_repeats_the_answers_in_another_desk(desk, tmp_path):
    again = wb.Workspace(taught_case(tmp_path, 14))
    exec(desk.teach.to_code(), {"desk": again})  # our own code
    assert again.teach.counts == desk.teach.counts
    assert np.allclose(again.case.classifiers["red"].scores, desk.case.classifiers["red"].scores, atol=1e-5)
    again.selection.rows = rows(again.case, "blue")[:3]
    before = again.teach.counts["no"]
    browser(again.teach, "examples", answer=False)
    again.teach.wait()
    assert again.teach.counts["no"] >= before
    browser(again.teach, "rename", name="red", to="rot")
    assert again.teach.name == "rot"
    assert "is: rot" in again.map.bar.columns
    assert "is: red" not in again.map.bar.columns
    browser(again.teach, "remove", name="rot")
    assert (again.teach.name, again.teach.known, again.teach.items) == ("", [], [])
    with pytest.raises(QueryError, match="Nothing is taught"):
        again.teach.answer({0: True})
    assert again.teach.to_code() == ""
    again.close()


def test_a_desk_without_classifiers_trains_nothing(tmp_path: Path):
    desk = wb.Workspace(taught_case(tmp_path, 3))
    assert isinstance(desk.teach, Teach)
    browser(desk.teach, "unfold", unfolded=True)
    assert (desk.teach.known, desk.teach.working, desk.teach.to_code()) == ([], "", "")
    assert desk.teach.frame.empty
    browser(desk.teach, "begin", name="red", over="image")
    assert desk.teach.items
    assert not (tmp_path / "case/work/classifiers").exists()
    assert not (tmp_path / "case/work/labels.jsonl").exists()
    desk.close()
