"""Framing: the part of the picture where anything of the objects can be seen. No ray is spent on the rest.

What is behind the objects is looked up, so the path tracer is given the smallest rectangle that surely holds them. It
is worked out from the models and the camera alone, never from a render, so that an image stays a function of its spec.
"""

from __future__ import annotations

from collections.abc import Iterable

import attrs
import bpy
import numpy as np

from .backgrounds import SENSOR_WIDTH_MM

# Vertices are kept as the cells of a grid of so many across the model's longest side: a few thousand at most.
CELLS = 64
# Cycles' pixel filter reaches 0.75 px from a pixel's centre, and rounding must not matter.
FILTER_PX = 2.0


@attrs.frozen
class Region:
    """The pixels ``x0`` .. ``x1`` - 1, ``y0`` .. ``y1`` - 1 of a picture, row 0 on top."""

    x0: int
    y0: int
    x1: int
    y1: int

    @property
    def width(self) -> int:
        return self.x1 - self.x0

    @property
    def height(self) -> int:
        return self.y1 - self.y0

    def within(self, outer: Region) -> tuple[slice, slice]:
        """Rows and columns of this region in an array of ``outer``'s pixels."""
        return (
            slice(self.y0 - outer.y0, self.y1 - outer.y0),
            slice(self.x0 - outer.x0, self.x1 - outer.x0),
        )


def whole(size_px: int) -> Region:
    """All of a square picture."""
    return Region(0, 0, size_px, size_px)


class Outlines:
    """Where the vertices of meshes are, roughly and from outside; worked out once a mesh."""

    def __init__(self) -> None:
        self._known: dict[int, np.ndarray] = {}

    def points(self, mesh: bpy.types.Mesh) -> np.ndarray:
        """Points (n, 3) in the mesh's own space whose convex hull holds the mesh."""
        if mesh.session_uid not in self._known:
            vertices = np.empty(len(mesh.vertices) * 3, np.float32)
            mesh.vertices.foreach_get("co", vertices)
            self._known[mesh.session_uid] = cell_corners(vertices.reshape(-1, 3))
        return self._known[mesh.session_uid]

    def forget(self, mesh: bpy.types.Mesh) -> None:
        """The mesh is about to be removed."""
        self._known.pop(mesh.session_uid, None)


def cell_corners(vertices: np.ndarray) -> np.ndarray:
    """The corners of all grid cells that hold some of ``vertices`` (n, 3)."""
    low = vertices.min(axis=0)
    side = max(float((vertices.max(axis=0) - low).max()) / CELLS, 1e-9)
    grid = (CELLS + 2,) * 3  # cells are 0 .. CELLS along an axis, corners one more; numbers sort faster than rows do
    cells = np.unique(np.ravel_multi_index(np.floor((vertices - low) / side).astype(np.int64).T, grid))
    steps = np.ravel_multi_index(tuple(np.indices((2, 2, 2)).reshape(3, -1)), grid)
    corners = np.stack(np.unravel_index(np.unique(cells[:, None] + steps), grid), axis=1)
    return (low + corners * np.float32(side)).astype(np.float32)


def region_of(
    objects: Iterable[bpy.types.Object], camera: bpy.types.Object, outlines: Outlines, size_px: int
) -> Region | None:
    """What of a square picture can show ``objects``, mesh objects with the same parent as ``camera``.

    None where none is in view; the whole picture where one reaches the plane of the camera.
    """
    into_camera = np.array(camera.matrix_basis.inverted(), np.float64)
    low, high = np.full(2, np.inf), np.full(2, -np.inf)
    for one in objects:
        to_view = into_camera @ np.array(one.matrix_basis, np.float64)
        seen = outlines.points(one.data) @ to_view[:3, :3].T + to_view[:3, 3]
        depth = -seen[:, 2]
        if depth.min() <= camera.data.clip_start:
            return whole(size_px)
        pixels = _pixels(seen[:, :2] / depth[:, None], camera.data, size_px)
        margin = (_defocus_px(depth, camera.data, size_px) + FILTER_PX)[:, None]
        low = np.minimum(low, (pixels - margin).min(axis=0))
        high = np.maximum(high, (pixels + margin).max(axis=0))
    if not np.isfinite(low).all():
        return None
    x0, y0 = np.clip(np.floor(low), 0, size_px).astype(int)
    x1, y1 = np.clip(np.ceil(high), 0, size_px).astype(int)
    return Region(int(x0), int(y0), int(x1), int(y1)) if x0 < x1 and y0 < y1 else None


def frame(render: bpy.types.RenderSettings, region: Region) -> None:
    """Have only ``region`` rendered, as an image of its own size."""
    size = render.resolution_x
    # Blender cuts size * border down to whole pixels: a quarter keeps rounding away.
    render.border_min_x, render.border_max_x = (region.x0 + 0.25) / size, min((region.x1 + 0.25) / size, 1.0)
    render.border_min_y = (size - region.y1 + 0.25) / size
    render.border_max_y = min((size - region.y0 + 0.25) / size, 1.0)


def _pixels(slopes: np.ndarray, camera: bpy.types.Camera, size_px: int) -> np.ndarray:
    """Where directions (n, 2), x and y at depth 1, fall in the picture; the inverse of ``backgrounds.View``."""
    half = SENSOR_WIDTH_MM / 2 / camera.lens
    steps = slopes / half - 2.0 * np.array([camera.shift_x, camera.shift_y])
    return (steps * [1.0, -1.0] + 1.0) / 2.0 * size_px


def _defocus_px(depth: np.ndarray, camera: bpy.types.Camera, size_px: int) -> np.ndarray:
    """Radius of the blur discs of points at ``depth`` (m), for a thin lens."""
    if not camera.dof.use_dof:
        return np.zeros_like(depth)
    focus_mm, focal_mm = camera.dof.focus_distance * 1000.0, camera.lens
    at_infinity_mm = focal_mm**2 / camera.dof.aperture_fstop / max(focus_mm - focal_mm, 1.0)
    disc_mm = at_infinity_mm * np.abs(1.0 - focus_mm / 1000.0 / depth)
    return disc_mm / SENSOR_WIDTH_MM * size_px / 2.0
