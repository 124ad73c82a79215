"""Lamps: desk arms, shaded table lamps, floor lamps, pendants, banker's, mushroom, gooseneck, arc, tripod, lantern."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .curves import spline
from .draws import Draws
from .finishes import BRIGHTS, CLOTHS, GLAZES, WOODS, glass, glowing, matt, metal, paint
from .mesh import Assembly, Mesh, Part
from .shapes import ball, band, box, cylinder, revolve, rod, shell, sweep, torus

Place = tuple[float, float, float]


def lamp(index: int, draws: Draws) -> Assembly:
    """Instance ``index`` of the class, in decimetres; most stand on z = 0, the pendants hang from above."""
    model = Assembly()
    _FORMS[index % len(_FORMS)](model, draws)
    return model


def _table(model: Assembly, draws: Draws) -> None:
    """Turned or glazed foot under a cone shade."""
    foot = paint("foot", draws.pick("foot", GLAZES), 0.15)
    model.add(
        foot,
        revolve(
            [
                (0, 0),
                *spline(
                    [
                        (0.75, 0.0),
                        (0.8, 0.15),
                        (0.5, 0.3),
                        (0.85, 0.9),
                        (1.0, 1.5),
                        (0.6, 2.2),
                        (0.2, 2.5),
                        (0.25, 2.7),
                    ],
                    5,
                ),
                (0, 2.7),
            ]
        ),
    )
    model.add(metal("brass", "#c9a24a"), cylinder(0.09, 1.2).at(z=3.1))
    _shade(model, draws, [(1.65, 2.8), (0.95, 4.5)])


def _desk_arm(model: Assembly, draws: Draws) -> None:
    """Two-jointed arm with springs and a bell-shaped reflector."""
    lacquer = paint("lacquer", draws.pick("lacquer", (*BRIGHTS, "#c9ccd1")), 0.25)
    steel = metal("steel", "#b9bcc2")
    knee = (0.0, 1.35, 2.9)
    head = (0.0, -1.2 - draws.uniform("reach", 0, 0.4), 4.4)
    model.add(lacquer, cylinder(1.0, 0.28, 0.08, 48).at(z=0.14), cylinder(0.22, 0.4).at(z=0.45))
    for x in (-0.13, 0.13):
        model.add(lacquer, rod((x, 0, 0.6), (x, *knee[1:]), 0.07), rod((x, *knee[1:]), (x, *head[1:]), 0.07))
    model.add(
        steel,
        ball(0.2).at(0, 0, 0.65),
        ball(0.22).at(*knee),
        ball(0.18).at(*head),
        rod((0, 0.25, 0.9), (0, 0.85, 1.9), 0.09),
    )
    _reflector(model, lacquer, head, -28, [(0.22, 0.25), (0.34, 0.0), (0.45, -0.35), (0.85, -0.9), (0.98, -1.15)])


def _floor_shade(model: Assembly, draws: Draws) -> None:
    """A straight pole with a drum shade."""
    pole = draws.pick("pole", (metal("pole", "#c9a24a"), metal("pole", "#2b2c30", 0.4), metal("pole", "#c9ccd1")))
    model.add(pole, cylinder(1.5, 0.25, 0.1, 48).at(z=0.12), cylinder(0.13, 13).at(z=6.6))
    _shade(model, draws, [(2.3, 12.0), (1.9, 14.8)])


def _pendant_dome(model: Assembly, draws: Draws) -> None:
    """A metal dome on a cord from a ceiling rose."""
    shade = paint("dome", draws.pick("dome", BRIGHTS), 0.25)
    curve = spline([(2.2, 0.0), (2.1, 0.5), (1.5, 1.35), (0.5, 1.8), (0.25, 2.2)], 5)
    model.add(shade, band(curve, 0.05, 48))
    model.add(paint("inside", "#f7f3e6", 0.6), band([(r - 0.055, z) for r, z in curve], 0.02, 48))
    model.add(metal("cap", "#c9a24a"), revolve([(0, 2.1), (0.28, 2.1), (0.2, 2.5), (0, 2.5)]))
    model.add(glowing("bulb", "#ffe2ae", 4.0), ball(0.55).at(z=0.4))
    _hang(model, 2.5, 5.6)


def _banker(model: Assembly, draws: Draws) -> None:
    """Green glass trough on a brass stand."""
    brass = metal("brass", draws.pick("metal", ("#c9a24a", "#8a6a3a", "#c9ccd1")), 0.2)
    model.add(
        brass,
        cylinder(1.2, 0.3, 0.12, 48, 1.0).at(z=0.15),
        revolve([(0, 0.3), *spline([(0.5, 0.3), (0.18, 0.7), (0.16, 2.6), (0.3, 2.9)], 4), (0, 2.9)]),
    )
    model.add(
        brass, sweep(spline([(-1.5, 0, 3.35), (-1.3, 0, 2.9), (0, 0, 2.75), (1.3, 0, 2.9), (1.5, 0, 3.35)], 5), 0.09)
    )
    arch = [
        np.array([(-1.9 + 3.8 * t, -0.85 * np.cos(a), 3.0 + 0.95 * np.sin(a)) for t in np.linspace(0, 1, 6)])
        for a in np.linspace(0.1, np.pi - 0.1, 17)
    ]
    model.add(
        glass("shade", draws.pick("shade", ("#0f6b3c", "#0f6b3c", "#1f4fa0", "#c46a1a")), 0.25, 0.1), shell(arch, 0.08)
    )
    model.add(brass, *(box(0.08, 1.75, 0.12, 0.03).at(x, 0, 3.05) for x in (-1.9, 1.9)), ball(0.14).at(0, 0, 4.05))
    model.add(glowing("tube", "#ffe7b8", 3.0), rod((-1.5, 0, 3.4), (1.5, 0, 3.4), 0.2))


def _arc(model: Assembly, draws: Draws) -> None:
    """A heavy foot and a long bow over to a hanging dome."""
    steel = metal("bow", draws.pick("bow", ("#d0d3d8", "#c9a24a", "#26272b")), 0.2)
    model.add(paint("foot", draws.pick("foot", ("#eceae6", "#1d1e21")), 0.15), box(2.6, 2.6, 1.0, 0.15).at(4.2, 0, 0.5))
    path = spline([(4.2, 0, 1.0), (4.3, 0, 6.0), (3.4, 0, 10.5), (0.6, 0, 13.0), (-2.2, 0, 12.2), (-3.2, 0, 10.7)], 8)
    model.add(steel, sweep(path, np.linspace(0.2, 0.13, len(path))))
    dome = spline([(1.75, -0.1), (1.6, 0.7), (0.9, 1.4), (0.15, 1.6)], 5)
    model.add(steel, band(dome, 0.05, 40).at(-3.2, 0, 9.2))
    model.add(glowing("bulb", "#ffe2ae", 4.0), ball(0.75).at(-3.2, 0, 9.4))


def _mushroom(model: Assembly, draws: Draws) -> None:
    """A glass cap on a matching stem, lit from inside."""
    colour = draws.pick("colour", ("#f3e6cf", "#f08a3c", "#e9c46a", "#e7a9b8", "#f4f1e8"))
    model.add(
        paint("stem", colour, 0.2),
        revolve([(0, 0), *spline([(1.15, 0), (1.1, 0.25), (0.55, 0.9), (0.45, 1.8), (0.6, 2.6)], 5), (0, 2.6)]),
    )
    model.add(
        glowing("cap", colour, 0.7),
        revolve(
            [(0, 2.3), *spline([(1.6, 2.3), (1.95, 2.45), (1.85, 3.1), (1.2, 3.75), (0.4, 4.0)], 5), (0, 4.03)], 48
        ),
    )
    model.add(metal("collar", "#c9a24a"), torus(0.62, 0.07).at(z=2.3))


def _tripod(model: Assembly, draws: Draws) -> None:
    """Wooden tripod floor lamp with a drum shade."""
    wood = matt("wood", draws.pick("wood", WOODS), 0.45)
    model.add(wood, rod((0.35, 0, 9.2), (3.0, 0, 0), 0.26, 0.2).around(3, 30), cylinder(0.6, 0.6, 0.15).at(z=9.2))
    model.add(metal("brass", "#c9a24a"), cylinder(0.14, 1.4).at(z=10.0), torus(1.55, 0.08).at(z=5.0))
    _shade(model, draws, [(2.5, 10.2), (2.2, 13.0)])


def _gooseneck(model: Assembly, draws: Draws) -> None:
    """A bendy neck with a small cone, clipped or on a disc."""
    lacquer = paint("lacquer", draws.pick("lacquer", BRIGHTS), 0.3)
    model.add(lacquer, revolve([(0, 0), *spline([(1.0, 0), (1.0, 0.2), (0.6, 0.5), (0.15, 0.65)], 4), (0, 0.65)]))
    path = spline([(0, 0.2, 0.5), (0, 0.7, 2.0), (0, 0.5, 3.7), (0, -0.5, 4.5), (0, -1.4, 4.1), (0, -1.7, 3.6)], 10)
    ripple = 0.11 + 0.015 * (np.arange(len(path)) % 2)
    model.add(metal("neck", "#b9bcc2"), sweep(path, ripple))
    _reflector(model, lacquer, (0.0, -1.75, 3.5), -20, [(0.16, 0.15), (0.35, 0.0), (0.5, -0.5), (0.8, -1.1)])


def _pendant_globe(model: Assembly, draws: Draws) -> None:
    """Hanging globe, paper lantern or a cluster of them."""
    kind = draws.pick("kind", ("lantern", "cluster"))
    if kind == "lantern":
        angles = np.radians(np.linspace(-82, 82, 45))
        ribbed = 2.0 + 0.07 * np.abs(np.sin(np.arange(45) * np.pi / 3))
        model.add(
            glowing("paper", draws.pick("paper", ("#f7ead0", "#f2b38a", "#e25a4a")), 0.7),
            revolve(np.stack([ribbed * np.cos(angles), 0.9 * ribbed * np.sin(angles)], 1), 40),
        )
        model.add(matt("hoop", "#2a2420"), torus(0.3, 0.06).at(z=1.8), torus(0.3, 0.06).at(z=-1.8))
        _hang(model, 1.8, 4.6)
        return
    for i, drop in enumerate((0.0, 1.3, 2.4)):
        x, y = 1.35 * np.cos(2.1 * i), 1.35 * np.sin(2.1 * i)
        model.add(glowing("globe", "#fff0d0", 1.0), ball(0.85, 32).at(x, y, drop))
        model.add(metal("cap", "#c9a24a"), cylinder(0.28, 0.35, 0.06).at(x, y, drop + 0.9))
        model.add(matt("cord", "#1a1a1a"), rod((x, y, drop + 1.0), (x * 0.5, y * 0.5, 6.4), 0.05))
    model.add(metal("rose", "#c9a24a"), cylinder(1.1, 0.25, 0.08).at(z=6.5))


def _lantern(model: Assembly, draws: Draws) -> None:
    """Storm lantern: cage, glass, ring handle."""
    iron = paint("iron", draws.pick("iron", ("#1f2023", "#8c2a1c", "#2f4b3a", "#b08d2e")), 0.35)
    model.add(
        iron,
        revolve([(0, 0), *spline([(1.0, 0), (1.05, 0.3), (0.95, 0.75), (0.55, 1.0)], 4), (0, 1.0)]),
        revolve([(0, 3.1), (0.62, 3.1), (0.75, 3.4), (0.5, 3.7), (0.45, 4.1), (0, 4.25)]),
    )
    model.add(
        glass("chimney", "#f6f4ea", 0.9), band(spline([(0.55, 1.0), (0.85, 1.7), (0.8, 2.3), (0.58, 3.1)], 5), 0.06)
    )
    model.add(
        glowing("flame", "#ffb04a", 5.0), revolve(spline([(0.03, 1.1), (0.26, 1.5), (0.16, 1.9), (0.0, 2.4)], 4), 20)
    )
    side = sweep(spline([(0.9, 0, 0.5), (1.2, 0, 1.4), (1.15, 0, 2.8), (0.6, 0, 3.6)], 5), 0.09)
    model.add(iron, side.both_sides(), torus(0.86, 0.05).at(z=1.5), torus(0.84, 0.05).at(z=2.4))
    model.add(
        metal("handle", "#8f9399"),
        sweep(spline([(1.05, 0, 3.0), (1.2, 0, 4.2), (0, 0, 5.2), (-1.2, 0, 4.2), (-1.05, 0, 3.0)], 6), 0.05),
    )


def _column(model: Assembly, draws: Draws) -> None:
    """Square foot, stacked wooden blocks or stone, wide drum shade."""
    for i, z in enumerate(np.linspace(0.4, 2.6, 4)):
        wood = matt(f"block {i % 2}", draws.pick(f"block {i % 2}", WOODS), 0.5)
        model.add(wood, box(1.25 - 0.1 * (i % 2), 1.25 - 0.1 * (i % 2), 0.72, 0.12).turned("z", 22.0 * i).at(z=z))
    model.add(metal("stem", "#2b2c30", 0.4), cylinder(0.1, 1.4).at(z=3.4))
    _shade(model, draws, [(1.75, 3.4), (1.75, 5.2)])


_FORMS: tuple[Callable[[Assembly, Draws], None], ...] = (
    _table,
    _desk_arm,
    _floor_shade,
    _pendant_dome,
    _banker,
    _arc,
    _mushroom,
    _tripod,
    _gooseneck,
    _pendant_globe,
    _lantern,
    _column,
)


def _shade(model: Assembly, draws: Draws, line: list[tuple[float, float]]) -> None:
    """A fabric shade, lit or not, with trims; a bulb shows from above and below."""
    lit = draws.whole("lit", 0, 2) > 0
    colour = draws.pick("shade", ("#f3e7cc", "#efe9dc", "#f0d9a8") if lit else CLOTHS)
    cloth = glowing("shade", colour, 0.55) if lit else matt("shade", colour, 0.9)
    model.add(cloth, band(line, 0.04, 56))
    trim = matt("trim", draws.pick("trim", ("#8a6a3a", "#4d2e1a", "#efe9dc")))
    (r0, z0), (r1, z1) = line
    model.add(trim, torus(r0, 0.05, 56).at(z=z0), torus(r1, 0.05, 56).at(z=z1))
    middle = (z0 + z1) / 2
    model.add(glowing("bulb", "#ffe2ae", 3.0 if lit else 0.3), ball(0.35).at(z=middle))
    model.add(
        metal("holder", "#6a6256"),
        rod((-r1, 0, z1 - 0.1), (r1, 0, z1 - 0.1), 0.04),
        rod((0, 0, z0), (0, 0, z1 - 0.1), 0.06),
    )


def _reflector(model: Assembly, part: Part, at: Place, tilt_deg: float, line: list[tuple[float, float]]) -> None:
    """A metal bell opening downwards, tilted about x, with a bulb in it."""
    curve = spline(line, 5)
    bell: list[tuple[Part, Mesh]] = [
        (part, band(curve, 0.03, 40)),
        (part, cylinder(line[0][0], 0.12).at(z=line[0][1])),
        (paint("inside", "#f7f3e6", 0.5), band([(r - 0.04, z) for r, z in curve], 0.02, 40)),
        (glowing("bulb", "#ffe2ae", 4.0), ball(0.4 * line[-1][0]).at(z=line[-1][1] + 0.35)),
    ]
    for finish, mesh in bell:
        model.add(finish, mesh.turned("x", tilt_deg).at(*at))


def _hang(model: Assembly, low: float, high: float) -> None:
    model.add(matt("cord", "#1a1a1a"), cylinder(0.06, high - low, segments=12).at(z=(low + high) / 2))
    model.add(metal("rose", "#c9ccd1"), cylinder(0.7, 0.25, 0.1, top_radius=0.5).at(z=high))
