"""What an image costs beside its rays: wall time per image against Cycles' own time for the same images.

    .venv/bin/python benchmarks/render_floor.py --models ../shared/kit/models --environments ../shared/kit/hdri

Renders a design shard by shard as a worker does (draw, apply, trace, lay the background under, develop, encode, write,
commit), in this process. Every ``--every``-th image is rendered again in place with nothing changed but
the seed, and not written: the floor. Both sides are measured in one run, image by image, so that whatever else the
machine does falls on both.

Whether images cost more the longer a session lasts is seen by the second ``--window`` of images and the last, which are
the same ones rendered once more, into another folder. How fast the machine is changes meanwhile, where others share it:
a fixed piece of work, done beside every tenth image, is the yardstick by which both times are measured.

Prints a JSON line, and a table for people on stderr.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

import attrs
import numpy as np

from simreal.datasets.shards import SHARD_SIZE, ShardWriter, plan
from simreal.datasets.state import prepare
from simreal.design.counts import with_counts
from simreal.design.design import ImageSettings
from simreal.design.sampling import Sampler
from simreal.design.starting import Sources, start_design
from simreal.rendering.cores import seeing_cores


class Yardstick:
    """A fixed piece of work, some milliseconds of arithmetic on numbers looked up all over a table."""

    def __init__(self) -> None:
        random = np.random.default_rng(0)
        self._table = random.random(1 << 20, np.float32)
        self._places = random.integers(1 << 20, size=1 << 17)

    def __call__(self) -> float:
        """Do it. Returns the seconds."""
        start = time.perf_counter()
        for _ in range(3):
            np.sqrt(np.sin(self._table[self._places]) ** 2 + 1.0).sum()
        return time.perf_counter() - start


def resident_mb() -> float:
    """Memory of this process in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def arguments() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", type=Path, help="folder of models (default: the starter library)")
    parser.add_argument("--environments", type=Path, help="folder of environment maps (default: Blender's own)")
    parser.add_argument("--images", type=int, default=2000)
    parser.add_argument("--resolution", type=int, default=128)
    parser.add_argument("--samples", type=int, default=16)
    parser.add_argument("--denoiser", choices=("none", "oidn"), default="none")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--every", type=int, default=5, help="measure the floor of every so many images")
    parser.add_argument(
        "--window", type=int, default=200, help="the last so many images are the second so many again (default 200)"
    )
    args = parser.parse_args()
    if args.images < 3 * args.window or args.window % SHARD_SIZE:
        parser.error(f"--images must be at least three times --window, and that a multiple of {SHARD_SIZE}")
    return args


def main() -> None:
    args = arguments()
    with seeing_cores(args.threads):
        import bpy

        from simreal.rendering.session import RenderSession, SessionSettings

    with tempfile.TemporaryDirectory() as folder:
        data, again = Path(folder) / "data", Path(folder) / "again"
        data.mkdir()
        again.mkdir()
        design = start_design(Sources(models=args.models, environments=args.environments), "floor", data).design
        image = ImageSettings(resolution_px=args.resolution, samples=args.samples, denoiser=args.denoiser)
        design = with_counts(attrs.evolve(design, image=image), {"train": args.images})
        for place in (data, again):
            prepare(place, design)
        shards = plan("train", args.images)
        some = args.window * len(shards) // args.images
        early, late = slice(some, 2 * some), slice(-some, None)
        order = [*((data, shard) for shard in shards[:-some]), *((again, shard) for shard in shards[early])]
        yardstick = Yardstick()
        sampler = Sampler(design, "train")
        times, floors, paired, memory, speeds = [], [], [], [], []
        with RenderSession(design, SessionSettings(threads=args.threads), lambda message: None) as session:
            session.check_classes()
            scene = bpy.context.scene
            for place, shard in order:
                specs = [sampler.spec(index) for index in shard.indices]
                speed, aside_s, start = [], 0.0, time.perf_counter()
                with ShardWriter(place, shard) as writer:
                    for spec in session.ordered(specs):
                        before = time.perf_counter()
                        made = session.render(spec)
                        writer.add(made.jpeg, made.row(spec))
                        took = time.perf_counter() - before
                        if spec.index % args.every == 0:
                            scene.cycles.seed = spec.seed ^ 1
                            scene.update_tag()
                            before = time.perf_counter()
                            bpy.ops.render.render(write_still=False)
                            floors.append(time.perf_counter() - before)
                            paired.append(took)
                            aside_s += floors[-1]
                        if spec.index % 10 == 0:
                            speed.append(yardstick())
                            aside_s += speed[-1]
                    writer.commit()
                times.append((time.perf_counter() - start - aside_s) / len(shard))
                speeds.append(statistics.mean(speed))
                memory.append(resident_mb())
        time_ratio = statistics.mean(times[late]) / statistics.mean(times[early])
        yardstick_ratio = statistics.mean(speeds[late]) / statistics.mean(speeds[early])
        result = {
            **{name: getattr(args, name) for name in ("images", "resolution", "samples", "denoiser", "threads")},
            "blender": bpy.app.version_string,
            "s_per_image": statistics.mean(times),
            "s_per_image_after_first_window": statistics.mean(times[some:]),
            "floor_s": statistics.mean(floors),
            "ratio": statistics.mean(times) / statistics.mean(floors),
            "ratio_of_measured_images": statistics.mean(paired) / statistics.mean(floors),
            "late_to_early_time": time_ratio / yardstick_ratio,
            "late_to_early_seconds": time_ratio,
            "late_to_early_yardstick": yardstick_ratio,
            "late_to_early_memory": statistics.mean(memory[late]) / statistics.mean(memory[early]),
            "memory_mb": memory[-1],
        }
    os.dup2(stdout, 1)
    for name, value in result.items():
        print(f"{name:28} {value:.4g}" if isinstance(value, float) else f"{name:28} {value}", file=sys.stderr)
    print(json.dumps(result))


if __name__ == "__main__":
    stdout = os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # Blender's chatter
    main()
