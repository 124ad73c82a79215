"""Options that the verbs about real photos have in common: ``importance``, ``tune`` and ``advise``."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_design_and_photos(parser: argparse.ArgumentParser) -> None:
    """What it is about."""
    parser.add_argument("design", type=Path, metavar="DESIGN", help="the design's file")
    parser.add_argument(
        "--photos", type=Path, required=True, metavar="DIR", help="real photos, in folders named after the classes"
    )


def add_alias(parser: argparse.ArgumentParser) -> None:
    """Further names of classes."""
    parser.add_argument(
        "--alias", action="append", default=[], metavar="FOLDER=CLASS", help="photos in FOLDER show CLASS; repeatable"
    )


def add_network_and_rendering(parser: argparse.ArgumentParser) -> None:
    """The frozen network whose features count, and how images are rendered for it."""
    network = parser.add_argument_group("the frozen network")
    network.add_argument("--backbone", default="efficientnet_lite0", metavar="NAME", help="default: efficientnet_lite0")
    network.add_argument("--weights", type=Path, metavar="FILE", help="its weights, instead of those it comes with")
    network.add_argument("--image-size", type=int, dest="image_px", metavar="PX", help="width of what it is shown")
    network.add_argument("--device", default="auto", help="auto, cpu, cuda, ... (default: auto)")
    network.add_argument("--threads", type=int, default=0, metavar="N", help="CPU threads (default: torch's choice)")
    network.add_argument("--offline", action="store_true", help="use no network: weights have to be on this machine")
    rendering = parser.add_argument_group("rendering")
    rendering.add_argument("--workers", type=int, metavar="N", help="render processes (default: as simreal render)")
    rendering.add_argument(
        "--render-device", default="auto", metavar="KIND", help="auto, cpu, optix, ... (default: auto)"
    )
    rendering.add_argument("--blender", type=Path, metavar="PATH", help="Blender's executable, to render with that one")
