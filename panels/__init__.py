"""The sidebar tab "Simreal" of the 3D viewport: one panel a file, drawing only, in the order of the work."""

from __future__ import annotations

import importlib

MODULES = (
    "design",
    "design_class",
    "design_libraries",
    "design_images",
    "design_splits",
    "factors",
    "preview",
    "viewport",
    "compare",
    "render",
    "train",
    "score",
    "score_results",
    "score_image",
    "weighting",
    "studies",
    "jobs",
    "presets",
)


def classes() -> list[type]:
    """The classes to register, in order."""
    return [cls for name in MODULES for cls in importlib.import_module(f".{name}", __package__).CLASSES]
