"""Run by a Python with bpy: designs go into ``Scene.simreal`` and come back; factors are declared once."""

import os
import random
import sys
import tempfile
import traceback
from pathlib import Path

import attrs
import bpy

import simreal
from simreal.addon.conversion import design_of, load_design
from simreal.design import factors
from simreal.design.declaration import Factor, Parameter
from simreal.design.design import Split
from simreal.design.distributions import Choice, Constant, Discrete, LogUniform, Normal, SphereShell, Uniform
from simreal.design.errors import DesignError
from simreal.design.identity import design_hash
from simreal.design.starting import Sources, start_design
from simreal.panels import factors as factors_panel

sys.path.insert(0, str(Path(__file__).parent))
from recording_layout import draw


def main(kit):
    simreal.register()
    folder = Path(tempfile.mkdtemp())
    starter = start_design(Sources(), "starter", folder).design
    comes_back(starter)
    comes_back(start_design(Sources(models=kit / "models", environments=kit / "hdri"), "kit", folder, seed=-7).design)
    for seed in range(25):
        comes_back(changed_at_random(starter, random.Random(seed)))
    numbers_typed_by_hand_stay(starter)
    numbers_are_listed_as_text(starter)
    classes_switched_off_are_left_out(starter)
    faults_name_their_place(starter)
    too_large_numbers_change_nothing(starter)
    the_file_keeps_the_design(starter, folder)
    simreal.unregister()
    a_factor_is_declared_once(starter)
    print("properties: ok")


def comes_back(design):
    state = bpy.context.scene.simreal
    load_design(state, design)
    back = design_of(state)
    assert back == design, next(
        (name, back.factors[name], design.factors[name])
        for name in design.factors
        if back.factors[name] != design.factors[name]
    )
    assert design_hash(back) == design_hash(design)


def changed_at_random(design, rng):
    """The design with random weights, kinds of distribution and numbers of 64 bits within the hard ranges."""
    new = {}
    for name, settings in design.factors.items():
        parameters = {}
        for parameter in factors.FACTORS[name].parameters:
            given = settings.parameters[parameter.name]
            if parameter.is_choice:
                options = {option: rng.random() for option in given.distribution.options}
                parameters[parameter.name] = attrs.evolve(given, distribution=Choice(options))
                continue
            bounds = parameter.hard_range
            low, high = sorted(rng.uniform(*bounds) for _ in range(2))
            kinds = [Constant(low), Uniform(low, high), Normal((low + high) / 2, (high - low) / 3, low, high)]
            kinds += [LogUniform(low, high)] if low > 0 else []
            kinds += [SphereShell(low, high), Discrete((low, high), (1 / 3, 2.0)), Discrete((low, high))]
            kinds = [kind for kind in kinds if kind.kind in parameter.kinds]
            parameters[parameter.name] = attrs.evolve(given, distribution=rng.choice(kinds), fixed=rng.uniform(*bounds))
        new[name] = attrs.evolve(settings, weight=rng.random(), parameters=parameters)
    splits = (*design.splits, Split("odd", 3, 2**31 - 1, {"factors": {"lens": {"weight": 1 / 3}}, "seed": 2**40}))
    classes = tuple(attrs.evolve(entry, weight=rng.random()) for entry in design.classes)
    return attrs.evolve(design, factors=new, splits=splits, classes=classes, description="ü\nline")


def numbers_typed_by_hand_stay(design):
    """What a person types is what the design says, though Blender keeps 32 bits, and angles in radians."""
    state = bpy.context.scene.simreal
    load_design(state, design)
    state.factors.camera_viewpoint.weight = 0.35
    state.factors.camera_viewpoint.elevation_deg.max = 0.7853981633974483  # 45 degrees
    state.factors.camera_viewpoint.distance_m.min = 4.7
    viewpoint = design_of(state).factors["camera_viewpoint"]
    assert viewpoint.weight == 0.35
    assert viewpoint.parameters["elevation_deg"].distribution == SphereShell(-5.0, 45.0)
    assert viewpoint.parameters["distance_m"].distribution == Uniform(4.7, 6.0)


