"""From a design to the images it defines: an image spec is a pure function of (design, split, index).

Every draw has its own stream: a Philox generator (Salmon et al. 2011) whose key is a hash of (seed, split, what is
drawn) and whose counter is the index. Only its raw bits are used, which NumPy keeps the same between versions; the
distributions are ours. So a draw depends on nothing but its own name, and no draw on another.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Mapping, Sequence
from typing import TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from .checking import check_explicit
from .design import Design, DesignClass
from .distributions import Value
from .document import overridden
from .errors import DesignError
from .factors import FACTORS
from .factors.distractors import MOST_DISTRACTORS

Bits: TypeAlias = npt.NDArray[np.uint64]

# So many scenes in a row share so many models as distractors.
POOL_SCENES = 50
POOL_MODELS = 24


@attrs.frozen
class FactorDraw:
    """What one factor is in one image: whether it was drawn (else fixed), and the values it has."""

    drawn: bool
    values: Mapping[str, Value]


@attrs.frozen
class ImageSpec:
    """What one image shows, as drawn: what the renderer renders and the metadata keeps.

    ``models`` is the drawn model followed by the class's others, in the order in which they stand in for it if it
    cannot be read. ``seed`` is the path tracer's; ``sensor_key`` keys the sensor's noise. This is a view
    of the scene of number ``scene``; ``scene_seed`` and ``others``, models of other classes, are for its distractors.
    """

    split: str
    index: int
    label: int
    class_name: str
    models: tuple[str, ...]
    seed: int
    factors: Mapping[str, FactorDraw]
    scene: int
    scene_seed: int
    others: tuple[str, ...]

    @property
    def sensor_key(self) -> int:
        """128 bits for the generator of the sensor's noise."""
        return _key(f"sensor noise/{self.split}/{self.index}/{self.seed}")

    def distractor_key(self, number: int) -> int:
        """128 bits for the generator of the distractor of that number: the same in all views of a scene."""
        return _key(f"distractor {number}/{self.split}/{self.scene}/{self.scene_seed}")


