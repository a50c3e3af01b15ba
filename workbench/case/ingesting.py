"""Ingest of a case: runs the loop with its models, and notes which keys its vectors and faces carry."""

import contextlib
import math
from collections.abc import Callable, Collection, Iterator
from typing import TYPE_CHECKING, Unpack, get_args

from workbench.case import embedders
from workbench.case.arguments import flag, texts
from workbench.case.embedders import LazyEmbedder, LazyFaceModel
from workbench.errors import CaseError, QueryError
from workbench.store.case_folder import CaseFolder
from workbench.store.sample_parts import known_key, remember_key
from workbench.store.source_reading import remembered

if TYPE_CHECKING:
    import pandas as pd

    from workbench.ingest import IngestReport, Reading
    from workbench.samples.models import InstanceModel


def ingest_images(
    folder: CaseFolder,
    model: LazyEmbedder,
    faces: LazyFaceModel | None,
    regions: Collection[str] = (),
    instances: "InstanceModel | None" = None,
    *,
    progress: bool,
    **reading: Unpack["Reading"],
) -> "IngestReport":
    """Compute what is missing of the images and, where asked for, faces, ``regions`` and candidates.

    Each photo is decoded once for all of it. Raises QueryError for an unknown way of ``reading``.
    """
    from workbench.ingest import ingest

    folder.require_source()
    reading = _check(reading)
    embedder, face_finder = model.get(), faces.get() if faces else None
    regions = [regions] if isinstance(regions, str) else list(regions)
    finder = embedders.load_finder(folder, regions)

    def remember() -> None:
        remember_key(folder.cache, folder.model, embedder.key)
        if faces:
            faces.remember()
        embedders.remember(folder, regions, finder, embedder)

    with _afterwards(remember):
        return ingest(
            folder,
            embedder,
            faces=face_finder,
            regions=finder,
            instances=instances,
            kinds=embedders.without_model(regions),
            progress=progress,
            **reading,
        )


_READING = (
    "retry", "rehash", "metadata", "links", "system", "exclude", "archives", "frames", "videos", "gone"
)  # fmt: skip


def _check(reading: "Reading") -> "Reading":
    """Return a way of reading whose values are right; raises QueryError."""
    from workbench.ingest.plan import Gone
    from workbench.media.scan import Links

    for name, value in reading.items():
        if name not in _READING:
            what = f"ingest has no argument {name!r}."
            raise QueryError(what, f"Use {', '.join(_READING[:-1])} or {_READING[-1]}.")
        asked_each_time = name in ("retry", "rehash", "metadata", "videos")
        if asked_each_time or (name in ("system", "archives") and value is not None):
            flag(value, name)
    check_frames(reading.get("frames"))
    if reading.get("exclude") is not None:
        reading = {**reading, "exclude": _patterns(reading["exclude"])}
    for name, known in (("links", (None, *get_args(Links))), ("gone", (None, *get_args(Gone)))):
        if name in reading and reading[name] not in known:  # type: ignore[literal-required]
            words = ", ".join(repr(word) for word in known)
            raise QueryError(f"Unknown value {name}={reading[name]!r}.", f"Use one of {words}.")  # type: ignore[literal-required]
    return reading


def _patterns(patterns: object) -> list[str]:
    if isinstance(patterns, str):
        what = f"exclude must be a list of patterns, not the text {patterns!r}."
        raise QueryError(what, f"Use exclude=[{patterns!r}].")
    given = texts(patterns, "exclude", "private")
    for pattern in given:
        if not [part for part in pattern.replace("\\", "/").split("/") if part not in ("", ".")]:
            raise QueryError(
                f"The pattern {pattern!r} names nothing.", "Use for example 'private' or '*.bak'."
            )
    return given


def check_frames(frames: object) -> None:
    """Raise QueryError unless ``frames`` is "change", a number of seconds above 0, or None."""
    number = isinstance(frames, int | float) and not isinstance(frames, bool) and 0 < frames < math.inf
    if not number and frames not in (None, "change"):
        raise QueryError(
            f"Invalid value frames={frames!r}.", 'Use "change", or the seconds from one frame to the next.'
        )


def ingest_faces(
    folder: CaseFolder,
    model: LazyEmbedder,
    faces: LazyFaceModel,
    *,
    progress: bool,
    **reading: Unpack["Reading"],
) -> "IngestReport":
    """Look for faces alone; a case without images gets these too, because faces show with their images."""
    from workbench.ingest import ingest_faces as ingest

    folder.require_source()
    if known_key(folder.cache, folder.model) is None:
        return ingest_images(folder, model, faces, progress=progress, **reading)
    reading = _check(reading)
    finder = faces.get()
    with _afterwards(faces.remember):
        return ingest(folder, finder, progress=progress, **reading)


@contextlib.contextmanager
def _afterwards(remember: Callable[[], None]) -> Iterator[None]:
    """Call ``remember`` however an ingest ends; what ended it is said, even if that cannot be remembered."""
    try:
        yield
    except BaseException:
        with contextlib.suppress(CaseError):
            remember()
        raise
    remember()


def verify(
    folder: CaseFolder, *, rate_limit: float | None, progress: bool, **where: Unpack["Reading"]
) -> "pd.DataFrame":
    """Compare the originals with what the case knows; see `Case.verify`."""
    from workbench.ingest import verify

    if rate_limit is not None and not (isinstance(rate_limit, int | float) and rate_limit > 0):
        raise QueryError(f"Invalid rate limit {rate_limit!r}.", "Use a number of MB in a second above 0.")
    where = _check(where)
    folder.require_source()
    reading = remembered(folder).with_changes(where)
    return verify(folder, rate_limit=rate_limit, reading=reading, progress=progress)
