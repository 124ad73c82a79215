"""The measures of twelve bicycles, from racer to high-wheeler."""

from __future__ import annotations

from attrs import evolve, frozen

Place = tuple[float, float]  # (y, z) in the bicycle's plane


@frozen
class Form:
    """Measures in metres: front along -Y, wheels on z = 0."""

    kind: str
    wheels: tuple[float, float] = (0.34, 0.34)  # radius front, rear
    axles: tuple[float, float] = (-0.55, 0.48)
    bracket: Place = (0.06, 0.28)
    seat: Place = (0.24, 0.86)  # top of the seat tube
    head: tuple[Place, Place] = ((-0.36, 0.88), (-0.41, 0.7))  # head tube, top and bottom
    saddle_z: float = 0.98
    frame: str = "diamond"  # or "step", "curved", "beam"
    handlebar: str = "flat"  # or "drop", "riser", "swept", "bull"
    bar_z: float = 0.98
    tyre: float = 0.022
    tube: float = 0.021
    spokes: int = 14
    fenders: bool = False
    extras: tuple[str, ...] = ()


_ROAD = Form("road", saddle_z=1.02, handlebar="drop", bar_z=0.99, tyre=0.017, axles=(-0.54, 0.45))
_CITY = Form("city", frame="step", handlebar="swept", bar_z=1.1, fenders=True, extras=("rack", "basket"))
FORMS: tuple[Form, ...] = (
    _ROAD,
    _CITY,
    Form(
        "mountain",
        (0.35, 0.35),
        (-0.64, 0.48),
        (0.03, 0.3),
        (0.19, 0.74),
        ((-0.36, 0.92), (-0.41, 0.8)),
        0.96,
        handlebar="riser",
        bar_z=1.03,
        tyre=0.036,
        tube=0.026,
        extras=("fork",),
    ),
    Form(
        "cruiser",
        (0.33, 0.33),
        (-0.6, 0.55),
        (0.06, 0.28),
        (0.27, 0.72),
        ((-0.35, 0.86), (-0.41, 0.66)),
        0.82,
        "curved",
        "swept",
        1.06,
        0.036,
        0.022,
        14,
        True,
    ),
    Form(
        "bmx",
        (0.25, 0.25),
        (-0.44, 0.36),
        (0.0, 0.28),
        (0.14, 0.5),
        ((-0.26, 0.66), (-0.29, 0.55)),
        0.6,
        handlebar="high",
        bar_z=0.9,
        tyre=0.032,
        spokes=12,
    ),
    Form(
        "folding",
        (0.22, 0.22),
        (-0.56, 0.44),
        (0.06, 0.28),
        (0.17, 0.5),
        ((-0.4, 0.62), (-0.44, 0.46)),
        0.9,
        "beam",
        "flat",
        1.02,
        0.024,
        0.03,
        12,
        True,
        ("rack",),
    ),
    Form("fixed gear", (0.34, 0.34), (-0.52, 0.44), handlebar="bull", bar_z=0.98, tyre=0.018, spokes=0, saddle_z=1.0),
    Form(
        "child",
        (0.2, 0.2),
        (-0.36, 0.34),
        (0.0, 0.2),
        (0.12, 0.42),
        ((-0.22, 0.54), (-0.26, 0.4)),
        0.5,
        "step",
        "high",
        0.74,
        0.028,
        0.022,
        10,
        True,
        ("stabilisers",),
    ),
    evolve(_CITY, kind="dutch", frame="swan", extras=("rack", "chaincase"), bar_z=1.16),
    Form(
        "tandem",
        (0.34, 0.34),
        (-0.95, 0.85),
        (0.42, 0.28),
        (0.6, 0.84),
        ((-0.74, 0.9), (-0.8, 0.7)),
        0.97,
        "tandem",
        "drop",
        0.98,
    ),
    evolve(_ROAD, kind="touring", handlebar="flat", fenders=True, extras=("rack", "bags"), tyre=0.024),
    Form(
        "high wheeler",
        (0.66, 0.22),
        (-0.2, 0.62),
        (-0.2, 0.66),
        (0.02, 1.4),
        ((-0.16, 1.5), (-0.18, 1.38)),
        1.46,
        "high",
        "swept",
        1.57,
        0.015,
        0.018,
        26,
    ),
)
