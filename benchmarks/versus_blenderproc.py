"""Images a second, and how near they come to their references, against BlenderProc on the same scenes.

    .venv/bin/python benchmarks/versus_blenderproc.py --blenderproc PYTHON --models DIR --environments DIR

PYTHON is that of a virtual environment with pip's bpy 4.2, the packages that BlenderProc's ``DefaultConfig`` names, and
its sources installed in place (``pip install --editable SOURCES --config-settings editable_mode=compat``: it takes the
folder it lies in out of Python's path). The scenes are those of a design over the
models and maps: the models' own materials, the environment seen behind them, no sensor effects; poses, lenses, depth of
field and lights are drawn. Both render each block of scenes in turn, so that whatever else the machine does falls on
both. BlenderProc's process uses all cores; ours are one worker a core. Loading each model for the first time is left
out on our side (a warm-up renders every model once); BlenderProc's documented loop has every scene loaded anew.

The noise of an image is its PSNR to the same scene at ``--reference-samples`` by the same program, both as delivered:
8-bit JPEGs of quality 95. Prints JSON, and a table for people on stderr.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import attrs
import numpy as np
from PIL import Image
from render_crew import RenderCrew

from simreal.datasets.layout import image_name
from simreal.datasets.shards import Shard
from simreal.design.checking import check
from simreal.design.counts import with_counts
from simreal.design.design import Design, ImageSettings, Split
from simreal.design.document import overridden, save
from simreal.design.sampling import Sampler
from simreal.design.starting import Sources, start_design
from simreal.rendering.launch import available_cores
from simreal.rendering.seats import Seat

HERE = Path(__file__).resolve().parent
PLAIN = {
    "factors": {
        "material_texture": {"weight": 0.0},
        "background": {"kind": {"options": {"white": 0.0, "flat": 0.0, "gradient": 0.0}}},
        "sensor": {"weight": 0.0, "jpeg_quality": {"fixed": 95.0}},
    }
}
SAMPLES = 16
WARM_UP = 400


class BlenderProc:
    """A running loop of BlenderProc's."""

    def __init__(self, python: Path, scenes: Path) -> None:
        environment = {**os.environ, "USE_EXTERNAL_BPY_MODULE": "1"}
        command = (str(python), str(HERE / "blenderproc_loop.py"), str(scenes))
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
        )
        self.blender = ""

    def render(self, scenes: Sequence[int], out: Path, px: int, samples: int, denoise: bool = False) -> float:
        """Render scenes into a folder. Returns the seconds."""
        assert self._process.stdin is not None and self._process.stdout is not None
        order = {"scenes": list(scenes), "out": str(out), "px": px, "samples": samples, "denoise": denoise}
        self._process.stdin.write((json.dumps(order) + "\n").encode())
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit("BlenderProc's process ended; run blenderproc_loop.py by hand to see why")
        answer = json.loads(line)
        self.blender = answer["blender"]
        return float(answer["seconds"])

    def close(self) -> None:
        self._process.kill()
        self._process.wait()


