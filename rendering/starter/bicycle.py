"""Bicycles: road, city, mountain, cruiser, BMX, folding, cargo, child's, fixed-gear, Dutch, tandem, high-wheeler."""

from __future__ import annotations

import numpy as np

from .bicycle_forms import FORMS, Form, Place
from .bicycle_parts import add_drivetrain, add_handlebar, add_rack, add_saddle, add_wheel, crate
from .curves import spline
from .draws import Draws
from .finishes import BRIGHTS, matt, metal, paint
from .mesh import Assembly, Part
from .shapes import cylinder, rod, sweep


def bicycle(index: int, draws: Draws) -> Assembly:
    """Instance ``index`` of the class, in metres."""
    form = FORMS[index % len(FORMS)]
    model = Assembly()
    frame = paint("frame", draws.pick("frame", BRIGHTS), 0.2)
    steel, black = metal("steel", "#c9ccd1", 0.25), matt("black", "#17181a", 0.6)
    wall = matt("tyre", draws.pick("tyre", ("#161616", "#161616", "#8a5f35", "#e8e2d2")), 0.8)
    for radius, y in zip(form.wheels, form.axles, strict=True):
        add_wheel(
            model,
            (wall, draws.pick("rim", (steel, black, frame)), steel),
            (y, radius),
            radius,
            form.tyre,
            spokes=form.spokes,
        )
        if form.fenders:
            _add_fender(model, draws.pick("fender", (steel, frame, black)), (y, radius), radius + 0.02)
    _add_frame(model, form, frame)
    _add_fork(model, form, steel if "fork" in form.extras else frame, steel)
    leather = matt("saddle", draws.pick("saddle", ("#17181a", "#6b3a1c", "#17181a", "#e8e2d2")), 0.5)
    grips = matt("grips", draws.pick("grips", ("#17181a", "#6b3a1c", "#e8e2d2")), 0.6)
    saddles = [(form.seat[0] + 0.03, form.saddle_z)]
    bars = [(form.head, form.bar_z)]
    if form.kind == "tandem":
        saddles.append((-0.2, form.saddle_z))
        bars.append((((0.16, 0.85), (0.14, 0.75)), 0.98))
    for y, z in saddles:
        model.add(steel, rod((0, y - 0.02, z - 0.25 if form.frame != "high" else z - 0.1), (0, y, z), 0.016))
        add_saddle(model, leather, (y, z), 0.9 if form.handlebar == "drop" else 1.15)
    for number, (head, z) in enumerate(bars):
        add_handlebar(
            model,
            black if form.handlebar in ("drop", "riser", "bull") else steel,
            grips,
            head,
            z,
            kind=form.handlebar if number == 0 else "flat",
        )
    add_drivetrain(
        model,
        steel,
        black,
        form.bracket,
        (form.axles[1], form.wheels[1]),
        chain=form.frame != "high",
        size=0.6 if form.kind == "child" else 1.0,
    )
    _add_extras(model, form, (frame, steel, black), draws)
    return model


def _line(model: Assembly, part: Part, start: Place, end: Place, radius: float) -> None:
    model.add(part, rod((0, *start), (0, *end), radius))


def _add_frame(model: Assembly, form: Form, frame: Part) -> None:
    (top, low), seat, bracket, r = form.head, form.seat, form.bracket, form.tube
    rear = (form.axles[1], form.wheels[1])
    _line(model, frame, top, low, r * 1.25)
    if form.frame == "high":
        spine = spline([(0, *top), (0, 0.2, 1.38), (0, 0.46, 1.02), (0, 0.58, 0.5), (0, *rear)], 8)
        model.add(frame, sweep(spine, r * 1.3))
        return
    _line(model, frame, bracket, seat, r)
    if form.frame in ("diamond", "tandem"):
        _line(model, frame, (top[0] + 0.01, top[1] - 0.04), (seat[0] - 0.005, seat[1] - 0.04), r)
        _line(model, frame, low, bracket, r * 1.15)
        if form.frame == "tandem":
            front = (-0.36, 0.28)
            _line(model, frame, front, (-0.2, 0.84), r)
            _line(model, frame, front, bracket, r * 1.2)
            _line(model, frame, low, front, r * 1.15)
            _line(model, frame, (-0.26, 0.75), (0.42, 0.3), r)
            model.add(matt("black", "#17181a", 0.6), cylinder(0.09, 0.012).turned("y", 90).at(0.05, *front))
    elif form.frame in ("step", "swan"):
        sag = 0.12 if form.frame == "swan" else 0.05
        middle = ((top[0] + bracket[0]) / 2, (low[1] + bracket[1]) / 2)
        path = [(0, *low), (0, middle[0] - sag, middle[1] - sag * 0.9), (0, *bracket)]
        model.add(frame, sweep(spline(path, 8), r * 1.2))
        if form.frame == "step":
            foot = (bracket[0] + (seat[0] - bracket[0]) * 0.45, bracket[1] + (seat[1] - bracket[1]) * 0.45)
            _line(model, frame, (top[0] - 0.01, top[1] - 0.06), foot, r)
    elif form.frame == "curved":
        for lift in (0.0, -0.11):
            path = [
                (0, top[0] + 0.02, top[1] - 0.03 + lift),
                (0, -0.05, 0.8 + lift),
                (0, seat[0] - 0.02, seat[1] - 0.06 + lift),
                (0, *rear),
            ]
            model.add(frame, sweep(spline(path, 8), r))
        _line(model, frame, low, bracket, r * 1.1)
    else:
        model.add(
            frame, sweep(spline([(0, *low), (0, -0.15, 0.4), (0, 0.1, 0.4), (0, seat[0], seat[1] - 0.12)], 6), r * 1.3)
        )
        _line(model, frame, (0.08, 0.4), (rear[0] - 0.02, rear[1] + 0.05), r)
    for x in (-0.045, 0.045):
        model.add(
            frame,
            rod((x, *rear), (x * 0.4, seat[0] - 0.01, seat[1] - 0.06), r * 0.6),
            rod((x, *rear), (x * 0.7, *bracket), r * 0.65),
        )


