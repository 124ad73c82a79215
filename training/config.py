"""RunConfig: everything that defines a training run, saved as ``config.json`` in the run's folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal, TypeAlias, get_args

import attrs
import cattrs
from cattrs.errors import BaseValidationError
from cattrs.v import transform_error

from ..design.errors import RunError

Weights: TypeAlias = Literal["imagenet", "timm", "file", "none"]
Optimizer: TypeAlias = Literal["sgd", "adamw"]
Schedule: TypeAlias = Literal["cosine", "linear", "constant"]
Augmentation: TypeAlias = Literal["none", "weak", "strong"]

OPTIMIZERS: tuple[Optimizer, ...] = get_args(Optimizer)
SCHEDULES: tuple[Schedule, ...] = get_args(Schedule)
AUGMENTATIONS: tuple[Augmentation, ...] = get_args(Augmentation)

MAY_DIFFER_ON_RESUME = ("data", "device", "workers", "threads")


def _positive(instance: Any, attribute: attrs.Attribute[Any], value: float) -> None:
    if not value > 0:
        raise RunError(f"{option(attribute.name)} must be more than 0, not {value:g}")


def _not_negative(instance: Any, attribute: attrs.Attribute[Any], value: float) -> None:
    if not value >= 0:
        raise RunError(f"{option(attribute.name)} must be 0 or more, not {value:g}")


def _fraction(instance: Any, attribute: attrs.Attribute[Any], value: float) -> None:
    if not 0 <= value < 1:
        raise RunError(f"{option(attribute.name)} must be in [0, 1), not {value:g}")


@attrs.frozen(kw_only=True)
class RunConfig:
    """One training run. ``training.defaults.resolve`` fills in what a user leaves open.

    ``weights`` says where the backbone's weights come from: ``imagenet`` (bundled, offline), ``timm`` (its hub),
    ``file`` (``weights_file``) or ``none``. ``iterations`` (0: not used) overrides ``epochs``. ``threads`` 0 is torch's
    choice. With ``head_only`` what concerns optimisation is not used, without it ``views`` is not.
    Raises ``RunError`` for values out of range, naming the option.
    """

    data: str
    backbone: str
    weights: Weights
    weights_file: str | None = None
    split: str = "train"
    validation_split: str | None = None
    head_only: bool = False
    views: int = attrs.field(default=4, validator=_positive)
    epochs: int = attrs.field(default=30, validator=_positive)
    iterations: int = attrs.field(default=0, validator=_not_negative)
    batch_size: int = attrs.field(default=64, validator=_positive)
    optimizer: Optimizer = "sgd"
    lr: float = attrs.field(default=0.01, validator=_positive)
    momentum: float = attrs.field(default=0.9, validator=_fraction)
    weight_decay: float = attrs.field(default=1e-4, validator=_not_negative)
    schedule: Schedule = "cosine"
    warmup_epochs: float = attrs.field(default=1.0, validator=_not_negative)
    label_smoothing: float = attrs.field(default=0.0, validator=_fraction)
    augmentation: Augmentation = "strong"
    resize_px: int = attrs.field(default=256, validator=_positive)
    crop_px: int = attrs.field(default=224, validator=_positive)
    seed: int = attrs.field(default=0, validator=_not_negative)
    device: str = "auto"
    amp: bool = True
    channels_last: bool = True
    workers: int = attrs.field(default=0, validator=_not_negative)
    threads: int = attrs.field(default=0, validator=_not_negative)

    def __attrs_post_init__(self) -> None:
        if self.crop_px > self.resize_px:
            raise RunError(f"--image-size ({self.crop_px}) must not be larger than --resize ({self.resize_px})")
        if (self.weights == "file") != (self.weights_file is not None):
            raise RunError("weights 'file' and weights_file belong together")

    def to_json(self) -> str:
        """The config as indented JSON, one option a line."""
        return json.dumps(attrs.asdict(self), indent=2, ensure_ascii=False) + "\n"

    @classmethod
    def load(cls, path: Path) -> RunConfig:
        """Read a ``config.json``. Raises ``RunError`` naming the file and the fault."""
        try:
            values = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise RunError(f"{path.parent} is not a run folder: it has no {path.name}") from None
        except (OSError, ValueError) as error:
            raise RunError(f"{path}: not a readable config ({error})") from error
        try:
            return _CONVERTER.structure(values, cls)
        except BaseValidationError as error:
            raise RunError(f"{path}: {'; '.join(transform_error(error))}") from error

    def differences(self, other: RunConfig) -> list[str]:
        """Options that differ from ``other`` and would change the result: ``--lr 0.1 instead of 0.01``."""
        return [
            f"{option(field.name)} {getattr(other, field.name)} instead of {getattr(self, field.name)}"
            for field in attrs.fields(RunConfig)
            if field.name not in MAY_DIFFER_ON_RESUME and getattr(self, field.name) != getattr(other, field.name)
        ]


def option(field: str) -> str:
    """The command line's name of a field."""
    return _OPTIONS.get(field, f"--{field.replace('_', '-')}")


_OPTIONS = {
    "crop_px": "--image-size",
    "resize_px": "--resize",
    "weights_file": "--weights",
    "validation_split": "--validation",
}
_CONVERTER = cattrs.Converter(forbid_extra_keys=True)
