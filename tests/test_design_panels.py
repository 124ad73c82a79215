"""The panels Design and Factors: drawn in every state they can be in, and what their buttons do."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import bpy
import pytest

import simreal
from simreal.addon.class_list import models_label
from simreal.addon.conversion import design_of, load_design, silent_factors
from simreal.addon.effects import has_effect
from simreal.addon.touched import listen
from simreal.design.design import DesignClass, ImageSettings, default_factors
from simreal.design.errors import DesignError
from simreal.design.factors import FACTORS
from simreal.design.qualities import QUALITIES, with_quality
from simreal.design.sampling import Sampler
from simreal.design.starting import Sources, start_design
from simreal.panels import sidebar

from .blender.recording_layout import draw

pytestmark = pytest.mark.blender

PANELS = (
    "SIMREAL_PT_design",
    "SIMREAL_PT_design_class",
    "SIMREAL_PT_design_libraries",
    "SIMREAL_PT_images",
    "SIMREAL_PT_splits",
    "SIMREAL_PT_factors",
)
DO = bpy.ops.simreal


@pytest.fixture
def state() -> Iterator[Any]:
    """``Scene.simreal`` of an empty file."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    simreal.register()
    yield bpy.context.scene.simreal
    simreal.unregister()


@pytest.fixture
def starter(state: Any) -> Any:
    assert DO.design_starter() == {"FINISHED"}
    return state


def shown(panel: str) -> list[tuple[str, dict[str, Any]]]:
    return draw(getattr(bpy.types, panel), bpy.context)


def texts(panel: str) -> list[str]:
    return [str(arguments["text"]) for _, arguments in shown(panel) if arguments.get("text")]


def operators(panel: str) -> list[str]:
    return [arguments["operator"] for name, arguments in shown(panel) if name == "operator"]


def unfold(state: Any) -> None:
    for name in FACTORS:
        getattr(state.factors, name).show_expanded = True


def refused(call: Any, **arguments: Any) -> str:
    with pytest.raises(RuntimeError) as caught:
        call(**arguments)
    return str(caught.value)


def test_without_a_design_every_source_is_offered(state: Any) -> None:
    assert operators("SIMREAL_PT_design") == [
        "simreal.design_starter",
        "simreal.design_from_folder",
        "simreal.classes_from_collections",
        "simreal.classes_from_catalogues",
        "simreal.design_import",
    ]
    assert [panel for panel in PANELS if shown(panel)] == ["SIMREAL_PT_design"]


def test_every_panel_draws_a_design(starter: Any, kit: Path) -> None:
    DO.library_add(kind="environments", directory=str(kit / "hdri"))
    DO.library_add(kind="photos", directory=str(kit / "photos"))
    DO.classes_from_folder(directory=str(kit / "models"))
    for open_ones in (False, True):
        if open_ones:
            unfold(starter)
        for kind in ("constant", "uniform", "normal"):
            for name, factor in FACTORS.items():
                for parameter in factor.parameters:
                    if not parameter.is_choice:
                        getattr(getattr(starter.factors, name), parameter.name).distribution = kind
            assert all(shown(panel) for panel in PANELS)
    assert "Classes (14 of 14)" in texts("SIMREAL_PT_design")
    assert "environments (18 of 18)" in texts("SIMREAL_PT_factors")
    for menu in ("SIMREAL_MT_classes", "SIMREAL_MT_classes_add"):
        assert draw(getattr(bpy.types, menu), bpy.context)


def test_half_a_design_draws(starter: Any) -> None:
    """What scripts and old files may leave: no class, no split, an active one beyond the end, no option."""
    unfold(starter)
    starter.active_class = starter.active_split = 99
    for panel in PANELS:
        assert shown(panel)
    starter.classes.clear()
    starter.splits.clear()
    for name, factor in FACTORS.items():
        for parameter in factor.parameters:
            if parameter.is_choice:
                getattr(getattr(starter.factors, name), parameter.name).options.clear()
    for panel in PANELS:
        assert shown(panel)
    assert "There is no class" in texts("SIMREAL_PT_design_class")


def test_a_linked_scene_is_shown_and_not_changed(starter: Any, tmp_path: Path) -> None:
    starter.id_data.name = "Theirs"
    file = tmp_path / "theirs.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(file))
    bpy.ops.wm.read_homefile(use_empty=True)
    with bpy.data.libraries.load(str(file), link=True) as (_, here):
        here.scenes = ["Theirs"]
    scene = bpy.data.scenes["Theirs"]
    with bpy.context.temp_override(scene=scene, view_layer=scene.view_layers[0]):
        assert all(shown(panel) for panel in PANELS)
        assert "Linked from another file" in " ".join(texts("SIMREAL_PT_design"))
        before = design_of(scene.simreal)
        for name in dir(DO):
            if name.startswith(("class", "split", "factor", "option", "library")) and name != "library_check":
                assert not getattr(DO, name).poll(), name
        assert design_of(scene.simreal) == before


