"""What a run that adapts does where the user leaves it open, and which options contradict each other."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs

from ...datasets.reading import DataSet
from ...design.errors import RunError
from ..config import RunConfig
from ..defaults import resolve
from ..options import option
from .config import Adaptation

EPOCHS = 20
LR = 0.01
WEIGHT_DECAY = 1e-4
DEFAULT_METHOD = "cdan_mcc"

_STEPS = ("epochs", "batch_size", "lr", "momentum", "weight_decay", "schedule", "amp", "channels_last")
_FULL_ONLY = ("backbone_lr", "head_first", "amp", "channels_last")


def resolve_adaptation(
    source: DataSet, target: Path, given: Mapping[str, Any], *, from_scratch: bool = False, pretrained: bool = False
) -> RunConfig:
    """The whole config from the options that were ``given``, fields of ``RunConfig`` and of ``Adaptation``.

    Raises ``RunError`` for options that contradict each other, ``DataSetError`` for data nothing can be learned from.
    """
    own = _own(given)
    steps = {name: value for name, value in given.items() if name in _STEPS}
    rest = {name: value for name, value in given.items() if name not in own and name not in _STEPS}
    config = resolve(source, rest, from_scratch=from_scratch, pretrained=pretrained)
    scratch = config.weights == "none"
    if scratch and own.get("head_first"):
        raise RunError("--head-first needs a backbone with weights: efficientnet_lite0, --pretrained or --weights FILE")
    if config.head_only:
        if useless := [option(name) for name in _FULL_ONLY if name in given]:
            raise RunError(f"{', '.join(useless)} has no meaning with --head-only (leave it out, or add --full)")
        if own.get("bottleneck") == 0:
            raise RunError("--head-only needs a bottleneck: it is what adapts where the backbone is frozen")
    adaptation = {"method": DEFAULT_METHOD, "backbone_lr": 1.0 if scratch else 0.1, **own}
    return attrs.evolve(
        config,
        optimizer="sgd",
        warmup_epochs=0.0,
        **{"epochs": EPOCHS, "lr": LR, "weight_decay": WEIGHT_DECAY, "schedule": "inverse", **steps},
        adaptation=Adaptation(target=str(target.resolve()), **adaptation),
    )


def resolve_resumed(started: RunConfig, source: Path, target: Path, given: Mapping[str, Any]) -> RunConfig:
    """The config of a run that is to be resumed, with the options that were ``given`` once more.

    Raises ``RunError`` where the run does not adapt.
    """
    if started.adaptation is None:
        raise RunError("the run in --out does not adapt to a target: resume it with simreal train")
    own = _own(given)
    rest = {name: value for name, value in given.items() if name not in own}
    if rest.get("validation_split") == "none":
        rest["validation_split"] = None
    adaptation = attrs.evolve(started.adaptation, target=str(target.resolve()), **own)
    return attrs.evolve(started, data=str(source.resolve()), adaptation=adaptation, **rest)


def _own(given: Mapping[str, Any]) -> dict[str, Any]:
    """The options that are fields of ``Adaptation``."""
    fields = {field.name for field in attrs.fields(Adaptation)}
    return {name: value for name, value in given.items() if name in fields}
