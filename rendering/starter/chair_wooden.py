"""Wooden chairs: slat-back, Windsor, rocking, bentwood, canvas on crossed legs."""

from __future__ import annotations

import numpy as np

from .chair_parts import add_legs, cushion
from .curves import rectangle, spline
from .draws import Draws
from .finishes import CLOTHS, WOODS, matt
from .mesh import Assembly
from .shapes import bar, box, cylinder, rod, shell, slab, sweep, torus


def slat_back(model: Assembly, draws: Draws) -> None:
    """Wooden kitchen chair, horizontal or upright slats."""
    wood = matt("wood", draws.pick("wood", WOODS), 0.45)
    back = draws.uniform("back", 9.2, 10.4)
    add_legs(model, wood, (3.8, 3.6), 4.3, 0.36, splay=0.15)
    model.add(wood, box(4.4, 4.2, 0.32, 0.12).at(z=4.45))
    if draws.whole("pad", 0, 1):
        model.add(matt("pad", draws.pick("pad cloth", CLOTHS), 0.9), cushion(3.9, 3.7, 0.45).at(0, -0.1, 4.8))
    for x in (-1.9, 1.9):
        model.add(wood, bar((x, 1.85, 4.2), (x, 2.5, back), 0.4, 0.36, 0.8))
    if draws.whole("upright", 0, 1):
        model.add(
            wood, bar((-2.1, 2.5, back), (2.1, 2.5, back), 0.3, 0.7), bar((-1.9, 2.0, 5.6), (1.9, 2.0, 5.6), 0.25, 0.35)
        )
        model.add(wood, *(bar((x, 2.02, 5.6), (x, 2.5, back), 0.3, 0.16) for x in np.linspace(-1.3, 1.3, 5)))
    else:
        heights = np.linspace(6.0, back - 0.35, draws.whole("slats", 3, 4))
        model.add(
            wood,
            *(
                bar(
                    (-1.9, 1.85 + 0.65 * (z - 4.2) / (back - 4.2), z),
                    (1.9, 1.85 + 0.65 * (z - 4.2) / (back - 4.2), z),
                    0.2,
                    0.62,
                )
                for z in heights
            ),
        )
    model.add(
        wood,
        *(bar((x, -1.7, 2.0), (x, 1.8, 2.0), 0.22, 0.26) for x in (-1.85, 1.85)),
        bar((-1.8, 0, 2.0), (1.8, 0, 2.0), 0.22, 0.26),
    )


def windsor(model: Assembly, draws: Draws) -> None:
    """Spindles under a bent bow, turned legs."""
    wood = matt("wood", draws.pick("wood", WOODS), 0.4)
    seat = np.stack([2.4 * np.cos(t := np.linspace(0, 2 * np.pi, 37)[:-1]), 2.2 * np.sin(t)], axis=1)
    model.add(wood, slab(seat, 0.4, 0.14).at(z=4.4))
    bow = np.stack(
        [
            2.0 * np.cos(a := np.linspace(0, np.pi, 25)),
            1.5 + 0.9 * np.sin(a),
            4.5 + draws.uniform("bow", 5.0, 6.0) * np.sin(a) ** 0.6,
        ],
        axis=1,
    )
    model.add(wood, sweep(bow, 0.17))
    for i in range(4, 21, 2):
        x = bow[i, 0]
        model.add(wood, rod((x * 0.75, 1.75, 4.5), tuple(bow[i]), 0.09))
    turned = spline([(0.16, 0), (0.2, 0.8), (0.3, 1.6), (0.16, 2.0), (0.28, 2.3), (0.26, 4.3)], 4)
    for x in (-1, 1):
        for y in (-1, 1):
            start, end = np.array([2.3 * x, 2.0 * y, 0.0]), np.array([1.5 * x, 1.3 * y, 4.3])
            path = start + (end - start) * (turned[:, 1:] / 4.3)
            model.add(wood, sweep(path, turned[:, 0]))
    model.add(
        wood,
        *(rod((1.95 * x, -1.75, 1.8), (1.95 * x, 1.75, 1.8), 0.12) for x in (-1, 1)),
        rod((-1.95, 0, 1.8), (1.95, 0, 1.8), 0.12),
    )


