"""Where a network looks: the way that suits it, and maps of some images.

Class activation maps where the head sums over places (most CNNs, Swin), attention roll-out for vision transformers,
Grad-CAM for other networks with a map of places (ConvNeXt, MobileNetV3, mixers).
"""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import numpy as np
import torch
from PIL import Image
from torch import Tensor

from ...design.errors import RunError
from ...training.activation import with_activation
from ...training.trained import TrainedModel
from ...training.transforms import CentreCrop
from .gradcam import gradcam_maps
from .measured import Floats
from .rollout import rollout_maps

CAM, ROLLOUT, GRADCAM = "class activation maps", "attention roll-out", "Grad-CAM"
EXPLAINED = {
    CAM: "Class activation maps (Zhou et al. 2016): what each place adds to a class's logit.",
    ROLLOUT: (
        "Attention roll-out (Abnar and Zuidema 2020): from which places the last layer's token can have got its "
        "information. It is the same for all classes."
    ),
    GRADCAM: "Grad-CAM (Selvaraju et al. 2017): what in the last feature map speaks for a class.",
}


@attrs.frozen(eq=False)
class Gaze:
    """``logits`` (N, K) of images and their ``maps``: (N, K, h, w), or (N, h, w) where all classes share one."""

    way: str
    logits: Floats
    maps: Floats

    @property
    def by_class(self) -> bool:
        return self.maps.ndim == 4

    def map_of(self, number: int, label: int) -> Floats:
        """The map (h, w) of an image for a class."""
        found: Floats = self.maps[number, label] if self.by_class else self.maps[number]
        return found


def gaze_at(model: TrainedModel, pictures: Sequence[Image.Image], device: torch.device) -> Gaze:
    """The maps of pictures as the model sees them. RunError where the network has no places that could be told."""
    classifier = model.classifier.cpu().eval()
    explained = with_activation(classifier, model.crop_px)
    classifier.to(device)
    transform = CentreCrop(model.resize_px, model.crop_px)
    ways: list[str] = []
    logits, maps = [], []
    for picture in pictures:
        image = transform(picture, 0)[None].to(device)
        with torch.inference_mode():
            logits.append(classifier(image).float().cpu().numpy())
        found: Tensor | None
        if explained is not None:
            way = CAM
            with torch.inference_mode():
                found = explained(image)[2]
        elif (found := rollout_maps(classifier, image)) is not None:
            way = ROLLOUT
        elif (found := gradcam_maps(classifier, image)) is not None:
            way = GRADCAM
        else:
            raise RunError(
                f"where {model.backbone} looks cannot be shown: it has neither a map of places nor attention over "
                "all patches (this works for CNNs, ViTs, Swin and mixers)"
            )
        ways.append(way)
        maps.append(found.float().cpu().numpy())
    return Gaze(ways[0], np.concatenate(logits), np.concatenate(maps))
