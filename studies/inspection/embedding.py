"""Features of several domains in one plane: t-SNE (van der Maaten and Hinton 2008), UMAP (McInnes et al. 2018).

Nothing can be read from such a picture alone: distances between clusters mean little. So numbers from the features
themselves stand beside it: how well a linear classifier tells the domains apart, and how well neighbours share a class.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.manifold import TSNE
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.neighbors import KNeighborsClassifier, NearestNeighbors
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from .measured import Floats, Labels, Measured

COMPONENTS = 50
NEIGHBOURS = 5
FOLDS = 5
LEAST_IMAGES = 10


@attrs.frozen(eq=False)
class Cloud:
    """Images of all domains, chosen: ``features`` (N, D), ``labels`` and ``domains`` (N,) into the names."""

    features: Floats
    labels: Labels
    domains: Labels
    classes: tuple[str, ...]
    names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.labels)


@attrs.frozen
class Neighbourhood:
    """What the features say, in 0..1, None where there are too few images to say it.

    ``domain_accuracy`` is how often a linear classifier tells two domains apart on images held out (0.5: not at all;
    balanced over the domains), ``proxy_distance`` 2 (2 ``domain_accuracy`` - 1), the proxy A-distance of Ben-David et
    al. (2007), 0..2. ``within`` is by domain how often the majority of 5 nearest neighbours in the same domain has the
    image's class, ``across`` the same of the second domain's images with neighbours in the first.
    """

    domain_accuracy: float | None
    proxy_distance: float | None
    within: dict[str, float | None]
    across: float | None

    def to_json(self) -> dict[str, Any]:
        return attrs.asdict(self)


def cloud(domains: Sequence[Measured]) -> Cloud:
    """The chosen images of all domains."""
    return Cloud(
        features=np.concatenate([each.features for each in domains]),
        labels=np.concatenate([each.truth[each.chosen] for each in domains]),
        domains=np.concatenate([np.full(len(each.chosen), n, np.int64) for n, each in enumerate(domains)]),
        classes=domains[0].classes,
        names=tuple(each.domain.name for each in domains),
    )


def balanced(truth: Labels, most: int, seed: int) -> Labels:
    """Positions of at most ``most`` images: each class in turn gives one, drawn by ``seed``, while it has any."""
    if len(truth) <= most:
        return np.arange(len(truth))
    random = np.random.default_rng([seed, 0xE3B])
    queues = [random.permutation(np.flatnonzero(truth == label)).tolist() for label in np.unique(truth)]
    chosen: list[int] = []
    while len(chosen) < most:
        for queue in queues:
            if queue and len(chosen) < most:
                chosen.append(queue.pop())
    return np.array(sorted(chosen), np.int64)


def tsne(points: Cloud, seed: int) -> Floats:
    """Places (N, 2). The features are standardised and reduced to 50 principal components first, as is usual."""
    perplexity = min(30.0, max(2.0, (len(points) - 1) / 4))
    reduced = _reduced(points.features, seed)
    places = TSNE(2, perplexity=perplexity, init="pca", random_state=seed, learning_rate="auto").fit_transform(reduced)
    return np.asarray(places, np.float32)


def umap_is_installed() -> bool:
    """Whether the optional package umap-learn is there."""
    return importlib.util.find_spec("umap") is not None


def umap(points: Cloud, seed: int) -> Floats:
    """Places (N, 2) by the package umap-learn, which has to be there."""
    from umap import UMAP

    neighbours = min(15, len(points) - 1)
    reducer = UMAP(n_neighbors=neighbours, min_dist=0.1, random_state=seed, n_jobs=1)
    return np.asarray(reducer.fit_transform(_reduced(points.features, seed)), np.float32)


def neighbourhood(points: Cloud, seed: int) -> Neighbourhood:
    """The numbers beside the picture; of the first two domains."""
    parts = [np.flatnonzero(points.domains == n) for n in range(len(points.names))]
    told = _domain_accuracy(points, seed) if len(parts) > 1 else None
    return Neighbourhood(
        domain_accuracy=told,
        proxy_distance=None if told is None else max(0.0, 2 * (2 * told - 1)),
        within={
            name: _within(points.features[part], points.labels[part])
            for name, part in zip(points.names, parts, strict=True)
        },
        across=_across(points, parts) if len(parts) > 1 else None,
    )


def _reduced(features: Floats, seed: int) -> npt.NDArray[np.float64]:
    scaled = StandardScaler().fit_transform(features.astype(np.float64))
    count = min(COMPONENTS, *scaled.shape)
    return np.asarray(PCA(count, random_state=seed, svd_solver="full").fit_transform(scaled))


def _domain_accuracy(points: Cloud, seed: int) -> float | None:
    kept = points.domains < 2
    features, domains = points.features[kept], points.domains[kept]
    if min(np.bincount(domains, minlength=2)) < LEAST_IMAGES:
        return None
    model = make_pipeline(StandardScaler(), LogisticRegression(C=0.01, class_weight="balanced", max_iter=1000))
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=seed)
    said = cross_val_predict(model, features, domains, cv=folds)
    return float(np.mean([(said[domains == n] == n).mean() for n in (0, 1)]))


def _within(features: Floats, labels: Labels) -> float | None:
    if len(labels) < LEAST_IMAGES:
        return None
    near = NearestNeighbors(n_neighbors=NEIGHBOURS + 1).fit(features).kneighbors(return_distance=False)
    votes = labels[near[:, :NEIGHBOURS]]
    return float(np.mean([np.bincount(each).argmax() == label for each, label in zip(votes, labels, strict=True)]))


def _across(points: Cloud, parts: Sequence[Labels]) -> float | None:
    source, target = parts[0], parts[1]
    if len(source) < LEAST_IMAGES or not len(target):
        return None
    model = KNeighborsClassifier(NEIGHBOURS).fit(points.features[source], points.labels[source])
    return float(model.score(points.features[target], points.labels[target]))
