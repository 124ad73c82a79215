"""``simreal preview DESIGN``: a contact sheet of a design, what a factor does, or two designs on the same draws."""

from __future__ import annotations

import argparse
import io
import tempfile
from collections.abc import Iterator
from pathlib import Path

import attrs
from PIL import Image

from ..datasets.contact_sheet import Cell, Sheet
from ..datasets.messages import Error, Log, Progress, Report, Result
from ..datasets.preview_orders import PreviewImage, PreviewOrder, contents_of, suitable_columns
from ..datasets.preview_strips import Seen, compare_order, strip_order
from ..datasets.sheet_plan import planned
from ..datasets.writing import write_whole, writing_to
from ..design.checking import check
from ..design.comparing import paired
from ..design.design import Design
from ..design.document import load, overridden, to_document
from ..design.errors import DesignError, SimrealError, ToolError
from ..design.factors import FACTORS
from ..design.sampling import Sampler
from ..design.sweeps import STEPS
from .image_options import add_image_options, with_image_options

HELP = "render a few images of a design and show them on one labelled sheet"
_PATIENCE_S = 0.5


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("design", type=Path, help="the design's file")
    parser.add_argument("--out", type=Path, help="PNG file to write (default: <design>-preview.png)")
    parser.add_argument("--images", type=int, default=24, metavar="N", help="how many")
    parser.add_argument("--index", type=int, default=0, metavar="K", help="number of the first one")
    parser.add_argument("--split", help="of which split (default: the first)")
    parser.add_argument("--seed", type=int, metavar="N", help="instead of the design's")
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument(
        "--strip",
        choices=("all", *FACTORS),
        metavar="FACTOR",
        help="sweep the parameters of a factor over one image (--index), a row each; 'all': a row a factor",
    )
    kind.add_argument(
        "--compare",
        type=Path,
        metavar="OTHER",
        help="put the images of another design under each row, with the classes, seed and draws of this one",
    )
    parser.add_argument("--columns", type=int, metavar="N", help="images in a row (default: what suits their number)")
    add_image_options(parser, "size of each image, instead of the design's")
    parser.add_argument("--blender", type=Path, metavar="PATH", help="Blender's executable, to render with that one")


def run(args: argparse.Namespace) -> int:
    if args.images < 1:
        raise DesignError("--images", f"must be at least 1, is {args.images}")
    if args.columns is not None and args.columns < 1:
        raise DesignError("--columns", f"must be at least 1, is {args.columns}")
    design = _changed(load(args.design), args)
    seen = Seen(args.split or design.splits[0].name, args.index, args.images)
    order = _order(design, seen, args)
    sheet = Sheet(planned(contents_of(order), overridden(design, design.split(seen.split)).image.resolution_px))
    total = sum(isinstance(image, PreviewImage) for image in order.images)
    problems = 0
    for number, cell in rendered(order, args.blender, args.report):
        sheet.put(number, cell)
        problems += cell.image is None
    if problems == total:
        raise SimrealError("nothing could be rendered")
    out = args.out or Path(f"{args.design.name.split('.')[0]}-preview.png")
    file = io.BytesIO()
    sheet.picture.save(file, "PNG")
    with writing_to(out.parent):
        write_whole(out, file.getvalue())
    args.report(Result("text", {"text": f"{out}: {total} images of {seen.split}"}))
    args.report(Result("preview", {"sheet": str(out)}))
    return 1 if problems else 0


def _order(design: Design, seen: Seen, args: argparse.Namespace) -> PreviewOrder:
    if args.strip:
        return strip_order(design, seen, "" if args.strip == "all" else args.strip, args.columns or STEPS)
    if args.compare:
        other = load(args.compare)
        return compare_order(design, paired(design, other), (design.name, _another(other.name, design.name)), seen)
    sampler = Sampler(design, seen.split)
    indices = range(seen.index, seen.index + seen.count)
    return PreviewOrder(
        f"{design.name}: {seen.split}",
        ((to_document(design), str(design.folder)),),
        tuple(PreviewImage(0, seen.split, index, caption=f"{sampler.class_name(index)}  {index}") for index in indices),
        args.columns or suitable_columns(seen.count),
    )


def _another(name: str, first: str) -> str:
    return f"{name} (the other)" if name == first else name


def rendered(order: PreviewOrder, blender: Path | None, report: Report) -> Iterator[tuple[int, Cell]]:
    """The cells of an order by number, as a preview process of its own renders them. Raises SimrealError."""
    from ..rendering.launch import available_cores, rendering_command
    from ..rendering.preview_client import PreviewClient

    with tempfile.TemporaryDirectory(prefix="simreal-preview-") as folder:
        verb = ("previewer", folder, "--threads", str(available_cores()), "--device", "auto")
        client = PreviewClient(rendering_command(verb, blender))
        total = sum(isinstance(image, PreviewImage) for image in order.images)
        try:
            client.order(order)
            done = 0
            while True:
                for message in client.messages(_PATIENCE_S):
                    match message:
                        case Result(kind="preview_image", data=data):
                            done += 1
                            yield data["number"], _cell(data, report)
                            report(Progress("preview", done, total))
                        case Result(kind="preview_end"):
                            return
                        case Log():
                            report(message)
                        case Error(text=text):
                            raise SimrealError(text)
                if client.ended:
                    raise ToolError(f"the preview process has ended: {client.last_words()}")
        finally:
            client.close()


def _cell(image: dict[str, object], report: Report) -> Cell:
    if image["path"] is None:
        report(Log(f"image {image['number']} failed: {image['problem']}", "warning"))
        return Cell(None, problem=str(image["problem"]))
    with Image.open(str(image["path"])) as file:
        return Cell(file.convert("RGB"))


def _changed(design: Design, args: argparse.Namespace) -> Design:
    design = with_image_options(design, args)
    design = attrs.evolve(design, seed=design.seed if args.seed is None else args.seed)
    check(design)
    return design
