"""The faces of a case: decisions that last, on photos whose people are squares of one colour."""

import dataclasses
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import workbench as wb
from workbench.case.faces import face_store as face_book
from workbench.case.faces.faces_api import Faces
from workbench.case.faces.grouping import identities
from workbench.errors import CaseError, QueryError
from workbench.media.crops import FoundFace
from workbench.models.faces import pairs
from workbench.store.decisions import Decision, Decisions
from workbench.store.sample_parts import known_key
from workbench.testing import SQUARES, SquareFaces, face_vectors, write_faces

ANN, BOB, CAT, ONCE = 0, 3, 6, 9
PHOTOS = {
    "both1.png": [ANN, BOB],
    "both2.png": [BOB, ANN],
    "ann1.png": [ANN],
    "ann2.png": [ANN],
    "bob1.png": [BOB],
    "cat1.png": [CAT],
    "cat2.png": [CAT],
    "once.png": [ONCE],
    "sea.png": [],
}


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    write_faces(tmp_path / "photos", PHOTOS)
    return tmp_path / "photos"


@pytest.fixture
def case(tmp_path: Path, photos: Path) -> wb.Case:
    case = wb.open(photos, case=tmp_path / "case", model="fake", faces="fake")
    case.ingest(faces=True, progress=False)
    return case


@pytest.fixture
def faces(case: wb.Case) -> Faces:
    return case.faces


def reopened(case: wb.Case) -> wb.Case:
    return wb.open(case=case.folder.root, faces="fake")


def rows(faces: Faces, person: int) -> list[int]:
    """Return the rows that show a person, whatever they are grouped into."""
    return np.flatnonzero(faces.vectors.argmax(axis=1) == person).tolist()


def identity(faces: Faces, person: int) -> str:
    (found,) = set(faces.frame["identity"].iloc[rows(faces, person)])
    return str(found)


def groups(faces: Faces) -> set[frozenset[str]]:
    """Return who is with whom, by face ids, whatever the identities are called."""
    shown = faces.frame[faces.frame["identity"] != ""]
    return {frozenset(ids) for _, ids in shown.groupby("identity")["face_id"]}


def names(faces: Faces) -> dict[str, int]:
    named = faces.identities[faces.identities["name"] != ""]
    return dict(zip(named["name"], named["faces"].tolist(), strict=True))


# What there is


def test_faces_are_grouped_by_person_and_who_is_alone_is_no_identity(faces: Faces) -> None:
    table = faces.identities

    assert table["faces"].tolist() == [4, 3, 2]
    assert table["images"].tolist() == [4, 3, 2]
    assert table.columns.tolist() == ["identity", "name", "faces", "images", "cover", "kept"]
    assert not table["kept"].any()
    assert identity(faces, ONCE) == ""
    assert len(faces) == len(faces.frame) == len(faces.vectors) == 10


