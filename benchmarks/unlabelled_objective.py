"""Do objectives that see no label put designs into the order of their true accuracy on photos?

    .venv/bin/python benchmarks/unlabelled_objective.py --models kit/models --environments kit/hdri \\
        --photos kit/photos --out unlabelled
    ... --quick

Random designs around that which `simreal design new` makes of the models: other weights, ranges, options. Of each a
data set is rendered (what data sets have in common is shared), a head on frozen efficientnet_lite0 is fitted as
`simreal train` does, and its accuracy on the photos is set against each objective's value on the same photos without
their labels. Told is Spearman's rank correlation over the designs, with a 95 % interval by a bootstrap over photos and
designs; 0.6 is worth having. Writes table.md, results.json and scatter.png into --out; after a stop the same command
goes on.

In full 32 designs x 300 images of 96 px: 9,600 images to render, less what is shared, and as many to look at: about 20
minutes on two cores that are idle. --quick: 8 designs x 60 images of 64 px.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import attrs
import numpy as np

from simreal.commands.reporting import TerminalReport
from simreal.datasets.messages import Log, Progress, Report
from simreal.design.design import Design, ImageSettings
from simreal.design.errors import SimrealError
from simreal.design.starting import Sources, start_design
from simreal.scoring.photos import find_photos
from simreal.studies.inspection.axes import BLUE, INK, dress, new_figure, png
from simreal.studies.weighting.distances import principal
from simreal.studies.weighting.objectives import OBJECTIVES, UNKNOWN, Floats, Grounds, Labels
from simreal.studies.weighting.photo_features import FeatureExtractor
from simreal.studies.weighting.pool import Pool
from simreal.studies.weighting.rank_correlation import Correlation, correlation
from simreal.studies.weighting.renders import Renderer, Renders
from simreal.studies.weighting.search_space import (
    Point,
    RangeDimension,
    Space,
    WeightDimension,
    design_at,
    is_possible,
    search_space,
)
from simreal.studies.weighting.weighted_heads import fit_weighted, probabilities
from simreal.training.linear_head import fit_head

BACKBONE = "efficientnet_lite0"
COMPONENTS = 256
RESAMPLES = 400
MOST_CHANGED = 6  # ranges and options of a random design
USEFUL = 0.6


def main() -> int:
    args = arguments()
    try:
        return measure(args, TerminalReport())
    except SimrealError as error:
        print(f"unlabelled_objective: {error}", file=sys.stderr)
        return 2


def arguments() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", type=Path, required=True, help="folder of models, a folder per class")
    parser.add_argument("--environments", type=Path, help="environment maps")
    parser.add_argument("--photos", type=Path, required=True, help="photos in class folders")
    parser.add_argument("--out", type=Path, required=True, help="folder of all of it")
    parser.add_argument("--designs", type=int, default=32, metavar="N", help="random designs (default: 32)")
    parser.add_argument("--images", type=int, default=300, metavar="N", help="of each design (default: 300)")
    parser.add_argument("--resolution", type=int, default=96, metavar="PX", help="width of all images (default: 96)")
    parser.add_argument("--workers", type=int, metavar="N", help="render processes")
    parser.add_argument("--seed", type=int, default=0, help="of the designs (default: 0)")
    parser.add_argument("--quick", action="store_true", help="8 designs x 60 images of 64 px: to see that it runs")
    args = parser.parse_args()
    if args.quick:
        args.designs, args.images, args.resolution = 8, 60, 64
    return args


def measure(args: argparse.Namespace, report: Report) -> int:
    args.out.mkdir(parents=True, exist_ok=True)
    sources = Sources(models=args.models, environments=args.environments)
    base = start_design(sources, "base", args.out.resolve()).design
    base = attrs.evolve(base, image=ImageSettings(resolution_px=args.resolution, samples=8))
    space = search_space(base)
    points = [random_point(base, space, args.seed * 1000 + number) for number in range(args.designs)]
    extractor = FeatureExtractor(BACKBONE, cache=args.out / "features")
    renders = Renders(args.out / "data", extractor, Renderer(workers=args.workers), report)
    pools: list[Pool] = []
    for number, point in enumerate(points):
        others = [name_of(other) for other in range(number)]
        design = design_at(base, space, point)
        pools.append(renders.pool(name_of(number), design, seed=0, count=args.images, donors=others))
        report(Progress("designs", number + 1, len(points), "designs"))
    photos = find_photos(args.photos, base.class_names).photos
    labelled = [photo for photo in photos if photo.true_class is not None]
    features = extractor.of([photo.path for photo in labelled], report).astype(np.float64)
    truth = np.array([base.class_names.index(photo.true_class or "") for photo in labelled], np.int64)
    shares = resamples(len(labelled))
    accuracies = 100 * true_answers(pools, features, truth) @ shares.T
    values = objective_values(pools, features, shares, report)
    found = {name: correlation(value, accuracies) for name, value in values.items()}
    write(args, points, accuracies, values, found)
    return 0


def name_of(number: int) -> str:
    """The data set of a design."""
    return f"design-{number:02d}"


def random_point(base: Design, space: Space, seed: int) -> Point:
    """Every weight anew, and up to so many ranges and options."""
    random = np.random.default_rng([seed, 0xDE5])
    weights = {
        name: float(random.choice(one.levels())) for name, one in space.items() if isinstance(one, WeightDimension)
    }
    others = [name for name in space if name not in weights and weights[space[name].factor] > 0]
    while True:
        point: dict[str, float | tuple[int, int]] = dict(weights)
        for name in random.permutation(others)[: int(random.integers(MOST_CHANGED + 1))]:
            levels = space[name].levels()
            if isinstance(space[name], RangeDimension):
                levels = tuple(level for level in levels if level[1] - level[0] <= 4)  # type: ignore[index]
            point[str(name)] = levels[int(random.integers(len(levels)))]
        if is_possible(base, space, point):
            return point


def resamples(count: int) -> Floats:
    """The photos all alike, and bootstrap resamples of them: (1 + RESAMPLES, M)."""
    drawn = np.random.default_rng(0xB007).multinomial(count, np.full(count, 1 / count), RESAMPLES)
    return np.concatenate([np.ones((1, count)), drawn]) / count


def true_answers(pools: list[Pool], photos: Floats, truth: Labels) -> Floats:
    """Which photos each design's own head has right: (P, M)."""
    right = []
    for pool in pools:
        models = [row.get("model") for row in pool.rows]
        fit = fit_head([pool.features], pool.labels.tolist(), models, len(np.unique(truth)))
        logits = photos @ fit.weight.numpy().T + fit.bias.numpy()
        right.append(logits.argmax(1) == truth)
    return np.array(right, np.float64)


