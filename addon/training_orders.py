"""What the Train panel asks for: the job, what it will cost, and what stands in its way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import bpy

from ..training.config import EPOCHS
from ..training.options import option
from .command_lines import training
from .environment_jobs import environment_job
from .job_watch import watch
from .jobs import Order, State
from .places import Places, places
from .preferences import settings
from .training_environment import standing
from .training_properties import LABELS, LEFT_OPEN, OFFLINE_BACKBONE, offline_backbones

REGIMES = {"head": "--head-only", "full": "--full", "scratch": "--from-scratch"}
ONLY_HEAD, NEVER_HEAD = ("views",), ("epochs", "batch_size")
DEFAULT_VIEWS = 4


def training_order(scene: bpy.types.Scene, there: Places) -> Order:
    """Train, measure on the other splits, export. It comes after a render of the data that is not finished."""
    python = settings()
    steps = (
        training(python, "train", there.data, "--out", there.run, "--continue", *arguments(scene.simreal.training)),
        training(python, "evaluate", there.run, there.data, "--unseen", *_device(scene.simreal.training)),
        training(python, "export", there.run, "--out", there.model),
    )
    return Order(
        "train",
        f"Train on {scene.simreal.title}",
        str(there.folder),
        steps,
        needs=(str(there.data),),
        makes=(str(there.run), str(there.model)),
    )


def arguments(state: Any) -> tuple[str, ...]:
    """The options of ``simreal train``."""
    chosen = ["--backbone", state.backbone.strip(), REGIMES[state.regime]]
    if needs_hub(state):
        chosen.append("--pretrained")
    if not bpy.app.online_access:
        chosen.append("--offline")
    for name in shown_fields(state.regime):
        value = getattr(state, name)
        if value not in (0, "", LEFT_OPEN):
            chosen += [option(name), str(value)]
    return tuple(chosen)


def shown_fields(regime: str) -> tuple[str, ...]:
    """The options that have a meaning in a regime, in the panel's order."""
    useless = NEVER_HEAD if regime == "head" else ONLY_HEAD
    return tuple(name for name in LABELS if name not in useless)


def needs_hub(state: Any) -> bool:
    """Whether the weights are of timm's hub: in its cache on this machine, or to be downloaded."""
    return state.regime != "scratch" and state.backbone.strip() != OFFLINE_BACKBONE


def needs_download(state: Any) -> bool:
    """Whether weights have to be downloaded, as far as is known."""
    return needs_hub(state) and state.backbone.strip() not in offline_backbones()


def training_problem(scene: bpy.types.Scene) -> str:
    """Why training cannot be started or queued; "" where it can."""
    state, data = scene.simreal.training, places(scene).data
    job = environment_job()
    if job is not None and job.is_live:
        return "The training environment is being made: wait for it"
    if problem := standing().problem:
        return problem
    if not (data / "design.json").is_file() and watch().board.will_make(data) is None:
        return "There is no data set: render it first"
    if not state.backbone.strip():
        return "Choose a backbone"
    if needs_download(state) and not bpy.app.online_access:
        return (
            f"The weights of {state.backbone} have to be downloaded: allow online access in "
            "Preferences > System > Network, or choose a backbone that is on this machine"
        )
    return ""


def comes_after(scene: bpy.types.Scene) -> str:
    """The job that training would wait for; "" where it may begin at once."""
    maker = watch().board.will_make(places(scene).data)
    return maker.order.title if maker is not None and maker.state is not State.DONE else ""


def image_passes(state: Any, counts: Mapping[str, int]) -> tuple[int, int, str]:
    """How often what is seen, with so many images by split: images to train on, times, and what those are called."""
    images = counts.get("train") or sum(counts.values())
    if state.training.regime == "head":
        return images, state.training.views or DEFAULT_VIEWS, "views"
    return images, state.training.epochs or EPOCHS[state.training.regime == "scratch"], "epochs"


def _device(state: Any) -> tuple[str, ...]:
    return () if state.device in ("", LEFT_OPEN) else ("--device", state.device)
