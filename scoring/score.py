"""Scoring: an exported classifier over real photos, in batches."""

from __future__ import annotations

import os
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import attrs
import numpy as np
import numpy.typing as npt
from PIL import Image

from ..datasets.accuracy import Accuracy, measure
from ..datasets.messages import Log, Message, Progress, Report
from ..datasets.preprocessing import Pixels, load_rgb, resize_and_crop
from ..design.errors import AssetError
from .model import Classifier, Probabilities, load_classifier, usable_processors
from .photos import Found, Photo, Skipped, find_photos

TOP = 5
SHOWN_SKIPPED = 5
THUMBNAIL_PX = 64


@attrs.frozen
class Prediction:
    """What the model says of a photo. ``confidence`` in 0..1; ``top5`` holds (class, confidence), best first.

    ``name`` is the path below the photos' folder; ``true_class`` is None where the folder's name tells no class.
    """

    path: Path
    name: str
    predicted: str
    confidence: float
    top5: tuple[tuple[str, float], ...]
    true_class: str | None

    @property
    def correct(self) -> bool | None:
        """Whether the prediction is right; None where the truth is not known."""
        return None if self.true_class is None else self.predicted == self.true_class


@attrs.frozen(eq=False)
class Scores:
    """All that one scoring found. ``accuracy`` is None where no photo's class is known. ``seconds`` is wall time.

    In the order of ``predictions``, where asked for: ``activation`` (N, h, w), where the model looked for the class it
    predicts, and ``thumbnails`` (N, THUMBNAIL_PX, THUMBNAIL_PX, 3) of the squares it saw.
    """

    model: Classifier
    photos: Path
    predictions: tuple[Prediction, ...]
    skipped: tuple[Skipped, ...]
    unknown_folders: Mapping[str, int]
    accuracy: Accuracy | None
    seconds: float
    activation: npt.NDArray[np.float16] | None = None
    thumbnails: Pixels | None = None


def score(
    model_path: str | os.PathLike[str],
    photos_path: str | os.PathLike[str],
    *,
    aliases: Mapping[str, str] | None = None,
    device: str = "cpu",
    threads: int | None = None,
    batch: int = 32,
    only: Collection[str] | None = None,
    activation: bool = False,
    thumbnails: bool = False,
    report: Report = lambda message: None,
) -> Scores:
    """Run a model over a folder of photos, or one photo, and measure it where folders are named after classes.

    ``only`` names the photos of the folder to take. ``activation`` asks for where the model looks; a model that cannot
    tell is warned of. Photos that cannot be read are skipped and listed. Raises RunError (the model), AssetError (no
    readable photo); KeyboardInterrupt stops after the batch in hand.
    """
    started = time.monotonic()
    model = load_classifier(model_path, device, threads)
    found = find_photos(photos_path, model.classes, aliases, only)
    _tell_folders(found, model, report)
    if activation and not model.has_activation:
        report(Log(f"{model.path.name} cannot tell where it looks: it has no class activation maps", "warning"))
    skipped = list(found.skipped)
    predictions: list[Prediction] = []
    looked: list[npt.NDArray[np.float16]] = []
    small: list[Pixels] = []
    for photos, images in _batches(found.photos, model, batch, threads or usable_processors(), skipped):
        if photos and activation and model.has_activation:
            probabilities, maps = model.probabilities_and_activation(images)
            looked.append(maps.astype(np.float16))
            predictions += _predictions(photos, probabilities, model.classes)
        elif photos:
            predictions += _predictions(photos, model.probabilities(images), model.classes)
        if photos and thumbnails:
            small.append(np.stack([_thumbnail(image) for image in images]))
        report(_progress(len(predictions) + len(skipped) - len(found.skipped), len(found.photos), started))
    if not predictions:
        raise AssetError(f"{photos_path}: {_nothing_readable(skipped[len(found.skipped) :])}")
    for message in _skipped_messages(skipped):
        report(message)
    return Scores(
        model=model,
        photos=Path(photos_path),
        predictions=tuple(predictions),
        skipped=tuple(skipped),
        unknown_folders=found.unknown_folders,
        accuracy=_accuracy(predictions, model.classes),
        seconds=time.monotonic() - started,
        activation=np.concatenate(looked) if looked else None,
        thumbnails=np.concatenate(small) if small else None,
    )


