"""The panel Weighting: jobs are ordered as the command line takes them, effects stand beside weights, suggestions are
accepted and undone, and evidence goes wherever the design goes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import bpy
import numpy as np
import pytest

import simreal
from simreal.addon import preferences
from simreal.addon.command_lines import TRAINING_PYTHON
from simreal.addon.conversion import design_of
from simreal.addon.effect_icons import SIZE_PX, picture
from simreal.addon.places import places
from simreal.addon.viewing import suggestion_comparison_of
from simreal.addon.weighting_orders import ADVISE, IMPORTANCE, TUNE, arguments, weighting_order, weighting_problem
from simreal.addon.weights_shown import effects_of, importance_problem, shown_importance, standing_of
from simreal.datasets.effect_records import IMPORTANCE_FILE, write_importance
from simreal.datasets.suggestion_records import SUGGESTION_FILE, SuggestedChange, SuggestionRecord, write_suggestion
from simreal.design.document import from_document, load, to_document
from simreal.design.evidence import Evidence, evidence_text
from simreal.design.identity import design_hash, is_of
from simreal.design.presets import save_preset
from simreal.operators.effect_open import SIMREAL_OT_effect_open
from simreal.panels.design import SIMREAL_PT_design
from simreal.panels.factors import SIMREAL_PT_factors
from simreal.panels.presets import SIMREAL_PT_about
from simreal.panels.weighting import SIMREAL_PT_weighting

from .blender.recording_layout import draw
from .test_evidence import EVIDENCE
from .test_weight_records import IMPORTANCE as RECORD
from .test_weight_records import OPTION, RANGE, WEIGHT

pytestmark = pytest.mark.blender
DO = bpy.ops.simreal
LENS = {"factors": {"lens": {"weight": 0.25}}}
VIEW = {"factors": {"camera_viewpoint": {"elevation_deg": {"distribution": "uniform", "min": 3.1, "max": 31.7}}}}
BOTH = {"factors": {**LENS["factors"], **VIEW["factors"]}}


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The scene with the starter design, whose files lie in a folder of the test's; a Python that could train."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    simreal.register()
    trainer = tmp_path / "python"
    trainer.write_text("#!/bin/sh\n")
    trainer.chmod(0o755)
    real = preferences.settings()
    monkeypatch.setattr(preferences, "settings", lambda: preferences.Settings(real.jobs_folder, str(trainer)))
    monkeypatch.setattr("simreal.addon.weighting_orders.settings", preferences.settings)
    assert DO.design_starter() == {"FINISHED"}
    bpy.context.scene.simreal.output = str(tmp_path / "output")
    (tmp_path / "photos" / "cup").mkdir(parents=True)
    (tmp_path / "photos" / "cup" / "1.jpg").write_bytes(b"\xff\xd8\xff")
    yield bpy.context.scene
    simreal.unregister()


@pytest.fixture
def suggested(scene: Any) -> SuggestionRecord:
    """A suggestion of two changes for the scene's design, as `simreal tune` writes it."""
    design = design_of(scene.simreal)
    tuned = from_document({**to_document(design), "factors": _merged(to_document(design)["factors"])}, design.folder)
    record = SuggestionRecord(
        design_name=design.name,
        design_sha256=design_hash(design),
        classes=design.class_names,
        overrides=BOTH,
        changes=(
            SuggestedChange(factor="lens", before="0.5", after="0.25", overrides=LENS, effect=WEIGHT),
            SuggestedChange(
                factor="camera_viewpoint", parameter="elevation_deg", before="a", after="b", overrides=VIEW, alike=7.1
            ),
        ),
        evidence=attrs.evolve(EVIDENCE, design_sha256=design_hash(tuned)),
        warnings=("the photos are few",),
    )
    write_suggestion(record, places(scene).tuning / "0a1b2c3d")
    return record


def _merged(factors: dict[str, Any]) -> dict[str, Any]:
    factors["lens"]["weight"] = 0.25
    fixed = factors["camera_viewpoint"]["elevation_deg"]["fixed"]
    factors["camera_viewpoint"]["elevation_deg"] = {
        **VIEW["factors"]["camera_viewpoint"]["elevation_deg"],
        "fixed": fixed,
    }
    return factors


def evidence(scene: Any) -> tuple[Evidence, ...]:
    return design_of(scene.simreal).evidence


def texts(panel: type) -> str:
    drawn = draw(panel, bpy.context)
    return " ".join(str(arguments["text"]) for _, arguments in drawn if arguments.get("text"))


def effect_buttons(panel: type) -> list[dict[str, Any]]:
    drawn = draw(panel, bpy.context)
    return [one for name, one in drawn if name == "operator" and one["operator"] == "simreal.effect_open"]


def test_panels_draw_without_any_record(scene: Any) -> None:
    assert SIMREAL_PT_weighting.bl_label == "Weighting"
    assert "Importance" in texts(SIMREAL_PT_weighting)
    assert not effect_buttons(SIMREAL_PT_factors)
    for name in ("suggestion_accept", "suggestion_compare", "suggestion_open", "effect_open"):
        assert not getattr(DO, name).poll(), name