def comparison(args: argparse.Namespace, px: int, work: Path) -> dict[str, Any]:
    """All figures at one image size."""
    design = plain_design(args.models, args.environments, px, work)
    scenes = work / f"scenes-{px}.json"
    count = args.rounds * args.block
    listing = (sys.executable, str(HERE / "scene_listing.py"), str(work / "plain.simreal.json"), "train", str(count))
    subprocess.run((*listing, str(scenes)), check=True, stdout=subprocess.DEVNULL)
    theirs = BlenderProc(args.blenderproc, scenes)
    seats = [Seat(threads=1) for _ in range(available_cores())]
    ways = {"equal": ImageSettings(px, SAMPLES, denoiser="none"), "better": better(args, px)}
    crews = {name: RenderCrew(attrs.evolve(design, image=image), seats) for name, image in ways.items()}
    try:
        for crew in crews.values():
            crew.__enter__()
            crew.render(blocks(count, count + WARM_UP, 50))
        theirs.render(range(2), work / "warm", px, SAMPLES)
        seconds: dict[str, list[float]] = {"theirs": [], "theirs denoised": [], **{name: [] for name in crews}}
        for number in range(args.rounds):
            start = number * args.block
            for name, crew in crews.items():
                shards = blocks(start, start + args.block, math.ceil(args.block / len(seats)))
                seconds[name].append(crew.render(shards) / args.block)
            few = range(start, start + args.block, args.thin)
            seconds["theirs"].append(theirs.render(few, work / f"theirs-{px}", px, SAMPLES) / len(few))
            took = theirs.render(few, work / f"theirs-denoised-{px}", px, SAMPLES, True)
            seconds["theirs denoised"].append(took / len(few))
            print(px, {name: round(times[-1], 4) for name, times in seconds.items()}, file=sys.stderr)
        compared = range(0, args.references * args.thin, args.thin)
        theirs.render(compared, work / f"theirs-{px}", px, SAMPLES)
        theirs.render(compared, work / f"theirs-denoised-{px}", px, SAMPLES, True)
        listed = json.loads(scenes.read_text())["scenes"]
        shown, image = [listed[index] for index in compared], f"{px}/{args.reference_samples}"
        their_references = references(work, f"theirs-{theirs.blender}", shown, image)
        wanted = [index for index in compared if not numbered(their_references, index).is_file()]
        theirs.render(wanted, their_references, px, args.reference_samples)
        own_references = references(work, f"ours-{version('bpy')}", shown, image)
        reference = attrs.evolve(design, image=ImageSettings(px, args.reference_samples, denoiser="none"))
        render_references(reference, seats, own_references, compared)
        ours = {"reference": [opened(numbered(own_references, index)) for index in compared]}
        ours |= {name: pictures(design, crew.data, compared) for name, crew in crews.items()}
    finally:
        theirs.close()
        for crew in crews.values():
            crew.__exit__(None, None, None)
    truth = [opened(numbered(their_references, index)) for index in compared]
    noise = {
        "theirs": [opened(numbered(work / f"theirs-{px}", index)) for index in compared],
        "theirs denoised": [opened(numbered(work / f"theirs-denoised-{px}", index)) for index in compared],
    }
    quality = {name: mean_psnr(found, truth) for name, found in noise.items()}
    quality |= {name: mean_psnr(ours[name], ours["reference"]) for name in crews}
    show(work / f"side-by-side-{px}.png", [ours["equal"], ours["better"], ours["reference"], noise["theirs"], truth])
    mean = {name: statistics.mean(times) for name, times in seconds.items()}
    ratios = {
        name: [one / other for one, other in zip(seconds["theirs"], seconds[name], strict=True)] for name in crews
    }
    return {
        "px": px,
        "blender": version("bpy"),
        "their_blender": theirs.blender,
        "s_per_image": mean,
        "psnr_db": quality,
        "times_theirs": {name: statistics.mean(values) for name, values in ratios.items()},
        "times_theirs_by_round": ratios,
        "better_settings": attrs.asdict(ways["better"]),
        "references": len(compared),
        "reference_samples": args.reference_samples,
    }


def better(args: argparse.Namespace, px: int) -> ImageSettings:
    """The settings that are to be as good as BlenderProc's at 16 samples, in less time."""
    return ImageSettings(px, args.better_samples[args.sizes.index(px)], denoiser="oidn")


def plain_design(models: Path, environments: Path, px: int, work: Path) -> Design:
    """The design of the scenes that both programs can make."""
    started = start_design(Sources(models=models, environments=environments), "plain", work).design
    design = overridden(started, Split("train", 1, overrides=PLAIN))
    design = with_counts(attrs.evolve(design, image=ImageSettings(px, SAMPLES, denoiser="none")), {"train": 10_000})
    check(design)
    save(design, work / "plain.simreal.json")
    return design


def blocks(start: int, stop: int, size: int) -> list[Shard]:
    """Images as shards of a size."""
    return [Shard("train", first, min(first + size, stop)) for first in range(start, stop, size)]


