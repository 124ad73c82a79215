"""``simreal worker JOB``: the render worker that ``simreal render`` starts. Not for people; always speaks messages."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

HELP = "render shards given on stdin (started by `simreal render`)"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("job", type=Path, help="the data set's .simreal/job.json")


def run(args: argparse.Namespace) -> int:
    from ..datasets.messages import Message, encode

    # Blender prints to file descriptor 1 from C: messages get a descriptor of their own, its chatter goes to stderr.
    channel = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)

    def report(message: Message) -> None:
        channel.write(encode(message))

    from ..rendering.cores import seeing_cores
    from ..rendering.jobs import read_job

    with seeing_cores(read_job(args.job).threads):
        from ..rendering.worker import serve

    return serve(args.job, report)
