"""Distractors: other things beside the object and before it, each where there is room and enough stays in view."""

from __future__ import annotations

import colorsys
import math
from collections.abc import Iterator, Mapping

import attrs
import bpy
import numpy as np
from mathutils import Euler, Matrix, Vector

from ...design.distractors import Distractor, Placed, drawn_distractors
from ...design.distributions import Value
from ...design.errors import AssetError
from ..assets import Assets
from ..backgrounds import linear
from ..clutter import Surface
from ..silhouette import Eye, Silhouette
from ..stage import Stage, on_shell

# Nothing comes nearer to the camera than this part of its distance from the object.
CLEAR = 0.35
# Bounding balls of two things may overlap by this part: few things fill theirs.
OVERLAP = 0.25
ROD_LENGTH = 3.0
# Of these places across a thing, as the camera sees it, so many must be within the picture and not behind the object.
ACROSS = np.array([(x, y, 0.0) for x in (-0.6, 0.0, 0.6) for y in (-0.6, 0.0, 0.6)])
SEEN = 4
LOWEST, HIGHEST = -0.6, 0.9  # sine of the elevation of floating things


@attrs.frozen(eq=False)
class _Spot:
    """Where something may stand: its transform, its centre, the ball it lies in and the ball no other may enter."""

    matrix: Matrix
    centre: np.ndarray
    radius: float
    room: float
    size_m: float


@attrs.frozen(eq=False)
class _Scenery:
    """What spots are found by: the object's corners (8, 3) and longest side, the eye, and the factor's values."""

    corners: np.ndarray
    length: float
    eye: Eye
    silhouette: Silhouette
    camera: Matrix
    values: Mapping[str, Value]

    @property
    def depth(self) -> float:
        """Distance of the camera from the object's centre."""
        return float(np.linalg.norm(self.eye.location))

    def support(self, direction: np.ndarray) -> float:
        """How far the object reaches from its centre."""
        return float((self.corners @ direction).max())


def apply_distractors(stage: Stage, assets: Assets, values: Mapping[str, Value]) -> None:
    """Put distractors on the stage, in the order drawn, each at the first place tried that suits.

    It suits where it is within the picture, stands in nothing's way, and leaves ``min_visible`` of the object in view
    together with those before it. A distractor for which no place does is left out. All of it follows from the spec and
    the models alone, once the other factors are applied.
    """
    stage.clutter.clear()
    assert stage.spec is not None and stage.object is not None
    drawn = drawn_distractors(stage.spec)
    if not drawn:
        return
    box = np.array(stage.object.bound_box)
    matrix = stage.object.matrix_basis.copy()
    corners = box @ np.array(matrix)[:3, :3].T + np.array(matrix)[:3, 3]
    eye = Eye.of(stage.camera)
    silhouette = Silhouette(eye, stage.trees.of(stage.object.data), matrix, corners)
    length = float(stage.object.scale[0])
    scenery = _Scenery(corners, length, eye, silhouette, stage.camera.matrix_basis.copy(), values)
    taken: list[_Spot] = []
    for one, mesh in (_readable(stage, assets, one) for one in drawn):
        tree = stage.trees.of(mesh)
        for spot in _spots(one, mesh, scenery):
            if not _has_room(spot, scenery, taken):
                continue
            hidden = silhouette.hidden_by(tree, spot.matrix, spot.centre, spot.radius)
            if silhouette.visible_with(hidden) >= float(values["min_visible"]):
                silhouette.hide(hidden)
                taken.append(spot)
                x, y, z = (float(c) for c in spot.centre)
                stage.clutter.put(Placed(one.name, (x, y, z), spot.size_m), mesh, spot.matrix, _surface(one, values))
                break
    stage.clutter.visible_fraction = silhouette.visible_fraction


def _readable(stage: Stage, assets: Assets, drawn: Distractor) -> tuple[Distractor, bpy.types.Mesh]:
    """With its mesh; one whose model cannot be read is a shape instead."""
    if drawn.asset:
        try:
            return drawn, assets.model((drawn.asset,))[1].data
        except AssetError:  # told when it was first met
            drawn = attrs.evolve(drawn, asset="")
    return drawn, stage.clutter.shape(drawn.shape)


def _surface(drawn: Distractor, values: Mapping[str, Value]) -> Surface | None:
    if drawn.asset and values["material"] == "own":
        return None
    red, green, blue = (float(c) for c in linear(np.array(colorsys.hsv_to_rgb(*drawn.colour))))
    return Surface((red, green, blue), drawn.roughness)


