"""What happens in Blender when a job has ended: a contact sheet becomes an image that is shown."""

from __future__ import annotations

from pathlib import Path

import bpy

from . import training_environment
from .job_text import result_text
from .jobs import Job, State

PREVIEW_IMAGE = "Simreal Preview"


def show_result(job: Job) -> None:
    """Show what a finished job made, where there is something to show it in, and use what it made."""
    if job.order.verb == "environment":
        training_environment.take(job)
    if job.state is State.DONE and "preview" in job.results:
        sheet = Path(str(job.results["preview"]["sheet"]))
        if sheet.is_file():  # it may have been moved since
            show_sheet(load_sheet(sheet))


def announce(job: Job) -> None:
    """Tell in the status bar that a job has ended, also where its panel is not open."""
    windows = bpy.context.window_manager.windows
    if not windows or job.state in (State.PAUSED, State.CANCELLED):  # there the user did it
        return
    is_done = job.state is State.DONE
    text = f"{job.order.title}: {result_text(job) if is_done else job.problem or job.state.value}"
    with bpy.context.temp_override(window=windows[0]):
        bpy.ops.simreal.job_announce("INVOKE_DEFAULT", text=text, is_problem=not is_done)


def show_sheet(image: bpy.types.Image) -> bool:
    """Show the image, whole, in every open Image Editor. Returns whether there is one."""
    windows = bpy.context.window_manager.windows
    editors = [(window, area) for window in windows for area in window.screen.areas if area.ui_type == "IMAGE_EDITOR"]
    for window, area in editors:
        area.spaces.active.image = image
        region = next(region for region in area.regions if region.type == "WINDOW")
        with bpy.context.temp_override(window=window, area=area, region=region):
            bpy.ops.image.view_all(fit_view=True)
    return bool(editors)


def load_sheet(path: Path) -> bpy.types.Image:
    """The contact sheet as the one image data-block that sheets are shown in."""
    image = bpy.data.images.get(PREVIEW_IMAGE)
    if image is None:
        image = bpy.data.images.load(str(path))
        image.name = PREVIEW_IMAGE
    else:
        image.filepath = str(path)
        image.reload()
    image.preview_ensure()
    if image.preview is not None:
        image.preview.reload()
    return image
