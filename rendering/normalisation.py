"""Bringing a model's geometry into one frame: Z up, centred on its bounding box, longest side 1 m. NumPy only."""

from __future__ import annotations

import attrs
import numpy as np
import numpy.typing as npt

from ..design.errors import AssetError

Floats = npt.NDArray[np.floating]
Ints = npt.NDArray[np.integer]
Mask = npt.NDArray[np.bool_]

# Rows are the new x, y and z axes in the model's own coordinates: the rotation that turns the named axis up to +Z.
_UP_ROTATIONS: dict[str, tuple[tuple[int, int, int], ...]] = {
    "Z": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "-Z": ((1, 0, 0), (0, -1, 0), (0, 0, -1)),
    "Y": ((1, 0, 0), (0, 0, -1), (0, 1, 0)),
    "-Y": ((1, 0, 0), (0, 0, 1), (0, -1, 0)),
    "X": ((0, 0, -1), (0, 1, 0), (1, 0, 0)),
    "-X": ((0, 0, 1), (0, 1, 0), (-1, 0, 0)),
}
UP_AXES = tuple(_UP_ROTATIONS)

# A stray part has few faces, lies behind a gap, and makes the model's box much larger than the rest of it is.
_STRAY_FACES = 0.005
_STRAY_GAP = 0.5
_STRAY_STRETCH = 2.0


@attrs.frozen(eq=False)
class Geometry:
    """Polygons as flat arrays: V vertices, F faces, L corners (face by face).

    ``vertices`` (V, 3); ``corner_vertex`` (L,); ``face_sizes`` (F,) corners; ``face_material`` (F,); ``face_flat`` (F,)
    shaded flat; ``corner_normals`` (L, 3) or None; ``uvs`` by name (L, 2); ``colours`` by name (L, 4), linear RGBA.
    """

    vertices: Floats
    corner_vertex: Ints
    face_sizes: Ints
    face_material: Ints
    face_flat: Mask
    corner_normals: Floats | None
    uvs: dict[str, Floats]
    colours: dict[str, Floats]

    @property
    def triangles(self) -> int:
        """The number of triangles that the faces make."""
        return int((self.face_sizes - 2).sum())

    @property
    def face_starts(self) -> Ints:
        """The first corner of each face, (F,)."""
        return np.cumsum(self.face_sizes) - self.face_sizes

    def face_areas(self) -> Floats:
        """The area of each face (F,)."""
        return np.asarray(np.linalg.norm(self.face_vectors()[0], axis=1))

    def face_vectors(self) -> tuple[Floats, Floats]:
        """Each face's normal times its area (F, 3), by Newell's formula, and its centre of mass (F, 3)."""
        corners = self.vertices[self.corner_vertex]
        origins = corners[self.face_starts]
        following = np.arange(1, len(corners) + 1)
        following[self.face_starts + self.face_sizes - 1] = self.face_starts
        here = corners - np.repeat(origins, self.face_sizes, axis=0)  # near the face: no cancellation
        there = here[following]
        fans = np.cross(here, there) / 2
        vectors = np.add.reduceat(fans, self.face_starts, axis=0)
        shares = (fans * np.repeat(vectors, self.face_sizes, axis=0)).sum(axis=1, keepdims=True)
        moments = np.add.reduceat(shares * (here + there) / 3, self.face_starts, axis=0)
        squares = np.maximum((vectors**2).sum(axis=1, keepdims=True), 1e-300)
        return vectors, origins + moments / squares

    def with_faces(self, keep: Mask) -> Geometry:
        """Only the faces in ``keep`` (F,), and only the vertices that they use."""
        corners = np.repeat(keep, self.face_sizes)
        used, corner_vertex = np.unique(self.corner_vertex[corners], return_inverse=True)
        return attrs.evolve(
            self,
            vertices=self.vertices[used],
            corner_vertex=corner_vertex.reshape(-1),
            face_sizes=self.face_sizes[keep],
            face_material=self.face_material[keep],
            face_flat=self.face_flat[keep],
            corner_normals=None if self.corner_normals is None else self.corner_normals[corners],
            uvs={name: values[corners] for name, values in self.uvs.items()},
            colours={name: values[corners] for name, values in self.colours.items()},
        )


