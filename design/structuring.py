"""From parsed JSON to a Design, strictly: the first thing that is not as it must be is named with its path.

cattrs walks the frozen classes; a factor's settings are read by its declaration.
"""

from __future__ import annotations

import difflib
import json
import re
import typing
from collections.abc import Iterable
from typing import Any

import attrs
import cattrs
from cattrs.errors import ClassValidationError, ForbiddenExtraKeysError, IterableValidationError

from .design import Design, FactorSettings, ParameterSettings, default_factors
from .distributions import DISTRIBUTIONS, field_names, needed_names
from .errors import DesignError
from .factors import FACTORS


def structured(document: dict[str, Any]) -> Design:
    """The Design of a document in the present format, less its version. DesignError with the path of the fault."""
    fields = dict(document)
    splits = _mapping("splits", fields.get("splits", {}))
    fields["splits"] = [{**_mapping(f"splits.{name}", split), "name": name} for name, split in splits.items()]
    try:
        return _CONVERTER.structure(fields, Design)
    except ClassValidationError as error:
        raise _named_split(_first_fault(error), fields["splits"]) from None


def _mapping(path: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise DesignError(path, f"must be an object, not {_shown(value)}")
    return value


def _factors(given: Any, _type: object = None) -> dict[str, FactorSettings]:
    document = _mapping("", given)
    for name in document:
        if name not in FACTORS:
            raise DesignError(name, f"there is no such factor{_suggest(name, FACTORS)}")
    declared = default_factors()
    return {
        name: _factor(name, document[name], default) if name in document else attrs.evolve(default, weight=0.0)
        for name, default in declared.items()
    }


def _factor(name: str, given: Any, default: FactorSettings) -> FactorSettings:
    document = dict(_mapping(name, given))
    weight = _number(f"{name}.weight", document.pop("weight", default.weight))
    parameters = dict(default.parameters)
    for key, value in document.items():
        if key not in parameters:
            raise DesignError(f"{name}.{key}", f"there is no such parameter{_suggest(key, ('weight', *parameters))}")
        parameters[key] = _parameter(f"{name}.{key}", _mapping(f"{name}.{key}", value), parameters[key])
    return FactorSettings(weight, parameters)


def _parameter(path: str, given: dict[str, Any], default: ParameterSettings) -> ParameterSettings:
    kind = given.get("distribution", default.distribution.kind)
    if kind not in DISTRIBUTIONS:
        raise DesignError(f"{path}.distribution", f"there is no {_shown(kind)}{_suggest(str(kind), DISTRIBUTIONS)}")
    names = field_names(kind)
    for key in given:
        if key not in (*names, "distribution", "fixed"):
            raise DesignError(f"{path}.{key}", f"a {kind} distribution has {', '.join(names)} and fixed")
    same = kind == default.distribution.kind
    values: dict[str, Any] = {}
    for name in names:
        if name in given:
            values[name] = _distribution_field(f"{path}.{name}", name, given[name])
        elif same:
            values[name] = getattr(default.distribution, name)
        elif name in needed_names(kind):
            raise DesignError(f"{path}.{name}", f"is needed for a {kind} distribution")
    fixed = given.get("fixed", default.fixed)
    if not isinstance(fixed, str):
        fixed = _number(f"{path}.fixed", fixed)
    return ParameterSettings(DISTRIBUTIONS[kind](**values), fixed)


def _distribution_field(path: str, name: str, value: Any) -> Any:
    if name == "options":
        return _options(path, value)
    return _numbers(path, value) if name in ("values", "weights") else _number(path, value)


def _options(path: str, given: Any) -> dict[str, float]:
    return {str(option): _number(f"{path}.{option}", weight) for option, weight in _mapping(path, given).items()}


def _numbers(path: str, given: Any) -> tuple[float, ...]:
    if not isinstance(given, list):
        raise DesignError(path, f"must be a list of numbers, not {_shown(given)}")
    return tuple(_number(f"{path}[{place}]", value) for place, value in enumerate(given))


def _number(path: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise DesignError(path, f"must be a number, not {_shown(value)}")
    return float(value)


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 40 else text[:37] + "..."


def _suggest(name: str, known: Iterable[str]) -> str:
    known = list(known)
    close = difflib.get_close_matches(name, known, 1)
    return f"; did you mean '{close[0]}'?" if close else f"; there are: {', '.join(known)}"


def _strict(kind: type, words: str) -> typing.Callable[[Any, Any], Any]:
    def structure(value: Any, _type: Any) -> Any:
        allowed = (int, float) if kind is float else (kind,)
        if isinstance(value, bool) or not isinstance(value, allowed):
            raise DesignError("", f"must be {words}, not {_shown(value)}")
        return kind(value)

    return structure


def _texts(value: Any, _type: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
        raise DesignError("", f"must be a list of texts, not {_shown(value)}")
    return tuple(value)


def _is_literal(cls: Any) -> bool:
    return typing.get_origin(cls) is typing.Literal


def _literal(value: Any, literal: Any) -> Any:
    options = typing.get_args(literal)
    if value not in options:
        raise DesignError("", f"must be one of {', '.join(options)}, not {_shown(value)}")
    return value


def _converter() -> cattrs.Converter:
    converter = cattrs.Converter(forbid_extra_keys=True, detailed_validation=True)
    for kind, words in ((int, "a whole number"), (float, "a number"), (str, "text")):
        converter.register_structure_hook(kind, _strict(kind, words))
    converter.register_structure_hook_func(lambda cls: cls == tuple[str, ...], _texts)
    converter.register_structure_hook_func(_is_literal, _literal)
    converter.register_structure_hook_func(
        lambda cls: typing.get_args(cls) == (str, FactorSettings), lambda value, _: _factors(value)
    )
    converter.register_structure_hook_func(
        lambda cls: typing.get_args(cls) == (str, Any), lambda value, _: _mapping("", value)
    )
    return converter


def _first_fault(error: BaseException, path: str = "") -> DesignError:  # noqa: PLR0911 (a case a line)
    """The first leaf of cattrs' nested errors as one DesignError with its path."""
    if isinstance(error, ClassValidationError):
        for inner, note in error.group_exceptions()[0]:
            return _first_fault(inner, _join(path, note.name))
        return _first_fault(error.group_exceptions()[1][0], path)
    if isinstance(error, IterableValidationError):
        for inner, index in error.group_exceptions()[0]:
            return _first_fault(
                inner, f"{path}[{index.index}]" if isinstance(index.index, int) else _join(path, index.index)
            )
    if isinstance(error, ForbiddenExtraKeysError):
        name = sorted(error.extra_fields)[0]
        known = [field.name for field in attrs.fields(error.cl) if field.name != "folder"]
        return DesignError(_join(path, name), f"there is no such key{_suggest(name, known)}")
    if isinstance(error, DesignError):
        return DesignError(_join(path, error.path), error.problem)
    if isinstance(error, KeyError):
        return DesignError(path, "is missing")
    return DesignError(path, f"cannot be used: {error}")


def _named_split(fault: DesignError, splits: Any) -> DesignError:
    """Splits are an object in the file and a list here: ``splits[0].count`` is ``splits.train.count`` to the user."""
    found = re.match(r"splits\[(\d+)\]", fault.path)
    if found is None:
        return fault
    return DesignError(f"splits.{splits[int(found[1])]['name']}{fault.path[found.end() :]}", fault.problem)


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path and name else path or str(name)


_CONVERTER = _converter()
