"""What a benchmark is run on: the design of its source domain and the image set of its photos, found and checked.

All that is missing is told at once, before anything is written.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

import attrs

from ..datasets.benchmarks.benchmark import Benchmark
from ..datasets.benchmarks.photo_check import PhotoCheck, check_photos
from ..datasets.benchmarks.photo_source import image_set_of
from ..datasets.benchmarks.rendered_source import (
    OTHER_MODELS,
    SHAPENET,
    of_classes,
    preset_design,
    with_models,
    without_models,
)
from ..datasets.benchmarks.s2rda import NOT_IN_SHAPENET
from ..datasets.image_sets import ImageSet
from ..datasets.messages import Log
from ..design.checking import check
from ..design.design import Design
from ..design.errors import DataSetError
from .image_options import with_image_options

PUBLISHED_PER_CLASS = 12_000
DEFAULT_SCALE = 0.01
_LISTED = 6
_Found = TypeVar("_Found")


@attrs.frozen
class Inputs:
    """``design`` renders the source domain; None where the photos have it. ``counts`` are photos by split, ``absent``
    those that are listed and not there, ``source``, ``target`` and ``tests`` names of splits."""

    design: Design | None
    images: ImageSet
    classes: tuple[str, ...]
    counts: Mapping[str, int]
    absent: tuple[Path, ...]
    source: str
    target: str
    tests: tuple[str, ...]


def find_inputs(benchmark: Benchmark, args: argparse.Namespace, out: Path) -> Inputs:
    """The inputs of a run into ``out``. DataSetError with all that is missing, and where to get it."""
    problems: list[str] = []
    source, target, tests = _splits(benchmark, args)
    asked = _asked_classes(benchmark, args)
    design = _with_libraries(benchmark, args, out, problems) if benchmark.is_rendered else None
    measured = tuple(filter(None, (source, *tests)))
    found = _found(problems, partial(_photos, benchmark, args, measured, asked))
    if problems:
        raise DataSetError("; ".join(problems))
    assert found is not None
    images, photos = found
    classes = _classes(design, photos, args)
    if design is not None:
        design = with_image_options(of_classes(design, classes, _per_class(args)), args)
        check(design)
    return Inputs(design, _of_classes(images, classes), classes, photos.counts, photos.absent, source, target, tests)


def _splits(benchmark: Benchmark, args: argparse.Namespace) -> tuple[str, str, tuple[str, ...]]:
    if benchmark.is_rendered or benchmark.source:
        return benchmark.source, benchmark.target, benchmark.tests
    for name in (args.source, args.target):
        if name not in benchmark.photos.splits:
            raise DataSetError(f"{benchmark.title} has no domain '{name}'; it has {', '.join(benchmark.photos.splits)}")
    if args.source == args.target:
        raise DataSetError(f"--source and --target are both '{args.source}': choose two domains")
    return args.source, args.target, (args.target,)


def _asked_classes(benchmark: Benchmark, args: argparse.Namespace) -> tuple[str, ...]:
    """The classes to look for, in the benchmark's order; none where that has no list of its own."""
    known = tuple(benchmark.photos.classes)
    if args.classes is None:
        return known
    asked = [name.strip() for name in args.classes.split(",") if name.strip()]
    unknown = [name for name in asked if known and name not in known]
    if unknown or len(asked) < 2:
        problem = f"{benchmark.title} has no class '{unknown[0]}'" if unknown else "--classes names fewer than two"
        raise DataSetError(f"{problem}; it has {', '.join(known) or 'those of its folders'}")
    return tuple(name for name in known if name in asked) or tuple(asked)


def _per_class(args: argparse.Namespace) -> int:
    scale = DEFAULT_SCALE if args.scale is None else args.scale
    count = round(PUBLISHED_PER_CLASS * scale) if args.per_class is None else args.per_class
    if count < 1:
        raise DataSetError("--scale and --per-class must leave at least one image a class")
    return int(count)


def _with_libraries(benchmark: Benchmark, args: argparse.Namespace, out: Path, problems: list[str]) -> Design:
    design = preset_design(benchmark, out)
    if args.shapenet is None:
        problems.append(f"no {SHAPENET.title}: name its folder with --shapenet; {SHAPENET.where}")
    for library, folder in ((SHAPENET, args.shapenet), (OTHER_MODELS, args.other_models)):
        if folder is not None:
            design = _found(problems, partial(with_models, design, library, folder)) or design
    return design


def _photos(
    benchmark: Benchmark, args: argparse.Namespace, splits: Sequence[str], classes: Sequence[str]
) -> tuple[ImageSet, PhotoCheck]:
    source = benchmark.photos
    if args.photos is None:
        option = "--real" if benchmark.is_rendered else "--photos"
        raise DataSetError(f"no {source.title}: name its folder with {option}; {source.where}")
    images = image_set_of(source, args.photos, getattr(args, "lists", None))
    return images, check_photos(images, splits, classes)


def _classes(design: Design | None, photos: PhotoCheck, args: argparse.Namespace) -> tuple[str, ...]:
    """The classes that have models and photos. DataSetError where others were to be there too, or photos are absent."""
    lacking = set(without_models(design)) if design is not None else set()
    no_models = [name for name in photos.classes if name in lacking]
    told = [f"classes without models: {_named(no_models)}{_other_models(no_models, args)}"] if no_models else []
    told += [f"classes without photos: {_named(photos.empty)}"] if photos.empty else []
    if photos.absent:
        total = sum(photos.counts.values()) + len(photos.absent)
        told.append(f"{len(photos.absent)} of {total} listed photos are not there, such as {photos.absent[0]}")
    if told and not args.allow_missing:
        raise DataSetError(f"{'; '.join(told)}. --allow-missing goes on without them, --classes A,B,C with those named")
    for line in told:
        args.report(Log(line, "warning"))
    kept = tuple(name for name in photos.classes if name not in lacking and name not in photos.empty)
    if len(kept) < 2:
        raise DataSetError(
            f"of {len(photos.classes)} classes {len(kept)} have models and photos; a benchmark needs two"
        )
    return kept


def _other_models(names: Sequence[str], args: argparse.Namespace) -> str:
    """What to do about classes that ShapeNetCore does not have."""
    if args.other_models is not None or not set(names) & set(NOT_IN_SHAPENET):
        return ""
    return f" (name a {OTHER_MODELS.title} with --other-models: {OTHER_MODELS.layout}, from {OTHER_MODELS.page})"


def _of_classes(images: ImageSet, classes: tuple[str, ...]) -> ImageSet:
    """The image set with these classes alone, which are those of its folders where it does not name any."""
    named = images.classes or {name: (name,) for name in classes}
    return attrs.evolve(images, classes={name: named[name] for name in classes}, others=False)


def _found(problems: list[str], find: Callable[[], _Found]) -> _Found | None:
    try:
        return find()
    except DataSetError as error:
        problems.append(str(error))
        return None


def _named(names: Sequence[str]) -> str:
    more = len(names) - _LISTED
    return ", ".join(names[:_LISTED]) + (f" and {more} more" if more > 0 else "")
