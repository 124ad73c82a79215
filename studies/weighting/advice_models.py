"""Advice on 3D models: classes that have too few of them, or too much of a kind, for what photos show.

No one sign says so; four are looked at, and advice names those that are there:

- fewer models than other classes have;
- photos spread wider than renders do, more so than in other classes (both about their own mean, so that what sets all
  photos apart from all renders takes no part);
- renders of a model are mostly taken for other classes where only other models are known: nearest neighbours that leave
  out the render's own model, against those that leave out nothing but the render;
- the renders that photos look like are of few of the models.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import attrs
import numpy as np

from ...datasets.advice_records import Confidence, Measured
from .compared import Compared, Floats, Indices, Subject
from .findings import Finding
from .matched_shares import DRAWS, NEIGHBOURS, matched_shares, percentiles

LEAST_PHOTOS = 4
FEW = 0.5  # of the median of the classes
FEWEST = 2
WIDER = 1.1
GAP = 0.1
CONCENTRATED = 0.5  # of the models that renders of other models match
VOTERS = 5
COUNT = "3D models"
_CHUNK = 512


@attrs.frozen
class Sign:
    """Something that speaks for too few models: in words, and its figure."""

    text: str
    measured: Measured


class ModelSigns:
    """The signs of every class. What is compared between classes is worked out once."""

    def __init__(self, compared: Compared) -> None:
        self._compared = compared

    def count(self, label: int) -> int:
        return len(self._compared.design.classes[label].models)

    def signs(self, subject: Subject) -> list[Sign]:
        """Those that are there for a class."""
        assert subject.label is not None
        found = [
            self._few(subject.label),
            self._spread(subject),
            self._left_out(subject.label),
            self._concentrated(subject),
        ]
        return [sign for sign in found if sign is not None]

    def _few(self, label: int) -> Sign | None:
        counts = [len(entry.models) for entry in self._compared.design.classes]
        usual, own = float(np.median(counts)), counts[label]
        if own > FEWEST and own > FEW * usual:
            return None
        text = f"it has {own} model{'s' if own > 1 else ''}, the classes have {usual:g} (median)"
        return Sign(text, Measured(COUNT, own))

    def _spread(self, subject: Subject) -> Sign | None:
        """Spread of photos over that of renders, against the median of the other classes."""
        assert subject.label is not None
        others = [ratio for label, ratio in self._spreads.items() if label != subject.label]
        if not others or subject.label not in self._spreads:
            return None
        usual = float(np.median(others))
        ratio = self._spreads[subject.label] / usual
        random = np.random.default_rng([self._compared.seed, 0x5B4])
        draws = np.zeros(DRAWS)
        for number in range(DRAWS):
            photos = subject.photos[random.integers(len(subject.photos), size=len(subject.photos))]
            renders = subject.renders[random.integers(len(subject.renders), size=len(subject.renders))]
            draws[number] = self._ratio(photos, renders) / usual
        low, high = percentiles(draws)
        if low <= 1.0 or ratio < WIDER:
            return None
        text = (
            f"its photos spread {ratio:.2f} [{low:.2f}, {high:.2f}] times as wide about its renders as in other classes"
        )
        return Sign(text, Measured("spread of photos over renders, against other classes", ratio, low, high))

    def _left_out(self, label: int) -> Sign | None:
        """Accuracy on renders with, and without, the render's own model among those that vote."""
        mine = np.flatnonzero(self._compared.pool.labels == label)
        names = np.array(self._compared.models, object)[mine]
        distinct = np.unique(names.astype(str))
        if len(distinct) < 2:
            return None
        within, without = self._votes
        gaps = np.array([(within[mine][names == name] - without[mine][names == name]).mean() for name in distinct])
        sizes = np.array([(names == name).sum() for name in distinct], np.float64)
        random = np.random.default_rng([self._compared.seed, 0x10F])
        picks = random.integers(len(distinct), size=(DRAWS, len(distinct)))
        low, high = percentiles((gaps[picks] * sizes[picks]).sum(1) / sizes[picks].sum(1))
        gap = float((gaps * sizes).sum() / sizes.sum())
        if gap < GAP or low <= 0.0:
            return None
        text = (
            f"renders of a model that is left out are right {100 * without[mine].mean():.0f} % of the time, "
            f"{100 * within[mine].mean():.0f} % with the model's others there: {100 * gap:.0f} [{100 * low:.0f}, "
            f"{100 * high:.0f}] points (over models)"
        )
        return Sign(text, Measured("accuracy lost where a render's model is left out", gap, low, high))

    def _concentrated(self, subject: Subject) -> Sign | None:
        """How many models the matched renders are of, in effect (Simpson): of photos and, expected, of renders."""
        models = self._compared.models
        distinct = sorted({models[number] for number in subject.renders.tolist()})
        if len(distinct) < 4:
            return None
        place = {name: number for number, name in enumerate(distinct)}
        category = np.full(len(models), -1, np.int64)
        category[subject.renders] = [place[models[number]] for number in subject.renders.tolist()]
        shares = matched_shares(self._compared, subject, category, len(distinct))
        photos, expected = _effective(shares.photos), _effective(shares.expected)
        draws = np.array([_effective(row) for row in shares.draws])
        low, high = percentiles(draws)
        if high >= expected or photos > CONCENTRATED * expected:
            return None
        text = (
            f"the renders that its photos look like are in effect of {photos:.1f} [{low:.1f}, {high:.1f}] of its "
            f"{len(distinct)} models, {expected:.1f} were to be expected"
        )
        return Sign(text, Measured("models matched, in effect", photos, low, high))

    def _ratio(self, photos: Indices, renders: Indices) -> float:
        return _spread(self._compared.unit_photos[photos]) / max(_spread(self._compared.unit_renders[renders]), 1e-12)

    @cached_property
    def _spreads(self) -> dict[int, float]:
        """The ratio of every class with photos and renders enough to have one."""
        subjects = [self._compared.subject(label) for label in range(len(self._compared.classes))]
        return {
            subject.label: self._ratio(subject.photos, subject.renders)
            for subject in subjects
            if subject.label is not None and len(subject.photos) >= LEAST_PHOTOS and len(subject.renders) > 1
        }

    @cached_property
    def _votes(self) -> tuple[Floats, Floats]:
        """For every render (N,) whether its nearest say its class: all but itself, and all of other models."""
        features, labels = self._compared.unit_renders, self._compared.pool.labels
        _, model = np.unique(np.array(self._compared.models).astype(str), return_inverse=True)
        within, without = np.zeros(len(labels)), np.zeros(len(labels))
        for start in range(0, len(labels), _CHUNK):
            rows = np.arange(start, min(start + _CHUNK, len(labels)))
            likeness = features[rows] @ features.T
            likeness[np.arange(len(rows)), rows] = -np.inf
            within[rows] = _say(likeness, labels) == labels[rows]
            likeness[model[rows][:, None] == model[None]] = -np.inf
            without[rows] = _say(likeness, labels) == labels[rows]
        return within, without


