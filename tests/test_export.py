"""Export: the ONNX file computes what torch does, for any batch, and says all that scoring needs."""

import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch

from simreal.commands import main
from simreal.datasets.messages import Message
from simreal.datasets.preprocessing import load_rgb, resize_and_crop
from simreal.design.errors import RunError
from simreal.training import export as exporting
from simreal.training.config import RunConfig
from simreal.training.trained import load_trained
from simreal.training.trainer import train

from .shapes import SHAPES, rendered

torch.set_num_threads(1)


def silent(message: Message) -> None: ...


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return rendered(tmp_path_factory.mktemp("shapes") / "data", {"train": 6})


def trained_run(data: Path, folder: Path, **changes: object) -> Path:
    values = {"backbone": "test_resnet", "weights": "none", "crop_px": 32, "resize_px": 40, "iterations": 1, **changes}
    train(RunConfig(data=str(data), **values), folder, silent)
    return folder


@pytest.fixture(scope="module")
def run(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return trained_run(data, tmp_path_factory.mktemp("runs") / "run")


def test_the_file_is_as_scoring_reads_it(run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "model.onnx"
    assert main(["export", str(run), "--out", str(out)]) == 0
    assert "opset 18" in capsys.readouterr().out
    graph = onnx.load(out)
    onnx.checker.check_model(graph, full_check=True)
    assert [(opset.domain, opset.version) for opset in graph.opset_import if opset.domain == ""] == [("", 18)]
    assert graph.ir_version == 10
    metadata = {entry.key: entry.value for entry in graph.metadata_props}
    assert metadata["simreal_model"] == "1"
    assert json.loads(metadata["simreal_classes"]) == list(SHAPES)
    assert json.loads(metadata["simreal_resize"]) == {"resize_px": 40, "crop_px": 32, "interpolation": "bilinear"}
    assert json.loads(metadata["simreal_normalisation"])["mean"] == pytest.approx([0.485, 0.456, 0.406])
    assert metadata["simreal_design_hash"] == load_trained(run).design_hash
    assert metadata["simreal_backbone"] == "test_resnet"
    session = onnxruntime.InferenceSession(out, providers=["CPUExecutionProvider"])
    (image,) = session.get_inputs()
    assert (image.name, image.type, image.shape[1:]) == ("image", "tensor(float)", [3, 32, 32])
    assert isinstance(image.shape[0], str), "any number of images"
    assert [output.name for output in session.get_outputs()] == ["logits", "probabilities"]


@pytest.mark.parametrize(
    ("backbone", "size"),
    [
        ("test_resnet", 32),
        ("test_vit", 64),
        ("test_convnext", 64),
        ("mixer_s32_224", 64),
        ("tf_efficientnet_lite0", 96),
    ],
)
def test_onnx_computes_what_torch_does(data: Path, tmp_path: Path, backbone: str, size: int) -> None:
    run = trained_run(data, tmp_path / "run", backbone=backbone, crop_px=size, resize_px=size + 8, batch_size=4)
    exported = exporting.export(run, tmp_path / "model.onnx")
    assert exported.largest_difference < 1e-4
    session = onnxruntime.InferenceSession(tmp_path / "model.onnx", providers=["CPUExecutionProvider"])
    model = load_trained(run).classifier
    for count in (1, 3, 7):
        image = np.random.default_rng(count).random((count, 3, size, size), dtype=np.float32)
        logits, probabilities = session.run(["logits", "probabilities"], {"image": image})
        with torch.inference_mode():
            expected = model(torch.from_numpy(image)).numpy()
        np.testing.assert_allclose(logits, expected, atol=1e-4)
        np.testing.assert_allclose(probabilities.sum(1), 1, atol=1e-5)


@pytest.mark.parametrize(
    ("backbone", "size", "places"),
    [
        ("test_resnet", 64, (2, 2)),
        ("tf_efficientnet_lite0", 96, (3, 3)),
        ("test_resnet", 32, None),  # a map of one place says nothing
        ("test_convnext", 64, None),  # a norm stands between the mean and the head
        ("test_vit", 64, None),
    ],
)
def test_class_activation_maps_are_what_the_head_sums_up(
    data: Path, tmp_path: Path, backbone: str, size: int, places: tuple[int, int] | None
) -> None:
    run = trained_run(data, tmp_path / "run", backbone=backbone, crop_px=size, resize_px=size, batch_size=4)
    exported = exporting.export(run, tmp_path / "model.onnx")
    session = onnxruntime.InferenceSession(tmp_path / "model.onnx", providers=["CPUExecutionProvider"])
    said = "simreal_activation" in session.get_modelmeta().custom_metadata_map
    assert exported.has_activation == said == (places is not None)
    assert ("activation" in [output.name for output in session.get_outputs()]) == said
    if places is None:
        return
    image = np.random.default_rng(0).random((3, 3, size, size), dtype=np.float32)
    logits, activation = session.run(["logits", "activation"], {"image": image})
    assert activation.shape == (3, len(SHAPES), *places)
    bias = load_trained(run).classifier.head.bias.detach().numpy()
    np.testing.assert_allclose(activation.mean((2, 3)) + bias, logits, atol=1e-4)


def test_maps_of_a_network_that_keeps_channels_last_are_turned(data: Path) -> None:
    from simreal.training.activation import with_activation
    from simreal.training.backbones import Classifier, Normalisation, create_backbone

    backbone = create_backbone("swin_s3_tiny_224", 224)
    classifier = Classifier(backbone, 768, 5, Normalisation((0.5, 0.5, 0.5), (0.2, 0.2, 0.2))).eval()
    explained = with_activation(classifier, 224)
    assert explained is not None and explained.channels_last
    with torch.inference_mode():
        logits, _, activation = explained(torch.rand(1, 3, 224, 224))
    assert activation.shape == (1, 5, 7, 7)
    torch.testing.assert_close(activation.mean((2, 3)) + classifier.head.bias, logits, atol=1e-4, rtol=1e-4)


@pytest.mark.slow
def test_onnx_and_torch_agree_on_photos(data: Path, kit: Path, tmp_path: Path) -> None:
    """The default model, its ImageNet weights, all of the kit's photos."""
    options = {"backbone": "efficientnet_lite0", "weights": "imagenet", "head_only": True, "views": 1, "iterations": 0}
    run = trained_run(data, tmp_path / "run", crop_px=224, resize_px=256, **options)
    exporting.export(run, tmp_path / "model.onnx")
    session = onnxruntime.InferenceSession(tmp_path / "model.onnx", providers=["CPUExecutionProvider"])
    model = load_trained(run).classifier
    for folder in sorted((kit / "photos").iterdir()):
        for file in sorted(folder.iterdir())[::3]:
            pixels = resize_and_crop(load_rgb(file), 256, 224).transpose(2, 0, 1)[None].astype(np.float32) / 255
            with torch.inference_mode():
                expected = model(torch.from_numpy(pixels)).numpy()
            np.testing.assert_allclose(session.run(["logits"], {"image": pixels})[0], expected, rtol=1e-5, atol=1e-4)


def test_images_can_be_checked_too(run: Path, data: Path, tmp_path: Path) -> None:
    images = exporting.check_images(run, data, most=4)
    assert images.shape == (4, 3, 32, 32) and images.min() >= 0 and images.max() <= 1
    assert exporting.export(run, tmp_path / "model.onnx", images).images_compared == 12


def test_a_difference_is_fatal_and_nothing_is_written(run: Path, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(exporting, "TOLERANCE", 0.0)
    monkeypatch.setattr(exporting, "_compare", lambda *arguments: 0.5)
    with pytest.raises(RunError, match=r"differs from torch by 5\.0e-01"):
        exporting.export(run, tmp_path / "model.onnx")
    assert not (tmp_path / "model.onnx").exists()


def test_scoring_reads_it(run: Path, data: Path, tmp_path: Path) -> None:
    """The same file, through the door photos take: predictions as in training's own evaluation."""
    from simreal.scoring.model import load_classifier

    exporting.export(run, tmp_path / "model.onnx")
    scorer = load_classifier(tmp_path / "model.onnx")
    assert scorer.classes == SHAPES
    file = next((data / "train" / "disc").iterdir())
    pixels = resize_and_crop(load_rgb(file), scorer.resize_px, scorer.crop_px)
    with torch.inference_mode():
        image = torch.from_numpy(pixels).permute(2, 0, 1)[None].float() / 255
        expected = load_trained(run).classifier(image).softmax(1).numpy()
    np.testing.assert_allclose(scorer.probabilities(pixels[None]), expected, atol=1e-5)


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["{tmp}/nowhere"], "no such run folder"),
        (["{run}", "--out", "{tmp}"], "is a folder"),
        (["{run}", "--out", "/dev/null/model.onnx"], "cannot write"),
        (["{run}", "--check", "{tmp}/nowhere"], "no such folder"),
    ],
)
def test_unusable_input_is_one_line(
    run: Path, tmp_path: Path, arguments: list[str], problem: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["export", *(text.format(run=run, tmp=tmp_path) for text in arguments)]) == 2
    lines = capsys.readouterr().err.strip().splitlines()
    assert len(lines) == 1 and problem in lines[0]
    assert not list(tmp_path.iterdir())
