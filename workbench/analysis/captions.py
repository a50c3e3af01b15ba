"""Image to text: the phrases of a vocabulary that fit an image best."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from workbench.errors import QueryError

SHARPNESS = 40.0  # a phrase that is 0.1 nearer is exp(4) = 55 times as likely


class Caption(NamedTuple):
    """A phrase for an image, with its cosine (-1 to 1) and its share among all phrases (0 to 1)."""

    phrase: str
    score: float
    probability: float


def describe(
    image_vector: NDArray[np.floating],
    text_vectors: NDArray[np.floating],
    vocabulary: Sequence[str],
    k: int = 5,
    *,
    usual: NDArray[np.floating] | None = None,
) -> list[Caption]:
    """Return the ``k`` phrases of ``vocabulary`` that fit a unit ``image_vector`` (D,) best, best first.

    ``text_vectors`` is (P, D), row p belonging to phrase p. ``usual`` (P,) is each phrase's mean score over
    the collection (`usual_scores`): without it a phrase near to every image, a hub, is named for all of them.
    ``probability`` is a softmax over the vocabulary, not calibrated: it says how clearly a phrase beats the
    others, not whether it is true.

    Raises QueryError if vectors and phrases do not match.

    Sources: Radford et al. 2021 (arXiv:2103.00020) for the softmax over phrases; Radovanovic, Nanopoulos and
    Ivanovic, "Hubs in space" (JMLR 2010) for the correction.
    """
    if len(text_vectors) != len(vocabulary):
        raise QueryError(
            f"{len(vocabulary)} phrases were given with {len(text_vectors)} vectors.",
            "Pass one vector for each phrase, in the same order.",
        )
    scores = np.asarray(text_vectors @ image_vector, np.float64)
    contrast = scores - scores.mean() if usual is None else scores - usual
    shares = np.exp(SHARPNESS * (contrast - contrast.max(initial=0)))
    best = np.argsort(-contrast, kind="stable")[:k]
    return [Caption(vocabulary[i], float(scores[i]), float(shares[i] / shares.sum())) for i in best]


def usual_scores(vectors: NDArray[np.floating], text_vectors: NDArray[np.floating]) -> NDArray[np.float32]:
    """Return the mean cosine (P,) of ``text_vectors`` (P, D) with a collection of ``vectors`` (N, D)."""
    if len(vectors) == 0:
        return np.zeros(len(text_vectors), np.float32)
    return np.asarray(text_vectors @ np.mean(vectors, axis=0), np.float32)


def default_vocabulary() -> list[str]:
    """Return the phrases that come with Workbench."""
    return read_vocabulary(Path(__file__).with_name("vocabulary.txt"))


def read_vocabulary(path: str | Path) -> list[str]:
    """Return the phrases of a UTF-8 file, one a line; blank lines, ``#`` lines and repeats are left out.

    Raises QueryError if the file cannot be read or contains no phrases.
    """
    try:
        lines = Path(path).read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise QueryError(
            f"The vocabulary {path} cannot be read: {error}.",
            "Use a UTF-8 text file with one phrase per line.",
        ) from error
    phrases = list(dict.fromkeys(line.strip() for line in lines if line.strip() and not line.startswith("#")))
    if not phrases:
        raise QueryError(f"The vocabulary {path} contains no phrases.", "Write one phrase per line into it.")
    return phrases
