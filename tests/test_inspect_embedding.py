"""Features in a plane: the same for the same seed, and numbers beside it whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest

from simreal.studies.inspection.embedding import Cloud, balanced, neighbourhood, tsne
from simreal.studies.inspection.embedding_figure import embedding_figure
from simreal.studies.inspection.palette import class_style


def two_domains(apart: float, classes: int = 3, each: int = 40) -> Cloud:
    """Clusters by class in 20 dimensions; the second domain is moved ``apart`` along one of them."""
    random = np.random.default_rng(0)
    centres = random.normal(0, 5, (classes, 20))
    labels = np.tile(np.arange(classes), 2 * each)
    domains = np.repeat([0, 1], classes * each)
    features = centres[labels] + random.normal(0, 1, (len(labels), 20))
    features[:, 0] += apart * domains
    return Cloud(
        features.astype(np.float32), labels, domains, tuple(f"class {n}" for n in range(classes)), ("renders", "photos")
    )


def test_the_same_seed_gives_the_same_places() -> None:
    points = two_domains(2.0)
    first = tsne(points, seed=0)
    assert first.shape == (240, 2) and np.isfinite(first).all()
    np.testing.assert_array_equal(first, tsne(points, seed=0))


def test_classes_stay_together() -> None:
    points = two_domains(0.0)
    places = tsne(points, seed=0)
    centres = np.stack([places[points.labels == label].mean(0) for label in range(3)])
    nearest = ((places[:, None] - centres) ** 2).sum(2).argmin(1)
    assert (nearest == points.labels).mean() > 0.95


def test_few_points_are_no_trouble() -> None:
    few = two_domains(1.0, each=2)
    assert tsne(few, 0).shape == (12, 2)
    assert neighbourhood(few, 0).domain_accuracy is None


def test_domains_apart_are_told_apart_and_others_are_not() -> None:
    apart, mixed = neighbourhood(two_domains(20.0), 0), neighbourhood(two_domains(0.0), 0)
    assert apart.domain_accuracy == 1.0 and apart.proxy_distance == pytest.approx(2.0)
    assert mixed.domain_accuracy is not None and mixed.domain_accuracy < 0.65
    assert mixed.within == {"renders": 1.0, "photos": 1.0} and mixed.across == 1.0


def test_one_domain_has_no_distance() -> None:
    points = two_domains(0.0)
    alone = Cloud(points.features, points.labels, np.zeros(len(points), np.int64), points.classes, ("renders",))
    near = neighbourhood(alone, 0)
    assert (near.domain_accuracy, near.proxy_distance, near.across) == (None, None, None)
    assert near.within == {"renders": 1.0}


def test_images_are_chosen_evenly_over_the_classes() -> None:
    truth = np.array([0] * 100 + [1] * 3 + [2] * 50)
    chosen = balanced(truth, 43, seed=0)
    assert np.bincount(truth[chosen]).tolist() == [20, 3, 20]
    assert len(set(chosen.tolist())) == 43
    np.testing.assert_array_equal(chosen, balanced(truth, 43, seed=0))
    assert len(balanced(truth, 1000, seed=0)) == 153 and len(balanced(truth[:0], 10, seed=0)) == 0


def test_forty_nine_classes_have_styles_of_their_own_and_a_figure() -> None:
    assert len({class_style(label) for label in range(49)}) == 49
    points = two_domains(1.0, classes=49, each=3)
    assert embedding_figure(points, points.features[:, :2], "first two").startswith(b"\x89PNG")
