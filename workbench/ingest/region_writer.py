"""Gathers the regions of finished images and writes them as parts, each kind under its own key."""

from typing import Any

import pyarrow as pa

from workbench.ingest.embedder import Embedder
from workbench.ingest.region_model import RegionModel, region_keys
from workbench.ingest.regions import ExaminedRegion, ExaminedRegions
from workbench.store import schemas
from workbench.store.case_folder import CaseFolder
from workbench.store.region_parts import RegionParts
from workbench.store.vector_parts import vector_table

PART_REGIONS = 4096


class RegionWriter:
    """Turns regions into rows and rows into parts. Nothing is on disk before :meth:`flush`."""

    def __init__(self, folder: CaseFolder, model: RegionModel, embedder: Embedder) -> None:
        keys = region_keys(model, embedder)
        self._kinds = {
            kind: _Kind(folder.regions(key, embedder.dim), embedder.dim) for kind, key in keys.items()
        }
        self.regions = 0

    @property
    def full(self) -> bool:
        """Whether there is enough for a part."""
        return any(len(kind.regions) >= PART_REGIONS for kind in self._kinds.values())

    def add(self, image_id: str, found: ExaminedRegions) -> None:
        """Take all regions of an image, of the kinds that were looked for; none says that it has none."""
        self.regions += len(found.regions)
        for name in found.kinds:
            regions = [region for region in found.regions if region.row["kind"] == name]
            self._kinds[name].add(image_id, regions)

    def flush(self) -> None:
        """Write what was gathered; raises OSError, and the rows are then kept for another try."""
        for kind in self._kinds.values():
            kind.flush()


class _Kind:
    """What was gathered of one kind."""

    def __init__(self, parts: RegionParts, dim: int) -> None:
        self._parts, self._dim = parts, dim
        self.regions: list[ExaminedRegion] = []
        self._images: list[dict[str, Any]] = []

    def add(self, image_id: str, regions: list[ExaminedRegion]) -> None:
        self.regions += regions
        self._images.append({"image_id": image_id, "regions": len(regions)})

    def flush(self) -> None:
        if not self._images:
            return
        self._parts.append(
            rows=pa.Table.from_pylist([region.row for region in self.regions], schemas.REGIONS),
            vectors=self._vectors(),
            examined=pa.Table.from_pylist(self._images, schemas.EXAMINED_REGIONS),
        )
        self.regions, self._images = [], []

    def _vectors(self) -> pa.Table:
        ids = [region.row["region_id"] for region in self.regions]
        vectors = [region.vector for region in self.regions if region.vector is not None]
        return vector_table(ids, vectors, self._dim)
