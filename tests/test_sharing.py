"""Images that two designs have in common are taken over; the data set is the one that rendering alone would make."""

from pathlib import Path

import attrs
import pytest

from simreal.datasets.sharing import share_images
from simreal.design.design import Design, DesignClass, ImageSettings, Split
from simreal.rendering.data_set import render_data_set
from simreal.rendering.render_request import RenderRequest

CLASSES = (DesignClass("cup", ("starter:cup/00",)), DesignClass("chair", ("starter:chair/00",)))
COUNT = 12


def design(weight: float, samples: int = 1) -> Design:
    plain = Design("d", CLASSES, image=ImageSettings(resolution_px=16, samples=samples, denoiser="none"),
                   splits=(Split("train", COUNT),))  # fmt: skip
    factors = {name: attrs.evolve(one, weight=0.0) for name, one in plain.factors.items()}
    factors["object_scale"] = attrs.evolve(factors["object_scale"], weight=weight)
    return attrs.evolve(plain, factors=factors)


def rendered(given: Design, place: Path) -> dict[str, bytes]:
    render_data_set(RenderRequest(design=given, out=place, workers=1), lambda message: None)
    return {str(path.relative_to(place)): path.read_bytes() for path in sorted((place / "train").rglob("*.*"))}


@pytest.mark.slow
def test_what_is_shared_is_what_would_be_rendered(tmp_path: Path) -> None:
    rendered(design(0.3), tmp_path / "donor")
    alone = rendered(design(0.7), tmp_path / "alone")
    shared = share_images(tmp_path / "both", design(0.7), "train", COUNT, [tmp_path / "donor"])
    assert 0 < shared < COUNT  # those that neither draws, or both
    assert share_images(tmp_path / "both", design(0.7), "train", COUNT, [tmp_path / "donor"]) == 0
    assert rendered(design(0.7), tmp_path / "both") == alone


@pytest.mark.slow
def test_images_of_other_settings_are_not_shared(tmp_path: Path) -> None:
    rendered(design(0.3), tmp_path / "donor")
    assert share_images(tmp_path / "other", design(0.3, samples=2), "train", COUNT, [tmp_path / "donor"]) == 0
    assert share_images(tmp_path / "none", design(0.3), "train", COUNT, [tmp_path / "nowhere"]) == 0
