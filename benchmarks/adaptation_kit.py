"""All adaptation methods from rendered images to real photos: a table with intervals over the seeds.

    .venv/bin/python benchmarks/adaptation_kit.py data kit/photos --out adaptation
    .venv/bin/python benchmarks/adaptation_kit.py data kit/photos --out adaptation --mode full --method mcc
    .venv/bin/python benchmarks/adaptation_kit.py data kit/photos --out adaptation --limit 100

Half of the photos are adapted to, without their labels; what is told is accuracy on the other half, which is the same
for all. Each cell is a run of simreal adapt in a folder of its own: what is finished is not run again, what was
interrupted goes on. `train` is the head that simreal train fits to the source alone, for comparison. Writes table.md
and table.json into --out, after every cell.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import attrs
import numpy as np

from simreal.studies.intervals import mean_interval
from simreal.training.adaptation.config import METHOD_NAMES

SIMREAL = (sys.executable, str(Path(__file__).resolve().parent.parent / "headless.py"))
MODES = ("head-only", "full")
TRAIN = "train"
PICKED = ("last", "snd", "im", "oracle")


@attrs.frozen
class Cell:
    """A method with a seed."""

    mode: str
    method: str
    seed: int
    limit: int | None
    image_size: int | None = None

    @property
    def name(self) -> str:
        """Its folder's."""
        size = f"-{self.image_size}px" if self.image_size else ""
        return f"{self.mode}-{self.limit or 'all'}-{self.method}-{self.seed}{size}"

    def options(self) -> list[str]:
        """What both verbs are told."""
        limit = ["--limit", str(self.limit)] if self.limit else []
        size = ["--image-size", str(self.image_size)] if self.image_size else []
        return [f"--{self.mode}", "--seed", str(self.seed), "--validation", "none", *limit, *size]


def arguments() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path, help="rendered data set")
    parser.add_argument("photos", type=Path, help="photos in class folders")
    parser.add_argument("--out", type=Path, required=True, help="folder of the runs and the table")
    parser.add_argument("--mode", choices=MODES, action="append", help="may be repeated (default: head-only)")
    parser.add_argument("--method", choices=METHOD_NAMES, action="append", help="may be repeated (default: all)")
    parser.add_argument("--seeds", type=int, default=3, choices=range(2, 11), metavar="N", help="how many (default: 3)")
    parser.add_argument("--limit", type=int, metavar="N", help="images of the source (default: all)")
    parser.add_argument("--epochs", type=int, metavar="N", help="instead of the default of simreal adapt")
    parser.add_argument("--image-size", type=int, metavar="PX", help="of the network's input")
    parser.add_argument("--threads", type=int, default=0, help="CPU threads of a run")
    return parser.parse_args()


def finished(run: Path) -> dict[str, Any] | None:
    """A run's results; None where it has not finished."""
    state = run / "run.json"
    if not state.is_file() or json.loads(state.read_text(encoding="utf-8")).get("state") != "finished":
        return None
    results: dict[str, Any] = json.loads((run / "results.json").read_text(encoding="utf-8"))
    return results


def adapted(cell: Cell, args: argparse.Namespace) -> dict[str, float]:
    """Accuracy on the photos that were never adapted to, at the epoch that each criterion picks."""
    run = args.out / cell.name
    if finished(run) is None:
        epochs = ["--epochs", str(args.epochs)] if args.epochs else []
        simreal(args, "adapt", args.source, args.photos, "--out", run, "--method", cell.method, "--test-share", "0.5",
                "--continue", "--threads", args.threads, *cell.options(), *epochs)  # fmt: skip
    results = finished(run)
    assert results is not None, "a run that ends well is finished"
    return {name: float(results["adaptation"]["epochs"][name]["test_top1"]) for name in PICKED}


def trained(cell: Cell, args: argparse.Namespace) -> dict[str, float]:
    """The same of simreal train: its head on frozen features of the source."""
    run = args.out / cell.name
    half = test_half(args, finished(args.out / attrs.evolve(cell, method="none").name))
    results = run / "evaluate" / half.name / "results.json"
    if not results.is_file():
        simreal(args, "train", args.source, "--out", run, "--continue", "--threads", args.threads, *cell.options())
        simreal(args, "evaluate", run, half, "--threads", args.threads)
    return {"last": float(json.loads(results.read_text(encoding="utf-8"))["top1"])}


def test_half(args: argparse.Namespace, results: dict[str, Any] | None) -> Path:
    """The photos that a run never adapted to, as a folder of links."""
    assert results is not None, "no adaptation comes first"
    half: Path = args.out / "test-half"
    for name in results["adaptation"]["never_adapted_to"]:
        link = half / name
        link.parent.mkdir(parents=True, exist_ok=True)
        if not link.is_symlink():
            link.symlink_to((args.photos / name).resolve())
    return half


def simreal(args: argparse.Namespace, *words: object) -> None:
    """Run a verb; what it says goes into --out/log.txt."""
    with (args.out / "log.txt").open("a", encoding="utf-8") as log:
        subprocess.run([*SIMREAL, *map(str, words)], stdout=log, stderr=log, check=True)


def table(found: dict[Cell, dict[str, float]], seeds: int) -> str:
    """A row a method that all seeds are there of, as Markdown."""
    lines = [
        "| mode | method | target accuracy | 95 % | gain over none | 95 % | by SND | by IM | oracle |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for mode in MODES:
        alone = [found[cell]["last"] for cell in found if (cell.mode, cell.method) == (mode, "none")]
        for method in (TRAIN, *METHOD_NAMES):
            each = [found[cell] for cell in found if (cell.mode, cell.method) == (mode, method)]
            if len(each) < seeds or len(alone) < seeds:
                continue
            mean, low, high = (100 * value for value in mean_interval([one["last"] for one in each]))
            gains = [one["last"] - none for one, none in zip(each, alone, strict=True)]
            gain, least, most = (100 * value for value in mean_interval(gains))
            picked = [f"{100 * np.mean([one[name] for one in each]):.1f}" if name in each[0] else ""
                      for name in PICKED[1:]]  # fmt: skip
            interval = f"{low:.1f} .. {min(high, 100.0):.1f}"
            told = [f"{mean:.1f} %", interval, f"{gain:+.1f}", f"{least:+.1f} .. {most:+.1f}"]
            lines.append(f"| {mode} | {method} | {' | '.join([*told, *picked])} |")
    return "\n".join(lines) + "\n"


def main() -> int:
    args = arguments()
    args.out.mkdir(parents=True, exist_ok=True)
    methods = args.method or METHOD_NAMES
    found: dict[Cell, dict[str, float]] = {}
    for mode in args.mode or MODES[:1]:
        for seed in range(args.seeds):
            for method in dict.fromkeys(("none", *((TRAIN,) if mode == "head-only" else ()), *methods)):
                cell = Cell(mode, method, seed, args.limit, args.image_size)
                found[cell] = trained(cell, args) if method == TRAIN else adapted(cell, args)
                print(f"{cell.name}: {100 * found[cell]['last']:.1f} %", file=sys.stderr, flush=True)
                (args.out / "table.md").write_text(table(found, args.seeds), encoding="utf-8")
                told = [{**attrs.asdict(each), **values} for each, values in found.items()]
                (args.out / "table.json").write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
    print(table(found, args.seeds))
    return 0


if __name__ == "__main__":
    sys.exit(main())
