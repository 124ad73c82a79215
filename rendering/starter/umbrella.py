"""Umbrellas: domes of six to sixteen panels, see-through bells, parasols on poles, furled ones, pagodas, frills."""

from __future__ import annotations

import numpy as np
from attrs import frozen

from .curves import fillet, spline
from .draws import Draws
from .finishes import BRIGHTS, WOODS, glass, matt, metal, paint
from .mesh import Assembly, Mesh, Part, Points
from .shapes import ball, box, cylinder, loft, revolve, rod, shell, sweep


@frozen
class Form:
    """Measures in decimetres."""

    kind: str
    ribs: int = 8
    radius: float = 5.0
    rise: float = 2.0  # from the rim to the top
    shaft: float = 8.0  # from the top down
    scallop: float = 0.35  # how deep the cloth hangs in between the ribs
    handle: str = "crook"  # or "straight", "ball", "ground", "loop"
    pattern: str = "plain"  # or "two", "rainbow", "border"
    tilt_deg: float = 0.0


_FORMS: tuple[Form, ...] = (
    Form("classic"),
    Form("rainbow", 16, 5.2, 1.9, 8.4, 0.15, pattern="rainbow"),
    Form("furled", 8, handle="crook"),
    Form("bell", 8, 4.2, 4.0, 8.2, 0.25, pattern="border"),
    Form("beach", 8, 6.5, 2.0, 13.0, 0.2, "ground", "two", 14.0),
    Form("golf", 8, 6.3, 1.7, 8.8, 0.4, "straight", "two"),
    Form("pagoda", 12, 4.8, 2.6, 8.0, 0.25, "crook", "border"),
    Form("compact", 6, 4.3, 1.4, 5.2, 0.55, "loop"),
    Form("paper", 24, 5.0, 1.4, 7.6, 0.0, "ball", "rings"),
    Form("patio", 6, 7.0, 2.2, 12.5, 0.0, "foot", "plain"),
    Form("leaning", 10, 5.0, 2.3, 8.2, 0.3, "crook", "two", 62.0),
    Form("furled short", 8, handle="straight"),
)


def umbrella(index: int, draws: Draws) -> Assembly:
    """Instance ``index`` of the class, in decimetres: the shaft is the z axis, its top at z = 0."""
    form = _FORMS[index % len(_FORMS)]
    model = Assembly()
    first = draws.pick("cloth", BRIGHTS)
    second = draws.pick(
        "second cloth", tuple(c for c in ("#f4f1e8", "#20262e", "#f2b705", "#1f78b4", "#d7263d") if c != first)
    )
    if form.kind.startswith("furled"):
        _add_furled(model, form, matt("cloth", first), draws)
    else:
        _add_canopy(model, form, first, second)
        _add_ribs(model, form)
        _add_shaft(model, form, draws)
    model.turn("y", form.tilt_deg)
    return model


def _meridian(form: Form, t: float) -> tuple[float, float]:
    """(radius, z) of a rib at t: 0 at the top, 1 at the rim."""
    if form.kind == "pagoda":
        return form.radius * t**1.1, -form.rise * (0.35 * t + 0.65 * t**0.45 - 0.08 * np.sin(np.pi * t))
    if form.kind in ("paper", "patio"):
        return form.radius * t, -form.rise * (0.85 * t + 0.15 * t * t)
    if form.kind == "bell":
        return form.radius * np.sin(t * 1.62), -form.rise * (1 - np.cos(t * 1.62)) / (1 - np.cos(1.62))
    return form.radius * np.sin(t * 1.25) / np.sin(1.25), -form.rise * (1 - np.cos(t * 1.25)) / (1 - np.cos(1.25))


