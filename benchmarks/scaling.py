"""How much more two workers render than one, and N simulated GPUs than one.

    .venv/bin/python benchmarks/scaling.py --models DIR --environments DIR

A simulated GPU is a worker held to one CPU core of its own, as a GPU is its worker's alone. A round is a block of
images by each worker alone, and the same block by all of them at once, each into its own folder: so all have the same
to do, and no part of the time is one worker waiting for another's last shard. The ratio is the sum of the times alone
over the time until all have ended. Free workers and pinned ones take turns. Prints JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
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
    parser.add_argument("--rounds", type=int, default=10)
    args = parser.parse_args()
    cores = sorted(os.sched_getaffinity(0))
    kinds = {"workers": [Seat() for _ in cores], "gpus": [Seat(cores=(core,)) for core in cores]}
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        place = Path(folder)
        started = start_design(Sources(models=args.models, environments=args.environments), "scaling", place).design
        design = with_counts(attrs.evolve(started, image=ImageSettings(args.resolution)), {"train": 10_000})
        crews = {
            kind: [stack.enter_context(RenderCrew(design, [seat])) for seat in seats] for kind, seats in kinds.items()
        }
        block = [Shard("train", 0, args.block)]
        for crew in [crew for kind in crews.values() for crew in kind]:
            seconds(crew, block)  # every model loaded
        rates: dict[str, list[float]] = {kind: [] for kind in kinds}
        ratios: dict[str, list[float]] = {kind: [] for kind in kinds}
        with ThreadPoolExecutor(len(cores)) as threads:
            for _ in range(args.rounds):
                for kind, several in crews.items():
                    alone = [seconds(crew, block) for crew in several]
                    together = max(threads.map(seconds, several, [block] * len(several)))
                    rates[kind].append(len(several) * args.block / together)
                    ratios[kind].append(sum(alone) / together)
                print({kind: round(found[-1], 2) for kind, found in ratios.items()}, file=sys.stderr)
    result = {
        "cores": len(cores),
        "images_per_s": {kind: statistics.mean(found) for kind, found in rates.items()},
        "workers_times_one": statistics.mean(ratios["workers"]),
        "workers_times_one_by_round": ratios["workers"],
        "gpus_linear_to": statistics.mean(ratios["gpus"]) / len(cores),
        "gpus_times_one_by_round": ratios["gpus"],
    }
    print(json.dumps(result))


def seconds(crew: RenderCrew, block: Sequence[Shard]) -> float:
    """How long a crew takes for a block."""
    took = crew.render(block)
    crew.forget()
    return took


if __name__ == "__main__":
    main()
