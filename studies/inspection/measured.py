"""What a run says of the images of one domain: logits of all and features of some, in one pass, and kept.

They are kept in the inspection's folder under a name made of the network and the images, so that an inspection that was
interrupted, or is made again with other options, does not look at the images again.
"""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt
import torch

from ...datasets.accuracy import Accuracy, measure
from ...datasets.messages import Report
from ...datasets.reading import DataSet
from ...training.inference import BATCH, for_inference
from ...training.loading import Samples, batches, reported
from ...training.run_folder import RunFolder, write_bytes
from ...training.trained import TrainedModel
from ...training.transforms import CentreCrop

Floats = npt.NDArray[np.float32]
Labels = npt.NDArray[np.int64]


@attrs.frozen(eq=False)
class Domain:
    """The images of a split, labelled as the model's classes. ``name`` is what figures call it."""

    name: str
    data: DataSet
    split: str
    samples: Samples

    @property
    def file_stem(self) -> str:
        """The name as a part of files' names."""
        return re.sub(r"[^\w.-]+", "-", self.name).strip("-")

    def columns(self, names: Sequence[str], classes: Sequence[str], aliases: Mapping[str, str]) -> dict[str, list[Any]]:
        """Columns of the metadata, a value for each of the samples; see ``DataSet.columns``."""
        found: dict[str, list[Any]] = {name: [] for name in names}
        for batch in self.data.columns(self.split, list(dict.fromkeys(["class", *names]))):
            kept = [aliases.get(name, name) in classes for name in batch["class"]]
            for name in names:
                found[name] += [value for value, keep in zip(batch[name], kept, strict=True) if keep]
        return found


@attrs.frozen(eq=False)
class Measured:
    """Of N images of a domain: ``logits`` (N, K) and ``truth`` labels (N,).

    ``features`` (M, D), as the head sees them, are those of the images at the positions ``chosen`` (M,).
    """

    domain: Domain
    classes: tuple[str, ...]
    logits: Floats
    truth: Labels
    chosen: Labels
    features: Floats

    def __len__(self) -> int:
        return len(self.truth)

    @property
    def probabilities(self) -> Floats:
        """The softmax of the logits (N, K)."""
        return softmax(self.logits)

    @property
    def predicted(self) -> Labels:
        """The most probable label of every image."""
        return self.logits.argmax(1)

    @property
    def hits(self) -> npt.NDArray[np.bool_]:
        """Where the prediction is right (N,)."""
        return self.predicted == self.truth

    @property
    def accuracy(self) -> Accuracy:
        return measure(self.truth, self.predicted, self.classes)


@attrs.frozen
class Pass:
    """How images are gone through: on which device, loaded by how many processes, and where results are kept."""

    device: torch.device
    workers: int
    kept: Path
    report: Report


def softmax(logits: Floats) -> Floats:
    """Logits (N, K) to probabilities, safe for large ones."""
    raised = np.exp(logits - logits.max(1, keepdims=True))
    shares: Floats = (raised / raised.sum(1, keepdims=True)).astype(np.float32)
    return shares


def measured(run: Path, model: TrainedModel, images: Domain, chosen: Labels, way: Pass) -> Measured:
    """What the run's ``model`` says of a domain, in float32. ``AssetError`` for a damaged image."""
    truth = images.samples.labels.astype(np.int64)
    parts = [_sha256(RunFolder(run).model), images.samples.fingerprint(), truth.tobytes(), chosen.tobytes()]
    path = way.kept / f"{hashlib.sha256(repr(parts).encode()).hexdigest()[:32]}.npz"
    known = _read(path, len(truth), len(model.classes))
    if known is None:
        known = _pass(model, images, chosen, way, f"{run.name} on {images.name}")
        buffer = io.BytesIO()
        np.savez(buffer, logits=known[0], features=known[1])
        write_bytes(path, buffer.getvalue())
    return Measured(images, model.classes, known[0], truth, chosen, known[1])


def _pass(model: TrainedModel, images: Domain, chosen: Labels, way: Pass, stage: str) -> tuple[Floats, Floats]:
    looking, samples = for_inference(model.classifier, model.crop_px, way.device), images.samples
    wanted = np.zeros(len(samples), bool)
    wanted[chosen] = True
    logits, features = [], [np.zeros((0, looking.head.in_features), np.float32)]
    transform = CentreCrop(model.resize_px, model.crop_px)
    loader = batches(samples, range(len(samples)), BATCH, transform, workers=way.workers)
    kept = np.split(wanted, range(BATCH, len(samples), BATCH))
    with torch.inference_mode():
        for (pictures, _), keep in zip(reported(loader, len(samples), stage, way.report), kept, strict=True):
            seen = looking.features(pictures.to(way.device))
            logits.append(looking.head(seen).float().cpu().numpy())
            features.append(seen.float().cpu().numpy()[keep])
    return np.concatenate(logits), np.concatenate(features)


def _read(path: Path, count: int, classes: int) -> tuple[Floats, Floats] | None:
    if not path.is_file():
        return None
    try:
        with np.load(path, allow_pickle=False) as arrays:
            logits, features = arrays["logits"], arrays["features"]
    except (OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile):  # damaged by something else: made again
        return None
    return (logits, features) if logits.shape == (count, classes) else None


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
