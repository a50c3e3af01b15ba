"""The Faces panel without a browser, on a book of identities that a person can predict."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from tests.helpers.fake_identity_book import FakeBook
from tests.helpers.map_reading import places
from workbench.errors import CaseError, QueryError
from workbench.panels.base import Panel
from workbench.panels.faces.identity_index import IdentityIndex
from workbench.panels.faces.panel import VERBS, FacesPanel
from workbench.panels.map.panel import Map
from workbench.selection import Selection
from workbench.testing import write_faces

PEOPLE = ["ann"] * 6 + ["bob"] * 4 + ["cid"] * 2 + ["", ""]
"""Faces 0-5 are Ann's, 6-9 Bob's, 10 and 11 Cid's, 12 and 13 nobody's; two faces an image."""


@pytest.fixture
def book() -> FakeBook:
    return FakeBook(PEOPLE, {"ann": "Ann", "bob": "Bob"})


@pytest.fixture
def panel(book: FakeBook) -> FacesPanel:
    return FacesPanel(Selection(book.frame), book, lambda rows: [b"jpeg %d" % row for row in rows])


def browser(panel: Panel, ask: str, **data: Any) -> dict[str, Any]:
    """Send what the browser sends, and return the answer with its buffers."""
    sent: list[tuple[dict[str, Any], list[bytes]]] = []
    panel.send = lambda content, buffers=None: sent.append((content, buffers))
    panel._receive(panel, {"ask": ask, "id": "x-1", **data}, [])
    ((answer, buffers),) = sent
    return {**answer, "buffers": buffers}


def click(panel: FacesPanel, verb: str, **data: Any) -> None:
    browser(panel, "do", verb=verb, **data)
    assert panel.error == ""


def cards(panel: FacesPanel) -> list[tuple[str, int]]:
    items = browser(panel, "cards", start=0, count=99)["items"]
    return [(item["name"] or item["identity"], item["faces"]) for item in items]


def doubted(panel: FacesPanel) -> list[tuple[int, ...]]:
    items = browser(panel, "doubts", start=0, count=20)["items"]
    return [tuple(face["row"] for face in item["faces"]) for item in items]


def images() -> Selection:
    count = len(PEOPLE) // 2
    return Selection(pd.DataFrame({"image_id": [f"{i:064x}" for i in range(count)], "path": ["a"] * count}))


class TestCards:
    def test_the_largest_come_first_with_cover_and_best_faces(self, panel: FacesPanel) -> None:
        items = browser(panel, "cards", start=0, count=2)

        assert [item["name"] for item in items["items"]] == ["Ann", "Bob"]
        assert items["items"][0]["rows"] == [0, 1, 2, 3]
        assert items["total"] == 3

    def test_five_thousand_are_sent_page_by_page_and_without_pictures(self) -> None:
        book = FakeBook([f"p{i // 2}" for i in range(10_000)])
        panel = FacesPanel(Selection(book.frame), book, lambda rows: pytest.fail("a crop was asked for"))
        page = browser(panel, "cards", start=4980, count=24)

        assert (page["total"], len(page["items"]), page["buffers"]) == (5000, 20, [])

    def test_a_name_is_found_by_a_part_of_it_whatever_its_case(self, panel: FacesPanel) -> None:
        panel.find = " bO"

        assert cards(panel) == [("Bob", 4)]

    def test_those_without_a_name_can_be_shown_alone(self, panel: FacesPanel) -> None:
        panel.which = "unnamed"

        assert cards(panel) == [("cid", 2)]

    def test_what_may_be_no_face_comes_last(self, book: FakeBook) -> None:
        book._table.loc[[1, 12], "sure"] = False
        panel = FacesPanel(Selection(book.frame), book, lambda rows: [b""] * len(rows))
        panel.show("alone")

        assert panel.rows.tolist() == [13, 12]
        assert panel.index.best(0, 99) == [0, 2, 3, 4, 5, 1]

    def test_crops_are_asked_for_by_row(self, panel: FacesPanel) -> None:
        assert browser(panel, "crops", rows=[7, 2])["buffers"] == [b"jpeg 7", b"jpeg 2"]

    @pytest.mark.parametrize("people", [[], ["", ""], ["ann"]], ids=["no faces", "all alone", "one face"])
    def test_it_works_with_nearly_nothing(self, people: list[str]) -> None:
        book = FakeBook(people)
        panel = FacesPanel(Selection(book.frame), book, lambda rows: [b""] * len(rows))
        for pane in ("alone", "aside", "selected", "review", "history", ""):
            click(panel, "show", pane=pane)
            browser(panel, "tiles", start=0, count=60)
            browser(panel, "doubts", start=0, count=60)

        assert panel.error == ""
        assert panel.counts["people"] == len(cards(panel)) == len(set(people) - {""})


class TestLooking:
    def test_an_identity_opens_with_all_its_faces_selected(self, panel: FacesPanel) -> None:
        click(panel, "look", identity="bob")
        tiles = browser(panel, "tiles", start=0, count=60)

        assert [tile["row"] for tile in tiles["items"]] == panel.selection.rows.tolist() == [6, 7, 8, 9]
        assert panel.person["name"] == "Bob"
        assert panel.frame["identity"].unique().tolist() == ["bob"]

    def test_ticked_faces_are_the_selection_and_without_them_all_are(self, panel: FacesPanel) -> None:
        panel.look("ann")
        click(panel, "tick", rows=[1, 4], on=True)
        ticked = panel.selection.rows.tolist()
        click(panel, "tick", rows=[1, 4], on=False)

        assert ticked == [1, 4]
        assert panel.selection.rows.tolist() == [0, 1, 2, 3, 4, 5]

    def test_the_odd_ones_can_come_first(self, panel: FacesPanel) -> None:
        panel.look("bob")
        panel.odd_first = True

        assert panel.rows.tolist() == [9, 8, 7, 6]

    def test_a_lasso_elsewhere_shows_its_faces_ticked(self, panel: FacesPanel) -> None:
        panel.selection.rows = [3, 7, 12]
        tiles = browser(panel, "tiles", start=0, count=60)["items"]
        panel.tick([7], on=False)

        assert panel.pane == "selected"
        assert [(tile["row"], tile["ticked"]) for tile in tiles] == [(3, True), (7, True), (12, True)]
        assert panel.rows.tolist() == [3, 7, 12]
        assert panel.selection.rows.tolist() == [3, 12]

    def test_an_empty_lasso_goes_back_to_who_was_open(self, panel: FacesPanel) -> None:
        panel.look("ann")
        panel.selection.rows = [7]
        panel.selection.rows = []

        assert (panel.pane, panel.rows.tolist()) == ("identity", [0, 1, 2, 3, 4, 5])

    def test_code_shows_the_same_faces(self, panel: FacesPanel) -> None:
        class Desk:
            faces, face_selection = panel, panel.selection

        seen = []
        for go in (
            lambda: panel.look("bob"),
            lambda: panel.show("alone"),
            lambda: panel.selection.change([2, 7]),
        ):
            go()
            code, shown = panel.to_code(), panel.rows.tolist()
            panel.show("")
            exec(code, {"desk": Desk})
            seen.append(panel.rows.tolist() == shown != [])

        assert seen == [True, True, True]


class TestPuttingRight:
    def test_a_name_is_tidied_and_kept(self, panel: FacesPanel, book: FakeBook) -> None:
        click(panel, "name", identity="cid", name="  Cid   <b>Campeador</b> ")

        assert book.calls == ["name cid Cid <b>Campeador</b>"]
        assert ("Cid <b>Campeador</b>", 2) in cards(panel)

    def test_a_name_given_twice_offers_to_merge(self, panel: FacesPanel, book: FakeBook) -> None:
        click(panel, "name", identity="cid", name="ann")
        offered = panel.note["merge"]
        click(panel, "merge", identities=offered)

        assert offered == ["cid", "ann"]
        assert cards(panel) == [("ann", 8), ("Bob", 4)]

    def test_picked_cards_merge_into_the_named_and_largest(self, panel: FacesPanel, book: FakeBook) -> None:
        for identity in ("cid", "bob", "ann"):
            click(panel, "pick", identity=identity, on=True)
        click(panel, "merge", identities=[])

        assert book.calls == ["merge ann bob cid"]
        assert panel.picked == []

    def test_one_card_dropped_on_another_gives_its_faces_to_it(self, panel: FacesPanel) -> None:
        click(panel, "merge", identities=["bob", "ann"])

        assert cards(panel) == [("Bob", 10), ("cid", 2)]

    def test_ticked_faces_move_and_what_is_left_stays_open(self, panel: FacesPanel) -> None:
        panel.look("ann")
        panel.tick([0, 5])
        click(panel, "move", identity="bob")

        assert panel.rows.tolist() == [1, 2, 3, 4]
        assert len(panel.ticked) == 0
        assert cards(panel)[0] == ("Bob", 6)

    def test_faces_dropped_on_a_card_move_though_others_are_ticked(self, panel: FacesPanel) -> None:
        panel.look("ann")
        panel.tick([1])
        click(panel, "move", identity="bob", rows=[4])

        assert panel._book.rows_of("bob").tolist() == [4, 6, 7, 8, 9]
        assert panel.ticked.tolist() == [1]

    def test_a_new_person_is_named_and_undone_in_one_step(self, panel: FacesPanel) -> None:
        panel.look("ann")
        panel.tick([4, 5])
        click(panel, "move", identity=None, name="Dot")
        named = cards(panel)
        click(panel, "undo")
        undone = cards(panel)
        click(panel, "redo")

        assert ("Dot", 2) in named
        assert undone == [("Ann", 6), ("Bob", 4), ("cid", 2)]
        assert cards(panel) == named

    @pytest.mark.parametrize("state", ["not a face", "unknown"])
    def test_faces_set_aside_leave_and_can_be_put_back(self, panel: FacesPanel, state: str) -> None:
        panel.look("ann")
        panel.tick([2])
        click(panel, "set_aside", state=state)
        aside = panel.counts["aside"]
        click(panel, "show", pane="aside")
        there = panel.rows.tolist()
        click(panel, "tick_all", on=True)
        click(panel, "release")

        assert (aside, there) == (1, [2])
        assert panel.counts["aside"] == 0
        assert panel._book.frame["state"][2] == ""

    def test_undo_and_redo_follow_the_book(self, panel: FacesPanel) -> None:
        before, could = cards(panel), panel.counts["undo"]
        click(panel, "merge", identities=["ann", "bob"])
        after = cards(panel)
        click(panel, "undo")
        undone, can_redo = cards(panel), panel.counts["redo"]
        click(panel, "redo")

        assert (could, can_redo) == (False, True)
        assert undone == before != after == cards(panel)

    def test_an_identity_that_gets_another_id_stays_open_with_its_colour(
        self, panel: FacesPanel, book: FakeBook
    ) -> None:
        """The book may give an identity a lasting id when it is decided about for the first time."""
        panel.look("bob")
        colour = panel.person["colour"]
        book.move(range(6, 10), "kept-1")
        panel.refresh()

        assert (panel.pane, panel.opened, panel.person["colour"]) == ("identity", "kept-1", colour)

    def test_an_open_identity_that_is_merged_away_shows_the_one_that_stayed(self, panel: FacesPanel) -> None:
        panel.look("bob")
        click(panel, "merge", identities=["ann", "bob"])

        assert (panel.opened, len(panel.rows)) == ("ann", 10)

    def test_what_cannot_be_done_is_shown(self, panel: FacesPanel) -> None:
        errors = []
        for verb, data in {"merge": {"identities": ["ann"]}, "set_aside": {"state": "unknown"}}.items():
            browser(panel, "do", verb=verb, **data)  # type: ignore[arg-type]
            errors.append(panel.error)
        browser(panel, "do", verb="close")
        errors.append(panel.error)

        said = ("two or more identities", "No face is selected", "Unknown action")
        assert [any(words in error for words in said) for error in errors] == [True] * 3

    def test_every_verb_of_a_click_is_a_public_method(self) -> None:
        assert all(
            callable(getattr(FacesPanel, verb)) and getattr(FacesPanel, verb).__doc__ for verb in VERBS
        )


class TestSplit:
    def test_the_proposed_halves_are_adjusted_and_then_split(self, panel: FacesPanel, book: FakeBook) -> None:
        panel.look("ann")
        click(panel, "propose_split")
        proposed = [item["row"] for item in browser(panel, "half", leaves=True, start=0, count=60)["items"]]
        counts = browser(panel, "flip", rows=[3])
        click(panel, "split")

        assert (panel.pane, proposed) == ("identity", [3, 4, 5])
        assert (counts["stays"], counts["leaves"]) == (4, 2)
        assert book.calls == ["split ann [4, 5]"]
        assert panel.rows.tolist() == [4, 5]

    def test_flipping_twice_changes_nothing(self, panel: FacesPanel) -> None:
        panel.look("ann")
        stays, leaves = panel.propose_split()
        panel.flip([1, 4])
        panel.flip([4, 1])

        assert sorted(panel._stays) == stays.tolist()
        assert sorted(panel._leaves) == leaves.tolist()

    def test_an_empty_half_cannot_be_split_off(self, panel: FacesPanel) -> None:
        panel.look("cid")
        _, leaves = panel.propose_split()
        panel.flip(leaves)
        with pytest.raises(QueryError, match="Each half"):
            panel.split()

    def test_undoing_while_the_halves_are_shown_leaves_them(self, panel: FacesPanel) -> None:
        click(panel, "merge", identities=["ann", "bob"])
        panel.look("ann")
        panel.propose_split()
        click(panel, "undo")

        assert (panel.pane, panel.rows.tolist()) == ("identity", [0, 1, 2, 3, 4, 5])


class TestDoubts:
    def test_suggestions_are_answered_one_by_one(self, panel: FacesPanel, book: FakeBook) -> None:
        panel.look("cid")
        offered = [item["row"] for item in browser(panel, "suggest", identity="cid", count=12)["items"]]
        click(panel, "answer", row=12, identity="cid", yes=True)
        click(panel, "answer", row=13, identity="cid", yes=False)

        assert offered == [12, 13]
        assert book.calls == ["confirm [12] cid", "reject [13] cid"]
        assert panel.rows.tolist() == [10, 11, 12]

    def test_a_doubt_shows_both_faces_and_its_reason(self, panel: FacesPanel) -> None:
        first, second = browser(panel, "doubts", start=0, count=20)["items"]

        assert [face["row"] for face in first["faces"]] == [5, 0]
        assert [face["name"] for face in second["faces"]] == ["Ann", "Bob"]
        assert "14 years" in first["why"]

    @pytest.mark.parametrize(
        ("faces", "same", "call"),
        [
            ((5, 0), True, "confirm [5, 0] ann"),
            ((5, 0), False, "reject [5] ann"),
            ((0, 6), True, "merge ann bob"),
            ((0, 6), False, "reject [6, 7, 8, 9] ann"),
        ],
    )
    def test_a_doubt_is_settled_until_that_is_undone(
        self, panel: FacesPanel, book: FakeBook, faces: tuple[int, int], same: bool, call: str
    ) -> None:
        before = doubted(panel)
        click(panel, "settle", row=faces[0], other_row=faces[1], same=same)
        left = doubted(panel)
        click(panel, "undo")

        assert book.calls == [call]
        assert faces in before
        assert faces not in left
        assert doubted(panel) == before

    def test_the_same_doubt_is_not_settled_twice(self, panel: FacesPanel, book: FakeBook) -> None:
        """Two quick presses of a key in the browser, before it has drawn the answer to the first."""
        for _ in range(2):
            browser(panel, "do", verb="settle", row=5, other_row=0, same=True)

        assert len(book.calls) == 1
        assert "answered already" in panel.error

    def test_a_settled_doubt_does_not_come_back_with_the_next_decision(self, panel: FacesPanel) -> None:
        click(panel, "settle", row=5, other_row=0, same=True)
        click(panel, "name", identity="cid", name="Cid")

        assert doubted(panel) == [(0, 6)]


class TestLinks:
    def test_images_follow_faces_one_way(self, panel: FacesPanel, book: FakeBook) -> None:
        pictures, faces = images(), panel.selection
        pictures.follow(faces, through=book.frame["image_row"])
        panel.look("bob")
        followed = pictures.rows.tolist()
        pictures.rows = [0]

        assert followed == [3, 4]
        assert faces.rows.tolist() == [6, 7, 8, 9]

    def test_a_face_looked_at_brings_its_image_into_focus(self, panel: FacesPanel, book: FakeBook) -> None:
        pictures = images()
        pictures.follow(panel.selection, through=book.frame["image_row"])
        click(panel, "focus_on", row=7)

        assert (pictures.focus, panel.focus) == (3, 7)

    def test_a_face_without_an_image_selects_none(self) -> None:
        pictures, faces = images(), Selection(pd.DataFrame({"face_id": ["a", "b"]}))
        pictures.follow(faces, through=[-1, 2])
        faces.rows = [0, 1]

        assert pictures.rows.tolist() == [2]
        assert faces.ids == ["a", "b"]

    def test_faces_of_selected_images_are_marked_and_not_selected(
        self, panel: FacesPanel, book: FakeBook
    ) -> None:
        pictures = images()
        panel.selection.mark(pictures, through=book.frame["image_row"])
        pictures.rows = [0, 3]

        assert panel.selection.marked.tolist() == [0, 1, 6, 7]
        assert panel.lit == {"ann": 2, "bob": 2}
        assert len(panel.selection) == 0


class TestFaceMap:
    @pytest.fixture
    def face_map(self, panel: FacesPanel) -> Map:
        points = np.column_stack([np.arange(14), np.zeros(14)]).astype(np.float32)
        return Map(
            panel.selection, lambda _: points, panel.labels, panel.names, lambda rows: [b"crop"] * len(rows),
            caption=lambda row: f"face {row}", noun="faces", nobody="in no identity", place="desk.face_map",
        )  # fmt: skip

    def test_a_lasso_on_the_map_reaches_the_panel(self, panel: FacesPanel, face_map: Map) -> None:
        face_map.box(2.5, -1, 7.5, 1)

        assert panel.pane == "selected"
        assert panel.rows.tolist() == [3, 4, 5, 6, 7]
        assert "desk.face_map.box(" in face_map.to_code()

    def test_the_legend_names_the_identities_and_those_in_none(self, face_map: Map) -> None:
        assert [key["name"] for key in face_map.bar.legend] == ["Ann", "Bob", "person 3", "in no identity"]

    def test_a_merge_recolours_the_points_and_leaves_the_others_as_they_were(
        self, panel: FacesPanel, face_map: Map
    ) -> None:
        before = face_map.labels.copy()
        panel.merge(["bob", "ann"])
        face_map.recolour(panel.labels, panel.names)

        assert set(face_map.labels[:10]) == {before[6]}
        assert face_map.labels[10:].tolist() == before[10:].tolist()

    def test_marked_faces_are_crossed_unless_selected(self, panel: FacesPanel, face_map: Map) -> None:
        panel.selection.marked = [1, 2, 3]
        panel.selection.rows = [2]

        assert np.allclose(places(face_map.bar.crosses), face_map.points[[1, 3]])

    def test_a_legend_of_thousands_stays_short(self) -> None:
        labels = np.arange(5000, dtype=np.int32) - 1
        selection = Selection(pd.DataFrame({"face_id": labels.astype(str)}))
        names = [f"person {i}" for i in range(5000)]
        drawn = Map(selection, lambda _: np.zeros((5000, 2), np.float32), labels, names, lambda rows: [])

        assert len(drawn.bar.legend) == 31
        assert drawn.bar.legend[-1]["cluster"] == -1
        assert drawn.bar.more == 4969


class TestDesk:
    @pytest.fixture
    def desk(self, tmp_path: Path, desk_of: Callable[..., wb.Workspace]) -> wb.Workspace:
        """A desk on photos of squares: Ann (0) is in three, Bob (3) in two."""
        write_faces(
            tmp_path / "photos", {"a.png": [0], "b.png": [0, 3], "c.png": [0], "d.png": [3], "e.png": []}
        )
        return desk_of(tmp_path / "photos", faces="fake")

    def test_images_follow_the_identity_looked_at(self, desk: wb.Workspace) -> None:
        ann = desk.case.faces.identities["identity"][0]
        desk.faces.look(ann)

        assert desk.frame["path"].tolist() == ["a.png", "b.png", "c.png"]
        assert desk.gallery.show == "selection"

    def test_the_face_map_is_made_when_first_shown_and_follows_the_names(self, desk: wb.Workspace) -> None:
        before = len(desk.panels)
        desk.show("faces")
        desk.faces.name(desk.case.faces.identities["identity"][0], "Ann")

        assert len(desk.panels) == before + 1
        assert desk.face_map.bar.legend[0]["name"] == "Ann"

    def test_the_desk_follows_what_is_decided_without_it(self, desk: wb.Workspace) -> None:
        """In a cell with `case.faces`: cards, table, map and the names in the photo are those of now."""
        faces, both = desk.case.faces, desk.case.row("b.png")
        desk.show("faces")
        ann, bob = faces.identities["identity"]
        asked = desk.details.boxes_version
        faces.name(ann, "Ann")
        named = [box["name"] for box in browser(desk.details, "boxes", row=both)["boxes"]]
        faces.move(faces.rows_of(bob), ann)
        merged = (desk.face_selection.table["name"].tolist(), cards(desk.faces), desk.face_map.bar.legend)
        faces.undo()

        assert desk.details.boxes_version == asked + 3
        assert named == ["Ann", ""]
        assert merged[:2] == (["Ann"] * 5, [("Ann", 5)])
        assert [key["name"] for key in merged[2]] == ["Ann"]
        assert cards(desk.faces) == [("Ann", 3), (bob, 2)]

    def test_a_desk_that_was_closed_does_not_stand_in_the_way(self, desk: wb.Workspace) -> None:
        faces = desk.case.faces
        desk.show("faces")
        desk.close()
        faces.name(faces.identities["identity"][0], "Ann")

        assert faces.named == ["Ann"]

    def test_one_click_reads_the_book_once(self, desk: wb.Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
        read = IdentityIndex.of
        seen: list[object] = []
        monkeypatch.setattr(IdentityIndex, "of", lambda book: seen.append(book) or read(book))
        click(desk.faces, "name", identity=desk.case.faces.identities["identity"][0], name="Ann")

        assert len(seen) == 1

    def test_faces_in_the_photo_are_boxes_that_lead_to_their_person(self, desk: wb.Workspace) -> None:
        both = desk.case.row("b.png")
        boxes = browser(desk.details, "boxes", row=both)["boxes"]
        browser(desk.details, "face", face=boxes[0]["row"])

        assert [round(box["x"] * 176) for box in boxes] == [16, 96]
        assert [round(box["height"] * 96) for box in boxes] == [64, 64]
        assert desk.tabs.side == "faces"
        assert boxes[0]["row"] in desk.faces.rows
        assert desk.details.face == desk.face_selection.focus == boxes[0]["row"]

    def test_code_repeats_the_side_of_the_faces(self, desk: wb.Workspace) -> None:
        desk.show("faces")
        desk.faces.look(desk.case.faces.identities["identity"][1])
        code, rows = desk.to_code(), desk.face_selection.rows.tolist()
        desk.faces.show("")
        desk.show("images")
        exec(code, {"desk": desk, "case": desk.case})

        assert desk.tabs.side == "faces"
        assert desk.face_selection.rows.tolist() == rows != []

    def test_the_still_of_a_saved_notebook_shows_the_side_that_was_open(self, desk: wb.Workspace) -> None:
        ann = desk.case.faces.identities["identity"][0]
        desk.faces.name(ann, "<b>Ann</b> & co")
        before = desk.still()
        desk.show("faces")
        desk.faces.look(ann)
        cards = desk.still()
        desk.show("images")

        covers, faces, photos = 2, 3, 3
        assert before.count("data:image/jpeg") == 5
        assert cards.count("data:image/jpeg") == covers + faces + photos
        assert "&lt;b&gt;Ann&lt;/b&gt; &amp; co (3)" in cards
        assert "no name</em> (2)" in cards
        assert "<b>Ann" not in cards
        assert "Ann" not in before + desk.still()

    def test_closing_closes_both_sides(self, desk: wb.Workspace) -> None:
        desk.show("faces")
        panels = [desk.faces, desk.face_map, desk.face_map.figure, desk.tabs, desk.gallery]
        desk.close()

        assert all(panel.comm is None for panel in panels)

    def test_a_case_without_faces_has_no_such_side_and_says_what_helps(
        self, source: Path, tmp_path: Path
    ) -> None:
        case = wb.open(source, case=tmp_path / "plain", model="fake", faces="fake")
        case.ingest(progress=False)
        desk = wb.Workspace(case)
        with pytest.raises(CaseError, match="ingest_faces"):
            desk.show("faces")

        assert desk.tabs not in desk.children
        assert desk.faces.counts["faces"] == 0