def test_what_the_detector_doubts_forms_no_identity_and_may_join_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two keyboards that look like each other are nobody; a blurred Ann is Ann."""
    write_faces(tmp_path / "photos", {"ann1.png": [ANN], "ann2.png": [ANN]})
    write_faces(tmp_path / "photos", {"keys1.png": [BOB], "keys2.png": [BOB], "ann3.png": [ANN]}, side=50)
    doubtful = dataclasses.replace(SQUARES, loader=lambda **_: DoubtfulFaces(), sure_score=0.99)
    monkeypatch.setitem(pairs._pairs, "fake", doubtful)
    case = wb.open(tmp_path / "photos", case=tmp_path / "case", model="fake", faces="fake")
    case.ingest(faces=True, progress=False)

    assert case.faces.identities["faces"].tolist() == [3]
    assert identity(case.faces, BOB) == ""
    assert case.faces.frame["sure"].sum() == 2
    case.faces.move(rows(case.faces, BOB), None)
    assert case.faces.identities["faces"].tolist() == [3, 2]


def test_tiny_faces_form_no_identity_and_may_join_one(tmp_path: Path) -> None:
    write_faces(tmp_path / "photos", {"ann1.png": [ANN], "ann2.png": [ANN]})
    write_faces(tmp_path / "photos", {"far1.png": [BOB], "far2.png": [BOB], "far3.png": [ANN]}, side=8)
    case = wb.open(tmp_path / "photos", case=tmp_path / "case", model="fake", faces="fake")
    case.ingest(faces=True, progress=False)

    assert case.faces.identities["faces"].tolist() == [3]
    assert identity(case.faces, BOB) == ""


def test_each_row_belongs_to_its_image(case: wb.Case) -> None:
    frame = case.faces.frame

    assert (case.images["image_id"].iloc[frame["image_row"]].to_numpy() == frame["image_id"]).all()
    assert frame["image_row"].is_monotonic_increasing


def test_the_cover_is_the_best_face(tmp_path: Path) -> None:
    write_faces(tmp_path / "photos", {"a.png": [ANN], "b.png": [ANN]}, side=40)
    write_faces(tmp_path / "photos", {"best.png": [ANN]}, side=64, seed=1)
    case = wb.open(tmp_path / "photos", case=tmp_path / "case", model="fake", faces="fake")
    case.ingest(faces=True, progress=False)
    (cover,) = case.faces.identities["cover"]

    assert case.images["path"][case.faces.frame["image_row"][cover]] == "best.png"


def test_rows_of_an_identity_are_its_faces_and_have_crops(faces: Faces) -> None:
    found = faces.rows_of(identity(faces, ANN))

    assert sorted(found) == rows(faces, ANN)
    assert found.dtype == np.int32
    assert all(crop[:2] == b"\xff\xd8" for crop in faces.crops(found))


def test_the_layout_is_computed_once(faces: Faces, monkeypatch: pytest.MonkeyPatch) -> None:
    first = faces.layout("pca")
    monkeypatch.setattr("workbench.analysis.projection.project", pytest.fail)

    assert np.array_equal(faces.layout("pca"), first)
    assert first.shape == (10, 2)


def test_a_case_in_which_no_faces_were_sought_has_none(tmp_path: Path, photos: Path) -> None:
    case = wb.open(photos, case=tmp_path / "case", model="fake", faces="fake")
    case.ingest(progress=False)

    assert len(case.faces.frame) == len(case.faces.identities) == len(case.faces.review()) == 0
    assert {"face_id", "image_row", "identity", "name", "state"} <= set(case.faces.frame.columns)
    assert not case.faces.can_undo
    with pytest.raises(CaseError, match=r"case\.ingest_faces\(\)"):
        case.find_people(photos / "ann1.png")


def test_photos_without_any_face_are_a_case_without_identities(tmp_path: Path) -> None:
    write_faces(tmp_path / "photos", {"sea.png": [], "sky.png": []})
    case = wb.open(tmp_path / "photos", case=tmp_path / "case", model="fake", faces="fake")
    case.ingest(faces=True, progress=False)

    assert case.faces.identities.empty
    assert case.find_people(tmp_path / "photos" / "sea.png").faces.empty


def test_ingest_faces_alone_makes_a_whole_case_too(tmp_path: Path, photos: Path) -> None:
    case = wb.open(photos, case=tmp_path / "case", model="fake", faces="fake")
    case.ingest_faces(progress=False)

    assert len(case.images) == len(PHOTOS)
    assert len(case.faces) == 10


def test_ingest_groups_what_is_new_so_that_nobody_waits_when_looking(
    case: wb.Case, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_faces(photos, {"new.png": [CAT]}, seed=8)
    case.ingest(faces=True, progress=False)
    monkeypatch.setattr("workbench.analysis.identities.group", pytest.fail)

    assert reopened(case).faces.identities["faces"].tolist() == [4, 3, 3]


# Verbs


def test_a_name_stays_with_all_faces_of_the_identity(faces: Faces) -> None:
    ann = identity(faces, ANN)
    assert faces.name(ann, "  Ann \n Lee ") == ann

    assert set(faces.frame["name"].iloc[rows(faces, ANN)]) == {"Ann Lee"}
    assert set(faces.frame["state"].iloc[rows(faces, ANN)]) == {"kept"}
    assert faces.identities.set_index("identity")["kept"].to_dict()[ann]
    assert faces.named == ["Ann Lee"]
    faces.name(ann, "")
    assert faces.named == []


def test_undo_of_a_merge_gives_both_identities_back(faces: Faces) -> None:
    faces.name(identity(faces, ANN), "Ann")
    before, table = groups(faces), faces.identities
    merged = faces.merge([identity(faces, BOB), identity(faces, ANN)])
    assert sorted(faces.rows_of(merged)) == sorted(rows(faces, ANN) + rows(faces, BOB))
    assert names(faces) == {"Ann": 7}

    assert faces.undo() == "merge"
    assert groups(faces) == before
    assert faces.identities.equals(table)


def test_undo_of_a_merge_gives_both_back_in_another_session_without_a_cache(case: wb.Case) -> None:
    before = groups(case.faces)
    case.faces.merge([identity(case.faces, BOB), identity(case.faces, ANN)])
    shutil.rmtree(case.folder.cache / face_book.OF_FACES)
    again = reopened(case).faces
    assert groups(again) != before

    again.undo()
    assert groups(again) == before


def test_the_first_of_a_merge_gives_its_name(faces: Faces) -> None:
    for person, name in ((ANN, "Ann"), (BOB, "Bob")):
        faces.name(identity(faces, person), name)
    kept = faces.merge([identity(faces, BOB), identity(faces, ANN), identity(faces, CAT)])

    assert names(faces) == {"Bob": 9}
    assert identity(faces, CAT) == kept


def test_a_split_makes_two_identities_and_the_first_keeps_its_name(faces: Faces) -> None:
    both = faces.merge([identity(faces, ANN), identity(faces, CAT)])
    faces.name(both, "Ann")
    halves = faces.propose_split(both)
    assert sorted(sorted(half) for half in halves) == sorted([rows(faces, ANN), rows(faces, CAT)])

    new = faces.split(both, rows(faces, CAT))
    assert identity(faces, CAT) == new != both
    assert names(faces) == {"Ann": 4}
    assert faces.identities["kept"].tolist().count(True) == 2
    faces.undo()
    assert names(faces) == {"Ann": 6}


def test_a_split_off_face_does_not_come_back_with_the_next_ingest(case: wb.Case, photos: Path) -> None:
    """The grouping would join it again at once; what the analyst said holds."""
    one, *others = case.faces.frame["face_id"].iloc[rows(case.faces, ANN)]
    case.faces.split(identity(case.faces, ANN), rows(case.faces, ANN)[:1])
    write_faces(photos, {"ann3.png": [ANN], "ann4.png": [ANN]}, seed=5)
    case.ingest(faces=True, progress=False)
    found = case.faces.frame.set_index("face_id")["identity"]

    assert found[others].nunique() == 1
    assert found[one] != found[others[0]]


def test_a_face_is_in_one_identity(faces: Faces) -> None:
    """Whatever verbs went before."""
    one = rows(faces, ANN)[0]
    for person in (BOB, CAT):
        faces.move([one], str(faces.frame["identity"][rows(faces, person)[-1]]))
    alone = faces.move([one], None)
    found = [key for key in faces.identities["identity"] if one in faces.rows_of(key)]

    assert found == [alone]
    assert faces.identities["faces"].sum() == (faces.frame["identity"] != "").sum()


def test_a_moved_face_stays_and_the_identity_it_moved_to_is_kept(faces: Faces) -> None:
    bob, one = identity(faces, BOB), rows(faces, ONCE)
    assert faces.move(one, bob) == bob

    assert sorted(faces.rows_of(bob)) == sorted(rows(faces, BOB) + one)
    assert faces.undo() == "move"
    assert identity(faces, ONCE) == ""


def test_faces_set_aside_are_in_no_identity_until_released(faces: Faces) -> None:
    before = groups(faces)
    first, second = rows(faces, ANN)[:2]
    faces.not_a_face([first])
    faces.unknown([second])
    assert faces.frame["state"][[first, second]].tolist() == ["not a face", "unknown"]
    assert faces.frame["identity"][[first, second]].tolist() == ["", ""]
    assert faces.identities["faces"].max() == 3

    faces.release([first, second])
    assert groups(faces) == before
    assert (faces.frame["state"] == "").all()


def test_suggestions_leave_out_who_was_rejected(faces: Faces) -> None:
    stray = rows(faces, BOB)[-1]
    faces.move([stray], None)
    faces.release([stray])
    faces.reject([stray], identity(faces, ANN))
    bob = str(faces.frame["identity"][rows(faces, BOB)[0]])
    faces.reject([stray], bob)

    assert faces.frame["identity"][stray] == ""
    assert stray not in faces.suggest(bob)["row"].tolist()
    faces.confirm([stray], bob)
    assert faces.frame["identity"][stray] == bob


def test_a_rejected_face_is_not_put_back_by_a_new_grouping(faces: Faces) -> None:
    ann, one = identity(faces, ANN), rows(faces, ANN)[0]
    faces.reject([one], ann)
    faces.group()

    assert faces.frame["identity"][one] != ann
    assert len(faces.rows_of(ann)) == 3


def test_suggestions_are_free_faces_that_look_alike(faces: Faces) -> None:
    ann, one = identity(faces, ANN), rows(faces, ANN)[0]
    faces.group(threshold=1.0)  # nobody is that alike: all are alone
    faces.move(rows(faces, ANN)[1:], None)
    ann = str(faces.frame["identity"][rows(faces, ANN)[1]])
    found = faces.suggest(ann, k=5)

    assert found["row"].tolist() == [one]
    assert found["confidence"].between(0.9, 1).all()


def test_review_names_identities_of_the_table(faces: Faces) -> None:
    faces.move([rows(faces, ANN)[0], rows(faces, BOB)[-1], rows(faces, CAT)[0]], None)
    doubts = faces.review()

    assert "far apart" in doubts["kind"].tolist()
    assert set(doubts["identity"]) <= set(faces.identities["identity"])


def test_review_asks_nothing_twice(faces: Faces) -> None:
    mixed = faces.move([*rows(faces, ANN), rows(faces, BOB)[-1]], None)
    (doubt,) = faces.review().query("kind == 'far apart'").to_dict("records")
    assert doubt["leaving"] == (doubt["row"],) == (rows(faces, BOB)[-1],)

    faces.confirm([doubt["row"], doubt["other_row"]], mixed)
    assert faces.review().empty
    faces.undo()
    assert len(faces.review()) == 1
    faces.reject(doubt["leaving"], mixed)
    assert faces.review().empty
    assert len(faces.rows_of(mixed)) == 4


def test_two_people_who_were_told_apart_are_not_called_close_again(faces: Faces) -> None:
    one, other = (faces.move(half, None) for half in np.array_split(rows(faces, CAT), 2))
    (doubt,) = faces.review().to_dict("records")
    assert {doubt["identity"], doubt["other"]} == {one, other}
    assert doubt["leaving"] == tuple(faces.rows_of(doubt["other"]))

    faces.reject(doubt["leaving"], doubt["identity"])
    assert faces.review().empty
    assert faces.identities["identity"].isin([one, other]).sum() == 2
    faces.merge([one, other])
    assert faces.review().empty


def test_who_was_apart_for_years_leaves_with_all_later_faces(
    case: wb.Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    faces, ann = case.faces, identity(case.faces, ANN)
    years = np.full(len(faces), np.nan)
    years[rows(faces, ANN)] = [2001, 2002, 2020, 2021]
    monkeypatch.setattr(faces._book, "when", (years - 1970) * 365.25 * 86400)
    (doubt,) = faces.review().query("kind == 'far in time'").to_dict("records")
    assert doubt["leaving"] == tuple(rows(faces, ANN)[2:])

    faces.confirm([doubt["row"], doubt["other_row"]], ann)
    assert faces.review().query("kind == 'far in time'").empty


def test_a_move_that_names_is_one_step(faces: Faces) -> None:
    new = faces.move(rows(faces, CAT), None, "  Cat \n Stevens ")
    assert names(faces) == {"Cat Stevens": 2}
    assert faces.history[["op", "identity", "name"]].to_numpy().tolist() == [["move", new, "Cat Stevens"]]

    assert (faces.undo(), names(faces)) == ("move", {})
    assert (faces.redo(), names(faces)) == ("move", {"Cat Stevens": 2})


def test_how_faces_are_grouped_is_in_the_log_and_can_be_undone(case: wb.Case) -> None:
    faces, before = case.faces, case.faces.frame["identity"].tolist()
    faces.group("agglomerative", threshold=1.0)
    assert faces.identities.empty
    assert faces.history["op"].tolist() == ["group"]
    assert faces.history["note"][0] == "fake by agglomerative at 1.0"

    assert faces.undo() == "group"
    assert faces.frame["identity"].tolist() == before
    assert reopened(case).faces.frame["identity"].tolist() == before
    assert (faces.redo(), len(faces.identities)) == ("group", 0)


def test_a_grouping_that_is_ended_decides_nothing_and_one_that_goes_on_tells_how_far_it_is(
    case: wb.Case,
) -> None:
    faces, before = case.faces, case.faces.frame["identity"].tolist()

    def end(share: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        faces.group("agglomerative", threshold=1.0, watch=end)
    assert faces.history.empty
    assert reopened(case).faces.frame["identity"].tolist() == before
    told: list[float] = []
    faces.group("agglomerative", watch=told.append)
    assert told == sorted(told) != []


def test_whoever_wants_to_know_is_told_of_every_step_as_long_as_they_live(faces: Faces) -> None:
    class Listener:
        heard = 0

        def tell(self) -> None:
            self.heard += 1

    listener, other = Listener(), Listener()
    faces.on_change(listener.tell)
    faces.on_change(other.tell)
    del other
    faces.name(identity(faces, ANN), "Ann")
    faces.group()
    faces.undo()
    faces.redo()

    assert listener.heard == 4


def test_who_is_nobody_and_rows_that_do_not_exist_say_what_to_do(faces: Faces) -> None:
    ann = identity(faces, ANN)
    for wrong in (
        lambda: faces.name("nobody", "Ann"),
        lambda: faces.name("", "Ann"),
        lambda: faces.merge([ann]),
        lambda: faces.merge([ann, ann]),
        lambda: faces.merge(ann),
        lambda: faces.merge([ann, "nobody"]),
        lambda: faces.split(ann, rows(faces, ANN)),
        lambda: faces.split(ann, rows(faces, BOB)),
        lambda: faces.split(ann, []),
        lambda: faces.move([99], None),
        lambda: faces.move([], None),
        lambda: faces.move([0], "nobody"),
        lambda: faces.rows_of("nobody"),
        lambda: faces.suggest("nobody"),
        lambda: faces.group("astrology"),  # type: ignore[arg-type]
        lambda: faces.group(threshold=7),
    ):
        with pytest.raises(QueryError, match=r"(Choose|Pass|See|Use|Give) "):
            wrong()
    assert faces.history.empty


def test_undo_and_redo_say_what_they_did(faces: Faces) -> None:
    assert (faces.can_undo, faces.undo()) == (False, None)
    faces.name(identity(faces, ANN), "Ann")
    assert (faces.can_undo, faces.undo(), faces.can_redo) == (True, "name", True)
    assert (faces.redo(), names(faces)) == ("name", {"Ann": 4})
    assert faces.history["op"].tolist() == ["name", "undo", "redo"]


# What lasts


def test_deleting_the_cache_loses_no_name(case: wb.Case) -> None:
    case.faces.name(identity(case.faces, ANN), "Ann")
    case.faces.name(case.faces.merge([identity(case.faces, BOB), identity(case.faces, CAT)]), "Bob")
    case.faces.not_a_face(rows(case.faces, ONCE))
    before, states = groups(case.faces), case.faces.frame["state"].tolist()
    shutil.rmtree(case.folder.cache)
    again = reopened(case)
    again.ingest(faces=True, progress=False)

    assert names(again.faces) == {"Ann": 4, "Bob": 5}
    assert groups(again.faces) == before
    assert again.faces.frame["state"].tolist() == states


class DoubtfulFaces(SquareFaces):
    """A detector that is sure of large squares only."""

    def detect(self, image: Image.Image) -> list:
        return [dataclasses.replace(f, score=0.99 if f.box[2] > 60 else 0.95) for f in super().detect(image)]


class ShiftedFaces(SquareFaces):
    """Another pair: its boxes are larger and lie elsewhere, its vectors have other numbers."""

    def __init__(self) -> None:
        super().__init__("shifted-1")

    def detect(self, image: Image.Image) -> list:
        return [moved(found, *found.box) for found in super().detect(image)]

    def embed_faces(self, crops: np.ndarray) -> np.ndarray:
        return super().embed_faces(crops)[:, ::-1]


def moved(found: FoundFace, x: float, y: float, width: float, height: float) -> FoundFace:
    return dataclasses.replace(found, box=(x - 5, y - 8, width + 6, height + 12))


def test_reingest_with_another_model_keeps_decisions(case: wb.Case, monkeypatch: pytest.MonkeyPatch) -> None:
    case.faces.name(identity(case.faces, ANN), "Ann")
    both = case.faces.merge([identity(case.faces, BOB), identity(case.faces, CAT)])
    case.faces.name(both, "Bob")
    frame = case.faces.frame
    expected = dict(zip(zip(frame["image_id"], frame["x"] // 40, strict=True), frame["name"], strict=True))
    monkeypatch.setitem(pairs._pairs, "fake", dataclasses.replace(SQUARES, loader=lambda **_: ShiftedFaces()))
    again = reopened(case)
    again.ingest_faces(progress=False)
    frame = again.faces.frame

    assert again.faces.key == "shifted-1"
    assert not set(frame["face_id"]) & set(case.faces.frame["face_id"])
    where = zip(frame["image_id"], (frame["x"] + 5) // 40, strict=True)
    assert dict(zip(where, frame["name"], strict=True)) == expected
    assert names(again.faces) == {"Ann": 4, "Bob": 5}
    assert not again.faces.lost


def test_decisions_made_with_one_model_and_changed_with_another_are_one_story(
    case: wb.Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No face is decided on twice under two boxes, so going back shows the last word."""
    case.faces.name(identity(case.faces, ANN), "Ann")
    one = rows(case.faces, ANN)[0]
    monkeypatch.setitem(pairs._pairs, "fake", dataclasses.replace(SQUARES, loader=lambda **_: ShiftedFaces()))
    other = reopened(case)
    other.ingest_faces(progress=False)
    other.faces.not_a_face([one])
    monkeypatch.undo()
    again = reopened(case)
    again.ingest_faces(progress=False)

    assert again.faces.key == "squares-1"
    assert again.faces.frame["state"][one] == "not a face"
    assert names(again.faces) == {"Ann": 3}


