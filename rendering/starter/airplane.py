"""Aeroplanes: airliners, a regional and a business jet, light aircraft, a biplane, a glider, a fighter, a seaplane."""

from __future__ import annotations

import numpy as np

from .airplane_forms import FORMS, Form
from .airplane_parts import add_gear, add_jet, add_propeller, blade_surface
from .curves import oval, placed, spline
from .draws import Draws
from .finishes import linear, matt, metal, paint, tinted
from .mesh import Assembly, Mesh, Part, Points
from .shapes import box, loft, revolve, rod

LIVERIES = ("#c8102e", "#0b3d91", "#00843d", "#f2a900", "#5b2a86", "#e35205", "#0098a6", "#1d2a44")


def airplane(index: int, draws: Draws) -> Assembly:
    """Instance ``index`` of the class: nose to -Y, wings along X."""
    form = FORMS[index % len(FORMS)]
    model = Assembly()
    trim = paint("livery", draws.pick("livery", LIVERIES), 0.25)
    base = draws.pick("skin", ("#f4f5f6", "#e8ebee", "#f1ead8"))
    if form.kind == "fighter":
        base, trim = draws.pick("grey", ("#77818a", "#5c6860", "#8a8577")), matt("radome", "#3b4044")
    elif form.kind == "warbird":
        base = draws.pick("camouflage", ("#56613a", "#6f7a55", "#b9bec4"))
    elif form.kind == "biplane":
        base = draws.pick("fabric", ("#d9a520", "#b5202a", "#274c8f"))
        trim = paint("livery", "#f3f0e6")
    skin = Part("skin", linear(base), metallic=0.1, roughness=0.3)
    _add_fuselage(model, form, skin, trim)
    _add_wings(model, form, skin, trim)
    _add_tail(model, form, skin, trim)
    for x, y, z, radius in form.jets:
        for side in (-1, 1):
            add_jet(model, skin if form.kind != "airliner" else trim, (side * x, y, z), radius)
        _add_pylon(model, form, skin, (x, y, z), radius)
    for x, y, z, radius in form.props:
        add_propeller(
            model, skin, trim, (x, y, z), radius, body=form.body, blades=draws.whole("blades", 2, 3) if x == 0 else 5
        )
    add_gear(model, form.gear, trim, skin, body=form.body, wing_y=form.wing[0] + 0.6 * form.wing[1])
    if form.kind == "fighter":
        _add_fighter_parts(model, form, skin)
    return model


def _body_stations(form: Form) -> Points:
    """(y, width, height, centre z) down the fuselage, (N, 4)."""
    d, up = form.body, form.upsweep * form.body
    if form.kind == "fighter":
        rows = [
            (0.0, 0.05, 0.05, -0.1),
            (1.0, 0.45, 0.45, -0.05),
            (2.5, 0.75, 0.8, 0.0),
            (4.5, 1.2, 0.9, 0.0),
            (7.0, 1.35, 0.9, 0.0),
            (9.2, 1.1, 0.8, 0.0),
            (10.0, 0.8, 0.7, 0.0),
        ]
        return spline([(y, w * d, h * d, z) for y, w, h, z in rows], 6)
    if form.kind == "glider":
        rows = [
            (0.0, 0.1, 0.1, -0.1),
            (0.5, 0.6, 0.7, -0.05),
            (1.8, 1.0, 1.25, 0.05),
            (3.2, 0.85, 1.1, 0.1),
            (5.0, 0.4, 0.5, 0.2),
            (10.0, 0.18, 0.22, 0.3),
        ]
        return spline([(y, w * d, h * d, z) for y, w, h, z in rows], 6)
    if form.props and form.props[0][0] == 0:  # engine in the nose
        cabin = 1.12 if form.kind in ("cessna", "seaplane") else 0.95
        rows = [
            (0.15, 0.55, 0.55, 0),
            (0.35, 0.72, 0.72, 0),
            (1.8, 0.9, 0.82, 0),
            (2.9, 0.95, cabin, (cabin - 0.8) / 2 * d),
            (4.6, 0.9, cabin, (cabin - 0.8) / 2 * d),
        ]
        rows += [(6.2, 0.6, 0.62, 0.4 * up), (8.5, 0.3, 0.38, 0.75 * up), (10.0, 0.08, 0.2, up)]
        return spline([(y, w * d, h * d, z) for y, w, h, z in rows], 6)
    rows = [
        (0.0, 0.04, 0.04, -0.12),
        (0.12, 0.34, 0.32, -0.11),
        (0.45, 0.66, 0.64, -0.07),
        (1.0, 0.92, 0.9, -0.02),
        (1.6, 1, 1, 0),
        (6.4, 1, 1, 0),
    ]
    rows += [(8.0, 0.74, 0.76, 0.1), (9.3, 0.36, 0.42, 0.27), (10.0, 0.1, 0.16, 0.36)]
    scaled = [(y, w * d, h * d, z * d if y < 2 else z * 2 * up) for y, w, h, z in rows]
    stations = spline(scaled, 8)
    if form.kind == "jumbo":  # the upper deck's hump
        y = stations[:, 0]
        hump = 0.24 * d * np.clip(np.minimum((y - 0.35) / 0.9, (3.9 - y) / 1.2), 0, 1)
        stations[:, 2] += hump
        stations[:, 3] += hump / 2
    return stations


