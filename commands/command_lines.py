"""Running one command line from within another, as the user would; what it reports goes where the outer one's goes."""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence

from ..datasets.messages import Log, Report
from ..design.errors import SimrealError, ToolError


def shown_line(line: Sequence[str]) -> str:
    """The line as it can be typed."""
    return " ".join(("simreal", *(f'"{word}"' if " " in word else word for word in line)))


def parsed_line(line: Sequence[str]) -> argparse.Namespace:
    """The line's arguments. ToolError where there is no such verb or option."""
    from . import parser

    try:
        return parser().parse_args(list(line))
    except SystemExit as end:  # argparse has said what is wrong with it
        raise ToolError(f"'{shown_line(line)}' cannot be run as it is") from end


def run_line(line: Sequence[str], report: Report) -> float:
    """Run it and return how many seconds it took. SimrealError where not all of it went well."""
    report(Log(f"\n$ {shown_line(line)}"))
    start = time.monotonic()
    args = parsed_line(line)
    args.report = report
    if args.run(args):
        raise SimrealError(f"not all went well in '{shown_line(line)}'; what is finished is kept")
    return time.monotonic() - start
