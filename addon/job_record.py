"""How a job stands, as files in its folder: written by its runner, read by any number of Blenders.

``state.json`` is small and read often; ``results.json`` holds what the steps produced; ``log.txt`` what they said.
Standard library only: ``job_runner`` runs without Simreal's packages.
"""

from __future__ import annotations

import errno
import json
import os
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from .job_system import is_held

STATE, RESULTS, LOG, LOCK = "state.json", "results.json", "log.txt", "lock"
QUEUED, RUNNING, PAUSED, DONE = "queued", "running", "paused", "done"
FAILED, CANCELLED, SKIPPED, LOST = "failed", "cancelled", "skipped", "lost"
UNFINISHED = (QUEUED, RUNNING, PAUSED)

START_S = 10.0  # a runner that was just started has this long to take its lock
SAVE_S = 0.2
TAIL_LINES = 12
LINE_CHARACTERS = 400
LOG_BYTES = 1_000_000
RESERVE, RESERVE_BYTES = "reserve", 65536
NO_SPACE = (errno.ENOSPC, errno.EDQUOT)

RECORD_SEPARATOR = b"\x1e"

FRESH: dict[str, Any] = {
    "state": QUEUED,
    "since": 0.0,
    "step": 0,
    "seconds": 0.0,
    "progress": None,
    "log": [],
    "problem": "",
    "by": "",
}


def read_object(path: Path) -> dict[str, Any]:
    """A JSON object from a file; empty where it is not there or damaged."""
    for _attempt in range(5):
        try:
            values = json.loads(path.read_text(encoding="utf-8"))
        except PermissionError:  # Windows: it is being replaced just now
            time.sleep(0.01)
        except (OSError, ValueError):
            return {}
        else:
            return values if isinstance(values, dict) else {}
    return {}


def write_object(path: Path, values: Mapping[str, Any], durable: bool = False) -> None:
    """Write a JSON object by renaming it into existence; ``durable``: it outlasts a power cut."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("w", encoding="utf-8") as file:
            json.dump(values, file, ensure_ascii=False)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        _replace(temporary, path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise


def _replace(temporary: Path, path: Path) -> None:
    for _attempt in range(50):
        try:
            temporary.replace(path)
        except PermissionError:  # Windows: someone reads it just now
            time.sleep(0.02)
        else:
            return
    temporary.replace(path)


def standing(folder: Path) -> dict[str, Any]:
    """How a job stands: what its runner wrote, or ``lost`` where it claims to run and no runner lives."""
    state = {**FRESH, **read_object(folder / STATE)}
    if state["state"] in (QUEUED, RUNNING) and not is_held(folder / LOCK):
        state = {**FRESH, **read_object(folder / STATE)}  # it may have ended between the two looks
        just_started = state["state"] == QUEUED and abs(time.time() - state["since"]) < START_S
        if state["state"] in (QUEUED, RUNNING) and not just_started:
            state["state"] = LOST
    return state


class Record:
    """What a runner writes down. It may be told things from several threads.

    A file is kept in reserve, and given up where the disk is full: the end of a job can always be written.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self.state = {**FRESH, **read_object(folder / STATE)}
        self._results = read_object(folder / RESULTS)
        self._changed, self._new_results, self._saved = True, False, 0.0
        self._error = self._warning = self._last_stderr = self._last_stdout = ""
        self._try_write(lambda: (folder / RESERVE).write_bytes(bytes(RESERVE_BYTES)), use_reserve=False)

    def tell(self, **values: Any) -> None:
        """Set parts of the state."""
        with self._lock:
            self.state.update(values)
            self._changed = True

    def count(self, seconds: float) -> None:
        """So much longer it has run. No reason to write at once."""
        with self._lock:
            self.state["seconds"] += seconds

    def begin_step(self) -> None:
        self._error = self._warning = self._last_stderr = self._last_stdout = ""
        self.tell(progress=None, problem="")

    def hear_stdout(self, line: bytes) -> None:
        """A line of a step's stdout: a message of ``simreal.datasets.messages``, or chatter."""
        chatter, separator, record = line.rpartition(RECORD_SEPARATOR)
        message = _message(record) if separator else None
        if message is None:
            chatter = chatter + record
        else:
            self._take(message)
        text = _line(chatter)
        if text:
            self._last_stdout = text
            self._say(text)

    def hear_stderr(self, line: bytes) -> None:
        text = _line(line)
        if text:
            self._last_stderr = text
            self._say(text)

    def last_words(self) -> str:
        """Why the step failed, as far as it said anything."""
        return self._error or self._last_stderr or self._warning or self._last_stdout

    def save(self, durable: bool = False) -> None:
        """Write what has changed, several times a second at most; ``durable``: now, and safe from a power cut."""
        now = time.monotonic()
        if not durable and (not self._changed or now - self._saved < SAVE_S):
            return
        with self._lock:
            self._changed, self._saved = False, now
            if self._new_results:
                self._new_results = not self._try_write(
                    lambda: write_object(self._folder / RESULTS, self._results, durable=True), durable
                )
            self._changed = not self._try_write(
                lambda: write_object(self._folder / STATE, self.state, durable), durable
            )

    def end(self, state: str, **values: Any) -> None:
        """The last word."""
        self.tell(state=state, since=time.time(), **values)
        self.save(durable=True)
        (self._folder / RESERVE).unlink(missing_ok=True)

    def _take(self, message: dict[str, Any]) -> None:
        match message.get("type"):
            case "progress":
                self.tell(progress={key: value for key, value in message.items() if key != "type"})
            case "log":
                text = str(message.get("text"))
                self._say(text)
                self._warning = text if message.get("level") == "warning" else self._warning
            case "error":
                text = str(message.get("text"))
                self._say(text)
                self._error = text if message.get("fatal") else self._error
            case "result":
                with self._lock:
                    self._results[str(message.get("kind"))] = message.get("data")
                    self._new_results = self._changed = True

    def _say(self, text: str) -> None:
        with self._lock:
            self.state["log"] = [*self.state["log"], text[:LINE_CHARACTERS]][-TAIL_LINES:]
            self._changed = True
            self._try_write(lambda: self._append(f"{time.strftime('%H:%M:%S')}  {text}\n"), use_reserve=False)

    def _append(self, text: str) -> None:
        log = self._folder / LOG
        with log.open("ab") as file:
            file.write(text.encode(errors="replace"))
            size = file.tell()
        if size > LOG_BYTES:
            log.replace(log.with_name("log.old.txt"))

    def _try_write(self, write: Callable[[], object], use_reserve: bool) -> bool:
        """Write, if need be into the space kept in reserve. False where the disk is full or the folder is gone."""
        for _attempt in range(2):
            try:
                write()
            except FileNotFoundError:
                return False
            except OSError as error:
                if error.errno not in NO_SPACE:
                    raise
                if not use_reserve:
                    return False
                (self._folder / RESERVE).unlink(missing_ok=True)
            else:
                return True
        return False


def _message(record: bytes) -> dict[str, Any] | None:
    try:
        message = json.loads(record)
    except ValueError:
        return None
    return message if isinstance(message, dict) and "type" in message else None


def _line(text: bytes) -> str:
    return text.decode(errors="replace").strip()
