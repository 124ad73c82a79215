"""Options of several verbs that change a design's image settings for once."""

from __future__ import annotations

import argparse

import attrs

from ..design.design import ENGINES, Design
from ..design.qualities import HELP, QUALITIES, with_quality

DENOISERS = ("none", "oidn")


def add_image_options(parser: argparse.ArgumentParser, resolution_help: str) -> None:
    """Add ``--quality`` and the settings it stands for, one by one."""
    parser.add_argument("--resolution", type=int, metavar="PX", help=resolution_help)
    qualities = "; ".join(f"{name}: {text}" for name, text in HELP.items())
    parser.add_argument("--quality", choices=QUALITIES, help=qualities)
    parser.add_argument("--samples", type=int, metavar="N", help="paths a pixel, instead of the design's")
    parser.add_argument("--denoiser", choices=DENOISERS, help="instead of the design's")
    parser.add_argument(
        "--noise-threshold",
        type=float,
        metavar="X",
        help="adaptive sampling: pixels whose noise has fallen below X (0.01 is little) get no more samples; 0: off",
    )
    parser.add_argument(
        "--renderer",
        choices=tuple(ENGINES),
        help="instead of the design's: cycles traces light, eevee approximates it, faster on a GPU",
    )


def with_image_options(design: Design, args: argparse.Namespace) -> Design:
    """The design with what the command line says of its images. It is still to be checked."""
    given = {
        "resolution_px": args.resolution,
        "samples": args.samples,
        "denoiser": args.denoiser,
        "noise_threshold": args.noise_threshold,
        "engine": args.renderer,
    }
    image = design.image if args.quality is None else with_quality(design.image, args.quality)
    image = attrs.evolve(image, **{name: value for name, value in given.items() if value is not None})
    return attrs.evolve(design, image=image)
