"""Images that one design drew, weighted to stand for another's; hand-worked and simulated."""

from pathlib import Path

import attrs
import numpy as np
import pytest

from simreal.datasets.metadata import image_row
from simreal.design.design import Design, DesignClass, Split
from simreal.design.document import overridden
from simreal.design.errors import RunError
from simreal.design.sampling import Sampler
from simreal.studies.weighting.pool import Pool, Source
from simreal.studies.weighting.reweighting import effective_size, importance_weights, log_likelihood

CLASSES = (DesignClass("cup", ("starter:cup/00",)), DesignClass("chair", ("starter:chair/00",)))


def design(**factors) -> Design:
    """Two classes; factors are overrides of those declared."""
    plain = Design("d", CLASSES, splits=(Split("train", 0, overrides={"factors": factors}),))
    return attrs.evolve(overridden(plain, plain.splits[0]), splits=(Split("train", 0),))


def pool_of(drawn: Design, count: int) -> Pool:
    sampler = Sampler(drawn, "train")
    rows = tuple(image_row(spec, spec.models[0], None, 0.1) for spec in map(sampler.spec, range(count)))
    labels = np.array([row["label"] for row in rows])
    return Pool((Source(drawn, "train", count),), rows, tuple(map(Path, map(str, range(count)))), labels,
                np.zeros((count, 1), np.float32))  # fmt: skip


WIDE = design(
    camera_viewpoint={"weight": 0.7},
    background={"weight": 0.5},
    material_texture={"weight": 0.6},
)
NARROW = design(
    camera_viewpoint={"weight": 0.9, "elevation_deg": {"distribution": "uniform", "min": 0.0, "max": 30.0}},
    background={"weight": 0.8, "kind": {"distribution": "choice", "options": {"white": 3.0, "flat": 1.0}}},
    material_texture={"weight": 0.2},
)


def test_a_design_weights_its_own_images_by_one() -> None:
    assert importance_weights(pool_of(WIDE, 200), WIDE) == pytest.approx(np.ones(200))


def test_weighted_means_are_those_of_the_target() -> None:
    pool, target = pool_of(WIDE, 12_000), pool_of(NARROW, 12_000)
    weights = importance_weights(pool, NARROW)
    assert weights.mean() == pytest.approx(1.0)
    assert (weights[(pool.columns["camera_viewpoint.elevation_deg"] > 30.0)] == 0).all()
    size = effective_size(weights)
    assert 200 < size < 6000
    for column in ("camera_viewpoint.elevation_deg", "camera_viewpoint.drawn", "material_texture.drawn", "lens.drawn"):
        values, wanted = pool.columns[column].astype(float), target.columns[column].astype(float)
        error = 4 * wanted.std() / size**0.5
        assert np.average(values, weights=weights) == pytest.approx(wanted.mean(), abs=error), column
    white = (pool.columns["background.kind"] == "white") & pool.columns["background.drawn"]
    assert np.average(white, weights=weights) == pytest.approx(0.8 * 0.75, abs=4 * 0.5 / size**0.5)


def test_effective_images_are_the_perplexity_of_the_weights() -> None:
    thinned = np.where(np.arange(1000) < 250, 1.0, 0.0)
    assert effective_size(thinned) == pytest.approx(250)
    assert effective_size(7.0 * np.ones(40)) == pytest.approx(40)
    share, wanted = 0.3, 0.8  # a factor drawn in three images of ten, wanted in eight
    uneven = np.where(np.arange(1000) < 1000 * share, wanted / share, (1 - wanted) / (1 - share))
    kept = np.exp(-wanted * np.log(wanted / share) - (1 - wanted) * np.log((1 - wanted) / (1 - share)))
    assert effective_size(uneven) == pytest.approx(1000 * kept)
    assert effective_size(np.zeros(3)) == 0.0


def test_several_sources_are_one_mixture() -> None:
    pool = pool_of(WIDE, 8000).joined(pool_of(NARROW, 4000))
    weights = importance_weights(pool, NARROW)
    assert effective_size(weights) > 4000  # more than those that the target itself drew
    drawn = pool.columns["background.drawn"]
    assert np.average(drawn, weights=weights) == pytest.approx(0.8, abs=0.03)


def test_the_likelihood_is_the_product_of_what_was_drawn() -> None:
    only_scale = design(**{
        name: {"weight": 0.0} for name in WIDE.factors if name != "object_scale"
    } | {"object_scale": {"weight": 0.25, "scale": {"distribution": "uniform", "min": 1.0, "max": 3.0}}})  # fmt: skip
    rows = pool_of(only_scale, 60).rows
    found = log_likelihood(only_scale, "train", rows)
    wanted = [np.log(0.25 / 2.0) if row["object_scale.drawn"] else np.log(0.75) for row in rows]
    assert found == pytest.approx(np.array(wanted))


def test_a_value_without_effect_counts_as_any_other() -> None:
    white = {"weight": 1.0, "kind": {"distribution": "choice", "options": {"white": 1.0}}}
    few_hues = {"hue": {"distribution": "uniform", "min": 0.0, "max": 0.1}}
    pool = pool_of(design(background=white), 100)
    assert importance_weights(pool, design(background={**white, **few_hues})) == pytest.approx(np.ones(100))


def test_a_single_value_is_not_taken_for_a_range() -> None:
    """Half the images have scale 2 by a constant, half some scale by a range: those of 2 are no part of the range."""
    constant = design(object_scale={"weight": 1.0, "scale": {"distribution": "constant", "value": 2.0}})
    ranged = design(object_scale={"weight": 1.0, "scale": {"distribution": "uniform", "min": 1.0, "max": 3.0}})
    pool = pool_of(constant, 50).joined(pool_of(ranged, 50))
    assert importance_weights(pool, ranged)[:50].tolist() == [0.0] * 50
    assert importance_weights(pool, constant)[50:].tolist() == [0.0] * 50


def test_images_that_the_target_never_draws_are_refused() -> None:
    pool = pool_of(design(background={"weight": 1.0}), 40)
    with pytest.raises(RunError, match="none of the images could have been drawn"):
        importance_weights(pool, design(background={"weight": 0.0}))
