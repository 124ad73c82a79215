"""``simreal tune DESIGN --photos DIR --budget N``: set weights, ranges and options by real photos."""

from __future__ import annotations

import argparse
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..datasets.messages import Result
from ..design.errors import RunError
from .design_text import design_stem
from .evaluate import class_alias
from .tables import table
from .train import require_packages, require_torch
from .weighting_options import add_alias, add_design_and_photos, add_network_and_rendering

if TYPE_CHECKING:
    from ..studies.weighting.suggestion import Outcome
    from ..studies.weighting.tuning_run import Budget, Order

HELP = "tune a design's weights, ranges and options by real photos, and tell what that is worth on photos it never saw"
OBJECTIVES = ("accuracy", "few", "infomax", "mmd", "fid", "domain")
_UNITS = {"h": 3600.0, "m": 60.0, "s": 1.0}

DETAILS = """
The photos are parted by content (photos.json): half are tuned on, the other half are never seen by the search and tell
in the end what its changes are worth, against all weights 1, all weights 0 and your design, with as many images each.

The budget is the images rendered to tune, or the time for them: a third to explore, the rest around what seems best.
All designs in between are judged by weighting these images anew, with a head on a frozen network: that renders nothing.
The comparison comes on top: up to four data sets a seed, each of a tenth of the budget (--images).

  --objective accuracy    photos in folders named after classes
  --objective few         a few labels: --shots 5 uses those of five photos a class, and the others without label
  --objective infomax     no label used: answers on photos that are sure, and varied together (mmd, fid and domain are
                          others; the report says how well each was seen to rank designs)

  simreal tune my.simreal.json --photos photos --budget 5000
  simreal tune my.simreal.json --photos photos --budget 2h --importance my-importance/importance.json
  simreal tune my.simreal.json --photos photos --budget 5000 --objective few --shots 3
  simreal tune my.simreal.json --photos photos --budget 5000 --plan           say what it would render, and stop

It writes report.html, suggestion.json and tuned.simreal.json, the design with its evidence. Stop it whenever you like:
the same command goes on, and ends in the same numbers.
"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.description = f"{HELP[0].upper()}{HELP[1:]}."
    parser.epilog = DETAILS
    add_design_and_photos(parser)
    parser.add_argument(
        "--budget",
        type=budget,
        required=True,
        metavar="N|TIME",
        help="images to render to tune, or a time: 5000, 2h, 90m",
    )
    parser.add_argument("--out", type=Path, metavar="RUN", help="folder of the run (default: <design>-tune)")
    parser.add_argument(
        "--objective", choices=OBJECTIVES, default="accuracy", help="what to maximise (default: accuracy)"
    )
    parser.add_argument("--shots", type=int, metavar="K", help="labels of only K photos of tuning a class are used")
    parser.add_argument(
        "--seeds",
        type=int,
        default=5,
        metavar="N",
        help="data sets of each design in the comparison; 0: none (default: 5)",
    )
    parser.add_argument(
        "--images",
        type=int,
        metavar="N",
        help="images of each of them (default: a tenth of the budget, at least 20 a class)",
    )
    parser.add_argument(
        "--importance", type=Path, metavar="FILE", help="what `simreal importance` found: where to look first"
    )
    add_alias(parser)
    parser.add_argument(
        "--trials", type=int, default=128, metavar="N", help="points tried together in each round (default: 128)"
    )
    parser.add_argument("--seed", type=int, default=0, help="of the photos' halves and the search (default: 0)")
    parser.add_argument("--plan", action="store_true", help="say what would be rendered, and do nothing")
    add_network_and_rendering(parser)


def run(args: argparse.Namespace) -> int:
    if args.offline:
        os.environ["HF_HUB_OFFLINE"] = "1"  # read when timm's hub client is imported
    require_torch()
    require_packages("optuna", extra="tune")
    from ..studies.weighting.tuning_report import REPORT_HTML
    from ..studies.weighting.tuning_run import TUNED, run_tuning
    from ..training.devices import use_threads

    _check(args)
    use_threads(args.threads)
    order = _order(args)
    args.report(Result("text", {"text": plan_text(order)}))
    if args.plan:
        return 0
    outcome = run_tuning(order, args.report)
    args.report(
        Result(
            "text",
            {"text": f"{_text(outcome)}\n\nThe report: {order.out / REPORT_HTML}\nThe design: {order.out / TUNED}"},
        )
    )
    args.report(Result("tune", {"folder": str(order.out), "report": str(order.out / REPORT_HTML), **_numbers(outcome)}))
    return 0


def budget(text: str) -> Budget:
    """``5000`` images, or a time: ``2h``, ``90m``, ``600s``."""
    from ..studies.weighting.budget import Budget

    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(h|m|s|)", text.strip())
    if found and found[2] and float(found[1]) > 0:
        return Budget(seconds=float(found[1]) * _UNITS[found[2]])
    if found and found[1].isdigit() and int(found[1]) > 0:
        return Budget(images=int(found[1]))
    raise argparse.ArgumentTypeError(f"must be a number of images, or a time as 2h or 90m; is '{text}'")


def plan_text(order: Order) -> str:
    """What is going to be rendered."""
    from ..studies.weighting.search_space import search_space
    from ..studies.weighting.tuner import round_counts
    from ..studies.weighting.tuning_run import compared_images

    what = f"{len(search_space(order.design))} things can be changed: weights, ranges, options"
    if order.budget.images is None:
        return f"{what}; images to tune: as many as take {order.budget.text}; the comparison comes on top"
    counts = round_counts(order.budget.images, len(order.design.classes))
    images = compared_images(order, order.budget.images)
    compared = f"; to compare: at most {4 * order.seeds} x {images}" if order.seeds else ""
    return f"{what}; images to tune: {' + '.join(map(str, counts))}{compared}"


def _check(args: argparse.Namespace) -> None:
    for name, least in (("shots", 1), ("seeds", 0), ("images", 1), ("trials", 1), ("workers", 1)):
        value = getattr(args, name)
        if value is not None and value < least:
            raise RunError(f"--{name} must be at least {least}, not {value}")


def _order(args: argparse.Namespace) -> Order:
    from ..design.asset_folders import expanded
    from ..design.document import load
    from ..studies.weighting.renders import Renderer
    from ..studies.weighting.search import Effort
    from ..studies.weighting.tuning_run import Order

    return Order(
        design=expanded(load(args.design)),
        photos=args.photos,
        out=args.out or args.design.with_name(f"{design_stem(args.design)}-tune"),
        budget=args.budget,
        objective=args.objective,
        shots=args.shots,
        seeds=args.seeds,
        compared=args.images,
        seed=args.seed,
        aliases=dict(class_alias(text) for text in args.alias),
        favoured=_favoured(args.importance),
        backbone=args.backbone,
        image_px=args.image_px,
        weights=args.weights,
        device=args.device,
        renderer=Renderer(args.workers, None, args.render_device, args.blender),
        effort=Effort(args.trials),
    )


def _favoured(importance: Path | None) -> tuple[str, ...]:
    """The dimensions in which an importance found an effect, the greatest first."""
    if importance is None:
        return ()
    from ..datasets.effect_records import read_importance
    from ..studies.weighting.search_space import dimension_name

    effects = sorted(read_importance(importance).effects, key=lambda effect: -abs(effect.points))
    found = [dimension_name(one.factor, one.parameter, one.option) for one in effects if one.is_found]
    return tuple(dict.fromkeys(found))


def _text(outcome: Outcome) -> str:
    """What people read at the end."""
    from ..studies.weighting.tuning_report import change_rows, comparison_rows, lead_text

    lines = [lead_text(outcome)]
    if outcome.record.changes:
        header, rows = change_rows(outcome.record, outcome.tuned)
        lines += ["", *table([header, *rows], left=(0, 1, 2))]
    if outcome.contenders:
        header, rows = comparison_rows(outcome.contenders, outcome.gains)
        lines += ["", *table([header, *rows])]
    return "\n".join(lines)


def _numbers(outcome: Outcome) -> dict[str, Any]:
    from ..studies.weighting.comparison import accuracy

    return {
        "changes": [
            {
                "factor": one.factor,
                "parameter": one.parameter,
                "option": one.option,
                "before": one.before,
                "after": one.after,
                "alike": one.alike,
            }
            for one in outcome.record.changes
        ],
        "accuracy": {one.name: accuracy(one).mean for one in outcome.contenders},
        "gains": {
            name: {"points": gain.mean, "low": gain.low, "high": gain.high} for name, gain in outcome.gains.items()
        },
        "images": outcome.tuned.images,
        "warnings": list(outcome.record.warnings),
    }
