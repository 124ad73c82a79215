"""``simreal pretrain DATA``: train a backbone without labels."""

from __future__ import annotations

import argparse
from typing import Any

from ..design.errors import RunError
from ..training.options import option, option_help
from ..training.pretraining.config import SCHEME_NAMES, Pretraining
from .streaming import configure_stream
from .train import require_packages, require_torch, run_folder, start
from .training_options import (
    configure_backbone,
    configure_images,
    configure_machine,
    configure_run,
    configure_steps,
)

HELP = "train a backbone without labels, on two views of each image, for simreal train and adapt to start from"

DETAILS = """
The result is a run folder whose model.pt is weights for --weights of simreal train and simreal adapt. From scratch,
unless --weights or --pretrained say where to start. Pre-training with labels is simreal train (docs/pretraining.md).

  simreal pretrain data --scheme simclr --backbone resnet18 --out pre        without labels
  simreal pretrain data --scheme simclr --label-weight 1 --out pre           with the labels of the renders beside
  simreal pretrain data --scheme moco --backbone resnet18 --weights run/model.pt --out pre     after labels
  simreal train other --backbone resnet18 --weights pre/model.pt             a head on what was learned
  simreal train other --backbone resnet18 --weights pre/model.pt --full      all weights from there
"""

ENDING = "pretrained"
_OWN = ("scheme", "label_weight", "queue")


def configure(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.description = f"{HELP[0].upper()}{HELP[1:]}."
    parser.epilog = DETAILS
    configure_run(parser, "data set or folder of photos, in class folders; with --stream a design", ENDING)
    scheme = parser.add_argument_group("scheme")
    _add(scheme, "scheme", choices=SCHEME_NAMES)
    _add(scheme, "label_weight", type=float, metavar="W")
    _add(scheme, "queue", type=int, metavar="N")
    configure_backbone(parser)
    configure_images(parser)
    configure_steps(parser, "training")
    configure_stream(parser)
    configure_machine(parser.add_argument_group("machine"))


def _add(group: Any, field: str, **arguments: Any) -> None:
    """An option that sets a field of Pretraining, with the help that stands there."""
    group.add_argument(option(field), dest=field, help=option_help(field, Pretraining), **arguments)


def run(args: argparse.Namespace) -> int:
    require_torch()
    require_packages("lightly", extra="pretrain")
    import attrs

    from ..training.run_folder import RunFolder

    given = {name: getattr(args, name) for name in _OWN if hasattr(args, name)}
    args.out = out = run_folder(args, ENDING)
    if args.resume:
        if not out.is_dir():
            raise RunError(f"{out}: there is no run to resume")
        started = RunFolder(out).config().pretraining
        if started is None:
            raise RunError(f"{out}: is not a pre-training; continue it with simreal train --resume")
        return start(args, {"pretraining": attrs.evolve(started, **given)})
    if "scheme" not in given:
        raise RunError(f"--scheme is needed: {', '.join(SCHEME_NAMES)}")
    if given["scheme"] != "moco" and "queue" in given:
        raise RunError("--queue has no meaning with any scheme but moco")
    args.from_scratch = not (args.pretrained or hasattr(args, "weights_file"))
    return start(args, {"pretraining": Pretraining(**given), "head_only": False})
