"""Likeness: how near the members of a group are to each other, and to those of other groups."""

from collections.abc import Sequence
from typing import Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.errors import QueryError

Metric = Literal["cosine", "euclidean", "manhattan"]
Floats = NDArray[np.float32]

PAIRS = 20_000  # pairs that stand for all


class Likeness(NamedTuple):
    """Likeness of pairs within groups and of pairs across groups.

    ``inner`` (P,) and ``inter`` (Q,): a cosine, where more is nearer, or a distance, where less is.
    ``separation`` [0, 1]: in how many of all couples of an inner and an inter pair the inner one is nearer
    (0.5: groups mean nothing to these vectors). ``groups``: name, size, mean inner, mean inter (nan: alone).
    """

    inner: Floats
    inter: Floats
    separation: float
    groups: list[tuple[str, int, float, float]]


def compare(a: NDArray[np.floating], b: NDArray[np.floating], metric: Metric = "cosine") -> Floats:
    """Return the likeness (N, M) of each row of ``a`` (N, D) with each of ``b`` (M, D).

    "cosine" [-1, 1] is of unit rows; "euclidean" and "manhattan" are distances, 0 for the same. Raises
    QueryError for another metric.
    """
    a, b = np.asarray(a, np.float32), np.asarray(b, np.float32)
    match metric:
        case "cosine":
            return np.asarray(a @ b.T, np.float32)
        case "euclidean":
            squares = (a**2).sum(axis=1)[:, None] + (b**2).sum(axis=1) - 2 * (a @ b.T)
            return np.asarray(np.sqrt(np.maximum(squares, 0)), np.float32)
        case "manhattan":
            rows = [np.abs(row - b).sum(axis=1) for row in a]
            return np.stack(rows).astype(np.float32) if rows else np.empty((0, len(b)), np.float32)
    raise QueryError(f"Unknown metric {metric!r}.", f"Use one of {', '.join(get_args(Metric))}.")


def likeness(
    vectors: NDArray[np.floating], groups: Sequence[str], metric: Metric = "cosine", seed: int = 0
) -> Likeness:
    """Return the likeness within and across ``groups`` (N,), the name of each row's group ("" for none).

    ``vectors`` is (N, D). Of many pairs `PAIRS` are drawn, each group in proportion to its pairs, the
    same for the same ``seed``. Raises QueryError where there are not two groups, or none has two members.
    """
    names = np.asarray(groups, object).astype(str)
    rows = np.flatnonzero(names != "")
    known, labels = np.unique(names[rows], return_inverse=True)
    sizes = np.bincount(labels)
    if len(known) < 2 or sizes.max(initial=0) < 2:
        raise QueryError(
            "A comparison needs two or more groups, at least one of them with two members.",
            "Choose other groups, or tag some images first.",
        )
    chance = np.random.default_rng(seed)
    inner = _inner_pairs(labels, sizes, chance)
    inter = chance.integers(0, len(rows), (2, 2 * PAIRS))
    inter = inter[:, labels[inter[0]] != labels[inter[1]]][:, :PAIRS]
    near = _of_pairs(vectors, rows[inner], metric), _of_pairs(vectors, rows[inter], metric)
    table = [
        (
            str(name),
            int(sizes[g]),
            _mean(near[0], labels[inner[0]] == g),
            _mean(near[1], (labels[inter] == g).any(0)),
        )
        for g, name in enumerate(known)
    ]
    return Likeness(
        near[0], near[1], _separation(near[0], near[1], metric), sorted(table, key=lambda row: -row[1])
    )


def _inner_pairs(
    labels: NDArray[np.intp], sizes: NDArray[np.intp], chance: np.random.Generator
) -> NDArray[np.intp]:
    """Draw pairs (2, P) of two different members of one group."""
    order = np.argsort(labels, kind="stable")
    starts = np.cumsum(sizes) - sizes
    pairs = sizes * (sizes - 1.0)
    drawn = chance.choice(len(sizes), PAIRS, p=pairs / pairs.sum())
    first = chance.integers(0, sizes[drawn])
    other = (first + chance.integers(1, sizes[drawn])) % sizes[drawn]
    return np.asarray(order[np.stack([starts[drawn] + first, starts[drawn] + other])], np.intp)


def _of_pairs(vectors: NDArray[np.floating], pairs: NDArray[np.intp], metric: Metric) -> Floats:
    a, b = (np.asarray(vectors[rows], np.float32) for rows in pairs)
    match metric:
        case "cosine":
            return np.asarray((a * b).sum(axis=1), np.float32)
        case "euclidean":
            return np.asarray(np.linalg.norm(a - b, axis=1), np.float32)
        case "manhattan":
            return np.asarray(np.abs(a - b).sum(axis=1), np.float32)
    raise QueryError(f"Unknown metric {metric!r}.", f"Use one of {', '.join(get_args(Metric))}.")


def _mean(values: Floats, here: ArrayLike) -> float:
    some = values[np.asarray(here, bool)]
    return float(some.mean()) if len(some) else float("nan")


def _separation(inner: Floats, inter: Floats, metric: Metric) -> float:
    """Return the share of couples in which the inner pair is nearer; equal ones count half (ROC area)."""
    a, b = (inner, inter) if metric == "cosine" else (-inner, -inter)
    b = np.sort(b)
    return float((np.searchsorted(b, a, "left") + np.searchsorted(b, a, "right")).mean() / (2 * len(b)))
