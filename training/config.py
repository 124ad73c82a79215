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
from .adaptation.config import Adaptation
from .options import absolute_reference, fraction, not_negative, option, positive, says
from .pretraining.config import Pretraining

Weights: TypeAlias = Literal["imagenet", "timm", "file", "none"]
Optimizer: TypeAlias = Literal["sgd", "adamw"]
Schedule: TypeAlias = Literal["cosine", "linear", "constant", "inverse"]
Augmentation: TypeAlias = Literal["none", "weak", "strong"]
TrackerName: TypeAlias = Literal["none", "mlflow", "wandb"]

OPTIMIZERS: tuple[Optimizer, ...] = get_args(Optimizer)
SCHEDULES: tuple[Schedule, ...] = get_args(Schedule)
TRACKERS: tuple[TrackerName, ...] = get_args(TrackerName)
AUGMENTATIONS: tuple[Augmentation, ...] = get_args(Augmentation)

EPOCHS = {True: 60, False: 15}  # where they are left open: from scratch, from pretrained weights
_OPEN_EPOCHS = f"{EPOCHS[True]} from scratch, else {EPOCHS[False]}"
_AHEAD = "8, or 4 a render worker"
MAY_DIFFER_ON_RESUME = (
    "data", "target", "device", "devices", "workers", "threads", "ahead", "keep", "measure", "measure_every",
    "tensorboard", "track",
)  # fmt: skip


