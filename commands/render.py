"""``simreal render DESIGN``: render a data set, or what is missing of it."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from ..datasets.layout import DESIGN_FILE
from ..datasets.messages import Result
from ..datasets.progress_text import duration
from ..design.checking import check
from ..design.counts import drawn_classes, resized
from ..design.design import Design
from ..design.document import load
from ..design.errors import DesignError
from .design_text import design_stem
from .tables import table

if TYPE_CHECKING:
    from ..rendering.data_set import RenderSummary, SplitSummary

HELP = "render a design into a data set, or go on with one that was interrupted"
DEVICES = ("auto", "cpu", "optix", "cuda", "hip", "metal", "oneapi")


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("design", type=Path, help="the design's file, or the folder of a data set to go on with")
    parser.add_argument("--out", type=Path, help="folder of the data set (default: <design>-data)")
    parser.add_argument("--split", nargs="+", action="extend", metavar="NAME", help="render these splits only")
    wanted = parser.add_mutually_exclusive_group()
    wanted.add_argument(
        "--count",
        type=int,
        metavar="N",
        help="images of the first split; the others follow in the design's proportion, at least 1 a class",
    )
    wanted.add_argument("--per-class", type=int, metavar="N", help="the same, in images a class")
    parser.add_argument(
        "--resolution", type=int, metavar="PX", help="width of the square images, instead of the design's"
    )
    parser.add_argument("--samples", type=int, metavar="N", help="paths a pixel, instead of the design's")
    parser.add_argument("--denoiser", choices=("none", "oidn"), help="instead of the design's")
    parser.add_argument("--seed", type=int, metavar="N", help="seed of the design, instead of its own")
    parser.add_argument("--workers", type=int, metavar="N", help="render processes (default: one a core, one on a GPU)")
    parser.add_argument("--threads", type=int, metavar="N", help="CPU threads of each (default: cores / workers)")
    parser.add_argument("--device", choices=DEVICES, default="auto", help="auto: the best GPU there is, else the CPU")
    parser.add_argument("--blender", type=Path, metavar="PATH", help="Blender's executable, to render with that one")
    parser.add_argument(
        "--set-aside",
        action="store_true",
        help="if the folder holds images of another design, rename it (data-1) and begin anew",
    )
    parser.add_argument("--retry-failed", action="store_true", help="render again the images that failed before")


def run(args: argparse.Namespace) -> int:
    from ..rendering.data_set import RenderRequest, render_data_set

    path, out = _places(args.design, args.out)
    design = _changed(load(path), args)
    request = RenderRequest(
        design=design,
        out=out,
        splits=tuple(args.split or ()),
        workers=_positive("--workers", args.workers),
        threads=_positive("--threads", args.threads),
        device=args.device,
        blender=args.blender,
        retry_failed=args.retry_failed,
        set_aside=args.set_aside,
    )
    summary = render_data_set(request, args.report)
    args.report(Result("text", {"text": _text(summary, out)}))
    args.report(Result("render", {"data": str(out), **_document(summary)}))
    return 1 if summary.set_aside else 0


def _places(design: Path, out: Path | None) -> tuple[Path, Path]:
    """The design's file and the data set's folder."""
    if (design / DESIGN_FILE).is_file():
        return design / DESIGN_FILE, out or design
    return design, out or Path(f"{design_stem(design)}-data")


def _changed(design: Design, args: argparse.Namespace) -> Design:
    """The design with what the command line says otherwise."""
    image = {"resolution_px": args.resolution, "samples": args.samples, "denoiser": args.denoiser}
    given = {name: value for name, value in image.items() if value is not None}
    design = attrs.evolve(design, image=attrs.evolve(design.image, **given))
    if args.seed is not None:
        design = attrs.evolve(design, seed=args.seed)
    check(design)
    count = args.per_class * drawn_classes(design) if args.per_class is not None else args.count
    if count is None:
        return design
    return resized(design, args.split or [split.name for split in design.splits], count)


def _positive(option: str, value: int | None) -> int | None:
    if value is not None and value < 1:
        raise DesignError("", f"{option} must be at least 1, is {value}")
    return value


def _text(summary: RenderSummary, out: Path) -> str:
    """What people read at the end: a row per split, and how to go on."""
    rows: list[tuple[str, ...]] = [("split", "images", "new", "failed", "time", "images/s")]
    rows += [_row(split) for split in summary.splits]
    lines = table(rows)
    for failed in summary.set_aside:
        lines.append(f"not rendered: {failed.shard}: {failed.reason}")
    if summary.set_aside:
        lines.append(f"Render what is missing: simreal render {_shown(out)}")
    else:
        lines.append(f"Train on it: simreal train {_shown(out)}")
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


def _shown(path: Path) -> str:
    text = os.fspath(path)
    return f'"{text}"' if " " in text else text
