"""Features of a frozen backbone, extracted once and kept, so that training a head again takes seconds."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import torch

from ..datasets.layout import own_folder
from ..datasets.messages import Log, Report
from ..design.errors import RunError
from .backbones import Classifier
from .config import Augmentation, RunConfig
from .inference import BATCH, for_inference
from .job import Job
from .loading import Samples, batches, reported
from .run_folder import write_bytes
from .transforms import training_transform

FeatureArray: TypeAlias = npt.NDArray[np.float32]


def extract_views(model: Classifier, job: Job, samples: Samples) -> Iterator[FeatureArray]:
    """``config.views`` arrays (N, D): the plain view of every image, then augmented ones, each from a cache if there.

    New features go into the data set if it was rendered, where all its runs share them; else, or where it cannot be
    written, into the run's folder.
    """
    config, caches = job.config, _cache_folders(job)
    looking: Classifier | None = None
    backbone, images = hash_of_weights(model), samples.fingerprint()
    for view in range(config.views if config.augmentation != "none" else 1):
        augmentation = _augmentation(config, view)
        parts = [backbone, images, augmentation, config.resize_px, config.crop_px]
        if view > 0:
            parts += [config.seed, view]
        name = hashlib.sha256(repr(parts).encode()).hexdigest()[:32] + ".npy"
        known = _read(caches, name, len(samples))
        if known is None:
            looking = looking or for_inference(model, config.crop_px, job.device)
            known = _extract(looking, job, samples, view)
            _write(caches, name, known, job.report)
        yield known


def _cache_folders(job: Job) -> list[Path]:
    inside_run = job.folder.path / "features"
    return [own_folder(job.data.path) / "features", inside_run] if job.data.design_hash else [inside_run]


def _extract(looking: Classifier, job: Job, samples: Samples, view: int) -> FeatureArray:
    """In float32 on every device: the head is fitted to what the exported model will compute."""
    config, count = job.config, len(samples)
    transform = training_transform(_augmentation(config, view), config.resize_px, config.crop_px)
    stage = f"features, view {view + 1} of {config.views}"
    loader = batches(samples, range(count), BATCH, transform, seed=config.seed, epoch=view, workers=config.workers)
    with torch.inference_mode():
        parts = [
            looking.pooled(images.to(job.device)).float().cpu().numpy()
            for images, _ in reported(loader, count, stage, job.report)
        ]
    return finite(np.concatenate(parts))


def finite(features: FeatureArray) -> FeatureArray:
    """The features. ``RunError`` where they are no numbers a head could be fitted to."""
    if not np.isfinite(features).all():
        raise RunError("the backbone's features are not finite: its weights do not fit, or --weights is damaged")
    return features


def hash_of_weights(model: Classifier) -> str:
    """SHA-256 over the backbone and its normalisation."""
    digest = hashlib.sha256()
    for name, value in [*model.backbone.state_dict().items(), ("mean", model.mean), ("std", model.std)]:
        digest.update(name.encode())
        digest.update(value.detach().cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()


def _augmentation(config: RunConfig, view: int) -> Augmentation:
    return "none" if view == 0 else config.augmentation


def _read(caches: list[Path], name: str, count: int) -> FeatureArray | None:
    for folder in caches:
        path = folder / name
        if path.is_file():
            try:
                features = np.load(path, allow_pickle=False)
            except (OSError, ValueError, EOFError):  # damaged by something else than us: made again below
                continue
            if features.ndim == 2 and len(features) == count:
                return features.astype(np.float32, copy=False)
    return None


def _write(caches: list[Path], name: str, features: FeatureArray, report: Report) -> None:
    buffer = io.BytesIO()
    np.save(buffer, features)
    reason = ""
    for folder in caches:
        try:
            write_bytes(folder / name, buffer.getvalue())
        except RunError as error:  # a read-only data set: the next folder
            reason = str(error)
        else:
            return
    report(Log(f"the features are not kept for the next run: {reason}", "warning"))
