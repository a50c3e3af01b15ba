"""Info: the places and counts of a case, for a person and for programs."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbench.case.case import Case


def case_info(case: "Case") -> dict[str, Any]:
    """Return places, models and counts of a case as a flat dict; bytes are those of the case folder."""
    folder = case.folder
    return {
        "case": str(folder.root),
        "source": str(folder.source),
        "model": folder.model,
        "key": case.key,
        "images": len(case.images),
        "paths": int(case.images["paths"].map(len).sum()),
        "problems": len(case.problems),
        "faces": len(case.faces),
        "named": len(case.faces.named),
        "regions": len(case.regions),
        "candidates": len(case.instances),
        "tagged": int(case.tags["sample_id"].nunique()),
        "bytes": sum(path.stat().st_size for path in folder.root.rglob("*") if path.is_file()),
    }
