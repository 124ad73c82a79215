"""Progress in words, for the terminal and for panels."""

from __future__ import annotations

from .messages import Progress


def describe(progress: Progress) -> str:
    """One line: ``render train  310/1000 images  31 %  8.1 images/s  01:25 left``."""
    percent = 100 * progress.done // max(progress.total, 1)
    parts = [progress.stage, f"{progress.done}/{progress.total} {progress.unit}", f"{percent} %"]
    if progress.rate:
        parts.append(
            f"{progress.rate:.1f} {progress.unit}/s" if progress.rate >= 0.1 else f"{1 / progress.rate:.0f} s each"
        )
    if progress.eta_s is not None and progress.done < progress.total:
        parts.append(f"{duration(progress.eta_s)} left")
    if progress.note:
        parts.append(progress.note)
    return "  ".join(parts)


def duration(seconds: float) -> str:
    """``m:ss`` or ``h:mm:ss``."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
