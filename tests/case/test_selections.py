"""Selections: what was done can be undone, and what was saved is found again by its ids."""

import json
from pathlib import Path

import pytest

import workbench as wb
from workbench.errors import QueryError
from workbench.store.selections import SavedSelections


@pytest.fixture
def case(tmp_path: Path, source: Path) -> wb.Case:
    case = wb.open(source, case=tmp_path / "case", model="fake")
    case.ingest(progress=False)
    return case


@pytest.fixture
def selection(case: wb.Case) -> wb.Selection:
    return wb.Selection(case.images)


def test_every_change_can_be_undone_and_redone(selection: wb.Selection) -> None:
    selection.rows = [1, 2]
    selection.change([2, 3], "add")
    selection.invert()
    seen = []
    while selection.undo():
        seen.append(selection.rows.tolist())
    while selection.redo():
        pass

    assert seen == [[1, 2, 3], [1, 2], []]
    assert selection.rows.tolist() == [0, *range(4, 12)]
    assert not selection.can_redo


def test_a_new_change_ends_what_can_be_redone(selection: wb.Selection) -> None:
    selection.rows = [1]
    selection.undo()
    selection.rows = [2]

    assert not selection.redo()
    assert selection.undo()
    assert len(selection) == 0


def test_a_saved_selection_opens_in_another_notebook(case: wb.Case, selection: wb.Selection) -> None:
    selection.hits = case.search("red")
    selection.rows = [4, 1]
    saved = case.selections.save("warm colours", selection)
    other = wb.open(case=case.folder.root)
    reopened = wb.Selection(other.images)
    other.selections.open("warm colours", into=reopened)
    reopened.change([1], "remove")
    child = other.selections.save("only one", reopened)
    frame = other.selections.frame.set_index("name")

    assert sorted(saved.ids) == sorted(selection.ids)
    assert reopened.ids == [case.images["image_id"][4]]
    assert saved.query == "red"
    assert saved.embedder == case.key
    assert child.parent == saved.digest
    assert frame.loc["only one", "parent"] == "warm colours"
    assert frame.loc["warm colours", "images"] == 2


def test_a_name_saved_again_is_replaced_and_removed_for_good(case: wb.Case) -> None:
    case.selections.save("some", [1])
    case.selections.save("some", [2, 3])
    rows = case.selections.open("some").tolist()
    case.selections.remove("some")

    assert rows == [2, 3]
    assert case.selections.names == []


def test_what_is_saved_can_be_asked_within(case: wb.Case) -> None:
    case.selections.save("my set", [0, 3, 5])

    assert sorted(case.ask('red within:"my set"').rows) == [0, 3, 5]
    assert sorted(case.search("red", within="my set").rows) == [0, 3, 5]
    assert len(case.ask('red -within:"my set"')) == len(case.images) - 3


def test_ids_that_are_gone_are_counted(case: wb.Case, source: Path) -> None:
    case.selections.save("both", [0, 1])
    case.selections.save("one", [0])
    (source / case.images["path"][0]).unlink()
    case.ingest(progress=False)

    with pytest.warns(UserWarning, match="1 of the 2 images of 'both' are gone"):
        assert len(case.selections.open("both")) == 1
    with pytest.raises(QueryError, match="None of the 1 images"):
        case.selections.open("one")
    assert case.selections.frame["gone"].tolist() == [1, 1]


@pytest.mark.parametrize(("name", "rows"), [("", [1]), ("selection", [1]), ("nothing", [])])
def test_what_cannot_be_saved_says_what_to_do(case: wb.Case, name: str, rows: list[int]) -> None:
    with pytest.raises(QueryError, match=r"(Use|Select) "):
        case.selections.save(name, rows)


def test_a_line_that_somebody_changed_is_left_out_with_a_warning(tmp_path: Path) -> None:
    kept = SavedSelections(tmp_path)
    kept.save("a", ["x", "y"], "", "key", "")
    kept.save("b", ["x"], "", "key", "")
    path = tmp_path / "selections.jsonl"
    first, second = path.read_text().splitlines()
    changed = json.loads(first)
    changed["ids"].append("z")
    path.write_text(f"{json.dumps(changed)}\n{second}\n")

    with pytest.warns(RuntimeWarning, match="line 1"):
        assert list(kept.read()) == ["b"]
