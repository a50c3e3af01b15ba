"""The loop: files -> batches -> vectors -> store. Bounded, ordered, resumable."""

from workbench.embedding.embedder import Embedder
from workbench.embedding.ingest import IngestReport, ingest
from workbench.embedding.part import EmbeddedPart, embed_part

__all__ = ["EmbeddedPart", "Embedder", "IngestReport", "embed_part", "ingest"]
