"""A run that adapts, from its config to its results: what ``simreal adapt`` does."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import attrs
import numpy as np
import torch
from torch import Tensor

from ...datasets.messages import Report
from ...datasets.reading import open_data_set
from ..backbones import Classifier, build_classifier
from ..config import RunConfig
from ..devices import find_device, use_threads
from ..evaluation import evaluate, summary
from ..features import extract_views
from ..job import Job
from ..loading import Samples
from ..run_folder import RESULTS, is_unfinished, open_for_training, starting_state, write_json
from ..sources import Epochs
from ..splits import training_samples, validation_samples
from ..trained import save_trained
from ..transforms import training_transform
from .feeds import FeatureFeed, Feed, ImageFeed, Order
from .log import AdaptationRow
from .loop import AdaptationLoop
from .selection import best_epochs
from .stages import Stage
from .target import Target, Unlabelled, read_target


def adapt(
    config: RunConfig,
    out: Path,
    report: Report,
    *,
    resume: bool = False,
    overwrite: bool = False,
    go_on: bool = False,
) -> dict[str, Any]:
    """Adapt as ``config`` describes into the run folder ``out``; returns the contents of ``results.json``.

    ``go_on`` resumes where ``out`` holds this very run, not finished, and overwrites any other run there. What can be
    checked is checked before ``out`` is made. Raises ``RunError``, ``DataSetError``, ``ToolError``, and ``AssetError``
    for a damaged image. On Ctrl-C the last checkpoint stays, and ``run.json`` says so.
    """
    assert config.adaptation is not None
    use_threads(config.threads)
    device = find_device(config.device)
    data = open_data_set(Path(config.data))
    source = training_samples(data, config)
    validation = validation_samples(data, config, report)
    target = read_target(config.adaptation, data.classes, report)
    images = f"{source.fingerprint()} to {target.fingerprint()}"
    model = build_classifier(config, len(data.classes))
    if go_on:
        resume = is_unfinished(out, config, images)
        overwrite = not resume
    folder = open_for_training(out, config, data.design_hash, resume, overwrite)
    folder.update(**starting_state(config, data.classes, data.design_hash, images, device))
    transform = training_transform(config.augmentation, config.resize_px, config.crop_px)
    epochs = Epochs(source, config, transform, device.type == "cuda")
    job = Job(config, data, epochs, validation, folder, device, report)
    state = "failed"
    try:
        results = _adapt(model, job, source, target, resume)
        state = "finished"
    except KeyboardInterrupt:
        state = "interrupted"
        raise
    finally:
        folder.update(state=state, ended=time.strftime("%Y-%m-%dT%H:%M:%S%z"))
    return results


def _adapt(model: Classifier, job: Job, source: Samples, target: Target, resume: bool) -> dict[str, Any]:
    start, config = time.monotonic(), job.config

    def feed_of(stage: Stage) -> Feed:
        order = Order(len(source), len(target.adapt), config.batch_size, config.epochs, config.seed)
        if stage.on_pooled:
            return _feature_feed(model, job, order, source, target)
        pin = job.device.type == "cuda"
        transform = training_transform(config.augmentation, config.resize_px, config.crop_px)
        return ImageFeed(order, source, target, config, transform, pin)

    loop = AdaptationLoop(model, job, source, target, feed_of)
    if resume and job.folder.checkpoint.is_file():
        loop.resume()
    loop.run()
    results = {
        "backbone": config.backbone,
        "weights": config.weights,
        "images": len(source),
        "seconds": round(time.monotonic() - start, 1),
        "adaptation": _told(config, loop.rows, target),
    }
    if job.validation is not None:
        results["validation"] = {"split": config.validation_split, **_measure(model, job, job.validation, "source")}
    if len(target.measured.known):
        part = "adapt" if target.test is None else "test"
        results["target"] = {"part": part, **_measure(model, job, target.measured.known, "target")}
    save_trained(job.folder, model, config, job.data)
    write_json(job.folder.path / RESULTS, results)
    return results


def _feature_feed(model: Classifier, job: Job, order: Order, source: Samples, target: Target) -> FeatureFeed:
    """The source's features and the target's, kept where the source's are: a folder of photos stays as it is."""
    views = torch.from_numpy(np.stack(list(extract_views(model, job, source))))
    of_target = torch.from_numpy(np.stack(list(extract_views(model, job, target.adapt.samples))))
    return FeatureFeed(order, views, torch.as_tensor(source.labels), of_target, _plain(model, job, target.test))


def _plain(model: Classifier, job: Job, images: Unlabelled | None) -> Tensor:
    if images is None:
        return torch.zeros(0)
    plain = attrs.evolve(job, config=attrs.evolve(job.config, views=1))
    (features,) = extract_views(model, plain, images.samples)
    return torch.from_numpy(features)


def _measure(model: Classifier, job: Job, samples: Samples, name: str) -> dict[str, Any]:
    config = job.config
    evaluation = evaluate(
        model, samples, job.data.classes, config.resize_px, config.crop_px,
        device=job.device, workers=config.workers, report=job.report, stage=f"evaluate {name}",
    )  # fmt: skip
    return summary(evaluation)


def _told(config: RunConfig, rows: Sequence[AdaptationRow], target: Target) -> dict[str, Any]:
    """What ``results.json`` says of the adaptation: each criterion's epoch, and which images were adapted to."""
    assert config.adaptation is not None
    return {
        "method": config.adaptation.method,
        "kept": config.adaptation.select,
        "epochs": {name: attrs.asdict(row) for name, row in best_epochs(rows).items()},
        "target": config.adaptation.target,
        "adapted_to": list(target.adapt.samples.names),
        "never_adapted_to": list(target.test.samples.names) if target.test else [],
    }
