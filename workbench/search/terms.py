"""Terms: what an analyst can put into a query, and how each becomes a vector."""

import os
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from numbers import Real
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, Union

import numpy as np
from numpy.typing import NDArray

from workbench.analysis.search import combine
from workbench.errors import QueryError

if TYPE_CHECKING:
    from PIL.Image import Image

    from workbench.ingest import Embedder

MOST_WORDS = 64
"""Words of one phrase: models read some 60 to 70 and say nothing of the rest."""

MOST_SAMPLES = 20_000
"""Samples of a group that its centre is the mean of; more change it by less than can be seen."""


@dataclass(frozen=True)
class Like:
    """A sample of the case used as a query: "more like this"."""

    sample_id: str


@dataclass(frozen=True)
class Centre:
    """Samples of the case used as one query, by the mean of their vectors; ``name`` is for people."""

    sample_ids: tuple[str, ...]
    name: str = "selection"


Plain: TypeAlias = Union[str, Path, "Image", Like, Centre]


@dataclass(frozen=True)
class Weighed:
    """A term that counts ``weight`` times (above 0) as much as another."""

    term: "Plain"
    weight: float


Term: TypeAlias = Plain | Weighed
Vector: TypeAlias = NDArray[np.float32]
SampleVectors: TypeAlias = Callable[[Sequence[str]], NDArray[np.float32]]

_TINTS = frozenset("\u200d\ufe0e\ufe0f\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff")
_MANY = "xlm-roberta-base-ViT-B-32/laion5b_s13b_b90k"
_KINDS = "a text, a pathlib.Path of a picture, a PIL image or wb.like(sample_id)"


def like(samples: "str | Iterable[str]", name: str = "selection") -> Like | Centre:
    """Return the term "like this sample", or "like the middle of these": an id, ids, a Selection or Hits."""
    if isinstance(samples, str):
        return Like(samples)
    ids = getattr(samples, "ids", samples)
    if (
        isinstance(ids, bytes)
        or not isinstance(ids, Iterable)
        or not all(isinstance(one, str) for one in ids)
    ):
        raise QueryError(
            f"Invalid samples: a {type(samples).__name__}.",
            "Use an image_id, a list of them, a Selection or Hits: wb.like(case.images['image_id'][0]).",
        )
    return Centre(tuple(ids), name)


def weigh(term: Term, weight: float) -> Weighed:
    """Return a term that counts ``weight`` times as much as another; raise QueryError unless above 0."""
    if isinstance(term, Weighed):
        return weigh(term.term, weight)
    right = isinstance(weight, Real) and not isinstance(weight, bool | np.bool_)
    if not right or not 0 < weight < np.inf:
        raise QueryError(
            f"Invalid weight {weight!r}.", "Use a number above 0, and `unlike` for what is not wanted."
        )
    return Weighed(term, float(weight))


def as_terms(terms: "Term | Sequence[Term]") -> list[Term]:
    """Return one term or several (a list, tuple, array or column of a table) as a list."""
    several = isinstance(terms, list | tuple) or (hasattr(terms, "tolist") and getattr(terms, "ndim", 1) > 0)
    return list(terms) if several else [terms]  # type: ignore[arg-type, list-item]


def plain(term: Term) -> "tuple[Plain, float]":
    """Return a term without its weight, and the weight."""
    return (term.term, term.weight) if isinstance(term, Weighed) else (term, 1.0)


def needs_model(term: Term) -> bool:
    """Say whether a term must be embedded first; samples of the case have their vectors."""
    return not isinstance(plain(term)[0], Like | Centre)


