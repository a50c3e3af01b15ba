"""The only room with torch: image-text models, and where their weights come from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.errors import ModelError

if TYPE_CHECKING:
    from pathlib import Path

    from workbench.models.joint import JointModel

__all__ = ["fetch", "load"]


def load(name: str = "mini", *, precision: str = "auto") -> JointModel:
    """Load an image-text model.

    name: ``"mini"``, the embedded model; ``"ARCHITECTURE/TAG"`` with names of open_clip, such as
    ``"ViT-B-32/laion2b_s34b_b79k"``; or ``"ARCHITECTURE/path/to/checkpoint"``.
    precision: ``"float32"``, ``"bfloat16"``, or ``"auto"`` for what is quick on this processor.

    Raises ModelError when the name is unknown or the weights cannot be had. The weights of ``mini`` are never
    downloaded here: `workbench.models.weights.fetch` does that.
    """
    match name.split("/", maxsplit=1):
        case ["mini"]:
            from workbench.models.mini.load import load_mini

            return load_mini(precision=precision)
        case [architecture, source] if architecture and source:
            from workbench.models.hub import load_open_clip

            return load_open_clip(architecture, source, precision=precision)
        case _:
            raise ModelError(
                f"Unknown model {name!r}.",
                "Use 'mini', or 'ARCHITECTURE/TAG' of open_clip such as 'ViT-B-32/laion2b_s34b_b79k', "
                "or 'ARCHITECTURE/path/to/checkpoint'.",
            )


def fetch(name: str = "mini") -> list[Path]:
    """Bring the weights of a model to this machine and return their paths; see `weights.fetch` for errors.

    ``mini`` and ``regions`` are also prepared for this processor, so that nothing waits for that later.
    """
    from workbench.models import weights

    paths = list(weights.fetch(name).values())
    if name == "mini":
        load(name)
    elif name == "regions":
        from workbench.models.regions import load_regions

        load_regions(["persons"])
    return paths
