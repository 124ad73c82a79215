"""An image of the design, in the 3D viewport."""

# mypy: disable-error-code="valid-type"
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

import bpy
from bpy.props import IntProperty, StringProperty

from ..addon.conversion import design_of
from ..addon.viewing import chosen_split
from ..addon.viewport import design_scene, is_shown, show
from ..addon.viewport_views import viewport
from ..design.sampling import Sampler
from .outcome import can, design_problem, reporting_errors


class SIMREAL_OT_viewport_show(bpy.types.Operator):
    """Build one image in a scene of its own and look at it through its camera, as it is rendered, or walk around in \
it. Nothing of your own scene is touched; leaving removes all of it, and whatever was made of it"""

    bl_idname = "simreal.viewport_show"
    bl_label = "Show in Viewport"
    bl_options: ClassVar = {"REGISTER"}  # looking changes nothing that could be undone

    index: IntProperty(name="Image", description="Number of the image; -1 is the panel's", default=-1, min=-1)
    split: StringProperty(name="Split", description="Split of the image; empty is the panel's")

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        problem = shown_problem(context) if is_shown(context.scene) else design_problem(context)
        return can(cls, problem or viewing_problem(context))

    @reporting_errors
    def execute(self, context: bpy.types.Context) -> set[str]:
        scene = design_scene() if is_shown(context.scene) else context.scene
        assert scene is not None  # polled
        index = self.index if self.index >= 0 else scene.simreal.viewing.index
        show_image(self, context, scene, self.split, index)
        return {"FINISHED"}


def show_image(
    operator: bpy.types.Operator, context: bpy.types.Context, scene: bpy.types.Scene, split: str, index: int
) -> None:
    """Show an image of a scene's design; warnings become reports. Raises SimrealError."""
    design = design_of(scene.simreal)
    sampler = Sampler(design, split or chosen_split(scene.simreal, design))
    area = viewport(context.window, context.area)
    assert area is not None  # polled
    with waiting(context.window):
        for warning in show(context.window, area, scene, sampler, index):
            operator.report({"WARNING"}, warning)


def shown_problem(context: bpy.types.Context) -> str:
    """Why no other image of the design that is shown in this window can be shown; "" where one can."""
    if not is_shown(context.scene):
        return "No image is shown in this window: use Show in Viewport first"
    scene = design_scene()
    return "" if scene is not None and scene.simreal.title else "The scene with its design is gone"


def viewing_problem(context: bpy.types.Context) -> str:
    """Why no image can be shown here now; "" where one can."""
    if context.window is None or viewport(context.window, context.area) is None:
        return "There is no 3D viewport in this window to show it in"
    if context.mode != "OBJECT":
        return "Go to Object Mode first: showing an image changes the scene of the window"
    return rendering_problem()


def rendering_problem() -> str:
    """Why scenes cannot come and go now."""
    return "Wait until Blender has finished rendering" if bpy.app.is_job_running("RENDER") else ""


@contextmanager
def waiting(window: bpy.types.Window) -> Iterator[None]:
    """A cursor that says that Blender is busy: loading a model takes a moment."""
    window.cursor_modal_set("WAIT")
    try:
        yield
    finally:
        window.cursor_modal_restore()


CLASSES = (SIMREAL_OT_viewport_show,)