def numbers_are_listed_as_text(design):
    """A discrete distribution starts from the ends of the declared range; what is typed may have commas or spaces."""
    state = bpy.context.scene.simreal
    load_design(state, design)
    scale = state.factors.object_scale.scale
    scale.distribution = "discrete"
    declared = factors.FACTORS["object_scale"].parameter("scale").default
    assert design_of(state).factors["object_scale"].parameters["scale"].distribution == Discrete(declared.support())
    scale.values, scale.weights = "1 1.5,2", "2, 1, 1"
    assert design_of(state).factors["object_scale"].parameters["scale"].distribution == Discrete((1, 1.5, 2), (2, 1, 1))
    state.factors.object_scale.show_expanded = True
    drawn = draw(bpy.types.SIMREAL_PT_factors, bpy.context)
    shown = [arguments["property"] for name, arguments in drawn if name == "prop" and arguments["data"] == scale]
    assert shown == ["distribution", "values", "weights", "fixed"]
    for field, text, path in (
        ("weights", "1, 2", "weights"),
        ("values", "2, 1", "values[1]"),
        ("values", "a", "values"),
    ):
        load_design(state, design)
        scale.distribution, scale.values = "discrete", "1, 1.5, 2"
        setattr(scale, field, text)
        refused(lambda: design_of(state), f"factors.object_scale.scale.{path}")


def classes_switched_off_are_left_out(design):
    state = bpy.context.scene.simreal
    load_design(state, design)
    state.classes[1].enabled = False
    kept = design.class_names[:1] + design.class_names[2:]
    assert design_of(state).class_names == kept
    assert bpy.ops.simreal.classes_enable(action="invert") == {"FINISHED"}
    assert design_of(state).class_names == design.class_names[1:2]


def faults_name_their_place(design):
    state = bpy.context.scene.simreal
    load_design(state, design)
    state.factors.lens.focal_length_mm.min, state.factors.lens.focal_length_mm.max = 80.0, 40.0
    refused(lambda: design_of(state), "factors.lens.focal_length_mm.max")
    load_design(state, design)
    state.splits[0].overrides = "{"
    refused(lambda: design_of(state), "splits.train.overrides")


def too_large_numbers_change_nothing(design):
    state = bpy.context.scene.simreal
    load_design(state, design)
    refused(lambda: load_design(state, attrs.evolve(design, name="other", seed=2**31)), "seed")
    assert design_of(state) == design


def refused(action, path):
    try:
        action()
    except DesignError as error:
        assert error.path == path, error
    else:
        raise AssertionError(f"{path} was accepted")


def the_file_keeps_the_design(design, folder):
    """A design lives in the .blend, and goes out to a file and in again."""
    state = bpy.context.scene.simreal
    load_design(state, design)
    state.factors.sensor.noise.fixed = 0.125
    expected = design_of(state)
    bpy.ops.wm.save_as_mainfile(filepath=str(folder / "scene.blend"))
    bpy.ops.wm.read_homefile(use_empty=True)
    assert not bpy.context.scene.simreal.title
    bpy.ops.wm.open_mainfile(filepath=str(folder / "scene.blend"))
    assert design_of(bpy.context.scene.simreal) == expected
    file = folder / "shared.simreal.json"
    assert bpy.ops.simreal.design_export(filepath=str(file)) == {"FINISHED"}
    bpy.ops.wm.read_homefile(use_empty=True)
    assert bpy.ops.simreal.design_import(filepath=str(file)) == {"FINISHED"}
    assert design_of(bpy.context.scene.simreal) == expected


def a_factor_is_declared_once(design):
    """A factor that is added to FACTORS is in the panel, the properties and the design at the next registration."""
    haze = Factor(
        "haze",
        "Haze",
        "How thick the air is",
        (
            Parameter("density", Uniform(0.0, 0.5), fixed=0.1, unit="1/m", hard_range=(0.0, 10.0)),
            Parameter("colour", Choice({"grey": 1.0}), fixed="grey", options={"grey": "Grey", "brown": "Brown"}),
        ),
        weight=0.25,
    )
    factors.FACTORS["haze"] = haze
    try:
        simreal.register()
        state = bpy.context.scene.simreal
        load_design(state, start_design(Sources(), "starter", design.folder).design)
        state.factors.haze.show_expanded = True
        state.factors.haze.density.max = 0.75
        drawn = draw(bpy.types.SIMREAL_PT_factors, bpy.context)
        texts = [arguments.get("text") for _, arguments in drawn]
        assert "Density (1/m)" in texts and "Brown" in texts
        assert factors_panel.FACTORS is factors.FACTORS
        settings = design_of(state).factors["haze"]
        assert settings.weight == 0.25
        assert settings.parameters["density"].distribution == Uniform(0.0, 0.75)
        assert settings.parameters["colour"].distribution == Choice({"grey": 1.0})
        simreal.unregister()
    finally:
        del factors.FACTORS["haze"]


try:
    main(Path(sys.argv[1]))
except BaseException:
    traceback.print_exc()
    sys.stderr.flush()
    os._exit(1)
sys.stdout.flush()
os._exit(0)  # bpy 4.5 may wait for its own sound thread for ever at exit
