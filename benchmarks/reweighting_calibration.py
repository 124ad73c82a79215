"""Does weighting existing images predict what data sets come to that are really rendered?

    .venv/bin/python benchmarks/reweighting_calibration.py --models kit/models --environments kit/hdri \\
        --photos kit/photos --out calibration
    ... --quick

One pool is rendered as `simreal tune` renders its first round: every weight kept from 0 and 1. Then random designs are
drawn around it: one to six weights, ranges and options changed. Of each can be told, in accuracy on the photos,
  - what is predicted: a head fitted to the pool's images, weighted as if the design had drawn them; what it would be
    worth with --images of equal weight instead follows from what chance weights of the same pool cost, as in a tuning;
  - what is measured: the mean of --seeds heads, each fitted to --images of the design itself, rendered anew.
Weights that leave less than a third of the pool as effective images (exp(-sum w ln w) of weights of sum 1) are not
tried: the tuner would not use them either. Most random designs are worth much the same; so --designs of --candidates
are measured, as evenly as may be between the worst and the best that is predicted. What is predicted of extremes is
partly luck, which makes the slope smaller. No setting is chosen by these photos. Writes table.md, results.json and
calibration.png into --out; after a stop the same command goes on.

In full a pool of 3,000 images and 16 designs of 2 x 600 images of 96 px: about half an hour on two idle cores.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import attrs
import numpy as np

from simreal.commands.reporting import TerminalReport
from simreal.datasets.messages import Progress, Report
from simreal.design.design import Design, ImageSettings
from simreal.design.errors import RunError, SimrealError
from simreal.design.starting import Sources, start_design
from simreal.scoring.photos import find_photos
from simreal.studies.inspection.axes import BLUE, FRAME, dress, new_figure, png
from simreal.studies.weighting.noise import Chance, scarcity
from simreal.studies.weighting.objectives import Floats, Labels
from simreal.studies.weighting.photo_features import FeatureExtractor
from simreal.studies.weighting.pool import Pool
from simreal.studies.weighting.rank_correlation import spearman
from simreal.studies.weighting.renders import Renderer, Renders
from simreal.studies.weighting.reweighting import effective_size, importance_weights
from simreal.studies.weighting.search_space import Point, Space, design_at, explored, is_possible, search_space
from simreal.studies.weighting.tuner import MARGINS
from simreal.studies.weighting.weighted_heads import fit_weighted, probabilities
from simreal.training.linear_head import fit_head

BACKBONE = "efficientnet_lite0"
MOST_CHANGED = 6
LEAST = 1 / 3  # of the pool's images
KINDS: Mapping[str, str] = {"accuracy": "right", "mean probability of the true class": "sure"}  # of `Answers`


@attrs.frozen(eq=False)
class Drawn:
    """A random design with its weights (N,) on the pool's images."""

    point: Point
    design: Design
    weights: Floats

    @property
    def effective(self) -> float:
        """How many of the pool's images it amounts to."""
        return effective_size(self.weights)


@attrs.frozen(eq=False)
class Answers:
    """What a head makes of the photos: ``right`` (M,) and the probability of the true class ``sure`` (M,)."""

    right: Floats
    sure: Floats


def main() -> int:
    args = arguments()
    try:
        return measure(args, TerminalReport())
    except SimrealError as error:
        print(f"reweighting_calibration: {error}", file=sys.stderr)
        return 2


def arguments() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", type=Path, required=True, help="folder of models, a folder per class")
    parser.add_argument("--environments", type=Path, help="environment maps")
    parser.add_argument("--photos", type=Path, required=True, help="photos in class folders")
    parser.add_argument("--out", type=Path, required=True, help="folder of all of it")
    parser.add_argument("--designs", type=int, default=16, metavar="N", help="random designs (default: 16)")
    parser.add_argument("--candidates", type=int, default=200, metavar="N", help="to choose from (default: 200)")
    parser.add_argument("--pool", type=int, default=3000, metavar="N", help="images to weight (default: 3000)")
    parser.add_argument("--images", type=int, default=600, metavar="N", help="of each data set (default: 600)")
    parser.add_argument("--seeds", type=int, default=2, metavar="N", help="data sets of each design (default: 2)")
    parser.add_argument("--resolution", type=int, default=96, metavar="PX", help="width of all images (default: 96)")
    parser.add_argument("--workers", type=int, metavar="N", help="render processes")
    parser.add_argument("--seed", type=int, default=0, help="of the designs (default: 0)")
    parser.add_argument("--quick", action="store_true", help="4 designs x 2 x 100 images of 64 px: to see that it runs")
    args = parser.parse_args()
    if args.seeds < 2:
        parser.error("--seeds: at least 2, to tell how much of what is measured is noise")
    if args.quick:
        args.designs, args.candidates, args.pool, args.images, args.resolution = 4, 40, 400, 100, 64
    return args


