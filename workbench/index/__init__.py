"""Index: nearest vectors by an engine, for collections that exact search is too slow for."""

from workbench.index.index import ExactIndex, Index

__all__ = ["ExactIndex", "Index"]
