"""Adaptation: what of a run's config concerns the target and the way it is adapted to."""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

import attrs

from ...design.errors import RunError
from ..options import fraction, not_negative, positive, says

MethodName: TypeAlias = Literal["none", "dann", "mcd", "rca", "srdc", "disclusterda", "cdan", "mcc", "cdan_mcc", "shot"]
Selection: TypeAlias = Literal["last", "snd", "im"]

METHOD_NAMES: tuple[MethodName, ...] = get_args(MethodName)
SELECTIONS: tuple[Selection, ...] = get_args(Selection)


@attrs.frozen(kw_only=True)
class Adaptation:
    """Where the target is, and how a run adapts to it; the rest of ``RunConfig`` means what it does in training.

    ``bottleneck`` is the width of a layer between backbone and head, 0 for none. ``aliases`` pair the target's folders
    with classes of the source, for measuring only. Raises ``RunError`` for values out of range, naming the option.
    """

    target: str
    method: MethodName = attrs.field(metadata=says("how to adapt; none: train on the source alone", "cdan_mcc"))
    target_split: str | None = attrs.field(
        default=None, metadata=says("split of the target to adapt to", "train, or the only one")
    )
    test_share: float = attrs.field(
        default=0.0,
        validator=fraction,
        metadata=says("share of the target's images that are never adapted to, and measured alone", "0: all adapt"),
    )
    bottleneck: int = attrs.field(
        default=256, validator=not_negative, metadata=says("width of the layer before the head; 0: none", "256")
    )
    backbone_lr: float = attrs.field(
        default=0.1, validator=positive, metadata=says("full: the backbone's share of the learning rate", "0.1")
    )
    head_first: bool = attrs.field(
        default=False, metadata=says("full: train bottleneck and head on frozen features of the source first")
    )
    select: Selection = attrs.field(
        default="last",
        metadata=says("which epoch's weights are kept: the last, or the best by snd or im (no target label)", "last"),
    )
    aliases: dict[str, str] = attrs.field(factory=dict)

    def __attrs_post_init__(self) -> None:
        if self.method not in METHOD_NAMES:
            raise RunError(f"unknown method {self.method!r}; there are: {', '.join(METHOD_NAMES)}")
