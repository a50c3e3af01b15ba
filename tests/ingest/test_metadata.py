"""Metadata of a case: columns, sidecars beside photos, and what an older version read."""

import io
import os
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from PIL import Image

import workbench as wb
from workbench.ingest import plan

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"


def xmp(title: str = "", rating: str = "", keywords: str = "", more: str = "") -> bytes:
    inner = f"<dc:title><rdf:Alt><rdf:li>{title}</rdf:li></rdf:Alt></dc:title>" if title else ""
    inner += f"<dc:subject><rdf:Bag><rdf:li>{keywords}</rdf:li></rdf:Bag></dc:subject>" if keywords else ""
    rated = f'xmp:Rating="{rating}"' if rating else ""
    return (
        f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="{RDF}"><rdf:Description rdf:about=""'
        f' {rated} {more} xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:xmp="http://ns.adobe.com/xap/1.0/" '
        f'xmlns:exif="http://ns.adobe.com/exif/1.0/">{inner}</rdf:Description></rdf:RDF></x:xmpmeta>'
    ).encode()


def photo(path: Path, colour: tuple[int, int, int], packet: bytes = b"", when: str = "") -> None:
    exif = Image.Exif()
    exif[0x010F] = "Canon"
    if when:
        exif.get_ifd(0x8769)[0x9003] = when
    buffer = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(buffer, "JPEG", exif=exif, **({"xmp": packet} if packet else {}))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(buffer.getvalue())


@pytest.fixture
def source(tmp_path: Path) -> Path:
    photo(tmp_path / "photos/a.jpg", (200, 0, 0), xmp("Inside", "2", "sea"), "2021:03:04 05:06:07")
    photo(tmp_path / "photos/b.jpg", (0, 200, 0))
    photo(tmp_path / "photos/deep/a.jpg", (0, 0, 200))
    return tmp_path / "photos"


@pytest.fixture
def case(source: Path, tmp_path: Path) -> wb.Case:
    return wb.open(source, case=tmp_path / "case", model="fake")


def of(case: wb.Case, path: str, *columns: str) -> tuple[object, ...]:
    row = case.images.set_index("path").loc[path]
    return tuple(
        None if not isinstance(row[name], list) and pd.isna(row[name]) else row[name] for name in columns
    )


def test_what_photos_say_are_columns(case: wb.Case) -> None:
    case.ingest(progress=False)

    assert of(case, "a.jpg", "title", "rating", "keywords", "camera") == ("Inside", 2, ["sea"], "Canon")
    assert of(case, "b.jpg", "title", "rating", "keywords", "taken_zone") == (None, None, None, None)
    assert case.images["taken_at"].tolist()[0] == pd.Timestamp("2021-03-04 05:06:07")
    assert of(case, "b.jpg", "time_conflict") == (None,)


def test_the_times_of_a_photo_disagree_by(case: wb.Case, source: Path) -> None:
    name = "IMG_20210304_050609.jpg"
    (source / "a.jpg").rename(source / name)
    os.utime(source / name, (datetime(2021, 3, 4, 4, 6, 7).timestamp(),) * 2)
    case.ingest(progress=False)

    assert of(case, name, "time_conflict") == (2.0,)


def test_a_sidecar_decides_what_people_write_and_not_the_clock(case: wb.Case, source: Path) -> None:
    (source / "a.xmp").write_bytes(
        xmp(
            "Beside",
            "5",
            "boat",
            'exif:DateTimeOriginal="1999-01-01T00:00:00" exif:GPSLatitude="51,30N" exif:GPSLongitude="0,6W"',
        )
    )
    (source / "b.jpg.XMP").write_bytes(xmp("Of b", more='exif:DateTimeOriginal="1999-01-01T00:00:00+01:00"'))
    (source / "b.xmp").write_bytes(xmp("Of another b"))
    case.ingest(progress=False)

    assert of(case, "a.jpg", "title", "rating", "keywords") == ("Beside", 5, ["boat"])
    assert of(case, "a.jpg", "taken_at", "lat", "lon") == (pd.Timestamp("2021-03-04 05:06:07"), 51.5, -0.1)
    assert of(case, "b.jpg", "title", "taken_at", "taken_zone") == ("Of b", pd.Timestamp("1999-01-01"), 60)
    assert of(case, "deep/a.jpg", "title", "lat") == (None, None)
    assert not len(case.problems)


