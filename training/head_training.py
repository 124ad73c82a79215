"""Training of a head alone: features of the frozen backbone, and the head that is fitted to them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..datasets.messages import Log, Progress
from .backbones import Classifier
from .curves import draw_head_fit
from .features import FeatureArray, extract_views
from .job import Job
from .linear_head import fit_head, put_head
from .run_folder import CURVES, write_bytes
from .sources import Epochs
from .stream_features import stream_features
from .streaming import Stream


def train_head(model: Classifier, job: Job) -> dict[str, Any]:
    """Fit the head of ``model`` to the images of a job; returns what ``results.json`` says of it."""
    views, labels, models = _features(model, job)
    fit = fit_head(
        views,
        labels,
        models,
        len(job.data.classes),
        seed=job.config.seed,
        label_smoothing=job.config.label_smoothing,
        device=job.device,
        progress=lambda done, total: job.report(Progress("head", done, total, "fits")),
    )
    put_head(model.head, fit)
    write_bytes(job.folder.path / CURVES, draw_head_fit(fit))
    chosen = next(trial for trial in fit.trials if trial.strength == fit.strength)
    job.report(Log(f"head: {100 * chosen.top1:.1f} % on held-out {fit.held_out} (strength {fit.strength:g})"))
    return fit.to_json()


def _features(model: Classifier, job: Job) -> tuple[list[FeatureArray], Sequence[int], Sequence[str | None]]:
    """Views (each (N, D)) of the images to fit a head to, their labels and 3D models."""
    if isinstance(job.source, Stream):
        seen = stream_features(model, job, job.source)
        return [seen.features], seen.labels, seen.models
    assert isinstance(job.source, Epochs)
    samples = job.source.samples
    return list(extract_views(model, job, samples)), samples.labels.tolist(), list(samples.models)
