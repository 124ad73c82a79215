"""A study's report: one self-contained page, the same in Markdown, every figure as CSV, and pictures.

It holds no time, no path and nothing of the machine: a study that was interrupted ends in the same bytes.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..datasets.writing import write_bytes
from .agreement import agreements
from .chart import Chart, in_words, options_chart
from .chart_png import chart_png
from .chart_svg import chart_svg
from .learning_curves import curves_chart
from .outcome import Outcome, Summary, outcome_of
from .page import Drawing, Number, Section, SortableTable, Text, page
from .plan import Plan
from .report_table import NOTHING, ReportTable, plain, report_table, results_csv, table_texts
from .study import Study
from .study_file import shipped_studies
from .study_folder import FIGURES, REPORT_HTML, REPORT_MD, RESULTS_CSV, STUDY, StudyFolder

MOST_AGAINST = 6


def write_report(plan: Plan, folder: StudyFolder) -> Outcome:
    """Write ``report.html``, ``report.md``, ``results.csv`` and ``figures/`` of what is finished so far."""
    outcome = outcome_of(plan, folder)
    charts = [_chart(outcome, folder, number) for number in range(len(plan.study.figures))]
    charts = [chart for chart in charts if chart.points]
    for chart in charts:
        write_bytes(folder.path / FIGURES / f"{chart.name}.png", chart_png(chart))
    table = report_table(outcome)
    write_bytes(folder.path / RESULTS_CSV, results_csv(outcome).encode())
    write_bytes(folder.path / REPORT_MD, _markdown(outcome, table, charts).encode())
    write_bytes(folder.path / REPORT_HTML, _page(outcome, table, charts).encode())
    return outcome


def _chart(outcome: Outcome, folder: StudyFolder, number: int) -> Chart:
    figure = outcome.plan.study.figures[number]
    name = f"{number + 1}-{figure.kind}"
    if figure.kind == "curves":
        return curves_chart(outcome.plan, folder, number, name)
    return options_chart(outcome, figure, name)


def _page(outcome: Outcome, table: ReportTable, charts: Sequence[Chart]) -> str:
    study = outcome.plan.study
    header = (*table.axes, *(column.title for column in table.columns))
    rows: list[tuple[str | Number, ...]] = [
        (*options, *(_number(one, paper) for one, paper in zip(summaries, papers, strict=True)))
        for options, summaries, papers in table.rows
    ]
    notes = [Text(text) for text in _notes(outcome)]
    sections = [Section("Accuracy, %", [SortableTable(header, rows), *notes])]
    sections += [Section(chart.title, [Drawing(chart_svg(chart), _caption(chart))]) for chart in charts]
    if told := _agreement_texts(outcome):
        sections.append(Section("Beside the paper", [Text(text) for text in told]))
    sections.append(Section("What was done", [Text(text) for text in _about(outcome)]))
    return page(study.title, study.description, sections)


def _markdown(outcome: Outcome, table: ReportTable, charts: Sequence[Chart]) -> str:
    study = outcome.plan.study
    header, *rows = table_texts(table)
    lines = [f"# {study.title}", "", study.description, "", "## Accuracy, %", ""]
    lines.append(f"| {' | '.join(header)} |")
    lines.append(f"|{'---|' * len(table.axes)}{'---:|' * len(table.columns)}")
    lines += [f"| {' | '.join(row)} |" for row in rows]
    for text in _notes(outcome):
        lines += ["", text]
    for chart in charts:
        lines += ["", f"## {chart.title}", "", f"![{chart.title}]({FIGURES}/{chart.name}.png)", "", _caption(chart)]
    if told := _agreement_texts(outcome):
        lines += ["", "## Beside the paper", *(line for text in told for line in ("", text))]
    lines += ["", "## What was done", *(line for text in _about(outcome) for line in ("", text))]
    return "\n".join(lines) + "\n"


def _notes(outcome: Outcome) -> list[str]:
    plan = outcome.plan
    if len(plan.seeds) > 1:
        over = (
            f"Means over {len(plan.seeds)} seeds, each with designs, initial weights and order of its own, ± half of "
            "the 95 % interval over seeds (Student's t)."
        )
    else:
        over = (
            "One seed: ± is half of the 95 % interval over the test images (Wilson) and says nothing of how much "
            "another seed would differ."
        )
    notes = [over]
    if plan.study.paper is not None:
        notes.append(f"The paper's figures stand beneath, or in brackets: {plan.study.paper.source}.")
    if not outcome.complete:
        missing = f"Unfinished: {len(outcome.measured)} of {len(plan.values)} figures are there."
        if len(plan.seeds) > 1 and any(one.seeds == 1 for one in outcome.summaries.values()):
            missing += " Where one seed is there, ± is over its test images (Wilson)."
        notes.append(missing)
    if plan.without_photos:
        left_out = ", ".join(plan.without_photos)
        notes.append(f"Left out, as no photos were named (--photos): {left_out}.")
    return notes


def _agreement_texts(outcome: Outcome) -> list[str]:
    texts = []
    for one in agreements(outcome):
        texts.append(one.text)
        if one.against:
            more = len(one.against) - MOST_AGAINST
            listed = "; ".join(one.against[:MOST_AGAINST])
            texts.append(f"Clearly the other way round than in the paper: {listed}{f'; and {more} more' * (more > 0)}.")
    return texts


def _source(study: Study) -> str:
    """What a command line calls it: by name where it comes with Simreal, else the file that lies beside the report."""
    named = (file for file in shipped_studies() if file.name == study.name and study.scale in {"", *file.scales})
    return study.name if any(file.at(study.scale) == study for file in named) else STUDY


def _about(outcome: Outcome) -> list[str]:
    study = outcome.plan.study
    lines = [f"Scale {study.scale}: {study.about}"] if study.scale else []
    cells, seeds = len(outcome.plan.cells), len(outcome.plan.seeds)
    lines.append(
        f"{cells} cells, {seeds} seed(s), {len(outcome.plan.steps)} commands. All cells of a seed share the random "
        "numbers of their designs: images differ by just what was changed. results.csv holds every figure."
    )
    options = [f"--scale {study.scale}"] if study.scale else []
    options += [f"--seeds {seeds}", *(f'--only "{given}"' for given in outcome.plan.only)]
    options += ["--photos DIR"] if outcome.plan.photos else []
    lines.append(f"Do it again: simreal study run {_source(study)} {' '.join(options)}")
    return lines


def _caption(chart: Chart) -> str:
    paper = " Diamonds: the paper." if chart.has_paper else ""
    if chart.kind == "curves":
        spread = any(point.low < point.high for point in chart.points)
        return f"Accuracy while training, %{'; shaded: 95 % intervals over seeds' if spread else ''}."
    return f"Accuracy, %; lines: 95 % intervals.{paper}"


def _number(summary: Summary | None, paper: float | None) -> Number:
    beneath = "" if paper is None else f"paper {paper:g}"
    if summary is None:
        return Number(None, NOTHING, beneath)
    return Number(summary.mean, plain(summary), beneath, in_words(summary))
