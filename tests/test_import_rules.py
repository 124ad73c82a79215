"""The direction of imports (docs: the rooms), read from the source of every module."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
BELOW = {
    "design": set(),
    "datasets": {"design"},
    "rendering": {"datasets", "design"},
    "training": {"datasets", "design"},
    "scoring": {"datasets", "design"},
    "studies": {"rendering", "training", "scoring", "datasets", "design"},
    "commands": {"studies", "rendering", "training", "scoring", "datasets", "design", "presets"},
    "operators": {"addon", "studies", "rendering", "training", "scoring", "datasets", "design"},
    "panels": {"operators", "addon", "datasets", "design"},
    "addon": {"operators", "panels", "commands", "studies", "rendering", "training", "scoring", "datasets", "design"},
}
OWNERS = {
    "bpy": {"addon", "operators", "panels", "rendering"},
    "mathutils": {"addon", "operators", "panels", "rendering"},
    "torch": {"training", "studies"},
    "torchvision": {"training", "studies"},
    "timm": {"training", "studies"},
    "lightly": {"training"},
    "mlflow": {"training"},
    "wandb": {"training"},
    "onnxruntime": {"scoring", "training"},
    "matplotlib": {"training", "studies"},
    "sklearn": {"training", "studies"},
    "umap": {"studies"},
    "optuna": {"studies"},
}
# Probes: these two look for a package without using it.
PROBES = {"commands/doctor.py"}


def modules() -> list[Path]:
    return sorted(path for room in BELOW for path in (ROOT / room).rglob("*.py"))


def imports(path: Path) -> list[tuple[int, str]]:
    """(level, module) of every import; relative ones resolved to ``room.module`` with level 1."""
    package = path.relative_to(ROOT).parts[:-1]
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [(0, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            if node.level == 0:
                found.append((0, node.module or ""))
            else:
                base = package[: len(package) - node.level + 1]
                names = [node.module] if node.module else [alias.name for alias in node.names]
                found += [(1, ".".join((*base, name))) for name in names]
    return found


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_arrows_point_one_way(path: Path) -> None:
    room = path.relative_to(ROOT).parts[0]
    for level, name in imports(path):
        target = name.split(".")[0]
        if level == 0:
            assert target != "simreal", f"{name}: imports inside the extension are relative"
            if target in OWNERS and str(path.relative_to(ROOT)) not in PROBES:
                assert room in OWNERS[target], f"{room} must not import {name}"
        elif target in BELOW and target != room:
            assert target in BELOW[room], f"{room} must not import {name}"


def test_every_room_is_packaged() -> None:
    import tomllib

    packaged = set(tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"])
    rooms = {
        ".".join(("simreal", *path.parent.relative_to(ROOT).parts))
        for room in BELOW
        for path in (ROOT / room).rglob("*.py")
    }
    assert rooms <= packaged


def both_pythons() -> list[Path]:
    return [path for path in sorted((ROOT / "tests").glob("test_*.py")) if "mark.blender" in path.read_text()]


@pytest.mark.parametrize("path", both_pythons(), ids=lambda path: path.name)
def test_tests_for_both_pythons_load_without_what_trains(path: Path) -> None:
    """The second Python has the packages for rendering and for tests, not those for training."""
    absent = {name for name, rooms in OWNERS.items() if rooms <= {"training", "studies"}} | {"onnx"}
    files, seen = [path], {path}
    while files:
        file = files.pop()
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.Import):
                assert not {alias.name.split(".")[0] for alias in node.names} & absent, file.name
            elif isinstance(node, ast.ImportFrom):
                assert node.level or (node.module or "").split(".")[0] not in absent, file.name
                helper = ROOT / "tests" / f"{node.module}.py"
                if node.level == 1 and helper.is_file() and helper not in seen:
                    files.append(helper)
                    seen.add(helper)
