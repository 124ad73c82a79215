"""Faces that lie exactly on one another, as modellers export them for front and back.

A path tracer sees such a pair black: a ray that leaves one of them ends at once in the other.
"""

from __future__ import annotations

import numpy as np

from .normalisation import Floats, Geometry, Ints

_TOLERANCE = 1e-5  # in units of the model's longest side
_PARALLEL = 0.9999
_PRIMES = (73856093, 19349663, 83492791, 49979687, 67867967, 86028121, 15485863, 32452843, 49979693, 67867979)
_HASH = np.array(_PRIMES)  # one for each number that describes a face


def without_doubles(geometry: Geometry) -> Geometry:
    """The geometry (of unit size) with only the first of faces that coincide.

    Two faces coincide where bounding box, area, centre of mass and plane are the same; their corners may differ, as an
    outline can be divided in many ways. Faces are only compared within cells of two hash grids: it takes milliseconds.
    """
    shapes, normals = _shapes(geometry)
    dropped = np.zeros(len(shapes), dtype=bool)
    for offset in (0.0, 0.5):  # what a border of one grid separates, the other has together
        cells = np.floor(shapes / (4 * _TOLERANCE) + offset).astype(np.int64)
        first = _first_of_cell(cells @ _HASH)
        same = np.abs(shapes - shapes[first]).max(axis=1) < _TOLERANCE
        parallel = np.abs((normals * normals[first]).sum(axis=1)) > _PARALLEL
        dropped |= same & parallel & (first != np.arange(len(shapes)))
    return geometry.with_faces(~dropped) if dropped.any() else geometry


def _shapes(geometry: Geometry) -> tuple[Floats, Floats]:
    """Each face's bounding box, centre and area (F, 10), and unit normal (F, 3), zero for faces without area."""
    corners = geometry.vertices[geometry.corner_vertex]
    low = np.minimum.reduceat(corners, geometry.face_starts, axis=0)
    high = np.maximum.reduceat(corners, geometry.face_starts, axis=0)
    vectors, centres = geometry.face_vectors()
    areas = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.hstack([low, high, centres, areas]), vectors / np.maximum(areas, 1e-300)


def _first_of_cell(keys: Ints) -> Ints:
    """For each face the first face of the same key."""
    _, first, group = np.unique(keys, return_index=True, return_inverse=True)
    return np.asarray(first[group])
