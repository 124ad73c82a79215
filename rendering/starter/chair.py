"""Chairs: slat-back, office, cantilever, shell, Windsor, armchair, folding, rocking, school, garden, bistro, canvas."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .chair_parts import add_castors, add_shell_seat, cushion
from .chair_wooden import bistro, director, rocking, slat_back, windsor
from .curves import rectangle, spline
from .draws import Draws
from .finishes import BRIGHTS, CLOTHS, WOODS, matt, metal, paint
from .mesh import Assembly
from .shapes import bar, box, cylinder, rod, shell, sweep


def chair(index: int, draws: Draws) -> Assembly:
    """Instance ``index`` of the class, in decimetres: feet on z = 0, the sitter looks along -Y."""
    model = Assembly()
    _FORMS[index % len(_FORMS)](model, draws)
    return model


def _office(model: Assembly, draws: Draws) -> None:
    """Swivel chair: star base with castors, gas lift, armrests."""
    cloth, plastic = matt("cloth", draws.pick("cloth", CLOTHS), 0.9), matt("plastic", "#16171a", 0.45)
    add_castors(model, plastic if draws.whole("black base", 0, 1) else metal("base"), plastic, 3.2)
    model.add(metal("lift"), cylinder(0.28, 2.8).at(z=2.6))
    model.add(plastic, cylinder(0.45, 1.6, 0.05).at(z=1.8), box(2.0, 2.2, 0.35, 0.1).at(z=4.1))
    model.add(cloth, cushion(5.0, 4.8, 0.9).at(z=4.7))
    height = draws.uniform("back", 5.0, 6.5)
    model.add(cloth, cushion(4.6, height, 0.85).turned("x", 80).at(0, 2.6, 5.9 + height / 2))
    model.add(plastic, sweep(spline([(0, 1.2, 4.1), (0, 2.9, 4.4), (0, 3.15, 6.8)], 5), 0.3, rectangle(3, 1.2, 0.2)))
    for x in (-2.75, 2.75):
        model.add(
            plastic,
            sweep(spline([(x * 0.8, 0.3, 4.2), (x, 0.3, 4.5), (x, 0.3, 6.7)], 5), 0.2, rectangle(2.4, 1.2, 0.3)),
            box(0.65, 2.8, 0.3, 0.14).at(x, 0.2, 6.8),
        )


def _cantilever(model: Assembly, draws: Draws) -> None:
    """One bent steel tube, no hind legs."""
    tube = metal("tube", "#d0d3d8", 0.15)
    seat = matt("seat", draws.pick("seat", ("#1a1a1c", "#7a3b1e", "#c9a97a", "#9c2424", "#e7e2d6")), 0.5)
    path = [
        (2.1, 2.6, 8.8),
        (2.1, 2.1, 5.0),
        (2.1, 1.6, 4.4),
        (2.1, -2.0, 4.4),
        (2.1, -2.5, 3.8),
        (2.1, -2.2, 0.8),
        (2.1, -1.8, 0.2),
        (2.1, 2.2, 0.2),
    ]
    model.add(tube, sweep(spline(path, 6), 0.17).both_sides())
    model.add(tube, rod((-2.1, 2.2, 0.2), (2.1, 2.2, 0.2), 0.17), rod((-2.1, 1.2, 4.35), (2.1, 1.2, 4.35), 0.12))
    model.add(
        seat, box(4.1, 3.9, 0.3, 0.14).at(0, -0.3, 4.55), box(4.1, 0.28, 2.6, 0.13).turned("x", -7).at(0, 2.42, 7.4)
    )


def _shell(model: Assembly, draws: Draws) -> None:
    """Moulded shell on dowel legs, a wire base or a pedestal."""
    plastic = paint("shell", draws.pick("shell", BRIGHTS), 0.35)
    add_shell_seat(model, plastic, 4.4)
    base = draws.pick("base", ("dowel", "pedestal", "wire"))
    if base == "pedestal":
        model.add(
            metal("base", "#d0d3d8", 0.2),
            cylinder(0.25, 4.0).at(z=2.3),
            cylinder(2.3, 0.3, 0.12, top_radius=0.8).at(z=0.2),
        )
    elif base == "dowel":
        wood = matt("dowels", draws.pick("dowels", WOODS), 0.5)
        model.add(
            wood,
            *(
                rod((1.2 * x, 1.1 * y - 0.2, 4.5), (2.2 * x, 2.2 * y - 0.1, 0.0), 0.22, 0.14)
                for x in (-1, 1)
                for y in (-1, 1)
            ),
        )
        model.add(
            metal("brace", "#2a2b2e", 0.4),
            *(
                rod((1.35 * x, 1.3 * y - 0.2, 3.8), (-1.8 * x, 1.7 * y - 0.1, 1.8), 0.06)
                for x in (-1, 1)
                for y in (-1, 1)
            ),
        )
    else:
        wire = metal("wire", "#c9ccd1", 0.2)
        model.add(
            wire, *(rod((1.1 * x, 1.0 * y - 0.2, 4.4), (2.1 * x, 2.0 * y, 0.1), 0.12) for x in (-1, 1) for y in (-1, 1))
        )
        model.add(wire, *(rod((2.1 * x, -2.0, 0.1), (2.1 * x, 2.0, 0.1), 0.12) for x in (-1, 1)))


def _armchair(model: Assembly, draws: Draws) -> None:
    """Upholstered, with thick arms."""
    cloth = matt("upholstery", draws.pick("upholstery", CLOTHS), 0.95)
    feet = matt("feet", draws.pick("feet", WOODS), 0.5)
    model.add(cloth, box(7.4, 7.0, 2.2, 0.4).at(z=2.1), cushion(5.0, 5.6, 1.3).at(0, -0.7, 3.7))
    roundness, back = draws.uniform("roundness", 0.3, 0.75), draws.uniform("back", 8.2, 9.6)
    model.add(cloth, box(1.5, 6.6, 3.4, roundness).at(3.2, -0.1, 3.9).both_sides())
    model.add(cloth, box(7.0, 1.7, back - 2.0, roundness).turned("x", -8).at(0, 3.0, back / 2 + 1.3))
    model.add(cloth, cushion(4.9, back - 4.6, 1.2).turned("x", 80).at(0, 1.9, back / 2 + 1.7))
    model.add(feet, *(cylinder(0.3, 1.1, top_radius=0.42).at(3.1 * x, 2.7 * y, 0.55) for x in (-1, 1) for y in (-1, 1)))


def _folding(model: Assembly, draws: Draws) -> None:
    """Crossed steel legs, thin seat and back."""
    tube = metal("tube", draws.pick("tube", ("#9a9da3", "#3a3b40", "#c9ccd1")), 0.35)
    pad = paint("pad", draws.pick("pad", ("#2a2c31", "#8c3b3b", "#2f4b6e", "#d8d2c4")), 0.5)
    model.add(
        tube,
        rod((2.1, -2.2, 0.1), (2.1, 2.2, 8.9), 0.17).both_sides(),
        rod((1.8, 2.5, 0.1), (1.8, -1.7, 4.5), 0.17).both_sides(),
    )
    model.add(
        tube,
        rod((-2.1, 2.2, 8.9), (2.1, 2.2, 8.9), 0.17),
        rod((-2.1, -1.9, 0.7), (2.1, -1.9, 0.7), 0.12),
        rod((-1.8, 2.2, 0.6), (1.8, 2.2, 0.6), 0.12),
    )
    model.add(
        pad,
        box(4.0, 4.0, 0.3, 0.13).turned("x", 3).at(0, -0.3, 4.5),
        box(4.3, 0.25, 2.2, 0.1).turned("x", -26).at(0, 1.75, 7.8),
    )


def _school(model: Assembly, draws: Draws) -> None:
    """Plywood seat and back on a steel frame."""
    ply = matt("plywood", draws.pick("plywood", ("#d3a468", "#c08a4e", "#b5482f", "#2f6f8f")), 0.4)
    tube = metal("frame", draws.pick("frame", ("#4a4d52", "#b9bcc2")), 0.35)
    across = np.linspace(-2.1, 2.1, 11)
    seat = [
        [(x, y, 4.4 + 0.05 * x * x - 0.12 * max(0.0, -1.2 - y) ** 2) for x in across]
        for y in np.linspace(-2.4, 1.9, 12)
    ]
    back = [[(x, 2.35 + 0.16 * (z - 6.6) * 0.8 - 0.1 * x * x, z) for x in across] for z in np.linspace(6.5, 8.7, 8)]
    model.add(ply, shell(seat, 0.16), shell(back, 0.16))
    path = [(1.9, -2.2, 0.1), (1.8, -2.0, 4.2), (1.8, 1.2, 4.2), (1.8, 1.9, 5.0), (1.8, 2.25, 8.2)]
    model.add(tube, sweep(spline(path, 6), 0.14).both_sides(), rod((1.8, 0.4, 4.2), (1.9, 2.3, 0.1), 0.14).both_sides())
    model.add(
        tube,
        rod((-1.8, -1.9, 4.2), (1.8, -1.9, 4.2), 0.12),
        rod((-1.85, 1.5, 1.8), (1.85, 1.5, 1.8), 0.1),
        rod((-1.8, 1.0, 4.2), (1.8, 1.0, 4.2), 0.12),
    )


def _garden(model: Assembly, draws: Draws) -> None:
    """Stacking plastic chair with arms and a slotted back."""
    plastic = paint("plastic", draws.pick("plastic", ("#f2f2ee", "#2e7d4f", "#6b4a35", "#d9d4c5", "#2f5f9e")), 0.4)
    model.add(plastic, box(4.8, 4.8, 0.35, 0.15).turned("x", -3).at(z=4.2))
    fan = np.linspace(-1.0, 1.0, 6)
    model.add(plastic, *(bar((1.6 * x, 2.2, 4.3), (2.0 * x, 3.3, 8.4 - 0.6 * x * x), 0.55, 0.18, 1.15) for x in fan))
    crest = [
        (2.4 * np.sin(a), 3.35 - 0.2 * abs(np.sin(a)), 8.5 - 1.1 * (1 - np.cos(a))) for a in np.linspace(-1.1, 1.1, 13)
    ]
    model.add(plastic, sweep(crest, 0.35, rectangle(1.0, 2.4, 0.3)))
    for x in (-2.6, 2.6):
        arm = [(x * 0.85, 3.15, 7.6), (x, 1.8, 6.7), (x * 1.02, -1.2, 6.5), (x, -2.3, 6.0), (x * 1.02, -2.6, 0.1)]
        model.add(
            plastic,
            sweep(spline(arm, 6), 0.3, rectangle(2.2, 0.9, 0.3)),
            bar((x * 0.88, 2.0, 6.6), (x * 0.98, 2.7, 0.1), 0.6, 0.35),
        )


_FORMS: tuple[Callable[[Assembly, Draws], None], ...] = (
    slat_back,
    _office,
    _shell,
    _armchair,
    _cantilever,
    windsor,
    _garden,
    _folding,
    bistro,
    rocking,
    _school,
    director,
)
