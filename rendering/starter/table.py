"""Tables: dining, round pedestal, trestle, coffee, glass, desk, tripod, tulip, picnic, folding, hairpin, console."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .chair_parts import add_legs
from .curves import oval, rectangle, spline
from .draws import Draws
from .finishes import BRIGHTS, WOODS, glass, matt, metal, paint
from .mesh import Assembly, Part
from .shapes import bar, box, cylinder, revolve, rod, slab, sweep, torus


def table(index: int, draws: Draws) -> Assembly:
    """Instance ``index`` of the class, in decimetres, feet on z = 0."""
    model = Assembly()
    _FORMS[index % len(_FORMS)](model, draws)
    return model


def _wood(draws: Draws, name: str = "wood") -> Part:
    return matt(name, draws.pick(name, WOODS), 0.4)


def _dining(model: Assembly, draws: Draws) -> None:
    wood = _wood(draws)
    x, y = draws.uniform("length", 14, 18), draws.uniform("depth", 8, 9.5)
    _planks(model, wood, x, y, 7.4)
    model.add(
        wood,
        box(x - 2, 0.3, 0.9).at(0, y / 2 - 1, 6.75),
        box(x - 2, 0.3, 0.9).at(0, 1 - y / 2, 6.75),
        box(0.3, y - 2, 0.9).at(x / 2 - 1, 0, 6.75).both_sides(),
    )
    add_legs(model, wood, (x - 1.8, y - 1.8), 7.2, 0.85)


def _pedestal(model: Assembly, draws: Draws) -> None:
    """Round top on a turned column with four feet."""
    wood, radius = _wood(draws), draws.uniform("radius", 5.0, 6.2)
    model.add(wood, cylinder(radius, 0.4, 0.15, 64).at(z=7.3), cylinder(radius * 0.8, 0.5, segments=48).at(z=6.9))
    column = spline([(1.0, 1.2), (1.15, 1.9), (0.55, 2.6), (0.85, 3.6), (0.5, 5.2), (0.9, 6.2), (1.4, 6.8)], 5)
    model.add(wood, revolve([(0, 1.2), *column, (0, 6.8)]))
    foot = sweep(spline([(0.5, 0, 2.0), (1.8, 0, 1.7), (3.2, 0, 0.6), (4.0, 0, 0.25)], 5), np.linspace(0.5, 0.28, 16))
    model.add(wood, foot.around(4, 45))


def _trestle(model: Assembly, draws: Draws) -> None:
    """A plank top on two A-frames."""
    top, frame = (
        _wood(draws, "top"),
        draws.pick("frame", (_wood(draws, "legs"), paint("legs", "#f2f2ee"), paint("legs", "#23262b"))),
    )
    x, y = draws.uniform("length", 15, 17), draws.uniform("depth", 7, 8)
    model.add(top, box(x, y, 0.45, 0.12).at(z=7.3))
    for s in (-1, 1):
        at = s * (x / 2 - 2.6)
        for dx in (-1.0, 1.0):
            for dy in (-1, 1):
                model.add(frame, bar((at + 0.25 * dx, dy * 2.2, 7.0), (at + 1.6 * dx, dy * 3.0, 0), 0.45, 0.35))
        model.add(
            frame,
            bar((at, -2.8, 6.95), (at, 2.8, 6.95), 0.8, 0.5),
            *(bar((at + 1.1 * dx, -2.75, 2.4), (at + 1.1 * dx, 2.75, 2.4), 0.25, 0.4) for dx in (-1.0, 1.0)),
        )


def _coffee(model: Assembly, draws: Draws) -> None:
    """Low, with a shelf."""
    wood = _wood(draws)
    x, y = draws.uniform("length", 10, 12), draws.uniform("depth", 5.5, 6.5)
    model.add(wood, box(x, y, 0.5, 0.12).at(z=4.2), box(x - 0.8, y - 0.8, 0.3, 0.05).at(z=1.3))
    add_legs(model, wood, (x - 0.8, y - 0.8), 4.0, 0.65)


def _glass_top(model: Assembly, draws: Draws) -> None:
    """A pane on crossed chrome legs."""
    chrome = metal("chrome", "#d0d3d8", 0.12)
    model.add(glass("pane", "#d5efe8", 0.9), slab(rectangle(13, 8, 0.8), 0.28, 0.06).at(z=7.2))
    for y in (-2.8, 2.8):
        model.add(chrome, rod((-4.8, y, 0.1), (4.4, y, 7.0), 0.22), rod((4.8, y, 0.1), (-4.4, y, 7.0), 0.22))
    for x in (-4.6, 4.6):
        model.add(
            chrome, rod((x, -2.8, 0.2), (x, 2.8, 0.2), 0.22), rod((x * 0.95, -2.8, 7.0), (x * 0.95, 2.8, 7.0), 0.18)
        )


def _desk(model: Assembly, draws: Draws) -> None:
    """Writing desk with a chest of drawers on one side or both."""
    wood, knob = _wood(draws), metal("handle", draws.pick("handle", ("#c9ccd1", "#c9a24a", "#26272b")))
    model.add(wood, box(14, 7, 0.45, 0.1).at(z=7.3))
    sides = (1, -1) if draws.whole("double", 0, 1) else (1,)
    for s in sides:
        model.add(wood, box(4.0, 6.2, 6.8, 0.06).at(s * 4.8, 0, 3.6))
        for z in (1.6, 3.7, 5.8):
            model.add(wood, box(3.6, 0.3, 1.85, 0.08).at(s * 4.8, -3.15, z))
            model.add(knob, bar((s * 4.8 - 0.7, -3.45, z + 0.2), (s * 4.8 + 0.7, -3.45, z + 0.2), 0.2, 0.2))
    if len(sides) == 1:
        model.add(wood, *(bar((-6.5, y, 7.2), (-6.5, y, 0), 0.6, 0.6, 0.8) for y in (-3, 3)))


def _side_tripod(model: Assembly, draws: Draws) -> None:
    """Small round table on three splayed legs."""
    top = paint("top", draws.pick("top", BRIGHTS), 0.35)
    legs = draws.pick("legs", (_wood(draws), metal("brass", "#c9a24a"), metal("steel", "#3a3b40", 0.4)))
    model.add(top, revolve([(0, 5.0), (2.6, 5.0), (2.75, 5.15), (2.75, 5.6), (2.6, 5.6), (2.55, 5.3), (0, 5.3)], 56))
    model.add(legs, rod((0.9, 0, 5.0), (2.5, 0, 0), 0.24, 0.15).around(3, 30), torus(1.4, 0.08).at(z=2.6))


def _tulip(model: Assembly, draws: Draws) -> None:
    """Oval top on a flaring stem."""
    white = paint("stem", draws.pick("stem", ("#f6f6f4", "#f6f6f4", "#191a1c")), 0.2)
    top = draws.pick("top", (white, _wood(draws), paint("marble", "#e9e7e4", 0.1)))
    model.add(top, slab(oval(14, 9, 2.2, 64), 0.35, 0.16).at(z=7.2))
    stem = spline([(2.9, 0.1), (2.6, 0.25), (1.2, 0.7), (0.55, 1.8), (0.5, 4.2), (0.9, 6.2), (2.0, 7.0)], 6)
    model.add(white, revolve([(0, 0), (2.9, 0), *stem, (0, 7.0)], 48))


def _picnic(model: Assembly, draws: Draws) -> None:
    """Benches joined to the table."""
    wood = matt("wood", draws.pick("wood", WOODS), 0.7)
    model.add(wood, *(box(16, 1.25, 0.4, 0.06).at(0, y, 7.2) for y in np.linspace(-2.8, 2.8, 5)))
    for side in (-1, 1):
        model.add(wood, *(box(16, 1.2, 0.4, 0.06).at(0, side * y, 4.4) for y in (5.4, 6.7)))
    for x in (-5.5, 5.5):
        model.add(
            wood,
            *(bar((x, s * 1.6, 7.0), (x, s * 4.6, 0), 0.4, 0.8) for s in (-1, 1)),
            bar((x, -7.0, 4.0), (x, 7.0, 4.0), 0.4, 0.7),
            bar((x, -2.6, 6.8), (x, 2.6, 6.8), 0.4, 0.5),
        )
        model.add(wood, bar((x, 0, 4.0), (x * 0.35, 0, 6.9), 0.4, 0.5))


def _bistro(model: Assembly, draws: Draws) -> None:
    """Small round cafe table on an iron foot."""
    iron = metal("iron", "#2b2c30", 0.45)
    top = draws.pick("top", (paint("top", "#eceae6", 0.12), _wood(draws), paint("top", "#7c1f24")))
    model.add(top, cylinder(3.6, 0.35, 0.1, 56).at(z=7.3))
    model.add(metal("rim", "#c9a24a"), torus(3.6, 0.16, 56).scaled(1, 1, 1.2).at(z=7.3))
    model.add(iron, cylinder(0.32, 6.6).at(z=3.9), cylinder(0.9, 0.3, top_radius=0.5).at(z=6.95))
    model.add(
        iron,
        sweep(
            spline([(0.2, 0, 1.4), (1.0, 0, 0.9), (2.2, 0, 0.3), (2.6, 0, 0.15)], 5), np.linspace(0.35, 0.2, 16)
        ).around(draws.whole("feet", 3, 4)),
    )


def _hairpin(model: Assembly, draws: Draws) -> None:
    """A slab of wood, edges left wavy, on hairpin legs."""
    wood, steel = _wood(draws), metal("steel", "#1d1e21", 0.4)
    across = np.linspace(-6.5, 6.5, 40)
    wave = 0.22 * np.sin(across * 1.1 + draws.uniform("wave", 0, 6)) + 0.12 * np.sin(across * 2.7)
    outline = np.concatenate([np.stack([across, -3.2 + wave], 1), np.stack([across[::-1], 3.3 + wave[::-1] * 0.8], 1)])
    model.add(wood, slab(outline, 0.55).at(z=5.3))
    for x in (-1, 1):
        for y in (-1, 1):
            top = (4.9 * x, 2.2 * y, 5.1)
            foot = (5.6 * x, 2.8 * y, 0.1)
            model.add(
                steel,
                rod((top[0] - 0.8 * x, top[1], top[2]), foot, 0.12),
                rod((top[0] + 0.6 * x, top[1], top[2]), foot, 0.12),
            )


def _folding(model: Assembly, draws: Draws) -> None:
    """Party table: thin top, bent tube legs."""
    tube = metal("tube", "#8f9399", 0.35)
    x, y = draws.uniform("length", 15, 19), draws.uniform("depth", 6.5, 7.8)
    model.add(
        paint("top", draws.pick("top", ("#f0efea", "#5d4a3a", "#7d8288")), 0.5),
        slab(rectangle(x, y, 0.6), 0.5, 0.15).at(z=7.3),
    )
    model.add(matt("seam", "#2a2a2c"), box(0.06, y * 0.99, 0.505).at(z=7.3))
    for s in (-1, 1):
        at = s * (x / 2 - 1.6)
        path = [
            (at, -y / 2 + 0.8, 7.0),
            (at, -y / 2 + 0.6, 0.6),
            (at, -y / 2 + 0.9, 0.15),
            (at, y / 2 - 0.9, 0.15),
            (at, y / 2 - 0.6, 0.6),
            (at, y / 2 - 0.8, 7.0),
        ]
        model.add(
            tube,
            sweep(path, 0.2),
            rod((at, 0, 0.15), (at * 0.4, 0, 7.0), 0.12),
            rod((at, -y / 2 + 0.65, 3.4), (at, y / 2 - 0.65, 3.4), 0.12),
        )


_FORMS: tuple[Callable[[Assembly, Draws], None], ...] = (
    _dining,
    _pedestal,
    _trestle,
    _coffee,
    _glass_top,
    _desk,
    _side_tripod,
    _tulip,
    _picnic,
    _bistro,
    _hairpin,
    _folding,
)


def _planks(model: Assembly, part: Part, x: float, y: float, z: float) -> None:
    count = 5
    model.add(
        part, *(box(x, y / count - 0.03, 0.45, 0.06).at(0, (i - (count - 1) / 2) * y / count, z) for i in range(count))
    )
