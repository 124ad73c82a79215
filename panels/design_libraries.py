"""Libraries: the folders that models, environment maps, textures and photos come from."""

from __future__ import annotations

from typing import ClassVar

import bpy

from ..addon.library_list import use_count
from .sidebar import NeedsDesign

ICONS = {"models": "MESH_DATA", "environments": "WORLD", "textures": "TEXTURE", "photos": "IMAGE_BACKGROUND"}


class SIMREAL_PT_design_libraries(NeedsDesign, bpy.types.Panel):
    """The libraries of the design."""

    bl_idname = "SIMREAL_PT_design_libraries"
    bl_label = "Libraries"
    bl_parent_id = "SIMREAL_PT_design"
    bl_options: ClassVar = {"DEFAULT_CLOSED"}

    def draw(self, context: bpy.types.Context) -> None:
        layout, state = self.layout, context.scene.simreal
        column = layout.column(align=True)
        for entry in state.libraries:
            row = column.row(align=True)
            row.label(text=f"{entry.name}: {use_count(state, entry.name)}", icon=ICONS[entry.kind], translate=False)
            if entry.kind == "models":
                axis = row.row(align=True)
                axis.scale_x = 0.7
                axis.prop(entry, "up_axis", text="")
            row.operator("simreal.library_remove", text="", icon="X", emboss=False).library = entry.name
            path = column.row()
            path.active = False
            path.label(text=entry.path, icon="BLANK1", translate=False)
        if not state.libraries:
            column.label(text="All comes with Simreal and Blender", icon="ASSET_MANAGER")
        column = layout.column(align=True)
        column.label(text="Add a Folder of")
        column.operator_enum("simreal.library_add", "kind")


CLASSES = (SIMREAL_PT_design_libraries,)
