"""pip in an environment: what it does as messages, and why it failed as one sentence."""

from __future__ import annotations

import os
import queue
import re
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

import attrs

from ..datasets.messages import Log, Progress, Report
from ..design.errors import ToolError

POLL_S = 0.3
_INDEX_SETTINGS = re.compile(r"^\S*\.(index-url|extra-index-url|find-links|no-index)=", re.MULTILINE)
_UNREACHABLE = re.compile(r"Retrying \(Retry|NewConnectionError|NameResolutionError|ProxyError|ConnectTimeout|SSLError")
_FULL = re.compile(r"No space left on device|\[Errno 28\]|not enough space on the disk", re.IGNORECASE)
_NOT_THERE = re.compile(r"No matching distribution found for (.+?)(?: \(.*)?$", re.MULTILINE)


@attrs.frozen
class Pip:
    """The pip of the environment at ``path``, whose Python is ``python``. ``index`` "" is what pip is set to."""

    python: Path
    path: Path
    index: str = ""

    def has_own_index(self) -> bool:
        """Whether the user's settings of pip say where packages come from."""
        done = subprocess.run(
            self._command("config", "list"), capture_output=True, text=True, check=False, env=self._environment()
        )
        return bool(_INDEX_SETTINGS.search(done.stdout))

    def install(self, requirements: Sequence[str], stage: str, report: Report, *, upgrade: bool = False) -> None:
        """Install packages. ToolError saying why that failed; whatever ends this ends pip too."""
        options = ["--no-input", "--progress-bar", "raw" if self._tells_raw_progress() else "off"]
        options += ["--upgrade"] if upgrade else []
        options += ["--index-url", self.index] if self.index else []
        report(Progress(f"{stage}: looking for packages", 0, 1, "steps"))
        child = subprocess.Popen(
            self._command("install", *options, *requirements),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env=self._environment(),
        )
        assert child.stdout is not None
        try:
            said = _Listener(stage, self.path, report).hear(child.stdout)
            status = child.wait()
        finally:
            if child.poll() is None:
                child.terminate()
                child.wait()
        if status:
            raise ToolError(failure(said, self.python))

    def _command(self, *arguments: str) -> tuple[str, ...]:
        return str(self.python), "-m", "pip", *arguments

    def _environment(self) -> dict[str, str]:
        """Nothing of the user's Python may leak in; large files are unpacked where the environment has room."""
        temporary = self.path / "tmp"
        temporary.mkdir(exist_ok=True)
        kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")}
        places = dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(temporary))
        return {**kept, **places, "PYTHONUNBUFFERED": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_USER": "0"}

    def _tells_raw_progress(self) -> bool:
        found = next(site_packages(self.path).glob("pip-*.dist-info"), None)
        numbers = re.findall(r"\d+", found.name) if found else []
        return tuple(map(int, numbers[:2])) >= (24, 1)


def failure(said: str, python: Path) -> str:
    """Why pip failed, from what it said, and what to do."""
    if _FULL.search(said):
        return "the disk is full: make room, or choose another folder"
    if _UNREACHABLE.search(said):
        return "the package index cannot be reached: check the network and its proxy, or name another index"
    missing = _NOT_THERE.search(said)
    if missing:
        return (
            f"no package for {missing.group(1).strip()} that suits {python}: "
            "choose another base Python, another build of torch, or another index"
        )
    errors = [line.removeprefix("ERROR:").strip() for line in said.splitlines() if line.startswith("ERROR:")]
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return f"pip failed: {(errors or lines or ['it said nothing'])[-1]}"


def site_packages(path: Path) -> Path:
    """Where an environment's packages lie."""
    return next(path.glob("lib/python*/site-packages"), path / "Lib" / "site-packages")


def normalised(name: str) -> str:
    """A package's name as folders in site-packages spell it."""
    return re.sub(r"[-_.]+", "_", name).lower()


class _Listener:
    """Follows one run of pip: downloads by bytes, installation by packages."""

    def __init__(self, stage: str, path: Path, report: Report) -> None:
        self._stage, self._path, self._report = stage, path, report
        self._file, self._started = "", time.monotonic()
        self._installing: set[str] = set()
        self._installed = -1

    def hear(self, stream: IO[str]) -> str:
        """Take in all that is said until the end. Returns it, without progress."""
        said = []
        for line in _lines(stream):
            if line is None:
                self._count_installed()
            elif not self._took(line):
                said.append(line)
        return "\n".join(said)

    def _took(self, line: str) -> bool:
        """Whether the line is one of progress."""
        progress = re.match(r"Progress (\d+) of (\d+)", line)
        if progress:
            self._downloaded(int(progress.group(1)), int(progress.group(2)))
            return True
        word, _, rest = line.strip().partition(" ")
        if word == "Downloading":
            self._file, self._started = Path(rest.split(" ")[0]).name.split("-")[0], time.monotonic()
        elif line.startswith("Installing collected packages: "):
            self._installing = {normalised(name) for name in line.partition(": ")[2].split(", ")}
            self._report(Log(f"installing {len(self._installing)} packages"))
            self._count_installed()
        if word in ("Downloading", "ERROR:"):
            self._report(Log(line.strip(), "warning" if word == "ERROR:" else "info"))
        return False

    def _downloaded(self, done: int, total: int) -> None:
        seconds = time.monotonic() - self._started
        rate = done / seconds if seconds > 1 and done else None
        stage = f"{self._stage}: downloading {self._file}"
        left = (total - done) / rate if rate and total else None
        per_second = round(rate / 1e6, 2) if rate else None
        self._report(Progress(stage, round(done / 1e6), max(round(total / 1e6), 1), "MB", per_second, left))

    def _count_installed(self) -> None:
        if not self._installing:
            return
        finished = site_packages(self._path).glob("*.dist-info/INSTALLER")  # pip writes it when a package is whole
        names = {normalised(path.parent.name.rpartition("-")[0]) for path in finished}
        installed = len(names & self._installing)
        if installed != self._installed:
            self._installed = installed
            self._report(Progress(f"{self._stage}: installing", installed, len(self._installing), "packages"))


def _lines(stream: IO[str]) -> Iterator[str | None]:
    """Lines as they come, and None whenever none came for a moment."""
    pending: queue.SimpleQueue[str | None] = queue.SimpleQueue()

    def read() -> None:
        for line in stream:
            pending.put(line.rstrip("\n"))
        pending.put(None)

    threading.Thread(target=read, daemon=True).start()
    while True:
        try:
            line = pending.get(timeout=POLL_S)
        except queue.Empty:
            yield None
            continue
        if line is None:
            return
        yield line
