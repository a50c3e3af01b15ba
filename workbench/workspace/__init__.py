"""The desk: puts one Case on the panels."""

from workbench.workspace.desk import Workspace

__all__ = ["Workspace"]
