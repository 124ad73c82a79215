"""A folder of scores read back: what ``report`` wrote, for looking at without the model."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from ..datasets.preprocessing import Pixels
from ..design.errors import DataSetError
from .photos import SCORES_KEY, SCORES_MARKER, Skipped
from .report import ACTIVATION, FORMAT_VERSION, PREDICTIONS, THUMBNAILS
from .score import Prediction

ANEW = "score the photos again"


@attrs.frozen(eq=False)
class SavedScores:
    """What a scores folder says. ``summary`` is its summary.json, with ``n`` photos of a known class and accuracies.

    ``places`` are the height and width of the class activation maps, None where there are none.
    """

    folder: Path
    photos: Path
    model: Path
    classes: tuple[str, ...]
    resize_px: int
    crop_px: int
    predictions: tuple[Prediction, ...]
    skipped: tuple[Skipped, ...]
    unknown_folders: dict[str, int]
    summary: dict[str, Any]
    places: tuple[int, int] | None
    has_thumbnails: bool

    def activation(self, index: int) -> npt.NDArray[np.float32] | None:
        """Where the model looked in photo ``index``: (h, w) in units of the logit; None where that is not known."""
        row = _row(self.folder / ACTIVATION, index) if self.places else None
        return None if row is None else row.astype(np.float32)

    def thumbnail(self, index: int) -> Pixels | None:
        """The small picture of photo ``index``; None where there is none."""
        return _row(self.folder / THUMBNAILS, index) if self.has_thumbnails else None


def read_scores(folder: Path) -> SavedScores:
    """Read a folder of scores. DataSetError where it is none, another version's, or its files do not fit together."""
    summary = _json(folder, SCORES_MARKER)
    if not isinstance(summary, dict) or SCORES_KEY not in summary:
        raise DataSetError(f"{folder}: its {SCORES_MARKER} is not of scores; choose a folder that scoring has written")
    if summary[SCORES_KEY] != FORMAT_VERSION:
        raise DataSetError(f"{folder}: these scores are of another version of Simreal; {ANEW}")
    try:
        photos, model = Path(summary["photos"]), summary["model"]
        predictions = tuple(_prediction(photos, row) for row in _json(folder, PREDICTIONS))
        if len(predictions) != summary["n_predicted"]:
            raise DataSetError(f"{folder}: {len(predictions)} predictions of {summary['n_predicted']}; {ANEW}")
        maps = _shape(folder / ACTIVATION, len(predictions))
        return SavedScores(
            folder=folder,
            photos=photos,
            model=Path(model["path"]),
            classes=tuple(model["classes"]),
            resize_px=model["resize_px"],
            crop_px=model["crop_px"],
            predictions=predictions,
            skipped=tuple(Skipped(each["path"], each["reason"]) for each in summary["skipped"]),
            unknown_folders=dict(summary["folders_of_no_class"]),
            summary=summary,
            places=None if maps is None else (maps[1], maps[2]),
            has_thumbnails=_shape(folder / THUMBNAILS, len(predictions)) is not None,
        )
    except (KeyError, TypeError, IndexError, ValueError) as error:
        raise DataSetError(f"{folder}: the scores are incomplete ({error!r}); {ANEW}") from error


def _prediction(photos: Path, row: dict[str, Any]) -> Prediction:
    return Prediction(
        path=photos if photos.name == row["path"] and photos.is_file() else photos / row["path"],
        name=row["path"],
        predicted=row["predicted"],
        confidence=row["confidence"],
        top5=tuple((name, confidence) for name, confidence in row["top5"]),
        true_class=row["true_class"],
    )


def _json(folder: Path, name: str) -> Any:
    try:
        return json.loads((folder / name).read_bytes())
    except FileNotFoundError:
        raise DataSetError(f"{folder}: holds no {name}; choose a folder that scoring has written") from None
    except OSError as error:
        raise DataSetError(f"{folder}: {name} cannot be read ({error.strerror})") from error
    except ValueError as error:
        raise DataSetError(f"{folder}: {name} is damaged ({error}); {ANEW}") from error


def _shape(path: Path, count: int) -> tuple[int, ...] | None:
    """The shape of an array beside ``count`` predictions; None where it is not there."""
    if not path.is_file():
        return None
    shape: tuple[int, ...] = np.load(path, mmap_mode="r").shape
    if shape[0] != count or len(shape) < 3:
        raise DataSetError(f"{path}: is of {shape[0]} photos, not of {count}; {ANEW}")
    return shape


def _row(path: Path, index: int) -> Any:
    """One row; the file is let go at once, so that the next scoring can replace it. None where it is gone."""
    try:
        return np.array(np.load(path, mmap_mode="r")[index])
    except (OSError, ValueError, IndexError):  # replaced or removed since
        return None
