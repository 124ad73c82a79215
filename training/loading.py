"""Batches of a data set's split, the same for the same (seed, epoch, position) on any number of workers."""

from __future__ import annotations

import hashlib
import signal
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import attrs
import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from ..datasets.preprocessing import load_rgb
from ..datasets.reading import DataSet
from ..design.errors import AssetError, DataSetError
from .transforms import Transform, sample_seed

Sample: TypeAlias = tuple[Tensor, int] | AssetError
Batch: TypeAlias = tuple[Tensor, Tensor]


@attrs.frozen
class Samples:
    """The images of a split in the order of its metadata: files, labels (index into ``classes``) and 3D models."""

    files: tuple[Path, ...]
    labels: tuple[int, ...]
    models: tuple[str | None, ...]
    names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.files)

    def fingerprint(self) -> str:
        """Changes when an image is added, removed, renamed or rewritten (names, sizes, times: nothing is decoded)."""
        digest = hashlib.sha256()
        for name, file in zip(self.names, self.files, strict=True):
            stat = file.stat()
            digest.update(f"{name}\0{stat.st_size}\0{stat.st_mtime_ns}\n".encode())
        return digest.hexdigest()


def read_samples(data: DataSet, split: str) -> Samples:
    """The samples of ``split``. Raises ``DataSetError`` where there is no such split, or an image is missing."""
    rows = data.rows(split)
    if not rows:
        raise DataSetError(f"{data.path}: split {split!r} has no images")
    files = tuple(Path(data.image_path(split, row)) for row in rows)
    absent = next((file for file in files if not file.is_file()), None)
    if absent is not None:
        raise DataSetError(f"{absent} is in the metadata of split {split!r} but not on disk")
    return Samples(
        files=files,
        labels=tuple(row["label"] for row in rows),
        models=tuple(row.get("model") for row in rows),
        names=tuple(str(row["file_name"]) for row in rows),
    )


class _Images(Dataset[Sample]):
    """Item ``i`` is (image, label); a damaged image is returned as its error, for the main process to raise."""

    def __init__(self, samples: Samples, transform: Transform, seed: int, epoch: int) -> None:
        self._samples, self._transform = samples, transform
        self._seed, self._epoch = seed, epoch

    def __getitem__(self, index: int) -> Sample:
        try:
            image = load_rgb(self._samples.files[index])
        except AssetError as error:  # a loader process would bury it in its own traceback
            return error
        return self._transform(image, sample_seed(self._seed, self._epoch, index)), self._samples.labels[index]


def epoch_order(count: int, seed: int, epoch: int) -> list[int]:
    """The shuffled order of ``count`` samples in an epoch."""
    return np.random.default_rng([seed, epoch]).permutation(count).tolist()


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
    """Batches (images (B, 3, S, S) in 0..1, labels (B,)) of the samples in ``order``; the last may be smaller.

    Raises ``AssetError`` naming a damaged image.
    """
    loader: DataLoader[Any] = DataLoader(
        _Images(samples, transform, seed, epoch),
        batch_sampler=[list(order[start : start + batch_size]) for start in range(0, len(order), batch_size)],
        num_workers=workers,
        collate_fn=_collate,
        pin_memory=pin,
        worker_init_fn=_leave_interrupts_to_the_main_process,
    )
    for batch in loader:
        if isinstance(batch, AssetError):
            raise batch
        yield batch


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
