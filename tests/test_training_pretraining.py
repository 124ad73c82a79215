"""Pre-training without labels: it learns, can be interrupted, and is what training and adaptation start from."""

import importlib.util
import json
import signal
from pathlib import Path

import attrs
import numpy as np
import pytest
import torch
from PIL import Image

from simreal.commands import main
from simreal.datasets.messages import Message, Progress
from simreal.datasets.reading import open_data_set
from simreal.design.errors import RunError
from simreal.training.backbones import build_classifier
from simreal.training.config import RunConfig
from simreal.training.loading import read_samples
from simreal.training.pretraining.config import SCHEME_NAMES, Pretraining
from simreal.training.pretraining.neighbours import neighbour_votes
from simreal.training.pretraining.scheme import rising_momentum
from simreal.training.pretraining.schemes import make_scheme
from simreal.training.run_folder import load_torch
from simreal.training.sources import Epochs
from simreal.training.trained import load_trained
from simreal.training.trainer import train
from simreal.training.transforms import TwoViews, training_transform

from .shapes import rendered, shape

torch.set_num_threads(1)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return rendered(tmp_path_factory.mktemp("shapes") / "data", {"train": 40, "test_iid": 20})


def config(data: Path, scheme: str, label_weight: float = 0.0, **changes: object) -> RunConfig:
    values = {"backbone": "test_resnet", "weights": "none", "crop_px": 32, "resize_px": 36, "lr": 3e-3}
    values |= {"optimizer": "adamw", "batch_size": 20, "threads": 1, "validation_split": None, **changes}
    pretraining = Pretraining(scheme=scheme, label_weight=label_weight, queue=60)
    return RunConfig(data=str(data), pretraining=pretraining, **values)


def silent(message: Message) -> None: ...


def weights(run: Path) -> dict[str, torch.Tensor]:
    return load_torch(run / "model.pt", "model")["state_dict"]


def textures(root: Path) -> Path:
    """Stripes, bars and checks in any two colours, as folders: what tells them apart is no colour."""
    y, x = np.mgrid[:40, :40]
    for number, (split, count) in enumerate((("train", 40), ("test_iid", 40))):
        for label, name in enumerate(("stripes", "bars", "checks")):
            folder = root / split / name
            folder.mkdir(parents=True)
            for index in range(count):
                random = np.random.default_rng([number, label, index])
                period, phases = random.uniform(4, 7), random.uniform(0, 6, 2)
                across, down = (
                    np.sin(2 * np.pi * at / period + phase) for at, phase in zip((x, y), phases, strict=True)
                )
                bright = (across, down, across * down)[label] > 0
                colours, noise = random.integers(0, 256, (2, 3)), random.integers(-20, 20, (40, 40, 3))
                pixels = np.where(bright[..., None], colours[0], colours[1]) + noise
                Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(folder / f"{index}.png")
    return root


def test_it_learns_without_a_label(tmp_path: Path) -> None:
    """Nearest neighbours by the features learned are of the same class more often than by those of a random network."""
    data = textures(tmp_path / "textures")
    options = config(data, "simclr", epochs=20, batch_size=40, validation_split="test_iid")
    found = []
    for name, lr in (("untrained", 1e-9), ("trained", 3e-3)):
        results = train(attrs.evolve(options, lr=lr, epochs=1 if name == "untrained" else 20), tmp_path / name, silent)
        assert "validation" not in results, "the head has learned nothing"
        found.append(results["pretraining"]["neighbours"]["top1"])
    assert found[1] >= found[0] + 0.08, found


@pytest.mark.parametrize("scheme", SCHEME_NAMES)
def test_resumed_is_uninterrupted(data: Path, tmp_path: Path, scheme: str) -> None:
    """With all that a scheme keeps: its twin, its queue, its centre."""
    options = config(data, scheme, iterations=4)
    train(options, tmp_path / "whole", silent)

    def interrupt(message: Message) -> None:
        if isinstance(message, Progress) and message.done == 20 * 2:
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        train(options, tmp_path / "parts", interrupt)
    torch.manual_seed(12345)
    train(options, tmp_path / "parts", silent, resume=True)
    whole, parts = weights(tmp_path / "whole"), weights(tmp_path / "parts")
    assert all(torch.equal(whole[key], parts[key]) for key in whole)
    begun = build_classifier(options, 3).state_dict()
    moved = [key for key in whole if key.startswith("backbone.") and "weight" in key and whole[key].ndim > 1]
    assert all(not torch.equal(whole[key], begun[key]) for key in moved)
    assert torch.equal(whole["head.weight"], begun["head.weight"]), "no label has moved the head"


