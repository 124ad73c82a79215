"""What a tuner maximises: each objective against the same formula written out, and what each is to prefer."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simreal.studies.weighting.distances import domain_loss, frechet, principal, squared_mmd
from simreal.studies.weighting.objectives import OBJECTIVES, UNKNOWN, Floats, Grounds, Labels, even_shares, information
from simreal.studies.weighting.weighted_heads import fit_weighted, probabilities

CLASSES, DIMENSIONS = 3, 6
UNLABELLED = ("domain", "mmd", "fid", "infomax")


def points(seed: int, count: int, shift: float = 0.0) -> Floats:
    return np.random.default_rng(seed).normal(size=(count, DIMENSIONS)) + shift


def weightings(seed: int, designs: int, count: int) -> Floats:
    """Rows of sum 1; some images have no weight."""
    random = np.random.default_rng(seed)
    weights = random.gamma(1.0, size=(designs, count)) * (random.random((designs, count)) < 0.8)
    return weights / weights.sum(1, keepdims=True)


def world(near: int = 60, far: int = 60, photos: int = 45) -> tuple[Floats, Labels, Floats, Labels]:
    """Renders, of which the first ``near`` look like the photos and the others are elsewhere with their classes mixed
    up, their labels, photos and the truth of these."""
    random = np.random.default_rng(7)
    centres = 2.5 * np.eye(CLASSES, DIMENSIONS)
    labels, truth = np.arange(near + far) % CLASSES, np.arange(photos) % CLASSES
    renders = centres[labels] + random.normal(0, 0.5, (near + far, DIMENSIONS))
    renders[near:] = centres[(labels[near:] + 1) % CLASSES] + random.normal(0, 0.5, (far, DIMENSIONS)) + 1.0
    return renders, labels, centres[truth] + random.normal(0, 0.7, (photos, DIMENSIONS)), truth


def grounds(renders: Floats, labels: Labels, photos: Floats, truth: Labels) -> Grounds:
    def predict(weights: Floats) -> Floats:
        return probabilities(fit_weighted(renders, labels, weights, CLASSES, strength=0.1), photos)

    return Grounds(renders, photos, truth, predict)


def told(seed: int, designs: int, photos: int) -> Floats:
    """Probabilities (P, M, K)."""
    return np.random.default_rng(seed).dirichlet(np.full(CLASSES, 0.5), (designs, photos))


def answering(predicted: Floats, truth: Labels) -> Grounds:
    """Grounds on which heads say just this."""
    return Grounds(points(0, 4), points(1, predicted.shape[1]), truth, lambda weights: predicted)


def test_mmd_is_the_unbiased_mean_over_pairs() -> None:
    renders, photos = points(0, 23), points(1, 11, 0.5)
    weights, shares = weightings(2, 3, 23), weightings(3, 2, 11)
    every = np.concatenate([renders, photos])
    distances = [np.linalg.norm(a - b) for place, a in enumerate(every) for b in every[place + 1 :]]
    sigma = float(np.median(distances))

    def kernel(a: Floats, b: Floats) -> float:
        return math.exp(-float(((a - b) ** 2).sum()) / (2 * sigma**2))

    def among(cloud: Floats, mass: Floats) -> float:
        pairs = [(i, j) for i in range(len(cloud)) for j in range(len(cloud)) if i != j]
        total = sum(mass[i] * mass[j] for i, j in pairs)
        return sum(mass[i] * mass[j] * kernel(cloud[i], cloud[j]) for i, j in pairs) / total

    def between(w: Floats, s: Floats) -> float:
        return sum(w[i] * s[j] * kernel(renders[i], photos[j]) for i in range(23) for j in range(11))

    expected = [[among(renders, w) + among(photos, s) - 2 * between(w, s) for s in shares] for w in weights]
    assert squared_mmd(renders, photos)(weights, shares) == pytest.approx(np.array(expected), abs=1e-6)


def test_the_frechet_distance_is_that_of_two_normal_distributions() -> None:
    renders, photos = points(0, 40), points(1, 30, 0.3) * np.linspace(0.5, 2.0, DIMENSIONS)
    weights, shares = weightings(2, 3, 40), weightings(3, 2, 30)

    def distance(w: Floats, s: Floats) -> float:
        m, n = np.average(renders, axis=0, weights=w), np.average(photos, axis=0, weights=s)
        one, other = np.cov(renders.T, aweights=w, ddof=0), np.cov(photos.T, aweights=s, ddof=0)
        roots = np.sqrt(np.linalg.eigvals(one @ other).astype(complex))  # of S T, as Heusel et al. write it
        return float(((m - n) ** 2).sum() + np.trace(one) + np.trace(other) - 2 * roots.real.sum())

    expected = [[distance(w, s) for s in shares] for w in weights]
    assert frechet(renders, photos)(weights, shares) == pytest.approx(np.array(expected), rel=1e-6, abs=1e-9)


def test_the_domain_loss_is_that_of_classifiers_fitted_to_the_other_half() -> None:
    linear = pytest.importorskip("sklearn.linear_model")
    renders, photos = points(0, 60), points(1, 40, 0.6)
    weights, shares = weightings(2, 2, 60), weightings(3, 2, 40)
    features, domains = np.concatenate([renders, photos]), np.repeat([0, 1], [60, 40])
    folds = np.random.default_rng([0, 0xD0]).permutation(100) % 2
    scale = np.sqrt(np.square(features - features.mean(0)).mean())
    expected = np.zeros((2, 2))
    for row, w in enumerate(weights):
        mass = np.concatenate([w, np.full(40, 1 / 40)])
        losses = np.zeros(100)
        for fold in range(2):
            kept = folds != fold
            balanced = np.where(kept, mass, 0.0)
            for domain in (0, 1):
                balanced[domains == domain] /= 2 * balanced[domains == domain].sum()
            # Two heads of a softmax with strength / 2 x the squares of both are one logistic regression with
            # strength / 4 x the squares of their difference: C = 2 / strength for weights of sum 1.
            model = linear.LogisticRegression(C=2 / 0.01, tol=1e-10, max_iter=10_000)
            model.fit((features / scale)[kept], domains[kept], sample_weight=balanced[kept])
            chance = model.predict_proba((features / scale)[~kept])
            losses[~kept] = -np.log(chance[np.arange((~kept).sum()), domains[~kept]])
        for column, s in enumerate(shares):
            expected[row, column] = (w @ losses[:60] + s @ losses[60:]) / 2
    assert domain_loss(renders, photos)(weights, shares) == pytest.approx(expected, rel=2e-3)


def test_information_is_the_entropy_of_the_mean_less_the_mean_entropy() -> None:
    predicted, shares = told(0, 3, 9), weightings(1, 2, 9)

    def entropy(chances: Floats) -> float:
        return -sum(float(p) * math.log(p) for p in chances if p > 0)

    expected = [[entropy(s @ one) - sum(s[m] * entropy(one[m]) for m in range(9)) for s in shares] for one in predicted]
    assert information(predicted, shares) == pytest.approx(np.array(expected))
    sure = np.eye(CLASSES)[np.arange(9) % CLASSES][None]
    assert information(sure, np.full((1, 9), 1 / 9)) == pytest.approx(math.log(CLASSES))


def test_accuracy_is_the_mean_chance_of_the_truth_over_photos_with_a_label() -> None:
    truth = np.array([0, 1, UNKNOWN, 2, UNKNOWN, 1])
    predicted, shares = told(3, 2, 6), weightings(4, 3, 6)
    values = OBJECTIVES["accuracy"].prepare(answering(predicted, truth))(weightings(5, 2, 4), shares)
    known = [0, 1, 3, 5]
    expected = [[np.average([one[m, truth[m]] for m in known], weights=s[known]) for s in shares] for one in predicted]
    assert values == pytest.approx(np.array(expected))


def test_a_few_labels_count_beside_what_the_other_photos_say() -> None:
    truth = np.array([0, UNKNOWN, 2, UNKNOWN])
    predicted, shares = told(6, 2, 4), even_shares(answering(told(6, 2, 4), truth))
    values = OBJECTIVES["few"].prepare(answering(predicted, truth))(weightings(5, 2, 4), shares)
    labelled = [[math.log(0.9 * one[0, 0] + 0.1 / 3), math.log(0.9 * one[2, 2] + 0.1 / 3)] for one in predicted]
    assert values == pytest.approx(np.mean(labelled, axis=1)[:, None] + information(predicted, shares))


@pytest.mark.parametrize("name", OBJECTIVES)
def test_every_objective_prefers_images_like_the_photos(name: str) -> None:
    renders, labels, photos, truth = world()
    truth = np.where(np.arange(len(truth)) < 9, truth, UNKNOWN) if name == "few" else truth
    shown = np.full_like(truth, UNKNOWN) if not OBJECTIVES[name].needs_labels else truth
    on = grounds(renders, labels, photos, shown)
    near = np.repeat([1.0, 0.0], 60)
    values = OBJECTIVES[name].prepare(on)(np.stack([near, 1 - near, np.ones(120)]), even_shares(on))[:, 0]
    assert values[0] > values[2]
    assert values[2] > values[1] or name == "infomax", "heads may be as sure of what is wrong"


@pytest.mark.parametrize("name", OBJECTIVES)
def test_only_the_shares_of_weights_count_and_designs_do_not_touch_each_other(name: str) -> None:
    on = grounds(*world())
    weights, shares = weightings(8, 3, 120), weightings(9, 2, 45)
    measure = OBJECTIVES[name].prepare(on)
    together = measure(120 * weights, shares)
    assert together.shape == (3, 2)
    alone = np.concatenate([measure(weights[[row]], shares) for row in range(3)])
    assert together == pytest.approx(alone, rel=2e-3, abs=1e-5)


def test_unlabelled_objectives_look_at_no_label() -> None:
    renders, labels, photos, truth = world()
    hidden = np.full_like(truth, UNKNOWN)
    weights = weightings(8, 2, 120)
    for name in UNLABELLED:
        assert not OBJECTIVES[name].needs_labels
        seen, unseen = grounds(renders, labels, photos, truth), grounds(renders, labels, photos, hidden)
        values = [OBJECTIVES[name].prepare(on)(weights, even_shares(on)) for on in (seen, unseen)]
        assert (values[0] == values[1]).all()
    assert {name for name, one in OBJECTIVES.items() if one.needs_labels} == {"accuracy", "few"}


def test_principal_components_keep_what_tells_the_domains_apart() -> None:
    renders, photos = np.zeros((500, 40)), np.zeros((8, 40))
    renders[:, :20] = np.random.default_rng(0).normal(0, 1, (500, 20))
    photos[:, 39] = 9.0
    ours, theirs = principal(renders, photos, 4)
    assert ours.shape == (500, 4) and theirs.shape == (8, 4)
    assert abs(ours.mean(0) - theirs.mean(0)).max() > 5
    whole, other = principal(renders, photos, 40)
    distances = np.linalg.norm(whole[:3, None] - other[None], axis=2)
    raw = np.linalg.norm(renders[:3, None] - photos[None], axis=2)
    assert np.ptp(distances / raw) < 1e-9, "all components keep distances, but for their unit"
