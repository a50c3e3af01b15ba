"""Opening: how a case is made or found again."""

import warnings
from pathlib import Path

from workbench.case.arguments import folder, text
from workbench.case.case import Case
from workbench.case.embedders import earlier_model
from workbench.errors import CaseError
from workbench.store.case_folder import CaseFolder


def open_case(
    source: str | Path | None = None,
    *,
    case: str | Path | None = None,
    model: str | None = None,
    precision: str = "auto",
    faces: str | None = None,
    index: str = "exact",
) -> Case:
    """Create a case for the folder ``source``, or reopen it (``source`` may then be left out).

    ``model`` names the embedder (``mini`` where nothing else was chosen); one case can hold vectors of
    several.
    ``precision`` is for new vectors; a case that has some keeps theirs. ``faces`` names the pair of face
    models, ``facenet`` or ``sface``: by default that of the last ``ingest_faces``, or ``facenet``; names and
    other decisions about faces hold for all pairs. The source is only ever read.
    ``index`` searches a large collection by an engine: "faiss", "lancedb" or the URL of a PostgreSQL with
    pgvector (docs/search.md); "exact" compares every vector.
    A case whose vectors are of an earlier ``mini`` opens with a warning that says how to renew them.
    Raises SourceError, CaseError, or ModelError for an engine that is not installed, with what to do next.
    """
    if case is None:
        raise CaseError("No case folder was given.", "For example wb.open('photos/', case='cases/mine').")
    root = folder(case, "The case")
    photos = None if source is None else folder(source, "The source")
    chosen = None if model is None else text(model, "The model", "mini")
    precision = text(precision, "The precision", "auto")
    pair = None if faces is None else text(faces, "The pair of face models", "facenet")
    index = text(index, "The index", "exact")
    found = CaseFolder.create_or_open(root, photos, chosen)
    if earlier := earlier_model(found):
        warnings.warn(earlier, UserWarning, stacklevel=2)
    return Case(found, precision, pair, index)
