"""The desk: puts one Case on the panels."""

from workbench.errors import required_by

with required_by("The desk"):
    from workbench.workspace.desk import Workspace

__all__ = ["Workspace"]