def term_vector(term: Term, embedder: "Callable[[], Embedder]", sample_vectors: SampleVectors) -> Vector:
    """Return the vector (D,) of one term, of length 1 or, for a centre, less.

    ``embedder`` is called only where a model is needed; ``sample_vectors(ids)`` returns stored vectors.
    Raises QueryError for a text without words or with too many, an empty group, an unreadable picture or
    an unknown kind of term.
    """
    match plain(term)[0]:
        case str() as text:
            return np.asarray(text_vectors(embedder(), [readable(text)])[0], np.float32)
        case Like(sample_id):
            return np.asarray(sample_vectors([sample_id])[0], np.float32)
        case Centre(sample_ids, name):
            if not sample_ids:
                raise QueryError(f"{name} is empty.", "Select some samples first.")
            step = -(-len(sample_ids) // MOST_SAMPLES)
            return np.asarray(sample_vectors(sample_ids[::step]).mean(axis=0), np.float32)
        case Path() as path:
            model = embedder()
            return _picture_vector(_read(path, model), model)
        case other if hasattr(other, "convert"):
            return _picture_vector(other, embedder())
    raise QueryError(f"Invalid query term of type {type(plain(term)[0]).__name__}.", f"Use {_KINDS}.")


def text_vectors(embedder: "Embedder", texts: "Sequence[str]") -> Vector:
    """Return the vectors (T, D) of texts; raises QueryError for one that the model cannot read.

    A model that cannot read all texts has a method ``reads(text)``. Of what it cannot read it would make
    much the same vector each time, and so one answer to all questions.
    """
    check_readable(embedder, texts)
    return np.asarray(embedder.embed_texts(texts), np.float32)


def check_readable(embedder: "Embedder", texts: "Sequence[str]") -> None:
    """Raise QueryError for the first of some texts that the model cannot read."""
    reads: Callable[[str], bool] = getattr(embedder, "reads", bool)
    for text in texts:
        if text and not reads(text):
            raise QueryError(
                f"{embedder.key.partition('-')[0]} cannot read {text[:60]!r}.",
                f"Use English, or open the case with a model of many languages, such as model={_MANY!r}.",
            )


def query_vector(
    wanted: "Sequence[Term]",
    unwanted: "Sequence[Term]",
    embedder: "Callable[[], Embedder]",
    sample_vectors: SampleVectors,
) -> Vector:
    """Return the unit vector (D,) that is near what is wanted and far from what is not, by their weights.

    Raises QueryError for what cannot be embedded, for no terms, and for terms that cancel out.
    """
    plus, minus = (
        [term_vector(term, embedder, sample_vectors) for term in terms] for terms in (wanted, unwanted)
    )
    return combine(plus, minus, [plain(term)[1] for term in (*wanted, *unwanted)])


def readable(text: str) -> str:
    """Return words as a model should read them: trimmed, and with the names of emoji in their place.

    Raises QueryError where there are none, or more than `MOST_WORDS`.
    """
    words = "".join(map(_named, text)).split()
    if not words:
        raise QueryError("The query is empty.", "Type what the picture shows, for example 'a cup of coffee'.")
    if len(words) > MOST_WORDS:
        raise QueryError(
            f"A phrase of {len(words):,} words is longer than the model can read.",
            f"Use at most {MOST_WORDS}, or join several phrases with +.",
        )
    if not any(letter.isalnum() for word in words for letter in word):
        raise QueryError(f"There are no words in {text.strip()[:40]!r}.", "Type what the picture shows.")
    return " ".join(words)


def _named(letter: str) -> str:
    """Return "" for what joins and tints emoji, " cat " for a cat, and any other letter as it is."""
    if letter in _TINTS:
        return ""
    if unicodedata.category(letter) == "So":
        return f" {unicodedata.name(letter, '').lower()} "
    return letter


def _read(path: Path, embedder: "Embedder") -> "Image":
    """Decode a file exactly as ingest does, so that a file of the collection finds itself."""
    from workbench.ingest.examine import decode_side
    from workbench.media.decode import DecodeError
    from workbench.media.read import ReadError
    from workbench.media.stills import read_first

    try:
        return read_first(os.fsencode(path), min_side=decode_side(embedder.prepare)).image
    except (ReadError, DecodeError) as error:
        reason = f"The picture {path} cannot be read ({error})."
        raise QueryError(reason, "Give a JPEG, PNG, WebP or HEIC file.") from error


def _picture_vector(picture: "Image", embedder: "Embedder") -> Vector:
    batch = np.stack([embedder.prepare(picture.convert("RGB"))])
    return np.asarray(embedder.embed_images(batch)[0], np.float32)
