"""Looking inside a trained run: figures, their numbers as JSON, and one page with all of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs

from ...datasets.layout import DESIGN_FILE
from ...datasets.messages import Log, Report
from ...datasets.reading import DataSet
from ...design.document import load, overridden
from ...design.errors import DataSetError, RunError
from ...training.evaluation import samples_for
from ...training.run_folder import RunFolder, write_bytes, write_json
from ...training.trained import TrainedModel, load_trained
from ..page import page
from .accuracy_chapter import accuracy_chapter, changes_chapter
from .calibration_chapter import calibration_chapter
from .chapters import Chapter, percent
from .class_changes import Changes, class_changes
from .embedding import balanced
from .embedding_chapter import embedding_chapter
from .factor_accuracy import factor_columns
from .factor_chapter import factor_chapter
from .gaze_chapter import blind_chapter, chosen_images, gaze_chapter, picked_images
from .measured import Domain, Measured, Pass, measured

NUMBERS, PAGE, KEPT = "inspection.json", "inspection.html", "measured"
PREFERRED = "test_iid"


@attrs.frozen(kw_only=True)
class Wanted:
    """What is to be looked at.

    ``source`` and ``target`` are splits of data sets; ``compared`` other runs; ``calibration_split`` one of the
    source's data, to fit the temperature on; ``images`` files to show where the network looks, else ``picked`` of
    each kind are chosen. At most ``most`` images a domain are embedded.
    """

    run: Path
    source: tuple[DataSet, str]
    target: tuple[DataSet, str] | None = None
    compared: tuple[Path, ...] = ()
    calibration_split: str | None = None
    images: tuple[Path, ...] = ()
    picked: int = 6
    most: int = 1000
    seed: int = 0
    aliases: Mapping[str, str] = attrs.field(factory=dict)


def inspect(wanted: Wanted, way: Pass, out: Path) -> dict[str, Any]:
    """Look inside, and write pictures, ``inspection.json`` and ``inspection.html`` into ``out``; returns the numbers.

    Everything that could be refused is checked before any image is looked at. Raises ``RunError`` (a run that cannot
    be used, other classes, ...), ``DataSetError`` and ``AssetError``.
    """
    model = load_trained(wanted.run)
    others = {path: load_trained(path) for path in wanted.compared}
    names = run_names((wanted.run, *wanted.compared))
    for path, other in others.items():
        if other.classes != model.classes:
            raise RunError(f"{path} has other classes than {wanted.run}; compare runs on the same classes")
    domains = _domains(wanted, model, way.report)
    fitting = _fitting_domain(wanted, model, way.report)
    chosen = chosen_images(model, wanted.images, way.device)
    found = [
        measured(wanted.run, model, each, balanced(each.samples.labels, wanted.most, wanted.seed), way)
        for each in domains
    ]
    chapters = [accuracy_chapter(found, names[wanted.run], out)]
    if others:
        changes = {each.domain.name: _changes(others, names, each, way) for each in found}
        stems = {each.domain.name: each.domain.file_stem for each in found}
        chapters.append(changes_chapter(changes, stems, names[wanted.run], out))
    if (factors := _factors(wanted, model, found[0], out)) is not None:
        chapters.append(factors)
    nothing = balanced(found[0].truth[:0], 0, 0)
    other_split = None if fitting is None else measured(wanted.run, model, fitting, nothing, way)
    chapters.append(calibration_chapter(found, other_split, wanted.seed, out))
    chapters.append(gaze_chapter(model, chosen, out) if chosen else _picked(wanted, model, found[-1], way, out))
    chapters.append(embedding_chapter(found, wanted.seed, out, way.report))
    numbers = {
        "simreal_inspection": 1,
        "run": str(wanted.run),
        "backbone": model.backbone,
        "domains": [
            {"name": each.name, "data": str(each.data.path), "split": each.split, "images": len(each.samples)}
            for each in domains
        ],
        **{chapter.name: chapter.numbers for chapter in chapters},
    }
    write_json(out / NUMBERS, numbers)
    write_bytes(out / PAGE, _page(model, names[wanted.run], found, chapters).encode())
    return numbers


def reported_split(data: DataSet, named: str | None, trained_on: str | None) -> str:
    """The split that is ``named``, else ``test_iid``, else the only one, or the first that was not trained on.

    DataSetError where none of these says which.
    """
    if named is not None:
        return named
    if PREFERRED in data.splits:
        return PREFERRED
    left = data.splits if len(data.splits) == 1 else tuple(name for name in data.splits if name != trained_on)
    if len(left) != 1 and not data.design_hash:
        raise DataSetError(f"{data.path} has the splits {', '.join(data.splits)}; name one as {data.path}:{left[0]}")
    return left[0]


def run_names(runs: Sequence[Path]) -> dict[Path, str]:
    """What figures call runs: the folders' names, with those above them as far as is needed to tell them apart."""
    parts = {run: run.resolve().parts for run in runs}
    depth = 1
    while len({each[-depth:] for each in parts.values()}) < len(set(parts.values())):
        depth += 1
    return {run: "/".join(each[-depth:]) for run, each in parts.items()}


