"""Advice on ranges: photos that lie at or beyond an end of what a design draws, or in a small part of it.

Two ways of looking have to agree before anything is advised: a regression from features to the value
(``value_estimates``), and which part of the range the renders come from that photos look like (``matched_shares``).
Where photos lie at an end, whether they go beyond it cannot be read off renders that do not; the change is a step,
to be looked at again with new renders.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from ...datasets.advice_records import Confidence, Measured
from ...design.declaration import Factor, Parameter
from ...design.densities import shares_below
from ...design.distributions import Constant, Discrete, LogUniform, Normal, SphereShell, Uniform, Value
from ...design.factors import FACTORS
from ...design.sweeps import quantile
from .compared import Compared, Subject
from .findings import Finding, change_of, shares_text
from .matched_shares import Shares, matched_shares, percentiles
from .value_estimates import Estimated, Standing, estimated, is_logarithmic, standing

READABLE_R2 = 0.3
PARTS = 5
END_SHARE = 1 / PARTS
PILED_LOW = 0.35  # the lower limit of the share beyond four fifths of the renders, where a fifth is to be expected
MATCHED_RATIO = 1.25  # how much oftener than expected nearest renders come from that end
SMALL_PART = 0.5  # the upper limit of the spread of photos, in spreads of the design
WIDEST_STEP = 0.5  # of the old range, in one piece of advice
LEAST_STEP = 0.1
KEPT_SPREADS = 2.0
LEAST_PHOTOS = 4
FULL_TURN = 0.9 * 360.0


@attrs.frozen(eq=False)
class Readable:
    """A parameter that can be judged: its estimates, and the part of its range (N,) that every render is of."""

    factor: Factor
    parameter: Parameter
    estimates: Estimated
    part: npt.NDArray[np.int64]


@attrs.frozen
class Unreadable:
    """A parameter that cannot be judged, and the R^2 that says so."""

    column: str
    r2: float


def readable_parameters(compared: Compared) -> tuple[list[Readable], list[Unreadable]]:
    """The numbers that vary in the design: those that can be read from features of renders, and those that cannot."""
    can: list[Readable] = []
    cannot: list[Unreadable] = []
    for factor, parameter in _numbers(compared):
        found = estimated(compared, factor, parameter)
        if found is None:
            continue
        if found.r2 < READABLE_R2:
            cannot.append(Unreadable(f"{factor.name}.{parameter.name}", found.r2))
        else:
            can.append(Readable(factor, parameter, found, _parts(compared, factor, parameter)))
    return can, cannot


def range_advice(compared: Compared, subject: Subject, parameters: Sequence[Readable]) -> list[Finding]:
    """What the photos of a subject say of the ranges. That they need less than is drawn is said over all classes only:
    a range holds for every class."""
    if len(subject.photos) < LEAST_PHOTOS:
        return []
    findings = []
    for one in parameters:
        place = standing(compared, one.estimates, subject)
        if place is None or place.r2 < READABLE_R2:
            continue
        mine = one.part[subject.renders]
        if not (mine >= 0).any():
            continue
        shares = matched_shares(compared, subject, one.part, PARTS)
        found = _finding(compared, subject, one, place, shares)
        if found is not None:
            findings.append(found)
    return findings


def _finding(compared: Compared, subject: Subject, one: Readable, place: Standing, shares: Shares) -> Finding | None:
    ends = [end for end in ("below", "above") if _is_piled(end, place, shares)]
    narrow = subject.label is None and not ends and _is_narrow(place, shares)
    if not ends and not narrow:
        return None
    label, words = f"{one.factor.label}, {one.parameter.words}", one.parameter.value_text
    distribution = compared.design.factors[one.factor.name].parameters[one.parameter.name].distribution
    low, high = (float(quantile(distribution, p)) for p in (0.0, 1.0))
    changes = _change(compared, one, place, ends, narrow)
    texts, measured = [], [Measured("held-out R²", place.r2)]
    for end in ends:
        number = 0 if end == "below" else PARTS - 1
        share, draws = getattr(place, end), getattr(place, f"{end}_draws")
        side, at = ("lowest", low) if end == "below" else ("highest", high)
        texts.append(
            f"the photos pile up at the {'lower' if end == 'below' else 'upper'} end of the range, {words(at)}: "
            f"{shares_text(share, percentiles(draws))} of them are estimated where the {side} fifth of the renders is, "
            f"and of their nearest renders {shares_text(float(shares.photos[number]), shares.interval(number))} come "
            f"from the {side} fifth of the range, where {100 * shares.expected[number]:.0f} % are to be expected"
        )
        measured.append(Measured(f"share in the {side} fifth, estimated", share, *percentiles(draws)))
        measured.append(
            Measured(
                f"share in the {side} fifth, nearest renders", float(shares.photos[number]), *shares.interval(number)
            )
        )
    if narrow:
        limits = percentiles(place.ratio_draws)
        texts.append(
            f"the photos take a small part of the range, {words(low)} to {words(high)}: their spread is "
            f"{shares_text(place.ratio, limits)} of the design's, about {words(_value(compared, one, place.centre))}"
        )
        measured.append(Measured("spread of photos over the design's", place.ratio, *limits))
    text = f"{label}: {'; '.join(texts)}. It is read from features with a held-out R² of {place.r2:.2f}."
    return Finding(
        "range",
        subject.label,
        text,
        _confidence(place, ends, len(subject.photos)),
        _hint(one, distribution, changes),
        change_of(one.factor.name, one.parameter.name, changes) if changes else {},
        tuple(measured),
        _examples(one, subject, ends),
    )


def _is_piled(end: str, place: Standing, shares: Shares) -> bool:
    number = 0 if end == "below" else PARTS - 1
    low, _ = percentiles(getattr(place, f"{end}_draws"))
    least = max(float(shares.expected[number]), END_SHARE)
    matched = float(shares.photos[number]) >= MATCHED_RATIO * least
    beyond, _ = percentiles(shares.draws[:, number] - shares.expected_draws[:, number])
    return low >= PILED_LOW and matched and beyond > 0.0


def _is_narrow(place: Standing, shares: Shares) -> bool:
    """By both: estimates spread less than half as far, and the parts matched are less even than those of renders."""
    _, high = percentiles(place.ratio_draws)
    excess = (shares.draws**2).sum(1) - (shares.expected_draws**2).sum(1)
    return high < SMALL_PART and percentiles(excess)[0] > 0.0


def _change(compared: Compared, one: Readable, place: Standing, ends: Sequence[str], narrow: bool) -> dict[str, Any]:
    """The distribution's new numbers; none where it has no ends to move."""
    distribution = compared.design.factors[one.factor.name].parameters[one.parameter.name].distribution
    if isinstance(distribution, Constant | Discrete) or not isinstance(
        distribution, Uniform | LogUniform | SphereShell | Normal
    ):
        return {}
    logarithmic = is_logarithmic(compared, one.factor, one.parameter)
    low, high = (math.log(end) if logarithmic else end for end in distribution.support())
    wide = high - low
    reach = KEPT_SPREADS * max(place.spread, LEAST_STEP * wide / 2)
    wanted_low, wanted_high = place.centre - reach, place.centre + reach
    new_low, new_high = low, high
    if narrow:
        new_low, new_high = max(low, min(wanted_low, high - reach)), min(high, max(wanted_high, low + reach))
    if "below" in ends:
        new_low = low - min(max(low - wanted_low, LEAST_STEP * wide), WIDEST_STEP * wide)
    if "above" in ends:
        new_high = high + min(max(wanted_high - high, LEAST_STEP * wide), WIDEST_STEP * wide)
    least, most = one.parameter.hard_range
    ends_now = [math.exp(end) if logarithmic else end for end in (new_low, new_high)]
    rounded = [_rounded(one.parameter, min(max(end, least), most)) for end in ends_now]
    changes: dict[str, Any] = {
        name: end
        for name, end, old in zip(("min", "max"), rounded, distribution.support(), strict=True)
        if end != _rounded(one.parameter, old)
    }
    if not isinstance(distribution, Normal) or not changes:
        return changes
    mean = min(max(place.centre, rounded[0]), rounded[1])
    std = max(place.spread, LEAST_STEP * distribution.std)
    return {**changes, "mean": _rounded(one.parameter, mean), "std": _rounded(one.parameter, std) or distribution.std}


