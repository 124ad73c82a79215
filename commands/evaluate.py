"""``simreal evaluate RUN DATA``: how good a trained run is on a data set."""

from __future__ import annotations

import argparse
from pathlib import Path

from ..datasets.messages import Result
from ..design.errors import RunError
from .train import require_torch

HELP = "measure a trained run on a data set: Acc, Mean, per-class table, confusion matrix"

DETAILS = """
Acc is the share of all images that are right, Mean the mean of the classes' shares; both with 95 % intervals (Wilson).
Each split gets a folder with results.json, per_class.csv, predictions.csv and confusion.png.

  simreal evaluate run data                         every split of data
  simreal evaluate run data --split test_iid
  simreal evaluate run photos --alias sofa=couch    the folder photos/sofa holds images of the model's class couch
"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.description = f"{HELP[0].upper()}{HELP[1:]}."
    parser.epilog = DETAILS
    parser.add_argument("run_folder", type=Path, metavar="RUN", help="a finished run of simreal train")
    parser.add_argument(
        "data",
        type=Path,
        metavar="DATA",
        help="data set: rendered, folders of photos, a list (.txt) or an image set",
    )
    parser.add_argument("--split", action="append", help="split to measure; may be repeated (default: all of them)")
    parser.add_argument("--unseen", action="store_true", help="measure every split but the one the run was trained on")
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="where the results go (default: RUN/evaluate)")
    parser.add_argument(
        "--alias",
        action="append",
        default=[],
        metavar="FOLDER=CLASS",
        help="a data class that the model calls differently",
    )
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda, ... (default: auto)")
    parser.add_argument("--threads", type=int, default=0, metavar="N", help="CPU threads (default: torch's choice)")
    parser.add_argument("--workers", type=int, default=0, metavar="N", help="processes that load images (default: 0)")


def run(args: argparse.Namespace) -> int:
    require_torch()
    from ..datasets.reading import open_data_set
    from ..training.devices import find_device, use_threads
    from ..training.evaluation import evaluate, samples_for, split_title, table, write_evaluation
    from ..training.run_folder import RunFolder
    from ..training.trained import load_trained

    use_threads(args.threads)
    device = find_device(args.device)
    aliases = dict(class_alias(text) for text in args.alias)
    model = load_trained(args.run_folder)
    data = open_data_set(args.data)
    splits = args.split or data.splits
    if args.unseen:
        splits = [split for split in splits if split != RunFolder(args.run_folder).config().split]
    chosen = [(split, samples_for(data, split, model.classes, aliases, args.report)) for split in splits]
    out = args.out or args.run_folder / "evaluate"
    own = data.design_hash == model.design_hash and bool(data.design_hash)
    for split, samples in chosen:
        folder = out / split_title(data, split, own=own)
        evaluation = evaluate(
            model.classifier, samples, model.classes, model.resize_px, model.crop_px,
            device=device, workers=args.workers, report=args.report, stage=f"evaluate {split}",
        )  # fmt: skip
        extra = {"run": str(args.run_folder), "data": str(args.data), "split": split}
        title = f"{model.backbone} on {folder.name}"
        results = write_evaluation(evaluation, folder, title, extra)
        args.report(Result("evaluation", {"folder": str(folder), **results}))
        args.report(Result("text", {"text": f"{title}\n{table(evaluation.accuracy)}\n\nwritten to {folder}\n"}))
    return 0


def class_alias(text: str) -> tuple[str, str]:
    """A folder's name and the class it is of, as ``--alias`` has them. RunError where it is not such a pair."""
    folder, separator, name = text.partition("=")
    if not (folder and separator and name):
        raise RunError(f"--alias needs FOLDER=CLASS, not {text!r}")
    return folder, name
