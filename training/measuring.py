"""Learning curves: how good the network is on some splits, every so many steps of its training, as ``measures.csv``.

Measuring changes nothing: it draws no random number, and batch norm is in evaluation mode.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from pathlib import Path

import attrs

from ..datasets.messages import Report
from ..datasets.reading import DataSet
from ..design.errors import RunError
from .config import RunConfig
from .evaluation import Evaluation, samples_for, split_title
from .loading import Samples
from .run_folder import write_bytes
from .split_reference import SplitReference


@attrs.frozen
class MeasuredSet:
    """Samples to measure on, labelled as the model's classes, and what they are called."""

    name: str
    samples: Samples


@attrs.frozen(kw_only=True)
class Measure:
    """A point of a learning curve: accuracies (fractions) and mean cross-entropy on the set ``name`` of ``n`` images,
    after ``step`` steps with ``images`` images in all."""

    step: int
    images: int
    name: str
    n: int
    top1: float
    mean_class_accuracy: float
    loss: float

    def curves(self) -> dict[str, float]:
        """Its numbers, as programs that draw curves call them."""
        names = ("top1", "mean_class_accuracy", "loss")
        return {f"{self.name}/{name}": getattr(self, name) for name in names}


class Measuring:
    """When to measure on what, and what came out. ``every`` 0 measures at the end of every epoch."""

    def __init__(self, sets: Sequence[MeasuredSet], every: int) -> None:
        self.measures: list[Measure] = []
        self._sets = tuple(sets)
        self._every = every

    def next_step(self, step: int, total: int) -> int:
        """The step to stop at, after ``step``, in order to measure."""
        if not (self._sets and self._every):
            return total
        return min((step // self._every + 1) * self._every, total)

    def is_due(self, step: int, total: int, end_of_epoch: bool) -> bool:
        """Whether a set is still to be measured at this step."""
        at_stop = step == total or (step % self._every == 0 if self._every else end_of_epoch)
        return bool(step and at_stop and self._left(step))

    def measure(self, step: int, images: int, evaluate: Callable[[Samples], Evaluation]) -> list[Measure]:
        """Measure all sets that are not yet measured at this step. Interrupted, it keeps those that are."""
        fresh = []
        for each in self._left(step):
            found = evaluate(each.samples)
            accuracy = found.accuracy
            row = Measure(
                step=step, images=images, name=each.name, n=accuracy.n, top1=accuracy.top1,
                mean_class_accuracy=accuracy.mean_class_accuracy, loss=found.loss,
            )  # fmt: skip
            self.measures.append(row)
            fresh.append(row)
        return fresh

    def _left(self, step: int) -> list[MeasuredSet]:
        done = {row.name for row in self.measures if row.step == step}
        return [each for each in self._sets if each.name not in done]


def measured_sets(config: RunConfig, own: DataSet, report: Report) -> tuple[MeasuredSet, ...]:
    """The sets that ``config`` asks for, their classes matched by name with those of ``own``, the data trained on.

    Raises ``DataSetError`` where one is not there or shares no class, ``RunError`` where two have the same name.
    """
    found: dict[str, MeasuredSet] = {}
    for text in config.measure:
        reference = SplitReference.parse(text)
        data = reference.open(own, config.data)
        for split in reference.splits(data, config.split if data is own else None):
            name = split_title(data, split, own=data is own)
            if name in found:
                raise RunError(f"--measure {text}: a set called {name} is measured already; leave one out")
            found[name] = MeasuredSet(name, samples_for(data, split, own.classes, {}, report))
    return tuple(found.values())


def write_measures(path: Path, measures: Sequence[Measure]) -> None:
    """Write all rows anew, so that a resumed run's file has no row twice."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow([field.name for field in attrs.fields(Measure)])
    for row in measures:
        writer.writerow(f"{v:.6g}" if isinstance(v, float) else v for v in attrs.astuple(row))
    write_bytes(path, buffer.getvalue().encode())
