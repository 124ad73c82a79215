"""Registers everything with Blender, and takes back exactly that, in reverse order.

Where registering fails half-way, what was registered is taken back and the error goes on to Blender.
"""

from __future__ import annotations

from contextlib import ExitStack

import bpy
from bpy.props import PointerProperty

from .. import operators, panels
from ..design.factors import FACTORS
from ..panels.score_image import draw_menu
from . import (
    advice_shown,
    cli,
    curve_icons,
    effect_icons,
    fitted_pictures,
    job_watch,
    loaded_preset,
    manual,
    missing_assets,
    preferences,
    preview_link,
    preview_live,
    preview_requests,
    preview_thumbnails,
    render_outlook,
    score_keys,
    score_photo,
    score_shown,
    shown_images,
    study_design,
    study_outlook,
    training_environment,
    weights_shown,
    window_properties,
)
from .factor_properties import factor_classes
from .scene_properties import STATIC_CLASSES, scene_class
from .viewport import register as watch_viewport

_registered: list[ExitStack] = []


def register() -> None:
    """Register classes, ``Scene.simreal``, ``WindowManager.simreal``, the command and the watch of jobs."""
    with ExitStack() as stack:
        groups = factor_classes(FACTORS)
        scene = scene_class(groups[-1])
        kept = (*groups, *STATIC_CLASSES, scene, *window_properties.CLASSES, *preferences.CLASSES)
        for cls in (*kept, *operators.classes(), *panels.classes()):
            bpy.utils.register_class(cls)
            stack.callback(bpy.utils.unregister_class, cls)
        bpy.types.Scene.simreal = PointerProperty(type=scene)
        stack.callback(delattr, bpy.types.Scene, "simreal")
        bpy.types.WindowManager.simreal = PointerProperty(type=window_properties.SIMREAL_PG_window)
        stack.callback(delattr, bpy.types.WindowManager, "simreal")
        stack.callback(window_properties.forget)
        stack.callback(cli.register())
        stack.callback(manual.register())
        stack.callback(shown_images.remove_all)
        stack.callback(fitted_pictures.register())
        stack.callback(score_shown.register())
        stack.callback(score_photo.forget)
        stack.callback(score_keys.register())
        bpy.types.IMAGE_MT_image.append(draw_menu)
        stack.callback(bpy.types.IMAGE_MT_image.remove, draw_menu)
        stack.callback(training_environment.register())
        stack.callback(curve_icons.register())
        stack.callback(effect_icons.register())
        stack.callback(job_watch.register())
        stack.callback(render_outlook.register())
        stack.callback(study_design.register())
        stack.callback(study_outlook.register())
        stack.callback(loaded_preset.register())
        stack.callback(advice_shown.register())
        stack.callback(weights_shown.register())
        for module in (preview_link, preview_requests, preview_live, preview_thumbnails):
            stack.callback(module.register())
        stack.callback(watch_viewport())
        stack.callback(missing_assets.register())
        _registered.append(stack.pop_all())


def unregister() -> None:
    """Take back everything that ``register`` did."""
    _registered.pop().close()
