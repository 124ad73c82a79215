"""Pretraining: what of a run's config concerns self-supervision."""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

import attrs

from ...design.errors import RunError
from ..options import not_negative, positive, says

SchemeName: TypeAlias = Literal["simclr", "moco", "byol", "dino"]
SCHEME_NAMES: tuple[SchemeName, ...] = get_args(SchemeName)


@attrs.frozen(kw_only=True)
class Pretraining:
    """How a run learns without labels; the rest of ``RunConfig`` means what it does in training.

    Raises ``RunError`` for an unknown scheme and values out of range, naming the option.
    """

    scheme: SchemeName = attrs.field(metadata=says("what two views of an image teach: " + ", ".join(SCHEME_NAMES)))
    label_weight: float = attrs.field(
        default=0.0,
        validator=not_negative,
        metadata=says("weight of the cross-entropy with labels, learned together: labels of renders are free", "0"),
    )
    queue: int = attrs.field(
        default=4096,
        validator=positive,
        metadata=says("moco: images of earlier batches that each image is told from", "4096"),
    )

    def __attrs_post_init__(self) -> None:
        if self.scheme not in SCHEME_NAMES:
            raise RunError(f"unknown scheme {self.scheme!r}; there are: {', '.join(SCHEME_NAMES)}")
