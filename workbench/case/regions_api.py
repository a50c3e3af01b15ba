"""Regions: persons, objects and text of the photos, searched as samples of their own."""

import hashlib
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from workbench.analysis.rows import normalise
from workbench.analysis.texts import find_text, reading_order
from workbench.case.arguments import checked, flag, is_rows, is_text, is_text_or_texts, or_none, whole
from workbench.errors import QueryError
from workbench.media.crops import from_run_lengths
from workbench.samples.kind import searchable_kinds
from workbench.search.hits import BOX, Hits
from workbench.search.image_lookup import ImageLookup
from workbench.search.ranker import Ranked, Ranker
from workbench.search.request import IMAGES, Limits
from workbench.search.terms import Like, Term, as_terms, plain, query_vector, weigh

if TYPE_CHECKING:
    import pandas as pd

    from workbench.index.index import Index
    from workbench.samples.models import Embedder
    from workbench.store.samples import Samples


@dataclass(frozen=True, eq=False)
class RegionSource:
    """What `Regions` needs of a case.

    ``images`` is the table of the images, row i belonging to row i of ``vectors`` (N, D), unit rows.
    ``keys()`` gives the kinds that were looked for, each with its region key, ``read(keys)`` their rows;
    ``open_index(name, ids, vectors)`` an engine or None; ``picture(row)`` a JPEG of at most 1280 px.
    """

    images: "pd.DataFrame"
    vectors: NDArray[np.float32]
    lookup: ImageLookup
    keys: Callable[[], dict[str, str]]
    read: "Callable[[Mapping[str, str]], Samples]"
    embedder: "Callable[[], Embedder]"
    vocabulary_vectors: Callable[[], NDArray[np.float32]]
    open_index: "Callable[[str, Iterable[str], NDArray[np.float32]], Index | None]"
    picture: Callable[[int], bytes]
    thumbnails: Callable[[Iterable[int]], list[bytes]]


