"""Learning curves: accuracy on several sets over the iterations, without any effect on what is learned."""

import csv
from pathlib import Path

import pytest
import torch
from PIL import Image

from simreal.commands import main
from simreal.datasets.messages import Message, Progress
from simreal.datasets.reading import open_data_set
from simreal.design.document import save
from simreal.design.errors import DataSetError, DesignError, RunError
from simreal.training.backbones import create_backbone
from simreal.training.config import RunConfig
from simreal.training.loading import batches, read_samples
from simreal.training.run_folder import load_torch
from simreal.training.split_reference import SplitReference
from simreal.training.trainer import train
from simreal.training.transforms import CentreCrop

from .shapes import SHAPES, plain_folders, rendered
from .test_streaming import Shapes, a_design

torch.set_num_threads(1)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return rendered(tmp_path_factory.mktemp("shapes") / "data", {"train": 16, "test_iid": 4, "test_iid_wo_bg": 4})


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return plain_folders(tmp_path_factory.mktemp("real") / "photos", {"": 3}, ("cross", "disc"))


def config(data: Path, *measured: str, **changes: object) -> RunConfig:
    values = {"backbone": "test_resnet", "weights": "none", "crop_px": 32, "resize_px": 36, "epochs": 2, "lr": 0.05}
    values |= {"batch_size": 8, "threads": 1, "measure": measured, **changes}
    return RunConfig(data=str(data), **values)


def silent(message: Message) -> None: ...


def measures(run: Path) -> list[dict[str, str]]:
    return list(csv.DictReader((run / "measures.csv").open()))


def weights(run: Path) -> dict[str, torch.Tensor]:
    return load_torch(run / "model.pt", "model")["state_dict"]


def same(first: Path, second: Path) -> bool:
    one, other = weights(first), weights(second)
    return all(torch.equal(one[key], other[key]) for key in one)


