"""Lines to build on: smooth curves through points, rounded corners, arcs and closed sections."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from .mesh import Points


def spline(points: ArrayLike, steps: int = 6) -> Points:
    """A Catmull-Rom curve through ``points`` (N, D), ``steps`` samples a span: ((N - 1) * steps + 1, D)."""
    knots = np.asarray(points, dtype=np.float64)
    padded = np.concatenate([2 * knots[:1] - knots[1:2], knots, 2 * knots[-1:] - knots[-2:-1]])
    t = (np.arange(steps) / steps)[:, None]
    spans = []
    for i in range(len(knots) - 1):
        a, b, c, d = padded[i : i + 4]
        spans.append(0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3))
    return np.concatenate([*spans, knots[-1:]])


def fillet(points: ArrayLike, radius: float, steps: int = 4, closed: bool = False) -> Points:
    """A polyline (N, D) with its corners rounded; the radius gives way where edges are too short for it."""
    corners = np.asarray(points, dtype=np.float64)
    count = len(corners)
    out: list[Points] = []
    for i in range(count):
        if not closed and i in (0, count - 1):
            out.append(corners[i : i + 1])
            continue
        here, before, after = corners[i], corners[i - 1], corners[(i + 1) % count]
        to_before, to_after = before - here, after - here
        reach = min(radius, 0.49 * float(np.linalg.norm(to_before)), 0.49 * float(np.linalg.norm(to_after)))
        start = here + to_before / np.linalg.norm(to_before) * reach
        end = here + to_after / np.linalg.norm(to_after) * reach
        t = np.linspace(0.0, 1.0, steps + 1)[:, None]
        out.append((1 - t) ** 2 * start + 2 * t * (1 - t) * here + t**2 * end)
    return np.concatenate(out)


def arc(radius: float, start_deg: float, stop_deg: float, steps: int = 16, centre: Sequence[float] = (0, 0)) -> Points:
    """Points (steps + 1, 2) on a circle, both ends included."""
    angles = np.radians(np.linspace(start_deg, stop_deg, steps + 1))
    return np.stack([centre[0] + radius * np.cos(angles), centre[1] + radius * np.sin(angles)], axis=1)


def oval(width: float, height: float, exponent: float = 2.0, points: int = 32) -> Points:
    """A closed superellipse (points, 2) of full width and height: 2 an ellipse, 4 and more nearly a rectangle."""
    angles = 2 * np.pi * np.arange(points) / points
    cosine, sine = np.cos(angles), np.sin(angles)
    x = np.sign(cosine) * np.abs(cosine) ** (2 / exponent)
    y = np.sign(sine) * np.abs(sine) ** (2 / exponent)
    return np.stack([x * width / 2, y * height / 2], axis=1)


def rectangle(width: float, height: float, radius: float = 0.0, steps: int = 4) -> Points:
    """A closed rectangle (4 * (steps + 1), 2) about the origin with rounded corners, anticlockwise."""
    corners = []
    for i, (sx, sy) in enumerate(((1, 1), (-1, 1), (-1, -1), (1, -1))):
        centre = (sx * (width / 2 - radius), sy * (height / 2 - radius))
        corners.append(arc(radius, 90.0 * i, 90.0 * (i + 1), steps, centre))
    return np.concatenate(corners)


def placed(section: ArrayLike, plane: str, at: float = 0.0, offset: Sequence[float] = (0.0, 0.0)) -> Points:
    """A 2D curve (N, 2) stood in space (N, 3): in the plane "xy", "xz" or "yz" at the third coordinate ``at``."""
    flat = np.asarray(section, dtype=np.float64) + np.asarray(offset, dtype=np.float64)
    first, second = "xyz".index(plane[0]), "xyz".index(plane[1])
    out = np.full((len(flat), 3), float(at))
    out[:, first], out[:, second] = flat[:, 0], flat[:, 1]
    return out
