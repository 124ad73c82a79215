"""Whether a parameter can have an effect in a scene's design as it stands, by what its declaration says."""

from __future__ import annotations

from typing import Any

from ..design.declaration import Factor, Parameter


def has_effect(factor: Factor, parameter: Parameter, group: Any) -> bool:
    """Whether there are values that another parameter of the factor can have with which this one is not idle.

    ``group`` are the factor's properties. Only choices are looked at: numbers are hardly ever just one value.
    """
    for name, idle in parameter.idle_with.items():
        if factor.parameter(name).is_choice and _possible(getattr(group, name), group.weight) <= set(idle):
            return False
    return True


def _possible(given: Any, weight: float) -> set[str]:
    """What a choice can be: its fixed value, unless every image draws it, and all that is drawn, unless none does."""
    drawn = {option.name for option in given.options if option.enabled and option.weight > 0} if weight > 0 else set()
    return drawn | ({given.fixed} if weight < 1 else set())