def test_new_faces_join_known_people_and_change_nobody_else(case: wb.Case, photos: Path) -> None:
    case.faces.name(identity(case.faces, ANN), "Ann")
    before = case.faces.frame.set_index("face_id")["identity"]
    write_faces(photos, {"new1.png": [ANN, CAT], "new2.png": [ONCE]}, seed=7)
    case.ingest(faces=True, progress=False)
    after = case.faces.frame.set_index("face_id")["identity"]

    assert names(case.faces) == {"Ann": 5}
    assert case.faces.identities["faces"].tolist() == [5, 3, 3, 2]
    settled = before[before != ""]
    assert after[settled.index].equals(settled)


def test_two_faces_of_one_photo_are_never_one_person_but_if_the_analyst_says_so(
    tmp_path: Path,
) -> None:
    write_faces(tmp_path / "photos", {"twins.png": [ANN, ANN], "one.png": [ANN]})
    case = wb.open(tmp_path / "photos", case=tmp_path / "case", model="fake", faces="fake")
    case.ingest(faces=True, progress=False)
    faces = case.faces
    in_both = [row for row in range(3) if case.images["path"][faces.frame["image_row"][row]] == "twins.png"]
    assert faces.identities["faces"].tolist() == [2]

    collage = faces.move(in_both, None)
    shutil.rmtree(case.folder.cache / face_book.OF_FACES)
    assert set(reopened(case).faces.frame["identity"].iloc[in_both]) == {collage}


