"""A benchmark: a source domain to train on, a target domain to adapt to and be measured on, and published figures."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from .photo_source import PhotoSource


@attrs.frozen
class Figures:
    """Published accuracies in percent: of all images, and the mean of the classes'. None where it was not published."""

    acc: float | None
    mean: float | None


@attrs.frozen
class Benchmark:
    """``photos`` hold the target domain, and the source domain too where there is no ``preset`` to render it from.

    ``source`` is the split of the photos that is trained on, ``target`` the one that is adapted to, without its labels;
    both are empty where the user chooses among domains. ``tests`` are measured on. ``published`` has figures by method.
    """

    name: str
    title: str
    photos: PhotoSource
    preset: str = ""
    source: str = ""
    target: str = ""
    tests: tuple[str, ...] = ()
    published: Mapping[str, Figures] = attrs.field(factory=dict)
    published_in: str = ""

    @property
    def is_rendered(self) -> bool:
        """Whether the source domain is rendered from a preset."""
        return bool(self.preset)