def turned_up(geometry: Geometry, up_axis: str) -> Geometry:
    """The geometry with its axis ``up_axis`` (X, Y, Z, -X, -Y or -Z) turned to +Z. Rotation only, no mirroring."""
    rotation = np.array(_UP_ROTATIONS[up_axis], dtype=np.float64)
    normals = geometry.corner_normals
    return attrs.evolve(
        geometry,
        vertices=geometry.vertices @ rotation.T,
        corner_normals=None if normals is None else normals @ rotation.T,
    )


def without_strays(geometry: Geometry) -> tuple[Geometry, int]:
    """The geometry without loose vertices and without stray parts, and the number of faces dropped as stray.

    A stray part is a leftover of modelling, far from the model: behind an empty gap of half the rest's size, less than
    0.5 % of the faces together, and without it the longest side of the bounding box is less than half as long. A thin
    pole or cable is none: there is no gap between it and the rest.
    """
    every = np.ones(len(geometry.face_sizes), dtype=bool)
    corners = geometry.vertices[geometry.corner_vertex]
    low = np.minimum.reduceat(corners, geometry.face_starts, axis=0)
    high = np.maximum.reduceat(corners, geometry.face_starts, axis=0)
    keep = every.copy()
    for _ in range(8):  # each pass may uncover a gap in another axis
        before = int(keep.sum())
        for axis in range(3):
            keep[keep] = _main_run(low[keep], high[keep], axis)
        if int(keep.sum()) == before:
            break
    dropped = len(keep) - int(keep.sum())
    stretch = _longest(low, high) / max(_longest(low[keep], high[keep]), 1e-300)
    if dropped == 0 or dropped > _STRAY_FACES * len(keep) or stretch <= _STRAY_STRETCH:
        return geometry.with_faces(every), 0
    return geometry.with_faces(keep), dropped


def centred_unit(geometry: Geometry, what: str) -> tuple[Geometry, Floats]:
    """Centre the geometry on its bounding box, make its longest side 1; also gives the size (3,) it had.

    Raises AssetError, which starts with ``what``, where all points coincide.
    """
    low, high = geometry.vertices.min(axis=0), geometry.vertices.max(axis=0)
    size = high - low
    longest = size.max()
    if not np.isfinite(longest) or longest <= 1e-12:
        raise AssetError(f"{what}: the model has no extent: all its points coincide")
    return attrs.evolve(geometry, vertices=(geometry.vertices - (low + high) / 2) / longest), size


def _main_run(low: Floats, high: Floats, axis: int) -> Mask:
    """Which faces belong to the run with most faces, where runs are separated by wide gaps along ``axis``."""
    order = np.argsort(low[:, axis], kind="stable")
    reach = np.maximum.accumulate(high[order, axis])
    gaps = low[order[1:], axis] - reach[:-1]
    bulk = _bulk_size(low, high)
    runs = np.concatenate([[0], np.cumsum(gaps > _STRAY_GAP * bulk)])
    main = np.bincount(runs).argmax()
    keep = np.empty(len(order), dtype=bool)
    keep[order] = runs == main
    return keep


def _bulk_size(low: Floats, high: Floats) -> float:
    """The longest side of the box around all but the outermost faces of each axis."""
    centres = (low + high) / 2
    few = _STRAY_FACES
    return float((np.quantile(centres, 1 - few, axis=0) - np.quantile(centres, few, axis=0)).max())


def _longest(low: Floats, high: Floats) -> float:
    return float((high.max(axis=0) - low.min(axis=0)).max())
