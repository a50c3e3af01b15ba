"""Panels without a browser: set a trait, or send what the browser would send, and read a sibling."""

import base64
import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import workbench as wb
from tests.helpers.panel_messages import browser, colour_row
from workbench.errors import QueryError
from workbench.panels.gallery import Gallery
from workbench.selection import Selection


@pytest.fixture
def desk(source: Path, desk_of: Callable[..., wb.Workspace]) -> wb.Workspace:
    """A desk on twelve colours."""
    return desk_of(source)


class TestQuery:
    def test_a_question_reaches_gallery_and_map(self, desk: wb.Workspace) -> None:
        browser(desk.query, "run", text="red", k=4, least=0.0, unit="probability")
        page = browser(desk.gallery, "page", start=0, count=60, version=desk.gallery.version)

        assert desk.gallery.show == "hits"
        assert [item["row"] for item in page["items"]] == desk.selection.hits.rows.tolist()
        assert page["items"][0]["row"] == colour_row(desk, "red")
        assert page["buffers"] == desk.case.thumbnails(desk.selection.hits.rows)
        assert desk.query.answer["shown"] == 4

    def test_like_this_asks_by_example(self, desk: wb.Workspace) -> None:
        row = colour_row(desk, "blue")
        browser(desk.gallery, "like", row=row, add=False)

        assert desk.selection.hits.rows[0] == row
        assert desk.query.chips[0]["picture"]
        assert browser(desk.query, "thumbnail", position=0)["buffers"] == desk.case.thumbnails([row])

    def test_minus_and_flip(self, desk: wb.Workspace) -> None:
        browser(desk.query, "run", text="magenta -red", k=5, least=0.0, unit="probability")
        minus = desk.selection.hits
        browser(desk.query, "flip", position=1)
        plus = desk.selection.hits
        browser(desk.query, "drop", position=1)

        assert minus.query == "magenta -red"
        assert plus.query == "magenta +red"
        assert desk.selection.hits.query == desk.query.text == "magenta"

    def test_the_box_shows_back_how_it_was_read(self, desk: wb.Workspace) -> None:
        browser(desk.query, "run", text='  "red"   - blue^0.5', k=5, least=0.0, unit="probability")

        assert desk.query.text == "red -blue^0.5"
        assert [(chip["label"], chip["plus"], chip["weight"]) for chip in desk.query.chips] == [
            ("red", True, 1),
            ("blue", False, 0.5),
        ]

    def test_the_selection_can_be_looked_like_and_within(self, desk: wb.Workspace) -> None:
        rows = sorted(colour_row(desk, colour) for colour in ("red", "green", "blue"))
        desk.selection.rows = rows
        desk.query.ask("red within:selection")
        within = desk.selection.hits.rows.tolist()
        code = desk.query.to_code()
        desk.selection.rows = [colour_row(desk, "black")]
        exec(code, {"desk": desk})
        again = desk.selection.hits.rows.tolist()
        desk.query.ask("like:selection")

        assert sorted(within) == rows
        assert within[0] == colour_row(desk, "red")
        assert again == within
        assert desk.selection.hits.rows[0] == colour_row(desk, "black")

    def test_a_query_that_cannot_be_read_is_an_error_shown(self, desk: wb.Workspace) -> None:
        for text in ('"red', "like:nobody", "within:selection", "red " * 2000, "-"):
            browser(desk.query, "run", text=text, k=5, least=0.0, unit="probability")
            assert desk.query.error.endswith(".")
            assert desk.selection.hits is None

    def test_a_fixed_cut_is_one_of_the_limits(self, desk: wb.Workspace) -> None:
        browser(desk.query, "run", text="red", k=50, least=0.0, unit="fixed")

        assert desk.selection.hits.scores.min() >= 0.25
        assert len(desk.selection.hits) < len(desk.case.images)  # type: ignore[arg-type]

    def test_a_dropped_picture_is_searched(self, desk: wb.Workspace) -> None:
        row = colour_row(desk, "green")
        browser(desk.query, "picture", buffers=[desk.case.picture(row)])

        assert desk.selection.hits.rows[0] == row
        assert (
            Image.open(BytesIO(browser(desk.query, "thumbnail", position=0)["buffers"][0])).format == "JPEG"
        )

    def test_a_dropped_file_that_is_no_picture_is_an_error_shown(self, desk: wb.Workspace) -> None:
        browser(desk.query, "picture", buffers=[b"%PDF-1.4 <script>"])

        assert "cannot be read as a picture" in desk.query.error
        assert desk.query.chips == []

    def test_load_more_adds_hits(self, desk: wb.Workspace) -> None:
        browser(desk.query, "run", text="red", k=2, least=0.0, unit="probability")
        browser(desk.query, "more")

        assert len(desk.selection.hits) == len(desk.case.images)  # type: ignore[arg-type]

    def test_clearing_the_box_clears_the_hits(self, desk: wb.Workspace) -> None:
        desk.query.ask("red")
        browser(desk.query, "run", text="  ", k=5, least=0.0, unit="cosine")

        assert desk.selection.hits is None
        assert desk.gallery.show == "all"
        assert len(desk.query.frame) == 0

    def test_an_error_is_shown_once_and_gone_after_a_good_question(self, desk: wb.Workspace) -> None:
        def broken(*terms: object, **limits: object) -> None:
            raise RuntimeError("out of <b>memory</b>")

        desk.query._ask, works = broken, desk.query._ask
        browser(desk.query, "run", text="red", k=5, least=0.0, unit="cosine")
        shown = desk.query.error
        desk.query._ask = works
        browser(desk.query, "run", text="red", k=5, least=0.0, unit="cosine")

        assert "RuntimeError: out of <b>memory</b>" in shown
        assert desk.query.error == desk.query.busy == ""

    def test_code_asks_the_same_question(self, desk: wb.Workspace) -> None:
        image_id = str(desk.case.images["image_id"][3])
        first = desk.query.ask(f"red like:{image_id} -blue")
        code = desk.query.to_code()
        desk.query.clear()
        exec(code, {"desk": desk, "wb": wb})

        assert desk.selection.hits.rows.tolist() == first.rows.tolist()
        assert desk.selection.hits.query == first.query

    def test_python_gets_the_error_itself(self, desk: wb.Workspace) -> None:
        with pytest.raises(QueryError):
            desk.query.ask("like:nothing")


