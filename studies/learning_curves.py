"""Learning curves of a study: how accuracy grew while its networks were trained, by what the runs measured themselves.

Read from the ``measures.csv`` of runs; of several seeds the mean, with its interval, where all have measured.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from ..datasets.reading import PLAIN_SPLIT
from ..design.errors import StudyError
from .chart import Chart, Collection, Point
from .intervals import mean_interval
from .plan import Plan
from .study_folder import StudyFolder

MEASURES_CSV = "measures.csv"


def curves_chart(plan: Plan, folder: StudyFolder, number: int, name: str) -> Chart:
    """The curves of the study's figure of that number: a panel a measured set, a series a cell."""
    figure = plan.study.figures[number]
    found: dict[tuple[str, int], dict[float, list[float]]] = {}
    for curve in plan.curves:
        if curve.figure == number:
            file = folder.out(plan.steps[curve.key]) / MEASURES_CSV
            for measured, images, percent in _rows(file):
                found.setdefault((_title(plan, measured), curve.cell), {}).setdefault(images, []).append(percent)
    collected = Collection(figure)
    for title in dict.fromkeys(title for title, _ in found):
        if not figure.measures or title in figure.measures:
            for (measured, cell), percents in found.items():
                if measured == title:
                    for point in _points(plan.cells[cell].label, percents):
                        collected.add(title, plan.cells[cell], point)
    title = figure.title or f"{plan.study.title}: learning curves"
    return Chart("curves", name, title, "images seen in training", (), collected.panels, collected.columns)


def _rows(file: Path) -> Iterator[tuple[str, float, float]]:
    """Set, images seen, accuracy in percent. Nothing where the run has measured nothing yet."""
    if not file.is_file():
        return
    with file.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            try:
                yield row["name"], float(row["images"]), 100 * float(row["top1"])
            except (KeyError, TypeError, ValueError) as error:
                raise StudyError(f"{file}: cannot be read ({error!r})") from None


def _points(label: str, found: Mapping[float, Sequence[float]]) -> Iterator[Point]:
    for images, percents in sorted(found.items()):
        mean, low, high = mean_interval(percents) if len(percents) > 1 else (percents[0],) * 3
        note = f"{label}: {mean:.1f} % after {images:,.0f} images ({len(percents)} seed(s))"
        yield Point(images, mean, max(0.0, low), min(100.0, high), note)


def _title(plan: Plan, measured: str) -> str:
    """The study's own name for a set that a run measured on: of its first measure on that data and split."""
    for name, measure in plan.cells[0].recipe.measures.items():
        place = plan.photos[measure.data].name if measure.data in plan.photos else measure.data
        beside_others = f"{place}-{measure.split or PLAIN_SPLIT}".removesuffix(f"-{PLAIN_SPLIT}")
        if measure.data and measured in (beside_others, measure.split):
            return name
    return measured
