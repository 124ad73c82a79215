"""Whether an image costs more the longer a worker has been at it, in time and in memory.

    .venv/bin/python benchmarks/long_run.py [--models DIR --environments DIR]

Render workers, one a core, render all images but the last ``--window`` in one go. Then a second crew starts and renders
its first window. From there on both crews render the second window of images, shards in turn: for the old one it is its
last, rendered once more, for the young one its second. How fast the machine is changes meanwhile, where others share
it; in turn it changes for both. Memory of the old crew at its end is also put against what it had itself after the
second window. Prints a JSON line.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

import attrs
from render_crew import RenderCrew

from simreal.datasets.shards import SHARD_SIZE, plan
from simreal.design.counts import with_counts
from simreal.design.design import ImageSettings
from simreal.design.starting import Sources, start_design
from simreal.rendering.launch import available_cores
from simreal.rendering.seats import Seat


def arguments() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", type=Path, help="folder of models (default: the starter library)")
    parser.add_argument("--environments", type=Path, help="folder of environment maps (default: Blender's own)")
    parser.add_argument("--images", type=int, default=20_000)
    parser.add_argument("--resolution", type=int, default=64)
    parser.add_argument("--window", type=int, default=1000)
    args = parser.parse_args()
    if args.images < 3 * args.window or args.window % SHARD_SIZE:
        parser.error(f"--images must be at least three times --window, and that a multiple of {SHARD_SIZE}")
    return args


def main() -> None:
    args = arguments()
    seats = [Seat() for _ in range(available_cores())]
    with tempfile.TemporaryDirectory() as folder:
        sources = Sources(models=args.models, environments=args.environments)
        started = start_design(sources, "long", Path(folder)).design
        design = with_counts(attrs.evolve(started, image=ImageSettings(args.resolution)), {"train": args.images})
        shards = plan("train", args.images)
        some = args.window // SHARD_SIZE
        first, second, others = shards[:some], shards[some : 2 * some], shards[2 * some : -some]
        with RenderCrew(design, seats) as old:
            went_s = old.render([*first, *second])
            early_mb = old.memory_mb()
            for begin in range(0, len(others), some):
                went_s += old.render(others[begin : begin + some])
                print(f"{went_s:6.0f} s, {old.memory_mb():.0f} MB", file=sys.stderr)
            old.forget()
            with RenderCrew(design, seats) as young:
                young.render(first)
                times: dict[str, list[float]] = {"old": [], "young": []}
                both = {"old": old, "young": young}
                for begin in range(0, some, 2 * len(seats)):
                    for name, crew in both.items():
                        times[name].append(crew.render(second[begin : begin + 2 * len(seats)]))
                    both = dict(reversed(both.items()))
                result = {
                    **{name: getattr(args, name) for name in ("images", "resolution", "window")},
                    "workers": len(seats),
                    "s_per_image": went_s / (args.images - args.window),
                    "late_s_per_image": sum(times["old"]) / args.window,
                    "late_to_early_time": sum(times["old"]) / sum(times["young"]),
                    "late_to_early_time_by_turn": [a / b for a, b in zip(times["old"], times["young"], strict=True)],
                    "late_to_early_memory": old.memory_mb() / early_mb,
                    "memory_mb": old.memory_mb(),
                    "memory_mb_of_young": young.memory_mb(),
                }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
