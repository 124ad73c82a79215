"""The report of an importance: a page, the same as Markdown, a chart for each source, and all effects as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from ...datasets.effect_records import SOURCES, Effect, ImportanceRecord
from ...datasets.writing import write_bytes
from ...design.evidence import points_text
from ...design.factors import FACTORS
from ..page import Number, Part, Picture, Section, SortableTable, Text, page
from .effects import alike_text, ranked_factors, strength, summary_lines
from .importance_chart import importance_png

REPORT_HTML, REPORT_MD, EFFECTS_CSV = "report.html", "report.md", "effects.csv"
METHODS = {
    "images": (
        "Each change makes other shares of the images there are; what more of an image is worth to a photo is its "
        "influence on a linear head on frozen features, to first order. Points are of the mean probability of the true "
        "class; 95 % intervals are by bootstrap over images and photos together."
    ),
    "experiment": (
        "Data sets that differ in weights alone were rendered, a head fitted to each, and every photo was right or "
        "wrong. 95 % intervals are by bootstrap over photos and seeds together; with one seed they say nothing of "
        "other seeds."
    ),
    "test_sets": (
        "A classifier was asked about renders in which one factor varies and the others are fixed, beside the same "
        "renders with all fixed. Points are of accuracy on renders, not on photos; 95 % intervals are by bootstrap "
        "over images, paired."
    ),
}
_AXES = {
    "images": "points of probability of the true class of photos, 95 %",
    "experiment": "points of accuracy on photos, 95 %",
    "test_sets": "points of accuracy on renders against all fixed, 95 %",
}


def write_report(record: ImportanceRecord, out: Path) -> None:
    """Write it into a folder."""
    sections = [Section("In short", [Text(line.strip()) for line in summary_lines(record.effects)])]
    for source in SOURCES:
        own = [one for one in record.effects if one.source == source]
        if own:
            sections.append(_section(source, own, out))
    if record.warnings:
        sections.append(Section("What to doubt", [Text(text) for text in record.warnings]))
    title = f"What matters in {record.design_name}"
    write_bytes(out / REPORT_HTML, page(title, lead(record), sections).encode())
    write_bytes(out / REPORT_MD, _markdown(title, record).encode())
    write_bytes(out / EFFECTS_CSV, _csv(record.effects).encode())


def lead(record: ImportanceRecord) -> str:
    """What it rests on, in a sentence."""
    found = sum(one.is_found for one in record.effects)
    where = f"on {record.photos} tuning photos" if record.photos else "on renders"
    return f"{found} of {len(record.effects)} effects found, {where}, in the features of {record.backbone}."


def chart_name(source: str) -> str:
    """The chart's file."""
    return f"{source}.png"


def _section(source: str, effects: Sequence[Effect], out: Path) -> Section:
    title = f"By {SOURCES[source]}"
    write_bytes(out / chart_name(source), importance_png(effects, title, _AXES[source]))
    rows: list[tuple[str | Number, ...]] = [
        (
            FACTORS[one.factor].label,
            one.change,
            Number(one.points, f"{one.points:+.1f}", f"{one.low:.1f} to {one.high:.1f}"),
            Number(strength(one), f"{strength(one):.1f}"),
            Number(one.images, f"{one.images:,}"),
            Number(one.alike or 0.0, alike_text(one.alike)),
        )
        for one in _ordered(effects)
    ]
    table = SortableTable(("factor", "change", "points", "standard errors", "images", "photos look so"), rows)
    parts: list[Part] = [Text(METHODS[source]), Picture(out / chart_name(source), f"{title}: points, 95 %"), table]
    return Section(title, parts)


def _ordered(effects: Sequence[Effect]) -> list[Effect]:
    """By factor, the surest first; of a factor its weight, then the surest."""
    places = {factor: place for place, factor in enumerate(ranked_factors(effects))}
    return sorted(effects, key=lambda one: (places[one.factor], bool(one.parameter), -strength(one)))


def _markdown(title: str, record: ImportanceRecord) -> str:
    lines = [f"# {title}", "", lead(record), "", *(f"- {line.strip()}" for line in summary_lines(record.effects))]
    for source in SOURCES:
        own = [one for one in record.effects if one.source == source]
        if own:
            lines += ["", f"## By {SOURCES[source]}", "", METHODS[source], "", f"![Effects]({chart_name(source)})", ""]
            lines += ["| factor | change | points | images | photos look so |", "|---|---|---|---|---|"]
            lines += [
                f"| {FACTORS[one.factor].label} | {one.change} | {points_text(one.points, one.low, one.high)} | "
                f"{one.images:,} | {alike_text(one.alike)} |"
                for one in _ordered(own)
            ]
    if record.warnings:
        lines += ["", "## What to doubt", "", *(f"- {text}" for text in record.warnings)]
    return "\n".join(lines) + "\n"


def _csv(effects: Sequence[Effect]) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    names = ("source", "factor", "parameter", "option", "change", "points", "low", "high", "images", "photos", "alike")
    writer.writerow(names)
    for one in effects:
        writer.writerow([f"{v:.4f}" if isinstance(v, float) else v for v in (getattr(one, name) for name in names)])
    return buffer.getvalue()
