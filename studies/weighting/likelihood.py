"""How likely it is that a design draws what was drawn in images that exist.

Of a factor with weight v an image has the probability (of numbers, the density)

    v prod_k f_k(value_k) where the factor was drawn,    1 - v where it was fixed.

A value that has no effect beside the others (the hue of a white background) takes no part: with any other the image
would look the same. Classes, 3D models and seeds take none either: designs that are compared draw them alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from ...datasets.records import Row
from ...design.declaration import Parameter
from ...design.densities import is_atomic, log_density
from ...design.design import Design, ParameterSettings
from ...design.errors import RunError
from ...design.factors import FACTORS

Columns: TypeAlias = Mapping[str, npt.NDArray[Any]]
Floats: TypeAlias = npt.NDArray[np.float64]
Flags: TypeAlias = npt.NDArray[np.bool_]
Atoms: TypeAlias = Mapping[str, Flags]


def columns_of(design: Design, rows: Sequence[Row]) -> Columns:
    """What was drawn in rows, an array (N,) for every factor's flag and parameter: ``background.drawn``, ...

    RunError where a row lacks one: it is of a design of another version.
    """
    names = [f"{factor}.drawn" for factor in design.factors]
    names += [f"{name}.{parameter}" for name, settings in design.factors.items() for parameter in settings.parameters]
    try:
        return {name: np.array([row[name] for row in rows]) for name in names}
    except KeyError as error:
        raise RunError(f"the images' metadata has no column {error}; render them anew with this version") from None


def log_likelihood_of(design: Design, columns: Columns, atoms: Atoms) -> Floats:
    """The log likelihood (N,) of images under a design as it stands, its splits' overrides left out of account.

    Where ``atoms`` says of a parameter that another design draws this very value with a probability above 0, no density
    reaches it.
    """
    found = np.zeros(len(next(iter(columns.values()))))
    for name, settings in design.factors.items():
        found += log_likelihood_of_weight(name, settings.weight, columns)
        for parameter in FACTORS[name].parameters:
            given = settings.parameters[parameter.name]
            found += log_likelihood_of_parameter(name, parameter, given, columns, atoms)
    return found


def atoms_of(designs: Sequence[Design], columns: Columns) -> dict[str, Flags]:
    """For the parameters that have such values, the images (N,) whose value one of the designs draws with a probability
    above 0, where another has a density: these two cannot be compared as numbers."""
    found: dict[str, Flags] = {}
    for factor, declared in FACTORS.items():
        for parameter in declared.parameters:
            given = [design.factors[factor].parameters[parameter.name].distribution for design in designs]
            if parameter.is_choice or parameter.whole or not any(is_atomic(parameter, one) for one in given):
                continue
            values = columns[f"{factor}.{parameter.name}"]
            likely = [log_density(parameter, one, values) for one in given if is_atomic(parameter, one)]
            found[f"{factor}.{parameter.name}"] = np.isfinite(np.logaddexp.reduce(likely))
    return found


def idle(columns: Columns, factor: str, parameter: Parameter) -> Flags:
    """The images (N,) in which a parameter has no effect beside the factor's others."""
    found = np.zeros(len(columns[f"{factor}.drawn"]), bool)
    for other, values in parameter.idle_with.items():
        found |= np.isin(columns[f"{factor}.{other}"], values)
    return found


def log_likelihood_of_weight(name: str, weight: float, columns: Columns) -> Floats:
    """What a factor's weight adds to the log likelihood (N,) of images."""
    drawn = columns[f"{name}.drawn"].astype(bool)
    with np.errstate(divide="ignore"):
        found: Floats = np.where(drawn, np.log(weight), np.log1p(-weight))
    return found


def log_likelihood_of_parameter(
    name: str, parameter: Parameter, given: ParameterSettings, columns: Columns, atoms: Atoms
) -> Floats:
    """What the settings of a factor's parameter add to the log likelihood (N,) of images."""
    drawn, seen = columns[f"{name}.drawn"].astype(bool), ~idle(columns, name, parameter)
    values = columns[f"{name}.{parameter.name}"]
    density = log_density(parameter, given.distribution, values)
    if not is_atomic(parameter, given.distribution) and f"{name}.{parameter.name}" in atoms:
        density[atoms[f"{name}.{parameter.name}"]] = -np.inf
    with np.errstate(divide="ignore"):
        fixed = np.log((values == parameter.settled(given.fixed)).astype(np.float64))
    return np.where(seen, np.where(drawn, density, fixed), 0.0)