class Sampler:
    """Image specs of one split of a design, by index. Holds keys worked out once; has no state that draws change."""

    def __init__(self, design: Design, split: str) -> None:
        found = design.split(split)
        self.design = overridden(design, found)
        check_explicit(self.design)
        self.split = found
        self._prefix = f"{self.design.seed}/{found.name}/{found.seed}"
        self._models = [self._instances(entry) for entry in self.design.classes]
        self._weights = np.array([entry.weight for entry in self.design.classes])
        self._views = self.design.views_per_scene
        self._parameters = {
            name: {key: FACTORS[name].parameter(key) for key in settings.parameters}
            for name, settings in self.design.factors.items()
        }
        self._of_view = {name for name in self.design.factors if FACTORS[name].of_view}

    def spec(self, index: int) -> ImageSpec:
        """The image of that index (0, 1, 2, ... without end)."""
        if index < 0:
            raise DesignError("", f"an image's index must be >= 0, is {index}")
        scene = index // self._views
        label, occurrence = self._class(scene)
        return ImageSpec(
            split=self.split.name,
            index=index,
            label=label,
            class_name=self.design.classes[label].name,
            models=self._model_order(label, occurrence),
            seed=int(self._raw("render seed", index)[0] >> np.uint64(33)),
            factors={name: self._factor(name, index) for name in self.design.factors},
            scene=scene,
            scene_seed=int(self._raw("scene seed", scene)[0] >> np.uint64(33)),
            others=self._others(label, scene),
        )

    def class_name(self, index: int) -> str:
        """The class of an image, without drawing the rest of it."""
        return self.design.classes[self._class(index // self._views)[0]].name

    def is_drawn(self, factor: str, index: int) -> bool:
        """Whether an image draws a factor (else it is fixed), without drawing its values."""
        return self._uniform(f"{factor}/weight", self._at(factor, index)) < self.design.factors[factor].weight

    def _at(self, factor: str, index: int) -> int:
        """Where a factor is drawn: the camera's at the image's own index, the others at its scene's."""
        return index if factor in self._of_view else index // self._views

    def _factor(self, name: str, index: int) -> FactorDraw:
        settings = self.design.factors[name]
        drawn = self.is_drawn(name, index)
        declared, at = self._parameters[name], self._at(name, index)
        values = {
            key: declared[key].drawn(parameter.distribution, self._uniform(f"{name}/{key}", at))
            if drawn
            else declared[key].settled(parameter.fixed)
            for key, parameter in settings.parameters.items()
        }
        return FactorDraw(drawn, values)

    def _class(self, index: int) -> tuple[int, int]:
        """The label of a scene and, where classes are balanced, the number of scenes of that class before it."""
        if not (self._weights == self._weights[0]).all():
            label = int(
                np.searchsorted(np.cumsum(self._weights), self._uniform("class", index) * self._weights.sum(), "right")
            )
            return label, index
        block, place = divmod(index, len(self._weights))
        return int(self._permutation("classes", block, len(self._weights))[place]), block

    def _model_order(self, label: int, occurrence: int) -> tuple[str, ...]:
        """Models in blocks too: each is drawn once before any is drawn twice."""
        models = self._models[label]
        block, place = divmod(occurrence, len(models))
        order = self._permutation(f"models/{self.design.classes[label].name}", block, len(models))
        return tuple(models[order[(place + step) % len(models)]] for step in range(len(models)))

    def _others(self, label: int, scene: int) -> tuple[str, ...]:
        """A model of another class for each distractor there can be; none where there is no other class."""
        pool = [model for other, model in self._pool(scene // POOL_SCENES) if other != label]
        drawn = self._fractions("distractors/models", scene, MOST_DISTRACTORS)
        return tuple(pool[int(u * len(pool))] for u in drawn) if pool else ()

    def _pool(self, block: int) -> list[tuple[int, str]]:
        """The models, with their labels, that a block of scenes has as distractors: few, as each has to be loaded."""
        classes = np.flatnonzero(self._weights).tolist()
        drawn = self._fractions("distractors/pool", block, 2 * POOL_MODELS)
        labels = [classes[int(u * len(classes))] for u in drawn[::2]]
        return [
            (label, self._models[label][int(u * len(self._models[label]))])
            for label, u in zip(labels, drawn[1::2], strict=True)
        ]

    def _instances(self, entry: DesignClass) -> Sequence[str]:
        """The models of a class that this split may show."""
        if self.design.instances == "shared":
            return entry.models
        names = [split.name for split in self.design.splits]
        ranked = sorted(entry.models, key=lambda model: _key(f"{self.design.seed}/instance/{model}"))
        train = len(ranked) - max(1, len(ranked) // (2 * len(names))) * (len(names) - 1)
        share = (len(ranked) - train) // max(len(names) - 1, 1)
        place = names.index(self.split.name)
        if place == 0:
            return ranked[:train]
        return ranked[train + (place - 1) * share : train + place * share]

    def _uniform(self, name: str, index: int) -> float:
        """A uniform number in [0, 1) with 53 random bits."""
        return self._fractions(name, index, 1)[0]

    def _fractions(self, name: str, index: int, count: int) -> list[float]:
        return fractions(self._raw(name, index, count))

    def _permutation(self, name: str, block: int, size: int) -> npt.NDArray[np.intp]:
        return np.argsort(self._raw(name, block, size), kind="stable")

    def _raw(self, name: str, index: int, count: int = 1) -> Bits:
        return raw_bits(_key(f"{self._prefix}/{name}"), index, count)


def raw_bits(key: int, index: int, count: int) -> Bits:
    """``count`` random 64-bit integers of stream ``key`` at ``index``; each index has a stretch of 2**66 of its own."""
    bits: Bits = np.random.Philox(key=key, counter=index << 64).random_raw(count)
    return bits


def fractions(bits: Bits) -> list[float]:
    """Uniform numbers in [0, 1), of 53 bits each."""
    return [float(one) * 2.0**-53 for one in (bits >> np.uint64(11)).tolist()]


@functools.lru_cache(maxsize=4096)
def _key(name: str) -> int:
    """128 bits of a name, the same in every process and version (SHA-256)."""
    return int.from_bytes(hashlib.sha256(f"simreal/1/{name}".encode()).digest()[:16], "little")
