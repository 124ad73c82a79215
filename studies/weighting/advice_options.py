"""Advice on options: backgrounds, materials and the like whose renders photos look like more, or less, than others.

The lift of an option is its share among the renders nearest to photos over its share among those nearest to other
renders (of other 3D models). Of so many options some are outside their 95 % interval by luck: advice asks that the lift
be clear at 5 % for all options of the parameter together (Bonferroni), and large.
"""

from __future__ import annotations

from collections.abc import Mapping
from statistics import NormalDist

import attrs
import numpy as np

from ...datasets.advice_records import Confidence, Measured
from ...design.declaration import Factor, Parameter
from ...design.distributions import Choice
from ...design.factors import FACTORS
from .compared import Compared, Subject
from .findings import Finding, change_of
from .matched_shares import NEIGHBOURS, matched_shares

LARGE_LIFT = 1.5
LEAST_LIFT = 1.25  # that the 95 % interval has to leave out
MOST_CHANGE = 4.0
LEAST_PHOTOS = 8
LEAST_RENDERS = 10  # with an option: of fewer nothing can be said
_Z = 1.959963984540054


@attrs.frozen
class Lift:
    """How many times as often as expected photos match an option's renders, with its 95 % interval.

    ``is_clear``: for all options of its parameter together, and large.
    """

    option: str
    lift: float
    low: float
    high: float
    is_clear: bool


def option_lifts(compared: Compared, subject: Subject, factor: Factor, parameter: Parameter) -> list[Lift]:
    """The lifts of a choice's options that the design draws and enough renders show; none where there is but one."""
    column, counted = compared.column(factor, parameter), compared.counted(factor, parameter)
    mine = np.zeros(len(column), bool)
    mine[subject.renders] = counted[subject.renders]
    options = [
        option
        for option, weight in _weights(compared, factor, parameter).items()
        if weight > 0 and sum(column[number] == option for number in np.flatnonzero(mine).tolist()) >= LEAST_RENDERS
    ]
    if len(options) < 2:
        return []
    place = {option: number for number, option in enumerate(options)}
    category = np.array([place.get(str(value), -1) for value in column], np.int64)
    category[~counted] = -1
    shares = matched_shares(compared, subject, category, len(options))
    wide = NormalDist().inv_cdf(1 - 0.025 / len(options))
    least = 0.5 / (NEIGHBOURS * len(subject.photos))  # half a match: no share is taken to be quite 0
    lifts = []
    for number, option in enumerate(options):
        lift = (shares.photos[number] + least) / (shares.expected[number] + least)
        logs = np.log((shares.draws[:, number] + least) / (shares.expected_draws[:, number] + least))
        centre, error = float(np.log(lift)), float(logs.std())
        low, high = np.exp(centre - _Z * error), np.exp(centre + _Z * error)
        is_large = (lift >= LARGE_LIFT and low > LEAST_LIFT) or (lift <= 1 / LARGE_LIFT and high < 1 / LEAST_LIFT)
        is_clear = is_large and abs(centre) > wide * error
        lifts.append(Lift(option, float(lift), float(low), float(high), is_clear))
    return lifts


def option_advice(compared: Compared, subject: Subject) -> list[Finding]:
    """What the photos of a subject say of the options of every choice that the design draws."""
    if len(subject.photos) < LEAST_PHOTOS:
        return []
    findings = []
    for name, settings in compared.design.factors.items():
        for key, given in settings.parameters.items():
            if settings.weight == 0.0 or not isinstance(given.distribution, Choice):
                continue
            factor = FACTORS[name]
            parameter = factor.parameter(key)
            lifts = option_lifts(compared, subject, factor, parameter)
            clear = sorted((one for one in lifts if one.is_clear), key=lambda one: -one.lift)
            if clear:
                findings.append(_finding(compared, subject, factor, parameter, clear))
    return findings


def _finding(compared: Compared, subject: Subject, factor: Factor, parameter: Parameter, clear: list[Lift]) -> Finding:
    words, weights = parameter.value_text, _weights(compared, factor, parameter)
    told = [
        f"renders with {words(one.option)} {one.lift:.1f} [{one.low:.1f}, {one.high:.1f}] times as often"
        for one in clear
    ]
    new = {
        one.option: float(f"{weights[one.option] * min(max(one.lift, 1 / MOST_CHANGE), MOST_CHANGE):.3g}")
        for one in clear
    }
    changed = ", ".join(f"{words(option)} {weights[option]:g} -> {weight:g}" for option, weight in new.items())
    text = (
        f"{factor.label}, {parameter.words}: the photos look like {', '.join(told)} as other renders do. "
        "That is clear also where all its options are taken together."
    )
    return Finding(
        "options",
        subject.label,
        text,
        _confidence(clear, len(subject.photos)),
        f"{factor.label}, {parameter.words}: weights {changed}, in all classes",
        change_of(factor.name, parameter.name, {"options": new}),
        tuple(Measured(f"lift of {words(one.option)}", one.lift, one.low, one.high) for one in clear),
        _examples(compared, subject, factor, parameter, clear[0]),
    )


def _weights(compared: Compared, factor: Factor, parameter: Parameter) -> Mapping[str, float]:
    distribution = compared.design.factors[factor.name].parameters[parameter.name].distribution
    assert isinstance(distribution, Choice)
    return distribution.options


def _examples(
    compared: Compared, subject: Subject, factor: Factor, parameter: Parameter, first: Lift
) -> tuple[int, ...]:
    """The photos with most of the option among their nearest renders; of one that is avoided, with fewest."""
    column = compared.column(factor, parameter)
    counts = [
        sum(column[render] == first.option for render in compared.of_true_class[photo][:NEIGHBOURS].tolist())
        for photo in subject.photos.tolist()
    ]
    order = np.argsort(-np.array(counts) if first.lift > 1 else counts, kind="stable")
    return tuple(subject.photos[order].tolist())


def _confidence(clear: list[Lift], photos: int) -> Confidence:
    strong = any(one.low > LARGE_LIFT or one.high < 1 / LARGE_LIFT for one in clear)
    if strong and photos >= 30:
        return "high"
    return "medium" if strong else "low"
