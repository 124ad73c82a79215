"""A parameter's value read from features: ridge regression on renders, of whole 3D models held out in turn.

How well that goes is the held-out R^2: a parameter that cannot be read from the features of renders cannot be judged on
photos. The regression shrinks towards its mean; that is undone by the line that held-out estimates of renders follow
(inverse calibration), and the spread that estimates of renders have about the truth is taken off that of photos.
"""

from __future__ import annotations

import math

import attrs
import numpy as np

from ...design.declaration import Factor, Parameter
from ...design.distributions import LogUniform
from .compared import Compared, Floats, Indices, Subject
from .matched_shares import DRAWS

PENALTIES = (0.001, 0.01, 0.1, 1.0, 10.0)  # in units of the components' mean variance
LEAST_RENDERS = 40


@attrs.frozen(eq=False)
class Estimated:
    """Values (M,) of the renders (numbers among all) in which a parameter was drawn, on a scale that is logarithmic
    where its distribution is; estimates of them when held out, and of photos (F, P), by each fold's regression."""

    renders: Indices
    values: Floats
    held_out: Floats
    photos: Floats

    @property
    def r2(self) -> float:
        """Held out, over all renders."""
        return _r2(self.values, self.held_out)


@attrs.frozen(eq=False)
class Standing:
    """Where a subject's photos lie. ``r2`` is held out; ``centre`` and ``spread`` (a standard deviation) of photos are
    on the scale of the values, ``ratio`` is that spread over the renders'.

    ``below`` and ``above`` are the shares of photos that are estimated below, or above, four fifths of the renders.
    ``..._draws`` (B,) are by bootstrap over photos and renders; the regression is not fitted anew.
    """

    r2: float
    centre: float
    spread: float
    ratio: float
    below: float
    above: float
    ratio_draws: Floats
    below_draws: Floats
    above_draws: Floats


def estimated(compared: Compared, factor: Factor, parameter: Parameter) -> Estimated | None:
    """The estimates of a parameter over all classes; None where too few renders drew it, or with one value only."""
    renders = np.flatnonzero(compared.counted(factor, parameter))
    column = compared.column(factor, parameter)
    values = np.array([column[number] for number in renders.tolist()], np.float64)
    if len(renders) < LEAST_RENDERS or np.ptp(values) == 0:
        return None
    if is_logarithmic(compared, factor, parameter):
        values = np.log(values)
    components, photos = compared.components
    inputs, folds = components[renders], compared.folds[renders]
    used = np.unique(folds)
    if len(used) < 2:
        return None
    best: tuple[float, Floats, Floats] | None = None
    for penalty in PENALTIES:
        held_out, by_fold = np.zeros(len(values)), np.zeros((len(used), len(photos)))
        for number, fold in enumerate(used.tolist()):
            out = folds == fold
            weights, mean, level = _ridge(inputs[~out], values[~out], penalty)
            held_out[out] = (inputs[out] - mean) @ weights + level
            by_fold[number] = (photos - mean) @ weights + level
        error = float(((held_out - values) ** 2).sum())
        if best is None or error < best[0]:
            best = error, held_out, by_fold
    assert best is not None
    return Estimated(renders, values, best[1], best[2])


def is_logarithmic(compared: Compared, factor: Factor, parameter: Parameter) -> bool:
    """Whether values are compared by their logarithm."""
    return isinstance(compared.design.factors[factor.name].parameters[parameter.name].distribution, LogUniform)


def standing(compared: Compared, found: Estimated, subject: Subject) -> Standing | None:
    """Where the subject's photos lie; None where its values cannot be read at all, or it has too few renders."""
    mine = np.isin(found.renders, subject.renders)
    values, held_out = found.values[mine], found.held_out[mine]
    photos = found.photos[:, subject.photos]
    if len(values) < LEAST_RENDERS // 2 or not photos.size:
        return None
    r2 = _r2(values, held_out)
    slope = _line(values, held_out)[1]
    if r2 <= 0.0 or slope <= 0.0:
        return None
    random = np.random.default_rng([compared.seed, 0xE57])
    draws = np.zeros((3, DRAWS))
    for number in range(DRAWS):
        renders = random.integers(len(values), size=len(values))
        queries = random.integers(photos.shape[1], size=photos.shape[1])
        at = _placed(values[renders], held_out[renders], photos[:, queries])
        draws[:, number] = at[2:]
    centre, spread, ratio, below, above = _placed(values, held_out, photos)
    return Standing(r2, centre, spread, ratio, below, above, *draws)


def _r2(values: Floats, held_out: Floats) -> float:
    return 1.0 - float(((held_out - values) ** 2).sum() / max(((values - values.mean()) ** 2).sum(), 1e-12))


def _placed(values: Floats, held_out: Floats, photos: Floats) -> tuple[float, float, float, float, float]:
    """Centre, spread and ratio of the photos' values, and the shares below and above four fifths of the renders."""
    level, slope = _line(values, held_out)
    slope = max(slope, 1e-6)
    of_renders, of_photos = (held_out - level) / slope, (photos - level) / slope
    noise = float(np.var(of_renders - values))
    spread = math.sqrt(max(float(np.var(of_photos)) - noise, 0.0))
    low, high = np.quantile(held_out, (0.2, 0.8))
    return (
        float(of_photos.mean()),
        spread,
        spread / max(float(values.std()), 1e-12),
        float((photos < low).mean()),
        float((photos > high).mean()),
    )


def _line(values: Floats, estimates: Floats) -> tuple[float, float]:
    """Level and slope of the least-squares line of the estimates over the values."""
    centred = values - values.mean()
    slope = float((centred * estimates).sum() / max((centred**2).sum(), 1e-12))
    return float(estimates.mean()) - slope * float(values.mean()), slope


def _ridge(inputs: Floats, values: Floats, penalty: float) -> tuple[Floats, Floats, float]:
    """Weights (d,), the inputs' mean and the values' mean of a ridge regression."""
    mean, level = inputs.mean(0), float(values.mean())
    centred = inputs - mean
    gram = centred.T @ centred
    gram += penalty * np.trace(gram) / len(gram) * np.eye(len(gram))
    weights: Floats = np.linalg.solve(gram, centred.T @ (values - level))
    return weights, mean, level
