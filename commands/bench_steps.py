"""The steps of a benchmark: write its inputs, render the source, train or adapt, measure, and put up the table.

Each is a command line that a user could type, in this order::

    render source.simreal.json --out source
    train source --out runs/train               or  adapt source target.images.json --method M --out runs/M
    evaluate runs/M target.images.json --split real_val --split real_test --out results/M
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shlex
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs

from ..datasets.benchmarks.benchmark import Benchmark
from ..datasets.benchmarks.photo_check import without_absent
from ..datasets.image_sets import IMAGE_SET_SUFFIX, save_image_set
from ..datasets.messages import Log, Result
from ..datasets.progress_text import duration
from ..datasets.writing import write_bytes
from ..design.document import save
from ..design.errors import DataSetError
from ..design.identity import design_hash
from .bench_inputs import Inputs, find_inputs
from .bench_plan import Estimate, estimated, plan_text
from .bench_results import bench_results, results_text, write_report
from .command_lines import parsed_line, run_line, shown_line

SOURCE_ONLY = "train"  # the run without an adaptation method: plain training
DESIGN, DATA, TARGET, RECORD = "source.simreal.json", "source", f"target{IMAGE_SET_SUFFIX}", "bench.json"


@attrs.frozen
class Plan:
    """What a benchmark is going to do: its command lines in order, those of each run, and what they take."""

    inputs: Inputs
    lines: tuple[tuple[str, ...], ...]
    runs: tuple[str, ...]
    estimates: tuple[Estimate, ...]


@attrs.frozen
class Done:
    """A command line that was run to its end, and in how many seconds."""

    line: str
    seconds: float


def run_bench(benchmark: Benchmark, args: argparse.Namespace) -> int:
    """Tell what it takes and, unless that is all that was asked for, do it."""
    out: Path = args.out or Path(f"{benchmark.name}-bench")
    plan = make_plan(benchmark, args, out)
    args.report(Result("text", {"text": plan_text(plan.estimates, out)}))
    told = [attrs.asdict(one) for one in plan.estimates]
    args.report(Result("bench_plan", {"out": str(out), "classes": list(plan.inputs.classes), "steps": told}))
    if args.plan:
        return 0
    _check_disk(plan.estimates, out)
    inputs = write_inputs(plan.inputs, out, args)
    lines = run_steps(plan, inputs, out, args)
    results = bench_results(benchmark, plan.runs, out, plan.inputs.classes)
    write_report(benchmark, results, lines, out)
    args.report(Result("text", {"text": f"\n{results_text(benchmark, results)}\n\nwritten to {out}"}))
    args.report(Result("bench", results))
    return 0


def make_plan(benchmark: Benchmark, args: argparse.Namespace, out: Path) -> Plan:
    """The plan of a run into ``out``; nothing is written. Raises where anything is missing or cannot be run."""
    inputs = find_inputs(benchmark, args, out)
    runs = tuple(dict.fromkeys(args.method)) or (SOURCE_ONLY,)
    lines = tuple(tuple(line) for line in step_lines(inputs, runs, args, out))
    parsed = [parsed_line(line) for line in lines]
    return Plan(inputs, lines, runs, tuple(estimated(inputs, lines, parsed)))


def step_lines(inputs: Inputs, runs: Sequence[str], args: argparse.Namespace, out: Path) -> list[list[str]]:
    """The command lines, in order."""
    target, training = str(out / TARGET), shlex.split(args.train)
    lines: list[list[str]] = []
    if inputs.design is not None:
        lines.append(["render", str(out / DESIGN), "--out", str(out / DATA), *shlex.split(args.render)])
    source = [str(out / DATA)] if inputs.design is not None else [target, "--split", inputs.source]
    tests = [word for split in inputs.tests for word in ("--split", split)]
    for name in runs:
        folder = str(out / "runs" / name)
        if name == SOURCE_ONLY:
            lines.append(["train", *source, "--out", folder, "--continue", *training])
        else:
            adapted = [source[0], target, *source[1:], "--target-split", inputs.target, "--method", name]
            lines.append(["adapt", *adapted, "--out", folder, "--continue", *training])
        lines.append(["evaluate", folder, target, *tests, "--out", str(out / "results" / name)])
    return lines


def write_inputs(inputs: Inputs, out: Path, args: argparse.Namespace) -> str:
    """Write the design and the image set; returns what changes when they do."""
    images = inputs.images
    if inputs.absent:
        images = without_absent(images, out / "lists")
        args.report(Log(f"the lists in {out / 'lists'} are without the photos that are not there"))
    saved = save_image_set(images, out / TARGET)
    digest = hashlib.sha256((out / TARGET).read_bytes())
    for split in saved.splits.values():
        digest.update((saved.place / split.list).read_bytes() if split.list else b"")
    if inputs.design is not None:
        save(inputs.design, out / DESIGN)
        digest.update(f"{design_hash(inputs.design)} {[split.count for split in inputs.design.splits]}".encode())
    return digest.hexdigest()


def run_steps(plan: Plan, inputs: str, out: Path, args: argparse.Namespace) -> list[str]:
    """Run the lines that are not recorded as done on these inputs, and those that render: they see what is missing.

    A line that is run takes back what is recorded of later ones that use what it makes. Returns the lines, each with
    how long it took, for the report.
    """
    done = _record(out, inputs)
    told = []
    for number, (line, estimate) in enumerate(zip(plan.lines, plan.estimates, strict=True), 1):
        shown, made = shown_line(line), _made(line)
        args.report(Log(f"\nstep {number} of {len(plan.lines)}: {estimate.step}, about {duration(estimate.seconds)}"))
        before = done.get(made, Done("", 0.0))
        is_done = before.line == shown and Path(made).is_dir()
        if is_done and line[0] != "render":
            args.report(Log(f"done before, in {duration(before.seconds)}"))
        else:
            if not is_done:
                stale = {made, *(_made(later) for later in plan.lines[number:] if made in later)}
                done = {key: one for key, one in done.items() if key not in stale}
                _write_record(out, inputs, done)
            seconds = run_line(line, args.report)
            done[made] = Done(shown, round(max(seconds, before.seconds if is_done else 0.0), 1))
            _write_record(out, inputs, done)
        told.append(f"{shown}    # {duration(done[made].seconds)}")
    return told


def _made(line: Sequence[str]) -> str:
    """The folder that a line makes."""
    return line[line.index("--out") + 1]


def _check_disk(estimates: Sequence[Estimate], out: Path) -> None:
    there = next(path for path in (out.resolve(), *out.resolve().parents) if path.is_dir())
    free, needed = shutil.disk_usage(there).free, sum(one.bytes for one in estimates)
    if needed > free:
        raise DataSetError(
            f"{out}: {needed / 1e9:.1f} GB are needed and {free / 1e9:.1f} GB are free; choose another --out, or a "
            "smaller --scale"
        )


def _record(out: Path, inputs: str) -> dict[str, Done]:
    """What was done on these inputs, by the folder that it made."""
    try:
        known: dict[str, Any] = json.loads((out / RECORD).read_text(encoding="utf-8"))
        return {made: Done(**one) for made, one in known["done"].items()} if known["inputs"] == inputs else {}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataSetError(
            f"{out / RECORD}: cannot be read ({error}); delete it, and what is done is done again"
        ) from None


def _write_record(out: Path, inputs: str, done: Mapping[str, Done]) -> None:
    content = {"simreal_bench": 1, "inputs": inputs, "done": {made: attrs.asdict(one) for made, one in done.items()}}
    write_bytes(out / RECORD, (json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode())
