"""What does a head lose when its images are weighted, and which count of effective images tells it?

    .venv/bin/python benchmarks/effective_images.py DATA kit/photos --out effective

The images of a rendered data set (its split train) are thinned out by chance, and weighted unevenly by chance in three
ways: by log-normal weights, one half less than the other, a few much more than the rest. None of it has to do with
what images show, so that all that is lost is lost to how many there are. Told is the b of a loss b / n
(points times images) for each kind of weighting, by Kish's n = 1 / sum w² and by the perplexity n = exp(-sum w ln w) of
weights of sum 1, with a standard error over the draws: the better count is the one by which they are alike. A tuner
fits both together. Writes table.md and results.json into --out. About a minute once the features are there.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from simreal.commands.reporting import TerminalReport
from simreal.design.errors import SimrealError
from simreal.scoring.photos import find_photos
from simreal.studies.weighting.judgement import TuningPhotos, components_of, judge_of
from simreal.studies.weighting.noise import Floats, judged
from simreal.studies.weighting.photo_features import FeatureExtractor
from simreal.studies.weighting.pool import read_pool
from simreal.studies.weighting.reweighting import effective_size

BACKBONE = "efficientnet_lite0"
SPLIT = "train"
Weighting = Callable[[np.random.Generator, int, float], Floats]

KINDS: Mapping[str, tuple[Weighting, tuple[float, ...]]] = {
    "thinned out": (lambda random, n, share: (random.random(n) < share).astype(np.float64), (0.8, 0.6, 0.45, 0.33)),
    "log-normal": (lambda random, n, spread: np.exp(spread * random.normal(size=n)), (0.5, 0.8, 1.0, 1.3)),
    "half much less": (lambda random, n, level: np.where(random.random(n) < 0.5, 1.0, level), (0.3, 0.15, 0.1, 0.05)),
    "a few much more": (lambda random, n, share: np.where(random.random(n) < share, 8.0, 1.0), (0.2, 0.1, 0.06, 0.03)),
}  # fmt: skip
COUNTS: Mapping[str, Callable[[Floats], float]] = {
    "Kish": lambda weights: float(weights.sum() ** 2 / np.square(weights).sum()),
    "perplexity": effective_size,
}


def main() -> int:
    args = arguments()
    try:
        return measure(args)
    except SimrealError as error:
        print(f"effective_images: {error}", file=sys.stderr)
        return 2


def arguments() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, metavar="DATA", help="a rendered data set with a split train")
    parser.add_argument("photos", type=Path, help="photos in class folders")
    parser.add_argument("--out", type=Path, required=True, help="folder of the table and the features")
    parser.add_argument("--draws", type=int, default=12, metavar="N", help="of each weighting (default: 12)")
    parser.add_argument("--seed", type=int, default=0, help="of the draws (default: 0)")
    return parser.parse_args()


def measure(args: argparse.Namespace) -> int:
    report = TerminalReport()
    args.out.mkdir(parents=True, exist_ok=True)
    extractor = FeatureExtractor(BACKBONE, cache=args.out / "features")
    pool = read_pool(args.data, SPLIT, extractor, report)
    names = pool.sources[0].design.class_names
    found = [photo for photo in find_photos(args.photos, names).photos if photo.true_class is not None]
    truth = np.array([names.index(photo.true_class or "") for photo in found], np.int64)
    features = extractor.of([photo.path for photo in found], report).astype(np.float64)
    photos = TuningPhotos(features, truth)
    judge = judge_of("accuracy", pool, photos, components_of(pool, photos), len(names), args.seed)
    even = np.ones(len(pool))
    whole = judged(judge, even[None])[0].values[0]
    slopes: dict[str, dict[str, list[float]]] = {}
    for number, (kind, (weighting, levels)) in enumerate(KINDS.items()):
        random = np.random.default_rng([args.seed, number])
        draws = np.array([[weighting(random, len(pool), level) for level in levels] for _ in range(args.draws)])
        losses = np.array([[whole - verdict.values[0] for verdict in judged(judge, draw)] for draw in draws])
        slopes[kind] = {name: slope(losses, draws, count, len(pool)) for name, count in COUNTS.items()}
    text = table(slopes, len(pool), len(found), args.draws)
    (args.out / "table.md").write_text(text, encoding="utf-8")
    (args.out / "results.json").write_text(json.dumps(slopes, indent=2) + "\n", encoding="utf-8")
    print(text)
    return 0


def slope(losses: Floats, draws: Floats, count: Callable[[Floats], float], images: int) -> list[float]:
    """b of losses (draws, levels) of weights (draws, levels, N), in points times images, and its standard error."""
    distances = np.array([[1 / count(weights) - 1 / images for weights in draw] for draw in draws])
    each = 100 * losses.sum(1) / distances.sum(1)
    return [float(100 * losses.sum() / distances.sum()), float(each.std(ddof=1) / np.sqrt(len(each)))]


def table(slopes: Mapping[str, Mapping[str, list[float]]], images: int, photos: int, draws: int) -> str:
    """A row for each kind of weighting."""
    lines = [
        f"{images} images, {photos} photos, {draws} draws of each of 4 levels. b in points times images.",
        "",
        f"| weighting | {' | '.join(f'b by {name}' for name in COUNTS)} |",
        f"|---|{'---:|' * len(COUNTS)}",
    ]
    for kind, by_count in slopes.items():
        cells = [f"{mean:.0f} +- {error:.0f}" for mean, error in (by_count[name] for name in COUNTS)]
        lines.append(f"| {kind} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
