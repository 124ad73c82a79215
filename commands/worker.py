"""``simreal worker JOB``: the render worker that ``simreal render`` starts. Not for people; always speaks messages."""

from __future__ import annotations

import argparse
from pathlib import Path

from .message_channel import message_channel

HELP = "render shards given on stdin (started by `simreal render`)"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("job", type=Path, help="the data set's .simreal/job.json")


def run(args: argparse.Namespace) -> int:
    report = message_channel()

    from ..rendering.cores import seeing_cores
    from ..rendering.jobs import read_job

    with seeing_cores(read_job(args.job).threads):
        from ..rendering.worker import serve

    return serve(args.job, report)
