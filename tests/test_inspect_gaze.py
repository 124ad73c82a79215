"""Where networks look: attention roll-out and Grad-CAM against independent computations, and which suits what."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from simreal.design.errors import RunError
from simreal.studies.inspection.gaze import CAM, GRADCAM, ROLLOUT, gaze_at
from simreal.studies.inspection.gradcam import gradcam_maps
from simreal.studies.inspection.rollout import attention_rollout, rollout_maps
from simreal.training.activation import with_activation
from simreal.training.backbones import Classifier, Normalisation, create_backbone, feature_count
from simreal.training.trained import TrainedModel

torch.set_num_threads(1)


def classifier(name: str, px: int, classes: int = 3) -> Classifier:
    torch.manual_seed(0)
    backbone = create_backbone(name, px)
    made = Classifier(backbone, feature_count(backbone, px), classes, Normalisation((0.5, 0.4, 0.3), (0.2, 0.2, 0.2)))
    nn.init.normal_(made.head.weight)
    return made.eval()


def trained(name: str, px: int) -> TrainedModel:
    return TrainedModel(classifier(name, px), ("a", "b", "c"), name, name, px, px, "")


def pictures(count: int, px: int) -> list[Image.Image]:
    random = np.random.default_rng(0)
    return [Image.fromarray(random.integers(0, 256, (px, px, 3), dtype=np.uint8)) for _ in range(count)]


def rolled_by_numpy(layers: list[np.ndarray]) -> np.ndarray:
    """Abnar and Zuidema 2020, Eq. 1, written down once more: one image and token at a time."""
    count, tokens = layers[0].shape[0], layers[0].shape[-1]
    out = np.zeros((count, tokens, tokens))
    for image in range(count):
        rolled = np.eye(tokens)
        for layer in layers:
            mixed = np.zeros((tokens, tokens))
            for token in range(tokens):
                row = 0.5 * np.mean([head[token] for head in layer[image]], axis=0)
                row[token] += 0.5
                mixed[token] = row / row.sum()
            rolled = np.einsum("ij,jk->ik", mixed, rolled)
        out[image] = rolled
    return out


def test_rollout_of_a_tiny_stack_equals_numpy() -> None:
    random = np.random.default_rng(0)
    layers = [random.dirichlet(np.ones(5), (2, 3, 5)) for _ in range(4)]
    found = attention_rollout([torch.from_numpy(layer) for layer in layers]).numpy()
    np.testing.assert_allclose(found, rolled_by_numpy(layers), atol=1e-12)
    np.testing.assert_allclose(found.sum(-1), 1)


def test_rollout_of_two_tokens_by_hand() -> None:
    """One layer in which token 0 looks at token 1 alone: half stays, half moves; twice: 1/4 and 3/4."""
    attention = torch.tensor([[[[0.0, 1.0], [0.0, 1.0]]]])
    assert attention_rollout([attention])[0].tolist() == [[0.5, 0.5], [0.0, 1.0]]
    assert attention_rollout([attention, attention])[0].tolist() == [[0.25, 0.75], [0.0, 1.0]]
    with pytest.raises(ValueError, match="no layer"):
        attention_rollout([])


@pytest.mark.parametrize("name", ["test_vit", "vit_tiny_patch16_224", "deit_tiny_distilled_patch16_224"])
def test_rollout_of_a_transformer_is_of_its_own_attention(name: str) -> None:
    """The matrices are worked out again from the queries and keys of each layer, seen by hooks of the test's own."""
    model = classifier(name, 64)
    layers = [layer for layer in model.backbone.modules() if hasattr(layer, "fused_attn")]
    assert all(layer.fused_attn for layer in layers), "timm's default: no matrix is ever formed"
    seen: list[np.ndarray] = []

    def remember(layer: nn.Module, given: tuple[torch.Tensor, ...], output: torch.Tensor) -> None:
        x = given[0]
        qkv = layer.qkv(x).reshape(len(x), x.shape[1], 3, layer.num_heads, -1).permute(2, 0, 3, 1, 4)
        q, k = layer.q_norm(qkv[0]), layer.k_norm(qkv[1])
        seen.append((q @ k.transpose(-2, -1) * layer.scale).softmax(-1).numpy().astype(np.float64))

    hooks = [layer.register_forward_hook(remember) for layer in layers]
    images = torch.rand(2, 3, 64, 64)
    with torch.inference_mode():
        before = model(images)
    for hook in hooks:
        hook.remove()
    maps = rollout_maps(model, images)
    assert maps is not None and maps.shape == (2, 4, 4)
    prefix = model.backbone.num_prefix_tokens
    expected = rolled_by_numpy(seen)[:, 0, prefix:].reshape(2, 4, 4)
    np.testing.assert_allclose(maps.numpy(), expected, atol=1e-5)
    assert all(layer.fused_attn for layer in layers), "it is switched on again"
    with torch.inference_mode():
        torch.testing.assert_close(model(images), before)


