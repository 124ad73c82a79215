"""Bottles: wine, beer, lemonade, water, milk, sport, pump, sauce, whisky, swing-top, flask, ketchup."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from .curves import fillet, oval, placed, rectangle, spline
from .draws import Draws
from .finishes import BRIGHTS, glass, matt, metal, paint
from .mesh import Assembly, Mesh, Points
from .shapes import band, box, cylinder, loft, revolve, slab, sweep, torus


def bottle(index: int, draws: Draws) -> Assembly:
    """Instance ``index`` of the class; units are roughly decimetres, standing on z = 0."""
    model = Assembly()
    _FORMS[index % len(_FORMS)](model, draws)
    return model


def _wine(model: Assembly, draws: Draws) -> None:
    shoulder, height = draws.uniform("shoulder", 1.75, 1.95), draws.uniform("height", 2.9, 3.1)
    _turned(
        model,
        draws,
        [(0, 0), (0.38, 0), (0.38, shoulder), (0.145, shoulder + 0.35), (0.14, height), (0, height)],
        0.12,
        draws.pick("glass", ("#1d4a22", "#3a2410", "#2d5016")),
    )
    model.add(
        matt("capsule", draws.pick("capsule", ("#7b1420", "#1c1c22", "#b08d2e"))),
        revolve([(0, height - 0.62), (0.152, height - 0.62), (0.152, height + 0.01), (0, height + 0.01)]),
    )
    _label(model, 0.385, (0.5, 1.35), "#efe6cf", draws.pick("mark", ("#7b1420", "#22304f")))


def _burgundy(model: Assembly, draws: Draws) -> None:
    profile = spline([(0.44, 0.08), (0.44, 1.35), (0.36, 1.75), (0.2, 2.15), (0.145, 2.5), (0.14, 2.85)], 5)
    _turned(model, draws, [(0, 0), (0.38, 0), *profile, (0.165, 2.86), (0.165, 2.96), (0, 2.96)], 0.01, "#6d7a22")
    model.add(matt("cork", "#b98a55"), cylinder(0.11, 0.16).at(z=3.02))
    _label(model, 0.446, (0.4, 1.05), "#f4eedd", "#3c5a2c")


def _beer(model: Assembly, draws: Draws) -> None:
    profile = spline([(0.3, 0.06), (0.3, 1.2), (0.27, 1.42), (0.16, 1.75), (0.13, 2.2)], 5)
    _turned(model, draws, [(0, 0), (0.27, 0), *profile, (0, 2.2)], 0.01, draws.pick("glass", ("#5a2a0a", "#6b340c")))
    model.add(metal("crown cap", draws.pick("cap", ("#d4a72c", "#c02020", "#c9ccd1"))), _crown(0.16).at(z=2.23))
    _label(model, 0.306, (0.35, 1.05), draws.pick("paper", ("#d9b23c", "#f1ece0")), "#a01818")
    model.add(matt("neck label", "#e9dfc4"), band([(0.175, 1.72), (0.142, 2.0)]))


def _lemonade(model: Assembly, draws: Draws) -> None:
    profile = spline(
        [
            (0.3, 0.1),
            (0.37, 0.28),
            (0.37, 0.6),
            (0.315, 0.95),
            (0.36, 1.3),
            (0.37, 1.75),
            (0.28, 2.15),
            (0.14, 2.45),
            (0.13, 2.62),
        ],
        5,
    )
    drink = draws.pick("drink", ("#3a1206", "#e8780c"))
    model.add(paint("drink", drink, 0.05), revolve([(0, 0.0), (0.2, 0.0), *profile[: len(profile) - 9], (0, 2.2)]))
    model.add(glass("neck", "#e8eef0", 0.9), revolve([(0, 2.2), *profile[-9:], (0, 2.62)]))
    model.add(paint("cap", draws.pick("cap", ("#c81420", "#f2b705"))), _ribbed(0.165, 0.2).at(z=2.68))
    wrap = [(r + 0.008, z) for r, z in profile if 0.85 <= z <= 1.6]
    model.add(paint("label", draws.pick("label", ("#c81420", "#1f5fb0"))), band(wrap))
    model.add(matt("stripe", "#f8f8f8"), band([(r + 0.005, z) for r, z in wrap if 1.1 <= z <= 1.4]))


def _water(model: Assembly, draws: Draws) -> None:
    rings = int(draws.whole("rings", 4, 6))
    body = [(0.3, 0.04)]
    for i in range(rings):
        z = 0.12 + i * 1.1 / rings
        body += [(0.335, z), (0.335, z + 0.5 / rings), (0.315, z + 0.8 / rings)]
    body += [(0.335, 1.25), (0.335, 1.75), (0.29, 1.98), (0.15, 2.2), (0.13, 2.4)]
    model.add(glass("water", "#bfe3f5", 0.85), revolve([(0, 0), *spline(body, 3), (0, 2.4)]))
    model.add(paint("cap", draws.pick("cap", ("#1f6fd0", "#f4f6f8", "#1c9c50"))), _ribbed(0.165, 0.18).at(z=2.44))
    _label(model, 0.342, (1.28, 1.72), "#1f6fd0", "#f8fafc")


def _milk(model: Assembly, draws: Draws) -> None:
    profile = spline([(0.42, 0.05), (0.42, 1.15), (0.36, 1.4), (0.22, 1.72), (0.2, 1.95), (0.24, 2.05)], 5)
    model.add(paint("milk", "#f7f3e8", 0.12), revolve([(0, 0), (0.38, 0), *profile, (0, 2.05)]))
    model.add(
        metal("foil", draws.pick("foil", ("#c9ccd1", "#c81420", "#2f6fb0")), 0.35), cylinder(0.27, 0.12, 0.04).at(z=2.1)
    )
    _label(model, 0.425, (0.45, 0.8), draws.pick("print", ("#2f6fb0", "#c81420", "#2e9e5b")), "#ffffff")


def _sport(model: Assembly, draws: Draws) -> None:
    colour = draws.pick("colour", BRIGHTS[:8])
    profile = spline([(0.36, 0.06), (0.37, 0.7), (0.31, 1.0), (0.31, 1.15), (0.37, 1.4), (0.37, 1.75)], 5)
    model.add(paint("bottle", colour, 0.4), revolve([(0, 0), (0.33, 0), *profile, (0, 1.75)]))
    model.add(
        paint("lid", "#1d1f24", 0.4),
        revolve(fillet([(0, 1.75), (0.39, 1.75), (0.39, 1.95), (0.17, 2.12), (0.14, 2.2), (0, 2.2)], 0.03)),
    )
    model.add(
        paint("spout", "#e9ebee"),
        revolve(fillet([(0, 2.2), (0.1, 2.2), (0.09, 2.36), (0.13, 2.38), (0.12, 2.5), (0, 2.5)], 0.03)),
    )
    _label(model, 0.372, (1.42, 1.62), "#f4f4f4", colour)


def _pump(model: Assembly, draws: Draws) -> None:
    height = draws.uniform("height", 1.5, 1.8)
    colour = draws.pick("colour", ("#f2e7df", "#9fd0c4", "#e7a9b8", "#c98b3a", "#87a7d9"))
    outline = [oval(0.9, 0.62, 3.0, 40) * s for s in (0.9, 1.0, 1.0, 0.92, 0.42, 0.38)]
    levels = (0.0, 0.06, height - 0.25, height - 0.05, height + 0.08, height + 0.16)
    model.add(paint("bottle", colour, 0.25), loft([placed(o, "xy", z) for o, z in zip(outline, levels, strict=True)]))
    white = paint("pump", draws.pick("pump", ("#f6f6f6", "#22242a")))
    model.add(white, _ribbed(0.2, 0.2).at(z=height + 0.24), cylinder(0.06, 0.34).at(z=height + 0.45))
    model.add(
        white,
        cylinder(0.14, 0.14, 0.04).at(z=height + 0.66),
        sweep(
            spline([(0, 0, height + 0.68), (0, -0.28, height + 0.68), (0, -0.42, height + 0.58)], 4),
            [0.07] * 4 + [0.06] * 4 + [0.05],
        ),
    )
    model.add(matt("label", "#fbfaf5"), box(0.5, 0.02, height * 0.45, 0.009).at(y=-0.31, z=height * 0.45))
    model.add(matt("mark", "#3c6e5a"), box(0.34, 0.02, 0.16, 0.009).at(y=-0.316, z=height * 0.55))


def _sauce(model: Assembly, draws: Draws) -> None:
    colour, cap = draws.pick("sauce", (("#b01414", "#f4f4f4"), ("#e8b40c", "#d42020"), ("#5a1a0c", "#2e9e5b")))
    profile = [(0.36, 0.06), (0.4, 0.3), (0.36, 0.8), (0.4, 1.25), (0.34, 1.6), (0.22, 1.75)]
    loops = [placed(oval(2 * r, 1.45 * r, 2.3, 40), "xy", z) for r, z in [(0.3, 0.0), *spline(profile, 5)]]
    model.add(paint("bottle", colour, 0.3), loft(loops))
    model.add(
        paint("cap", cap),
        revolve(fillet([(0, 1.74), (0.24, 1.74), (0.22, 1.9), (0.09, 2.0), (0.04, 2.4), (0, 2.4)], 0.03)),
    )
    model.add(matt("label", "#f8f4ea"), *(box(0.5, 0.03, 0.55, 0.012).at(y=s * 0.29, z=1.02) for s in (-1, 1)))
    model.add(matt("mark", colour), *(box(0.36, 0.03, 0.2, 0.012).at(y=s * 0.296, z=1.08) for s in (-1, 1)))


def _whisky(model: Assembly, draws: Draws) -> None:
    loops = []
    for width, z in ((0.68, 0.0), (0.76, 0.06), (0.76, 1.35), (0.7, 1.5), (0.34, 1.68), (0.28, 1.75), (0.26, 2.1)):
        round_off = 0.13 if width > 0.5 else width * 0.49
        loops.append(placed(rectangle(width, width * (0.8 if width > 0.5 else 1.0), round_off, 8), "xy", z))
    model.add(glass("whisky", draws.pick("spirit", ("#d9892a", "#a8571a")), 0.7), loft(loops))
    model.add(matt("stopper", "#1e1a18"), cylinder(0.18, 0.3, 0.04).at(z=2.2))
    model.add(matt("label", draws.pick("paper", ("#151518", "#efe3c6"))), box(0.56, 0.64, 0.6, 0.02).at(z=0.7))
    model.add(metal("mark", "#c9a24a", 0.4), box(0.4, 0.65, 0.14, 0.02).at(z=0.78))


def _swing_top(model: Assembly, draws: Draws) -> None:
    profile = spline([(0.34, 0.06), (0.34, 1.4), (0.28, 1.68), (0.14, 2.0), (0.13, 2.3)], 5)
    _turned(
        model,
        draws,
        [(0, 0), (0.3, 0), *profile, (0.16, 2.31), (0.16, 2.4), (0, 2.4)],
        0.01,
        draws.pick("glass", ("#bcd9e6", "#2f6a3a")),
    )
    model.add(
        paint("stopper", "#f1ebdd"),
        revolve(fillet([(0, 2.4), (0.13, 2.4), (0.15, 2.5), (0.06, 2.62), (0, 2.62)], 0.03)),
    )
    wire = metal("wire", roughness=0.3)
    model.add(wire, torus(0.15, 0.018).at(z=2.12), torus(0.07, 0.018).at(z=2.58))
    model.add(wire, sweep(spline([(0.15, 0, 2.12), (0.24, 0.02, 2.3), (0.08, 0, 2.58)]), 0.018).both_sides())
    model.add(
        wire,
        sweep(
            spline([(0.16, 0, 2.12), (0.2, -0.15, 1.95), (0, -0.24, 1.82), (-0.2, -0.15, 1.95), (-0.16, 0, 2.12)]),
            0.018,
        ),
    )


def _flask(model: Assembly, draws: Draws) -> None:
    colour = draws.pick("colour", BRIGHTS)
    height = draws.uniform("height", 1.9, 2.3)
    model.add(
        paint("body", colour, 0.35),
        revolve(fillet([(0, 0), (0.36, 0), (0.36, height), (0.24, height + 0.2), (0, height + 0.2)], 0.08)),
    )
    model.add(
        metal("steel"),
        revolve([(0, height + 0.18), (0.235, height + 0.18), (0.235, height + 0.27), (0, height + 0.27)]),
        revolve([(0, -0.02), (0.35, -0.02), (0.365, 0.1), (0, 0.1)]),
    )
    model.add(
        matt("cap", "#202226"),
        revolve(fillet([(0, height + 0.27), (0.27, height + 0.27), (0.26, height + 0.55), (0, height + 0.55)], 0.05)),
    )
    model.add(
        matt("loop", "#202226"),
        sweep(
            spline(
                [(-0.2, 0, height + 0.5), (-0.14, 0, height + 0.75), (0.14, 0, height + 0.75), (0.2, 0, height + 0.5)]
            ),
            0.045,
        ),
    )


_FORMS: tuple[Callable[[Assembly, Draws], None], ...] = (
    _wine,
    _lemonade,
    _beer,
    _water,
    _pump,
    _burgundy,
    _sport,
    _milk,
    _whisky,
    _swing_top,
    _sauce,
    _flask,
)


def _turned(
    model: Assembly, draws: Draws, profile: Sequence[Sequence[float]] | Points, corner: float, colour: str
) -> None:
    model.add(glass("glass", colour, draws.uniform("clarity", 0.45, 0.65)), revolve(fillet(profile, corner)))


def _label(model: Assembly, radius: float, span: tuple[float, float], colour: str, mark: str) -> None:
    """A paper band from one height to another, with a broad stripe."""
    low, high = span
    middle, half = (low + high) / 2, (high - low) * 0.16
    model.add(matt("label", colour), band([(radius, low), (radius, high)]))
    model.add(matt("mark", mark), band([(radius + 0.004, middle - half), (radius + 0.004, middle + half)]))


def _ribbed(radius: float, height: float) -> Mesh:
    """A screw cap with grips."""
    turn = 2 * np.pi * np.arange(72) / 72
    reach = radius * (1 + 0.04 * np.sign(np.sin(18 * turn)))
    return slab(np.stack([reach * np.cos(turn), reach * np.sin(turn)], axis=1), height)


def _crown(radius: float) -> Mesh:
    """A crown cap, fluted below."""
    turn = 2 * np.pi * np.arange(84) / 84
    fluted = radius * (1 + 0.09 * np.cos(21 * turn))
    loops = [
        np.stack([r * np.cos(turn), r * np.sin(turn), np.full(84, z)], axis=1)
        for r, z in ((fluted * 1.05, -0.06), (fluted * 0.97, 0.0), (np.full(84, radius * 0.85), 0.05))
    ]
    return loft(loops)
