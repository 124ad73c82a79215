"""The builds of torch: which one suits a machine, where PyTorch publishes it, and what it takes on the disk."""

from __future__ import annotations

import platform
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import attrs

from ..design.errors import ToolError

AUTO = "auto"
PROBE_S = 15.0

# PyTorch's own package indexes (https://pytorch.org/get-started/locally), one a build.
_INDEX = "https://download.pytorch.org/whl/"
_CUDA_13_DRIVER, _CUDA_13_CAPABILITY = 580, 7.5  # older drivers, and GPUs before Turing, need CUDA 12


@attrs.frozen
class Build:
    """A build of torch. ``index`` "" is pip's default one; sizes are those of a whole training environment."""

    label: str
    help: str
    index: str
    installed_bytes: int
    downloaded_bytes: int


BUILDS: Mapping[str, Build] = {
    "cpu": Build("CPU", "Runs anywhere, and is the smallest", f"{_INDEX}cpu", 2_000_000_000, 600_000_000),
    "cuda": Build("CUDA", "For NVIDIA GPUs", f"{_INDEX}cu130", 7_000_000_000, 3_500_000_000),
    "rocm": Build("ROCm", "For AMD GPUs, on Linux", f"{_INDEX}rocm7.2", 20_000_000_000, 6_000_000_000),
    "mps": Build("MPS", "For Macs with Apple's own processors", "", 1_500_000_000, 400_000_000),
}
_CUDA_12_INDEX = f"{_INDEX}cu126"


@attrs.frozen
class Choice:
    """The build to install, its index, and why."""

    kind: str
    index: str
    reason: str

    @property
    def build(self) -> Build:
        return BUILDS[self.kind]


def published_here() -> tuple[str, ...]:
    """The builds that there are for this system."""
    return {"Darwin": ("mps",), "Windows": ("cpu", "cuda")}.get(platform.system(), ("cpu", "cuda", "rocm"))


def choose(wanted: str) -> Choice:
    """The build for this machine, or the ``wanted`` one. ToolError where it cannot run here."""
    system, machine = platform.system(), platform.machine()
    if system == "Darwin" and machine != "arm64":
        raise ToolError("PyTorch 2.3 and later have no build for Macs with Intel processors: train on another machine")
    if system == "Darwin":
        if wanted not in (AUTO, "mps", "cpu"):
            raise ToolError(f"there is no {BUILDS[wanted].label} on a Mac: choose MPS")
        return Choice("mps", BUILDS["mps"].index, "Apple's own processor")  # one build has both CPU and MPS
    if wanted == "mps":
        raise ToolError("MPS is on Macs only: choose CUDA, ROCm or CPU")
    if wanted == "rocm" and system != "Linux":
        raise ToolError("PyTorch for ROCm is published for Linux only: choose CPU")
    if wanted == "cpu":
        return Choice("cpu", BUILDS["cpu"].index, "as asked for")
    gpu = _nvidia_gpu() if wanted in (AUTO, "cuda") else None
    if gpu is not None or wanted == "cuda":
        return _cuda(gpu)
    if wanted == "rocm" or (system == "Linux" and amd_gpu()):
        return Choice("rocm", BUILDS["rocm"].index, "as asked for" if wanted == "rocm" else "an AMD GPU with ROCm")
    return Choice("cpu", BUILDS["cpu"].index, "no GPU that torch can use was found")


@attrs.frozen
class NvidiaGpu:
    """What ``nvidia-smi`` says of the first GPU. ``capability`` 0 is one it does not tell."""

    name: str
    driver: int
    capability: float


def parse_nvidia_smi(text: str) -> NvidiaGpu | None:
    """``NVIDIA GeForce RTX 4090, 580.95.05, 8.9``; None where there is no such line."""
    found = re.search(r"^\s*(.+?)\s*,\s*(\d+)[\d.]*\s*,\s*(\S.*?)\s*$", text, re.MULTILINE)
    if found is None:
        return None
    name, driver, capability = found.groups()
    return NvidiaGpu(name, int(driver), float(capability) if re.fullmatch(r"\d+\.\d+", capability) else 0.0)


def amd_gpu() -> bool:
    """Whether the kernel drives an AMD GPU for computing."""
    return Path("/dev/kfd").exists() or shutil.which("rocminfo") is not None


def _nvidia_gpu() -> NvidiaGpu | None:
    program = shutil.which("nvidia-smi")
    if program is None:
        return None
    asked = (program, "--query-gpu=name,driver_version,compute_cap", "--format=csv,noheader")
    try:
        done = subprocess.run(asked, capture_output=True, text=True, timeout=PROBE_S, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None  # a driver that does not answer is none to rely on
    return parse_nvidia_smi(done.stdout) if done.returncode == 0 else None


def _cuda(gpu: NvidiaGpu | None) -> Choice:
    if gpu is None:
        return Choice("cuda", BUILDS["cuda"].index, "as asked for; nvidia-smi finds no GPU now")
    old = gpu.driver < _CUDA_13_DRIVER or 0 < gpu.capability < _CUDA_13_CAPABILITY
    index = _CUDA_12_INDEX if old else BUILDS["cuda"].index
    return Choice("cuda", index, f"{gpu.name}, driver {gpu.driver}")
