"""Between ``Scene.simreal`` and Design: what is loaded and not touched comes back exactly as it was."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import attrs
import bpy

from ..design.declaration import Parameter
from ..design.design import FORMAT_VERSION, Design, FactorSettings, ImageSettings, ParameterSettings, default_factors
from ..design.distributions import Choice, field_names
from ..design.document import from_document
from ..design.errors import DesignError
from ..design.factors import FACTORS
from ..design.migration import VERSION_KEY
from ..design.overrides import overrides_text, parsed_overrides, without_weights
from .factor_properties import initial_list, initial_number
from .number_lists import LISTS, list_text, parsed_list
from .units import from_stored, to_stored

INT32 = range(-(2**31), 2**31)


def design_of(state: Any, *, every_class: bool = False) -> Design:
    """The checked design that ``Scene.simreal`` holds. Raises DesignError.

    What is switched off counts as not there: classes are left out, silent factors have weight 0. With ``every_class``
    it is the design as it would be with all classes and no factor switched off.
    """
    exact, silent = json.loads(state.exact), set() if every_class else silent_factors(state)
    document = {
        VERSION_KEY: FORMAT_VERSION,
        "name": state.title,
        "description": state.description,
        "seed": state.seed,
        "instances": state.instances,
        "views_per_scene": state.views_per_scene,
        "image": {
            field.name: _as_loaded(exact, f"image.{field.name}", getattr(state.image, field.name))
            if isinstance(field.default, float)
            else getattr(state.image, field.name)
            for field in attrs.fields(ImageSettings)
        },
        "libraries": {
            entry.name: {"kind": entry.kind, "path": entry.path, "up_axis": entry.up_axis} for entry in state.libraries
        },
        "classes": [
            {
                "name": entry.name,
                "models": entry.models.split("\n") if entry.models else [],
                "weight": _as_loaded(exact, f"classes.{entry.name}.weight", entry.weight),
            }
            for entry in state.classes
            if entry.enabled or every_class
        ],
        "factors": {
            name: _factor_document(exact, name, getattr(state.factors, name))
            | ({"weight": 0.0} if name in silent else {})
            for name in FACTORS
        },
        "splits": {
            entry.name: {"count": entry.count, "seed": entry.seed, "overrides": _overrides(entry, silent)}
            for entry in state.splits
        },
        "evidence": json.loads(state.evidence),
    }
    return from_document(document, Path(bpy.path.abspath(state.folder)))


def silent_factors(state: Any) -> set[str]:
    """The factors that count as weight 0: all but those with solo where there are such, else those that are muted."""
    solo = {name for name in FACTORS if getattr(state.factors, name).solo}
    return set(FACTORS) - solo if solo else {name for name in FACTORS if getattr(state.factors, name).mute}


def load_design(state: Any, design: Design) -> None:
    """Put a design into ``Scene.simreal``, as one that is of no preset (see ``loaded_preset``).

    DesignError, before anything is changed, where Blender cannot hold it.
    """
    _check_integers(design)
    state.preset = state.preset_digest = ""
    folder = state.folder
    state.title, state.description, state.seed = design.name, design.description, design.seed
    state.instances, state.folder = design.instances, str(design.folder)
    state.views_per_scene = design.views_per_scene
    for field in attrs.fields(ImageSettings):
        setattr(state.image, field.name, getattr(design.image, field.name))
    state.missing.clear()
    snapshots = {(entry.name, entry.path, folder): entry.snapshot for entry in state.libraries}
    state.libraries.clear()
    for name, library in design.libraries.items():
        entry = state.libraries.add()
        entry.name, entry.kind, entry.path, entry.up_axis = name, library.kind, library.path, library.up_axis
        entry.snapshot = snapshots.get((name, library.path, state.folder), "")
    state.classes.clear()
    for cls in design.classes:
        entry = state.classes.add()
        entry.known_name = entry.name = cls.name
        entry.models, entry.weight = "\n".join(cls.models), cls.weight
    state.active_class = 0
    state.splits.clear()
    for split in design.splits:
        entry = state.splits.add()
        entry.known_name = entry.name = split.name
        entry.count, entry.seed, entry.overrides = split.count, split.seed, overrides_text(split.overrides)
    state.active_split = 0
    for name, settings in design.factors.items():
        group = getattr(state.factors, name)
        group.mute = group.solo = False
        _load_factor(group, name, settings)
    state.evidence = json.dumps([attrs.asdict(one) for one in design.evidence], ensure_ascii=False)
    state.exact = json.dumps(dict(_numbers(design)), ensure_ascii=False)


def complete(state: Any) -> None:
    """Give choices that have no options, in a .blend saved before they were declared, the declared ones."""
    if not state.title:
        return
    for name, settings in default_factors().items():
        for parameter in FACTORS[name].parameters:
            target = getattr(getattr(state.factors, name), parameter.name)
            if parameter.is_choice and not target.options:
                _load_choice(target, parameter, settings.parameters[parameter.name])


def reset(state: Any, name: str, parameter_name: str = "") -> None:
    """A factor, or one parameter of it, as declared. Options that are assets of libraries stay, switched off."""
    group, declared = getattr(state.factors, name), default_factors()[name]
    if not parameter_name:
        group.weight = declared.weight
    for parameter in FACTORS[name].parameters:
        if parameter_name in ("", parameter.name):
            target, given = getattr(group, parameter.name), declared.parameters[parameter.name]
            if parameter.is_choice:
                _load_choice(target, parameter, given, [option.name for option in target.options])
            else:
                _load_numbers(target, parameter, given)


def _load_factor(group: Any, name: str, settings: FactorSettings) -> None:
    group.weight = settings.weight
    for parameter in FACTORS[name].parameters:
        given = settings.parameters[parameter.name]
        load = _load_choice if parameter.is_choice else _load_numbers
        load(getattr(group, parameter.name), parameter, given)


def _load_choice(target: Any, parameter: Parameter, given: ParameterSettings, known: Iterable[str] = ()) -> None:
    """The options of the design first, in its order; then, switched off, those that are declared or known besides."""
    assert isinstance(given.distribution, Choice)
    target.options.clear()
    for name in dict.fromkeys((*given.distribution.options, *parameter.options, *known)):
        option = target.options.add()
        option.name = name
        option.enabled = name in given.distribution.options
        option.weight = given.distribution.options.get(name, 1.0)
    target.active_option = 0
    target.fixed = str(given.fixed)


def _load_numbers(target: Any, parameter: Parameter, given: ParameterSettings) -> None:
    target.distribution = given.distribution.kind
    own = field_names(given.distribution.kind)
    for field in dict.fromkeys(field for kind in parameter.kinds for field in field_names(kind)):
        if field in LISTS:
            numbers = getattr(given.distribution, field, None)
            setattr(target, field, initial_list(parameter, field) if numbers is None else list_text(numbers))
            continue
        value = getattr(given.distribution, field) if field in own else initial_number(parameter, field)
        setattr(target, field, to_stored(value, parameter.unit))
    target.fixed = to_stored(float(given.fixed), parameter.unit)


def _factor_document(exact: dict[str, float], name: str, group: Any) -> dict[str, Any]:
    document: dict[str, Any] = {"weight": _as_loaded(exact, f"factors.{name}.weight", group.weight)}
    for parameter in FACTORS[name].parameters:
        path, given = f"factors.{name}.{parameter.name}", getattr(group, parameter.name)
        if parameter.is_choice:
            options = {
                option.name: _as_loaded(exact, f"{path}.options.{option.name}", option.weight)
                for option in given.options
                if option.enabled
            }
            document[parameter.name] = {"distribution": Choice.kind, "options": options, "fixed": given.fixed}
        else:
            numbers = {
                field: parsed_list(f"{path}.{field}", getattr(given, field))
                if field in LISTS
                else _as_loaded(exact, f"{path}.{field}", getattr(given, field), parameter.unit)
                for field in (*field_names(given.distribution), "fixed")
            }
            document[parameter.name] = {"distribution": given.distribution, **numbers}
    return document


def _numbers(design: Design) -> Iterator[tuple[str, float]]:
    """Every 64-bit number that Blender keeps in 32 bits, by its path."""
    yield "image.noise_threshold", design.image.noise_threshold
    for cls in design.classes:
        yield f"classes.{cls.name}.weight", cls.weight
    for name, settings in design.factors.items():
        yield f"factors.{name}.weight", settings.weight
        for key, given in settings.parameters.items():
            path = f"factors.{name}.{key}"
            if isinstance(given.distribution, Choice):
                for option, weight in given.distribution.options.items():
                    yield f"{path}.options.{option}", weight
            else:
                for field in set(field_names(given.distribution.kind)) - set(LISTS):
                    yield f"{path}.{field}", getattr(given.distribution, field)
                yield f"{path}.fixed", float(given.fixed)


def _as_loaded(exact: dict[str, float], path: str, stored: float, unit: str = "") -> float:
    """The number as it was loaded, if what Blender keeps is still that number; else what Blender keeps, rounded."""
    loaded = exact.get(path)
    if loaded is not None and to_stored(loaded, unit) == stored:
        return loaded
    return from_stored(stored, unit)


def _overrides(split: Any, silent: set[str]) -> dict[str, Any]:
    try:
        return without_weights(parsed_overrides(split.overrides), silent)
    except DesignError as error:
        raise DesignError(f"splits.{split.name}.overrides", error.problem) from None


def _check_integers(design: Design) -> None:
    numbers = {"seed": design.seed}
    for split in design.splits:
        numbers |= {f"splits.{split.name}.count": split.count, f"splits.{split.name}.seed": split.seed}
    for path, number in numbers.items():
        if number not in INT32:
            raise DesignError(path, f"Blender holds whole numbers up to {INT32[-1]}, this is {number}")
