"""The trials of a search: points of the search space with what they are worth on re-weighted images.

They are kept in a file, a line each, batch by batch. A search that is run again takes from there what it has judged
before and, being the same computation on the same numbers, goes on as if it had never stopped.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs
import numpy as np

from ...datasets.writing import write_bytes
from ...design.errors import RunError
from .noise import Floats, Judge, Verdict, judged
from .search_space import Level, Point


@attrs.frozen(eq=False)
class Trial:
    """A point that was judged."""

    point: Point
    verdict: Verdict


class Trials:
    """Judges points once each. ``weigh`` gives the weights (N,) of a point, None where it is impossible."""

    def __init__(
        self, weigh: Callable[[Point], Floats | None], judge: Judge, file: Path, tell: Callable[[int], None]
    ) -> None:
        self._weigh, self._judge, self._file, self._tell = weigh, judge, file, tell
        self._limit: Callable[[Floats], bool] = lambda weights: True
        self._values = _read(file)
        self._known: dict[str, Trial] = {}

    @property
    def every(self) -> tuple[Trial, ...]:
        """All trials so far, in the order in which they were judged."""
        return tuple(self._known.values())

    def keep_to(self, limit: Callable[[Floats], bool]) -> None:
        """From now on a point with weights (N,), of sum 1, beyond this counts as impossible: it cannot be judged."""
        self._limit = limit

    def of(self, points: Sequence[Point], *, anyway: bool = False) -> list[Trial | None]:
        """The trials of these points, None for one that is impossible. They are judged together, as one batch.

        ``anyway``: also those beyond the limit.
        """
        wanted: dict[str, tuple[Point, Floats]] = {}
        for point in points:
            key = point_text(point)
            if key not in self._known and key not in wanted:
                weights = self._weigh(point)
                shares = None if weights is None else weights / weights.sum()
                if shares is not None and (anyway or self._limit(shares)):
                    wanted[key] = point, shares
        if wanted:
            values = self._valued(wanted)
            self._known |= {
                key: Trial(point, Verdict(weights, values[key])) for key, (point, weights) in wanted.items()
            }
        self._tell(len(self._known))
        return [self._known.get(point_text(point)) for point in points]

    def _valued(self, wanted: Mapping[str, tuple[Point, Floats]]) -> dict[str, Floats]:
        """Heads that are fitted together touch each other's last bits, so that a batch is taken whole or not at all."""
        if wanted.keys() <= self._values.keys():
            return {key: self._values[key] for key in wanted}
        verdicts = judged(self._judge, np.stack([weights for _, weights in wanted.values()]))
        found = {key: verdict.values for key, verdict in zip(wanted, verdicts, strict=True)}
        self._values |= found
        lines = (json.dumps({"point": json.loads(key), "values": v.tolist()}) for key, v in self._values.items())
        write_bytes(self._file, "".join(f"{line}\n" for line in lines).encode())
        return found


def point_text(point: Point) -> str:
    """A point as JSON, the same for equal points."""
    return json.dumps({name: point[name] for name in sorted(point)})


def point_of(document: Mapping[str, Any]) -> dict[str, Level]:
    """The inverse of ``point_text``, of parsed JSON."""
    return {name: (level[0], level[1]) if isinstance(level, list) else level for name, level in document.items()}


def _read(file: Path) -> dict[str, Floats]:
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
        found = [json.loads(line) for line in lines]
        return {point_text(point_of(one["point"])): np.array(one["values"], np.float64) for one in found}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise RunError(f"{file}: cannot be read ({error}); delete it, and its trials are judged again") from None
