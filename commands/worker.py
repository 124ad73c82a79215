"""``simreal worker JOB``: the render worker that ``simreal render`` starts. Not for people; always speaks messages."""

from __future__ import annotations

import argparse
from pathlib import Path

from .message_channel import message_channel

HELP = "render shards given on stdin (started by `simreal render`)"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("job", type=Path, help="the data set's .simreal/job.json")
    parser.add_argument("--device", default="cpu", help="cpu, auto, optix, cuda, hip, metal or oneapi")
    parser.add_argument("--threads", type=int, default=1, help="CPU threads")
    parser.add_argument("--gpu", type=int, help="number of the GPU, of several (default: all)")
    parser.add_argument("--cores", type=_numbers, default=(), help="CPU cores to stay on, 0,1 (default: any)")


def run(args: argparse.Namespace) -> int:
    report = message_channel()

    from ..rendering.cores import seeing_cores, stay_on
    from ..rendering.seats import Seat

    stay_on(args.cores)
    with seeing_cores(args.threads):
        from ..rendering.worker import serve

    return serve(args.job, Seat(args.device, args.threads, args.gpu, args.cores), report)


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split(",")))
