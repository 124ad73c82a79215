"""Laptops: thin, thick, gaming, classroom, convertible tent, detachable, small and large, at many opening angles."""

from __future__ import annotations

import numpy as np
from attrs import frozen

from .curves import fillet, placed, rectangle
from .draws import Draws
from .finishes import glowing, linear, matt, metal, paint
from .mesh import Assembly, Mesh, Part
from .shapes import box, cylinder, loft, rod, slab


@frozen
class Form:
    """Measures in decimetres; ``open_deg`` is the angle between keyboard and screen."""

    kind: str
    width: float = 3.3
    depth: float = 2.3
    base: float = 0.12
    lid: float = 0.06
    corner: float = 0.16
    open_deg: float = 108.0
    bezel: tuple[float, float, float] = (0.1, 0.12, 0.2)  # sides, top, bottom
    shell: str = "silver"
    number_pad: bool = False
    wedge: float = 0.0  # how much thinner the front edge is


_FORMS: tuple[Form, ...] = (
    Form("ultrabook", shell="silver", wedge=0.06),
    Form("business", 3.4, 2.35, 0.2, 0.1, 0.06, 102, (0.16, 0.16, 0.28), "black"),
    Form("gaming", 3.7, 2.6, 0.26, 0.1, 0.05, 105, (0.12, 0.12, 0.3), "gaming", True),
    Form("classroom", 2.9, 2.05, 0.2, 0.12, 0.3, 115, (0.22, 0.22, 0.28), "bright"),
    Form("tent", 3.1, 2.15, 0.1, 0.07, 0.2, 300, (0.12, 0.14, 0.18), "grey"),
    Form("desktop replacement", 4.0, 2.7, 0.28, 0.12, 0.1, 112, (0.14, 0.16, 0.24), "grey", True),
    Form("classic", 3.0, 2.5, 0.4, 0.2, 0.1, 98, (0.28, 0.26, 0.34), "beige"),
    Form("detachable", 2.9, 2.0, 0.06, 0.09, 0.1, 118, (0.16, 0.16, 0.18), "cover"),
    Form("rose", 3.05, 2.15, 0.11, 0.05, 0.2, 95, (0.06, 0.08, 0.14), "rose", wedge=0.05),
    Form("wide open", 3.4, 2.35, 0.14, 0.06, 0.14, 140, (0.08, 0.1, 0.18), "navy"),
    Form("half shut", 3.3, 2.3, 0.13, 0.07, 0.18, 55, (0.1, 0.12, 0.18), "silver"),
    Form("studio", 3.55, 2.48, 0.15, 0.06, 0.18, 110, (0.05, 0.06, 0.1), "dark"),
)
_SCREENS = ("windows", "document", "code", "landscape", "windows", "off", "landscape")
_SHELLS: dict[str, tuple[Part, str]] = {
    "silver": (metal("aluminium", "#c6c8cc", 0.35), "#16171a"),
    "black": (matt("casing", "#1a1b1d", 0.55), "#0d0d0f"),
    "gaming": (matt("casing", "#202228", 0.45), "#0b0b0d"),
    "bright": (paint("casing", "#3f8fc4", 0.4), "#f4f4f0"),
    "grey": (metal("magnesium", "#7b7f86", 0.4), "#17181b"),
    "beige": (matt("casing", "#c9c2ae", 0.6), "#8d8777"),
    "cover": (matt("cover", "#4a4f63", 0.9), "#22242c"),
    "rose": (metal("aluminium", "#dcb4a4", 0.35), "#f0e9e6"),
    "navy": (metal("aluminium", "#2c3f66", 0.35), "#15171c"),
    "dark": (metal("aluminium", "#4c4f55", 0.35), "#121315"),
}


def laptop(index: int, draws: Draws) -> Assembly:
    """Instance ``index`` of the class, in decimetres: hinge to +Y, the screen faces -Y."""
    form = _FORMS[index % len(_FORMS)]
    shell, key_colour = _SHELLS[form.shell]
    if form.kind == "classroom":
        shell = paint("casing", draws.pick("casing", ("#3f8fc4", "#e0552b", "#6fae3a", "#f1f0ec")), 0.4)
    model = Assembly()
    _add_base(model, form, shell, matt("keys", key_colour, 0.5))
    lid = Assembly()
    _add_lid(lid, form, shell, draws, _SCREENS[index % len(_SCREENS)])
    lid.turn("x", 90.0 - form.open_deg)
    model.include(lid, 0, form.depth / 2 - 0.03, form.base + 0.02)
    if form.kind == "tent":
        model.turn("x", 60.0)
        model.turn("z", 180.0)
    if form.kind == "detachable":
        stand = slab(rectangle(form.width * 0.96, 1.4, 0.1), 0.04).turned("x", 62).at(0, form.depth / 2 + 0.5, 0.68)
        model.add(shell, stand)
    return model


