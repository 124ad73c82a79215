"""What the camera sees of the object, and what hides it: by rays against the models themselves, not by rendering.

A few thousand rays through a grid over the object's box in the picture. Which of them meet the object, and which of
those meet something nearer, gives the visible fraction to a thousandth or so, in a few milliseconds, for any number of
places tried. Surfaces count as opaque; depth of field is left out.
"""

from __future__ import annotations

from collections import OrderedDict

import attrs
import bmesh
import bpy
import numpy as np
from mathutils import Matrix
from mathutils.bvhtree import BVHTree

from .backgrounds import SENSOR_WIDTH_MM

GRID = 48
# Trees of so many faces together are kept: about 100 bytes a face.
MOST_FACES = 2_000_000


@attrs.frozen(eq=False)
class Eye:
    """The camera in the frame of what it looks at: ``location`` (3,), ``axes`` (3, 3) its axes as columns, ``half`` the
    half width of the picture at distance 1, ``shift`` Blender's lens shift."""

    location: np.ndarray
    axes: np.ndarray
    half: float
    shift: np.ndarray

    @classmethod
    def of(cls, camera: bpy.types.Object) -> Eye:
        """The eye of a camera, relative to its parent."""
        basis = np.array(camera.matrix_basis)
        data = camera.data
        half = SENSOR_WIDTH_MM / 2 / data.lens
        return cls(basis[:3, 3], basis[:3, :3], half, np.array([data.shift_x, data.shift_y]))

    def project(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Where points (n, 3) are in the picture, (n, 2) right and up of its centre with its edges at ±1; their depth
        (n,)."""
        seen = (points - self.location) @ self.axes
        depth = -seen[:, 2]
        safe = np.where(np.abs(depth) < 1e-9, 1e-9, depth)
        return seen[:, :2] / (safe[:, None] * self.half) - 2 * self.shift, depth

    def directions(self, places: np.ndarray) -> np.ndarray:
        """Unit directions (n, 3) to places (n, 2) in the picture."""
        flat = (places + 2 * self.shift) * self.half
        rays = np.concatenate([flat, np.full((len(flat), 1), -1.0)], axis=1) @ self.axes.T
        return np.asarray(rays / np.linalg.norm(rays, axis=1, keepdims=True))


class Trees:
    """Trees of meshes for casting rays, made when first asked for; those used longest ago go when they get too many."""

    def __init__(self) -> None:
        self._kept: OrderedDict[int, tuple[BVHTree, int]] = OrderedDict()

    def of(self, mesh: bpy.types.Mesh) -> BVHTree:
        """The tree of a mesh, in its own coordinates."""
        key = mesh.session_uid
        if key not in self._kept:
            geometry = bmesh.new()
            geometry.from_mesh(mesh)
            self._kept[key] = (BVHTree.FromBMesh(geometry), len(mesh.polygons))
            geometry.free()
        self._kept.move_to_end(key)
        while len(self._kept) > 1 and sum(faces for _, faces in self._kept.values()) > MOST_FACES:
            self._kept.popitem(last=False)
        return self._kept[key][0]

    def forget(self, mesh: bpy.types.Mesh) -> None:
        """``mesh`` is about to be removed."""
        self._kept.pop(mesh.session_uid, None)


class Silhouette:
    """The object as the camera sees it when nothing is before it. ``rays`` is how many of the grid's meet it.

    ``middle`` (2,) and ``reach`` (2,) are its box in the picture, of which only what is within the frame is looked at.
    """

    def __init__(self, eye: Eye, tree: BVHTree, matrix: Matrix, corners: np.ndarray) -> None:
        places, depth = eye.project(corners)
        low, high = (-np.ones(2), np.ones(2)) if (depth <= 0).any() else (places.min(axis=0), places.max(axis=0))
        low, high = np.clip(low, -1.0, 1.0), np.clip(high, -1.0, 1.0)
        self.middle, self.reach = (low + high) / 2, (high - low) / 2
        steps = (np.arange(GRID) + 0.5) / GRID * 2 - 1
        grid = np.stack(np.meshgrid(steps, steps), axis=-1).reshape(-1, 2)
        directions = eye.directions(self.middle + grid * self.reach)
        distances = _cast(tree, matrix, eye.location, directions)
        met = np.isfinite(distances)
        self._eye, self._tree, self._matrix = eye, tree, matrix
        self._directions, self._distances = directions[met], distances[met]
        self._hidden = np.zeros(len(self._directions), dtype=bool)

    @property
    def rays(self) -> int:
        return len(self._directions)

    @property
    def visible_fraction(self) -> float:
        """Of what is within the picture; 1 where nothing of the object is."""
        return 1.0 - float(self._hidden.mean()) if self.rays else 1.0

    def hidden_by(self, tree: BVHTree, matrix: Matrix, centre: np.ndarray, radius: float) -> np.ndarray:
        """Which rays (n,) would meet a thing within ``radius`` of ``centre`` before they meet the object."""
        to_centre = centre - self._eye.location
        along = self._directions @ to_centre
        aside = (to_centre @ to_centre) - along**2
        near = np.flatnonzero((aside < radius**2) & (along - radius < self._distances))
        hidden = np.zeros(self.rays, dtype=bool)
        if len(near):
            met = _cast(tree, matrix, self._eye.location, self._directions[near])
            hidden[near] = met < self._distances[near]
        return hidden

    def shows(self, points: np.ndarray) -> np.ndarray:
        """Which points (n, 3) are within the picture and not behind the object."""
        places, depth = self._eye.project(points)
        shown = (depth > 0) & (np.abs(places) < 1.0).all(axis=1)
        rays = points[shown] - self._eye.location
        away = np.linalg.norm(rays, axis=1)
        shown[shown] = _cast(self._tree, self._matrix, self._eye.location, rays / away[:, None]) > away
        return shown

    def visible_with(self, hidden: np.ndarray) -> float:
        """The visible fraction if those rays were hidden too."""
        return 1.0 - float((self._hidden | hidden).mean()) if self.rays else 1.0

    def hide(self, hidden: np.ndarray) -> None:
        """Count those rays as hidden from now on."""
        self._hidden |= hidden


def _cast(tree: BVHTree, matrix: Matrix, origin: np.ndarray, directions: np.ndarray) -> np.ndarray:
    """Distances (n,) at which rays of unit directions (n, 3) meet a mesh at ``matrix``; infinite where they do not."""
    inverse = np.array(matrix.inverted())
    start = tuple((inverse[:3, :3] @ origin + inverse[:3, 3]).tolist())
    local = directions @ inverse[:3, :3].T
    lengths = np.linalg.norm(local, axis=1)
    ray_cast = tree.ray_cast
    met = [ray_cast(start, direction)[3] for direction in local.tolist()]
    return np.array([np.inf if distance is None else distance for distance in met]) / lengths
