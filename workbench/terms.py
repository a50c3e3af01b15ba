"""Terms: what an analyst can put into a query, and how each becomes a vector."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, Union

import numpy as np
from numpy.typing import NDArray

from workbench.errors import QueryError

if TYPE_CHECKING:
    from PIL.Image import Image

    from workbench.embedding import Embedder


@dataclass(frozen=True)
class Like:
    """A sample of the case used as a query: "more like this"."""

    sample_id: str


Term: TypeAlias = Union[str, Path, "Image", Like]
Vector: TypeAlias = NDArray[np.float32]

_KINDS = "a text, a pathlib.Path of a picture, a PIL image or wb.like(sample_id)"


def like(sample_id: str) -> Like:
    """Return the term "like the sample ``sample_id``" (see ``case.images.image_id``)."""
    return Like(sample_id)


def term_vector(
    term: Term, embedder: "Callable[[], Embedder]", sample_vector: Callable[[str], Vector]
) -> Vector:
    """Return the unit vector (D,) of one term.

    ``embedder`` is called only where a model is needed; ``sample_vector`` returns the stored vector of a
    sample. Raises QueryError for an empty text, an unreadable picture or an unknown kind of term.
    """
    match term:
        case str():
            if not term.strip():
                raise QueryError(
                    "The query is empty.", "Type what the picture shows, for example 'a cup of coffee'."
                )
            return np.asarray(embedder().embed_texts([term.strip()])[0], np.float32)
        case Like(sample_id):
            return sample_vector(sample_id)
        case Path():
            model = embedder()
            return _picture_vector(_read(term, model), model)
        case _ if hasattr(term, "convert"):
            return _picture_vector(term, embedder())
    raise QueryError(f"A query cannot be a {type(term).__name__}.", f"Use {_KINDS}.")


def as_terms(terms: "Term | Sequence[Term]") -> list[Term]:
    """Return one term or several as a list."""
    return list(terms) if isinstance(terms, list | tuple) else [terms]  # type: ignore[list-item]


def term_text(term: Term) -> str:
    """Return a short text that names a term for a person."""
    match term:
        case str():
            return f'"{term.strip()}"'
        case Like(sample_id):
            return f"like {sample_id[:8]}"
        case Path():
            return f"like {term.name}"
    return "like a picture"


def _read(path: Path, embedder: "Embedder") -> "Image":
    """Decode a file exactly as ingest does, so that a file of the collection finds itself."""
    from workbench.embedding.examine import decode_side
    from workbench.media.decode import DecodeError, read_image

    try:
        return read_image(path.read_bytes(), min_side=decode_side(embedder.prepare)).image
    except (OSError, DecodeError) as error:
        reason = f"The picture {path} cannot be read ({error})."
        raise QueryError(reason, "Give a JPEG, PNG, WebP or HEIC file.") from error


def _picture_vector(picture: "Image", embedder: "Embedder") -> Vector:
    batch = np.stack([embedder.prepare(picture.convert("RGB"))])
    return np.asarray(embedder.embed_images(batch)[0], np.float32)
