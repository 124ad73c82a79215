"""How far a study is, as a small file that panels and other programs poll: ``status.json`` in its folder.

``simreal_study_status`` 1; ``name``, ``title``, ``scale``; ``state`` (running, finished, incomplete, stopped); counts
of steps ``total``, ``done``, ``failed`` (with those that wait for one that failed), ``running``; ``eta_s``; ``now``
(what runs, in words); ``measures`` (names, in order); ``cells``, each with ``label``, ``choice`` (option by axis),
``state`` (waiting, running, finished, failed), ``done``/``total`` steps, ``problem`` (why a step failed, or "") and
``measures``: by name mean, low, high and half the interval's width in percent, seeds, paper; ``report``: the page's
path, or null.
"""

from __future__ import annotations

import time
from typing import Any

from .execution import Standing
from .outcome import Outcome, outcome_of
from .plan import Plan
from .study_folder import REPORT_HTML, STATUS, StudyFolder, write_json

REFRESH_S = 2.0


class StatusFile:
    """Keeps ``status.json`` up to date, with a line per cell."""

    def __init__(self, plan: Plan, folder: StudyFolder) -> None:
        self._plan, self._folder = plan, folder
        self._steps = [plan.steps_of(number) for number in range(len(plan.cells))]
        self._finished = -1
        self._outcome: Outcome | None = None
        self._written: dict[str, Any] = {}
        self._at = 0.0

    def write(self, standing: Standing, state: str = "running") -> None:
        """Write how things stand: at once where a step begins or ends, now and then where one gets on."""
        document = self.document(standing, state)
        steps = {name: value for name, value in document.items() if name not in ("eta_s", "now")}
        if steps != self._written or time.monotonic() - self._at > REFRESH_S:
            write_json(self._folder.path / STATUS, document)
            self._written, self._at = steps, time.monotonic()

    def document(self, standing: Standing, state: str) -> dict[str, Any]:
        """What the file says."""
        if standing.count("finished") != self._finished or self._outcome is None:
            self._finished = standing.count("finished")
            self._outcome = outcome_of(self._plan, self._folder, self._outcome)
        study = self._plan.study
        report = self._folder.path / REPORT_HTML
        return {
            "simreal_study_status": 1,
            "name": study.name,
            "title": study.title,
            "scale": study.scale,
            "state": state,
            "total": len(standing.states),
            "done": standing.count("finished"),
            "failed": standing.count("failed", "blocked"),
            "running": standing.count("running"),
            "eta_s": None if standing.eta_s is None else round(standing.eta_s),
            "now": [f"{self._plan.steps[key].name}: {text}" for key, text in standing.now.items()],
            "measures": list(self._plan.measures),
            "cells": [self._cell(number, standing, self._outcome) for number in range(len(self._plan.cells))],
            "report": str(report.resolve()) if report.is_file() else None,
        }

    def _cell(self, number: int, standing: Standing, outcome: Outcome) -> dict[str, Any]:
        states = [standing.states[key] for key in self._steps[number]]
        state = "waiting"
        if {"failed", "blocked"} & set(states):
            state = "failed"
        elif all(one == "finished" for one in states):
            state = "finished"
        elif "running" in states:
            state = "running"
        measures = {
            name: {
                "mean": round(summary.mean, 2),
                "half": round(summary.half, 2),
                "low": round(summary.low, 2),
                "high": round(summary.high, 2),
                "seeds": summary.seeds,
                "paper": summary.paper,
            }
            for name in self._plan.measures
            if (summary := outcome.summaries.get((number, name))) is not None
        }
        cell = self._plan.cells[number]
        return {
            "label": cell.label,
            "choice": dict(cell.choice),
            "state": state,
            "done": states.count("finished"),
            "total": len(states),
            "problem": self._problem(number, standing),
            "measures": measures,
        }

    def _problem(self, number: int, standing: Standing) -> str:
        """Why a step of a cell failed: ``train (drawn, seed 0): the disk is full``; "" where none did."""
        for key, step in self._plan.steps.items():
            if key in self._steps[number] and key in standing.problems:
                return f"{step.name} ({step.title}): {standing.problems[key]}"
        return ""
