"""Whose turn it is: waiting runners look at the jobs folder, and start one after the other. There is no daemon.

Jobs take turns in the order of their ``place``, so many at once as ``queue.json`` says. A job whose ``in_line`` is
false starts beside them. A job waits until those it comes ``after`` have ended well, and while a running one makes what
it needs, or needs what it makes. Standard library only: ``job_runner`` runs without Simreal's packages.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .job_record import DONE, QUEUED, RUNNING, UNFINISHED, read_object, standing
from .job_system import try_lock

JOB, QUEUE, TURN_LOCK = "job.json", "queue.json", ".turn"


class Line:
    """The other jobs of a folder, as one of them sees them. What has not changed is not read again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._jobs = folder.parent
        self._known: dict[str, tuple[int, dict[str, Any], str]] = {}

    def failed_before(self) -> str:
        """The name of a job this one comes after that ended without success; "" if there is none."""
        for name, state in self._before(read_object(self._folder / JOB)):
            if state not in (*UNFINISHED, DONE):
                return name
        return ""

    def take_turn(self, start: Callable[[], None]) -> bool:
        """Call ``start``, which writes down that this job runs, if it is its turn. Returns whether it was."""
        with (self._jobs / TURN_LOCK).open("ab") as lock:
            if not try_lock(lock) or not self._is_my_turn():
                return False
            start()
            return True

    def _is_my_turn(self) -> bool:
        mine = read_object(self._folder / JOB)
        if any(state in UNFINISHED for _, state in self._before(mine)):
            return False
        others = self._others()
        running = [job for job, state in others if state == RUNNING]
        if any(collide(mine, job) for job in running):
            return False
        if not mine.get("in_line", True):
            return True
        ahead = [job for job, state in others if state == QUEUED and self._goes_first(job, mine, running)]
        at_once = int(read_object(self._jobs / QUEUE).get("at_once", 1))
        return sum(job.get("in_line", True) for job in running) + len(ahead) < at_once

    def _goes_first(self, job: dict[str, Any], mine: dict[str, Any], running: list[dict[str, Any]]) -> bool:
        """Whether a queued job could start now, and stands before this one."""
        return (
            job.get("in_line", True)
            and job["place"] < mine["place"]
            and not any(state in UNFINISHED for _, state in self._before(job))
            and not any(collide(job, other) for other in running)
        )

    def _before(self, job: dict[str, Any]) -> list[tuple[str, str]]:
        """(name, state) of the jobs that a job comes after; those that are gone hold nobody up."""
        names = [name for name in job.get("after", ()) if (self._jobs / name / JOB).is_file()]
        return [(name, standing(self._jobs / name)["state"]) for name in names]

    def _others(self) -> list[tuple[dict[str, Any], str]]:
        """The other jobs that are queued or running, with their states."""
        found = []
        with os.scandir(self._jobs) as entries:
            for entry in entries:
                if entry.name == self._folder.name or entry.name.startswith(".") or not entry.is_dir():
                    continue
                changed = entry.stat().st_mtime_ns
                known = self._known.get(entry.name)
                if known is None or known[0] != changed or known[2] in (QUEUED, RUNNING):
                    folder = self._jobs / entry.name
                    known = (changed, read_object(folder / JOB), standing(folder)["state"])
                    self._known[entry.name] = known
                if known[1] and known[2] in (QUEUED, RUNNING):
                    found.append(known[1:])
        return found


def collide(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether one of two jobs makes what the other makes or needs."""
    first, second = set(one.get("makes", ())), set(other.get("makes", ()))
    return bool(first & second or first & set(other.get("needs", ())) or second & set(one.get("needs", ())))
