"""Picture files shown in an Image Editor: contact sheets, scored photos, confusion matrices.

A picture is one image data-block a name, whose file changes. It is run-time data: Blender leaves it out of the .blend,
and does not ask on quitting whether to save it; undo passes it by (seen in 4.5 and 5.2).
"""

from __future__ import annotations

from pathlib import Path

import bpy

MARK = "simreal_picture"
LEAST_SHARED_PX = 900
NEARLY = 1.3


def picture(path: Path, name: str) -> bpy.types.Image:
    """The image called ``name``, made where it is not there yet, with the file's present content."""
    image = bpy.data.images.get((name, None))  # None: this file's own, not a linked library's
    if image is None:
        image = bpy.data.images.load(str(path))
        image.name = name
        image[MARK] = True
    else:
        image.source, image.filepath = "FILE", str(path)
        image.reload()
    image.is_runtime_data = True
    return image


def show(image: bpy.types.Image, *, open_window: bool = True) -> bool:
    """Show ``image`` in one Image Editor: one that shows it, else a picture of ours, else nothing, else any unpinned.

    Where there is none one is opened beside a 3D viewport, or in a window, if that is wished. An editor that did not
    show it before shows it whole; in one that did, zoom and position stay. Returns whether it is shown now.
    """
    found = _best_editor(image)
    if found is None:
        if not open_window or bpy.app.background:
            return False
        found = _new_editor()
    window, area = found
    space = area.spaces.active
    if space.image != image:
        space.image = image
        fit(window, area)
    area.tag_redraw()
    return True


def show_file(path: Path, name: str, *, open_window: bool = True) -> bpy.types.Image:
    """Show a picture file under a name in one Image Editor: ``refresh`` and ``show`` in one."""
    image = refresh(path, name)
    show(image, open_window=open_window)
    return image


def refresh(path: Path, name: str) -> bpy.types.Image:
    """``picture``, seen at once where it is shown already; whole, if its size has changed."""
    known = bpy.data.images.get((name, None))
    size_before = None if known is None else tuple(known.size)
    image = picture(path, name)
    resized = size_before not in (None, tuple(image.size))
    for window, area in image_editors():
        if area.spaces.active.image == image:
            area.tag_redraw()
            if resized:
                fit(window, area)
    return image


def fit(window: bpy.types.Window, area: bpy.types.Area) -> None:
    """Zoom an Image Editor so that its whole image is seen: pixel by pixel where that nearly fills it.

    Blender leaves out rows and columns of pixels as it zooms out, and lettering with them.
    """
    region = next(region for region in area.regions if region.type == "WINDOW")
    size = area.spaces.active.image.size
    zoom = min(region.width / max(size[0], 1), region.height / max(size[1], 1))
    with bpy.context.temp_override(window=window, area=area, region=region):
        bpy.ops.image.view_all(fit_view=not 1.0 <= zoom < NEARLY)


def room(name: str) -> tuple[int, int] | None:
    """The width and height, in pixels, of the Image Editor that shows the picture called ``name``."""
    for _, area in image_editors():
        image = area.spaces.active.image
        if is_ours(image) and image.name == name:
            region = next(region for region in area.regions if region.type == "WINDOW")
            return region.width, region.height
    return None


def coming_room(name: str) -> tuple[int, int] | None:
    """``room``, or that of the Image Editor that ``show`` would take or open; None where that cannot be foreseen."""
    found = room(name)
    if found is not None or bpy.app.background:
        return found
    editor = _best_editor(bpy.data.images.get((name, None)))
    if editor is not None:
        region = next(region for region in editor[1].regions if region.type == "WINDOW")
        return region.width, region.height
    view = _largest_viewport()
    if view is None:
        return None
    region = next(region for region in view[1].regions if region.type == "WINDOW")
    return region.width // 2, region.height


def image_editors() -> list[tuple[bpy.types.Window, bpy.types.Area]]:
    """All Image Editors (not UV editors) of all windows, with their windows."""
    windows = bpy.context.window_manager.windows
    return [(window, area) for window in windows for area in window.screen.areas if area.ui_type == "IMAGE_EDITOR"]


def is_shown(image: bpy.types.Image) -> bool:
    """Whether an Image Editor shows ``image``."""
    return any(area.spaces.active.image == image for _, area in image_editors())


def is_ours(image: bpy.types.Image | None) -> bool:
    """Whether ``image`` is one of these pictures."""
    return image is not None and MARK in image


def _best_editor(image: bpy.types.Image | None) -> tuple[bpy.types.Window, bpy.types.Area] | None:
    def rank(editor: tuple[bpy.types.Window, bpy.types.Area]) -> int:
        shown = editor[1].spaces.active.image
        return 0 if shown == image else 1 if is_ours(shown) else 2 if shown is None else 3

    free = [
        editor
        for editor in image_editors()
        if not editor[1].spaces.active.use_image_pin or editor[1].spaces.active.image == image
    ]
    return min(free, key=rank, default=None)


def _new_editor() -> tuple[bpy.types.Window, bpy.types.Area]:
    """Half of the largest 3D viewport, so that pictures and the sidebar that they answer to are seen side by side.

    A window of its own would come up nearly as large as Blender's, over that sidebar; it is for viewports too small to
    be shared.
    """
    window, area = _half_a_viewport() or _new_window()
    area.ui_type = "IMAGE_EDITOR"
    return window, area


def _half_a_viewport() -> tuple[bpy.types.Window, bpy.types.Area] | None:
    found = _largest_viewport()
    if found is None:
        return None
    window, view = found
    before = set(window.screen.areas)
    with bpy.context.temp_override(window=window, area=view):
        bpy.ops.screen.area_split(direction="VERTICAL", factor=0.5)
    new = next((area for area in window.screen.areas if area not in before), None)
    return None if new is None else (window, new)


def _largest_viewport() -> tuple[bpy.types.Window, bpy.types.Area] | None:
    """The widest 3D viewport that is wide enough to be shared."""
    least = LEAST_SHARED_PX * bpy.context.preferences.system.ui_scale
    views = [
        (window, area)
        for window in bpy.context.window_manager.windows
        for area in window.screen.areas
        if area.type == "VIEW_3D" and area.width >= least
    ]
    return max(views, key=lambda each: each[1].width, default=None)


def _new_window() -> tuple[bpy.types.Window, bpy.types.Area]:
    before = set(bpy.context.window_manager.windows)
    bpy.ops.wm.window_new()
    window = next(window for window in bpy.context.window_manager.windows if window not in before)
    return window, window.screen.areas[0]


def remove_all() -> None:
    """Take the pictures out of Blender, as the add-on is taken off."""
    bpy.data.batch_remove([image for image in bpy.data.images if is_ours(image)])