def measure(args: argparse.Namespace, report: Report) -> int:
    args.out.mkdir(parents=True, exist_ok=True)
    started = start_design(Sources(models=args.models, environments=args.environments), "base", args.out.resolve())
    base = attrs.evolve(started.design, image=ImageSettings(resolution_px=args.resolution, samples=4))
    frame = explored(base, MARGINS[0])
    extractor = FeatureExtractor(BACKBONE, cache=args.out / "features")
    renders = Renders(args.out / "data", extractor, Renderer(workers=args.workers), report)
    pool = renders.pool("pool", frame, seed=0, count=args.pool)
    features, truth = photos_of(args.photos, base, extractor, report)
    strength = strength_of(pool, len(base.classes))
    candidates = random_designs(frame, pool, args)
    weights = np.stack([one.weights for one in candidates])
    predicted = predictions(pool, weights, features, truth, strength, args)
    chosen = spread(predicted["accuracy"], args.designs)
    drawn = [candidates[number] for number in chosen]
    measured: list[list[Answers]] = []
    for number, one in enumerate(drawn):
        report(Progress("calibration", number, len(drawn), "designs"))
        name = f"design-{number:02d}"
        sets = [
            renders.pool(f"{name}-{seed}", one.design, seed=100 * (1 + number) + seed, count=args.images)
            for seed in range(args.seeds)
        ]
        measured.append([answers(own, np.ones((1, len(own))), features, truth, strength)[0] for own in sets])
    report(Progress("calibration", len(drawn), len(drawn), "designs"))
    write(args, drawn, {kind: values[chosen] for kind, values in predicted.items()}, measured)
    return 0


def photos_of(folder: Path, base: Design, extractor: FeatureExtractor, report: Report) -> tuple[Floats, Labels]:
    """Features (M, D) and labels (M,) of the labelled photos."""
    photos = [photo for photo in find_photos(folder, base.class_names).photos if photo.true_class is not None]
    features = extractor.of([photo.path for photo in photos], report).astype(np.float64)
    return features, np.array([base.class_names.index(photo.true_class or "") for photo in photos], np.int64)


def random_designs(frame: Design, pool: Pool, args: argparse.Namespace) -> list[Drawn]:
    """Designs with one to six things changed, of which the pool has enough; each that is not there yet."""
    space = search_space(frame)
    random = np.random.default_rng([args.seed, 0xCA1])
    found: list[Drawn] = []
    while len(found) < args.candidates:
        point = random_point(space, random)
        if not is_possible(frame, space, point) or any(point == one.point for one in found):
            continue
        design = design_at(frame, space, point)
        try:
            one = Drawn(point, design, importance_weights(pool, design))
        except RunError:  # no image of the pool shows it
            continue
        if LEAST <= one.effective / len(pool) < 0.9:
            found.append(one)
    return found


def random_point(space: Space, random: np.random.Generator) -> Point:
    """One to six dimensions at any of their levels."""
    names = random.choice(list(space), int(random.integers(1, MOST_CHANGED + 1)), replace=False)
    levels = {str(name): space[str(name)].levels() for name in names}
    return {name: some[int(random.integers(len(some)))] for name, some in levels.items()}


def strength_of(pool: Pool, classes: int) -> float:
    """The regularisation that held-out 3D models ask for."""
    models = [row.get("model") for row in pool.rows]
    return fit_head([pool.features], pool.labels.tolist(), models, classes).strength


def answers(pool: Pool, weights: Floats, photos: Floats, truth: Labels, strength: float) -> list[Answers]:
    """Of heads on the pool's images, one for each row of weights (P, N)."""
    heads = fit_weighted(pool.features, pool.labels, weights, int(pool.labels.max()) + 1, strength=strength)
    shares = probabilities(heads, photos)
    right = (shares.argmax(2) == truth).astype(np.float64)
    sure = shares[:, np.arange(len(truth)), truth]
    return [Answers(*both) for both in zip(right, sure, strict=True)]


def predictions(  # noqa: PLR0917 - all that a head takes
    pool: Pool, weights: Floats, photos: Floats, truth: Labels, strength: float, args: argparse.Namespace
) -> dict[str, Floats]:
    """Of each kind, what designs of weights (P, N) would be worth with ``--images`` of equal weight: percent (P,)."""
    shares = weights / weights.sum(1, keepdims=True)
    chance = Chance(np.ones(len(pool)), np.random.default_rng([args.seed, 0x1A3]))
    fewer = np.array([scarcity(one) for one in shares]) - 1 / args.images
    of_designs = answers(pool, shares, photos, truth, strength)
    of_chance = answers(pool, chance.shares, photos, truth, strength)
    found = {}
    for kind, field in KINDS.items():
        law = chance.law(percent(of_chance, field))
        found[kind] = percent(of_designs, field) + fewer @ law.costs
    return found


