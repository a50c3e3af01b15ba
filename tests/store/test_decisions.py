"""Decisions about faces on disk: replayed, undone, and found again by the boxes of the faces."""

import json
import multiprocessing
from pathlib import Path

import numpy as np
import pytest

from workbench.store.decisions import Decision, Decisions
from workbench.store.face_matching import attach, parse
from workbench.store.identity_state import FREE, NOT_A_FACE, UNKNOWN


@pytest.fixture
def decisions(tmp_path: Path) -> Decisions:
    return Decisions(tmp_path)


def put(op: str = "move", **places: list[str]) -> Decision:
    return Decision(op, next(iter(places)), put=places)


def merge(identity: str, *gone: str) -> Decision:
    return Decision("merge", identity, gone=gone)


def test_a_name_keeps_the_identity_and_its_faces(decisions: Decisions) -> None:
    decisions.add(Decision("name", "a", {"a": "Ann"}, {"a": ["f1", "f2"]}))
    standing = decisions.standing()

    assert standing.holds == {"f1": "a", "f2": "a"}
    assert standing.names == {"a": "Ann"}
    assert standing.kept == ["a"]


def test_a_face_is_in_one_identity(decisions: Decisions) -> None:
    decisions.add(put(a=["f1", "f2"]))
    decisions.add(put(b=["f2"]))

    assert decisions.standing().holds == {"f1": "a", "f2": "b"}


def test_an_identity_whose_last_face_moved_is_no_longer_kept(decisions: Decisions) -> None:
    decisions.add(put(a=["f1"]))
    decisions.add(put(b=["f1"]))

    assert decisions.standing().kept == ["b"]


def test_faces_are_set_aside_and_given_back(decisions: Decisions) -> None:
    decisions.add(put(a=["f1", "f2", "f3"]))
    decisions.add(Decision("not a face", put={NOT_A_FACE: ["f1"]}))
    decisions.add(Decision("unknown", put={UNKNOWN: ["f2"]}))
    decisions.add(Decision("release", put={FREE: ["f3"]}))

    assert decisions.standing().holds == {"f1": NOT_A_FACE, "f2": UNKNOWN}
    assert decisions.standing().kept == []


def test_a_merge_takes_all_faces_also_those_not_now_in_the_case(decisions: Decisions) -> None:
    decisions.add(Decision("name", "a", {"a": "Ann"}, {"a": ["f1"]}))
    decisions.add(Decision("name", "b", {"b": "Bob"}, {"b": ["f2", "elsewhere"]}))
    decisions.add(merge("a", "b"))
    standing = decisions.standing()

    assert set(standing.holds.values()) == {"a"}
    assert standing.names == {"a": "Ann"}


def test_undo_of_a_merge_gives_both_identities_back(decisions: Decisions) -> None:
    decisions.add(Decision("name", "a", {"a": "Ann"}, {"a": ["f1"]}))
    decisions.add(Decision("name", "b", {"b": "Bob"}, {"b": ["f2"]}))
    before = decisions.standing()
    decisions.add(merge("a", "b"))

    assert decisions.undo() == "merge"
    assert decisions.standing() == before


def test_a_merge_of_a_merge_carries_everything_along(decisions: Decisions) -> None:
    for identity, face in zip("abc", ("f1", "f2", "f3"), strict=True):
        decisions.add(put(**{identity: [face]}))  # type: ignore[arg-type]
    decisions.add(merge("b", "c"))
    decisions.add(merge("a", "b"))

    assert decisions.standing().holds == {"f1": "a", "f2": "a", "f3": "a"}


def test_undo_and_redo_go_through_all_steps_and_stop_at_the_ends(decisions: Decisions) -> None:
    seen = [decisions.standing().holds]
    for face in ("f1", "f2", "f3"):
        decisions.add(put(a=[face]))
        seen.append(decisions.standing().holds)
    for expected in reversed(seen[:-1]):
        assert decisions.undo() == "move"
        assert decisions.standing().holds == expected
    assert (decisions.undo(), decisions.can_undo, decisions.can_redo) == (None, False, True)
    for expected in seen[1:]:
        assert decisions.redo() == "move"
        assert decisions.standing().holds == expected
    assert (decisions.redo(), decisions.can_undo, decisions.can_redo) == (None, True, False)


