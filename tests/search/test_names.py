"""What has a name is found by it however the name is spelled, and a name is never searched as words."""

import os
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

import workbench as wb
from workbench.cli import main
from workbench.errors import QueryError
from workbench.search.image_lookup import ImageLookup
from workbench.spelling import lookup_form, spelled
from workbench.store.tags import Tags
from workbench.testing import write_faces, write_photos

NFC, NFD = (unicodedata.normalize(form, "Zoë Café") for form in ("NFC", "NFD"))
OTHERS = [NFD, NFC.upper(), f" {NFD.lower()}  ", NFC.replace(" ", "\u00a0"), NFC.replace(" ", "  ")]


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> wb.Case:
    """A case of pictures with odd names; tests take away again what they add."""
    root = tmp_path_factory.mktemp("names")
    photos = root / "photos"
    write_photos(photos, {f"{NFD}.png": "red", "two  blanks.jpg": "green", "sub/holiday.jpg": "blue"})
    write_photos(photos, {"grass.png": "lime", "cup.png": "orange"})
    write_faces(photos, {"people/1.png": [0], "people/2.png": [0]})
    (photos / "a_link.jpg").symlink_to("sub/holiday.jpg")
    (photos / "copy of it.JPG").write_bytes((photos / "sub/holiday.jpg").read_bytes())
    case = wb.open(photos, case=root / "case", model="fake", faces="fake")
    case.ingest(faces=True, instances=True, progress=False)
    return case


def test_spellings_of_one_name_have_one_form() -> None:
    assert {lookup_form(name) for name in OTHERS} == {lookup_form(NFC)}
    assert lookup_form("straße") == lookup_form("STRASSE")
    assert lookup_form("a\tb\n c") == "a b c"
    assert spelled("KEEP", ["keep", "Keep", "KEEP"]) == "KEEP"
    assert spelled("kEEP", ["keep", "Keep", "KEEP"]) == "keep"
    assert spelled("kept", ["keep"]) is None


@pytest.mark.parametrize("other", OTHERS)
def test_tags_are_one_however_they_are_spelled(case: wb.Case, other: str) -> None:
    case.tag([0], NFC)
    assert case.ask(f'orange tag:"{other}"').rows.tolist() == [0]
    assert case.search("orange", tag=other).rows.tolist() == [0]

    case.tag([0, 1], other)
    assert sorted(set(case.tags["tag"])) == [NFC]
    assert len(case.tags) == 2
    case.untag([0, 1], other)
    assert case.tags.empty


def test_lines_of_tags_that_are_there_keep_their_meaning(tmp_path: Path) -> None:
    tags = Tags(tmp_path)
    for tag, ids in (("two  spaces", ["a"]), ("keep", ["a"]), ("Two spaces", ["b"])):
        tags.add(tag, ids)
    assert tags.read()[["sample_id", "tag"]].to_numpy().tolist() == [
        ["a", "two  spaces"],
        ["a", "keep"],
        ["b", "two  spaces"],
    ]


@pytest.mark.parametrize("other", OTHERS)
def test_selections_and_runs_are_found_however_they_are_spelled(case: wb.Case, other: str) -> None:
    case.selections.save(NFC, [0])
    assert case.selections.open(other).tolist() == [0]
    assert case.ask(f'orange within:"{other}"').rows.tolist() == [0]
    assert case.search("orange", within=other).rows.tolist() == [0]
    case.selections.save(other, [1, 2])
    assert case.selections.names == [NFC]
    assert case.selections.open(NFC).tolist() == [1, 2]
    case.selections.remove(other)
    assert case.selections.names == []
    case.cluster_runs.run("dbscan", name=NFC, eps=0.5, space="vectors")
    assert case.cluster_runs.settings(other)["eps"] == 0.5
    case.cluster_runs.run("dbscan", name=other, eps=0.6, space="vectors")
    assert case.cluster_runs.names == [NFC]
    case.cluster_runs.remove(other)
    assert case.cluster_runs.names == []


@pytest.mark.parametrize("other", OTHERS)
def test_people_are_found_however_their_names_are_spelled(case: wb.Case, other: str) -> None:
    case.faces.name(case.faces.identities["identity"][0], NFC)
    rows = case.ask(f'face:"{NFC}"').rows.tolist()
    assert case.ask(f'face:"{other}"').rows.tolist() == case.search(face=other).rows.tolist() == rows
    case.faces.undo()


