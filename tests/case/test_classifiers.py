"""Classifiers of a case: from examples of every kind to scores, queries, files, and back after changes."""

import json
import os
import stat

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from tests.helpers.taught import paint, rows, taught_case
from workbench.errors import CaseError, QueryError
from workbench.selection import Selection
from workbench.store.labels import Labels


@pytest.fixture
def case(tmp_path):
    return taught_case(tmp_path)


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """A case with one classifier, which no test changes."""
    case = taught_case(tmp_path_factory.mktemp("taught"))
    case.learn("warm", yes=rows(case, "red")[:8], method="logistic")
    return case


def test_a_classifier_finds_what_it_was_shown(shared):
    warm = shared.classifiers["WARM "]
    said = {shared.images["path"][row].split("/")[0] for row in np.flatnonzero(warm.scores >= 0.5)}
    assert said == {"red"}
    assert warm.frame["score"].is_monotonic_decreasing
    assert warm.frame["label"].eq(True).sum() == len(warm.yes) == 8
    assert warm.figures["kept"].tolist() == [True]
    assert "8 yes, 0 no" in warm.summary
    assert shared.classifiers.frame["name"].tolist() == ["warm"]
    assert shared.info()["classifiers"] == 1


def test_a_query_finds_filters_and_sorts_by_it(shared):
    hits = shared.ask("is:warm", k=None)
    assert {path.split("/")[0] for path in hits.frame["path"]} == {"red"}
    assert hits.frame["score"].is_monotonic_decreasing
    assert shared.search(is_="warm", k=None).rows.tolist() == hits.rows.tolist()
    assert len(shared.ask("is:warm>=0.99", k=None)) <= len(hits) <= len(shared.ask("is:warm>0", k=None)) == 60
    outside = shared.ask("-is:warm red", k=None)
    assert not set(outside.rows) & set(hits.rows)
    assert len(outside) + len(hits) == 60
    assert set(shared.ask("is:warm blue", k=None).rows) == set(hits.rows)


@pytest.mark.parametrize(
    ("query", "says"), [("is:cold", "'warm'"), ("is:warm>2", "0 to 1"), ("is:warm>x", "0 to 1")]
)
def test_a_query_for_what_is_not_there_is_told(shared, query, says):
    with pytest.raises(QueryError, match=says):
        shared.ask(query)


def test_examples_are_given_in_every_way(case):
    red = rows(case, "red")[:6]
    ids = case.images["image_id"][red].tolist()
    case.tag(red, "glow")
    selection = Selection(case.images)
    selection.rows = red
    case.selections.save("picked", red)
    mask = np.zeros(len(case.images), bool)
    mask[red] = True
    ways = [
        red, np.array(red), tuple(red), mask, pd.Series(red), ids, case.images["image_id"][red],
        case.images.iloc[red], selection, case.images["path"][red].tolist(), "glow", "tag:GLOW", "picked",
        "selection:picked", case.search("red", within=red),
    ]  # fmt: skip
    for number, way in enumerate(ways):
        assert set(case.learn(f"n{number}", yes=way, method="logistic").yes) == set(ids), number
    everyone = case.learn("folder", yes="folder:red/", no="blue", method="logistic")
    assert (len(everyone.yes), len(everyone.no)) == (20, 20)


def test_several_classes_learn_from_each_other(case):
    found = case.learn({"red": "folder:red", "blue": "folder:blue"}, method="logistic")
    assert list(found) == ["red", "blue"] == case.classifiers.names
    assert set(found["red"].no) == set(found["blue"].yes)
    both = np.maximum(found["red"].scores, found["blue"].scores)
    assert (both[rows(case, "green")] < 0.5).all()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("x", [0]), "One example"),
        (("x", []), "empty"),
        (("x", None, [1, 2]), "only examples of no"),
        (("x", [0, 1], [1, 2]), "both yes and no"),
        (("x", ["nothing"]), "Nothing here is called"),
        (("x", "tag:none"), "No image has the tag"),
        (("x", "folder:none"), "No image lies in"),
        (("x", [0, float("nan")]), "neither a row nor an id"),
        (("x", [0, 999]), "0 to 59"),
        (("x", 3.5), "Invalid yes"),
        (("x", {"a": 1}), "Invalid yes"),
        (("x", pd.DataFrame({"a": [1]})), "no column"),
        (("x",), "Nobody said yet"),
        (("  ", [0, 1]), "is empty"),
        (("a" * 121, [0, 1]), "120 at most"),
        (("\u200b", [0, 1]), "can be read"),
        ((7, [0, 1]), "must be a text"),
        (("WARM", [0, 1]), "already"),
        (({},), "No classes"),
        (({"a": [0, 1], "A ": [2, 3]},), "same name"),
        (({str(number): [0, 1] for number in range(10_000)},), "too many"),
        (({"a": [0, 1]}, [2]), "no yes and no"),
        (({"a": [0, 1, 2], "b": [3]},), "'b' cannot be learnt"),
    ],
)
def test_bad_examples_and_names_are_refused_and_nothing_is_kept(shared, arguments, says):
    with pytest.raises(QueryError, match=says):
        shared.learn(*arguments)
    assert shared.classifiers.names == ["warm"]


