"""CDAN and MCC together."""

from __future__ import annotations

import torch.nn.functional as F

from .cdan import Cdan
from .mcc import class_confusion
from .method import Batch, Losses


class CdanMcc(Cdan):
    """Jin et al. (ECCV 2020, Sec. 4) add to CDAN's losses ``class confusion of the target's logits`` (M, K).

    The best that has been verified on VISDA-2017 from synthetic to real images (arXiv 2310.04757).
    """

    name = "cdan_mcc"

    def _losses(self, batch: Batch) -> Losses:
        source, target = self.both(batch)
        source_logits, target_logits = self.network.head(source), self.network.head(target)
        return {
            "source": F.cross_entropy(source_logits, batch.labels),
            "domain": self.conditional(source, target, source_logits, target_logits, batch.ramp),
            "confusion": class_confusion(target_logits),
        }
