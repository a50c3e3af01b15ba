"""Instances: find the same thing in other images, with its box, from a box drawn on one."""

import contextlib
import math
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, Union

import numpy as np
from numpy.typing import NDArray

from workbench.case.arguments import checked, flag, is_text, or_none, real, whole
from workbench.case.instances.model import ThingModel, key_name, load_thing_model
from workbench.case.instances.things import CandidateBook, Picture, as_fractions, read_picture
from workbench.errors import CaseError, WorkbenchError
from workbench.samples.instances import instance_parts
from workbench.search.hits import Hits
from workbench.search.image_lookup import ImageLookup
from workbench.search.ranker import Ranker
from workbench.search.request import Limits
from workbench.search.terms import readable, text_vectors
from workbench.store.case_folder import CaseFolder
from workbench.store.sample_parts import known_key, remember_key
from workbench.store.samples import count_packed

if TYPE_CHECKING:
    import pandas as pd
    from PIL import Image

    from workbench.ingest import InstanceReport
    from workbench.media.decode import DecodedImage
    from workbench.samples.models import Embedder

Where: TypeAlias = Union[int, str, Path, "Image.Image"]
Rows = NDArray[np.int32]
Box = NDArray[np.float32]

SHARPENED = 8
"""Hits whose box is looked for again in the photo itself, token by token."""
_ASKED = 12  # images whose candidates a text is compared with
_PARTS = 8  # candidates of each of them
_WHOLE = np.array((0, 0, 1, 1), np.float32)


@dataclass(frozen=True, eq=False)
class InstanceSource:
    """What `Instances` needs of a case.

    ``folder`` is where its files and candidates lie; row i of the table ``images`` belongs to row i of
    ``vectors`` (N, D), unit rows; ``search(text, k)`` gives the ``k`` images that a text finds,
    ``still(row, min_side)`` decodes an image anew.
    """

    folder: CaseFolder
    images: "pd.DataFrame"
    vectors: NDArray[np.float32]
    lookup: ImageLookup
    embedder: "Callable[[], Embedder]"
    thumbnails: Callable[[Iterable[int]], list[bytes]]
    still: "Callable[[int, int], DecodedImage]"
    search: Callable[[str, int], Hits]


