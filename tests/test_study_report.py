"""What a study comes to: intervals, agreement with a paper, tables, and a page that opens in a browser and sorts."""

import csv
import io
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs
import pytest
from PIL import Image
from playwright.sync_api import Page, sync_playwright

from simreal.datasets.accuracy import wilson_interval
from simreal.studies.agreement import agreements
from simreal.studies.chart import Chart, Panel, Point, Series, nice_ticks, options_chart
from simreal.studies.chart_png import chart_png
from simreal.studies.chart_svg import chart_svg
from simreal.studies.intervals import mean_interval, t_quantile
from simreal.studies.learning_curves import curves_chart
from simreal.studies.opened import conduct
from simreal.studies.opened import opened as open_study
from simreal.studies.outcome import Measured, Outcome, Summary, outcome_of
from simreal.studies.page import Drawing, Number, Section, SortableTable, page
from simreal.studies.plan import Plan
from simreal.studies.report import write_report
from simreal.studies.report_table import report_table, results_csv, table_texts
from simreal.studies.study_file import SHIPPED, find_study
from simreal.studies.study_folder import Settings, StudyFolder

from .stand_in_study import StandInCrew, a_study, silent
from .studies import study_document, write_study
from .test_demo import CHROMIUM_FLAGS, opened


def test_quantiles_are_students() -> None:
    """Against a table of Student's t (NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.2)."""
    known = {1: 12.706, 2: 4.303, 4: 2.776, 9: 2.262, 29: 2.045, 40: 2.021, 60: 2.000, 100: 1.984}
    for freedom, quantile in known.items():
        assert t_quantile(freedom) == pytest.approx(quantile, abs=6e-4)
    steps = [t_quantile(freedom) for freedom in range(1, 200)]
    assert steps == sorted(steps, reverse=True), "no jump where the table ends"


def test_an_interval_over_seeds_is_students() -> None:
    assert mean_interval([1.0, 2.0, 3.0]) == pytest.approx((2.0, 2 - 2.4841, 2 + 2.4841), abs=1e-4)
    assert mean_interval([5.0, 5.0]) == (5.0, 5.0, 5.0)
    for values in ([], [1.0]):
        with pytest.raises(ValueError, match="at least two"):
            mean_interval(values)


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    root = tmp_path_factory.mktemp("plan")
    return a_study(write_study(root), root / "out").plan


def outcome(plan: Plan, figures: Mapping[tuple[str, str], tuple[float, float, float]]) -> Outcome:
    """An outcome with these means and limits of IID by cell."""
    numbers = {tuple(cell.choice.values()): number for number, cell in enumerate(plan.cells)}
    base = Outcome(plan, {}, {})
    summaries = {
        (numbers[cell], "IID"): Summary(mean, (high - low) / 2, low, high, 2, 100, base.paper(numbers[cell], "IID"))
        for cell, (mean, low, high) in figures.items()
    }
    return Outcome(plan, {}, summaries)


NONE, STRONG = ("viewpoint", "none"), ("nothing", "none")  # the cells of which the paper has figures: 20 and 80.5


@pytest.mark.parametrize(
    ("ours", "tau", "clear", "against"),
    [
        ({NONE: (30, 25, 35), STRONG: (70, 65, 75)}, 1.0, (1, 1), ()),
        ({NONE: (50, 30, 70), STRONG: (60, 40, 80)}, 1.0, (0, 0), ()),
        ({NONE: (90, 85, 95), STRONG: (60, 50, 70)}, -1.0, (1, 0), ("viewpoint / none above nothing / none",)),
    ],
)
def test_agreement_counts_pairs_in_the_papers_order(
    plan: Plan, ours: dict, tau: float, clear: tuple[int, int], against: tuple[str, ...]
) -> None:
    (found,) = agreements(outcome(plan, ours))
    assert (found.measure, found.cells, found.pairs, found.tau) == ("IID", 2, 1, tau)
    assert (found.clear_pairs, found.clear_alike) == clear
    assert found.against == against
    assert f"{found.alike} of 1 pairs of cells stand in the paper's order" in found.text


def test_cells_the_paper_lacks_are_not_compared(plan: Plan) -> None:
    others = {("viewpoint", "strong"): (1.0, 0.0, 2.0), ("nothing", "strong"): (2.0, 1.0, 3.0)}
    assert agreements(outcome(plan, others)) == ()


def test_a_table_has_a_row_an_option_and_the_paper_beside(plan: Plan) -> None:
    made = outcome(plan, {NONE: (30, 25, 35), ("nothing", "strong"): (70, 68, 72)})
    assert table_texts(report_table(made)) == [
        ("Held fixed", "none IID", "none plain", "strong IID", "strong plain"),
        ("viewpoint", "30.0 ± 5.0 (20)", "-", "-", "-"),
        ("nothing", "- (80.5)", "-", "70.0 ± 2.0", "-"),
    ]