def objective_values(pools: list[Pool], photos: Floats, shares: Floats, report: Report) -> dict[str, Floats]:
    """Of every objective without labels the values (P, R): all images are one pool, each design's being a part."""
    counts = [len(pool) for pool in pools]
    labels = np.concatenate([pool.labels for pool in pools])
    features = np.concatenate([pool.features for pool in pools]).astype(np.float64)
    renders, targets = principal(features, photos, COMPONENTS)
    weights = np.repeat(np.eye(len(pools)), counts, axis=1)
    models = [row.get("model") for row in pools[0].rows]
    first = renders[: counts[0]].astype(np.float32)
    classes = int(labels.max()) + 1
    strength = fit_head([first], pools[0].labels.tolist(), models, classes).strength

    def predict(rows: Floats) -> Floats:
        return probabilities(fit_weighted(renders, labels, rows, classes, strength=strength), targets)

    grounds = Grounds(renders, targets, np.full(len(targets), UNKNOWN), predict)
    found = {}
    for name, objective in OBJECTIVES.items():
        if not objective.needs_labels:
            report(Log(f"objective {name}"))
            found[name] = objective.prepare(grounds)(weights, shares)
    return found


def write(
    args: argparse.Namespace,
    points: list[Point],
    accuracies: Floats,
    values: dict[str, Floats],
    found: dict[str, Correlation],
) -> None:
    """The table, the numbers behind it, and the figure."""
    low, high = accuracies[:, 0].min(), accuracies[:, 0].max()
    lines = [
        f"{len(points)} designs x {args.images} images of {args.resolution} px, accuracy {low:.1f} .. {high:.1f} %.",
        "",
        "| objective | rank correlation with accuracy | 95 % | useful |",
        "|---|---|---|---|",
        *(
            f"| {name} | {one.rho:.2f} | {one.low:.2f} .. {one.high:.2f} | {'yes' if one.rho >= USEFUL else 'no'} |"
            for name, one in found.items()
        ),
    ]
    text = "\n".join(lines) + "\n"
    (args.out / "table.md").write_text(text, encoding="utf-8")
    document = {
        "designs": [dict(point) for point in points],
        "accuracy": accuracies[:, 0].tolist(),
        "values": {name: value[:, 0].tolist() for name, value in values.items()},
        "correlations": {name: attrs.asdict(one) for name, one in found.items()},
    }
    (args.out / "results.json").write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    (args.out / "scatter.png").write_bytes(scatter(accuracies[:, 0], values, found))
    print(text)


def scatter(accuracies: Floats, values: dict[str, Floats], found: dict[str, Correlation]) -> bytes:
    """Accuracy over each objective, a point a design; as PNG."""
    figure = new_figure(3.2 * len(values), 3.4)
    for axes, (name, value) in zip(
        np.atleast_1d(figure.subplots(1, len(values), sharey=True)), values.items(), strict=True
    ):
        dress(axes, f"{name}: {found[name].text}", x="value, higher is better", y="accuracy on photos, %")
        axes.scatter(value[:, 0], accuracies, s=22, color=BLUE, edgecolor=INK, linewidth=0.3)
    return png(figure)


if __name__ == "__main__":
    sys.exit(main())
