"""Run by a Python with bpy: every operator that changes the design is undone and redone; the others leave it alone.

    python check_undo.py FOLDER KIT

An operator with ``UNDO`` among its options is called as a button calls it; undoing gives the scene's design back as it
was, redoing as the operator left it. There is a scenario for each, so that none can be added without one.
"""

import json
import shutil
import sys
from pathlib import Path

import attrs
import bpy

import simreal
from simreal import operators
from simreal.addon.conversion import design_of
from simreal.addon.places import places
from simreal.datasets.advice_records import write_advice
from simreal.datasets.suggestion_records import SuggestedChange, SuggestionRecord, write_suggestion
from simreal.design.document import save
from simreal.design.identity import design_hash

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[2]))
from leaving import run

FACTOR, CHOICE = "material_texture", "material"


def main(folder, kit):
    simreal.register()
    scenarios = Scenarios(folder, kit)
    listed = [cls for cls in operators.classes() if issubclass(cls, bpy.types.Operator)]
    for cls in listed:
        name = cls.bl_idname.partition(".")[2]
        if "UNDO" in cls.bl_options:
            assert hasattr(scenarios, name), f"{cls.bl_idname} is undone, but has no scenario here"
            changes(name, scenarios)
        elif hasattr(scenarios, name):
            leaves_alone(name, scenarios)
    simreal.unregister()
    print("undo: ok")


def changes(name, scenarios):
    properties = begin(name, scenarios)
    before = state()
    call(name, properties)
    after = state()
    assert after != before, f"{name} changed nothing in its scenario"
    bpy.ops.ed.undo()
    assert state() == before, f"{name}: undoing leaves {difference(before, state())}"
    bpy.ops.ed.redo()
    assert state() == after, f"{name}: redoing leaves {difference(after, state())}"


def leaves_alone(name, scenarios):
    properties = begin(name, scenarios)
    before = design_state()
    call(name, properties)
    after = design_state()
    assert after == before, f"{name} changes the design, but is not undone: {difference(before, after)}"


def begin(name, scenarios):
    """A new file with the starter design, made ready for an operator. Returns the operator's properties."""
    bpy.ops.wm.read_factory_settings(use_empty=False)
    bpy.ops.simreal.design_starter()
    bpy.context.scene.simreal.output = str(scenarios.folder / "out")
    properties = getattr(scenarios, name)()
    bpy.ops.ed.undo_push(message="before")
    return properties


def call(name, properties):
    operator = getattr(bpy.ops.simreal, name)
    assert operator.poll(), f"{name}: cannot run in its scenario"
    assert operator("EXEC_DEFAULT", True, **properties) == {"FINISHED"}, name


def state():
    """All that undo has to bring back: the design of each scene, and which data-blocks there are."""
    blocks = (bpy.data.scenes, bpy.data.objects, bpy.data.worlds, bpy.data.collections, bpy.data.cameras)
    return {
        "simreal": {scene.name: plain(scene.simreal) for scene in bpy.data.scenes},
        "blocks": [sorted(block.name for block in kind) for kind in blocks],
    }


def design_state():
    """The scene's design, without the name of the preset that it is: keeping it as one changes nothing in it."""
    data = state()["simreal"]["Scene"]
    return {key: value for key, value in data.items() if key not in {"preset", "preset_digest"}}


def plain(group):
    """A property group as plain data."""
    data = {}
    for rna in group.bl_rna.properties:
        given = getattr(group, rna.identifier)
        if rna.identifier == "rna_type":
            continue
        if rna.type == "COLLECTION":
            data[rna.identifier] = [plain(each) for each in given]
        elif rna.type == "POINTER":
            data[rna.identifier] = plain(given) if isinstance(given, bpy.types.PropertyGroup) else repr(given)
        else:
            data[rna.identifier] = list(given) if getattr(rna, "is_array", False) else given
    return data


def difference(before, after):
    first, second = (json.dumps(each, indent=1, default=str).splitlines() for each in (before, after))
    return [pair for pair in zip(first, second, strict=False) if pair[0] != pair[1]][:5] or (len(first), len(second))


