"""What fields of a config have in common: their help, the command line's name of them, and the ranges they check."""

from __future__ import annotations

import os
from typing import Any

import attrs

from ..design.errors import RunError


def says(text: str, left_open: str = "") -> dict[str, str]:
    """A field's help, and what it becomes where the user leaves it open; command line and panels show both."""
    return {"help": text, "left_open": left_open}


def option(field: str) -> str:
    """The command line's name of a field."""
    return _OPTIONS.get(field, f"--{field.replace('_', '-')}")


def option_help(field: str, config: type[attrs.AttrsInstance]) -> str:
    """What an option of a config is for, and what it is where it is left open."""
    told = getattr(attrs.fields(config), field).metadata
    return f"{told['help']} (default: {told['left_open']})" if told["left_open"] else str(told["help"])


def absolute_reference(text: str) -> str:
    """A converter of ``DATA:SPLIT``: the same split, from whatever folder it is looked for. ``:SPLIT`` stays."""
    return text if text.startswith(":") else os.path.abspath(text)  # noqa: PTH100  (Path.absolute keeps "..")


def positive(instance: Any, attribute: attrs.Attribute[Any], value: float) -> None:
    """A validator. Raises ``RunError`` naming the option."""
    if not value > 0:
        raise RunError(f"{option(attribute.name)} must be more than 0, not {value:g}")


def not_negative(instance: Any, attribute: attrs.Attribute[Any], value: float) -> None:
    """A validator. Raises ``RunError`` naming the option."""
    if not value >= 0:
        raise RunError(f"{option(attribute.name)} must be 0 or more, not {value:g}")


def fraction(instance: Any, attribute: attrs.Attribute[Any], value: float) -> None:
    """A validator. Raises ``RunError`` naming the option."""
    if not 0 <= value < 1:
        raise RunError(f"{option(attribute.name)} must be in [0, 1), not {value:g}")


_OPTIONS = {
    "crop_px": "--image-size",
    "resize_px": "--resize",
    "weights_file": "--weights",
    "validation_split": "--validation",
}
