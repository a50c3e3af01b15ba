"""Identities: which faces are one person, and what to make of it. Arrays in, arrays out."""

from workbench.analysis.identities.calibration import Scale, probability
from workbench.analysis.identities.constraints import FREE, LEFT_OUT
from workbench.analysis.identities.grouping import DEFAULT_METHOD, Method, group
from workbench.analysis.identities.neighbours import Neighbours, neighbour_graph
from workbench.analysis.identities.review import Doubt, review
from workbench.analysis.identities.suggestions import (
    confidence,
    nearest,
    order_by_similarity,
    propose_split,
    suggest,
)
from workbench.analysis.identities.tracks import Following, following, tracks

__all__ = [
    "DEFAULT_METHOD",
    "FREE",
    "LEFT_OUT",
    "Doubt",
    "Following",
    "Method",
    "Neighbours",
    "Scale",
    "confidence",
    "following",
    "group",
    "nearest",
    "neighbour_graph",
    "order_by_similarity",
    "probability",
    "propose_split",
    "review",
    "suggest",
    "tracks",
]
