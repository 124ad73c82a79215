"""Studies in words: the list of them, what one is going to cost, and how far it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import fill
from typing import TYPE_CHECKING, Any

from ..datasets.progress_text import duration
from .tables import table

if TYPE_CHECKING:
    from ..studies.estimates import Cost
    from ..studies.opened import OpenStudy
    from ..studies.study_file import StudyFile

WIDTH = 110
DAY_S = 86_400.0


def studies_text(studies: Sequence[StudyFile]) -> str:
    """What ``simreal study list`` prints."""
    blocks = []
    for study in studies:
        lines = [f"{study.name}: {study.title}", _indented(study.description, "  ")]
        lines += [_indented(f"--scale {name}: {scale.about}", "    ") for name, scale in study.scales.items()]
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)


def plan_text(opened: OpenStudy, costs: Sequence[Cost]) -> str:
    """What a study is going to do, by the names of its steps."""
    plan = opened.plan
    scale = f", scale {plan.study.scale}" if plan.study.scale else ""
    lines = [f"{plan.study.title}{scale}, in {opened.folder.path}"]
    if plan.study.about:
        lines.append(_indented(plan.study.about, "  "))
    cells, seeds = len(plan.cells), len(plan.seeds)
    lines.append(f"{cells} cell(s) x {seeds} seed(s); measured: {', '.join(plan.measures)}")
    if plan.without_photos:
        lines.append(f"left out, as they need photos (--photos DIR): {', '.join(plan.without_photos)}")
    rows: list[tuple[str, ...]] = [("step", "steps", "finished", "images to render", "time", "disk", "")]
    rows += [_cost_row(one) for one in costs]
    seconds, size = sum(one.seconds for one in costs), sum(one.bytes for one in costs)
    numbers = (sum(one.steps for one in costs), sum(one.finished for one in costs), sum(one.images for one in costs))
    rows.append(("all", *map(str, numbers), long_duration(seconds), _size(size), ""))
    lines += ["", *table(rows, left=(0, 6)), ""]
    guessed = [one for one in costs if one.steps > one.finished and not one.measured]
    if guessed:
        lines.append(
            "Times are of one step after the other. Guessed from a CPU without a GPU until a step of that kind is "
            "finished here: ask again then."
        )
    return "\n".join(lines)


def status_text(known: Mapping[str, Any]) -> str:
    """A study's ``status.json`` as a table of cells."""
    scale = f", scale {known['scale']}" if known["scale"] else ""
    failed = f", {known['failed']} failed or blocked" if known["failed"] else ""
    lines = [f"{known['title']}{scale}: {known['state']}, {known['done']} of {known['total']} steps done{failed}"]
    if known["eta_s"] and known["state"] == "running":
        lines.append(f"about {long_duration(known['eta_s'])} left")
    lines += [f"  {text}" for text in known["now"]]
    rows = [("cell", "state", "steps", *known["measures"])]
    for cell in known["cells"]:
        figures = (_figure(cell["measures"].get(name)) for name in known["measures"])
        rows.append((cell["label"], cell["state"], f"{cell['done']}/{cell['total']}", *figures))
    lines += ["", *table(rows, left=(0, 1))]
    if known["report"]:
        lines += ["", f"The report: {known['report']}"]
    return "\n".join(lines)


def long_duration(seconds: float) -> str:
    """``1:02:03``, or in days where it takes more than two of them."""
    return duration(seconds) if seconds < 2 * DAY_S else f"{seconds / DAY_S:,.0f} days"


def _cost_row(cost: Cost) -> tuple[str, ...]:
    left = cost.steps > cost.finished
    time = long_duration(cost.seconds) if left else ""
    told = ("measured here" if cost.measured else "guessed") if left else ""
    images = str(cost.images) if cost.images else ""
    return (cost.name, str(cost.steps), str(cost.finished), images, time, _size(cost.bytes), told)


def _figure(summary: Mapping[str, Any] | None) -> str:
    if summary is None:
        return ""
    return f"{summary['mean']:.1f} ± {summary['half']:.1f}"


def _size(size: float) -> str:
    return f"{size / 1e9:,.1f} GB" if size >= 1e8 else f"{size / 1e6:,.0f} MB" if size else ""


def _indented(text: str, indent: str) -> str:
    return fill(text, WIDTH, initial_indent=indent, subsequent_indent=indent)