def _add_fuselage(model: Assembly, form: Form, skin: Part, trim: Part) -> None:
    stations = _body_stations(form)
    boxy = 2.6 if form.kind in ("cessna", "seaplane") else 2.1
    dense = np.linspace(stations[0, 0], stations[-1, 0], 90)
    rows = np.stack([dense, *(np.interp(dense, stations[:, 0], stations[:, k]) for k in (1, 2, 3))], axis=1)
    body = loft([placed(oval(w, h, boxy, 48), "xz", y, (0, z)) for y, w, h, z in rows])
    centres = body.centres()
    y = centres[:, 1]
    height = np.interp(y, rows[:, 0], rows[:, 2])
    level = (centres[:, 2] - np.interp(y, rows[:, 0], rows[:, 3])) / (height / 2)  # -1 belly .. 1 crown
    if form.props and form.props[0][0] == 0 and form.canopy is None and form.kind != "biplane":
        window = (y > 2.55) & (y < 5.0) & (level > 0.25) & (level < 0.86)
        window &= np.abs(y - 3.85) > 0.12
        stripe = (np.abs(level + 0.25) < 0.2) & (y > 0.5)
    else:
        cockpit = (0.5, 1.0) if form.kind != "jumbo" else (0.75, 1.15)
        window = (y > cockpit[0]) & (y < cockpit[1]) & (level > 0.38) & (level < 0.8)
        window &= np.full(len(y), form.canopy is None and form.kind != "biplane")
        stripe = (level < -0.45) if form.kind in ("airliner", "regional") else (np.abs(level + 0.15) < 0.16) & (y > 1.0)
        stripe &= np.full(len(y), form.kind not in ("fighter", "warbird"))
        if form.kind in ("fighter", "glider"):
            stripe = y < 0.7
    glass, rest = body.split(window)
    coloured, plain = rest.split(stripe[~window])
    model.add(tinted(), glass)
    model.add(trim, coloured)
    model.add(skin, plain)
    if form.cabin_windows and not (form.props and form.props[0][0] == 0):
        for y0 in np.arange(1.7, 7.2, 0.26):
            w, z = (float(np.interp(y0, rows[:, 0], rows[:, k])) for k in (1, 3))
            model.add(
                tinted(),
                box(0.04, 0.13, 0.17, 0.019, 1)
                .at(w / 2 * 0.985, float(y0), min(z, 0.2) + 0.14 * form.body)
                .both_sides(),
            )
    if form.canopy:
        y0, y1 = form.canopy
        middle, top = (y0 + y1) / 2, float(np.interp((y0 + y1) / 2, rows[:, 0], rows[:, 3] + rows[:, 2] / 2))
        width = 0.62 * float(np.interp(middle, rows[:, 0], rows[:, 1]))
        bubble = loft(
            [
                placed(
                    oval(width * r, 0.8 * form.body * r, 2, 28), "xz", y0 + (y1 - y0) * t, (0, top - 0.14 * form.body)
                )
                for t, r in ((0, 0.1), (0.12, 0.55), (0.3, 0.92), (0.45, 1), (0.7, 0.85), (0.9, 0.5), (1, 0.1))
            ]
        )
        model.add(tinted("canopy", "#1a2a38"), bubble)
    if form.kind == "biplane":
        for y0 in (3.6, 4.9):
            model.add(
                matt("cockpit", "#1a1411"),
                revolve([(0, 0), (0.34, 0), (0.36, 0.1), (0, 0.1)]).scaled(0.9, 1.2, 1).at(0, y0, 0.48),
            )
            model.add(tinted(), box(0.5, 0.05, 0.3, 0.02).turned("x", 25).at(0, y0 - 0.42, 0.66))