def test_a_new_decision_ends_redo(decisions: Decisions) -> None:
    decisions.add(put(a=["f1"]))
    decisions.undo()
    decisions.add(put(b=["f1"]))

    assert decisions.redo() is None
    assert decisions.standing().holds == {"f1": "b"}


def test_undo_takes_nothing_out_of_the_log(decisions: Decisions, tmp_path: Path) -> None:
    decisions.add(Decision("name", "a", {"a": "Ann"}, {"a": ["f1"]}))
    first = (tmp_path / "identities.jsonl").read_bytes()
    decisions.undo()
    history = decisions.history()

    assert (tmp_path / "identities.jsonl").read_bytes().startswith(first)
    assert history["op"].tolist() == ["name", "undo"]
    assert history["stands"].tolist() == [False, False]
    assert history["name"][0] == "Ann"
    assert history["faces"][0] == 1
    assert history["when"].dt.tz is not None


def test_no_decisions_are_an_empty_history(decisions: Decisions) -> None:
    assert decisions.history().empty
    assert decisions.standing().holds == {}
    assert not decisions.can_undo


def test_a_rejected_face_is_told_apart_until_it_is_put_there(decisions: Decisions) -> None:
    decisions.add(put(a=["f1"]))
    decisions.add(Decision("reject", "a", put={FREE: ["f1"]}, rejected=["f1"]))
    assert decisions.standing().rejected["f1"] == {"a"}
    assert decisions.standing().holds == {}

    decisions.add(put(a=["f1"]))
    assert decisions.standing().rejected["f1"] == frozenset()


def test_a_confirmed_face_is_known_until_it_goes_elsewhere(decisions: Decisions) -> None:
    decisions.add(Decision("confirm", "a", put={"a": ["f1", "f2"]}, confirmed=["f1"]))
    assert decisions.standing().confirmed == {"f1": "a"}

    decisions.add(merge("b", "a"))
    assert decisions.standing().confirmed == {"f1": "b"}
    decisions.add(put(c=["f1"]))
    assert decisions.standing().confirmed == {}


def test_lines_of_before_faces_were_confirmed_are_read(decisions: Decisions, tmp_path: Path) -> None:
    decisions.add(Decision("name", "a", {"a": "Ann"}, {"a": ["f1"]}))
    path = tmp_path / "identities.jsonl"
    record = json.loads(path.read_text())
    newer = ("confirmed", "grouping", "prev_sha256", "line_sha256")
    path.write_text(json.dumps({k: v for k, v in record.items() if k not in newer}) + "\n")
    (tmp_path / "identities.jsonl.bak").unlink()

    assert Decisions(tmp_path).standing().names == {"a": "Ann"}
    assert Decisions(tmp_path).history()["note"].tolist() == [""]


def test_who_was_not_the_one_is_not_the_other_it_is_merged_into(decisions: Decisions) -> None:
    decisions.add(put(b=["f2"]))
    decisions.add(Decision("reject", "b", rejected=["f1"]))
    decisions.add(merge("a", "b"))

    assert "a" in decisions.standing().rejected["f1"]


def test_two_who_decide_see_each_other(tmp_path: Path) -> None:
    one, two = Decisions(tmp_path), Decisions(tmp_path)
    one.add(put(a=["f1"]))
    assert two.standing().holds == {"f1": "a"}
    two.add(put(b=["f2"]))

    assert one.standing().holds == two.standing().holds == {"f1": "a", "f2": "b"}


