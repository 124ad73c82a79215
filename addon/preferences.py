"""The extension's preferences: which Python trains, where jobs are kept, and how rendering uses this machine."""

# mypy: disable-error-code="valid-type"
from __future__ import annotations

from pathlib import Path
from typing import Any

import attrs
import bpy
from bpy.props import EnumProperty, IntProperty, StringProperty

from ..training.environment import Environment
from .training_check import program_of

ADDON = (__package__ or "").rpartition(".")[0]


def _python_changed(_preferences: Any, _context: bpy.types.Context) -> None:
    """A Python that is newly named is checked."""
    from .training_environment import check_new  # which rests on this module

    check_new()


class SIMREAL_AP_preferences(bpy.types.AddonPreferences):
    """What is shown in Preferences > Add-ons > Simreal."""

    bl_idname = ADDON

    training_python: StringProperty(
        name="Python",
        description="Python with PyTorch that trains: its program, such as /home/me/venv/bin/python, or the folder of "
        "its environment; empty is the environment created here",
        subtype="FILE_PATH",
        update=_python_changed,
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

    def draw(self, context: bpy.types.Context) -> None:
        from ..panels.preferences import draw_preferences  # panels are above this module

        draw_preferences(self.layout, context, self)


@attrs.frozen
class Settings:
    """The preferences as plain values. ``training_python`` is a program, "" is none; ``workers`` 0 is automatic."""

    jobs_folder: Path
    training_python: str = ""
    workers: int = 0
    device: str = "auto"
    jobs_at_once: int = 1


def settings() -> Settings:
    """The preferences as they are; their defaults where Simreal runs without being an enabled add-on."""
    own = preferences()
    if own is None:
        return Settings(user_folder() / "jobs", _own_python())
    return Settings(
        jobs_folder=Path(bpy.path.abspath(own.jobs_folder)) if own.jobs_folder else user_folder() / "jobs",
        training_python=program_of(bpy.path.abspath(own.training_python)) if own.training_python else _own_python(),
        workers=own.workers,
        device=own.device,
        jobs_at_once=own.jobs_at_once,
    )


def preferences() -> Any | None:
    """The add-on's preferences; None where Simreal runs without being an enabled add-on."""
    addon = bpy.context.preferences.addons.get(ADDON)
    return addon.preferences if addon else None


def own_environment() -> Environment:
    """The training environment that is made when asked for, in the extension's own folder."""
    return Environment(user_folder() / "training")


def _own_python() -> str:
    environment = own_environment()
    return str(environment.python) if environment.is_ready else ""


def user_folder() -> Path:
    """The folder that is the extension's to write to, and stays when it is updated."""
    if ADDON.startswith("bl_ext."):
        return Path(bpy.utils.extension_path_user(ADDON))
    return Path(bpy.utils.user_resource("DATAFILES", path="simreal"))


CLASSES = (SIMREAL_AP_preferences,)
