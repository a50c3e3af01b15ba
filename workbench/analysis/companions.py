"""Which files of a source are one photo: raw and JPEG of one shot, sidecars, the video of a Live Photo.

All is told by paths and times, as cameras and programs name files: in one folder, under one name, whatever
the case of its letters.
"""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

SECONDS = 10.0
"""Seconds by which the times of the two pictures of one shot may differ; cameras write both at once."""
STILLS = (".jpg", ".jpeg", ".jpe", ".heic", ".heif", ".hif")
"""What cameras write beside a raw photo, or beside the video of a Live Photo, in small letters."""
VIDEOS = (".mov", ".mp4")
"""What the video of a Live Photo is, and what it becomes when it is sent on."""


def pairs(
    paths: "pd.Series[str]", raw: NDArray[np.bool_], seconds: NDArray[np.float64] | None = None
) -> NDArray[np.object_]:
    """Return for each photo the path of the main one of its pair, None for one that is in none: (N,).

    A pair is a raw photo and a JPEG or HEIC with the same name in the same folder, whose times (``seconds``
    (N,), nan where unknown) are within `SECONDS`. The JPEG or HEIC is the main one: it is the picture as the
    camera shows it. Several raw photos of one name belong to the same one.
    """
    found = np.full(len(paths), None, object)
    if not raw.any():
        return found
    stills = paths.str.lower().str.endswith(STILLS).to_numpy(bool) & ~raw
    both = _named(paths, np.flatnonzero(raw)).merge(_named(paths, np.flatnonzero(stills)), on="name")
    of, main = both["row_x"].to_numpy(np.intp), both["row_y"].to_numpy(np.intp)
    if seconds is not None:
        near = ~(np.abs(seconds[of] - seconds[main]) > SECONDS)  # true where a time is unknown
        of, main = of[near], main[near]
    of, first = np.unique(of, return_index=True)
    main = main[first]
    found[of] = found[main] = paths.iloc[main].to_numpy(object)
    return found


def counted(paths: "pd.Series[str]", main: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Return which photos count, (N,): the main ones and those in no pair. ``main``: what `pairs` gives."""
    import pandas as pd

    counts = pd.isna(main)
    inside = np.flatnonzero(~counts)
    counts[inside] = main[inside] == paths.iloc[inside].to_numpy(object)
    return counts


def beside(
    paths: "pd.Series[str]", others: "pd.Series[str]", *, whole_names: bool = True
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the rows of photos and of ``others`` that lie beside them, pair by pair, by photo.

    ``a.xmp`` lies beside all that are called ``a`` in its folder, ``a.jpg.xmp`` beside ``a.jpg`` alone
    (``whole_names``).
    """
    import pandas as pd

    there = _named(others, np.arange(len(others)))
    photos = [_named(paths, np.arange(len(paths)))]
    if whole_names:
        photos.append(pd.DataFrame({"name": paths.str.lower().array, "row": np.arange(len(paths))}))
    both = pd.concat([some.merge(there, on="name") for some in photos])
    of, other = both["row_x"].to_numpy(np.intp), both["row_y"].to_numpy(np.intp)
    order = np.lexsort((other, of))
    return of[order], other[order]


def sidecars(paths: "pd.Series[str]", others: "pd.Series[str]") -> NDArray[np.object_]:
    """Return the paths of the sidecars of each photo, a list, None for none: (N,). ``others``: sidecars."""
    found = np.full(len(paths), None, object)
    rows, which = beside(paths, others)
    names = others.to_numpy(object)[which].tolist()
    each, starts = np.unique(rows, return_index=True)
    ends = [*starts[1:].tolist(), len(rows)]
    for row, start, end in zip(each.tolist(), starts.tolist(), ends, strict=False):
        found[row] = names[start:end]
    return found


def live_videos(paths: "pd.Series[str]", videos: "pd.Series[str]") -> NDArray[np.object_]:
    """Return the path of the video of each Live Photo, None for other photos: (N,).

    It is a MOV or MP4 with the name of the still, which is a JPEG or HEIC, in the same folder.
    """
    found = np.full(len(paths), None, object)
    there = videos[videos.str.lower().str.endswith(VIDEOS).to_numpy(bool)]
    if len(there):
        stills = np.flatnonzero(paths.str.lower().str.endswith(STILLS).to_numpy(bool))
        rows, which = beside(paths.iloc[stills], there, whole_names=False)
        rows, first = np.unique(rows, return_index=True)
        found[stills[rows]] = there.iloc[which[first]].to_numpy(object)
    return found


def _named(paths: "pd.Series[str]", rows: NDArray[np.intp]) -> "pd.DataFrame":
    """Return some rows of paths with their names: folder and file without its suffix, in small letters."""
    import pandas as pd

    names = paths.iloc[rows].str.lower().str.replace(r"\.[^./]*$", "", regex=True)
    return pd.DataFrame({"name": names.array, "row": rows})