def _add_fork(model: Assembly, form: Form, part: Part, steel: Part) -> None:
    low, hub = form.head[1], (form.axles[0], form.wheels[0])
    gap = 0.035 + form.tyre
    crown = (low[0] - 0.005, low[1] - 0.03)
    model.add(steel, rod((-gap, *crown), (gap, *crown), 0.02))
    bow = [
        (0, *crown),
        (0, crown[0] + (hub[0] - crown[0]) * 0.45 + 0.01, crown[1] + (hub[1] - crown[1]) * 0.6),
        (0, *hub),
    ]
    blade = sweep(spline(bow, 5), np.linspace(0.022, 0.013, 11) if "fork" not in form.extras else 0.024)
    model.add(part, blade.at(x=gap).both_sides())
    if "fork" in form.extras:
        model.add(
            matt("black", "#17181a", 0.6),
            *(
                rod((x, hub[0], hub[1]), (x, (hub[0] + crown[0]) / 2, (hub[1] + crown[1]) / 2), 0.033)
                for x in (-gap, gap)
            ),
        )


def _add_fender(model: Assembly, part: Part, hub: Place, radius: float) -> None:
    front = hub[0] < 0
    angles = np.radians(np.linspace(-5, 130, 20) if not front else np.linspace(35, 165, 20))
    path = np.stack([np.zeros(20), hub[0] + radius * np.cos(angles), hub[1] + radius * np.sin(angles)], axis=1)
    model.add(part, sweep(path, 0.035, np.array([(1, -0.1), (0.7, 0.3), (-0.7, 0.3), (-1, -0.1)])))


def _add_extras(model: Assembly, form: Form, finishes: tuple[Part, Part, Part], draws: Draws) -> None:
    frame, steel, black = finishes
    rear, radius = form.axles[1], form.wheels[1]
    if "rack" in form.extras:
        add_rack(model, steel, rear, radius)
    if "basket" in form.extras:
        model.add(
            matt("wicker", draws.pick("wicker", ("#9a6a36", "#c69a5b", "#4a3220"))),
            crate(0.34, 0.24, 0.24).at(0, form.head[0][0] - 0.2, form.head[0][1] - 0.05),
        )
    if "bags" in form.extras:
        bag = matt("bags", draws.pick("bags", ("#b3321f", "#2c3e2a", "#1d2a44", "#e0a81c")))
        model.add(
            bag,
            cylinder(0.15, 0.13, 0.05, 4)
            .turned("z", 45)
            .turned("y", 90)
            .scaled(1, 1.1, 1.25)
            .at(0.15, rear + 0.02, radius + 0.16)
            .both_sides(),
        )
    if "chaincase" in form.extras:
        case = sweep(
            [(0.055, form.bracket[0] - 0.06, form.bracket[1]), (0.055, rear + 0.03, radius)],
            [0.1, 0.06],
            np.array([(0.25, 1), (-0.25, 1), (-0.25, -1), (0.25, -1)]),
        )
        model.add(black, case)
    if "stabilisers" in form.extras:
        for x in (-0.2, 0.2):
            model.add(steel, rod((x * 0.2, rear, radius), (x, rear + 0.03, 0.09), 0.012))
            model.add(frame, cylinder(0.085, 0.035, 0.01).turned("y", 90).at(x, rear + 0.03, 0.075))
