"""All that is advised on a design, in the order in which it helps: classes that fare worst first."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import numpy as np

from ...datasets.accuracy import Accuracy, measure, wilson_interval
from ...datasets.advice_records import ClassStanding
from ...datasets.messages import Progress, Report
from .advice_confusions import confusion_advice
from .advice_models import ModelSigns, model_advice
from .advice_options import option_advice
from .advice_ranges import READABLE_R2, Unreadable, range_advice, readable_parameters
from .compared import Compared
from .findings import Finding

RANK = {"high": 0, "medium": 1, "low": 2}
FEW_PHOTOS = 10  # of a class: below, hardly anything is clear


@attrs.frozen
class Found:
    """What was found: findings, how each class fares (worst first), parameters that cannot be judged, and warnings."""

    findings: tuple[Finding, ...]
    accuracy: Accuracy
    standings: tuple[ClassStanding, ...]
    unreadable: tuple[Unreadable, ...]
    warnings: tuple[str, ...]


def find_advice(compared: Compared, worst: int, report: Report = lambda message: None) -> Found:
    """Look for causes in the ``worst`` classes that fare worse than all photos together, and in all classes at once."""
    accuracy = measure(compared.photos.truth, compared.photos.predicted, compared.classes)
    standings = _standings(accuracy)
    poor = [one.name for one in standings if one.correct < one.photos and one.accuracy <= accuracy.top1][:worst]
    readable, unreadable = readable_parameters(compared)
    signs = ModelSigns(compared)
    findings: list[Finding] = []
    for done, name in enumerate(poor):
        report(Progress(f"causes, {name}", done, len(poor) + 1, "classes"))
        subject = compared.subject(compared.classes.index(name))
        found = [
            *model_advice(compared, signs, subject),
            *range_advice(compared, subject, readable),
            *option_advice(compared, subject),
        ]
        findings += sorted(found, key=_rank) or [_unexplained(compared, name)]
    report(Progress("causes, all classes", len(poor), len(poor) + 1, "classes"))
    every = compared.subject(None)
    shared = [*range_advice(compared, every, readable), *option_advice(compared, every)]
    findings += sorted(shared, key=_rank)
    findings += confusion_advice(compared, worst)
    report(Progress("causes", len(poor) + 1, len(poor) + 1, "classes"))
    return Found(
        tuple(findings), accuracy, standings, tuple(unreadable), tuple(_warnings(compared, standings, unreadable))
    )


def _rank(finding: Finding) -> int:
    return RANK[finding.confidence]


def _standings(accuracy: Accuracy) -> tuple[ClassStanding, ...]:
    found = []
    for number, (name, share) in enumerate(accuracy.per_class.items()):
        if not share.n:
            continue
        counts = dict(zip(accuracy.classes, accuracy.confusion[number].tolist(), strict=True))
        wrong = {other: count for other, count in counts.items() if count and other != name}
        taken = dict(sorted(wrong.items(), key=lambda pair: -pair[1]))
        found.append(ClassStanding(name, share.n, share.correct, *wilson_interval(share.correct, share.n), taken))
    return tuple(sorted(found, key=lambda one: one.accuracy))


def _unexplained(compared: Compared, name: str) -> Finding:
    label = compared.classes.index(name)
    mine = np.flatnonzero(compared.photos.truth == label)
    sure = compared.photos.probabilities[mine, label]
    return Finding(
        "unexplained",
        label,
        f"No cause of {name}'s mistakes was found in the design: models, ranges and options were looked at.",
        "low",
        f"Look at the sheet of {name}'s worst photos, and at what stands beside them",
        photos=tuple(mine[np.argsort(sure, kind="stable")].tolist()),
    )


def _warnings(compared: Compared, standings: Sequence[ClassStanding], unreadable: Sequence[Unreadable]) -> list[str]:
    texts = []
    few = [f"{one.name} ({one.photos})" for one in standings if one.photos < FEW_PHOTOS]
    if few:
        texts.append(f"Fewer than {FEW_PHOTOS} tuning photos: {', '.join(few)}. Only large effects can be seen there.")
    missing = [name for label, name in enumerate(compared.classes) if not (compared.photos.truth == label).any()]
    if missing:
        texts.append(f"No photo: {', '.join(missing)}. Nothing is said of them.")
    if unreadable:
        listed = ", ".join(f"{one.column} ({max(one.r2, 0.0):.2f})" for one in unreadable)
        texts.append(
            "Not judged, as the features of renders do not tell their value (held-out R² below "
            f"{READABLE_R2:g}): {listed}."
        )
    return texts
