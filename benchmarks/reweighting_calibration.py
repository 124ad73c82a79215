"""Does weighting existing images predict what data sets come to that are really rendered?

    .venv/bin/python benchmarks/reweighting_calibration.py --models kit/models --environments kit/hdri \\
        --photos kit/photos --out calibration
    ... --quick

Two pools are rendered as `simreal tune` renders its first round: every weight kept from 0 and 1. Then random designs
are drawn around them: one to three weights changed, and up to three ranges and options. Of each can be told, in
accuracy on the photos,
  - what is predicted: a head fitted to a pool's images, weighted as if the design had drawn them; what it would be
    worth with --images of equal weight instead follows from what chance weights of the same pool cost, as in a tuning;
  - what is measured: the mean of --seeds heads, each fitted to --images of the design itself, rendered anew.
Weights that leave less than a third of the pool as effective images (exp(-sum w ln w) of weights of sum 1) are not
tried: the tuner would not use them either. Most random designs are worth much the same; so --designs of --candidates
are measured, as evenly as may be between the worst and the best that the first pool predicts. What is best or worst in
one pool is so by luck in part; so the prediction that is held against the measurement is the second pool's, which took
no part in the choice. No setting is chosen by these photos. Writes table.md, results.json and calibration.png into
--out; after a stop the same command goes on.

In full two pools of 4,000 images and 16 designs of 2 x 600 images of 96 px: half an hour on two idle cores.
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
from simreal.studies.weighting.search_space import (
    Point,
    Space,
    WeightDimension,
    design_at,
    explored,
    is_possible,
    search_space,
)
from simreal.studies.weighting.tuner import MARGINS
from simreal.studies.weighting.weighted_heads import fit_weighted, probabilities
from simreal.training.linear_head import fit_head

BACKBONE = "efficientnet_lite0"
MOST_WEIGHTS = 3  # that are changed in one design,
MOST_OTHERS = 3  # and ranges and options
LEAST = 1 / 3  # of the pool's images
KINDS: Mapping[str, str] = {"accuracy": "right", "mean probability of the true class": "sure"}  # of `Answers`


@attrs.frozen(eq=False)
class Drawn:
    """A random design."""

    point: Point
    design: Design


@attrs.frozen(eq=False)
class Answers:
    """What a head makes of the photos: ``right`` (M,) and the probability of the true class ``sure`` (M,)."""

    right: Floats
    sure: Floats


@attrs.frozen(eq=False)
class Told:
    """Of P designs: ``values`` (P,) in percent, and their standard ``errors`` (P,) by which images there are."""

    values: Floats
    errors: Floats

    def text(self, row: int) -> str:
        """Of one of them, for people: ``88.1 ± 1.2``."""
        return f"{self.values[row]:.1f} ± {self.errors[row]:.1f}"


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
    parser.add_argument("--pool", type=int, default=4000, metavar="N", help="images of each pool (default: 4000)")
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
    choosing, predicting = (
        renders.pool(name, frame, seed=seed, count=args.pool) for seed, name in enumerate(("choosing", "predicting"))
    )
    features, truth = photos_of(args.photos, base, extractor, report)
    strength = strength_of(choosing, len(base.classes))
    candidates = random_designs(frame, choosing, args)
    weights = weights_of(choosing, candidates)
    chosen = spread(predictions(choosing, weights, features, truth, strength, args)["accuracy"].values, args.designs)
    drawn = [candidates[number] for number in chosen]
    weights = weights_of(predicting, drawn)
    predicted = predictions(predicting, weights, features, truth, strength, args)
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
    write(args, drawn, [effective_size(one) for one in weights], predicted, measured)
    return 0


def photos_of(folder: Path, base: Design, extractor: FeatureExtractor, report: Report) -> tuple[Floats, Labels]:
    """Features (M, D) and labels (M,) of the labelled photos."""
    photos = [photo for photo in find_photos(folder, base.class_names).photos if photo.true_class is not None]
    features = extractor.of([photo.path for photo in photos], report).astype(np.float64)
    return features, np.array([base.class_names.index(photo.true_class or "") for photo in photos], np.int64)


def random_designs(frame: Design, pool: Pool, args: argparse.Namespace) -> list[Drawn]:
    """Designs of which the pool has enough; each that is not there yet."""
    space = search_space(frame)
    random = np.random.default_rng([args.seed, 0xCA1])
    found: list[Drawn] = []
    while len(found) < args.candidates:
        point = random_point(space, random)
        if not is_possible(frame, space, point) or any(point == one.point for one in found):
            continue
        design = design_at(frame, space, point)
        try:
            weights = importance_weights(pool, design)
        except RunError:  # no image of the pool shows it
            continue
        if LEAST <= effective_size(weights) / len(pool) < 0.9:
            found.append(Drawn(point, design))
    return found


def random_point(space: Space, random: np.random.Generator) -> Point:
    """A few weights and a few other dimensions at any of their levels."""
    weights = [name for name, dimension in space.items() if isinstance(dimension, WeightDimension)]
    others = [name for name in space if name not in weights]
    names = [
        *random.choice(weights, int(random.integers(1, MOST_WEIGHTS + 1)), replace=False),
        *random.choice(others, int(random.integers(MOST_OTHERS + 1)), replace=False),
    ]
    levels = {str(name): space[str(name)].levels() for name in names}
    return {name: some[int(random.integers(len(some)))] for name, some in levels.items()}


def weights_of(pool: Pool, drawn: Sequence[Drawn]) -> Floats:
    """How the pool's images count as each design's (P, N)."""
    return np.stack([importance_weights(pool, one.design) for one in drawn])


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
) -> dict[str, Told]:
    """Of each kind, what designs of weights (P, N) would be worth with ``--images`` of equal weight."""
    shares = weights / weights.sum(1, keepdims=True)
    chance = Chance(np.ones(len(pool)), np.random.default_rng([args.seed, 0x1A3]))
    fewer = np.array([scarcity(one) for one in shares]) - 1 / args.images
    of_designs = answers(pool, shares, photos, truth, strength)
    of_chance = answers(pool, chance.shares, photos, truth, strength)
    found = {}
    for kind, field in KINDS.items():
        law = chance.law(percent(of_chance, field))
        errors = law.spread * np.sqrt(np.square(shares).sum(1))
        found[kind] = Told(percent(of_designs, field) + fewer @ law.costs, errors)
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


def fit_of(predicted: Told, measured: Told) -> dict[str, float]:
    """How well the one tells the other."""
    errors = measured.values - predicted.values
    noise = np.square(predicted.errors) + np.square(measured.errors)
    return {
        "pearson": float(np.corrcoef(predicted.values, measured.values)[0, 1]),
        "spearman": spearman(predicted.values, measured.values),
        "slope": float(np.polyfit(predicted.values, measured.values, 1)[0]),
        "mean_error": float(errors.mean()),
        "root_mean_square_error": float(np.sqrt(np.square(errors).mean())),
        "of_which_noise": float(np.sqrt(noise.mean())),
    }


def write(
    args: argparse.Namespace,
    drawn: Sequence[Drawn],
    effective: Sequence[float],
    predicted: Mapping[str, Told],
    measured: Sequence[Sequence[Answers]],
) -> None:
    """The table, the numbers behind it, and the figure."""
    both = {kind: (predicted[kind], told(measured, field)) for kind, field in KINDS.items()}
    fits = {kind: fit_of(*sides) for kind, sides in both.items()}
    first, second = both["accuracy"]
    lines = [
        f"{len(drawn)} of {args.candidates} designs, each {args.seeds} x {args.images} images; two pools of "
        f"{args.pool}; all of {args.resolution} px; {len(measured[0][0].right)} photos.",
        "",
        "| | correlation | rank correlation | slope | mean error | root mean square error | of noise alone |",
        "|---|---:|---:|---:|---:|---:|---:|",
        *(
            f"| {kind} | {fit['pearson']:.2f} | {fit['spearman']:.2f} | {fit['slope']:.2f} "
            f"| {fit['mean_error']:+.1f} | {fit['root_mean_square_error']:.1f} | {fit['of_which_noise']:.1f} |"
            for kind, fit in fits.items()
        ),
        "",
        "Errors are measured less predicted, in points. Of noise alone: what they would be if only chance told apart "
        "what the images of the pool and those of the data sets come to.",
        "",
        "| changed | effective images | predicted, % | measured, % |",
        "|---|---:|---:|---:|",
        *(
            f"| {', '.join(f'{name} {level}' for name, level in one.point.items())} | {images:.0f} "
            f"| {first.text(row)} | {second.text(row)} |"
            for row, (one, images) in enumerate(zip(drawn, effective, strict=True))
        ),
    ]
    text = "\n".join(lines) + "\n"
    (args.out / "table.md").write_text(text, encoding="utf-8")
    document = {
        "designs": [{**one.point} for one in drawn],
        "images": list(effective),
        "values": {kind: [side.values.tolist() for side in sides] for kind, sides in both.items()},
        "errors": {kind: [side.errors.tolist() for side in sides] for kind, sides in both.items()},
        "fits": fits,
    }
    (args.out / "results.json").write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    (args.out / "calibration.png").write_bytes(figure(both, fits))
    print(text)


def told(measured: Sequence[Sequence[Answers]], field: str) -> Told:
    """The means over the seeds, and their standard error, which is the same for all designs."""
    each = np.stack([percent(seeds, field) for seeds in measured])
    error = float(np.sqrt(each.var(1, ddof=1).mean() / each.shape[1]))
    return Told(each.mean(1), np.full(len(each), error))


def figure(both: Mapping[str, tuple[Told, Told]], fits: Mapping[str, Mapping[str, float]]) -> bytes:
    """Measured over predicted, a point a design with its standard errors; as PNG."""
    drawing = new_figure(4.2 * len(both), 4.4)
    for axes, (kind, (predicted, measured)) in zip(
        np.atleast_1d(drawing.subplots(1, len(both))), both.items(), strict=True
    ):
        fit = fits[kind]
        dress(
            axes,
            f"{kind}\nr = {fit['pearson']:.2f}, off by {fit['root_mean_square_error']:.1f} points; "
            f"{fit['of_which_noise']:.1f} by noise alone",
            x="predicted by weighting, %",
            y="measured on re-rendered images, %",
        )
        sides = np.concatenate([predicted.values, measured.values])
        ends = [sides.min() - 1, sides.max() + 1]
        axes.plot(ends, ends, color=FRAME, linewidth=1)
        axes.errorbar(
            predicted.values,
            measured.values,
            xerr=predicted.errors,
            yerr=measured.errors,
            color=BLUE,
            linestyle="",
            marker="o",
            markersize=5,
            elinewidth=0.8,
        )
        axes.set_aspect("equal")
    return png(drawing)


if __name__ == "__main__":
    sys.exit(main())