def test_classes_are_switched_sorted_and_moved(starter: Any) -> None:
    names = [entry.name for entry in starter.classes]
    assert DO.classes_enable(action="none") == {"FINISHED"}
    assert "Classes (0 of 10)" in texts("SIMREAL_PT_design")
    DO.classes_enable(action="invert")
    starter.active_class = 2
    assert DO.class_move(direction="UP") == {"FINISHED"}
    assert [entry.name for entry in starter.classes][:3] == [names[0], names[2], names[1]]
    assert starter.active_class == 1
    assert DO.class_move(direction="UP") == {"FINISHED"} and DO.class_move(direction="UP") == {"CANCELLED"}
    starter.classes[3].models = "starter:car/00"
    assert DO.classes_sort(key="models") == {"FINISHED"}
    assert starter.classes[9].name == "car"
    assert starter.classes[starter.active_class].name == names[2]
    assert DO.classes_sort(key="name") == {"FINISHED"}
    assert [entry.name for entry in starter.classes] == sorted(names)
    assert design_of(starter).class_names == tuple(sorted(names))


def test_removing_ends_with_the_last_class(starter: Any) -> None:
    starter.active_class = 9
    for left in range(9, 0, -1):
        assert DO.class_remove() == {"FINISHED"}
        assert starter.active_class == left - 1
    assert "at least one class" in refused(DO.class_remove)


def test_the_models_of_the_active_class_are_listed(starter: Any) -> None:
    starter.active_class = 3
    assert starter.models[0].name == "starter:car/00" and len(starter.models) == 12
    starter.active_model = 11
    assert DO.class_model_remove() == {"FINISHED"}
    assert starter.classes[3].model_count == 11 == len(starter.models)
    assert starter.active_model == 10
    assert design_of(starter).classes[3].models[-1] == "starter:car/10"
    starter.classes[3].models = "starter:car/05"
    assert [model.name for model in starter.models] == ["starter:car/05"]
    assert "remove the class instead" in refused(DO.class_model_remove)


def test_models_are_named_in_few_words() -> None:
    for asset, label in (
        ("models:cup/mug/mug.obj", "mug/mug.obj"),
        ("starter:cup/00", "cup/00"),
        ("collections:collections_001.blend#cups (snapshot)/Mug (snapshot)", "Mug"),
        ("assets:deep/b.blend#/Crate", "Crate"),
    ):
        assert models_label(asset) == label


@pytest.mark.parametrize("width_px", [40.0, 120.0, 400.0])
def test_lines_are_as_wide_as_there_is_room(width_px: float) -> None:
    text = "With 86 photos an effect has to be about 26 points: /a/path/that/has/no/space/and/will/not/fit"
    sidebar.blf.size(sidebar.FONT, 11.0)

    def width(shown: str) -> float:
        return float(sidebar.blf.dimensions(sidebar.FONT, shown)[0])

    lines = sidebar.lines_of(text, width_px)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert max(width(line) for line in lines) <= width_px
    for line, following in itertools.pairwise(lines):
        assert width(f"{line} {following.split()[0]}") > width_px, "no word waits that had room"
    assert sidebar.lines_of(" ", width_px) == []


@pytest.mark.parametrize(
    ("typed", "name"),
    [("car", "car_2"), ("CAR", "CAR_2"), ("  mug ", "mug"), ("a/b", "a_b"), ("..", "airplane"), ("", "airplane")],
)
def test_names_of_classes_stay_usable(starter: Any, typed: str, name: str) -> None:
    starter.classes[0].weight = 0.5
    starter.classes[0].name = typed
    assert starter.classes[0].name == name
    design = design_of(starter)
    assert (design.classes[0].name, design.classes[0].weight) == (name, 0.5)


def test_a_renamed_class_keeps_its_exact_weight(starter: Any) -> None:
    design = design_of(starter)
    classes = (attrs.evolve(design.classes[0], weight=1 / 3), *design.classes[1:])
    load_design(starter, attrs.evolve(design, classes=classes))
    starter.classes[0].name = "plane"
    assert design_of(starter).classes[0].weight == 1 / 3


