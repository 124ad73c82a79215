"""Strips and comparisons as the sidebar asks for them: the design as it stands, an earlier state, a preset, a file."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bpy
import pytest

import simreal
from simreal.addon import preview_link
from simreal.addon.preview_requests import DRAFT_PX, current
from simreal.addon.viewing import comparison_of, strip_of
from simreal.datasets.preview_orders import PreviewGap, PreviewImage, PreviewOrder
from simreal.design.factors import FACTORS

from .blender.recording_layout import draw

pytestmark = pytest.mark.blender
WAIT_S = 120.0


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """``Scene.simreal`` with the starter design, 32 px and one sample."""
    monkeypatch.setattr(preview_link, "user_folder", lambda: tmp_path)
    bpy.ops.wm.read_factory_settings()
    simreal.register()
    bpy.ops.simreal.design_starter()
    made = bpy.context.scene.simreal
    made.image.resolution_px, made.image.samples, made.preview.images = 32, 1, 3
    yield made
    simreal.unregister()


def compared() -> PreviewOrder:
    return comparison_of(bpy.context.scene.session_uid)


def values(order: PreviewOrder, design: int, factor: str) -> Any:
    return order.designs[design][0]["factors"][factor]


def said(panel: str) -> list[str]:
    found = draw(getattr(bpy.types, panel), bpy.context) or []
    return [str(arguments.get("text") or arguments.get("operator")) for _, arguments in found]


def test_a_strip_is_rendered_onto_the_sheet(state: Any) -> None:
    state.viewing.index = 2
    assert bpy.ops.simreal.strip_show(factor="lens") == {"FINISHED"}
    start = time.monotonic()
    while not (sheet := current()) or not sheet.ended:
        assert time.monotonic() - start < WAIT_S
        preview_link.poll()
        time.sleep(0.01)
    assert (sheet.done, sheet.total, sheet.problems) == (14, 14, {})
    assert sheet.order.headings == ("Focal length", "f-stop")
    assert {image.index for image in sheet.order.images if isinstance(image, PreviewImage)} == {2}
    assert len({path.read_bytes() for path in sheet.files.values()}) == 14


def test_a_strip_follows_split_quality_and_changes_of_the_design(state: Any) -> None:
    state.preview.split, state.preview.quality = "test_iid", "DRAFT"
    state.image.resolution_px = 256
    first = strip_of(bpy.context.scene.session_uid, 1, "object_scale").images[0]
    assert isinstance(first, PreviewImage)
    assert (first.split, first.image["resolution_px"]) == ("test_iid", DRAFT_PX)
    state.factors.object_scale.scale.min = 1.5
    assert strip_of(bpy.context.scene.session_uid, 1, "object_scale").images[0].caption == "1.5 m"
    assert len(strip_of(bpy.context.scene.session_uid, 1, "").headings) == len(FACTORS)


def test_what_cannot_be_swept_is_told(state: Any) -> None:
    state.factors.object_scale.scale.distribution = "constant"
    with pytest.raises(RuntimeError, match="nothing to sweep"):
        bpy.ops.simreal.strip_show(factor="object_scale")
    with pytest.raises(RuntimeError, match="there is no factor 'haze'; there are: object_scale"):
        bpy.ops.simreal.strip_show(factor="haze")


def test_a_pinned_state_is_compared_with_what_came_of_it(state: Any, tmp_path: Path) -> None:
    assert not bpy.ops.simreal.compare_show.poll()
    assert "Nothing pinned yet" in said("SIMREAL_PT_compare")
    bpy.ops.ed.undo_push(message="before")
    assert bpy.ops.simreal.compare_pin("EXEC_DEFAULT", True) == {"FINISHED"}
    pinned_at = state.viewing.pinned_at
    assert f"Pinned {pinned_at}" in said("SIMREAL_PT_compare")
    state.factors.lens.weight = 0.25
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "pinned.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "pinned.blend"))
    order = compared()
    assert (values(order, 0, "lens")["weight"], values(order, 1, "lens")["weight"]) == (0.25, 1.0)
    assert order.headings == ("starter, now", f"Pinned {pinned_at}")
    assert {**order.designs[0][0], "factors": 0} == {**order.designs[1][0], "factors": 0}


def test_pinning_is_undone(state: Any) -> None:
    bpy.ops.ed.undo_push(message="before")
    bpy.ops.simreal.compare_pin("EXEC_DEFAULT", True)
    bpy.ops.ed.undo()
    assert not bpy.context.scene.simreal.viewing.pinned


def test_a_fixed_factor_is_compared_with_a_drawn_one(state: Any) -> None:
    state.viewing.against, state.viewing.fixed_factor = "fixed", "illumination"
    order = compared()
    assert order.headings[1] == "Illumination fixed"
    assert (values(order, 0, "illumination")["weight"], values(order, 1, "illumination")["weight"]) == (1.0, 0.0)
    assert values(order, 0, "lens") == values(order, 1, "lens")
    state.viewing.fixed_factor = "all"
    assert all(factor["weight"] == 0.0 for factor in compared().designs[1][0]["factors"].values())


def test_a_preset_and_a_file_are_compared_and_lacking_classes_said(state: Any, tmp_path: Path) -> None:
    state.viewing.against = "preset"
    assert not bpy.ops.simreal.compare_show.poll()
    state.viewing.preset = "starter"
    assert compared().headings[0] == "starter, now"
    file = tmp_path / "few.simreal.json"
    for entry in list(state.classes)[3:]:
        entry.enabled = False
    bpy.ops.simreal.design_export(filepath=str(file))
    for entry in state.classes:
        entry.enabled = True
    state.title = "many"
    state.viewing.against, state.viewing.file, state.preview.images = "file", str(file), 10
    gaps = [place.caption for place in compared().images if isinstance(place, PreviewGap) and place.caption]
    assert len(gaps) == 7 and all(gap.startswith("starter has no ") for gap in gaps)
    state.viewing.file = str(tmp_path / "gone.json")
    with pytest.raises(RuntimeError, match="cannot read the design"):
        bpy.ops.simreal.compare_show()


def test_the_look_of_a_preset_is_put_on_the_same_models(state: Any) -> None:
    state.viewing.against, state.viewing.preset = "look", "Top-down conveyor"
    order = compared()
    assert order.headings[1] == "With the look of Top-down conveyor"
    assert order.designs[0][0]["classes"] == order.designs[1][0]["classes"]
    assert values(order, 0, "camera_viewpoint") != values(order, 1, "camera_viewpoint")


def test_the_panels_offer_what_fits(state: Any) -> None:
    for against in ("pinned", "fixed", "look", "preset", "file"):
        state.viewing.against = against
        assert "simreal.compare_show" in said("SIMREAL_PT_compare")
    assert {"simreal.viewport_show", "simreal.strip_show"} <= set(said("SIMREAL_PT_one_image"))
    bpy.context.window.scene = bpy.data.scenes.new("without a design")
    assert not said("SIMREAL_PT_compare") and not said("SIMREAL_PT_one_image")
