"""Strict reading of parsed JSON into frozen classes: the first thing that is not as it must be is named by its path."""

from __future__ import annotations

import difflib
import json
import typing
from collections.abc import Iterable
from typing import Any

import attrs
import cattrs
from cattrs.errors import ClassValidationError, ForbiddenExtraKeysError, IterableValidationError

from .errors import DesignError


def strict_converter() -> cattrs.Converter:
    """A converter that takes no unknown keys and turns no type into another. What it raises, ``first_fault`` reads."""
    converter = cattrs.Converter(forbid_extra_keys=True, detailed_validation=True)
    for kind, words in ((bool, "true or false"), (int, "a whole number"), (float, "a number"), (str, "text")):
        converter.register_structure_hook(kind, _only(kind, words))
    converter.register_structure_hook_func(lambda cls: cls == tuple[str, ...], _texts)
    converter.register_structure_hook_func(_is_literal, _literal)
    converter.register_structure_hook_func(
        lambda cls: typing.get_args(cls) == (str, Any), lambda value, _: mapping("", value)
    )
    return converter


def first_fault(error: BaseException, path: str = "", hidden: Iterable[str] = ()) -> DesignError:  # noqa: PLR0911
    """The first leaf of cattrs' nested errors as one DesignError with its path. ``hidden`` keys are not suggested."""
    if isinstance(error, ClassValidationError):
        for inner, note in error.group_exceptions()[0]:
            return first_fault(inner, join(path, note.name), hidden)
        return first_fault(error.group_exceptions()[1][0], path, hidden)
    if isinstance(error, IterableValidationError):
        for inner, place in error.group_exceptions()[0]:
            number = isinstance(place.index, int)
            return first_fault(inner, f"{path}[{place.index}]" if number else join(path, str(place.index)), hidden)
    if isinstance(error, ForbiddenExtraKeysError):
        name = sorted(error.extra_fields)[0]
        known = [field.name for field in attrs.fields(error.cl) if field.name not in set(hidden)]
        return DesignError(join(path, name), f"there is no such key{suggest(name, known)}")
    if isinstance(error, DesignError):
        return DesignError(join(path, error.path), error.problem)
    if isinstance(error, KeyError):
        return DesignError(path, "is missing")
    return DesignError(path, f"cannot be used: {error}")


def mapping(path: str, value: Any) -> dict[str, Any]:
    """The value, which must be an object."""
    if not isinstance(value, dict):
        raise DesignError(path, f"must be an object, not {shown(value)}")
    return value


def shown(value: Any) -> str:
    """A value as a message shows it."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 40 else text[:37] + "..."


def suggest(name: str, known: Iterable[str]) -> str:
    """What to add to a message about a name that is not known."""
    known = list(known)
    close = difflib.get_close_matches(name, known, 1)
    return f"; did you mean '{close[0]}'?" if close else f"; there are: {', '.join(known)}"


def join(path: str, name: str) -> str:
    """The path of what lies at ``name`` inside ``path``."""
    return f"{path}.{name}" if path and name else path or str(name)


def _only(kind: type, words: str) -> typing.Callable[[Any, Any], Any]:
    def structure(value: Any, _type: Any) -> Any:
        allowed = (int, float) if kind is float else (kind,)
        if (isinstance(value, bool) and kind is not bool) or not isinstance(value, allowed):
            raise DesignError("", f"must be {words}, not {shown(value)}")
        return kind(value)

    return structure


def _texts(value: Any, _type: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
        raise DesignError("", f"must be a list of texts, not {shown(value)}")
    return tuple(value)


def _is_literal(cls: Any) -> bool:
    return typing.get_origin(cls) is typing.Literal


def _literal(value: Any, literal: Any) -> Any:
    options = typing.get_args(literal)
    if value not in options:
        raise DesignError("", f"must be one of {', '.join(options)}, not {shown(value)}")
    return value
