"""A training run from its config to its results: what ``simreal train`` does."""

from __future__ import annotations

import functools
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

import attrs

from ..datasets.messages import Message, Report
from ..datasets.reading import open_data_set
from ..design.errors import RunError, SimrealError
from .backbones import Classifier, build_classifier
from .config import RunConfig
from .devices import use_threads
from .distributed import Place, find_place, together
from .evaluation import evaluate, summary
from .head_training import train_head
from .job import Job
from .loop import Loop
from .measuring import measured_sets
from .mixing import Mixed, read_mix
from .objective import CrossEntropy
from .pretraining.neighbours import neighbour_accuracy
from .run_folder import (
    RESULTS,
    RunFolder,
    is_unfinished,
    open_for_training,
    starting_state,
    write_json,
)
from .sources import Epochs, Source
from .split_reference import SplitReference
from .splits import training_samples, validation_samples
from .streaming import Stream
from .supply import Supply
from .trackers import asked_trackers, tracking
from .trained import knows_classes, save_trained
from .transforms import TwoViews, training_transform


def train(
    config: RunConfig,
    out: Path,
    report: Report,
    *,
    resume: bool = False,
    overwrite: bool = False,
    go_on: bool = False,
    supply: Supply | None = None,
) -> dict[str, Any]:
    """Train what ``config`` describes into the run folder ``out``; returns the contents of ``results.json``, which is
    nothing where another process leads.

    ``go_on`` resumes where ``out`` holds this very run, not finished, and overwrites any other run there. ``supply``
    renders what a stream is trained on; whatever is raised, it is stopped.
    What can be checked is checked before ``out`` is made. Raises ``RunError``, ``DataSetError``, ``ToolError``, and
    ``AssetError`` for a damaged image. On Ctrl-C the last checkpoint stays, and ``run.json`` says so.
    """
    place = find_place(config.devices)
    device = place.device(config.device)
    use_threads(place.threads(config.threads, device))
    _check_parallel(config, place)
    asked_trackers(config)
    report = report if place.leads else _say_nothing
    data = supply.data if supply else open_data_set(Path(config.data))
    if supply:
        _check_splits(supply, config)
    samples = None if supply else training_samples(data, config)
    validation = None if supply else validation_samples(data, config, report)
    measured = () if supply else measured_sets(config, data, report)
    mix = read_mix(config, data, report)
    images = samples.fingerprint() if samples else f"stream of {data.design_hash}"
    images += f" and {mix.samples.fingerprint()}" if mix else ""
    transform = training_transform(config.augmentation, config.resize_px, config.crop_px)
    transform = TwoViews(transform) if config.pretraining else transform
    pin = device.type == "cuda"

    def mixed(source: Source) -> Source:
        return Mixed(source, mix, config, transform, pin=pin, place=place) if mix else source

    source = mixed(Epochs(samples, config, transform, pin, place)) if samples else None
    model = build_classifier(config, len(data.classes))
    if go_on and place.leads:
        resume = is_unfinished(out, config, images)
        overwrite = not resume
    folder = RunFolder(out)
    if place.leads:
        open_for_training(out, config, data.design_hash, resume, overwrite)
        folder.update(**starting_state(config, data.classes, data.design_hash, images, device))
    state = "failed"
    try:
        if supply is not None:
            supply.render([name for name in data.splits if name != config.split])
            validation = validation_samples(data, config, report)
            measured = measured_sets(config, data, report)
            source = mixed(Stream(supply, config, folder.path, transform, pin=pin, report=report))
        assert source is not None, "there are samples, or a supply of them"
        job = Job(config, data, source, validation, folder, device, report, measured, place)
        with together(place, device, functools.partial(_train_beside, config, out)):
            results = _train(model, job, place.shared(resume))
        state = "finished"
    except KeyboardInterrupt:
        state = "interrupted"
        raise
    finally:
        if supply is not None:
            supply.stop()
        if place.leads:
            folder.update(state=state, ended=time.strftime("%Y-%m-%dT%H:%M:%S%z"))
    return results