def _add_base(model: Assembly, form: Form, shell: Part, keys: Part) -> None:
    w, d, t = form.width, form.depth, form.base
    edge = min(0.4 * t, 0.04)
    body = slab(rectangle(w, d, form.corner, 5), t, edge).at(z=t / 2)
    sunk = body.vertices.copy()
    sunk[:, 2] = np.where(sunk[:, 2] < t / 2, sunk[:, 2] + form.wedge * (0.5 - sunk[:, 1] / d), sunk[:, 2])
    model.add(shell, body.with_vertices(sunk))
    dark = matt("keyboard well", "#0c0c0e" if form.shell not in ("rose", "bright") else "#cfcac6", 0.6)
    span, rows, top = w * 0.9, 5, t + 0.004
    key_depth = d * 0.46 / rows
    back = d / 2 - (0.2 if form.kind != "gaming" else 0.36)
    model.add(dark, box(span + 0.06, d * 0.46 + 0.06, 0.012).at(0, back - d * 0.23, top))
    _add_keys(model, form, keys, (-span / 2, back, top + 0.012), span=span, depth=key_depth)
    pad = matt("touch pad", "#8d9096" if form.shell in ("silver", "rose") else "#2a2c31", 0.3)
    x = 0.0 if not form.number_pad else -0.09 * w
    model.add(pad, slab(rectangle(w * 0.33, d * 0.27, 0.05), 0.012).at(x, -d * 0.29, top))
    model.add(
        matt("hinge", "#1b1c1f", 0.4),
        rod((-w * 0.38, d / 2 - 0.03, t + 0.01), (w * 0.38, d / 2 - 0.03, t + 0.01), 0.035 + 0.25 * form.lid),
    )
    if form.kind == "business":
        model.add(paint("stick", "#c81420"), cylinder(0.035, 0.06, 0.015).at(-0.05, back - 2.5 * key_depth, top + 0.05))
        model.add(paint("buttons", "#c81420"), box(w * 0.3, 0.03, 0.02).at(0, -d * 0.13, top))
    if form.kind == "classic":
        model.add(matt("trackball", "#3a3b40", 0.25), cylinder(0.3, 0.02).at(0, -d * 0.3, top))
        model.add(matt("drive", "#5d5848"), box(0.02, 0.9, 0.12).at(w / 2, -0.2, t / 2))
    if form.kind == "gaming":
        model.add(glowing("light bar", "#ff2a3c", 2.0), box(w * 0.86, 0.02, 0.04).at(0, -d / 2 - 0.002, t / 2))
        model.add(
            matt("vents", "#060607"),
            *(box(0.7, 0.03, 0.012).at(s * w * 0.3, d / 2 - 0.12 - 0.06 * i, top) for s in (-1, 1) for i in range(4)),
        )


def _add_keys(
    model: Assembly, form: Form, part: Part, corner: tuple[float, float, float], *, span: float, depth: float
) -> None:
    """Five rows of keys and a space bar; gaming keys glow in the colours of the rainbow."""
    pad = 0.2 * span if form.number_pad else 0.0
    for row in range(5):
        count = 13
        unit = (span - pad - (0.06 if pad else 0)) / count
        y = corner[1] - depth * (row + 0.5)
        runs = (
            [(i, i + 1) for i in range(count)]
            if row < 4
            else [(0, 1), (1, 2), (2, 3), (3, 9), (9, 10), (10, 11), (11, 12), (12, 13)]
        )
        caps = [_key(corner[0] + unit * (a + b) / 2, y, corner[2], unit * (b - a), depth) for a, b in runs]
        if pad:
            caps += [_key(corner[0] + span - pad + pad * (i + 0.5) / 4, y, corner[2], pad / 4, depth) for i in range(4)]
        colour = part
        if form.kind == "gaming":
            hue = ("#e0283c", "#e08a1c", "#3cae4c", "#1c8ae0", "#8a3ce0")[row]
            colour = Part(f"keys {row}", linear(hue), roughness=0.4, emission=0.6)
        model.add(colour, *caps)


def _key(x: float, y: float, z: float, width: float, depth: float) -> Mesh:
    gap = 0.028
    low, high = rectangle(width - gap, depth - gap, 0.0, 0), rectangle(width - gap - 0.03, depth - gap - 0.03, 0.0, 0)
    return loft([placed(low, "xy", z - 0.01, (x, y)), placed(high, "xy", z + 0.03, (x, y))])