def test_the_result_is_weights_for_training(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run, second = tmp_path / "pre", tmp_path / "run"
    options = ["--backbone", "test_resnet", "--image-size", "32", "--iterations", "2", "--threads", "1"]
    assert main(["pretrain", str(data), "--scheme", "byol", "--out", str(run), *options]) == 0
    assert "% of test_iid have neighbours of their class" in capsys.readouterr().out
    assert json.loads((run / "config.json").read_text())["pretraining"]["scheme"] == "byol"
    with pytest.raises(RunError, match="knows no classes; train it: simreal train DATA --backbone test_resnet"):
        load_trained(run)
    file = str(run / "model.pt")
    start = ["--backbone", "test_resnet", "--weights", file, "--image-size", "32", "--views", "1", "--threads", "1"]
    assert main(["train", str(data), "--out", str(second), *start]) == 0
    first, trained = weights(run), weights(second)
    assert all(torch.equal(first[key], trained[key]) for key in first if key.startswith("backbone."))
    (run / "model.pt").unlink()
    assert main(["pretrain", str(data), "--out", str(run), "--resume"]) == 0
    assert (run / "model.pt").is_file()


def test_labels_beside(data: Path, tmp_path: Path) -> None:
    """Synthetic data has labels for nothing: both losses together make a classifier like any other."""
    results = train(config(data, "simclr", 1.0, epochs=6, validation_split="test_iid"), tmp_path / "run", silent)
    assert results["validation"]["top1"] > 0.5
    assert load_trained(tmp_path / "run").classes == open_data_set(data).classes


def test_the_twin_follows_slowly(data: Path) -> None:
    options = config(data, "byol")
    classifier = build_classifier(options, 3)
    scheme = make_scheme(classifier, options.pretraining)
    weight, follower = classifier.head.weight, scheme.twin.head.weight
    assert torch.equal(weight, follower) and not follower.requires_grad
    before = follower.clone()
    with torch.no_grad():
        weight += 1
    scheme.moved(0.0)
    torch.testing.assert_close(follower, before + 0.01)
    scheme.moved(1.0)
    torch.testing.assert_close(follower, before + 0.01)
    assert [rising_momentum(0.9, share) for share in (0, 0.5, 1)] == pytest.approx([0.9, 0.95, 1])


def test_views_are_two_draws_of_one_image(data: Path) -> None:
    transform = training_transform("strong", 36, 32)
    views = TwoViews(transform)(shape("disc", 1), 7)
    assert views.shape == (2, 3, 32, 32) and not torch.equal(views[0], views[1])
    assert torch.equal(views, TwoViews(transform)(shape("disc", 1), 7))
    options = config(data, "simclr")
    samples = read_samples(open_data_set(data), "train")
    images, labels = next(Epochs(samples, options, TwoViews(transform)).batches(0, 0, 20, 20, lambda: False))
    assert images.shape == (20, 2, 3, 32, 32) and labels.shape == (20,)


def test_neighbours_vote() -> None:
    known = torch.tensor([[1.0, 0.0], [2.0, 0.1], [0.0, 1.0], [0.1, 3.0], [0.1, 1.0]])
    labels = torch.tensor([0, 0, 1, 1, 2])
    asked = torch.tensor([[5.0, 0.3], [0.0, 1.0]])
    assert neighbour_votes(known, labels, asked, 1).tolist() == [0, 1]
    assert neighbour_votes(known, labels, asked, 3).tolist() == [0, 1]
    assert neighbour_votes(known, torch.arange(5), asked, 4).tolist() == [1, 2], "of equals the nearest"


def test_what_cannot_be_done_is_one_line(data: Path, tmp_path: Path, capsys, monkeypatch) -> None:
    run = tmp_path / "run"
    base = ["pretrain", str(data), "--out", str(run)]
    for arguments, told in (
        (base, "--scheme is needed: simclr, moco, byol, dino"),
        ([*base, "--scheme", "byol", "--queue", "9"], "--queue has no meaning with any scheme but moco"),
        ([*base, "--scheme", "byol", "--label-weight", "-1"], "--label-weight must be 0 or more"),
        ([*base, "--resume"], "no run to resume"),
    ):
        assert main(arguments) == 2
        assert told in capsys.readouterr().err
    here = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "lightly" else here(name))
    assert main([*base, "--scheme", "byol"]) == 2
    assert "this Python lacks lightly; pip install 'simreal[pretrain]'" in capsys.readouterr().err
    assert not run.exists()
