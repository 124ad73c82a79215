"""What a modeller works with: meshes, parts with a finish, and the assembly that joins them into one model."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
from attrs import define, field, frozen
from numpy.typing import NDArray

Points = NDArray[np.float64]
Face = tuple[int, ...]
_AXES = {"x": 0, "y": 1, "z": 2}


@frozen(eq=False)
class Mesh:
    """Polygons over shared vertices.

    ``vertices`` (V, 3) float64; ``faces`` F tuples of vertex indices, anticlockwise seen from outside;
    ``face_part`` (F,) int index into a model's parts; ``smooth`` (F,) bool, shaded smooth (hard edges are still found
    by their angle). Transformations return new meshes.
    """

    vertices: Points
    faces: tuple[Face, ...]
    face_part: NDArray[np.int32] = field()
    smooth: NDArray[np.bool_] = field()

    @face_part.default
    def _one_part(self) -> NDArray[np.int32]:
        return np.zeros(len(self.faces), np.int32)

    @smooth.default
    def _all_smooth(self) -> NDArray[np.bool_]:
        return np.ones(len(self.faces), np.bool_)

    def at(self, x: float = 0.0, y: float = 0.0, z: float = 0.0) -> Mesh:
        """Moved by (x, y, z)."""
        return self.with_vertices(self.vertices + np.array([x, y, z]))

    def scaled(self, x: float, y: float | None = None, z: float | None = None) -> Mesh:
        """Scaled about the origin; one factor scales all axes. A negative one mirrors and keeps faces outward."""
        factors = np.array([x, x if y is None else y, x if z is None else z])
        scaled = self.with_vertices(self.vertices * factors)
        return scaled.flipped() if np.prod(factors) < 0 else scaled

    def turned(self, axis: str, degrees: float) -> Mesh:
        """Turned anticlockwise about an axis ("x", "y", "z") through the origin."""
        first, second = {"x": (1, 2), "y": (2, 0), "z": (0, 1)}[axis]
        cosine, sine = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
        turned = self.vertices.copy()
        turned[:, first] = cosine * self.vertices[:, first] - sine * self.vertices[:, second]
        turned[:, second] = sine * self.vertices[:, first] + cosine * self.vertices[:, second]
        return self.with_vertices(turned)

    def mirrored(self, axis: str = "x") -> Mesh:
        """Reflected in the plane through the origin across ``axis``."""
        factors = [1.0, 1.0, 1.0]
        factors[_AXES[axis]] = -1.0
        return self.scaled(*factors)

    def both_sides(self, axis: str = "x") -> Mesh:
        """Together with its own reflection."""
        return merged((self, self.mirrored(axis)))

    def around(self, count: int, start_deg: float = 0.0) -> Mesh:
        """``count`` copies spread evenly about the z axis."""
        return merged([self.turned("z", start_deg + 360.0 * i / count) for i in range(count)])

    def flat(self) -> Mesh:
        """The same, shaded flat."""
        return Mesh(self.vertices, self.faces, self.face_part, np.zeros(len(self.faces), np.bool_))

    def flipped(self) -> Mesh:
        """Every face turned over."""
        return Mesh(self.vertices, tuple(face[::-1] for face in self.faces), self.face_part, self.smooth)

    def with_vertices(self, vertices: Points) -> Mesh:
        """The same faces over other vertex positions (V, 3)."""
        return Mesh(vertices, self.faces, self.face_part, self.smooth)

    def centres(self) -> Points:
        """Face centres (F, 3)."""
        corners = np.array([len(face) for face in self.faces])
        places = np.fromiter(itertools.chain.from_iterable(self.faces), np.int64)
        sums: Points = np.add.reduceat(self.vertices[places], np.cumsum(corners) - corners, axis=0)
        return sums / corners[:, None]

    def split(self, chosen: NDArray[np.bool_]) -> tuple[Mesh, Mesh]:
        """The faces where ``chosen`` (F,) holds, and the others: one surface in two finishes."""
        return self._subset(chosen), self._subset(~chosen)

    def _subset(self, chosen: NDArray[np.bool_]) -> Mesh:
        kept = np.flatnonzero(chosen)
        faces = tuple(self.faces[i] for i in kept)
        used = np.unique(np.array([v for face in faces for v in face], dtype=np.int64))
        place = {int(old): new for new, old in enumerate(used)}
        renumbered = tuple(tuple(place[v] for v in face) for face in faces)
        return Mesh(self.vertices[used], renumbered, self.face_part[kept], self.smooth[kept])


@frozen
class Part:
    """A finish: linear RGB in 0..1, and the Principled shader's metallic, roughness, transmission in 0..1.

    ``emission`` is the strength of the light it gives off in its own colour (0 for all but bulbs and screens).
    """

    name: str
    colour: tuple[float, float, float]
    metallic: float = 0.0
    roughness: float = 0.5
    transmission: float = 0.0
    emission: float = 0.0


@frozen(eq=False)
class StarterModel:
    """A finished model: front -Y, up +Z, centred, longest dimension 1. ``mesh.face_part`` points into ``parts``."""

    mesh: Mesh
    parts: tuple[Part, ...]


def merged(meshes: Sequence[Mesh]) -> Mesh:
    """All meshes in one, vertices not shared between them."""
    starts = np.cumsum([0, *(len(mesh.vertices) for mesh in meshes)]).tolist()
    faces = tuple(
        tuple(v + start for v in face) for mesh, start in zip(meshes, starts, strict=False) for face in mesh.faces
    )
    return Mesh(
        np.concatenate([mesh.vertices for mesh in meshes]),
        faces,
        np.concatenate([mesh.face_part for mesh in meshes]),
        np.concatenate([mesh.smooth for mesh in meshes]),
    )


@define
class Assembly:
    """Meshes gathered under their parts while a model is being built, in any unit; ``finish`` normalises."""

    _pieces: list[tuple[Part, Mesh]] = field(factory=list, init=False)

    def add(self, part: Part, *meshes: Mesh) -> None:
        """Put meshes into the model with one finish."""
        self._pieces.extend((part, mesh) for mesh in meshes if mesh.faces)

    def include(self, other: Assembly, x: float = 0.0, y: float = 0.0, z: float = 0.0) -> None:
        """Put another assembly into this one, moved by (x, y, z)."""
        self._pieces.extend((part, mesh.at(x, y, z)) for part, mesh in other._pieces)

    def turn(self, axis: str, degrees: float) -> None:
        """Turn all that was added so far."""
        self._pieces = [(part, mesh.turned(axis, degrees)) for part, mesh in self._pieces]

    def stretch(self, x: float, y: float, z: float) -> None:
        """Scale all that was added so far about the origin."""
        self._pieces = [(part, mesh.scaled(x, y, z)) for part, mesh in self._pieces]

    def finish(self) -> StarterModel:
        """One mesh, centred on its bounding box, longest dimension 1."""
        parts = tuple(dict.fromkeys(part for part, _ in self._pieces))
        numbers = {part: number for number, part in enumerate(parts)}
        whole = merged(
            [
                Mesh(mesh.vertices, mesh.faces, np.full(len(mesh.faces), numbers[part], np.int32), mesh.smooth)
                for part, mesh in self._pieces
            ]
        )
        low, high = whole.vertices.min(axis=0), whole.vertices.max(axis=0)
        unit = (whole.vertices - (low + high) / 2) / (high - low).max()
        # NumPy's versions differ in the last bit of sines; on a grid of a millionth all give the same model.
        return StarterModel(whole.with_vertices(np.round(unit, 6) + 0.0), parts)
