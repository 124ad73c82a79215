"""What tuning came to, as a suggestion: each change with its worth, the evidence for them all, and the design."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import metadata

import attrs

from ...datasets.effect_records import Effect
from ...datasets.suggestion_records import SuggestedChange, SuggestionRecord
from ...design.design import Design
from ...design.evidence import Evidence
from ...design.identity import design_hash
from .comparison import Contender, Share
from .matching import looked_like
from .noise import Gain
from .photo_parts import PhotoParts
from .search_space import Dimension, design_at, level_text, overrides_between
from .tuner import Tuned

POINTS = "accuracy"  # the objective whose values are shares of photos; the others' are in units of their own
_Z = 1.96


@attrs.frozen
class Facts:
    """What was measured with: for the evidence."""

    date: str
    objective: str
    seeds: int
    photos: PhotoParts


@attrs.frozen
class Outcome:
    """A tuning with its comparison. ``contenders`` are none where the photos have no labels, or no seed was asked for;
    ``gains`` are those of the tuned design over the others, by their names."""

    record: SuggestionRecord
    tuned: Tuned
    contenders: tuple[Contender, ...]
    gains: Mapping[str, Share]
    facts: Facts


def suggestion(
    user: Design, tuned: Tuned, gains: Mapping[str, Share], facts: Facts, warnings: tuple[str, ...]
) -> SuggestionRecord:
    """The record. ``gains`` are those of the tuned design over others, by their names; the first is the evidence."""
    alike = looked_like(tuned.space, tuned.support)
    return SuggestionRecord(
        design_name=user.name,
        design_sha256=design_hash(user),
        classes=user.class_names,
        overrides=overrides_between(user, tuned.design),
        changes=tuple(_change(user, tuned, name, facts, is_alike=name in alike) for name in tuned.point),
        evidence=next(iter(evidence_of(tuned, gains, facts)), None),
        warnings=warnings,
    )


def tuned_design(tuned: Tuned, gains: Mapping[str, Share], facts: Facts) -> Design:
    """The tuned design with the evidence it has, after what it had before."""
    found = tuple(evidence_of(tuned, gains, facts))
    return attrs.evolve(tuned.design, evidence=(*tuned.design.evidence, *found))


def evidence_of(tuned: Tuned, gains: Mapping[str, Share], facts: Facts) -> list[Evidence]:
    """What was measured, against each of the others."""
    return [
        Evidence(
            date=facts.date,
            simreal=metadata.version("simreal"),
            photos_sha256=facts.photos.photos_sha256,
            photos_tuning=len(facts.photos.tuning),
            photos_reporting=len(facts.photos.reporting),
            objective=facts.objective,
            budget_images=tuned.images,
            gain_points=gain.mean,
            low=gain.low,
            high=gain.high,
            against=name,
            seeds=facts.seeds,
            design_sha256=design_hash(tuned.design),
        )
        for name, gain in gains.items()
    ]


def _change(user: Design, tuned: Tuned, name: str, facts: Facts, *, is_alike: bool) -> SuggestedChange:
    dimension, level = tuned.space[name], tuned.point[name]
    before, after = level_text(user, dimension, None), level_text(user, dimension, level)
    return SuggestedChange(
        factor=dimension.factor,
        parameter=dimension.parameter,
        option=dimension.option,
        before=before,
        after=after,
        overrides=overrides_between(user, design_at(user, tuned.space, {name: level})),
        effect=_effect(dimension, f"{before} -> {after}", tuned, tuned.changes[name], facts),
        alike=round(tuned.support[name], 2) if is_alike else None,
    )


def _effect(dimension: Dimension, change: str, tuned: Tuned, gain: Gain, facts: Facts) -> Effect | None:
    if facts.objective != POINTS:
        return None
    return Effect(
        factor=dimension.factor,
        parameter=dimension.parameter,
        option=dimension.option,
        change=change,
        points=100 * gain.mean,
        low=100 * (gain.mean - _Z * gain.error),
        high=100 * (gain.mean + _Z * gain.error),
        source="images",
        images=tuned.images,
        photos=len(facts.photos.tuning),
    )
