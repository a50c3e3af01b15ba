"""Anchors: how a decision names a face on disk, so that it finds the face again after the cache is gone."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

LEAST_OVERLAP = 0.5
"""Least intersection over union at which two boxes of one image are the same face."""


def attach(anchors: Sequence[str], face_ids: Sequence[str]) -> NDArray[np.int32]:
    """Return for each anchor the position in ``face_ids`` of the face it means, or -1: (A,) int32.

    Both are face ids ``image_id:x,y,w,h`` (pixels of the upright image), of the same or of different
    detectors. Boxes of one image are paired by overlap, best first, one to one; on equal overlap the
    earlier anchor wins.
    """
    place = {face_id: row for row, face_id in enumerate(face_ids)}
    found = np.array([place.pop(anchor, -1) for anchor in anchors], np.int32)  # the same box: no doubt
    lost, free = np.flatnonzero(found < 0), list(place.values())
    if len(lost) and free:
        chosen = _pair([anchors[row] for row in lost.tolist()], list(place))
        found[lost] = np.where(chosen < 0, -1, np.array(free, np.int32)[chosen])
    return found


def parse(face_ids: Sequence[str]) -> tuple[list[str], NDArray[np.float64]]:
    """Return the image ids and the boxes (N, 4: x, y, width, height in pixels) of face ids.

    What is no face id gets a box of size zero, which overlaps nothing.
    """
    images, boxes = [], np.zeros((len(face_ids), 4))
    for row, face_id in enumerate(face_ids):
        image_id, _, box = face_id.partition(":")
        images.append(image_id)
        try:
            x, y, width, height = map(int, box.split(","))
        except ValueError:
            continue
        boxes[row] = x, y, width, height
    return images, boxes


def _pair(anchors: Sequence[str], face_ids: Sequence[str]) -> NDArray[np.int32]:
    """Pair anchors and faces by overlap, best first: the position (A,) of the face of each anchor, or -1."""
    found = np.full(len(anchors), -1, np.int32)
    pairs, overlap = _pairs(anchors, face_ids)
    taken = np.zeros(len(face_ids), np.bool_)
    for anchor, face in pairs[np.argsort(-overlap, kind="stable")].tolist():
        if found[anchor] < 0 and not taken[face]:
            found[anchor] = face
            taken[face] = True
    return found


def _pairs(anchors: Sequence[str], face_ids: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return (anchor, face) positions (P, 2) that lie in one image and overlap enough, and the overlaps."""
    left_images, left = parse(anchors)
    right_images, right = parse(face_ids)
    of_anchor = pd.DataFrame({"image": left_images, "anchor": np.arange(len(left))})
    of_face = pd.DataFrame({"image": right_images, "face": np.arange(len(right))})
    pairs = of_anchor.merge(of_face, on="image")[["anchor", "face"]].to_numpy(np.int64)
    overlap = _overlap(left[pairs[:, 0]], right[pairs[:, 1]])
    enough = overlap >= LEAST_OVERLAP
    return pairs[enough], overlap[enough]


def _overlap(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the intersection over union (P,) of boxes (P, 4), 0 where both are empty."""
    sides = np.minimum(a[:, :2] + a[:, 2:], b[:, :2] + b[:, 2:]) - np.maximum(a[:, :2], b[:, :2])
    common = np.prod(np.clip(sides, 0, None), axis=1)
    union = np.prod(a[:, 2:], axis=1) + np.prod(b[:, 2:], axis=1) - common
    return np.asarray(np.divide(common, union, out=np.zeros(len(a)), where=union > 0))
