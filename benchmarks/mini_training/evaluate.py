"""How well heads do on photos they never saw."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.mini_training.photos import Photo
from benchmarks.mini_training.sentences import sentences_of
from benchmarks.mini_training.splits import Split

if TYPE_CHECKING:
    from numpy.typing import NDArray

EmbedPhotos = Callable[[Sequence[int]], "NDArray[np.float32]"]
EmbedTexts = Callable[[Sequence[str]], "NDArray[np.float32]"]

ATTRIBUTES: dict[str, Callable[[dict[str, str]], bool]] = {
    "a person carrying a backpack": lambda row: row["backpack"] == "yes",
    "a woman": lambda row: row["gender"] == "female",
    "a person wearing a red top": lambda row: row["upper_red"] == "yes",
    "a person wearing a hat": lambda row: row["hat"] == "yes",
}


def evaluate(
    photos: Sequence[Photo], split: Split, embed: EmbedPhotos, texts: EmbedTexts
) -> dict[str, float]:
    """Every figure of the model card, by name; fractions in [0, 1]."""
    return (
        retrieval(photos, split, embed, texts)
        | classification(split, embed, texts)
        | people(photos, split, embed, texts)
    )


def retrieval(
    photos: Sequence[Photo], split: Split, embed: EmbedPhotos, texts: EmbedTexts
) -> dict[str, float]:
    """Text to image among the held-out captioned photos, each caption a query.

    ``at 1.6 %`` counts a query as right when its photo is in the first 1.6 % of the photos: with 616 photos
    that is the first ten.
    """
    captions = [sentences_of(photos[index]) for index in split.captions]
    owner = np.repeat(np.arange(len(captions)), [len(group) for group in captions])
    scores = texts([sentence for group in captions for sentence in group]) @ embed(split.captions).T
    rank = ranks(scores, owner)
    found = {f"captions R@{k}": float((rank < k).mean()) for k in (1, 5, 10)}
    return found | {"captions at 1.6 %": share_within(rank, 10 / 616 * len(captions))}


def classification(split: Split, embed: EmbedPhotos, texts: EmbedTexts) -> dict[str, float]:
    """ImageNet photos against the names of their classes; ``new`` are the classes never seen in training."""
    scores = embed(split.classes) @ texts([f"a photo of a {label}" for label in split.labels]).T
    rank = ranks(scores, np.arange(len(split.labels)))
    new = rank[split.known :]
    return {
        "classes top-1": float((rank < 1).mean()),
        "classes top-5": float((rank < 5).mean()),
        "new classes top-1": float((new < 1).mean()),
        "new classes top-5": float((new < 5).mean()),
    }


def people(photos: Sequence[Photo], split: Split, embed: EmbedPhotos, texts: EmbedTexts) -> dict[str, float]:
    """Average precision of attribute sentences over photos of people never seen in training."""
    rows = embed(split.people)
    scores = rows @ texts(list(ATTRIBUTES)).T
    truth = [[test(photos[index].rows[0]) for index in split.people] for test in ATTRIBUTES.values()]
    return {
        f"AP {name}": average_precision(scores[:, column], np.array(truth[column]))
        for column, name in enumerate(ATTRIBUTES)
    }


def ranks(scores: NDArray[np.float32], right: NDArray[np.int64]) -> NDArray[np.int64]:
    """Rank of the right column in each row of scores (Q, N), 0 is first; ties count against it."""
    own = scores[np.arange(len(scores)), right][:, None]
    better: NDArray[np.int64] = (scores >= own).sum(axis=1) - 1
    return better


def share_within(rank: NDArray[np.int64], cut: float) -> float:
    """Share of ranks below a cut that need not be whole: between two whole cuts it is interpolated."""
    low = int(np.floor(cut))
    lower, upper = float((rank < low).mean()), float((rank < low + 1).mean())
    return lower + (cut - low) * (upper - lower)


def average_precision(scores: NDArray[np.float32], truth: NDArray[np.bool_]) -> float:
    """Mean over the right rows of the share of right ones at or above them."""
    ordered = truth[np.argsort(-scores, kind="stable")]
    if not ordered.any():
        return float("nan")
    hits = np.cumsum(ordered) / np.arange(1, len(ordered) + 1)
    return float(hits[ordered].mean())
