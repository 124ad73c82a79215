"""A training run from its config to its results: what ``simreal train`` does."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from ..datasets.messages import Log, Progress, Report
from ..datasets.reading import open_data_set
from .backbones import Classifier, build_classifier
from .config import RunConfig
from .curves import draw_head_fit
from .devices import find_device, use_threads
from .evaluation import evaluate, samples_for, summary
from .features import extract_views
from .job import Job
from .linear_head import fit_head, put_head
from .loading import read_samples
from .loop import Loop
from .run_folder import CURVES, RESULTS, is_unfinished, open_for_training, starting_state, write_bytes, write_json
from .trained import save_trained


def train(
    config: RunConfig,
    out: Path,
    report: Report,
    *,
    resume: bool = False,
    overwrite: bool = False,
    go_on: bool = False,
) -> dict[str, Any]:
    """Train what ``config`` describes into the run folder ``out``; returns the contents of ``results.json``.

    ``go_on`` resumes where ``out`` holds this very run, not finished, and overwrites any other run there.
    What can be checked is checked before ``out`` is made. Raises ``RunError``, ``DataSetError``, ``ToolError``, and
    ``AssetError`` for a damaged image. On Ctrl-C the last checkpoint stays, and ``run.json`` says so.
    """
    use_threads(config.threads)
    device = find_device(config.device)
    data = open_data_set(Path(config.data))
    samples = read_samples(data, config.split)
    validation = None
    if config.validation_split is not None:
        validation = samples_for(data, config.validation_split, data.classes, {}, report)
    model = build_classifier(config, len(data.classes))
    if go_on:
        resume = is_unfinished(out, config, samples.fingerprint())
        overwrite = not resume
    folder = open_for_training(out, config, data.design_hash, resume, overwrite)
    folder.update(**starting_state(config, data.classes, data.design_hash, samples.fingerprint(), device))
    state = "failed"
    try:
        results = _train(model, Job(config, data, samples, validation, folder, device, report), resume)
        state = "finished"
    except KeyboardInterrupt:
        state = "interrupted"
        raise
    finally:
        folder.update(state=state, ended=time.strftime("%Y-%m-%dT%H:%M:%S%z"))
    return results


def _train(model: Classifier, job: Job, resume: bool) -> dict[str, Any]:
    start, config = time.monotonic(), job.config
    results: dict[str, Any] = {"backbone": config.backbone, "weights": config.weights, "images": len(job.samples)}
    if config.head_only:
        results["head"] = _train_head(model, job)
    else:
        loop = Loop(model, job)
        if resume and job.folder.checkpoint.is_file():
            loop.resume()
        loop.run()
        results["steps"] = loop.total
    results["seconds"] = round(time.monotonic() - start, 1)
    if job.validation is not None:
        evaluation = evaluate(
            model, job.validation, job.data.classes, config.resize_px, config.crop_px,
            device=job.device, workers=config.workers, report=job.report, stage=f"evaluate {config.validation_split}",
        )  # fmt: skip
        results["validation"] = {"split": config.validation_split, **summary(evaluation)}
    save_trained(job.folder, model, config, job.data)
    write_json(job.folder.path / RESULTS, results)
    return results


def _train_head(model: Classifier, job: Job) -> dict[str, Any]:
    fit = fit_head(
        list(extract_views(model, job)),
        job.samples.labels,
        job.samples.models,
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
