"""Options that training and pre-training have in common; most set a field of RunConfig."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import attrs

from ..training.config import AUGMENTATIONS, OPTIMIZERS, SCHEDULES, TRACKERS, RunConfig
from ..training.options import option, option_help


def add_option(
    group: Any, field: str, note: str = "", config: type[attrs.AttrsInstance] = RunConfig, **arguments: Any
) -> None:
    """An option that sets a field of a config, with the help that stands there."""
    told = option_help(field, config) + (f", {note}" if note else "")
    group.add_argument(option(field), dest=field, help=told, **arguments)


def configure_run(parser: argparse.ArgumentParser, help_of_data: str, ending: str = "run", data: str = "DATA") -> None:
    """DATA, called ``data`` here, and the run folder.

    What a user leaves open is not in the namespace: ``training.defaults`` decides it.
    """
    parser.argument_default = argparse.SUPPRESS
    parser.add_argument("data", type=Path, metavar=data, help=help_of_data)
    parser.add_argument(
        "--out", type=Path, metavar="RUN", default=None, help=f"run folder (default: {data}-{ending}, beside {data})"
    )
    parser.add_argument(
        "--resume", action="store_true", default=False, help="continue the run in --out where it stopped"
    )
    parser.add_argument("--overwrite", action="store_true", default=False, help="replace the run in --out")
    parser.add_argument(
        "--continue",
        dest="go_on",
        action="store_true",
        default=False,
        help="resume where --out holds this very run, not finished; else as --overwrite",
    )
    parser.add_argument(
        "--offline", action="store_true", default=False, help="use no network: weights have to be on this machine"
    )
    add_option(parser, "split")
    add_option(parser, "validation_split", metavar="SPLIT", note="or none")


def configure_backbone(parser: argparse.ArgumentParser) -> Any:
    """The network, and where its weights come from; returns the group."""
    model = parser.add_argument_group("model")
    add_option(model, "backbone", metavar="NAME")
    source = model.add_mutually_exclusive_group()
    source.add_argument(
        "--from-scratch", action="store_true", default=False, help="random weights: no real image is ever seen"
    )
    source.add_argument(
        "--pretrained", action="store_true", default=False, help="timm's weights, downloaded from its hub"
    )
    add_option(source, "weights_file", metavar="FILE")
    return model


def configure_images(parser: argparse.ArgumentParser) -> None:
    """Which images, and how they are varied and cut."""
    images = parser.add_argument_group("images")
    add_option(images, "limit", type=int, metavar="N")
    add_option(images, "mix", metavar="DATA[:SPLIT]:SHARE")
    add_option(images, "augmentation", choices=AUGMENTATIONS)
    add_option(images, "crop_px", type=int, metavar="PX")
    add_option(images, "resize_px", type=int, metavar="PX")


def configure_steps(parser: argparse.ArgumentParser, title: str) -> None:
    """How many steps, and how they are taken."""
    full = parser.add_argument_group(title)
    length = full.add_mutually_exclusive_group()
    add_option(length, "epochs", type=int, metavar="N")
    add_option(length, "iterations", type=int, metavar="N")
    add_option(length, "images", type=int, metavar="N")
    add_option(full, "batch_size", type=int, metavar="N")
    add_option(full, "optimizer", choices=OPTIMIZERS)
    add_option(full, "lr", type=float)
    add_option(full, "momentum", type=float)
    add_option(full, "weight_decay", type=float)
    add_option(full, "schedule", choices=SCHEDULES)
    add_option(full, "warmup_epochs", type=float, metavar="N")
    for name in ("amp", "channels_last"):
        switch = f"--no-{name.replace('_', '-')}"
        full.add_argument(switch, dest=name, action="store_false", help=f"no {option_help(name, RunConfig)}")


def configure_machine(group: Any) -> None:
    """The seed, and what to train with."""
    add_option(group, "seed", type=int)
    add_option(group, "device")
    add_option(group, "devices", type=int, metavar="N")
    add_option(group, "threads", type=int, metavar="N")
    add_option(group, "workers", type=int, metavar="N")
    add_option(group, "tensorboard", action="store_true")
    add_option(group, "track", choices=TRACKERS)