def model_advice(compared: Compared, signs: ModelSigns, subject: Subject) -> list[Finding]:
    """Whether a class needs more models. Few models alone, in a class whose photos do well, are no reason."""
    if subject.label is None or len(subject.photos) < LEAST_PHOTOS or not len(subject.renders):
        return []
    found = signs.signs(subject)
    few = any(sign.measured.name == COUNT for sign in found)
    if len(found) < 2 and not (few and signs.count(subject.label) == 1):
        return []
    text = f"{subject.name} may lack 3D models: {'; '.join(sign.text for sign in found)}."
    lists = [compared.of_true_class[number] for number in subject.photos.tolist()]
    likeness = np.array(
        [
            float(compared.unit_photos[photo] @ compared.unit_renders[nearest[:NEIGHBOURS]].mean(0))
            for photo, nearest in zip(subject.photos.tolist(), lists, strict=True)
        ]
    )
    far = subject.photos[np.argsort(likeness, kind="stable")]
    wrong = [int(number) for number in far if not compared.photos.hits[number]]
    rest = [int(number) for number in far if compared.photos.hits[number]]
    hint = (
        f"Add 3D models to {subject.name} that look like the photos on the sheet, which are least like any of its "
        "renders; then render and ask again"
    )
    return [
        Finding(
            "models",
            subject.label,
            text,
            _confidence(found),
            hint,
            measured=tuple(sign.measured for sign in found),
            photos=(*wrong, *rest),
        )
    ]


def _confidence(signs: Sequence[Sign]) -> Confidence:
    return "high" if len(signs) >= 3 else "medium" if len(signs) == 2 else "low"


def _spread(features: Floats) -> float:
    """Root of the mean squared distance from their mean."""
    return float(np.sqrt(((features - features.mean(0)) ** 2).sum(1).mean()))


def _effective(shares: Floats) -> float:
    return float(shares.sum() ** 2 / max(float((shares**2).sum()), 1e-12))


def _say(likeness: Floats, labels: Indices) -> Indices:
    """What the VOTERS nearest say (rows,): the class with the greatest sum of likeness."""
    nearest = np.argpartition(-likeness, VOTERS, axis=1)[:, :VOTERS] if likeness.shape[1] > VOTERS else None
    voters = nearest if nearest is not None else np.broadcast_to(np.arange(likeness.shape[1]), likeness.shape)
    weight = np.take_along_axis(likeness, voters, 1)
    weight = np.where(np.isfinite(weight), weight + 1.0, 0.0)  # cosines: none counts against a class
    votes = np.zeros((len(likeness), int(labels.max()) + 1))
    np.add.at(votes, (np.arange(len(likeness))[:, None], labels[voters]), weight)
    return votes.argmax(1).astype(np.int64)