class Scenarios:
    """For each operator what makes the scene ready for it, and the properties that it is called with."""

    def __init__(self, folder, kit):
        self.folder, self.kit = folder, kit

    @property
    def simreal(self):
        return bpy.context.scene.simreal

    def file(self):
        """A design's file that differs from the starter's design."""
        path = self.folder / "other.simreal.json"
        bpy.ops.simreal.factor_weights(action="none")
        save(design_of(self.simreal), path)
        bpy.ops.simreal.factor_weights(action="default")
        return path

    def design_starter(self):
        self.simreal.seed = 77
        return {"per_class": 10}

    def design_from_folder(self):
        return {"directory": str(self.kit / "models")}

    def design_import(self):
        return {"filepath": str(self.file())}

    def design_paste(self):
        return {"text": self.file().read_text()}

    def design_export(self):
        return {"filepath": str(self.folder / "exported.simreal.json")}

    def preset_load(self):
        return {"preset": "Product on White"}

    def preset_look(self):
        return {"preset": "Product on White"}

    def preset_add(self):
        return {"name": "My own"}

    def classes_from_folder(self):
        return {"directory": str(self.kit / "models")}

    def classes_from_starter(self):
        self.simreal.classes.remove(0)
        return {"classes": {"airplane"}}

    def classes_from_collections(self):
        return {"choices": [{"name": "Collection", "use": True, "detail": ""}]}

    def classes_from_catalogues(self):
        library = self.folder / "assets"
        shutil.rmtree(library, ignore_errors=True)
        library.mkdir()
        identifier = "a66a1e7c-6d9d-4be8-9c3c-0e7a2d7f9c01"
        (library / "blender_assets.cats.txt").write_text(f"VERSION 1\n\n{identifier}:boxes:boxes\n")
        cube = bpy.data.objects["Cube"]
        cube.asset_mark()
        cube.asset_data.catalog_id = identifier
        bpy.data.libraries.write(str(library / "boxes.blend"), {cube})
        cube.asset_clear()
        known = bpy.context.preferences.filepaths.asset_libraries.new(name="Boxes", directory=str(library))
        return {"library": known.name, "choices": [{"name": "boxes", "use": True, "detail": ""}]}

    def classes_update(self):
        bpy.ops.simreal.classes_from_collections(choices=[{"name": "Collection", "use": True, "detail": ""}])
        bpy.data.objects["Cube"].copy()
        bpy.context.collection.objects.link(bpy.data.objects["Cube.001"])
        return {}

    def classes_enable(self):
        return {"action": "none"}

    def classes_sort(self):
        self.simreal.classes.move(0, 5)
        return {}

    def class_remove(self):
        return {}

    def class_move(self):
        return {"direction": "DOWN"}

    def class_model_remove(self):
        return {}

    def library_add(self):
        return {"kind": "environments", "directory": str(self.kit / "hdri")}

    def study_folder(self):
        return {"kind": "photos", "asked": "real", "directory": str(self.kit / "photos")}

    def library_remove(self):
        bpy.ops.simreal.library_add(**self.library_add())
        return {"library": self.simreal.libraries[-1].name}

    def library_locate(self):
        self.moved()
        return {"library": self.simreal.libraries[0].name, "directory": str(self.kit / "models")}

    def library_check(self):
        self.moved()
        return {}

    def missing_remove(self):
        bpy.ops.simreal.classes_from_folder(directory=str(self.kit / "models"))
        self.simreal.libraries[0].path = "nowhere"
        bpy.ops.simreal.library_check()
        return {}

    def moved(self):
        """A design whose models are no longer where they were."""
        bpy.ops.simreal.design_from_folder(directory=str(self.kit / "models"))
        self.simreal.libraries[0].path = "nowhere"

    def split_add(self):
        return {"name": "another"}

    def split_remove(self):
        return {}

    def split_override(self):
        return {"factor": "background", "weight": 0.25}

    def split_override_remove(self):
        bpy.ops.simreal.split_override(factor="background", weight=0.25)
        return {"path": json.dumps(["factors", "background", "weight"])}

    def factor_weights(self):
        return {"action": "none"}

    def suggestion_accept(self):
        scene, factors = bpy.context.scene, {"factors": {"lens": {"weight": 0.25}}}
        design = design_of(scene.simreal)
        change = SuggestedChange(factor="lens", before="0.5", after="0.25", overrides=factors)
        record = SuggestionRecord(
            design_name=design.name,
            design_sha256=design_hash(design),
            classes=design.class_names,
            overrides=factors,
            changes=(change,),
            evidence=None,
        )
        write_suggestion(record, places(scene).tuning / "0a1b2c3d")
        return {}

    def advice_apply(self):
        from tests.test_advice_records import RECORD

        wider = {"factors": {"camera_viewpoint": {"elevation_deg": {"max": 75.0}}}}
        advice = attrs.evolve(RECORD.advice[0], overrides=wider)
        write_advice(attrs.evolve(RECORD, advice=(advice,)), places(bpy.context.scene).advice)
        return {"number": 1}

    def factor_reset(self):
        getattr(self.simreal.factors, FACTOR).weight = 0.123
        return {"factor": FACTOR}

    def factor_unsilence(self):
        getattr(self.simreal.factors, FACTOR).mute = True
        return {}

    def option_weights(self):
        return {"factor": FACTOR, "parameter": CHOICE, "library": "*", "action": "none"}

    def preview_dice(self):
        return {}

    def compare_pin(self):
        return {}

    def viewport_show(self):
        return {"index": 3}

    def viewport_step(self):
        bpy.ops.simreal.viewport_show(index=3)
        return {"step": 1}

    def score_photos(self):
        return {"directory": str(self.kit / "photos")}

    def score_alias_add(self):
        return {"folder": "aeroplanes"}

    def score_alias_remove(self):
        bpy.ops.simreal.score_alias_add(folder="aeroplanes")
        return {"index": 0}


run(main, Path(sys.argv[1]), Path(sys.argv[2]))
