"""The panel that finds a thing, and the boxes of hits on gallery and details; without a browser."""

import re
import threading
from base64 import b64encode
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

import workbench as wb
from tests.helpers.painted_squares import SIDE, SQUARES, paint
from tests.helpers.panel_messages import browser
from workbench.errors import CaseError, QueryError
from workbench.panels.instance_search import KIND, cut, proposed
from workbench.panels.static_html import boxed
from workbench.search.hits import Hits

SECONDS = 60


@pytest.fixture
def bare(tmp_path, desk_of):
    """A desk on a case in which nobody looked for candidates."""
    paint(tmp_path / "photos")
    return desk_of(tmp_path / "photos")


@pytest.fixture
def desk(bare):
    bare.case.instances.ingest(progress=False)
    bare.selection.focus = bare.case.row("a.png")
    return bare


@pytest.fixture
def found(desk):
    """The desk after a box was drawn around the square of a.png."""
    browser(desk.things, "unfold", value=True)
    browser(desk.things, "draw", box=[40, 30, SIDE, SIDE], find=True)
    desk.things.wait(SECONDS)
    return desk


def rows(desk, *names):
    return [desk.case.row(name) for name in names]


def test_a_box_drawn_finds_the_thing_with_its_box_everywhere(found):
    things = found.things
    assert {tile["name"] for tile in things.tiles[:2]} == {"b.png", "c.png"}
    assert (things.working, things.trouble, things.error) == ("", "", "")
    assert things.said["query"] == "the thing at (40, 30, 60, 60) of a.png"
    assert found.selection.hits.rows.tolist() == [tile["row"] for tile in things.tiles]
    assert found.gallery.show == "hits"
    page = browser(found.gallery, "page", start=0, count=60, version=found.gallery.version)
    drawn = {item["name"]: item for item in page["items"]}
    for name in ("b.png", "c.png"):
        x, y, width, height = np.multiply(drawn[name]["box"], (320, 240, 320, 240))
        left, top = SQUARES[name]
        assert drawn[name]["shape"] == [320, 240]
        assert left - SIDE < x < left + SIDE
        assert top - SIDE < y < top + SIDE
        assert 0 < width * height < 320 * 240 / 2
        assert "probability" not in drawn[name]


def test_what_was_found_is_drawn_on_the_focus_and_can_be_asked_with_again(found):
    found.selection.focus = found.case.row("b.png")
    shown = browser(found.details, "boxes", row=found.selection.focus)
    np.testing.assert_allclose(np.multiply(shown["hit"], (320, 240, 320, 240)), found.things.box, atol=0.1)
    browser(found.things, "find")
    found.things.wait(SECONDS)
    assert "of b.png" in found.things.said["query"]
    assert set(rows(found, "a.png", "c.png")) == set(found.selection.hits.rows[:2].tolist())
    found.selection.focus = found.case.row("other.png")
    assert found.things.row == found.case.row("other.png")


def test_the_box_asked_with_comes_back_with_its_image(found):
    found.selection.focus = found.case.row("b.png")
    found.selection.focus = found.case.row("a.png")
    assert found.things.box == [40, 30, SIDE, SIDE]


def test_the_code_finds_the_same(found):
    code = found.to_code()
    before = found.selection.hits
    found.things.clear()
    assert found.selection.hits is None
    assert found.things.to_code() == ""
    assert "desk.things.show(case.find_this('a.png', box=(40, 30, 60, 60)))" in code
    exec(code, {"desk": found, "case": found.case})
    assert found.selection.hits.rows.tolist() == before.rows.tolist()  # type: ignore[attr-defined]
    np.testing.assert_array_equal(found.selection.hits.boxes, before.boxes)  # type: ignore[attr-defined]


def test_more_of_the_kind_is_asked_for_by_one_choice_and_stands_in_the_code(found):
    before = found.selection.hits
    browser(found.things, "alike", on=True)
    found.things.wait(SECONDS)
    assert found.things.kind == KIND
    assert (found.selection.hits.scores > before.scores[0]).any()
    assert f"box=(40, 30, 60, 60), kind={KIND}))" in found.things.to_code()
    browser(found.things, "alike", on=False)
    found.things.wait(SECONDS)
    np.testing.assert_array_equal(found.selection.hits.scores, before.scores)


def test_another_question_ends_the_code_and_the_boxes(found):
    found.query.ask("red")
    assert found.things.to_code() == ""
    assert browser(found.details, "boxes", row=0)["hit"] is None
    assert "box" not in browser(found.gallery, "page", start=0, count=9, version=0)["items"][0]


