"""A factor is declared once: one that is added at run time, with the function that applies it, is everywhere.

Panel, JSON Schema, command line, an image's metadata and the docs are checked; nothing else is told of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import attrs
import bpy
import pytest

import simreal
from simreal.addon.conversion import design_of, load_design
from simreal.commands import main
from simreal.datasets.metadata import column_types, image_row
from simreal.design.declaration import Factor, Parameter
from simreal.design.design import Design, ImageSettings, Split
from simreal.design.distributions import Choice, Uniform
from simreal.design.document import from_document, to_document
from simreal.design.factors import FACTORS
from simreal.design.sampling import Sampler
from simreal.design.schema import design_schema
from simreal.design.starting import Sources, start_design
from simreal.rendering.factors import APPLIES
from simreal.rendering.session import RenderSession, SessionSettings

from .blender.recording_layout import draw

pytestmark = pytest.mark.blender
DOCS = Path(__file__).resolve().parent.parent / "docs" / "factors.md"

HAZE = Factor(
    name="haze",
    label="Haze",
    help="How thick the air is",
    parameters=(
        Parameter(
            "density", Uniform(0.0, 0.5), fixed=0.1, unit="1/m", help="Part lost on a metre", hard_range=(0.0, 10.0)
        ),
        Parameter(
            "kind", Choice({"mist": 1.0}), fixed="mist", help="What it is of", options={"mist": "Water", "smog": "Soot"}
        ),
    ),
    weight=0.5,
)


@pytest.fixture
def applied() -> Iterator[list[dict]]:
    """The factor, declared and with a function that applies it; gives the values that it was applied with."""
    seen: list[dict] = []

    def apply_haze(stage, assets, values):
        seen.append(dict(values))
        stage.object.location.z += values["density"]

    FACTORS["haze"], APPLIES["haze"] = HAZE, apply_haze
    yield seen
    del FACTORS["haze"], APPLIES["haze"]


@pytest.fixture
def design(applied: list[dict], tmp_path: Path) -> Design:
    started = start_design(Sources(classes=("cup",)), "hazy", tmp_path).design
    return attrs.evolve(
        started, image=ImageSettings(resolution_px=32, samples=1, denoiser="none"), splits=(Split("train", 6),)
    )


def test_the_panel_draws_it(design: Design) -> None:
    bpy.ops.wm.read_factory_settings(use_empty=True)
    simreal.register()
    try:
        state = bpy.context.scene.simreal
        load_design(state, design)
        haze = state.factors.haze
        haze.show_expanded = True
        drawn = draw(bpy.types.SIMREAL_PT_factors, bpy.context)
        texts = [arguments.get("text") for _, arguments in drawn]
        assert {"Density (1/m)", "Kind", "Mist", "Smog"} <= set(texts)
        properties = {(a["data"].path_from_id(), a["property"]) for name, a in drawn if name == "prop"}
        base = "simreal.factors.haze"
        assert {(base, "weight"), (base, "mute"), (base, "solo"), (f"{base}.density", "max")} <= properties
        assert haze.bl_rna.properties["weight"].name == "Haze"
        assert "How thick the air is" in haze.bl_rna.properties["weight"].description
        assert "Part lost on a metre (1/m)" in haze.density.bl_rna.properties["max"].description
        assert [item.identifier for item in haze.density.bl_rna.properties["distribution"].enum_items] == list(
            HAZE.parameter("density").kinds
        )
        haze.density.max, haze.mute = 0.75, True
        settings = design_of(state).factors["haze"]
        assert settings.parameters["density"].distribution == Uniform(0.0, 0.75)
        assert settings.weight == 0.0
        assert bpy.ops.simreal.factor_reset(factor="haze") == {"FINISHED"}
        haze.mute = False
        assert design_of(state).factors["haze"] == design.factors["haze"]
    finally:
        simreal.unregister()


def test_the_schema_has_it(design: Design) -> None:
    schema = design_schema()["$defs"]["factors"]["properties"]["haze"]
    assert (schema["title"], schema["description"]) == ("Haze", "How thick the air is")
    assert schema["properties"]["weight"]["default"] == 0.5
    assert schema["properties"]["density"]["anyOf"][0]["properties"]["fixed"]["maximum"] == 10.0
    document = to_document(design)
    assert from_document(document, design.folder) == design
    assert document["factors"]["haze"]["kind"]["options"] == {"mist": 1.0}


def test_the_command_line_tells_of_it(applied: list[dict], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["design", "factors"]) == 0
    said = capsys.readouterr().out
    assert "haze: How thick the air is" in said and "uniform 0 .. 0.5 1/m" in said and "Part lost on a metre" in said
    file = tmp_path / "design.json"
    assert main(["design", "new", "--classes", "cup", "--out", str(file)]) == 0
    assert main(["design", "show", str(file)]) == 0
    assert "haze" in capsys.readouterr().out
    assert main(["design", "schema"]) == 0
    assert '"haze"' in capsys.readouterr().out


def test_a_rendered_image_says_what_it_was(design: Design, applied: list[dict]) -> None:
    sampler = Sampler(design, "train")
    rows, pictures = [], []
    with RenderSession(design, SessionSettings(threads=1), lambda message: None) as renders:
        for index in range(6):
            spec = sampler.spec(index)
            image = renders.render(spec)
            rows.append(image_row(spec, image.model, image.bbox, image.coverage))
            pictures.append(image.jpeg)
    assert [{"density": row["haze.density"], "kind": row["haze.kind"]} for row in rows] == applied
    assert {row["haze.drawn"] for row in rows} == {True, False}
    assert all(row["haze.density"] == 0.1 for row in rows if not row["haze.drawn"])
    types = column_types(design)
    assert (types["haze.drawn"], types["haze.density"], types["haze.kind"]) == ("bool", "float64", "string")
    del FACTORS["haze"]
    try:
        without = attrs.evolve(design, factors={k: v for k, v in design.factors.items() if k != "haze"})
        clear = Sampler(without, "train").spec(0)
        assert {k: v for k, v in sampler.spec(0).factors.items() if k != "haze"} == dict(clear.factors)
        with RenderSession(without, SessionSettings(threads=1), lambda message: None) as renders:
            assert renders.render(clear).jpeg != pictures[0], "the factor was not applied"
    finally:
        FACTORS["haze"] = HAZE


def test_the_docs_have_it(applied: list[dict], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["design", "factors", "--markdown"]) == 0
    said = capsys.readouterr().out
    assert "## Haze" in said and "`haze`: How thick the air is. Declared weight 0.5." in said
    assert "| `density` | uniform 0 .. 0.5 1/m | 0.1 1/m | 0 .. 10 1/m | Part lost on a metre |" in said
    assert "- `smog`: Soot" in said


def test_the_docs_are_current(tmp_path: Path) -> None:
    assert main(["design", "factors", "--markdown", "--out", str(tmp_path / "factors.md")]) == 0
    again = "run `simreal design factors --markdown --out docs/factors.md`"
    assert (tmp_path / "factors.md").read_text() == DOCS.read_text(), again
