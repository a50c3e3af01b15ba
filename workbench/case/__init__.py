"""The case: one facade, and the parts it is wired from."""

from workbench.case.case import Case
from workbench.case.opening import open_case

__all__ = ["Case", "open_case"]