def _spots(drawn: Distractor, mesh: bpy.types.Mesh, scenery: _Scenery) -> Iterator[_Spot]:
    """The places to try, in order."""
    reach = _reach(mesh)
    for attempt, place in enumerate(drawn.places):
        if drawn.occludes:
            yield _before(drawn, place, attempt, scenery)
        else:
            yield _beside(drawn, place, reach, scenery)


def _before(drawn: Distractor, place: tuple[float, float, float], attempt: int, scenery: _Scenery) -> _Spot:
    """Between camera and object, as large in the picture as if it stood by the object; each attempt farther out."""
    silhouette, eye, depth = scenery.silhouette, scenery.eye, scenery.depth
    aim = silhouette.middle + silhouette.reach * (2 * np.array(place[:2]) - 1) * (1.0 + 0.3 * attempt)
    direction = eye.directions(aim[None])[0]
    gap = float(scenery.values["distance"]) * scenery.length * (0.5 + place[2])
    away = scenery.support(-direction) + gap
    thin = drawn.shape in ("slab", "stick") and not drawn.asset
    size = drawn.size * scenery.length
    at = max((depth - away) / (1.0 + (0.15 if thin else 0.5) * size / depth), 1.15 * CLEAR * depth)
    size *= at / depth
    centre = eye.location + direction * at
    if not thin:
        return _spot(Euler((0.0, 0.0, 2 * math.pi * drawn.turn)).to_matrix(), centre, size, 0.5 * size)
    roll = Euler((0.0, 0.0, math.pi * drawn.turn)).to_matrix()
    lean = Euler((math.radians(60.0) * (drawn.tilt - 0.5), 0.0, 0.0)).to_matrix()
    facing = scenery.camera.to_3x3() @ roll @ lean
    if drawn.shape == "stick":
        return _spot(facing, centre, ROD_LENGTH * scenery.length * at / depth, 0.05 * size, thickness=0.5 + drawn.size)
    return _spot(facing, centre, size, 0.15 * size)


def _beside(drawn: Distractor, place: tuple[float, float, float], reach: np.ndarray, scenery: _Scenery) -> _Spot:
    """By the object, on the side and at the height drawn."""
    values = scenery.values
    size = drawn.size * scenery.length
    azimuth = float(values["azimuth_deg"]) + (place[0] - 0.5) * float(values["spread_deg"])
    gap = float(values["distance"]) * scenery.length * (0.5 + place[2])
    turned = Euler((0.0, 0.0, 2 * math.pi * drawn.turn)).to_matrix()
    extent = reach * size
    if values["footing"] == "ground":
        direction = np.array(on_shell(1.0, 0.0, azimuth))
        centre = direction * (scenery.support(direction) + gap + math.hypot(extent[0], extent[1]))
        centre[2] = scenery.corners[:, 2].min() + extent[2]
        return _spot(turned, centre, size, 0.5 * size)
    elevation = math.degrees(math.asin(LOWEST + (HIGHEST - LOWEST) * place[1]))
    direction = np.array(on_shell(1.0, elevation, azimuth))
    if not drawn.asset:
        turned = turned @ Euler((2 * math.pi * drawn.tilt, 0.0, 0.0)).to_matrix()
    centre = direction * (scenery.support(direction) + gap + 0.6 * size)
    return _spot(turned, centre, size, 0.5 * size)


def _spot(rotation: Matrix, centre: np.ndarray, size: float, room: float, thickness: float = 1.0) -> _Spot:
    scale = Matrix.Diagonal((size, size * thickness, size * thickness, 1.0))
    matrix = Matrix.Translation(Vector(centre.tolist())) @ rotation.to_4x4() @ scale
    return _Spot(matrix, centre, 0.9 * size, room, size)


def _has_room(spot: _Spot, scenery: _Scenery, taken: list[_Spot]) -> bool:
    """Whether it keeps clear of camera and others, and is to be seen."""
    if np.linalg.norm(spot.centre - scenery.eye.location) - spot.room < CLEAR * scenery.depth:
        return False
    if any(np.linalg.norm(spot.centre - one.centre) < (1.0 - OVERLAP) * (spot.room + one.room) for one in taken):
        return False
    return scenery.silhouette.shows(spot.centre + spot.room * ACROSS @ scenery.eye.axes.T).sum() >= SEEN


def _reach(mesh: bpy.types.Mesh) -> np.ndarray:
    """How far a mesh reaches from its origin along each axis, (3,)."""
    points = np.empty(3 * len(mesh.vertices), np.float32)
    mesh.vertices.foreach_get("co", points)
    return np.asarray(np.abs(points.reshape(-1, 3)).max(axis=0))
