"""Whether a study puts its cells into the order in which the publication has them."""

from __future__ import annotations

import itertools

import attrs

from .outcome import Outcome, Summary


@attrs.frozen
class Agreement:
    """Of a measure: ``alike`` of ``pairs`` of cells stand in the publication's order, and ``clear_alike`` of the
    ``clear_pairs`` whose 95 % intervals do not overlap. ``against`` are those clearly the other way round."""

    measure: str
    cells: int
    pairs: int
    alike: int
    clear_pairs: int
    clear_alike: int
    against: tuple[str, ...]

    @property
    def tau(self) -> float:
        """Kendall's rank correlation of the two orders, from -1 to 1 (tau-a: Kendall, Biometrika 1938)."""
        return (2 * self.alike - self.pairs) / self.pairs

    @property
    def text(self) -> str:
        """In words."""
        clear = (
            f"; of the {self.clear_pairs} whose intervals do not overlap, {self.clear_alike}"
            if self.clear_pairs
            else "; no two intervals are apart"
        )
        return (
            f"{self.measure}: {self.alike} of {self.pairs} pairs of cells stand in the paper's order "
            f"(Kendall's tau {self.tau:.2f}){clear}."
        )


def agreements(outcome: Outcome) -> tuple[Agreement, ...]:
    """For every measure of which the publication has at least two cells that are measured here."""
    found = (_agreement(outcome, measure) for measure in outcome.plan.measures)
    return tuple(one for one in found if one is not None)


def _agreement(outcome: Outcome, measure: str) -> Agreement | None:
    labels = {number: cell.label for number, cell in enumerate(outcome.plan.cells)}
    there: list[tuple[str, Summary, float]] = []
    for number, label in labels.items():
        summary = outcome.summaries.get((number, measure))
        if summary is not None and summary.paper is not None:
            there.append((label, summary, summary.paper))
    pairs = [(a, b) for a, b in itertools.combinations(there, 2) if a[2] != b[2]]
    if not pairs:
        return None
    alike = clear = clear_alike = 0
    against = []
    for (name, ours, paper), (other_name, other, other_paper) in pairs:
        same = (ours.mean - other.mean) * (paper - other_paper) > 0
        apart = ours.low > other.high or ours.high < other.low
        alike += same
        clear += apart
        clear_alike += apart and same
        if apart and not same:
            better, worse = (name, other_name) if ours.mean > other.mean else (other_name, name)
            against.append(f"{better} above {worse}")
    return Agreement(measure, len(there), len(pairs), alike, clear, clear_alike, tuple(against))
