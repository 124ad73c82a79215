"""The linear head on frozen features: what it minimises, how its strength is chosen, and how features are kept."""

from pathlib import Path

import attrs
import numpy as np
import pytest
import torch
import torch.nn.functional as F

from simreal.datasets.messages import Progress
from simreal.datasets.reading import open_data_set
from simreal.training.backbones import build_classifier
from simreal.training.config import RunConfig
from simreal.training.features import extract_views
from simreal.training.job import Job
from simreal.training.linear_head import STRENGTHS, Trial, assign_folds, choose, fit_head
from simreal.training.loading import read_samples
from simreal.training.run_folder import RunFolder
from simreal.training.sources import Epochs
from simreal.training.transforms import training_transform

from .shapes import plain_folders, rendered


def clusters(count: int = 300, dimensions: int = 20, classes: int = 3, noise: float = 1.0):
    random = np.random.default_rng(0)
    labels = random.integers(0, classes, count)
    centres = random.normal(size=(classes, dimensions))
    views = [
        (5 + 3 * (centres[labels] + noise * random.normal(size=(count, dimensions)))).astype(np.float32)
        for _ in range(2)
    ]
    return views, labels.tolist()


def test_the_head_is_the_minimum_of_its_loss() -> None:
    views, labels = clusters()
    fit = fit_head(views, labels, [None] * len(labels), 3)
    features = torch.from_numpy(np.concatenate(views)).double()
    scale = (features - features.mean(0)).square().mean().sqrt()
    weight = fit.weight.double().requires_grad_()
    bias = fit.bias.double().requires_grad_()
    loss = F.cross_entropy(features @ weight.T + bias, torch.tensor(labels * 2))
    loss = loss + fit.strength / 2 * (weight * scale).square().sum()  # the penalty is on features of unit variance
    gradient = torch.autograd.grad(loss, [weight, bias])
    assert float((gradient[0] / scale).abs().max()) < 1e-3
    assert float(gradient[1].abs().max()) < 1e-3


def test_what_it_learns_holds_out() -> None:
    views, labels = clusters()
    fit = fit_head(views, labels, [None] * len(labels), 3)
    chosen = next(trial for trial in fit.trials if trial.strength == fit.strength)
    assert chosen.top1 > 0.95
    assert fit.held_out == "images"
    predicted = (torch.from_numpy(views[0]) @ fit.weight.T + fit.bias).argmax(1)
    assert float((predicted == torch.tensor(labels)).float().mean()) > 0.97


def test_nothing_to_learn_is_seen_as_chance() -> None:
    """Views of one image never stand on both sides of a fold: random labels cannot be predicted."""
    random = np.random.default_rng(1)
    image = random.normal(size=(200, 50)).astype(np.float32)
    fit = fit_head([image, image + 0.01], random.integers(0, 4, 200).tolist(), [None] * 200, 4)
    assert max(trial.top1 for trial in fit.trials) < 0.40
    assert fit.strength == max(STRENGTHS), "where nothing helps, the strongest regularisation is taken"


def test_folds_hold_out_whole_models() -> None:
    labels = [0] * 60 + [1] * 40 + [2] * 10
    models = [f"chair-{i % 12}" for i in range(60)] + [f"lamp-{i % 2}" for i in range(40)] + ["cup-0"] * 10
    folds = assign_folds(labels, models, seed=0)
    fold_of: dict[str, set[int]] = {}
    for model, fold in zip(models, folds, strict=True):
        fold_of.setdefault(model, set()).add(int(fold))
    assert all(len(fold_of[f"chair-{i}"]) == 1 for i in range(12))
    assert fold_of["lamp-0"] != fold_of["lamp-1"]
    assert len(fold_of["cup-0"]) == 5, "the only model of a class is divided, or a fold would lack the class"
    for fold in range(5):
        assert set(np.asarray(labels)[folds != fold]) == {0, 1, 2}


def test_the_strongest_within_a_standard_error_is_chosen() -> None:
    losses = {1.0: 0.9, 0.1: 0.6, 0.01: 0.5}
    trials = [Trial(strength, loss, loss_error=0.0, top1=0.8, top1_error=0.1) for strength, loss in losses.items()]
    assert choose([attrs.evolve(trial, loss_error=0.2) for trial in trials]) == 0.1
    assert choose([attrs.evolve(trial, loss_error=0.01) for trial in trials]) == 0.01
    assert choose([attrs.evolve(trial, loss_error=0.5) for trial in trials]) == 1.0


def job(data: Path, run: Path, **changes: object) -> tuple[Job, list[Progress]]:
    told: list[Progress] = []
    values = {"backbone": "test_resnet", "weights": "none", "crop_px": 32, "resize_px": 36, "views": 3, **changes}
    config = RunConfig(data=str(data), **values)
    opened = open_data_set(data)
    transform = training_transform(config.augmentation, config.resize_px, config.crop_px)
    source = Epochs(read_samples(opened, opened.splits[0]), config, transform)
    return Job(config, opened, source, None, RunFolder(run), torch.device("cpu"), told.append), told


def views_of(job_and_told: tuple[Job, list[Progress]]) -> list[np.ndarray]:
    own = job_and_told[0]
    return list(extract_views(build_classifier(own.config, 3), own, own.source.samples))


def test_features_are_extracted_once(tmp_path: Path) -> None:
    data = rendered(tmp_path / "data", {"train": 3})
    first = job(data, tmp_path / "run")
    features = views_of(first)
    assert len(features) == 3 and features[0].shape[0] == 9
    assert not np.array_equal(features[1], features[2])
    assert {message.stage for message in first[1]} == {f"features, view {view} of 3" for view in (1, 2, 3)}
    again = job(data, tmp_path / "another run")
    assert all(np.array_equal(a, b) for a, b in zip(features, views_of(again), strict=True))
    assert not again[1], "another run of a rendered data set extracts nothing"
    assert not (tmp_path / "another run").exists()


@pytest.mark.parametrize("changes", [{"seed": 1}, {"resize_px": 40}, {"augmentation": "weak"}])
def test_other_settings_are_other_features(tmp_path: Path, changes: dict[str, object]) -> None:
    data = rendered(tmp_path / "data", {"train": 2})
    before = views_of(job(data, tmp_path / "run"))
    other = job(data, tmp_path / "run", **changes)
    assert any(not np.array_equal(a, b) for a, b in zip(before, views_of(other), strict=True))
    assert other[1]


def test_folders_of_photos_are_left_as_they_are(tmp_path: Path) -> None:
    data = plain_folders(tmp_path / "photos", {"": 2})
    before = sorted(tmp_path.rglob("photos/**/*"))
    views_of(job(data, tmp_path / "run"))
    assert sorted(tmp_path.rglob("photos/**/*")) == before
    assert len(list((tmp_path / "run" / "features").glob("*.npy"))) == 3


def test_damaged_features_are_made_again(tmp_path: Path) -> None:
    data = plain_folders(tmp_path / "photos", {"": 2})
    before = views_of(job(data, tmp_path / "run"))
    for file in (tmp_path / "run" / "features").glob("*.npy"):
        file.write_bytes(file.read_bytes()[:50])
    assert all(np.array_equal(a, b) for a, b in zip(before, views_of(job(data, tmp_path / "run")), strict=True))


def test_without_augmentation_one_view_is_enough(tmp_path: Path) -> None:
    data = plain_folders(tmp_path / "photos", {"": 2})
    assert len(views_of(job(data, tmp_path / "run", augmentation="none"))) == 1
