"""Tests of Workbench; the folders mirror the rooms of the package."""
