"""Verify: read the originals again and say which are no longer what the case was made of."""

import time
from collections.abc import Callable, Iterable, Iterator

import pandas as pd

from workbench.ingest.archive_listings import read_listings, scan_source
from workbench.media.archives.opened import kept_open
from workbench.media.read import ReadError, digest, size_and_time
from workbench.media.scan import FoundFile, Problem, display
from workbench.media.stills import is_read, openers
from workbench.store.case_folder import CaseFolder
from workbench.store.snapshot import latest_files
from workbench.store.source_reading import SourceReading, remembered

COLUMNS = ("path", "state", "reason", "known", "found")


def verify(
    folder: CaseFolder,
    *,
    rate_limit: float | None = None,
    reading: SourceReading | None = None,
    progress: bool = True,
) -> pd.DataFrame:
    """Return one row a file that is not as the case knows it: path, state, reason, known, found.

    ``state``: "changed" (other bytes), "missing", "unreadable" or "new" (an image that no ingest has read).
    ``known`` and ``found`` are digests (SHA-256), "" for none. ``attrs`` of the table say how many files were
    ``checked``. ``rate_limit``: at most so many MB (10**6 bytes) are read in a second. ``reading`` says where
    to look for what is new, None as the case remembers it. Nothing is written; may be interrupted.
    Raises :class:`SourceError` where the source cannot be listed.
    """
    from tqdm.auto import tqdm  # opening a case does not need it

    items = list(scan_source(folder, reading or remembered(folder), read_listings(folder)))
    order = {
        item.raw_path: number for number, item in enumerate(items)
    }  # that in which archives are unpacked
    files = latest_files(folder)
    files = files[files["status"] != "gone"]
    hashed = files[files["image_id"].notna()]
    hashed = hashed.sort_values("raw_path", key=lambda paths: paths.map(order).fillna(-1), kind="stable")
    rows = []
    with (
        kept_open(),
        tqdm(
            total=int(hashed["size"].sum()), desc="verify", unit="B", unit_scale=True, disable=not progress
        ) as bar,
    ):
        told = _paced(bar.update, rate_limit)
        for raw_path, image_id, size, mtime_ns in zip(
            hashed["raw_path"], hashed["image_id"], hashed["size"], hashed["mtime_ns"], strict=True
        ):
            said = _compared(folder, raw_path, image_id, (size, mtime_ns), told)
            rows += [(raw_path, *said)] if said else []
    known = set(files["raw_path"])
    rows += [(path, "new", "no ingest has read it", "", "") for path in _images(items) if path not in known]
    frame = pd.DataFrame(sorted(rows), columns=list(COLUMNS))
    frame["path"] = frame["path"].map(display)
    frame.attrs["checked"] = len(hashed)
    return frame


def _images(items: Iterable[FoundFile | Problem]) -> Iterator[bytes]:
    known = openers()
    return (item.raw_path for item in items if isinstance(item, FoundFile) and is_read(item.kind, known))


def _compared(
    folder: CaseFolder, raw_path: bytes, known: str, then: tuple[int, int], told: Callable[[int], object]
) -> tuple[str, str, str, str] | None:
    """Return state, reason and both digests of a file that is not the same; None for one that is."""
    try:
        path = folder.place(raw_path)
        found = digest(path, told)
        now = size_and_time(path)
    except FileNotFoundError:
        return "missing", "no longer there", known, ""
    except OSError as error:
        return "unreadable", error.strerror or type(error).__name__, known, ""
    except ReadError as error:
        gone = isinstance(error.__cause__, FileNotFoundError)
        return "missing" if gone else "unreadable", "no longer there" if gone else str(error), known, ""
    if found == known:
        return None
    what = (
        "other bytes under the same size and time: ingest with rehash=True" if then == now else "other bytes"
    )
    return "changed", what, known, found


def _paced(told: Callable[[int], object], rate_limit: float | None) -> Callable[[int], object]:
    """Return ``told``, which waits besides so that no more bytes than the limit are read in a second."""
    if rate_limit is None:
        return told
    started, done = time.monotonic(), 0

    def paced(count: int) -> None:
        nonlocal done
        told(count)
        done += count
        time.sleep(max(0.0, done / (rate_limit * 1e6) - (time.monotonic() - started)))

    return paced