def _add_lid(model: Assembly, form: Form, shell: Part, draws: Draws, shows: str) -> None:
    """The lid standing upright on z = 0, its screen facing -Y."""
    w, h, t = form.width, form.depth * 0.98, form.lid
    side, top, bottom = form.bezel
    model.add(shell, slab(rectangle(w, h, form.corner, 5), t, min(0.4 * t, 0.03), "xz").at(0, 0, h / 2))
    rim = matt("bezel", "#0a0a0b" if form.shell != "beige" else "#a8a18d", 0.3)
    model.add(
        rim, slab(rectangle(w - 0.05, h - 0.05, form.corner * 0.9, 5), 0.01, 0, "xz").at(0, -t / 2 - 0.003, h / 2)
    )
    sw, sh = w - 2 * side, h - top - bottom
    picture = Assembly()
    _add_picture(picture, draws, shows, sw, sh)
    if form.kind == "tent":  # such a laptop turns its picture round
        picture.turn("y", 180.0)
    model.include(picture, 0, -t / 2 - 0.01, bottom + sh / 2)
    if form.kind != "classic":
        model.add(
            matt("camera", "#30343a", 0.1), cylinder(0.022, 0.01).turned("x", 90).at(0, -t / 2 - 0.01, h - top / 2)
        )
    emblem = metal("emblem", "#e8eaed", 0.1) if form.shell != "gaming" else glowing("emblem", "#ff2a3c", 1.5)
    badge = cylinder(0.2, 0.01).turned("x", 90) if draws.whole("badge", 0, 1) else box(0.5, 0.01, 0.13)
    model.add(emblem, badge.at(0, t / 2 + 0.004, h / 2))


def _add_picture(model: Assembly, draws: Draws, shows: str, w: float, h: float) -> None:
    """What the screen of size (w, h) shows, in the plane y = 0."""

    def tile(name: str, colour: str, area: tuple[float, float, float, float], layer: int) -> None:
        x0, z0, x1, z1 = area
        part = glowing(name, colour, 0.8) if shows != "off" else paint(name, colour, 0.06)
        patch = box((x1 - x0) * w, 0.002, (z1 - z0) * h).at(
            ((x0 + x1) / 2 - 0.5) * w, -0.004 * layer, ((z0 + z1) / 2 - 0.5) * h
        )
        model.add(part, patch)

    if shows == "off":
        tile("screen", "#08090b", (0, 0, 1, 1), 0)
    elif shows == "code":
        tile("screen", "#14171f", (0, 0, 1, 1), 0)
        inks = ("#7fb3e6", "#e6b36a", "#8fcf8f", "#d98fc0", "#c9ccd1")
        for line in range(13):
            start = 0.06 + 0.05 * draws.whole(f"indent {line}", 0, 3)
            tile(
                f"ink {line % 5}",
                inks[line % 5],
                (start, 0.9 - line * 0.066, start + draws.uniform(f"line {line}", 0.15, 0.55), 0.93 - line * 0.066),
                1,
            )
    elif shows == "document":
        tile("screen", "#d9dde3", (0, 0, 1, 1), 0)
        tile("bar", "#2f6fb0", (0, 0.9, 1, 1), 1)
        tile("page", "#fdfdfb", (0.22, 0, 0.78, 0.86), 1)
        for line in range(9):
            end = 0.72 if line % 4 != 3 else 0.5
            tile("ink", "#7a7f88", (0.28, 0.76 - line * 0.08, end, 0.785 - line * 0.08), 2)
    elif shows == "landscape":
        tile("sky", "#6fb4e8", (0, 0, 1, 1), 0)
        tile("sun", "#ffe08a", (0.7, 0.7, 0.8, 0.86), 1)
        outline = fillet([(0, 0), (0, 0.4), (0.22, 0.62), (0.45, 0.38), (0.66, 0.54), (1, 0.3), (1, 0)], 0.08, 3, True)
        hills = slab((outline - 0.5) * np.array([w, h]) * 0.999, 0.002, 0, "xz").at(0, -0.006, 0)
        model.add(glowing("hills", "#3f8a4f", 0.7), hills)
    else:
        tile("screen", draws.pick("desktop", ("#2b5fae", "#5a3f8a", "#1f7f7a")), (0, 0, 1, 1), 0)
        tile("task bar", "#12161f", (0, 0, 1, 0.07), 1)
        tile("window", "#f4f5f7", (0.08, 0.2, 0.56, 0.88), 1)
        tile("title", "#8fa3bf", (0.08, 0.81, 0.56, 0.88), 2)
        tile("picture", "#e08a3c", (0.62, 0.42, 0.92, 0.8), 1)
        for i in range(5):
            tile("text", "#9aa0a8", (0.12, 0.7 - 0.1 * i, 0.5, 0.73 - 0.1 * i), 2)