def test_an_edited_sidecar_is_read_again_and_no_photo_for_it(
    case: wb.Case, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (source / "a.xmp").write_bytes(xmp("Before", "5"))
    case.ingest(progress=False)
    monkeypatch.setattr("workbench.ingest.examine.look", lambda path, _: pytest.fail(f"{path!r} was read"))
    (source / "a.xmp").write_bytes(xmp("Afterwards"))
    report = case.ingest(progress=False)

    assert report.unchanged == 3
    assert of(case, "a.jpg", "title", "rating") == ("Afterwards", 2)

    (source / "a.xmp").unlink()
    case.ingest(progress=False)
    assert of(case, "a.jpg", "title") == ("Inside",)


def test_a_sidecar_that_cannot_be_read_is_a_problem_until_it_can(case: wb.Case, source: Path) -> None:
    (source / "a.xmp").write_bytes(b"<x:xmpmeta broken")
    for _ in range(2):
        case.ingest(progress=False)
        assert case.problems[["path", "step"]].to_numpy().tolist() == [["a.xmp", "metadata"]]
        assert of(case, "a.jpg", "title") == ("Inside",)
        assert "a.xmp" not in set(case.skipped["path"])

    (source / "a.xmp").write_bytes(xmp("Good"))
    case.ingest(progress=False)
    assert not len(case.problems)
    assert of(case, "a.jpg", "title") == ("Good",)


def test_a_sidecar_of_megabytes_is_not_read(case: wb.Case, source: Path) -> None:
    (source / "a.xmp").write_bytes(xmp("x" * 5_000_000))
    case.ingest(progress=False)

    assert "the limit" in case.problems["reason"][0]


def make_old(case: wb.Case) -> None:
    """Leave of the table of images what an older version wrote."""
    parts = case.folder.images
    table = parts.read()
    new = (
        "taken_zone",
        "title",
        "description",
        "keywords",
        "rating",
        "creator",
        "copyright",
        "metadata_version",
    )
    for name in new:
        place = table.schema.get_field_index(name)
        table = table.set_column(
            place, table.schema.field(name), pa.nulls(table.num_rows, table.schema.field(name).type)
        )
    parts.append(table)
    case.refresh()


def test_metadata_of_an_older_version_are_read_again_when_asked_for(
    case: wb.Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    case.ingest(progress=False)
    make_old(case)
    vectors = case.vectors.copy()
    assert of(case, "a.jpg", "title") == (None,)
    case.ingest(progress=False)
    assert of(case, "a.jpg", "title") == (None,)

    monkeypatch.setattr(
        "workbench.ingest.examine.read_image", lambda *_, **__: pytest.fail("pixels were decoded")
    )
    report = case.ingest(metadata=True, progress=False)
    assert (report.embedded, report.new) == (0, 0)
    assert of(case, "a.jpg", "title", "rating", "width", "height", "format") == ("Inside", 2, 64, 48, "JPEG")
    assert np.array_equal(case.vectors, vectors)

    monkeypatch.setattr("workbench.ingest.examine.look", lambda path, _: pytest.fail(f"{path!r} was read"))
    assert case.ingest(metadata=True, progress=False).unchanged == 3
    assert plan.read_known(case.folder, {}, retry=False, metadata=True).outdated == {}


def test_what_was_odd_of_metadata_is_past_when_they_are_read_again(case: wb.Case, source: Path) -> None:
    photo(source / "c.jpg", (9, 9, 9), b"<broken")
    case.ingest(progress=False)
    assert case.problems["step"].tolist() == ["metadata"]
    make_old(case)
    rows = case.folder.problems.read().to_pylist()
    case.folder.problems.append(
        pa.Table.from_pylist([{**rows[0], "reason": "an old reason"}], case.folder.problems.schema)
    )
    case.ingest(metadata=True, progress=False)

    assert "the XMP cannot be read" in case.problems["reason"].tolist()[0]


def test_all_kinds_of_pictures_give_the_same_when_only_their_metadata_are_read(source: Path) -> None:
    from workbench.media.decode import read_image, read_metadata_of

    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "Canon", 6
    for name in ("JPEG", "PNG", "TIFF", "WEBP", "HEIF", "AVIF", "MPO", "GIF", "BMP"):
        buffer = io.BytesIO()
        Image.new("RGB", (64, 48)).save(
            buffer, name, **({} if name in ("GIF", "BMP") else {"exif": exif.tobytes()})
        )
        data = buffer.getvalue()
        assert read_metadata_of(data) == read_image(data, min_side=48).facts.metadata
