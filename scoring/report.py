"""What a scoring leaves behind: a folder of tables and pictures, written whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import io
import json
import math
import os
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from ..datasets.accuracy_bars import accuracy_bars
from ..datasets.confusion import confusion_picture
from ..datasets.contact_sheet import GREEN, RED, Cell, contact_sheet
from ..datasets.preprocessing import load_rgb
from ..design.errors import AssetError, DataSetError
from .heat import Sight, heated
from .photos import SCORES_KEY, SCORES_MARKER, is_scores_folder
from .score import Prediction, Scores
from .table import predictions_csv

FORMAT_VERSION = 1
PREDICTIONS = "predictions.json"
CONFUSION = "confusion.png"
PER_CLASS = "per_class.png"
ACTIVATION = "activation.npy"
THUMBNAILS = "thumbnails.npy"
FILES = (
    *("predictions.csv", PREDICTIONS, CONFUSION, PER_CLASS, "mistakes.png", "mistakes_seen.png", "overview.png"),
    *(ACTIVATION, THUMBNAILS, SCORES_MARKER),
)
PARTIAL = ".simreal-partial"
SHEET_PHOTOS = 48
SHEET_COLUMNS = 8


def check_output(out: Path) -> None:
    """Refuse, before any work, a folder that ``write_report`` would refuse or could not write: DataSetError."""
    if out.exists() and not out.is_dir():
        raise DataSetError(f"{out}: is a file; give a folder for the scores")
    try:
        others = [each.name for each in out.iterdir() if each.name != PARTIAL] if out.exists() else []
    except OSError as error:
        raise DataSetError(_explain(out, error)) from error
    if others and not is_scores_folder(out):
        raise DataSetError(f"{out}: holds something else ({min(others)}); give --out an empty or a new folder")
    existing = next(folder for folder in (out, *out.absolute().parents) if folder.exists())
    if not existing.is_dir() or not os.access(existing, os.W_OK | os.X_OK):
        raise DataSetError(f"{out}: {existing} cannot be written to; give another --out")


def write_report(scores: Scores, out: Path) -> list[Path]:
    """Write the tables and pictures of ``scores`` into ``out``, replacing those of an earlier scoring.

    Everything is first written beside its place and then renamed, ``summary.json`` last: what was there before stays
    until all of the new is on disk. Raises DataSetError where that fails; nothing is left of the attempt then.
    """
    check_output(out)
    stage = out / PARTIAL
    created = [folder for folder in (out, *out.parents) if not folder.exists()]
    try:
        shutil.rmtree(stage, ignore_errors=True)  # of a scoring that was killed
        stage.mkdir(parents=True)
        for name, content in _contents(scores):
            (stage / name).write_bytes(content)
        written = [name for name in FILES if (stage / name).exists()]
        for name in written:
            (stage / name).replace(out / name)
        stage.rmdir()
        for name in set(FILES) - set(written):
            (out / name).unlink(missing_ok=True)
    except BaseException as error:
        shutil.rmtree(stage, ignore_errors=True)
        for folder in created:
            with contextlib.suppress(OSError):  # not made, or no longer empty
                folder.rmdir()
        if isinstance(error, OSError):
            raise DataSetError(_explain(out, error)) from error
        raise
    return [out / name for name in written]


def summary(scores: Scores) -> dict[str, Any]:
    """The figures as JSON: ``n`` photos of a known class with their accuracy, and what was skipped and why."""
    accuracy = scores.accuracy
    return {
        SCORES_KEY: FORMAT_VERSION,
        "photos": str(scores.photos.absolute()),
        "n_predicted": len(scores.predictions),
        "n_skipped": len(scores.skipped),
        **(accuracy.to_json() if accuracy else {"n": 0, "top1": None, "mean_class_accuracy": None, "per_class": {}}),
        "skipped": [{"path": each.name, "reason": each.reason} for each in scores.skipped],
        "folders_of_no_class": dict(scores.unknown_folders),
        "model": scores.model.describe(),
        "seconds": round(scores.seconds, 3),
    }


def _contents(scores: Scores) -> Iterable[tuple[str, bytes]]:
    yield "predictions.csv", predictions_csv(scores.predictions)
    yield PREDICTIONS, _json([_row(prediction) for prediction in scores.predictions])
    yield "overview.png", _png(_overview(scores))
    if scores.activation is not None:
        yield ACTIVATION, _npy(scores.activation)
    if scores.thumbnails is not None:
        yield THUMBNAILS, _npy(scores.thumbnails)
    if scores.accuracy:
        title = f"{scores.model.path.name} on {_title(scores)}"
        yield CONFUSION, _png(confusion_picture(scores.accuracy, title))
        yield PER_CLASS, _png(accuracy_bars(scores.accuracy, title))
        mistakes = [index for index, prediction in enumerate(scores.predictions) if prediction.correct is False]
        if mistakes:
            yield "mistakes.png", _png(_mistakes(mistakes, scores, _photo))
        if mistakes and scores.activation is not None:
            yield "mistakes_seen.png", _png(_mistakes(mistakes, scores, _seen))
    yield SCORES_MARKER, _json(summary(scores))


def _row(prediction: Prediction) -> dict[str, Any]:
    return {
        "path": prediction.name,
        "true_class": prediction.true_class,
        "predicted": prediction.predicted,
        "confidence": round(prediction.confidence, 6),
        "correct": prediction.correct,
        "top5": [[name, round(confidence, 6)] for name, confidence in prediction.top5],
    }


def _mistakes(mistakes: list[int], scores: Scores, draw: Callable[[Scores, int], Image.Image | None]) -> Image.Image:
    def rank(index: int) -> tuple[float, str]:
        return -scores.predictions[index].confidence, scores.predictions[index].name

    worst = sorted(mistakes, key=rank)[:SHEET_PHOTOS]
    shown = f"{len(worst)} of " if len(worst) < len(mistakes) else ""
    title = f"Worst mistakes, most confident first ({shown}{len(mistakes)}): {_title(scores)}"
    cells = (Cell(draw(scores, index), _caption(scores.predictions[index])) for index in worst)
    return contact_sheet(cells, SHEET_COLUMNS, title=title)


def _overview(scores: Scores) -> Image.Image:
    every = max(1.0, len(scores.predictions) / SHEET_PHOTOS)
    shown = [int(number * every) for number in range(math.ceil(len(scores.predictions) / every))][:SHEET_PHOTOS]
    borders = {True: GREEN, False: RED, None: None}
    cells = (
        Cell(_photo(scores, index), _caption(each), borders[each.correct])
        for index, each in ((index, scores.predictions[index]) for index in shown)
    )
    return contact_sheet(cells, SHEET_COLUMNS, title=f"Predictions: {_title(scores)}")


def _caption(prediction: Prediction) -> str:
    truth = f"{prediction.true_class} -> " if prediction.correct is False else ""
    return f"{truth}{prediction.predicted} {prediction.confidence:.2f}"


def _title(scores: Scores) -> str:
    return scores.photos.resolve().name


def _photo(scores: Scores, index: int) -> Image.Image | None:
    try:
        return load_rgb(scores.predictions[index].path)
    except AssetError:  # it was readable when it was scored: removed since, so the sheet shows a placeholder
        return None


def _seen(scores: Scores, index: int) -> Image.Image | None:
    photo = _photo(scores, index)
    if photo is None or scores.activation is None:
        return photo
    return heated(
        photo, scores.activation[index].astype(np.float32), Sight(scores.model.resize_px, scores.model.crop_px)
    )


def _npy(values: npt.NDArray[Any]) -> bytes:
    content = io.BytesIO()
    np.save(content, values)
    return content.getvalue()


def _png(image: Image.Image) -> bytes:
    content = io.BytesIO()
    image.save(content, "PNG", optimize=True)
    return content.getvalue()


def _json(values: Any) -> bytes:
    return (json.dumps(values, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()


def _explain(out: Path, error: OSError) -> str:
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT:
            return f"{out}: the disk is full; free some space or give another --out (nothing was written)"
        case errno.EACCES | errno.EPERM | errno.EROFS:
            return f"{out}: cannot be written to ({error.strerror}); give another --out"
        case _:
            return f"{out}: the scores cannot be written ({error.strerror or error})"
