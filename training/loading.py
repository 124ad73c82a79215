"""Batches of a data set's split, the same for the same (seed, epoch, position) on any number of workers."""

from __future__ import annotations

import functools
import hashlib
import signal
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeAlias

import attrs
import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from ..datasets.messages import Progress, Report
from ..datasets.pictures import Names, Numbers, PictureFile, Pictures, Words
from ..datasets.preprocessing import load_rgb
from ..datasets.reading import DataSet
from ..design.errors import AssetError, DataSetError
from .transforms import Transform, sample_seed

Sample: TypeAlias = tuple[Tensor, int] | AssetError
Batch: TypeAlias = tuple[Tensor, Tensor]


@attrs.frozen(eq=False)
class Samples:
    """The images of a split in the order of its metadata: files, labels (index into ``classes``) and 3D models.

    In memory each takes some bytes: paths and names are made when they are asked for.
    """

    files: Pictures
    labels: Numbers
    models: Words

    def __len__(self) -> int:
        return len(self.files)

    @property
    def names(self) -> Names:
        """``cup/00000012.jpg``."""
        return Names(self.files)

    def chosen(self, numbers: Sequence[int]) -> Samples:
        """Some of the samples, in that order."""
        picked = np.asarray(numbers, np.int64)
        return Samples(self.files.chosen(numbers), self.labels[picked], self.models.chosen(numbers))

    def fingerprint(self) -> str:
        """Changes when an image is added, removed, renamed or rewritten (names, sizes, times: nothing is decoded).

        Raises ``DataSetError`` where an image is missing.
        """
        return self._fingerprint

    @functools.cached_property
    def _fingerprint(self) -> str:
        digest = hashlib.sha256()
        for stamp in self.files.stamps():
            digest.update(f"{stamp}\n".encode())
        return digest.hexdigest()


def read_samples(data: DataSet, split: str) -> Samples:
    """The samples of ``split``. Raises ``DataSetError`` where there is no such split, or an image is missing."""
    images = data.images(split)
    samples = Samples(images.pictures, images.labels, images.models)
    if not len(samples):
        raise DataSetError(f"{data.path}: split {split!r} has no images")
    samples.fingerprint()
    return samples


@attrs.frozen
class Picture:
    """An image to be loaded. ``key`` (seed, epoch, index) is what its augmentation depends on."""

    file: PictureFile
    label: int
    key: tuple[int, int, int]
    model: str | None = None


class _Images(Dataset[Sample]):
    """An item is (image, label); a damaged image is returned as its error, for the main process to raise."""

    def __init__(self, transform: Transform) -> None:
        self._transform = transform

    def __getitem__(self, picture: Picture) -> Sample:
        try:
            image = load_rgb(picture.file)
        except AssetError as error:  # a loader process would bury it in its own traceback
            return error
        return self._transform(image, sample_seed(*picture.key)), picture.label


def epoch_order(count: int, seed: int, epoch: int) -> list[int]:
    """The shuffled order of ``count`` samples in an epoch."""
    return np.random.default_rng([seed, epoch]).permutation(count).tolist()


def load(
    wanted: Iterable[list[Picture]], transform: Transform, *, workers: int = 0, pin: bool = False
) -> Iterator[Batch]:
    """A batch (images (B, 3, S, S) in 0..1, labels (B,)) for each of the sequences of pictures that are ``wanted``.

    These are asked for in this process, as many ahead as ``workers`` processes can load. Raises ``AssetError`` naming a
    damaged image.
    """
    loader: DataLoader[Any] = DataLoader(
        _Images(transform),
        batch_sampler=wanted,
        num_workers=workers,
        collate_fn=_collate,
        pin_memory=pin,
        worker_init_fn=_leave_interrupts_to_the_main_process,
        generator=torch.Generator(),  # or torch's global one is drawn from, which dropout needs unchanged
    )
    for batch in loader:
        if isinstance(batch, AssetError):
            raise batch
        yield batch


def batches(
    samples: Samples,
    order: Sequence[int],
    batch_size: int,
    transform: Transform,
    *,
    seed: int = 0,
    epoch: int = 0,
    workers: int = 0,
    pin: bool = False,
) -> Iterator[Batch]:
    """Batches of the samples in ``order``; the last may be smaller. See ``load``."""
    wanted = (
        [Picture(samples.files[i], int(samples.labels[i]), (seed, epoch, i)) for i in order[start : start + batch_size]]
        for start in range(0, len(order), batch_size)
    )
    return load(wanted, transform, workers=workers, pin=pin)


def reported(
    given: Iterable[Batch], total: int, stage: str, report: Report, *, unit: str = "images"
) -> Iterator[Batch]:
    """The batches; as each has been dealt with, how many of the ``total`` images have, how fast, how long is left."""
    done, start = 0, time.monotonic()
    for images, labels in given:
        yield images, labels
        done += len(labels)
        rate = done / (time.monotonic() - start)
        report(Progress(stage, done, total, unit, rate, (total - done) / rate))


def _collate(samples: list[Sample]) -> Batch | AssetError:
    good = []
    for sample in samples:
        if isinstance(sample, AssetError):
            return sample
        good.append(sample)
    return torch.stack([image for image, _ in good]), torch.tensor([label for _, label in good])


def _leave_interrupts_to_the_main_process(worker: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    torch.set_num_threads(1)
