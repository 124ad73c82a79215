"""Calibration by hand: the expected calibration error of a few images, temperatures whose answer is known, halves."""

from __future__ import annotations

import numpy as np
import pytest

from simreal.studies.inspection.calibration import (
    calibration,
    cross_entropy,
    equal_counts,
    equal_width,
    expected_error,
    fitted_temperature,
    halves,
)

CONFIDENCE = np.array([0.55, 0.58, 0.75, 0.9, 0.95, 1.0])
HITS = np.array([True, False, True, True, True, False])


def logits_of(probabilities: list[float]) -> np.ndarray:
    """Logits (N, 2) whose first class has these probabilities."""
    first = np.array(probabilities, np.float64)
    return np.stack([np.log(first / (1 - first)), np.zeros(len(first))], axis=1).astype(np.float32)


def test_equal_width_by_hand() -> None:
    """Ten bins: (0.5, 0.6] has two images, (0.7, 0.8] one, (0.8, 0.9] one, (0.9, 1] two."""
    bins = equal_width(CONFIDENCE, HITS, 10)
    assert [(each.n, each.correct) for each in bins] == [(2, 1), (1, 1), (1, 1), (2, 1)]
    assert [each.low for each in bins] == pytest.approx([0.5, 0.7, 0.8, 0.9])
    assert [each.high for each in bins] == pytest.approx([0.6, 0.8, 0.9, 1.0])
    expected = (2 * abs(0.565 - 0.5) + 1 * 0.25 + 1 * 0.1 + 2 * abs(0.975 - 0.5)) / 6
    assert expected_error(bins) == pytest.approx(expected)


def test_equal_counts_by_hand() -> None:
    bins = equal_counts(CONFIDENCE[::-1], HITS[::-1], 3)
    assert [(each.n, each.correct) for each in bins] == [(2, 1), (2, 2), (2, 1)]
    expected = (2 * abs(0.565 - 0.5) + 2 * abs(0.825 - 1) + 2 * abs(0.975 - 0.5)) / 6
    assert expected_error(bins) == pytest.approx(expected)


def test_more_bins_than_images() -> None:
    assert [each.n for each in equal_counts(CONFIDENCE, HITS, 15)] == [1] * 6


def test_logits_to_calibration() -> None:
    found = calibration(logits_of([0.8, 0.8, 0.8, 0.8, 0.3]), np.array([0, 0, 0, 1, 1]), bins=10)
    assert (found.n, found.accuracy) == (5, pytest.approx(0.8))
    assert found.confidence == pytest.approx((4 * 0.8 + 0.7) / 5)
    assert found.ece == pytest.approx((4 * abs(0.8 - 0.75) + abs(0.7 - 1)) / 5, abs=1e-6)
    assert found.loss == pytest.approx(-(3 * np.log(0.8) + np.log(0.2) + np.log(0.7)) / 5, abs=1e-6)


def test_the_error_by_chance_is_what_a_calibrated_classifier_shows() -> None:
    random = np.random.default_rng(0)
    for count in (50, 2000):
        probabilities = random.uniform(0.5, 1, count)
        truth = (random.random(count) > probabilities).astype(np.int64)
        found = calibration(logits_of(probabilities.tolist()), truth)
        assert found.ece == pytest.approx(found.ece_by_chance, rel=0.5)
    assert found.ece_by_chance < 0.03


def test_a_known_temperature_is_found() -> None:
    """Labels drawn from the softmax of logits / 3: the best temperature is 3, whatever the accuracy."""
    random = np.random.default_rng(1)
    logits = random.normal(0, 6, (20_000, 5)).astype(np.float32)
    shares = np.exp(logits / 3) / np.exp(logits / 3).sum(1, keepdims=True)
    truth = (shares.cumsum(1) > random.random((len(logits), 1))).argmax(1)
    assert fitted_temperature(logits, truth) == pytest.approx(3, rel=0.03)
    assert calibration(logits, truth, 3.0).ece < 0.02 < calibration(logits, truth).ece


def test_the_temperature_is_a_minimum() -> None:
    random = np.random.default_rng(2)
    logits = random.normal(0, 2, (200, 4)).astype(np.float32)
    truth = np.where(random.random(200) < 0.7, logits.argmax(1), random.integers(0, 4, 200))
    best = fitted_temperature(logits, truth)
    least = cross_entropy(logits, truth, best)
    assert all(least <= cross_entropy(logits, truth, best * factor) for factor in (0.9, 0.99, 1.01, 1.1))


def test_where_all_is_right_the_temperature_stops_at_its_bound() -> None:
    logits = np.array([[5, 0], [0, 5]], np.float32)
    assert fitted_temperature(logits, np.array([0, 1])) == pytest.approx(0.05, rel=1e-3)
    assert calibration(logits, np.array([0, 1]), 0.05).loss < 1e-12, "and nothing overflows"


def test_halves_have_no_image_in_common_and_all_classes() -> None:
    truth = np.array([0] * 5 + [1] * 8 + [2])
    first, second = halves(truth, seed=3)
    assert sorted([*first, *second]) == list(range(14))
    assert np.bincount(truth[first], minlength=3).tolist() == [2, 4, 0]
    np.testing.assert_array_equal(halves(truth, seed=3)[0], first)
    assert not np.array_equal(halves(truth, seed=4)[0], first)