def test_an_axis_that_does_not_vary_is_not_in_the_headers(tmp_path: Path) -> None:
    small = a_study(write_study(tmp_path), tmp_path / "out", only=("augmentation=none",)).plan
    assert table_texts(report_table(outcome(small, {NONE: (30, 25, 35)})))[0] == ("Held fixed", "IID", "plain")


def test_every_figure_is_in_the_csv(plan: Plan) -> None:
    low, high = wilson_interval(30, 100)
    made = attrs.evolve(outcome(plan, {}), measured={(0, 1, "IID"): Measured(100, 30.0, 100 * low, 100 * high)})
    rows = list(csv.DictReader(io.StringIO(results_csv(made))))
    assert rows == [
        {
            **{"case": "viewpoint", "augmentation": "none", "seed": "1", "measure": "IID", "n": "100"},
            **{"percent": "30.0000", "low_95": "21.8949", "high_95": "39.5849", "paper": "20"},
        }
    ]


def test_one_seed_has_an_interval_over_its_images(tmp_path: Path) -> None:
    study = a_study(write_study(tmp_path), tmp_path / "out", seeds=1)
    conduct(study, StandInCrew(), silent)
    found = outcome_of(study.plan, study.folder)
    measured, summary = found.measured[0, 0, "IID"], found.summaries[0, "IID"]
    assert (summary.mean, summary.low, summary.high, summary.seeds) == (
        measured.percent,
        measured.low,
        measured.high,
        1,
    )
    text = (tmp_path / "out" / "report.md").read_text()
    assert "One seed: ± is half of the 95 % interval over the test images (Wilson)" in text
    assert "simreal study run study.json --seeds 1" in text, "no name finds it: its file lies beside the report"


def test_a_study_that_comes_with_simreal_is_named_in_its_report(tmp_path: Path) -> None:
    settings = Settings(origin=str(SHIPPED), scale="mini", seeds=1)
    write_report(open_study(find_study("table2"), settings, StudyFolder(tmp_path)).plan, StudyFolder(tmp_path))
    assert "simreal study run table2 --scale mini --seeds 1" in (tmp_path / "report.md").read_text()


def test_reports_hold_nothing_of_the_machine(tmp_path: Path) -> None:
    study = a_study(write_study(tmp_path), tmp_path / "out")
    conduct(study, StandInCrew(), silent)
    for name in ("report.html", "report.md", "results.csv"):
        assert str(tmp_path) not in (tmp_path / "out" / name).read_text()
    text = (tmp_path / "out" / "report.md").read_text()
    for shown in (
        "# A small study",
        "| Held fixed |",
        "Somebody (1999)",
        "](figures/1-bars.png)",
        "Means over 2 seeds",
    ):
        assert shown in text
    assert "Left out, as no photos were named (--photos): real." in text
    assert Image.open(tmp_path / "out" / "figures" / "1-bars.png").width > 600


