"""A classifier made to look only: the same features, with batch norms folded away where that is possible."""

import copy
from typing import cast

import pytest
import torch
from torch import Tensor, nn

from simreal.training.backbones import Classifier, Normalisation, create_backbone, feature_count
from simreal.training.inference import for_inference

CPU = torch.device("cpu")
PX = 64


def classifier(backbone: nn.Module) -> Classifier:
    """As after some training: its norms are far from doing nothing."""
    random = torch.Generator().manual_seed(0)
    for module in backbone.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean = 0.3 * torch.randn(module.num_features, generator=random)
            module.running_var = 0.5 + torch.rand(module.num_features, generator=random)
            nn.init.uniform_(module.weight, 0.5, 1.5, random)
            nn.init.uniform_(module.bias, -0.5, 0.5, random)
    return Classifier(backbone, feature_count(backbone, PX), 4, Normalisation((0.5, 0.4, 0.3), (0.2, 0.3, 0.4))).train()


def norms(model: nn.Module) -> int:
    return sum(isinstance(module, nn.BatchNorm2d) for module in model.modules())


def logits(model: Classifier) -> Tensor:
    images = torch.rand(3, 3, PX, PX, generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        return cast(Tensor, model(images))


@pytest.mark.parametrize(
    ("name", "left"),
    [
        ("test_resnet", 0),
        ("test_efficientnet", 0),
        ("mobilenetv3_small_050", 0),
        ("repghostnet_050", 32),  # branches without a convolution
        ("densenet121", 62),  # norms that come before their convolutions
        ("test_vit", 0),
    ],
)
def test_a_copy_to_look_with_says_the_same(name: str, left: int) -> None:
    own = classifier(create_backbone(name, PX))
    before, state = norms(own), copy.deepcopy(own.state_dict())
    looking = for_inference(own, PX, CPU)
    assert norms(looking) == left
    assert not looking.training and not any(value.requires_grad for value in looking.parameters())
    assert own.training and norms(own) == before, "the classifier itself stays as it is"
    assert all(torch.equal(value, state[name]) for name, value in own.state_dict().items())
    wanted = logits(own.eval())
    torch.testing.assert_close(logits(looking), wanted, rtol=0, atol=1e-4 * float(wanted.abs().max()))


class TwoReaders(nn.Module):
    """What its convolution gives goes through a norm, and past it."""

    def __init__(self) -> None:
        super().__init__()
        self.convolution = nn.Conv2d(3, 8, 3)
        self.norm = nn.BatchNorm2d(8)

    def forward(self, images: Tensor) -> Tensor:
        seen = self.convolution(images)
        return (self.norm(seen) + seen).mean((2, 3))


def test_a_convolution_that_feeds_more_than_its_norm_is_left_alone() -> None:
    own = classifier(TwoReaders())
    looking = for_inference(own, PX, CPU)
    assert norms(looking) == 1
    assert torch.allclose(logits(looking), logits(own.eval()), atol=1e-6)