def percent(given: Sequence[Answers], field: str) -> Floats:
    """The mean over photos (P,), in percent."""
    return np.array([100 * getattr(one, field).mean() for one in given])


def spread(values: Floats, count: int) -> list[int]:
    """Which of values (P,) lie nearest to ``count`` steps of equal height from the least to the greatest, each once."""
    chosen: list[int] = []
    for wanted in np.linspace(values.min(), values.max(), count):
        distances = np.abs(values - wanted)
        distances[chosen] = np.inf
        chosen.append(int(distances.argmin()))
    return chosen


def fit_of(predicted: Floats, measured: Floats) -> dict[str, float]:
    """How well the one tells the other, both (P,) in percent."""
    return {
        "pearson": float(np.corrcoef(predicted, measured)[0, 1]),
        "spearman": spearman(predicted, measured),
        "mean_error": float(np.mean(measured - predicted)),
        "mean_absolute_error": float(np.mean(np.abs(measured - predicted))),
        "slope": float(np.polyfit(predicted, measured, 1)[0]),
    }


def write(
    args: argparse.Namespace,
    drawn: Sequence[Drawn],
    predicted: Mapping[str, Floats],
    measured: Sequence[Sequence[Answers]],
) -> None:
    """The table, the numbers behind it, and the figure."""
    each = {
        kind: np.array([[100 * getattr(one, field).mean() for one in seeds] for seeds in measured])
        for kind, field in KINDS.items()
    }  # fmt: skip
    values = {kind: (predicted[kind], found.mean(1)) for kind, found in each.items()}
    noise = {kind: float(np.sqrt(found.var(1, ddof=1).mean() / args.seeds)) for kind, found in each.items()}
    fits = {kind: fit_of(*both) for kind, both in values.items()}
    lines = [
        f"{len(drawn)} of {args.candidates} designs, each {args.seeds} x {args.images} images; a pool of {args.pool}; "
        f"all of {args.resolution} px; {len(measured[0][0].right)} photos.",
        "",
        "| | correlation | rank correlation | slope | mean error | mean absolute error | noise of what is measured |",
        "|---|---:|---:|---:|---:|---:|---:|",
        *(
            f"| {kind} | {fit['pearson']:.2f} | {fit['spearman']:.2f} | {fit['slope']:.2f} "
            f"| {fit['mean_error']:+.1f} | {fit['mean_absolute_error']:.1f} | {noise[kind]:.1f} |"
            for kind, fit in fits.items()
        ),
        "",
        "Errors are measured less predicted, in points. The noise is the standard error over the seeds.",
        "",
        "| changed | effective images | predicted, % | measured, % |",
        "|---|---:|---:|---:|",
        *(
            f"| {', '.join(f'{name} {level}' for name, level in one.point.items())} | {one.effective:.0f} "
            f"| {first:.1f} | {second:.1f} |"
            for one, first, second in zip(drawn, *values["accuracy"], strict=True)
        ),
    ]
    text = "\n".join(lines) + "\n"
    (args.out / "table.md").write_text(text, encoding="utf-8")
    document = {
        "designs": [{**one.point} for one in drawn],
        "images": [one.effective for one in drawn],
        "values": {kind: [side.tolist() for side in both] for kind, both in values.items()},
        "noise": noise,
        "fits": fits,
    }
    (args.out / "results.json").write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    (args.out / "calibration.png").write_bytes(figure(values, fits))
    print(text)


def figure(values: dict[str, tuple[Floats, ...]], fits: dict[str, dict[str, float]]) -> bytes:
    """Measured over predicted, a point a design; as PNG."""
    drawing = new_figure(4.2 * len(values), 4.2)
    for axes, (kind, (predicted, measured)) in zip(
        np.atleast_1d(drawing.subplots(1, len(values))), values.items(), strict=True
    ):
        fit = fits[kind]
        dress(
            axes,
            f"{kind}\nr = {fit['pearson']:.2f}, off by {fit['mean_absolute_error']:.1f} points",
            x="predicted by weighting, %",
            y="measured on re-rendered images, %",
        )
        ends = [min(predicted.min(), measured.min()) - 1, max(predicted.max(), measured.max()) + 1]
        axes.plot(ends, ends, color=FRAME, linewidth=1)
        axes.scatter(predicted, measured, s=24, color=BLUE)
        axes.set_aspect("equal")
    return png(drawing)


if __name__ == "__main__":
    sys.exit(main())
