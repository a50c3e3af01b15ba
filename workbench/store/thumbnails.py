"""Thumbnails of images and crops of faces by id, reading only the row groups that hold them."""

from collections import OrderedDict, defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from workbench.store.parts import Parts

_ROW_GROUP = 64
_MAX_KEPT = 4096  # thumbnails kept in memory, about 10 KB each


class ThumbnailReader:
    """Gives JPEG bytes for ids of the first column. Keeps an index of ids and the last thumbnails used."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._id = parts.schema.names[0]
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._paths: list[Path] | None = None  # not looked at yet
        self._ids: NDArray[np.bytes_] = np.empty(0, np.bytes_)  # sorted
        self._places = np.empty((0, 2), np.int32)  # part and row of each id

    def get(self, ids: Sequence[str]) -> dict[str, bytes]:
        """Return the thumbnails of those ids that have one, in the order asked."""
        found = {image_id: self._kept[image_id] for image_id in ids if image_id in self._kept}
        missing = [image_id for image_id in dict.fromkeys(ids) if image_id not in found]
        if missing:
            found |= self._fetch(missing)
        for image_id in ids:
            if image_id in found:
                self._keep(image_id, found[image_id])
        return {image_id: found[image_id] for image_id in ids if image_id in found}

    def _fetch(self, ids: list[str]) -> dict[str, bytes]:
        places = self._find(ids)
        if (places < 0).any() and self._parts.paths() != self._paths:
            self._index()
            places = self._find(ids)
        groups: defaultdict[int, set[int]] = defaultdict(set)
        for part, row in places[places[:, 0] >= 0].tolist():
            groups[part].add(row // _ROW_GROUP)
        found: dict[str, bytes] = {}
        wanted = set(ids)
        for part, numbers in groups.items():
            table = self._parts.read_rows((self._paths or [])[part], sorted(numbers), [self._id, "jpeg"])
            if table is not None:
                pairs = zip(table[self._id].to_pylist(), table["jpeg"].to_pylist(), strict=True)
                found |= {image_id: jpeg for image_id, jpeg in pairs if image_id in wanted}
        return found

    def _find(self, ids: list[str]) -> NDArray[np.int32]:
        """Return (part, row) of each id, (-1, -1) where it has no thumbnail: (len(ids), 2)."""
        places = np.full((len(ids), 2), -1, np.int32)
        if len(self._ids):
            keys = np.array([image_id.encode() for image_id in ids], np.bytes_)
            at = np.searchsorted(self._ids, keys).clip(max=len(self._ids) - 1)
            hit = self._ids[at] == keys
            places[hit] = self._places[at[hit]]
        return places

    def _index(self) -> None:
        """Read the ids of all parts, and nothing else of them."""
        self._paths = self._parts.readable()
        names: list[NDArray[np.bytes_]] = []
        places: list[NDArray[np.int32]] = []
        for number, path in enumerate(self._paths):
            ids = self._parts.read_part(path, [self._id])
            if ids is not None:
                names.append(np.array([one.encode() for one in ids[self._id].to_pylist()], np.bytes_))
                places.append(np.stack([np.full(len(ids), number), np.arange(len(ids))], 1).astype(np.int32))
        if names:
            joined = np.concatenate(names)
            order = np.argsort(joined, kind="stable")
            self._ids, self._places = joined[order], np.concatenate(places)[order]

    def _keep(self, image_id: str, jpeg: bytes) -> None:
        self._kept[image_id] = jpeg
        self._kept.move_to_end(image_id)
        if len(self._kept) > _MAX_KEPT:
            self._kept.popitem(last=False)
