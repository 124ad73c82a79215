"""``simreal train DATA``: train a classifier on a data set."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

from ..datasets.messages import Result
from ..design.errors import DataSetError, ToolError
from ..training.config import AUGMENTATIONS, OPTIMIZERS, SCHEDULES, RunConfig
from ..training.options import option, option_help
from .design_text import design_stem
from .streaming import configure_stream, stream_defaults, stream_lines, stream_supply

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
"""


def configure(parser: argparse.ArgumentParser) -> None:
    from_user = argparse.SUPPRESS  # what is left open is decided by training.defaults, and told in config.json
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.description = f"{HELP[0].upper()}{HELP[1:]}."
    parser.epilog = DETAILS
    parser.argument_default = from_user
    parser.add_argument(
        "data",
        type=Path,
        metavar="DATA",
        help="data set: rendered, split/class/images or class/images; with --stream a design",
    )
    parser.add_argument(
        "--out", type=Path, metavar="RUN", default=None, help="run folder (default: DATA-run, beside DATA)"
    )
    parser.add_argument(
        "--resume", action="store_true", default=False, help="continue the run in --out where it stopped"
    )
    parser.add_argument("--overwrite", action="store_true", default=False, help="replace the run in --out")
    parser.add_argument(
        "--continue",
        dest="go_on",
        action="store_true",
        default=False,
        help="resume where --out holds this very run, not finished; else as --overwrite",
    )
    _add(parser, "split")
    _add(parser, "validation_split", metavar="SPLIT", note="or none")
    _add(parser, "measure", action="append", metavar="DATA[:SPLIT]", note="may be repeated")
    _add(parser, "measure_every", type=int, metavar="STEPS")
    parser.add_argument(
        "--offline", action="store_true", default=False, help="use no network: weights have to be on this machine"
    )

    model = parser.add_argument_group("model")
    _add(model, "backbone", metavar="NAME")
    source = model.add_mutually_exclusive_group()
    source.add_argument(
        "--from-scratch", action="store_true", default=False, help="random weights: no real image is ever seen"
    )
    source.add_argument(
        "--pretrained", action="store_true", default=False, help="timm's weights, downloaded from its hub"
    )
    _add(source, "weights_file", metavar="FILE")
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
    _add(model, "views", type=int, metavar="N")

    images = parser.add_argument_group("images")
    _add(images, "augmentation", choices=AUGMENTATIONS)
    _add(images, "crop_px", type=int, metavar="PX")
    _add(images, "resize_px", type=int, metavar="PX")

    full = parser.add_argument_group("full training")
    length = full.add_mutually_exclusive_group()
    _add(length, "epochs", type=int, metavar="N")
    _add(length, "iterations", type=int, metavar="N")
    _add(length, "images", type=int, metavar="N")
    _add(full, "batch_size", type=int, metavar="N")
    _add(full, "optimizer", choices=OPTIMIZERS)
    _add(full, "lr", type=float)
    _add(full, "momentum", type=float)
    _add(full, "weight_decay", type=float)
    _add(full, "schedule", choices=SCHEDULES)
    _add(full, "warmup_epochs", type=float, metavar="N")
    for name in ("amp", "channels_last"):
        switch = f"--no-{name.replace('_', '-')}"
        full.add_argument(switch, dest=name, action="store_false", help=f"no {option_help(name, RunConfig)}")

    configure_stream(parser)
    both = parser.add_argument_group("any training")
    _add(both, "label_smoothing", type=float, metavar="S")
    _add(both, "seed", type=int)
    _add(both, "device")
    _add(both, "threads", type=int, metavar="N")
    _add(both, "workers", type=int, metavar="N")


def _add(group: Any, field: str, note: str = "", **arguments: Any) -> None:
    """An option that sets a field of RunConfig, with the help that stands there."""
    told = option_help(field, RunConfig) + (f", {note}" if note else "")
    group.add_argument(option(field), dest=field, help=told, **arguments)


def run(args: argparse.Namespace) -> int:
    if args.offline:
        os.environ["HF_HUB_OFFLINE"] = "1"  # read when timm's hub client is imported
    require_torch()
    import attrs

    from ..datasets.reading import open_data_set
    from ..training.defaults import resolve
    from ..training.run_folder import STREAM, RunFolder
    from ..training.trainer import train

    fields = {field.name for field in attrs.fields(RunConfig)} - {"data", "stream"}
    given = {name: value for name, value in vars(args).items() if name in fields}
    out = args.out or default_run(args.data.with_name(design_stem(args.data)) if args.data.is_file() else args.data)
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
    elif args.data.is_file():
        raise DataSetError(f"{args.data}: is a design; add --stream to render it while training, or render it first")
    else:
        config = resolve(open_data_set(args.data), given, from_scratch=args.from_scratch, pretrained=args.pretrained)
    options = {"resume": args.resume, "overwrite": args.overwrite, "go_on": args.go_on}
    results = train(config, out, args.report, supply=supply, **options)
    args.report(Result("training", {"run": str(out), **results}))
    args.report(Result("text", {"text": _summary(out, results)}))
    return 0


def default_run(data: Path) -> Path:
    """``data-run`` beside ``data``; in the current folder where that cannot be written."""
    beside = data.resolve().parent
    return (beside if os.access(beside, os.W_OK) else Path.cwd()) / f"{data.resolve().name}-run"


def require_torch() -> None:
    """Raise ``ToolError`` where the training packages are missing, before anything imports them."""
    import importlib.util

    missing = [
        name for name in ("torch", "torchvision", "timm", "matplotlib") if importlib.util.find_spec(name) is None
    ]
    if missing:
        raise ToolError(
            f"this Python lacks {', '.join(missing)}; pip install 'simreal[train]', or use a Python that has them"
        )


def _summary(out: Path, results: dict[str, Any]) -> str:
    trained = f"trained on {results['images']} images in {results['seconds']} s"
    if "validation" in results:
        validation = results["validation"]
        trained = (
            f"{validation['split']} {100 * validation['top1']:.1f} %, "
            f"mean of classes {100 * validation['mean_class_accuracy']:.1f} % ({validation['n']} images), {trained}"
        )
    return "\n".join([f"{out}: {trained}", *(stream_lines(results["stream"]) if "stream" in results else ())])