def test_the_query_box_says_whose_hits_are_shown(found):
    assert found.query.answer["instead"] == found.things.said["query"]
    found.query.ask("red")
    assert "instead" not in found.query.answer
    assert found.query.answer["of"] == len(found.case.images)


def test_words_find_a_thing_with_its_box(desk):
    found = desk.things.find("blue")
    assert found.frame["path"][0] == "other.png"
    assert desk.things.tiles[0]["box"] is not None
    assert desk.things.unfolded
    assert "desk.things.show(case.find_this('blue'))" in desk.to_code()


def test_a_click_proposes_candidates_that_hold_the_place_one_after_the_other(desk):
    seen = []
    for _ in range(3):
        browser(desk.things, "click", x=70, y=60)
        seen.append(tuple(desk.things.box))
    assert len(set(seen)) == 3
    for x, y, width, height in seen:
        assert x <= 70 <= x + width
        assert y <= 60 <= y + height
    assert seen[0][2] * seen[0][3] < 320 * 240 / 2
    assert desk.selection.hits is None
    desk.things.find()
    assert desk.selection.hits is not None


def test_after_the_last_candidate_comes_the_first():
    boxes = np.array([(0, 0, 10, 10), (5, 5, 50, 50), (30, 30, 9, 9), (0, 0, 100, 100)], np.float32)
    first = proposed(boxes, 7, 7, ())
    second = proposed(boxes, 7, 7, first)
    assert (first, second) == ((0, 0, 10, 10), (5, 5, 50, 50))
    assert proposed(boxes, 7, 7, proposed(boxes, 7, 7, second)) == first
    with pytest.raises(QueryError, match="Draw a box"):
        proposed(boxes[:3], 99, 99, ())


def test_without_candidates_it_says_how_to_get_them_and_goes_on(bare):
    bare.selection.focus = bare.case.row("a.png")
    browser(bare.things, "click", x=10, y=10)
    assert "case.instances.ingest()" in bare.things.error
    browser(bare.things, "draw", box=[40, 30, SIDE, SIDE], find=True)
    bare.things.wait(SECONDS)
    assert "case.instances.ingest()" in bare.things.trouble
    with pytest.raises(CaseError, match="instances"):
        bare.things.find()
    bare.case.instances.ingest(progress=False)
    browser(bare.things, "find")
    bare.things.wait(SECONDS)
    assert bare.things.trouble == ""
    assert len(bare.things.tiles) > 1


@pytest.mark.parametrize(
    ("box", "message"),
    [
        ((400, 10, 20, 20), "320 x 240"),
        ((-50, 0, 40, 40), "320 x 240"),
        ((0, 0, 0, 10), "Invalid box"),
        ((1, 2, 3), "Invalid box"),
        ((0, 0, float("nan"), 5), "Invalid box"),
    ],
)
def test_a_box_outside_or_without_area_is_refused_and_the_old_one_stays(desk, box, message):
    desk.things.draw((40, 30, SIDE, SIDE))
    with pytest.raises(QueryError, match=message):
        desk.things.draw(box)
    browser(desk.things, "draw", box=list(box), find=True)
    assert re.search(message, desk.things.error)
    assert desk.things.box == [40, 30, SIDE, SIDE]
    assert desk.selection.hits is None


def test_a_box_that_sticks_out_is_cut_at_the_edges():
    assert cut((-10, 50, 60, 100), (100, 100)) == (0, 50, 50, 50)


def test_odd_pictures_are_asked_with_and_answered(desk):
    for name, box in (("tiny.png", (0, 0, 16, 16)), ("long.png", (900, 0, 100, 20))):
        desk.selection.focus = desk.case.row(name)
        desk.things.draw(box)
        assert len(desk.things.find().hits) >= 4
        desk.things.clear()
        proposal = desk.things.click(box[0] + 1, box[1] + 1)
        assert proposal[2] * proposal[3] > 0


def test_nothing_in_focus_and_nothing_drawn_are_told(desk):
    with pytest.raises(QueryError, match="No box was drawn"):
        desk.things.find()
    desk.selection.focus = None
    assert (desk.things.row, desk.things.about, desk.things.box) == (-1, {}, [])
    for ask in (desk.things.find, lambda: desk.things.draw((0, 0, 5, 5)), lambda: desk.things.click(1, 1)):
        with pytest.raises(QueryError, match="No image is in focus"):
            ask()
    assert browser(desk.things, "picture")["buffers"] == [b""]


