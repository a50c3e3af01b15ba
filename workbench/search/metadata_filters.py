"""Filters by what is known about photos: ``camera:Canon``, ``keyword:sea``, ``rating:>=4``."""

import operator
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from workbench.analysis.rows import Rows
from workbench.errors import QueryError
from workbench.spelling import lookup_form

if TYPE_CHECKING:
    import pandas as pd

COLUMNS: Mapping[str, str] = MappingProxyType(
    {"camera": "camera", "lens": "lens", "by": "creator", "title": "title", "description": "description"}
)
"""What the filters by text are called in a query, and the column of the table of images that they look at."""
REJECTED = "rejected"
_SHOWN = 5  # values that a message names
_COMPARED = re.compile(r"(?P<sign>>=|<=|>|<|=)?(?P<stars>-?\d)")
_SPAN = re.compile(r"(?P<first>-?\d)?\.\.(?P<last>-?\d)?")
_SIGNS: Mapping[str, Callable[[NDArray[np.float64], float], NDArray[np.bool_]]] = {
    ">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt, "=": operator.eq,
}  # fmt: skip


def metadata_filters(images: "pd.DataFrame") -> dict[str, Callable[[str], Rows]]:
    """Return for each key what gives the rows of ``images`` that its value names, ascending.

    Texts are found within those of the column, however they are cased, composed or spaced; a keyword is meant
    as a whole. They raise QueryError for what no image has, and for a rating that cannot be read.
    """
    filters: dict[str, Callable[[str], Rows]] = {
        key: lru_cache(maxsize=8)(_within(images, key, column)) for key, column in COLUMNS.items()
    }
    filters["keyword"] = lru_cache(maxsize=8)(lambda word: _with_keyword(images, word))
    filters["rating"] = lru_cache(maxsize=8)(lambda stars: _rated(images, stars))
    return filters


def _within(images: "pd.DataFrame", key: str, column: str) -> Callable[[str], Rows]:
    def rows(text: str) -> Rows:
        codes, known = _values(images.get(column))
        sought = lookup_form(text)
        meant = np.array([sought in lookup_form(str(value)) for value in known], bool)
        if not meant.any():
            raise _unknown(key, column, text, codes, known)
        return np.flatnonzero((codes >= 0) & meant[codes]).astype(np.int32)

    return rows


def _with_keyword(images: "pd.DataFrame", word: str) -> Rows:
    column = images.get("keywords")
    each = None if column is None else column[column.notna()].explode()
    codes, known = _values(each)
    sought = lookup_form(word)
    meant = np.array([lookup_form(str(value)) == sought for value in known], bool)
    if each is None or not meant.any():
        raise _unknown("keyword", "keyword", word, codes, known)
    return np.unique(each.index.to_numpy()[(codes >= 0) & meant[codes]]).astype(np.int32)


def _values(column: "pd.Series | None") -> tuple[NDArray[np.intp], list[str]]:
    """Return the code of each value, -1 for none, and what the codes stand for."""
    import pandas as pd

    if column is None:
        return np.empty(0, np.intp), []
    codes, known = pd.factorize(column.astype(object))
    return codes, [str(value) for value in known]


def _unknown(key: str, column: str, text: str, codes: NDArray[np.intp], known: list[str]) -> QueryError:
    """Return an error that names the most frequent of what there is."""
    if not known:
        return QueryError(
            f"No image has a {column}.", "Photos of an older case: run `case.ingest(metadata=True)` once."
        )
    often = np.argsort(-np.bincount(codes[codes >= 0]), kind="stable")[:_SHOWN]
    some = ", ".join(repr(known[code][:40]) for code in often)
    return QueryError(f"No image has the {column} {text!r}.", f"Use {key}: with one of these, say: {some}.")


def _rated(images: "pd.DataFrame", stars: str) -> Rows:
    """Return the rows with some ratings; a photo without one is in none of them."""
    column = images.get("rating")
    rated = np.full(len(images), np.nan) if column is None else column.to_numpy(float, na_value=np.nan)
    text = "-1" if lookup_form(stars) == REJECTED else stars
    compared, span = _COMPARED.fullmatch(text), _SPAN.fullmatch(text)
    if compared:
        meant = _SIGNS[compared["sign"] or "="](rated, float(compared["stars"]))
    elif span and (span["first"] or span["last"]):
        meant = (rated >= float(span["first"] or -1)) & (rated <= float(span["last"] or 5))
    else:
        raise QueryError(
            f"Invalid rating {stars!r}.",
            "Write stars from 0 to 5: rating:5, rating:>=4, rating:3..5, rating:rejected.",
        )
    return np.flatnonzero(meant).astype(np.int32)
