"""A benchmark's table: what was measured, beside what was published."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..datasets.benchmarks.benchmark import Benchmark
from ..datasets.writing import write_bytes
from ..design.errors import RunError
from ..studies.page import Commands, Picture, Section, Table, Text, page
from .tables import table

RESULTS, REPORT = "results.json", "report.html"
_HEAD = ("", "split", "images", "Acc", "Mean", "published Acc", "Mean")


def bench_results(benchmark: Benchmark, runs: Sequence[str], out: Path, classes: Sequence[str]) -> dict[str, Any]:
    """What was measured, as it is written to ``results.json``: a row a run and split."""
    rows = [row for name in runs for row in _rows(name, out)]
    complete = len(classes) == len(benchmark.photos.classes or classes)
    results = {
        "benchmark": benchmark.name,
        "classes": list(classes),
        "complete": complete,
        "rows": rows,
        "published": {
            method: {"acc": figures.acc, "mean": figures.mean} for method, figures in benchmark.published.items()
        },
    }
    write_bytes(out / RESULTS, (json.dumps(results, indent=2, ensure_ascii=False) + "\n").encode())
    return results


def results_text(benchmark: Benchmark, results: dict[str, Any]) -> str:
    """The table for people, and what is to be known of the published figures."""
    return "\n".join([*table([_HEAD, *_cells(benchmark, results)], left=(0, 1)), *_notes(benchmark, results)])


def write_report(benchmark: Benchmark, results: dict[str, Any], lines: Sequence[str], out: Path) -> None:
    """The table, what is taken for what, and the command lines, as one page."""
    last = results["rows"][-1]
    sections = [
        Section(
            "What was measured",
            [
                Table(_HEAD, _cells(benchmark, results)),
                Text("Acc is the share of images that are right, Mean the mean of the classes' shares, in percent."),
                *(Text(note) for note in _notes(benchmark, results)),
            ],
        ),
        Section(
            "What is taken for what",
            [
                Picture(
                    out / "results" / last["run"] / last["folder"] / "confusion.png", f"{last['run']}, {last['split']}"
                )
            ],
        ),
        Section("How to do it again", [Commands(lines)]),
    ]
    write_bytes(out / REPORT, page(benchmark.title, f"{len(results['classes'])} classes", sections).encode())


def _rows(name: str, out: Path) -> list[dict[str, Any]]:
    found = []
    for file in sorted((out / "results" / name).glob("*/results.json")):
        measured = json.loads(file.read_text(encoding="utf-8"))
        kept = ("n", "top1", "top1_interval_95", "mean_class_accuracy", "mean_class_accuracy_interval_95")
        row = {"run": name, "split": measured["split"], "folder": file.parent.name}
        found.append(row | {key: measured[key] for key in kept})
    if not found:
        raise RunError(f"{out / 'results' / name}: nothing was measured; delete {out / 'bench.json'} and run it again")
    return sorted(found, key=lambda row: row["split"], reverse=True)  # real_val before real_test


def _cells(benchmark: Benchmark, results: dict[str, Any]) -> list[tuple[str, ...]]:
    cells = []
    for row in results["rows"]:
        figures = benchmark.published.get("none" if row["run"] == "train" else row["run"])
        published = (figures.acc, figures.mean) if figures else (None, None)
        cells.append(
            (
                row["run"],
                row["split"],
                f"{row['n']:,}",
                *(f"{100 * row[key]:.2f}" for key in ("top1", "mean_class_accuracy")),
                *("" if value is None else f"{value:.2f}" for value in published),
            )
        )
    return cells


def _notes(benchmark: Benchmark, results: dict[str, Any]) -> list[str]:
    notes = []
    if benchmark.published:
        notes.append(
            f"Published: {benchmark.published_in}. Renders, training and splits differ; see docs/benchmarks.md."
        )
    if not results["complete"]:
        took_part, every = len(results["classes"]), len(benchmark.photos.classes)
        notes.append(f"{took_part} of {every} classes took part: figures of all {every} do not compare.")
    return notes
