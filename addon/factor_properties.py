"""Property groups derived from the factors' declarations: a group a factor, and in it a group a parameter.

Nothing here names a factor or a parameter: a factor added to ``FACTORS`` has its properties at the next registration.
A parameter of numbers has ``distribution``, the numbers of every kind of distribution (lists of numbers as text), and
``fixed``; a choice has ``options`` with weights, and ``fixed``.
"""

# mypy: disable-error-code="valid-type"
from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import bpy
from bpy.props import (
    BoolProperty,
    CollectionProperty,
    EnumProperty,
    FloatProperty,
    IntProperty,
    PointerProperty,
    StringProperty,
)

from ..design.declaration import Factor, Parameter
from ..design.distributions import DISTRIBUTIONS, field_names
from .number_lists import LISTS, list_text
from .touched import touched
from .units import labelled, shown_unit, title_case, to_stored

FIELD_HELP = {
    "value": "The value it always has",
    "min": "Smallest value",
    "max": "Largest value",
    "mean": "Most likely value",
    "std": "Standard deviation",
    "values": "The numbers it can be, ascending, with commas between them",
    "weights": "How often each value is drawn relative to the others, with commas between them; empty: all as often",
}


class SIMREAL_PG_option(bpy.types.PropertyGroup):
    """One option of a choice. ``name`` is the option's value in the design."""

    enabled: BoolProperty(name="Use", description="Let images draw this option", default=True, update=touched)
    weight: FloatProperty(
        name="Weight",
        description="How often this option is drawn, relative to the others",
        default=1.0,
        min=0.0,
        soft_max=1.0,
        precision=2,
        update=touched,
    )


def factor_classes(factors: Mapping[str, Factor]) -> list[type]:
    """The classes to register, in order; the last one has an attribute a factor."""
    classes: list[type] = [SIMREAL_PG_option]
    groups = {}
    for factor in factors.values():
        parameters = {parameter.name: _parameter_class(factor, parameter) for parameter in factor.parameters}
        groups[factor.name] = _group(
            f"SIMREAL_PG_{factor.name}",
            factor.help,
            {
                "weight": FloatProperty(
                    name=title_case(factor.label),
                    description=f"{factor.help}. The weight is the share of images that draw it: 0 keeps it fixed",
                    default=factor.weight,
                    min=0.0,
                    max=1.0,
                    subtype="FACTOR",
                    precision=2,
                    update=touched,
                ),
                "mute": BoolProperty(
                    name="Mute",
                    description=f"Keep {factor.label} fixed for now, as with weight 0",
                    update=touched,
                ),
                "solo": BoolProperty(
                    name="Solo",
                    description=f"Let {factor.label} alone be drawn for now: all factors without a star are fixed",
                    update=touched,
                ),
                "show_expanded": BoolProperty(name="Parameters", description=f"Show the parameters of {factor.label}"),
                **{
                    name: PointerProperty(type=cls, name=title_case(factor.parameter(name).label))
                    for name, cls in parameters.items()
                },
            },
        )
        classes += [*parameters.values(), groups[factor.name]]
    pointers = {name: PointerProperty(type=cls, name=title_case(factors[name].label)) for name, cls in groups.items()}
    return [*classes, _group("SIMREAL_PG_factors", "The factors of a design", pointers)]


def _group(name: str, help_text: str, annotations: dict[str, Any]) -> type:
    return type(name, (bpy.types.PropertyGroup,), {"__doc__": help_text, "__annotations__": annotations})


def _parameter_class(factor: Factor, parameter: Parameter) -> type:
    annotations = _choice(parameter) if parameter.is_choice else _numbers(parameter)
    return _group(f"SIMREAL_PG_{factor.name}_{parameter.name}", parameter.help or parameter.label, annotations)


def _choice(parameter: Parameter) -> dict[str, Any]:
    def suggestions(group: Any, _context: Any, _typed: str) -> Iterator[str]:
        yield from dict.fromkeys((*parameter.options, *(option.name for option in group.options)))

    return {
        "options": CollectionProperty(
            type=SIMREAL_PG_option, name=title_case(parameter.label), description=parameter.help
        ),
        "active_option": IntProperty(name="Option", options={"HIDDEN"}),
        "fixed": StringProperty(
            name="Fixed",
            description=f"{parameter.help or parameter.label}, where the factor is not drawn",
            default=str(parameter.fixed),
            search=suggestions,
            update=touched,
        ),
    }


def _numbers(parameter: Parameter) -> dict[str, Any]:
    fields = dict.fromkeys(field for kind in parameter.kinds for field in field_names(kind))
    return {
        "distribution": EnumProperty(
            name="Distribution",
            description=f"How {parameter.words} is drawn",
            items=[(kind, _words(kind), _first_line(DISTRIBUTIONS[kind])) for kind in parameter.kinds],
            default=parameter.default.kind,
            update=touched,
        ),
        **{name: (_list if name in LISTS else _number)(parameter, name) for name in fields},
        "fixed": _number(parameter, "fixed"),
    }


def _number(parameter: Parameter, field: str) -> Any:
    """A number in the parameter's unit: limits as declared, a spread (``std``) from 0 up."""
    low, high = parameter.slider_range
    hard_low, hard_high = parameter.hard_range
    if field == "std":
        low, high, hard_low, hard_high = 0.0, high - low, 0.0, hard_high - hard_low
    span = high - low
    help_text = "The value it has where the factor is not drawn" if field == "fixed" else FIELD_HELP.get(field, "")
    return FloatProperty(
        name=field.capitalize(),
        description=". ".join(filter(None, (labelled(parameter.help or parameter.label, parameter.unit), help_text))),
        default=to_stored(initial_number(parameter, field), parameter.unit),
        min=to_stored(hard_low, parameter.unit),
        max=to_stored(hard_high, parameter.unit),
        soft_min=to_stored(low, parameter.unit),
        soft_max=to_stored(high, parameter.unit),
        subtype=shown_unit(parameter.unit).subtype,
        precision=0 if parameter.whole else 1 if span > 20.0 else 2 if span > 2.0 else 3,
        step=100 if parameter.whole or span > 20.0 else 10 if span > 2.0 else 1,
        update=touched,
    )


def _list(parameter: Parameter, field: str) -> Any:
    """Several numbers in the parameter's unit, as text."""
    return StringProperty(
        name=field.capitalize(),
        description=". ".join((labelled(parameter.help or parameter.label, parameter.unit), FIELD_HELP[field])),
        default=initial_list(parameter, field),
        update=touched,
    )


def initial_list(parameter: Parameter, field: str) -> str:
    """What a list of numbers starts from: the ends of the declared range, without weights."""
    distribution: Any = parameter.default
    if hasattr(distribution, field):
        return list_text(getattr(distribution, field))
    return list_text(sorted(set(distribution.support()))) if field == "values" else ""


def initial_number(parameter: Parameter, field: str) -> float:
    """What a number of any distribution starts from: so that changing the kind keeps the declared range."""
    distribution: Any = parameter.default
    if field == "fixed":
        return float(parameter.fixed)
    if hasattr(distribution, field):
        return float(getattr(distribution, field))
    low, high = distribution.support()
    derived = {"min": low, "max": high, "mean": (low + high) / 2, "std": (high - low) / 4 or 1.0}
    return float(derived.get(field, parameter.fixed))


def _words(kind: str) -> str:
    return title_case(kind.replace("_", " "))


def _first_line(cls: type) -> str:
    return (cls.__doc__ or "").strip().splitlines()[0].replace("`", "").rstrip(".")
