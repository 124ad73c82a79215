"""Parts of bicycles: wheels, saddles, handlebars, the drivetrain, racks and baskets."""

from __future__ import annotations

import numpy as np

from .bicycle_forms import Place
from .curves import rectangle, spline
from .mesh import Assembly, Mesh, Part, merged
from .shapes import bar, box, cylinder, loft, rod, sweep, torus


def add_wheel(
    model: Assembly, finishes: tuple[Part, Part, Part], hub: Place, radius: float, tyre: float, *, spokes: int
) -> None:
    """A wheel in (tyre, rim, spokes) finishes about the x axis at ``hub``; 0 ``spokes`` makes three blades."""
    wall, rim, steel = finishes
    place = {"y": hub[0], "z": hub[1]}
    model.add(wall, torus(radius - tyre, tyre, 48).turned("y", 90).at(**place))
    model.add(rim, torus(radius - 2 * tyre - 0.004, 0.012, 48, 8).turned("y", 90).scaled(1.3, 1, 1).at(**place))
    model.add(steel, cylinder(0.022, 0.09, 0.005).turned("y", 90).at(**place))
    reach = radius - 2 * tyre
    if spokes:
        pairs = [
            rod((0.012 * (-1) ** i, 0, 0), (0.004, 0, reach), 0.0042).turned("x", 360 * i / spokes)
            for i in range(spokes)
        ]
        model.add(steel, *(pair.at(**place) for pair in pairs))
    else:
        blade = bar((0, 0, 0.01), (0, 0, reach), 0.03, 0.11, 0.75)
        model.add(rim, *(blade.turned("x", 120 * i + 15).at(**place) for i in range(3)))


def add_saddle(model: Assembly, part: Part, at: Place, width: float) -> None:
    """A saddle with a narrow nose to the front."""
    rows = [
        (-0.15, 0.03, 0.03, 0.0),
        (-0.1, 0.05, 0.045, 0.008),
        (0.0, 0.08, 0.05, 0.0),
        (0.07, 0.17 * width, 0.06, 0.012),
        (0.11, 0.18 * width, 0.055, 0.02),
        (0.13, 0.1 * width, 0.03, 0.018),
    ]
    loops = []
    for y, w, h, z in spline(rows, 4):
        outline = rectangle(w, h, 0.45 * min(w, h), 3)
        loops.append(np.stack([outline[:, 0], np.full(len(outline), y), outline[:, 1] + z], axis=1))
    model.add(part, loft(loops).at(0, at[0], at[1] + 0.02))


def add_handlebar(model: Assembly, part: Part, grips: Part, head: tuple[Place, Place], z: float, *, kind: str) -> None:
    """Stem and handlebar above a head tube: "drop", "flat", "riser", "swept", "bull" or "high"."""
    (y0, z0), (y1, z1) = head
    lean = (y0 - y1) / (z0 - z1)
    top = (y0 + (z - z0) * lean, z)
    model.add(part, rod((0, y0, z0), (0, *top), 0.017))
    reach = -0.09 if kind in ("drop", "flat", "bull", "riser") else -0.03
    clamp = (top[0] + reach, z + 0.005)
    model.add(part, rod((0, *top), (0, *clamp), 0.019))
    y, z = clamp
    halves = {
        "drop": [
            (0, y, z),
            (0.17, y, z),
            (0.21, y - 0.03, z),
            (0.215, y - 0.1, z - 0.015),
            (0.215, y - 0.12, z - 0.08),
            (0.215, y - 0.06, z - 0.14),
            (0.215, y + 0.03, z - 0.14),
        ],
        "flat": [(0, y, z), (0.15, y + 0.005, z), (0.3, y + 0.025, z)],
        "riser": [(0, y, z), (0.08, y, z + 0.01), (0.15, y + 0.01, z + 0.045), (0.36, y + 0.04, z + 0.05)],
        "swept": [
            (0, y, z),
            (0.1, y - 0.02, z + 0.04),
            (0.25, y + 0.02, z + 0.07),
            (0.3, y + 0.12, z + 0.05),
            (0.3, y + 0.24, z + 0.03),
        ],
        "bull": [(0, y, z), (0.16, y, z), (0.2, y - 0.03, z), (0.205, y - 0.16, z + 0.03)],
        "high": [
            (0, y, z - 0.12),
            (0.08, y, z - 0.1),
            (0.16, y, z + 0.03),
            (0.22, y + 0.01, z + 0.06),
            (0.32, y + 0.05, z + 0.05),
        ],
    }
    path = spline(halves[kind], 5)
    model.add(part, sweep(path, 0.0135).both_sides())
    if kind == "high":
        model.add(part, rod((-0.14, y, z), (0.14, y, z), 0.01), rod((0, *top), (0, y, z - 0.12), 0.017))
    held = path[-6:] if kind != "drop" else path[-18:]
    model.add(grips, sweep(held, 0.0195).both_sides())


