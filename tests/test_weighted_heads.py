"""Many heads at once, each fitted to the same images in other shares."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from simreal.studies.weighting.weighted_heads import fit_weighted, probabilities


def cloud(count: int = 300):
    random = np.random.default_rng(3)
    labels = random.integers(0, 3, count)
    centres = random.normal(size=(3, 12))
    return (4 + 2 * (centres[labels] + 1.2 * random.normal(size=(count, 12)))).astype(np.float32), labels


@pytest.mark.parametrize("strength", [0.1, 0.01])
def test_a_weighted_head_is_that_of_scikit_learn(strength: float) -> None:
    features, labels = cloud()
    weights = np.random.default_rng(0).exponential(size=(4, len(labels))) * (
        np.random.default_rng(1).random((4, 1)) + 1
    )
    found = probabilities(fit_weighted(features, labels, weights, 3, strength=strength), features)
    scale = np.sqrt(np.square(features - features.mean(0)).mean())
    scaled = (features - features.mean(0)) / scale
    for row, shares in zip(found, weights / weights.sum(1, keepdims=True), strict=True):
        theirs = LogisticRegression(C=1 / strength, tol=1e-8, max_iter=5000).fit(scaled, labels, sample_weight=shares)
        assert row == pytest.approx(theirs.predict_proba(scaled), abs=1e-3)


def test_an_image_without_weight_is_as_if_it_were_not_there() -> None:
    features, labels = cloud()
    weights = np.ones((1, len(labels)))
    weights[0, 200:] = 0.0
    centred = features - features.mean(0)  # whatever is left out, the scale is that of all
    part = fit_weighted(np.concatenate([centred[:200], centred[:200]]), np.tile(labels[:200], 2), np.ones((1, 400)), 3,
                        strength=0.05)  # fmt: skip
    ratio = np.square(centred[:200] - centred[:200].mean(0)).mean() / np.square(centred).mean()
    whole = fit_weighted(centred, labels, weights, 3, strength=0.05)
    assert abs(ratio - 1) < 0.1
    assert probabilities(whole, centred) == pytest.approx(probabilities(part, centred), abs=0.02)