@attrs.frozen(kw_only=True)
class RunConfig:
    """One training run. ``training.defaults.resolve`` fills in what a user leaves open.

    ``weights`` says where the backbone's weights come from: ``imagenet`` (bundled, offline), ``timm`` (its hub),
    ``file`` (``weights_file``) or ``none``. ``iterations`` (0: not used) overrides ``epochs``. ``threads`` 0 is torch's
    choice. With ``head_only`` what concerns optimisation is not used, without it ``views`` is not. With ``stream`` the
    data is a design, whose images are rendered meanwhile; an epoch is then as many new images as its split has. With
    ``adaptation`` the run adapts to a target as well, and what concerns optimisation is used with ``head_only`` too.
    With ``pretraining`` it learns from two views of each image instead of their classes.
    Raises ``RunError`` for values out of range, naming the option.
    """

    data: str
    backbone: str = attrs.field(metadata=says("network to train: any timm model by name", "efficientnet_lite0"))
    weights: Weights
    weights_file: str | None = attrs.field(
        default=None, metadata=says("local weights: .safetensors, .pth, .npz, or another run's model.pt")
    )
    split: str = attrs.field(default="train", metadata=says("split to train on", "train, or the only one"))
    validation_split: str | None = attrs.field(default=None, metadata=says("split to measure on", "test_iid"))
    measure: tuple[str, ...] = attrs.field(
        default=(),
        converter=lambda texts: tuple(absolute_reference(text) for text in texts),
        metadata=says("split to draw a learning curve of: DATA, DATA:SPLIT, or :SPLIT of the data trained on"),
    )
    measure_every: int = attrs.field(
        default=0, validator=not_negative, metadata=says("steps between two points of it", "an epoch")
    )
    mix: str | None = attrs.field(
        default=None,
        converter=attrs.converters.optional(absolute_reference),
        metadata=says("second labelled data set, and its share of every batch: photos:0.1; classes matched by name"),
    )
    limit: int = attrs.field(
        default=0,
        validator=not_negative,
        metadata=says("images to train on, as many of every class; a smaller number's are among a larger one's", "all"),
    )
    head_only: bool = False
    views: int = attrs.field(
        default=4,
        validator=positive,
        metadata=says("head only: views of each image, one plain and the others augmented", "4"),
    )
    epochs: int = attrs.field(
        default=30,
        validator=positive,
        metadata=says("times every image is seen", _OPEN_EPOCHS),
    )
    iterations: int = attrs.field(
        default=0, validator=not_negative, metadata=says("steps instead of epochs, as the paper counts")
    )
    images: int = attrs.field(
        default=0, validator=not_negative, metadata=says("with --stream: images in all, instead of epochs")
    )
    stream: bool = False
    ahead: int = attrs.field(
        default=8,
        validator=positive,
        metadata=says("shards of 50 images to render ahead of training", _AHEAD),
    )
    keep: bool = attrs.field(default=False, metadata=says("keep the images that were trained on, as a data set"))
    batch_size: int = attrs.field(default=64, validator=positive, metadata=says("images a step", "64"))
    optimizer: Optimizer = attrs.field(
        default="sgd", metadata=says("which one takes the steps; the paper: sgd", "adamw")
    )
    lr: float = attrs.field(
        default=0.01,
        validator=positive,
        metadata=says("learning rate", "adamw 1e-3, with weights 1e-4; sgd 0.05, 0.005"),
    )
    momentum: float = attrs.field(
        default=0.9, validator=fraction, metadata=says("momentum of sgd, and adamw's first beta", "0.9")
    )
    weight_decay: float = attrs.field(
        default=1e-4, validator=not_negative, metadata=says("pull of the weights towards 0", "adamw 0.05, sgd 1e-4")
    )
    schedule: Schedule = attrs.field(default="cosine", metadata=says("how the learning rate falls", "cosine"))
    warmup_epochs: float = attrs.field(
        default=1.0, validator=not_negative, metadata=says("linear warm-up", "3 from scratch, else 1")
    )
    label_smoothing: float = attrs.field(
        default=0.0, validator=fraction, metadata=says("share of every label spread over all classes", "0")
    )
    augmentation: Augmentation = attrs.field(
        default="strong",
        metadata=says("how images are varied: the paper's none, weak or strong", "strong"),
    )
    resize_px: int = attrs.field(
        default=256, validator=positive, metadata=says("shorter side before the crop", "8/7 of --image-size")
    )
    crop_px: int = attrs.field(
        default=224,
        validator=positive,
        metadata=says("side of the square the network sees", "the weights' own; from scratch 224, or 96 without a GPU"),
    )
    seed: int = attrs.field(
        default=0, validator=not_negative, metadata=says("seed of initial weights, order and augmentation", "0")
    )
    device: str = attrs.field(default="auto", metadata=says("where to train: auto, cpu, cuda, cuda:1, mps", "auto"))
    devices: int = attrs.field(
        default=1,
        validator=positive,
        metadata=says("GPUs (or processes on a CPU) to split every batch among", "1; under torchrun all of its"),
    )
    amp: bool = attrs.field(default=True, metadata=says("mixed precision (used on CUDA GPUs only)"))
    channels_last: bool = attrs.field(default=True, metadata=says("channels-last layout (not on MPS)"))
    workers: int = attrs.field(
        default=0, validator=not_negative, metadata=says("processes that load images", "by CPUs")
    )
    threads: int = attrs.field(default=0, validator=not_negative, metadata=says("CPU threads", "torch's choice"))
    tensorboard: bool = attrs.field(default=False, metadata=says("write the log for TensorBoard too: RUN/tensorboard"))
    track: TrackerName = attrs.field(
        default="none", metadata=says("tell MLflow or Weights & Biases of the run too (on this machine)", "none")
    )
    adaptation: Adaptation | None = None
    pretraining: Pretraining | None = None

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
        mine, theirs = self._options(), other._options()
        return [
            f"{option(name)} {theirs.get(name)} instead of {mine.get(name)}"
            for name in {**mine, **theirs}
            if name not in MAY_DIFFER_ON_RESUME and mine.get(name) != theirs.get(name)
        ]

    def _options(self) -> dict[str, Any]:
        """All fields, those of adaptation and pre-training among them."""
        values = attrs.asdict(self, recurse=False)
        for part in (values.pop("adaptation"), values.pop("pretraining")):
            values |= attrs.asdict(part) if part else {}
        return values


_CONVERTER = cattrs.Converter(forbid_extra_keys=True)
