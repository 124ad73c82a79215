"""Regimes of data: prefixes of a split, and a little real data mixed into much synthetic data."""

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from simreal.commands import main
from simreal.datasets.messages import Message, Progress
from simreal.datasets.reading import open_data_set
from simreal.design.document import save
from simreal.design.errors import DataSetError, RunError
from simreal.training.config import RunConfig
from simreal.training.distributed import Place
from simreal.training.loading import Samples, read_samples
from simreal.training.mixing import Mixed, read_mix
from simreal.training.prefix import balanced_prefix
from simreal.training.run_folder import load_torch
from simreal.training.sources import Epochs
from simreal.training.trainer import train
from simreal.training.transforms import CentreCrop

from .shapes import SHAPES, plain_folders, rendered
from .test_streaming import Shapes, a_design

torch.set_num_threads(1)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return rendered(tmp_path_factory.mktemp("shapes") / "data", {"train": 16, "test_iid": 4})


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five photos a class, of two of the classes and in another order of labels, and of one class that is unknown."""
    folder = plain_folders(tmp_path_factory.mktemp("real") / "photos", {"": 5}, SHAPES)
    (folder / "disc").rename(folder / "moon")
    return folder


def config(data: Path, **changes: object) -> RunConfig:
    values = {"backbone": "test_resnet", "weights": "none", "crop_px": 32, "resize_px": 36, "epochs": 2, "lr": 0.05}
    values |= {"batch_size": 8, "threads": 1, **changes}
    return RunConfig(data=str(data), **values)


def silent(message: Message) -> None: ...


def never() -> bool:
    return False


def weights(run: Path) -> dict[str, torch.Tensor]:
    return load_torch(run / "model.pt", "model")["state_dict"]


def same(first: Path, second: Path) -> bool:
    one, other = weights(first), weights(second)
    return all(torch.equal(one[key], other[key]) for key in one)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 3), min_size=8, max_size=40).filter(lambda labels: len(set(labels)) == 4), st.data())
def test_prefixes_are_balanced_and_nested(labels: list[int], data: st.DataObject) -> None:
    larger = data.draw(st.integers(4, len(labels)))
    smaller = data.draw(st.integers(4, larger))
    one, other = (balanced_prefix(np.array(labels), limit) for limit in (smaller, larger))
    assert len(one) == smaller and set(one) <= set(other)
    assert one == sorted(one), "in the order of the split"
    counts, there = Counter(labels[number] for number in one), Counter(labels)
    most = max(counts.values())
    assert all(counts[label] >= min(most - 1, there[label]) for label in there), "a class has fewer only if it must"
    for label in there:
        own = [number for number, each in enumerate(labels) if each == label]
        assert [number for number in one if labels[number] == label] == own[: counts[label]]


def test_a_run_on_a_prefix(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    results = train(config(data, limit=12), tmp_path / "run", silent)
    assert results["images"] == 12 and results["steps"] == 2
    with pytest.raises(RunError, match="--limit 500: there are only 48 images"):
        train(config(data, limit=500), tmp_path / "more", silent)
    with pytest.raises(RunError, match="3 classes"):
        train(config(data, limit=2), tmp_path / "more", silent)
    assert main(["train", str(data), "--out", str(tmp_path / "head"), "--limit", "9", "--views", "1"]) == 0
    assert json.loads((tmp_path / "head" / "results.json").read_text())["images"] == 9
    assert not (tmp_path / "more").exists()


def test_every_batch_has_its_share_of_the_second_set(data: Path, photos: Path) -> None:
    options = config(data, mix=f"{photos}:0.3")
    own = open_data_set(data)
    mix = read_mix(options, own, silent)
    assert mix is not None and len(mix.samples) == 10, "the class that the model does not know is left out"
    assert set(mix.samples.labels) == {SHAPES.index("square"), SHAPES.index("cross")}
    samples = read_samples(own, "train")
    known = {CentreCrop(36, 32)(image(file), 0).numpy().tobytes(): number for number, file in files(mix.samples)}
    source = Mixed(
        Epochs(samples, options, CentreCrop(36, 32)), mix, options, CentreCrop(36, 32), pin=False, place=Place()
    )
    steps = source.epoch_images // 8
    assert steps == 48 // 6, "an epoch is one of the data trained on"
    seen: list[int] = []
    for epoch in range(2):
        for images, labels in source.batches(epoch, 0, steps * 8, 8, never):
            second = [known.get(each.numpy().tobytes()) for each in images]
            assert [number is not None for number in second] == [False] * 6 + [True] * 2
            assert [int(label) for label in labels[6:]] == [int(mix.samples.labels[number]) for number in second[6:]]
            seen += second[6:]
    assert set(Counter(seen).values()) == {3, 4}
    assert [sorted(seen[turn : turn + 10]) for turn in (0, 10, 20)] == [list(range(10))] * 3, "over and over"
    assert seen[:10] != seen[10:20], "in a new order each time"
    middle = list(source.batches(1, 3 * 8, 5 * 8, 8, never))
    whole = list(source.batches(1, 0, steps * 8, 8, never))[3:5]
    assert all(
        torch.equal(a, b) for one, other in zip(middle, whole, strict=True) for a, b in zip(one, other, strict=True)
    )


def files(samples: Samples) -> list[tuple[int, Path]]:
    return [(number, samples.files[number]) for number in range(len(samples))]


def image(file: Path) -> object:
    from simreal.datasets.preprocessing import load_rgb

    return load_rgb(file)


def test_mixed_runs_resume_and_tell(data: Path, photos: Path, tmp_path: Path, monkeypatch) -> None:
    options = config(data, mix=f"{photos}:0.25", augmentation="strong")
    results = train(options, tmp_path / "whole", silent)
    assert results["mix"] == {"data": f"{photos}:0.25", "images": 10, "share": 0.25, "per_batch": 2}
    assert json.loads((tmp_path / "whole" / "config.json").read_text())["mix"] == f"{photos}:0.25"
    monkeypatch.setattr("simreal.training.sources.CHECKPOINT_STEPS", 3)

    def interrupt(message: Message) -> None:
        if isinstance(message, Progress) and message.done == 8 * 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(options, tmp_path / "parts", interrupt)
    train(options, tmp_path / "parts", silent, resume=True)
    assert same(tmp_path / "whole", tmp_path / "parts")
    train(config(data, augmentation="strong"), tmp_path / "alone", silent)
    assert not same(tmp_path / "whole", tmp_path / "alone")


def test_real_images_mixed_into_a_stream(photos: Path, tmp_path: Path) -> None:
    """The share of the stream is consumed, and no more."""
    design = a_design()
    file = tmp_path / "shapes.simreal.json"
    save(design, file)
    options = config(file, stream=True, batch_size=16, iterations=6, mix=f"{photos}:0.25")
    results = train(options, tmp_path / "run", silent, supply=Shapes(design, tmp_path / "run" / "stream"))
    assert results["mix"]["per_batch"] == 4
    assert results["images"] == 6 * 12 and results["stream"]["images_reused"] == 0


def test_what_cannot_be_mixed_is_told_before_training(data: Path, photos: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    for mix, told in (
        (f"{photos}", "needs DATA:SHARE"),
        (f"{photos}:1.5", "needs DATA:SHARE"),
        (f"{photos}:0.01", "share of 0.01 of 8 images is 0"),
    ):
        with pytest.raises(RunError, match=told):
            train(config(data, mix=mix), run, silent)
    with pytest.raises(RunError, match="fewer images than a batch takes"):
        train(config(data, mix=f"{photos}:0.1", batch_size=64), run, silent)
    with pytest.raises(DataSetError, match="no such folder"):
        train(config(data, mix=f"{tmp_path / 'nowhere'}:0.5"), run, silent)
    assert not run.exists()
