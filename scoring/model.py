"""An exported classifier: an ONNX file with Simreal's metadata, checked when it is loaded, run by onnxruntime."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from ..datasets.preprocessing import Pixels
from ..design.errors import RunError, ToolError

FORMAT_VERSION = "1"
PROVIDERS = {"cpu": "CPUExecutionProvider", "cuda": "CUDAExecutionProvider"}
DEVICES = tuple(PROVIDERS)
HOW = "make one with `simreal export RUN --out model.onnx`"
ANEW = "export it again with `simreal export RUN --out model.onnx`"

Probabilities: TypeAlias = npt.NDArray[np.float32]
Activation: TypeAlias = npt.NDArray[np.float32]


@attrs.frozen(eq=False)
class Classifier:
    """A loaded model. ``classes`` in label order; photos are resized to ``resize_px``, then cropped to ``crop_px``.

    ``has_activation``: whether it can tell where it looks.
    """

    path: Path
    classes: tuple[str, ...]
    resize_px: int
    crop_px: int
    design_hash: str
    backbone: str
    device: str
    sha256: str
    has_activation: bool
    session: Any = attrs.field(repr=False)

    def probabilities(self, images: Pixels) -> Probabilities:
        """Softmax scores (N, K) of uint8 RGB images (N, crop_px, crop_px, 3). Raises RunError where the model fails."""
        return self._probabilities(self._run(["probabilities"], images)[0], images)

    def probabilities_and_activation(self, images: Pixels) -> tuple[Probabilities, Activation]:
        """``probabilities``, and where the model looked for the class it predicts: class activation maps (N, h, w).

        They are in units of the logits, whose mean over all places they explain. Only where ``has_activation``.
        """
        first, maps = self._run(["probabilities", "activation"], images)
        scores = self._probabilities(first, images)
        if maps.shape[:2] != scores.shape or not np.isfinite(maps).all():
            raise RunError(f"{self.path}: its class activation maps are {maps.shape}, some perhaps not finite; {ANEW}")
        return scores, np.asarray(maps[np.arange(len(images)), scores.argmax(1)], dtype=np.float32)

    def _run(self, outputs: list[str], images: Pixels) -> list[Any]:
        pixels = np.ascontiguousarray(images.transpose(0, 3, 1, 2), dtype=np.float32) / np.float32(255.0)
        try:
            return list(self.session.run(outputs, {"image": pixels}))
        except Exception as error:  # onnxruntime's exceptions share no base class of their own (seen in 1.32)
            raise RunError(f"{self.path}: the model failed on {self.device}: {_first_line(error)}") from error

    def _probabilities(self, scores: Any, images: Pixels) -> Probabilities:
        if scores.shape != (len(images), len(self.classes)) or not np.isfinite(scores).all():
            raise RunError(
                f"{self.path}: the model answered with {scores.shape} values, some perhaps not finite, where "
                f"{(len(images), len(self.classes))} probabilities were due; {ANEW}"
            )
        return np.asarray(scores, dtype=np.float32)

    def describe(self) -> dict[str, Any]:
        """What a report says about the model."""
        return {
            "path": str(self.path),
            "sha256": self.sha256,
            "backbone": self.backbone,
            "design_hash": self.design_hash,
            "classes": list(self.classes),
            "resize_px": self.resize_px,
            "crop_px": self.crop_px,
            "device": self.device,
            "activation": self.has_activation,
        }


def load_classifier(path: str | os.PathLike[str], device: str = "cpu", threads: int | None = None) -> Classifier:
    """Load and check an exported model. ``threads`` defaults to the processors this process may use.

    Raises RunError where the file is not an ONNX model of Simreal's or the device is not to be had, and ToolError where
    onnxruntime is missing.
    """
    file = Path(path)
    content = _read(file)
    session = _session(file, device, threads or usable_processors())
    metadata = dict(session.get_modelmeta().custom_metadata_map)
    if metadata.get("simreal_model") != FORMAT_VERSION:
        raise RunError(f"{file}: {_foreign(metadata)}")
    classes = _classes(file, metadata)
    resize_px, crop_px = _sizes(file, metadata)
    has_activation = "simreal_activation" in metadata
    _check_ports(file, session, crop_px, len(classes), has_activation)
    return Classifier(
        path=file,
        classes=classes,
        resize_px=resize_px,
        crop_px=crop_px,
        design_hash=metadata.get("simreal_design_hash", ""),
        backbone=metadata.get("simreal_backbone", ""),
        device=device,
        sha256=hashlib.sha256(content).hexdigest(),
        has_activation=has_activation,
        session=session,
    )


def usable_processors() -> int:
    """Processors that this process may use (a container's share, where the system tells)."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _read(file: Path) -> bytes:
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        raise RunError(f"{file}: no such model file; {HOW}") from None
    except IsADirectoryError:
        raise RunError(f"{file}: this is a folder; give the .onnx file; {HOW}") from None
    except OSError as error:
        raise RunError(f"{file}: the model cannot be read ({error.strerror})") from error
    if not content:
        raise RunError(f"{file}: the model file is empty; {ANEW}")
    if content.startswith(b"PK\x03\x04"):
        raise RunError(f"{file}: this is a PyTorch checkpoint or a zip, not an ONNX model; {HOW}")
    return content


def _session(file: Path, device: str, threads: int) -> Any:
    try:
        import onnxruntime
    except ImportError as error:
        raise ToolError("onnxruntime is not installed: pip install onnxruntime (the extension carries it)") from error
    if device not in PROVIDERS:
        raise RunError(f"unknown device {device!r}: choose one of {', '.join(DEVICES)}")
    provider = PROVIDERS[device]
    if provider not in onnxruntime.get_available_providers():
        raise RunError(
            f"this onnxruntime cannot run on {device}: pip install onnxruntime-gpu in place of onnxruntime, "
            "or leave --device cpu"
        )
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 4  # what goes wrong is raised; the copy on stderr would be a second, longer line
    try:
        session = onnxruntime.InferenceSession(str(file), sess_options=options, providers=[provider])
    except Exception as error:  # onnxruntime's exceptions share no base class of their own (seen in 1.32)
        raise RunError(f"{file}: {_load_failure(error)}") from error
    if session.get_providers()[0] != provider:  # CUDA libraries missing: onnxruntime falls back without raising
        raise RunError(f"{device} is not usable here, its libraries are missing or do not match; leave --device cpu")
    return session


def _load_failure(error: Exception) -> str:
    text = _first_line(error)
    if "IR version" in text or "opset" in text.lower():
        return f"the installed onnxruntime is too old for this model, pip install -U onnxruntime ({text})"
    reason = text.rpartition("failed:")[2].strip() or text
    return f"not an ONNX model, or a damaged one ({reason}); {ANEW}"


def _foreign(metadata: Mapping[str, str]) -> str:
    version = metadata.get("simreal_model")
    if version is None:
        return f"not a model exported by simreal (it lacks classes and input size); {HOW}"
    return f"written in format {version} by another Simreal, this one reads {FORMAT_VERSION}: update Simreal"


def _classes(file: Path, metadata: Mapping[str, str]) -> tuple[str, ...]:
    names = _json(file, metadata, "simreal_classes")
    if not isinstance(names, list) or not names or not all(isinstance(name, str) and name for name in names):
        raise RunError(f"{file}: its metadata simreal_classes is not a list of class names; {ANEW}")
    if len(set(names)) != len(names):
        raise RunError(f"{file}: its metadata simreal_classes names a class twice; {ANEW}")
    return tuple(names)


def _sizes(file: Path, metadata: Mapping[str, str]) -> tuple[int, int]:
    rule = _json(file, metadata, "simreal_resize")
    resize_px, crop_px = (rule.get("resize_px"), rule.get("crop_px")) if isinstance(rule, dict) else (None, None)
    if not (isinstance(resize_px, int) and isinstance(crop_px, int) and 0 < crop_px <= resize_px <= 4096):
        raise RunError(f"{file}: its metadata simreal_resize holds no usable resize_px, crop_px; {ANEW}")
    if rule.get("interpolation", "bilinear") != "bilinear":
        raise RunError(f"{file}: wants {rule['interpolation']!r} resizing, this Simreal knows bilinear: update Simreal")
    return resize_px, crop_px


def _json(file: Path, metadata: Mapping[str, str], key: str) -> Any:
    if key not in metadata:
        raise RunError(f"{file}: lacks the metadata {key}; {ANEW}")
    try:
        return json.loads(metadata[key])
    except ValueError:
        raise RunError(f"{file}: its metadata {key} is not JSON; {ANEW}") from None


def _check_ports(file: Path, session: Any, crop_px: int, count: int, has_activation: bool) -> None:
    inputs = {port.name: port for port in session.get_inputs()}
    outputs = {port.name: port for port in session.get_outputs()}
    if set(inputs) != {"image"} or "probabilities" not in outputs:
        found = f"{', '.join(inputs)} to {', '.join(outputs)}"
        raise RunError(f"{file}: takes {found}, not image to probabilities; {ANEW}")
    port = inputs["image"]
    free = [size if isinstance(size, int) else None for size in port.shape]
    if (
        port.type != "tensor(float)"
        or len(free) != 4
        or not all(size in (None, due) for size, due in zip(free, (None, 3, crop_px, crop_px), strict=True))
    ):
        due = f"float [N, 3, {crop_px}, {crop_px}]"
        raise RunError(f"{file}: its input is {port.type} {port.shape}, not {due}; {ANEW}")
    if has_activation and "activation" not in outputs:
        raise RunError(f"{file}: its metadata tells of class activation maps that it does not give; {ANEW}")
    last = outputs["probabilities"].shape[-1:]
    if last and isinstance(last[0], int) and last[0] != count:
        raise RunError(f"{file}: gives {last[0]} probabilities for {count} class names; {ANEW}")


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0].strip()
