"""Named qualities: how much noise an image may hold, in settings chosen by measuring (see docs/performance.md)."""

from __future__ import annotations

from typing import Any, Literal, get_args

import attrs

from .design import ImageSettings

Quality = Literal["draft", "standard", "reference"]
QUALITIES: tuple[str, ...] = get_args(Quality)

_SETTINGS: dict[str, dict[str, Any]] = {
    "draft": {"samples": 4, "denoiser": "oidn", "noise_threshold": 0.0},
    "standard": {"samples": 16, "denoiser": "oidn", "noise_threshold": 0.0},
    "reference": {"samples": 1024, "denoiser": "none", "noise_threshold": 0.0},
}
HELP = {
    "draft": "4 samples, denoised: a third of the time, for looking at a design",
    "standard": "16 samples, denoised: for training",
    "reference": "1,024 samples as they are: what the others are measured by",
}


def with_quality(image: ImageSettings, quality: str) -> ImageSettings:
    """Image settings with what a named quality says; their size, bounces and engine stay."""
    return attrs.evolve(image, **_SETTINGS[quality])


def quality_of(image: ImageSettings) -> str | None:
    """The name of these settings' quality, None where they are of no named one."""
    return next((name for name in QUALITIES if with_quality(image, name) == image), None)
