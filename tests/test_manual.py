"""The manual in the extension: a right-click on any button or setting of ours finds the section about it."""

import re
from fnmatch import fnmatchcase
from pathlib import Path

import bpy
import manual as tool
import pytest

from simreal import operators
from simreal.addon import manual
from simreal.addon.factor_properties import factor_classes
from simreal.addon.scene_properties import STATIC_CLASSES
from simreal.design.factors import FACTORS

pytestmark = pytest.mark.blender
PREFIX, SECTIONS = manual.manual_map()
IDS = [
    *(f"bpy.ops.{cls.bl_idname}" for cls in operators.classes() if issubclass(cls, bpy.types.Operator)),
    *(f"bpy.types.{cls.__name__}.name".lower() for cls in (*factor_classes(FACTORS), *STATIC_CLASSES)),
]


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("manual")
    assert {page.stem for page in tool.write_manual(folder)} == {page.stem for page in tool.DOCS.glob("*.md")}
    return folder


def test_sections_are_there(pages: Path) -> None:
    for place in {place for _, place in SECTIONS}:
        page, _, section = place.partition("#")
        text = (pages / page).read_text()
        assert not section or f'id="{section}"' in text, place


@pytest.mark.parametrize("rna_id", IDS)
def test_everything_of_ours_has_a_section(rna_id: str) -> None:
    place = next(place for pattern, place in SECTIONS if fnmatchcase(rna_id, pattern))
    assert "#" in place, f"{rna_id} leads to the beginning of {place} only"


def test_links_and_pictures_lead_somewhere(pages: Path) -> None:
    for page in pages.glob("*.html"):
        for target in re.findall(r'(?:href|src)="(?!https?:)([^"]+)"', page.read_text()):
            path, _, section = target.partition("#")
            file = pages / path if path else page
            assert file.is_file(), f"{page.name}: {target}"
            assert not section or f'id="{section}"' in file.read_text(), f"{page.name}: {target}"