def add_drivetrain(
    model: Assembly, steel: Part, black: Part, bracket: Place, rear: Place, *, chain: bool, size: float
) -> None:
    """Chainring, cranks and pedals; the chain to the rear sprocket where there is one."""
    y, z = bracket
    ring, crank = 0.095 * size, 0.165 * size
    model.add(steel, cylinder(0.026, 0.1).turned("y", 90).at(0, y, z))
    if chain:
        model.add(
            steel,
            torus(ring, 0.009, 36, 6).turned("y", 90).at(0.05, y, z),
            bar((0.05, y, z - ring), (0.05, y, z + ring), 0.01, 0.025),
            bar((0.05, y - ring, z), (0.05, y + ring, z), 0.025, 0.01),
        )
        model.add(steel, cylinder(0.042, 0.02).turned("y", 90).at(0.05, *rear))
        for up in (1, -1):
            model.add(black, rod((0.05, y, z + up * ring), (0.05, rear[0], rear[1] + up * 0.042), 0.008))
    for side in (1, -1):
        a = np.radians(-25)
        end = (y - side * crank * np.cos(a), z - side * crank * np.sin(a))
        model.add(steel, bar((0.07 * side, y, z), (0.085 * side, *end), 0.018, 0.03))
        model.add(black, box(0.09, 0.09 * size, 0.025, 0.008).at(0.14 * side, *end))


def add_rack(model: Assembly, part: Part, rear: float, radius: float) -> None:
    """A carrier over the rear wheel."""
    z = radius * 2 + 0.08
    model.add(part, *(rod((x, rear - 0.22, z), (x, rear + 0.24, z), 0.009) for x in (-0.06, 0.0, 0.06)))
    model.add(part, *(rod((-0.06, rear + dy, z), (0.06, rear + dy, z), 0.009) for dy in (-0.22, 0.0, 0.24)))
    model.add(
        part, *(rod((s * 0.06, rear + dy, z), (s * 0.06, rear, radius), 0.008) for s in (-1, 1) for dy in (0.0, 0.16))
    )


def crate(x: float, y: float, z: float) -> Mesh:
    """An open basket with walls, wider at the rim, and a rim hoop, standing on z = 0."""
    outer, inner = rectangle(1, 1, 0.15, 3), rectangle(0.93, 0.91, 0.13, 3)
    loops = [
        np.stack([loop[:, 0] * x * s, loop[:, 1] * y * s, np.full(len(loop), h)], axis=1)
        for loop, s, h in ((outer, 0.8, 0.0), (outer, 1.0, z), (inner, 1.0, z), (inner, 0.8, 0.02))
    ]
    rim = np.stack([outer[:, 0] * x, outer[:, 1] * y, np.full(len(outer), z)], axis=1)
    return merged([loft(loops), sweep(rim, 0.014, closed=True)])
