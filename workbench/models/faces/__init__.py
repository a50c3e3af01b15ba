"""Pairs of face detector and recogniser, and their loader."""

from __future__ import annotations

from functools import partial

from workbench.errors import ModelError
from workbench.models.faces.model import FacePair
from workbench.models.precision import SHORT, choose

__all__ = ["FacePair", "load_faces"]

_VERSION = 1  # of search, alignment and correction: raise it with any change of the numbers
_MIN_SIZE = 24
_FACENET_MARGIN = 0.2


def load_faces(name: str = "facenet", *, precision: str = "auto") -> FacePair:
    """Load a pair: "facenet" (MTCNN and InceptionResnetV1 of VGGFace2) or "sface" (YuNet and SFace).

    precision: of the recogniser, as for `workbench.models.load`. Raises ModelError for an unknown name and
    where the weights are not on this machine; uses no network.
    """
    from workbench.models.faces import align, mtcnn, recognisers, yunet

    chosen = choose(precision)
    match name:
        case "facenet":
            return FacePair(
                key=f"mtcnn{_MIN_SIZE}-level{_VERSION}-facenet_vggface2-{SHORT[chosen]}",
                dim=512,
                recogniser=recognisers.load_facenet(chosen),
                detector=mtcnn.load_mtcnn(_MIN_SIZE),
                aligner=partial(align.level_crop, margin=_FACENET_MARGIN),
            )
        case "sface":
            return FacePair(
                key=f"yunet{_MIN_SIZE}-template{_VERSION}-sface-{SHORT[chosen]}",
                dim=128,
                recogniser=recognisers.load_sface(chosen),
                detector=yunet.load_yunet(_MIN_SIZE),
                aligner=align.template_crop,
            )
        case _:
            raise ModelError(f"No face model is called {name!r}.", "Use 'facenet' or 'sface'.")
