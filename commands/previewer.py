"""``simreal previewer``: the preview process that a panel or ``simreal preview`` starts. Always speaks messages."""

from __future__ import annotations

import argparse
from pathlib import Path

from .message_channel import message_channel

HELP = "render previews asked for on stdin (started by Blender's panels and `simreal preview`)"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("cache", type=Path, help="folder that keeps the images")
    parser.add_argument("--threads", type=int, default=1, metavar="N")
    parser.add_argument("--device", default="cpu")


def run(args: argparse.Namespace) -> int:
    report = message_channel()

    from ..rendering.cores import seeing_cores

    with seeing_cores(args.threads):
        from ..rendering.preview_worker import serve
        from ..rendering.session import SessionSettings

    return serve(args.cache, SessionSettings(args.threads, args.device), report)
