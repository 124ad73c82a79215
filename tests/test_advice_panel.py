"""Advice in the sidebar: what the box shows, and what its buttons do to the design."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import bpy
import pytest

import simreal
from simreal.addon.advice_shown import is_taken, shown_advice
from simreal.addon.conversion import design_of
from simreal.addon.places import places
from simreal.datasets.advice_records import Advice, write_advice
from simreal.panels.advice_box import draw_advice

from .blender.recording_layout import RecordingLayout
from .test_advice_records import RECORD

pytestmark = pytest.mark.blender
DO = bpy.ops.simreal
WIDER = {"factors": {"camera_viewpoint": {"elevation_deg": {"max": 75.0}}}}
MODELS = Advice("models", "cup", "cup may lack 3D models.", "low", "Add 3D models to cup")


@pytest.fixture
def state(tmp_path: Path) -> Iterator[Any]:
    """``Scene.simreal`` with the starter design, whose files lie in a folder of the test's."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    simreal.register()
    assert DO.design_starter() == {"FINISHED"}
    bpy.context.scene.simreal.output = str(tmp_path)
    yield bpy.context.scene.simreal
    simreal.unregister()


@pytest.fixture
def advised(state: Any) -> Any:
    first = attrs.evolve(RECORD.advice[0], overrides=WIDER, sheet="advice-1.png")
    write_advice(attrs.evolve(RECORD, advice=(first, MODELS)), places(bpy.context.scene).advice)
    return state


def drawn() -> list[tuple[str, dict[str, Any]]]:
    layout = RecordingLayout()
    draw_advice(layout, bpy.context)
    return layout.drawn


def texts() -> str:
    return " ".join(str(arguments["text"]) for _, arguments in drawn() if arguments.get("text"))


def buttons() -> list[str]:
    return [arguments["operator"] for name, arguments in drawn() if name == "operator"]


def refused(call: Any, **arguments: Any) -> str:
    with pytest.raises(RuntimeError) as caught:
        call(**arguments)
    return str(caught.value)


def test_without_advice_nothing_is_drawn_and_buttons_say_why(state: Any) -> None:
    assert shown_advice(bpy.context.scene) is None and drawn() == []
    assert "ask for advice first" in refused(DO.advice_apply, number=1)
    assert "no advice yet" in refused(DO.advice_show, number=1)
    assert "no advice yet" in refused(DO.advice_open)


def test_the_box_tells_how_classes_fare_and_what_to_do(advised: Any) -> None:
    said = texts()
    assert "67 % of 30 tuning photos are right; worst:" in said and "cellphone 30 %" in said
    assert "1. cellphone: a range" in said and "2. cup: 3D models" in said and "Add 3D models to cup" in said
    assert buttons() == ["simreal.advice_apply", "simreal.advice_show", "simreal.advice_open"]


def test_a_click_changes_the_design_once(advised: Any) -> None:
    before = design_of(advised)
    elevation = before.factors["camera_viewpoint"].parameters["elevation_deg"]
    assert elevation.distribution.support()[1] == 60.0 and not is_taken(bpy.context.scene, 1)
    assert DO.advice_apply(number=1) == {"FINISHED"}
    after = design_of(advised)
    changed = after.factors["camera_viewpoint"].parameters["elevation_deg"]
    assert changed.distribution == attrs.evolve(elevation.distribution, max=75.0) and changed.fixed == elevation.fixed
    assert attrs.evolve(after, factors=before.factors) == before
    assert is_taken(bpy.context.scene, 1)
    assert buttons() == ["simreal.advice_show", "simreal.advice_open"] and "In the design" in texts()
    advised.factors.camera_viewpoint.elevation_deg.max = 1.0
    assert not is_taken(bpy.context.scene, 1) and "simreal.advice_apply" in buttons()


def test_what_no_button_can_do_is_said(advised: Any) -> None:
    assert "No button can do that: Add 3D models to cup" in refused(DO.advice_apply, number=2)
    assert "there is no sheet of advice 1" in refused(DO.advice_show, number=1)
    assert "There is no advice 3" in refused(DO.advice_apply, number=3)


def test_a_damaged_record_is_told(advised: Any) -> None:
    (places(bpy.context.scene).advice / "advice.json").write_text("{}")
    assert "isnorecordof`simrealadvise`" in "".join(texts().split()) and not buttons()
    assert "ask for advice first" in refused(DO.advice_apply, number=1)
