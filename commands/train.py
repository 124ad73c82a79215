"""``simreal train DATA``: train a classifier on a data set."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

from ..datasets.messages import Result
from ..design.design import FILE_SUFFIX
from ..design.errors import DataSetError, ToolError
from .design_text import design_stem
from .streaming import configure_stream, stream_defaults, stream_lines, stream_supply
from .training_options import (
    add_option,
    configure_backbone,
    configure_images,
    configure_machine,
    configure_run,
    configure_steps,
)

HELP = "train a classifier on a rendered data set, on class folders of photos, or on a design while it is rendered"

DETAILS = """
With no options: a linear head on the frozen ImageNet features of efficientnet_lite0, whose weights need no download
(seconds once the features are extracted; they are kept). Without that package, resnet18 from scratch.

  simreal train data                                                   head on frozen ImageNet features
  simreal train data --full                                            the same network, all its weights
  simreal train data --backbone resnet18 --from-scratch --image-size 96     no real image ever seen
  simreal train data --backbone vit_base_patch16_224 --pretrained      weights from timm's hub
  simreal train data --out run --resume                                go on after an interruption
  simreal train my.simreal.json --stream --full --epochs 30            render meanwhile: no image is seen twice
  simreal train data --full --measure data --measure photos --measure-every 500     learning curves: measures.csv
  simreal train data --full --mix photos:0.1                           a tenth of every batch is real
"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.description = f"{HELP[0].upper()}{HELP[1:]}."
    parser.epilog = DETAILS
    configure_run(
        parser, "data set: rendered, folders of photos, a list (.txt) or an image set; with --stream a design"
    )
    add_option(parser, "measure", action="append", metavar="DATA[:SPLIT]", note="may be repeated")
    add_option(parser, "measure_every", type=int, metavar="STEPS")
    model = configure_backbone(parser)
    mode = model.add_mutually_exclusive_group()
    mode.add_argument(
        "--head-only",
        action="store_true",
        dest="head_only",
        help="only a linear head, on frozen features (default with weights)",
    )
    mode.add_argument(
        "--full", action="store_false", dest="head_only", help="all weights (default from scratch, and with --epochs)"
    )
    add_option(model, "views", type=int, metavar="N")
    configure_images(parser)
    configure_steps(parser, "full training")
    configure_stream(parser)
    both = parser.add_argument_group("any training")
    add_option(both, "label_smoothing", type=float, metavar="S")
    configure_machine(both)


def run(args: argparse.Namespace) -> int:
    return start(args, {})


def start(args: argparse.Namespace, more: dict[str, Any]) -> int:
    """Train what ``args`` ask for; ``more`` are fields of RunConfig that are not options of their own."""
    if args.offline:
        os.environ["HF_HUB_OFFLINE"] = "1"  # read when timm's hub client is imported
    require_torch()
    import attrs

    from ..datasets.reading import open_data_set
    from ..training.config import RunConfig
    from ..training.defaults import resolve
    from ..training.run_folder import STREAM, RunFolder
    from ..training.trainer import train

    fields = {field.name for field in attrs.fields(RunConfig)} - {"data", "stream"}
    given = {name: value for name, value in vars(args).items() if name in fields} | more
    out = run_folder(args)
    started = RunFolder(out).config() if args.resume and out.is_dir() else None
    supply = stream_supply(args, out / STREAM) if (started or args).stream else None
    if started:
        if args.from_scratch or args.pretrained or "weights_file" in given:
            given["weights"] = "none" if args.from_scratch else "timm" if args.pretrained else "file"
        if given.get("validation_split") == "none":
            given["validation_split"] = None
        config = attrs.evolve(started, data=str(args.data.resolve()), **given)
    elif supply:
        given = {**stream_defaults(args), **given, "data": str(args.data.resolve())}
        config = resolve(supply.data, given, from_scratch=args.from_scratch, pretrained=args.pretrained)
    elif args.data.is_file() and args.data.name.endswith(FILE_SUFFIX):
        raise DataSetError(f"{args.data}: is a design; add --stream to render it while training, or render it first")
    else:
        config = resolve(open_data_set(args.data), given, from_scratch=args.from_scratch, pretrained=args.pretrained)
    options = {"resume": args.resume, "overwrite": args.overwrite, "go_on": args.go_on}
    results = train(config, out, args.report, supply=supply, **options)
    if results:
        args.report(Result("training", {"run": str(out), **results}))
        args.report(Result("text", {"text": _summary(out, results)}))
    return 0


def run_folder(args: argparse.Namespace, ending: str = "run") -> Path:
    """Where the run goes: ``--out``, else beside the data, or the design of a stream."""
    data: Path = args.data
    out: Path | None = args.out
    return out or default_run(data.with_name(_stem(data)) if data.is_file() else data, ending)


def _stem(file: Path) -> str:
    """``kit`` of ``kit.simreal.json``, ``kit.images.json`` and ``kit.txt``."""
    return design_stem(file).removesuffix(".images").removesuffix(".txt")


def default_run(data: Path, ending: str = "run") -> Path:
    """``data-run`` beside ``data``; in the current folder where that cannot be written."""
    beside = data.resolve().parent
    return (beside if os.access(beside, os.W_OK) else Path.cwd()) / f"{data.resolve().name}-{ending}"


def require_torch() -> None:
    """Raise ``ToolError`` where the training packages are missing, before anything imports them."""
    require_packages("torch", "torchvision", "timm", "matplotlib")


def require_packages(*names: str, extra: str = "train") -> None:
    """Raise ``ToolError`` where one of these packages, which the ``extra`` brings, is missing."""
    import importlib.util

    missing = [name for name in names if importlib.util.find_spec(name) is None]
    if missing:
        raise ToolError(
            f"this Python lacks {', '.join(missing)}; pip install 'simreal[{extra}]', or use a Python that has them"
        )


def _summary(out: Path, results: dict[str, Any]) -> str:
    trained = f"trained on {results['images']} images in {results['seconds']} s"
    if found := results.get("pretraining", {}).get("neighbours"):
        trained += f"; {100 * found['top1']:.1f} % of {found['split']} have neighbours of their class"
    if "validation" in results:
        validation = results["validation"]
        trained = (
            f"{validation['split']} {100 * validation['top1']:.1f} %, "
            f"mean of classes {100 * validation['mean_class_accuracy']:.1f} % ({validation['n']} images), {trained}"
        )
    return "\n".join([f"{out}: {trained}", *(stream_lines(results["stream"]) if "stream" in results else ())])
