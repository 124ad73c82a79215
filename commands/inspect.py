"""``simreal inspect RUN DATA [PHOTOS]``: look inside a trained run."""

from __future__ import annotations

import argparse
from pathlib import Path

from ..datasets.messages import Result
from ..design.errors import DataSetError, RunError, ToolError
from .checks import is_there
from .evaluate import class_alias
from .train import require_torch

HELP = "look inside a trained run: features, calibration, where it looks, and which factors make it fail"

DETAILS = """
Writes inspection.html, one page that needs nothing else, with its pictures and inspection.json beside it:

  what is taken for what           confusion matrices, accuracy of each class
  what other runs change           per class, paired on the same images, with intervals (--compare)
  at which values it fails         accuracy by every factor's drawn values (rendered DATA only), ranked
  whether it can be believed       reliability diagram, expected calibration error, before and after a temperature
  where it looks                   class activation maps, attention roll-out or Grad-CAM, as the network allows
  how its features lie             t-SNE, and UMAP if umap-learn is installed, by class and by domain

DATA[:SPLIT] is a data set: rendered, split/class/images or class/images. Without a SPLIT: test_iid, or the split that
the run was not trained on. PHOTOS[:SPLIT] is a second domain, as real photos in class folders.

  simreal inspect run data                                    on rendered images that were not trained on
  simreal inspect run data photos                             and on photos: what differs between the two
  simreal inspect run data:test_iid_wo_bg photos --out look
  simreal inspect none data photos --compare dann --compare mcc
  simreal inspect run data --images my/cup.jpg my/lamp.jpg
"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.description = f"{HELP[0].upper()}{HELP[1:]}."
    parser.epilog = DETAILS
    parser.add_argument("run_folder", type=Path, metavar="RUN", help="a finished run of simreal train or adapt")
    parser.add_argument("data", metavar="DATA[:SPLIT]", help="images to look at; rendered ones know their factors")
    parser.add_argument("photos", nargs="?", metavar="PHOTOS[:SPLIT]", help="a second domain, as real photos")
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="where it is written (default: RUN/inspect)")
    parser.add_argument(
        "--compare",
        type=Path,
        action="append",
        default=[],
        metavar="RUN",
        help="another run: what it gains and loses against RUN in every class; may be repeated",
    )
    parser.add_argument(
        "--calibrate-on",
        metavar="SPLIT",
        help="split of DATA to fit the temperature on (default: a half of the images; the other is reported)",
    )
    parser.add_argument(
        "--images",
        type=Path,
        nargs="+",
        default=[],
        metavar="FILE",
        help="show where it looks on these (default: its surest hits, its surest mistakes, the least expected classes)",
    )
    parser.add_argument("--pick", type=int, default=6, metavar="N", help="images of each of these kinds (default: 6)")
    parser.add_argument(
        "--embed", type=int, default=1000, metavar="N", help="images of each domain in t-SNE and UMAP (default: 1000)"
    )
    parser.add_argument("--seed", type=int, default=0, help="of all that is drawn by chance (default: 0)")
    parser.add_argument(
        "--alias",
        action="append",
        default=[],
        metavar="FOLDER=CLASS",
        help="a class of the data that the model calls differently",
    )
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda, ... (default: auto)")
    parser.add_argument("--threads", type=int, default=0, metavar="N", help="CPU threads (default: torch's choice)")
    parser.add_argument("--workers", type=int, default=0, metavar="N", help="processes that load images (default: 0)")


def run(args: argparse.Namespace) -> int:
    require_torch()
    if not is_there("sklearn"):
        raise ToolError("this Python has no scikit-learn, which inspect needs: pip install 'simreal[inspect]'")
    for name in ("pick", "embed"):
        if getattr(args, name) < 1:
            raise RunError(f"--{name} must be at least 1, not {getattr(args, name)}")
    from ..datasets.reading import DataSet, open_data_set
    from ..studies.inspection.inspection import KEPT, NUMBERS, PAGE, Wanted, inspect, reported_split
    from ..studies.inspection.measured import Pass
    from ..training.devices import find_device, use_threads
    from ..training.run_folder import RunFolder
    from ..training.split_reference import SplitReference

    use_threads(args.threads)
    device = find_device(args.device)
    trained_on = RunFolder(args.run_folder).config().split

    def split(text: str) -> tuple[DataSet, str]:
        named = SplitReference.parse(text)
        if named.data is None:
            raise DataSetError(f"{text}: name a data set before the split, as data{text}")
        data = open_data_set(named.data)
        return data, reported_split(data, named.split, trained_on)

    wanted = Wanted(
        run=args.run_folder,
        source=split(args.data),
        target=None if args.photos is None else split(args.photos),
        compared=tuple(args.compare),
        calibration_split=args.calibrate_on,
        images=tuple(args.images),
        picked=args.pick,
        most=args.embed,
        seed=args.seed,
        aliases=dict(class_alias(text) for text in args.alias),
    )
    out = args.out or args.run_folder / "inspect"
    numbers = inspect(wanted, Pass(device, args.workers, out / KEPT, args.report), out)
    args.report(Result("inspection", {"page": str(out / PAGE), "numbers": str(out / NUMBERS), **numbers}))
    lines = [
        f"{name}: {100 * found['top1']:.1f} % of {found['n']} images" for name, found in numbers["accuracy"].items()
    ]
    args.report(
        Result("text", {"text": "\n".join([*lines, "", f"the page: {out / PAGE}", f"its numbers: {out / NUMBERS}"])})
    )
    return 0
