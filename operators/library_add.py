"""Environment maps, textures or background photos of a folder, added to the design."""

# mypy: disable-error-code="valid-type"
from __future__ import annotations

from typing import ClassVar

import bpy
from bpy.props import BoolProperty, EnumProperty, StringProperty

from ..addon.library_list import add_assets
from ..design.declaration import AssetKind
from .folder_chosen import chosen_folder
from .outcome import can, reporting_errors, scene_problem
from .taken import warn

KINDS = [
    (AssetKind.ENVIRONMENT.value, "Environment Maps", "A folder of .hdr and .exr maps, at any depth", "WORLD", 0),
    (AssetKind.TEXTURE.value, "Textures", "A folder of PBR texture sets (Poly Haven, ambientCG)", "TEXTURE", 1),
    (AssetKind.PHOTO.value, "Background Photos", "A folder of photos, at any depth", "IMAGE_BACKGROUND", 2),
]


class SIMREAL_OT_library_add(bpy.types.Operator):
    """Add a folder of environment maps, textures or background photos: each becomes an option, with a weight, of the
    factors that can show it"""

    bl_idname = "simreal.library_add"
    bl_label = "Add Assets"
    bl_options: ClassVar = {"REGISTER", "UNDO"}

    kind: EnumProperty(name="Kind", description="What the folder holds", items=KINDS)
    directory: StringProperty(name="Folder", description="Folder with the assets", subtype="DIR_PATH")
    filter_folder: BoolProperty(default=True, options={"HIDDEN", "SKIP_SAVE"})

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return can(cls, scene_problem(context) or _problem(context))

    @classmethod
    def description(cls, _context: bpy.types.Context, properties: bpy.types.OperatorProperties) -> str:
        kind = next(item for item in KINDS if item[0] == properties.kind)
        return f"{kind[2]}: each becomes an option, with a weight, of the factors that can show it"

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    @reporting_errors
    def execute(self, context: bpy.types.Context) -> set[str]:
        folder = chosen_folder(self.directory, self.kind)
        new, skipped = add_assets(context.scene.simreal, AssetKind(self.kind), folder)
        self.report({"INFO"}, f"{new} {self.kind} added")
        warn(self, [f"Skipped {one.path}: {one.reason}" for one in skipped])
        return {"FINISHED"}


def _problem(context: bpy.types.Context) -> str:
    return "" if context.scene.simreal.title else "There is no design yet: make one in the panel Design"


CLASSES = (SIMREAL_OT_library_add,)
