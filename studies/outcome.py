"""What a study has measured so far: the figures of every cell and seed, and what they come to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from ..design.errors import StudyError
from .intervals import mean_interval
from .plan import EVALUATE, Plan, Value
from .study_folder import StudyFolder, read_json


@attrs.frozen
class Measured:
    """One accuracy of one cell and seed, in percent, on ``n`` images, with its 95 % interval over these images."""

    n: int
    percent: float
    low: float
    high: float


@attrs.frozen
class Summary:
    """A measure of a cell over its seeds, in percent, with half the width of its interval, and its limits within 0 to
    100. It is over seeds, by Student's t; of one seed over its images (Wilson). ``paper`` is what a publication has."""

    mean: float
    half: float
    low: float
    high: float
    seeds: int
    n: int
    paper: float | None = None


@attrs.frozen
class Outcome:
    """``measured`` by (cell, seed, measure), ``summaries`` by (cell, measure); what is not there yet is missing."""

    plan: Plan
    measured: Mapping[tuple[int, int, str], Measured]
    summaries: Mapping[tuple[int, str], Summary]

    def paper(self, cell: int, measure: str) -> float | None:
        """What the publication has for a cell."""
        return paper_value(self.plan, cell, measure)

    @property
    def complete(self) -> bool:
        """Whether all is measured."""
        return len(self.measured) == len(self.plan.values)


def outcome_of(plan: Plan, folder: StudyFolder, before: Outcome | None = None) -> Outcome:
    """Read the results of all finished steps, but for those that were read ``before``: they do not change.

    StudyError where a result lacks what the study asks of it.
    """
    known = before.measured if before is not None else {}
    measured = {}
    for value in plan.values:
        place = value.cell, value.seed, value.measure
        found = known.get(place) or measured_value(plan, folder, value)
        if found is not None:
            measured[place] = found
    summaries = {}
    for number in range(len(plan.cells)):
        for measure in plan.measures:
            there = [measured[number, seed, measure] for seed in plan.seeds if (number, seed, measure) in measured]
            if there:
                summaries[number, measure] = _summary(there, paper_value(plan, number, measure))
    return Outcome(plan, measured, summaries)


def measured_value(plan: Plan, folder: StudyFolder, value: Value) -> Measured | None:
    """One value; None where its step is not finished."""
    step = plan.steps[value.key]
    if folder.finished(step) is None:
        return None
    out = folder.out(step)
    if step.verb == EVALUATE and not value.result:
        for file in sorted(out.glob("*/results.json")):
            results = read_json(file) or {}
            if not value.split or results.get("split") == value.split:
                return _measured(results, value, str(file))
        raise StudyError(f"{out} holds no results of the split '{value.split}'; remove {out.parent}, and run again")
    file = out / "results.json"
    found: Any = read_json(file)
    for name in value.result.split("."):
        found = found.get(name) if isinstance(found, dict) else None
    return _measured(found, value, f"{file}: {value.result}")


def paper_value(plan: Plan, cell: int, measure: str) -> float | None:
    """What the publication has for a cell of the study, in percent."""
    choice = plan.cells[cell].choice
    for row in plan.study.paper.values if plan.study.paper else ():
        axes = {axis: str(option) for axis, option in row.items() if axis in plan.study.axes}
        if measure in row and all(choice[axis] == option for axis, option in axes.items()):
            return float(row[measure])
    return None


def _measured(results: Any, value: Value, place: str) -> Measured:
    if not isinstance(results, dict) or results.get(value.of) is None:
        raise StudyError(f"{place} has no {value.of}, which the measure '{value.measure}' asks for")
    percent = 100 * float(results[value.of])
    low, high = results.get(f"{value.of}_interval_95") or (results[value.of], results[value.of])
    return Measured(int(results.get("n", 0)), percent, 100 * low, 100 * high)


def _summary(there: list[Measured], paper: float | None) -> Summary:
    images = there[0].n
    if len(there) == 1:
        one = there[0]
        return Summary(one.percent, (one.high - one.low) / 2, one.low, one.high, 1, images, paper)
    mean, low, high = mean_interval([one.percent for one in there])
    return Summary(mean, (high - low) / 2, max(0.0, low), min(100.0, high), len(there), images, paper)
