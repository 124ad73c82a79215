"""``simreal adapt SOURCE TARGET``: train a classifier on a labelled source and adapt it to an unlabelled target."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

from ..datasets.messages import Result
from ..training.adaptation.config import METHOD_NAMES, SELECTIONS, Adaptation
from ..training.config import AUGMENTATIONS, SCHEDULES, RunConfig
from ..training.options import option_help
from .evaluate import class_alias
from .train import require_torch, run_folder
from .training_options import add_option, configure_backbone, configure_machine, configure_run

HELP = "train a classifier on a rendered data set and adapt it to real images that have no labels"

ENDING = "adapted"  # of a run's folder where --out is left open

DETAILS = """
SOURCE is labelled, mostly rendered; TARGET is a data set or a folder of images. No label of the target is learned from:
its class folders serve to tell how well it went. With no options: bottleneck and head adapt on the frozen ImageNet
features of efficientnet_lite0 (a minute once the features are extracted; they are kept).

  simreal adapt data photos                                   by CDAN + MCC
  simreal adapt data photos --method none                     no adaptation: what the others are measured against
  simreal adapt data photos --test-share 0.5                  adapt to one half of the photos, measure on the other
  simreal adapt data photos --full --head-first --method mcc  all weights, the head on frozen features first
  simreal adapt data photos --full --backbone resnet50 --pretrained --lr 1e-4     as in the paper
  simreal adapt data photos --select snd                      keep the epoch with the densest neighbourhoods
  simreal adapt data photos --backbone resnet18 --weights run/model.pt            go on from another run's backbone

The outcome is a run like those of simreal train: evaluate, export and score take it.

methods:
  none          no adaptation: the source alone
  dann          features that a domain discriminator cannot tell apart (Ganin et al. 2016)
  mcd           two classifiers that disagree where features are not yet the source's (Saito et al. 2018)
  rca           features that take each domain for the other, class by class (Cicek and Soatto 2019)
  srdc          the target's clusters under the guidance of the source (Tang et al. 2020)
  disclusterda  clusters that are sharp, apart, and classified as what they are (Tang et al. 2022)
  cdan          a discriminator that sees features and predictions together (Long et al. 2018)
  mcc           predictions that confuse no class with another (Jin et al. 2020)
  cdan_mcc      the two together
  shot          without the source, once the head has been trained on it (Liang et al. 2020)
"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.description = f"{HELP[0].upper()}{HELP[1:]}."
    parser.epilog = DETAILS
    configure_run(
        parser, "labelled data set: rendered, folders of photos, a list (.txt) or an image set", ENDING, "SOURCE"
    )
    parser.add_argument("target", type=Path, metavar="TARGET", help="the same without labels, or a folder of images")
    _add(parser, "method", choices=METHOD_NAMES)

    target = parser.add_argument_group("target")
    _add(target, "target_split", metavar="SPLIT")
    _add(target, "test_share", type=float, metavar="SHARE")
    target.add_argument(
        "--alias",
        action="append",
        metavar="FOLDER=CLASS",
        help="a folder of the target that the source calls differently, for measuring only",
    )
    _add(target, "select", choices=SELECTIONS)

    model = configure_backbone(parser)
    mode = model.add_mutually_exclusive_group()
    mode.add_argument(
        "--head-only",
        action="store_true",
        dest="head_only",
        help="bottleneck and head, on frozen features (default with weights)",
    )
    mode.add_argument("--full", action="store_false", dest="head_only", help="all weights (default from scratch)")
    _add(model, "bottleneck", type=int, metavar="WIDTH")
    _add(model, "head_first", action="store_true")
    add_option(model, "views", type=int, metavar="N")

    images = parser.add_argument_group("images")
    add_option(images, "limit", type=int, metavar="N", note="of the source")
    add_option(images, "augmentation", choices=AUGMENTATIONS)
    add_option(images, "crop_px", type=int, metavar="PX")
    add_option(images, "resize_px", type=int, metavar="PX")

    steps = parser.add_argument_group("steps of SGD")
    told = {"epochs": "times every image of the source is seen, in each stage (default: 20)",
            "batch_size": "images of each of the two domains a step (default: 64)",
            "lr": "learning rate of new layers (default: 0.01; the paper: 1e-4, mcd 1e-3)",
            "weight_decay": "pull of the weights towards 0 (default: 1e-4)",
            "schedule": "how the learning rate falls (default: inverse, lr (1 + 10 p)^-0.75)"}  # fmt: skip
    steps.add_argument("--epochs", type=int, metavar="N", help=told["epochs"])
    steps.add_argument("--batch-size", type=int, metavar="N", help=told["batch_size"])
    steps.add_argument("--lr", type=float, help=told["lr"])
    add_option(steps, "momentum", type=float)
    steps.add_argument("--weight-decay", type=float, help=told["weight_decay"])
    steps.add_argument("--schedule", choices=SCHEDULES, help=told["schedule"])
    _add(steps, "backbone_lr", type=float, metavar="SHARE")
    for name in ("amp", "channels_last"):
        switch = f"--no-{name.replace('_', '-')}"
        steps.add_argument(switch, dest=name, action="store_false", help=f"no {option_help(name, RunConfig)}")
    configure_machine(parser.add_argument_group("machine"))