def test_mute_and_solo_count_as_weight_0_everywhere(starter: Any) -> None:
    original = design_of(starter)
    starter.factors.lens.mute = True
    assert design_of(starter).factors["lens"] == attrs.evolve(original.factors["lens"], weight=0.0)
    assert starter.factors.lens.weight == original.factors["lens"].weight, "the slider has moved"
    assert "Muted: Lens" in texts("SIMREAL_PT_factors")
    starter.factors.sensor.solo = starter.factors.background.solo = True
    assert silent_factors(starter) == set(FACTORS) - {"sensor", "background"}
    assert {name for name, one in design_of(starter).factors.items() if one.weight} == {"sensor", "background"}
    assert "Solo: Background, Sensor" in texts("SIMREAL_PT_factors")
    sampler = Sampler(design_of(starter), "train")
    assert all(not sampler.spec(index).factors["object_pose"].drawn for index in range(20))
    assert DO.factor_unsilence() == {"FINISHED"}
    assert design_of(starter) == original
    assert not any(text.startswith(("Solo", "Muted")) for text in texts("SIMREAL_PT_factors"))
    assert "No factor is muted" in refused(DO.factor_unsilence)


def test_a_split_cannot_bring_a_silent_factor_back(starter: Any) -> None:
    starter.splits[0].overrides = '{"factors": {"lens": {"weight": 1.0, "f_stop": {"fixed": 4.0}}}}'
    starter.factors.lens.mute = True
    assert design_of(starter).splits[0].overrides == {"factors": {"lens": {"weight": 0.0, "f_stop": {"fixed": 4.0}}}}
    assert design_of(starter, every_class=True).splits[0].overrides["factors"]["lens"]["weight"] == 1.0


def test_loading_a_design_hears_all_factors(starter: Any) -> None:
    starter.factors.lens.mute = starter.factors.sensor.solo = True
    assert DO.design_starter() == {"FINISHED"}
    assert not silent_factors(starter)


def test_resetting_gives_back_what_is_declared(starter: Any, kit: Path) -> None:
    declared = default_factors()["background"]
    DO.library_add(kind="environments", directory=str(kit / "hdri"))
    background = starter.factors.background
    background.weight, background.hue.min, background.strength.distribution = 0.25, 0.5, "uniform"
    background.kind.options["white"].weight = 7.0
    assert DO.factor_reset(factor="background", parameter="hue") == {"FINISHED"}
    assert design_of(starter).factors["background"].parameters["hue"] == declared.parameters["hue"]
    assert background.weight == 0.25
    assert DO.factor_reset(factor="background") == {"FINISHED"}
    assert design_of(starter).factors["background"] == declared
    assert "environments:city.exr" in background.environment.options, "assets that were added are gone"
    assert "there is no factor" in refused(DO.factor_reset, factor="weather")
    assert "there is no factor" in refused(DO.factor_reset, factor="lens", parameter="zoom")


def test_options_are_set_at_once(starter: Any) -> None:
    choice = {"factor": "material_texture", "parameter": "material"}

    def options() -> dict[str, float]:
        return dict(design_of(starter).factors["material_texture"].parameters["material"].distribution.options)

    given = starter.factors.material_texture.material.options
    given["wood"].weight = 3.0
    assert DO.option_weights(action="all", library="*", **choice) == {"FINISHED"}
    assert "original" in options() and options()["wood"] == 3.0
    DO.option_weights(action="even", library="*", **choice)
    assert set(options().values()) == {1.0}
    DO.option_weights(action="none", library="*", **choice)
    with pytest.raises(DesignError, match="at least one option"):
        options()
    given["wood"].enabled = True
    assert options() == {"wood": 1.0}
    assert "there is no choice" in refused(DO.option_weights, factor="lens", parameter="f_stop", action="all")


def test_parameters_without_effect_are_folded(starter: Any) -> None:
    factor, group = FACTORS["background"], starter.factors.background
    unfold(starter)

    def idle() -> set[str]:
        return {one.name for one in factor.parameters if not has_effect(factor, one, group)}

    assert idle() == {"photo", "photo_zoom", "photo_x", "photo_y"}
    for option in group.kind.options:
        option.enabled = option.name == "white"
    group.kind.fixed = "white"
    assert idle() >= {"hue", "saturation", "value", "gradient_value", "photo"} and "environment" not in idle()
    group.weight, group.kind.fixed = 0.0, "flat"
    assert "hue" not in idle()
    assert any(text.startswith("Without Effect Now (") for text in texts("SIMREAL_PT_factors"))


