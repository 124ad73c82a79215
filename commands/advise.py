"""``simreal advise DESIGN --photos DIR``: worst classes and mistakes, and what in the design may cause them."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..datasets.messages import Result
from ..design.errors import DataSetError, RunError
from .command_lines import run_line
from .design_text import design_stem
from .evaluate import class_alias
from .train import require_torch
from .weighting_options import add_alias, add_design_and_photos

if TYPE_CHECKING:
    from ..datasets.advice_records import AdviceRecord
    from ..datasets.reading import DataSet

HELP = "tell which classes fail on photos, and what in the design may be why, with changes to make"
DATA = "data"

DETAILS = """
Photos lie in folders named after the classes. A half of them, chosen by content and kept apart (photos.json), is looked
at; the other half is for judging changes by, as `simreal importance` and `simreal tune` do.

Photos are matched to rendered images in the features of a frozen network, and asked in each of the worst classes:

  too few 3D models?        photos spread wider than renders, renders of a left-out model fail, few models are matched
  a range too narrow?       photos pile up at an end of what a number is drawn from; or, over all classes, too wide
  options out of place?     backgrounds, materials, ... that photos match more, or less, than other renders do
  what misleads?            what the renders of the wrong class have in common that mistaken photos look like

Each finding has figures with intervals, a sheet of photos beside their nearest renders, and a change of the design:
overrides that the panel applies with a click. "No cause found in the design" is an answer too.

  simreal advise my.simreal.json --photos photos                       renders 60 images a class first
  simreal advise my.simreal.json --photos photos --data my-data        with images that are there
  simreal advise my.simreal.json --photos photos --model my-run        mistakes of a trained run, in its own features
"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.description = f"{HELP[0].upper()}{HELP[1:]}."
    parser.epilog = DETAILS
    add_design_and_photos(parser)
    parser.add_argument(
        "--data", metavar="DATA[:SPLIT]", help="rendered images of the design (default: those --model was trained on)"
    )
    parser.add_argument(
        "--model",
        type=Path,
        metavar="RUN",
        help="a finished run, whose mistakes and features count (default: a head fitted to the renders' features)",
    )
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="where it is written (default: <design>-advice)")
    parser.add_argument(
        "--per-class", type=int, default=60, metavar="N", help="images a class to render without --data (default: 60)"
    )
    parser.add_argument(
        "--worst", type=int, default=5, metavar="N", help="classes to look for causes in, and mistakes (default: 5)"
    )
    add_alias(parser)
    network = parser.add_argument_group("features, without --model")
    network.add_argument(
        "--backbone", default="efficientnet_lite0", metavar="NAME", help="frozen network (default: efficientnet_lite0)"
    )
    network.add_argument("--weights", type=Path, metavar="FILE", help="its weights, instead of those it comes with")
    network.add_argument("--image-size", type=int, dest="image_px", metavar="PX", help="width of what it is shown")
    parser.add_argument("--seed", type=int, default=0, help="of the photos' halves and the bootstrap (default: 0)")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda, ... (default: auto)")
    parser.add_argument("--threads", type=int, default=0, metavar="N", help="CPU threads (default: torch's choice)")


def run(args: argparse.Namespace) -> int:
    require_torch()
    from ..design.document import load
    from ..studies.weighting.advice import Wanted, advise, labelled
    from ..studies.weighting.advice_report import REPORT_HTML
    from ..studies.weighting.photo_parts import keep_parts, part_photos
    from ..training.devices import find_device, use_threads

    for name in ("per_class", "worst"):
        if getattr(args, name) < 1:
            raise RunError(f"--{name.replace('_', '-')} must be at least 1, not {getattr(args, name)}")
    use_threads(args.threads)
    find_device(args.device)
    design = load(args.design)
    out = args.out or args.design.with_name(f"{design_stem(args.design)}-advice")
    aliases = dict(class_alias(text) for text in args.alias)
    parts = part_photos(args.photos, design.class_names, aliases=aliases, seed=args.seed, report=args.report)
    labelled(parts)
    keep_parts(parts, out)
    network = _network(args)
    data, split = _data(args, out, design.splits[0].name)
    wanted = Wanted(
        design=design,
        parts=parts,
        data=data,
        split=split,
        device=args.device,
        seed=args.seed,
        worst=args.worst,
        **network,
    )
    record = advise(wanted, out, args.report)
    args.report(Result("text", {"text": f"{_text(record)}\n\nThe report: {out / REPORT_HTML}"}))
    args.report(Result("advice", {"folder": str(out), "report": str(out / REPORT_HTML), **_numbers(record)}))
    return 0


def _network(args: argparse.Namespace) -> dict[str, Any]:
    """Whose features and whose mistakes: fields of ``Wanted``."""
    if args.model is None:
        return {"backbone": args.backbone, "weights": args.weights, "image_px": args.image_px}
    from ..training.run_folder import MODEL
    from ..training.trained import load_trained

    if args.weights is not None or args.image_px is not None:
        raise RunError("--weights and --image-size are for features without --model: a run has its own")
    model = load_trained(args.model)
    return {
        "model": model,
        "classifier": f"the run {args.model.name}",
        "backbone": model.backbone,
        "weights": args.model / MODEL,
        "image_px": model.crop_px,
    }


def _data(args: argparse.Namespace, out: Path, first: str) -> tuple[DataSet, str]:
    """The images to match photos to: those that are named, those of the run, or new ones."""
    from ..datasets.reading import open_data_set
    from ..training.run_folder import RunFolder
    from ..training.split_reference import SplitReference

    if args.data is not None:
        named = SplitReference.parse(args.data)
        if named.data is None:
            raise DataSetError(f"{args.data}: name a data set before the split, as data{args.data}")
        data, split = open_data_set(named.data), named.split
    elif args.model is not None:
        config = RunFolder(args.model).config()
        data, split = open_data_set(config.data), config.split
    else:
        line = ["render", str(args.design), "--out", str(out / DATA), "--split", first]
        run_line([*line, "--per-class", str(args.per_class)], args.report)
        data, split = open_data_set(out / DATA), first
    if not data.design_hash:
        raise DataSetError(f"{data.path}: was not rendered by Simreal; advice needs to know what was drawn")
    return data, split or (first if first in data.splits else data.splits[0])


def _text(record: AdviceRecord) -> str:
    """What people read at the end."""
    from ..studies.weighting.advice_report import lead, title_of

    lines = [lead(record)]
    for number, advice in enumerate(record.advice, 1):
        lines += ["", title_of(number, advice), f"  {advice.finding}", f"  -> {advice.hint} ({advice.confidence})"]
    if not record.advice:
        lines += ["", "Nothing in the design stands out as a cause of mistakes on these photos."]
    return "\n".join([*lines, *(f"\nwarning: {text}" for text in record.warnings)])


def _numbers(record: AdviceRecord) -> dict[str, Any]:
    return {
        "top1": record.accuracy,
        "photos": record.photos,
        "images": record.images,
        "advice": [
            {"kind": one.kind, "class": one.class_name, "confidence": one.confidence, "finding": one.finding}
            for one in record.advice
        ],
    }