@pytest.mark.parametrize("over", ["face", "persons", "nonsense"])
def test_kinds_that_are_not_there_are_told(shared, over):
    with pytest.raises(QueryError):
        shared.learn("x", yes=[0, 1], over=over)


@pytest.mark.parametrize(
    "name", ["猫", 'a "b" \\c', "<b>x</b>", "../../etc", "naïve  café", "is:x", "-minus"]
)
def test_odd_names_are_names(case, name):
    made = case.learn(name, yes=rows(case, "red")[:5], method="logistic")
    assert made.name == " ".join(name.split())
    written = made.name.replace("\\", "\\\\").replace('"', '\\"')
    assert len(case.ask(f'is:"{written}"')) > 0
    assert [path.parent.name for path in (case.folder.root / "work").rglob("*.json")] == ["classifiers"]


def test_new_images_get_scores_without_training_and_answers_outlive_all(case, tmp_path):
    case.learn("warm", yes=rows(case, "red")[:8], method="logistic")
    written = [path.read_bytes() for path in sorted((tmp_path / "case/work/classifiers").iterdir())]
    paint(tmp_path / "photos", 3, seed=5, colours=("red",))
    case.ingest(progress=False)
    assert len(case.classifiers["warm"].scores) == 63
    assert {path.split("/")[0] for path in case.ask("is:warm", k=None).frame["path"]} == {"red"}
    assert [path.read_bytes() for path in sorted((tmp_path / "case/work/classifiers").iterdir())] == written
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "case/work/classifiers").iterdir()]
    assert os.name != "posix" or set(modes) == {0o600}
    for path in (tmp_path / "case/work/classifiers").iterdir():
        path.unlink()
    assert len(case.learn("warm", method="logistic").yes) == 8  # the labels are lines of their own


def test_rename_remove_and_replace(case):
    red, blue = rows(case, "red"), rows(case, "blue")
    case.learn("warm", yes=red[:5], method="logistic")
    case.learn("cold", yes=blue[:5], method="logistic")
    before = case.classifiers["warm"].scores.copy()
    with pytest.raises(QueryError, match="already"):
        case.classifiers.rename("warm", "COLD")
    case.classifiers.rename("warm", "Hot")
    assert np.array_equal(case.classifiers["hot"].scores, before)
    assert len(case.learn("hot", method="logistic").yes) == 5
    case.classifiers.rename("hot", "HOT")
    assert set(case.classifiers.names) == {"cold", "HOT"}
    again = case.learn("cold", yes=red[:6], replace=True, method="logistic")
    assert set(again.yes) == set(case.images["image_id"][red[:6]])
    case.classifiers.remove("cold")
    assert case.classifiers.names == ["HOT"]
    with pytest.raises(QueryError, match="No classifier"):
        case.classifiers.remove("cold")
    with pytest.raises(QueryError, match="Nobody said"):
        case.learn("cold")


def test_one_file_goes_to_another_case_and_is_refused_by_another_embedder(case, tmp_path):
    case.learn("warm", yes=rows(case, "red")[:8], method="mlp")
    file = case.classifiers.export("warm", tmp_path / "warm.safetensors")
    assert case.images["image_id"][rows(case, "red")[0]].encode() not in file.read_bytes()
    with pytest.raises(CaseError, match="there already"):
        case.classifiers.export("warm", file)
    paint(tmp_path / "others", 6, seed=9)
    other = wb.open(tmp_path / "others", case=tmp_path / "second", model="fake")
    other.ingest(progress=False)
    taken = other.classifiers.import_file(file, "hot")
    assert {other.images["path"][row].split("/")[0] for row in np.flatnonzero(taken.scores >= 0.5)} == {"red"}
    with pytest.raises(QueryError, match="already"):
        other.classifiers.import_file(file, "hot")
    with pytest.raises(QueryError, match="without its examples"):
        other.classifiers.teach("hot")
    with pytest.raises(QueryError, match="something else"):
        other.classifiers.import_file(file, "main")
    _with_key(other, "another-1")
    assert not other.classifiers.frame["fits"].any()
    with pytest.raises(CaseError, match="trained on vectors of 'another-1'"):
        other.classifiers["hot"]
    with pytest.raises(CaseError, match="trained on vectors"):
        other.ask("is:hot")


def _with_key(case, key):
    """Let the only classifier of a case be one of another embedder."""
    stored, weights = case.classifiers._files.read()["hot"], case.classifiers._files.weights("hot")
    from dataclasses import replace

    case.classifiers._files.save(replace(stored, key=key), weights)


