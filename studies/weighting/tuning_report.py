"""The report of a tuning: what to change, what that is worth and to whom, how far it can be believed.

``report.html`` is one self-contained page, ``report.md`` says the same, ``comparison.png`` is its figure, and
``renders.png`` the sheet of renders that it shows where there is one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from ...datasets.suggestion_records import SuggestionRecord
from ...datasets.writing import write_bytes
from ..chart import Chart, Panel, Point, Series
from ..chart_png import chart_png
from ..chart_svg import chart_svg
from ..page import Commands, Drawing, Picture, Section, Table, Text, page
from .comparison import RESAMPLES, USER, Contender, Share, accuracy, detectable
from .objectives import OBJECTIVES
from .search_space import subject_text
from .suggestion import Facts, Outcome
from .tuner import Tuned

REPORT_HTML, REPORT_MD, FIGURE, SHEET = "report.html", "report.md", "comparison.png", "renders.png"
_RENDERS = "Renders of the comparison that are drawn otherwise: the same numbers and seed, before and after"
_CAPTION = "Share of the photos of reporting that is right, with 95 % intervals. Each bar has as many images."


def write_report(outcome: Outcome, folder: Path) -> None:
    """Write it into a folder."""
    record, tuned, contenders, gains = outcome.record, outcome.tuned, outcome.contenders, outcome.gains
    facts = outcome.facts
    title, lead = f"Tuned weights for {record.design_name}", lead_text(outcome)
    sections = [Section("What to change", _changes(record, tuned))]
    markdown = [f"# {title}", "", lead, "", "## What to change", "", *_markdown_changes(record, tuned)]
    if contenders:
        chart = _chart(contenders)
        write_bytes(folder / FIGURE, chart_png(chart))
        header, rows = comparison_rows(contenders, gains)
        sections.append(Section(chart.title, [Table(header, rows), Drawing(chart_svg(chart), _CAPTION)]))
        markdown += ["", f"## {chart.title}", "", *_markdown_table(header, rows), "", f"![{_CAPTION}]({FIGURE})"]
    if (folder / SHEET).is_file():
        sections.append(Section("How renders change", [Picture(folder / SHEET, _RENDERS)]))
        markdown += ["", "## How renders change", "", f"![{_RENDERS}]({SHEET})"]
    doubts = [*record.warnings, *_detection(gains, facts)]
    if doubts:
        sections.append(Section("What to doubt", [Text(text) for text in doubts]))
        markdown += ["", "## What to doubt", "", *(f"- {text}" for text in doubts)]
    about = _about(tuned, facts)
    sections.append(Section("How it was found", [*(Text(text) for text in about), _rounds(tuned)]))
    sections.append(Section("What to do with it", [Commands([f"simreal render {folder.name}/tuned.simreal.json"])]))
    markdown += ["", "## How it was found", *(line for text in about for line in ("", text))]
    write_bytes(folder / REPORT_HTML, page(title, lead, sections).encode())
    write_bytes(folder / REPORT_MD, ("\n".join(markdown) + "\n").encode())


def lead_text(outcome: Outcome) -> str:
    """The answer in a sentence or two."""
    record = outcome.record
    if not record.changes:
        return "No change stands out of the noise: the design stays as it is."
    many = f"{len(record.changes)} change{'' if len(record.changes) == 1 else 's'}"
    told = "; ".join(f"{gain.text} against {name}" for name, gain in outcome.gains.items())
    if not told:
        return f"{many} suggested; what they are worth on photos was not measured."
    lead = f"{many} suggested: {told}, on {len(outcome.facts.photos.reporting)} photos that tuning never saw."
    if USER in outcome.gains and outcome.gains[USER].holds_zero:
        lead += " Against your design no difference was found: it may as well stay as it is."
    return lead


def comparison_rows(
    contenders: Sequence[Contender], gains: Mapping[str, Share]
) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """The comparison as a table of texts: a header, and a row for each design."""
    header = ("design", "images", "seeds", "Acc, %", "95 %", "Mean, %", "tuned gains, points")
    rows: list[tuple[str, ...]] = []
    for one in contenders:
        share = accuracy(one)
        gain = gains[one.name].text.removesuffix(" points") if one.name in gains else ""
        interval, mean = f"{share.low:.1f} .. {share.high:.1f}", f"{one.mean_class_accuracy:.1f}"
        rows.append((one.name, str(one.images), str(len(one.right)), f"{share.mean:.1f}", interval, mean, gain))
    return header, rows


def change_rows(record: SuggestionRecord, tuned: Tuned) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """The changes as a table of texts, those that are surest first."""
    unit = ", points" if record.changes[0].effect else ""
    header = ("change", "before", "after", f"leaving it out costs{unit}", "photos look like it, standard errors")
    rows = []
    for name, change in zip(tuned.point, record.changes, strict=True):
        effect, gain = change.effect, tuned.changes[name]
        worth = f"{effect.points:.1f} [{effect.low:.1f}, {effect.high:.1f}]" if effect else (
            f"{gain.mean:.3g} +- {gain.error:.2g}"
        )  # fmt: skip
        alike = "" if change.alike is None else f"{change.alike:.1f}"
        rows.append((gain.ratio, (subject_text(tuned.space[name]), change.before, change.after, worth, alike)))
    return header, [row for _, row in sorted(rows, key=lambda pair: -pair[0])]


def _changes(record: SuggestionRecord, tuned: Tuned) -> list[Table | Text]:
    if not record.changes:
        return [Text("Nothing.")]
    note = (
        "What leaving a change out costs is estimated on photos of tuning, from weighted images; the search chose what "
        "looked best on them, so that these figures flatter. Those of the comparison do not. The last column says by "
        "how much photos look more like renders with a change than without: where it is clear the change was made for "
        "that, and stays unless the objective speaks by two standard errors against all such changes of its parameter "
        "together."
    )
    return [Table(*change_rows(record, tuned)), Text(note)]


def _markdown_changes(record: SuggestionRecord, tuned: Tuned) -> list[str]:
    return _markdown_table(*change_rows(record, tuned)) if record.changes else ["Nothing."]


def _markdown_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    lines = [f"| {' | '.join(header)} |", f"|{'---|' * len(header)}"]
    return lines + [f"| {' | '.join(row)} |" for row in rows]


def _chart(contenders: Sequence[Contender]) -> Chart:
    points = []
    for place, one in enumerate(contenders):
        share = accuracy(one)
        note = f"{one.name}: {share.mean:.1f} % ({share.low:.1f} to {share.high:.1f})"
        points.append(Point(place, share.mean, share.low, share.high, note))
    series = (Series("", tuple(points)),)
    names = tuple(one.name for one in contenders)
    return Chart("bars", "comparison", "Accuracy on photos", "design", names, (Panel("Acc, %", series),))


def _detection(gains: Mapping[str, Share], facts: Facts) -> list[str]:
    if not gains:
        return []
    least = ", ".join(f"{detectable(gain):.1f} to {name}" for name, gain in gains.items())
    seeds = f"{facts.seeds} seed{'' if facts.seeds == 1 else 's'}"
    return [
        f"With {len(facts.photos.reporting)} photos of reporting and {seeds}, a difference is found in four cases of "
        f"five from so many points on: {least}."
    ]


def _about(tuned: Tuned, facts: Facts) -> list[str]:
    photos, objective = facts.photos, OBJECTIVES[facts.objective]
    ranking = (
        "Without labels an objective is worth as much as it ranks designs by their accuracy on photos. Over 32 designs "
        f"of ten classes, on 300 photos, its rank correlation with accuracy was {objective.ranks}. With other classes "
        "and photos it may be another one: docs/objectives.md says how to measure it."
    )
    return [
        f"Objective: {objective.name}, {objective.help}.",
        *([] if objective.needs_labels else [ranking]),
        f"{tuned.images} images were rendered to tune, in {len(tuned.rounds)} rounds.",
        f"Photos: {len(photos.tuning)} of tuning, {len(photos.reporting)} of reporting, which the search had not.",
        f"Intervals of the comparison: bootstrap over photos and seeds, {RESAMPLES} resamples, paired.",
    ]


def _rounds(tuned: Tuned) -> Table:
    header = ("round", "new images", "trials", "changes", "effective images")
    rows = [
        (str(number), str(one.images), str(one.found.trials), str(len(one.found.point)), f"{one.found.effective:.0f}")
        for number, one in enumerate(tuned.rounds, 1)
    ]
    return Table(header, rows)
