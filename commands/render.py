"""``simreal render DESIGN``: render a data set, or what is missing of it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from ..datasets.messages import Result
from ..datasets.progress_text import duration
from ..datasets.storage import LAYOUTS, METADATA_FORMATS, Storage
from ..design.checking import check
from ..design.counts import drawn_classes, resized
from ..design.design import Design
from ..design.errors import DesignError
from .image_options import add_image_options, with_image_options
from .render_elsewhere import add_elsewhere_options, emit, places
from .tables import table

if TYPE_CHECKING:
    from ..rendering.data_set import RenderSummary, SplitSummary
    from ..rendering.part import Part

HELP = "render a design into a data set, or go on with one that was interrupted"
DEVICES = ("auto", "cpu", "optix", "cuda", "hip", "metal", "oneapi")


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("design", help="the design's file, or the folder or URL of a data set to go on with")
    parser.add_argument("--out", help="folder of the data set (default: <design>-data), or its URL (s3://bucket/cups)")
    parser.add_argument("--split", nargs="+", action="extend", metavar="NAME", help="render these splits only")
    wanted = parser.add_mutually_exclusive_group()
    wanted.add_argument(
        "--count",
        type=int,
        metavar="N",
        help="images of the first split; the others follow in the design's proportion, at least 1 a class",
    )
    wanted.add_argument("--per-class", type=int, metavar="N", help="the same, in images a class")
    add_image_options(parser, "width of the square images, instead of the design's")
    parser.add_argument(
        "--views-per-scene", type=int, metavar="N", help="images in a row that show one scene, instead of the design's"
    )
    parser.add_argument(
        "--layout",
        choices=LAYOUTS,
        help="of a new data set: class folders (the default), or tars of a thousand images for webdataset",
    )
    parser.add_argument(
        "--metadata", choices=METADATA_FORMATS, help="of a new data set: JSON lines (the default), or Parquet"
    )
    parser.add_argument("--seed", type=int, metavar="N", help="seed of the design, instead of its own")
    parser.add_argument(
        "--workers",
        type=int,
        metavar="N",
        help="render processes (default: one a GPU; on the CPU what is measured to be best while it renders)",
    )
    parser.add_argument("--threads", type=int, metavar="N", help="CPU threads of each (default: cores / workers)")
    parser.add_argument("--device", choices=DEVICES, default="auto", help="auto: the best kind of GPU, else the CPU")
    parser.add_argument(
        "--gpus",
        type=_gpu_numbers,
        default=(),
        metavar="0,1",
        help="numbers of the GPUs to use, as `simreal doctor` lists them (default: all of the device's kind)",
    )
    parser.add_argument(
        "--image-timeout",
        type=float,
        metavar="S",
        help="seconds after which an image counts as hung, and its worker is replaced (default: 20 times the usual, "
        "at least 60)",
    )
    parser.add_argument("--blender", type=Path, metavar="PATH", help="Blender's executable, to render with that one")
    parser.add_argument(
        "--set-aside",
        action="store_true",
        help="if the folder holds images of another design, rename it (data-1) and begin anew",
    )
    parser.add_argument("--retry-failed", action="store_true", help="render again the images that failed before")
    parser.add_argument(
        "--follow",
        action="store_true",
        help="render the one --split ahead of a training, as far as it asks for (`simreal train --stream` does this)",
    )
    add_elsewhere_options(parser)


def run(args: argparse.Namespace) -> int:
    from ..rendering.data_set import RenderRequest, render_data_set

    if args.follow and len(args.split or ()) != 1:
        raise DesignError("", "--follow needs --split with the one split that is trained on")
    design, out, url = places(args.design, args.out, args.patience, args)
    design = _changed(design, args)
    if url and (args.follow or args.set_aside):
        raise DesignError("", "--follow and --set-aside need a folder, not a URL")
    request = RenderRequest(
        design=design,
        out=out,
        splits=tuple(args.split or ()),
        workers=_positive("--workers", args.workers),
        threads=_positive("--threads", args.threads),
        device=args.device,
        gpus=_gpus(args.gpus, args.device),
        image_timeout_s=_timeout(args.image_timeout),
        blender=args.blender,
        retry_failed=args.retry_failed,
        set_aside=args.set_aside,
        storage=_storage(args),
        follow=args.follow,
        engine=args.engine,
        address=args.address,
        url=url,
        patience_s=args.patience,
        part=args.part,
    )
    if args.emit:
        return emit(args, request)
    summary = render_data_set(request, args.report)
    place = url or str(out)
    args.report(Result("text", {"text": _text(summary, place, args.part)}))
    args.report(Result("render", {"data": place, **_document(summary)}))
    return 1 if summary.set_aside else 0


def _changed(design: Design, args: argparse.Namespace) -> Design:
    """The design with what the command line says otherwise."""
    design = with_image_options(design, args)
    if args.seed is not None:
        design = attrs.evolve(design, seed=args.seed)
    if args.views_per_scene is not None:
        design = attrs.evolve(design, views_per_scene=args.views_per_scene)
    check(design)
    count = args.per_class * drawn_classes(design) if args.per_class is not None else args.count
    if count is None:
        return design
    return resized(design, args.split or [split.name for split in design.splits], count)


def _storage(args: argparse.Namespace) -> Storage | None:
    """How the data set is to lie on disk, where the command line says so."""
    if args.layout is None and args.metadata is None:
        return None
    return Storage(args.layout or "folders", args.metadata or "jsonl")


def _gpu_numbers(text: str) -> tuple[int, ...]:
    try:
        numbers = tuple(dict.fromkeys(int(number) for number in text.split(",")))
    except ValueError:
        numbers = (-1,)
    if min(numbers) < 0:
        raise argparse.ArgumentTypeError(f"must be numbers of GPUs, as 0,1; is '{text}'")
    return numbers


def _gpus(numbers: tuple[int, ...], device: str) -> tuple[int, ...]:
    if numbers and device == "cpu":
        raise DesignError("", "--gpus names GPUs, but --device is cpu; leave one of the two out")
    return numbers


def _timeout(seconds: float | None) -> float | None:
    if seconds is not None and not seconds > 0:
        raise DesignError("", f"--image-timeout must be above 0, is {seconds:g}")
    return seconds


def _positive(option: str, value: int | None) -> int | None:
    if value is not None and value < 1:
        raise DesignError("", f"{option} must be at least 1, is {value}")
    return value


def _text(summary: RenderSummary, place: str, part: Part | None) -> str:
    """What people read at the end: a row per split, and how to go on."""
    rows: list[tuple[str, ...]] = [("split", "images", "new", "failed", "time", "images/s")]
    rows += [_row(split) for split in summary.splits]
    lines = table(rows)
    for failed in summary.set_aside:
        lines.append(f"not rendered: {failed.shard}: {failed.reason}")
    if summary.set_aside:
        lines.append(f"Render what is missing: simreal render {_shown(place)}")
    elif part:
        lines.append(f"Part {part} is done. When all parts are: simreal render {_shown(place)}")
    else:
        lines.append(f"Train on it: simreal train {_shown(place)}")
    return "\n".join(lines)


def _row(split: SplitSummary) -> tuple[str, ...]:
    name = f"{split.name} (unfinished)" if split.missing else split.name
    numbers = (str(split.images), str(split.rendered), str(split.failed))
    if not split.rendered:
        return (name, *numbers, "", "")
    return (name, *numbers, duration(split.seconds), f"{split.rendered / max(split.seconds, 1e-9):.2f}")


def _document(summary: RenderSummary) -> dict[str, object]:
    return {
        "renderer": summary.renderer,
        "seconds": summary.seconds,
        "splits": {split.name: attrs.asdict(split) for split in summary.splits},
        "set_aside": [{**attrs.asdict(one.shard), "reason": one.reason} for one in summary.set_aside],
    }


def _shown(place: str) -> str:
    return f'"{place}"' if " " in place else place
