"""The chapters on accuracy: what is taken for what, and what another run changes in every class."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from ...datasets.accuracy import wilson_interval
from ...datasets.accuracy_bars import accuracy_bars
from ...datasets.confusion import confusion_picture
from ...training.evaluation import mean_interval
from ..page import Number, Part, Section, SortableTable, Table, Text
from .chapters import Chapter, kept_picture, with_interval
from .class_changes import Change, Changes
from .class_changes_figure import class_changes_figure
from .measured import Measured


def accuracy_chapter(domains: Sequence[Measured], run: str, out: Path) -> Chapter:
    """Acc, Mean, a confusion matrix and a bar a class, of every domain."""
    rows, pictures = [], []
    for found in domains:
        accuracy, name = found.accuracy, found.domain.name
        overall = wilson_interval(accuracy.correct, accuracy.n)
        rows.append(
            (
                name,
                str(accuracy.n),
                with_interval(accuracy.top1, overall),
                with_interval(accuracy.mean_class_accuracy, mean_interval(accuracy)),
            )
        )
        title = f"{run} on {name}"
        stem = found.domain.file_stem
        pictures += [
            kept_picture(
                out / f"confusion-{stem}.png",
                confusion_picture(accuracy, title),
                f"What is taken for what on {name}: a row a true class, in percent of it",
            ),
            kept_picture(
                out / f"classes-{stem}.png", accuracy_bars(accuracy, title), f"Accuracy of each class on {name}"
            ),
        ]
    parts: list[Part] = [
        Text("Acc is the share of all images that are right, Mean the mean of the classes' shares; 95 % intervals."),
        Table(("", "images", "Acc", "Mean"), rows),
        *pictures,
    ]
    numbers = {
        found.domain.name: {
            **found.accuracy.to_json(),
            "mean_class_accuracy_interval_95": list(mean_interval(found.accuracy)),
        }
        for found in domains
    }
    return Chapter("accuracy", Section("What is taken for what", parts), numbers)


def changes_chapter(
    changes: Mapping[str, Sequence[Changes]], stems: Mapping[str, str], first: str, out: Path
) -> Chapter:
    """Other runs against the ``first``, on every domain: ``changes`` and file ``stems`` by its name."""
    parts: list[Part] = [
        Text(
            "All runs saw the same images, so they are compared image by image: points of accuracy that a class gains "
            f"or loses from {first}, with 95 % intervals (Newcombe 1998, paired). Hollow marks: the interval holds 0. "
            "Among many classes one in twenty is to be expected not to hold 0 where nothing has changed."
        )
    ]
    for name, found in changes.items():
        parts.append(
            kept_picture(
                out / f"changes-{stems[name]}.png",
                class_changes_figure(found, first, name),
                f"Change from {first} by class, on {name}",
            )
        )
        parts.append(_table(found))
    numbers = {name: [one.to_json() for one in found] for name, found in changes.items()}
    return Chapter("changes", Section("What other runs change, class by class", parts), numbers)


def _table(found: Sequence[Changes]) -> SortableTable:
    """All images and every class, with a column a run."""
    rows: list[tuple[str | Number, ...]] = [("all images", *_cells([one.overall for one in found]))]
    rows += [(name, *_cells([one.per_class[name] for one in found])) for name in found[0].per_class]
    return SortableTable(("", "images", *(one.run for one in found)), rows)


def _cells(changes: Sequence[Change]) -> list[Number]:
    return [Number(changes[0].n, str(changes[0].n)), *map(_cell, changes)]


def _cell(change: Change) -> Number:
    interval = f"{100 * change.low:+.1f} to {100 * change.high:+.1f}"
    more = f"right by both: {change.both}; gained: {change.gained}; lost: {change.lost}"
    return Number(change.change, f"{100 * change.change:+.1f}", interval, more)
