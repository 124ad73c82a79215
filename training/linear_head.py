"""A linear head on frozen features: multinomial logistic regression, its regularisation chosen on rendered data.

Held out in turn are whole 3D models, so that what is measured is how well the head does on objects it has not seen; no
photo takes part. Of the strengths whose held-out loss is within one standard error of the best, the strongest is
taken (Breiman et al. 1984, Sec. 3.4.3): the photos differ from the renders more than held-out renders do.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as F
from torch import Tensor, nn

STRENGTHS = tuple(float(f"{value:.3g}") for value in np.logspace(0.5, -3.5, 9))  # strongest first: each starts the next
FOLDS = 5
_MOST_IMAGES_TO_CHOOSE_BY = 6000


@attrs.frozen
class Trial:
    """One strength's held-out results: mean and standard error, over the folds, of cross-entropy and accuracy."""

    strength: float
    loss: float
    loss_error: float
    top1: float
    top1_error: float


@attrs.frozen
class HeadFit:
    """A fitted head: ``weight`` (K, D) and ``bias`` (K,) on raw features, and how its strength was chosen."""

    weight: Tensor
    bias: Tensor
    strength: float
    trials: tuple[Trial, ...]
    held_out: str

    def to_json(self) -> dict[str, Any]:
        """The choice, for ``results.json``."""
        return {"strength": self.strength, "held_out": self.held_out, "trials": [attrs.asdict(t) for t in self.trials]}


