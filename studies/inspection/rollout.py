"""Attention roll-out: where a transformer's last layer gets its tokens from (Abnar and Zuidema, ACL 2020, Eq. 1).

Attention of each layer, averaged over heads, is mixed half and half with the identity (the residual connection), its
rows are made to sum to 1 again, and the layers are multiplied from the first to the last. It says where information
may have come from; it is the same for all classes.

timm's layers mostly compute attention by a fused kernel that never forms the matrix. While maps are taken, that is
switched off layer by layer; the matrix is then read where every layer passes it through its dropout ``attn_drop``.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any, cast

import torch
from torch import Tensor, nn

from ...training.backbones import Classifier


def attention_rollout(layers: Sequence[Tensor]) -> Tensor:
    """Attention (N, heads, T, T) of every layer, first to last, to its roll-out (N, T, T): a row a token at the end.

    Rows sum to 1. ValueError where there is no layer.
    """
    if not layers:
        raise ValueError("there is no layer to roll out")
    rolled: Tensor | None = None
    for attention in layers:
        mean = attention.mean(1)
        mixed = (mean + torch.eye(mean.shape[-1], dtype=mean.dtype, device=mean.device)) / 2
        mixed = mixed / mixed.sum(-1, keepdim=True)
        rolled = mixed if rolled is None else mixed @ rolled
    assert rolled is not None
    return rolled


def rollout_maps(classifier: Classifier, images: Tensor) -> Tensor | None:
    """Roll-out over the patches (N, h, w) of images (N, 3, S, S) in 0..1; None where this is no such transformer.

    Of the class token where the head sees that, else the mean over all patches. Transformers whose layers attend in
    windows, or change their number of tokens, have no roll-out: their matrices do not multiply.
    """
    backbone = cast(Any, classifier.backbone)
    grid = getattr(getattr(backbone, "patch_embed", None), "grid_size", None)
    attending = [layer for layer in backbone.modules() if _attends(layer)]
    if grid is None or not attending:
        return None
    height, width = (int(side) for side in grid)
    prefix = int(getattr(backbone, "num_prefix_tokens", 0))
    tokens = prefix + height * width
    with torch.inference_mode(), _watched(attending) as layers:
        classifier(images)
    if len(layers) != len(attending) or any(each.shape[0] != len(images) or each.ndim != 4 for each in layers):
        return None
    if any(each.shape[-2:] != (tokens, tokens) for each in layers):
        return None
    rolled = attention_rollout([each.float() for each in layers])
    has_class_token = prefix > 0 and getattr(backbone, "global_pool", "token") == "token"
    seen = rolled[:, 0, prefix:] if has_class_token else rolled[:, prefix:, prefix:].mean(1)
    return seen.reshape(len(images), height, width)


def _attends(layer: nn.Module) -> bool:
    return isinstance(getattr(layer, "attn_drop", None), nn.Module) and hasattr(layer, "fused_attn")


@contextlib.contextmanager
def _watched(attending: Sequence[nn.Module]) -> Iterator[list[Tensor]]:
    """The attention of these layers, in the order in which they compute it, gathered while the context is open."""
    gathered: list[Tensor] = []

    def gather(module: nn.Module, given: tuple[Tensor, ...], output: Tensor) -> None:
        gathered.append(output)

    fused = [bool(layer.fused_attn) for layer in attending]
    hooks = [cast(nn.Module, layer.attn_drop).register_forward_hook(gather) for layer in attending]
    try:
        for layer in attending:
            cast(Any, layer).fused_attn = False
        yield gathered
    finally:
        for layer, was in zip(attending, fused, strict=True):
            cast(Any, layer).fused_attn = was
        for hook in hooks:
            hook.remove()
