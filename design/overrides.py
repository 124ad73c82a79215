"""A split's overrides: JSON laid over the design. Read, checked, put into words, and changed in the common ways."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

import attrs

from .design import STARTER_LIBRARY, Design, DesignClass, Library, LibraryKind, Split
from .distributions import Value
from .document import overridden
from .errors import DesignError
from .factors import factor_label, parameter_label

Overrides: TypeAlias = Mapping[str, Any]


@attrs.frozen
class Change:
    """One thing that a split has otherwise than the design: its ``path`` in the overrides, and in words."""

    path: tuple[str, ...]
    text: str


def parsed_overrides(text: str) -> dict[str, Any]:
    """The overrides in a text. DesignError where it is no JSON object."""
    try:
        given = json.loads(text or "{}")
    except (ValueError, RecursionError) as error:
        raise DesignError("", f"is not JSON: {error}") from None
    if not isinstance(given, dict):
        raise DesignError("", "must be a JSON object: {...}")
    return given


def overrides_text(overrides: Overrides) -> str:
    """The inverse of ``parsed_overrides``."""
    return json.dumps(dict(overrides), ensure_ascii=False)


@functools.lru_cache(maxsize=64)
def overrides_problem(text: str, libraries: tuple[tuple[str, LibraryKind], ...] = ()) -> str:
    """Why a text cannot be a split's overrides in a design with these libraries (name, kind); "" where it can."""
    there = {name: Library(kind, ".") for name, kind in libraries}
    try:
        overridden(attrs.evolve(_ANY_DESIGN, libraries=there), Split("split", 0, overrides=parsed_overrides(text)))
    except DesignError as error:
        return f"{error.path.removeprefix('splits.split.overrides').lstrip('.')}: {error.problem}".removeprefix(": ")
    return ""


def changes(overrides: Overrides) -> Iterator[Change]:
    """What is different, one thing a line: ``Background: weight 0``, ``Background, kind: fixed none``."""
    for key, value in overrides.items():
        if isinstance(value, Mapping) and key == "factors":
            for name, settings in value.items():
                yield from _factor_changes(name, settings)
        elif isinstance(value, Mapping):
            for name, given in value.items():
                yield Change((key, name), f"{key.capitalize()}, {name.replace('_', ' ')}: {_words(given)}")
        elif isinstance(value, list):
            yield Change((key,), f"{key.capitalize()}: {len(value)} of its own")
        else:
            yield Change((key,), f"{key.capitalize()}: {_words(value)}")


def with_weight(overrides: Overrides, factor: str, weight: float) -> dict[str, Any]:
    """The overrides with a weight of its own for a factor."""
    return _with(overrides, ("factors", factor, "weight"), weight)


def with_fixed(overrides: Overrides, factor: str, parameter: str, value: Value) -> dict[str, Any]:
    """The overrides with a fixed value of its own for a parameter."""
    return _with(overrides, ("factors", factor, parameter, "fixed"), value)


def without(overrides: Overrides, path: tuple[str, ...]) -> dict[str, Any]:
    """The overrides without what stands at a path, and without what becomes empty by that."""
    head, *rest = path
    kept = dict(overrides)
    if rest and isinstance(kept.get(head), Mapping):
        inner = without(kept[head], tuple(rest))
        if inner:
            return {**kept, head: inner}
    kept.pop(head, None)
    return kept


def without_weights(overrides: Overrides, factors: set[str]) -> dict[str, Any]:
    """The overrides with weight 0 wherever they give one of these factors a weight."""
    changed = dict(overrides)
    given = overrides.get("factors")
    for name in factors:
        if isinstance(given, Mapping) and isinstance(given.get(name), Mapping) and "weight" in given[name]:
            changed = with_weight(changed, name, 0.0)
    return changed


def _factor_changes(name: str, settings: Any) -> Iterator[Change]:
    label = factor_label(name)
    if not isinstance(settings, Mapping):
        yield Change(("factors", name), f"{label}: {_words(settings)}")
        return
    for key, value in settings.items():
        path = ("factors", name, key)
        if key == "weight":
            yield Change(path, f"{label}: weight {_words(value)}")
            continue
        what = parameter_label(name, key)
        if not isinstance(value, Mapping):
            yield Change(path, f"{what}: {_words(value)}")
            continue
        drawn = {field: given for field, given in value.items() if field != "fixed"}
        if drawn:
            words = str(drawn.pop("distribution", "")).replace("_", " ")
            numbers = ", ".join(f"{field} {_words(given)}" for field, given in drawn.items())
            yield Change(path, f"{what}: {' '.join(filter(None, (words, numbers)))}")
        if "fixed" in value:
            yield Change((*path, "fixed"), f"{what}: fixed {_words(value['fixed'])}")


def _with(overrides: Overrides, path: tuple[str, ...], value: Any) -> dict[str, Any]:
    head, *rest = path
    inner = overrides.get(head)
    return {
        **overrides,
        head: _with(inner if isinstance(inner, Mapping) else {}, tuple(rest), value) if rest else value,
    }


def _words(value: Any) -> str:
    if isinstance(value, Mapping):
        return f"{len(value)} options"
    if isinstance(value, list):
        return ", ".join(map(_words, value))
    if isinstance(value, float):
        return f"{value:g}"
    return str(value) or "none"


_ANY_DESIGN = Design("any", (DesignClass("any", (f"{STARTER_LIBRARY}:cup/00",)),), splits=(Split("split", 0),))
