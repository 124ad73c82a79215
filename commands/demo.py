"""``simreal demo``: the main job from end to end on the starter design, and a report of it."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import attrs

from ..datasets.contact_sheet import Cell, contact_sheet
from ..datasets.messages import Result
from ..datasets.preprocessing import load_rgb
from ..datasets.progress_text import duration
from ..datasets.reading import open_data_set
from ..datasets.writing import write_whole, writing_to
from ..studies.page import Commands, Picture, Section, Table, Text, page
from .command_lines import run_line, shown_line
from .tables import table

HELP = "design, render, train, export and score with the starter library, and write a report"
DESIGN, DATA, RUN, MODEL = "starter.simreal.json", "data", "run", "model.onnx"
SHEET_IMAGES = 40


@attrs.frozen
class Step:
    """One command of the demo, as it was run, and how long it took."""

    line: str
    seconds: float


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", type=Path, default=Path("demo"), help="folder for all that the demo makes")
    parser.add_argument("--photos", type=Path, metavar="DIR", help="score these photos too (folders named by class)")
    parser.add_argument("--per-class", type=int, default=60, metavar="N", help="training images a class")
    parser.add_argument("--resolution", type=int, default=128, metavar="PX", help="width and height of the images")
    parser.add_argument("--backbone", default="efficientnet_lite0", help="classifier, with its ImageNet weights")


def run(args: argparse.Namespace) -> int:
    out: Path = args.out
    with writing_to(out):
        out.mkdir(parents=True, exist_ok=True)
    design, data, run_folder, model = (out / name for name in (DESIGN, DATA, RUN, MODEL))
    render = ["--per-class", str(args.per_class), "--resolution", str(args.resolution)]
    lines = [
        ["design", "new", "--name", "starter", "--out", str(design), "--force"],
        ["render", str(design), "--out", str(data), *render],
        ["train", str(data), "--out", str(run_folder), "--backbone", args.backbone, "--head-only", "--overwrite"],
        ["evaluate", str(run_folder), str(data), "--split", "test_iid", "--split", "test_iid_wo_bg"],
        ["export", str(run_folder), "--out", str(model)],
        ["score", str(model), str(data / "test_iid"), "--out", str(out / "scores")],
    ]
    if args.photos is not None:
        lines.append(["score", str(model), str(args.photos), "--out", str(out / "photo-scores")])
    steps = [Step(shown_line(line), run_line(line, args.report)) for line in lines]
    rows = _rows(out, photos=args.photos is not None)
    report = out / "report.html"
    with writing_to(out):
        write_whole(report, _report(out, steps, rows, photos=args.photos is not None).encode())
    summary = "\n".join(table([("", "images", "Acc", "Mean"), *rows]))
    took = duration(sum(step.seconds for step in steps))
    args.report(Result("text", {"text": f"\n{summary}\n\n{took} in all; the report: {report}"}))
    args.report(Result("demo", {"report": str(report), "rows": [list(row) for row in rows]}))
    return 0


def _rows(out: Path, photos: bool) -> list[tuple[str, str, str, str]]:
    """What was measured: a row per split, then what onnxruntime says of the exported model."""
    rows = []
    for file in sorted((out / RUN / "evaluate").glob("*/results.json")):
        rows.append(_row(f"rendered {file.parent.name}, torch", _json(file)))
    rows.append(_row("rendered test_iid, ONNX", _json(out / "scores" / "summary.json")))
    if photos:
        rows.append(_row("photos, ONNX", _json(out / "photo-scores" / "summary.json")))
    return rows


def _row(name: str, measured: dict[str, Any]) -> tuple[str, str, str, str]:
    return (
        name,
        str(measured["n"]),
        f"{100 * measured['top1']:.1f} %",
        f"{100 * measured['mean_class_accuracy']:.1f} %",
    )


def _json(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def _report(out: Path, steps: Sequence[Step], rows: Sequence[Sequence[str]], photos: bool) -> str:
    sheet = out / "contact-sheet.png"
    data = open_data_set(out / DATA)
    first = data.rows("train")[:SHEET_IMAGES]
    cells = [Cell(load_rgb(data.image_path("train", row)), row["class"], None) for row in first]
    contact_sheet(cells, columns=8, cell_px=128, title="The first training images").save(sheet)
    sections = [
        Section(
            "What was measured",
            [
                Table(("", "images", "Acc", "Mean"), rows),
                Text(
                    "Acc is the share of images that are right, Mean the mean of the classes' shares. The rendered "
                    "test images were never trained on; test_iid_wo_bg shows the objects before plain grey."
                ),
            ],
        ),
        Section("What was rendered", [Picture(sheet, "Every ten images show each class once")]),
        Section(
            "How training went",
            [Picture(out / RUN / "curves.png", "Training of the classifier's head on frozen features")],
        ),
        Section(
            "What is taken for what",
            [Picture(out / RUN / "evaluate" / "test_iid" / "confusion.png", "Rendered test images (test_iid)")],
        ),
    ]
    if photos:
        pictures = [
            Picture(out / "photo-scores" / name, caption)
            for name, caption in (
                ("confusion.png", "Photos: what is taken for what"),
                ("mistakes.png", "Worst mistakes"),
            )
            if (out / "photo-scores" / name).is_file()
        ]
        sections.append(Section("On real photos", pictures))
    sections.append(Section("How to do it again", [Commands([f"{s.line}    # {duration(s.seconds)}" for s in steps])]))
    lead = "A data set designed, rendered, learnt and scored by Simreal, from its embedded starter library."
    return page("Simreal demo", lead, sections)
