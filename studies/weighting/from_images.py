"""Importance from images that exist: what each change of a design would be worth, without rendering anything.

A change makes other shares of the pool's images (``reweighting``), and shares have a worth to first order
(``influence``). As the pool's images stand, their weights need not be the design's: a change is measured among what the
pool holds, and told in proportion for the design. What a 3D model or a class is worth in itself is taken out first; the
design draws these alike whatever its factors are, so that it is nothing but noise here.

Where photos clearly look otherwise than the design draws (``matching``), there is besides the effect of drawing a
parameter as they look: one question of each, and not the surest of many.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from ...datasets.effect_records import Effect
from ...datasets.messages import Progress, Report
from ...design.design import Design
from ...design.errors import RunError
from ...design.factors import FACTORS
from ...training.linear_head import fit_head
from .changes import change_text, changed, changes_of
from .influence import influences, most_components
from .judgement import TuningPhotos, components_of
from .matching import Matching, grouped
from .noise import Judge
from .pool import Pool
from .readings import reading_distances
from .reweighting import effective_size, importance_weights
from .search_space import Dimension, Level, OptionDimension, WeightDimension, level_text, search_space
from .weigher import Weigher

Floats: TypeAlias = npt.NDArray[np.float64]
Labels: TypeAlias = npt.NDArray[np.int64]

RESAMPLES = 1000
LEAST_EFFECTIVE = 30.0  # images that a change has to rest on
LEAST_OF_CLASS = 2  # images of each class, of some weight
LEAST_OF_MODEL = 5  # images of a 3D model, for its own mean to be taken out
EXTREMES = (0.1, 0.9)
_LEVELS = (2.5, 97.5)
_LEAST_WEIGHT = 0.02


@attrs.frozen(eq=False)
class Standing:
    """A change with the ``weights`` (N,) that it gives the images; its effect is ``scale`` times theirs. ``alike`` is
    ``Effect``'s."""

    factor: str
    parameter: str
    option: str
    text: str
    weights: Floats
    scale: float
    alike: float | None = None


def effects_of_images(
    pool: Pool, design: Design, photos: Floats, truth: Labels, *, seed: int, report: Report
) -> tuple[Effect, ...]:
    """The effects of all changes of a design that its pool tells of, by labelled photos, features (M, D) and ``truth``.

    Points are of the photos' mean probability of the true class, a smooth stand-in for accuracy. Intervals are by
    bootstrap over images and photos together. RunError where the pool tells of no change: nothing in it varies.
    """
    classes = len(design.classes)
    frame = _frame(pool, design)
    base = importance_weights(pool, frame)
    tuning = TuningPhotos(photos, truth)
    components = components_of(pool, tuning)
    distances = reading_distances(search_space(design), design, pool, tuning, components, seed)
    standings = [*_standings(pool, design, frame, base), *_as_photos_look(pool, design, frame, distances, seed)]
    if not standings:
        raise RunError(
            "these images tell of no change: no factor is drawn in some and fixed in others, and no range or option "
            "varies in enough of them; render with weights between 0 and 1, or use --from experiment"
        )
    report(Progress("importance from images", 0, 2, "steps", note="fit heads"))
    count = most_components(classes, len(pool))
    renders, targets = components.renders[:, :count], components.photos[:, :count]
    models = [str(row["model"]) for row in pool.rows]
    labels = pool.labels.tolist()
    strength = fit_head([renders.astype(np.float32)], labels, models, classes, seed=seed).strength
    influence = influences(renders, pool.labels, base / base.sum(), targets, truth, classes, strength=strength)
    report(Progress("importance from images", 1, 2, "steps", note="resample"))
    worth = _without_extremes(_without_models(influence, base, pool.labels, models))
    draws = _draws(worth, pool.labels, base, standings, np.random.default_rng([seed, 0x1347]))
    report(Progress("importance from images", 2, 2, "steps"))
    return tuple(_effect(standing, points, len(truth)) for standing, points in zip(standings, draws.T, strict=True))


def _frame(pool: Pool, design: Design) -> Design:
    """The design with the weights that the pool's images have: to ask for others would leave few of them."""
    factors = {}
    for name, settings in design.factors.items():
        share = float(pool.columns[f"{name}.drawn"].mean())
        factors[name] = attrs.evolve(settings, weight=share)
    return attrs.evolve(design, factors=factors)


def _standings(pool: Pool, design: Design, frame: Design, base: Floats) -> list[Standing]:
    """Of the changes those that enough images tell of."""
    found = []
    for change in changes_of(design):
        weight, share = design.factors[change.factor].weight, frame.factors[change.factor].weight
        if isinstance(change.dimension, WeightDimension):
            if not _LEAST_WEIGHT <= share <= 1 - _LEAST_WEIGHT:
                continue
            assert not isinstance(change.level, tuple)
            scale = (change.level - weight) / (1.0 - share)  # measured from the pool's share to 1
            weights = _weights(pool, _drawn_always(frame, change.factor))
        else:
            if share < _LEAST_WEIGHT:
                continue
            scale = weight / share
            weights = _weights(pool, changed(frame, change))
        if weights is not None and _tells(pool, weights) and not np.allclose(weights, base):
            about = change.factor, change.parameter, change.option
            found.append(Standing(*about, change_text(design, change), weights, scale))
    return found


