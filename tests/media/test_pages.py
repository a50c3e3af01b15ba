"""Pages of PDF and TIFF files: the right pixels, bounded whatever the file says, and clear reasons."""

from datetime import datetime
from hashlib import sha256
from pathlib import Path

import pytest

from tests.helpers.documents import A4, pdf, tiff
from workbench.media import sandbox
from workbench.media.decode import DecodedImage, DecodeError
from workbench.media.kinds import classify
from workbench.media.read import ReadError
from workbench.media.stills import look, openers, read_first, read_still


def pages(path: Path) -> list[DecodedImage]:
    original = look(str(path).encode(), openers())
    assert original.opener is not None
    file = original.opener.open(original.path, original.data)
    try:
        return [still.read(64, 64) for still in file.stills()]
    finally:
        file.close()


def colours(found: list[DecodedImage]) -> list[tuple[int, ...]]:
    corners = [page.image.crop((0, 0, 1, 1)).tobytes() for page in found]
    return [tuple(round(value / 85) for value in corner) for corner in corners]


def written(tmp_path: Path, name: str, data: bytes) -> Path:
    (tmp_path / name).write_bytes(data)
    return tmp_path / name


COLOURS = ["red", "lime", "blue"]
SEEN = [(3, 0, 0), (0, 3, 0), (0, 0, 3)]


@pytest.mark.parametrize("name", ["a.pdf", "a", "a.jpg", "a.txt"])
def test_pages_of_a_pdf_whatever_it_is_called(tmp_path: Path, name: str) -> None:
    path = written(tmp_path, name, pdf(COLOURS))
    found = pages(path)
    assert colours(found) == SEEN
    assert [(page.facts.width, page.facts.height) for page in found] == [(1653, 2339)] * 3
    assert {page.facts.format for page in found} == {"PDF"}
    assert found[0].image.size == (207, 293)  # of what was asked for, an eighth is enough


@pytest.mark.parametrize("options", [{}, {"compression": "tiff_lzw"}, {"big_tiff": True}])
def test_pages_of_a_tiff_each_of_its_own_size(tmp_path: Path, options: dict[str, object]) -> None:
    sizes = [(80, 60), (300, 400), (60, 90)]
    found = pages(written(tmp_path, "a.tif", tiff(COLOURS, sizes, **options)))
    assert colours(found) == SEEN
    assert [(page.facts.width, page.facts.height) for page in found] == sizes
    assert [page.facts.notes for page in found] == [(), (), ()]


def test_a_tiff_of_one_page_or_with_a_small_preview_is_a_photo(tmp_path: Path) -> None:
    for data in (tiff(["red"]), tiff(["red", "red"], [(1200, 800), (160, 120)])):
        original = look(str(written(tmp_path, "a.tif", data)).encode(), openers())
        assert original.opener is None
    assert colours([read_first(original.path, min_side=60)]) == [(3, 0, 0)]


def test_one_page_is_read_by_its_id_and_only_of_the_same_file(tmp_path: Path) -> None:
    for name, data in (("a.pdf", pdf(COLOURS)), ("a.tif", tiff(COLOURS))):
        path, known = str(written(tmp_path, name, data)).encode(), sha256(data).hexdigest()
        assert colours([read_still(path, f"{known}#page=2", min_side=64)]) == [(0, 3, 0)]
        assert colours([read_first(path, min_side=64)]) == [(3, 0, 0)]
        with pytest.raises(DecodeError, match="the file has no page=4"):
            read_still(path, f"{known}#page=4", min_side=64)
        with pytest.raises(ReadError, match="not the one that was ingested"):
            read_still(path, f"{'0' * 64}#page=2", min_side=64)


@pytest.mark.parametrize(
    ("size", "expected"),
    [(A4, (1653, 2339)), ((28346, 28346), (3200, 3200)), ((1, 1), (64, 64)), ((14400, 2), (3200, 1))],
)
def test_a_page_of_any_size_is_drawn_in_bounds(
    tmp_path: Path, size: tuple[float, float], expected: tuple[int, int]
) -> None:
    [page] = pages(written(tmp_path, "a.pdf", pdf(["blue"], size)))
    assert (page.facts.width, page.facts.height) == pytest.approx(expected, abs=1)
    assert colours([page]) == [(0, 0, 3)]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "the file is empty"),
        (b"%PDF-1.7", "no PDF, or a broken one"),
        (b"this is a text", "no PDF, or a broken one"),
        (pdf([]), "no PDF, or a broken one"),
        (pdf(["red"])[:200], "no PDF, or a broken one"),
        (pdf(["red"], password="secret"), "protected by a password"),
    ],
)
def test_a_pdf_without_pages_says_why(tmp_path: Path, data: bytes, reason: str) -> None:
    with pytest.raises(DecodeError, match=reason):
        pages(written(tmp_path, "a.pdf", data))


def test_a_pdf_with_a_broken_table_of_its_parts_is_read(tmp_path: Path) -> None:
    data = pdf(COLOURS)
    start = data.rindex(b"startxref")
    assert colours(pages(written(tmp_path, "a.pdf", data[:start]))) == SEEN
    assert colours(pages(written(tmp_path, "b.pdf", data.replace(b"00000 n", b"00009 n")))) == SEEN


def test_scripts_are_not_run(tmp_path: Path) -> None:
    path = written(tmp_path, "a.pdf", pdf(["red"], script="while (true) {}"))
    assert colours(pages(path)) == [(3, 0, 0)]


def test_what_a_pdf_says_of_itself(tmp_path: Path) -> None:
    about = {"CreationDate": "D:20240131120005+01'00'", "Producer": "a  scanner", "Title": "x" * 500}
    [page] = pages(written(tmp_path, "a.pdf", pdf(["red"], about=about)))
    assert page.facts.metadata.taken_at == datetime(2024, 1, 31, 12, 0, 5)
    assert page.facts.metadata.software == "a scanner"
    [page] = pages(written(tmp_path, "a.pdf", pdf(["red"], about={"CreationDate": "D:20249931"})))
    assert page.facts.metadata.taken_at is None


def test_a_pdf_of_5000_pages_is_opened_once_and_left_at_any_page(tmp_path: Path) -> None:
    path = written(tmp_path, "a.pdf", pdf(["red", "blue"] * 2500, (20, 20)))
    original = look(str(path).encode(), openers())
    assert original.opener is not None
    file = original.opener.open(original.path, None)
    stills = list(file.stills())
    assert len(stills) == 5000
    assert colours([stills[0].read(8, 8), stills[4999].read(8, 8)]) == [(3, 0, 0), (0, 0, 3)]
    file.close()


def test_the_process_may_end_between_two_pages(tmp_path: Path) -> None:
    for name in ("a.pdf", "a.jpg"):  # of one that was read whole it has the bytes sent again
        original = look(str(written(tmp_path, name, pdf(COLOURS))).encode(), openers())
        assert original.opener is not None
        file = original.opener.open(original.path, original.data)
        found = []
        for still in file.stills():
            found.append(still.read(64, 64))
            if len(found) == 2:
                sandbox.stop()
        assert colours(found) == SEEN
        file.close()


@pytest.mark.parametrize(
    ("name", "start", "kind"),
    [
        (b"a.pdf", b"", "document"),
        (b"a.txt", b"%PDF-1.4", "document"),
        (b"a.pdf", b"\xff\xd8\xff\xe0", "image"),
        (b"a.ai", b"%PDF-1.4", "document"),
    ],
)
def test_what_is_a_document(name: bytes, start: bytes, kind: str) -> None:
    assert classify(name, start)[0] == kind
