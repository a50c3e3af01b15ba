"""What reads an original again reads the page that an image is, not the file that it lies in."""

from io import BytesIO
from pathlib import Path

import pandas as pd
import pytest
from PIL import Image

import workbench as wb
from tests.helpers.colour_documents import START, ColourDocuments, write_document
from tests.helpers.panel_messages import browser
from workbench import image_id
from workbench.errors import QueryError
from workbench.media import stills
from workbench.panels.details import Details
from workbench.testing import write_photos


@pytest.fixture
def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> wb.Case:
    monkeypatch.setitem(stills._registered, "document", ColourDocuments())
    write_photos(tmp_path / "photos", {"a.png": "green"})
    write_document(tmp_path / "photos/doc.pdf", ["red", "blue", "white"])
    case = wb.open(tmp_path / "photos", case=tmp_path / "case", model="fake", faces="fake")
    case.ingest(faces=True, progress=False)
    return case


def colour(jpeg: bytes) -> tuple[int, ...]:
    with Image.open(BytesIO(jpeg)) as image:
        return tuple(round(value / 64) for value in image.convert("RGB").getpixel((20, 10)))


def test_the_large_picture_of_a_page_is_that_page(case: wb.Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(case._open.collection.pictures), "thumbnails", lambda *_: pytest.fail("small"))
    assert [colour(case.picture(row)) for row in (1, 2, 3)] == [(4, 0, 0), (0, 0, 4), (4, 4, 4)]


@pytest.mark.filterwarnings("ignore:.*is corrupt and left out")
def test_a_lost_thumbnail_of_a_page_is_made_of_that_page(case: wb.Case) -> None:
    for part in case.folder.thumbnails.paths():
        part.unlink()
    again = wb.open(case=case.folder.root, faces="fake")
    assert [colour(jpeg) for jpeg in again.thumbnails([1, 2, 3])] == [(4, 0, 0), (0, 0, 4), (4, 4, 4)]


def test_a_page_of_another_file_is_never_shown(case: wb.Case, tmp_path: Path) -> None:
    write_document(tmp_path / "photos/doc.pdf", ["green", "green", "green", "green"])
    assert colour(case.picture(1)) == (4, 0, 0)


def test_a_thing_is_found_that_lies_on_a_page(case: wb.Case) -> None:
    case.instances.ingest(progress=False)
    opener = stills.openers()["document"]
    assert isinstance(opener, ColourDocuments)
    opener.read.clear()
    hits = case.find_this(2, (0, 0, 20, 20))
    assert opener.read[0] == "page=2"
    assert "doc.pdf" in hits.frame["path"].tolist()


def test_a_page_is_exported_as_a_picture(case: wb.Case, tmp_path: Path) -> None:
    from workbench.case.faces.export import export_identities

    ids = case.images["image_id"]
    faces = pd.DataFrame(
        {"identity": [0, 0], "image_row": [0, 2], "face_id": [f"{ids[0]}:1,2,3,4", f"{ids[2]}:5,6,7,8"]}
    )
    identities = pd.DataFrame({"identity": [0], "name": ["Anna"]})
    images = case._open.collection.images
    manifest = export_identities(faces, identities, images, case.folder, tmp_path / "out", "symlink")
    assert manifest["problem"].tolist() == ["", ""]
    assert manifest["file"].tolist() == ["Anna/a.png", "Anna/doc.pdf page 2.jpg"]
    assert colour((tmp_path / "out/Anna/doc.pdf page 2.jpg").read_bytes()) == (0, 0, 4)