def _batches(
    photos: Sequence[Photo], model: Classifier, batch: int, workers: int, skipped: list[Skipped]
) -> Iterator[tuple[list[Photo], Pixels]]:
    """Readable photos with their pixels (N, S, S, 3); the next batch is read while the caller works on this one."""

    def read(photo: Photo) -> Pixels:
        return resize_and_crop(load_rgb(photo.path), model.resize_px, model.crop_px)

    def ask(start: int) -> list[Future[Pixels]]:
        return [pool.submit(read, photo) for photo in photos[start : start + batch]]

    pool = ThreadPoolExecutor(workers)
    try:
        waiting = ask(0)
        for start in range(0, len(photos), batch):
            due, waiting = waiting, ask(start + batch)
            readable: list[Photo] = []
            pixels: list[Pixels] = []
            for photo, future in zip(photos[start : start + batch], due, strict=True):
                try:
                    pixels.append(future.result())
                    readable.append(photo)
                except AssetError as error:
                    skipped.append(Skipped(photo.name, str(error).removeprefix(f"{photo.path}: ")))
            yield readable, np.stack(pixels) if pixels else np.empty((0, 1, 1, 3), np.uint8)
    finally:
        pool.shutdown(cancel_futures=True)


def _thumbnail(image: Pixels) -> Pixels:
    size = (THUMBNAIL_PX, THUMBNAIL_PX)
    return np.asarray(Image.fromarray(image).resize(size, Image.Resampling.BILINEAR), dtype=np.uint8)


def _predictions(photos: Sequence[Photo], scores: Probabilities, classes: Sequence[str]) -> list[Prediction]:
    orders = np.argsort(-scores, axis=1, kind="stable")[:, :TOP]
    predictions = []
    for photo, row, order in zip(photos, scores, orders, strict=True):
        top = tuple((classes[label], float(row[label])) for label in order.tolist())
        predictions.append(Prediction(photo.path, photo.name, top[0][0], top[0][1], top, photo.true_class))
    return predictions


def _accuracy(predictions: Sequence[Prediction], classes: Sequence[str]) -> Accuracy | None:
    label = {name: index for index, name in enumerate(classes)}
    pairs = [(label[p.true_class], label[p.predicted]) for p in predictions if p.true_class is not None]
    return measure([true for true, _ in pairs], [predicted for _, predicted in pairs], classes) if pairs else None


def _tell_folders(found: Found, model: Classifier, report: Report) -> None:
    if found.own_class:
        report(Log(f"all photos are counted as {found.own_class!r}, after the name of the folder given"))
    labelled = any(photo.true_class is not None for photo in found.photos)
    if found.unknown_folders and not labelled:
        report(Log(f"no folder is named like a class ({', '.join(model.classes)}): predictions only", "warning"))
        return
    for folder, count in found.unknown_folders.items():
        text = f"folder {folder!r} is no class of the model: its {count} photos are predicted but not counted"
        report(Log(f"{text} (--alias {folder}=CLASS counts them)", "warning"))


def _skipped_messages(skipped: Sequence[Skipped]) -> list[Message]:
    shown: list[Message] = [Log(f"skipped {each.name}: {each.reason}", "warning") for each in skipped[:SHOWN_SKIPPED]]
    rest = len(skipped) - SHOWN_SKIPPED
    return [*shown, Log(f"skipped {rest} more files, all listed in summary.json", "warning")] if rest > 0 else shown


def _nothing_readable(unreadable: Sequence[Skipped]) -> str:
    first = unreadable[0]
    if len(unreadable) == 1:
        return first.reason
    return f"none of its {len(unreadable)} photos can be read; the first, {first.name}: {first.reason}"


def _progress(done: int, total: int, started: float) -> Progress:
    rate = done / max(time.monotonic() - started, 1e-6)
    return Progress("score", done, total, "photos", rate, (total - done) / rate if rate else None)
