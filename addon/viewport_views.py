"""A 3D viewport's look and point of view: taken down, changed for looking at an image, and put back exactly.

A viewport is known by the address of its space: it keeps that when its area is maximised or moved, and undo leaves
screens alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs
import bpy

from .camera_framing import camera_view, free_part

# In the order in which they can be set: a camera's view last, since the others are the view that it covers.
POINT_OF_VIEW = (
    "view_location",
    "view_rotation",
    "view_distance",
    "view_camera_zoom",
    "view_camera_offset",
    "is_perspective",
    "is_orthographic_side_view",
    "view_perspective",
)
# What an image is looked at with: nothing but itself, through its camera.
LOOK: dict[str, Any] = {
    "shading.type": "RENDERED",
    "shading.use_scene_lights_render": True,
    "shading.use_scene_world_render": True,
    "overlay.show_floor": False,
    "overlay.show_axis_x": False,
    "overlay.show_axis_y": False,
    "overlay.show_axis_z": False,
    "overlay.show_ortho_grid": False,
    "overlay.show_cursor": False,
    "overlay.show_extras": False,
    "overlay.show_relationship_lines": False,
    "overlay.show_outline_selected": False,
    "overlay.show_object_origins": False,
    "lock_camera": False,
    "use_local_camera": False,
    "use_local_collections": False,
}


@attrs.frozen
class FormerView:
    """How a viewport was: ``look`` as in ``LOOK``, ``point_of_view``, and its own camera's name where it had one."""

    space: int
    look: dict[str, Any]
    point_of_view: dict[str, Any]
    own_camera: str


def former_view(area: bpy.types.Area) -> FormerView:
    """How a 3D viewport is now."""
    space = area.spaces.active
    camera = space.camera.name_full if space.use_local_camera and space.camera else ""
    look = {path: space.path_resolve(path) for path in LOOK}
    point_of_view = {name: _plain(getattr(space.region_3d, name)) for name in POINT_OF_VIEW}
    return FormerView(space.as_pointer(), look, point_of_view, camera)


def look_through_camera(area: bpy.types.Area) -> None:
    """Have a 3D viewport show its scene as rendered, through the scene's camera."""
    space = area.spaces.active
    for path, value in LOOK.items():
        _set(space, path, value)
    zoom, offset = camera_view(*free_part(area))
    space.region_3d.view_camera_zoom = zoom
    space.region_3d.view_camera_offset = offset
    space.region_3d.view_perspective = "CAMERA"


def put_back(former: FormerView, *, new_ones_beside: frozenset[int] | None = None) -> None:
    """Give the viewport its former look back, if it is still there. Its window shows its former scene by now.

    Viewports that are none of ``new_ones_beside`` have been split off from it meanwhile, and look the same then.
    """
    for space in _spaces():
        split_off = new_ones_beside is not None and space.as_pointer() not in new_ones_beside
        if space.as_pointer() == former.space or split_off:
            for path, value in former.look.items():
                if space.path_resolve(path) != value:
                    _set(space, path, value)
            if former.own_camera and former.own_camera in bpy.data.objects:
                space.camera = bpy.data.objects[former.own_camera]
            for name in POINT_OF_VIEW:
                if _plain(getattr(space.region_3d, name)) != former.point_of_view[name]:
                    setattr(space.region_3d, name, former.point_of_view[name])


def all_viewports() -> frozenset[int]:
    """The spaces of all 3D viewports there are, by address."""
    return frozenset(space.as_pointer() for space in _spaces())


def viewport(window: bpy.types.Window, area: bpy.types.Area | None = None) -> bpy.types.Area | None:
    """The 3D viewport to look in: ``area`` if it is one, else the largest of the window; None if it has none."""
    if area is not None and area.type == "VIEW_3D":
        return area
    found = [area for area in window.screen.areas if area.type == "VIEW_3D"]
    return max(found, key=lambda one: one.width * one.height, default=None)


def _spaces() -> Iterator[bpy.types.SpaceView3D]:
    for screen in bpy.data.screens:
        for area in screen.areas:
            yield from (space for space in area.spaces if space.type == "VIEW_3D")


def _set(space: bpy.types.SpaceView3D, path: str, value: Any) -> None:
    owner, _, name = path.rpartition(".")
    setattr(getattr(space, owner) if owner else space, name, value)


def _plain(value: Any) -> Any:
    """A value that outlives what it was read from."""
    return value if isinstance(value, bool | int | float | str) else tuple(value)