def _add(group: Any, field: str, **arguments: Any) -> None:
    add_option(group, field, config=Adaptation, **arguments)


def run(args: argparse.Namespace) -> int:
    if args.offline:
        os.environ["HF_HUB_OFFLINE"] = "1"  # read when timm's hub client is imported
    require_torch()
    import attrs

    from ..datasets.reading import open_data_set
    from ..training.adaptation.adapting import adapt
    from ..training.adaptation.defaults import resolve_adaptation, resolve_resumed
    from ..training.run_folder import RunFolder

    fields = {field.name for config in (RunConfig, Adaptation) for field in attrs.fields(config)} - {"data", "target"}
    given = {name: value for name, value in vars(args).items() if name in fields}
    if "alias" in args:
        given["aliases"] = dict(class_alias(text) for text in args.alias)
    out = run_folder(args, ENDING)
    started = RunFolder(out).config() if args.resume and out.is_dir() else None
    if started:
        if args.from_scratch or args.pretrained or "weights_file" in given:
            given["weights"] = "none" if args.from_scratch else "timm" if args.pretrained else "file"
        config = resolve_resumed(started, args.data, args.target, given)
    else:
        config = resolve_adaptation(
            open_data_set(args.data), args.target, given, from_scratch=args.from_scratch, pretrained=args.pretrained
        )
    results = adapt(config, out, args.report, resume=args.resume, overwrite=args.overwrite, go_on=args.go_on)
    args.report(Result("adaptation", {"run": str(out), **results}))
    args.report(Result("text", {"text": _summary(out, results)}))
    return 0


def _summary(out: Path, results: dict[str, Any]) -> str:
    adaptation = results["adaptation"]
    lines = [f"{out}: {adaptation['method']}, {results['images']} source images and "
             f"{len(adaptation['adapted_to'])} of the target in {results['seconds']} s"]  # fmt: skip
    if "target" in results:
        target = results["target"]
        part = {"adapt": "the images adapted to", "test": "images never adapted to"}[target["part"]]
        low, high = target["top1_interval_95"]
        lines.append(
            f"{part}: {100 * target['top1']:.1f} % ({100 * low:.1f} to {100 * high:.1f}), "
            f"mean of classes {100 * target['mean_class_accuracy']:.1f} % ({target['n']} images)"
        )
        picked = ", ".join(
            f"{name} {_percent(row)} (epoch {row['epoch']})" for name, row in adaptation["epochs"].items()
        )
        lines.append(f"by epoch: {picked}; kept: {adaptation['kept']}. The oracle knows the labels: it is never kept")
    return "\n".join(lines)


def _percent(row: dict[str, Any]) -> str:
    top1 = row["adapt_top1"] if row["test_top1"] is None else row["test_top1"]
    return f"{100 * top1:.1f} %"
