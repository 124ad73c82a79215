"""What a run does where the user leaves it open: the choice of backbone, mode, sizes and hyper-parameters."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import timm

from ..datasets.reading import DataSet
from ..design.errors import DataSetError, RunError
from . import efficientnet_lite
from .backbones import bundled_weights_installed, check_backbone
from .config import EPOCHS, RunConfig, Weights
from .devices import find_device
from .options import option

SCRATCH_BACKBONE = "resnet18"
_FULL_ONLY = (
    "epochs", "iterations", "batch_size", "optimizer", "lr", "momentum", "weight_decay", "schedule", "warmup_epochs",
    "amp", "channels_last", "measure", "measure_every", "mix",
    "devices", "tensorboard", "track",
)  # fmt: skip
_HEAD_ONLY = ("views",)
_STREAM_ONLY = ("images", "ahead", "keep")
_LR = {("sgd", True): 0.05, ("sgd", False): 0.005, ("adamw", True): 1e-3, ("adamw", False): 1e-4}
_WEIGHT_DECAY = {"sgd": 1e-4, "adamw": 0.05}


def resolve(data: DataSet, given: dict[str, Any], *, from_scratch: bool = False, pretrained: bool = False) -> RunConfig:
    """The whole config from the options that were ``given`` (those that are None count as open).

    Raises ``RunError`` for options that contradict each other, ``DataSetError`` for data nothing can be learned from.
    """
    given = {name: value for name, value in given.items() if value is not None}
    backbone, weights = _backbone(given, from_scratch, pretrained)
    scratch = weights == "none"
    head_only = given.get("head_only", not scratch and not given.keys() & {"epochs", "iterations"})
    _check_options(given, scratch, head_only)
    _check_classes(data)
    split = given.get("split") or default_split(data)
    optimizer = given.get("optimizer", "adamw")
    crop_px = given.get("crop_px") or _image_size(backbone, weights, given)
    values: dict[str, Any] = {
        "validation_split": "test_iid" if "test_iid" in data.splits and split != "test_iid" else None,
        "epochs": EPOCHS[scratch],
        "optimizer": optimizer,
        "lr": _LR[optimizer, scratch],
        "weight_decay": _WEIGHT_DECAY[optimizer],
        "warmup_epochs": 3.0 if scratch else 1.0,
        "resize_px": max(round(crop_px * 256 / 224), crop_px),
        "workers": _workers(given.get("device", "auto")),
        "data": str(Path(data.path).resolve()),
        **given,
        "backbone": backbone,
        "weights": weights,
        "head_only": head_only,
        "split": split,
        "crop_px": crop_px,
    }
    if values["validation_split"] == "none":
        values["validation_split"] = None
    return RunConfig(**values)


def default_split(data: DataSet) -> str:
    """``train``, or the only split there is."""
    if "train" in data.splits:
        return "train"
    if len(data.splits) == 1:
        return data.splits[0]
    raise DataSetError(
        f"{data.path} has no split 'train'; choose with --split: {', '.join(data.splits) or 'it has none'}"
    )


def _backbone(given: dict[str, Any], from_scratch: bool, pretrained: bool) -> tuple[str, Weights]:
    file = given.get("weights_file")
    if from_scratch + pretrained + (file is not None) > 1:
        raise RunError("--from-scratch, --pretrained and --weights exclude each other")
    bundled = bundled_weights_installed() and not from_scratch
    name = given.get("backbone") or (efficientnet_lite.NAME if bundled else SCRATCH_BACKBONE)
    if file is not None and "backbone" not in given:
        raise RunError("--weights needs --backbone: the architecture the weights belong to")
    check_backbone(name)
    if file is not None:
        return name, "file"
    if pretrained:
        return name, "timm"
    return name, "imagenet" if name == efficientnet_lite.NAME and not from_scratch else "none"


def _check_options(given: dict[str, Any], scratch: bool, head_only: bool) -> None:
    if head_only and scratch:
        raise RunError("--head-only needs a backbone with weights: efficientnet_lite0, --pretrained or --weights FILE")
    if given.get("stream"):
        if "views" in given:
            raise RunError("--views has no meaning with --stream: every image is seen once")
        if "limit" in given:
            raise RunError("--limit has no meaning with --stream: --images says how many there are")
    elif alone := [option(name) for name in _STREAM_ONLY if name in given]:
        raise RunError(f"{', '.join(alone)} has no meaning without --stream")
    if "measure_every" in given and "measure" not in given:
        raise RunError("--measure-every has no meaning without --measure")
    useless = [option(name) for name in (_FULL_ONLY if head_only else _HEAD_ONLY) if name in given]
    if useless:
        mode = "head-only training (leave it out, or add --full)" if head_only else "full training (add --head-only)"
        raise RunError(f"{', '.join(useless)} has no meaning in {mode}")


def _check_classes(data: DataSet) -> None:
    if len(data.classes) < 2:
        raise DataSetError(
            f"{data.path} has {len(data.classes)} class ({', '.join(data.classes)}); a classifier needs at least two"
        )


def _image_size(backbone: str, weights: Weights, given: dict[str, Any]) -> int:
    if weights != "none":
        known = timm.get_pretrained_cfg(check_backbone(backbone))
        return known.input_size[-1] if known is not None else 224
    return 96 if find_device(given.get("device", "auto")).type == "cpu" else 224


def _workers(device: str) -> int:
    cpus = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(cpus - 1, 1 if find_device(device).type == "cpu" else 12)
