"""What a scoring leaves behind: a folder of tables and pictures, written whole or not at all."""

from __future__ import annotations

import contextlib
import csv
import errno
import io
import json
import math
import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from PIL import Image

from ..datasets.confusion import confusion_picture
from ..datasets.contact_sheet import GREEN, RED, Cell, contact_sheet
from ..datasets.preprocessing import load_rgb
from ..design.errors import AssetError, DataSetError
from .photos import SCORES_KEY, SCORES_MARKER, is_scores_folder
from .score import TOP, Prediction, Scores

FORMAT_VERSION = 1
FILES = ("predictions.csv", "predictions.json", "confusion.png", "mistakes.png", "overview.png", SCORES_MARKER)
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
        "photos": str(scores.photos),
        "n_predicted": len(scores.predictions),
        "n_skipped": len(scores.skipped),
        **(accuracy.to_json() if accuracy else {"n": 0, "top1": None, "mean_class_accuracy": None, "per_class": {}}),
        "skipped": [{"path": each.name, "reason": each.reason} for each in scores.skipped],
        "folders_of_no_class": dict(scores.unknown_folders),
        "model": scores.model.describe(),
        "seconds": round(scores.seconds, 3),
    }


def _contents(scores: Scores) -> Iterable[tuple[str, bytes]]:
    yield "predictions.csv", _csv(scores.predictions)
    yield "predictions.json", _json([_row(prediction) for prediction in scores.predictions])
    yield "overview.png", _png(_overview(scores))
    if scores.accuracy:
        yield "confusion.png", _png(confusion_picture(scores.accuracy, f"{scores.model.path.name} on {_title(scores)}"))
        mistakes = [prediction for prediction in scores.predictions if prediction.correct is False]
        if mistakes:
            yield "mistakes.png", _png(_mistakes(mistakes, scores))
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


def _csv(predictions: Iterable[Prediction]) -> bytes:
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    ranks = [column for rank in range(2, TOP + 1) for column in (f"class_{rank}", f"confidence_{rank}")]
    table.writerow(["path", "true_class", "predicted", "confidence", "correct", *ranks])
    for prediction in predictions:
        correct = "" if prediction.correct is None else int(prediction.correct)
        rest = [value for name, confidence in prediction.top5[1:] for value in (name, f"{confidence:.6f}")]
        rest += [""] * (len(ranks) - len(rest))
        row = [prediction.name, prediction.true_class or "", prediction.predicted, f"{prediction.confidence:.6f}"]
        table.writerow([*row, correct, *rest])
    return text.getvalue().encode()


def _mistakes(mistakes: list[Prediction], scores: Scores) -> Image.Image:
    worst = sorted(mistakes, key=lambda prediction: (-prediction.confidence, prediction.name))[:SHEET_PHOTOS]
    shown = f"{len(worst)} of " if len(worst) < len(mistakes) else ""
    title = f"Worst mistakes, most confident first ({shown}{len(mistakes)}): {_title(scores)}"
    cells = (Cell(_photo(each), _caption(each)) for each in worst)
    return contact_sheet(cells, SHEET_COLUMNS, title=title)


def _overview(scores: Scores) -> Image.Image:
    every = max(1.0, len(scores.predictions) / SHEET_PHOTOS)
    shown = [scores.predictions[int(index * every)] for index in range(math.ceil(len(scores.predictions) / every))]
    borders = {True: GREEN, False: RED, None: None}
    cells = (Cell(_photo(each), _caption(each), borders[each.correct]) for each in shown[:SHEET_PHOTOS])
    return contact_sheet(cells, SHEET_COLUMNS, title=f"Predictions: {_title(scores)}")


def _caption(prediction: Prediction) -> str:
    truth = f"{prediction.true_class} -> " if prediction.correct is False else ""
    return f"{truth}{prediction.predicted} {prediction.confidence:.2f}"


def _title(scores: Scores) -> str:
    return scores.photos.resolve().name


def _photo(prediction: Prediction) -> Image.Image | None:
    try:
        return load_rgb(prediction.path)
    except AssetError:  # it was readable when it was scored: removed since, so the sheet shows a placeholder
        return None


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
