"""Searching only what a camera made, what somebody wrote about, what was rated."""

import io
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from PIL import Image

import workbench as wb
from workbench.errors import QueryError
from workbench.search.metadata_filters import metadata_filters

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
PHOTOS = [
    ("Canon EOS 5D", "Zoë", ("sea", "Boat"), "The harbour", "5"),
    ("Canon EOS 90D", "Ann", ("sea",), "A street", "3"),
    ("NIKON D5", "Ann", ("Night sky",), "", "-1"),
    ("", "", (), "", ""),
]


def write(path: Path, number: int) -> None:
    camera, creator, keywords, title, rating = PHOTOS[number]
    bags = (("dc:creator", [creator]), ("dc:subject", keywords), ("dc:title", [title]))
    inner = "".join(
        f"<{name}><rdf:Bag>{''.join(f'<rdf:li>{text}</rdf:li>' for text in texts if text)}</rdf:Bag></{name}>"
        for name, texts in bags
    )
    packet = (
        f'<rdf:RDF xmlns:rdf="{RDF}"><rdf:Description rdf:about=""'
        f' xmlns:dc="http://purl.org/dc/elements/1.1/" '
        f'xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="{rating}">{inner}</rdf:Description></rdf:RDF>'
    )
    exif = Image.Exif()
    if camera:
        exif[0x0110] = camera
    buffer = io.BytesIO()
    colour = (50 * number, 90, 200 - 40 * number)
    Image.new("RGB", (32, 32), colour).save(buffer, "JPEG", exif=exif, xmp=packet.encode())
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(buffer.getvalue())


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> wb.Case:
    from workbench.testing import register

    register()
    folder = tmp_path_factory.mktemp("filters")
    for number in range(len(PHOTOS)):
        write(folder / f"photos/{number}.jpg", number)
    case = wb.open(folder / "photos", case=folder / "case", model="fake")
    case.ingest(progress=False)
    return case


@pytest.mark.parametrize(
    ("filters", "rows"),
    [
        ("camera:canon", {0, 1}),
        ('camera:"eos 5d"', {0}),
        ("-camera:canon", {2, 3}),
        ("by:zoë", {0}),
        ("by:Ann camera:nikon", {2}),
        ("keyword:SEA", {0, 1}),
        ("keyword:boat", {0}),
        ('keyword:"night  sky"', {2}),
        ("-keyword:sea", {2, 3}),
        ("title:harbour", {0}),
        ("rating:5", {0}),
        ("rating:>=3", {0, 1}),
        ("rating:>3", {0}),
        ("rating:<3", {2}),
        ("rating:<=3", {1, 2}),
        ("rating:=3", {1}),
        ("rating:3..4", {1}),
        ("rating:..3", {1, 2}),
        ("rating:3..", {0, 1}),
        ("rating:rejected", {2}),
        ("rating:-1", {2}),
        ("-rating:>=0", {2, 3}),
        ("rating:4", set()),
        ("-keyword:boat rating:>=3 camera:canon", {1}),
    ],
)
def test_only_what_fits_is_found_and_the_query_says_so(case: wb.Case, filters: str, rows: set[int]) -> None:
    hits = case.ask(f"red {filters}")

    assert set(hits.rows.tolist()) == rows
    assert set(case.search("red", where=filters).rows.tolist()) == rows
    assert case.ask(hits.query).rows.tolist() == hits.rows.tolist()


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("red camera:leica", "No image has the camera 'leica'.*camera: with one of these.*Canon"),
        ("red keyword:se", "No image has the keyword 'se'.*'sea'"),
        ("red lens:50mm", "No image has a lens.*metadata=True"),
        ("red description:x", "No image has a description"),
        ("red rating:six", "Invalid rating 'six'.*rating:>=4"),
        ("red rating:..", "Invalid rating"),
        ("red camera:canon^2", "cannot have a weight"),
        ("red camera:", "Missing value"),
    ],
)
def test_what_is_not_there_is_said_with_what_is(case: wb.Case, asked: str, said: str) -> None:
    with pytest.raises(QueryError, match=said):
        case.ask(asked)


def test_only_filters_go_into_where(case: wb.Case) -> None:
    with pytest.raises(QueryError, match=r"'a boat' in where= is no filter.*rating:"):
        case.search("red", where="a boat rating:5")
    with pytest.raises(QueryError):
        case.search("red", where=5)  # type: ignore[arg-type]  # what is tested


def test_tables_without_the_columns_have_nothing(case: wb.Case) -> None:
    filters = metadata_filters(pd.DataFrame({"image_id": ["a", "b"]}))

    for key in filters.keys() - {"rating"}:
        with pytest.raises(QueryError, match="metadata=True"):
            filters[key]("x")
    assert not len(filters["rating"](">=0"))


def test_keywords_of_large_cases_stay_in_arrow() -> None:
    lists = pa.chunked_array([pa.array([["a", "b"], None, ["B"], []], pa.list_(pa.string()))])
    images = pd.DataFrame({"keywords": pd.Series(pd.arrays.ArrowExtensionArray(lists))})

    assert metadata_filters(images)["keyword"]("b").tolist() == [0, 2]
