"""``simreal environment``: make or remove a Python environment with PyTorch, for training."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from ..datasets.messages import Log, Result
from ..training.torch_builds import AUTO, BUILDS

HELP = "make, or remove, a Python environment with PyTorch, for training"

DETAILS = """
Packages come from PyTorch's and Python's own indexes, unless pip is set to others: then from those. An environment that
is not finished is never used, and a failure leaves none behind.

  simreal environment create ~/simreal-training                 the build of torch that suits this machine
  simreal environment create ~/simreal-training --torch cpu     the smallest one
  simreal environment remove ~/simreal-training
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``simreal environment``."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.description = f"{HELP[0].upper()}{HELP[1:]}."
    parser.epilog = DETAILS
    parser.add_argument("action", choices=("create", "remove"), help="what to do")
    parser.add_argument("path", type=Path, metavar="FOLDER", help="the environment's folder")
    builds = "; ".join(f"{name}: {build.label}" for name, build in BUILDS.items())
    parser.add_argument(
        "--torch", choices=(AUTO, *BUILDS), default=AUTO, help=f"build of torch ({builds}; default: by the GPU)"
    )
    parser.add_argument(
        "--python", default=sys.executable, metavar="PROGRAM", help="Python to make it from (default: this one)"
    )
    parser.add_argument("--index", default="", metavar="URL", help="package index to use instead of the default ones")
    parser.add_argument("--replace", action="store_true", help="remove the environment that is there first")


def run(args: argparse.Namespace) -> int:
    """Create or remove. Raises ToolError."""
    from ..training.environment import Environment, check_space, create, remove
    from ..training.torch_builds import choose

    if args.action == "remove":
        remove(Environment(args.path.resolve()))
        args.report(Result("text", {"text": f"{args.path} is removed"}))
        return 0
    choice = choose(args.torch)
    build = choice.build
    free = check_space(args.path.resolve(), build)
    args.report(
        Log(
            f"torch for {build.label} ({choice.reason}): about {build.downloaded_bytes / 1e9:.1f} GB to download, "
            f"{build.installed_bytes / 1e9:.1f} GB on the disk; {free / 1e9:.1f} GB are free"
        )
    )
    made = create(args.path, choice, args.report, base=args.python, index=args.index, replace=args.replace)
    args.report(Result("environment", made))
    args.report(Result("text", {"text": f"torch {made['torch']} is ready: {made['python']}"}))
    return 0
