"""Accuracy by factors: bins by hand, directions, choices, what has no effect, what is fixed, and honest ranking."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import numpy as np
import pytest

from simreal.datasets.accuracy import wilson_interval
from simreal.datasets.metadata import image_row
from simreal.design.declaration import Factor, Parameter
from simreal.design.design import Design, DesignClass, Split
from simreal.design.distributions import Choice, Uniform
from simreal.design.factors import FACTORS
from simreal.design.sampling import Sampler
from simreal.studies.inspection.chapters import Chapter
from simreal.studies.inspection.factor_accuracy import ValueAccuracy, factor_accuracy, factor_columns
from simreal.studies.inspection.factor_figure import factor_figure, ranking_figure
from simreal.studies.inspection.factor_separation import holm, separations
from simreal.studies.page import Text

HAZE = Factor(
    name="haze",
    label="Haze",
    help="How thick the air is",
    parameters=(
        Parameter("density", Uniform(0.0, 0.5), fixed=0.1, unit="1/m", hard_range=(0.0, 10.0)),
        Parameter("bearing_deg", Uniform(0.0, 360.0), fixed=0.0, unit="deg", hard_range=(-360.0, 720.0)),
        Parameter(
            "kind",
            Choice({"mist": 1.0, "smog": 1.0}),
            fixed="mist",
            options={"mist": "Water", "smog": "Soot"},
            idle_with={"density": (0.0,)},
        ),
    ),
    weight=0.6,
)


@pytest.fixture
def hazy() -> Iterator[Design]:
    """A design with a factor that was declared at run time, and nothing else told of it."""
    FACTORS["haze"] = HAZE
    classes = tuple(DesignClass(name, ("starter:cup/00",)) for name in ("cup", "chair"))
    design = Design("hazy", classes, splits=(Split("test_iid", 600),))
    kept = ("haze", "camera_viewpoint", "illumination")
    yield attrs.evolve(design, factors={name: design.factors[name] for name in kept})
    del FACTORS["haze"]


def columns_of(design: Design, count: int) -> tuple[dict[str, list[Any]], np.ndarray]:
    """The metadata's columns and the labels of the first images of a design."""
    sampler = Sampler(design, "test_iid")
    specs = [sampler.spec(index) for index in range(count)]
    rows = [image_row(spec, spec.models[0], None, 0.2 + 0.0005 * spec.index) for spec in specs]
    return {name: [row[name] for row in rows] for name in factor_columns(design)}, np.array([s.label for s in specs])


def by_column(found: tuple[ValueAccuracy, ...]) -> dict[str, ValueAccuracy]:
    return {each.column: each for each in found}


def test_numbers_are_binned_by_hand(hazy: Design) -> None:
    columns, _ = columns_of(hazy, 600)
    density, drawn = np.array(columns["haze.density"]), np.array(columns["haze.drawn"])
    hits = density < 0.25
    found = by_column(factor_accuracy(hazy, columns, hits))["haze.density"]
    assert (found.kind, found.unit, found.logarithmic) == ("number", "1/m", False)
    assert sum(each.n for each in found.bins) == drawn.sum()
    for number, each in enumerate(found.bins):
        inside = found.member == number
        assert each.n == inside.sum() and each.correct == hits[inside].sum()
        assert drawn[inside].all() and density[inside].min() >= each.low and density[inside].max() <= each.high
        assert each.interval == wilson_interval(each.correct, each.n)
    assert max(each.n for each in found.bins) - min(each.n for each in found.bins) <= 1, "bins of equal counts"
    assert (found.bins[0].accuracy, found.bins[-1].accuracy) == (1.0, 0.0)


def test_fixed_images_stand_apart(hazy: Design) -> None:
    columns, _ = columns_of(hazy, 600)
    drawn = np.array(columns["haze.drawn"])
    found = by_column(factor_accuracy(hazy, columns, drawn))
    fixed = found["haze.density"].fixed
    assert fixed is not None and (fixed.n, fixed.correct) == ((~drawn).sum(), 0)
    assert (fixed.low, fixed.words) == (0.1, "0.1 1/m")
    flags = found["haze.drawn"]
    assert [(each.option, each.n, each.accuracy) for each in flags.bins] == [
        ("drawn", drawn.sum(), 1.0),
        ("fixed", (~drawn).sum(), 0.0),
    ]


def test_directions_go_round(hazy: Design) -> None:
    columns, _ = columns_of(hazy, 600)
    bearing, drawn = np.array(columns["haze.bearing_deg"]), np.array(columns["haze.drawn"])
    near_north = drawn & ((bearing < 22.5) | (bearing > 337.5))
    columns["haze.bearing_deg"] = [value - 360 if number % 2 else value for number, value in enumerate(bearing)]
    found = by_column(factor_accuracy(hazy, columns, near_north))["haze.bearing_deg"]
    assert found.kind == "direction" and len(found.bins) in (6, 7, 8)
    if len(found.bins) == 8:
        assert found.bins[0].n == near_north.sum(), "the first bin lies about 0 degrees, from both sides"
    assert found.bins[0].accuracy > 0.7 and sum(each.correct for each in found.bins[2:-1]) == 0


def test_choices_are_bars_and_idle_images_are_left_out(hazy: Design) -> None:
    columns, _ = columns_of(hazy, 600)
    drawn = np.array(columns["haze.drawn"])
    columns["haze.density"] = [0.0 if number < 200 else value for number, value in enumerate(columns["haze.density"])]
    smog = np.array([kind == "smog" for kind in columns["haze.kind"]])
    found = by_column(factor_accuracy(hazy, columns, smog))["haze.kind"]
    assert found.kind == "choice"
    counted = {each.option: (each.n, each.accuracy) for each in found.bins}
    active = drawn & (np.arange(600) >= 200)
    assert counted == {"smog": ((active & smog).sum(), 1.0), "mist": ((active & ~smog).sum(), 0.0)}