def _add_wings(model: Assembly, form: Form, skin: Part, trim: Part) -> None:
    y, root, tip, span, sweep = form.wing
    z = form.wing_z * form.body
    wing = blade_surface((0.0, y, z), (root, tip), span, sweep, form.dihedral_deg, thickness=0.11)
    ends, inner = wing.split(np.abs(wing.centres()[:, 0]) > span * 0.9)
    model.add(skin, inner.both_sides())
    model.add(trim, ends.both_sides())
    if form.kind in ("airliner", "business", "regional"):
        rise = z + span * np.tan(np.radians(form.dihedral_deg))
        winglet = (
            blade_surface((0, 0, 0), (tip, tip * 0.5), 0.75, 0.6, 0.0, thickness=0.08)
            .turned("y", -72)
            .at(span, y + sweep, rise)
        )
        model.add(trim, winglet.both_sides())
    if form.kind == "biplane":
        model.add(skin, blade_surface((0.0, y - 0.5, 1.75), (root, tip), span, sweep, 1.0, thickness=0.11).both_sides())
        for x in (0.5, span * 0.8):
            low = z + x * np.tan(np.radians(form.dihedral_deg)) if x > 1 else 0.3
            for dy in (0.25, 1.1):
                model.add(trim, rod((x, y + dy, low), (x, y - 0.5 + dy, 1.8), 0.06).both_sides())
    if form.kind in ("cessna", "seaplane"):
        model.add(skin, rod((0.5, y + 0.7, -0.45), (span * 0.47, y + 0.75, z), 0.08).both_sides())


def _add_tail(model: Assembly, form: Form, skin: Part, trim: Part) -> None:
    root, tip, height, lean = form.fin
    base = form.upsweep * form.body * (1.0 if form.props else 0.72)
    start = 10.0 - root - 0.05
    fin = blade_surface((0, 0, 0), (root, tip), height, lean, 0.0, thickness=0.08).turned("y", -90)
    chord, span, sweep = form.tail
    if form.kind == "fighter":
        model.add(skin, fin.turned("y", 14).at(0.45, start - 0.5, 0.2).both_sides())
    else:
        model.add(trim, fin.at(0, start, base))
    z, y = (base + height - 0.08, start + lean * 0.95) if form.t_tail else (base + 0.05, 10.0 - chord - 0.15)
    if form.kind == "fighter":
        z, y = 0.0, 8.6
    model.add(skin, blade_surface((0, y, z), (chord, chord * 0.55), span, sweep, 2.0, thickness=0.08).both_sides())


def _add_pylon(model: Assembly, form: Form, skin: Part, at: tuple[float, float, float], radius: float) -> None:
    x, y, z = at
    if form.t_tail:
        pylon: Mesh = box(x, radius * 3, radius * 0.35, 0.05).at(x / 2, y + radius * 2.4, z)
    else:
        pylon = box(radius * 0.3, radius * 4, radius * 1.4, 0.04).at(x, y + radius * 3.2, z + radius * 0.95)
    model.add(skin, pylon.both_sides())


def _add_fighter_parts(model: Assembly, form: Form, skin: Part) -> None:
    model.add(skin, box(0.42, 2.6, 0.62, 0.14).at(0.72, 4.6, -0.05).both_sides())
    model.add(matt("intake", "#0a0b0c"), box(0.32, 0.1, 0.5, 0.04).at(0.72, 3.31, -0.05).both_sides())
    nozzle = revolve([(0.28, 0), (0.36, 0.1), (0.3, 0.7), (0.22, 0.7), (0.22, 0.1)], 24, hollow=True).turned("x", -90)
    model.add(metal("nozzle", "#3c3c40", 0.4), nozzle.at(0.33, 9.8, 0).both_sides())
    missile = revolve([(0, 0), (0.08, 0.25), (0.08, 1.9), (0, 1.9)], 16).turned("x", -90)
    model.add(
        matt("missile", "#e6e6e2"), missile.at(2.1, 5.6, -0.3).both_sides(), missile.at(3.25, 6.7, -0.05).both_sides()
    )
