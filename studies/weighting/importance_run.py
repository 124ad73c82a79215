"""A whole importance in a folder: photos parted, what is missing rendered, effects by each source asked for.

``photos.json`` (which photos were looked at), ``features/``, ``data/`` (data sets rendered for it),
``importance.json``, ``effects.csv``, ``report.html``, ``report.md`` and a chart for each source.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TypeAlias

import attrs
import numpy as np
import numpy.typing as npt
import torch

from ...datasets.effect_records import (
    IMPORTANCE_FILE,
    Effect,
    ImportanceRecord,
    Source,
    read_importance,
    write_importance,
)
from ...datasets.lock import holding
from ...datasets.messages import Log, Report
from ...datasets.run_records import dated_as_before, now
from ...datasets.writing import writing_to
from ...design.design import Design
from ...design.errors import RunError
from ...design.identity import design_hash
from ...training.devices import find_device
from ...training.linear_head import fit_head
from ...training.trained import TrainedModel
from .advice_predictions import run_probabilities
from .effects import warnings_of
from .from_experiment import Plan, effects_of_experiment, experiment_of
from .from_images import effects_of_images
from .from_test_sets import effects_of_test_sets
from .importance_report import write_report
from .photo_features import FeatureExtractor
from .photo_parts import PHOTOS_FILE, PhotoParts, keep_parts, part_photos
from .pool import Pool, read_pool
from .renders import Renderer, Renders
from .search_space import explored

Floats: TypeAlias = npt.NDArray[np.float64]
Labels: TypeAlias = npt.NDArray[np.int64]

LOCK, DATA, FEATURES = "lock", "data", "features"
MARGIN = 0.25  # weights of images that are rendered to be weighted anew stay so far from 0 and 1
TEST_SEED, EXPERIMENT_SEED = 5000, 3000  # seeds that no other data set of the design has


@attrs.frozen
class Asked:
    """What is asked: effects in ``design`` by these ``sources``, on the tuning half of ``photos``.

    ``data`` are rendered data sets with a split each, for the source images; without them ``images`` are rendered,
    which is also the number of each data set of the experiment. ``test_images`` are those of a test set. ``model`` is a
    trained run to test; without one, a head fitted to the images is.
    """

    design: Design
    photos: Path
    out: Path
    sources: tuple[Source, ...]
    data: tuple[tuple[Path, str], ...] = ()
    images: int = 600
    test_images: int = 200
    plan: Plan = "one-at-a-time"
    seeds: int = 2
    model: TrainedModel | None = None
    aliases: Mapping[str, str] = attrs.field(factory=dict)
    seed: int = 0
    backbone: str = "efficientnet_lite0"
    weights: Path | None = None
    image_px: int | None = None
    device: str = "auto"
    renderer: Renderer = attrs.field(factory=Renderer)


def run_importance(asked: Asked, report: Report) -> ImportanceRecord:
    """Measure effects and write them down. What is rendered, or looked at, is not again.

    RunError where photos have no classes, the folder holds something else, or another process is at it.
    """
    out = asked.out
    with writing_to(out):
        out.mkdir(parents=True, exist_ok=True)
    with holding(out / LOCK, RunError(f"{out}: another process is at work here; wait for it, or choose another --out")):
        if not (out / PHOTOS_FILE).is_file() and any(path.name != LOCK for path in out.iterdir()):
            raise RunError(f"{out} holds other files; choose another folder with --out")
        parts = part_photos(
            asked.photos, asked.design.class_names, aliases=asked.aliases, seed=asked.seed, report=report
        )
        keep_parts(parts, out)
        return _Importance(asked, parts, report).run()


class _Importance:
    """One importance, once its folder is ours."""

    def __init__(self, asked: Asked, parts: PhotoParts, report: Report) -> None:
        self._asked, self._parts, self._report = asked, parts, report
        self._extractor = FeatureExtractor(
            asked.backbone,
            image_px=asked.image_px,
            weights=asked.weights,
            device=asked.device,
            cache=asked.out / FEATURES,
        )
        self._renders = Renders(asked.out / DATA, self._extractor, asked.renderer, report)

    def run(self) -> ImportanceRecord:
        ways = {"images": self._by_images, "experiment": self._by_experiment, "test_sets": self._by_test_sets}
        effects = [effect for source in self._asked.sources for effect in ways[source]()]
        record = self._record(effects)
        for text in record.warnings:
            self._report(Log(text, "warning"))
        write_report(record, self._asked.out)
        write_importance(record, self._asked.out)
        return record

    def _by_images(self) -> tuple[Effect, ...]:
        features, truth = self._photos
        return effects_of_images(
            self._pool, self._asked.design, features, truth, seed=self._asked.seed, report=self._report
        )

    def _by_experiment(self) -> tuple[Effect, ...]:
        asked = self._asked
        experiment = experiment_of(asked.design, asked.plan)
        places = {name: number for number, name in enumerate(experiment.designs)}
        self._report(Log(f"{asked.plan}: {len(places)} data sets of {asked.images} images, {asked.seeds} seeds"))

        def rendering(name: str, design: Design, seed: int) -> Pool:
            others = [f"{asked.plan}-{seed}-{place}" for other, place in places.items() if other != name]
            own = f"{asked.plan}-{seed}-{places[name]}"
            return self._renders.pool(own, design, seed=EXPERIMENT_SEED + seed, count=asked.images, donors=others)

        return effects_of_experiment(experiment, asked.design, asked.seeds, rendering, self._photos, self._report)

    def _by_test_sets(self) -> tuple[Effect, ...]:
        asked = self._asked

        def rendering(name: str, design: Design) -> Pool:
            return self._renders.pool(f"test-{name}", design, seed=TEST_SEED, count=asked.test_images)

        return effects_of_test_sets(asked.design, rendering, self._answers, self._report)

    def _answers(self, pool: Pool) -> Labels:
        if self._asked.model is not None:
            files = [path for path in pool.paths if isinstance(path, Path)]
            found = run_probabilities(self._asked.model, files, find_device(self._asked.device), self._report)
            return found.argmax(1).astype(np.int64)
        weight, bias = self._head
        answers: Labels = (torch.from_numpy(pool.features) @ weight.T + bias).argmax(1).numpy()
        return answers

    @cached_property
    def _head(self) -> tuple[torch.Tensor, torch.Tensor]:
        pool = self._pool
        models = [str(row["model"]) for row in pool.rows]
        classes = len(self._asked.design.classes)
        fit = fit_head([pool.features], pool.labels.tolist(), models, classes, seed=self._asked.seed)
        return fit.weight, fit.bias

    @cached_property
    def _pool(self) -> Pool:
        """The images there are, or new ones whose factors are now drawn and now fixed."""
        asked = self._asked
        if not asked.data:
            design = explored(asked.design, MARGIN)
            return self._renders.pool("images", design, seed=asked.seed, count=asked.images)
        pools = [read_pool(data, split, self._extractor, self._report) for data, split in asked.data]
        for (data, _), pool in zip(asked.data, pools, strict=True):
            theirs = pool.sources[0].design.class_names
            if theirs != asked.design.class_names:
                raise RunError(
                    f"{data}: its classes ({', '.join(theirs)}) are not the design's; render the design anew"
                )
        pool = pools[0]
        for other in pools[1:]:
            pool = pool.joined(other)
        return pool

    @cached_property
    def _photos(self) -> tuple[Floats, Labels]:
        """Features (M, D) and labels (M,) of the tuning photos that have one. Photos of reporting are not looked at."""
        labels = {name: label for label, name in enumerate(self._asked.design.class_names)}
        photos = [photo for photo in self._parts.tuning if photo.true_class in labels]
        if not photos:
            raise RunError(
                f"{self._asked.photos}: importance needs photos whose class is known: put them into folders named "
                "after the classes"
            )
        features = self._extractor.of([photo.path for photo in photos], self._report)
        truth = np.array([labels[str(photo.true_class)] for photo in photos], np.int64)
        return features.astype(np.float64), truth

    def _record(self, effects: list[Effect]) -> ImportanceRecord:
        asked = self._asked
        record = ImportanceRecord(
            design_name=asked.design.name,
            design_sha256=design_hash(asked.design),
            classes=asked.design.class_names,
            photos_sha256=self._parts.photos_sha256,
            photos=max((one.photos for one in effects), default=0),
            date=now(),
            measure="probability of the true class" if asked.sources == ("images",) else "top1",
            backbone=asked.backbone,
            effects=tuple(effects),
            warnings=warnings_of(effects),
        )
        return dated_as_before(record, asked.out / IMPORTANCE_FILE, read_importance)
