"""What training costs beside the network: the loop against a bare one, the loader against timm's.

    .venv/bin/python benchmarks/training_throughput.py
    .venv/bin/python benchmarks/training_throughput.py --images photos --workers 2 --out throughput.json

The loop and a bare PyTorch loop (forward, loss, backward, step) train twins of one network on the same tensors, turn by
turn in one process: on the CPU a small one, and where there is a CUDA GPU ResNet-50 at 224 px with mixed precision, the
bare loop as timm's training script has it. It too has its tensors channels last; once more on the CPU it has torch's
own layout, which says what ours is worth. The loader and timm's read the same folder turn by turn, both with what the
strong augmentation does: crops, mirrors, colours, hues, greys. On the CPU what counts is time of the CPU, which other
work on the machine changes little; on a GPU and with --workers it is time. Prints a table on stderr and a JSON line.
Exit status 1 if one of Simreal's takes more than 1.05 times the other.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypeAlias

import attrs
import numpy as np
import timm
import timm.data
import torch
import torch.nn.functional as F
from PIL import Image
from torch import nn

from simreal.commands.reporting import TerminalReport
from simreal.datasets.reading import open_data_set
from simreal.training.backbones import build_classifier
from simreal.training.config import RunConfig
from simreal.training.devices import Precision
from simreal.training.job import Job
from simreal.training.loading import Batch, batches, read_samples
from simreal.training.loop import Loop
from simreal.training.objective import CrossEntropy
from simreal.training.optimizers import make_optimizer
from simreal.training.run_folder import RunFolder
from simreal.training.trackers import Trackers
from simreal.training.transforms import training_transform

Clock: TypeAlias = Callable[[], float]
LIMIT = 1.05
CLASSES = tuple(f"class {number}" for number in range(10))
TURN = 5  # steps, or batches


@attrs.define
class Race:
    """Seconds that each of two took for each of its turns; the first is left out, as things warm up in it."""

    ours: list[float] = attrs.field(factory=list)
    other: list[float] = attrs.field(factory=list)

    def told(self, images: int) -> dict[str, float]:
        """Images a second of each by the median turn, and the median ratio of the times of turns side by side."""
        ours, other = self.ours[1:], self.other[1:]
        ratios = [a / b for a, b in zip(ours, other, strict=True)]
        return {
            "ours_images_per_s": round(images / statistics.median(ours), 1),
            "other_images_per_s": round(images / statistics.median(other), 1),
            "time_ratio": round(statistics.median(ratios), 4),
            "turns": len(ratios),
        }


class Turns:
    """A source of the same tensors over and over, which has the bare loop take its turn before each of the loop's."""

    def __init__(self, data: list[Batch], turns: int, bare: Callable[[], None], on_gpu: bool) -> None:
        self.race = Race()
        self._data, self._turns, self._bare = data, turns, bare
        self._settle = torch.cuda.synchronize if on_gpu else nothing
        self._clock: Clock = time.perf_counter if on_gpu else time.process_time
        self.epoch_images = TURN * (turns + 1) * len(data[0][0])
        self.checkpoint_steps = sys.maxsize
        self.waited_s, self.note = None, ""

    def expect(self, images: int) -> None: ...

    def checkpointed(self) -> None: ...

    def state(self) -> dict[str, Any]:
        return {}

    def batches(self, *_where: object) -> Iterator[Batch]:
        for _ in range(self._turns + 1):
            self.race.other.append(seconds(self._bare, self._settle, self._clock))
            start = self._clock()
            for number in range(TURN):
                yield self._data[number % len(self._data)]
            self._settle()
            self.race.ours.append(self._clock() - start)


def nothing() -> None: ...


def seconds(turn: Callable[[], None], settle: Callable[[], None] = nothing, clock: Clock = time.process_time) -> float:
    """What a turn takes, with all that it has a GPU do."""
    start = clock()
    turn()
    settle()
    return clock() - start


@attrs.frozen
class Network:
    """What is trained: a backbone, its input, and images a step."""

    backbone: str
    side_px: int
    batch: int


SMALL, LARGE = Network("resnet10t", 64, 16), Network("resnet50", 224, 128)


def race_loops(
    network: Network, device: torch.device, turns: int, folder: Path, layout: torch.memory_format = torch.channels_last
) -> dict[str, float]:
    """The loop against a bare one of that layout, on tensors that are there."""
    backbone, side_px, batch = network.backbone, network.side_px, network.batch
    config = RunConfig(
        data="", backbone=backbone, weights="none", crop_px=side_px, resize_px=side_px, batch_size=batch,
        iterations=TURN * (turns + 1), validation_split=None, optimizer="sgd", lr=0.01, device=str(device),
    )  # fmt: skip
    torch.manual_seed(0)
    data = [(torch.rand(batch, 3, side_px, side_px), torch.randint(len(CLASSES), (batch,))) for _ in range(4)]
    if device.type == "cuda":
        data = [(images.pin_memory(), labels.pin_memory()) for images, labels in data]
    twin = build_classifier(config, len(CLASSES))
    twin = twin.to(device).to(memory_format=layout)
    source = Turns(data, turns, bare_loop(twin, config, data, layout), device.type == "cuda")
    told = SimpleNamespace(classes=CLASSES)
    job = Job(config, told, source, None, RunFolder(folder), device, TerminalReport())
    model = build_classifier(config, len(CLASSES))
    Loop(model, model, CrossEntropy(0.0), job).run(Trackers({}, job.report))
    return source.race.told(TURN * batch)


