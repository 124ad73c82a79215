"""How long a study's steps take and how much disk they fill, told beforehand, and better while it runs.

A step's effort is counted in units of its kind: rays of a render, pixels that a backbone is trained on. What a unit
takes is measured on the finished steps of that kind; until there are any it is guessed from a CPU like the one these
figures were measured on.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from ..datasets.reading import PLAIN_SPLIT
from ..design.errors import SimrealError
from ..rendering.launch import available_cores
from .backbones import cost_of
from .plan import Plan, Step
from .study_folder import StudyFolder

START_S = 6.0  # starting Python, torch or Blender
RAY_S = 9e-7  # a sample of a pixel on one core: 0.77 s an image of 224 px with 16 samples
SAMPLES_OF_SETTING_UP = 52_000  # what an image costs beside its light paths, in samples
GMACS_PER_S = 30.0  # of one core in training, forward and backward counted as three forward passes
BYTES_A_PIXEL = 0.25
COPIES_OF_WEIGHTS = 3  # model.pt, and checkpoint.pt with the optimiser's momentum
PASSES = {"adapt": 2, "pretrain": 2}  # images through the network for one that is counted: two domains, two views
DEFAULT_BATCH, DEFAULT_PX, DEFAULT_EPOCHS, DEFAULT_VIEWS = 64, 224, 60, 4


@attrs.frozen
class Effort:
    """What a step costs: so many ``units`` of a ``kind``, each guessed to take ``guess_s`` seconds; ``bytes`` on disk.

    ``images`` are those that are rendered.
    """

    kind: str
    units: float
    guess_s: float
    images: int = 0
    bytes: float = 0.0


class Estimates:
    """Knows the effort of every step of a plan, and learns how fast this machine is."""

    def __init__(self, plan: Plan, folder: StudyFolder) -> None:
        self._plan = plan
        self.efforts = {key: _effort(plan, step) for key, step in plan.steps.items()}
        self._spent: dict[str, tuple[float, float]] = {}
        for step in plan.steps.values():
            told = folder.finished(step)
            if told is not None:
                self.learn(step, told)

    def learn(self, step: Step, told: Mapping[str, Any]) -> None:
        """Take in how long a finished step took, if it was done in one go."""
        if told.get("attempts") != 1:
            return
        effort = self.efforts[step.key]
        seconds, units = self._spent.get(effort.kind, (0.0, 0.0))
        took = max(0.0, float(told["seconds"]) - START_S)
        self._spent[effort.kind] = seconds + took, units + effort.units

    def measured(self, step: Step) -> bool:
        """Whether a step's time is told from steps of its kind, and not guessed."""
        return self.efforts[step.key].kind in self._spent

    def seconds(self, step: Step) -> float:
        """How long a step takes."""
        effort = self.efforts[step.key]
        seconds, units = self._spent.get(effort.kind, (effort.guess_s, 1.0))
        return START_S + effort.units * seconds / max(units, 1e-9)


@attrs.frozen
class Cost:
    """What the steps of one name cost: how many there are and are ``finished``, and of those that are not the images to
    render, the seconds, one after the other, and the bytes. ``measured``: told by finished steps, not guessed."""

    name: str
    steps: int
    finished: int
    images: int
    seconds: float
    bytes: float
    measured: bool


def costs_of(plan: Plan, folder: StudyFolder) -> tuple[Cost, ...]:
    """The costs of a plan by the names of its steps, in its order."""
    estimates = Estimates(plan, folder)
    found = []
    for name in dict.fromkeys(step.name for step in plan.steps.values()):
        steps = [step for step in plan.steps.values() if step.name == name]
        left = [step for step in steps if folder.finished(step) is None]
        efforts = [estimates.efforts[step.key] for step in left]
        found.append(
            Cost(
                name=name,
                steps=len(steps),
                finished=len(steps) - len(left),
                images=sum(effort.images for effort in efforts),
                seconds=sum(map(estimates.seconds, left)),
                bytes=sum(effort.bytes for effort in efforts),
                measured=all(map(estimates.measured, left)),
            )
        )
    return tuple(found)


def _effort(plan: Plan, step: Step) -> Effort:
    match step.verb:
        case "render":
            return _rendering(plan, step)
        case "train" | "pretrain" | "adapt":
            return _training(plan, step)
        case "evaluate":
            return _evaluating(plan, step)
    return Effort(step.verb, 1.0, START_S)


def _rendering(plan: Plan, step: Step) -> Effort:
    design = plan.designs[_referred(step)]
    images = sum(design.split(split).count for split in step.options["split"])
    pixels = design.image.resolution_px**2
    units = images * (pixels * design.image.samples + SAMPLES_OF_SETTING_UP)
    return Effort("render", units, RAY_S / available_cores(), images, images * pixels * BYTES_A_PIXEL)


def _training(plan: Plan, step: Step) -> Effort:
    backbone = str(step.options.get("backbone", ""))
    cost = cost_of(backbone)
    seen = _images_seen(plan, step)
    scale = _number(step, "image-size", DEFAULT_PX) / DEFAULT_PX
    guess = 3 * cost.gmacs / GMACS_PER_S / available_cores()
    bytes_ = COPIES_OF_WEIGHTS * 4e6 * cost.parameters
    return Effort(f"{step.verb} {backbone}", PASSES.get(step.verb, 1) * seen * scale**2, guess, bytes=bytes_)


def _images_seen(plan: Plan, step: Step) -> float:
    """How many images go through the network, a step that learns from each counted as one."""
    there = float(_images(plan, step))
    limit = _number(step, "limit", 0)
    there = min(there, limit) if limit and there else there or limit
    if step.options.get("head-only"):
        return there * _number(step, "views", DEFAULT_VIEWS) / 3
    if "images" in step.options:
        return _number(step, "images", 0)
    if "iterations" in step.options:
        return _number(step, "iterations", 0) * _number(step, "batch-size", DEFAULT_BATCH)
    return there * _number(step, "epochs", DEFAULT_EPOCHS)


def _evaluating(plan: Plan, step: Step) -> Effort:
    run = next((plan.steps[key] for key in step.needs if plan.steps[key].verb != "render"), step)
    backbone = str(run.options.get("backbone", ""))
    scale = _number(run, "image-size", DEFAULT_PX) / DEFAULT_PX
    images = _images(plan, step) or 1000  # photos are not counted
    guess = cost_of(backbone).gmacs / GMACS_PER_S / available_cores()
    return Effort(f"evaluate {backbone}", images * scale**2, guess)


def _images(plan: Plan, step: Step) -> int:
    """The images of the rendered data sets that a step is given as arguments; 0 where it has none."""
    found = 0
    for key in step.needs:
        other = plan.steps[key]
        if other.verb == "render" and any(key in text for text in step.arguments):
            design = plan.designs[_referred(other)]
            found += sum(design.split(split).count for split in other.options["split"] if split != PLAIN_SPLIT)
    return found


def _referred(step: Step) -> str:
    """The key of the design that a render renders."""
    return step.arguments[0].removeprefix("{design:").removesuffix("}")


def _number(step: Step, option: str, default: float) -> float:
    value = step.options.get(option, default)
    try:
        return float(value)
    except (TypeError, ValueError):
        raise SimrealError(f"{step.folder}: --{option} must be a number, not {value!r}") from None
