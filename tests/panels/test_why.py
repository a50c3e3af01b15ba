"""The Why panel without a browser: what it costs closed, shows open, and says when it cannot."""

import threading
from io import BytesIO
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

import workbench as wb
from tests.helpers.panel_messages import browser
from workbench.case.heatmaps_api import Why
from workbench.errors import QueryError
from workbench.panels.working import LatestJob

SECONDS = 60


@pytest.fixture
def desk(source, desk_of):
    Image.linear_gradient("L").convert("RGB").save(source / "gradient.png")
    return desk_of(source)


@pytest.fixture
def asked(desk):
    """A desk with a question, an image in focus, and the panel open."""
    desk.query.ask("a white thing")
    desk.selection.focus = desk.case.row("gradient.png")
    desk.why.unfolded = True
    desk.why.wait(SECONDS)
    return desk


def opened(data):
    return Image.open(BytesIO(data))


def test_closed_it_computes_nothing(desk, monkeypatch):
    monkeypatch.setattr(Why, "__call__", lambda *given, **named: pytest.fail("computed while closed"))
    desk.query.ask("red")
    desk.selection.focus = 3
    assert desk.why.about == {}
    assert desk.why.to_code() == ""
    assert desk.why.still() == ""
    assert len(desk.why.frame) == 0


def test_open_it_shows_the_map_the_verdict_and_the_best_hits(asked):
    about = asked.why.about
    assert (about["path"], about["query"]) == ("gradient.png", "a white thing")
    assert "lower" in about["place"]
    assert "chance" in asked.why.verdict
    assert [tile["row"] for tile in asked.why.tiles] == asked.selection.hits.rows[:8].tolist()
    assert asked.why.ready == [tile["row"] for tile in asked.why.tiles]
    assert (asked.why.working, asked.why.trouble, asked.why.error) == ("", "", "")


def test_it_follows_the_focus_and_the_query(asked):
    asked.selection.focus = 3
    asked.why.wait(SECONDS)
    assert asked.why.about["row"] == 3
    asked.query.ask("a red thing")
    asked.why.wait(SECONDS)
    assert asked.why.about["query"] == "a red thing"


def test_without_a_focus_the_best_hit_is_explained(desk):
    hits = desk.query.ask("red")
    desk.why.unfolded = True
    desk.why.wait(SECONDS)
    assert desk.why.about["row"] == hits.rows[0]


def test_a_word_has_a_map_of_its_own_and_the_words_stay(asked):
    words = [one["word"] for one in asked.why.about["words"]]
    browser(asked.why, "ask", text="", against="", method="", word=1)
    asked.why.wait(SECONDS)
    assert words == ["a", "white", "thing"]
    assert (asked.why.about["query"], asked.why.about["asked"]) == ("white", "a white thing")
    assert [one["word"] for one in asked.why.about["words"]] == words


def test_another_text_and_rather_than_are_explained(asked):
    browser(asked.why, "ask", text="black", against="white", method="occlusion", word=-1)
    asked.why.wait(SECONDS)
    about = asked.why.about
    assert (about["query"], about["against"], about["method"]) == ("black", "white", "occlusion")
    assert "upper" in about["place"]


def test_the_browser_gets_photo_layer_tiles_and_png(asked):
    about, frame = asked.why.about, asked.why.frame
    (photo,) = browser(asked.why, "picture")["buffers"]
    (layer,) = browser(asked.why, "layer", block=-1)["buffers"]
    tile = browser(asked.why, "tile", row=asked.why.ready[0])
    saved = browser(asked.why, "png")
    assert opened(photo).size == (256, 256)
    assert opened(layer).mode == opened(tile["buffers"][0]).mode == "RGBA"
    assert saved["name"] == "why-gradient.png"
    np.testing.assert_array_equal(
        np.asarray(opened(saved["buffers"][0])), np.asarray(asked.why.heatmap.overlay(0.7))
    )
    assert len(browser(asked.why, "thumbnails", rows=[0, 1])["buffers"]) == 2
    assert frame["path"].tolist()[0] == about["path"]
    assert len(frame) == 1 + len(asked.why.tiles)


def test_opacity_is_that_of_the_saved_picture(asked):
    browser(asked.why, "look", opacity=0.0)
    plain = opened(browser(asked.why, "png")["buffers"][0])
    np.testing.assert_array_equal(np.asarray(plain), np.asarray(asked.why.heatmap.overlay(0)))


def test_its_code_shows_the_same_map_on_another_desk(asked):
    asked.why.ask("black", against="white", method="occlusion")
    code, shown = asked.to_code(), asked.why.about
    other = wb.Workspace(asked.case)
    exec(code, {"desk": other, "case": asked.case, "wb": wb})
    other.why.wait(SECONDS)
    assert {**other.why.about, "version": 0} == {**shown, "version": 0}
    other.close()


def test_asking_in_python_opens_the_panel_and_returns_the_map(desk):
    desk.query.ask("white")
    heatmap = desk.why.ask(against="black")
    assert desk.why.unfolded
    assert heatmap.against == "black"
    assert desk.why.heatmap.row == desk.selection.hits.rows[0]


def test_a_still_picture_is_there_for_a_reader_without_a_kernel(asked):
    html = asked.still()
    assert "Heatmap of gradient.png, brightest at the lower" in html
    assert asked.why.verdict.split(":")[0] in html


@pytest.mark.parametrize(
    ("text", "focus", "message"),
    [
        ("", 1, "no query yet"),
        ("red", None, "No image is in focus"),
        ("like:nobody", 1, "No image has the name"),
    ],
)
def test_what_cannot_be_explained_is_said_and_nothing_old_is_shown(desk, text, focus, message):
    desk.selection.focus = focus
    browser(desk.why, "unfold", value=True)
    browser(desk.why, "ask", text=text, against="", method="", word=-1)
    desk.why.wait(SECONDS)
    assert message in desk.why.trouble
    assert desk.why.about == {}
    assert browser(desk.why, "layer", block=-1)["buffers"] == [b""]
    with pytest.raises(QueryError, match=message):
        desk.why.ask(text)


def test_questions_of_the_browser_leave_what_went_wrong_on_the_page(desk):
    desk.selection.focus = 1
    desk.why.unfolded = True
    desk.why.wait(SECONDS)
    browser(desk.why, "thumbnails", rows=[0])
    assert "no query yet" in desk.why.trouble


def test_there_is_nothing_to_save_before_a_map_is_there(desk):
    browser(desk.why, "png")
    assert "no heatmap" in desk.why.error


def test_a_block_that_a_method_does_not_have_shows_the_whole_map(asked):
    assert browser(asked.why, "layer", block=5)["buffers"] == browser(asked.why, "layer", block=-1)["buffers"]


def test_a_new_job_takes_the_place_of_the_old_at_its_next_step():
    done, go = [], threading.Event()

    def job(name):
        def steps(going):
            for step in range(3):
                go.wait(SECONDS)
                done.append((name, step))
                yield

        return steps

    work = LatestJob()
    work.run(job("old"))
    work.run(job("new"))
    go.set()
    work.wait(SECONDS)
    assert [step for name, step in done if name == "new"] == [0, 1, 2]
    assert len([step for name, step in done if name == "old"]) <= 1


def test_a_stopped_job_ends_and_waiting_for_none_returns_at_once():
    work, seen = LatestJob(), SimpleNamespace(steps=0)

    def steps(going):
        while True:
            seen.steps += 1
            if seen.steps == 2:
                work.stop()
            yield

    work.wait()
    work.run(steps)
    work.wait(SECONDS)
    assert seen.steps == 2
