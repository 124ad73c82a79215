"""Backbones: any timm model, the offline ImageNet weights, local files, and what is said when they do not fit."""

from pathlib import Path

import numpy as np
import pytest
import timm
import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from torch import Tensor

from simreal.design.errors import RunError
from simreal.training import efficientnet_lite
from simreal.training.backbones import IMAGENET_MEAN, build_classifier, check_backbone, create_backbone, load_weights
from simreal.training.config import RunConfig


def config(**changes: object) -> RunConfig:
    return RunConfig(**{"data": "data", "backbone": "test_resnet", "weights": "none", "crop_px": 32, **changes})


def reference_logits(state: dict[str, Tensor], image: Tensor) -> Tensor:
    """EfficientNet-Lite0 as published, straight from the package's weights: TensorFlow's SAME padding, ReLU6, no SE."""

    def conv(x: Tensor, name: str, stride: int = 1, depthwise: bool = False) -> Tensor:
        weight = state[f"{name}.weight"]
        kernel, size = weight.shape[-1], x.shape[-1]
        pad = max((-(-size // stride) - 1) * stride + kernel - size, 0)
        x = F.pad(x, [pad // 2, pad - pad // 2] * 2)
        return F.conv2d(x, weight, stride=stride, groups=weight.shape[0] if depthwise else 1)

    def norm(x: Tensor, name: str) -> Tensor:
        mean, variance = state[f"{name}.running_mean"], state[f"{name}.running_var"]
        return F.batch_norm(x, mean, variance, state[f"{name}.weight"], state[f"{name}.bias"], eps=1e-3)

    x = F.relu6(norm(conv(image, "_conv_stem", stride=2), "_bn0"))
    strides = [1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1, 1, 1, 1]
    for number, stride in enumerate(strides):
        block, entrance = f"_blocks.{number}", x
        if f"{block}._expand_conv.weight" in state:
            x = F.relu6(norm(conv(x, f"{block}._expand_conv"), f"{block}._bn0"))
        x = F.relu6(norm(conv(x, f"{block}._depthwise_conv", stride, depthwise=True), f"{block}._bn1"))
        x = norm(conv(x, f"{block}._project_conv"), f"{block}._bn2")
        x = x + entrance if stride == 1 and x.shape == entrance.shape else x
    x = F.relu6(norm(conv(x, "_conv_head"), "_bn1")).mean((2, 3))
    return F.linear(x, state["_fc.weight"], state["_fc.bias"])


@pytest.mark.parametrize("size", [224, 97])
def test_offline_imagenet_weights_compute_what_was_published(size: int) -> None:
    state = torch.load(efficientnet_lite.weights_file(), weights_only=True)
    model = timm.create_model(efficientnet_lite.ARCHITECTURE).eval()
    model.load_state_dict(efficientnet_lite.to_timm(state))
    image = torch.randn(2, 3, size, size, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        torch.testing.assert_close(model(image), reference_logits(state, image), rtol=1e-4, atol=1e-4)


def test_offline_imagenet_weights_know_photos(kit: Path) -> None:
    """With TensorFlow's 127 and 128, ImageNet's own classifier names an airliner and a grand piano."""
    from simreal.datasets.preprocessing import load_rgb
    from simreal.training.transforms import CentreCrop

    classifier = build_classifier(config(backbone="efficientnet_lite0", weights="imagenet", crop_px=224), 1000).eval()
    state = torch.load(efficientnet_lite.weights_file(), weights_only=True)
    classifier.head.load_state_dict({"weight": state["_fc.weight"], "bias": state["_fc.bias"]})
    np.testing.assert_allclose(classifier.normalisation.mean, 127 / 255, rtol=1e-6)
    for name, imagenet in {"airplane": 404, "piano": 579, "laptop": 681}.items():  # ImageNet's label numbers
        files = sorted((kit / "photos" / name).iterdir())[:8]
        images = torch.stack([CentreCrop(256, 224)(load_rgb(file), 0) for file in files])
        with torch.inference_mode():
            best = classifier(images).topk(5, dim=1).indices
        assert int((best == imagenet).any(1).sum()) >= 4, name


@pytest.mark.parametrize("name", ["test_resnet", "test_vit", "test_convnext", "mixer_s32_224", "test_efficientnet"])
def test_any_timm_model_from_scratch(name: str) -> None:
    model = build_classifier(config(backbone=name, crop_px=64), classes=7).eval()
    with torch.inference_mode():
        assert model(torch.rand(2, 3, 64, 64)).shape == (2, 7)
    assert model.normalisation.mean == pytest.approx(IMAGENET_MEAN)


@pytest.mark.parametrize(("name", "millions"), [("resnet50", 23.53), ("vit_base_patch16_224", 85.81)])
def test_sizes_are_those_of_the_paper(name: str, millions: float) -> None:
    with torch.device("meta"):
        parameters = sum(p.numel() for p in timm.create_model(name, num_classes=10).parameters())
    assert parameters / 1e6 == pytest.approx(millions, abs=0.01)


def test_same_seed_same_initial_weights() -> None:
    first, again, other = (build_classifier(config(seed=seed), 3).state_dict() for seed in (0, 0, 1))
    assert all(torch.equal(first[key], again[key]) for key in first)
    assert any(not torch.equal(first[key], other[key]) for key in first)


def test_unknown_backbone_suggests_close_names() -> None:
    with pytest.raises(RunError, match=r"unknown backbone 'resnet5'; did you mean resnet"):
        check_backbone("resnet5")
    with pytest.raises(RunError, match="unknown backbone"):
        check_backbone("qqqqqqq")


@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
def test_local_weights_are_loaded(tmp_path: Path, suffix: str) -> None:
    source = timm.create_model("test_resnet", num_classes=5)
    file = tmp_path / f"weights{suffix}"
    if suffix == ".pth":
        torch.save({"state_dict": source.state_dict()}, file)
    else:
        save_file(source.state_dict(), file)
    model = build_classifier(config(weights="file", weights_file=str(file)), 3)
    loaded = model.backbone.state_dict()
    assert all(torch.equal(value, loaded[key]) for key, value in source.state_dict().items() if key in loaded)
    assert "fc.weight" not in loaded


def test_npz_weights_of_a_vision_transformer(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="vision transformers and mixers only"):
        np.savez(tmp_path / "a.npz", a=np.zeros(1))
        load_weights(create_backbone("test_resnet", 32), tmp_path / "a.npz")
    with pytest.raises(RunError, match=r"a\.npz: not usable"):
        load_weights(create_backbone("test_vit", 32), tmp_path / "a.npz")


def test_unusable_weights_are_refused_in_one_line(tmp_path: Path) -> None:
    backbone = create_backbone("test_resnet", 32)
    other = tmp_path / "other.pth"
    torch.save(timm.create_model("test_vit").state_dict(), other)
    (tmp_path / "damaged.pth").write_bytes(other.read_bytes()[:5000])
    (tmp_path / "damaged.safetensors").write_bytes(b"\x00" * 100)
    torch.save({"numbers": 3}, tmp_path / "numbers.pth")
    for name, problem in {
        "other.pth": "another architecture",
        "damaged.pth": "not a readable weights file",
        "damaged.safetensors": "not a readable weights file",
        "numbers.pth": "not a file of weights",
        "nothing.pth": "no such weights file",
    }.items():
        with pytest.raises(RunError, match=problem) as caught:
            load_weights(backbone, tmp_path / name)
        assert name in str(caught.value) and "\n" not in str(caught.value)


def test_executable_pickles_are_refused(tmp_path: Path) -> None:
    class Attack:
        def __reduce__(self) -> tuple[object, ...]:
            return (Path.touch, (tmp_path / "attacked",))

    torch.save({"state_dict": Attack()}, tmp_path / "attack.pth")
    with pytest.raises(RunError, match="not a readable weights file"):
        load_weights(create_backbone("test_resnet", 32), tmp_path / "attack.pth")
    assert not (tmp_path / "attacked").exists()