def test_work_on_a_page_follows_an_edit_that_leaves_all_pages_as_they_were(
    case: wb.Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case.tag(2, "evidence")
    opener = ColourDocuments()
    opener.strip = b"% another date\n"
    monkeypatch.setitem(stills._registered, "document", opener)
    (tmp_path / "photos/doc.pdf").write_bytes(START + b"% another date\nred\nblue\nwhite")
    assert case.ingest(progress=False).edited == 1
    assert case.edited["tags"].tolist() == [1]
    case.follow()
    again = wb.open(case=case.folder.root)
    assert again.tags["sample_id"].tolist() == [again.images["image_id"][2]]
    assert again.images["path"][2] == "doc.pdf"


def test_an_edit_that_changes_a_page_is_no_edit_of_the_same_pictures(case: wb.Case, tmp_path: Path) -> None:
    case.tag(2, "evidence")
    write_document(tmp_path / "photos/doc.pdf", ["red", "green", "white"])
    assert case.ingest(progress=False).edited == 0
    write_document(tmp_path / "photos/doc.pdf", ["red", "blue"])
    assert case.ingest(progress=False).edited == 0


def test_a_shared_case_holds_its_pages(case: wb.Case, tmp_path: Path) -> None:
    case.share(tmp_path / "shared")
    shared = wb.open(case=tmp_path / "shared")
    assert shared.images["path"].tolist() == ["a.png", "doc.pdf", "doc.pdf", "doc.pdf"]


@pytest.mark.parametrize(
    ("asked", "paths"),
    [
        ("red in:doc.pdf", ["doc.pdf"] * 3),
        ("red in:DOC.pdf -in:photos", None),
        ("red kind:document", ["doc.pdf"] * 3),
        ("red kind:Photo", ["a.png"]),
        ("red -kind:document", ["a.png"]),
        ("red -in:doc.pdf", ["a.png"]),
        ("red kind:video", []),
        ("red in:oc.pdf", None),
        ("red kind:sheet", None),
        ("red in:doc.pdf^2", None),
    ],
)
def test_a_query_stays_in_a_file_or_among_a_kind(case: wb.Case, asked: str, paths: list[str] | None) -> None:
    if paths is None:
        with pytest.raises(QueryError, match=r"No image lies in|Unknown kind|weight"):
            case.ask(asked)
        return
    hits = case.ask(asked)
    assert sorted(hits.frame["path"]) == paths
    assert hits.query == asked


def test_the_same_in_python(case: wb.Case) -> None:
    hits = case.search("blue", inside="doc.pdf", kind="document", k=1)
    assert hits.query == "blue in:doc.pdf kind:document"
    assert case.lookup.shown(hits.rows[0]) == "doc.pdf#page=2"


def test_the_details_turn_the_pages_of_a_document(case: wb.Case) -> None:
    selection = wb.Selection(case.images)
    details = Details(selection, lambda row: b"", lambda row: [], lambda row, words: pd.DataFrame(), [])
    selection.focus = 0
    assert browser(details, "show", row=0)["pages"] is None
    details.turn(1)
    assert selection.focus == 0
    selection.focus = 2
    shown = browser(details, "show", row=2)
    assert (shown["name"], shown["pages"]) == ("doc.pdf, page 2", {"number": 2, "count": 3})
    assert shown["part"] == "page"
    browser(details, "turn", by=1)
    browser(details, "turn", by=1)
    assert selection.focus == 3
    browser(details, "turn", by=-1)
    assert selection.focus == 2
    browser(details, "pages")
    assert selection.rows.tolist() == [1, 2, 3]
    details.close()


def test_the_details_turn_the_frames_of_a_motion_photo() -> None:
    ids = ["a" * 64, *(image_id.make("b" * 64, t=t) for t in (0.0, 1.5))]
    ids.insert(1, "b" * 64)
    table = pd.DataFrame({"image_id": ids, "path": ["a.jpg", "b.jpg", "b.jpg", "b.jpg"]})
    selection = wb.Selection(table)
    details = Details(selection, lambda row: b"", lambda row: [], lambda row, words: pd.DataFrame(), [])
    assert browser(details, "show", row=0)["pages"] is None
    shown = [browser(details, "show", row=row) for row in (1, 3)]
    assert [one["pages"]["number"] for one in shown] == [1, 3]
    assert [one["part"] for one in shown] == ["frame", "frame"]
    details.close()


def test_what_people_read_of_an_image() -> None:
    assert image_id.title("a.jpg", "f" * 64) == "a.jpg"
    assert image_id.title("a.pdf", image_id.make("f" * 64, page=3)) == "a.pdf, page 3"
    assert image_id.title("a.mp4", image_id.make("f" * 64, t=62.04)) == "a.mp4, 1:02.040"
    assert image_id.title("a.mp4", image_id.make("f" * 64, t=7262.04)) == "a.mp4, 2:01:02.040"
