"""The last finished run of a scene, as its folder tells it. No bpy here."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import attrs


@attrs.frozen
class Measured:
    """How good a run is on a split: fractions, and the number of images."""

    split: str
    top1: float
    mean: float
    images: int


@attrs.frozen
class Run:
    """A finished run. ``images_per_s`` 0 is not known (a head is fitted on features that may have been kept)."""

    folder: Path
    backbone: str
    head_only: bool
    crop_px: int
    measured: tuple[Measured, ...]
    images_per_s: float
    curves: Path | None

    @property
    def regime(self) -> str:
        return f"{'Head only' if self.head_only else 'All weights'}, {self.crop_px} px"


def last_run(folder: Path) -> Run | None:
    """The run in ``folder``, if it has ended well."""
    config, results = _read(folder / "config.json"), _read(folder / "results.json")
    if config is None or results is None:
        return None
    try:
        splits = [_measured(found) for path in sorted(folder.glob("evaluate/*/results.json")) if (found := _read(path))]
        own = results.get("validation")
        if own and own["split"] not in [each.split for each in splits]:
            splits.insert(0, _measured(own))
        curves = folder / "curves.png"
        return Run(
            folder=folder,
            backbone=config["backbone"],
            head_only=config["head_only"],
            crop_px=config["crop_px"],
            measured=tuple(splits),
            images_per_s=_images_per_s(folder / "log.csv"),
            curves=curves if curves.is_file() else None,
        )
    except (KeyError, TypeError, ValueError):  # of another version, or edited by hand
        return None


def _measured(found: dict[str, Any]) -> Measured:
    return Measured(found["split"], found["top1"], found["mean_class_accuracy"], found["n"])


def _images_per_s(log: Path) -> float:
    if not log.is_file():
        return 0.0
    with log.open(encoding="utf-8", newline="") as file:
        rates = [float(row["images_per_s"]) for row in csv.DictReader(file)]
    return sum(rates) / len(rates) if rates else 0.0


def _read(path: Path) -> dict[str, Any] | None:
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):  # not there (yet), or just being replaced
        return None
    return values if isinstance(values, dict) else None
