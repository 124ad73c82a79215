"""A classifier small enough to check by hand, pictures for it, and the command line run on them."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from simreal.commands import main

RED, GREEN, BLUE = (220, 20, 20), (20, 220, 20), (20, 20, 220)
COLOURS = {"red": RED, "green": GREEN, "blue": BLUE}


def save_model(
    path: Path,
    classes: list[str],
    weights: np.ndarray,
    bias: np.ndarray,
    *,
    activation: bool = False,
    **metadata: str | None,
) -> Path:
    """A classifier by mean colour: softmax(weights @ mean RGB + bias), with Simreal's metadata unless set to None.

    With ``activation`` it also gives class activation maps (N, K, 4, 4): the weights on mean colours of 8 px squares.
    """
    onnx = pytest.importorskip("onnx")  # the only thing here that Blender's own Python does not have
    float32, helper, from_array = onnx.TensorProto.FLOAT, onnx.helper, onnx.numpy_helper.from_array
    nodes = [
        helper.make_node("GlobalAveragePool", ["image"], ["pooled"]),
        helper.make_node("Flatten", ["pooled"], ["colour"]),
        helper.make_node("Gemm", ["colour", "weights", "bias"], ["logits"], transB=1),
        helper.make_node("Softmax", ["logits"], ["probabilities"]),
    ]
    ports = [helper.make_tensor_value_info(name, float32, ["N", len(bias)]) for name in ("logits", "probabilities")]
    constants = [from_array(weights.astype(np.float32), "weights"), from_array(bias.astype(np.float32), "bias")]
    if activation:
        nodes += [
            helper.make_node("AveragePool", ["image"], ["squares"], kernel_shape=[8, 8], strides=[8, 8]),
            helper.make_node("Conv", ["squares", "filters"], ["activation"]),
        ]
        ports.append(helper.make_tensor_value_info("activation", float32, ["N", len(bias), 4, 4]))
        constants.append(from_array(weights.astype(np.float32)[:, :, None, None], "filters"))
        metadata = {"simreal_activation": "{}", **metadata}
    graph = helper.make_graph(
        nodes,
        "mean_colour",
        [helper.make_tensor_value_info("image", float32, ["N", 3, 32, 32])],
        ports,
        constants,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)
    properties: dict[str, str | None] = {
        "simreal_model": "1",
        "simreal_classes": json.dumps(classes),
        "simreal_resize": json.dumps({"resize_px": 36, "crop_px": 32, "interpolation": "bilinear"}),
        "simreal_normalisation": json.dumps({"mean": [0, 0, 0], "std": [1, 1, 1]}),
        "simreal_design_hash": "0123abcd",
        "simreal_backbone": "mean_colour",
        **metadata,
    }
    helper.set_model_props(model, {key: value for key, value in properties.items() if value is not None})
    onnx.save(model, path)
    return path


def picture(path: Path, colour: tuple[int, ...], mode: str = "RGB") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new(mode, (60, 40), colour).save(path)
    return path


def run(*arguments: object) -> int:
    return main([str(argument) for argument in arguments])
