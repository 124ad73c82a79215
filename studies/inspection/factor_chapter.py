"""The chapter on factors: at which values of what was drawn the network fails."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ...design.design import Design
from ...design.factors import FACTORS
from ..page import Number, Part, Section, SortableTable, Text
from .chapters import Chapter, kept_picture, percent
from .factor_accuracy import LEAST_IMAGES, ValueAccuracy, ValueBin, factor_accuracy
from .factor_figure import factor_figure, ranking_figure
from .factor_separation import PERMUTATIONS, Separation, separations
from .measured import Measured

_OF_VIEWS = (
    "Each scene was seen {views} times, so images share what was drawn for their scene and fail together: p-values of "
    "all but the camera's factors are too small, and intervals too narrow."
)
TITLE = "At which values of the factors it fails"


def factor_chapter(
    design: Design, found: Measured, columns: Mapping[str, Sequence[Any]], seed: int, out: Path
) -> Chapter:
    """Accuracy by every parameter of the design's factors, and which of them separate hits from misses.

    ``columns`` are the metadata's, a value for each of the images ``found``.
    """
    values = factor_accuracy(design, columns, found.hits)
    ranked = separations(values, found.hits, found.truth, seed)
    if not ranked:
        words = f"There are too few images with drawn factors for this: {LEAST_IMAGES} a value are needed."
        return Chapter("factors", Section(TITLE, [Text(words)]), None)
    by_column = {each.values.column: each for each in ranked}
    views = design.views_per_scene
    parts: list[Part] = [
        Text(_words(ranked, len(found))),
        Text(
            "How it was judged: each image's hit less the accuracy of its class, compared between the values of one "
            f"parameter, against {PERMUTATIONS} shuffles of the hits within every class; p-values are adjusted for the "
            "number of parameters (Holm). The spread is the standard deviation of accuracy between values, less what "
            "chance makes. The worst and best values were picked afterwards: their difference is somewhat exaggerated."
        ),
        *([Text(_OF_VIEWS.format(views=views))] if views > 1 else []),
        kept_picture(out / "factors.png", ranking_figure(ranked), "What separates hits from misses most"),
        SortableTable(("", "spread, points", "worst", "best", "adjusted p"), [_row(each) for each in ranked]),
    ]
    for name, group in itertools.groupby(values, key=_factor_of):
        figure = factor_figure(list(group), by_column, found.accuracy.top1)
        label = (
            f"{FACTORS[name].label}: accuracy by value" if name else "By how large the object is, and how much is seen"
        )
        parts.append(kept_picture(out / f"factor-{name or 'picture'}.png", figure, f"{label}, on {found.domain.name}"))
    numbers = {
        "ranking": [each.to_json() for each in ranked],
        "values": [each.to_json() for each in values],
        "permutations": PERMUTATIONS,
    }
    return Chapter("factors", Section(TITLE, parts), numbers)


def _factor_of(each: ValueAccuracy) -> str:
    """The factor's name; "" for what was measured in the picture."""
    return each.column.partition(".")[0] if "." in each.column else ""


def _words(ranked: Sequence[Separation], images: int) -> str:
    clear = [each for each in ranked if each.is_clear]
    tried = f"Of {len(ranked)} parameters and flags that were tried on {images} images"
    if not clear:
        return (
            f"{tried}, none separates hits from misses beyond chance. Differences in the figures may be luck; "
            "more test images would show smaller ones."
        )
    first = clear[0]
    others = ", ".join(each.values.label for each in clear[1:6])
    also = f" Also: {others}{', ...' if len(clear) > 6 else ''}." if others else ""
    return (
        f"{tried}, {len(clear)} {'separates' if len(clear) == 1 else 'separate'} hits from misses beyond chance. "
        f"Most does {first.values.label}: {100 * first.worst.accuracy:.0f} % right at {first.worst.words} "
        f"({first.worst.n} images), {100 * first.best.accuracy:.0f} % at {first.best.words} ({first.best.n}).{also}"
    )


def _row(each: Separation) -> tuple[str | Number, ...]:
    words = f"{each.p_holm:.3f}" if each.p_holm >= 0.001 else "< 0.001"
    return (
        each.values.label,
        Number(each.spread, f"{100 * each.spread:.1f}"),
        _value(each.worst),
        _value(each.best),
        Number(each.p_holm, words, more=f"unadjusted: {each.p:.4f}"),
    )


def _value(each: ValueBin) -> Number:
    low, high = each.interval
    more = f"{each.correct} of {each.n} right, 95 % interval {100 * low:.1f} to {100 * high:.1f} %"
    return Number(each.accuracy, percent(each.accuracy), each.words, more)
