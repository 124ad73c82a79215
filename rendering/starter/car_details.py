"""What sits on a car's body: wheels, lights, grille, mirrors, and what only one form has."""

from __future__ import annotations

import numpy as np

from .car_forms import CarForm
from .curves import spline
from .draws import Draws
from .finishes import glowing, matt, metal, paint
from .mesh import Assembly, Part
from .shapes import ball, box, cylinder, sweep, torus
from .wheels import road_wheel, tyre

CHROME = metal("chrome", "#d8dbe0", 0.12)
DARK = matt("trim", "#101114", 0.5)


def add_wheels(model: Assembly, form: CarForm, rim: Part) -> None:
    """Four wheels, a little proud of the body."""
    rubber, well = matt("tyre", "#121212", 0.85), matt("brake", "#1c1d20", 0.6)
    width = 0.5 * form.wheel + 0.05
    for axle in form.axles:
        for side in (-1, 1):
            x = side * (form.width / 2 - width / 2 + 0.015)
            road_wheel(model, (rubber, rim, well), (x, axle, form.wheel), form.wheel, width, spokes=form.spokes)


def add_lights(model: Assembly, form: CarForm, draws: Draws) -> None:
    """Head and tail lamps, grille, bumpers, number plates, mirrors, door handles."""
    lamp, tail = paint("headlamp", "#eef3f6", 0.05), paint("tail lamp", "#a80f12", 0.1)
    half, nose_z = form.width / 2, form.deck[1][1]
    rear_z = form.deck[-2][1] if form.kind != "pickup" else 1.0
    if form.kind in ("retro", "offroad"):
        for side in (-1, 1):
            y = 0.1 if form.kind == "retro" else -0.01
            model.add(lamp, ball(0.12).scaled(1, 0.55, 1).at(side * half * 0.62, y, nose_z - 0.1))
            model.add(CHROME, torus(0.12, 0.02).turned("x", 90).at(side * half * 0.62, y, nose_z - 0.1))
    else:
        shape = draws.pick("headlamp", ((0.36, 0.16), (0.44, 0.12), (0.3, 0.2)))
        light = box(shape[0], 0.3, shape[1], 0.05).turned("z", 16).at(half * 0.66, 0.17, nose_z - 0.1)
        model.add(lamp, light.both_sides())
    upright = form.kind in ("suv", "van", "offroad", "wagon", "city", "hatchback")
    size = (0.14, 0.2, 0.34) if upright else (0.36, 0.2, 0.13)
    model.add(
        tail,
        box(*size, 0.04)
        .at(half * (0.84 if upright else 0.66), form.length - 0.08, rear_z - (0.12 if upright else 0.1))
        .both_sides(),
    )
    grille = draws.pick("grille", ((0.75, 0.16), (0.55, 0.24), (0.9, 0.12)))
    model.add(DARK, box(grille[0], 0.12, grille[1], 0.03).at(0, 0.045, nose_z - 0.2))
    if draws.whole("chrome grille", 0, 1):
        model.add(
            CHROME,
            *(box(grille[0] * 0.94, 0.12, 0.018, 0.005).at(0, 0.035, nose_z - 0.2 + dz) for dz in (-0.05, 0.0, 0.05)),
        )
    bumper = CHROME if form.kind in ("retro", "pickup") else DARK
    low = form.sill_z + 0.14
    model.add(
        bumper,
        box(form.width * 0.82, 0.18, 0.15, 0.06).at(0, 0.06, low),
        box(form.width * 0.86, 0.18, 0.15, 0.06).at(0, form.length - 0.05, low + 0.06),
    )
    plate = paint("plate", "#f4f4ee")
    model.add(
        plate,
        box(0.46, 0.04, 0.11, 0.01).at(0, -0.03, low),
        box(0.46, 0.04, 0.11, 0.01).at(0, form.length + 0.02, rear_z - 0.25),
    )
    sill = box(0.06, form.axles[1] - form.axles[0] - 2.6 * form.wheel, 0.1, 0.02).at(
        half - 0.02, sum(form.axles) / 2, form.sill_z + 0.05
    )
    model.add(DARK, sill.both_sides())
    mirror_y, mirror_z = form.belt[0] + 0.45, form.deck[2][1] + 0.1
    model.add(DARK, box(0.2, 0.1, 0.13, 0.04).at(half + 0.06, mirror_y, mirror_z).both_sides())
    for share in (0.5, 0.82)[: 1 if form.kind in ("sports", "city", "convertible", "retro", "pickup") else 2]:
        y = form.belt[0] + (form.belt[1] - form.belt[0]) * share - 0.1
        model.add(CHROME, box(0.03, 0.17, 0.03, 0.01).at(half - 0.005, y, form.deck[2][1] - 0.14).both_sides())
    gaps = [form.belt[0] + (form.belt[1] - form.belt[0]) * share for share in (0.14, *form.pillars)]
    for y in gaps:
        model.add(
            DARK,
            box(0.02, 0.012, form.deck[2][1] - form.sill_z - 0.22)
            .at(half - 0.007, y, (form.deck[2][1] + form.sill_z) / 2)
            .both_sides(),
        )