def _add_canopy(model: Assembly, form: Form, first: str, second: str) -> None:
    step = 2 * np.pi / form.ribs
    down = np.linspace(0.02, 1.0, 15)
    across = np.linspace(0.0, 1.0, 7)
    for panel in range(form.ribs):
        rows = []
        for t in down:
            radius, z = _meridian(form, t)
            row = []
            for s in across:
                angle = (panel + s) * step
                # Cloth runs straight from rib to rib, and its rim hangs in a curve drawn in towards the top.
                chord = np.cos(step / 2) / np.cos((s - 0.5) * step)
                bow = 4 * s * (1 - s)
                r = radius * (1 + (chord - 1) * 0.8) * (1 - 0.06 * bow * t**3 * (form.scallop > 0))
                row.append(
                    (
                        r * np.cos(angle),
                        r * np.sin(angle),
                        z + form.scallop * bow * t**3 * 0.7 - 0.1 * form.scallop * bow * t,
                    )
                )
            rows.append(row)
        _add_panel(model, form, np.array(rows), panel, (first, second))
    cap = paint("cap", "#202228")
    model.add(cap, cylinder(0.28, 0.12, 0.04).at(z=0.03), revolve([(0, 0.0), (0.11, 0.0), (0.07, 0.55), (0, 0.6)], 20))
    if form.kind == "patio":
        frill = [[(1.0 * x, y, z) for x, y, z in ring] for ring in _valance(form)]
        model.add(matt("valance", first), shell(frill, 0.05))


def _add_panel(model: Assembly, form: Form, rows: Points, panel: int, cloths: tuple[str, str]) -> None:
    first, second = cloths
    hues = ("#d7263d", "#f26a1b", "#f2b705", "#8cc63f", "#2e9e5b", "#17a2a2", "#1f78b4", "#7b3fa0")
    clear = form.kind == "bell"
    cloth = glass("clear", "#eaf4f8", 0.85, 0.08) if clear else matt("cloth", first, 0.7)
    other = matt("second cloth", second, 0.7)
    if form.pattern == "rainbow":
        hue = hues[panel % len(hues)]
        model.add(matt(f"cloth {hue}", hue, 0.7), shell(rows, 0.03))
    elif form.pattern == "two":
        model.add(cloth if panel % 2 else other, shell(rows, 0.03))
    elif form.pattern in ("border", "rings"):
        cut = 12 if form.pattern == "border" else 10
        model.add(cloth, shell(rows[: cut + 1], 0.03))
        model.add(other if not clear else matt("border", first, 0.6), shell(rows[cut:], 0.03))
    else:
        model.add(cloth, shell(rows, 0.03))


def _valance(form: Form) -> list[list[tuple[float, float, float]]]:
    turn = np.linspace(0, 2 * np.pi, 12 * form.ribs + 1)
    chord = np.cos(np.pi / form.ribs) / np.cos((turn % (2 * np.pi / form.ribs)) - np.pi / form.ribs)
    reach = form.radius * (1 + (chord - 1) * 0.8)
    wave = 0.12 * np.cos(turn * form.ribs * 4)
    rim = [(r * np.cos(a), r * np.sin(a), -form.rise) for r, a in zip(reach, turn, strict=True)]
    hem = [(x, y, z - 0.7 + w) for (x, y, z), w in zip(rim, wave, strict=True)]
    return [rim, hem]


def _add_ribs(model: Assembly, form: Form) -> None:
    steel = metal("ribs", "#9a9da3", 0.35) if form.kind not in ("paper", "patio") else matt("ribs", "#a8703c", 0.5)
    runner = -0.55 * form.shaft if form.kind not in ("beach", "patio") else -0.32 * form.shaft
    runner = max(runner, -form.rise - 1.4)
    thin = 0.035 if form.kind != "patio" else 0.1
    count = form.ribs if form.ribs <= 16 else form.ribs // 2
    path = [(r, 0.0, z - 0.05) for r, z in (_meridian(form, t) for t in np.linspace(0.04, 1.0, 9))]
    middle = _meridian(form, 0.5)
    rib = sweep(path, thin)
    tip = ball(0.07, 10).at(form.radius, 0, -form.rise - 0.02) if form.kind != "bell" else ball(0.07, 10).at(*path[-1])
    stay = rod((0.15, 0, runner), (middle[0], 0, middle[1] - 0.06), thin * 0.9)
    model.add(steel, rib.around(count), stay.around(count), tip.around(count))
    model.add(steel, cylinder(0.2 + thin, 0.5, 0.05).at(z=runner))


