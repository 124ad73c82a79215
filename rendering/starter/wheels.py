"""Wheels: road wheels of cars and small wheels of aeroplanes, about the x axis."""

from __future__ import annotations

from .curves import fillet
from .mesh import Assembly, Mesh, Part
from .shapes import bar, cylinder, revolve


def tyre(radius: float, width: float, hole: float) -> Mesh:
    """A tyre with rounded shoulders; ``hole`` is the rim's radius."""
    half = width / 2
    corners = [
        (hole, -half * 0.8),
        (radius * 0.9, -half),
        (radius, -half * 0.7),
        (radius, half * 0.7),
        (radius * 0.9, half),
        (hole, half * 0.8),
    ]
    return revolve(fillet(corners, 0.1 * radius, 3), 40, hollow=True).turned("y", 90)


def road_wheel(
    model: Assembly,
    finishes: tuple[Part, Part, Part],
    at: tuple[float, float, float],
    radius: float,
    width: float,
    *,
    spokes: int,
) -> None:
    """A car's wheel in (tyre, rim, well) finishes, facing the side ``at`` lies on; 0 ``spokes`` makes a disc wheel."""
    rubber, rim, dark = finishes
    x, y, z = at
    side = 1.0 if x > 0 else -1.0
    hole = radius * 0.66
    model.add(rubber, tyre(radius, width, hole).at(x, y, z))
    model.add(dark, cylinder(hole * 1.02, width * 0.5).turned("y", 90).at(x, y, z))
    face = x + side * width * 0.36
    lip = revolve(
        [
            (hole * 1.03, -width * 0.08),
            (hole * 1.03, width * 0.1),
            (hole * 0.9, width * 0.1),
            (hole * 0.86, -width * 0.08),
        ],
        40,
        hollow=True,
    )
    model.add(rim, lip.turned("y", 90).at(face, y, z))
    model.add(rim, cylinder(hole * 0.26, width * 0.2, 0.01).turned("y", 90).at(face, y, z))
    if spokes:
        spoke = bar((hole * 0.15, 0, 0), (hole * 0.97, 0, 0), hole * (1.3 / spokes + 0.06), width * 0.16, 0.8)
        model.add(rim, spoke.around(spokes, 90).turned("y", 90).at(face, y, z))
    else:
        dish = [
            (0, 0.1),
            (hole * 0.55, 0.12),
            (hole * 0.7, 0.02),
            (hole * 0.95, 0.06),
            (hole * 0.95, -0.06),
            (0, -0.06),
        ]
        model.add(rim, revolve([(r, h * width) for r, h in dish]).turned("y", 90 * side).at(face, y, z))
