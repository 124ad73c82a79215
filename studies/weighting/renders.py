"""The data sets of a run: rendered where they are not there yet, with features, and with images that others have."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import attrs

from ...datasets.messages import Log, Report
from ...datasets.sharing import share_images
from ...design.design import Design, Split
from ...design.errors import RunError
from ...rendering.data_set import render_data_set
from ...rendering.render_request import RenderRequest
from .photo_features import FeatureExtractor
from .pool import Pool, read_pool
from .time_spent import FEATURES, RENDERING, TimeSpent

SPLIT = "train"


@attrs.frozen
class Renderer:
    """What renders: ``simreal render``'s options of the same names."""

    workers: int | None = None
    threads: int | None = None
    device: str = "auto"
    blender: Path | None = None


class Renders:
    """Data sets in a folder, by name. A design, its seed and a count make one; the same again is what is there."""

    def __init__(
        self,
        folder: Path,
        extractor: FeatureExtractor,
        renderer: Renderer,
        report: Report,
        spent: TimeSpent | None = None,
    ) -> None:
        self._folder, self._extractor, self._renderer, self._report = folder, extractor, renderer, report
        self._spent = spent or TimeSpent()

    def pool(self, name: str, design: Design, *, seed: int, count: int, donors: Sequence[str] = ()) -> Pool:
        """``count`` images of a design with their features. Images that the data sets ``donors`` have are not rendered
        again.

        RunError where images stay missing.
        """
        place = self._folder / name
        with self._spent.on(RENDERING):
            self._render(place, design, Split(SPLIT, count, seed), donors)
        with self._spent.on(FEATURES):
            return read_pool(place, SPLIT, self._extractor, self._report)

    def _render(self, place: Path, design: Design, split: Split, donors: Sequence[str]) -> None:
        wanted = attrs.evolve(design, splits=(split,), evidence=())
        there = [self._folder / donor for donor in donors if (self._folder / donor).is_dir()]
        shared = share_images(place, wanted, SPLIT, split.count, there) if there else 0
        if shared:
            self._report(Log(f"{place.name}: {shared} of {split.count} images are those of other data sets"))
        renderer = self._renderer
        summary = render_data_set(
            RenderRequest(
                design=wanted,
                out=place,
                workers=renderer.workers,
                threads=renderer.threads,
                device=renderer.device,
                blender=renderer.blender,
            ),
            self._report,
        )
        if summary.set_aside:
            failed = summary.set_aside[0]
            raise RunError(f"{place}: {failed.shard} was not rendered ({failed.reason}); the same command tries again")
