"""How many images a second networks look at, folded (``training.inference``) and as they are trained, in turn.

    .venv/bin/python benchmarks/looking.py
    .venv/bin/python benchmarks/looking.py --backbone resnet18 --image-size 96 --threads 2

Batches of 16 random images on the CPU, channels last for both; of each the best of the rounds. Prints a table.
"""

from __future__ import annotations

import argparse
import sys
import time

import torch

from simreal.training.backbones import Classifier, build_classifier
from simreal.training.config import RunConfig
from simreal.training.inference import BATCH, for_inference

DEFAULT = (("efficientnet_lite0", 224), ("mobilenetv3_small_100", 224), ("resnet50", 224), ("resnet10t", 64))


def arguments() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--backbone", help="a timm model (default: four of them)")
    parser.add_argument("--image-size", type=int, default=224, metavar="PX", help="of --backbone (default: 224)")
    parser.add_argument("--threads", type=int, default=1, help="CPU threads (default: 1)")
    parser.add_argument("--rounds", type=int, default=12, help="batches of each (default: 12)")
    return parser.parse_args()


def seconds(model: Classifier, images: torch.Tensor) -> float:
    """Of one batch."""
    start = time.perf_counter()
    model.pooled(images)
    return time.perf_counter() - start


def main() -> int:
    args = arguments()
    torch.set_num_threads(args.threads)
    print("| backbone | px | as trained, images/s | folded, images/s | times |\n|---|---:|---:|---:|---:|")
    for name, px in ((args.backbone, args.image_size),) if args.backbone else DEFAULT:
        model = build_classifier(RunConfig(data="", backbone=name, weights="none", crop_px=px), 10).eval()
        folded = for_inference(model, px, torch.device("cpu"))
        model.to(memory_format=torch.channels_last)
        images = torch.rand(BATCH, 3, px, px)
        with torch.inference_mode():
            rounds = [(seconds(model, images), seconds(folded, images)) for _ in range(args.rounds)]
        own, other = (min(times) for times in zip(*rounds, strict=True))
        print(f"| {name} | {px} | {BATCH / own:.1f} | {BATCH / other:.1f} | {own / other:.2f} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
