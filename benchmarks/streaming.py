"""Live training: how long it waits for renders, against what the rates imply, and what interruptions change.

    .venv/bin/python benchmarks/streaming.py
    .venv/bin/python benchmarks/streaming.py --images 4000 --render-workers 4 --out streaming.json

Streams the starter design at 64 px, rendered by Blender, into resnet10t from scratch: once where rendering is slower
than training, once where it is faster (larger inputs, one sample), and the first once more, ended by SIGINT and by
SIGKILL on the way and continued. Prints a table on stderr and a JSON line. Exit status 1 if an image was seen twice,
the sequence of indices is broken, or the interrupted run ends in another network than the uninterrupted one.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import attrs
import torch

from simreal.design.design import Split
from simreal.design.document import save
from simreal.design.starting import Sources, start_design

SIMREAL = (sys.executable, str(Path(__file__).resolve().parent.parent / "headless.py"))
CONSUMED = "consumed.jsonl"


@attrs.frozen
class Case:
    """A run: samples a pixel, the size of what the network sees, and how many times --images it has."""

    name: str
    samples: int
    input_px: int
    times: int


RENDER_BOUND = Case("rendering is slower", samples=32, input_px=64, times=1)
TRAIN_BOUND = Case("training is slower", samples=1, input_px=224, times=3)  # beyond what loading models first costs


def arguments() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--images", type=int, default=480, help="images of a run, three times as many where training is slower"
    )
    parser.add_argument("--render-workers", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1, help="CPU threads that train")
    parser.add_argument("--blender", help="Blender's executable (default: this Python's bpy)")
    parser.add_argument("--out", type=Path, help="file for the JSON")
    return parser.parse_args()


def command(args: argparse.Namespace, case: Case, folder: Path, run: str) -> list[str]:
    """The command line of a run, which writes its design where it is not there."""
    file, images = folder / f"{case.samples}.simreal.json", case.times * args.images
    if not file.is_file():
        design = start_design(Sources(), "starter", folder).design
        image = attrs.evolve(design.image, resolution_px=64, samples=case.samples, denoiser="none")
        splits = (Split("train", images // 4), Split("test_iid", 20))
        save(attrs.evolve(design, image=image, splits=splits), file)
    options = [
        "--out", str(folder / run), "--stream", "--images", str(images), "--batch-size", "32", "--ahead", "4",
        "--backbone", "resnet10t", "--from-scratch", "--image-size", str(case.input_px), "--augmentation", "weak",
        "--workers", "0", "--threads", str(args.threads), "--validation", "none",
        "--render-workers", str(args.render_workers), "--render-threads", "1", "--render-device", "cpu",
    ]  # fmt: skip
    return [*SIMREAL, "train", str(file), *options, *(("--blender", args.blender) if args.blender else ())]


def consumed(run: Path) -> list[dict[str, int]]:
    """The ranges of indices that were trained on."""
    file = run / CONSUMED
    return [json.loads(line) for line in file.read_text().splitlines()] if file.is_file() else []


def unbroken(run: Path) -> bool:
    """Whether the ranges follow each other from 0 on."""
    ends = [0, *(part["stop"] for part in consumed(run))]
    return len(ends) > 1 and [part["first"] for part in consumed(run)] == ends[:-1]


def fingerprint(run: Path) -> str:
    """SHA-256 of the trained weights."""
    digest = hashlib.sha256()
    for name, value in torch.load(run / "model.pt", weights_only=True)["state_dict"].items():
        digest.update(name.encode() + value.contiguous().numpy().tobytes())
    return digest.hexdigest()


def interrupted(order: list[str], run: Path, images: int) -> list[str]:
    """Run it, ended by SIGINT after a quarter of the images and by SIGKILL after half. Returns how each part ended."""
    ends = []
    for number, share in ((signal.SIGINT, 0.25), (signal.SIGKILL, 0.5)):
        process = subprocess.Popen([*order, "--continue"], stderr=subprocess.DEVNULL, start_new_session=True)
        while process.poll() is None and not any(part["stop"] >= share * images for part in consumed(run)):
            time.sleep(0.05)
        time.sleep(1.0)  # into what no checkpoint knows of
        process.send_signal(number)
        process.wait()
        last = consumed(run)[-1]["stop"]
        ends.append(f"{number.name} after a checkpoint at {last}")
    subprocess.run([*order, "--continue"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return ends


def measured(run: Path) -> dict[str, Any]:
    """What a run says of its stream."""
    results = json.loads((run / "results.json").read_text())
    return {"images": results["images"], "unbroken": unbroken(run), "weights": fingerprint(run), **results["stream"]}


def main() -> int:
    args = arguments()
    runs: dict[str, dict[str, Any]] = {}
    with tempfile.TemporaryDirectory(prefix="simreal-streaming-") as name:
        folder = Path(name)
        for case, run in ((RENDER_BOUND, "slow"), (TRAIN_BOUND, "fast")):
            subprocess.run(command(args, case, folder, run), check=True, stdout=subprocess.DEVNULL)
            runs[case.name] = measured(folder / run)
        ends = interrupted(command(args, RENDER_BOUND, folder, "parts"), folder / "parts", args.images)
        runs["interrupted"] = {**measured(folder / "parts"), "ends": ends}
    same = runs[RENDER_BOUND.name]["weights"] == runs["interrupted"]["weights"]
    print(f"{'':22} images  twice  waited  implied  rendering  training  unbroken", file=sys.stderr)
    for label, run_ in runs.items():
        print(
            f"{label:22} {run_['images']:6d} {run_['images_reused']:6d} {100 * run_['waited_share']:6.1f} % "
            f"{100 * (run_['implied_share'] or 0):6.1f} % {run_['render_images_per_s'] or 0:8.1f}/s "
            f"{run_['train_images_per_s']:7.1f}/s  {'yes' if run_['unbroken'] else 'NO'}",
            file=sys.stderr,
        )
    print(f"{'; '.join(ends)}: {'the same' if same else 'ANOTHER'} network, to the bit", file=sys.stderr)
    document = {"cores": os.cpu_count(), "same_network": same, "runs": runs}
    print(json.dumps(document))
    if args.out:
        args.out.write_text(json.dumps(document, indent=2) + "\n")
    return 0 if same and all(each["unbroken"] and not each["images_reused"] for each in runs.values()) else 1


if __name__ == "__main__":
    raise SystemExit(main())