class Instances:
    """The candidates of a case, places where things may be, and the questions to them."""

    def __init__(self, source: InstanceSource) -> None:
        self._source, self._name = source, key_name(source.folder)

    @cached_property
    def model(self) -> ThingModel:
        """What finds and compares things, loaded on first use. Raises ModelError naming the way to get it."""
        return load_thing_model(self._source.folder)

    @checked(retry=flag, progress=flag)
    def ingest(self, *, retry: bool = False, progress: bool = True) -> "InstanceReport":
        """Look for candidates in the images that have none yet; safe to stop and to repeat.

        Images that are new in the source show up here after the next ``case.ingest``. ``retry`` tries again
        what could not be read.
        """
        from workbench.ingest import ingest_instances

        self._source.folder.require_source()
        images = self._source.images
        work = list(zip(images["image_id"], images["raw_path"], strict=True))
        try:
            return ingest_instances(self._source.folder, work, self.model, retry=retry, progress=progress)
        finally:
            self.remember()

    def remember(self) -> None:
        """Note in the case that its candidates are those of the model, and read them anew."""
        remember_key(self._source.folder.cache, self._name, self.model.key)
        self.__dict__.pop("_book", None)
        self.__dict__.pop("_count", None)

    @property
    def key(self) -> str:
        """The instance key of the candidates now open."""
        return known_key(self._source.folder.cache, self._name) or self.model.key

    @property
    def problems(self) -> "pd.DataFrame":
        """Images in which nobody could look for candidates: image_id, path, reason."""
        return self._book.problems

    def boxes(self, image: int | str) -> NDArray[np.float32]:
        """Return the candidates (R, 4) of an image of the case: x, y, width, height in pixels, upright.

        The whole image first, then what stands out, the most distinct first, then windows. Raises CaseError
        before `ingest`.
        """
        row, book = self._source.lookup.row(image), self._asked()
        return book.pixels(row, book.boxes(row))

    @property
    def image_vectors(self) -> NDArray[np.float32]:
        """One unit vector (N, 16 * dim) an image, by VLAD over its candidates; zeros for one without."""
        return self._book.image_vectors

    def find_this(
        self, asked: Where, box: Sequence[float] | None = None, k: int = 50, **options: Any
    ) -> Hits:
        """Find the thing in a box of an image, or what a text says; see ``Case.find_this``."""
        if isinstance(asked, str) and box is None:
            row = self._source.lookup.meant(asked)
            if row is None:
                return self.find_words(asked, k)
            asked = row
        return self.find(asked, box, k, **options)

    @checked(k=or_none(whole()), sharpen=whole(example=8), kind=real(0))
    def find(
        self,
        image: Where,
        box: Sequence[float] | None = None,
        k: int = 50,
        *,
        sharpen: int = SHARPENED,
        kind: float = 0.0,
    ) -> Hits:
        """Find the thing in a box of an image in the other images; see ``Case.find_this``.

        The boxes of the best ``sharpen`` hits are looked for again in the photos, which takes a fraction of a
        second each. ``kind``: how much the vector of the whole image counts beside the cosine of its best
        candidate; with 1.25 more things of the same kind are found in some collections, fewer in others.
        """
        Limits(k)  # refuses what is no number of hits
        book, picture = self._asked(), self._read(image)
        place = as_fractions(box, picture.size)
        started = time.perf_counter()
        vector = self.model.ask(picture.image, place)
        scores, at = book.ranker.best(book.ranker.scores(vector))
        if kind:
            scores = scores + np.float32(kind) * self._alike(picture, place)
        rows = self._others(scores, picture.row, k)
        boxes = book.stored.boxes[at[rows]]
        for number, row in enumerate(rows[:sharpen]):
            boxes[number] = self._sharpened(int(row), vector, boxes[number])
        thing = "all" if box is None else f"the thing at {tuple(round(float(side)) for side in box)}"
        return self._found(rows, scores[rows], boxes, f"{thing} of {picture.name}", started)

    @checked(text=is_text("a boat"), k=or_none(whole()))
    def find_words(self, text: str, k: int = _ASKED) -> Hits:
        """Find what a text says, with its box: of the best dozen images, the candidates are compared too."""
        book, hits = self._asked(), self._source.search(text, k)
        started = time.perf_counter()
        asked = text_vectors(self._source.embedder(), [readable(text)])[0]
        scores, boxes = hits.scores.copy(), np.tile(_WHOLE, (len(hits.rows), 1))
        for number, row in enumerate(hits.rows[:_ASKED]):
            parts = book.boxes(int(row))[:_PARTS]
            fits = self._fits(int(row), parts, asked)
            if len(fits):
                # a part counts by what it says more than the whole image, which is the first of them
                scores[number] += max(float(fits.max() - fits[0]), 0) / 2
                boxes[number] = parts[int(fits.argmax())]
        order = np.argsort(-scores, kind="stable")
        return self._found(hits.rows[order], scores[order], boxes[order], f'"{text.strip()}"', started)

    @checked(k=or_none(whole()))
    def similar(self, image: int | str, k: int = 50) -> Hits:
        """Return images with things like those of an image of the case, by VLAD; boxes are whole images."""
        vectors, row, started = (
            self._asked().image_vectors,
            self._source.lookup.row(image),
            time.perf_counter(),
        )
        scores = Ranker(self._source.images, vectors).scores(vectors[row])
        rows = self._others(scores, row, k)
        whole = np.tile(_WHOLE, (len(rows), 1))
        query = f"images like {self._source.images['path'].iloc[row]}"
        return self._found(rows, scores[rows], whole, query, started)

    def __len__(self) -> int:
        """Return the number of candidates, without loading a model."""
        return self._count

    def __repr__(self) -> str:
        return f"<{len(self)} candidates in {len(self._source.images)} images by {self.key}>"

    @cached_property
    def _count(self) -> int:
        key = known_key(self._source.folder.cache, self._name)
        ids = list(self._source.images["image_id"])
        return 0 if key is None else count_packed(instance_parts(self._source.folder, key), ids)

    @cached_property
    def _book(self) -> CandidateBook:
        return CandidateBook(self._source.folder, self._source.images, self.key, self.model)

    def _asked(self) -> CandidateBook:
        """Return the candidates, of which there must be some that compare with what is asked."""
        if not len(self):
            raise CaseError(
                "This case has no candidates for instance search yet.", "Run `case.instances.ingest()`."
            )
        if self.key != self.model.key:
            raise CaseError(
                f"The candidates of this case were computed by {self.key}, queries now use {self.model.key}.",
                "Run `case.instances.ingest()`: it computes new candidates and keeps the old ones.",
            )
        return self._book

    def _read(self, image: Where) -> Picture:
        source = self._source
        return read_picture(image, self.model.decode_side, source.lookup, source.still)

    def _picture(self, row: int) -> Picture | None:
        """Return the photo of a row; None where it is out of reach."""
        with contextlib.suppress(WorkbenchError):
            return self._read(row)
        return None

    def _sharpened(self, row: int, vector: NDArray[np.float32], box: Box) -> Box:
        picture = self._picture(row)
        return self.model.sharpen(picture.image, vector, box) if picture else box

    def _alike(self, picture: Picture, place: Box) -> NDArray[np.float32]:
        """Return how like the cut-out each whole image (N,) is, by the vectors of the case."""
        embedder, cut = self._source.embedder(), picture.image.crop(_corners(place, picture.image.size))
        vector = embedder.embed_images(np.stack([embedder.prepare(cut)]))[0]
        return Ranker(self._source.images, self._source.vectors).scores(vector)

    def _fits(self, row: int, boxes: NDArray[np.float32], asked: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return how well each candidate (R,) of an image fits a text, alone; nothing where it cannot."""
        picture, embedder = self._picture(row), self._source.embedder()
        if picture is None or not len(boxes):
            return np.zeros(0, np.float32)
        crops = [picture.image.crop(_corners(box, picture.image.size)) for box in boxes]
        fits: NDArray[np.float32] = embedder.embed_images(np.stack([*map(embedder.prepare, crops)])) @ asked
        return fits

    def _found(
        self, rows: Rows, scores: NDArray[np.float32], boxes: NDArray[np.float32], query: str, started: float
    ) -> Hits:
        pixels = [self._book.pixels(int(row), box) for row, box in zip(rows, boxes, strict=True)]
        places = np.array(pixels, np.float32).reshape(-1, 4)
        seconds = time.perf_counter() - started
        return Hits(
            rows,
            scores,
            np.full(len(rows), np.nan, np.float32),
            self._source.images,
            query,
            seconds,
            len(rows),
            boxes=places,
            thumbnails=self._source.thumbnails,
        )

    def _others(self, scores: NDArray[np.float32], row: int | None, k: int) -> Rows:
        """Return the rows of the ``k`` best scores, without the row that was asked with and those at -inf."""
        others = np.ones(len(scores), bool)
        if row is not None:
            others[row] = False
        images = Ranker(self._source.images, self._source.vectors)
        return images.cut(scores, scores.__getitem__, Limits(k), others).rows


def _corners(box: Box, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """Return left, top, right and bottom in pixels, at least one pixel wide and high."""
    x, y, width, height = box * (*size, *size)
    left, top = min(int(x), size[0] - 1), min(int(y), size[1] - 1)
    return left, top, max(left + 1, math.ceil(x + width)), max(top + 1, math.ceil(y + height))
