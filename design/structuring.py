"""From parsed JSON to a Design, strictly: the first thing that is not as it must be is named with its path.

cattrs walks the frozen classes; a factor's settings are read by its declaration.
"""

from __future__ import annotations

import re
import typing
from typing import Any

import attrs
import cattrs
from cattrs.errors import ClassValidationError, IterableValidationError

from .design import Design, FactorSettings, ParameterSettings, default_factors
from .distributions import DISTRIBUTIONS, field_names, needed_names
from .errors import DesignError
from .evidence import Evidence
from .factors import FACTORS
from .strict import first_fault, mapping, shown, strict_converter, suggest


def structured(document: dict[str, Any]) -> Design:
    """The Design of a document in the present format, less its version. DesignError with the path of the fault."""
    fields = dict(document)
    _check_list("evidence", fields.get("evidence", []))
    splits = mapping("splits", fields.get("splits", {}))
    fields["splits"] = [{**mapping(f"splits.{name}", split), "name": name} for name, split in splits.items()]
    try:
        return _CONVERTER.structure(fields, Design)
    except ClassValidationError as error:
        raise _named_split(first_fault(error, hidden=("folder",)), fields["splits"]) from None


def structured_evidence(given: Any) -> tuple[Evidence, ...]:
    """What stands under ``evidence`` in a document. DesignError with the path of the fault."""
    _check_list("evidence", given)
    try:
        return _CONVERTER.structure(given, tuple[Evidence, ...])
    except IterableValidationError as error:
        raise first_fault(error, "evidence") from None


def _check_list(path: str, given: Any) -> None:
    if not isinstance(given, list):
        raise DesignError(path, f"must be a list, not {shown(given)}")


def _factors(given: Any, _type: object = None) -> dict[str, FactorSettings]:
    document = mapping("", given)
    for name in document:
        if name not in FACTORS:
            raise DesignError(name, f"there is no such factor{suggest(name, FACTORS)}")
    declared = default_factors()
    return {
        name: _factor(name, document[name], default) if name in document else attrs.evolve(default, weight=0.0)
        for name, default in declared.items()
    }


def _factor(name: str, given: Any, default: FactorSettings) -> FactorSettings:
    document = dict(mapping(name, given))
    weight = _number(f"{name}.weight", document.pop("weight", default.weight))
    parameters = dict(default.parameters)
    for key, value in document.items():
        if key not in parameters:
            raise DesignError(f"{name}.{key}", f"there is no such parameter{suggest(key, ('weight', *parameters))}")
        parameters[key] = _parameter(f"{name}.{key}", mapping(f"{name}.{key}", value), parameters[key])
    return FactorSettings(weight, parameters)


def _parameter(path: str, given: dict[str, Any], default: ParameterSettings) -> ParameterSettings:
    kind = given.get("distribution", default.distribution.kind)
    if kind not in DISTRIBUTIONS:
        raise DesignError(f"{path}.distribution", f"there is no {shown(kind)}{suggest(str(kind), DISTRIBUTIONS)}")
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
    return {str(option): _number(f"{path}.{option}", weight) for option, weight in mapping(path, given).items()}


def _numbers(path: str, given: Any) -> tuple[float, ...]:
    if not isinstance(given, list):
        raise DesignError(path, f"must be a list of numbers, not {shown(given)}")
    return tuple(_number(f"{path}[{place}]", value) for place, value in enumerate(given))


def _number(path: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise DesignError(path, f"must be a number, not {shown(value)}")
    return float(value)


def _converter() -> cattrs.Converter:
    converter = strict_converter()
    converter.register_structure_hook_func(
        lambda cls: typing.get_args(cls) == (str, FactorSettings), lambda value, _: _factors(value)
    )
    return converter


def _named_split(fault: DesignError, splits: Any) -> DesignError:
    """Splits are an object in the file and a list here: ``splits[0].count`` is ``splits.train.count`` to the user."""
    found = re.match(r"splits\[(\d+)\]", fault.path)
    if found is None:
        return fault
    return DesignError(f"splits.{splits[int(found[1])]['name']}{fault.path[found.end() :]}", fault.problem)


_CONVERTER = _converter()
