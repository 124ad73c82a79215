"""What another run changes: paired intervals against published ones, and which classes are shown to have changed."""

from __future__ import annotations

import numpy as np
import pytest

from simreal.studies.inspection.class_changes import paired_change


def hits(both: int, gained: int, lost: int, neither: int) -> tuple[np.ndarray, np.ndarray]:
    first = [True] * both + [False] * gained + [True] * lost + [False] * neither
    other = [True] * both + [True] * gained + [False] * lost + [False] * neither
    return np.array(first), np.array(other)


@pytest.mark.parametrize(
    ("table", "low", "high"),
    [
        ((59, 6, 16, 80), -0.1186, -0.0046),  # Cavo et al. 2012, as worked out by the R package contingencytables
        ((36, 12, 2, 0), 0.0569, 0.3404),  # an example of Newcombe 1998
    ],
)
def test_published_intervals(table: tuple[int, int, int, int], low: float, high: float) -> None:
    change = paired_change(*hits(*table))
    assert (change.both, change.gained, change.lost) == table[:3]
    assert change.change == pytest.approx((table[1] - table[2]) / sum(table))
    assert (change.low, change.high) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))
    assert change.is_clear


def test_turned_round_it_is_the_same_interval() -> None:
    first, other = hits(20, 9, 4, 7)
    there, back = paired_change(first, other), paired_change(other, first)
    assert (there.low, there.high) == (pytest.approx(-back.high), pytest.approx(-back.low))


def test_nothing_changed_is_not_clear() -> None:
    for table in ((10, 0, 0, 0), (0, 0, 0, 10), (10, 2, 2, 10)):
        change = paired_change(*hits(*table))
        assert change.change == 0 and change.low < 0 < change.high and not change.is_clear


def test_the_intervals_cover() -> None:
    """Simulated: about 95 % of the intervals hold the true change of 0.1."""
    random = np.random.default_rng(0)
    held = 0
    for _ in range(500):
        first = random.random(60) < 0.6
        other = np.where(first, random.random(60) < 0.9, random.random(60) < 0.4)
        change = paired_change(first, other)
        held += change.low <= 0.6 * 0.9 + 0.4 * 0.4 - 0.6 <= change.high
    assert 0.92 <= held / 500 <= 0.99