def test_curves_of_several_sets(data: Path, photos: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    options = ["--backbone", "test_resnet", "--from-scratch", "--image-size", "32", "--epochs", "2", "--workers", "0"]
    asked = ["--measure", str(data), "--measure", str(photos), "--measure-every", "4"]
    assert main(["train", str(data), "--out", str(run), *options, "--batch-size", "8", *asked]) == 0
    rows = measures(run)
    assert [row["name"] for row in rows[:3]] == ["test_iid", "test_iid_wo_bg", "photos"]
    assert [int(row["step"]) for row in rows[::3]] == [4, 8, 12]
    assert all(int(row["images"]) == 8 * int(row["step"]) for row in rows)
    assert {row["name"]: int(row["n"]) for row in rows} == {"test_iid": 12, "test_iid_wo_bg": 12, "photos": 6}
    assert main(["evaluate", str(run), str(photos)]) == 0
    told = list(csv.DictReader((run / "evaluate" / "photos" / "predictions.csv").open()))
    right = sum(int(row["correct"]) for row in told)
    assert float(rows[-1]["top1"]) == pytest.approx(right / 6, abs=1e-6), "the last point is what evaluation says"
    with Image.open(run / "curves.png") as curves:
        assert curves.width > 1800, "a fourth picture beside loss, accuracy and learning rate"


def test_measuring_changes_nothing(data: Path, photos: Path, tmp_path: Path) -> None:
    train(config(data), tmp_path / "without", silent)
    train(config(data, ":test_iid", str(photos), measure_every=5), tmp_path / "with", silent)
    assert same(tmp_path / "without", tmp_path / "with")
    assert [int(row["step"]) for row in measures(tmp_path / "with")[::2]] == [5, 10, 12]


def test_loading_leaves_torch_random_numbers_alone(data: Path) -> None:
    """Dropout draws from the generator that a loader would otherwise take its seed from."""
    samples = read_samples(open_data_set(data), "test_iid")
    torch.manual_seed(1)
    before = torch.get_rng_state()
    list(batches(samples, range(4), 2, CentreCrop(36, 32)))
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("stop_at", ["in mid-epoch", "while it is measured"])
def test_resumed_is_uninterrupted(data: Path, photos: Path, tmp_path: Path, stop_at: str, monkeypatch) -> None:
    options = config(data, ":test_iid", str(photos), measure_every=4)
    train(options, tmp_path / "whole", silent)
    monkeypatch.setattr("simreal.training.sources.CHECKPOINT_STEPS", 3)
    measured: list[int] = []

    def interrupt(message: Message) -> None:
        if isinstance(message, Progress) and message.done == 8 * 7 and stop_at == "in mid-epoch":
            raise KeyboardInterrupt

    def interrupted_once(*arguments: object, **named: object) -> object:
        measured.append(1)
        if len(measured) == 4:  # the second set of the second point
            raise KeyboardInterrupt
        return evaluate(*arguments, **named)

    from simreal.training.evaluation import evaluate

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        if stop_at == "while it is measured":
            patched.setattr("simreal.training.loop.evaluate", interrupted_once)
        train(options, tmp_path / "parts", interrupt)
    train(options, tmp_path / "parts", silent, resume=True)
    assert (tmp_path / "whole" / "measures.csv").read_bytes() == (tmp_path / "parts" / "measures.csv").read_bytes()
    assert same(tmp_path / "whole", tmp_path / "parts")


def test_of_a_stream(photos: Path, tmp_path: Path) -> None:
    """The splits of the design are named by the design's file, or by nothing."""
    design = a_design()
    file = tmp_path / "shapes.simreal.json"
    save(design, file)
    asked = {"stream": True, "batch_size": 16, "iterations": 6, "measure_every": 2}
    for name, sets in (("with", (":test_iid", str(photos))), ("without", ())):
        supply = Shapes(design, tmp_path / name / "stream")
        train(config(file, *sets, **asked), tmp_path / name, silent, supply=supply)
    rows = measures(tmp_path / "with")
    assert [(int(row["step"]), row["name"]) for row in rows[-2:]] == [(6, "test_iid"), (6, "photos")]
    assert len(rows) == 6
    assert same(tmp_path / "with", tmp_path / "without"), "no image is left out or seen twice for it"
    supply = Shapes(design, tmp_path / "wrong" / "stream")
    with pytest.raises(DesignError, match="no split 'test'"):
        train(config(file, f"{file}:test", **asked), tmp_path / "wrong", silent, supply=supply)


def test_what_cannot_be_measured_is_told_before_training(data: Path, photos: Path, tmp_path: Path, capsys) -> None:
    run = tmp_path / "run"
    other = plain_folders(tmp_path / "other", {"": 1}, SHAPES[:1])
    (other / "disc").rename(other / "sphere")
    with pytest.raises(DataSetError, match="no class of the model"):
        train(config(data, str(other)), run, silent)
    with pytest.raises(DataSetError, match="no split 'val'"):
        train(config(data, ":val"), run, silent)
    with pytest.raises(RunError, match="called test_iid is measured already"):
        train(config(data, ":test_iid", f"{data}:test_iid"), run, silent)
    for more, told in ((("--measure", data, "--head-only"), "no meaning in head-only"), ((), "without --measure")):
        arguments = ("train", data, "--out", run, "--measure-every", "5", *more)
        assert main([str(each) for each in arguments]) == 2
        assert told in capsys.readouterr().err
    assert not run.exists()


def test_references_to_splits(tmp_path: Path) -> None:
    odd = tmp_path / "a:b"
    odd.mkdir()
    assert SplitReference.parse(str(odd)) == SplitReference(odd, None)
    assert SplitReference.parse(f"{odd}:test") == SplitReference(odd, "test")
    assert SplitReference.parse(":test") == SplitReference(None, "test")
    assert SplitReference.parse("photos") == SplitReference(Path("photos"), None)


@pytest.mark.parametrize(
    ("name", "parameters", "as_the_paper_counts"),
    [
        ("resnet50", 23_528_522, 23.53),
        ("vit_base_patch16_224", 85_806_346, 85.78),
        ("mixer_b16_224", 59_119_162, 59.12),
    ],
)
def test_backbones_have_the_papers_parameters(name: str, parameters: int, as_the_paper_counts: float) -> None:
    """Tang and Jia, Sec. 4: in millions, with a head of ten classes; of the ViT without the biases of its queries, keys
    and values, which timm's has."""
    with torch.device("meta"):
        backbone = create_backbone(name, 224)
    head = 10 * (backbone.num_features + 1)
    count = sum(each.numel() for each in backbone.parameters()) + head
    assert count == parameters
    biases = sum(each.numel() for key, each in backbone.named_parameters() if key.endswith("qkv.bias"))
    assert round((count - biases) / 1e6, 2) == as_the_paper_counts
