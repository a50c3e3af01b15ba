"""Face models: pairs of a detector and a recogniser, with what was measured of each."""

from workbench.models.faces.pairs import FacePair, face_pair, register_pair

__all__ = ["FacePair", "face_pair", "register_pair"]
