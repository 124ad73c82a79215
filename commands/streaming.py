"""``simreal train DESIGN --stream``: its options, and what renders for it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ..datasets.layout import DESIGN_FILE
from ..design.document import load
from ..design.errors import DataSetError
from ..rendering.launch import available_cores
from ..training.config import RunConfig
from ..training.options import option, option_help
from .render import DEVICES
from .stream_supply import StreamSupply

_PASSED_ON = {
    "render_workers": "--workers",
    "render_threads": "--threads",
    "render_device": "--device",
    "blender": "--blender",
    "engine": "--engine",
    "address": "--address",
}


def configure_stream(parser: argparse.ArgumentParser) -> None:
    """Add the options of a stream."""
    group = parser.add_argument_group(
        "stream",
        "DATA is a design. Its other splits are rendered first; then, beside training, its images, none of which is\n"
        "seen twice. An epoch is as many new images as the design has in the split.",
    )
    group.add_argument("--stream", action="store_true", default=False, help="render while training")
    group.add_argument(option("ahead"), type=int, metavar="SHARDS", help=option_help("ahead", RunConfig))
    group.add_argument(option("keep"), action="store_true", help=option_help("keep", RunConfig))
    group.add_argument("--render-workers", type=int, metavar="N", help="as --workers of `simreal render`")
    group.add_argument("--render-threads", type=int, metavar="N", help="as its --threads")
    group.add_argument("--render-device", choices=DEVICES, help="as its --device")
    group.add_argument("--blender", type=Path, metavar="PATH", help="as its --blender")
    group.add_argument("--engine", choices=("local", "ray"), help="as its --engine: ray renders on a Ray cluster")
    group.add_argument("--address", help="as its --address: the Ray cluster's")


def stream_supply(args: argparse.Namespace, out: Path) -> StreamSupply:
    """What renders the design that ``args`` name into ``out``."""
    if not args.data.exists():
        raise DataSetError(f"{args.data}: there is no such design")
    file = args.data / DESIGN_FILE if args.data.is_dir() else args.data
    options = [
        text
        for name, switch in _PASSED_ON.items()
        if getattr(args, name, None) is not None
        for text in (switch, str(getattr(args, name)))
    ]
    return StreamSupply(file.resolve(), load(file), out, options, args.report)


def stream_defaults(args: argparse.Namespace) -> dict[str, Any]:
    """What a stream's config is where the user leaves it open."""
    workers = getattr(args, "render_workers", None) or available_cores()
    return {"stream": True, "ahead": max(8, 4 * workers)}


def stream_lines(stream: dict[str, Any]) -> list[str]:
    """How the stream went, for people."""
    implied, rendered = stream["implied_share"], stream["render_images_per_s"]
    waited = f"waited for renders {100 * stream['waited_share']:.1f} % of the time"
    if implied is not None:
        waited += (
            f" (the rates imply {100 * implied:.1f} %: rendering {rendered:.1f} images/s, "
            f"training {stream['train_images_per_s']:.1f})"
        )
    return [
        f"{stream['images_reused']} images seen twice, {stream['images_failed']} failed; the next index is "
        f"{stream['next_index']}",
        f"{waited}; the first images came after {stream['first_images_s']:.1f} s",
    ]
