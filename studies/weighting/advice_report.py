"""The report of advice: one self-contained page, and the same as Markdown."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from ...datasets.accuracy import wilson_interval
from ...datasets.advice_records import Advice, AdviceRecord, Measured
from ...datasets.writing import write_bytes
from ..page import Commands, Number, Part, Picture, Section, SortableTable, Table, Text, page

REPORT_HTML, REPORT_MD = "report.html", "report.md"
METHOD = (
    "Photos are matched to renders in the space of frozen features: the nearest renders of a photo's own class, and, "
    "of each number that a factor draws, a regression from features to its value. Intervals are 95 %, by bootstrap "
    "over photos and over renders (of a class's models: over models); those of accuracy are Wilson's.",
    "What is measured is likeness. That it is the cause of a mistake is likely at most: photos that differ from all "
    "renders in a way that looks like a parameter would look the same here. Change the design, render, train, and see. "
    "Photos of the reporting part were not looked at; judge a change by them.",
    "A range and an option's weight hold for all classes of a design: what one class asks for, the others get too.",
)
_NO_ADVICE = "Nothing in the design stands out as a cause of mistakes on these photos."


def write_report(record: AdviceRecord, out: Path, pictures: Sequence[str]) -> tuple[Path, Path]:
    """Write ``report.html`` and ``report.md``; ``pictures`` are files in ``out``, of all photos together."""
    html, markdown = out / REPORT_HTML, out / REPORT_MD
    write_bytes(html, _page(record, out, pictures).encode())
    write_bytes(markdown, _markdown(record, pictures).encode())
    return html, markdown


def title_of(number: int, advice: Advice) -> str:
    """``2. cellphone: 3D models``."""
    kinds = {
        "models": "3D models",
        "range": "a range",
        "options": "how often options are drawn",
        "confusion": "a mistake that is made often",
        "unexplained": "no cause found",
    }
    return f"{number}. {advice.class_name or 'All classes'}: {kinds[advice.kind]}"


def lead(record: AdviceRecord) -> str:
    low, high = wilson_interval(record.correct, record.photos)
    return (
        f"{record.correct} of {record.photos} tuning photos are right, {100 * record.accuracy:.1f} % "
        f"[{100 * low:.1f}, {100 * high:.1f}], by {record.classifier}; matched to {record.images} renders in the "
        f"features of {record.backbone}."
    )


def _page(record: AdviceRecord, out: Path, pictures: Sequence[str]) -> str:
    rows: list[tuple[str | Number, ...]] = [
        (
            one.name,
            Number(one.photos, str(one.photos)),
            Number(one.accuracy, f"{100 * one.accuracy:.0f} %", f"{100 * one.low:.0f} to {100 * one.high:.0f}"),
            ", ".join(f"{name} {count}" for name, count in one.taken_for.items()),
        )
        for one in record.classes
    ]
    parts: list[Part] = [SortableTable(("class", "photos", "right", "taken for"), rows)]
    parts += [Picture(out / name, Path(name).stem.capitalize()) for name in pictures]
    sections = [Section("Advice in short", [Table(("", "what to do"), _short(record))])] if record.advice else []
    sections.append(Section("How the classes fare", parts))
    sections += [_section(number, one, out) for number, one in enumerate(record.advice, 1)]
    if not record.advice:
        sections.append(Section("Advice", [Text(_NO_ADVICE)]))
    if record.warnings:
        sections.append(Section("With care", [Text(text) for text in record.warnings]))
    sections.append(Section("What this rests on", [Text(text) for text in METHOD]))
    return page(f"Advice on {record.design_name}", lead(record), sections)


def _section(number: int, advice: Advice, out: Path) -> Section:
    parts: list[Part] = [Text(advice.finding), Text(f"Do: {advice.hint}. Confidence: {advice.confidence}.")]
    if advice.measured:
        parts.append(Table(("measured", "", "95 %"), [_figures(one) for one in advice.measured]))
    if advice.overrides:
        parts.append(Commands([json.dumps(advice.overrides, ensure_ascii=False)]))
    if advice.sheet:
        parts.append(Picture(out / advice.sheet, "Photos beside their nearest renders, with the model and the cosine"))
    return Section(title_of(number, advice), parts)


def _short(record: AdviceRecord) -> list[tuple[str, str]]:
    return [(title_of(number, one), one.hint) for number, one in enumerate(record.advice, 1)]


def _figures(one: Measured) -> tuple[str, str, str]:
    limits = "" if one.low is None or one.high is None else f"{one.low:.2f} to {one.high:.2f}"
    return one.name, f"{one.value:.2f}".removesuffix(".00"), limits


def _markdown(record: AdviceRecord, pictures: Sequence[str]) -> str:
    lines = [f"# Advice on {record.design_name}", "", lead(record), "", "## How the classes fare", ""]
    lines += ["| class | photos | right | 95 % | taken for |", "|---|---:|---:|---:|---|"]
    for one in record.classes:
        taken = ", ".join(f"{name} {count}" for name, count in one.taken_for.items())
        interval = f"{100 * one.low:.0f} to {100 * one.high:.0f}"
        lines.append(f"| {one.name} | {one.photos} | {100 * one.accuracy:.0f} % | {interval} | {taken} |")
    lines += [line for name in pictures for line in ("", f"![{Path(name).stem}]({name})")]
    for number, advice in enumerate(record.advice, 1):
        lines += ["", f"## {title_of(number, advice)}", "", advice.finding, ""]
        lines.append(f"**{advice.hint}.** Confidence: {advice.confidence}.")
        if advice.measured:
            lines += ["", "| measured | | 95 % |", "|---|---:|---:|"]
            lines += [f"| {' | '.join(_figures(figure))} |" for figure in advice.measured]
        if advice.overrides:
            lines += ["", "```json", json.dumps(advice.overrides, indent=2, ensure_ascii=False), "```"]
        if advice.sheet:
            lines += ["", f"![photos beside their nearest renders]({advice.sheet})"]
    if not record.advice:
        lines += ["", "## Advice", "", _NO_ADVICE]
    if record.warnings:
        lines += ["", "## With care", *(line for text in record.warnings for line in ("", text))]
    lines += ["", "## What this rests on", *(line for text in METHOD for line in ("", text))]
    return "\n".join(lines) + "\n"
