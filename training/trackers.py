"""Copies of a run's log for programs that watch and compare runs: TensorBoard, MLflow, Weights & Biases.

``log.csv`` and ``measures.csv`` have it all; what is here is only asked for. Without the user's word nothing leaves the
machine.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Protocol

from ..datasets.messages import Log, Report
from ..design.errors import ToolError
from .config import RunConfig
from .job import Job
from .run_folder import RunFolder

PROJECT = "simreal"
PACKAGES = {"tensorboard": "tensorboard", "mlflow": "mlflow", "wandb": "wandb"}


class Tracker(Protocol):
    """One program that a run is told to."""

    def log(self, step: int, values: Mapping[str, float]) -> None:
        """Tell it numbers by their names (``validation/top1``), after so many steps."""

    def close(self, finished: bool) -> None:
        """Tell it that the run has ended, and whether it is finished."""


class Trackers:
    """Several trackers as one. One that fails is told of and left out: a run is worth more than a copy of its log."""

    def __init__(self, trackers: Mapping[str, Tracker], report: Report) -> None:
        self._trackers = dict(trackers)
        self._report = report

    def log(self, step: int, values: Mapping[str, float | None]) -> None:
        """Tell all of them the values that are there."""
        known = {name: value for name, value in values.items() if value is not None}
        for name, tracker in list(self._trackers.items()):
            try:
                tracker.log(step, known)
            except Exception as error:  # their clients and networks raise all kinds
                self._leave_out(name, error)

    def close(self, finished: bool) -> None:
        for name, tracker in list(self._trackers.items()):
            try:
                tracker.close(finished)
            except Exception as error:
                self._leave_out(name, error)

    def _leave_out(self, name: str, error: Exception) -> None:
        del self._trackers[name]
        self._report(
            Log(f"{name} is told no more: {(str(error).splitlines() or [type(error).__name__])[0]}", "warning")
        )


def asked_trackers(config: RunConfig) -> tuple[str, ...]:
    """The trackers that ``config`` asks for. Raises ``ToolError`` where the package of one is missing."""
    asked = ("tensorboard",) * config.tensorboard + ((config.track,) if config.track != "none" else ())
    for name in asked:
        if importlib.util.find_spec(PACKAGES[name]) is None:
            raise ToolError(f"{name} is not in this Python: pip install {PACKAGES[name]}, or run without it")
    return asked


@contextmanager
def tracking(job: Job, step: int) -> Iterator[Trackers]:
    """The trackers of a run that goes on after ``step``; none where another process leads. In the end they are told so.

    Raises ``ToolError`` where one cannot be opened.
    """
    opened: dict[str, Tracker] = {}
    for name in asked_trackers(job.config) if job.place.leads else ():
        try:
            opened[name] = _open(name, job.config, job.folder, step)
        except Exception as error:
            told = (str(error).splitlines() or [type(error).__name__])[0]
            raise ToolError(f"{name} cannot be told of the run ({told}); run without it") from error
    trackers = Trackers(opened, job.report)
    finished = False
    try:
        yield trackers
        finished = True
    finally:
        trackers.close(finished)


def _open(name: str, config: RunConfig, folder: RunFolder, step: int) -> Tracker:
    if name == "tensorboard":
        from .trackers_tensorboard import TensorBoard  # each imports a package that is large, and may not be there

        return TensorBoard(folder, step)
    if name == "mlflow":
        from .trackers_mlflow import MLflow

        return MLflow(config, folder)
    from .trackers_wandb import WeightsAndBiases

    return WeightsAndBiases(config, folder)
