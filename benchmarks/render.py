"""All that is claimed of rendering, measured in one go: a table and a figure.

    .venv/bin/python benchmarks/render.py --kit DIR --out DIR [--blenderproc PYTHON] [--only floor scaling ...]

Each part is a script of its own beside this one and can be run alone; they run one after the other, alone.
--kit has the folders models/ and hdri/. Without --blenderproc (see versus_blenderproc.py for what it must be) that part
is left out, and the table says so. Writes results.json, table.md and figure.png; with --only, results of earlier runs
in --out are kept. Takes about two hours on two cores, most of it for references and for 20,000 images in one go.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import attrs
import matplotlib.pyplot as plt

HERE = Path(__file__).resolve().parent
Results = dict[str, Any]
KILLS = 30


@attrs.frozen
class Row:
    """A line of the table: what was measured, what it is to be, what it is."""

    what: str
    target: str
    value: str
    met: bool


def commands(args: argparse.Namespace) -> dict[str, list[str]]:
    """The parts and their command lines."""
    kit = ["--models", str(args.kit / "models"), "--environments", str(args.kit / "hdri")]
    parts = {
        "floor": ["render_floor.py", *kit, "--images", "1000", "--every", "5", "--denoiser", "none"],
        "scaling": ["scaling.py", *kit],
        "long": ["long_run.py", "--images", "20000", "--resolution", "64"],
        "data": ["data_scale.py"],
        "streaming": ["streaming.py"],
        "chaos": ["chaos.py", "--kills", str(KILLS), "--images", "10000"],
        "chaos_ray": ["chaos.py", "--kills", str(KILLS), "--images", "10000", "--ray"],
    }
    if args.blenderproc is not None:
        versus = [
            "versus_blenderproc.py",
            *kit,
            "--blenderproc",
            str(args.blenderproc),
            "--work",
            str(args.out / "work"),
        ]
        parts = {"blenderproc": versus, **parts}
    return parts


def rows(results: Results) -> Iterator[Row]:
    """The table."""
    tables: dict[str, Callable[[Any], Iterator[Row]]] = {
        "blenderproc": _blenderproc,
        "floor": _floor,
        "scaling": _scaling,
        "long": _long,
        "data": _data,
        "chaos": _chaos,
        "chaos_ray": _chaos,
        "streaming": _streaming,
    }
    for part, found in results.items():
        yield from tables[part](found["result"])


def _blenderproc(sizes: list[Results]) -> Iterator[Row]:
    for found in sizes:
        px, quality = found["px"], found["psnr_db"]
        equal, better = found["times_theirs"]["equal"], found["times_theirs"]["better"]
        wanted = {128: (7.0, 12.0), 224: (4.5, 10.0)}.get(px, (0.0, 0.0))
        where = f"times BlenderProc's images a second, {px} px"
        yield Row(f"{where}, equal samples", f"≥ {wanted[0]:g}", f"{equal:.1f}", equal >= wanted[0])
        noise = f"{quality['better']:.1f} dB against {quality['theirs']:.1f} dB"
        met = better >= wanted[1] and quality["better"] >= quality["theirs"]
        yield Row(f"{where}, equal or better PSNR", f"≥ {wanted[1]:g}", f"{better:.1f} ({noise})", met)


def _floor(found: Results) -> Iterator[Row]:
    ratio = found["ratio"]
    yield Row("wall time an image over Cycles' own, 128 px, 16 samples", "≤ 1.2", f"{ratio:.3f}", ratio <= 1.2)


def _scaling(found: Results) -> Iterator[Row]:
    workers, gpus = found["workers_times_one"], found["gpus_linear_to"]
    yield Row(f"{found['cores']} workers over one", "≥ 1.8", f"{workers:.2f}", workers >= 1.8)
    yield Row(f"{found['cores']} simulated GPUs, linear to", "≥ 0.9", f"{gpus:.2f}", gpus >= 0.9)


def _long(found: Results) -> Iterator[Row]:
    what = f"images 1,000-2,000 again as the last of {found['images']:,}, {found['resolution']} px"
    for name in ("time", "memory"):
        ratio = found[f"late_to_early_{name}"]
        yield Row(f"{what}: {name}", "within 3 %", f"{ratio:.3f}", ratio <= 1.03)


def _data(found: Results) -> Iterator[Row]:
    for step in ("stats", "verify --fast", "open a loader"):
        seconds, _, megabytes = found["steps"][step]
        what = f"{found['images']:,} rows of metadata: {step}"
        yield Row(what, "seconds, < 1 GB", f"{seconds:.1f} s, {megabytes} MB", seconds < 60 and megabytes < 1000)


def _chaos(found: Results) -> Iterator[Row]:
    kills = ", ".join(f"{count} of {victim}" for victim, count in sorted(found["kills"].items()))
    hashes = "the same hash" if found["equal"] else "another hash"
    met = found["equal"] and not found["faults"] and sum(found["kills"].values()) >= KILLS
    yield Row(f"SIGKILLs: {kills}", "same hash, none lost or twice", f"{hashes}, {found['faults'] or 'none'}", met)


def _streaming(found: Results) -> Iterator[Row]:
    for label, run in found["runs"].items():
        waited, implied = 100 * run["waited_share"], 100 * (run["implied_share"] or 0)
        seen = f"waits {waited:.1f} % ({implied:.1f} % implied), {run['images_reused']} twice"
        met = run["unbroken"] and not run["images_reused"] and waited <= implied + 3 and found["same_network"]
        yield Row(f"streaming, {label}", "waits as rates imply, 0 twice, unbroken, same network", seen, met)


def table(found: list[Row]) -> str:
    """Markdown."""
    lines = ["| what | wanted | measured | |", "|---|---|---|---|"]
    lines += [f"| {row.what} | {row.target} | {row.value} | {'met' if row.met else '**not met**'} |" for row in found]
    return "\n".join(lines) + "\n"


def figure(results: Results, path: Path) -> None:
    """Seconds an image against noise, a panel a size."""
    sizes = results["blenderproc"]["result"]
    drawing, axes = plt.subplots(1, len(sizes), figsize=(5 * len(sizes), 4), squeeze=False, layout="constrained")
    names = {
        "theirs": "BlenderProc",
        "theirs denoised": "BlenderProc, denoised",
        "equal": "Simreal",
        "better": "Simreal, denoised",
    }
    for axis, found in zip(axes[0], sizes, strict=True):
        for name, label in names.items():
            seconds, quality = found["s_per_image"][name], found["psnr_db"][name]
            colour = "tab:grey" if name.startswith("theirs") else "tab:orange"
            axis.scatter(seconds, quality, color=colour)
            side, shift = ("right", -7) if name.startswith("theirs") else ("left", 7)
            axis.annotate(label, (seconds, quality), (shift, 4), textcoords="offset points", fontsize=8, ha=side)
        axis.set_xscale("log")
        axis.xaxis.set_major_formatter("{x:g}")
        axis.margins(x=0.35, y=0.15)
        axis.set(title=f"{found['px']} px", xlabel="seconds an image (2 cores)", ylabel="PSNR to the reference, dB")
    drawing.savefig(path, dpi=150)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kit", type=Path, required=True, help="folder with models/ and hdri/")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--blenderproc", type=Path, metavar="PYTHON")
    parser.add_argument("--only", nargs="+", metavar="PART", help="run these parts alone")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    kept = args.out / "results.json"
    results: Results = json.loads(kept.read_text()) if kept.is_file() else {}
    parts = commands(args)
    for part in args.only or parts:
        if part not in parts:
            parser.error(f"there is no part '{part}' here; there are: {', '.join(parts)}")
        print(f"{part} ...", file=sys.stderr)
        script, *options = parts[part]
        start = time.monotonic()
        done = subprocess.run((sys.executable, str(HERE / script), *options), stdout=subprocess.PIPE, check=False)
        last = done.stdout.decode().strip().rpartition("\n")[2]
        if not last.startswith(("{", "[")):
            raise SystemExit(f"{script} ended with exit status {done.returncode} and no result")
        seconds = round(time.monotonic() - start)
        results[part] = {"status": done.returncode, "seconds": seconds, "result": json.loads(last)}
        kept.write_text(json.dumps(results, indent=1))
    text = table(list(rows(results)))
    if "blenderproc" in results:
        figure(results, args.out / "figure.png")
    else:
        text += "\nNot compared with BlenderProc: --blenderproc was not given.\n"
    (args.out / "table.md").write_text(text)
    print(text)


if __name__ == "__main__":
    main()
