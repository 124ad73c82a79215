"""``simreal doctor``: what this machine has for rendering, training and scoring, and what to do about what it lacks."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import attrs

from ..datasets.messages import Error, Result
from ..design.errors import ToolError
from .checks import HINT, MISSING, OK, Check, ask, installed_version, is_there
from .training_checks import examine_training, python_check

PROBE_S = 9.0
HELP = "say what is found here (Blender, GPU, torch, packages, space) and what to do about what is not"
ROOT = Path(__file__).resolve().parent.parent
OLDEST_BLENDER = (4, 5)
PACKAGES = {"numpy": "numpy", "attrs": "attrs", "cattrs": "cattrs", "Pillow": "PIL", "onnxruntime": "onnxruntime"}
ENOUGH_BYTES = 5_000_000_000

# What a child process finds out, so that a crash of a driver costs one line. Each prints one RFC 7464 message.
SAY = 'print("\\n\\x1e" + json.dumps({"type": "result", "kind": "probe", "data": data}), flush=True)\n'
BLENDER_PROBE = f"""
import json, sys
import bpy, _cycles
preferences = bpy.context.preferences.addons["cycles"].preferences
kinds = [entry[0] for entry in preferences.get_device_types(bpy.context)]
data = {{"version": bpy.app.version_string, "numbers": list(bpy.app.version), "python": sys.version.split()[0],
        "oidn": bool(getattr(_cycles, "with_openimagedenoise", False)), "gpus": {{}}}}
for kind in ("OPTIX", "CUDA", "HIP", "METAL", "ONEAPI"):
    if kind in kinds:
        preferences.compute_device_type = kind
        preferences.refresh_devices()
        names = [device.name for device in preferences.devices if device.type == kind]
        data["gpus"].update({{kind: names}} if names else {{}})
{SAY}"""


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``simreal doctor``."""
    parser.add_argument("--json", action="store_true", help="print the findings as JSON")
    parser.add_argument("--training", action="store_true", help="say only, and thoroughly, whether this Python trains")


def run(args: argparse.Namespace) -> int:
    """Print a line a finding. Returns 0 if rendering and scoring (``--training``: training) can work, else 1."""
    training = examine_training() if args.training else None
    checks = list(training.checks if training else examine())
    purpose = "to train" if training else "to render and to score"
    ready = all(check.state != MISSING for check in checks if check.essential)
    findings = {"ready": ready, "checks": [attrs.asdict(check) for check in checks]}
    findings |= training.facts if training else {}
    wide = max(len(check.name) for check in checks)
    lines = [f"{check.state:<7}  {check.name:<{wide}}  {check.detail}" for check in checks]
    lines.append(f"ready {purpose}" if ready else f"not ready {purpose}: see the lines that say missing")
    text = json.dumps(findings, indent=1, ensure_ascii=False) if args.json else "\n".join(lines)
    args.report(Result("text", {"text": text}))
    args.report(Result("doctor", findings))
    if training and not ready:
        args.report(Error(f"this Python cannot train: {training.problem}"))
    return 0 if ready else 1


def examine() -> Iterator[Check]:
    """All checks, in the order they are shown. The slow ones run as child processes, at the same time."""
    with ThreadPoolExecutor() as pool:
        blender, path = pool.submit(_blender), pool.submit(_blender_on_path)
        training = pool.submit(lambda: examine_training(PROBE_S))
        yield python_check()
        for name, module in PACKAGES.items():
            yield _package(name, module)
        yield from blender.result()
        yield _denoiser_package()
        yield _opengl()
        yield path.result()
        yield from training.result().hints()
        yield from _machine()
        yield _wheels()


def _package(name: str, module: str) -> Check:
    try:
        found = importlib.import_module(module)
    except ImportError as error:  # not there, or there and broken: the reason tells which
        return Check(name, MISSING, f"pip install {name}, or install the extension again ({error})", essential=True)
    detail = installed_version(name)
    if module == "onnxruntime":
        devices = [each.removesuffix("ExecutionProvider") for each in found.get_available_providers()]
        detail += f" on {', '.join(each for each in devices if each != 'Azure')}"  # Azure is a service, no device
    return Check(name, OK, detail, essential=True)


def _denoiser_package() -> Check:
    if is_there("pyoidn"):
        return Check("pyoidn", OK, installed_version("pyoidn"))
    return Check("pyoidn", HINT, "not here; rendering with a denoiser needs it: pip install pyoidn")


def _opengl() -> Check:
    from ..rendering.opengl import has_opengl

    if has_opengl():
        return Check("OpenGL", OK, "there, for EEVEE")
    return Check("OpenGL", HINT, "none here: designs that are rendered with EEVEE need a GPU's driver or Mesa's EGL")


