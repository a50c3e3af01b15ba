"""CollectionReport: groups and captions compared, duplicates, and pictures with faults."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from workbench.analysis.group_similarity import Likeness, Metric, compare, likeness
from workbench.analysis.near_duplicates import look_alikes
from workbench.analysis.progress import Watch, nobody
from workbench.case.arguments import checked, is_text, is_texts, one_of
from workbench.case.collection import Collection
from workbench.case.computed import once
from workbench.errors import QueryError
from workbench.media.quality import ISSUES, examine, look_hashes
from workbench.store.files import writing

if TYPE_CHECKING:
    import pandas as pd

    from workbench.search.request import Images

By = Literal["folder", "tag", "cluster", "identity"]

ODD_SIZE = 10.0  # times as long, or a tenth, of the usual side
READ = 16  # thumbnails read at a time; between them the watcher is told
ODD_SHAPE = 3.0  # times as long as wide, or as wide as long


class CollectionReport:
    """Looks at a collection as a whole. Everything is a table; a column ``row`` names rows of the images.

    ``faces()`` returns the table of the faces with their identities; ``rows(images)`` the rows of a
    Selection, Hits, rows or the name of a saved selection.
    """

    def __init__(
        self,
        collection: Collection,
        faces: "Callable[[], pd.DataFrame]",
        rows: "Callable[[Images], NDArray[np.integer]]",
    ) -> None:
        self._collection, self._faces, self._rows = collection, faces, rows

    @checked(by=is_text("folder"))
    def groups(self, by: By | str) -> list[str]:
        """Return the group of each image ("" for none): folder, first tag, cluster, or face of one identity.

        An image with the faces of several identities is in none. Raises QueryError for another word.
        """
        data, n = self._collection, len(self._collection.images)
        match by:
            case "folder":
                return [str(PurePosixPath(path).parent) for path in data.images["path"]]
            case "tag":
                tags = data.tags().drop_duplicates("sample_id").set_index("sample_id")["tag"]
                return [str(tags.get(image_id, "")) for image_id in data.images["image_id"]]
            case "cluster":
                labels = data.computed.clusters()
                names = [*data.computed.cluster_names(labels, data.vocabulary), ""]
                return [names[label] for label in labels]
            case "identity":
                found: list[set[str]] = [set() for _ in range(n)]
                frame = self._faces()
                for row, identity, name in zip(
                    frame["image_row"], frame["identity"], frame["name"], strict=True
                ):
                    if identity:
                        found[row].add(str(name or identity))
                return [next(iter(people)) if len(people) == 1 else "" for people in found]
        raise QueryError(f"Unknown grouping {by!r}.", f"Use {', '.join(get_args(By))}.")

    @checked(by=is_text("folder"), metric=one_of(*get_args(Metric)))
    def likeness(self, by: By | str = "folder", metric: Metric = "cosine") -> Likeness:
        """Return how near pairs within a group and pairs across groups are; see ``analysis.likeness``.

        Raises QueryError where there are not two groups, one of them with two images.
        """
        return likeness(self._collection.vectors, self.groups(by), metric)

    @checked(captions=is_texts("a boat"), metric=one_of(*get_args(Metric)))
    def captions(
        self, images: "Images", captions: Sequence[str], metric: Metric = "cosine"
    ) -> "pd.DataFrame":
        """Return a matrix of images (rows, by path) and captions (columns): how near each is to each."""
        import pandas as pd

        rows = self._rows(images)
        texts = self._collection.phrase_vectors(list(captions))
        near = compare(self._collection.vectors[rows], texts, metric)
        return pd.DataFrame(
            near, index=self._collection.images["path"].iloc[rows].tolist(), columns=list(captions)
        )

    def duplicates(self, *, watch: Watch = nobody) -> "pd.DataFrame":
        """Return what is there more than once: kind, group, row, path.

        "exact": the same bytes under several paths (one row of the table, so the same row each time);
        "near": pictures of one look and colour, as after a change of size or quality or a small cut, not
        mirrored or turned (`analysis.near_duplicates`); a raw photo and its JPEG are one, and
        blank frames and titles of videos are left out. ``watch`` is told the share [0, 1] of the pictures
        looked at, then of their comparison, and may raise to end the work.
        """
        import pandas as pd

        images = self._collection.images
        found = [
            ("exact", group, row, str(path))
            for group, (row, paths) in enumerate(
                (row, paths) for row, paths in enumerate(images["paths"]) if len(paths) > 1
            )
            for path in paths
        ]
        hashes = self._once("hashes", look_hashes, watch, version=3).astype(np.int64)
        near = look_alikes(
            np.ascontiguousarray(hashes[:, 0]).view(np.uint64),
            (hashes[:, 1] > 0) & self._collection.counted & ~_plain(images),
            np.ascontiguousarray(hashes[:, 2:8]).view(np.uint8),
            np.ascontiguousarray(hashes[:, 8:]).view(np.uint8),
            watch=watch,
        )
        order = np.argsort(near, kind="stable")
        found += [
            ("near", int(near[row]), int(row), str(images["path"].iloc[row]))
            for row in order
            if near[row] >= 0
        ]
        return pd.DataFrame(found, columns=["kind", "group", "row", "path"])

    def quality(self, *, watch: Watch = nobody) -> "pd.DataFrame":
        """Return one row an image: row, path, five scores [0, 1] (0 is bad), and ``issues``, words by commas.

        Scores: dark, light (pale), blurry, low_information (nearly empty), grayscale; computed once from the
        thumbnails. Besides these, issues say "odd size" (sides ten times as long as is usual here, or a
        tenth) and "odd shape" (three times as long as wide, or more). ``watch`` is told the share [0, 1] of
        the pictures read, and may raise to end the work.
        """
        import pandas as pd

        with writing(Path("The folder for temporary files")), writing(Path(tempfile.gettempdir())):
            found = self._once("quality", examine, watch)
        scores, verdicts = found[:, : len(ISSUES)], found[:, len(ISSUES) :] > 0
        sides = self._collection.images[["width", "height"]].to_numpy(np.float64)
        verdicts = np.column_stack([verdicts, *_odd(sides)])
        words = np.array([*(name.replace("_", " ") for name in ISSUES), "odd size", "odd shape"])
        frame = pd.DataFrame(scores, columns=list(ISSUES))
        frame.insert(0, "row", np.arange(len(frame)))
        frame.insert(1, "path", self._collection.images["path"].to_numpy())
        return frame.assign(issues=[", ".join(words[verdict]) for verdict in verdicts])

    def _once(
        self,
        kind: str,
        compute: Callable[[Iterator[bytes]], NDArray[Any]],
        watch: Watch,
        version: int = 2,
    ) -> NDArray[Any]:
        """Return what ``compute`` makes of the thumbnails, from the cache after the first time."""
        data = self._collection
        params, count = {"version": version}, len(data.images)

        def thumbnails() -> Iterator[bytes]:
            for start in range(0, count, READ):
                watch(start / count)
                yield from data.thumbnails(range(start, min(start + READ, count)))

        return once(data.folder.cache / kind, params, data.lookup.ids, lambda: compute(thumbnails()))


def _plain(images: "pd.DataFrame") -> NDArray[np.bool_]:
    """Return which images are frames that show no scene (N,)."""
    return np.asarray(images["plain"].isin(["blank", "slate"]), bool)


def _odd(sides: NDArray[np.float64]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which images are of an odd size and which of an odd shape, (N,) each, from sides (N, 2)."""
    if not len(sides):
        return np.zeros(0, bool), np.zeros(0, bool)
    length = np.sqrt(sides.prod(axis=1))
    ratio = length / np.median(length)
    shape = sides.max(axis=1) / np.maximum(sides.min(axis=1), 1)
    return (ratio >= ODD_SIZE) | (ratio <= 1 / ODD_SIZE), shape >= ODD_SHAPE
