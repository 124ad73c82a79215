"""Cups: mugs, teacup and saucer, paper cup, espresso, tumbler, enamel, beaker without handle, travel mug, party cup."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from .curves import fillet, rectangle, spline
from .draws import Draws
from .finishes import BRIGHTS, GLAZES, glass, matt, metal, paint
from .mesh import Assembly, Mesh, Part, Points
from .shapes import band, box, cylinder, revolve, sweep

COFFEE, TEA = "#2b1409", "#8a3d0c"


def cup(index: int, draws: Draws) -> Assembly:
    """Instance ``index`` of the class; units are roughly 5 cm, standing on z = 0, handle to +X."""
    model = Assembly()
    _FORMS[index % len(_FORMS)](model, draws)
    return model


def _mug(model: Assembly, draws: Draws) -> None:
    """Straight, with a C handle and a stripe or none."""
    glaze, height = draws.pick("glaze", GLAZES), draws.uniform("height", 1.7, 2.1)
    body = paint("glaze", glaze, 0.15)
    _vessel(model, body, [(0.7, 0), (0.78, 0.08), (0.78, height)], 0.07, (COFFEE, height * 0.85))
    model.add(
        body,
        _handle([(0.76, 0.4), (1.15, 0.42), (1.32, height * 0.5), (1.15, height * 0.82), (0.76, height * 0.82)], 0.1),
    )
    model.add(
        paint("stripe", draws.pick("stripe", BRIGHTS), 0.2), band([(0.787, height * 0.28), (0.787, height * 0.4)])
    )


def _teacup(model: Assembly, draws: Draws) -> None:
    china, trim = (
        paint("china", draws.pick("china", ("#f6f2ea", "#eef3f5", "#f7e6e2")), 0.08),
        draws.pick("trim", BRIGHTS),
    )
    wall = spline([(0.42, 0.0), (0.4, 0.1), (0.62, 0.3), (0.92, 0.75), (1.02, 1.15)], 5)
    _vessel(model, china, wall, 0.05, (TEA, 0.95), base=0.16)
    model.add(china, _handle([(0.86, 0.5), (1.15, 0.45), (1.36, 0.75), (1.25, 1.02), (0.98, 1.0)], 0.06, 0.16))
    model.add(
        china,
        revolve(
            spline(
                [
                    (0, 0.02),
                    (0.5, 0.02),
                    (0.75, 0.06),
                    (1.3, 0.2),
                    (1.62, 0.3),
                    (1.6, 0.34),
                    (1.25, 0.25),
                    (0.7, 0.12),
                    (0, 0.1),
                ],
                4,
            )
        ),
    )
    edge = metal("gold", "#d4a843") if draws.whole("gold", 0, 1) else paint("trim", trim, 0.15)
    model.add(edge, band([(1.03, 1.24), (1.035, 1.3)], 0.06), band([(1.62, 0.4 - 0.1), (1.63, 0.335)], 0.05))
    model.add(paint("flower", trim, 0.2), band([(0.9, 0.84), (0.985, 0.99)], 0.01))


def _paper(model: Assembly, draws: Draws) -> None:
    """Coffee to go: tapered, with sleeve and lid."""
    model.add(
        matt("paper", draws.pick("paper", ("#f3f0e8", "#1f5c45", "#b98c5a"))),
        revolve([(0, 0), (0.55, 0), (0.8, 2.1), (0, 2.1)]),
    )
    model.add(
        matt("sleeve", draws.pick("sleeve", ("#8d6238", "#2b2420", "#c23b2a"))),
        band([(0.645, 0.6), (0.765, 1.5)], 0.02),
    )
    lid = [(0, 2.05), (0.84, 2.05), (0.85, 2.16), (0.8, 2.2), (0.76, 2.38), (0.68, 2.38), (0.66, 2.3), (0, 2.3)]
    model.add(paint("lid", draws.pick("lid", ("#f8f8f8", "#1e1c1b"))), revolve(fillet(lid, 0.03)))
    model.add(matt("sip", "#0c0c0c"), box(0.2, 0.08, 0.03, 0.01).at(y=-0.55, z=2.31))


def _espresso(model: Assembly, draws: Draws) -> None:
    glaze = paint("glaze", draws.pick("glaze", GLAZES), 0.12)
    _vessel(model, glaze, spline([(0.4, 0), (0.5, 0.12), (0.66, 0.55), (0.7, 1.05)], 5), 0.1, (COFFEE, 0.88), base=0.14)
    model.add(glaze, _handle([(0.6, 0.4), (0.9, 0.42), (0.98, 0.65), (0.9, 0.85), (0.66, 0.86)], 0.085))
    model.add(
        paint("saucer", draws.pick("saucer", GLAZES), 0.12),
        revolve(fillet([(0, 0.02), (0.7, 0.02), (1.2, 0.16), (1.18, 0.22), (0.6, 0.1), (0, 0.1)], 0.05)),
    )
    model.add(
        metal("spoon"), sweep([(-0.95, -0.5, 0.24), (-0.85, 0.5, 0.26)], [0.05, 0.04], rectangle(2.0, 0.8, 0.3, 2))
    )


def _tumbler(model: Assembly, draws: Draws) -> None:
    """A drinking glass, filled."""
    height, juice = draws.uniform("height", 1.9, 2.3), draws.pick("drink", ("#f08a12", "#8c1230", "#e8c020", "#5fae3a"))
    _vessel(model, glass("glass"), [(0.6, 0), (0.78, height)], 0.05, None, base=0.16)
    model.add(paint("drink", juice, 0.1), revolve([(0, 0.17), (0.56, 0.17), (0.7, height * 0.72), (0, height * 0.72)]))
    model.add(paint("straw", draws.pick("straw", BRIGHTS)), sweep([(-0.3, 0, 0.3), (0.45, 0.1, height + 0.55)], 0.06))


def _enamel(model: Assembly, draws: Draws) -> None:
    """Camping mug with a dark rim."""
    colour, rim = draws.pick("enamel", ("#f4f1e8", "#2c5f8a", "#7c1f24", "#3d6b4c")), matt("rim", "#15171c", 0.3)
    body = paint("enamel", colour, 0.12)
    _vessel(model, body, fillet([(0.82, 0), (0.9, 0.1), (0.92, 1.55), (0.97, 1.6)], 0.06), 0.04, (COFFEE, 1.2))
    model.add(rim, band([(0.99, 1.57), (0.99, 1.64)], 0.08))
    model.add(body, _handle([(0.9, 0.35), (1.3, 0.5), (1.36, 1.0), (1.25, 1.35), (0.9, 1.38)], 0.045, 0.2))


def _beaker(model: Assembly, draws: Draws) -> None:
    """East Asian teacup: no handle, two glazes."""
    low, high = draws.pick(
        "glazes", (("#6b4a2f", "#d8c9a8"), ("#2a2d34", "#5f8f8a"), ("#8a3b24", "#efe0c2"), ("#31465e", "#a9c0cc"))
    )
    wall = spline([(0.5, 0.0), (0.52, 0.1), (0.7, 0.4), (0.76, 1.0), (0.74, 1.85)], 5)
    _vessel(model, paint("glaze", high, 0.25), wall, 0.08, ("#9aa132", 1.55), base=0.15)
    model.add(matt("clay", low), band([(r + 0.008, z) for r, z in wall if z <= 0.62], 0.01))


def _travel(model: Assembly, draws: Draws) -> None:
    steel, dark = metal("steel", roughness=0.3), matt("rubber", "#1b1c20", 0.5)
    model.add(
        paint("shell", draws.pick("colour", BRIGHTS)),
        revolve([(0, 0.1), (0.62, 0.1), (0.72, 1.1), (0.84, 2.1), (0, 2.1)]),
    )
    model.add(
        steel,
        revolve(fillet([(0, 0), (0.63, 0), (0.635, 0.3), (0, 0.3)], 0.03)),
        band([(0.855, 2.0), (0.86, 2.2)], 0.1),
    )
    model.add(
        dark,
        revolve(fillet([(0, 2.15), (0.8, 2.15), (0.78, 2.34), (0, 2.38)], 0.06)),
        box(0.34, 0.2, 0.12, 0.04).at(y=-0.5, z=2.4),
    )
    model.add(dark, _handle([(0.74, 0.8), (1.2, 0.85), (1.3, 1.4), (1.25, 1.85), (0.78, 1.88)], 0.1, 0.2))


def _party(model: Assembly, draws: Draws) -> None:
    """Disposable cup with rolled rim and ridges, white inside."""
    colour = draws.pick("colour", ("#c4161c", "#1c4fa0", "#e88a1a", "#2e9e5b"))
    wall = [(0.55, 0), (0.58, 0.2), (0.62, 0.22), (0.68, 0.8), (0.72, 0.82), (0.78, 1.6), (0.82, 1.62), (0.86, 2.1)]
    model.add(paint("plastic", colour, 0.25), band(wall, 0.015), cylinder(0.56, 0.03).at(z=0.05))
    model.add(
        paint("inside", "#f6f6f4", 0.3), band([(r - 0.016, z) for r, z in wall], 0.015), cylinder(0.56, 0.03).at(z=0.1)
    )
    model.add(
        paint("rim", colour, 0.25), band(fillet([(0.86, 2.04), (0.92, 2.06), (0.92, 2.14), (0.85, 2.14)], 0.03), 0.02)
    )


def _latte(model: Assembly, draws: Draws) -> None:
    """Wide conical bowl cup with milk foam art."""
    glaze = paint("glaze", draws.pick("glaze", GLAZES), 0.12)
    wall = spline([(0.5, 0), (0.5, 0.08), (0.8, 0.45), (1.05, 1.0), (1.12, 1.2)], 5)
    _vessel(model, glaze, wall, 0.08, ("#a9744a", 1.08), base=0.14)
    model.add(
        matt("foam", "#f3e4cf", 0.6),
        revolve([(0, 1.07), (0.62, 1.09), (0.5, 1.11), (0, 1.11)], 24).scaled(1.0, 0.8, 1.0),
    )
    model.add(glaze, _handle([(0.92, 0.5), (1.35, 0.5), (1.55, 0.78), (1.4, 1.05), (1.06, 1.05)], 0.1))


def _faceted(model: Assembly, draws: Draws) -> None:
    """Stoneware mug with facets and an angular handle."""
    colour, sides = draws.pick("glaze", GLAZES), draws.whole("sides", 8, 12)
    body = paint("stoneware", colour, 0.35)
    wall: list[tuple[float, float]] = [(0.75, 0), (0.95, 0.5), (0.88, 1.3), (0.8, 1.75)]
    model.add(body, revolve([(0, 0), *wall, (0.7, 1.75), (0.76, 1.3), (0.8, 0.5), (0, 0.15)], sides).flat())
    model.add(paint("coffee", COFFEE, 0.1), revolve([(0, 1.4), (0.73, 1.4), (0.72, 1.45), (0, 1.45)], sides))
    corner = fillet([(0.8, 1.45), (1.4, 1.45), (1.4, 0.55), (0.85, 0.55)], 0.15)
    model.add(body, sweep(_upright(corner), 0.1, rectangle(1.7, 2.4, 0.3, 2)))


def _tall(model: Assembly, draws: Draws) -> None:
    """Waisted mug on a foot, with a big ear handle and dots."""
    body = paint("glaze", draws.pick("glaze", GLAZES), 0.15)
    wall = spline([(0.62, 0), (0.56, 0.14), (0.66, 0.4), (0.7, 1.2), (0.62, 1.7), (0.76, 2.3)], 5)
    _vessel(model, body, wall, 0.07, (COFFEE, 2.05), base=0.2)
    model.add(body, _handle([(0.66, 0.6), (1.1, 0.5), (1.4, 1.3), (1.25, 2.0), (0.65, 1.85)], 0.09))
    dots = [cylinder(0.09, 0.04, 0.01, 16).turned("y", 90).at(x=0.7, z=z) for z in (0.7, 1.15)]
    for dot in dots:
        model.add(paint("dots", draws.pick("dots", BRIGHTS), 0.2), dot.around(9, 20))


_FORMS: tuple[Callable[[Assembly, Draws], None], ...] = (
    _mug,
    _teacup,
    _paper,
    _enamel,
    _espresso,
    _tumbler,
    _tall,
    _beaker,
    _travel,
    _latte,
    _party,
    _faceted,
)


def _vessel(
    model: Assembly,
    part: Part,
    wall: Sequence[tuple[float, float]] | Points,
    thickness: float,
    drink: tuple[str, float] | None,
    *,
    base: float = 0.1,
) -> None:
    """An open vessel from its outer ``wall`` (radius, z); ``drink`` is (colour, level)."""
    outer = np.asarray(wall, dtype=np.float64)
    inner = outer[outer[:, 1] > base][::-1] - np.array([thickness, 0.0])
    lip = outer[-1] + np.array([-thickness / 2, thickness * 0.4])
    floor = np.array([[max(inner[-1, 0] * 0.9, 0.05), base], [0.0, base]])
    model.add(part, revolve(np.concatenate([[[0.0, outer[0, 1]]], outer, [lip], inner, floor]), 48))
    if drink:
        colour, level = drink
        radius = float(np.interp(level, outer[:, 1], outer[:, 0])) - thickness * 0.9
        model.add(paint("drink", colour, 0.08), cylinder(radius, 0.04, segments=48).at(z=level))


def _handle(points: Sequence[tuple[float, float]], radius: float, width: float | None = None) -> Mesh:
    """An ear in the plane y = 0 through (x, z) points; ``width`` makes it a strap."""
    section = None if width is None else rectangle(width / radius, 2.0, 0.6, 3)
    return sweep(_upright(spline(points, 5)), radius, section)


def _upright(points: Points) -> Points:
    return np.stack([points[:, 0], np.zeros(len(points)), points[:, 1]], axis=1)
