"""The options of a choice, in the groups that people think in: those that are declared, and those of each library."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Any

import attrs

from ..design.errors import DesignError
from ..design.factors import FACTORS
from .units import title_case

ALL = "*"


@attrs.frozen
class OptionGroup:
    """Options of one ``library`` ("" for those that are declared): how many there are, and how many are on."""

    library: str
    total: int
    on: int


def option_groups(options: Sequence[Any]) -> tuple[OptionGroup, ...]:
    """The groups, in the order of their first option."""
    counts: dict[str, list[int]] = {}
    for option in options:
        count = counts.setdefault(library_of(option.name), [0, 0])
        count[0] += 1
        count[1] += option.enabled
    return tuple(OptionGroup(library, total, on) for library, (total, on) in counts.items())


def options_of(state: Any, factor: str, parameter: str, library: str = ALL) -> list[Any]:
    """The options of a choice that are of a library. DesignError where there is no such choice."""
    if factor not in FACTORS or parameter not in {one.name for one in FACTORS[factor].parameters if one.is_choice}:
        raise DesignError("", f"there is no choice '{factor} {parameter}'")
    options = getattr(getattr(state.factors, factor), parameter).options
    return [option for option in options if library in (ALL, library_of(option.name))]


def set_options(options: Sequence[Any], action: str) -> None:
    """Do ``all``, ``none``, ``even`` or ``toggle`` with options."""
    on = action == "all" or (action == "toggle" and not all(option.enabled for option in options))
    for option in options:
        if action == "even":
            option.weight = 1.0 if option.enabled else option.weight
        else:
            option.enabled = on


def library_of(option: str) -> str:
    """The library of an option that is an asset; "" of one that is declared."""
    return option.partition(":")[0] if ":" in option else ""


def option_label(option: str) -> str:
    """An option in few words: ``city`` of ``builtin:city.exr``, ``Brushed Metal`` of ``brushed_metal``."""
    path = option.partition(":")[2]
    return PurePosixPath(path).stem if path else title_case(option.replace("_", " ")) or "None"
