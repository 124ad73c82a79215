"""What regressions read off frozen features of how images were drawn: how far that is apart in renders and in photos.

For every dimension of a search the regression has an output or two, of variance 1 over the renders: for an option
whether it was drawn, for a number its quantile and how far that is from the middle, for a weight whether the factor was
drawn. With r(x) what is read off features x (renders by regressions that have not seen their 3D model), w renders'
weights of sum 1 and y photos, the distance in a dimension is

    d^2(w) = | sum_i w_i r(x_i) - mean_m r(y_m) |^2,

without bias: no image is multiplied with itself. Where renders are of the photos' design it is nought, whatever the
regression mistakes for what: black-box shift estimation (Lipton, Wang and Smola 2018), by weights of images instead of
classes. Outputs that cannot be read (held-out R^2 under ``READABLE``) do not count.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ...design.densities import shares_below
from ...design.design import Design
from ...design.distributions import Choice
from ...design.factors import FACTORS
from ...training.linear_head import assign_folds
from .judgement import Components, Labels, TuningPhotos, resampled
from .likelihood import idle
from .noise import Floats, Judge
from .objectives import UNKNOWN
from .pool import Pool
from .search_space import Dimension, OptionDimension, Space, WeightDimension

READABLE = 0.02
PENALTIES = (0.1, 0.3, 1.0, 3.0, 10.0)  # in units of the components' mean variance
_LEAST = 1e-12


def reading_distances(  # noqa: PLR0917 - all that it is measured with
    space: Space, design: Design, pool: Pool, photos: TuningPhotos, components: Components, seed: int
) -> dict[str, Judge]:
    """For each dimension that can be read, by its name, a judge of weightings by less its d^2. ``design`` is the one
    whose ranges and options the space has."""
    renders, targets = _centred(components, pool.labels, photos.truth)
    models = [str(row["model"]) for row in pool.rows]
    folds = assign_folds(pool.labels.tolist(), models, seed)
    outputs = _outputs(space, design, pool)
    columns = [column for own in outputs.values() for column in own]
    read = _read(renders, targets, np.stack(columns, 1), folds) if columns else {}
    shares = resampled(len(targets), seed)
    found: dict[str, Judge] = {}
    first = 0
    for name, own in outputs.items():
        mine = [read[number] for number in range(first, first + len(own)) if number in read]
        first += len(own)
        if mine:
            found[name] = _distance(
                np.stack([one for one, _ in mine], 1), np.stack([two for _, two in mine], 1), shares
            )
    return found


def _outputs(space: Space, design: Design, pool: Pool) -> dict[str, list[Floats]]:
    """What was drawn in the renders, (N,) columns of mean 0 and variance 1; such as do not vary are left out."""
    found: dict[str, list[Floats]] = {}
    for name, dimension in space.items():
        for column in _columns(dimension, design, pool):
            spread = float(column.std())
            if spread > 0:
                found.setdefault(name, []).append((column - column.mean()) / spread)
    return found


def _columns(dimension: Dimension, design: Design, pool: Pool) -> list[Floats]:
    drawn = pool.columns[f"{dimension.factor}.drawn"].astype(bool)
    if isinstance(dimension, WeightDimension):
        return [drawn.astype(np.float64)]
    parameter = FACTORS[dimension.factor].parameter(dimension.parameter)
    seen = drawn & ~idle(pool.columns, dimension.factor, parameter)
    values = pool.columns[f"{dimension.factor}.{dimension.parameter}"]
    if isinstance(dimension, OptionDimension):
        return [(seen & np.isin(values, dimension.options)).astype(np.float64)]
    distribution = design.factors[dimension.factor].parameters[dimension.parameter].distribution
    assert not isinstance(distribution, Choice)
    away = shares_below(distribution, values.astype(np.float64)) - 0.5
    return [np.where(seen, away, 0.0), np.where(seen, np.abs(away) - 0.25, 0.0)]


def _read(renders: Floats, photos: Floats, outputs: Floats, folds: Labels) -> Mapping[int, tuple[Floats, Floats]]:
    """Ridge regressions from ``renders`` (N, d) and ``photos`` (M, d) to ``outputs`` (N, T): by the number of each
    output that can be read, what is read off renders (N,), held out, and off photos (M,), the mean of the folds'."""
    best: dict[int, tuple[float, Floats, Floats]] = {}
    used = np.unique(folds)
    for penalty in PENALTIES:
        held_out, of_photos = np.zeros_like(outputs), np.zeros((len(photos), outputs.shape[1]))
        for fold in used:
            out = folds == fold
            inputs, level = renders[~out], outputs[~out].mean(0)
            gram = inputs.T @ inputs
            gram += penalty * np.trace(gram) / len(gram) * np.eye(len(gram))
            slopes = np.linalg.solve(gram, inputs.T @ (outputs[~out] - level))
            held_out[out] = renders[out] @ slopes + level
            of_photos += (photos @ slopes + level) / len(used)
        errors = np.square(held_out - outputs).mean(0)
        for number, error in enumerate(errors.tolist()):
            if error < best.get(number, (1.0 - READABLE,))[0]:
                best[number] = error, held_out[:, number], of_photos[:, number]
    return {number: (held_out, of_photos) for number, (_, held_out, of_photos) in best.items()}


def _distance(renders: Floats, photos: Floats, shares: Floats) -> Judge:
    """Less d^2 of weights, of what is read off renders (N, T) and photos (M, T) in ``shares`` (R, M)."""
    own, others = np.square(renders).sum(1), np.square(photos).sum(1)
    centres, squares = shares @ photos, np.square(shares)
    around = (np.square(centres).sum(1) - squares @ others) / (1 - squares.sum(1)).clip(min=_LEAST)

    def judge(weights: Floats) -> Floats:
        means, counted = weights @ renders, np.square(weights)
        among = (np.square(means).sum(1) - counted @ own) / (1 - counted.sum(1)).clip(min=_LEAST)
        return np.asarray(2 * means @ centres.T - among[:, None] - around, np.float64)

    return judge


def _centred(components: Components, labels: Labels, truth: Labels) -> tuple[Floats, Floats]:
    """Renders and photos about the mean of the renders; of those of their class, where all photos have a label: what is
    read is then no matter of which classes there are."""
    renders, photos = components.renders, components.photos
    if (truth == UNKNOWN).any():
        return renders - renders.mean(0), photos - renders.mean(0)
    classes = int(max(labels.max(), truth.max())) + 1
    means = np.zeros((classes, renders.shape[1]))
    np.add.at(means, labels, renders)
    means /= np.maximum(np.bincount(labels, minlength=classes), 1)[:, None]
    return renders - means[labels], photos - means[truth]
