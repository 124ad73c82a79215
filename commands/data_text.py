"""What ``simreal data`` says to people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from ..datasets.statistics import Histogram, SplitStatistics
from ..datasets.verification import Verification
from .tables import table

SHOWN_FAULTS = 20
SHOWN_CHOICES = 4
_LEVELS = " ▁▂▃▄▅▆▇█"


def verification_text(found: Verification, data: Path, repaired: bool) -> str:
    """What was found, and what to do about it."""
    if not found.faults:
        return f"{data}: {found.images} images are as they were committed"
    lines = [str(fault) for fault in found.faults[:SHOWN_FAULTS]]
    if len(found.faults) > SHOWN_FAULTS:
        lines.append(f"and {len(found.faults) - SHOWN_FAULTS} more")
    images = len({(fault.split, index) for fault in found.faults for index in fault.indices})
    lines.append(f"{data}: {images} of {found.images} images are damaged or gone")
    lines.append(
        f"Render them again: simreal render {data}"
        if repaired
        else f"Make them missing: simreal data verify {data} --repair"
    )
    return "\n".join(lines)


def statistics_text(splits: Sequence[SplitStatistics]) -> str:
    """Tables a split."""
    return "\n".join(line for split in splits for line in _split(split))


def _split(split: SplitStatistics) -> Iterator[str]:
    boxes = f"object cut by the edge {split.boxes_cut:.1%}, not seen {split.unseen:.1%}"
    yield f"{split.name}: {split.images} images; {boxes}"
    yield "  " + ", ".join(f"{name} {count}" for name, count in split.classes.items())
    yield ""
    rows: list[tuple[str, ...]] = [("column", "drawn", "weight", "mean", "from", "to", "values")]
    for name, share in split.shares.items():
        rows.append((name, "", "", *_numbers(share)))
    for factor, found in split.factors.items():
        often = (f"{found.drawn:.1%}", f"{found.weight:.0%}")
        rows += [(f"{factor}.{name}", *often, *_numbers(histogram)) for name, histogram in found.numbers.items()]
        rows += [(f"{factor}.{name}", *often, "", "", "", _choices(counts)) for name, counts in found.choices.items()]
    yield from table(rows, left=(0, 6))
    yield ""


def _numbers(histogram: Histogram) -> tuple[str, str, str, str]:
    if not sum(histogram.counts) + histogram.outside:
        return "", "", "", "never drawn"
    most = max([*histogram.counts, 1])
    bars = "".join(_LEVELS[-(-count * 8 // most)] for count in histogram.counts)
    beyond = f"  {histogram.outside} beyond" if histogram.outside else ""
    return f"{histogram.mean:.4g}", f"{histogram.edges[0]:.4g}", f"{histogram.edges[-1]:.4g}", f"{bars}{beyond}"


def _choices(counts: Mapping[str, int]) -> str:
    if not counts:
        return "never drawn"
    total = sum(counts.values())
    shown = [f"{name or 'none'} {count / total:.0%}" for name, count in list(counts.items())[:SHOWN_CHOICES]]
    return ", ".join(shown) + (f" and {len(counts) - SHOWN_CHOICES} more" if len(counts) > SHOWN_CHOICES else "")
