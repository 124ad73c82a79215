"""Metadata: a row per image with every drawn value, and what its columns are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..design.design import Design
from ..design.distractors import Placed
from ..design.factors import FACTORS
from ..design.sampling import ImageSpec
from .layout import image_name
from .records import Row

# The kinds of columns that hold a list, and what it is of.
LISTS = {"box": "int64", "strings": "string", "numbers": "float64"}


def image_row(
    spec: ImageSpec,
    model: str,
    bbox: tuple[int, int, int, int] | None,
    coverage: float,
    *,
    visible_fraction: float = 1.0,
    distractors: Sequence[Placed] = (),
) -> Row:
    """The row of an image: its spec, the ``model`` really shown, the object's ``bbox`` (x0, y0, x1, y1 in pixels; None
    where it is not seen), its ``coverage`` of the picture (0..1), and which ``distractors`` stand where and leave what
    fraction of it visible. Their places are flat: x, y, z and longest side of each in metres, one after the other.
    """
    row: Row = {
        "file_name": image_name(spec.class_name, spec.index),
        "index": spec.index,
        "scene": spec.scene,
        "split": spec.split,
        "class": spec.class_name,
        "label": spec.label,
        "model": model,
        "seed": spec.seed,
    }
    for name, draw in spec.factors.items():
        row[f"{name}.drawn"] = draw.drawn
        row |= {f"{name}.{parameter}": value for parameter, value in draw.values.items()}
    return row | {
        "bbox": None if bbox is None else list(bbox),
        "coverage": coverage,
        "visible_fraction": visible_fraction,
        "distractor_models": [one.name for one in distractors],
        "distractor_places": [round(number, 4) for one in distractors for number in (*one.location, one.size_m)],
    }


def column_types(design: Design) -> Mapping[str, str]:
    """Columns of a metadata row (after ``file_name``) in order: ``int64``, ``float64``, ``string``, ``bool``,
    ``label``, ``box``, ``strings`` or ``numbers``."""
    columns = {"index": "int64", "scene": "int64", "split": "string", "class": "string", "label": "label"}
    columns |= {"model": "string", "seed": "int64"}
    for factor_name in design.factors:
        columns[f"{factor_name}.drawn"] = "bool"
        for parameter in FACTORS[factor_name].parameters:
            number = "int64" if parameter.whole else "float64"
            columns[f"{factor_name}.{parameter.name}"] = "string" if parameter.is_choice else number
    columns |= {"bbox": "box", "coverage": "float64", "visible_fraction": "float64"}
    return {**columns, "distractor_models": "strings", "distractor_places": "numbers"}


def factor_values(row: Mapping[str, Any], factor: str) -> dict[str, Any]:
    """The values one factor has in a row, ``{"scale": 2.4}``."""
    prefix = f"{factor}."
    return {
        key.removeprefix(prefix): value
        for key, value in row.items()
        if key.startswith(prefix) and key != f"{prefix}drawn"
    }
