"""A training environment: a virtual environment of ours with torch, made whole or not at all.

The folder belongs to Simreal if ``simreal-environment.json`` lies in it, and may be used once ``.ready`` does.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Any

import attrs

from ..datasets.lock import holding
from ..datasets.messages import Log, Progress, Report
from ..design.errors import ToolError
from .pip_install import Pip, normalised, site_packages
from .requirements import OLDEST_PYTHON, Requirement, training_requirements
from .torch_builds import Build, Choice

OWN, READY = "simreal-environment.json", ".ready"
TORCH_PACKAGES = ("torch", "torchvision")  # what PyTorch's own indexes are asked for
_FACTS = """
import importlib.util, json, sys
has = [name for name in ("venv", "ensurepip", "pip") if importlib.util.find_spec(name)]
print(json.dumps({"version": list(sys.version_info[:3]), "has": has}))
"""


@attrs.frozen
class Environment:
    """The environment at ``path``, whether it is there or not."""

    path: Path

    @property
    def python(self) -> Path:
        return self.path / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")

    @property
    def is_ready(self) -> bool:
        return (self.path / READY).is_file()

    @property
    def is_ours(self) -> bool:
        return (self.path / OWN).is_file()


def create(
    path: Path, choice: Choice, report: Report, *, base: str = sys.executable, index: str = "", replace: bool = False
) -> dict[str, Any]:
    """Make the environment with the chosen build of torch; returns what it is, as it is kept in the folder.

    ``base`` is the Python it is made from; ``index`` the package index to use instead of PyTorch's and pip's own. What
    a killed attempt left is swept away first. On any failure nothing stays but pip's own cache of downloads. Raises
    ToolError.
    """
    environment = Environment(path.resolve())
    started = time.monotonic()
    with _exclusively(environment.path), ExitStack() as undo:
        _clear_the_way(environment, replace)
        check_space(environment.path, choice.build)
        has = _facts_of(base)
        undo.callback(remove, environment)
        report(Progress("environment", 0, 1, "steps"))
        _begin(environment, base)
        pip = Pip(environment.python, environment.path, index)
        _put_pip(pip, base, has, report)
        own_index = bool(index) or pip.has_own_index()
        if own_index:
            report(Log("pip's own settings say where packages come from: which build of torch that is, is theirs"))
        _put_packages(pip, "" if own_index else choice.index, report)
        shutil.rmtree(environment.path / "tmp", ignore_errors=True)
        made = {
            "python": str(environment.python),
            "torch": versions(environment)["torch"],
            "asked_for": choice.kind,
            "base": base,
            "seconds": round(time.monotonic() - started, 1),
        }
        _write_own(environment, made)
        (environment.path / READY).touch()
        undo.pop_all()
    return made


def remove(environment: Environment) -> None:
    """Delete the environment. ToolError where the folder is not one of ours, or is in use."""
    if not environment.path.is_dir():
        return
    if not environment.is_ours:
        raise ToolError(f"{environment.path} is not an environment that Simreal made: it is left alone")
    try:
        (environment.path / READY).unlink(missing_ok=True)
        for child in environment.path.iterdir():  # OWN goes last: a removal that is cut short can be done again
            if child.is_dir() and not child.is_symlink():
                shutil.rmtree(child)
            elif child.name != OWN:
                child.unlink()
        (environment.path / OWN).unlink()
        environment.path.rmdir()
    except OSError as error:
        raise ToolError(f"{error.filename}: cannot be removed ({error.strerror}); end what uses it first") from None


def check_space(path: Path, build: Build) -> int:
    """Free bytes where the environment will lie. ToolError, saying how many are needed, where they do not suffice."""
    there = next(parent for parent in (path, *path.parents) if parent.is_dir())
    free, needed = shutil.disk_usage(there).free, build.installed_bytes + build.downloaded_bytes
    if free < needed:
        raise ToolError(
            f"{there}: an environment with torch for {build.label} needs about {needed / 1e9:.1f} GB, "
            f"and {free / 1e9:.1f} GB are free; make room, or choose another folder"
        )
    return free


def versions(environment: Environment) -> dict[str, str]:
    """The packages in an environment and their versions."""
    found = (path.name.removesuffix(".dist-info") for path in site_packages(environment.path).glob("*.dist-info"))
    return {normalised(name): version for name, _, version in (text.rpartition("-") for text in found)}


def _exclusively(path: Path) -> AbstractContextManager[None]:
    lock = path.with_name(f".{path.name}.lock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.touch()
    except OSError as error:
        raise ToolError(f"{path.parent}: {error.strerror}; choose another folder") from None
    return holding(lock, ToolError(f"{path} is being made by another process: wait for it"))


def _clear_the_way(environment: Environment, replace: bool) -> None:
    if environment.is_ready and not replace:
        raise ToolError(f"{environment.path} is a training environment already: remove it first, or use --replace")
    if environment.is_ours:
        remove(environment)
    elif environment.path.is_dir() and any(environment.path.iterdir()):
        raise ToolError(f"{environment.path} holds other files: choose another folder")
    elif environment.path.is_file():
        raise ToolError(f"{environment.path} is a file: choose another folder")


def _facts_of(base: str) -> Sequence[str]:
    """Which of venv, ensurepip and pip the base Python has. ToolError where it cannot be used."""
    done = _run((base, "-c", _FACTS))
    try:
        facts = json.loads(done.stdout)
    except ValueError:
        raise ToolError(f"{base} is not a Python: choose another base Python") from None
    version = ".".join(map(str, facts["version"]))
    if tuple(facts["version"]) < OLDEST_PYTHON:
        raise ToolError(f"{base} is Python {version}: 3.11 or newer is needed; choose another base Python")
    has: list[str] = facts["has"]
    if "venv" not in has or not {"ensurepip", "pip"} & set(has):
        raise ToolError(
            f"{base} (Python {version}) lacks venv, or both ensurepip and pip: on Debian and Ubuntu install "
            f"python{facts['version'][0]}.{facts['version'][1]}-venv, or choose another base Python"
        )
    return has


def _begin(environment: Environment, base: str) -> None:
    try:
        environment.path.mkdir(exist_ok=True)
        _write_own(environment, {"base": base})
    except OSError as error:
        raise ToolError(f"{environment.path}: {error.strerror}; choose another folder") from None
    _succeed((base, "-m", "venv", "--without-pip", str(environment.path)), "venv")


def _put_pip(pip: Pip, base: str, has: Sequence[str], report: Report) -> None:
    """A pip of the environment's own, from Python's bundled one or by another's, and as new as there is."""
    if "ensurepip" in has:
        _succeed((str(pip.python), "-m", "ensurepip"), "ensurepip")
    else:
        _succeed((base, "-m", "pip", "--python", str(pip.python), "install", "pip"), "pip")
    pip.install(("pip",), "pip", report, upgrade=True)


def _put_packages(pip: Pip, torch_index: str, report: Report) -> None:
    """torch from its own index first; what is installed then satisfies what the others ask for."""
    needed = training_requirements()
    first = [each for each in needed if each.name in TORCH_PACKAGES]
    rest = [each for each in needed if each not in first]
    attrs.evolve(pip, index=torch_index or pip.index).install(_texts(first), "torch", report)
    pip.install(_texts(rest), "packages", report)


def _texts(requirements: Sequence[Requirement]) -> list[str]:
    return [each.text for each in requirements]


def _write_own(environment: Environment, values: dict[str, Any]) -> None:
    text = json.dumps({"simreal_environment": 1, **values}, indent=1) + "\n"
    (environment.path / OWN).write_text(text, encoding="utf-8")


def _succeed(command: Sequence[str], what: str) -> None:
    done = _run(command)
    if done.returncode:
        said = [line.strip() for line in (done.stderr or done.stdout).splitlines() if line.strip()]
        raise ToolError(f"{command[0]}: {what} failed ({said[-1] if said else 'it said nothing'})")


def _run(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    except OSError as error:
        raise ToolError(f"{command[0]} does not start ({error.strerror}): choose another base Python") from None
