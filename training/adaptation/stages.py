"""The stages of a run that adapts: what of the source comes first, and the method itself."""

from __future__ import annotations

import attrs
import torch

from ..backbones import Classifier
from ..config import RunConfig
from .config import MethodName
from .feeds import Order
from .method import Method, Network
from .methods import METHODS
from .shot import LABEL_SMOOTHING
from .source_only import SourceOnly


@attrs.frozen
class Stage:
    """A method for as many epochs as the run has. ``on_pooled``: on kept features, the backbone stays as it is."""

    name: str
    method: MethodName
    on_pooled: bool
    label_smoothing: float = 0.0
    adapts: bool = False


def stages(config: RunConfig) -> tuple[Stage, ...]:
    """The head first, where asked for; SHOT's source hypothesis; then the method."""
    assert config.adaptation is not None
    planned = []
    if config.adaptation.head_first:
        planned.append(Stage("head", "none", on_pooled=True))
    if config.adaptation.method == "shot":
        planned.append(Stage("source", "none", config.head_only, LABEL_SMOOTHING))
    return *planned, Stage("adapt", config.adaptation.method, config.head_only, adapts=True)


def make_method(stage: Stage, classifier: Classifier, order: Order, number: int) -> Method:
    """The stage's method, its own weights drawn by the run's seed and the number of the stage."""
    torch.manual_seed(order.seed + number)
    network = Network(classifier, stage.on_pooled)
    if stage.label_smoothing:
        return SourceOnly(network, order.source_images, order.target_images, stage.label_smoothing)
    return METHODS[stage.method](network, order.source_images, order.target_images)