def test_a_decision_about_a_photo_that_is_gone_waits(case: wb.Case, photos: Path) -> None:
    case.faces.name(identity(case.faces, CAT), "Cat")
    for name in ("cat1.png", "cat2.png"):
        (photos / name).rename(photos.parent / name)
    case.ingest(faces=True, progress=False)
    assert names(case.faces) == {}
    assert len(case.faces.lost) == 2
    assert case.faces.named == ["Cat"]

    for name in ("cat1.png", "cat2.png"):
        (photos.parent / name).rename(photos / f"back-{name}")
    case.ingest(faces=True, progress=False)
    assert names(case.faces) == {"Cat": 2}


def test_a_decision_of_another_process_shows_at_once(case: wb.Case) -> None:
    table = case.faces.identities
    reopened(case).faces.name(identity(case.faces, ANN), "Ann")

    assert names(case.faces) == {"Ann": 4}
    assert table["name"].eq("").all()  # what was handed out before does not change


def test_reopening_groups_nothing_again(case: wb.Case, monkeypatch: pytest.MonkeyPatch) -> None:
    case.faces.name(identity(case.faces, ANN), "Ann")
    case.faces.split(identity(case.faces, BOB), rows(case.faces, BOB)[:1])
    before = case.faces.frame["identity"].tolist()
    monkeypatch.setattr("workbench.analysis.identities.group", pytest.fail)

    assert reopened(case).faces.frame["identity"].tolist() == before