def _as_photos_look(
    pool: Pool, design: Design, frame: Design, distances: Mapping[str, Judge], seed: int
) -> list[Standing]:
    """For each parameter in which photos look otherwise than the design draws, all that matching changes of it."""
    space = search_space(design)
    weigh = Weigher(pool, frame, space)
    matching = Matching(space, weigh, distances, {}, seed=seed)
    point = matching.matched()
    support = matching.support(point)
    found = []
    for names in grouped(space, point):
        dimension = space[names[0]]
        weights = weigh({name: point[name] for name in names})
        if isinstance(dimension, WeightDimension) or weights is None or not _tells(pool, weights):
            continue
        share = frame.factors[dimension.factor].weight
        levels = (_level_text(design, space[name], point[name]) for name in names)
        words = FACTORS[dimension.factor].parameter(dimension.parameter).words
        text = f"{words} as photos look: {', '.join(levels)}"
        scale = design.factors[dimension.factor].weight / share
        alike = max(support[name] for name in names)
        found.append(Standing(dimension.factor, dimension.parameter, "", text, weights, scale, alike))
    return found


def _level_text(design: Design, dimension: Dimension, level: Level) -> str:
    """``wood left out``, ``10° .. 30°``."""
    text = level_text(design, dimension, level)
    if not isinstance(dimension, OptionDimension):
        return text
    return f"{FACTORS[dimension.factor].parameter(dimension.parameter).value_text(dimension.option)} {text}"


def _drawn_always(frame: Design, factor: str) -> Design:
    settings = attrs.evolve(frame.factors[factor], weight=1.0)
    return attrs.evolve(frame, factors={**frame.factors, factor: settings})


def _weights(pool: Pool, design: Design) -> Floats | None:
    try:
        return importance_weights(pool, design)
    except RunError:  # none of the images shows it: nothing is told of it
        return None


def _tells(pool: Pool, weights: Floats) -> bool:
    """Whether there are enough images in all, and some of every class."""
    present = np.bincount(pool.labels[weights > 0], minlength=len(pool.sources[0].design.classes))
    there = np.bincount(pool.labels, minlength=len(present)) > 0
    return effective_size(weights) >= LEAST_EFFECTIVE and bool((present[there] >= LEAST_OF_CLASS).all())


def _without_models(influence: Floats, base: Floats, labels: Labels, models: Sequence[str]) -> Floats:
    """Influences (N, M) about the mean of their 3D model, or of their class where the model has few images."""
    _, groups, counts = np.unique(np.array(models), return_inverse=True, return_counts=True)
    groups = np.where(counts[groups] >= LEAST_OF_MODEL, groups, len(counts) + labels)
    size = int(groups.max()) + 1
    sums = np.zeros((size, influence.shape[1]))
    np.add.at(sums, groups, influence * base[:, None])
    totals = np.bincount(groups, base, minlength=size)
    left: Floats = influence - (sums / np.maximum(totals, 1e-12)[:, None])[groups]
    return left


def _without_extremes(worth: Floats) -> Floats:
    """The images that are worth most, or least, to all photos brought to the quantiles ``EXTREMES`` (winsorised).

    A handful of images lies among the photos and is worth more than all others together; whatever else happens to be
    drawn in them would look important.
    """
    means = worth.mean(1)
    low, high = np.quantile(means, EXTREMES)
    factors = np.divide(np.clip(means, low, high), means, out=np.ones_like(means), where=means != 0)
    return worth * factors[:, None]


def _draws(
    worth: Floats, labels: Labels, base: Floats, standings: Sequence[Standing], random: np.random.Generator
) -> Floats:
    """Points (1 + RESAMPLES, P) of all standings: as measured, and on resampled images and photos.

    Each class counts as often as in the pool, whatever is resampled and weighted.
    """
    images, photos = worth.shape
    by_images = np.concatenate(
        [np.ones((1, images)), random.multinomial(images, np.full(images, 1 / images), RESAMPLES)]
    )
    by_photos = np.concatenate(
        [np.ones((1, photos)), random.multinomial(photos, np.full(photos, 1 / photos), RESAMPLES)]
    )
    values = by_images * (by_photos @ worth.T / photos)  # (1 + B, N)
    weights = np.stack([base, *(one.weights for one in standings)], 1)  # (N, 1 + P)
    means = np.zeros((len(values), weights.shape[1]))
    for label in np.unique(labels):
        mine = labels == label
        totals = by_images[:, mine] @ weights[mine]
        means += mine.mean() * (values[:, mine] @ weights[mine]) / np.maximum(totals, 1e-9)
    scales = np.array([one.scale for one in standings])
    points: Floats = 100.0 * scales * (means[:, 1:] - means[:, :1])
    return points


def _effect(standing: Standing, points: Floats, photos: int) -> Effect:
    low, high = np.percentile(points[1:], _LEVELS)
    return Effect(
        factor=standing.factor,
        parameter=standing.parameter,
        option=standing.option,
        change=standing.text,
        points=float(points[0]),
        low=float(low),
        high=float(high),
        source="images",
        images=round(effective_size(standing.weights)),
        photos=photos,
        alike=None if standing.alike is None else round(standing.alike, 2),
    )
