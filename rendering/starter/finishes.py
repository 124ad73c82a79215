"""Finishes for the starter models: parts by what they are made of, and the palettes their colours come from."""

from __future__ import annotations

from .mesh import Part

CAR_PAINTS = (
    "#b3121d",
    "#1b3f8b",
    "#c9ccd1",
    "#23262b",
    "#f2f2ee",
    "#1f5c3a",
    "#e0a81c",
    "#7a8791",
    "#8a2f1a",
    "#3f8fc4",
)
BRIGHTS = ("#d7263d", "#1f78b4", "#f2b705", "#2e9e5b", "#f26a1b", "#7b3fa0", "#17a2a2", "#e85d9a", "#20262e", "#f4f1e8")
WOODS = ("#a8703c", "#7a4a26", "#c99a62", "#4d2e1a", "#dcb883", "#8b5a36", "#b98450")
CLOTHS = ("#5b6770", "#8c3b3b", "#2f4b6e", "#6b7d4f", "#c8b89a", "#3a3a40", "#b8862f", "#7d5a86")
GLAZES = ("#f3efe6", "#2c5f8a", "#b5482f", "#e9c46a", "#3d7a5c", "#2a2d34", "#d98c7a", "#8fb8c9", "#f4f4f4", "#7a4b8c")


def linear(colour: str) -> tuple[float, float, float]:
    """``"#rrggbb"`` (sRGB) as linear RGB."""
    values = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in values)
    return red, green, blue


def paint(name: str, colour: str, roughness: float = 0.3) -> Part:
    """Lacquer, glaze or gloss plastic."""
    return Part(name, linear(colour), roughness=roughness)


def matt(name: str, colour: str, roughness: float = 0.75) -> Part:
    """Cloth, wood, rubber, paper: no sheen."""
    return Part(name, linear(colour), roughness=roughness)


def metal(name: str, colour: str = "#c4c7cb", roughness: float = 0.25) -> Part:
    """Bare metal."""
    return Part(name, linear(colour), metallic=1.0, roughness=roughness)


def glass(name: str, colour: str = "#f4f8f8", transmission: float = 1.0, roughness: float = 0.03) -> Part:
    """See-through glass or clear plastic."""
    return Part(name, linear(colour), roughness=roughness, transmission=transmission)


def tinted(name: str = "window", colour: str = "#11161c") -> Part:
    """Window glass seen from outside: dark and shining, not see-through."""
    return Part(name, linear(colour), roughness=0.06)


def glowing(name: str, colour: str, strength: float = 2.0) -> Part:
    """A bulb, a lit shade or a screen."""
    return Part(name, linear(colour), roughness=0.6, emission=strength)
