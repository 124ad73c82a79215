"""Asking for previews: what operators call."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any

import bpy
from bpy.app.handlers import persistent

from ..datasets.preview_orders import PreviewImage, PreviewOrder, suitable_columns
from ..design.design import Design
from ..design.document import to_document
from ..design.errors import DesignError
from ..design.factors import FACTORS
from ..design.sampling import Sampler
from .conversion import design_of
from .preview_link import link
from .preview_sheet import Again, PreviewSheet, sheet_file

DRAFT_PX = 96
DRAFT_SAMPLES = 4

_sheets: list[PreviewSheet] = []


def request(
    order: PreviewOrder, *, show: bool = True, again: Again | None = None, scene: bpy.types.Scene | None = None
) -> None:
    """Render ``order`` in the background, instead of what is being rendered; the sheet fills in as images arrive.

    ``show`` has an Image Editor found or opened for it. ``again`` makes the order anew, of the design as it is then:
    the live preview calls it when the design of ``scene`` (the active one, if none is given) changes. ToolError where
    previews cannot be rendered here.
    """
    shown = scene or bpy.context.scene
    sheet = PreviewSheet(order, again, shown.session_uid, show=show)
    link().begin(sheet)
    _sheets[:] = [sheet]


def current() -> PreviewSheet | None:
    """The sheet that was asked for last, finished or not."""
    return _sheets[0] if _sheets else None


def request_contact_sheet(scene: bpy.types.Scene, *, show: bool = True) -> None:
    """Render the first images of a scene's design. Raises DesignError and ToolError."""
    again = functools.partial(contact_sheet_of, scene.session_uid)
    request(again(), show=show, again=again, scene=scene)


def contact_sheet_of(scene_uid: int) -> PreviewOrder:
    """The order of a scene's contact sheet: the first images of a split, as its panel says. Raises DesignError."""
    scene = next((scene for scene in bpy.data.scenes if scene.session_uid == scene_uid), None)
    if scene is None:
        raise DesignError("", "the scene of this preview is no longer there")
    given, design = scene.simreal.preview, design_of(scene.simreal)
    return contact_sheet(design, given.split or design.splits[0].name, given.images, draft=given.quality == "DRAFT")


def contact_sheet(design: Design, split: str, count: int, *, draft: bool = False) -> PreviewOrder:
    """The order of the first ``count`` images of a split. Raises DesignError."""
    sampler = Sampler(design, split)
    image = draft_settings(sampler.design) if draft else {}
    images = tuple(
        PreviewImage(0, split, index, caption=caption(sampler, index), image=image) for index in range(count)
    )
    kind = f"{split}, draft ({', '.join(_words(image))})" if image else split
    title = f"{design.name}: {kind}, seed {design.seed}"
    return PreviewOrder(title, ((to_document(design), str(design.folder)),), images, suitable_columns(count))


def draft_settings(design: Design) -> Mapping[str, Any]:
    """Image settings that are quicker than the design's own, where those are not as quick already."""
    quick = {"resolution_px": DRAFT_PX, "samples": DRAFT_SAMPLES}
    return {name: value for name, value in quick.items() if value < getattr(design.image, name)}


def caption(sampler: Sampler, index: int) -> str:
    """Class and index; below, of the factors that the design leaves to chance, those that are fixed in this image."""
    chance = [name for name, settings in sampler.design.factors.items() if 0.0 < settings.weight < 1.0]
    fixed = [FACTORS[name].label.split()[-1].lower() for name in chance if not sampler.is_drawn(name, index)]
    return f"{sampler.class_name(index)}  {index}" + (f"\nfixed: {', '.join(fixed)}" if fixed else "")


def _words(image: Mapping[str, Any]) -> list[str]:
    units = {"resolution_px": "px", "samples": "samples"}
    return [f"{value} {units[name]}" for name, value in image.items()]


@persistent
def on_load(_file: str, _unused: object = None) -> None:
    """Another .blend is loaded: the sheet was of the one before."""
    for sheet in _sheets:
        sheet.put_away()
    link().drop("Another file was opened")
    _sheets.clear()


def register() -> Callable[[], None]:
    """Keep the sheet that was asked for last. Returns what ends it."""
    bpy.app.handlers.load_post.append(on_load)
    return unregister


def unregister() -> None:
    bpy.app.handlers.load_post.remove(on_load)
    _sheets.clear()
    sheet_file().unlink(missing_ok=True)
