"""The command line, the same behind every door: ``simreal``, ``blender --command simreal``, ``headless.py``.

One verb a file. A verb module has ``HELP`` (one line), ``configure(parser)`` and ``run(args) -> int``; it imports
what is heavy inside ``run``. ``args.report`` takes the messages a verb sends (``simreal.datasets.messages``).
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path

from ..datasets.messages import Error
from ..design.errors import SimrealError
from .help_text import HelpFormatter
from .leash import end_with_stdin, held
from .reporting import reporter

VERBS = (
    "design",
    "preview",
    "render",
    "data",
    "pretrain",
    "train",
    "adapt",
    "evaluate",
    "inspect",
    "export",
    "score",
    "advise",
    "study",
    "importance",
    "tune",
    "bench",
    "environment",
    "doctor",
    "demo",
)
HIDDEN_VERBS = ("worker", "previewer")
USAGE_ERROR = 2
INTERRUPTED = 130


def main(argv: Sequence[str] | None = None, prog: str = "simreal") -> int:
    """Run one command line.

    Returns the exit status: 0, 1 (finished, but not all went well), 2 (unusable input), 130 (interrupted).
    """
    args = parser(prog).parse_args(sys.argv[1:] if argv is None else list(argv))
    args.report = reporter(args)
    try:
        if args.leash:
            end_with_stdin()
        with held(args.hold) if args.hold else nullcontext():
            return int(args.run(args) or 0)
    except SimrealError as error:
        args.report(Error(str(error)))
        return USAGE_ERROR
    except KeyboardInterrupt:
        args.report(Error("interrupted; what is finished is kept"))
        return INTERRUPTED
    except BrokenPipeError:  # the reader of our output went away (`| head`): nobody is left to tell
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def parser(prog: str = "simreal") -> argparse.ArgumentParser:
    """The whole command line as one parser."""
    root = argparse.ArgumentParser(
        prog=prog,
        description="Design synthetic image data sets, render them, train classifiers on them, and score real photos.",
        epilog="Start with `simreal demo`, or `simreal design new --models FOLDER`, and `simreal VERB --help`.",
    )
    verbs = root.add_subparsers(title="verbs", metavar="VERB", required=True)
    for name in (*VERBS, *HIDDEN_VERBS):
        verb = importlib.import_module(f".{name}", __package__)
        shown = {} if name in HIDDEN_VERBS else {"help": verb.HELP}
        child = verbs.add_parser(name, description=verb.HELP, formatter_class=HelpFormatter, **shown)
        child.add_argument("--messages", action="store_true", help="write RFC 7464 messages to stdout instead of text")
        # For programs that start this one: it ends with its stdin, and holds a lock on a file until it does.
        child.add_argument("--leash", action="store_true", help=argparse.SUPPRESS)
        child.add_argument("--hold", type=Path, help=argparse.SUPPRESS)
        child.set_defaults(run=verb.run, verb=name)
        verb.configure(child)
    return root
