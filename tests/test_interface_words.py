"""What the interface says: every button and setting is named and explained, in the manner of Blender's own."""

import re
from collections.abc import Iterator

import bpy
import pytest

import simreal
from simreal import operators, panels

pytestmark = pytest.mark.blender
SMALL = {
    "a",
    "an",
    "and",
    "as",
    "at",
    "by",
    "for",
    "from",
    "in",
    "into",
    "is",
    "of",
    "on",
    "or",
    "per",
    "the",
    "to",
    "with",
}


@pytest.fixture(scope="module", autouse=True)
def registered() -> Iterator[None]:
    simreal.register()
    yield
    simreal.unregister()


OPERATORS = [cls for cls in operators.classes() if issubclass(cls, bpy.types.Operator)]


@pytest.mark.parametrize("cls", OPERATORS, ids=lambda cls: cls.__name__)
def test_operator_is_named_and_explained(cls: type) -> None:
    rna = getattr(bpy.ops.simreal, cls.bl_idname.partition(".")[2]).get_rna_type()
    assert re.fullmatch(r"simreal\.[a-z]+(_[a-z]+)*", cls.bl_idname)
    assert is_title(rna.name), rna.name
    explained(cls.__name__, rna.description)
    assert not cls.bl_options - {"REGISTER", "UNDO", "INTERNAL", "UNDO_GROUPED", "BLOCKING"}
    for prop in own(rna):
        if not prop.is_hidden:
            assert is_title(prop.name), f"{cls.__name__}.{prop.identifier}: {prop.name}"
            explained(f"{cls.__name__}.{prop.identifier}", prop.description)


def test_settings_are_named_and_explained() -> None:
    for owner in (bpy.types.Scene, bpy.types.WindowManager):
        for where, prop in settings(owner.bl_rna.properties["simreal"].fixed_type, owner.__name__):
            if not prop.is_hidden and prop.type not in ("POINTER", "COLLECTION"):
                assert prop.name and prop.name[0].isupper(), f"{where}: {prop.name!r}"
                explained(where, prop.description)


@pytest.mark.parametrize("cls", [cls for cls in panels.classes() if issubclass(cls, bpy.types.Panel)])
def test_panel_is_named(cls: type) -> None:
    label = cls.bl_label
    assert "HIDE_HEADER" in getattr(cls, "bl_options", ()) or is_title(label), label
    assert cls.bl_category == "Simreal" or cls.bl_space_type == "PREFERENCES"


def own(rna: object) -> list:
    return [prop for prop in rna.properties if prop.identifier not in ("rna_type", "name", "bl_options")]


def settings(group: object, where: str) -> Iterator[tuple[str, object]]:
    for prop in own(group):
        path = f"{where}.{prop.identifier}"
        yield path, prop
        if prop.type in ("POINTER", "COLLECTION") and prop.fixed_type.identifier.startswith("SIMREAL_PG"):
            yield from settings(prop.fixed_type, path)


def explained(where: str, text: str) -> None:
    assert text, f"{where} has no tooltip"
    assert text[0].isupper() or not text[0].isalpha(), f"{where}: {text}"
    assert not text.endswith("."), f"{where}: Blender adds the full stop: {text}"


def is_title(text: str) -> bool:
    """Whether a label is written as Blender writes them: ``Remove What Is Missing``."""
    words = [word for word in re.split(r"[\s/-]+", text) if word[:1].isalpha()]
    return bool(words) and words[0][0].isupper() and all(w[0].isupper() or w in SMALL for w in words)
