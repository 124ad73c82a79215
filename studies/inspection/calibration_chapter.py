"""The chapter on calibration: whether its confidence can be believed, before and after temperature scaling."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import attrs

from ..page import Part, Section, Table, Text
from .calibration import BINS, COLDEST, HOTTEST, calibration, fitted_temperature, halves
from .chapters import Chapter, kept_picture, percent
from .measured import Floats, Labels, Measured
from .reliability_figure import Reliability, reliability_figure


@attrs.frozen(eq=False)
class FittingSet:
    """Logits (M, K) and labels (M,) to fit the temperature on, none of which are reported; ``words`` say which."""

    logits: Floats
    truth: Labels
    words: str


def calibration_chapter(domains: Sequence[Measured], other: Measured | None, seed: int, out: Path) -> Chapter:
    """One temperature, fitted on the split ``other`` or else on half of the first domain, of which the other half is
    reported; it is applied to all domains as it is: no label of the second takes part in it."""
    source = domains[0]
    if other is not None:
        fitting = FittingSet(other.logits, other.truth, f"{other.domain.name} ({len(other)} images)")
        reported = [(found.domain.name, found.logits, found.truth) for found in domains]
    else:
        fit, rest = halves(source.truth, seed)
        words = (
            f"a random half of {source.domain.name} ({len(fit)} images, class by class), of which the other is reported"
        )
        fitting = FittingSet(source.logits[fit], source.truth[fit], words)
        reported = [(f"{source.domain.name}, other half", source.logits[rest], source.truth[rest])]
        reported += [(found.domain.name, found.logits, found.truth) for found in domains[1:]]
    temperature = fitted_temperature(fitting.logits, fitting.truth) if len(fitting.truth) else 1.0
    found = [
        Reliability(name, calibration(logits, truth), calibration(logits, truth, temperature), temperature)
        for name, logits, truth in reported
        if len(truth)
    ]
    parts: list[Part] = [
        Text(
            "Is it right in 80 % of the cases in which it says 80 %? "
            f"The temperature, {temperature:.2f}, was fitted on {fitting.words}. {_said(temperature)}{_transfer(found)}"
        ),
        Table(
            ("", "images", "accuracy", "confidence", "ECE", "by chance", "adaptive ECE", "loss"),
            [row for each in found for row in _rows(each)],
        ),
        Text(
            f"ECE is the expected calibration error over {BINS} bins of equal width, adaptive over bins of equal "
            "counts. By chance: the ECE that a perfectly calibrated classifier, as sure as this one, would show on as "
            "many images."
        ),
        kept_picture(out / "reliability.png", reliability_figure(found), "Reliability, before and after"),
    ]
    numbers = {
        "temperature": temperature,
        "fitted_on": fitting.words,
        "domains": {
            each.name: {"before": each.before.to_json(), "after": each.after.to_json()} for each in found
        },
    }  # fmt: skip
    return Chapter("calibration", Section("Whether its confidence can be believed", parts), numbers)


def _rows(each: Reliability) -> list[tuple[str, ...]]:
    return [
        (
            f"{each.name}, {when}",
            str(found.n),
            percent(found.accuracy),
            percent(found.confidence),
            percent(found.ece),
            percent(found.ece_by_chance),
            percent(found.ece_adaptive),
            f"{found.loss:.3f}",
        )
        for when, found in (("as trained", each.before), ("scaled", each.after))
    ]


def _said(temperature: float) -> str:
    if temperature <= COLDEST * 1.01 or temperature >= HOTTEST * 0.99:
        return "It ran into its bound: these images are nearly all right, or nearly all wrong, and say little. "
    if abs(temperature - 1) < 0.05:
        return "Next to 1: as trained it is neither too sure nor too unsure there. "
    return "Above 1: as trained it is too sure. " if temperature > 1 else "Below 1: as trained it is not sure enough. "


def _transfer(found: Sequence[Reliability]) -> str:
    if len(found) < 2:
        return ""
    target = found[1]
    gain = target.before.ece - target.after.ece
    words = "lowers" if gain > 0.005 else "raises" if gain < -0.005 else "hardly changes"
    return f"Carried over as it is, it {words} the error on {target.name}: a temperature need not suit another domain."
