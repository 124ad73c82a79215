"""A study's figures as tables: rows and columns as the study says, and every single one as CSV."""

from __future__ import annotations

import csv
import io

import attrs

from .outcome import Outcome, Summary

NOTHING = "-"


@attrs.frozen
class Column:
    """A column of figures: a measure, where the axes of the columns stand at ``choice``."""

    choice: tuple[tuple[str, str], ...]
    measure: str

    @property
    def title(self) -> str:
        return " ".join((*(option for _, option in self.choice), self.measure))


@attrs.frozen
class ReportTable:
    """The study's table: for every row the options of its axes, and a summary a column, None where there is none.

    ``papers`` stand beside them: the publication's figures, also where nothing is measured yet.
    """

    axes: tuple[str, ...]
    columns: tuple[Column, ...]
    rows: tuple[tuple[tuple[str, ...], tuple[Summary | None, ...], tuple[float | None, ...]], ...]


def report_table(outcome: Outcome) -> ReportTable:
    """Lay the summaries out as the study says."""
    plan = outcome.plan
    rows = plan.study.table.rows or tuple(plan.study.axes)[:1]
    varied = [axis for axis in plan.study.axes if len({cell.choice[axis] for cell in plan.cells}) > 1]
    others = [axis for axis in varied if axis not in rows]
    columns: dict[Column, None] = {}
    numbers: dict[tuple[str, ...], dict[Column, int]] = {}
    for number, cell in enumerate(plan.cells):
        choice = tuple((axis, cell.choice[axis]) for axis in others)
        row = numbers.setdefault(tuple(cell.choice[axis] for axis in rows), {})
        for measure in plan.measures:
            column = Column(choice, measure)
            columns[column] = None
            row[column] = number
    laid = tuple(
        (
            options,
            tuple(outcome.summaries.get((row[one], one.measure)) if one in row else None for one in columns),
            tuple(outcome.paper(row[one], one.measure) if one in row else None for one in columns),
        )
        for options, row in numbers.items()
    )
    return ReportTable(tuple(plan.study.axes[axis].label or axis for axis in rows), tuple(columns), laid)


def table_texts(table: ReportTable) -> list[tuple[str, ...]]:
    """The table as texts, with its header: ``61.3 ± 2.4 (68.8)``, the publication's figure in brackets."""
    lines = [(*table.axes, *(column.title for column in table.columns))]
    for options, summaries, papers in table.rows:
        cells = (_short(one, paper) for one, paper in zip(summaries, papers, strict=True))
        lines.append((*options, *cells))
    return lines


def results_csv(outcome: Outcome) -> str:
    """A row per cell, seed and measure; accuracies in percent, with intervals over the images."""
    plan = outcome.plan
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*plan.study.axes, "seed", "measure", "n", "percent", "low_95", "high_95", "paper"])
    for (cell, seed, measure), one in outcome.measured.items():
        paper = outcome.paper(cell, measure)
        figures = (f"{value:.4f}" for value in (one.percent, one.low, one.high))
        writer.writerow(
            [*plan.cells[cell].choice.values(), seed, measure, one.n, *figures, "" if paper is None else f"{paper:g}"]
        )
    return text.getvalue()


def _short(summary: Summary | None, paper: float | None) -> str:
    text = NOTHING if summary is None else plain(summary)
    return text if paper is None else f"{text} ({paper:g})"


def plain(summary: Summary) -> str:
    """``61.3 ± 2.4``."""
    return f"{summary.mean:.1f} ± {summary.half:.1f}"
