"""Advice on a design: worst classes and mistakes on photos, and what in the design may cause them.

What is found is likeness in the space of frozen features, with intervals: that photos look like renders of a kind, or
like none. That this is why a photo is mistaken is not measured here: a change of the design, rendered and trained on,
measures it.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

import attrs
import numpy as np

from ...datasets.accuracy_bars import accuracy_bars
from ...datasets.advice_records import ADVICE_FILE, Advice, AdviceRecord, read_advice, write_advice
from ...datasets.confusion import confusion_picture
from ...datasets.messages import Progress, Report
from ...datasets.reading import DataSet
from ...datasets.run_records import dated_as_before, now
from ...design.design import Design, Split
from ...design.document import overridden
from ...design.errors import DesignError, RunError
from ...design.identity import design_hash
from ...scoring.photos import Photo
from ...training.devices import find_device
from ...training.trained import TrainedModel
from ..inspection.chapters import kept_picture
from .advice_findings import Found, find_advice
from .advice_predictions import head_probabilities, run_probabilities
from .advice_report import write_report
from .advice_sheet import PHOTOS, advice_sheet
from .compared import Compared, Photos
from .findings import Finding
from .photo_features import FeatureExtractor
from .photo_parts import PhotoParts
from .pool import read_pool

BARS, CONFUSION = "accuracy.png", "confusion.png"
HEAD = "linear head on frozen features"


@attrs.frozen
class Wanted:
    """What advice is asked for: on ``design``, by the tuning photos of ``parts`` and the renders of a ``split``.

    Photos are predicted by ``model``, or, without one, by a head fitted to the renders. Causes are looked for in the
    ``worst`` classes.
    """

    design: Design
    parts: PhotoParts
    data: DataSet
    split: str
    backbone: str
    model: TrainedModel | None = None
    classifier: str = HEAD
    weights: Path | None = None
    image_px: int | None = None
    device: str = "auto"
    seed: int = 0
    worst: int = 5


def advise(wanted: Wanted, out: Path, report: Report) -> AdviceRecord:
    """Find advice; write ``advice.json``, sheets, charts and the report into ``out``.

    RunError where photos have no classes, or classes differ. Features are kept in ``out``: asked again, it is quick.
    """
    photos = labelled(wanted.parts)
    _check_classes(wanted)
    extractor = FeatureExtractor(
        wanted.backbone,
        image_px=wanted.image_px,
        weights=wanted.weights,
        device=wanted.device,
        cache=out / "features",
    )
    pool = read_pool(wanted.data.path, wanted.split, extractor, report)
    features = extractor.of([photo.path for photo in photos], report)
    names = wanted.design.class_names
    truth = np.array([names.index(str(photo.true_class)) for photo in photos], np.int64)
    if wanted.model is None:
        probabilities = head_probabilities(pool, features, len(names), wanted.seed, report)
    else:
        device = find_device(wanted.device)
        probabilities = run_probabilities(wanted.model, [photo.path for photo in photos], device, report)
    source = pool.sources[0]
    drawn = overridden(source.design, source.design.split(source.split))
    told = Photos([photo.name for photo in photos], [photo.path for photo in photos], truth, features, probabilities)
    compared = Compared(drawn, pool, told, wanted.seed)
    found = find_advice(compared, wanted.worst, report)
    findings = [_applicable(wanted.design, finding) for finding in found.findings]
    advice = _with_sheets(compared, findings, out, report)
    warnings = (*_drawn_otherwise(wanted, source.design), *found.warnings)
    record = dated_as_before(
        _record(wanted, compared, attrs.evolve(found, warnings=warnings), advice), out / ADVICE_FILE, read_advice
    )
    title = f"Tuning photos, by {wanted.classifier}"
    kept_picture(out / BARS, accuracy_bars(found.accuracy, title), "")
    kept_picture(out / CONFUSION, confusion_picture(found.accuracy, title), "")
    write_report(record, out, (BARS, CONFUSION))
    write_advice(record, out)
    return record


def labelled(parts: PhotoParts) -> list[Photo]:
    """The tuning photos that have a class. RunError where none has: a mistake is known by the true class only."""
    photos = [photo for photo in parts.tuning if photo.true_class is not None]
    if not photos:
        raise RunError("advice needs photos whose class is known: put them into folders named after the classes")
    return photos


def _check_classes(wanted: Wanted) -> None:
    names = wanted.design.class_names
    if wanted.data.classes != names:
        raise RunError(
            f"{wanted.data.path}: its classes ({', '.join(wanted.data.classes)}) are not the design's "
            f"({', '.join(names)}); render the design anew"
        )
    if wanted.model is not None and wanted.model.classes != names:
        raise RunError(
            f"the run knows other classes ({', '.join(wanted.model.classes)}) than the design; train it anew"
        )


def _with_sheets(compared: Compared, findings: Sequence[Finding], out: Path, report: Report) -> list[Advice]:
    advice = []
    for number, finding in enumerate(findings, 1):
        name = f"advice-{number}.png"
        kept_picture(out / name, advice_sheet(compared, finding), "")
        advice.append(
            Advice(
                kind=finding.kind,
                class_name="" if finding.label is None else compared.classes[finding.label],
                finding=finding.text,
                confidence=finding.confidence,
                hint=finding.hint,
                overrides=finding.overrides,
                measured=finding.measured,
                photos=tuple(compared.photos.names[photo] for photo in finding.photos[:PHOTOS]),
                sheet=name,
            )
        )
        report(Progress("sheets", number, len(findings), "sheets"))
    for stale in set(out.glob("advice-*.png")) - {out / one.sheet for one in advice}:
        stale.unlink()
    return advice


def _applicable(design: Design, finding: Finding) -> Finding:
    """The finding, without its change where the design has changed so much since that it does not suit it any more."""
    try:
        overridden(design, Split("advice", 0, overrides=finding.overrides))
    except DesignError:
        return attrs.evolve(finding, overrides={})
    return finding


def _drawn_otherwise(wanted: Wanted, drawn: Design) -> list[str]:
    """A warning where the images are of another design."""
    if (drawn.factors, drawn.classes) == (wanted.design.factors, wanted.design.classes):
        return []
    return [
        f"The images in {wanted.data.name} were drawn otherwise than the design says now. Findings are about what was "
        "drawn; render anew to be sure."
    ]


def _record(wanted: Wanted, compared: Compared, found: Found, advice: Sequence[Advice]) -> AdviceRecord:
    return AdviceRecord(
        design_name=wanted.design.name,
        design_sha256=design_hash(wanted.design),
        photos_sha256=wanted.parts.photos_sha256,
        photos=len(compared.photos),
        images=len(compared.pool.rows),
        date=now(),
        simreal=metadata.version("simreal"),
        backbone=wanted.backbone,
        classifier=wanted.classifier,
        correct=found.accuracy.correct,
        classes=found.standings,
        advice=tuple(advice),
        warnings=found.warnings,
    )
