"""Solids and surfaces: lofts, lathe work, swept tubes, rounded boxes, extrusions, shells. All closed unless said."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from .curves import fillet, placed, rectangle
from .mesh import Face, Mesh, Points

_WELD_DIGITS = 7


def loft(sections: ArrayLike, caps: bool = True, ring: bool = False) -> Mesh:
    """Skin over closed loops (S, N, 3). ``ring`` joins the last to the first; otherwise ``caps`` closes the ends."""
    loops = np.asarray(sections, dtype=np.float64)
    rows, columns = loops.shape[:2]
    faces: list[Face] = []
    for i in range(rows if ring else rows - 1):
        here, there = i * columns, ((i + 1) % rows) * columns
        for j in range(columns):
            k = (j + 1) % columns
            faces.append((here + j, here + k, there + k, there + j))
    if caps and not ring:
        faces.append(tuple(range(columns))[::-1])
        faces.append(tuple(range((rows - 1) * columns, rows * columns)))
    return _outward(_welded(loops.reshape(-1, 3), faces))


def revolve(profile: ArrayLike, segments: int = 40, hollow: bool = False) -> Mesh:
    """Lathe work about z: ``profile`` (N, 2) of (radius, z). Ends off the axis are capped, or joined if ``hollow``."""
    line = np.asarray(profile, dtype=np.float64)
    angles = 2 * np.pi * np.arange(segments) / segments
    ring = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    loops = np.empty((len(line), segments, 3))
    loops[:, :, :2] = line[:, None, :1] * ring[None]
    loops[:, :, 2] = line[:, 1:]
    return loft(loops, ring=hollow)


def sweep(path: ArrayLike, radius: float | ArrayLike, section: ArrayLike | None = None, closed: bool = False) -> Mesh:
    """A tube along ``path`` (N, 3). ``radius`` is a number or (N,); ``section`` (K, 2) replaces the unit circle.

    The section's first axis stays as level as the path allows, so flat bars do not twist.
    """
    line = np.asarray(path, dtype=np.float64)
    if section is None:
        angles = 2 * np.pi * np.arange(12) / 12
        section = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    outline = np.asarray(section, dtype=np.float64)
    radii = np.broadcast_to(np.asarray(radius, dtype=np.float64), (len(line),))
    tangents = np.roll(line, -1, axis=0) - np.roll(line, 1, axis=0) if closed else np.gradient(line, axis=0)
    tangents /= np.linalg.norm(tangents, axis=1, keepdims=True)
    side = np.cross([0.0, 0.0, 1.0], tangents[0])
    if np.linalg.norm(side) < 1e-3:
        side = np.array([1.0, 0.0, 0.0])
    loops = np.empty((len(line), len(outline), 3))
    for i, tangent in enumerate(tangents):
        side = side - tangent * (side @ tangent)
        side = side / np.linalg.norm(side)
        up = np.cross(tangent, side)
        loops[i] = line[i] + radii[i] * (outline[:, :1] * side + outline[:, 1:] * up)
    return loft(loops, ring=closed)


def rod(start: Sequence[float], end: Sequence[float], radius: float, end_radius: float | None = None) -> Mesh:
    """A straight round bar, tapered to ``end_radius`` if given."""
    return sweep([start, end], [radius, radius if end_radius is None else end_radius])


def bar(start: Sequence[float], end: Sequence[float], width: float, height: float, taper: float = 1.0) -> Mesh:
    """A straight bar of rounded rectangular section (full width, level; full height); ``taper`` scales its far end."""
    section = rectangle(width, height, 0.2 * min(width, height), 2)
    return sweep([start, end], [1.0, taper], section)


def box(x: float, y: float, z: float, bevel: float = 0.0, steps: int = 3) -> Mesh:
    """A block of full size (x, y, z) about the origin, its edges rounded by ``bevel``."""
    r = min(bevel, 0.499 * min(x, y, z))
    if r <= 0:
        return loft([placed(rectangle(x, y, 0.0, 0), "xy", s * z / 2) for s in (-1, 1)])
    rings = []
    for side in (-1, 1):
        for angle in np.radians(np.linspace(-90, 0, steps + 1) if side < 0 else np.linspace(0, 90, steps + 1)):
            inset = r * (1 - np.cos(angle))
            loop = rectangle(x - 2 * inset, y - 2 * inset, r - inset, steps)
            rings.append(placed(loop, "xy", side * (z / 2 - r) + r * np.sin(angle)))
    return loft(rings)


def slab(outline: ArrayLike, thickness: float, bevel: float = 0.0, plane: str = "xy") -> Mesh:
    """A closed outline (N, 2), extruded by ``thickness`` about its plane; both rims are rounded by ``bevel``."""
    flat = np.asarray(outline, dtype=np.float64)
    third = "xyz".index(({"x", "y", "z"} - set(plane)).pop())
    if bevel <= 0:
        levels = [(-thickness / 2, 0.0), (thickness / 2, 0.0)]
    else:
        turn = np.radians(np.linspace(0, 90, 4))
        low = [(-thickness / 2 + bevel * (1 - np.sin(a)), bevel * (1 - np.cos(a))) for a in turn[::-1]]
        levels = [*low, *((-z, inset) for z, inset in low[::-1])]
    loops = []
    for height, inset in levels:
        loop = placed(_inset(flat, inset), plane)
        loop[:, third] = height
        loops.append(loop)
    return loft(loops)


def cylinder(
    radius: float, height: float, bevel: float = 0.0, segments: int = 32, top_radius: float | None = None
) -> Mesh:
    """An upright cylinder or cone frustum about the origin with rounded rims."""
    top = radius if top_radius is None else top_radius
    profile = [(0.0, -height / 2), (radius, -height / 2), (top, height / 2), (0.0, height / 2)]
    return revolve(fillet(profile, bevel, 3) if bevel > 0 else profile, segments)


def ball(radius: float, segments: int = 24) -> Mesh:
    """A sphere about the origin."""
    angles = np.radians(np.linspace(-90, 90, segments // 2 + 1))
    profile = np.stack([radius * np.cos(angles), radius * np.sin(angles)], axis=1)
    profile[[0, -1], 0] = 0.0
    return revolve(profile, segments)


def torus(radius: float, thickness: float, segments: int = 40, section: int = 12) -> Mesh:
    """A ring about z; ``thickness`` is the radius of its tube."""
    angles = 2 * np.pi * np.arange(section) / section
    profile = np.stack([radius + thickness * np.cos(angles), thickness * np.sin(angles)], axis=1)
    turn = 2 * np.pi * np.arange(segments) / segments
    loops = np.empty((segments, section, 3))
    loops[:, :, 0] = np.cos(turn)[:, None] * profile[None, :, 0]
    loops[:, :, 1] = np.sin(turn)[:, None] * profile[None, :, 0]
    loops[:, :, 2] = profile[None, :, 1]
    return loft(loops, ring=True)


def band(line: ArrayLike, thickness: float = 0.01, segments: int = 40) -> Mesh:
    """A sleeve about z along ``line`` (N, 2) of (radius, z), ``thickness`` deep inwards: labels, shades, hoops."""
    outer = np.asarray(line, dtype=np.float64)
    return revolve(np.concatenate([outer, outer[::-1] - np.array([thickness, 0.0])]), segments, hollow=True)


def shell(surface: ArrayLike, thickness: float) -> Mesh:
    """A sheet given as a grid of points (M, N, 3), made solid by ``thickness`` about it."""
    middle = np.asarray(surface, dtype=np.float64)
    normals = np.cross(np.gradient(middle, axis=0), np.gradient(middle, axis=1))
    length = np.linalg.norm(normals, axis=2, keepdims=True)
    normals = normals / np.where(length > 1e-12, length, 1.0) * thickness / 2
    # One loop per row: along the upper side, back along the lower one.
    return loft(np.concatenate([middle + normals, (middle - normals)[:, ::-1]], axis=1))


def _inset(outline: Points, distance: float) -> Points:
    if distance == 0:
        return outline
    before, after = outline - np.roll(outline, 1, axis=0), np.roll(outline, -1, axis=0) - outline
    before /= np.linalg.norm(before, axis=1, keepdims=True)
    after /= np.linalg.norm(after, axis=1, keepdims=True)
    area = np.sum(outline[:, 0] * np.roll(outline[:, 1], -1) - np.roll(outline[:, 0], -1) * outline[:, 1])
    normals = np.stack([-(before + after)[:, 1], (before + after)[:, 0]], axis=1) * np.sign(area)
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    half = np.sqrt(np.clip((1 + np.sum(before * after, axis=1)) / 2, 0.25, 1.0))
    inset: Points = outline + normals * (distance / half)[:, None]
    return inset


def _welded(vertices: Points, faces: Sequence[Face]) -> Mesh:
    """Vertices at one place become one; what collapses is dropped (the poles of lathe work)."""
    _, first, inverse = np.unique(
        np.round(vertices, _WELD_DIGITS) + 0.0, axis=0, return_index=True, return_inverse=True
    )
    place = inverse.reshape(-1).tolist()
    kept: list[Face] = []
    for face in faces:
        corners = list(dict.fromkeys(place[v] for v in face))
        if len(corners) >= 3:
            kept.append(tuple(corners))
    return Mesh(vertices[first], tuple(kept))


def _outward(mesh: Mesh) -> Mesh:
    """Faces turned so that the enclosed volume is positive."""
    corners = mesh.vertices - mesh.vertices.mean(axis=0)
    triangles = np.array([(face[0], face[i], face[i + 1]) for face in mesh.faces for i in range(1, len(face) - 1)])
    a, b, c = (corners[triangles[:, k]] for k in range(3))
    return mesh.flipped() if np.sum(a * np.cross(b, c)) < 0 else mesh
