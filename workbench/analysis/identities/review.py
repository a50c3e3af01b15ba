"""What to look at again: faces that may be in the wrong identity, identities that may be one person."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.analysis.identities.calibration import Scale, cosine_of
from workbench.analysis.identities.constraints import column
from workbench.analysis.identities.neighbours import neighbour_graph
from workbench.analysis.identities.postprocess import means_of

Kind = Literal["far apart", "far in time", "close"]
Identities = list[tuple[int, NDArray[np.int64]]]

SECONDS_A_YEAR = 365.25 * 24 * 3600
BLUR_ALLOWANCE = 0.15  # how much less like its own a face of quality 0 may be than one of quality 1
CLOSE_CHANCE = 0.25  # two identities are a doubt from this chance on that they are one
CLOSEST = 5  # other identities looked at for each


@dataclass(frozen=True)
class Doubt:
    """One thing to look at again.

    ``kind``: "far apart", a face unlike the rest of its ``identity``; "far in time", an identity nobody saw
    for years; "close", two identities that look like one. ``other`` is the second identity of
    "close", else the same as ``identity``. ``row`` and ``other_row`` are two faces to compare, ``similarity``
    is the mean cosine the doubt rests on, ``why`` says it in words.
    """

    kind: Kind
    identity: int
    other: int
    row: int
    other_row: int
    similarity: float
    why: str


def review(
    vectors: NDArray[np.floating],
    labels: ArrayLike,
    quality: ArrayLike | None = None,
    when: ArrayLike | None = None,
    *,
    scale: Scale,
    photo: ArrayLike | None = None,
    years: float = 10.0,
    limit: int = 100,
) -> list[Doubt]:
    """Return at most ``limit`` doubts of each kind about the identities in (N,) ``labels``, gravest first.

    ``vectors`` (N, D) unit rows; labels below 0 are no identity. ``quality`` (N,) in [0, 1]: a poor face may
    be less like the rest before it is doubted. ``when`` (N,): seconds, nan where unknown; ``years`` without a
    photo are a doubt. ``photo`` (N,), -1 for none: identities seen together are not called close.
    Raises QueryError for arrays of other lengths.
    """
    known = column(labels, len(vectors), -1, "labels").astype(np.int64)
    good = column(quality, len(known), 1.0, "quality").astype(np.float64)
    times = column(when, len(known), np.nan, "when").astype(np.float64)
    photos = column(photo, len(known), -1, "photo").astype(np.int64)
    identities = _identities(known)
    kinds = (
        _far_apart(vectors, identities, good, scale),
        _far_in_time(vectors, identities, times, years),
        _close(vectors, known, identities, photos, scale),
    )
    return [doubt for found in kinds for _, doubt in sorted(found, key=lambda pair: pair[0])[:limit]]


def _identities(labels: NDArray[np.int64]) -> Identities:
    rows = np.flatnonzero(labels >= 0)
    rows = rows[np.argsort(labels[rows], kind="stable")]
    numbers, starts = np.unique(labels[rows], return_index=True)
    return list(zip(numbers.tolist(), np.split(rows, starts[1:]) if len(rows) else [], strict=True))


def _far_apart(
    vectors: NDArray[np.floating], identities: Identities, quality: NDArray[np.float64], scale: Scale
) -> Iterator[tuple[float, Doubt]]:
    """Yield faces that more likely are somebody else, with how like they are once quality is allowed for."""
    for identity, rows in identities:
        if len(rows) < 2:
            continue
        own = np.asarray(vectors[rows], np.float32)
        likeness = (own @ own.sum(axis=0) - 1) / (len(rows) - 1)
        typical = int(np.argmax(likeness))
        adjusted = likeness + BLUR_ALLOWANCE * (1 - quality[rows])
        for place in np.flatnonzero(adjusted < scale.even):
            if place != typical:
                why = f"unlike the other {len(rows) - 1} faces: mean cosine {likeness[place]:.2f}"
                pair = int(rows[place]), int(rows[typical])
                found = Doubt("far apart", identity, identity, *pair, float(likeness[place]), why)
                yield float(adjusted[place]), found


def _far_in_time(
    vectors: NDArray[np.floating], identities: Identities, when: NDArray[np.float64], years: float
) -> Iterator[tuple[float, Doubt]]:
    """Yield identities with a gap of ``years`` in time, with how like the faces before and after it are."""
    for identity, rows in identities:
        dated = rows[~np.isnan(when[rows])]
        dated = dated[np.argsort(when[dated], kind="stable")]
        gaps = np.diff(when[dated]) / SECONDS_A_YEAR
        if not len(gaps) or gaps.max() < years:
            continue
        after = int(np.argmax(gaps)) + 1
        early, late = dated[:after], dated[after:]
        cosines = np.asarray(vectors[early[-50:]] @ vectors[late[:50]].T, np.float64)
        a, b = np.unravel_index(np.argmax(cosines), cosines.shape)
        similarity = float(cosines.mean())
        why = f"no photo for {gaps.max():.0f} years, {len(early)} before and {len(late)} after"
        pair = int(early[-50:][a]), int(late[b])
        yield similarity, Doubt("far in time", identity, identity, *pair, similarity, why)


def _close(
    vectors: NDArray[np.floating],
    labels: NDArray[np.int64],
    identities: Identities,
    photo: NDArray[np.int64],
    scale: Scale,
) -> Iterator[tuple[float, Doubt]]:
    """Yield pairs of identities that may be one person, with how unlike they are."""
    if not identities:
        return
    means = means_of(vectors, labels, np.array([identity for identity, _ in identities], np.int32))
    near = neighbour_graph(means, CLOSEST, cosine_of(CLOSE_CHANCE, scale))
    places, columns = np.nonzero(near.rows >= 0)
    pairs = {tuple(sorted((int(p), int(near.rows[p, c])))) for p, c in zip(places, columns, strict=True)}
    for first, second in sorted(pairs):
        (identity, rows), (other, other_rows) = identities[first], identities[second]
        seen = photo[rows][photo[rows] >= 0]
        if np.isin(photo[other_rows], seen).any():
            continue
        similarity = float(means[first] @ means[second])
        pair = (
            int(rows[np.argmax(vectors[rows] @ means[second])]),
            int(other_rows[np.argmax(vectors[other_rows] @ means[first])]),
        )
        why = f"two identities of {len(rows)} and {len(other_rows)} faces: mean cosine {similarity:.2f}"
        yield -similarity, Doubt("close", identity, other, *pair, similarity, why)
