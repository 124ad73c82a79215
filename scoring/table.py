"""Predictions as a table: sorted and filtered for looking at, and as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import attrs

from .score import TOP, Prediction

SORTS: dict[str, Callable[[Prediction], Any]] = {
    "name": lambda prediction: prediction.name.casefold(),
    "predicted": lambda prediction: prediction.predicted,
    "confidence": lambda prediction: prediction.confidence,
    "true": lambda prediction: prediction.true_class or "",
    "correct": lambda prediction: {False: 0, None: 1, True: 2}[prediction.correct],
}


@attrs.frozen
class View:
    """Which rows are looked at, and in which order (``sort``: a key of SORTS). Empty texts filter nothing."""

    search: str = ""
    predicted: str = ""
    true: str = ""
    mistakes_only: bool = False
    sort: str = "name"
    descending: bool = False

    @property
    def filters(self) -> bool:
        """Whether rows may be left out."""
        return bool(self.search or self.predicted or self.true or self.mistakes_only)


def visible(predictions: Sequence[Prediction], view: View) -> list[int]:
    """The indices of the predictions that a view shows, in its order; those alike stay in theirs."""
    search = view.search.casefold()
    shown = [
        index
        for index, prediction in enumerate(predictions)
        if (not view.mistakes_only or prediction.correct is False)
        and (not view.predicted or prediction.predicted == view.predicted)
        and (not view.true or prediction.true_class == view.true)
        and search in prediction.name.casefold()
    ]
    key = SORTS[view.sort]
    return sorted(shown, key=lambda index: key(predictions[index]), reverse=view.descending)


def predictions_csv(predictions: Iterable[Prediction]) -> bytes:
    """A row a prediction, with the next best classes, in UTF-8."""
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
