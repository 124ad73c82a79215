"""Export a trained run to ONNX: normalisation and softmax inside the graph, any batch size, the rest in the metadata.

Input ``image`` float32 (N, 3, S, S), RGB in 0..1 after resizing and cropping; outputs ``logits`` and ``probabilities``
(N, K) and, where the backbone allows it (see ``activation``), ``activation`` (N, K, h, w).
"""

from __future__ import annotations

import contextlib
import io
import json
import logging
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime
import torch
from torch import Tensor, nn

from ..datasets.preprocessing import load_rgb
from ..datasets.reading import open_data_set
from ..design.errors import RunError
from .activation import with_activation
from .backbones import Classifier
from .loading import read_samples
from .run_folder import write_bytes
from .trained import TrainedModel, load_trained
from .transforms import CentreCrop

OPSET = 18
IR_VERSION = 10  # the newest that onnxruntime 1.20 reads
TOLERANCE = 1e-4
_PROBE_SIZES = (1, 2, 5)  # images a batch: the batch axis must not be frozen to what the exporter saw


@attrs.frozen
class Exported:
    """An exported file and how far its outputs are from torch's."""

    path: Path
    classes: tuple[str, ...]
    backbone: str
    crop_px: int
    megabytes: float
    images_compared: int
    largest_difference: float
    has_activation: bool


class _WithProbabilities(nn.Module):
    """A classifier that also gives probabilities."""

    def __init__(self, classifier: Classifier) -> None:
        super().__init__()
        self.classifier = classifier

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor]:
        logits = self.classifier(image)
        return logits, logits.softmax(1)


def export(run: Path, out: Path, images: npt.NDArray[np.float32] | None = None) -> Exported:
    """Write the run's model as ``out``, after checking that onnxruntime computes what torch does.

    ``images`` (N, 3, S, S) are checked besides random ones. Raises ``RunError`` where the run is not finished, the
    model cannot be exported, an output differs by more than ``TOLERANCE``, or ``out`` cannot be written; it then
    stays as it was.
    """
    if out.is_dir():
        raise RunError(f"{out} is a folder; --out needs a file name, like {out / 'model.onnx'}")
    trained = load_trained(run)
    explained = with_activation(trained.classifier, trained.crop_px)
    model = (explained or _WithProbabilities(trained.classifier)).eval()
    outputs = ["logits", "probabilities", "activation"] if explained else ["logits", "probabilities"]
    data = _to_onnx(model, trained, outputs)
    probes = _probes(trained.crop_px, images)
    difference = _compare(model, data, probes, outputs)
    if not difference <= TOLERANCE:
        raise RunError(
            f"{run}: onnxruntime differs from torch by {difference:.1e} (allowed: {TOLERANCE:g}); {out} is not written"
        )
    write_bytes(out, data)
    return Exported(
        path=out,
        classes=trained.classes,
        backbone=trained.backbone,
        crop_px=trained.crop_px,
        megabytes=len(data) / 1e6,
        images_compared=sum(len(probe) for probe in probes),
        largest_difference=difference,
        has_activation=explained is not None,
    )


def check_images(run: Path, data: Path, most: int = 64) -> npt.NDArray[np.float32]:
    """Up to ``most`` images of a data set, evenly from its splits, as the model sees them: (N, 3, S, S) in 0..1."""
    trained, found = load_trained(run), open_data_set(data)
    splits = [read_samples(found, split).files for split in found.splits]
    files = [files[number] for files in splits for number in range(len(files))]
    transform = CentreCrop(trained.resize_px, trained.crop_px)
    chosen = np.linspace(0, len(files) - 1, min(most, len(files))).round().astype(int)
    return torch.stack([transform(load_rgb(files[number]), 0) for number in chosen]).numpy()


def _to_onnx(model: nn.Module, trained: TrainedModel, outputs: list[str]) -> bytes:
    example = torch.zeros(2, 3, trained.crop_px, trained.crop_px)
    with tempfile.TemporaryDirectory(prefix="simreal-") as folder, _quiet():
        path = Path(folder) / "model.onnx"
        try:
            torch.onnx.export(
                model,
                (example,),
                str(path),
                dynamo=True,
                opset_version=OPSET,
                input_names=["image"],
                output_names=outputs,
                dynamic_shapes={"image": {0: torch.export.Dim("batch")}},
                external_data=False,
                verbose=False,
            )
            graph = onnx.load(str(path))
        except Exception as error:  # the exporter wraps every fault in kinds of its own
            reason = next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)
            raise RunError(f"{trained.backbone} cannot be exported to ONNX ({reason[:200]})") from error
    graph.ir_version = IR_VERSION
    del graph.metadata_props[:]
    onnx.helper.set_model_props(graph, metadata(trained, "activation" in outputs))
    graph.producer_name = "simreal"
    onnx.checker.check_model(graph)
    return graph.SerializeToString()


def metadata(trained: TrainedModel, has_activation: bool = False) -> dict[str, str]:
    """The ``metadata_props`` that scoring reads. ``simreal_activation`` is there only where that output is."""
    norm = trained.classifier.normalisation
    resize = {"resize_px": trained.resize_px, "crop_px": trained.crop_px, "interpolation": "bilinear"}
    activation = {"simreal_activation": json.dumps({"method": "class_activation_map"})} if has_activation else {}
    return {
        "simreal_model": "1",
        "simreal_classes": json.dumps(list(trained.classes), ensure_ascii=False),
        "simreal_resize": json.dumps(resize),
        "simreal_normalisation": json.dumps({"mean": norm.mean, "std": norm.std, "inside_graph": True}),
        "simreal_design_hash": trained.design_hash,
        "simreal_backbone": trained.backbone,
        **activation,
    }


def _probes(crop_px: int, images: npt.NDArray[np.float32] | None) -> list[npt.NDArray[np.float32]]:
    random = np.random.default_rng(0)
    probes = [random.random((count, 3, crop_px, crop_px), dtype=np.float32) for count in _PROBE_SIZES]
    return probes if images is None else [*probes, images]


def _compare(model: nn.Module, data: bytes, probes: list[npt.NDArray[np.float32]], outputs: list[str]) -> float:
    """The largest difference of any output value; relative, for values beyond 1 (float32 has 7 digits)."""
    session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
    largest = 0.0
    for images in probes:
        answers: list[Any] = session.run(outputs, {"image": images})
        with torch.inference_mode():
            expected = model(torch.from_numpy(images))
        for found, wanted in zip(answers, expected, strict=True):
            true = wanted.numpy()
            largest = max(largest, float((np.abs(found - true) / np.maximum(np.abs(true), 1)).max()))
    return largest


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Without the exporter's progress and its warnings about torch's own internals."""
    loggers = [logging.getLogger(name) for name in ("torch.onnx", "onnxscript", "torch.export")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
