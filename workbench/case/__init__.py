"""The case: one facade, and the parts it is wired from."""

from workbench.case.case import Case, open_case

__all__ = ["Case", "open_case"]
