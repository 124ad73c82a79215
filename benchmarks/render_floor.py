"""What an image costs beside its rays: wall time per image against Cycles' own time for the same images.

    .venv/bin/python benchmarks/render_floor.py --models ../shared/kit/models --environments ../shared/kit/hdri

Renders a design shard by shard as a worker does (draw, apply, trace, lay the background under, develop, encode, write,
commit), in this process. Every ``--every``-th image is rendered again in place with nothing changed but
the seed, and not written: the floor. Both sides are measured in one run, image by image, so that whatever else the
machine does falls on both.

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

from simreal.datasets.shards import ShardWriter, plan
from simreal.datasets.state import prepare
from simreal.design.counts import with_counts
from simreal.design.design import ImageSettings
from simreal.design.sampling import Sampler
from simreal.design.starting import Sources, start_design
from simreal.rendering.cores import seeing_cores
from simreal.rendering.memory import resident_bytes


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
    return parser.parse_args()


def main() -> None:
    args = arguments()
    with seeing_cores(args.threads):
        import bpy

        from simreal.rendering.session import RenderSession, SessionSettings

    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        design = start_design(Sources(models=args.models, environments=args.environments), "floor", data).design
        image = ImageSettings(resolution_px=args.resolution, samples=args.samples, denoiser=args.denoiser)
        design = with_counts(attrs.evolve(design, image=image), {"train": args.images})
        prepare(data, design)
        sampler = Sampler(design, "train")
        times, floors, paired = [], [], []
        with RenderSession(design, SessionSettings(threads=args.threads), lambda message: None) as session:
            session.check_classes()
            scene = bpy.context.scene
            for shard in plan("train", args.images):
                specs = [sampler.spec(index) for index in shard.indices]
                floor_s, start = 0.0, time.perf_counter()
                with ShardWriter(data, shard) as writer:
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
                            floor_s += floors[-1]
                    writer.commit()
                times.append((time.perf_counter() - start - floor_s) / len(shard))
        result = {
            **{name: getattr(args, name) for name in ("images", "resolution", "samples", "denoiser", "threads")},
            "blender": bpy.app.version_string,
            "s_per_image": statistics.mean(times),
            "floor_s": statistics.mean(floors),
            "ratio": statistics.mean(times) / statistics.mean(floors),
            "ratio_of_measured_images": statistics.mean(paired) / statistics.mean(floors),
            "memory_mb": resident_bytes() / 1e6,
        }
    os.dup2(stdout, 1)
    for name, value in result.items():
        print(f"{name:28} {value:.4g}" if isinstance(value, float) else f"{name:28} {value}", file=sys.stderr)
    print(json.dumps(result))


if __name__ == "__main__":
    stdout = os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # Blender's chatter
    main()
