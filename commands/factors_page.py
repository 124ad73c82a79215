"""The reference of all factors as Markdown: docs/factors.md, made from the declarations and nothing else."""

from __future__ import annotations

from collections.abc import Iterator

from ..datasets.card import fixed_text, range_text
from ..design.declaration import Factor, Parameter
from ..design.design import ParameterSettings
from ..design.factors import FACTORS

_HEAD = """# Factors

Written by `simreal design factors --markdown --out docs/factors.md`; do not edit. A factor's weight is the probability
that an image draws it from its distributions; otherwise it has its fixed values. *Drawn* is what is declared, which a
design may change within the *limits*."""


def factors_markdown() -> str:
    """A section a factor: its parameters with distribution, fixed value, limits and help, and options of choices."""
    sections = ["\n".join(_section(factor)) for factor in FACTORS.values()]
    return "\n\n".join([_HEAD, *sections])


def _section(factor: Factor) -> Iterator[str]:
    yield from (f"## {factor.label}", "")
    of_view = " Drawn for each view of a scene." if factor.of_view else ""
    yield from (f"`{factor.name}`: {factor.help}. Declared weight {factor.weight:g}.{of_view}", "")
    yield from ("| parameter | drawn | fixed | limits | |", "|---|---|---|---|---|")
    for parameter in factor.parameters:
        yield _row(parameter)
    for parameter in factor.parameters:
        if parameter.options:
            yield from ("", f"Options of `{parameter.name}`:", "")
            yield from (f"- `{name or '(empty)'}`: {text}" for name, text in parameter.options.items())


def _row(parameter: Parameter) -> str:
    settings = ParameterSettings(parameter.default, parameter.fixed)
    cells = (
        f"`{parameter.name}`",
        range_text(settings, parameter.unit),
        fixed_text(settings, parameter.unit),
        _limits(parameter),
        parameter.help,
    )
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _limits(parameter: Parameter) -> str:
    if parameter.is_choice:
        return f"its options, {parameter.assets.value} of libraries" if parameter.assets else "its options"
    low, high = parameter.hard_range
    return f"{low:g} .. {high:g}{f' {parameter.unit}' if parameter.unit else ''}"
