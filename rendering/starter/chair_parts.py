"""Parts of chairs: legs, cushions, castored bases, the moulded shell."""

from __future__ import annotations

import numpy as np

from .curves import spline
from .mesh import Assembly, Mesh, Part
from .shapes import bar, box, cylinder, shell


def add_legs(
    model: Assembly, part: Part, spread: tuple[float, float], height: float, thickness: float, *, splay: float = 0.0
) -> None:
    """Four tapering legs at the corners of a rectangle ``spread`` under ``height``, ``splay`` wider at the foot."""
    x, y = spread
    for sx in (-0.5, 0.5):
        for sy in (-0.5, 0.5):
            foot = (sx * (x + 2 * splay), sy * (y + 2 * splay), 0.0)
            model.add(part, bar((sx * x, sy * y, height), foot, thickness, thickness, 0.7))


def cushion(x: float, y: float, z: float) -> Mesh:
    """A stuffed pad of full size (x, y, z): a rounded box swollen in its middle."""
    pad = box(x, y, z, 0.42 * z, 4)
    grown = pad.vertices.copy()
    bulge = (1 - (2 * grown[:, 0] / x) ** 2).clip(0) * (1 - (2 * grown[:, 1] / y) ** 2).clip(0)
    grown[:, 2] += np.sign(grown[:, 2]) * 0.2 * z * bulge
    return pad.with_vertices(grown)


def add_castors(model: Assembly, part: Part, wheel: Part, reach: float) -> None:
    """A five-armed star base on castors, its hub at the z axis."""
    arm = bar((0.2, 0, 1.15), (reach, 0, 0.85), 0.6, 0.5, 0.6)
    model.add(part, arm.around(5, 18), cylinder(0.6, 0.7, 0.1).at(z=1.1))
    castor = cylinder(0.42, 0.5, 0.1, 20).turned("x", 90).at(reach - 0.1, 0, 0.42)
    model.add(wheel, castor.around(5, 18))


def add_shell_seat(model: Assembly, part: Part, height: float) -> None:
    """A moulded seat and back in one, with raised sides."""
    profile = spline([(-2.5, -0.35), (-2.0, 0.0), (-0.4, -0.15), (1.2, 0.0), (2.0, 0.9), (2.4, 2.4), (2.8, 4.2)], 5)
    rows = []
    for i, (y, z) in enumerate(profile):
        t = i / (len(profile) - 1)
        half = 2.3 - 0.35 * abs(2 * t - 0.9) ** 2 - 0.5 * max(0.0, t - 0.8) / 0.2
        across = np.linspace(-1, 1, 17)
        lift = 0.75 * np.exp(-(((t - 0.5) / 0.28) ** 2)) + 0.12
        rows.append(
            [(half * s, y - 0.55 * t * s * s * (t > 0.5), z + height + lift * s * s * (1 - 0.6 * t)) for s in across]
        )
    model.add(part, shell(rows, 0.16))
