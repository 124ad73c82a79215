"""Cars: one body built from a measured silhouette, in twelve forms from coupe to van. Metres, nose to -Y."""

from __future__ import annotations

import numpy as np

from .car_details import add_form_details, add_lights, add_wheels
from .car_forms import FORMS, CarForm
from .curves import placed, rectangle
from .draws import Draws
from .finishes import CAR_PAINTS, matt, metal, paint, tinted
from .mesh import Assembly, Part, Points
from .shapes import loft, shell, slab, sweep


def car(index: int, draws: Draws) -> Assembly:
    """Instance ``index`` of the class, in metres, wheels on z = 0."""
    form = FORMS[index % len(FORMS)]
    colour = {"taxi": "#f0b400", "van": draws.pick("van paint", ("#f2f2ee", "#c9ccd1", "#1b3f8b", "#e0a81c"))}.get(
        form.kind
    )
    body = paint("paint", colour or draws.pick("paint", CAR_PAINTS), 0.18)
    model = Assembly()
    _add_body(model, form, body)
    _add_glasshouse(model, form, body)
    add_wheels(model, form, metal("rim", draws.pick("rim", ("#d4d7db", "#8f949b", "#c0b9a8")), 0.3))
    add_lights(model, form, draws)
    add_form_details(model, form, body, draws)
    model.stretch(1.0, draws.uniform("length", 0.96, 1.05), 1.0)
    return model


def deck_height(form: CarForm, y: float) -> float:
    """Height of bonnet, belt line or boot lid at ``y``."""
    return float(np.interp(y, [p[0] for p in form.deck], [p[1] for p in form.deck]))


def half_width(form: CarForm, y: float) -> float:
    """Half the body's width at ``y``: narrower towards both ends."""
    nose, tail = y / form.length, 1 - y / form.length
    return form.width / 2 * (1 - 0.2 * (1 - min(1.0, nose / 0.16)) ** 2 - 0.15 * (1 - min(1.0, tail / 0.14)) ** 2)


def _add_body(model: Assembly, form: CarForm, body: Part) -> None:
    arch = form.wheel * 1.16
    stations = set(np.linspace(0.0, form.length, 40)) | {y for y, _ in form.deck}
    for axle in form.axles:
        stations |= {axle + arch * float(np.sin(a)) for a in np.linspace(-np.pi / 2, np.pi / 2, 15)}
        stations |= {axle - arch - 0.004, axle + arch + 0.004}
    loops = []
    for y in sorted(s for s in stations if 0.0 <= s <= form.length):
        low = form.sill_z + 0.12 * max(0.0, 1 - y / 0.3) + 0.16 * max(0.0, 1 - (form.length - y) / 0.4)
        for axle in form.axles:
            if abs(y - axle) <= arch:
                low = max(low, form.wheel + float(np.sqrt(max(arch**2 - (y - axle) ** 2, 0.0))) * 0.98)
        loops.append(_section(form, y, low))
    model.add(body, loft(loops))
    # The underside and the wheel housings: a dark core inside the body.
    core = [
        placed(rectangle(half_width(form, y) * 1.9 - 0.12, 0.34), "xz", y, (0.0, form.sill_z + 0.19))
        for y in (0.08, form.length / 2, form.length - 0.08)
    ]
    model.add(matt("underbody", "#0b0c0e"), loft(core))


def _section(form: CarForm, y: float, low: float) -> Points:
    """The body's closed section at ``y``, (18, 3), from the sill up the right side, over the deck and down the left."""
    half, top = half_width(form, y), deck_height(form, y)
    low = min(low, top - 0.12)
    tall, r = top - low, form.boxy
    r = min(r, tall * 0.4)
    right = [
        (half - 0.06, low),
        (half - 0.015, low + 0.04),
        (half, low + tall * 0.35),
        (half, low + tall * 0.55),
        (half - 0.03, top - r),
        (half - 0.03 - r * 0.3, top - r * 0.3),
        (half - 0.03 - r, top),
        (half * 0.5, top + 0.025),
        (half * 0.2, top + 0.035),
    ]
    loop = np.array([*right, *[(-x, z) for x, z in right[::-1]]])
    return placed(loop, "xz", y)


