"""Which processor Cycles renders on."""

from __future__ import annotations

import bpy

from ..design.errors import ToolError

GPU_BACKENDS = ("OPTIX", "CUDA", "HIP", "METAL", "ONEAPI")
DEVICES = ("cpu", "auto", *(name.lower() for name in GPU_BACKENDS))


def find_gpus() -> dict[str, tuple[str, ...]]:
    """Names of the GPUs Cycles could use, by backend, best backend first; backends without a GPU are left out."""
    preferences = bpy.context.preferences.addons["cycles"].preferences
    found = {}
    for backend in GPU_BACKENDS:
        if backend not in {entry[0] for entry in preferences.get_device_types(bpy.context)}:
            continue
        preferences.compute_device_type = backend
        preferences.refresh_devices()
        names = tuple(device.name for device in preferences.devices if device.type == backend)
        if names:
            found[backend] = names
    return found


def choose_device(scene: bpy.types.Scene, wanted: str, gpu: int | None = None) -> str:
    """Have ``scene`` rendered on ``wanted`` (one of DEVICES). Returns what was chosen: ``OPTIX: NVIDIA H200``.

    ``auto`` takes the best kind of GPU there is, else the CPU; ``gpu`` is the number of the one to use, None for all of
    them. ToolError if a GPU backend was named and has no GPU, or none of that number.
    """
    if wanted == "cpu":
        scene.cycles.device = "CPU"
        return "CPU"
    gpus = find_gpus()
    backend = next(iter(gpus), None) if wanted == "auto" else wanted.upper()
    if backend is None:
        scene.cycles.device = "CPU"
        return "CPU"
    if backend not in gpus:
        there = ", ".join(gpus) or "no GPU at all"
        raise ToolError(f"Cycles finds no {wanted} device here; it finds {there}; use --device auto or cpu")
    names = gpus[backend]
    if gpu is not None and gpu >= len(names):
        there = ", ".join(f"{number} ({name})" for number, name in enumerate(names))
        raise ToolError(f"there is no {backend} GPU {gpu} here; Cycles finds {there}")
    preferences = bpy.context.preferences.addons["cycles"].preferences
    preferences.compute_device_type = backend
    preferences.refresh_devices()
    for device in preferences.devices:
        device.use = False
    used = [device for device in preferences.devices if device.type == backend]
    used = used if gpu is None else used[gpu : gpu + 1]
    for device in used:
        device.use = True
    scene.cycles.device = "GPU"
    return f"{backend}: {', '.join(device.name for device in used)}"


def count_gpus(device: str) -> int:
    """How many GPUs there are of the kind of a chosen device; 0 for the CPU."""
    backend = device.partition(":")[0]
    preferences = bpy.context.preferences.addons["cycles"].preferences
    return sum(found.type == backend for found in preferences.devices) if backend in GPU_BACKENDS else 0
