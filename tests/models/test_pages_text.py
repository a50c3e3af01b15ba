"""A page of a document is found by what is written on it, with the model that reads text."""

from pathlib import Path

import pytest

import workbench as wb
from tests.helpers.documents import pdf
from workbench.models.regions import load_regions
from workbench.models.registry import register_model
from workbench.testing import ColourEmbedder, register

pytestmark = pytest.mark.weights


def test_a_page_is_found_by_its_text(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    written = ["LIST OF SHIPS", "HARBOUR FEES PAID"]
    (tmp_path / "photos/report.pdf").write_bytes(pdf(["white"] * 2, texts=written))
    register_model("fake", lambda _: ColourEmbedder(), regions=load_regions)
    try:
        case = wb.open(tmp_path / "photos", case=tmp_path / "case", model="fake")
        case.ingest(regions=["text"], progress=False)
        hits = case.search(text="harbour fees")
    finally:
        register()
    assert [case.lookup.shown(row) for row in hits.rows] == ["report.pdf#page=2"]
    x, y, width, height = hits.boxes[0]
    assert (100 < x < 190, 900 < y < 1300, 600 < width < 1400, 60 < height < 200) == (True,) * 4
