"""Evidence: what a design's weights were measured to be worth on real photos, kept in it for whoever gets it."""

from __future__ import annotations

import math

import attrs

from .errors import DesignError


@attrs.frozen(kw_only=True)
class Evidence:
    """One measurement. ``gain_points`` is in percentage points over ``against``, with its 95 % interval, on the
    reporting photos alone, over ``seeds`` seeds at ``budget_images`` images each.

    ``date`` is ISO 8601 in UTC, ``simreal`` the version that measured, ``photos_sha256`` says which photos they were.
    ``design_sha256`` is the hash of the design that was measured (``identity``); a design changed since has another.
    """

    date: str
    simreal: str
    photos_sha256: str
    photos_tuning: int
    photos_reporting: int
    objective: str
    budget_images: int
    gain_points: float
    low: float
    high: float
    against: str
    seeds: int
    design_sha256: str

    @property
    def shows_gain(self) -> bool:
        """Whether the whole interval lies above 0."""
        return self.low > 0.0


def check_evidence(path: str, evidence: Evidence) -> None:
    """Raise DesignError at the first fault."""
    for name in ("photos_tuning", "photos_reporting", "budget_images", "seeds"):
        if getattr(evidence, name) < 0:
            raise DesignError(f"{path}.{name}", f"must be >= 0, is {getattr(evidence, name)}")
    for name in ("gain_points", "low", "high"):
        if not math.isfinite(getattr(evidence, name)):
            raise DesignError(f"{path}.{name}", f"must be a finite number, is {getattr(evidence, name)}")
    if evidence.low > evidence.high:
        raise DesignError(f"{path}.low", f"must be <= high ({evidence.high:g}), is {evidence.low:g}")


def with_newest(known: tuple[Evidence, ...], newest: Evidence) -> tuple[Evidence, ...]:
    """The measurements with another one, last and once."""
    return (*(one for one in known if one != newest), newest)


def points_text(points: float, low: float, high: float) -> str:
    """``+2.1 [0.4, 3.9]``: percentage points with their interval."""
    return f"{points:+.1f} [{low:.1f}, {high:.1f}]"


def evidence_text(evidence: Evidence) -> str:
    """The measurement in a sentence."""
    gain = points_text(evidence.gain_points, evidence.low, evidence.high)
    sure = "" if evidence.shows_gain else ": within the noise"
    return (
        f"{evidence.date[:10]}: {gain} points against {evidence.against} on {evidence.photos_reporting:,} photos it "
        f"was not tuned on{sure}; objective {evidence.objective}, tuned on {evidence.photos_tuning:,} photos, "
        f"{evidence.budget_images:,} images, {evidence.seeds} seed{'' if evidence.seeds == 1 else 's'}"
    )
