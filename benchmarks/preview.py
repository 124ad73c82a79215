"""How long a preview takes to be seen: through Blender's own link to the warm preview process, as the panel does it.

    .venv/bin/python benchmarks/preview.py
    .venv/bin/python benchmarks/preview.py --models ../shared/kit/models --environments ../shared/kit/hdri

Renders sheets of a design, each with another seed (nothing of it known), then the same ones again, and says when the
first image and the whole sheet were there, what CPU time the preview process took for it, and how long Blender's main
thread was held at most, both in wall time and in its own CPU time (other programs on the machine add to the former).
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
from typing import Any

import attrs
import bpy

import simreal
from simreal.addon import preview_link
from simreal.addon.conversion import design_of, load_design
from simreal.addon.preview_requests import contact_sheet, current, request
from simreal.design.design import ImageSettings
from simreal.design.starting import Sources, start_design


@attrs.define
class Sheet:
    """What was measured of one sheet. ``hold`` is the longest that Blender's main thread was held."""

    first_s: float = 0.0
    all_s: float = 0.0
    cpu_s: float = 0.0
    hold_s: float = 0.0
    hold_cpu_s: float = 0.0


def arguments() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", type=Path, help="folder of models (default: the starter library)")
    parser.add_argument("--environments", type=Path, help="folder of environment maps (default: Blender's own)")
    parser.add_argument("--images", type=int, default=12)
    parser.add_argument("--resolution", type=int, default=128)
    parser.add_argument("--samples", type=int, default=16)
    parser.add_argument("--denoiser", choices=("none", "oidn"), default="oidn")
    parser.add_argument("--sheets", type=int, default=5, help="warm sheets to measure, each with another seed")
    parser.add_argument("--pause", type=float, default=5.0, help="seconds between two sheets, as people take them")
    return parser.parse_args()


def measured(state: Any, count: int) -> Sheet:
    """Ask for a sheet and see it through, polling as Blender's timer does."""
    found, start = Sheet(), time.perf_counter()
    cpu = child_cpu_s()
    held(found, lambda: request(contact_sheet(design_of(state), "train", count)))
    sheet = current()
    assert sheet is not None
    while not sheet.ended:
        time.sleep(preview_link.INTERVAL_S)
        held(found, preview_link.poll)
        if sheet.done and not found.first_s:
            found.first_s = time.perf_counter() - start
    found.all_s = time.perf_counter() - start
    found.cpu_s = child_cpu_s() - cpu
    if sheet.problems or sheet.done < count:
        sys.exit(f"not all images came: {sheet.reason} {sheet.problems}")
    return found


def held(sheet: Sheet, call: Any) -> None:
    """Call something, and note how long it held the thread."""
    wall, cpu = time.perf_counter(), time.thread_time()
    call()
    sheet.hold_s = max(sheet.hold_s, time.perf_counter() - wall)
    sheet.hold_cpu_s = max(sheet.hold_cpu_s, time.thread_time() - cpu)


def child_cpu_s() -> float:
    """CPU seconds of the preview process so far, 0 where there is none or the system does not tell."""
    client = preview_link.link()._client
    status = Path(f"/proc/{client.pid}/stat") if client is not None else None
    if status is None or not status.is_file():
        return 0.0
    fields = status.read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def summed_up(sheets: list[Sheet]) -> dict[str, float]:
    """The median and the worst of several sheets."""
    numbers = {}
    for field in attrs.fields(Sheet):
        values = [getattr(sheet, field.name) for sheet in sheets]
        numbers[field.name] = round(statistics.median(values), 3)
        numbers[f"worst_{field.name}"] = round(max(values), 3)
    return numbers


def main() -> None:
    args = arguments()
    with tempfile.TemporaryDirectory() as folder:
        preview_link.user_folder = lambda: Path(folder)
        simreal.register()
        state = bpy.context.scene.simreal
        made = start_design(Sources(models=args.models, environments=args.environments), "preview", Path(folder)).design
        image = ImageSettings(resolution_px=args.resolution, samples=args.samples, denoiser=args.denoiser)
        load_design(state, attrs.evolve(made, image=image))
        result: dict[str, Any] = {
            **{name: getattr(args, name) for name in ("images", "resolution", "samples", "denoiser")},
            "design": args.models.name if args.models else "starter",
            "blender": bpy.app.version_string,
            "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
            "cold": summed_up([measured(state, args.images)]),
        }
        fresh, known, changed = [], [], []
        for seed in range(1, args.sheets + 1):
            time.sleep(args.pause)
            state.seed = seed
            fresh.append(measured(state, args.images))
            known.append(measured(state, args.images))
            state.factors.lens.weight = 1.0 - 0.1 * seed
            changed.append(measured(state, args.images))
            state.factors.lens.weight = 1.0
        result |= {"warm": summed_up(fresh), "known": summed_up(known), "changed": summed_up(changed)}
        state.image.resolution_px = 128
        state.image.samples = 1
        result["sheet_of_64"] = summed_up([measured(state, 64)])
        simreal.unregister()
    os.dup2(stdout, 1)
    for name, value in result.items():
        print(f"{name:12} {value}", file=sys.stderr)
    print(json.dumps(result), flush=True)


if __name__ == "__main__":
    stdout = os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # Blender's chatter
    main()
    os._exit(0)  # bpy 4.5 may wait for its own sound thread for ever at exit
