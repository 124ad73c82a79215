"""Parts of aeroplanes: wings, jet engines, propellers, undercarriage."""

from __future__ import annotations

import numpy as np

from .curves import placed, spline
from .finishes import matt, metal
from .mesh import Assembly, Mesh, Part
from .shapes import ball, box, loft, revolve, rod
from .wheels import tyre

Place = tuple[float, float, float]


def blade_surface(
    at: Place, chords: tuple[float, float], span: float, sweep: float, dihedral_deg: float, *, thickness: float
) -> Mesh:
    """A wing from its root's leading edge ``at`` out to +X: chords, half span, tip's sweep, thickness per chord."""
    root, tip = chords
    x0, y0, z0 = at
    share = np.concatenate([np.linspace(0, np.pi, 13), np.linspace(np.pi, 2 * np.pi, 13)[1:-1]])
    along = (1 + np.cos(share)) / 2  # 1 at the trailing edge, 0 at the leading edge
    thick = (
        2.6 * (0.2969 * np.sqrt(along) - 0.126 * along - 0.3516 * along**2 + 0.2843 * along**3 - 0.1036 * along**4) * 2
    )
    profile = np.stack(
        [along, np.sign(np.sin(share) + 1e-12) * thick * thickness + 0.02 * np.sin(np.pi * along)], axis=1
    )
    loops = []
    for t in (0.0, 0.3, 0.6, 0.9, 0.985, 1.0):
        chord = (root + (tip - root) * t) * (0.8 if t == 1.0 else 1.0)
        z = z0 + span * t * np.tan(np.radians(dihedral_deg))
        loops.append(
            placed(profile * chord, "yz", x0 + span * t, (y0 + sweep * t + (0.08 * tip if t == 1.0 else 0), z))
        )
    return loft(loops)


def add_jet(model: Assembly, cowl: Part, at: Place, radius: float) -> None:
    """A turbofan, its intake at ``at``: cowl, polished lip, fan, spinner, core nozzle."""
    r = radius
    place = {"x": at[0], "y": at[1], "z": at[2]}
    skin = spline([(r * 0.96, 0.1 * r), (r * 1.06, r), (r * 1.02, 2.4 * r), (r * 0.78, 4.0 * r)], 4)
    model.add(
        cowl,
        revolve([*skin, (r * 0.7, 3.9 * r), (r * 0.84, r), (r * 0.84, 0.1 * r)], 28, hollow=True)
        .turned("x", -90)
        .at(**place),
    )
    lip = revolve(spline([(r * 0.84, 0.35 * r), (r * 0.86, 0), (r * 0.95, 0), (r * 1.0, 0.35 * r)], 4), 28, hollow=True)
    model.add(metal("intake lip", "#d8dbe0", 0.2), lip.turned("x", -90).at(**place))
    model.add(
        matt("fan", "#15171a", 0.5),
        revolve([(0, 0.6 * r), (0.85 * r, 0.6 * r), (0.85 * r, r), (0, r)], 28).turned("x", -90).at(**place),
    )
    spinner = revolve([(0, 0.1 * r), (0.12 * r, 0.25 * r), (0.24 * r, 0.62 * r), (0, 0.62 * r)], 20)
    core = revolve([(0, 3.4 * r), (0.58 * r, 3.4 * r), (0.4 * r, 4.7 * r), (0, 5.2 * r)], 24)
    model.add(metal("core", "#7b7d82", 0.35), spinner.turned("x", -90).at(**place), core.turned("x", -90).at(**place))


