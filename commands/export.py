"""``simreal export RUN``: a trained run as an ONNX file."""

from __future__ import annotations

import argparse
from pathlib import Path

from ..datasets.messages import Result
from .train import require_torch

HELP = "export a trained run to ONNX, checked against torch, for simreal score"

DETAILS = """
The file holds the network, its normalisation and softmax; opset 18, IR version 10 (onnxruntime 1.20 and later), any
number of images a batch. Input `image`: float32 (N, 3, S, S), RGB in 0..1. Outputs: `logits`, `probabilities`
(N, classes) and, where the network ends in global average pooling and a linear head, `activation` (N, classes, h, w),
its class activation maps. Class names, the resizing rule and the design's hash are in its metadata. It is written only
if onnxruntime's outputs agree with torch's to 1e-4, on random images and on those of --check.

  simreal export run                                      writes run/model.onnx
  simreal export run --out model.onnx --check photos
"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.description = f"{HELP[0].upper()}{HELP[1:]}."
    parser.epilog = DETAILS
    parser.add_argument("run_folder", type=Path, metavar="RUN", help="a finished run of simreal train")
    parser.add_argument("--out", type=Path, metavar="FILE", help="the ONNX file (default: RUN/model.onnx)")
    parser.add_argument("--check", type=Path, metavar="DATA", help="also compare on up to 64 images of this data set")


def run(args: argparse.Namespace) -> int:
    require_torch()
    from ..training.export import OPSET, TOLERANCE, check_images, export

    out = args.out or args.run_folder / "model.onnx"
    images = None if args.check is None else check_images(args.run_folder, args.check)
    exported = export(args.run_folder, out, images)
    args.report(
        Result(
            "export",
            {
                "model": str(out),
                "opset": OPSET,
                "classes": list(exported.classes),
                "backbone": exported.backbone,
                "largest_difference": exported.largest_difference,
                "images_compared": exported.images_compared,
                "activation": exported.has_activation,
            },
        )
    )
    text = (
        f"{out}: {exported.backbone}, {len(exported.classes)} classes, {exported.crop_px} px, opset {OPSET}, "
        f"{exported.megabytes:.1f} MB; largest difference from torch on {exported.images_compared} images "
        f"{exported.largest_difference:.1e} (allowed {TOLERANCE:g}); "
        f"{'with' if exported.has_activation else 'no'} class activation maps"
    )
    args.report(Result("text", {"text": text}))
    return 0