@pytest.mark.parametrize("name", [f"{NFD}.png", f"{NFC}.png", f"{NFC.upper()}.PNG", NFC])
@pytest.mark.parametrize("ask", [lambda c, n: c.row(n), lambda c, n: c.ask(f'like:"{n}"', k=1).rows[0]])
def test_a_file_is_found_however_its_name_is_spelled(
    case: wb.Case, ask: Callable[[wb.Case, str], int], name: str
) -> None:
    row = case.images["path"].tolist().index(f"{NFD}.png")
    if name != NFC:
        assert ask(case, name) == row
    assert case.lookup.named(name) == row


@pytest.mark.parametrize(
    "name",
    ["a_link.jpg", "a_link", "sub/holiday.jpg", "holiday", "copy of it.JPG", "copy of it"],
)
def test_an_image_is_found_by_any_of_its_paths(case: wb.Case, name: str) -> None:
    row = case.row("sub/holiday.jpg")
    assert len(case.images["paths"][row]) == 3
    assert case.ask(f'like:"{name}"', k=1).rows.tolist() == [row]
    if "." in name:
        assert case.row(name) == case.row(name.upper()) == row


def test_names_with_two_blanks_are_found_in_a_query(case: wb.Case) -> None:
    row = case.row("two  blanks.jpg")
    assert case.row("two blanks.jpg") == row
    assert case.ask('like:"two  blanks.jpg"', k=1).rows.tolist() == [row]


def test_a_name_of_several_images_is_asked_about(case: wb.Case) -> None:
    others: list[list[str]] = [[] for _ in range(len(case.images) - 3)]
    paths = pd.Series([["a  b.png"], ["a b.png"], ["A B.PNG"], *others], dtype=object)
    lookup = ImageLookup(case.images.assign(paths=paths))
    assert lookup.row("A B.PNG") == 2
    for find in (lookup.row, lookup.named, lookup.meant):
        with pytest.raises(QueryError, match=r"3 images have the name 'a B\.png'.*Use the path of one"):
            find("a B.png")


@pytest.mark.parametrize(
    "name", ["./sub/holiday.jpg", "holiday.jpg", "HOLIDAY.JPG", "a_link.jpg", "id", "10"]
)
def test_a_text_that_names_an_image_is_that_image(case: wb.Case, name: str) -> None:
    row = case.row("sub/holiday.jpg")
    name = {"id": case.lookup.ids[row], "10": case.lookup.ids[row][:10]}.get(name, name)
    like = case.search(like=row)
    for hits in (
        case.search(name),
        case.ask(name),
        case.search(wb.weigh(name, 2)),
        case.ask(f"grass tag:kept +{name}") if case.tags.size else case.ask(f'"{name}"'),
    ):
        assert hits.rows.tolist() == like.rows.tolist()
        assert hits.scores.max() == pytest.approx(1)
    assert case.search("grass", unlike=name).query == case.search("grass", unlike=row).query
    assert case.find_this(name).query == case.find_this(row).query
    assert case.why(0, name).query == case.why(0, wb.like(case.lookup.ids[row])).query
    assert case.describe(name).equals(case.describe(row))


@pytest.mark.parametrize("text", ["nowhere.jpg", "sub/nowhere.png", "f" * 64, "my nowhere holiday.jpg"])
def test_a_text_that_names_no_image_or_stands_among_words_is_asked_about(case: wb.Case, text: str) -> None:
    for ask in (
        lambda: case.search(text),
        lambda: case.ask(text),
        lambda: case.search("red", unlike=text),
        lambda: case.find_this(text),
        lambda: case.why(0, text),
    ):
        with pytest.raises(QueryError, match=r"No image has the name|is the name of an image"):
            ask()


@pytest.mark.parametrize("text", ["red", "day/night", "12345678", "e.g. a red car", "version 2.0", "defaced"])
def test_other_texts_are_words(case: wb.Case, text: str) -> None:
    assert case.ask(text).query == case.search(text).query == text


def test_the_command_line_takes_a_name_as_the_image(
    case: wb.Case, capsys: pytest.CaptureFixture[str]
) -> None:
    root = os.fspath(case.folder.root)
    assert main(["search", root, "sub/holiday.jpg", "-k", "1"]) == 0
    assert capsys.readouterr().out.split()[0] == "1.000"
    assert main(["search", root, "nowhere.jpg"]) == 1
    assert "No image has the name 'nowhere.jpg'" in capsys.readouterr().err
