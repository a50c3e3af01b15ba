"""Collection: the data of one case as they were read, which never change; `Case.refresh` reads another."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from workbench.analysis import companions
from workbench.analysis.captions import default_vocabulary, read_vocabulary
from workbench.case.computed import Computed
from workbench.case.embedders import LazyEmbedder
from workbench.errors import QueryError
from workbench.image_id import file_id
from workbench.index.engines import Engines
from workbench.media.crops import SIDE, thumbnail
from workbench.media.kinds import RAW_FORMATS
from workbench.media.read import ReadError, explain
from workbench.search.image_lookup import ImageLookup
from workbench.store.case_folder import CaseFolder
from workbench.store.sample_parts import known_key
from workbench.store.snapshot import current_skipped, latest_files, read_snapshot
from workbench.store.thumbnails import ThumbnailReader
from workbench.store.vocabulary import Vocabulary

if TYPE_CHECKING:
    import pandas as pd

    from workbench.ingest import Embedder
    from workbench.media.decoded import DecodedImage


def load_vocabulary(work: Path) -> list[str]:
    """Return the phrases kept in the folder ``work``, or those that come with Workbench."""
    if phrases := Vocabulary(work).read():
        return phrases
    path = work / "vocabulary.txt"
    return read_vocabulary(path) if path.exists() else default_vocabulary()


def vocabulary_version(work: Path) -> tuple[int, int]:
    """Return what changes with the phrases kept in ``work``."""
    return Vocabulary(work).version()


def save_vocabulary(work: Path, phrases: Sequence[str]) -> None:
    """Keep phrases in ``work``, one a line; raise QueryError where there is none."""
    lines = [" ".join(phrase.split()) for phrase in phrases if phrase.strip()]
    if not lines:
        raise QueryError(
            "The vocabulary is empty.", "Give at least one phrase, for example 'a street at night'."
        )
    Vocabulary(work).write(lines)


LARGE_SIDE = 1280
"""Longest side, in pixels, of a large picture."""


class Pictures:
    """JPEG bytes for the rows of ``images`` (a table with image_id and raw_path)."""

    def __init__(self, folder: CaseFolder, images: "pd.DataFrame") -> None:
        self._folder, self._images = folder, images
        self._thumbnails = ThumbnailReader(folder.thumbnails)

    def thumbnails(self, rows: Iterable[int]) -> list[bytes]:
        """Return a thumbnail (longest side 256 px) for each row; empty bytes where there is none.

        Where its part is damaged or lost it is made again of the original, if that is still the same file.
        """
        rows = list(rows)
        ids = [str(self._images["image_id"].iloc[row]) for row in rows]
        found = self._thumbnails.get(ids)
        return [found.get(image_id) or self._made_anew(row) for image_id, row in zip(ids, rows, strict=True)]

    def _made_anew(self, row: int) -> bytes:
        from workbench.media.decode import DecodeError  # opening a case decodes nothing

        try:
            return thumbnail(self.still(row, SIDE).reduced(SIDE))
        except (ReadError, DecodeError):
            return b""

    def large(self, row: int) -> bytes:
        """Return an upright picture of at most 1280 px; the thumbnail if the original is out of reach."""
        from workbench.media.decode import DecodeError

        try:
            picture = self.still(row, LARGE_SIDE).image
        except (ReadError, DecodeError):
            return self.thumbnails([row])[0]
        picture.thumbnail((LARGE_SIDE, LARGE_SIDE))
        buffer = BytesIO()
        picture.save(buffer, "JPEG", quality=88)
        return buffer.getvalue()

    def still(self, row: int, min_side: int) -> "DecodedImage":
        """Decode an image anew, a photo, page or frame, keeping ``min_side`` pixels of the shorter side.

        It is read from the first of its paths whose file still has the bytes that were ingested. Raises
        ReadError where none has: it was moved, or holds another picture now; and DecodeError.
        """
        from workbench.media.stills import read_still

        image = self._images.iloc[row]
        image_id = str(image["image_id"])
        why = ReadError("the file is not the one that was ingested")
        # The others are looked up when they are needed: a photo with several paths is rare.
        for raw_path in chain([image["raw_path"]], self._others(row, file_id(image_id))):
            try:
                as_known = (int(image["size"]), int(image["mtime"].value))
                place = self._folder.place(raw_path)
                return read_still(place, image_id, min_side=min_side, as_known=as_known)
            except OSError as error:
                why = ReadError(explain(error))
            except ReadError as error:
                why = error
        raise why

    def _others(self, row: int, known: str) -> Iterator[bytes]:
        if len(self._images["paths"].iloc[row]) > 1:
            yield from self._copies.get(known, [])[1:]

    @cached_property
    def _copies(self) -> dict[str, list[bytes]]:
        """The raw paths of each file that has several."""
        files = latest_files(self._folder)
        files = files[(files["status"] == "ok") & files.duplicated("image_id", keep=False)]
        return {str(known): list(paths) for known, paths in files.groupby("image_id")["raw_path"]}


def _pairs(images: "pd.DataFrame") -> NDArray[np.object_]:
    """Return the path of the main image of each pair, None for those in none."""
    raw = images["format"].isin(RAW_FORMATS).to_numpy(bool)
    if not raw.any():
        return np.full(len(images), None, object)
    taken = images["taken_at"].to_numpy("datetime64[s]")
    seconds = np.where(np.isnat(taken), np.nan, taken.astype(np.int64).astype(np.float64))
    return companions.pairs(images["path"], raw, seconds)


@dataclass(frozen=True, eq=False)
class Collection:
    """The images of a case and their vectors; row i of ``vectors`` belongs to row i of ``images``.

    ``key`` is the embedder key of the vectors (N, D), which are read-only; ``problems`` has a row a file that
    could not be used. ``embedder()`` gives the model; it raises CaseError where that no longer fits the
    vectors, ModelError where it cannot be had. ``engines`` opens an index of vectors. The tables are for our
    own code: users get copies.
    """

    folder: CaseFolder
    key: str
    images: "pd.DataFrame"
    vectors: NDArray[np.float32]
    problems: "pd.DataFrame"
    embedder: "Callable[[], Embedder]"
    engines: Engines

    @classmethod
    def read(cls, folder: CaseFolder, model: LazyEmbedder, engines: Engines) -> "Collection":
        """Read what the case holds now; the model is loaded only where nothing was ever ingested."""
        key = known_key(folder.cache, folder.model) or model.get().key
        found = read_snapshot(folder, key)
        found.vectors.flags.writeable = False
        found.images["pair"] = _pairs(found.images)
        return cls(folder, key, found.images, found.vectors, found.problems, model.matching(key), engines)

    def row(self, image: int | str) -> int:
        """Return the row of an image given by row, image id or path; raise QueryError where there is none."""
        return self.lookup.row(image)

    @cached_property
    def lookup(self) -> ImageLookup:
        """What finds images by id, path or name."""
        return ImageLookup(self.images)

    @cached_property
    def pictures(self) -> Pictures:
        """The images as JPEG, small and large."""
        return Pictures(self.folder, self.images)

    def thumbnails(self, rows: Iterable[int]) -> list[bytes]:
        """Return JPEG thumbnails (longest side 256 px), one for each row."""
        return self.pictures.thumbnails(rows)

    def picture(self, image: int | str) -> bytes:
        """Return an upright JPEG of at most 1280 px; the thumbnail if the original is out of reach."""
        return self.pictures.large(self.row(image))

    @cached_property
    def computed(self) -> Computed:
        """Layouts, clusters and phrase vectors, cached on disk."""
        return Computed(self.folder.cache, self.key, self.images["image_id"], self.vectors, self.embedder)

    def phrase_vectors(self, phrases: Sequence[str]) -> NDArray[np.float32]:
        """Return the unit text vectors (P, D) of phrases, cached."""
        return self.computed.phrases(phrases)

    @cached_property
    def skipped(self) -> "pd.DataFrame":
        """What of the source the last ingest did not read: path, kind, reason, when."""
        skipped = current_skipped(self.folder).drop(columns="raw_path")
        rows = np.flatnonzero((skipped["kind"] == "sidecar").to_numpy())
        if len(rows):
            import pandas as pd

            failed = self.problems["path"]
            beside = [self.images["path"], failed[~failed.str.lower().str.endswith(".xmp").to_numpy(bool)]]
            owners = pd.concat([paths.astype("str") for paths in beside], ignore_index=True)
            of, which = companions.beside(owners, skipped["path"].iloc[rows])
            which, first = np.unique(which, return_index=True)
            reasons = skipped["reason"].to_numpy(object).copy()
            reasons[rows[which]] = "sidecar of " + owners.iloc[of[first]].to_numpy(object)
            skipped["reason"] = reasons
        return skipped

    @cached_property
    def beside(self) -> "dict[str, NDArray[np.object_]]":
        """What lies beside each image, (N,) each: ``sidecars``, lists of paths; ``live``, paths of videos."""
        import pandas as pd

        paths, failed = self.images["path"], self.problems["path"].drop_duplicates()
        read = self.skipped.loc[self.skipped["kind"] == "sidecar", "path"]
        broken = failed[failed.str.lower().str.endswith(".xmp").to_numpy(bool)]
        there = pd.concat([some.astype("str") for some in (read, broken)], ignore_index=True)
        none = np.full(len(paths), None, object)
        return {
            "sidecars": companions.sidecars(paths, there) if len(there) else none,
            "live": companions.live_videos(paths, failed) if len(failed) else none,
        }

    @cached_property
    def counted(self) -> NDArray[np.bool_]:
        """Which images count, (N,): of a raw photo and its JPEG only the JPEG."""
        return companions.counted(self.images["path"], self.images["pair"].to_numpy(object))

    @property
    def vocabulary(self) -> list[str]:
        """The phrases that images are described with, as they now stand in ``work/``."""
        return load_vocabulary(self.folder.root / "work")

    def vocabulary_vectors(self) -> NDArray[np.float32]:
        """Return the text vectors (P, D) of the vocabulary: the same array until its phrases change."""
        return self._vectors_of_vocabulary(vocabulary_version(self.folder.root / "work"))

    @cached_property
    def _vectors_of_vocabulary(self) -> Callable[[tuple[int, int]], NDArray[np.float32]]:
        return lru_cache(maxsize=1)(lambda version: self.phrase_vectors(self.vocabulary))

    def tags(self) -> "pd.DataFrame":
        """Return who tagged what, as it now stands in ``work/``: sample_id, tag, when, who."""
        return self.folder.tags.read()
