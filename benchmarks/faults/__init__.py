"""Faults that are made on purpose, in real processes, and what must hold after each: see ``--help``."""
