"""How much more two workers render than one, and N simulated GPUs than one.

    .venv/bin/python benchmarks/scaling.py --models DIR --environments DIR

A simulated GPU is a worker held to one CPU core of its own, as a GPU is its worker's alone. All render the same
blocks in turn, with nothing else between: one worker, one a core, one pinned, one pinned on each core. Prints JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

import attrs
from render_crew import RenderCrew

from simreal.datasets.shards import Shard
from simreal.design.counts import with_counts
from simreal.design.design import ImageSettings
from simreal.design.starting import Sources, start_design
from simreal.rendering.seats import Seat


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", type=Path, help="folder of models (default: the starter library)")
    parser.add_argument("--environments", type=Path, help="folder of environment maps (default: Blender's own)")
    parser.add_argument("--resolution", type=int, default=128)
    parser.add_argument("--block", type=int, default=24, help="images in a block")
    parser.add_argument("--rounds", type=int, default=12)
    args = parser.parse_args()
    cores = sorted(os.sched_getaffinity(0))
    crews = {
        "one worker": [Seat()],
        "one a core": [Seat() for _ in cores],
        "one GPU": [Seat(cores=(cores[0],))],
        "a GPU a core": [Seat(cores=(core,)) for core in cores],
    }
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        place = Path(folder)
        started = start_design(Sources(models=args.models, environments=args.environments), "scaling", place).design
        design = with_counts(attrs.evolve(started, image=ImageSettings(args.resolution)), {"train": 10_000})
        running = {}
        for name, seats in crews.items():
            running[name] = stack.enter_context(RenderCrew(design, seats))
        rates: dict[str, list[float]] = {name: [] for name in crews}
        block = shards(0, args.block, -(-args.block // (2 * len(cores))))
        for crew in (*running.values(), *running.values()):
            crew.render(block)  # every model loaded, by whichever worker gets it
            crew.forget()
        for _ in range(args.rounds):
            for name, crew in running.items():
                rates[name].append(args.block / crew.render(block))
                crew.forget()
            print({name: round(found[-1], 2) for name, found in rates.items()}, file=sys.stderr)
    mean = {name: statistics.mean(found) for name, found in rates.items()}
    workers = [many / one for many, one in zip(rates["one a core"], rates["one worker"], strict=True)]
    gpus = [many / one for many, one in zip(rates["a GPU a core"], rates["one GPU"], strict=True)]
    result = {
        "cores": len(cores),
        "images_per_s": mean,
        "workers_times_one": statistics.mean(workers),
        "workers_times_one_by_round": workers,
        "gpus_linear_to": statistics.mean(gpus) / len(cores),
        "gpus_times_one_by_round": gpus,
    }
    print(json.dumps(result))


def shards(start: int, stop: int, size: int) -> list[Shard]:
    """Images as shards of a size."""
    return [Shard("train", first, min(first + size, stop)) for first in range(start, stop, size)]


if __name__ == "__main__":
    main()