def test_a_transformer_that_averages_its_tokens_has_the_mean_of_their_rows() -> None:
    model = classifier("vit_base_patch16_rpn_224", 32)  # no class token
    maps = rollout_maps(model, torch.rand(1, 3, 32, 32))
    assert model.backbone.num_prefix_tokens == 0
    assert maps is not None and float(maps.sum()) == pytest.approx(1.0, abs=1e-5)


@pytest.mark.parametrize(
    ("name", "px"), [("swin_s3_tiny_224", 224), ("test_resnet", 64), ("mixer_s32_224", 64), ("test_convnext", 64)]
)
def test_what_attends_in_windows_or_not_at_all_has_no_rollout(name: str, px: int) -> None:
    assert rollout_maps(classifier(name, px), torch.rand(1, 3, px, px)) is None


def test_gradcam_of_a_pooled_network_is_its_class_activation_map() -> None:
    model = classifier("test_resnet", 96)
    images = torch.rand(2, 3, 96, 96)
    explained = with_activation(model, 96)
    assert explained is not None
    with torch.inference_mode():
        exact = explained(images)[2]
    places = exact.shape[2] * exact.shape[3]
    maps = gradcam_maps(model, images)
    assert maps is not None
    torch.testing.assert_close(maps, exact.relu() / places, atol=1e-5, rtol=1e-4)


def test_gradcam_of_a_mixer_is_what_its_tokens_add_to_the_logit() -> None:
    model = classifier("mixer_s32_224", 128)
    images = torch.rand(1, 3, 128, 128)
    with torch.inference_mode():
        tokens = model.backbone.forward_features((images - model.mean) / model.std)[0]
        expected = (model.head.weight @ tokens.T).relu().reshape(1, 3, 4, 4) / 16
    maps = gradcam_maps(model, images)
    assert maps is not None
    torch.testing.assert_close(maps, expected, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize(
    ("name", "px", "way", "by_class"),
    [
        ("test_resnet", 64, CAM, True),
        ("test_vit", 64, ROLLOUT, False),
        ("mixer_s32_224", 64, GRADCAM, True),
        ("test_convnext", 64, GRADCAM, True),
        ("mobilenetv3_small_050", 64, GRADCAM, True),
    ],
)
def test_every_network_is_looked_at_in_the_way_that_suits_it(name: str, px: int, way: str, by_class: bool) -> None:
    gaze = gaze_at(trained(name, px), pictures(2, px), torch.device("cpu"))
    assert (gaze.way, gaze.by_class) == (way, by_class)
    assert gaze.logits.shape == (2, 3) and np.isfinite(gaze.maps).all()
    assert gaze.map_of(1, 2).ndim == 2 and gaze.map_of(0, 0).max() > gaze.map_of(0, 0).min()


def test_a_network_of_one_place_is_refused_clearly() -> None:
    with pytest.raises(RunError, match="where test_resnet looks cannot be shown"):
        gaze_at(trained("test_resnet", 32), pictures(1, 32), torch.device("cpu"))
