"""The measures of twelve aeroplanes, from airliner to glider."""

from __future__ import annotations

from attrs import frozen


@frozen
class Form:
    """Measures in units of a tenth of the fuselage's length: nose at y = 0, tail at y = 10."""

    kind: str
    body: float  # fuselage diameter
    wing: tuple[
        float, float, float, float, float
    ]  # leading edge y at the root, root chord, tip chord, half span, sweep at the tip
    wing_z: float = -0.3  # in fuselage diameters
    dihedral_deg: float = 5.0
    tail: tuple[float, float, float] = (1.5, 1.9, 1.2)  # tailplane chord, half span, sweep
    fin: tuple[float, float, float, float] = (2.1, 1.0, 2.1, 1.6)  # root chord, tip chord, height, sweep
    t_tail: bool = False
    jets: tuple[tuple[float, float, float, float], ...] = ()  # (x, y, z, radius) of one side
    props: tuple[tuple[float, float, float, float], ...] = ()  # (x, y of the nacelle's nose, z, radius of the disc)
    gear: str = "tricycle"
    canopy: tuple[float, float] | None = None  # y from, to of a bubble; otherwise cockpit windows
    cabin_windows: bool = True
    upsweep: float = 0.5  # how far the tail rises, in diameters


FORMS: tuple[Form, ...] = (
    Form("airliner", 1.15, (3.5, 2.1, 0.6, 4.9, 2.5), jets=((1.7, 3.55, -0.78, 0.36),)),
    Form(
        "cessna",
        1.45,
        (2.9, 1.65, 1.15, 6.3, 0.25),
        0.52,
        1.5,
        (1.3, 2.0, 0.3),
        (1.6, 0.9, 1.5, 0.8),
        props=((0, 0.0, 0, 1.3),),
        gear="fixed",
        upsweep=0.42,
    ),
    Form("jumbo", 1.2, (3.1, 2.6, 0.6, 4.9, 3.1), jets=((1.6, 3.2, -0.8, 0.32), (3.0, 4.5, -0.6, 0.32))),
    Form(
        "fighter",
        1.05,
        (4.0, 4.2, 0.9, 3.2, 3.0),
        -0.05,
        -1.0,
        (1.7, 1.7, 1.1),
        (1.9, 0.7, 1.7, 1.3),
        gear="up",
        canopy=(1.9, 4.2),
        cabin_windows=False,
        upsweep=0.0,
    ),
    Form(
        "biplane",
        1.2,
        (2.1, 1.6, 1.5, 4.7, 0.1),
        -0.35,
        2.5,
        (1.3, 1.7, 0.3),
        (1.4, 0.8, 1.3, 0.4),
        props=((0, 0.0, 0, 1.45),),
        gear="taildragger",
        canopy=None,
        cabin_windows=False,
        upsweep=0.25,
    ),
    Form(
        "business",
        1.0,
        (4.6, 1.9, 0.6, 4.1, 1.5),
        -0.42,
        4,
        (1.1, 1.7, 0.9),
        (1.9, 1.2, 1.7, 1.6),
        True,
        jets=((0.85, 6.6, 0.22, 0.29),),
    ),
    Form(
        "turboprop",
        1.1,
        (3.9, 1.4, 0.75, 5.3, 0.3),
        0.48,
        1,
        (1.2, 1.8, 0.4),
        (2.2, 1.3, 1.9, 1.4),
        True,
        props=((2.0, 2.9, 0.5, 1.0),),
    ),
    Form(
        "glider",
        1.0,
        (3.0, 1.25, 0.5, 7.0, 0.2),
        0.25,
        3,
        (0.7, 1.5, 0.2),
        (1.1, 0.7, 1.3, 0.5),
        True,
        gear="up",
        canopy=(0.6, 2.6),
        cabin_windows=False,
        upsweep=0.25,
    ),
    Form(
        "low wing",
        1.4,
        (3.0, 1.75, 1.35, 5.3, 0.1),
        -0.38,
        6,
        (1.3, 1.9, 0.2),
        (1.5, 0.8, 1.5, 0.9),
        props=((0, 0.0, 0, 1.25),),
        gear="fixed",
        canopy=(2.7, 5.6),
        cabin_windows=False,
        upsweep=0.35,
    ),
    Form(
        "regional",
        0.95,
        (4.2, 1.8, 0.55, 4.3, 1.8),
        -0.38,
        4,
        (1.2, 1.7, 0.9),
        (2.0, 1.5, 1.7, 1.7),
        True,
        jets=((0.85, 6.8, 0.12, 0.3),),
    ),
    Form(
        "warbird",
        1.25,
        (2.7, 2.3, 0.9, 4.9, 0.5),
        -0.3,
        5,
        (1.4, 1.9, 0.4),
        (1.6, 0.7, 1.4, 0.7),
        props=((0, 0.0, 0, 1.5),),
        gear="taildragger",
        canopy=(3.3, 5.4),
        cabin_windows=False,
        upsweep=0.2,
    ),
    Form(
        "seaplane",
        1.4,
        (2.9, 1.7, 1.2, 5.9, 0.2),
        0.55,
        1,
        (1.4, 2.0, 0.3),
        (1.7, 0.9, 1.6, 0.8),
        props=((0, 0.0, 0, 1.3),),
        gear="floats",
        upsweep=0.4,
    ),
)
