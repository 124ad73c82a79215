"""What distracts in an image, as drawn: a pure function of its spec. Where there is room for it is the renderer's.

Each distractor has a stream of its own, and each of its numbers a place in that stream: so raising the count only adds
distractors, and raising the share that occludes only moves some of them before the object.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import attrs

from .design import STARTER_LIBRARY
from .factors.distractors import MOST_DISTRACTORS
from .sampling import ImageSpec, fractions, raw_bits
from .starter_catalogue import STARTER_CLASSES, starter_model_names

SHAPES = ("box", "cylinder", "ball", "cone", "ring")
TRIES = 10
_SOURCES = ("models", "starter", "shapes")
_NUMBERS = 10

Place: TypeAlias = tuple[float, float, float]


@attrs.frozen
class Distractor:
    """One distractor. ``asset`` is a model ``library:path``, "" for a shape; ``shape`` stands in for a model that
    cannot be read. ``size`` is its longest side in lengths of the object. ``turn``, ``tilt`` and each number of
    ``places`` are in [0, 1): the places are tried in order. ``colour`` is hue, saturation and value.
    """

    asset: str
    shape: str
    occludes: bool
    size: float
    turn: float
    tilt: float
    colour: tuple[float, float, float]
    roughness: float
    places: tuple[Place, ...]

    @property
    def name(self) -> str:
        """What the metadata call it: the model's asset, or ``shape:box``."""
        return self.asset or f"shape:{self.shape}"


@attrs.frozen
class Placed:
    """A distractor as it stands in an image: what it shows, its centre in metres from the object's, its longest side.

    The axes are those of all directions: azimuth 0, the object's front, is -Y, and Z is up.
    """

    name: str
    location: tuple[float, float, float]
    size_m: float


def drawn_distractors(spec: ImageSpec) -> tuple[Distractor, ...]:
    """The distractors of an image, in the order in which they find their places."""
    count = min(int(spec.factors["distractors"].values["count"]), MOST_DISTRACTORS)
    return tuple(_drawn(spec, number) for number in range(count))


def _drawn(spec: ImageSpec, number: int) -> Distractor:
    values = spec.factors["distractors"].values
    u = fractions(raw_bits(spec.distractor_key(number), 0, _NUMBERS + 3 * TRIES))
    kind, occluder, material = values["kind"], values["occluder"], values["material"]
    occludes = u[0] < float(values["occluding"])
    shape, asset = _pick(SHAPES, u[1]), ""
    if occludes and occluder != "same":
        shape = str(occluder)
    elif (source := _pick(_SOURCES, u[2]) if kind == "mixed" else kind) == "models":
        asset = spec.others[number] if spec.others else ""
    elif source == "starter":
        classes = [name for name in STARTER_CLASSES if name != spec.class_name]
        asset = f"{STARTER_LIBRARY}:{_pick(starter_model_names(_pick(classes, u[3])), u[1])}"
    grey = (0.0, 0.0, 0.5)
    return Distractor(
        asset=asset,
        shape=shape,
        occludes=occludes,
        size=float(values["size"]) * (0.5 + 0.5 * u[4]),
        turn=u[5],
        tilt=u[6],
        colour=grey if material == "grey" else (u[7], 0.9 * u[8], 0.15 + 0.8 * u[9]),
        roughness=0.6 if material == "grey" else 0.15 + 0.7 * u[8],
        places=tuple((u[at], u[at + 1], u[at + 2]) for at in range(_NUMBERS, len(u), 3)),
    )


def _pick(options: Sequence[str], u: float) -> str:
    return options[int(u * len(options))]
