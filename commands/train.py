"""``simreal train DATA``: train a classifier on a data set."""

from __future__ import annotations

import argparse
from pathlib import Path

from ..datasets.messages import Result
from ..design.errors import ToolError

HELP = "train a classifier on a rendered data set, or on class folders of photos"

DETAILS = """
With no options: a linear head on the frozen ImageNet features of efficientnet_lite0, whose weights need no download
(seconds once the features are extracted; they are kept). Without that package, resnet18 from scratch.

  simreal train data                                                   head on frozen ImageNet features
  simreal train data --full                                            the same network, all its weights
  simreal train data --backbone resnet18 --from-scratch --image-size 96     no real image ever seen
  simreal train data --backbone vit_base_patch16_224 --pretrained      weights from timm's hub
  simreal train data --out run --resume                                go on after an interruption
"""


def configure(parser: argparse.ArgumentParser) -> None:
    from_user = argparse.SUPPRESS  # what is left open is decided by training.defaults, and told in config.json
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.description = f"{HELP[0].upper()}{HELP[1:]}."
    parser.epilog = DETAILS
    parser.argument_default = from_user
    parser.add_argument(
        "data", type=Path, metavar="DATA", help="data set: rendered, split/class/images or class/images"
    )
    parser.add_argument(
        "--out", type=Path, metavar="RUN", default=None, help="run folder (default: DATA-run, beside DATA)"
    )
    parser.add_argument(
        "--resume", action="store_true", default=False, help="continue the run in --out where it stopped"
    )
    parser.add_argument("--overwrite", action="store_true", default=False, help="replace the run in --out")
    parser.add_argument("--split", help="split to train on (default: train, or the only one)")
    parser.add_argument(
        "--validation",
        dest="validation_split",
        metavar="SPLIT",
        help="split to measure on (default: test_iid), or none",
    )

    model = parser.add_argument_group("model")
    model.add_argument("--backbone", metavar="NAME", help="any timm model (default: efficientnet_lite0)")
    source = model.add_mutually_exclusive_group()
    source.add_argument(
        "--from-scratch", action="store_true", default=False, help="random weights: no real image is ever seen"
    )
    source.add_argument(
        "--pretrained", action="store_true", default=False, help="timm's weights, downloaded from its hub"
    )
    source.add_argument(
        "--weights",
        dest="weights_file",
        metavar="FILE",
        help="local weights: .safetensors, .pth, .npz, or another run's model.pt",
    )
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
    model.add_argument(
        "--views",
        type=int,
        metavar="N",
        help="head only: views of each image, one plain and the others augmented (default: 4)",
    )

    images = parser.add_argument_group("images")
    images.add_argument(
        "--augmentation", choices=("none", "weak", "strong"), help="the paper's none, weak or strong (default: strong)"
    )
    images.add_argument(
        "--image-size", dest="crop_px", type=int, metavar="PX",
        help="side of the square the network sees (default: the weights' own; from scratch 224, or 96 without a GPU)",
    )  # fmt: skip
    images.add_argument(
        "--resize",
        dest="resize_px",
        type=int,
        metavar="PX",
        help="shorter side before the crop (default: 8/7 of --image-size)",
    )

    full = parser.add_argument_group("full training")
    length = full.add_mutually_exclusive_group()
    length.add_argument(
        "--epochs", type=int, metavar="N", help="times every image is seen (default: 60 from scratch, else 15)"
    )
    length.add_argument("--iterations", type=int, metavar="N", help="steps instead of epochs, as the paper counts")
    full.add_argument("--batch-size", type=int, metavar="N", help="images a step (default: 64)")
    full.add_argument("--optimizer", choices=("sgd", "adamw"), help="default: adamw; the paper: sgd")
    full.add_argument(
        "--lr", type=float, help="learning rate (default: adamw 1e-3, with weights 1e-4; sgd 0.05, 0.005)"
    )
    full.add_argument("--momentum", type=float, help="of sgd, and adamw's first beta (default: 0.9)")
    full.add_argument("--weight-decay", type=float, help="default: adamw 0.05, sgd 1e-4")
    full.add_argument(
        "--schedule", choices=("cosine", "linear", "constant"), help="of the learning rate (default: cosine)"
    )
    full.add_argument(
        "--warmup-epochs", type=float, metavar="N", help="linear warm-up (default: 3 from scratch, else 1)"
    )
    full.add_argument("--no-amp", dest="amp", action="store_false", help="no mixed precision (used on CUDA GPUs only)")
    full.add_argument(
        "--no-channels-last",
        dest="channels_last",
        action="store_false",
        help="no channels-last layout (used on CUDA GPUs only)",
    )

    both = parser.add_argument_group("any training")
    both.add_argument(
        "--label-smoothing", type=float, metavar="S", help="share of every label spread over all classes (default: 0)"
    )
    both.add_argument("--seed", type=int, help="of initial weights, order and augmentation (default: 0)")
    both.add_argument("--device", help="auto, cpu, cuda, cuda:1, mps (default: auto)")
    both.add_argument("--threads", type=int, metavar="N", help="CPU threads (default: torch's choice)")
    both.add_argument("--workers", type=int, metavar="N", help="processes that load images (default: by CPUs)")


def run(args: argparse.Namespace) -> int:
    require_torch()
    import attrs

    from ..datasets.reading import open_data_set
    from ..training.config import RunConfig
    from ..training.defaults import resolve
    from ..training.run_folder import RunFolder
    from ..training.trainer import train

    fields = {field.name for field in attrs.fields(RunConfig)} - {"data"}
    given = {name: value for name, value in vars(args).items() if name in fields}
    out = args.out or default_run(args.data)
    if args.resume and out.is_dir():
        started = RunFolder(out).config()
        if args.from_scratch or args.pretrained or "weights_file" in given:
            given["weights"] = "none" if args.from_scratch else "timm" if args.pretrained else "file"
        if given.get("validation_split") == "none":
            given["validation_split"] = None
        config = attrs.evolve(started, data=str(args.data.resolve()), **given)
    else:
        config = resolve(open_data_set(args.data), given, from_scratch=args.from_scratch, pretrained=args.pretrained)
    results = train(config, out, args.report, resume=args.resume, overwrite=args.overwrite)
    args.report(Result("training", {"run": str(out), **results}))
    args.report(Result("text", {"text": _summary(out, results)}))
    return 0


def default_run(data: Path) -> Path:
    """``data-run`` beside ``data``; in the current folder where that cannot be written."""
    import os

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


def _summary(out: Path, results: dict[str, object]) -> str:
    validation = results.get("validation")
    if not isinstance(validation, dict):
        return f"{out}: trained on {results['images']} images in {results['seconds']} s"
    return (
        f"{out}: {validation['split']} {100 * validation['top1']:.1f} %, "
        f"mean of classes {100 * validation['mean_class_accuracy']:.1f} % ({validation['n']} images), "
        f"trained on {results['images']} images in {results['seconds']} s"
    )
