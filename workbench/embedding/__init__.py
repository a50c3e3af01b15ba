"""The loop: files -> batches -> vectors -> store. Bounded, ordered, resumable."""

from workbench.embedding.embedder import Embedder
from workbench.embedding.face_model import FaceModel
from workbench.embedding.ingest import IngestReport, ingest, ingest_faces
from workbench.embedding.part import EmbeddedPart, embed_part

__all__ = ["EmbeddedPart", "Embedder", "FaceModel", "IngestReport", "embed_part", "ingest", "ingest_faces"]
