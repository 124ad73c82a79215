"""The image of an Image Editor through the trained classifier."""

from __future__ import annotations

from typing import ClassVar

import bpy

from ..addon.image_files import picture_file
from ..addon.job_watch import watch
from ..addon.preferences import user_folder
from ..addon.score_orders import image_order, model_problem
from ..addon.shown_images import is_ours
from .outcome import can, reporting_errors


class SIMREAL_OT_score_image(bpy.types.Operator):
    """Ask the classifier what this image shows; it may be a file, painted, generated, packed or a finished render"""

    bl_idname = "simreal.score_image"
    bl_label = "Score Image"
    bl_options: ClassVar = {"REGISTER"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return can(cls, _problem(context))

    @reporting_errors
    def execute(self, context: bpy.types.Context) -> set[str]:
        image = context.space_data.image
        file = picture_file(image, context.scene, user_folder() / "image.png")
        watch().start(image_order(context.scene, image.name, file))
        return {"FINISHED"}


def _problem(context: bpy.types.Context) -> str:
    space = context.space_data
    if space is None or space.type != "IMAGE_EDITOR" or space.image is None:
        return "Open an image in this Image Editor"
    if is_ours(space.image):
        return "This picture is one of Simreal's own: open a photo"
    return model_problem(context.scene)


CLASSES = (SIMREAL_OT_score_image,)