def test_few_values_have_a_bin_each(hazy: Design) -> None:
    columns, _ = columns_of(hazy, 600)
    columns["haze.density"] = [float(number % 3) for number in range(600)]
    found = by_column(factor_accuracy(hazy, columns, np.ones(600, bool)))["haze.density"]
    assert [(each.low, each.high) for each in found.bins] == [(0.0, 0.0), (1.0, 1.0), (2.0, 2.0)]


def test_columns_of_earlier_versions_are_passed_over(hazy: Design) -> None:
    columns, _ = columns_of(hazy, 120)
    columns["haze.kind"] = [None] * 120
    del columns["haze.density"]
    found = by_column(factor_accuracy(hazy, columns, np.ones(120, bool)))
    assert "haze.kind" not in found and "haze.density" not in found and "camera_viewpoint.distance_m" in found


def test_every_declared_parameter_appears_with_no_edit(hazy: Design, tmp_path: Path) -> None:
    columns, labels = columns_of(hazy, 600)
    hits = np.array(columns["haze.density"]) < 0.3
    found = factor_accuracy(hazy, columns, hits)
    names = set(by_column(found))
    assert {"haze.drawn", "haze.density", "haze.bearing_deg", "haze.kind", "coverage"} <= names
    assert "camera_viewpoint.azimuth_deg" in names and "illumination.energy_w" in names
    assert by_column(found)["illumination.energy_w"].logarithmic
    assert by_column(found)["camera_viewpoint.azimuth_deg"].kind == "direction"
    assert by_column(found)["camera_viewpoint.roll_deg"].kind == "number", "it is not drawn over a whole turn"
    chapter = chapter_of(hazy, columns, hits, labels, tmp_path)
    assert (tmp_path / "factor-haze.png").stat().st_size > 10_000
    assert chapter.numbers["ranking"][0]["column"] == "haze.density"


def chapter_of(
    design: Design, columns: dict[str, list[Any]], hits: np.ndarray, labels: np.ndarray, out: Path
) -> Chapter:
    from simreal.studies.inspection.factor_chapter import factor_chapter
    from simreal.studies.inspection.measured import Domain, Measured

    predicted = np.where(hits, labels, 1 - labels)
    domain = Domain("hazy test_iid", None, "test_iid", None)  # type: ignore[arg-type]  (neither is asked for anything)
    measured = Measured(domain, ("cup", "chair"), np.eye(2, dtype=np.float32)[predicted], labels, labels[:0], None)
    return factor_chapter(design, measured, columns, 0, out)


def test_views_of_one_scene_are_no_independent_images(hazy: Design, tmp_path: Path) -> None:
    columns, labels = columns_of(hazy, 200)
    hits = np.random.default_rng(0).random(200) < 0.7
    for views in (1, 4):
        chapter = chapter_of(attrs.evolve(hazy, views_per_scene=views), columns, hits, labels, tmp_path)
        told = [part.text for part in chapter.section.parts if isinstance(part, Text) and "seen 4 times" in part.text]
        assert bool(told) == (views > 1)


def test_holm_by_hand() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]).tolist() == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.6, 0.7]).tolist() == [1.0, 1.0]


def test_hard_classes_are_not_taken_for_hard_values(hazy: Design) -> None:
    """All of one class fails and none of the other: no value of a factor has anything to do with it."""
    columns, labels = columns_of(hazy, 600)
    hits = labels == 0
    ranked = separations(factor_accuracy(hazy, columns, hits), hits, labels, seed=0, permutations=200)
    assert all(each.spread == 0 and each.p == 1 for each in ranked)


def test_what_is_beyond_chance_is_rarely_said_where_nothing_is(hazy: Design) -> None:
    """Hits by the toss of a coin, forty times: with 5 % wanted, seven times or more is a matter of one in 300."""
    columns, labels = columns_of(hazy, 300)
    random = np.random.default_rng(0)
    wrong = 0
    for _ in range(40):
        hits = random.random(300) < 0.7
        ranked = separations(factor_accuracy(hazy, columns, hits), hits, labels, seed=0, permutations=1500)
        wrong += any(each.is_clear for each in ranked)
    assert wrong <= 6


def test_the_ranking_is_the_same_for_the_same_seed(hazy: Design) -> None:
    columns, labels = columns_of(hazy, 300)
    hits = np.random.default_rng(0).random(300) < 0.7
    found = factor_accuracy(hazy, columns, hits)
    ways = [[each.to_json() for each in separations(found, hits, labels, seed, 100)] for seed in (0, 0, 1)]
    assert ways[0] == ways[1] != ways[2]


def test_figures_are_drawn_whatever_the_values_are(hazy: Design) -> None:
    """One panel or many, all right or all wrong."""
    columns, labels = columns_of(hazy, 300)
    for hits in (np.ones(300, bool), np.zeros(300, bool)):
        found = factor_accuracy(hazy, columns, hits)
        ranked = separations(found, hits, labels, 0, 50)
        assert ranking_figure(ranked).startswith(b"\x89PNG")
        group = [each for each in found if each.column.startswith("haze.")]
        for shown in (group, group[:1]):
            assert factor_figure(shown, {each.values.column: each for each in ranked}, 0.5).startswith(b"\x89PNG")
