"""``simreal score``: real photos through an exported classifier."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from ..datasets.messages import Result

if TYPE_CHECKING:
    from ..datasets.accuracy import Accuracy
    from ..scoring.score import Scores

HELP = "score real photos with an exported classifier (ONNX)"


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``simreal score``."""
    parser.add_argument("model", type=Path, metavar="MODEL.onnx", help="what `simreal export` wrote")
    parser.add_argument(
        "photos",
        type=Path,
        metavar="PHOTOS",
        help="a folder (folders in it named after classes give the truth), or a photo",
    )
    parser.add_argument("--out", type=Path, help="folder for the results; if not given, PHOTOS-scores here")
    parser.add_argument(
        "--alias",
        action="append",
        default=[],
        metavar="NAME=CLASS",
        help="photos in folder NAME show CLASS; repeatable",
    )
    parser.add_argument("--aliases", type=Path, metavar="FILE.json", help='aliases as {"name": "class", ...}')
    parser.add_argument("--only", type=Path, metavar="FILE.txt", help="photos of PHOTOS to take, a name a line")
    parser.add_argument("--activation", action="store_true", help="also where the model looks, if it can tell")
    parser.add_argument("--thumbnails", action="store_true", help="also small pictures, for Blender's list of photos")
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu", help="where the model runs")
    parser.add_argument("--threads", type=_positive, help="processor threads; if not given, all there are")
    parser.add_argument("--batch", type=_positive, default=32, help="photos per run of the model")


def run(args: argparse.Namespace) -> int:
    """Score, write the folder, print one table."""
    from ..scoring.photos import parse_aliases, read_names
    from ..scoring.report import check_output, summary, write_report
    from ..scoring.score import score

    out = args.out or Path(
        f"{args.photos.resolve().stem if args.photos.is_file() else args.photos.resolve().name}-scores"
    )
    check_output(out)
    scores = score(
        args.model,
        args.photos,
        aliases=parse_aliases(args.alias, args.aliases),
        device=args.device,
        threads=args.threads,
        batch=args.batch,
        only=None if args.only is None else read_names(args.only),
        activation=args.activation,
        thumbnails=args.thumbnails,
        report=args.report,
    )
    written = write_report(scores, out)
    args.report(Result("text", {"text": f"{table(scores)}\n{out}: {', '.join(path.name for path in written)}"}))
    alone = {"top5": scores.predictions[0].top5} if len(scores.predictions) == 1 else {}
    args.report(Result("scores", {"out": str(out), **summary(scores), **alone}))
    return 0


def table(scores: Scores) -> str:
    """The figures for people: a row a class, or a row a predicted class where no photo's class is known."""
    count = len(scores.predictions)
    lines = [
        f"{count} {'photo' if count == 1 else 'photos'}, {scores.model.path.name} {scores.model.backbone}".rstrip()
    ]
    if scores.accuracy is None:
        if count == 1:
            lines += [f"  {name:<20} {confidence:6.3f}" for name, confidence in scores.predictions[0].top5]
        else:
            names = [prediction.predicted for prediction in scores.predictions]
            lines += [f"  {name:<20} {names.count(name):6d}" for name in scores.model.classes if name in names]
        return "\n".join(lines)
    return "\n".join([*lines, *_accuracy_rows(scores.accuracy)])


def _accuracy_rows(accuracy: Accuracy) -> list[str]:
    from ..datasets.accuracy import wilson_interval

    wide = max(len("mean of classes"), *(len(name) for name in accuracy.classes))
    rows = [f"{'class':<{wide}}  photos  right  accuracy  most often taken for"]
    for (name, share), counts in zip(accuracy.per_class.items(), accuracy.confusion.tolist(), strict=True):
        if not share.n:
            continue
        wrong = {other: count for other, count in zip(accuracy.classes, counts, strict=True) if other != name and count}
        taken = max(wrong, key=wrong.__getitem__, default="")
        confused = f"{taken} ({wrong[taken]})" if taken else ""
        rows.append(
            f"{name:<{wide}}  {share.n:6d}  {share.correct:5d}  {100 * share.accuracy:6.1f} %  {confused}".rstrip()
        )
    low, high = wilson_interval(accuracy.correct, accuracy.n)
    rows.append(
        f"{'all':<{wide}}  {accuracy.n:6d}  {accuracy.correct:5d}  {100 * accuracy.top1:6.1f} %  "
        f"95 % interval {100 * low:.1f}..{100 * high:.1f}"
    )
    rows.append(f"{'mean of classes':<{wide}}  {'':6}  {'':5}  {100 * accuracy.mean_class_accuracy:6.1f} %")
    return rows


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text} is not at least 1")
    return value
