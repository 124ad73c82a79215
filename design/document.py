"""Designs as JSON: reading, writing, and errors that name the place of the fault.

A parameter stands in its factor beside ``weight``::

    "camera_viewpoint": {"weight": 0.8, "elevation_deg": {"distribution": "uniform", "min": -5, "max": 45, "fixed": 20}}

What a design does not say is as declared; a factor it does not name at all has weight 0, so that designs made before a
factor existed keep their images.
"""

from __future__ import annotations

import difflib
import json
import os
import re
import typing
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import attrs
import cattrs
from cattrs.errors import ClassValidationError, ForbiddenExtraKeysError, IterableValidationError

from .checking import check
from .design import FORMAT_VERSION, Design, FactorSettings, ParameterSettings, Split, default_factors
from .distributions import DISTRIBUTIONS, field_names
from .errors import DesignError
from .factors import FACTORS
from .migration import VERSION_KEY, migrate

MAX_BYTES = 256 * 1024 * 1024


def load(path: Path) -> Design:
    """The design in a file. DesignError names file and fault."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise DesignError("", f"{path}: too large for a design")
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise DesignError("", f"cannot read the design {path}: {reason}") from None
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DesignError("", f"{path} is not JSON: {error}") from None
    try:
        return from_document(document, path.resolve().parent)
    except DesignError as error:
        raise DesignError(error.path, f"{error.problem}  [{path}]") from None


def save(design: Design, path: Path) -> None:
    """Write a design; its library paths become relative to the file's folder. The file appears whole or not at all."""
    text = json.dumps(to_document(relocated(design, path.resolve().parent)), indent=2, ensure_ascii=False) + "\n"
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise DesignError("", f"cannot write the design {path}: {error.strerror}") from None


def relocated(design: Design, folder: Path) -> Design:
    """The same design for a file in another folder."""
    libraries = {}
    for name, library in design.libraries.items():
        source = (design.folder / library.path).resolve()
        try:
            libraries[name] = attrs.evolve(library, path=Path(os.path.relpath(source, folder.resolve())).as_posix())
        except ValueError:  # Windows: no relative path leads to another drive
            raise DesignError(
                f"libraries.{name}", f"{source} is on another drive than {folder}; keep a design on its assets' drive"
            ) from None
    return attrs.evolve(design, libraries=libraries, folder=folder)


def from_document(document: Any, folder: Path = Path()) -> Design:
    """A checked Design of parsed JSON. ``folder`` is what its library paths are relative to."""
    if not isinstance(document, dict) or VERSION_KEY not in document:
        raise DesignError("", f'not a Simreal design: it has no "{VERSION_KEY}" key')
    document = migrate(document)
    fields = {key: value for key, value in document.items() if key != VERSION_KEY}
    splits = _mapping("splits", fields.get("splits", {}))
    fields["splits"] = [{**_mapping(f"splits.{name}", split), "name": name} for name, split in splits.items()]
    try:
        design = _CONVERTER.structure(fields, Design)
    except ClassValidationError as error:
        raise _named_split(_first_fault(error), fields["splits"]) from None
    design = attrs.evolve(design, folder=folder)
    check(design)
    for split in design.splits:
        overridden(design, split)
    return design


def to_document(design: Design) -> dict[str, Any]:
    """The JSON of a design, complete and in a fixed order."""
    return {
        VERSION_KEY: FORMAT_VERSION,
        "name": design.name,
        "description": design.description,
        "seed": design.seed,
        "instances": design.instances,
        "image": attrs.asdict(design.image),
        "libraries": {name: attrs.asdict(library) for name, library in design.libraries.items()},
        "classes": [{**attrs.asdict(entry), "models": list(entry.models)} for entry in design.classes],
        "factors": {name: factor_document(settings) for name, settings in design.factors.items()},
        "splits": {
            split.name: {"count": split.count, "seed": split.seed, "overrides": dict(split.overrides)}
            for split in design.splits
        },
    }


def factor_document(settings: FactorSettings) -> dict[str, Any]:
    """The JSON of one factor's settings."""
    return {
        "weight": settings.weight,
        **{
            name: {
                "distribution": parameter.distribution.kind,
                **attrs.asdict(parameter.distribution),
                "fixed": parameter.fixed,
            }
            for name, parameter in settings.parameters.items()
        },
    }


def overridden(design: Design, split: Split) -> Design:
    """The design as a split sees it: the split's overrides laid over it, like a JSON merge patch (RFC 7396).

    A parameter given a new ``distribution`` loses the numbers of the old one.
    """
    if not split.overrides:
        return design
    if not set(split.overrides) <= {"factors", "image", "classes", "seed"}:
        raise DesignError(f"splits.{split.name}.overrides", "may change factors, image, classes and seed only")
    document = to_document(attrs.evolve(design, splits=(attrs.evolve(split, overrides={}),), instances="shared"))
    try:
        return attrs.evolve(
            from_document(merged(document, split.overrides), design.folder),
            splits=design.splits,
            instances=design.instances,
        )
    except DesignError as error:
        raise DesignError(f"splits.{split.name}.overrides.{error.path}", error.problem) from None


def merged(document: Mapping[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    """``document`` with ``patch`` laid over it (RFC 7396: null deletes, objects merge, all else replaces)."""
    kept = dict(document)
    if "distribution" in patch:
        kept = {key: value for key, value in kept.items() if key == "fixed"}
    for key, value in patch.items():
        if value is None:
            kept.pop(key, None)
        elif isinstance(value, Mapping) and isinstance(kept.get(key), Mapping):
            kept[key] = merged(kept[key], value)
        else:
            kept[key] = value
    return kept


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
        if name not in given and not same:
            raise DesignError(f"{path}.{name}", f"is needed for a {kind} distribution")
        value = given.get(name, getattr(default.distribution, name) if same else None)
        values[name] = _options(f"{path}.options", value) if name == "options" else _number(f"{path}.{name}", value)
    fixed = given.get("fixed", default.fixed)
    if not isinstance(fixed, str):
        fixed = _number(f"{path}.fixed", fixed)
    return ParameterSettings(DISTRIBUTIONS[kind](**values), fixed)


def _options(path: str, given: Any) -> dict[str, float]:
    return {str(option): _number(f"{path}.{option}", weight) for option, weight in _mapping(path, given).items()}


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
