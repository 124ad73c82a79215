"""``simreal importance DESIGN --photos DIR``: which factors, ranges and options matter on photos, how surely."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..datasets.messages import Result
from ..design.errors import DataSetError, RunError
from .design_text import design_stem
from .evaluate import class_alias
from .train import require_torch
from .weighting_options import add_alias, add_design_and_photos, add_network_and_rendering

if TYPE_CHECKING:
    from ..datasets.effect_records import ImportanceRecord
    from ..studies.weighting.importance_run import Asked

HELP = "tell which factors, ranges and options matter on real photos, and with how much certainty"
SOURCES = ("images", "experiment", "test-sets")
PLANS = ("one-at-a-time", "factorial")

DETAILS = """
Three ways to know, all told in one form: points with a 95 % interval. Half of the photos, chosen by content and kept
apart (photos.json), is looked at; the other half is for judging changes by.

  --from images       images that are there (--data), weighted anew: nothing is rendered. Without --data, --images N are
                      rendered first, with every factor drawn in some and fixed in others. Tells of weights, ranges and
                      options
  --from experiment   data sets rendered for it, equal but for factors' weights, each with a head of its own. Tells of
                      weights only, but of what really happens: accuracy on photos
  --from test-sets    small sets of renders in which one factor varies: where does a classifier (--model RUN, else a
                      head on the images) fail? Tells of renders, not of photos

  simreal importance my.simreal.json --photos photos --data my-data
  simreal importance my.simreal.json --photos photos --images 2000
  simreal importance my.simreal.json --photos photos --from images experiment --images 1000 --seeds 3
  simreal importance my.simreal.json --photos photos --from test-sets --model my-run

It writes report.html, importance.json (for the panel, and for `simreal tune --importance`), charts and effects.csv.
Stop it whenever you like: the same command goes on.
"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.description = f"{HELP[0].upper()}{HELP[1:]}."
    parser.epilog = DETAILS
    add_design_and_photos(parser)
    parser.add_argument("--out", type=Path, metavar="RUN", help="folder of the run (default: <design>-importance)")
    parser.add_argument(
        "--from",
        dest="sources",
        nargs="+",
        choices=SOURCES,
        default=["images"],
        metavar="WAY",
        help=f"one or more of {', '.join(SOURCES)} (default: images)",
    )
    parser.add_argument(
        "--data",
        action="append",
        default=[],
        metavar="DATA[:SPLIT]",
        help="rendered images of the same classes, for --from images; repeatable",
    )
    parser.add_argument(
        "--images",
        type=int,
        default=600,
        metavar="N",
        help="images to render where there is no --data, and of each data set of the experiment (default: 600)",
    )
    parser.add_argument(
        "--plan",
        choices=PLANS,
        default=PLANS[0],
        help="of the experiment: each factor alone, which shares most images, or all together (default: one-at-a-time)",
    )
    parser.add_argument("--seeds", type=int, default=2, metavar="N", help="of the experiment (default: 2)")
    parser.add_argument("--test-images", type=int, default=200, metavar="N", help="images of a test set (default: 200)")
    parser.add_argument("--model", type=Path, metavar="RUN", help="a finished run to test, with --from test-sets")
    add_alias(parser)
    parser.add_argument("--seed", type=int, default=0, help="of the photos' halves and the bootstrap (default: 0)")
    add_network_and_rendering(parser)


def run(args: argparse.Namespace) -> int:
    if args.offline:
        os.environ["HF_HUB_OFFLINE"] = "1"  # read when timm's hub client is imported
    require_torch()
    from ..studies.weighting.effects import summary_lines
    from ..studies.weighting.importance_report import REPORT_HTML
    from ..studies.weighting.importance_run import run_importance
    from ..training.devices import use_threads

    _check(args)
    use_threads(args.threads)
    asked = _asked(args)
    record = run_importance(asked, args.report)
    report = asked.out / REPORT_HTML
    text = "\n".join(summary_lines(record.effects))
    args.report(Result("text", {"text": f"{text}\n\nThe report: {report}"}))
    args.report(Result("importance", {"folder": str(asked.out), "report": str(report), **_numbers(record)}))
    return 0


def _check(args: argparse.Namespace) -> None:
    for name in ("images", "seeds", "test_images", "workers"):
        value = getattr(args, name)
        if value is not None and value < 1:
            raise RunError(f"--{name.replace('_', '-')} must be at least 1, not {value}")
    if args.model is not None and "test-sets" not in args.sources:
        raise RunError("--model is for --from test-sets: the other ways fit heads of their own")


def _asked(args: argparse.Namespace) -> Asked:
    from ..design.asset_folders import expanded
    from ..design.document import load
    from ..studies.weighting.importance_run import Asked
    from ..studies.weighting.renders import Renderer
    from ..training.trained import load_trained

    design = expanded(load(args.design))
    model = None if args.model is None else load_trained(args.model)
    if model is not None and model.classes != design.class_names:
        raise RunError(f"{args.model}: knows other classes ({', '.join(model.classes)}) than the design; train it anew")
    return Asked(
        design=design,
        photos=args.photos,
        out=args.out or args.design.with_name(f"{design_stem(args.design)}-importance"),
        sources=tuple(dict.fromkeys(source.replace("-", "_") for source in args.sources)),
        data=tuple(_data(text) for text in args.data),
        images=args.images,
        test_images=args.test_images,
        plan=args.plan,
        seeds=args.seeds,
        model=model,
        aliases=dict(class_alias(text) for text in args.alias),
        seed=args.seed,
        backbone=args.backbone,
        weights=args.weights,
        image_px=args.image_px,
        device=args.device,
        renderer=Renderer(args.workers, None, args.render_device, args.blender),
    )


def _data(text: str) -> tuple[Path, str]:
    """A data set and its split: the one that is named, else ``train`` or the only one."""
    from ..datasets.reading import open_data_set
    from ..training.defaults import default_split
    from ..training.split_reference import SplitReference

    named = SplitReference.parse(text)
    if named.data is None:
        raise DataSetError(f"{text}: name a data set before the split, as data{text}")
    path = Path(named.data)
    return path, named.split or default_split(open_data_set(path))


def _numbers(record: ImportanceRecord) -> dict[str, Any]:
    import attrs

    return {
        "photos": record.photos,
        "effects": [attrs.asdict(one) for one in record.effects],
        "warnings": list(record.warnings),
    }
