"""Right-click > Online Manual: the page and section about each button and setting, out of the manual in the extension.

The pages are made when the extension is packed (``tools/manual.py``); a checkout without them offers none.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import bpy

from ..design.factors import FACTORS

PAGES = Path(__file__).resolve().parent.parent / "manual"
GUIDE = "extension.html"
FACTOR_PAGE = "factors.html"
KINDS = ("bpy.ops.simreal.", "bpy.types.simreal_pg_")

# The section about what begins so, the most particular first: operators by their id, settings by their group's name.
SECTIONS: dict[str, str] = {
    "design_": "design",
    "class": "design",
    "model": "design",
    "choice": "design",
    "split": "images-and-splits",
    "image": "images-and-splits",
    "library": "asset-libraries",
    "missing": "asset-libraries",
    "preset": "presets",
    "factor": "factors",
    "option": "factors",
    "strip_": "strips-and-comparisons",
    "compar": "strips-and-comparisons",
    "view": "show-in-viewport",
    "preview": "preview",
    "data_": "render",
    "render": "render",
    "folder_": "render",
    "job": "jobs",
    "environment": "training-environment",
    "train": "train",
    "run": "train",
    "scor": "score",
    "alias": "score",
    "stud": "studies",
    "advi": "advice",
    "weight": "weighting",
    "importance": "weighting",
    "effect": "weighting",
    "suggestion": "weighting",
}


def manual_map() -> tuple[str, tuple[tuple[str, str], ...]]:
    """What Blender asks for: the address that all begins with, and (pattern of RNA ids, rest of the address) pairs."""
    factors = {name: f"{FACTOR_PAGE}#{factor.label.lower().replace(' ', '-')}" for name, factor in FACTORS.items()}
    sections = {name: f"{GUIDE}#{section}" for name, section in SECTIONS.items()}
    pairs = tuple((f"{kind}{name}*", page) for name, page in (factors | sections).items() for kind in KINDS)
    return f"{PAGES.as_uri()}/", (*pairs, ("bpy.*simreal*", GUIDE))


def register() -> Callable[[], None]:
    """Offer the manual. Returns what takes it back."""
    if not PAGES.is_dir():
        return lambda: None
    bpy.utils.register_manual_map(manual_map)
    return lambda: bpy.utils.unregister_manual_map(manual_map)
