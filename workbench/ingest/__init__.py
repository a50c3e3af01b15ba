"""The loop: files -> images -> samples -> vectors, in batches -> store. Bounded, ordered, resumable."""

from workbench.ingest.instances import InstanceReport, ingest_instances
from workbench.ingest.pipeline import EmbeddedPart, embed_part
from workbench.ingest.plan import Reading
from workbench.ingest.run import IngestReport, ingest, ingest_faces
from workbench.ingest.verification import verify
from workbench.samples.models import Embedder, FaceModel, RegionModel

__all__ = [
    "EmbeddedPart",
    "Embedder",
    "FaceModel",
    "IngestReport",
    "InstanceReport",
    "Reading",
    "RegionModel",
    "embed_part",
    "ingest",
    "ingest_faces",
    "ingest_instances",
    "verify",
]
