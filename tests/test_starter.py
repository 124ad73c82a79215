"""The starter library: ten classes whose models differ in shape, the same on every machine, made without Blender."""

import functools
import hashlib
import inspect
import itertools
import os
import subprocess
import sys

import numpy as np
import pytest

from simreal.design.errors import AssetError
from simreal.rendering.starter import (
    INSTANCES_PER_CLASS,
    STARTER_CLASSES,
    StarterModel,
    starter_model_names,
)
from simreal.rendering.starter import build as build_model

build = functools.cache(build_model)
NAMES = [name for cls in STARTER_CLASSES for name in starter_model_names(cls)]


def fingerprint(model: StarterModel) -> str:
    digest = hashlib.sha256(model.mesh.vertices.astype(np.float32).tobytes())
    digest.update(repr((model.mesh.faces, model.mesh.face_part.tolist(), model.parts)).encode())
    return digest.hexdigest()


def face_areas(model: StarterModel) -> np.ndarray:
    """Areas (F,) of the faces, each cut into a fan of triangles."""
    fans = [(f, face[0], b, c) for f, face in enumerate(model.mesh.faces) for b, c in itertools.pairwise(face[1:])]
    faces, *corners = np.array(fans).T
    a, b, c = (model.mesh.vertices[corner] for corner in corners)
    areas = np.zeros((len(model.mesh.faces), 3))
    np.add.at(areas, faces, np.cross(b - a, c - a) / 2)
    return np.linalg.norm(areas, axis=1)


def test_ten_classes_with_as_many_models_each() -> None:
    assert len(STARTER_CLASSES) == 10
    assert len(set(NAMES)) == 10 * INSTANCES_PER_CLASS
    assert starter_model_names("chair")[3] == "chair/03"


@pytest.mark.parametrize("cls", STARTER_CLASSES)
def test_meshes_are_sound(cls: str) -> None:
    for name in starter_model_names(cls):
        model = build(name)
        mesh = model.mesh
        assert np.isfinite(mesh.vertices).all(), name
        used = [vertex for face in mesh.faces for vertex in face]
        assert min(used) >= 0, name
        assert max(used) < len(mesh.vertices), name
        assert all(len(set(face)) == len(face) >= 3 for face in mesh.faces), name
        assert len(mesh.face_part) == len(mesh.smooth) == len(mesh.faces), name
        assert set(mesh.face_part) == set(range(len(model.parts))), name
        assert (face_areas(model) > 1e-12).mean() > 0.99, name
        assert len(mesh.faces) < 20_000, name


@pytest.mark.parametrize("cls", STARTER_CLASSES)
def test_models_are_centred_and_of_unit_size(cls: str) -> None:
    for name in starter_model_names(cls):
        vertices = build(name).mesh.vertices
        low, high = vertices.min(axis=0), vertices.max(axis=0)
        assert (high - low).max() == pytest.approx(1.0, abs=2e-6), name
        np.testing.assert_allclose(low + high, 0.0, atol=2e-6, err_msg=name)


@pytest.mark.parametrize("cls", STARTER_CLASSES)
def test_models_of_a_class_differ_in_shape_not_only_in_size(cls: str) -> None:
    shapes = set()
    for name in starter_model_names(cls):
        mesh = build(name).mesh
        size = mesh.vertices.max(axis=0) - mesh.vertices.min(axis=0)
        shapes.add((len(mesh.faces), *np.round(size, 2)))
    assert len(shapes) == INSTANCES_PER_CLASS
    topologies = {faces for faces, *_ in shapes}
    assert len(topologies) >= INSTANCES_PER_CLASS - 3


@pytest.mark.parametrize("cls", STARTER_CLASSES)
def test_colours_differ_within_a_class_and_are_physical(cls: str) -> None:
    models = [build(name) for name in starter_model_names(cls)]
    assert len({model.parts for model in models}) >= INSTANCES_PER_CLASS - 1
    for part in (part for model in models for part in model.parts):
        values = (*part.colour, part.metallic, part.roughness, part.transmission)
        assert all(0.0 <= value <= 1.0 for value in values), part
    assert sum(len(model.parts) > 1 for model in models) >= INSTANCES_PER_CLASS // 2


def test_a_model_depends_on_its_name_only() -> None:
    chosen = [f"{cls}/07" for cls in STARTER_CLASSES]
    script = "\n".join(
        (
            "import hashlib, sys",
            "import numpy as np",
            "from simreal.rendering.starter import StarterModel, build",
            inspect.getsource(fingerprint),
            "print(*(fingerprint(build(name)) for name in sys.argv[1:]), 'bpy' in sys.modules)",
        )
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *reversed(chosen)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONHASHSEED": "12345"},
    )
    *others, bpy_imported = done.stdout.split()
    assert others[::-1] == [fingerprint(build(name)) for name in chosen]
    assert bpy_imported == "False"


def test_the_library_is_the_same_under_every_numpy() -> None:
    """Data sets name these models: whoever changes one on purpose changes this too."""
    whole = hashlib.sha256("".join(fingerprint(build(name)) for name in NAMES).encode()).hexdigest()
    assert whole == "c049a10a9caf0098dd3073dc59d2cdd03ee34e913c0cd0cf80803e1944df6f22"


@pytest.mark.parametrize("name", ["chair/99", "piano/00", "chair", "chair/0", ""])
def test_a_name_not_in_the_catalogue_is_refused(name: str) -> None:
    with pytest.raises(AssetError, match="no starter model"):
        build(name)


def test_fronts_look_along_minus_y() -> None:
    """A chair's back stands behind its seat, a laptop's screen behind its keys."""
    for name in ("chair/00", "laptop/00"):
        vertices = build(name).mesh.vertices
        upper = vertices[vertices[:, 2] > 0.6 * vertices[:, 2].max()]
        assert upper[:, 1].mean() > 0.1, name
    tail = build("airplane/00").mesh.vertices
    assert tail[tail[:, 2].argmax(), 1] > 0.3