def _blender() -> list[Check]:
    """The Blender that `simreal render` would use, the GPUs that Cycles finds in it, and its denoiser."""
    from ..rendering.launch import worker_command
    from ..rendering.seats import Seat

    try:
        program = worker_command(Path("job"), Seat())[0]
    except ToolError as error:
        return [Check("Blender", MISSING, str(error), essential=True)]
    command: tuple[str, ...] = (program, "-c", BLENDER_PROBE)
    name = "bpy in this Python"
    if program != sys.executable:
        command, name = (program, "--background", "--factory-startup", "--python-expr", BLENDER_PROBE), program
    results, problem = ask(command, PROBE_S)
    if problem:
        return [Check("Blender", MISSING, f"{name}: {problem}", essential=True)]
    found = next(result.data for result in results if result.kind == "probe")
    version = f"{found['version']}, {name}, Python {found['python']}"
    if tuple(found["numbers"][:2]) < OLDEST_BLENDER:
        return [Check("Blender", MISSING, f"{version}: 4.5 or newer is needed", essential=True)]
    denoises = Check("Cycles denoiser", OK, "OpenImageDenoise")
    if not found["oidn"]:
        denoises = Check("Cycles denoiser", HINT, "this build of Blender has none: official builds and pip's bpy do")
    return [
        Check("Blender", OK, version, essential=True),
        *gpu_checks(found["gpus"]),
        denoises,
    ]


def gpu_checks(gpus: Mapping[str, Sequence[str]]) -> tuple[Check, Check]:
    """The GPUs that Cycles finds, by kind, with the numbers that ``--gpus`` takes; and what a render would use here."""
    from ..rendering.seats import described
    from ..rendering.staffing import MANY, ThisMachinesStaffing, Wish

    def tell_no_one(_: object) -> None:
        return

    staffing = ThisMachinesStaffing(Wish("auto" if gpus else "cpu"), MANY, None, tell_no_one, tell_no_one)
    if not gpus:
        detail = f"the CPU: {described(staffing.seats)} at first, then what is measured to be best"
        return Check("Cycles GPUs", HINT, "none: renders on the CPU"), Check("renders on", OK, detail)
    kind, names = next(iter(gpus.items()))
    staffing.on_ready(Result("ready", {"device": f"{kind}: {names[0]}", "gpus": len(names)}))
    found = [f"{kind}: {', '.join(f'{n} {name}' for n, name in enumerate(names))}" for kind, names in gpus.items()]
    detail = f"{kind}: {described(staffing.seats)}; --device and --gpus choose otherwise"
    return Check("Cycles GPUs", OK, "; ".join(found)), Check("renders on", OK, detail)


def _blender_on_path() -> Check:
    program = shutil.which("blender")
    if program is None:
        return Check("blender on PATH", HINT, "none; it is needed for the panels, not for the command line")
    try:
        done = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=PROBE_S, check=True)
    except (OSError, subprocess.SubprocessError) as error:
        return Check("blender on PATH", HINT, f"{program} does not start ({error})")
    return Check("blender on PATH", OK, f"{(done.stdout.splitlines() or ['?'])[0]} ({program})")


def _machine() -> Iterator[Check]:
    from ..rendering.launch import WORKER_BYTES, available_bytes, available_cores

    free = shutil.disk_usage(Path.cwd()).free
    space = f"{free / 1e9:.1f} GB free in {Path.cwd()}"
    little = f"{space}: a data set of 10,000 small images takes about 1 GB, torch about 5"
    yield Check("disk", OK, space) if free >= ENOUGH_BYTES else Check("disk", HINT, little)
    yield Check("processor", OK, f"{available_cores()} cores usable of {os.cpu_count()}")
    memory = f"{available_bytes() / 1e9:.1f} GB available"
    needed = f"{memory}: a render worker takes {WORKER_BYTES / 1e9:.1f}"
    yield Check("memory", OK, memory) if available_bytes() >= WORKER_BYTES else Check("memory", HINT, needed)


def _wheels() -> Check:
    """The wheels that the extension carries, in a checkout; an installed extension has them unpacked already."""
    if __package__ and __package__.startswith("bl_ext."):
        return Check("extension", OK, f"installed as {__package__.rpartition('.')[0]}, its packages are those above")
    if not (ROOT / "pyproject.toml").is_file():
        return Check("extension", OK, "not needed: this is the pip package")
    wheels = sorted((ROOT / "wheels").glob("*.whl"))
    if not wheels:
        return Check("extension", HINT, f"no wheels in {ROOT / 'wheels'}; to build the extension: make extension")
    tags = sorted({tag for wheel in wheels for tag in wheel.stem.split("-") if re.fullmatch(r"cp3\d+", tag)})
    return Check("extension", OK, f"{len(wheels)} wheels for {', '.join(tags)} in {ROOT / 'wheels'}")