def _hint(one: Readable, distribution: Any, changes: Mapping[str, Any]) -> str:
    label, words = f"{one.factor.label}, {one.parameter.words}", one.parameter.value_text
    if not changes:
        return f"{label}: draw it from a range that covers the photos (it is {distribution.kind.replace('_', ' ')} now)"
    low, high = distribution.support()
    now = f"{words(low)} to {words(high)}"
    then = f"{words(changes.get('min', low))} to {words(changes.get('max', high))}"
    return f"{label}: {then} instead of {now}, in all classes; then render and ask again"


def _examples(one: Readable, subject: Subject, ends: Sequence[str]) -> tuple[int, ...]:
    """The photos that are estimated farthest out, or, where none is at an end, in the middle of them all."""
    estimates = one.estimates.photos[:, subject.photos].mean(0)
    away = np.abs(estimates - np.median(estimates))
    order = np.argsort(-estimates if "above" in ends else estimates if ends else away, kind="stable")
    return tuple(subject.photos[order].tolist())


def _confidence(place: Standing, ends: Sequence[str], photos: int) -> Confidence:
    lows = [percentiles(getattr(place, f"{end}_draws"))[0] for end in ends]
    clear = not lows or min(lows) >= 0.5
    if place.r2 >= 0.6 and clear and photos >= 20:
        return "high"
    return "medium" if place.r2 >= 0.45 and photos >= 10 else "low"


def _numbers(compared: Compared) -> list[tuple[Factor, Parameter]]:
    """The numbers that the design draws. What is drawn all the way round has no ends."""
    found = []
    for name, settings in compared.design.factors.items():
        if settings.weight == 0.0:
            continue
        for key, given in settings.parameters.items():
            parameter = FACTORS[name].parameter(key)
            if parameter.is_choice or isinstance(given.distribution, Constant):
                continue
            low, high = (float(quantile(given.distribution, p)) for p in (0.0, 1.0))
            if low < high and not (parameter.unit == "deg" and high - low >= FULL_TURN):
                found.append((FACTORS[name], parameter))
    return found


def _parts(compared: Compared, factor: Factor, parameter: Parameter) -> npt.NDArray[np.int64]:
    """Which fifth of what its distribution draws the value of every render is in; -1 where it does not count."""
    distribution = compared.design.factors[factor.name].parameters[parameter.name].distribution
    values = np.array(compared.column(factor, parameter), np.float64)
    part = np.clip((shares_below(distribution, values) * PARTS).astype(np.int64), 0, PARTS - 1)
    return np.where(compared.counted(factor, parameter), part, -1)


def _value(compared: Compared, one: Readable, scaled: float) -> Value:
    return math.exp(scaled) if is_logarithmic(compared, one.factor, one.parameter) else scaled


def _rounded(parameter: Parameter, value: float) -> float:
    return round(value, parameter.decimals) + 0.0
