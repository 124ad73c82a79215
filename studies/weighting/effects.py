"""Effects in plain words: what is found of each factor, and what there is to doubt."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...datasets.effect_records import SOURCES, Effect
from ...design.declaration import Factor
from ...design.evidence import points_text
from ...design.factors import FACTORS

FEW_IMAGES = 100
_SIGMAS = 3.92  # the width of a 95 % interval in standard errors
_DETECTION = 2.8  # standard errors of an effect that is found in 4 of 5 cases: 1.96 + 0.84
_TOLERATED = 5.0  # points


def strength(effect: Effect) -> float:
    """How surely it is not 0: its points in standard errors."""
    return abs(effect.points) / max(standard_error(effect), 1e-9)


def standard_error(effect: Effect) -> float:
    """In points, as the interval has it."""
    return (effect.high - effect.low) / _SIGMAS


def effect_text(effect: Effect) -> str:
    """``weight 0.6 -> 1 is worth +3.1 points [1.2, 5.0]``."""
    worth = points_text(effect.points, effect.low, effect.high).replace(" [", " points [")
    alike = "" if effect.alike is None else f" (photos look so by {alike_text(effect.alike)})"
    return f"{effect.change} is worth {worth}{alike}"


def alike_text(alike: float | None) -> str:
    """By how much photos look more like renders with a change, where that is clear: ``7.1 standard errors``."""
    return "" if alike is None else f"{alike:.1f} standard errors"


def summary_lines(effects: Sequence[Effect]) -> list[str]:
    """A line for each source and factor, the surest first: what is worth something, or that nothing was found."""
    lines = []
    for source, words in SOURCES.items():
        own = [one for one in effects if one.source == source]
        if own:
            lines.append(f"By {words}:")
            lines += [f"  {_factor_line(factor, own)}" for factor in ranked_factors(own)]
    return lines


def ranked_factors(effects: Sequence[Effect]) -> list[str]:
    """Factors by how sure it is that they matter: first those in which photos clearly look otherwise than the design
    draws, the clearest first, and then by their surest effect. Of many effects some are sure by chance."""
    surest = {one.factor: (0.0, 0.0) for one in effects}
    for one in effects:
        alike, effect = surest[one.factor]
        surest[one.factor] = max(alike, one.alike or 0.0), max(effect, strength(one))
    return sorted(surest, key=lambda factor: surest[factor], reverse=True)


def warnings_of(effects: Sequence[Effect]) -> tuple[str, ...]:
    """What there is to doubt."""
    return tuple(text for source in SOURCES for text in _doubts([one for one in effects if one.source == source]))


def _factor_line(factor: str, effects: Sequence[Effect]) -> str:
    declared: Factor = FACTORS[factor]
    own = sorted((one for one in effects if one.factor == factor), key=lambda one: -strength(one))
    weight = [one for one in own if not one.parameter and one.is_found]
    others = [one for one in own if one.parameter and one.is_found and one not in weight]
    alike = [one for one in own if one.alike is not None and one not in (*weight[:1], *others[:2])]
    told = [effect_text(one) for one in (*weight[:1], *others[:2], *alike)]
    return f"{declared.label}: {'; '.join(told) or 'no effect found'}"


def _doubts(effects: Sequence[Effect]) -> Iterator[str]:
    if not effects:
        return
    words = SOURCES[effects[0].source]
    found = [one for one in effects if one.is_found]
    if not found:
        yield f"{words}: every interval contains 0; more images or photos may tell more"
    elif len(effects) > 20:
        yield (
            f"{words}: {len(found)} of {len(effects)} effects look found; about {len(effects) / 20:.0f} would by "
            "chance alone: believe the surest"
        )
    errors = sorted(standard_error(one) for one in effects if not one.parameter) or sorted(map(standard_error, effects))
    least = _DETECTION * errors[len(errors) // 2]
    if least > _TOLERATED:
        photos = f"{effects[0].photos} photos" if effects[0].photos else "so few images"
        yield (
            f"{words}: with {photos} an effect of a factor has to be about {least:.0f} points to be found in four of "
            "five cases; smaller ones need more photos or images"
        )
    few = [one for one in found if one.images < FEW_IMAGES]
    if few and few[0].source != "test_sets":
        yield f"{words}: {len(few)} of the effects found rest on fewer than {FEW_IMAGES} images' worth"
