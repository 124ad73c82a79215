"""Where a library of the design lies on this machine."""

# mypy: disable-error-code="valid-type"
from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import bpy
from bpy.props import BoolProperty, StringProperty

from ..addon.conversion import design_of
from ..addon.design_arrivals import change
from ..addon.library_folders import remember_all
from ..addon.loaded_preset import is_as_loaded, note
from ..addon.missing_assets import known_missing, missing_words
from ..design.errors import AssetError
from ..design.missing import located
from .outcome import can, design_problem, reporting_errors, scene_problem


class SIMREAL_OT_library_locate(bpy.types.Operator):
    """Point to the folder in which a library of the design lies on this computer"""

    bl_idname = "simreal.library_locate"
    bl_label = "Locate Library"
    bl_options: ClassVar = {"REGISTER", "UNDO"}

    library: StringProperty(
        name="Library",
        description="Name of the library in the design",
        search=lambda _self, context, _typed: [entry.name for entry in context.scene.simreal.libraries],
        options={"SKIP_SAVE"},
    )
    directory: StringProperty(name="Folder", description="Where it lies", subtype="DIR_PATH", options={"SKIP_SAVE"})
    filter_folder: BoolProperty(default=True, options={"HIDDEN", "SKIP_SAVE"})

    @classmethod
    def description(cls, context: bpy.types.Context, properties: Any) -> str:
        state = context.scene.simreal
        told = [entry.text for entry in state.missing if entry.name == properties.library]
        return "\n".join(["Point to the folder in which this library lies on this computer", *told])

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        none = (
            "" if context.scene.simreal.libraries else "This design has no library of files: nothing is to be located"
        )
        return can(cls, scene_problem(context) or design_problem(context) or none)

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        state = context.scene.simreal
        missing = [entry.name for entry in known_missing(state) if entry.can_be_located]
        self.library = self.library or (missing or [state.libraries[0].name])[0]
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    @reporting_errors
    def execute(self, context: bpy.types.Context) -> set[str]:
        if not self.directory:
            raise AssetError(f"choose the folder of the library '{self.library}'")
        state, folder = context.scene.simreal, Path(bpy.path.abspath(self.directory))
        unchanged = is_as_loaded(state)
        missing = change(state, lambda design: located(design, self.library, folder))
        if unchanged:
            note(state, state.preset)
        remember_all(design_of(state, every_class=True))
        incomplete = next((one for one in missing if one.library == self.library), None)
        if incomplete is not None:
            self.report({"WARNING"}, f"Found a part of it. {incomplete.text}")
        elif missing:
            self.report({"INFO"}, f"Found {self.library}; {missing_words(missing)}")
        else:
            self.report({"INFO"}, f"Found {self.library}: nothing is missing")
        return {"FINISHED"}


CLASSES = (SIMREAL_OT_library_locate,)