def add_form_details(model: Assembly, form: CarForm, body: Part, draws: Draws) -> None:
    """What makes a taxi a taxi and a pickup a pickup."""
    half, length = form.width / 2, form.length
    if form.kind == "taxi":
        model.add(glowing("sign", "#fff3c0", 1.0), box(0.62, 0.22, 0.18, 0.05).at(0, 2.5, form.roof_z + 0.12))
        checks = [box(0.02, 0.11, 0.07).at(half - 0.002, 1.3 + 0.22 * i, 0.74 + 0.07 * (i % 2)) for i in range(10)]
        model.add(DARK, *(check.both_sides() for check in checks))
    elif form.kind in ("suv", "wagon"):
        y0, y1 = form.roof[0] + 0.3, form.roof[1] - 0.2
        z = form.roof_z + 0.06
        rail = sweep(
            spline(
                [
                    (half - 0.34, y0, z - 0.05),
                    (half - 0.34, y0 + 0.15, z + 0.04),
                    (half - 0.34, y1 - 0.15, z + 0.04),
                    (half - 0.34, y1, z - 0.05),
                ]
            ),
            0.03,
        )
        model.add(CHROME, rail.both_sides())
    elif form.kind == "pickup":
        side = box(0.1, length - 3.32, 0.42, 0.03).at(half - 0.08, (length + 3.3) / 2, 0.98)
        model.add(body, side.both_sides(), box(form.width * 0.86, 0.1, 0.44, 0.03).at(0, length - 0.05, 0.97))
        model.add(DARK, box(form.width - 0.3, length - 3.5, 0.02).at(0, (length + 3.3) / 2, 0.825))
    elif form.kind == "sports":
        model.add(body, box(1.5, 0.26, 0.04, 0.015).turned("x", -6).at(0, length - 0.2, 1.16))
        model.add(DARK, box(0.05, 0.12, 0.22).at(0.5, length - 0.22, 1.05).both_sides())
        if draws.whole("stripes", 0, 1):
            model.add(
                paint("stripe", "#f4f4f0"), box(0.16, 1.1, 0.03).turned("x", 9.5).at(0.16, 0.8, 0.745).both_sides()
            )
    elif form.kind == "convertible":
        seat = matt("seats", draws.pick("seats", ("#7a2a1c", "#c9b48c", "#1d1d20")))
        model.add(DARK, box(form.width - 0.36, 1.75, 0.1, 0.03).at(0, 2.2, 0.9))
        for y in (2.25, 2.95):
            model.add(
                seat,
                box(0.5, 0.18, 0.5, 0.07).turned("x", -14).at(0.36, y, 1.05).both_sides(),
                box(0.26, 0.1, 0.15, 0.04).at(0.36, y + 0.08, 1.36).both_sides(),
            )
        model.add(DARK, torus(0.18, 0.02).turned("x", 65).at(-0.36, 1.75, 1.06))
    elif form.kind == "offroad":
        model.add(matt("tyre", "#121212", 0.85), tyre(0.36, 0.22, 0.2).turned("z", 90).at(0, length + 0.12, 1.15))
        model.add(CHROME, cylinder(0.21, 0.16, 0.02).turned("x", 90).at(0, length + 0.13, 1.15))
        model.add(DARK, *(box(0.05, 0.05, 0.3, 0.01).at(x, -0.035, 0.98) for x in (-0.24, -0.12, 0, 0.12, 0.24)))
        for axle in form.axles:
            model.add(
                DARK, box(0.14, form.wheel * 2.5, 0.07, 0.03).at(half + 0.02, axle, form.wheel * 2.2).both_sides()
            )
    elif form.kind == "retro":
        for axle, length in zip(form.axles, (1.3, 1.45), strict=True):
            turn = np.radians(np.linspace(-12, 192, 21))
            reach = 1.2 * form.wheel
            arch = [(half - 0.04, axle + length * reach * np.cos(a), form.wheel + reach * np.sin(a)) for a in turn]
            model.add(
                body,
                sweep(arch, np.linspace(0.08, 0.2, 21) if axle > 2 else np.linspace(0.2, 0.08, 21)[::-1]).both_sides(),
            )
