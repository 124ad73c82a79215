"""An image shown in the 3D viewport: a scene of its own, to look around in, and its removal without a trace.

One image is shown at a time. Everything made for it bears a mark, so that it is found whatever has happened since:
undo, redo, or a crash and the automatic save read back. The record says only what the window and its viewports were.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import attrs
import bpy
from bpy.app.handlers import persistent

from ..datasets.messages import Log, Report
from ..design.declaration import Factor
from ..design.design import Design
from ..design.factors import FACTORS
from ..design.sampling import ImageSpec, Sampler
from ..rendering.viewport_scene import build_image_scene
from ..rendering.workshop import all_blocks
from .viewport_views import FormerView, all_viewports, former_view, look_through_camera, put_back

MARK = "simreal_shown"


@attrs.define
class Record:
    """Whose design is shown, in which window, and how that was before. Data-blocks are known by their session_uid,
    which undo keeps. ``viewports`` are all that there were."""

    design_scene: int
    window: int
    scene: int
    view_layer: str
    viewports: frozenset[int] = attrs.field(factory=all_viewports)
    views: list[FormerView] = attrs.field(factory=list)


_records: list[Record] = []


def is_shown(scene: bpy.types.Scene) -> bool:
    """Whether a scene shows an image, and so has no design of its own."""
    return MARK in scene


def about(scene: bpy.types.Scene) -> dict[str, Any]:
    """What a scene shows: ``design``, ``split``, ``index``, ``class``, ``model``, and ``factors`` with their values."""
    told: dict[str, Any] = json.loads(scene[MARK])
    return told


def can_leave() -> bool:
    """Whether an image is shown, be it that its window has gone elsewhere or its scene has been removed by hand."""
    return bool(_records) or any(is_shown(scene) for scene in bpy.data.scenes)


def design_scene() -> bpy.types.Scene | None:
    """The scene whose design is shown; None where nothing is shown, or that scene has been removed."""
    return _scene(_records[0].design_scene) if _records else None


def show(
    window: bpy.types.Window, area: bpy.types.Area, scene: bpy.types.Scene, sampler: Sampler, index: int
) -> list[str]:
    """Show an image of the design of ``scene`` in a window and a 3D viewport, in place of one that is shown.

    Returns warnings. Raises SimrealError, and then nothing has changed.
    """
    warnings: list[str] = []
    former = [block.session_uid for block in _marked()]
    made = _build(sampler.design, sampler.spec(index), scene.cycles.device, warnings)
    if _records and _records[0].window != window.as_pointer():
        _restore()
    if not _records:
        here = window.scene if not is_shown(window.scene) else scene
        _records.append(Record(scene.session_uid, window.as_pointer(), here.session_uid, window.view_layer.name))
    record = _records[0]
    record.design_scene = scene.session_uid
    if not any(view.space == area.spaces.active.as_pointer() for view in record.views):
        record.views.append(former_view(area))
    for one in bpy.context.window_manager.windows:
        if one == window or is_shown(one.scene):
            one.scene = made
    look_through_camera(area)
    _remove(block for block in _marked() if block.session_uid in former)
    made.name = f"Simreal Image {index}"
    return warnings


def leave() -> None:
    """Go back to where the window was, and remove all that was made to show an image. Nothing happens where none is."""
    _restore()
    _remove(_marked())


def _build(design: Design, spec: ImageSpec, device: str, warnings: list[str]) -> bpy.types.Scene:
    """The scene, with all that was made for it marked; if that fails, all of it is removed again."""
    before = {block.session_uid for block in all_blocks()}
    try:
        scene, model = build_image_scene(design, spec, f"Simreal Image {spec.index}", device, _collecting(warnings))
    except BaseException:
        _remove(block for block in all_blocks() if block.session_uid not in before)
        raise
    for block in all_blocks():
        if block.session_uid not in before:
            block[MARK] = ""
    scene[MARK] = json.dumps(told_of(design, spec, model), ensure_ascii=False)
    return scene


def told_of(design: Design, spec: ImageSpec, model: str) -> dict[str, Any]:
    """What is told of an image that shows ``model``: ``about`` has its keys."""
    return {
        "design": design.name,
        "split": spec.split,
        "index": spec.index,
        "class": spec.class_name,
        "model": model,
        "factors": [
            {"label": factor.label, "drawn": spec.factors[factor.name].drawn, "values": list(_values(factor, spec))}
            for factor in FACTORS.values()
        ],
    }


def _values(factor: Factor, spec: ImageSpec) -> Iterator[tuple[str, str, bool]]:
    """Label, value and whether it has an effect, of each parameter of a factor."""
    values = spec.factors[factor.name].values
    for parameter in factor.parameters:
        idle = any(values[name] in without for name, without in parameter.idle_with.items())
        yield parameter.label, parameter.value_text(values[parameter.name]), not idle


def _collecting(warnings: list[str]) -> Report:
    def report(message: object) -> None:
        if isinstance(message, Log):
            warnings.append(message.text)

    return report


def _restore() -> None:
    """Every window out of the scenes that show images; the viewports as they were."""
    record = _records.pop() if _records else None
    for window in bpy.context.window_manager.windows:
        if is_shown(window.scene):
            own = record is not None and record.window == window.as_pointer()
            window.scene = _scene(record.scene if own and record else 0) or _scene_to_go_to(record)
            if own and record and record.view_layer in window.scene.view_layers:
                window.view_layer = window.scene.view_layers[record.view_layer]
    for number, view in enumerate(record.views if record else ()):
        put_back(view, new_ones_beside=record.viewports if record and number == 0 else None)


def _scene_to_go_to(record: Record | None) -> bpy.types.Scene:
    """Where a window goes whose own scene is unknown or gone."""
    found = _scene(record.design_scene) if record else None
    left = (scene for scene in bpy.data.scenes if not is_shown(scene))
    return found or next(left, None) or bpy.data.scenes.new("Scene")


def _scene(session_uid: int) -> bpy.types.Scene | None:
    return next((scene for scene in bpy.data.scenes if scene.session_uid == session_uid), None)


def _marked() -> Iterator[bpy.types.ID]:
    return (block for block in all_blocks() if MARK in block)


def _remove(blocks: Iterable[bpy.types.ID]) -> None:
    bpy.data.batch_remove(list(blocks))


@persistent
def _after_undo(_scene: bpy.types.Scene, _unused: object = None) -> None:
    """Undone to before it was shown, or back to what had been left: neither is a state to look at."""
    windows = bpy.context.window_manager.windows
    if not _records or not any(is_shown(window.scene) for window in windows):
        _leave_file("")


@persistent
def _leave_file(_file: str, _unused: object = None) -> None:
    """Before a file is saved or another is loaded; and after, for what an automatic save has kept.

    Not while Blender renders, and so reads the scene: what is saved then is taken out when it is loaded.
    """
    if not bpy.app.is_job_running("RENDER"):
        leave()


def register() -> Callable[[], None]:
    """Start watching undo, saving and loading. Returns what ends it, and takes away what is shown."""
    handlers = bpy.app.handlers
    watched = {
        name: _after_undo if name in ("undo_post", "redo_post") else _leave_file
        for name in ("undo_post", "redo_post", "save_pre", "load_pre", "load_post")
    }
    for name, handler in watched.items():
        getattr(handlers, name).append(handler)

    def unregister() -> None:
        leave()
        for name, handler in watched.items():
            getattr(handlers, name).remove(handler)

    return unregister
