"""How good a classifier is on a split: Acc, Mean, their 95 % intervals, a table per class and a confusion matrix."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt
import torch

from ..datasets.accuracy import Accuracy, measure, wilson_interval
from ..datasets.confusion import confusion_picture
from ..datasets.messages import Log, Report
from ..datasets.reading import PLAIN_SPLIT, DataSet
from ..design.errors import DataSetError
from .backbones import Classifier
from .inference import BATCH, for_inference
from .loading import Samples, batches, read_samples, reported
from .run_folder import write_bytes, write_json
from .transforms import CentreCrop


@attrs.frozen
class Evaluation:
    """Predictions on a split: ``truth`` and ``predicted`` labels (N,), ``probabilities`` (N, K), mean cross-entropy."""

    samples: Samples
    classes: tuple[str, ...]
    truth: npt.NDArray[np.int64]
    probabilities: npt.NDArray[np.float32]
    loss: float
    accuracy: Accuracy

    @property
    def predicted(self) -> npt.NDArray[np.int64]:
        """The most probable label of every image."""
        return self.probabilities.argmax(1)


def evaluate(
    classifier: Classifier,
    samples: Samples,
    classes: tuple[str, ...],
    resize_px: int,
    crop_px: int,
    *,
    device: torch.device,
    workers: int = 0,
    report: Report | None = None,
    stage: str = "evaluate",
) -> Evaluation:
    """Predict every sample; ``samples.labels`` are indices into ``classes``. ``AssetError`` for a damaged image."""
    looking = for_inference(classifier, crop_px, device)
    transform = CentreCrop(resize_px, crop_px)
    loader = batches(samples, range(len(samples)), BATCH, transform, workers=workers)
    if report is not None:
        loader = reported(loader, len(samples), stage, report)
    with torch.inference_mode():
        everything = torch.cat([looking(images.to(device)).float().cpu() for images, _ in loader])
    truth = torch.as_tensor(samples.labels)
    return Evaluation(
        samples=samples,
        classes=classes,
        truth=truth.numpy(),
        probabilities=everything.softmax(1).numpy(),
        loss=float(torch.nn.functional.cross_entropy(everything, truth)),
        accuracy=measure(truth.numpy(), everything.argmax(1).numpy(), classes),
    )


def samples_for(
    data: DataSet, split: str, classes: tuple[str, ...], aliases: Mapping[str, str], report: Report
) -> Samples:
    """The samples of ``split`` labelled as the model's ``classes``; other classes are left out with a warning.

    Raises ``DataSetError`` where no class of the data is one of the model's.
    """
    samples = read_samples(data, split)
    known = {
        name: classes.index(aliases.get(name, name)) for name in data.classes if aliases.get(name, name) in classes
    }
    if not known:
        raise DataSetError(
            f"{data.path} has no class of the model: it has {', '.join(data.classes)}; "
            f"the model has {', '.join(classes)} (name pairs with --alias FOLDER=CLASS)"
        )
    left_out = [name for name in data.classes if name not in known]
    if left_out:
        report(Log(f"left out, as the model does not know them: {', '.join(left_out)}", "warning"))
    kept = [number for number, label in enumerate(samples.labels) if data.classes[label] in known]
    if not kept:
        raise DataSetError(f"{data.path}: split {split!r} has no image of the model's classes")
    labels = np.array([known[data.classes[samples.labels[number]]] for number in kept], np.int64)
    return attrs.evolve(samples.chosen(kept), labels=labels)


def split_title(data: DataSet, split: str, *, own: bool) -> str:
    """What a split is called beside others: its name, with the data set's before it unless this is the model's own."""
    if own or data.splits == (split,) != (PLAIN_SPLIT,):
        return split
    name = data.name
    return name if split == PLAIN_SPLIT else f"{name}-{split}"


def mean_interval(accuracy: Accuracy) -> tuple[float, float]:
    """95 % interval of the mean class accuracy: the classes' Wilson limits combined (MOVER, Zou and Donner 2008)."""
    seen = [share for share in accuracy.per_class.values() if share.n]
    limits = [wilson_interval(share.correct, share.n) for share in seen]
    below = math.hypot(*(share.accuracy - low for share, (low, _) in zip(seen, limits, strict=True))) / len(seen)
    above = math.hypot(*(high - share.accuracy for share, (_, high) in zip(seen, limits, strict=True))) / len(seen)
    mean = accuracy.mean_class_accuracy
    return max(0.0, mean - below), min(1.0, mean + above)