def bare_loop(
    model: nn.Module, config: RunConfig, data: list[Batch], layout: torch.memory_format
) -> Callable[[], None]:
    """A turn of the plainest loop there is; on a GPU with mixed precision, as timm's script."""
    device = torch.device(config.device)
    model.train()
    optimizer = make_optimizer(model, config)
    precision = Precision(device, True)

    def turn() -> None:
        for number in range(TURN):
            images, labels = data[number % len(data)]
            images = images.to(device, non_blocking=True, memory_format=layout)
            labels = labels.to(device, non_blocking=True)
            with precision.autocast():
                loss = F.cross_entropy(model(images), labels)
            optimizer.zero_grad(set_to_none=True)
            precision.scaler.scale(loss).backward()
            precision.scaler.step(optimizer)
            precision.scaler.update()

    return turn


def race_loaders(images: Path, side_px: int, batch: int, workers: int, turns: int) -> dict[str, float]:
    """The loader against timm's, over the same folder."""
    samples = read_samples(open_data_set(images), "all")
    transform = training_transform("strong", round(side_px * 256 / 224), side_px)
    dataset = timm.data.create_dataset("", root=str(images), is_training=True, batch_size=batch)
    loader = timm.data.create_loader(
        dataset, (3, side_px, side_px), batch, is_training=True, num_workers=workers, use_prefetcher=False,
        color_jitter=(0.4, 0.4, 0.2, 0.1), color_jitter_prob=0.8, grayscale_prob=0.2, interpolation="bilinear",
        pin_memory=False, persistent_workers=False,
    )  # fmt: skip
    race = Race()
    for number in range(turns + 1):
        order = np.random.default_rng(number).permutation(len(samples))[: len(loader) * batch].tolist()

        def ours(order: list[int] = order, number: int = number) -> None:
            for _ in batches(samples, order, batch, transform, epoch=number, workers=workers):
                pass

        def others() -> None:
            for _ in loader:
                pass

        clock: Clock = time.perf_counter if workers else time.process_time
        race.other.append(seconds(others, clock=clock))
        race.ours.append(seconds(ours, clock=clock))
    return race.told(len(loader) * batch)


def write_photos(folder: Path, count: int = 160, side_px: int = 300) -> Path:
    """A folder of JPEGs of coloured clouds, in four classes."""
    for number in range(count):
        random = np.random.default_rng(number)
        coarse = Image.fromarray(random.integers(0, 256, (12, 12, 3)).astype(np.uint8))
        file = folder / f"class{number % 4}" / f"{number:04d}.jpg"
        file.parent.mkdir(parents=True, exist_ok=True)
        coarse.resize((side_px, side_px), Image.Resampling.BICUBIC).save(file, quality=90)
    return folder


def arguments() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=Path, help="class folders for the loaders (default: 160 made for it)")
    parser.add_argument("--turns", type=int, default=10, help="turns of each")
    parser.add_argument("--threads", type=int, default=1, help="CPU threads that train")
    parser.add_argument("--workers", type=int, default=0, help="processes that load, for each loader (0: this one)")
    parser.add_argument("--out", type=Path, help="file for the JSON")
    return parser.parse_args()


def main() -> int:
    args = arguments()
    torch.set_num_threads(args.threads)
    document: dict[str, Any] = {"cores": os.cpu_count(), "torch": torch.__version__, "timm": timm.__version__}
    with tempfile.TemporaryDirectory(prefix="simreal-throughput-") as name:
        folder = Path(name)
        races = {
            "loop, resnet10t 64 px, CPU": race_loops(SMALL, torch.device("cpu"), args.turns, folder / "small"),
            "loop, against torch's own layout": race_loops(
                SMALL, torch.device("cpu"), args.turns, folder / "layout", torch.contiguous_format
            ),
            "loader, strong, against timm's, 224 px": race_loaders(
                args.images or write_photos(folder / "photos"), 224, 32, args.workers, max(args.turns // 4, 3)
            ),
        }
        if torch.cuda.is_available():
            document["gpu"] = torch.cuda.get_device_name()
            races["loop, resnet50 224 px, GPU, AMP"] = race_loops(
                LARGE, torch.device("cuda"), args.turns, folder / "large"
            )
        else:
            print("no CUDA GPU here: ResNet-50 with mixed precision is not measured", file=sys.stderr)
    print(f"{'':40} {'ours':>11} {'other':>11}  time ratio", file=sys.stderr)
    for label, race in races.items():
        rates = f"{race['ours_images_per_s']:9.1f}/s {race['other_images_per_s']:9.1f}/s"
        print(f"{label:40} {rates} {race['time_ratio']:11.3f}", file=sys.stderr)
    document |= {"races": races}
    print(json.dumps(document))
    if args.out:
        args.out.write_text(json.dumps(document, indent=2) + "\n")
    return int(any(race["time_ratio"] > LIMIT for race in races.values()))


if __name__ == "__main__":
    raise SystemExit(main())