def test_a_quality_is_a_name_for_several_settings(starter: Any) -> None:
    image, size = starter.image, starter.image.resolution_px
    assert image.quality == "standard"
    for quality in QUALITIES:
        image.quality = quality
        assert design_of(starter).image == with_quality(ImageSettings(resolution_px=size), quality)
    image.samples = 33
    assert image.quality == "custom", "other settings have no name"
    image.quality = "custom"
    assert image.samples == 33
    image.quality = "draft"
    assert image.quality == "draft" and image.samples != 33


def test_splits_are_added_renamed_and_removed(starter: Any) -> None:
    starter.active_split = 2
    assert DO.split_add(name="test photos!") == {"FINISHED"}
    added = starter.splits[3]
    assert (added.name, added.count, added.overrides) == ("test_photos_", 200, starter.splits[2].overrides)
    added.name = "train"
    assert added.name == "train_2"
    added.name = " / "
    assert added.name == "train_2"
    added.count = 95
    assert "About 10 a class" in texts("SIMREAL_PT_splits")
    for _ in range(3):
        assert DO.split_remove() == {"FINISHED"}
    assert "at least one split" in refused(DO.split_remove)
    assert [split.name for split in design_of(starter).splits] == ["train"]


def test_overrides_are_edited(starter: Any) -> None:
    assert "In nothing but its draws" in texts("SIMREAL_PT_splits")
    assert DO.split_override(factor="background", weight=0.0, parameter="kind", value="none") == {"FINISHED"}
    assert DO.split_override(factor="lens", weight=0.5, parameter="f_stop", value="2.8") == {"FINISHED"}
    assert design_of(starter).splits[0].overrides == {
        "factors": {
            "background": {"weight": 0.0, "kind": {"fixed": "none"}},
            "lens": {"weight": 0.5, "f_stop": {"fixed": 2.8}},
        }
    }
    drawn = texts("SIMREAL_PT_splits")
    assert {"Background: weight 0", "Background, kind: fixed none", "Lens: weight 0.5"} <= set(drawn)
    assert DO.split_override_remove(path='["factors", "background", "weight"]') == {"FINISHED"}
    assert "Background: weight 0" not in texts("SIMREAL_PT_splits")
    for value, reason in (("blue", "must be one of"), ("sharp", "must be a number"), ("999", "must be between")):
        factor, parameter = ("background", "kind") if value == "blue" else ("lens", "f_stop")
        assert reason in refused(DO.split_override, factor=factor, parameter=parameter, value=value)


def test_faulty_overrides_are_flagged_and_can_be_cleared(starter: Any) -> None:
    for faulty, reason in (("{", "is not JSON"), ('{"factors": {"lense": {}}}', "did you mean 'lens'?")):
        starter.splits[0].overrides = faulty
        assert reason in " ".join(texts("SIMREAL_PT_splits"))
        with pytest.raises(DesignError, match=r"splits\.train\.overrides"):
            design_of(starter)
    assert DO.split_override_remove(path="") == {"FINISHED"}
    assert design_of(starter).splits[0].overrides == {}


def test_changes_are_told(starter: Any) -> None:
    told: list[str] = []
    end = listen(lambda scene: told.append(scene.name))
    for change in (
        lambda: setattr(starter, "seed", 3),
        lambda: setattr(starter.image, "samples", 3),
        lambda: setattr(starter.factors.lens, "mute", True),
        lambda: setattr(starter.factors.lens.f_stop, "fixed", 4.0),
        lambda: setattr(starter.factors.background.kind.options[0], "weight", 0.1),
        lambda: setattr(starter.classes[0], "name", "plane"),
        lambda: setattr(starter.splits[0], "count", 3),
    ):
        told.clear()
        change()
        assert told == [starter.id_data.name]
    end()
    starter.seed = 4
    assert len(told) == 1


def test_a_large_design_is_the_same_after_all(state: Any, tmp_path: Path) -> None:
    """200 classes with 300 models each come back as they were, and draw no more than what is seen."""
    small = start_design(Sources(), "large", tmp_path).design
    classes = tuple(
        DesignClass(f"class {cls:03d}", tuple(f"starter:cup/{model % 12:02d}" for model in range(12)) * 25)
        for cls in range(200)
    )
    large = attrs.evolve(small, classes=classes)
    load_design(state, large)
    assert design_of(state) == large
    state.active_class = 150
    assert len(state.models) == 300
    assert shown("SIMREAL_PT_design")
    state.classes[7].name = "class 008"
    assert state.classes[7].name == "class 008_2"


def test_a_design_cannot_lose_its_name(starter: Any) -> None:
    starter.title = " "
    assert starter.title == "Untitled"
    assert design_of(starter).name == "Untitled"
