"""What a preview is to show: images of one or more designs, in the order in which people look at them.

Plain data, so that whoever asks for a preview (a panel, the command line) and the process that renders it
(``rendering.preview_worker``) share one description. In JSON it is one line on the process's stdin.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, TypeAlias

import attrs

from ..design.design import Design
from ..design.distributions import Value
from ..design.errors import DesignError
from ..design.sampling import ImageSpec, Sampler
from .sheet_plan import SheetContents

FactorValues: TypeAlias = Mapping[str, Mapping[str, Value]]
Document: TypeAlias = Mapping[str, Any]


@attrs.frozen
class PreviewImage:
    """One image: number ``index`` of ``split`` of the order's design number ``design``.

    ``values``, by factor and parameter, replace what was drawn for it, all else held. ``image`` replaces image settings
    (``{"samples": 4}``). ``caption`` is written under it.
    """

    design: int
    split: str
    index: int
    values: FactorValues = attrs.field(factory=dict)
    caption: str = ""
    image: Mapping[str, Any] = attrs.field(factory=dict)


@attrs.frozen
class PreviewGap:
    """A place of the sheet without an image. ``caption`` may say why; without one nothing is drawn there."""

    caption: str = ""


@attrs.frozen
class PreviewOrder:
    """A sheet of images in rows of ``columns``. ``designs`` are JSON documents, each with its design's folder.

    ``headings`` are written over the rows, one a row ("" for none); there may be none at all. ``breaks`` are the rows
    at which a sheet with headings may go on beside what stands above them, where that suits the window better.
    """

    title: str
    designs: tuple[tuple[Document, str], ...]
    images: tuple[PreviewImage | PreviewGap, ...]
    columns: int
    headings: tuple[str, ...] = ()
    breaks: tuple[int, ...] = ()

    def __attrs_post_init__(self) -> None:
        if self.columns < 1:
            raise ValueError(f"a sheet has at least 1 column, not {self.columns}")
        for image in self.images:
            if isinstance(image, PreviewImage) and not 0 <= image.design < len(self.designs):
                raise ValueError(f"there is no design {image.design}: the order has {len(self.designs)}")


def image_design(sampler: Sampler, image: PreviewImage) -> Design:
    """The design as the image sees it: with its split's overrides, and its own image settings. Raises DesignError."""
    if not image.image:
        return sampler.design
    try:
        settings = attrs.evolve(sampler.design.image, **image.image)
    except TypeError:
        raise DesignError("image", f"has no setting {' or '.join(image.image)}") from None
    settings.check()
    return attrs.evolve(sampler.design, image=settings)


def image_spec(sampler: Sampler, image: PreviewImage) -> ImageSpec:
    """What the image shows. DesignError where ``values`` names what there is not."""
    spec = sampler.spec(image.index)
    factors = dict(spec.factors)
    for name, values in image.values.items():
        if name not in factors or not set(values) <= set(factors[name].values):
            raise DesignError(f"factors.{name}", f"has no parameter {' or '.join(values)}")
        factors[name] = attrs.evolve(factors[name], values={**factors[name].values, **values})
    return attrs.evolve(spec, factors=factors)


def order_to_json(order: PreviewOrder) -> dict[str, Any]:
    """An order as JSON values."""
    return {
        "title": order.title,
        "designs": [[dict(document), folder] for document, folder in order.designs],
        "images": [attrs.asdict(image) for image in order.images],
        "columns": order.columns,
        "headings": list(order.headings),
        "breaks": list(order.breaks),
    }


def order_from_json(document: Mapping[str, Any]) -> PreviewOrder:
    """The order that ``order_to_json`` made these values of."""
    return PreviewOrder(
        document["title"],
        tuple((design, folder) for design, folder in document["designs"]),
        tuple((PreviewImage if "design" in image else PreviewGap)(**image) for image in document["images"]),
        document["columns"],
        tuple(document["headings"]),
        tuple(document["breaks"]),
    )


def contents_of(order: PreviewOrder) -> SheetContents:
    """What is on the sheet of an order, before anything is rendered."""
    gaps = frozenset(number for number, image in enumerate(order.images) if isinstance(image, PreviewGap))
    captions = tuple(image.caption for image in order.images)
    return SheetContents(captions, order.columns, order.title, order.headings, gaps)


def suitable_columns(images: int) -> int:
    """Columns for a sheet as wide as a screen: about three columns to two rows."""
    return max(1, round(math.sqrt(1.5 * images)))
