"""``simreal preview DESIGN``: a contact sheet of a design as it stands."""

from __future__ import annotations

import argparse
import io
import tempfile
from collections.abc import Iterator
from pathlib import Path

import attrs
from PIL import Image

from ..datasets.contact_sheet import Cell, contact_sheet
from ..datasets.messages import Result
from ..datasets.reading import open_data_set
from ..datasets.writing import write_whole, writing_to
from ..design.checking import check
from ..design.counts import with_counts
from ..design.design import Design
from ..design.document import load
from ..design.errors import DesignError

HELP = "render a few images of a design and show them on one labelled sheet"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("design", type=Path, help="the design's file")
    parser.add_argument("--out", type=Path, help="PNG file to write (default: <design>-preview.png)")
    parser.add_argument("--images", type=int, default=24, metavar="N", help="how many, from the first on")
    parser.add_argument("--split", help="of which split (default: the first)")
    parser.add_argument("--columns", type=int, metavar="N", help="images in a row (default: what suits their number)")
    parser.add_argument("--resolution", type=int, metavar="PX", help="size of each image, instead of the design's")
    parser.add_argument("--samples", type=int, metavar="N", help="paths a pixel, instead of the design's")
    parser.add_argument("--denoiser", choices=("none", "oidn"), help="instead of the design's")
    parser.add_argument("--blender", type=Path, metavar="PATH", help="Blender's executable, to render with that one")


def run(args: argparse.Namespace) -> int:
    from ..rendering.data_set import RenderRequest, render_data_set

    if args.images < 1:
        raise DesignError("--images", f"must be at least 1, is {args.images}")
    design = _changed(load(args.design), args)
    split = args.split or design.splits[0].name
    design = with_counts(design, {split: args.images})
    out = args.out or Path(f"{args.design.name.split('.')[0]}-preview.png")
    with tempfile.TemporaryDirectory(prefix="simreal-preview-") as folder:
        data = Path(folder) / "data"
        render_data_set(RenderRequest(design=design, out=data, splits=(split,), blender=args.blender), args.report)
        sheet = contact_sheet(
            _cells(data, split),
            columns=args.columns or _columns(args.images),
            cell_px=design.image.resolution_px,
            title=f"{design.name}: {split}",
        )
    file = io.BytesIO()
    sheet.save(file, "PNG")
    with writing_to(out.parent):
        write_whole(out, file.getvalue())
    args.report(Result("text", {"text": f"{out}: {args.images} images of {split}"}))
    args.report(Result("preview", {"sheet": str(out)}))
    return 0


def _changed(design: Design, args: argparse.Namespace) -> Design:
    given = {"resolution_px": args.resolution, "samples": args.samples, "denoiser": args.denoiser}
    image = attrs.evolve(design.image, **{name: value for name, value in given.items() if value is not None})
    design = attrs.evolve(design, image=image)
    check(design)
    return design


def _cells(data: Path, split: str) -> Iterator[Cell]:
    opened = open_data_set(data)
    for row in opened.rows(split):
        with Image.open(opened.image_path(split, row)) as image:
            yield Cell(image.convert("RGB"), f"{row['class']}  {row['index']}", None)


def _columns(images: int) -> int:
    """As wide as a screen: about three columns to two rows."""
    return max(1, round((1.5 * images) ** 0.5))
