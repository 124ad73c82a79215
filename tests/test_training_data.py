"""What training sees: samples, the paper's augmentations, batches that are the same on any number of workers."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from simreal.datasets.messages import Message, Progress
from simreal.datasets.preprocessing import resize_and_crop
from simreal.datasets.reading import open_data_set
from simreal.design.errors import AssetError, DataSetError
from simreal.training.loading import batches, epoch_order, read_samples, reported
from simreal.training.transforms import CentreCrop, sample_seed, training_transform

from .shapes import SHAPES, plain_folders, rendered, shape


def test_samples_of_a_rendered_data_set(tmp_path: Path) -> None:
    data = open_data_set(rendered(tmp_path / "data", {"train": 4, "test_iid": 2}))
    samples = read_samples(data, "train")
    assert data.classes == SHAPES, "label order is the design's"
    assert len(samples) == 12
    assert {samples.names[i].split("/")[0] for i, label in enumerate(samples.labels) if label == 2} == {"cross"}
    assert len(set(samples.models)) == 4


def test_samples_of_plain_folders(tmp_path: Path) -> None:
    samples = read_samples(open_data_set(plain_folders(tmp_path, {"": 3})), "all")
    assert samples.labels.tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 2]
    assert list(samples.models) == [None] * 9


def test_unknown_split_and_missing_image(tmp_path: Path) -> None:
    data = open_data_set(rendered(tmp_path / "data", {"train": 2}))
    with pytest.raises(DataSetError, match="'val'"):
        read_samples(data, "val")
    next((tmp_path / "data" / "train" / "disc").iterdir()).unlink()
    with pytest.raises(DataSetError, match="not on disk"):
        read_samples(data, "train")


def test_fingerprint_follows_the_files(tmp_path: Path) -> None:
    data = open_data_set(plain_folders(tmp_path, {"train": 2}))
    before = read_samples(data, "train").fingerprint()
    assert read_samples(data, "train").fingerprint() == before
    shape("cross", 99).save(tmp_path / "train" / "disc" / "0.png")
    assert read_samples(data, "train").fingerprint() != before


def test_no_augmentation_is_the_rule_of_scoring() -> None:
    image = shape("disc", 1, size=90)
    expected = resize_and_crop(image, 64, 56).transpose(2, 0, 1).astype(np.float32) / np.float32(255)
    for transform in (training_transform("none", 64, 56), CentreCrop(64, 56)):
        np.testing.assert_array_equal(transform(image, 5).numpy(), expected)


@pytest.mark.parametrize("augmentation", ["weak", "strong"])
def test_augmentation_is_a_function_of_the_seed(augmentation: str) -> None:
    transform = training_transform(augmentation, 64, 56)
    image = shape("cross", 3, size=90)
    assert torch.equal(transform(image, 7), transform(image, 7))
    views = {transform(image, sample_seed(0, 0, index)).numpy().tobytes() for index in range(20)}
    assert len(views) >= 18
    assert transform(image, 7).shape == (3, 56, 56)
    assert transform(image, 7).min() >= 0 and transform(image, 7).max() <= 1


def test_augmentation_leaves_torch_random_numbers_alone() -> None:
    torch.manual_seed(1)
    expected = torch.rand(3)
    torch.manual_seed(1)
    training_transform("strong", 64, 56)(shape("disc", 1), 3)
    assert torch.equal(torch.rand(3), expected)


def test_weak_only_moves_and_mirrors() -> None:
    image = Image.new("RGB", (80, 64), (200, 30, 60))
    assert training_transform("weak", 64, 56)(image, 11).unique().numel() == 3


def test_strong_makes_a_fifth_grey_and_changes_most_colours() -> None:
    image = Image.new("RGB", (64, 64), (200, 30, 60))
    views = [training_transform("strong", 64, 32)(image, seed)[:, 0, 0] for seed in range(300)]
    grey = sum(float(view.max() - view.min()) < 1e-6 for view in views)
    assert 30 <= grey <= 95
    untouched = sum(torch.allclose(view * 255, torch.tensor([200.0, 30, 60]), atol=0.6) for view in views)
    assert 20 <= untouched <= 80


def test_batches_do_not_depend_on_workers(tmp_path: Path) -> None:
    samples = read_samples(open_data_set(plain_folders(tmp_path, {"train": 4})), "train")
    transform = training_transform("strong", 32, 28)
    order = epoch_order(len(samples), seed=0, epoch=2)
    ways = [list(batches(samples, order, 5, transform, seed=0, epoch=2, workers=workers)) for workers in (0, 2)]
    assert [len(labels) for _, labels in ways[0]] == [5, 5, 2]
    for (images, labels), (other_images, other_labels) in zip(*ways, strict=True):
        assert torch.equal(images, other_images)
        assert torch.equal(labels, other_labels)


def test_how_far_batches_are_is_told_when_each_has_been_dealt_with() -> None:
    given = [(torch.zeros(size, 3, 1, 1), torch.zeros(size)) for size in (2, 2, 1)]
    told: list[Message] = []
    for number, (images, _) in enumerate(reported(given, 5, "look", told.append, unit="photos")):
        assert images is given[number][0]
        assert len(told) == number
    found = [message for message in told if isinstance(message, Progress)]
    assert [(one.stage, one.done, one.total, one.unit) for one in found] == [
        ("look", 2, 5, "photos"),
        ("look", 4, 5, "photos"),
        ("look", 5, 5, "photos"),
    ]
    assert all(one.rate is not None and one.eta_s == (5 - one.done) / one.rate for one in found)


def test_every_epoch_and_sample_has_seeds_of_its_own() -> None:
    seeds = {sample_seed(seed, epoch, index) for seed in range(3) for epoch in range(5) for index in range(20)}
    assert len(seeds) == 300
    assert sorted(epoch_order(9, 0, 0)) == list(range(9))
    assert epoch_order(9, 0, 0) == epoch_order(9, 0, 0) != epoch_order(9, 0, 1)


@pytest.mark.parametrize("workers", [0, 1])
def test_a_damaged_image_is_named(tmp_path: Path, workers: int) -> None:
    samples = read_samples(open_data_set(plain_folders(tmp_path, {"train": 2})), "train")
    samples.files[3].write_bytes(samples.files[3].read_bytes()[:60])
    with pytest.raises(AssetError, match=samples.files[3].name) as caught:
        list(batches(samples, range(6), 2, CentreCrop(32, 28), workers=workers))
    assert "\n" not in str(caught.value)
