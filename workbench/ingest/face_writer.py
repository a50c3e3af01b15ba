"""Gathers the faces of finished images and writes them as parts."""

import pyarrow as pa

from workbench.ingest.face_model import FaceModel
from workbench.ingest.faces import ExaminedFace
from workbench.store import schemas
from workbench.store.case_folder import CaseFolder
from workbench.store.vector_parts import vector_table

PART_FACES = 4096


class FaceWriter:
    """Turns faces into rows and rows into parts. Nothing is on disk before :meth:`flush`."""

    def __init__(self, folder: CaseFolder, model: FaceModel) -> None:
        self._parts, self._dim = folder.faces(model.key, model.dim), model.dim
        self._clear()
        self.faces = self.examined = 0

    @property
    def full(self) -> bool:
        """Whether there is enough for a part."""
        return len(self._faces) >= PART_FACES

    def add(self, image_id: str, faces: list[ExaminedFace]) -> None:
        """Take all faces of an image that was searched; an empty list says that it has none."""
        self._faces += faces
        self._images.append({"image_id": image_id, "faces": len(faces)})
        self.faces += len(faces)
        self.examined += 1

    def flush(self) -> None:
        """Write what was gathered; raises OSError, and the rows are then kept for another try."""
        if not self._images:
            return
        rows = [face.row for face in self._faces]
        crops = [{"face_id": face.row["face_id"], "jpeg": face.jpeg} for face in self._faces]
        self._parts.append(
            rows=pa.Table.from_pylist(rows, schemas.FACES),
            vectors=self._vectors(),
            crops=pa.Table.from_pylist(crops, schemas.CROPS),
            examined=pa.Table.from_pylist(self._images, schemas.EXAMINED),
        )
        self._clear()

    def _vectors(self) -> pa.Table:
        ids = [face.row["face_id"] for face in self._faces]
        return vector_table(ids, [face.vector for face in self._faces if face.vector is not None], self._dim)

    def _clear(self) -> None:
        self._faces: list[ExaminedFace] = []
        self._images: list[dict[str, str | int]] = []
