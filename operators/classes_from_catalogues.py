"""Classes of Asset Browser catalogues, added to the design."""

# mypy: disable-error-code="valid-type"
from __future__ import annotations

from typing import Any, ClassVar

import bpy
from bpy.props import CollectionProperty, IntProperty, StringProperty

from ..addon.class_sources import asset_libraries, catalogues_of, take_catalogues
from ..addon.design_properties import SIMREAL_PG_choice
from ..design.errors import AssetError
from .outcome import can, reporting_errors, scene_problem
from .taken import tell


def _libraries(_operator: Any, _context: Any, _typed: str) -> list[str]:
    return list(asset_libraries())


def _list_catalogues(operator: Any, _context: Any = None) -> None:
    """The catalogues of the library that was chosen."""
    operator.choices.clear()
    try:
        catalogues = catalogues_of(operator.library)
    except AssetError:
        return  # the dialog says that there are none; running it says why
    for one in catalogues:
        operator.choices.add().name = one.path


class SIMREAL_OT_classes_from_catalogues(bpy.types.Operator):
    """Add catalogues of an asset library as classes; the objects and collections in them are the models"""

    bl_idname = "simreal.classes_from_catalogues"
    bl_label = "Add Classes from Asset Catalogues"
    bl_options: ClassVar = {"REGISTER", "UNDO"}

    library: StringProperty(
        name="Asset Library",
        description="Asset library of the preferences, or this file",
        search=_libraries,
        search_options=set(),
        update=_list_catalogues,
    )
    choices: CollectionProperty(
        name="Catalogues", description="A class each", type=SIMREAL_PG_choice, options={"SKIP_SAVE"}
    )
    active: IntProperty(options={"HIDDEN", "SKIP_SAVE"})

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return can(cls, scene_problem(context) or _problem())

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        known = list(asset_libraries())
        self.library = self.library if self.library in known else known[0]
        return set(context.window_manager.invoke_props_dialog(self))

    def draw(self, _context: bpy.types.Context) -> None:
        self.layout.prop(self, "library", icon="ASSET_MANAGER")
        if self.choices:
            self.layout.template_list("SIMREAL_UL_choices", "catalogues", self, "choices", self, "active", rows=8)
        else:
            self.layout.label(text="This library has no catalogues", icon="INFO")

    @reporting_errors
    def execute(self, context: bpy.types.Context) -> set[str]:
        paths = [one.name for one in self.choices if one.use]
        return tell(self, take_catalogues(context.scene, self.library, paths))


def _problem() -> str:
    if asset_libraries():
        return ""
    return "There is no asset library: name one in Preferences > File Paths, or save this file"


CLASSES = (SIMREAL_OT_classes_from_catalogues,)
