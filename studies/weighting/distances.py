"""How far weighted renders and photos are apart in the features of a frozen backbone; no label of a photo is looked at.

All are of the renders' distribution under given weights: with w >= 0 of sum 1 over N renders x, and s of sum 1 over M
photos y,

    MMD^2 = sum_{i != j} w_i w_j k(x_i, x_j) / (1 - sum w^2) + the same of the photos - 2 sum w_i s_j k(x_i, y_j)

with k(a, b) = exp(-|a - b|^2 / 2 sigma^2) and sigma the median distance (Gretton et al. 2012, Lemma 6, with weights);

    FD = |m - n|^2 + tr(S + T - 2 (T^1/2 S T^1/2)^1/2)

of the means m, n and covariances S, T (Frechet 1957; Heusel et al. 2017); and the held-out cross-entropy of a logistic
regression that tells renders from photos, both domains counted alike: ln 2 where it cannot (Ben-David et al. 2007).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from .weighted_heads import fit_weighted, probabilities

Floats: TypeAlias = npt.NDArray[np.float64]

COMPONENTS = 64
FOLDS = 2
DOMAIN_STRENGTH = 0.01
_MEDIAN_OF = 1000  # points of each domain
_DISTANCE_FLOOR = 1e-12


def principal(renders: Floats, photos: Floats, count: int = COMPONENTS) -> tuple[Floats, Floats]:
    """Both domains' features (N, D) and (M, D) on their ``count`` common principal components, of mean square 1.

    The domains count alike, so that what tells them apart is among the components however few photos there are.
    """
    centre = (renders.mean(0) + photos.mean(0)) / 2
    near, far = renders - centre, photos - centre
    scatter = (near.T @ near / len(near) + far.T @ far / len(far)) / 2
    _, axes = np.linalg.eigh(scatter)  # in ascending order
    kept = axes[:, ::-1][:, : min(count, len(renders) + len(photos) - 1)]
    scale = np.sqrt(np.trace(scatter) / len(scatter)) or 1.0
    return near @ kept / scale, far @ kept / scale


def squared_mmd(renders: Floats, photos: Floats) -> Callable[[Floats, Floats], Floats]:
    """A function of weights (P, N) and shares (R, M): MMD^2 (P, R), unbiased. Holds 4 (N + M)^2 bytes."""
    sigma = _median_distance(renders, photos)
    among, between, around = (
        _gaussian(one, other, sigma) for one, other in ((renders, renders), (renders, photos), (photos, photos))
    )

    def distance(weights: Floats, shares: Floats) -> Floats:
        return _off_diagonal(weights, among)[:, None] + _off_diagonal(shares, around) - 2 * weights @ between @ shares.T

    return distance


def frechet(renders: Floats, photos: Floats) -> Callable[[Floats, Floats], Floats]:
    """A function of weights (P, N) and shares (R, M): the Frechet distance (P, R)."""

    def distance(weights: Floats, shares: Floats) -> Floats:
        ours = [_moments(renders, weight) for weight in weights]
        theirs = [_moments(photos, share) for share in shares]
        roots = [_root(covariance) for _, covariance in theirs]
        found = np.empty((len(weights), len(shares)))
        for column, ((mean, covariance), root) in enumerate(zip(theirs, roots, strict=True)):
            products = np.stack([root @ own @ root for _, own in ours])
            overlap = np.sqrt(np.linalg.eigvalsh(products).clip(min=0)).sum(1)
            for row, (own_mean, own) in enumerate(ours):
                apart = np.square(own_mean - mean).sum() + np.trace(own) + np.trace(covariance)
                found[row, column] = apart - 2 * overlap[row]
        return found

    return distance


def domain_loss(renders: Floats, photos: Floats, seed: int = 0) -> Callable[[Floats, Floats], Floats]:
    """A function of weights (P, N) and shares (R, M): the held-out cross-entropy (P, R) in nats.

    Each half of the images is told by a classifier fitted to the other half; it is fitted to all photos alike, whatever
    their shares.
    """
    features = np.concatenate([renders, photos])
    domains = np.repeat([0, 1], [len(renders), len(photos)])
    folds = np.random.default_rng([seed, 0xD0]).permutation(len(features)) % FOLDS

    def loss(weights: Floats, shares: Floats) -> Floats:
        masks = np.stack([folds != fold for fold in range(FOLDS)])
        given = np.stack([_balanced(weight, len(photos), mask) for weight in weights for mask in masks])
        heads = fit_weighted(features, domains, given, 2, strength=DOMAIN_STRENGTH)
        told = probabilities(heads, features).reshape(len(weights), FOLDS, len(features), 2)
        losses = -np.log(np.take_along_axis(told, domains[None, None, :, None], 3)[..., 0].clip(min=1e-12))
        held_out = np.where(~masks, losses, 0.0).sum(1)  # (P, N + M)
        of_renders = (held_out[:, : len(renders)] * weights).sum(1)
        return (of_renders[:, None] + held_out[:, len(renders) :] @ shares.T) / 2

    return loss


def _balanced(weight: Floats, photos: int, mask: npt.NDArray[np.bool_]) -> Floats:
    """Weights (N + M,) of renders and photos under a mask, half of the sum to each domain."""
    own = weight * mask[: len(weight)]
    others = np.ones(photos) * mask[len(weight) :]
    return np.concatenate([own / max(own.sum(), _DISTANCE_FLOOR), others / max(others.sum(), 1.0)]) / 2


def _median_distance(renders: Floats, photos: Floats) -> float:
    """Between different points of a sample of both."""
    some = [points[:: max(1, len(points) // _MEDIAN_OF)] for points in (renders, photos)]
    points = np.concatenate(some)
    squares = _squared_distances(points, points)[np.triu_indices(len(points), 1)]
    return float(np.sqrt(max(float(np.median(squares)), _DISTANCE_FLOOR)))


def _gaussian(one: Floats, other: Floats, sigma: float) -> npt.NDArray[np.float32]:
    return np.exp(_squared_distances(one, other) / (-2 * sigma**2)).astype(np.float32)


def _squared_distances(one: Floats, other: Floats) -> Floats:
    squares = np.square(one).sum(1)[:, None] + np.square(other).sum(1) - 2 * one @ other.T
    return squares.clip(min=0)


def _off_diagonal(weights: Floats, kernel: npt.NDArray[np.float32]) -> Floats:
    """The mean (P,) of a kernel (N, N) of diagonal 1 over pairs of different points, drawn by weights (P, N)."""
    own = np.square(weights).sum(1)
    return (np.einsum("pn,pn->p", weights @ kernel, weights) - own) / (1 - own).clip(min=_DISTANCE_FLOOR)


def _moments(features: Floats, weight: Floats) -> tuple[Floats, Floats]:
    mean = weight @ features
    around = features - mean
    return mean, (around * weight[:, None]).T @ around


def _root(covariance: Floats) -> Floats:
    values, axes = np.linalg.eigh(covariance)
    return (axes * np.sqrt(values.clip(min=0))) @ axes.T