def _add_glasshouse(model: Assembly, form: CarForm, body: Part) -> None:
    foot_front, foot_rear = form.belt
    top_front, top_rear = form.roof
    foot_half = half_width(form, (foot_front + foot_rear) / 2) - 0.07
    top_half = foot_half - form.tuck
    foot_z = min(deck_height(form, foot_front), deck_height(form, foot_rear - 0.15)) - 0.04
    if form.open_top:
        _add_windscreen(model, form, foot_half, foot_z)
        return

    def ring(t: float, grow: float) -> Points:
        """The glasshouse's outline at height fraction t, anticlockwise: (4 * 5, 3)."""
        front = foot_front + (top_front - foot_front) * t
        rear = foot_rear + (top_rear - foot_rear) * t
        half = foot_half + (top_half - foot_half) * t + grow
        long = rear - front + 2 * grow
        outline = rectangle(2 * half, long, min(0.16, 0.45 * long), 4)
        # Windscreen and rear window bow outwards in plan.
        outline[:, 1] += np.sign(outline[:, 1]) * 0.06 * (1 - (outline[:, 0] / half) ** 2)
        return placed(outline, "xy", foot_z + (form.roof_z - 0.05 - foot_z) * t, (0.0, (front + rear) / 2))

    model.add(tinted(), loft([ring(t, 0.0) for t in np.linspace(0, 1, 5)]))
    depth = min(0.32, 0.4 * (top_rear - top_front))
    crown = [ring(1.0, 0.012), ring(1.0, 0.004), ring(1.0, -0.35 * depth), ring(1.0, -depth)]
    for loop, lift in zip(crown, (-0.035, 0.015, 0.045, 0.06), strict=True):
        loop[:, 2] += lift
    model.add(body, loft(crown))
    flat = rectangle(2.0, 1.0, 0.2, 2)
    for corner in (2, 7, 12, 17):  # the middles of the four rounded corners
        model.add(body, sweep([ring(t, 0.004)[corner] for t in (0.0, 0.5, 1.0)], 0.05))
    for share in form.pillars:
        y = [foot_front + (foot_rear - foot_front) * share, top_front + (top_rear - top_front) * share * 0.9]
        pillar = sweep(
            [(foot_half + 0.002, y[0], foot_z), (top_half + 0.004, y[1], form.roof_z - 0.05)],
            0.035,
            flat[:, ::-1] * [0.5, 1.0],
        )
        model.add(body, pillar.both_sides())
    if form.panel_from is not None:
        start = form.panel_from
        foot, top = foot_front + (foot_rear - foot_front) * start, top_front + (top_rear - top_front) * start
        side = [
            (foot, foot_z),
            (foot_rear - 0.1, foot_z),
            (top_rear - 0.08, form.roof_z - 0.06),
            (top, form.roof_z - 0.06),
        ]
        lean = np.degrees(np.arctan2(form.tuck, form.roof_z - foot_z))
        panel = slab(np.array(side) - [0, foot_z], 0.03, 0.0, "yz").turned("y", -lean).at(foot_half + 0.012, 0, foot_z)
        model.add(body, panel.both_sides())


def _add_windscreen(model: Assembly, form: CarForm, half: float, foot_z: float) -> None:
    y0, y1 = form.belt[0], form.roof[0]
    pane = [
        [(-half + 0.08, y0, foot_z), (half - 0.08, y0, foot_z)],
        [(-half + 0.16, y1, form.roof_z), (half - 0.16, y1, form.roof_z)],
    ]
    rows = [
        [np.array(row[0]) + (np.array(row[1]) - np.array(row[0])) * t for t in np.linspace(0, 1, 7)] for row in pane
    ]
    frame = [rows[0][0], rows[1][0], *rows[1][1:-1], rows[1][-1], rows[0][-1]]
    model.add(tinted(), shell(rows, 0.02))
    model.add(matt("frame", "#17181b", 0.3), sweep(frame, 0.03))
