"""On a toy whose answer is known every adaptation method beats training on the source alone, over five seeds."""

import pytest
import torch
from adaptation_toy import accuracy, digits, gains

from simreal.training.adaptation.config import METHOD_NAMES

torch.set_num_threads(1)


@pytest.mark.slow
def test_every_method_beats_the_source_alone() -> None:
    """The 95 % interval of the gain, paired by seed, lies above 0."""
    found = gains(range(5))
    assert list(found) == list(METHOD_NAMES)
    assert found["none"].gain == 0
    assert {name: gain for name, gain in found.items() if name != "none" and gain.low <= 0} == {}


def test_the_same_seed_is_the_same_toy() -> None:
    assert accuracy(digits(3), "mcc", 3) == accuracy(digits(3), "mcc", 3)
