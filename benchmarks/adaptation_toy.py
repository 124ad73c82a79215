"""Every adaptation method on a toy whose answer is known: does it beat training on the source alone?

    .venv/bin/python benchmarks/adaptation_toy.py
    .venv/bin/python benchmarks/adaptation_toy.py --seeds 10 --out toy.json

Source: 400 of scikit-learn's digits (8 x 8). Target: 400 others, turned by 20 degrees. The pixels are the features that
a bottleneck of 64 and the head are trained on, by the loop of simreal adapt with its defaults, but for 30 epochs.
Prints, over the seeds, the mean accuracy on the target and the mean gain over no adaptation with its 95 % interval
(Student's t, paired by seed). Exit status 1 if an interval holds 0.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import attrs
import numpy as np
import numpy.typing as npt
import torch
from sklearn.datasets import load_digits
from torch import nn
from torchvision.transforms import InterpolationMode
from torchvision.transforms.functional import rotate

from simreal.datasets.messages import Message
from simreal.datasets.pictures import ListedPictures, Vocabulary
from simreal.datasets.reading import DataSet
from simreal.studies.intervals import mean_interval
from simreal.training.adaptation.config import METHOD_NAMES, Adaptation, MethodName
from simreal.training.adaptation.defaults import LR, WEIGHT_DECAY
from simreal.training.adaptation.feeds import FeatureFeed, Order
from simreal.training.adaptation.loop import AdaptationLoop
from simreal.training.adaptation.target import Target, Unlabelled
from simreal.training.backbones import Classifier, Normalisation
from simreal.training.config import RunConfig
from simreal.training.job import Job
from simreal.training.loading import Samples
from simreal.training.run_folder import RunFolder
from simreal.training.sources import Epochs

ANGLE_DEG = 20.0
IMAGES = 400
BOTTLENECK = 64
EPOCHS = 30

Values = npt.NDArray[np.float32]
Labels = npt.NDArray[np.int64]


@attrs.frozen(eq=False)
class Domains:
    """Features (N, D) and labels (N,) of the source, features (M, D) of the target, and its truth (M,)."""

    source: Values
    labels: Labels
    target: Values
    truth: Labels


def digits(seed: int) -> Domains:
    """Some of scikit-learn's digits as they are, and others turned."""
    images, labels = load_digits(return_X_y=True)
    order = np.random.default_rng(seed).permutation(len(labels))
    first, second = order[:IMAGES], order[IMAGES : 2 * IMAGES]
    images = torch.from_numpy(images / 16).float().view(-1, 1, 8, 8)
    turned = rotate(images[second], ANGLE_DEG, interpolation=InterpolationMode.BILINEAR)
    flat = [each.flatten(1).numpy() for each in (images[first], turned)]
    return Domains(flat[0], labels[first], flat[1], labels[second])


class Unsaved(AdaptationLoop):
    """The loop of ``simreal adapt``, that leaves no files."""

    def save(self) -> None:
        """Nothing to do: a toy is not resumed."""


def accuracy(domains: Domains, method: MethodName, seed: int) -> float:
    """On the target, after adapting by the method with the defaults of ``simreal adapt``."""
    classes = int(domains.labels.max()) + 1
    adaptation = Adaptation(target="target", method=method, bottleneck=BOTTLENECK)
    config = RunConfig(
        data="source", backbone="features", weights="none", head_only=True, epochs=EPOCHS, lr=LR,
        weight_decay=WEIGHT_DECAY, schedule="inverse", seed=seed, threads=1, adaptation=adaptation,
    )  # fmt: skip
    torch.manual_seed(seed)
    unset = Normalisation((0.0, 0.0, 0.0), (1.0, 1.0, 1.0))
    classifier = Classifier(nn.Identity(), domains.source.shape[1], classes, unset, adaptation.bottleneck)
    source, target = samples(domains.labels), samples(np.zeros_like(domains.truth))
    names = tuple(str(number) for number in range(classes))
    order = Order(len(source), len(target), config.batch_size, EPOCHS, seed)
    views = [torch.from_numpy(values)[None] for values in (domains.source, domains.target)]
    feed = FeatureFeed(order, views[0], torch.from_numpy(domains.labels), views[1], torch.zeros(0))
    data = DataSet(Path(), names, ("all",), "", {})
    images = Epochs(source, config, lambda image, number: torch.zeros(0))
    job = Job(config, data, images, None, RunFolder(Path()), torch.device("cpu"), silent)
    loop = Unsaved(classifier, job, source, Target(Unlabelled(target, domains.truth), None), lambda _: feed)
    loop.run()
    return float(loop.rows[-1].adapt_top1 or 0.0)


def samples(labels: Labels) -> Samples:
    """Images that nothing ever loads, with these labels."""
    names = np.array([str(number).encode() for number in range(len(labels))])
    models = Vocabulary()
    models.add([None] * len(labels))
    return Samples(ListedPictures(Path(), names), labels, models.words())


def silent(message: Message) -> None:
    """Tell nothing."""


@attrs.frozen
class Gain:
    """Over the seeds: mean accuracy, and the mean gain over no adaptation with its 95 % interval, as fractions."""

    accuracy: float
    gain: float
    low: float
    high: float


def gains(seeds: Sequence[int]) -> dict[str, Gain]:
    """What every method gains; ``none``, whose gain is 0, comes first."""
    domains = [digits(seed) for seed in seeds]
    found: dict[str, Gain] = {}
    alone = np.zeros(len(seeds))
    for method in METHOD_NAMES:
        reached = np.array([accuracy(each, method, seed) for each, seed in zip(domains, seeds, strict=True)])
        alone = reached if method == "none" else alone
        gained = reached - alone
        print(f"{method}: {', '.join(f'{100 * each:.1f}' for each in reached)} %", file=sys.stderr, flush=True)
        found[method] = Gain(float(reached.mean()), *mean_interval(gained.tolist()))
    return found


def table(found: Mapping[str, Gain]) -> str:
    """A row a method, as Markdown."""
    lines = ["| method | accuracy | gain over none | 95 % interval |", "|---|---|---|---|"]
    for method, each in found.items():
        interval = f"{100 * each.low:+.1f} .. {100 * each.high:+.1f}"
        lines.append(f"| {method} | {100 * each.accuracy:.1f} % | {100 * each.gain:+.1f} | {interval} |")
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, choices=(3, 5, 10, 20), default=5, help="how many (default: 5)")
    parser.add_argument("--out", type=Path, help="file for the JSON")
    args = parser.parse_args()
    torch.set_num_threads(1)
    found = gains(range(args.seeds))
    print(table(found))
    if args.out:
        told = {name: attrs.asdict(gain) for name, gain in found.items()}
        args.out.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
    return 0 if all(gain.low > 0 for name, gain in found.items() if name != "none") else 1


if __name__ == "__main__":
    sys.exit(main())
