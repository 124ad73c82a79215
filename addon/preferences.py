"""The extension's preferences: which Python trains, where jobs are kept, and how rendering uses this machine."""

# mypy: disable-error-code="valid-type"
from __future__ import annotations

from pathlib import Path

import attrs
import bpy
from bpy.props import EnumProperty, IntProperty, StringProperty

ADDON = (__package__ or "").rpartition(".")[0]


class SIMREAL_AP_preferences(bpy.types.AddonPreferences):
    """What is shown in Preferences > Add-ons > Simreal."""

    bl_idname = ADDON

    training_python: StringProperty(
        name="Training Python",
        description="Python with PyTorch that trains: its program, such as /home/me/venv/bin/python",
        subtype="FILE_PATH",
    )
    jobs_folder: StringProperty(
        name="Jobs Folder",
        description="Where running and finished jobs are kept; empty is the extension's own folder",
        subtype="DIR_PATH",
    )
    jobs_at_once: IntProperty(
        name="Jobs at Once",
        description="How many jobs of the queue run at the same time; the others wait for their turn",
        default=1,
        min=1,
        max=16,
        soft_max=4,
    )
    workers: IntProperty(
        name="Render Workers",
        description="Render processes at once; 0 is one a processor core, or a single one on a GPU",
        min=0,
        soft_max=16,
    )
    device: EnumProperty(
        name="Render Device",
        description="What Cycles renders data sets on",
        items=[
            ("auto", "Automatic", "The best GPU there is, else the processor"),
            ("cpu", "CPU", "The processor"),
            ("optix", "OptiX", "NVIDIA GPUs, with OptiX"),
            ("cuda", "CUDA", "NVIDIA GPUs"),
            ("hip", "HIP", "AMD GPUs"),
            ("metal", "Metal", "Apple GPUs"),
            ("oneapi", "oneAPI", "Intel GPUs"),
        ],
    )

    def draw(self, _context: bpy.types.Context) -> None:
        layout = self.layout
        layout.use_property_split = True
        layout.use_property_decorate = False
        for name in ("training_python", "jobs_folder", "jobs_at_once", "device", "workers"):
            layout.prop(self, name)
        if not self.training_python:
            layout.label(text="Without a training Python all but Train works", icon="INFO")


@attrs.frozen
class Settings:
    """The preferences as plain values. ``training_python`` "" is none, ``workers`` 0 is automatic."""

    jobs_folder: Path
    training_python: str = ""
    workers: int = 0
    device: str = "auto"
    jobs_at_once: int = 1


def settings() -> Settings:
    """The preferences as they are; their defaults where Simreal runs without being an enabled add-on."""
    addon = bpy.context.preferences.addons.get(ADDON)
    if addon is None:
        return Settings(user_folder() / "jobs")
    own = addon.preferences
    return Settings(
        jobs_folder=Path(bpy.path.abspath(own.jobs_folder)) if own.jobs_folder else user_folder() / "jobs",
        training_python=bpy.path.abspath(own.training_python) if own.training_python else "",
        workers=own.workers,
        device=own.device,
        jobs_at_once=own.jobs_at_once,
    )


def user_folder() -> Path:
    """The folder that is the extension's to write to, and stays when it is updated."""
    if ADDON.startswith("bl_ext."):
        return Path(bpy.utils.extension_path_user(ADDON))
    return Path(bpy.utils.user_resource("DATAFILES", path="simreal"))


CLASSES = (SIMREAL_AP_preferences,)
