"""A check of a training Python: the doctor in that Python, as a child that is looked at now and then. No bpy here."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs
import cattrs

from ..datasets.messages import Decoder, Result
from ..design.errors import ToolError
from ..training.environment import Environment, site_packages
from .inquiry import Inquiry

LIMIT_S = 180.0


@attrs.frozen
class Findings:
    """What a check found. ``problem`` "" is a Python that trains; ``devices`` are torch's names, and what they are."""

    program: str
    stamp: tuple[int, ...] = ()
    problem: str = ""
    python: str = ""
    torch: str = ""
    device: str = ""
    devices: Mapping[str, str] = attrs.field(factory=dict)
    packages: Mapping[str, str] = attrs.field(factory=dict)
    backbones: tuple[str, ...] = ()
    offline: tuple[str, ...] = ()

    @property
    def summary(self) -> str:
        """``torch 2.14.1, CUDA: NVIDIA RTX 4090``."""
        return f"torch {self.torch.partition('+')[0]}, {self.device}" if self.torch else f"Python {self.python}"


class Checker:
    """One check at a time."""

    def __init__(self) -> None:
        self.program = ""
        self._inquiry = Inquiry(LIMIT_S)

    @property
    def is_running(self) -> bool:
        return self._inquiry.is_running

    def start(self, program: str, command: Sequence[str]) -> None:
        """Begin to check a program; a check that is running is given up. ToolError where it does not start."""
        try:
            self._inquiry.start(command)
        except ToolError as error:
            raise ToolError(f"{error}; name another Python") from None
        self.program = program

    def poll(self) -> Findings | None:
        """What was found, once the check has ended."""
        answer = self._inquiry.poll()
        if answer is None:
            return None
        if not answer.in_time:
            return Findings(self.program, stamp(self.program), f"{self.program} did not answer: check it again")
        return findings(self.program, answer.stdout, answer.stderr)

    def stop(self) -> None:
        """Give up the check that is running."""
        self._inquiry.stop()


def findings(program: str, stdout: bytes, stderr: bytes) -> Findings:
    """What the doctor's answer says, or why there is none."""
    for message in Decoder().feed(stdout):
        if isinstance(message, Result) and message.kind == "doctor":
            return of_doctor(program, message.data)
    lines = [line.strip() for line in (stderr + b"\n" + stdout).decode(errors="replace").splitlines() if line.strip()]
    told = next((line.removeprefix("simreal: ") for line in lines if line.startswith("simreal: ")), "")
    last = f"; it says: {lines[-1]}" if lines else ""
    return Findings(program, stamp(program), told or f"{program} is not a Python that can train{last}")


def of_doctor(program: str, data: Mapping[str, Any]) -> Findings:
    """What the doctor's result says."""
    bad = [check for check in data["checks"] if check["essential"] and check["state"] == "missing"]
    return Findings(
        program=program,
        stamp=stamp(program),
        problem=f"{bad[0]['name']}: {bad[0]['detail']}" if bad else "",
        python=data["python"],
        torch=data["torch"],
        device=data["device"],
        devices=data["devices"],
        packages={check["name"]: check["detail"] for check in data["checks"]},
        backbones=tuple(data["backbones"]),
        offline=tuple(data["offline"]),
    )


def program_of(chosen: str) -> str:
    """The Python that a path names: itself, or that of an environment's folder."""
    return str(Environment(Path(chosen)).python) if chosen and Path(chosen).is_dir() else chosen


def program_problem(program: str) -> str:
    """Why a program cannot be the training Python, as far as its file tells; "" where it may."""
    path = Path(program)
    if not program:
        return "There is no training environment: create one in Preferences > Add-ons > Simreal"
    if path.is_file():
        return ""
    if path.is_symlink():
        return f"{program}: the Python that this environment was made from is gone; create the environment again"
    return f"{program}: there is no such Python; name another, or create an environment"


def stamp(program: str) -> tuple[int, ...]:
    """Changes when the program does, or when packages come or go beside it."""
    path = Path(program)
    return tuple(
        int(each.stat().st_mtime_ns) for each in (path, site_packages(path.parent.parent)) if program and each.exists()
    )


def save(found: Findings, record: Path) -> None:
    """Keep what was found. ToolError where the file cannot be written."""
    try:
        record.parent.mkdir(parents=True, exist_ok=True)
        record.write_text(json.dumps(attrs.asdict(found), indent=1, ensure_ascii=False), encoding="utf-8")
    except OSError as error:
        raise ToolError(f"{record}: {error.strerror}") from None


def load(record: Path) -> Findings | None:
    """What was found last; None where nothing is kept, or not by this version."""
    try:
        return cattrs.structure(json.loads(record.read_text(encoding="utf-8")), Findings)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, cattrs.BaseValidationError):
        return None