def test_undo_hits_the_decision_it_was_meant_for_though_another_came_between(tmp_path: Path) -> None:
    one, two = Decisions(tmp_path), Decisions(tmp_path)
    one.add(put(a=["f1"]))
    one.standing()
    meant = one._done
    two.add(put(b=["f2"]))
    one._turn("undo", meant)

    assert one.standing().holds == {"f2": "b"}


def decide_often(folder: Path, who: str) -> None:
    for number in range(20):
        Decisions(folder).add(put(**{who: [f"{who}{number}"]}))  # type: ignore[arg-type]


def test_two_writers_lose_nothing(tmp_path: Path) -> None:
    processes = [
        multiprocessing.get_context("spawn").Process(target=decide_often, args=(tmp_path, who))
        for who in ("a", "b")
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join()

    assert len(Decisions(tmp_path).standing().holds) == 40


def test_a_torn_line_costs_only_itself(decisions: Decisions, tmp_path: Path) -> None:
    decisions.add(put(a=["f1"]))
    decisions.add(put(a=["f2"]))
    path = tmp_path / "identities.jsonl"
    path.write_bytes(path.read_bytes()[:-9])
    decisions.add(put(a=["f3"]))

    with pytest.warns(RuntimeWarning, match="line 2 is torn"):
        assert decisions.standing().holds == {"f1": "a", "f3": "a"}


@pytest.mark.parametrize(
    "change",
    [
        {"put": {"a": "f1"}},
        {"put": ["a"]},
        {"put": {"a": [1]}},
        {"gone": "b"},
        {"names": {"a": 7}},
        {"rejected": None},
        {"id": None},
        {"when": "yesterday"},
    ],
)
def test_a_line_that_is_no_decision_is_a_warning(
    decisions: Decisions, tmp_path: Path, change: dict[str, object]
) -> None:
    decisions.add(put(a=["f1"]))
    path = tmp_path / "identities.jsonl"
    line = json.loads(path.read_text())
    path.write_text(path.read_text() + json.dumps(line | {"id": "other"} | change) + "\n")

    with pytest.warns(RuntimeWarning, match="line 2 is torn or unknown"):
        assert decisions.standing().holds == {"f1": "a"}


@pytest.mark.parametrize("name", ["<b>", 'quo"te', "two\nlines", "🦊", "\u2028", "\udcff"])
def test_any_text_can_be_a_name(decisions: Decisions, name: str) -> None:
    decisions.add(Decision("name", "a", {"a": name}, {"a": ["f1"]}))

    kept = decisions.standing().names["a"]
    assert kept == name or (name == "\udcff" and kept == "\\udcff")


def test_a_decision_finds_its_face_again_at_a_box_that_moved_a_little() -> None:
    assert attach(["im:100,100,50,50"], ["im:400,100,50,50", "im:104,97,48,55"]).tolist() == [1]


@pytest.mark.parametrize("face", ["im:130,100,50,50", "other:100,100,50,50", "im:100,100,0,0", "nonsense"])
def test_a_decision_finds_no_face_elsewhere(face: str) -> None:
    assert attach(["im:100,100,50,50"], [face]).tolist() == [-1]


def test_the_best_overlap_wins_and_each_face_has_one_decision() -> None:
    """Both anchors overlap the first face enough; only one can have it, the other takes what is left."""
    anchors = ["im:10,0,100,100", "im:0,0,100,100"]
    faces = ["im:0,0,100,100", "im:25,0,100,100"]

    assert attach(anchors, faces).tolist() == [1, 0]
    assert attach([*anchors, "im:5,0,100,100"], faces).tolist() == [1, 0, -1]


def test_nothing_attaches_to_nothing() -> None:
    assert attach([], ["im:0,0,9,9"]).tolist() == []
    assert attach(["im:0,0,9,9"], []).tolist() == [-1]
    assert attach([], []).dtype == np.int32


def test_a_face_id_is_an_image_and_a_box() -> None:
    images, boxes = parse(["ab:1,-2,30,40", "broken"])

    assert images == ["ab", "broken"]
    assert boxes.tolist() == [[1, -2, 30, 40], [0, 0, 0, 0]]