def test_the_browser_gets_the_photo_and_the_thumbnails(found):
    answer = browser(found.things, "picture")
    assert answer["row"] == found.case.row("a.png")
    assert Image.open(BytesIO(answer["buffers"][0])).size == (320, 240)
    some = [tile["row"] for tile in found.things.tiles]
    assert browser(found.things, "thumbnails", rows=some)["buffers"] == found.case.thumbnails(some)
    browser(found.things, "focus", row=some[0])
    assert found.selection.focus == some[0]


def test_a_newer_question_takes_the_place_of_an_older_one(desk):
    go, finder, asked = threading.Event(), desk.things._find, []

    def slow(image, box):
        asked.append(box)
        if len(asked) == 1:
            go.wait(SECONDS)
        return finder(image, box)

    desk.things._find = slow
    browser(desk.things, "draw", box=[0, 0, 20, 20], find=True)
    while not asked:
        threading.Event().wait(0.01)
    browser(desk.things, "draw", box=[40, 30, SIDE, SIDE], find=True)
    go.set()
    desk.things.wait(SECONDS)
    assert [box[:2] for box in asked] == [(0, 0), (40, 30)]
    assert "(40, 30, 60, 60)" in desk.things.said["query"]


def test_what_is_looked_for_can_be_ended_and_the_next_question_is_answered(desk):
    go, finder = threading.Event(), desk.things._find
    desk.things._find = lambda image, box: (go.wait(SECONDS), finder(image, box))[1]
    browser(desk.things, "draw", box=[40, 30, SIDE, SIDE], find=True)
    assert "other images" in desk.things.working
    browser(desk.things, "cancel")
    go.set()
    desk.things.wait(SECONDS)
    assert (desk.things.working, desk.things.tiles, desk.selection.hits) == ("", [], None)
    browser(desk.things, "find")
    desk.things.wait(SECONDS)
    assert desk.selection.hits is not None


def test_a_reader_without_a_kernel_sees_what_was_asked_and_found(found):
    still = found.things.still()
    assert "the thing at (40, 30, 60, 60) of a.png" in still
    assert still.count("<img") == 1 + len(found.things.tiles)
    assert still in found.still()
    found.things.unfolded = False
    assert found.things.still() == ""


def test_the_contact_sheet_of_a_saved_notebook_has_the_boxes_drawn(found):
    with_boxes = found.still()
    row = found.selection.hits.rows[0]
    drawn = boxed(found.case.thumbnails([row])[0], found.selection.hits.box(row), 176)
    assert b64encode(drawn).decode() in with_boxes
    left, top, width, _ = np.multiply(found.selection.hits.box(row), (176, 132, 176, 132))
    with Image.open(BytesIO(drawn)) as picture:
        assert picture.size == (176, 132)
        edge = np.asarray(picture, int)[round(top + 1), round(left + width / 2)]
    np.testing.assert_allclose(edge, (255, 176, 0), atol=60)


def test_names_of_files_are_text_and_never_html(found):
    found.selection.table.loc[:, "path"] = "<b>x</b>.png"
    found.things.find()
    assert "<b>" not in found.things.still()


def test_a_hit_of_a_whole_image_has_no_box(desk):
    boxes = np.array([[10, 10, 20, 20], [np.nan] * 4], np.float32)
    ones = np.ones(2, np.float32)
    desk.selection.hits = Hits(np.array([1, 2], np.int32), ones, ones, desk.selection.table, boxes=boxes)
    items = browser(desk.gallery, "page", start=0, count=9, version=0)["items"]
    assert [("box" in item) for item in items] == [True, False]
    assert [browser(desk.details, "boxes", row=row)["hit"] is None for row in (1, 2)] == [False, True]


def test_what_is_compared_is_chosen_and_stands_in_the_query(desk):
    assert desk.query.kinds == []
    desk.case.ingest(regions=["objects", "persons"], progress=False)
    again = wb.Workspace(desk.case)
    assert set(again.query.kinds) == {"objects", "persons"}
    browser(again.query, "compare", text="red", kinds=["objects"])
    assert again.query.text == "red over:objects"
    assert again.selection.hits.boxes is not None
    browser(again.query, "compare", text="red over:objects", kinds=["images", "objects", "persons"])
    assert again.query.text == "red over:images over:objects over:persons"
    again.query.compare()
    assert again.query.text == "red"
    assert again.selection.hits.boxes is None
    before = again.selection.hits
    browser(again.query, "compare", text="", kinds=["persons"])
    assert (again.query.text, again.query.error) == ("over:persons", "")
    assert again.selection.hits is before
    again.close()
