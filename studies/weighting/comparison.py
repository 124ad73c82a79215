"""An honest comparison: designs with equally many images each, over several seeds, on the photos of reporting alone.

Each design is rendered anew for every seed, a head is fitted as ``simreal train`` does, and every photo is right or
wrong. Designs of one seed share their random numbers. Of two designs the difference is told with a 95 % interval by a
bootstrap over photos and seeds together (resampled independently: both are samples), paired: every resample has the
same photos and seeds of both. With one seed it says nothing of other seeds.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Protocol, TypeAlias

import attrs
import numpy as np
import numpy.typing as npt
import torch

from ...datasets.messages import Progress, Report
from ...design.design import Design
from ...design.evidence import points_text
from ...training.linear_head import fit_head
from .pool import Pool

Right: TypeAlias = npt.NDArray[np.bool_]

USER, ONES, ZEROS, TUNED_NAME = "your design", "all weights 1", "all weights 0", "tuned"  # what is compared
RESAMPLES = 4000
DETECTION = 2.8  # standard errors of a difference that is found in 4 of 5 cases at the level of 5 %: 1.96 + 0.84
TOO_COARSE = 5.0  # points: where smaller differences cannot be told, the photos are too few
_LEVELS = (2.5, 97.5)


class Rendering(Protocol):
    """Where the images of a comparison come from."""

    def __call__(self, name: str, design: Design, seed: int) -> Pool:
        """The images of a design for a seed, with their features."""


@attrs.frozen
class Share:
    """A percentage, or a difference of percentages in points, with its 95 % interval and standard error."""

    mean: float
    low: float
    high: float
    error: float

    @property
    def holds_zero(self) -> bool:
        """Whether the interval contains 0."""
        return self.low <= 0.0 <= self.high

    @property
    def text(self) -> str:
        """A difference for people."""
        return f"{points_text(self.mean, self.low, self.high)} points"


@attrs.frozen(eq=False)
class Contender:
    """A design's standing: ``right`` (S, M) says which photos each seed's head had right, of ``images`` each."""

    name: str
    images: int
    right: Right
    truth: npt.NDArray[np.int64]

    @property
    def mean_class_accuracy(self) -> float:
        """The mean over classes of the share that is right, over all seeds, in percent."""
        shares = [self.right[:, self.truth == label].mean() for label in np.unique(self.truth)]
        return 100 * float(np.mean(shares))


def compare(
    designs: Mapping[str, Design],
    seeds: int,
    rendering: Rendering,
    photos: tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]],
    report: Report,
) -> tuple[Contender, ...]:
    """Render and judge every design for every seed. ``photos`` are features (M, D) and labels (M,) of reporting."""
    features, truth = photos
    found: dict[str, list[Right]] = {name: [] for name in designs}
    images: dict[str, int] = {}
    done, total, start = 0, seeds * len(designs), time.monotonic()
    for seed in range(seeds):
        for name, design in designs.items():
            left = (time.monotonic() - start) / done * (total - done) if done else None
            report(Progress("compare", done, total, "data sets", eta_s=left, note=f"{name}, seed {seed + 1}"))
            pool = rendering(name, design, seed)
            found[name].append(_answers(pool, features, len(design.classes), seed) == truth)
            images[name] = len(pool.rows)
            done += 1
    report(Progress("compare", done, total, "data sets"))
    return tuple(Contender(name, images[name], np.stack(right), truth) for name, right in found.items())


def accuracy(contender: Contender, seed: int = 0) -> Share:
    """Top-1 in percent."""
    return share_of(contender.right.astype(np.float64), seed)


def difference(one: Contender, other: Contender, seed: int = 0) -> Share:
    """By how many points the one is right more often."""
    return share_of(one.right.astype(np.float64) - other.right, seed)


def detectable(gain: Share) -> float:
    """The smallest difference, in points, that so many photos and seeds would find in four of five cases."""
    return DETECTION * gain.error


def comparison_warnings(gains: Mapping[str, Share], photos: int) -> list[str]:
    """What there is to doubt in the gains of a tuned design over others, by their names, on so many ``photos``."""
    warnings = []
    for name, gain in gains.items():
        if gain.high < 0:
            warnings.append(f"tuned is worse than {name}: {gain.text}")
        if not gain.holds_zero:
            continue
        warnings.append(f"the difference to {name} is within the noise: {gain.text}")
        if detectable(gain) > TOO_COARSE:
            warnings.append(
                f"{photos} photos of reporting tell a difference to {name} from about {detectable(gain):.0f} points "
                "on; a smaller one needs more photos, or more seeds"
            )
    return warnings


def _answers(pool: Pool, photos: npt.NDArray[np.float64], classes: int, seed: int) -> npt.NDArray[np.int64]:
    labels: Sequence[int] = [int(label) for label in pool.labels]
    models = [row.get("model") for row in pool.rows]
    fit = fit_head([pool.features.astype(np.float32)], labels, models, classes, seed=seed)
    logits = torch.from_numpy(photos.astype(np.float32)) @ fit.weight.T + fit.bias
    answers: npt.NDArray[np.int64] = logits.argmax(1).numpy()
    return answers


def share_of(values: npt.NDArray[np.float64], seed: int) -> Share:
    """Mean of values (S, M), times 100, with the bootstrap's interval over both."""
    seeds, photos = values.shape
    random = np.random.default_rng([seed, 0xC03])
    by_seed = random.multinomial(seeds, np.full(seeds, 1 / seeds), RESAMPLES) / seeds
    by_photo = random.multinomial(photos, np.full(photos, 1 / photos), RESAMPLES) / photos
    means = 100 * np.einsum("rs,sm,rm->r", by_seed, values, by_photo, optimize=True)
    mean = 100 * float(values.mean())
    low, high = (float(limit) for limit in np.percentile(means, _LEVELS))
    # Where all resamples are alike, they may lie beside the mean by the last bits.
    return Share(mean, min(low, mean), max(high, mean), float(means.std(ddof=1)))
