"""What a benchmark takes before it is begun: images, time and disk, step by step."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

import attrs

from ..datasets.progress_text import duration
from ..rendering.launch import available_cores
from ..studies.backbones import cost_of
from ..studies.estimates import (
    BYTES_A_PIXEL,
    COPIES_OF_WEIGHTS,
    DEFAULT_BATCH,
    DEFAULT_EPOCHS,
    DEFAULT_PX,
    DEFAULT_VIEWS,
    GMACS_PER_S,
    RAY_S,
    SAMPLES_OF_SETTING_UP,
    START_S,
)
from .bench_inputs import Inputs
from .tables import table

DEFAULT_BACKBONE = "efficientnet_lite0"
BYTES_A_FEATURE_VECTOR = 1280 * 4  # of that backbone; they are kept beside the images


@attrs.frozen
class Estimate:
    """What one step takes: ``images`` that go through it, ``seconds`` on this machine's CPU, ``bytes`` it leaves."""

    step: str
    images: int
    seconds: float
    bytes: float


def estimated(
    inputs: Inputs, lines: Sequence[Sequence[str]], parsed: Sequence[argparse.Namespace]
) -> Iterator[Estimate]:
    """An estimate a command line, for the CPU cores that there are; ``parsed`` are the lines' arguments."""
    run: argparse.Namespace | None = None
    for line, args in zip(lines, parsed, strict=True):
        if line[0] == "render":
            yield _rendering(inputs)
        elif line[0] == "evaluate":
            assert run is not None
            yield _evaluating(inputs, run, line)
        else:
            run = args
            yield _training(inputs, args, line)


def plan_text(estimates: Sequence[Estimate], out: Path) -> str:
    """The estimates as a table, with their sum."""
    rows = [("step", "images", "time", "disk")]
    rows += [(one.step, f"{one.images:,}", duration(one.seconds), _size(one.bytes)) for one in estimates]
    rows.append(
        ("all", "", duration(sum(one.seconds for one in estimates)), _size(sum(one.bytes for one in estimates)))
    )
    cores = available_cores()
    note = f"into {out}; time is guessed for {cores} CPU core{'s' if cores > 1 else ''} and no GPU"
    return "\n".join([*table(rows), note])


def _rendering(inputs: Inputs) -> Estimate:
    assert inputs.design is not None
    images = sum(split.count for split in inputs.design.splits)
    pixels = inputs.design.image.resolution_px**2
    rays = images * (pixels * inputs.design.image.samples + SAMPLES_OF_SETTING_UP)
    return Estimate("render", images, START_S + rays * RAY_S / available_cores(), images * pixels * BYTES_A_PIXEL)


def _training(inputs: Inputs, args: argparse.Namespace, line: Sequence[str]) -> Estimate:
    source = inputs.counts.get(inputs.source, 0)
    if inputs.design is not None:
        source = inputs.design.splits[0].count
    is_adapted = line[0] == "adapt"
    there = source + (inputs.counts.get(inputs.target, 0) if is_adapted else 0)
    cost = cost_of(_backbone(args))
    bytes_ = COPIES_OF_WEIGHTS * 4e6 * cost.parameters
    if _head_only(args):
        views = getattr(args, "views", DEFAULT_VIEWS)
        seen = there * views / 3  # forward passes alone
        bytes_ += there * views * BYTES_A_FEATURE_VECTOR
    elif getattr(args, "iterations", 0):
        seen = args.iterations * getattr(args, "batch_size", DEFAULT_BATCH) * (2 if is_adapted else 1)
    else:
        seen = there * getattr(args, "epochs", DEFAULT_EPOCHS)
    seconds = START_S + seen * 3 * cost.gmacs * _pixels(args) / GMACS_PER_S / available_cores()
    name = f"adapt by {args.method}" if is_adapted else "train"
    return Estimate(f"{name}, {_backbone(args)}", there, seconds, bytes_)


def _evaluating(inputs: Inputs, run: argparse.Namespace, line: Sequence[str]) -> Estimate:
    images = sum(inputs.counts[split] for split in inputs.tests)
    seconds = images * cost_of(_backbone(run)).gmacs * _pixels(run) / GMACS_PER_S / available_cores()
    return Estimate(f"evaluate {Path(line[1]).name}", images, START_S + seconds, 0.0)


def _backbone(args: argparse.Namespace) -> str:
    return str(getattr(args, "backbone", DEFAULT_BACKBONE))


def _head_only(args: argparse.Namespace) -> bool:
    with_weights = not args.from_scratch and not {"epochs", "iterations"} & vars(args).keys()
    return bool(getattr(args, "head_only", with_weights))


def _pixels(args: argparse.Namespace) -> float:
    """Pixels of an image as shares of those that a backbone's cost is told for."""
    return float((getattr(args, "crop_px", DEFAULT_PX) / DEFAULT_PX) ** 2)


def _size(count: float) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.0f} MB"
