"""A whole tuning in a folder: photos parted, rounds, the honest comparison, the suggestion and its report.

``tune.json`` (what is tuned, and how), ``photos.json`` (which photo is for what), ``time.json`` (seconds by what they
went to), ``features/``, ``data/`` (the data sets), ``rounds/N/`` (trials, and what they found), and at the end
``suggestion.json``, ``tuned.simreal.json``, ``report.html``, ``report.md``, ``comparison.png`` and
``renders.png`` (before and after).
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from ...datasets.lock import holding
from ...datasets.messages import Log, Report
from ...datasets.suggestion_records import SUGGESTION_FILE, write_suggestion
from ...datasets.writing import write_bytes, writing_to
from ...design.design import FILE_SUFFIX, Design
from ...design.document import save
from ...design.errors import RunError
from ...design.identity import design_hash
from ..inspection.chapters import kept_picture
from .budget import Budget
from .change_sheet import change_sheet
from .comparison import (
    ONES,
    TUNED_NAME,
    USER,
    ZEROS,
    Contender,
    Share,
    compare,
    comparison_warnings,
    difference,
)
from .judgement import tuning_photos
from .photo_features import FeatureExtractor
from .photo_parts import PhotoParts, keep_parts, part_photos
from .pool import Pool
from .renders import Renderer, Renders
from .search import Effort
from .search_space import all_weights, explored, search_space
from .suggestion import Facts, Outcome, suggestion, tuned_design
from .time_spent import FEATURES as LOOKING
from .time_spent import HEADS, TimeSpent
from .tuner import MARGINS, Task, Tuned, plain_points, tune
from .tuning_report import SHEET, write_report

RUN, LOCK, DATA, ROUNDS, FEATURES, SPENT = "tune.json", "lock", "data", "rounds", "features", "time.json"
TUNED = f"tuned{FILE_SUFFIX}"
VERSION_KEY = "simreal_tune"
TIMED = 40  # images by which a budget in hours becomes one in images
LEAST_PER_CLASS = 20  # images of each data set that is compared
LEAST_EFFECTIVE = 20  # images a class: with fewer, weights are chosen by few images that count much
COMPARED_SHARE = 0.1  # of the budget, for each data set that is compared


@attrs.frozen
class Order:
    """What to tune, by which photos, and how. ``compared`` is the number of images of each data set compared."""

    design: Design
    photos: Path
    out: Path
    budget: Budget
    objective: str = "accuracy"
    shots: int | None = None
    seeds: int = 5
    compared: int | None = None
    seed: int = 0
    aliases: Mapping[str, str] = attrs.field(factory=dict)
    favoured: tuple[str, ...] = ()
    backbone: str = "efficientnet_lite0"
    image_px: int | None = None
    weights: Path | None = None
    device: str = "auto"
    renderer: Renderer = attrs.field(factory=Renderer)
    effort: Effort = attrs.field(factory=Effort)


def run_tuning(order: Order, report: Report) -> Outcome:
    """Tune, compare and write it all down; what is there already is not done again.

    RunError where the folder holds another tuning, or another process is at it.
    """
    out = order.out
    with writing_to(out):
        out.mkdir(parents=True, exist_ok=True)
    with holding(out / LOCK, RunError(f"{out}: another process is tuning here; wait for it, or choose another --out")):
        parts = part_photos(
            order.photos, order.design.class_names, aliases=order.aliases, seed=order.seed, shots=order.shots,
            report=report,
        )  # fmt: skip
        settings = _settings(order)
        keep_parts(parts, out)
        return _Tuning(order, parts, settings, report).run()


def round_name(number: int) -> str:
    """The data set of a round."""
    return f"round-{number}"


def compared_images(order: Order, images: int) -> int:
    """How many images each data set of the comparison has."""
    least = LEAST_PER_CLASS * len(order.design.classes)
    return order.compared or max(least, int(COMPARED_SHARE * images))


def contenders_of(user: Design, tuned: Design) -> dict[str, Design]:
    """The designs to compare, by name: each that draws otherwise than those before it."""
    named = {TUNED_NAME: tuned, ONES: all_weights(user, 1.0), ZEROS: all_weights(user, 0.0), USER: user}
    kept: dict[str, Design] = {}
    for name, design in named.items():
        if all(design.factors != other.factors for other in kept.values()):
            kept[name] = design
    return kept


def _settings(order: Order) -> dict[str, Any]:
    """What this tuning is, as ``tune.json`` keeps it (the photos are in ``photos.json``). RunError where it keeps
    another."""
    wanted = {
        "design_sha256": design_hash(order.design),
        "budget": order.budget.text,
        "objective": order.objective,
        "shots": order.shots,
        "seed": order.seed,
        "backbone": order.backbone,
        "weights": None if order.weights is None else str(order.weights.resolve()),
        "image_px": order.image_px,
        "favoured": list(order.favoured),
        "trials": order.effort.joint,
    }
    file = order.out / RUN
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
        different = [name for name, value in wanted.items() if kept[name] != value]
        if different:
            name = different[0]
            raise RunError(
                f"{order.out} holds a tuning with another {name.removesuffix('_sha256').replace('_', ' ')} "
                f"({kept[name]}, not {wanted[name]}); choose another --out"
            )
        return dict(kept)
    except FileNotFoundError:
        if any(path.name != LOCK for path in order.out.iterdir()):
            raise RunError(f"{order.out} holds other files; choose another folder with --out") from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RunError(f"{file}: cannot be read ({error}); choose another --out") from None
    settings = {**wanted, "date": datetime.now(UTC).isoformat(timespec="seconds"), "images": order.budget.images}
    _write(file, {VERSION_KEY: 1, **settings})
    return settings


class _Tuning:
    """One tuning, once its folder is ours."""

    def __init__(self, order: Order, parts: PhotoParts, settings: Mapping[str, Any], report: Report) -> None:
        self._order, self._parts, self._settings, self._report = order, parts, settings, report
        self._classes = order.design.class_names
        self._is_new = not (order.out / SUGGESTION_FILE).is_file()
        self._spent = TimeSpent(order.out / SPENT if self._is_new else None)
        with self._spent.on(LOOKING):
            self._extractor = FeatureExtractor(
                order.backbone, image_px=order.image_px, weights=order.weights, device=order.device,
                cache=order.out / FEATURES,
            )  # fmt: skip
        self._renders = Renders(order.out / DATA, self._extractor, order.renderer, report, self._spent)

    def run(self) -> Outcome:
        images = self._settings["images"] or self._timed_budget()
        tuned = self._tuned(images)
        outcome = self._written(tuned, self._compared(tuned, images))
        if self._is_new:
            self._report(Log(f"time: {self._spent.text}"))
        return outcome

    def _timed_budget(self) -> int:
        """The images that the time allows, by what some take that nobody has rendered yet; kept, so that a run that
        goes on has as many."""
        order = self._order
        assert order.budget.seconds is not None
        number = len(list((order.out / DATA).glob("timing-*")))
        start = time.monotonic()
        self._renders.pool(f"timing-{number}", explored(order.design, MARGINS[0]), seed=2000 + number, count=TIMED)
        images = int(order.budget.seconds / ((time.monotonic() - start) / TIMED))
        self._report(Log(f"the time allows about {images} images"))
        _write(order.out / RUN, {VERSION_KEY: 1, **self._settings, "images": images})
        return images

    def _tuned(self, images: int) -> Tuned:
        """Tune by the photos of tuning. Those of reporting are not even looked up here."""
        order = self._order
        with self._spent.on(LOOKING):
            photos = tuning_photos(self._parts, self._classes, self._extractor, self._report)
        given = plain_points(search_space(order.design))
        task = Task(order.design, order.objective, images, order.seed, given, order.favoured, order.effort)

        def supply(design: Design, number: int, count: int) -> Pool:
            return self._renders.pool(round_name(number), design, seed=number, count=count)

        return tune(task, photos, supply, order.out / ROUNDS, self._report, self._spent)

    def _compared(self, tuned: Tuned, images: int) -> tuple[Contender, ...]:
        """The comparison on the photos of reporting, where they have labels and anything was changed."""
        order = self._order
        if not (self._parts.labelled and order.seeds and tuned.point):
            return ()
        count = compared_images(order, images)
        designs = contenders_of(order.design, tuned.design)
        self._report(Log(f"comparing {', '.join(designs)}: {order.seeds} seeds of {count} images each"))
        places = {name: number for number, name in enumerate(designs)}
        first: dict[str, Pool] = {}

        def rendering(name: str, design: Design, seed: int) -> Pool:
            others = [f"compare-{seed}-{place}" for other, place in places.items() if other != name]
            own = f"compare-{seed}-{places[name]}"  # a seed that no round has: images that were tuned on are not shown
            pool = self._renders.pool(own, design, seed=1000 + seed, count=count, donors=others)
            if seed == 0:
                first[name] = pool
            return pool

        photos = self._reporting_photos()
        with self._spent.on(HEADS):
            contenders = compare(designs, order.seeds, rendering, photos, self._report)
        self._draw(first)
        return contenders

    def _draw(self, pools: Mapping[str, Pool]) -> None:
        """A sheet of what the tuned design changes, by the renders of designs in the comparison."""
        names = (USER if USER in pools else ONES, TUNED_NAME)
        sheet = change_sheet(pools[names[0]], pools[names[1]], names)
        if sheet is not None:
            kept_picture(self._order.out / SHEET, sheet, "")

    def _reporting_photos(self) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
        """Features (M, D) and labels (M,) of the photos of reporting."""
        labels = {name: label for label, name in enumerate(self._classes)}
        with self._spent.on(LOOKING):
            features = self._extractor.of([photo.path for photo in self._parts.reporting], self._report)
        truth = [labels[photo.true_class or ""] for photo in self._parts.reporting]
        return features.astype(np.float64), np.array(truth, np.int64)

    def _written(self, tuned: Tuned, contenders: tuple[Contender, ...]) -> Outcome:
        order, out = self._order, self._order.out
        facts = Facts(self._settings["date"], order.objective, order.seeds, self._parts)
        best = next((one for one in contenders if one.name == TUNED_NAME), None)
        gains = {one.name: difference(best, one) for one in contenders if best is not None and one is not best}
        warnings = _warnings(tuned, gains, facts)
        for warning in warnings:
            self._report(Log(warning, "warning"))
        record = suggestion(order.design, tuned, gains, facts, warnings)
        write_suggestion(record, out)
        save(tuned_design(tuned, gains, facts), out / TUNED)
        outcome = Outcome(record, tuned, contenders, gains, facts)
        write_report(outcome, out)
        return outcome


def _warnings(tuned: Tuned, gains: Mapping[str, Share], facts: Facts) -> tuple[str, ...]:
    if not tuned.point:
        return ("nothing stands out of the noise: no change is suggested; more images or photos may show one",)
    if not gains:
        why = "no seed was asked for" if facts.photos.labelled else "the photos have no labels"
        return (f"what the changes are worth was not measured: {why}",)
    warnings = comparison_warnings(gains, len(facts.photos.reporting))
    effective, classes = tuned.rounds[-1].found.effective, len(tuned.design.classes)
    if effective < LEAST_EFFECTIVE * classes:
        warnings.append(
            f"the search rests on {effective:.0f} effective images for {classes} classes; a larger budget is surer"
        )
    if facts.seeds == 1:
        warnings.append("one seed: the intervals say nothing of other seeds")
    return tuple(warnings)


def _write(path: Path, document: Mapping[str, Any]) -> None:
    write_bytes(path, (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode())