def test_the_choice_of_grouping_is_remembered_for_the_pair_of_models(case: wb.Case) -> None:
    assert case.faces.group(threshold=1.0).empty
    assert reopened(case).faces.identities.empty
    shutil.rmtree(case.folder.cache)
    again = reopened(case)
    again.ingest(faces=True, progress=False)
    assert again.faces.identities.empty

    assert again.faces.group("agglomerative")["faces"].tolist() == [4, 3, 2]


def test_a_choice_of_grouping_that_nobody_understands_is_the_default(case: wb.Case) -> None:
    decisions = Decisions(case.folder.root / "work")
    for grouping in ({"method": "astrology", "threshold": None}, {"method": "whispers", "threshold": 7}):
        decisions.add(Decision("group", grouping={"pair": "fake", **grouping}))  # type: ignore[dict-item]
        assert reopened(case).faces.identities["faces"].tolist() == [4, 3, 2]


def test_a_case_that_cannot_be_written_still_shows_its_identities(
    case: wb.Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(face_book, "write_groups", refuse)
    assert case.faces.identities["faces"].tolist() == [4, 3, 2]


def test_the_pair_of_the_last_ingest_is_used_when_none_is_named(case: wb.Case) -> None:
    assert known_key(case.folder.cache, "faces") == "fake"
    assert len(wb.open(case=case.folder.root).faces) == 10


def test_one_new_face_is_compared_with_who_it_is_like_and_not_with_everybody() -> None:
    """So that a click costs no pass over all pairs; the labels of the others come through as they were."""
    people = np.repeat(np.arange(0, 12, 3), 40)
    face_ids = [f"image{row:03d}:0,0,9,9" for row in range(len(people))]
    earlier = {face_id: f"person{who}" for face_id, who in zip(face_ids, people, strict=True)}
    del earlier[face_ids[0]]
    asked: list[np.ndarray] = []

    def group(rows: np.ndarray, known: np.ndarray) -> np.ndarray:
        asked.append(rows)
        assert known[0] == -1
        return np.full(len(rows), known[1], np.int32)

    free = [""] * len(people)
    found = identities(face_ids, free, {}, earlier, face_vectors(people), group, floor=0.3)  # type: ignore[arg-type]

    assert [rows.tolist() for rows in asked] == [list(range(40))]
    assert found == [f"person{who}" for who in people]


def test_new_identities_are_numbered_beside_those_that_are_there() -> None:
    people = np.array([0, 0, 3, 3, 6, 6, 9, 9])
    face_ids = [f"image{row}:0,0,9,9" for row in range(8)]
    earlier = dict(zip(face_ids[:4], ["a", "a", "b", "b"], strict=True))

    def group(rows: np.ndarray, known: np.ndarray) -> np.ndarray:
        assert known.tolist() == [0, 0, 1, 1, -1, -1, -1, -1]
        return np.array([0, 0, 1, 1, 2, 2, 3, 3], np.int32)

    found = identities(face_ids, [""] * 8, {}, earlier, face_vectors(people), group)

    assert found[:4] == ["a", "a", "b", "b"]
    assert found[4] == found[5] != found[6] == found[7]
    assert len(set(found)) == 4


# Finding people


def test_people_of_a_photo_are_found_where_all_of_them_appear(case: wb.Case, photos: Path) -> None:
    case.faces.name(identity(case.faces, ANN), "Ann")
    people = case.find_people(photos / "both1.png")

    assert people.faces["name"].tolist() == ["Ann", ""]
    assert people.faces["identity"].tolist() == [identity(case.faces, ANN), identity(case.faces, BOB)]
    assert set(people.images["path"]) == {"both1.png", "both2.png"}
    assert case.images["path"].iloc[people.rows].tolist() == people.images["path"].tolist()
    assert (people.faces["similarity"] > 0.99).all()
    assert people.faces["x"].tolist() == [16, 96]


def test_any_finds_where_either_appears(case: wb.Case, photos: Path) -> None:
    people = case.find_people(Image.open(photos / "both1.png"), any=True)

    assert set(people.images["path"]) == {"both1.png", "both2.png", "ann1.png", "ann2.png", "bob1.png"}


def test_who_was_seen_only_once_is_found_too(case: wb.Case, photos: Path) -> None:
    people = case.find_people(photos / "once.png")

    assert people.images["path"].tolist() == ["once.png"]
    assert people.faces["identity"].tolist() == [""]
    assert people.faces["row"].tolist() == rows(case.faces, ONCE)


def test_a_stranger_is_nobody_and_does_not_count(case: wb.Case, tmp_path: Path) -> None:
    write_faces(tmp_path / "new", {"mixed.png": [CAT, 11], "stranger.png": [11]}, seed=3)
    mixed, stranger = (case.find_people(tmp_path / "new" / name) for name in ("mixed.png", "stranger.png"))

    assert mixed.faces["row"].ge(0).tolist() == [True, False]
    assert set(mixed.images["path"]) == {"cat1.png", "cat2.png"}
    assert len(stranger.images) == len(stranger.rows) == 0
    assert repr(stranger) == "<1 face in the photo, 0 known; 0 images>"


def test_two_faces_of_one_photo_are_found_as_two_people(case: wb.Case, tmp_path: Path) -> None:
    write_faces(tmp_path / "new", {"twins.png": [ANN, ANN]}, seed=4)
    found = case.find_people(tmp_path / "new" / "twins.png").faces

    assert found["row"].ge(0).sum() == 1


def test_what_is_no_face_is_nobody(case: wb.Case, photos: Path) -> None:
    case.faces.not_a_face(rows(case.faces, ONCE))

    assert case.find_people(photos / "once.png").faces["row"].tolist() == [-1]


@pytest.mark.parametrize("photo", ["nowhere.jpg", 7, b"bytes"])
def test_a_photo_that_cannot_be_read_says_what_to_do(case: wb.Case, photo: object) -> None:
    with pytest.raises(QueryError, match="Give "):
        case.find_people(photo)  # type: ignore[arg-type]


def test_questions_of_another_version_of_the_model_are_refused(
    case: wb.Case, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(pairs._pairs, "fake", dataclasses.replace(SQUARES, loader=lambda **_: ShiftedFaces()))
    with pytest.raises(CaseError, match=r"case\.ingest_faces\(\)"):
        reopened(case).find_people(photos / "ann1.png")


# Search by who is in a photo


def test_images_are_found_by_who_is_in_them(case: wb.Case, faces: Faces) -> None:
    faces.name(identity(faces, ANN), "Ann")
    hits = case.ask("face:ann")
    paths = [Path(path).stem for path in hits.frame["path"]]

    assert set(paths[:4]) == {"ann1", "ann2", "both1", "both2"}
    assert hits.probabilities[:4].min() > hits.probabilities[4:].max()
    assert "sea" not in paths
    assert hits.query == "face:ann"


def test_people_filter_what_is_asked_in_words(case: wb.Case, faces: Faces) -> None:
    for person, name in ((ANN, "Ann"), (BOB, "Bob")):
        faces.name(identity(faces, person), name)
    face_id = faces.frame["face_id"].iloc[rows(faces, BOB)[0]]

    assert {Path(p).stem for p in case.search("gray", face=["Ann", "Bob"]).frame["path"]} == {
        "both1",
        "both2",
    }
    assert {Path(p).stem for p in case.ask("gray face:Ann -face:Bob").frame["path"]} == {"ann1", "ann2"}
    assert {Path(p).stem for p in case.search("gray", face=face_id).frame["path"]} == {
        "both1",
        "both2",
        "bob1",
    }
    with pytest.raises(QueryError, match="Ann, Bob"):
        case.search(face="Nobody")
