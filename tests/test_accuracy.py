"""Accuracy: overall, mean of classes, confusion, intervals."""

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simreal.datasets.accuracy import measure, wilson_interval

CLASSES = ("cup", "lamp", "car")
LABELS = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), max_size=60)


def test_an_example_by_hand() -> None:
    accuracy = measure([0, 0, 0, 1], [0, 0, 1, 1], CLASSES)
    assert (accuracy.n, accuracy.correct, accuracy.top1) == (4, 3, 0.75)
    assert accuracy.mean_class_accuracy == pytest.approx((2 / 3 + 1) / 2)  # "car" never occurs: left out of the mean
    assert accuracy.per_class["cup"].correct == 2
    assert accuracy.per_class["car"].n == 0
    assert math.isnan(accuracy.per_class["car"].accuracy)
    assert accuracy.confusion.tolist() == [[2, 1, 0], [0, 1, 0], [0, 0, 0]]


@given(LABELS)
def test_it_agrees_with_counting(pairs: list[tuple[int, int]]) -> None:
    truth, predicted = np.array([p[0] for p in pairs], int), np.array([p[1] for p in pairs], int)
    accuracy = measure(truth, predicted, CLASSES)
    assert accuracy.confusion.sum() == len(pairs)
    for row in range(3):
        for column in range(3):
            assert accuracy.confusion[row, column] == np.sum((truth == row) & (predicted == column))
    if pairs:
        assert accuracy.top1 == np.mean(truth == predicted)
        rates = [np.mean(predicted[truth == label] == label) for label in set(truth.tolist())]
        assert accuracy.mean_class_accuracy == pytest.approx(np.mean(rates))
    assert accuracy.to_json() == measure(truth.tolist(), predicted.tolist(), CLASSES).to_json()


@given(LABELS)
def test_its_json_is_strict_json_and_complete(pairs: list[tuple[int, int]]) -> None:
    accuracy = measure([p[0] for p in pairs], [p[1] for p in pairs], CLASSES)
    values = json.loads(json.dumps(accuracy.to_json(), allow_nan=False))
    assert values["n"] == len(pairs)
    assert list(values["per_class"]) == list(CLASSES)
    assert np.array_equal(values["confusion"], accuracy.confusion)
    assert (values["top1"] is None) == (not pairs)


def test_wilson_intervals_known_from_the_literature() -> None:
    assert wilson_interval(81, 263) == pytest.approx((0.2553, 0.3662), abs=1e-4)  # Newcombe 1998, table I, method 3
    assert wilson_interval(0, 20) == pytest.approx((0.0, 0.1611), abs=1e-4)
    assert wilson_interval(1, 29) == pytest.approx((0.0061, 0.1718), abs=1e-4)


@given(st.integers(0, 500), st.integers(0, 500))
def test_an_interval_lies_around_its_share(correct: int, wrong: int) -> None:
    low, high = wilson_interval(correct, correct + wrong)
    assert 0.0 <= low <= high <= 1.0
    if correct + wrong:
        assert low - 1e-12 <= correct / (correct + wrong) <= high + 1e-12
    else:
        assert (low, high) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("truth", "predicted", "classes", "said"),
    [
        ([0, 1], [0], CLASSES, "2 true labels against 1"),
        ([3], [0], CLASSES, r"labels must be in 0\.\.2"),
        ([0], [-1], CLASSES, "labels must be in"),
        ([0], [0], ("cup", "cup"), "must differ"),
    ],
)
def test_what_cannot_be_measured_is_refused(
    truth: list[int], predicted: list[int], classes: tuple[str, ...], said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        measure(truth, predicted, classes)