@pytest.mark.parametrize("harm", ["cut", "json", "text", "missing"])
def test_a_file_that_is_none_is_refused(case, tmp_path, harm):
    case.learn("warm", yes=rows(case, "red")[:5], method="logistic")
    file = case.classifiers.export("warm", tmp_path / "warm.safetensors")
    whole = file.read_bytes()
    if harm == "missing":
        file.unlink()
    else:
        length = int.from_bytes(whole[:8], "little")
        header = json.loads(whole[8 : 8 + length])
        header["__metadata__"]["workbench.classifier"] = '{"format": 1, "name": 5}'
        changed = json.dumps(header).encode()
        wrong = len(changed).to_bytes(8, "little") + changed + whole[8 + length :]
        file.write_bytes({"cut": whole[:-40], "json": wrong, "text": b"no tensors"}[harm])
    with pytest.raises(CaseError, match="is no classifier"):
        case.classifiers.import_file(file, "other")


def test_damage_in_a_case_is_told_and_the_labels_bring_it_back(case, tmp_path):
    case.learn("warm", yes=rows(case, "red")[:5], method="logistic")
    (weights,) = (tmp_path / "case/work/classifiers").glob("*.safetensors")
    weights.write_bytes(weights.read_bytes()[:-1] + b"\xff")
    case.refresh()
    with pytest.raises(CaseError, match=r"case\.learn\('warm'\)"):
        case.classifiers["warm"]
    (facts,) = (tmp_path / "case/work/classifiers").glob("*.json")
    facts.write_text(facts.read_text().replace("warm", "wurm"))
    with pytest.warns(RuntimeWarning, match="damaged"):
        assert case.classifiers.names == []
    case.learn("warm", method="logistic")
    assert case.classifiers["warm"].yes


def test_a_stopped_training_keeps_nothing(case):
    def stop(share):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        case.learn("warm", yes=rows(case, "red")[:5], watch=stop)
    assert case.classifiers.names == []
    assert Labels(case.folder.root / "work").read() == {}


def test_a_share_carries_only_the_classifiers_it_names(case, tmp_path):
    case.learn("warm", yes=rows(case, "red")[:5], method="logistic")
    case.learn("cold", yes=rows(case, "blue")[:5], method="logistic")
    plain = wb.open(case=case.share(tmp_path / "plain"))
    assert plain.classifiers.names == []
    assert not (tmp_path / "plain/work/labels.jsonl").exists()
    named = wb.open(case=case.share(tmp_path / "named", classifiers=["WARM"]))
    assert named.classifiers.names == ["warm"]
    assert np.allclose(named.classifiers["warm"].scores.max(), case.classifiers["warm"].scores.max())
    assert "cold" not in (tmp_path / "named/work/labels.jsonl").read_text()
    with pytest.raises(QueryError, match="No classifier"):
        case.share(tmp_path / "none", classifiers="hot")
    assert not (tmp_path / "none").exists()


def test_questions_teach_and_answers_are_lines_at_once(case):
    teaching = case.classifiers.teach("red")
    right = set(rows(case, "red"))
    for _ in range(3):
        asked = [question.row for question in teaching.questions()]
        teaching.answer({row: row in right for row in asked})
        teaching.train()
    yes, no = teaching.counts
    assert yes + no == 24
    assert [point.answers for point in teaching.curve] == [8, 16, 24]
    assert teaching.frame["average_precision"].iloc[-1] > 0.7
    assert {
        case.images["path"][row].split("/")[0]
        for row in np.flatnonzero(case.classifiers["red"].scores >= 0.5)
    } == {"red"}
    last = teaching.undo()
    labels = Labels(case.folder.root / "work").of("red")
    assert labels is not None
    assert case.images["image_id"][last] not in labels.answers
    teaching.answer({last: None})
    assert teaching.counts == ((yes, no - 1) if last not in right else (yes - 1, no))
    with pytest.raises(QueryError, match="does not exist"):
        teaching.answer({600: True})
    with pytest.raises(QueryError, match="Invalid answer"):
        teaching.answer({1: "yes"})


def test_images_that_stand_for_faces_and_regions(tmp_path):
    from workbench.testing import write_faces

    write_faces(tmp_path / "photos", {f"{who}-{number}.png": [who] for who in (0, 6) for number in range(6)})
    case = wb.open(tmp_path / "photos", case=tmp_path / "case", model="fake", faces="fake")
    case.ingest(progress=False, faces=True)
    first = [row for row, path in enumerate(case.images["path"]) if path.startswith("0-")]
    made = case.learn("ann", yes=case.images.iloc[first[:3]], over="faces", method="logistic")
    assert made.over == "face"
    assert len(made.scores) == len(case.faces)
    hits = case.ask("is:ann", k=None)
    assert {path[0] for path in hits.frame["path"]} == {"0"}
    assert hits.box(int(hits.rows[0])) is not None
    with pytest.raises(QueryError, match="learnt from faces"):
        case.share(tmp_path / "share", classifiers=["ann"])
