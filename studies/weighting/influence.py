"""What one more image is worth to a photo: the influence of each image of a pool on each photo's probability.

A head with parameters t minimises L = sum_i s_i l_i(t) + strength / 2 |t|^2 over images in shares s. More of an image
moves it, and with it the probability p_m that it gives photo m of its true class, by (Koh and Liang 2017, Eq. 2)

    I_im = d p_m / d s_i = -grad p_m' H^-1 grad l_i,    H the Hessian of L.

From shares s to s' p_m changes by sum_i (s'_i - s_i) I_im, to first order: so every change of a design is judged by
one inverse, without the penalty of resting on fewer images that a head fitted anew would pay. An image is judged by a
head that was fitted without it (cross-fitting): a head thinks too little of what it has learned by heart.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from .weighted_heads import fit_weighted, probabilities

Floats: TypeAlias = npt.NDArray[np.float64]
Labels: TypeAlias = npt.NDArray[np.int64]

FOLDS = 5
MOST_PARAMETERS = 2600  # of a head: the Hessian is a square of so many
_RIDGE = 1e-6  # biases are not penalised, and all of them raised together change nothing


def most_components(classes: int, images: int) -> int:
    """How many components of the features a head may have, so that its Hessian can be inverted in a second or so."""
    return max(8, min(MOST_PARAMETERS // classes - 1, 128, images // 4))


def influences(  # noqa: PLR0917 - a problem and those it is judged by
    features: Floats, labels: Labels, shares: Floats, photos: Floats, truth: Labels, classes: int, *, strength: float
) -> Floats:
    """Influences (N, M) of images on photos' probabilities of their true classes.

    ``features`` (N, D) with ``labels`` (N,) in ``shares`` (N,), ``photos`` (M, D) with ``truth`` (M,).
    """
    mean = features.mean(0)
    scale = float(np.sqrt(np.square(features - mean).mean()))
    inputs, queries = (_with_one((part - mean) / scale) for part in (features, photos))
    folds = _folds(labels)
    kept = np.stack([shares * (folds != fold) for fold in range(FOLDS)])
    heads = fit_weighted(inputs[:, :-1], labels, kept, classes, strength=strength)
    of_renders = probabilities(heads, inputs[:, :-1])
    of_photos = probabilities(heads, queries[:, :-1])
    found = np.zeros((len(features), len(photos)))
    for fold in range(FOLDS):
        hessian = _hessian(inputs, kept[fold] / kept[fold].sum(), of_renders[fold], strength)
        slopes = _photo_slopes(queries, of_photos[fold], truth)
        moved = np.linalg.solve(hessian, slopes.T)  # ((D + 1) K, M)
        out = folds == fold
        errors = of_renders[fold][out].copy()
        errors[np.arange(len(errors)), labels[out]] -= 1.0
        gradients = np.einsum("nd,nk->nkd", inputs[out], errors).reshape(len(errors), -1)
        found[out] = -gradients @ moved
    return found


def _with_one(features: Floats) -> Floats:
    return np.concatenate([features, np.ones((len(features), 1))], 1)


def _folds(labels: Labels) -> Labels:
    """A fold for every image, each class dealt out in turn."""
    folds = np.zeros(len(labels), np.int64)
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        folds[members] = np.arange(len(members)) % FOLDS
    return folds


def _hessian(inputs: Floats, shares: Floats, given: Floats, strength: float) -> Floats:
    """The Hessian (K (D + 1), K (D + 1)) of the loss, classes outermost."""
    classes, width = given.shape[1], inputs.shape[1]
    blocks = np.empty((classes, width, classes, width))
    for one in range(classes):
        for other in range(one, classes):
            curvature = shares * given[:, one] * ((one == other) - given[:, other])
            block = (inputs * curvature[:, None]).T @ inputs
            blocks[one, :, other] = block
            blocks[other, :, one] = block
    hessian = blocks.reshape(classes * width, classes * width)
    penalty = np.full((classes, width), strength)
    penalty[:, -1] = _RIDGE
    hessian[np.diag_indices_from(hessian)] += penalty.ravel()
    return hessian


def _photo_slopes(queries: Floats, given: Floats, truth: Labels) -> Floats:
    """The gradients (M, K (D + 1)) of the photos' probabilities of their true classes."""
    rows = np.arange(len(truth))
    slopes = -given.copy()
    slopes[rows, truth] += 1.0
    slopes *= given[rows, truth][:, None]
    return np.einsum("md,mk->mkd", queries, slopes).reshape(len(truth), -1)