class TestGallery:
    def test_it_follows_what_changed_last(self, desk: wb.Workspace) -> None:
        desk.selection.rows = [3, 1]
        after_lasso = desk.gallery.show, desk.gallery.rows.tolist()
        desk.query.ask("red")
        after_query = desk.gallery.show
        desk.selection.clear()

        assert after_lasso == ("selection", [1, 3])
        assert after_query == "hits"
        assert desk.gallery.show == "hits"

    def test_one_change_is_drawn_once(self, desk: wb.Workspace) -> None:
        """The browser asks for its thumbnails again at each version."""
        before = desk.gallery.version
        desk.selection.rows = [3, 1]
        desk.selection.rows = [3, 2]

        assert desk.gallery.version == before + 2

    def test_selected_hits_come_best_first(self, desk: wb.Workspace) -> None:
        hits = desk.query.ask("red")
        desk.selection.rows = [int(row) for row in hits.rows[[5, 0, 3]]]

        assert desk.gallery.rows.tolist() == hits.rows[[0, 3, 5]].tolist()

    def test_a_click_sets_the_focus_and_details_follow(self, desk: wb.Workspace) -> None:
        browser(desk.gallery, "focus", row=4)
        shown = browser(desk.details, "show", row=desk.details.row)

        assert desk.selection.focus == desk.gallery.focus == desk.details.row == 4
        assert shown["buffers"] == [desk.case.picture(4)]
        assert dict(shown["facts"])["Size"].startswith(f"{desk.case.images['width'][4]} x ")

    def test_five_thousand_are_sent_page_by_page(
        self, selection_of_many: tuple[Selection, np.ndarray]
    ) -> None:
        selection, _ = selection_of_many
        asked: list[int] = []

        def thumbnails(rows: list[int]) -> list[bytes]:
            asked.extend(rows)
            return [b"jpeg"] * len(rows)

        gallery = Gallery(selection, thumbnails)  # type: ignore[arg-type]
        selection.rows = range(5000)
        page = browser(gallery, "page", start=4980, count=60, version=gallery.version)

        assert page["total"] == 5000
        assert asked == list(range(4980, 5000))

    def test_frame_is_what_is_shown(self, desk: wb.Workspace) -> None:
        desk.selection.rows = [2, 6]
        shown = desk.gallery.frame["path"].tolist()
        desk.query.ask("red")

        assert shown == [desk.case.images["path"][2], desk.case.images["path"][6]]
        assert list(desk.gallery.frame.columns[:3]) == ["row", "score", "probability"]


