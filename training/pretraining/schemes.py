"""The schemes by name."""

from __future__ import annotations

from ..backbones import Classifier
from .byol import BYOL
from .config import Pretraining
from .dino import DINO
from .moco import MoCo
from .scheme import Scheme
from .simclr import SimCLR


def make_scheme(classifier: Classifier, pretraining: Pretraining) -> Scheme:
    """What pre-trains ``classifier``."""
    match pretraining.scheme:
        case "simclr":
            return SimCLR(classifier, pretraining.label_weight)
        case "moco":
            return MoCo(classifier, pretraining.label_weight, pretraining.queue)
        case "byol":
            return BYOL(classifier, pretraining.label_weight)
        case "dino":
            return DINO(classifier, pretraining.label_weight)