def _train_beside(config: RunConfig, out: Path, place: Place) -> None:
    """Be one of the processes of ``--devices`` that do not lead: it says nothing, and ends with the one that does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal interrupts all; the one that leads tells the others
    os.environ |= place.environment()
    try:
        train(config, out, _say_nothing)
    except KeyboardInterrupt:
        return
    except (SimrealError, RuntimeError) as error:
        print(f"simreal: device {place.rank}: {str(error).splitlines()[0]}", file=sys.stderr)
        raise SystemExit(2) from None


def _say_nothing(message: Message) -> None:
    """The report of a process that does not lead."""


def _check_parallel(config: RunConfig, place: Place) -> None:
    """Raise ``RunError`` for what several devices cannot do together."""
    if place.alone:
        return
    if config.stream:
        raise RunError("--stream trains on one device; render the data set first to train on several")
    if config.head_only:
        raise RunError("--devices has no meaning in head-only training (leave it out, or add --full)")
    if config.batch_size % place.size:
        raise RunError(f"--batch-size {config.batch_size} cannot be split among {place.size} devices")


def _check_splits(supply: Supply, config: RunConfig) -> None:
    """Raise ``DesignError`` where the design has no such split, ``RunError`` where one has no images."""
    measured = (SplitReference.parse(text) for text in config.measure)
    own = [each.split for each in measured if each.open(supply.data, config.data) is supply.data]
    for split in filter(None, (config.split, config.validation_split, *own)):
        if not supply.count(split):
            raise RunError(f"the design has no images in split {split!r}; give it a count, or choose another")


def _train(model: Classifier, job: Job, resume: bool) -> dict[str, Any]:
    start, config = time.monotonic(), job.config
    results: dict[str, Any] = {"backbone": config.backbone, "weights": config.weights}
    if config.head_only:
        results["head"] = train_head(model, job)
    else:
        loop = _loop(model, job)
        if resume and job.folder.checkpoint.is_file():
            loop.resume()
        job.source.open()
        with tracking(job, loop.step) as trackers:
            loop.run(trackers)
        results["steps"] = loop.total
    job.source.close()
    if not job.place.leads:
        return {}
    results |= job.source.results()
    results["seconds"] = round(time.monotonic() - start, 1)
    if config.pretraining:
        results["pretraining"] = {"scheme": config.pretraining.scheme, **_neighbours(model, job)}
    if job.validation is not None and knows_classes(config):
        evaluation = evaluate(
            model, job.validation, job.data.classes, config.resize_px, config.crop_px,
            device=job.device, workers=config.workers, report=job.report, stage=f"evaluate {config.validation_split}",
        )  # fmt: skip
        results["validation"] = {"split": config.validation_split, **summary(evaluation)}
    save_trained(job.folder, model, config, job.data)
    write_json(job.folder.path / RESULTS, results)
    return results


def _loop(model: Classifier, job: Job) -> Loop:
    """What trains all weights: by their classes, or by two views of each image."""
    if job.config.pretraining is None:
        return Loop(model, model, CrossEntropy(job.config.label_smoothing), job)
    from .pretraining.scheme import SelfSupervision  # its library takes seconds, and is not everywhere
    from .pretraining.schemes import make_scheme

    scheme = make_scheme(model, job.config.pretraining)
    validation = job.validation if knows_classes(job.config) else None
    return Loop(scheme, model, SelfSupervision(scheme), attrs.evolve(job, validation=validation))


def _neighbours(model: Classifier, job: Job) -> dict[str, Any]:
    """How often nearest neighbours in the training split are of an image's class, for ``results.json``."""
    if job.validation is None or not isinstance(job.source, Epochs):
        return {}
    accuracy = neighbour_accuracy(model, job, job.source.samples, job.validation)
    return {"neighbours": {"split": job.config.validation_split, "n": accuracy.n, "top1": accuracy.top1}}