def references(work: Path, whose: str, scenes: Sequence[Any], image: str) -> Path:
    """The folder of references of these very scenes. They take longest, and those of an earlier run are as good."""
    digest = hashlib.sha256(f"{json.dumps(rounded(list(scenes)))}/{image}".encode()).hexdigest()[:12]
    return work / f"references-{whose}-{digest}"


def rounded(value: Any) -> Any:
    """All numbers in it to three digits: two Blenders place things by 1e-8 differently."""
    if isinstance(value, dict):
        return {name: rounded(part) for name, part in value.items()}
    if isinstance(value, list):
        return [rounded(part) for part in value]
    return round(value, 3) if isinstance(value, float) else value


def render_references(reference: Design, seats: Sequence[Seat], folder: Path, compared: Sequence[int]) -> None:
    """Our own references that are not there yet."""
    wanted = [index for index in compared if not numbered(folder, index).is_file()]
    folder.mkdir(exist_ok=True)
    if wanted:
        with RenderCrew(reference, seats) as crew:
            crew.render([Shard("train", index, index + 1) for index in wanted])
            sampler = Sampler(reference, "train")
            for index in wanted:
                made = crew.data / "train" / image_name(sampler.class_name(index), index)
                shutil.copyfile(made, numbered(folder, index))


def numbered(folder: Path, index: int) -> Path:
    """An image's file where files are named by number."""
    return folder / f"{index:04d}.jpg"


def pictures(design: Design, data: Path, indices: Sequence[int]) -> list[np.ndarray]:
    """Images of our own."""
    sampler = Sampler(design, "train")
    return [opened(data / "train" / image_name(sampler.class_name(index), index)) for index in indices]


def opened(path: Path) -> np.ndarray:
    """(height, width, 3), 0..255."""
    return np.asarray(Image.open(path).convert("RGB"), np.float64)


def mean_psnr(images: Sequence[np.ndarray], references: Sequence[np.ndarray]) -> float:
    """The mean over images of 10 log10(255² / mean squared error), in dB."""
    errors = [np.mean((image - truth) ** 2) for image, truth in zip(images, references, strict=True)]
    return float(np.mean([10 * math.log10(255**2 / error) for error in errors]))


def show(path: Path, rows: Sequence[Sequence[np.ndarray]]) -> None:
    """Put images side by side: a row per way."""
    sheet = np.concatenate([np.concatenate(row, axis=1) for row in rows], axis=0)
    Image.fromarray(sheet.astype(np.uint8)).save(path)


def arguments() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--blenderproc", type=Path, required=True, metavar="PYTHON")
    parser.add_argument("--models", type=Path, required=True)
    parser.add_argument("--environments", type=Path, required=True)
    parser.add_argument("--sizes", type=int, nargs="+", default=[128, 224])
    parser.add_argument("--rounds", type=int, default=4, help="blocks that both render in turn")
    parser.add_argument("--block", type=int, default=100, help="images of ours in a block")
    parser.add_argument("--thin", type=int, default=10, help="BlenderProc renders every so-manieth of them")
    parser.add_argument(
        "--better-samples", type=int, nargs="+", default=[5, 3], help="samples of our denoised images, a number a size"
    )
    parser.add_argument("--references", type=int, default=8, help="scenes whose noise is measured")
    parser.add_argument("--reference-samples", type=int, default=4096)
    parser.add_argument("--work", type=Path, help="keep pictures here, and use the references that are here")
    return parser.parse_args()


def main() -> None:
    args = arguments()
    with tempfile.TemporaryDirectory() as folder:
        work = (args.work or Path(folder)).resolve()
        work.mkdir(parents=True, exist_ok=True)
        results = [comparison(args, px, work) for px in args.sizes]
    for result in results:
        print(f"{result['px']} px", file=sys.stderr)
        for name, seconds in result["s_per_image"].items():
            ratio = result["times_theirs"].get(name)
            times = f"{ratio:.2f} times BlenderProc's images a second" if ratio else ""
            print(f"  {name:16} {seconds:.4f} s/image  {result['psnr_db'][name]:.2f} dB  {times}", file=sys.stderr)
    print(json.dumps(results))


if __name__ == "__main__":
    main()
