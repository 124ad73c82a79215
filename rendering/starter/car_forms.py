"""The measures of twelve cars, from coupe to van."""

from __future__ import annotations

from attrs import evolve, frozen


@frozen
class CarForm:
    """A body's measures in metres along y (0 = nose, ``length`` = tail) and z (0 = road)."""

    kind: str
    length: float = 4.5
    width: float = 1.8
    deck: tuple[tuple[float, float], ...] = (
        (0.0, 0.62),
        (0.12, 0.74),
        (1.3, 0.93),
        (3.9, 1.0),
        (4.4, 0.95),
        (4.5, 0.8),
    )
    belt: tuple[float, float] = (1.15, 3.85)  # the glasshouse's foot, front and rear
    roof: tuple[float, float] = (1.95, 3.2)  # and its top
    roof_z: float = 1.44
    axles: tuple[float, float] = (0.82, 3.5)
    wheel: float = 0.32
    sill_z: float = 0.24
    tuck: float = 0.12  # how far the roof is narrower than the belt, per side
    spokes: int = 5
    pillars: tuple[float, ...] = (0.5,)  # where doors part, as a fraction of the belt
    boxy: float = 0.07  # shoulder radius
    open_top: bool = False
    panel_from: float | None = None  # closed metal side behind this fraction of the belt (vans)


_SEDAN = CarForm("sedan")
_HATCH = CarForm(
    "hatchback",
    3.9,
    1.74,
    ((0, 0.64), (0.12, 0.78), (1.05, 0.98), (3.5, 1.06), (3.8, 1.0), (3.9, 0.8)),
    (0.9, 3.8),
    (1.75, 3.3),
    1.5,
    (0.75, 3.15),
    0.31,
    pillars=(0.52,),
    spokes=6,
)
FORMS: tuple[CarForm, ...] = (
    _SEDAN,
    CarForm(
        "suv",
        4.6,
        1.9,
        ((0, 0.8), (0.1, 1.0), (1.2, 1.14), (4.2, 1.2), (4.5, 1.16), (4.6, 0.9)),
        (1.1, 4.5),
        (1.8, 4.2),
        1.82,
        (0.88, 3.6),
        0.39,
        0.36,
        0.1,
        6,
        (0.38, 0.72),
    ),
    CarForm(
        "pickup",
        5.2,
        1.9,
        ((0, 0.8), (0.1, 1.02), (1.5, 1.14), (3.25, 1.16), (3.3, 0.78), (5.1, 0.78), (5.2, 0.74)),
        (1.35, 3.3),
        (2.0, 3.1),
        1.8,
        (0.95, 4.15),
        0.4,
        0.4,
        0.1,
        6,
        (0.52,),
    ),
    _HATCH,
    CarForm(
        "van",
        5.0,
        1.95,
        ((0, 0.7), (0.1, 0.95), (0.75, 1.2), (4.9, 1.25), (5.0, 1.1)),
        (0.65, 4.98),
        (1.45, 4.9),
        2.2,
        (0.9, 4.0),
        0.34,
        0.28,
        0.08,
        0,
        (0.3,),
        0.05,
        panel_from=0.32,
    ),
    CarForm(
        "sports",
        4.4,
        1.88,
        ((0, 0.42), (0.2, 0.58), (1.3, 0.8), (2.2, 0.82), (3.6, 0.95), (4.3, 0.93), (4.4, 0.75)),
        (1.35, 4.0),
        (2.2, 2.95),
        1.2,
        (0.85, 3.5),
        0.34,
        0.16,
        0.2,
        10,
        (0.45,),
        0.11,
    ),
    evolve(_SEDAN, kind="taxi", pillars=(0.5,), spokes=0),
    CarForm(
        "wagon",
        4.7,
        1.82,
        ((0, 0.62), (0.12, 0.76), (1.35, 0.95), (4.4, 1.03), (4.65, 0.98), (4.7, 0.8)),
        (1.2, 4.6),
        (2.0, 4.25),
        1.48,
        (0.85, 3.6),
        0.33,
        pillars=(0.36, 0.7),
        spokes=8,
    ),
    CarForm(
        "convertible",
        4.2,
        1.78,
        ((0, 0.55), (0.15, 0.7), (1.3, 0.9), (3.4, 0.94), (4.1, 0.9), (4.2, 0.72)),
        (1.3, 3.1),
        (1.75, 2.9),
        1.3,
        (0.8, 3.3),
        0.32,
        0.2,
        open_top=True,
        spokes=7,
    ),
    CarForm(
        "offroad",
        4.2,
        1.86,
        ((0, 0.9), (0.04, 1.14), (1.35, 1.18), (4.15, 1.2), (4.2, 1.0)),
        (1.3, 4.15),
        (1.5, 4.1),
        1.92,
        (0.8, 3.3),
        0.42,
        0.46,
        0.06,
        5,
        (0.4, 0.72),
        0.03,
    ),
    CarForm(
        "retro",
        4.05,
        1.62,
        ((0, 0.5), (0.1, 0.7), (0.45, 0.9), (1.2, 1.0), (2.9, 1.02), (3.4, 0.94), (3.8, 0.76), (4.05, 0.5)),
        (1.2, 3.45),
        (1.6, 2.55),
        1.52,
        (0.74, 3.15),
        0.34,
        0.28,
        0.13,
        0,
        (0.55,),
        0.24,
    ),
    CarForm(
        "city",
        2.9,
        1.6,
        ((0, 0.62), (0.1, 0.84), (0.6, 1.0), (2.7, 1.06), (2.9, 0.8)),
        (0.42, 2.85),
        (1.1, 2.55),
        1.56,
        (0.5, 2.4),
        0.3,
        pillars=(0.62,),
        spokes=6,
    ),
)