class TestDetails:
    def test_phrases_come_from_the_edited_vocabulary(self, desk: wb.Workspace) -> None:
        browser(desk.details, "vocabulary", phrases=["a red thing", "", " a blue thing ", "a red thing"])
        row = colour_row(desk, "blue")
        found = browser(desk.details, "phrases", row=row)["phrases"]
        desk.selection.focus = row

        assert desk.case.vocabulary == ["a red thing", "a blue thing"]
        assert [phrase["phrase"] for phrase in found] == ["a blue thing", "a red thing"]
        assert desk.details.frame["phrase"][0] == "a blue thing"

    def test_a_tag_is_kept_in_the_case_and_shown(self, desk: wb.Workspace) -> None:
        browser(desk.details, "tag", row=3, tag=" evidence ")
        facts = dict(browser(desk.details, "show", row=3)["facts"])

        assert facts["Tags"] == "evidence"
        assert desk.case.tags["tag"].tolist() == ["evidence"]

    def test_code_finds_the_image_again_by_id(self, desk: wb.Workspace) -> None:
        desk.selection.focus = 5
        code = desk.details.to_code()
        desk.selection.focus = None
        exec(code, {"desk": desk, "case": desk.case})

        assert desk.selection.focus == 5


class TestDesk:
    def test_all_code_together_repeats_the_desk(self, desk: wb.Workspace) -> None:
        desk.query.ask("red -blue")
        desk.map.box(-9, -9, 9, 9)
        desk.selection.focus = 1
        code, rows = desk.to_code(), desk.selection.rows.tolist()
        desk.query.clear()
        desk.selection.clear()
        desk.selection.focus = None
        exec(code, {"desk": desk, "case": desk.case, "wb": wb})

        assert desk.selection.hits.query == "red -blue"
        assert desk.selection.rows.tolist() == rows
        assert desk.selection.focus == 1

    def test_the_still_holds_pictures_and_no_markup_from_files(self, tmp_path: Path) -> None:
        photos = tmp_path / "odd"
        photos.mkdir()
        for number in range(3):
            Image.new("RGB", (40, 30), (80 * number, 9, 9)).save(photos / f'<script>"{number}" & \'.png')
        case = wb.open(photos, case=tmp_path / "odd-case", model="fake")
        case.ingest(progress=False)
        html = wb.Workspace(case).still()
        pictures = re.findall(r"data:image/(?:png|jpeg);base64,([^\"]+)", html)

        assert "<script" not in html
        assert "&lt;script&gt;" in html
        assert len(pictures) == 4
        assert Image.open(BytesIO(base64.b64decode(pictures[0]))).size == (1120, 840)

    def test_closing_closes_every_panel(self, desk: wb.Workspace) -> None:
        desk.close()

        assert all(
            panel.comm is None
            for panel in (desk.query, desk.map, desk.gallery, desk.details, desk.map.figure)
        )


@pytest.fixture
def selection_of_many() -> tuple[Selection, np.ndarray]:
    """Five thousand and one rows with points, and nothing else: what a panel needs."""
    import pandas as pd

    count = 5001
    table = pd.DataFrame(
        {"image_id": [f"{i:064x}" for i in range(count)], "path": [f"{i}.jpg" for i in range(count)]}
    )
    return Selection(table), np.random.default_rng(0).uniform(-1, 1, (count, 2)).astype(np.float32)