class Regions:
    """The regions of a case as it is now open; rows are positions in ``frame``.

    They are of the kinds that were looked for: ``case.ingest(regions=["persons", "objects", "text"])``.
    """

    def __init__(self, source: RegionSource) -> None:
        self._source = source
        self._rankers: dict[tuple[str, ...], Ranker] = {}

    @cached_property
    def keys(self) -> dict[str, str]:
        """The kinds that were looked for, each with the region key of what found and embedded it."""
        return self._source.keys()

    @cached_property
    def _snapshot(self) -> "Samples":
        return self._source.read(self.keys)

    @property
    def frame(self) -> "pd.DataFrame":
        """One row a region: region_id, image_id, image_row, kind, label, x, y, width, height, score, ...

        Boxes are in pixels of the upright image in full size.
        """
        return self._snapshot.frame

    @property
    def vectors(self) -> NDArray[np.float32]:
        """Unit vectors (R, D) of the embedder of the case; row i belongs to row i of ``frame``."""
        return self._snapshot.vectors

    def __len__(self) -> int:
        return len(self.frame)

    @checked(kinds=or_none(is_text_or_texts("persons")), group=flag)
    def search(
        self,
        *terms: Term,
        unlike: Term | Sequence[Term] = (),
        kinds: Iterable[str] | None = None,
        k: int | None = 50,
        threshold: float | None = None,
        group: bool = True,
    ) -> Hits:
        """Find regions by words or by example, best first: for each image its best region.

        ``terms`` and ``unlike`` as for ``Case.search``, region ids in ``wb.like`` too. ``kinds``: some of
        persons, objects, text, and "images" for the whole images beside their regions; all kinds of region
        where not given. ``k`` caps the images, ``threshold`` is the least cosine [-1, 1]; ``group=False``
        gives all regions instead of the best of each image. Raises QueryError for an empty query, an unknown
        kind, and kinds that were not looked for.
        """
        limits = Limits(k, threshold)
        ranker, started = self.ranker(kinds), time.perf_counter()
        wanted, unwanted = ([self._example(term) for term in given] for given in (terms, as_terms(unlike)))
        vector = query_vector(wanted, unwanted, self._source.embedder, self._sample_vectors)
        words = any(isinstance(plain(term)[0], str) for term in (*wanted, *unwanted))
        ranked = ranker.rank(vector, words, limits, group=group)
        asked = " + ".join(str(plain(term)[0]) for term in terms)
        return self._hits(ranker, ranked, asked, started, vector)

    @checked(kinds=or_none(is_text_or_texts("persons")))
    def ranker(self, kinds: Iterable[str] | None = None) -> Ranker:
        """Return what ranks the regions of some kinds, "images" being the whole images beside them.

        Raises QueryError as `search`.
        """
        asked = tuple(sorted(self._checked(kinds)))
        if asked not in self._rankers:
            frame, vectors = self.frame, self.vectors
            chosen = frame["kind"].isin(list(asked)).to_numpy()
            if not chosen.all():
                frame, vectors = frame[chosen].reset_index(drop=True), vectors[chosen]
            if IMAGES in asked:
                frame, vectors = self._with_images(frame, vectors)
            self._rankers[asked] = Ranker(
                frame,
                vectors,
                frame["image_row"].to_numpy(np.int64),
                frame[BOX].to_numpy(np.float32),
                images=len(self._source.images),
                phrases=self._source.vocabulary_vectors,
                engine=lambda: self._source.open_index(_index_name(asked), frame.iloc[:, 0], vectors),
            )
        return self._rankers[asked]

    @checked(words=is_text("ABC 12"), fuzzy=flag, k=or_none(whole()), group=flag)
    def find_text(self, words: str, *, fuzzy: bool = True, k: int | None = None, group: bool = True) -> Hits:
        """Find text that was read in the photos, best first; ``images.rows`` are the rows of the images.

        Case, spaces and punctuation do not count: "ABC 12" finds "xabc-123". Words may begin in one area and
        end in the next. ``fuzzy`` also finds words with misread or missing letters, five letters and more.
        The score in [0, 1] is how well it fits, see :mod:`workbench.analysis.texts`. Raises QueryError where
        no text was looked for yet, and for words without letter or digit.
        """
        self._checked(["text"])
        started = time.perf_counter()
        rows, texts, groups = self._texts
        scores = np.full(len(self.frame), -np.inf, np.float32)
        fits = find_text(texts, groups, words, fuzzy)
        scores[rows] = np.where(fits > 0, fits, np.float32(-np.inf))
        parents = self.frame["image_row"].to_numpy(np.int64)
        boxes = self.frame[BOX].to_numpy(np.float32)
        ranker = Ranker(self.frame, self.vectors, parents, boxes, images=len(self._source.images))
        ranked = ranker.cut(scores, scores.__getitem__, Limits(k), group=group)
        return self._hits(ranker, ranked, f'text:"{words}"', started, None)

    def mask(self, row: int) -> NDArray[np.bool_] | None:
        """Return which part of a region's box is the thing: (h, w) bool over the box; None without a mask."""
        region = self.frame.iloc[int(normalise([row], len(self.frame))[0])]
        if region["mask"] is None:
            return None
        return from_run_lengths(region["mask"], (int(region["mask_rows"]), int(region["mask_columns"])))

    @checked(rows=is_rows)
    def crops(self, rows: Iterable[int]) -> list[bytes]:
        """Return a JPEG of each region, cut out of the picture of at most 1280 px."""
        normalise(list(rows), len(self.frame))  # refuses what is no row
        return [self._crop(self.frame.iloc[row]) for row in rows]

    def __repr__(self) -> str:
        return f"<{len(self)} regions: {', '.join(self.keys) or 'none was looked for'}>"

    def _crop(self, region: "pd.Series") -> bytes:
        from PIL import Image

        with Image.open(BytesIO(self._source.picture(int(region["image_row"])))) as picture:
            scale = picture.width / int(self._source.images["width"].iloc[region["image_row"]])
            left, top, width, height = (float(region[side]) * scale for side in BOX)
            right, bottom = max(left + 1, left + width), max(top + 1, top + height)
            buffer = BytesIO()
            picture.crop((int(left), int(top), round(right), round(bottom))).save(buffer, "JPEG", quality=88)
        return buffer.getvalue()

    def _checked(self, kinds: Iterable[str] | None) -> tuple[str, ...]:
        """Return the kinds asked for; raise QueryError for those that do not exist or were not looked for."""
        asked = tuple(self.keys) if kinds is None else (kinds,) if isinstance(kinds, str) else tuple(kinds)
        there_are = searchable_kinds()
        for kind in asked:
            if kind not in (*there_are, IMAGES):
                raise QueryError(
                    f"Unknown kind of region {kind!r}.", f"Use some of: {', '.join(there_are)}, {IMAGES}."
                )
        missing = sorted(set(asked) - set(self.keys) - {IMAGES}) or ([] if asked else list(there_are))
        if missing:
            raise QueryError(
                f"No {' or '.join(missing)} in these photos: nobody looked for them yet.",
                f"Run `case.ingest(regions={missing})` first.",
            )
        return asked

    def _with_images(
        self, frame: "pd.DataFrame", vectors: NDArray[np.float32]
    ) -> "tuple[pd.DataFrame, NDArray[np.float32]]":
        """Add the whole images as regions that fill their image."""
        import pandas as pd

        whole = pd.concat([frame, _as_regions(self._source.images)], ignore_index=True)
        images = self._source.vectors
        return whole, images if not len(vectors) else np.concatenate([vectors, images])

    def _example(self, term: Term) -> Term:
        """Return a text that is the id of a region or image, or a path, as that sample."""
        what, weight = plain(term)
        if not isinstance(what, str):
            return term
        if what in self._row_of:
            return weigh(Like(what), weight)
        row = self._source.lookup.meant(what)
        return term if row is None else weigh(Like(self._source.lookup.ids[row]), weight)

    def _sample_vectors(self, sample_ids: Sequence[str]) -> NDArray[np.float32]:
        """Return the vectors of regions and images by their ids."""
        rows = [self._row_of.get(sample_id) for sample_id in sample_ids]
        found = [
            self._source.vectors[self._source.lookup.row(sample_id)] if row is None else self.vectors[row]
            for row, sample_id in zip(rows, sample_ids, strict=True)
        ]
        return np.stack(found).astype(np.float32)

    @cached_property
    def _row_of(self) -> dict[str, int]:
        return {region_id: row for row, region_id in enumerate(self.frame["region_id"])}

    @cached_property
    def _texts(self) -> tuple[NDArray[np.intp], list[str], NDArray[np.int32]]:
        """The rows of all areas of text in reading order, what is written there, and their images."""
        rows = np.flatnonzero(self.frame["kind"] == "text")
        areas = self.frame.iloc[rows]
        groups = areas["image_row"].to_numpy(np.int32)
        order = reading_order(areas[BOX].to_numpy(np.float32), groups)
        return rows[order], areas["text"].iloc[order].tolist(), groups[order]

    def _hits(
        self,
        ranker: Ranker,
        ranked: Ranked,
        asked: str,
        started: float,
        vector: NDArray[np.float32] | None,
    ) -> Hits:
        return Hits(
            ranked.samples.astype(np.int32),
            ranked.scores,
            ranked.chances,
            ranker.frame,
            asked,
            time.perf_counter() - started,
            ranked.total,
            vector,
            boxes=None if ranker.boxes is None else ranker.boxes[ranked.samples],
            kinds=ranker.frame["kind"].to_numpy(object)[ranked.samples],
            image_table=self._source.images,
            thumbnails=self._source.thumbnails,
        )


def _index_name(kinds: Sequence[str]) -> str:
    """Return what the index of some kinds is called: letters and digits, none the beginning of another."""
    return "regions" + hashlib.sha256(" ".join(kinds).encode()).hexdigest()[:8]


def _as_regions(images: "pd.DataFrame") -> "pd.DataFrame":
    import pandas as pd

    return pd.DataFrame(
        {
            "region_id": images["image_id"],
            "image_id": images["image_id"],
            "image_row": np.arange(len(images), dtype=np.int32),
            "kind": IMAGES,
            "label": "image",
            "x": np.float32(0),
            "y": np.float32(0),
            "width": images["width"].astype(np.float32),
            "height": images["height"].astype(np.float32),
            "score": np.float32(1),
            "mask": None,
            "mask_rows": np.int32(0),
            "mask_columns": np.int32(0),
            "text": "",
            "script": "",
        }
    )
