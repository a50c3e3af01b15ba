"""The loop: files -> batches -> vectors -> store. Bounded, ordered, resumable."""

from workbench.ingest.embedder import Embedder
from workbench.ingest.face_model import FaceModel
from workbench.ingest.part import EmbeddedPart, embed_part
from workbench.ingest.run import IngestReport, ingest, ingest_faces

__all__ = ["EmbeddedPart", "Embedder", "FaceModel", "IngestReport", "embed_part", "ingest", "ingest_faces"]
