"""Densities are those of what is drawn: they add up to 1, and follow the draws."""

import numpy as np
import pytest

from simreal.design.declaration import Parameter
from simreal.design.densities import is_atomic, log_density
from simreal.design.distributions import Choice, Constant, Discrete, LogUniform, Normal, SphereShell, Uniform
from simreal.design.factors import FACTORS

CONTINUOUS = (
    Uniform(-2.0, 5.0),
    LogUniform(0.4, 30.0),
    Normal(2.0, 3.0, -1.0, 4.0),
    SphereShell(-20.0, 75.0),
)


@pytest.mark.parametrize("distribution", CONTINUOUS, ids=lambda one: one.kind)
def test_a_density_integrates_to_one_and_follows_the_draws(distribution) -> None:
    parameter = Parameter("x", distribution, fixed=1.0)
    low, high = distribution.support()
    grid = np.linspace(low, high, 200_001)
    density = np.exp(log_density(parameter, distribution, grid))
    below = np.concatenate([[0.0], np.cumsum((density[1:] + density[:-1]) / 2 * np.diff(grid))])
    assert below[-1] == pytest.approx(1.0, abs=1e-6)
    for u in (0.03, 0.25, 0.5, 0.9):
        assert np.interp(distribution.draw(u), grid, below) == pytest.approx(u, abs=1e-5)
    assert np.isneginf(log_density(parameter, distribution, [low - 0.1, high + 0.1])).all()


@pytest.mark.parametrize("distribution", [*CONTINUOUS, Uniform(0.0, 6.0), Uniform(1.2, 4.4), Constant(3.0)])
def test_whole_numbers_have_the_probabilities_with_which_they_are_drawn(distribution) -> None:
    parameter = Parameter("n", distribution, fixed=1.0, whole=True)
    draws = np.array([parameter.drawn(distribution, (k + 0.5) / 20_000) for k in range(20_000)])
    numbers = np.arange(-100, 101)
    probability = np.exp(log_density(parameter, distribution, numbers))
    assert probability.sum() == pytest.approx(1.0)
    drawn = np.array([(draws == one).mean() for one in numbers])
    assert drawn == pytest.approx(probability, abs=2e-4)
    assert np.isneginf(log_density(parameter, distribution, [2.5])).all()


def test_options_and_discrete_numbers_have_their_shares() -> None:
    choice = Choice({"a": 3.0, "b": 1.0, "c": 0.0})
    parameter = Parameter("kind", choice, fixed="a", options={"a": "", "b": "", "c": ""})
    assert np.exp(log_density(parameter, choice, ["a", "b", "c", "d"])).tolist() == pytest.approx([0.75, 0.25, 0, 0])
    discrete = Discrete((1.0, 2.0, 4.0), (1.0, 1.0, 2.0))
    number = Parameter("x", discrete, fixed=1.0)
    assert np.exp(log_density(number, discrete, [4.0, 1.0, 3.0])).tolist() == pytest.approx([0.5, 0.25, 0.0])
    assert is_atomic(parameter, choice) and is_atomic(number, discrete) and not is_atomic(number, Uniform(0.0, 1.0))


def test_every_factor_reaches_what_it_draws() -> None:
    for factor in FACTORS.values():
        for parameter in factor.parameters:
            draws = [parameter.drawn(parameter.default, u) for u in (0.0, 0.3, 0.999999)]
            assert np.isfinite(log_density(parameter, parameter.default, draws)).all(), (factor.name, parameter.name)
