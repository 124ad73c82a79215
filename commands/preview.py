"""``simreal preview DESIGN``: a contact sheet of a design as it stands."""

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
from ..datasets.preview_orders import PreviewImage, PreviewOrder, suitable_columns
from ..datasets.writing import write_whole, writing_to
from ..design.checking import check
from ..design.design import Design
from ..design.document import load, to_document
from ..design.errors import DesignError, SimrealError, ToolError
from ..design.sampling import Sampler

HELP = "render a few images of a design and show them on one labelled sheet"
_PATIENCE_S = 0.5


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("design", type=Path, help="the design's file")
    parser.add_argument("--out", type=Path, help="PNG file to write (default: <design>-preview.png)")
    parser.add_argument("--images", type=int, default=24, metavar="N", help="how many")
    parser.add_argument("--index", type=int, default=0, metavar="K", help="number of the first one")
    parser.add_argument("--split", help="of which split (default: the first)")
    parser.add_argument("--seed", type=int, metavar="N", help="instead of the design's")
    parser.add_argument("--columns", type=int, metavar="N", help="images in a row (default: what suits their number)")
    parser.add_argument("--resolution", type=int, metavar="PX", help="size of each image, instead of the design's")
    parser.add_argument("--samples", type=int, metavar="N", help="paths a pixel, instead of the design's")
    parser.add_argument("--denoiser", choices=("none", "oidn"), help="instead of the design's")
    parser.add_argument("--blender", type=Path, metavar="PATH", help="Blender's executable, to render with that one")


def run(args: argparse.Namespace) -> int:
    if args.images < 1:
        raise DesignError("--images", f"must be at least 1, is {args.images}")
    if args.columns is not None and args.columns < 1:
        raise DesignError("--columns", f"must be at least 1, is {args.columns}")
    design = _changed(load(args.design), args)
    sampler = Sampler(design, args.split or design.splits[0].name)
    split = sampler.split.name
    indices = range(args.index, args.index + args.images)
    order = PreviewOrder(
        f"{design.name}: {split}",
        ((to_document(design), str(design.folder)),),
        tuple(PreviewImage(0, split, index, caption=f"{sampler.class_name(index)}  {index}") for index in indices),
        args.columns or suitable_columns(args.images),
    )
    sheet = Sheet(
        [image.caption for image in order.images], order.columns, sampler.design.image.resolution_px, order.title
    )
    problems = 0
    for number, cell in rendered(order, args.blender, args.report):
        sheet.put(number, cell)
        problems += cell.image is None
    if problems == len(indices):
        raise SimrealError("nothing could be rendered")
    out = args.out or Path(f"{args.design.name.split('.')[0]}-preview.png")
    file = io.BytesIO()
    sheet.picture.save(file, "PNG")
    with writing_to(out.parent):
        write_whole(out, file.getvalue())
    args.report(Result("text", {"text": f"{out}: {args.images} images of {split}"}))
    args.report(Result("preview", {"sheet": str(out)}))
    return 1 if problems else 0


def rendered(order: PreviewOrder, blender: Path | None, report: Report) -> Iterator[tuple[int, Cell]]:
    """The cells of an order by number, as a preview process of its own renders them. Raises SimrealError."""
    from ..rendering.launch import available_cores, rendering_command
    from ..rendering.preview_client import PreviewClient

    with tempfile.TemporaryDirectory(prefix="simreal-preview-") as folder:
        verb = ("previewer", folder, "--threads", str(available_cores()), "--device", "auto")
        client = PreviewClient(rendering_command(verb, blender))
        try:
            client.order(order)
            done = 0
            while True:
                for message in client.messages(_PATIENCE_S):
                    match message:
                        case Result(kind="preview_image", data=data):
                            done += 1
                            yield data["number"], _cell(data, report)
                            report(Progress("preview", done, len(order.images)))
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
    given = {"resolution_px": args.resolution, "samples": args.samples, "denoiser": args.denoiser}
    image = attrs.evolve(design.image, **{name: value for name, value in given.items() if value is not None})
    design = attrs.evolve(design, image=image, seed=design.seed if args.seed is None else args.seed)
    check(design)
    return design