def summary(evaluation: Evaluation) -> dict[str, Any]:
    """The numbers of an evaluation, for ``results.json``."""
    return {
        **evaluation.accuracy.to_json(),
        "mean_class_accuracy_interval_95": list(mean_interval(evaluation.accuracy)),
        "loss": evaluation.loss,
    }


def write_evaluation(evaluation: Evaluation, folder: Path, title: str, extra: Mapping[str, Any]) -> dict[str, Any]:
    """Write ``results.json``, ``predictions.csv``, ``per_class.csv`` and ``confusion.png``; returns the results."""
    results = {**extra, **summary(evaluation)}
    picture = io.BytesIO()
    confusion_picture(evaluation.accuracy, title).save(picture, format="PNG")
    write_bytes(folder / "confusion.png", picture.getvalue())
    write_bytes(folder / "predictions.csv", _csv(_prediction_rows(evaluation)))
    write_bytes(folder / "per_class.csv", _csv(_class_rows(evaluation.accuracy)))
    write_json(folder / "results.json", results)
    return results


def table(accuracy: Accuracy) -> str:
    """The per-class table, Acc and Mean, as text; percent with 95 % intervals."""
    width = max(len(name) for name in [*accuracy.per_class, "Mean of classes"])
    lines = [f"{'':{width}}  images  correct  accuracy  95 % interval"]
    for name, share in accuracy.per_class.items():
        if share.n:
            interval = wilson_interval(share.correct, share.n)
            lines.append(_line(name, width, f"{share.n:6d}  {share.correct:7d}", share.accuracy, interval))
    lines.append("-" * len(lines[0]))
    overall = wilson_interval(accuracy.correct, accuracy.n)
    lines.append(_line("Acc", width, f"{accuracy.n:6d}  {accuracy.correct:7d}", accuracy.top1, overall))
    lines.append(_line("Mean of classes", width, " " * 15, accuracy.mean_class_accuracy, mean_interval(accuracy)))
    return "\n".join(lines)


def _line(name: str, width: int, counts: str, share: float, interval: tuple[float, float]) -> str:
    return f"{name:{width}}  {counts}  {100 * share:6.1f} %  {100 * interval[0]:5.1f} to {100 * interval[1]:5.1f}"


def _prediction_rows(evaluation: Evaluation) -> list[list[Any]]:
    names = evaluation.classes
    rows: list[list[Any]] = [["file", "truth", "predicted", "confidence", "correct"]]
    for number, name in enumerate(evaluation.samples.names):
        best = int(evaluation.predicted[number])
        truth = int(evaluation.truth[number])
        confidence = f"{evaluation.probabilities[number, best]:.4f}"
        rows.append([name, names[truth], names[best], confidence, int(best == truth)])
    return rows


def _class_rows(accuracy: Accuracy) -> list[list[Any]]:
    rows: list[list[Any]] = [["class", "n", "correct", "accuracy", "low_95", "high_95"]]
    for name, share in accuracy.per_class.items():
        if share.n:
            low, high = wilson_interval(share.correct, share.n)
            rows.append([name, share.n, share.correct, f"{share.accuracy:.4f}", f"{low:.4f}", f"{high:.4f}"])
    return rows


def _csv(rows: list[list[Any]]) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows(rows)
    return buffer.getvalue().encode()