def browse(report: Path, look: Any) -> Any:
    """What ``look`` finds in a page, in headless Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=CHROMIUM_FLAGS)
        tab = browser.new_page()
        tab.goto(report.as_uri())
        found = look(tab)
        browser.close()
    return found


def test_the_report_opens_and_says_its_figures_where_it_is_pointed_at(tmp_path: Path) -> None:
    study = a_study(write_study(tmp_path), tmp_path / "out")
    conduct(study, StandInCrew(), silent)
    errors, _, text = opened(tmp_path / "out" / "report.html")
    assert errors == []
    summary = outcome_of(study.plan, study.folder).summaries[0, "IID"]
    for shown in ("A small study", "Held fixed", f"{summary.mean:.1f} ± {summary.half:.1f}", "paper 20", "Beside the"):
        assert shown in text

    def look(tab: Page) -> tuple[int, list[str]]:
        titles = tab.eval_on_selector_all("svg .mark title", "marks => marks.map(mark => mark.textContent)")
        return tab.locator("svg").count(), titles

    drawings, titles = browse(tmp_path / "out" / "report.html", look)
    assert drawings == 2 and len(titles) == 2 * 8
    assert f"viewpoint / none, IID: {summary.mean:.1f} %" in titles[0] and "; the paper: 20 %" in titles[0]


@pytest.mark.parametrize("highest", [1_000, 102_400, 12_800_000])
def test_no_word_of_a_chart_is_cut_off(highest: int, tmp_path: Path) -> None:
    points = tuple(Point(highest * part / 4, 20.0 * part, 15.0 * part, 25.0 * part, "") for part in range(5))
    panels = tuple(Panel(title, (Series("none", points),)) for title in ("IID", "real"))
    drawing = Drawing(chart_svg(Chart("curves", "1-curves", "While it learns", "images seen", (), panels)), "")
    report = tmp_path / "page.html"
    report.write_text(page("T", "lead", [Section("S", [drawing])]), encoding="utf-8")

    def look(tab: Page) -> list[str]:
        """The words that go beyond their drawing."""
        beyond = "word => { const box = word.getBBox(), all = word.ownerSVGElement.viewBox.baseVal;"
        beyond += "return box.x < 0 || box.y < 0 || box.x + box.width > all.width || box.y + box.height > all.height }"
        found = f"words => words.filter({beyond}).map(word => word.textContent)"
        assert tab.locator("svg text").count() > 2 * 5
        return list(tab.eval_on_selector_all("svg text", found))

    assert browse(report, look) == []


def test_a_click_on_a_header_sorts(tmp_path: Path) -> None:
    rows = [("b10", Number(5.0, "5.0")), ("b9", Number(None, "-")), ("a", Number(11.0, "11.0", "paper 3", "more"))]
    report = tmp_path / "page.html"
    report.write_text(page("T", "lead", [Section("S", [SortableTable(("name", "x"), rows)])]), encoding="utf-8")

    def look(tab: Page) -> list[list[str]]:
        def order() -> list[str]:
            return tab.locator("tbody tr td:first-child").all_inner_texts()

        seen = [order()]
        for column in ("x", "x", "name", "name"):
            tab.get_by_role("button", name=column, exact=True).click()
            seen.append(order())
        seen.append([str(tab.locator("th").nth(0).get_attribute("aria-sort"))])
        seen.append([str(tab.locator("td[title]").get_attribute("title"))])
        return seen

    assert browse(report, look) == [
        ["b10", "b9", "a"],
        ["a", "b10", "b9"],
        ["b10", "a", "b9"],
        ["a", "b9", "b10"],
        ["b10", "b9", "a"],
        ["descending"],
        ["more"],
    ]


def test_ticks_are_round_and_cover_all() -> None:
    assert nice_ticks(0, 100) == [0, 20, 40, 60, 80, 100]
    assert nice_ticks(0, 61) == [0, 20, 40, 60, 80]
    assert nice_ticks(0, 12_800_000, 5)[-1] >= 12_800_000
    assert nice_ticks(0, 0) == [0]


def test_charts_are_drawn_of_what_there_is(plan: Plan) -> None:
    made = outcome(plan, {NONE: (30, 25, 35), ("nothing", "strong"): (70, 68, 72)})
    bars, lines = (options_chart(made, figure, "x") for figure in plan.study.figures)
    assert bars.ticks == ("viewpoint", "nothing") and bars.series_names == ("none", "strong")
    assert [point.x for point in bars.points] == [0, 1]
    assert lines.ticks == ("none", "strong") and lines.series_names == ("viewpoint", "nothing")
    for chart in (bars, lines):
        assert chart_svg(chart).count("<title>") == 2
        assert chart_png(chart) == chart_png(chart), "the same bytes every time"


def test_learning_curves_are_means_over_seeds(tmp_path: Path) -> None:
    document = study_document(figures=[{"kind": "curves", "run": "training", "title": "While it learns"}])
    study = a_study(write_study(tmp_path, document), tmp_path / "out")
    conduct(study, StandInCrew(), silent)
    folder = StudyFolder(tmp_path / "out")
    assert curves_chart(study.plan, folder, 0, "x").points == [], "nothing was measured on the way"
    for curve in study.plan.curves:
        text = "step,images,name,n,top1,mean_class_accuracy,loss\n"
        for step in (1, 2):
            share = 0.1 * step + 0.1 * curve.seed + 0.2 * (curve.cell == 0)
            text += f"{step},{640 * step},tests-test_iid,20,{share},0.5,1.0\n"
        (folder.out(study.plan.steps[curve.key]) / "measures.csv").write_text(text)
    chart = curves_chart(study.plan, folder, 0, "x")
    (panel,) = chart.panels
    assert panel.title == "IID", "called as the study calls it"
    assert [series.name for series in panel.series] == [cell.label for cell in study.plan.cells]
    first, second = panel.series[0].points
    assert (first.x, second.x) == (640, 1280)
    assert (first.mean, second.mean) == pytest.approx((35, 45))
    assert second.high == pytest.approx(100), "within the possible"
    assert "45.0 % after 1,280 images (2 seed(s))" in second.note
    assert chart_svg(chart).count("<polyline") == 4 and chart_png(chart)[:4] == b"\x89PNG"
