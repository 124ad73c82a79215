"""A Python environment with PyTorch, made in the extension's own folder."""

# mypy: disable-error-code="valid-type"
from __future__ import annotations

from typing import ClassVar

import bpy
from bpy.props import EnumProperty, StringProperty

from ..addon.command_lines import SIMREAL, in_blenders_python
from ..addon.environment_jobs import busy_with, start
from ..addon.preferences import own_environment
from ..training.environment import check_space
from ..training.torch_builds import AUTO, BUILDS, published_here
from .outcome import can, reporting_errors

KINDS = [
    (AUTO, "Automatic", "For the GPU that is found here, else for the CPU"),
    *((name, BUILDS[name].label, BUILDS[name].help) for name in published_here()),
]


class SIMREAL_OT_environment_create(bpy.types.Operator):
    """Make a Python environment with PyTorch in the background, in the extension's own folder, and train with it"""

    bl_idname = "simreal.environment_create"
    bl_label = "Create Environment"
    bl_options: ClassVar = {"REGISTER"}

    torch: EnumProperty(
        name="PyTorch",
        description="What PyTorch is built for",
        items=KINDS,
    )
    python: StringProperty(
        name="Base Python",
        description="Python to make the environment from, 3.11 or newer; empty is Blender's own",
        subtype="FILE_PATH",
    )
    index: StringProperty(
        name="Package Index",
        description="Address to download packages from; empty is what pip is set to, else PyTorch's and Python's own",
    )

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        return can(cls, _problem())

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        return context.window_manager.invoke_props_dialog(self, width=420, confirm_text="Create")

    def draw(self, _context: bpy.types.Context) -> None:
        layout = self.layout
        layout.use_property_split = True
        layout.use_property_decorate = False
        layout.prop(self, "torch")
        text = layout.column(align=True)
        for build in (BUILDS[name] for name in published_here() if self.torch in (AUTO, name)):
            download, disk = build.downloaded_bytes / 1e9, build.installed_bytes / 1e9
            needs = f"{build.label}: about {download:.1f} GB to download, {disk:.1f} GB on the disk"
            text.label(text=needs, icon="BLANK1", translate=False)
        layout.separator()
        layout.prop(self, "python", placeholder="Blender's own")
        layout.prop(self, "index", placeholder="What pip is set to, else PyTorch's own")
        layout.separator()
        text = layout.column(align=True)
        text.label(text=str(own_environment().path), icon="FILE_FOLDER", translate=False)
        if own_environment().is_ours:
            text.label(text="The environment that is there is replaced", icon="ERROR")

    @reporting_errors
    def execute(self, _context: bpy.types.Context) -> set[str]:
        environment = own_environment()
        if self.torch != AUTO and not environment.is_ours:
            check_space(environment.path, BUILDS[self.torch])
        options = ["--torch", self.torch, "--replace"]
        if self.python:
            options += ["--python", bpy.path.abspath(self.python)]
        if self.index:
            options += ["--index", self.index]
        steps = (
            in_blenders_python("environment", "create", environment.path, *options),
            (str(environment.python), SIMREAL, "doctor", "--training", "--messages"),
        )
        start("Training Environment", *steps)
        return {"FINISHED"}


def _problem() -> str:
    if not bpy.app.online_access:
        return "This downloads PyTorch: allow online access in Preferences > System > Network"
    return busy_with()


CLASSES = (SIMREAL_OT_environment_create,)