def test_orders_are_what_the_command_line_takes(scene: Any, tmp_path: Path) -> None:
    state = scene.simreal.weighting
    state.photos = str(tmp_path / "photos")
    state.source = "experiment"
    for verb in (IMPORTANCE, TUNE, ADVISE):
        order = weighting_order(scene, verb)
        (step,) = order.steps
        assert step[0] == TRAINING_PYTHON and step[2:4] == (verb, "--messages")
        assert step[4] in order.files and load_text(order.files[step[4]]).name == scene.simreal.title
        assert step[5:7] == ("--photos", str(tmp_path / "photos"))
    assert arguments(scene, IMPORTANCE)[2:] == ("--from", "experiment", "--images", "600")
    assert arguments(scene, TUNE)[2:] == ("--budget", "5000", "--objective", "accuracy", "--seeds", "5")
    state.objective, state.budget_in, state.budget_h = "few", "HOURS", 1.5
    assert arguments(scene, TUNE)[2:] == (
        *("--budget", "1.5h", "--objective", "few", "--seeds", "5"),
        *("--shots", "3"),
    )
    state.source = "images"
    assert arguments(scene, IMPORTANCE)[2:] == ("--from", "images", "--images", "600")
    places(scene).data.mkdir(parents=True)
    (places(scene).data / "design.json").write_text("{}")
    assert arguments(scene, IMPORTANCE)[2:] == ("--from", "images", "--data", str(places(scene).data))
    assert weighting_order(scene, IMPORTANCE).needs == (str(places(scene).data),)


def load_text(text: str) -> Any:
    import json

    return from_document(json.loads(text))


def test_the_same_order_goes_on_and_another_has_a_folder_of_its_own(scene: Any, tmp_path: Path) -> None:
    scene.simreal.weighting.photos = str(tmp_path / "photos")
    first = weighting_order(scene, TUNE).makes
    assert weighting_order(scene, TUNE).makes == first
    (tmp_path / "photos" / "cup" / "2.jpg").write_bytes(b"\xff\xd8")
    assert weighting_order(scene, TUNE).makes != first, "other photos"
    second = weighting_order(scene, TUNE).makes
    scene.simreal.factors.lens.weight = 0.125
    assert weighting_order(scene, TUNE).makes not in (first, second), "another design"


def test_a_disabled_button_says_why(scene: Any, tmp_path: Path) -> None:
    state = scene.simreal.weighting
    assert weighting_problem(scene, TUNE) == "Choose a folder of real photos"
    state.photos = str(tmp_path / "nowhere")
    assert "is not there" in weighting_problem(scene, TUNE)
    assert not DO.weights_suggest.poll() and not DO.importance_run.poll() and not DO.advice_run.poll()


def test_effects_stand_beside_the_weights(scene: Any) -> None:
    design = design_of(scene.simreal)
    record = attrs.evolve(RECORD, classes=design.class_names, design_sha256=design_hash(design))
    write_importance(record, places(scene).importance / "0a1b2c3d")
    scene.simreal.factors.background.show_expanded = True
    scene.simreal.factors.camera_viewpoint.show_expanded = True
    buttons = effect_buttons(SIMREAL_PT_factors)
    assert len(buttons) == 3  # without a window all icons have the number 0
    assert {button["text"] for button in buttons} == {"+3.1", "", "+3.1 [-1.0, 5.0]  0 .. 30 deg only"}
    assert importance_problem(scene) == ""
    said = texts(SIMREAL_PT_weighting)
    assert "Background, weight 0.6 -> 1.0: +3.1 [1.2, 5.0]" in said and "Few photos" in said
    assert effects_of(scene).at("background") == (WEIGHT,)

    class Place:
        factor, parameter, option = "camera_viewpoint", "elevation_deg", ""

    tip = SIMREAL_OT_effect_open.description(bpy.context, Place)
    for part in ("0 .. 30 deg only", "+3.1 [-1.0, 5.0]", "no effect found", "2,000 images", "600 photos"):
        assert part in tip


def test_an_importance_of_another_design_says_so(scene: Any, tmp_path: Path) -> None:
    design = design_of(scene.simreal)
    record = attrs.evolve(RECORD, classes=design.class_names, design_sha256=design_hash(design))
    file = write_importance(record, tmp_path)
    scene.simreal.weighting.importance = str(file)
    assert importance_problem(scene) == ""
    scene.simreal.factors.lens.weight = 0.125
    assert "changed since" in importance_problem(scene) and "changed since" in texts(SIMREAL_PT_factors).replace(
        "  ", " "
    )
    scene.simreal.classes[0].enabled = False
    assert "other classes" in importance_problem(scene)
    file.write_text("{}")
    shown = shown_importance(scene)
    assert shown is not None and shown.record is None and IMPORTANCE_FILE in shown.problem
    said = texts(SIMREAL_PT_weighting).replace(" ", "")  # a long path is wrapped in the middle of a name
    assert IMPORTANCE_FILE in said and not effect_buttons(SIMREAL_PT_factors)
    file.unlink()
    assert "is not there" in texts(SIMREAL_PT_weighting)


