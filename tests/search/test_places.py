"""What ``in:`` and ``kind:`` select, by paths and ids alone."""

import pandas as pd
import pytest

from workbench.errors import QueryError
from workbench.search.questions import inside, of_kind

PATHS = pd.Series([["docs/A.pdf"], ["docs/a.pdf.png"], ["b.zip!/docs/c.png", "x/c.png"], ["docs2/a.jpg"]])


@pytest.mark.parametrize(
    ("file", "rows"),
    [
        ("docs/a.pdf", [0]),
        ("a.pdf", [0]),
        ("docs", [0, 1, 2]),
        ("docs/", [0, 1, 2]),
        ("b.zip", [2]),
        ("x", [2]),
        ("c.png", [2]),
        ("docs2", [3]),
    ],
)
def test_images_in_a_file_a_folder_or_an_archive(file: str, rows: list[int]) -> None:
    assert inside(file, PATHS).tolist() == rows


@pytest.mark.parametrize("file", ["doc", "pdf", ".pdf", "nothing"])
def test_a_part_of_a_name_is_no_place(file: str) -> None:
    with pytest.raises(QueryError, match="No image lies in"):
        inside(file, PATHS)


def test_kinds_are_told_by_ids() -> None:
    ids = pd.Series(["a" * 64, "b" * 64 + "#page=2", "c" * 64 + "#t=1.000"])
    assert [of_kind(kind, ids).tolist() for kind in ("photo", "document", "video")] == [[0], [1], [2]]
    with pytest.raises(QueryError, match="photo, document, video"):
        of_kind("sound", ids)
