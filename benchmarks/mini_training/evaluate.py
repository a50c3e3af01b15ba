"""How well heads do on photos they never saw."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.bench_attributes import queries
from benchmarks.mini_training.photos import Photo
from benchmarks.mini_training.sentences import sentences_of
from benchmarks.mini_training.splits import Split

if TYPE_CHECKING:
    from numpy.typing import NDArray

EmbedPhotos = Callable[[Sequence[int]], "NDArray[np.float32]"]
EmbedTexts = Callable[[Sequence[str]], "NDArray[np.float32]"]

ROUNDS = 1000  # of the bootstrap


def evaluate(
    photos: Sequence[Photo], split: Split, embed: EmbedPhotos, texts: EmbedTexts, *, measured: bool
) -> dict[str, float]:
    """Every figure of the model card, by name; fractions in [0, 1].

    Without ``measured``, captions are those of the photos for choices, not of the held-out ones.
    """
    parts = {"captions": split.captions, "mixed": split.mixed} if measured else {"tuning": split.tuning}
    found: dict[str, float] = {}
    for name, indices in parts.items():
        found |= retrieval(photos, indices, embed, texts, name)
    return found | classification(split, embed, texts) | people(photos, split, embed, texts)


def retrieval(
    photos: Sequence[Photo], indices: Sequence[int], embed: EmbedPhotos, texts: EmbedTexts, name: str
) -> dict[str, float]:
    """Text to image among some photos, each caption a query; R@1 with the 95 % interval of a bootstrap.

    The bootstrap draws photos with their captions, because captions of a photo are found or missed together.
    """
    captions = [sentences_of(photos[index]) for index in indices]
    owner = np.repeat(np.arange(len(captions)), [len(group) for group in captions])
    scores = texts([sentence for group in captions for sentence in group]) @ embed(indices).T
    rank = ranks(scores, owner)
    found = {f"{name} R@{k}": float((rank < k).mean()) for k in (1, 5, 10)}
    low, high = interval(rank < 1, owner)
    return found | {f"{name} R@1 from": low, f"{name} R@1 to": high}


def interval(right: NDArray[np.bool_], owner: NDArray[np.int64]) -> tuple[float, float]:
    """95 % interval of the share that is right, from drawing owners with replacement."""
    hits, sizes = np.bincount(owner, right), np.bincount(owner)
    drawn = np.random.default_rng(0).integers(len(sizes), size=(ROUNDS, len(sizes)))
    low, high = np.quantile(hits[drawn].sum(axis=1) / sizes[drawn].sum(axis=1), (0.025, 0.975))
    return float(low), float(high)


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
    asked = queries()
    scores = embed(split.people) @ texts(list(asked)).T
    truth = [[test(photos[index].rows[0]) for index in split.people] for test in asked.values()]
    found = {
        f"AP {name}": average_precision(scores[:, column], np.array(truth[column]))
        for column, name in enumerate(asked)
    }
    return {f"mean AP of {len(found)}": float(np.nanmean(list(found.values()))), **found}


def ranks(scores: NDArray[np.float32], right: NDArray[np.int64]) -> NDArray[np.int64]:
    """Rank of the right column in each row of scores (Q, N), 0 is first; ties count against it."""
    own = scores[np.arange(len(scores)), right][:, None]
    better: NDArray[np.int64] = (scores >= own).sum(axis=1) - 1
    return better


def average_precision(scores: NDArray[np.float32], truth: NDArray[np.bool_]) -> float:
    """Mean over the right rows of the share of right ones at or above them."""
    ordered = truth[np.argsort(-scores, kind="stable")]
    if not ordered.any():
        return float("nan")
    hits = np.cumsum(ordered) / np.arange(1, len(ordered) + 1)
    return float(hits[ordered].mean())
