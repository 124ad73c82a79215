"""Wheels of a few hundred bytes in place of what training needs, so that a whole environment is made in seconds.

torch and what else only training needs are stand-ins that answer the doctor. What Simreal needs anywhere is not there:
the wheel ``numpy`` has the environment look it up in the site-packages of the Python that runs the tests.
"""

import ensurepip
import shutil
import sysconfig
import zipfile
from pathlib import Path

from simreal.training.requirements import training_requirements

VERSION = "99.0"
ANYWHERE = ("numpy", "attrs", "cattrs", "Pillow", "onnxruntime")
MODULES = {
    "torch": f"""
__version__ = "{VERSION}+cpu"
class _Absent:
    is_available = staticmethod(lambda: False)
class version:
    cuda = hip = None
class backends:
    mps = _Absent
cuda = _Absent
""",
    "timm": """
class _Known:
    hf_hub_id = "timm/none"
list_models = lambda pretrained: ["resnet18.a1_in1k", "resnet50.a1_in1k"]
get_pretrained_cfg = lambda name: _Known
""",
}


def tiny_wheels(folder: Path, *, without: tuple[str, ...] = ()) -> Path:
    """A folder of wheels that satisfy all that training needs, and pip's own."""
    folder.mkdir(parents=True)
    for requirement in training_requirements():
        if requirement.name not in without:
            wheel(folder, requirement.name, VERSION if requirement.minimum else "0.1")
    for bundled in (Path(ensurepip.__file__).parent / "_bundled").glob("pip-*.whl"):
        shutil.copy(bundled, folder)
    return folder


def wheel(folder: Path, name: str, version: str = VERSION) -> Path:
    """One wheel."""
    spelled = name.replace("-", "_")
    files = {f"{spelled}.py": MODULES.get(spelled, "")} if name not in ANYWHERE else {}
    if name == "numpy":
        files["simreal_tests.pth"] = sysconfig.get_path("purelib")
    if name == "timm":
        files["huggingface_hub/__init__.py"] = ""
        files["huggingface_hub/constants.py"] = 'HF_HUB_CACHE = "/nowhere"\n'
    info = f"{spelled}-{version}.dist-info"
    files[f"{info}/METADATA"] = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    files[f"{info}/WHEEL"] = "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    files[f"{info}/RECORD"] = "".join(f"{path},,\n" for path in [*files, f"{info}/RECORD"])
    path = folder / f"{spelled}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for inside, text in files.items():
            archive.writestr(inside, text)
    return path