def _add_shaft(model: Assembly, form: Form, draws: Draws) -> None:
    wood = matt("wood", draws.pick("wood", WOODS), 0.35)
    grip = draws.pick("grip", (wood, matt("grip", "#17181a", 0.5)))
    low = -form.shaft
    if form.handle in ("ground", "foot"):
        pole = paint("pole", "#f1efe9") if form.handle == "ground" else wood
        model.add(pole, cylinder(0.2 if form.handle == "ground" else 0.26, form.shaft, segments=20).at(z=low / 2))
        if form.handle == "foot":
            model.add(
                matt("foot", draws.pick("foot", ("#6d6a66", "#26272b", "#8d8a84")), 0.8),
                cylinder(2.2, 0.6, 0.2, 48, 2.0).at(z=low),
                cylinder(0.45, 1.4, 0.05).at(z=low + 0.9),
            )
        else:
            model.add(pole, cylinder(0.2, 1.6, top_radius=0.02).turned("x", 180).at(z=low - 0.6))
        return
    model.add(
        metal("shaft", "#b9bcc2") if form.kind != "paper" else wood,
        cylinder(0.1, form.shaft, segments=16).at(z=low / 2),
    )
    model.add(grip, _handle(form.handle, low))
    if form.handle == "loop":
        model.add(
            matt("strap", "#17181a"),
            sweep(
                spline(
                    [(0.15, 0, low), (0.5, 0, low - 0.8), (0, 0, low - 1.4), (-0.3, 0, low - 0.7), (-0.05, 0, low)], 5
                ),
                0.05,
            ),
        )


def _handle(kind: str, low: float) -> Mesh:
    """A grip at the shaft's end ``low``."""
    if kind == "crook":
        turn = np.radians(np.linspace(180, 372, 17))
        hook = [(0.75 + 0.75 * np.cos(a), 0.0, low - 0.7 + 0.75 * np.sin(a)) for a in turn]
        return sweep([(0, 0, low + 0.8), (0, 0, low - 0.3), *hook], 0.19)
    if kind == "ball":
        return revolve(fillet([(0, low - 0.4), (0.25, low - 0.3), (0.2, low + 0.5), (0, low + 0.6)], 0.1), 20)
    height = 1.0 if kind == "loop" else 1.8
    return revolve(fillet([(0, low - 0.2), (0.26, low - 0.2), (0.2, low + height), (0, low + height)], 0.1), 24)


def _add_furled(model: Assembly, form: Form, cloth: Part, draws: Draws) -> None:
    """Rolled up and tied, folds spiralling around the shaft."""
    long = form.handle == "crook"
    length, girth = (7.0, 0.62) if long else (4.6, 0.72)
    turn = np.linspace(0, 2 * np.pi, 49)[:-1]
    loops = []
    for t in np.linspace(0, 1, 29):
        size = girth * (0.3 + 0.7 * min(1.0, t * 1.6) ** 0.7) * (1 - 0.25 * max(0.0, t - 0.8) / 0.2)
        size *= 1 - 0.28 * np.exp(-(((t - 0.68) / 0.04) ** 2))
        fold = 1 + 0.16 * np.sin(8 * (turn + 1.4 * t)) * min(1.0, 4 * t)
        loops.append(
            np.stack([size * fold * np.cos(turn), size * fold * np.sin(turn), np.full(48, -length * t)], axis=1)
        )
    model.add(cloth, loft(loops))
    model.add(
        matt("tie", draws.pick("tie", ("#17181a", "#f4f1e8"))), cylinder(girth * 0.82, 0.28, 0.05).at(z=-length * 0.68)
    )
    steel = metal("shaft", "#b9bcc2")
    model.add(
        steel, revolve([(0, 1.0), (0.05, 0.95), (0.1, -0.1), (0, -0.1)], 16), cylinder(0.1, 1.6).at(z=-length - 0.6)
    )
    wood = matt("wood", draws.pick("wood", WOODS), 0.35)
    model.add(wood, _handle(form.handle, -length - 1.5))
    if long:
        model.add(
            steel,
            *(
                rod(
                    (0.4 * girth * np.cos(a), 0.4 * girth * np.sin(a), -length + 0.3),
                    (0.3 * np.cos(a), 0.3 * np.sin(a), -length - 0.35),
                    0.04,
                )
                for a in turn[::6]
            ),
        )
    else:
        model.add(matt("button", "#17181a"), box(0.12, 0.12, 0.3, 0.03).at(0.2, 0, -length - 0.9))
    model.turn("x", 180.0 if draws.whole("tip down", 0, 1) else 0.0)
    model.turn("y", 22.0)