def test_all_is_accepted_with_its_evidence(scene: Any, suggested: SuggestionRecord) -> None:
    said = texts(SIMREAL_PT_weighting)
    assert "The photos are few" in said and "+2.1 [0.4, 3.9]" in said
    assert "0.25: +3.1 [1.2, 5.0]" in said and "b; photos look like it, 7.1 SE" in said
    before = design_of(scene.simreal)
    assert DO.suggestion_accept() == {"FINISHED"}
    after = design_of(scene.simreal)
    assert after.factors["lens"].weight == 0.25
    assert after.factors["camera_viewpoint"].parameters["elevation_deg"].distribution.support() == (3.1, 31.7)
    assert after.evidence == (suggested.evidence,) and is_of(after.evidence[0], after)
    assert attrs.evolve(after, factors=before.factors, evidence=()) == before, "nothing else changed"
    assert standing_of(scene).taken == (True, True)
    assert not DO.suggestion_compare.poll()
    assert "changed since" not in texts(SIMREAL_PT_design)
    scene.simreal.factors.lens.weight = 0.5
    assert not is_of(evidence(scene)[0], design_of(scene.simreal))
    assert "(the design was changed since)" in texts(SIMREAL_PT_about).replace("\n", " ")


def test_one_change_alone_is_of_another_design_until_all_are_taken(scene: Any, suggested: SuggestionRecord) -> None:
    assert DO.suggestion_accept(number=1) == {"FINISHED"}
    assert standing_of(scene).taken == (True, False)
    assert not is_of(evidence(scene)[0], design_of(scene.simreal))
    assert DO.suggestion_accept(number=2) == {"FINISHED"}
    assert standing_of(scene).taken == (True, True) and len(evidence(scene)) == 1
    assert is_of(evidence(scene)[0], design_of(scene.simreal))
    with pytest.raises(RuntimeError, match="There are 2 suggested changes"):
        DO.suggestion_accept(number=3)


def test_before_and_after_differ_in_what_is_suggested_only(scene: Any, suggested: SuggestionRecord) -> None:
    order = suggestion_comparison_of(scene.session_uid)
    assert len(order.designs) == 2
    before, after = (from_document(document) for document, _ in order.designs)
    changed = {name for name in before.factors if before.factors[name] != after.factors[name]}
    assert changed == {"lens", "camera_viewpoint"}
    assert (before.seed, before.classes) == (after.seed, after.classes)


def test_a_damaged_suggestion_is_told_in_the_panel(scene: Any, suggested: SuggestionRecord) -> None:
    (places(scene).tuning / "0a1b2c3d" / SUGGESTION_FILE).write_text("{")
    assert SUGGESTION_FILE in texts(SIMREAL_PT_weighting).replace(" ", "")  # a long path is broken anywhere
    assert not DO.suggestion_accept.poll()


def test_evidence_goes_where_the_design_goes(scene: Any, suggested: SuggestionRecord, tmp_path: Path) -> None:
    assert DO.suggestion_accept() == {"FINISHED"}
    known = evidence(scene)
    assert DO.design_export(filepath=str(tmp_path / "out.simreal.json")) == {"FINISHED"}
    assert load(tmp_path / "out.simreal.json").evidence == known
    preset = save_preset(design_of(scene.simreal), "Tuned", tmp_path / "presets")
    assert load(preset.file).evidence == known
    from simreal.design.presets import presets_in

    assert presets_in(tmp_path / "presets")[0].evidence == evidence_text(known[0])
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "file.blend"))
    assert DO.design_starter() == {"FINISHED"} and evidence(scene) == ()
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "file.blend"))
    assert evidence(bpy.context.scene) == known
    assert DO.design_starter() == {"FINISHED"}
    assert DO.design_import(filepath=str(tmp_path / "out.simreal.json")) == {"FINISHED"}
    assert evidence(bpy.context.scene) == known
    assert is_of(known[0], design_of(bpy.context.scene.simreal))


def test_a_bar_grows_from_the_middle() -> None:
    gain, loss = (
        np.asarray(picture(WEIGHT, 5.0)),
        np.asarray(picture(attrs.evolve(WEIGHT, points=-3, low=-5, high=-1), 5.0)),
    )
    unsure = np.asarray(picture(RANGE, 5.0))
    row, middle = SIZE_PX // 4 + 2, SIZE_PX // 2
    assert gain[row, middle + 6, 3] and not gain[row, middle - 6, 3]
    assert loss[row, middle - 6, 3] and not loss[row, middle + 6, 3]
    assert gain[row, middle + 6, 1] > gain[row, middle + 6, 0] and loss[row, middle - 6, 0] > loss[row, middle - 6, 1]
    assert len(set(unsure[row, middle + 6, :3])) == 1, "grey"
    assert OPTION.is_found
