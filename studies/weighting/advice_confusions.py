"""What mistaken photos have in common: the renders of the wrong class that they look like, and what was drawn in those.

These are few photos, looked at because they went wrong: what is shared is told as it is and changes nothing by itself.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ...datasets.advice_records import Confidence, Measured
from ...design.factors import FACTORS
from .compared import Compared, Indices
from .findings import Finding, shares_text
from .matched_shares import DRAWS, NEIGHBOURS, percentiles

LEAST_MISTAKES = 3
MOST_SHARED = 3
LARGE_SHARE = 0.5
LARGE_LIFT = 2.0
PARTS = ("lowest", "middle", "highest")


def confusion_advice(compared: Compared, most: int) -> list[Finding]:
    """The pairs of classes with most mistakes, and what the nearest renders of the wrong class share."""
    truth, predicted = compared.photos.truth, compared.photos.predicted
    counts = np.zeros((len(compared.classes), len(compared.classes)), np.int64)
    np.add.at(counts, (truth, predicted), 1)
    np.fill_diagonal(counts, 0)
    order = np.argsort(-counts, axis=None, kind="stable")[:most]
    pairs = [divmod(int(place), len(compared.classes)) for place in order]
    return [_finding(compared, true, wrong) for true, wrong in pairs if counts[true, wrong] >= LEAST_MISTAKES]


def _finding(compared: Compared, true: int, wrong: int) -> Finding:
    photos = compared.photos
    mistaken = np.flatnonzero((photos.truth == true) & (photos.predicted == wrong))
    order = np.argsort(-photos.probabilities[mistaken, wrong], kind="stable")
    mistaken = mistaken[order]
    shared = _shared(compared, mistaken, wrong)
    of = int((photos.truth == true).sum())
    names = f"{compared.classes[true]} is taken for {compared.classes[wrong]} in {len(mistaken)} of {of} photos"
    if shared:
        told = "; ".join(text for text, _ in shared)
        text = f"{names}. The {compared.classes[wrong]} renders that these look like share: {told}."
        hint = (
            "Look at the sheet. If that is what misleads, see that renders of "
            f"{compared.classes[true]} have it as often, or that {compared.classes[wrong]} has it less"
        )
    else:
        text = f"{names}. Nothing that was drawn stands out in the {compared.classes[wrong]} renders they look like."
        hint = "Look at the sheet: what misleads is nothing that a factor draws, as shapes or what stands around"
    confidence: Confidence = "medium" if shared and len(mistaken) >= 8 else "low"
    measured = tuple(figure for _, figure in shared)
    return Finding(
        "confusion", true, text, confidence, hint, measured=measured, photos=tuple(mistaken.tolist()), other=wrong
    )


def _shared(compared: Compared, mistaken: Indices, wrong: int) -> list[tuple[str, Measured]]:
    """The values that are twice as frequent as among all renders of the wrong class, and in half of the nearest."""
    nearest = np.stack([ordered[:NEIGHBOURS] for ordered in compared.of_class(mistaken, wrong)])
    members = np.flatnonzero(compared.pool.labels == wrong)
    random = np.random.default_rng([compared.seed, 0xC0F])
    picks = random.integers(len(nearest), size=(DRAWS, len(nearest)))
    found: list[tuple[float, str, Measured]] = []
    for label, has in _values(compared):
        usual = float(has[members].mean())
        share = float(has[nearest].mean())
        if share < LARGE_SHARE or share < LARGE_LIFT * usual:
            continue
        interval = percentiles(has[nearest].mean(1)[picks].mean(1))
        if interval[0] <= usual:
            continue
        text = f"{label} ({shares_text(share, interval)} of the nearest, {100 * usual:.0f} % of all)"
        found.append((usual / share, text, Measured(label, share, *interval)))
    return [(text, figure) for _, text, figure in sorted(found, key=lambda one: one[0])[:MOST_SHARED]]


def _values(compared: Compared) -> list[tuple[str, npt.NDArray[np.bool_]]]:
    """Everything that can be shared, in words, and which renders (N,) have it."""
    found = []
    for name, settings in compared.design.factors.items():
        for key in settings.parameters:
            factor, parameter = FACTORS[name], FACTORS[name].parameter(key)
            counted, column = compared.counted(factor, parameter), compared.column(factor, parameter)
            if not counted.any():
                continue
            label = f"{factor.label}, {parameter.words}"
            if parameter.is_choice:
                options = sorted({str(value) for value, counts in zip(column, counted, strict=True) if counts})
                for option in options if len(options) > 1 else ():
                    has = np.array([str(value) == option for value in column]) & counted
                    found.append((f"{label} {parameter.value_text(option)}", has))
                continue
            values = np.array(column, np.float64)
            if np.ptp(values[counted]) == 0:
                continue
            cuts = np.quantile(values[counted], (1 / 3, 2 / 3))
            third = np.searchsorted(cuts, values)
            limits = [float(values[counted].min()), *map(float, cuts), float(values[counted].max())]
            for number, part in enumerate(PARTS):
                words = f"{parameter.value_text(limits[number])} to {parameter.value_text(limits[number + 1])}"
                found.append((f"{label} in its {part} third, {words}", counted & (third == number)))
    return found