def fit_head(
    views: Sequence[npt.NDArray[np.float32]],
    labels: Sequence[int],
    models: Sequence[str | None],
    classes: int,
    *,
    seed: int = 0,
    label_smoothing: float = 0.0,
    device: torch.device | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> HeadFit:
    """Fit a head on ``views``, arrays (N, D) of the same N images, with their ``labels`` (N,) and 3D ``models``.

    ``progress(done, total)`` is called after each of the fits. The result is on the CPU.
    """
    device = device or torch.device("cpu")
    features = torch.from_numpy(np.stack(views)).to(device)  # (V, N, D)
    mean = features.mean((0, 1))
    scale = (features - mean).square().mean().sqrt().clamp(min=1e-6)  # one for all: to stretch a feature that hardly
    features = (features - mean) / scale  # varies in renders would let it decide on photos, where it may vary more
    truth = torch.tensor(labels, device=device)
    folds = assign_folds(labels, models, seed)
    problem = Problem(features, truth, classes, label_smoothing)
    trials = _try_strengths(*_fewer(problem, torch.from_numpy(folds).to(device), seed), progress)
    strength = choose(trials)
    weight, bias = minimise(problem, torch.ones(1, features.shape[1], device=device), strength, None)
    progress(len(STRENGTHS) + 1, len(STRENGTHS) + 1)
    weight = weight[0].T / scale
    return HeadFit(
        weight=weight.cpu(),
        bias=(bias[0] - weight @ mean).cpu(),
        strength=strength,
        trials=trials,
        held_out="3D models" if any(model is not None for model in models) else "images",
    )


def put_head(head: nn.Linear, fit: HeadFit) -> None:
    """Copy a fit into a classifier's head."""
    with torch.no_grad():
        head.weight.copy_(fit.weight)
        head.bias.copy_(fit.bias)


def choose(trials: Sequence[Trial]) -> float:
    """The strongest regularisation within one standard error of the best held-out loss."""
    best = min(trials, key=lambda trial: trial.loss)
    return max(trial.strength for trial in trials if trial.loss <= best.loss + best.loss_error)


def assign_folds(
    labels: Sequence[int], models: Sequence[str | None], seed: int, folds: int = FOLDS
) -> npt.NDArray[np.int64]:
    """A fold (0..folds-1) for every image: a class's 3D models are dealt to the folds, and stay whole.

    Images without a model, or of a class with just one, are dealt one by one: no fold may lack a class to learn from.
    """
    random = np.random.default_rng([seed, 0xF01D])
    labels_array = np.asarray(labels)
    names = np.asarray([model or "" for model in models])
    result = np.zeros(len(labels_array), dtype=np.int64)
    for label in np.unique(labels_array):
        members = np.flatnonzero(labels_array == label)
        distinct = np.unique(names[members])
        groups = [members[names[members] == name] for name in distinct]
        if len(distinct) == 1:
            groups = [members[i : i + 1] for i in range(len(members))]
        order, first = random.permutation(len(groups)), int(random.integers(folds))
        for position, group in enumerate(order):
            result[groups[group]] = (first + position) % folds
    return result


@attrs.frozen
class Problem:
    """Centred and scaled ``features`` (V, N, D) and their ``truth`` (N,)."""

    features: Tensor
    truth: Tensor
    classes: int
    label_smoothing: float = 0.0


def minimise(
    problem: Problem, weights: Tensor, strength: float, start: tuple[Tensor, Tensor] | None
) -> tuple[Tensor, Tensor]:
    """F problems at once by L-BFGS: mean cross-entropy over images as weighted + strength / 2 x the squared weights.

    ``weights`` (F, N) >= 0, of which only the shares count. Returns the heads' weights (F, D, K) and biases (F, K).
    """
    features = problem.features
    problems, dimensions = len(weights), features.shape[2]
    if start is None:
        zeros = torch.zeros(problems, dimensions, problem.classes, device=features.device)
        start = zeros, torch.zeros(problems, problem.classes, device=features.device)
    weight, bias = (value.clone().requires_grad_() for value in start)
    rows = features.flatten(0, 1)  # (V * N, D)
    truth = problem.truth.repeat(len(features))[:, None].expand(-1, problems)
    share = (weights / weights.sum(1, keepdim=True)).repeat(1, len(features)).T / len(features)  # (V * N, F)
    optimizer = torch.optim.LBFGS(
        [weight, bias],
        max_iter=200,
        history_size=20,
        tolerance_grad=1e-5,
        tolerance_change=1e-7,
        line_search_fn="strong_wolfe",
    )

    def loss() -> float:
        optimizer.zero_grad()
        flat = weight.permute(1, 0, 2).reshape(dimensions, -1)
        logits = (rows @ flat).view(len(rows), problems, -1) + bias
        losses = F.cross_entropy(
            logits.transpose(1, 2), truth, reduction="none", label_smoothing=problem.label_smoothing
        )
        value = (losses * share).sum() + strength / 2 * weight.square().sum()
        value.backward()
        return float(value.detach())

    optimizer.step(loss)
    return weight.detach(), bias.detach()


def _fewer(problem: Problem, folds: Tensor, seed: int) -> tuple[Problem, Tensor]:
    """A sample of the images where they are more than the choice of one number needs."""
    if len(problem.truth) <= _MOST_IMAGES_TO_CHOOSE_BY:
        return problem, folds
    order = np.random.default_rng([seed, 0x5E1]).permutation(len(problem.truth))[:_MOST_IMAGES_TO_CHOOSE_BY]
    some = torch.from_numpy(order).to(folds.device)
    fewer = attrs.evolve(problem, features=problem.features[:, some], truth=problem.truth[some])
    return fewer, folds[some]


def _try_strengths(problem: Problem, folds: Tensor, progress: Callable[[int, int], None]) -> tuple[Trial, ...]:
    """All folds are fitted at once, strength after strength, each starting where the one before ended."""
    used = torch.unique(folds)
    held_out = folds == used[:, None]  # (F, N)
    trials, start = [], None
    for number, strength in enumerate(STRENGTHS):
        start = minimise(problem, (~held_out).float(), strength, start)
        logits = torch.einsum("nd,fdk->fnk", problem.features[0], start[0]) + start[1][:, None]
        truth = problem.truth.expand(len(used), -1)
        losses = F.cross_entropy(logits.transpose(1, 2), truth, reduction="none")
        right = (logits.argmax(2) == truth).float()
        means = [(values * held_out).sum(1) / held_out.sum(1) for values in (losses, right)]
        errors = [float(mean.std() / len(used) ** 0.5) if len(used) > 1 else 0.0 for mean in means]
        trials.append(Trial(strength, float(means[0].mean()), errors[0], float(means[1].mean()), errors[1]))
        progress(number + 1, len(STRENGTHS) + 1)
    return tuple(trials)