def rocking(model: Assembly, draws: Draws) -> None:
    """Runners, arms, high slatted back."""
    wood = matt("wood", draws.pick("wood", WOODS), 0.45)
    for x in (-2.3, 2.3):
        runner = [(x, y, 0.25 + 0.05 * (y - 0.6) ** 2) for y in np.linspace(-3.4, 4.6, 15)]
        model.add(wood, sweep(runner, 0.24, rectangle(1.4, 2.2, 0.3)))
        model.add(
            wood,
            rod((x, -1.9, 0.5), (x, -2.1, 6.4), 0.2),
            rod((x, 1.9, 0.4), (x * 0.92, 2.2, 4.2), 0.2),
            bar((x, -2.5, 6.4), (x, 2.5, 6.2), 0.6, 0.22),
        )
        model.add(wood, rod((x * 0.87, 1.8, 4.2), (x * 0.87, 4.0, 11.2), 0.2))
    model.add(
        matt("pad", draws.pick("pad cloth", CLOTHS), 0.9), cushion(4.0, 3.8, 0.5).turned("x", -4).at(0, -0.1, 4.7)
    )
    model.add(
        wood,
        box(4.6, 4.4, 0.35, 0.13).turned("x", -4).at(0, 0, 4.3),
        bar((-2.2, 3.9, 11.0), (2.2, 3.9, 11.0), 0.35, 0.9),
    )
    model.add(
        wood,
        *(bar((x, 1.9, 4.5), (x, 3.85, 10.9), 0.35, 0.14) for x in np.linspace(-1.4, 1.4, draws.whole("slats", 4, 6))),
    )


def bistro(model: Assembly, draws: Draws) -> None:
    """Bentwood cafe chair: round seat, hoops for a back."""
    wood = matt("bentwood", draws.pick("wood", ("#2a1710", "#4d2e1a", "#8b5a36", "#1a1a1a")), 0.3)
    model.add(wood, torus(2.05, 0.2).at(z=4.5))
    model.add(matt("cane", draws.pick("cane", ("#d9b77a", "#b98450", "#3a2418"))), cylinder(2.0, 0.15).at(z=4.52))
    for scale, tall in ((1.0, 5.0), (0.62, 3.6)):
        hoop = [
            (1.9 * scale * np.cos(a), 1.55 + 0.7 * np.sin(a) ** 0.5 + 0.08, 4.5 + tall * np.sin(a) ** 0.7)
            for a in np.linspace(0, np.pi, 25)
        ]
        model.add(wood, sweep(hoop, 0.16))
    for angle in (45, 135, 225, 315):
        c, s = np.cos(np.radians(angle)), np.sin(np.radians(angle))
        model.add(
            wood,
            sweep(
                spline([(1.7 * c, 1.7 * s, 4.4), (1.85 * c, 1.85 * s, 2.5), (2.5 * c, 2.5 * s, 0)], 5),
                np.linspace(0.2, 0.14, 11),
            ),
        )
    model.add(wood, torus(1.55, 0.1).at(z=2.6))


def director(model: Assembly, draws: Draws) -> None:
    """Canvas between crossed wooden legs."""
    wood, canvas = matt("wood", draws.pick("wood", WOODS), 0.5), matt("canvas", draws.pick("canvas", CLOTHS), 0.95)
    for y in (-1.9, 1.9):
        model.add(wood, bar((-2.5, y, 0.3), (2.5, y, 4.3), 0.25, 0.45), bar((2.5, y, 0.3), (-2.5, y, 4.3), 0.25, 0.45))
    for x in (-2.6, 2.6):
        model.add(
            wood,
            bar((x, -2.3, 0.2), (x, 2.3, 0.2), 0.45, 0.35),
            bar((x, -2.2, 4.4), (x, 2.2, 4.4), 0.35, 0.4),
            bar((x, -2.4, 6.6), (x, 2.4, 6.6), 0.7, 0.25),
        )
        model.add(wood, bar((x, -1.9, 4.4), (x, -1.9, 6.6), 0.3, 0.3), bar((x, 1.9, 4.4), (x, 2.1, 9.4), 0.35, 0.35))
    sag = np.linspace(-1, 1, 11)
    model.add(canvas, shell([[(2.6 * s, y, 4.2 + 0.35 * s * s) for s in sag] for y in np.linspace(-2.0, 2.0, 5)], 0.12))
    model.add(canvas, shell([[(2.7 * s, 2.35 - 0.3 * s * s, z) for s in sag] for z in np.linspace(7.3, 9.3, 5)], 0.14))
