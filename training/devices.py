"""The device a run uses, and mixed precision on it."""

from __future__ import annotations

import contextlib

import torch

from ..design.errors import ToolError


def find_device(name: str) -> torch.device:
    """``auto`` (CUDA, else Apple's MPS, else CPU) or a torch device name. ``ToolError`` where it is not there."""
    if name == "auto":
        return torch.device(
            "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
        )
    try:
        device = torch.device(name)
        torch.empty(1, device=device)
    except (RuntimeError, AssertionError, NotImplementedError) as error:  # torch raises all three for absent devices
        raise ToolError(
            f"device {name!r} cannot be used here ({str(error).splitlines()[0][:120]}); try --device cpu"
        ) from error
    return device


def memory_layout(device: torch.device, channels_last: bool) -> torch.memory_format:
    """How images lie in memory where ``channels_last`` is wanted: so on CUDA GPUs and CPUs, as usual elsewhere."""
    return torch.channels_last if channels_last and device.type in ("cuda", "cpu") else torch.contiguous_format


def use_threads(threads: int) -> None:
    """Let torch use ``threads`` CPU threads; 0 leaves its own choice."""
    if threads:
        torch.set_num_threads(threads)


class Precision:
    """Mixed precision on CUDA: bfloat16 where the GPU has it, else float16 with loss scaling. Elsewhere float32."""

    def __init__(self, device: torch.device, wanted: bool) -> None:
        self._device = device
        self._type: torch.dtype | None = None
        if wanted and device.type == "cuda":
            self._type = torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16
        self.scaler = torch.amp.GradScaler(device.type, enabled=self._type is torch.float16)

    def autocast(self) -> contextlib.AbstractContextManager[object]:
        """The context in which the forward pass runs."""
        if self._type is None:
            return contextlib.nullcontext()
        return torch.autocast(self._device.type, dtype=self._type)
