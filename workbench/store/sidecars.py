"""Sidecars: what files of XMP beside photos say, laid over what the photos say of themselves."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from workbench.store import schemas

_SUFFIX = b".xmp"


def lay_over(images: pd.DataFrame, sidecars: pd.DataFrame) -> None:
    """Change a table of images (raw_path, metadata) to what is said of each with its sidecar.

    The sidecar of ``a.jpg`` is ``a.jpg.xmp``, else ``a.xmp``, in the same folder. What people write
    (`schemas.OF_SIDECARS`) it decides; of the rest (`schemas.BESIDE`) it says what the photo does not.
    ``sidecars``: the last row of each sidecar.
    """
    sidecars = sidecars[sidecars["status"] == "ok"]
    if not len(sidecars) or not len(images):
        return
    rows, beside = _pairs(images["raw_path"], sidecars["raw_path"])
    if not len(rows):
        return
    said = sidecars.iloc[beside]
    for name in schemas.OF_SIDECARS:
        values = said[name].to_numpy(object)
        _put(images, name, rows, values, pd.notna(said[name]).to_numpy())
    for names in schemas.BESIDE:
        alone = images[list(names)].iloc[rows].isna().all(axis=1).to_numpy()
        there = alone & said[names[0]].notna().to_numpy()
        for name in names:
            _put(images, name, rows, said[name].to_numpy(object), there)


def _pairs(photos: Iterable[bytes], sidecars: Iterable[bytes]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the rows of photos that have a sidecar, and of each the row of its sidecar."""
    of = {raw_path[: -len(_SUFFIX)]: row for row, raw_path in enumerate(sidecars)}
    found = [(row, of.get(path, of.get(_stem(path), -1))) for row, path in enumerate(photos)]
    pairs = np.array([pair for pair in found if pair[1] >= 0], np.intp).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]


def _stem(raw_path: bytes) -> bytes:
    """Return a path without the suffix of the file."""
    stem, dot, suffix = raw_path.rpartition(b".")
    return stem if dot and b"/" not in suffix else raw_path


def lists_of(values: Iterable[Any], index: pd.Index) -> pd.Series:
    """Return a column of lists of texts, kept in Arrow; anything but a sequence is null."""
    lists = [list(words) if isinstance(words, list | tuple | np.ndarray) else None for words in values]
    column = pa.chunked_array([pa.array(lists, pa.list_(pa.string()))])
    return pd.Series(pd.arrays.ArrowExtensionArray(column), index=index)


def _put(
    images: pd.DataFrame,
    name: str,
    rows: NDArray[np.intp],
    values: NDArray[np.object_],
    there: NDArray[np.bool_],
) -> None:
    """Write values into some rows of a column, where they are there."""
    if not there.any():
        return
    column = images[name].to_numpy(object).copy()
    column[rows[there]] = values[there]
    changed, kind = pd.Series(column, index=images.index, dtype=object), images[name].dtype
    if name == "keywords":
        images[name] = lists_of(column, images.index)
    else:
        images[name] = pd.to_numeric(changed) if kind.kind in "if" else changed.astype(kind)
