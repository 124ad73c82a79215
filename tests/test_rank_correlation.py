"""Spearman's rank correlation and its interval; the random designs that objectives are compared over."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import reweighting_calibration
import unlabelled_objective

from simreal.design.starting import Sources, start_design
from simreal.studies.weighting.rank_correlation import correlation, spearman
from simreal.studies.weighting.search_space import WeightDimension, is_possible, search_space


def test_only_the_order_counts() -> None:
    values = np.array([0.1, 3.0, -2.0, 7.0])
    assert spearman(values, np.exp(values)) == pytest.approx(1.0)
    assert spearman(values, -(values**3)) == pytest.approx(-1.0)
    assert spearman(values, np.ones(4)) == 0.0, "where all are equal there is no order"


def test_ties_share_the_mean_of_their_ranks() -> None:
    stats = pytest.importorskip("scipy.stats")
    random = np.random.default_rng(0)
    for _ in range(20):
        one, other = random.integers(0, 5, 12).astype(float), random.normal(size=12).round(0)
        assert spearman(one, other) == pytest.approx(stats.spearmanr(one, other).statistic)


def test_the_interval_is_over_designs_and_photos() -> None:
    random = np.random.default_rng(1)
    quality = random.normal(size=(40, 1))
    accuracy = quality + random.normal(0, 0.2, (40, 301))
    near = correlation(quality + random.normal(0, 0.2, (40, 301)), accuracy)
    unrelated = correlation(random.normal(size=(40, 301)), accuracy)
    assert near.designs == 40
    assert 0.7 < near.low < near.rho <= near.high <= 1.0
    assert unrelated.low < 0 < unrelated.high
    few = correlation(quality[:8] + random.normal(0, 0.2, (8, 301)), accuracy[:8])
    assert few.high - few.low > near.high - near.low, "fewer designs tell less"
    assert near.text == f"{near.rho:.2f} [{near.low:.2f}, {near.high:.2f}]"


def test_random_designs_are_of_the_space_and_all_different() -> None:
    base = start_design(Sources(), "base", Path()).design
    space = search_space(base)
    points = [unlabelled_objective.random_point(base, space, seed) for seed in range(30)]
    assert points[3] == unlabelled_objective.random_point(base, space, 3)
    assert len({repr(point) for point in points}) == 30
    weights = {name for name, one in space.items() if isinstance(one, WeightDimension)}
    for point in points:
        assert weights <= point.keys() <= space.keys()
        assert is_possible(base, space, point)
        assert all(point[space[name].factor] for name in point.keys() - weights), "only of factors that are drawn"


def test_designs_to_calibrate_on_are_spread_over_what_is_predicted() -> None:
    values = np.array([90.0, 90.1, 80.0, 90.2, 84.9, 90.3])
    assert reweighting_calibration.spread(values, 3) == [2, 4, 5]
    assert sorted(reweighting_calibration.spread(values, 6)) == list(range(6)), "each once"