def _domains(wanted: Wanted, model: TrainedModel, report: Report) -> list[Domain]:
    data, split = wanted.source
    trained_on = RunFolder(wanted.run).config().split
    if split == trained_on and data.design_hash == model.design_hash and data.design_hash:
        report(Log(f"{split} is what {wanted.run} was trained on: its figures say nothing of unseen images", "warning"))
    given = [wanted.source, *([wanted.target] if wanted.target is not None else [])]
    names = [_domain_name(data, split) for data, split in given]
    if len(set(names)) < len(names):
        raise DataSetError(f"{data.path}: split {split} is given twice; PHOTOS is for another domain")
    return [
        Domain(name, data, split, samples_for(data, split, model.classes, wanted.aliases, report))
        for name, (data, split) in zip(names, given, strict=True)
    ]


def _domain_name(data: DataSet, split: str) -> str:
    folder = data.path.resolve().name
    return folder if data.splits == ("all",) else f"{folder} {split}"


def _fitting_domain(wanted: Wanted, model: TrainedModel, report: Report) -> Domain | None:
    if wanted.calibration_split is None:
        return None
    data, split = wanted.source
    if wanted.calibration_split == split:
        raise RunError(f"--calibrate-on {split}: it is the split that is reported; name another, or leave it out")
    name = _domain_name(data, wanted.calibration_split)
    samples = samples_for(data, wanted.calibration_split, model.classes, wanted.aliases, report)
    return Domain(name, data, wanted.calibration_split, samples)


def _changes(
    others: Mapping[Path, TrainedModel], names: Mapping[Path, str], first: Measured, way: Pass
) -> list[Changes]:
    none = balanced(first.truth[:0], 0, 0)
    return [
        class_changes(first, measured(path, model, first.domain, none, way), names[path])
        for path, model in others.items()
    ]


def _factors(wanted: Wanted, model: TrainedModel, found: Measured, out: Path) -> Chapter | None:
    """Only rendered images know what was drawn."""
    data, split = wanted.source
    if not data.design_hash:
        return None
    design = load(data.path / DESIGN_FILE)
    design = overridden(design, design.split(split))
    columns = found.domain.columns(factor_columns(design), model.classes, wanted.aliases)
    return factor_chapter(design, found, columns, wanted.seed, out)


def _picked(wanted: Wanted, model: TrainedModel, found: Measured, way: Pass, out: Path) -> Chapter:
    try:
        looked = picked_images(model, found, wanted.picked, way.device)
    except RunError as error:  # nobody asked for it: the other chapters are worth having
        way.report(Log(str(error), "warning"))
        return blind_chapter(error)
    return gaze_chapter(model, looked, out)


def _page(model: TrainedModel, run: str, found: Sequence[Measured], chapters: Sequence[Chapter]) -> str:
    shares = ", ".join(f"{percent(each.accuracy.top1)} on {each.domain.name}" for each in found)
    lead = f"{model.backbone}, {len(model.classes)} classes: {shares}."
    return page(f"Inside {run}", lead, [chapter.section for chapter in chapters])