def add_propeller(
    model: Assembly, skin: Part, trim: Part, at: Place, radius: float, *, body: float, blades: int
) -> None:
    """A propeller with spinner at ``at``; off the fuselage it brings its own nacelle and a twin on the other side."""
    x, y, z = at
    blade = loft(
        [
            placed(np.array([(-w, -t), (w, -t), (w, t), (-w, t)]), "xy", h)
            for h, w, t in (
                (0.1, 0.07, 0.05),
                (0.45 * radius, 0.13, 0.035),
                (0.8 * radius, 0.12, 0.025),
                (radius, 0.05, 0.015),
            )
        ]
    )
    disc = blade.turned("z", 28)
    ring = [disc.turned("y", 360 * i / blades + 20) for i in range(blades)]
    size = 0.19 * body if x == 0 else 0.2
    cone = (
        revolve(spline([(0, -0.55), (0.14, -0.4), (0.26, 0), (0.27, 0.15), (0, 0.15)], 4), 24)
        .turned("x", -90)
        .scaled(size * 4)
    )
    places = [(x, y, z)] if x == 0 else [(x, y, z), (-x, y, z)]
    for px, py, pz in places:
        model.add(matt("propeller", "#1b1c1f", 0.4), *(one.at(px, py, pz) for one in ring))
        model.add(trim, cone.at(px, py + 0.1, pz))
        if x:
            shape = spline([(0, 0.05), (0.22, 0.1), (0.3, 0.5), (0.32, 1.4), (0.2, 2.4), (0.02, 3.0)], 4)
            model.add(skin, revolve(shape, 24).turned("x", -90).at(px, py, pz - 0.1))


def add_gear(model: Assembly, kind: str, trim: Part, skin: Part, *, body: float, wing_y: float) -> None:
    """The undercarriage: "tricycle" (retractable), "fixed", "taildragger", "floats" or "up" (none to be seen)."""
    rubber, strut = matt("tyre", "#141414", 0.8), metal("strut", "#b8bcc2")
    low = -0.5 * body
    if kind == "tricycle":
        for x, y, r in ((0.0, 1.2, 0.17), (0.55, wing_y, 0.22), (-0.55, wing_y, 0.22)):
            model.add(strut, rod((x, y, low * 0.7), (x, y, low - 0.55), 0.05))
            for dx in (-0.12, 0.12):
                model.add(rubber, tyre(r, 0.13, r * 0.4).at(x + dx, y, low - 0.55))
    elif kind == "fixed":
        for x, y in ((0.0, 0.9), (1.15, wing_y), (-1.15, wing_y)):
            model.add(strut, rod((x * 0.35, y, low * 0.65), (x, y, low - 0.6), 0.08))
            model.add(rubber, tyre(0.32, 0.24, 0.1).at(x, y, low - 0.62))
            model.add(skin, ball(1.0).scaled(0.2, 0.52, 0.2).at(x, y + 0.08, low - 0.48))
    elif kind == "taildragger":
        for x in (-0.95, 0.95):
            model.add(strut, rod((x * 0.5, 2.6, low * 0.5), (x, 2.3, low - 0.75), 0.08))
            model.add(rubber, tyre(0.42, 0.24, 0.2).at(x, 2.3, low - 0.75))
            model.add(trim, ball(0.2).scaled(0.75, 1, 1).at(x, 2.3, low - 0.75))
        model.add(rubber, tyre(0.17, 0.12, 0.05).at(0, 9.3, -0.22))
    elif kind == "floats":
        rows = [
            (0.2, 0.2, 0.2, 0.16),
            (0.8, 0.5, 0.5, 0.0),
            (2.2, 0.64, 0.66, -0.05),
            (4.6, 0.62, 0.6, 0.0),
            (7.2, 0.2, 0.24, 0.2),
        ]
        floats = loft(
            [
                placed(
                    np.array([(w / 2, h / 2), (-w / 2, h / 2), (-w / 2, -h / 4), (0, -h / 2), (w / 2, -h / 4)]),
                    "xz",
                    y,
                    (0, z),
                )
                for y, w, h, z in spline(rows, 4)
            ]
        )
        model.add(trim, floats.at(1.25, 0, low - 1.0).both_sides())
        for y in (1.7, 4.4):
            model.add(
                strut,
                rod((0.45, y, low * 0.6), (1.25, y, low - 0.75), 0.07).both_sides(),
                box(2.5, 0.12, 0.08, 0.02).at(0, y, low - 0.85),
            )
