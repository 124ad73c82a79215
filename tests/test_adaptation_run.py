"""A run that adapts: a whole run folder, resumed bit for bit, blind to the target's labels, exported like any other."""

import csv
import json
import shutil
import signal
from pathlib import Path

import attrs
import numpy as np
import pytest
import torch
from PIL import Image

from simreal.commands import main
from simreal.datasets.messages import Message, Progress
from simreal.design.errors import DataSetError, RunError
from simreal.training.adaptation.adapting import adapt
from simreal.training.adaptation.config import METHOD_NAMES, Adaptation
from simreal.training.adaptation.feeds import Order
from simreal.training.adaptation.log import AdaptationRow
from simreal.training.adaptation.selection import best_epochs
from simreal.training.adaptation.target import UNKNOWN, read_target
from simreal.training.config import RunConfig
from simreal.training.export import export
from simreal.training.run_folder import load_torch
from simreal.training.trained import load_trained

from .shapes import SHAPES, plain_folders, rendered

torch.set_num_threads(1)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return rendered(tmp_path_factory.mktemp("shapes") / "source", {"train": 16, "test_iid": 4})


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Shapes in inverted colours, in class folders; file names are the same in all of them."""
    root = plain_folders(tmp_path_factory.mktemp("shapes") / "target", {"": 10})
    for file in root.rglob("*.png"):
        pixels = np.asarray(Image.open(file))
        Image.fromarray(255 - pixels).save(file)
    return root


def config(source: Path, target: Path, **changes: object) -> RunConfig:
    own = {field.name for field in attrs.fields(Adaptation)}
    adaptation = {"method": "mcc", "bottleneck": 16} | {k: v for k, v in changes.items() if k in own}
    values = {"backbone": "test_resnet", "weights": "none", "crop_px": 32, "resize_px": 36, "epochs": 3, "lr": 0.01}
    values |= {"batch_size": 12, "optimizer": "sgd", "schedule": "inverse", "threads": 1, "augmentation": "weak"}
    values |= {k: v for k, v in changes.items() if k not in own}
    return RunConfig(data=str(source), adaptation=Adaptation(target=str(target), **adaptation), **values)


def silent(message: Message) -> None: ...


def state(run: Path) -> dict[str, torch.Tensor]:
    return load_torch(run / "model.pt", "model")["state_dict"]


def same(first: Path, second: Path) -> bool:
    a, b = state(first), state(second)
    return a.keys() == b.keys() and all(torch.equal(a[key], b[key]) for key in a)


def log(run: Path) -> list[dict[str, str]]:
    return [{k: v for k, v in row.items() if k != "images_per_s"} for row in csv.DictReader((run / "log.csv").open())]


def test_it_leaves_a_run_that_is_evaluated_exported_and_scored(
    source: Path, target: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = tmp_path / "run"
    options = ["--from-scratch", "--backbone", "test_resnet", "--image-size", "64", "--workers", "0", "--threads", "1"]
    options += ["--epochs", "2", "--batch-size", "12", "--test-share", "0.5", "--method", "dann", "--bottleneck", "16"]
    assert main(["adapt", str(source), str(target), "--out", str(run), *options]) == 0
    told = capsys.readouterr().out
    assert "images never adapted to" in told and "oracle" in told and "(15 images)" in told
    assert {path.name for path in run.iterdir()} == {
        "config.json", "run.json", "log.csv", "curves.png", "checkpoint.pt", "model.pt", "results.json",
    }  # fmt: skip
    results = json.loads((run / "results.json").read_text())
    assert results["validation"]["n"] == 12 and results["target"]["n"] == 15
    adaptation = results["adaptation"]
    assert set(adaptation["epochs"]) == {"last", "snd", "im", "oracle"}
    assert adaptation["epochs"]["last"]["test_top1"] == pytest.approx(results["target"]["top1"])
    assert adaptation["epochs"]["oracle"]["test_top1"] >= adaptation["epochs"]["last"]["test_top1"]
    assert len(adaptation["adapted_to"]) == len(adaptation["never_adapted_to"]) == 15
    assert len({*adaptation["adapted_to"], *adaptation["never_adapted_to"]}) == 30
    rows = log(run)
    assert [row["epoch"] for row in rows] == ["1", "2"] and "domain=" in rows[0]["terms"]
    assert json.loads((run / "run.json").read_text())["state"] == "finished"

    assert main(["evaluate", str(run), str(target), "--threads", "1"]) == 0
    assert main(["export", str(run)]) == 0
    assert main(["score", str(run / "model.onnx"), str(target), "--out", str(tmp_path / "scores")]) == 0
    assert (tmp_path / "scores").is_dir()


def test_maps_through_a_bottleneck_are_what_the_logits_are_made_of(source: Path, target: Path, tmp_path: Path) -> None:
    import onnxruntime

    run = tmp_path / "run"
    adapt(config(source, target, crop_px=64, resize_px=64, epochs=1), run, silent)
    assert export(run, tmp_path / "model.onnx").has_activation
    image = np.random.default_rng(0).random((3, 3, 64, 64), dtype=np.float32)
    session = onnxruntime.InferenceSession(tmp_path / "model.onnx", providers=["CPUExecutionProvider"])
    logits, activation = session.run(["logits", "activation"], {"image": image})
    model = load_trained(run).classifier
    with torch.inference_mode():
        on = model.features(torch.from_numpy(image)) > 0
        norm = model.bottleneck.norm
        constant = norm(model.bottleneck.linear.bias[None]) * on  # what is left where no place says anything
        expected = logits - model.head(constant).numpy()
    np.testing.assert_allclose(activation.mean((2, 3)), expected, atol=1e-4)


@pytest.mark.parametrize("method", METHOD_NAMES)
def test_resumed_is_uninterrupted(source: Path, target: Path, tmp_path: Path, method: str, monkeypatch) -> None:
    """Weights and log: the same bits, stopped in mid-epoch or while it is measured, in every stage."""
    options = config(source, target, method=method, select="im", head_only=True, weights="none", views=2)
    stages = 2 if method == "shot" else 1
    adapt(options, tmp_path / "whole", silent)
    for stop_at in (12 * 5, 12 * 12 * stages - 12):  # images: after 5 steps, and a step before the end

        def interrupt(message: Message, stop_at: int = stop_at) -> None:
            if isinstance(message, Progress) and message.stage in ("adapt", "source") and message.done == stop_at:
                signal.raise_signal(signal.SIGINT)

        with pytest.raises(KeyboardInterrupt):
            adapt(options, tmp_path / "parts", interrupt, go_on=True)
        assert json.loads((tmp_path / "parts" / "run.json").read_text())["state"] == "interrupted"
        torch.manual_seed(12345)  # a new process has other random numbers
    adapt(options, tmp_path / "parts", silent, resume=True)
    assert same(tmp_path / "whole", tmp_path / "parts")
    assert log(tmp_path / "whole") == log(tmp_path / "parts") and len(log(tmp_path / "parts")) == 3 * stages


def test_resumed_is_uninterrupted_with_all_weights(source: Path, target: Path, tmp_path: Path, monkeypatch) -> None:
    """The head first, then every weight, with dropout in the discriminator; interrupted while it is measured."""
    options = config(source, target, method="cdan_mcc", head_first=True, epochs=2, views=2, select="snd")
    adapt(options, tmp_path / "whole", silent)
    rows = log(tmp_path / "whole")
    assert [row["stage"] for row in rows] == ["head", "head", "adapt", "adapt"]
    from simreal.training.adaptation.loop import AdaptationLoop

    see, calls = AdaptationLoop._see, []

    def interrupted(*arguments: object) -> object:
        calls.append(arguments)
        if len(calls) == 3:
            signal.raise_signal(signal.SIGINT)
        return see(*arguments)

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(AdaptationLoop, "_see", interrupted)
        adapt(options, tmp_path / "parts", silent)
    assert len(calls) == 3 and len(log(tmp_path / "parts")) == 2
    adapt(options, tmp_path / "parts", silent, resume=True)
    assert same(tmp_path / "whole", tmp_path / "parts") and log(tmp_path / "parts") == rows


def test_the_head_first_leaves_the_backbone(source: Path, target: Path, tmp_path: Path) -> None:
    options = config(source, target, method="none", head_only=True, views=1)
    adapt(options, tmp_path / "run", silent)
    from simreal.training.backbones import build_classifier

    before, after = build_classifier(options, 3).state_dict(), state(tmp_path / "run")
    changed = {key for key in after if not torch.equal(before[key], after[key])}
    assert changed == {key for key in after if key.startswith(("bottleneck", "head"))}


@pytest.mark.parametrize("full", [False, True], ids=["head only", "all weights"])
@pytest.mark.parametrize("method", ["cdan_mcc", "srdc", "shot"])
def test_labels_of_the_target_change_not_one_bit(
    source: Path, target: Path, tmp_path: Path, method: str, full: bool
) -> None:
    """Photos are moved between the class folders: what is learned stays, what is measured does not."""
    shuffled = tmp_path / "shuffled"
    files = sorted(target.rglob("*.png"))
    folders = np.random.default_rng(0).permutation([file.parent.name for file in files])
    for file, folder in zip(files, folders, strict=True):
        new = shuffled / str(folder) / file.name
        while new.exists():  # names are alike in all folders: another folder that has none of that name yet
            new = shuffled / SHAPES[(SHAPES.index(new.parent.name) + 1) % 3] / file.name
        new.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(file, new)
    for name, folder in (("true", target), ("false", shuffled)):
        options = config(source, folder, method=method, head_only=not full, views=2, epochs=2, select="im")
        adapt(options, tmp_path / name, silent)
    assert same(tmp_path / "true", tmp_path / "false")
    truths = [
        read_target(Adaptation(target=str(folder), method="mcc"), SHAPES, silent) for folder in (target, shuffled)
    ]
    assert not np.array_equal(truths[0].adapt.truth, truths[1].adapt.truth), "the labels were shuffled indeed"


def test_no_label_of_the_target_is_where_training_could_read_it(source: Path, target: Path) -> None:
    adaptation = Adaptation(target=str(target), method="mcc", test_share=0.5)
    found = read_target(adaptation, SHAPES, silent)
    for part in (found.adapt, found.test):
        assert part is not None and len(part) == 15
        assert not part.samples.labels.any()
        truth = [name.split("/")[0] for name in part.samples.names]
        assert [SHAPES[label] for label in part.truth] == truth
        assert sorted(truth) == sorted([*SHAPES] * 5), "the same share of every folder"


def test_a_larger_test_part_holds_the_smaller(target: Path) -> None:
    def names(share: float) -> set[str]:
        test = read_target(Adaptation(target=str(target), method="mcc", test_share=share), SHAPES, silent).test
        return set(test.samples.names) if test else set()

    assert names(0.0) == set()
    assert names(0.2) < names(0.5) < names(0.9)
    assert names(0.5) == names(0.5)


def test_a_folder_of_images_without_classes(source: Path, target: Path, tmp_path: Path) -> None:
    flat = tmp_path / "flat"
    flat.mkdir()
    for file in target.rglob("*.png"):
        shutil.copy2(file, flat / f"{file.parent.name}-{file.name}")
    run = tmp_path / "run"
    adapt(config(source, flat, epochs=2, head_only=True, views=1, select="snd", test_share=0.3), run, silent)
    results = json.loads((run / "results.json").read_text())
    assert "target" not in results and "oracle" not in results["adaptation"]["epochs"]
    assert len(results["adaptation"]["never_adapted_to"]) == 9
    assert {row["adapt_top1"] for row in log(run)} == {""}


def test_folders_the_source_does_not_know_are_adapted_to_but_not_measured(source: Path, target: Path) -> None:
    told: list[Message] = []
    adaptation = Adaptation(target=str(target), method="mcc", aliases={"cross": "plus", "disc": "circle"})
    found = read_target(adaptation, ("circle", "square"), told.append)
    assert len(found.adapt) == 30 and len(found.adapt.known) == 20
    assert set(found.adapt.truth) == {0, 1, UNKNOWN}
    assert "adapted to, but not measured" in told[0].text and "cross" in told[0].text


def test_an_epoch_goes_through_the_source_once_and_the_target_as_often_as_it_takes() -> None:
    order = Order(source_images=50, target_images=7, batch_size=16, epochs=2, seed=0)
    assert (order.steps_per_epoch, order.steps) == (3, 6)
    draws = list(order.draws(0, 6))
    assert len({i for draw in draws[:3] for i in draw.source}) == 48
    assert draws[0].source != draws[3].source
    places = [pair for draw in draws for pair in draw.target]
    assert len(places) == 6 * 7 and [turn for turn, _ in places] == [turn for turn in range(6) for _ in range(7)]
    assert all({i for turn, i in places if turn == number} == set(range(7)) for number in range(6))
    assert list(order.draws(2, 5)) == draws[2:5], "wherever it begins"
    large = list(Order(50, 40, 16, 2, 0).draws(0, 5))
    assert len({pair for draw in large for pair in draw.target}) == 80, "two whole passes"


def test_no_criterion_but_the_oracle_sees_a_label() -> None:
    def row(epoch: int, snd: float, im: float, top1: float | None, stage: str = "adapt") -> AdaptationRow:
        told = {"step": epoch, "lr": 0.1, "loss": 1.0, "terms": "", "images_per_s": 1.0}
        return AdaptationRow(stage=stage, epoch=epoch, snd=snd, im=im, adapt_top1=top1, **told)

    rows = [row(1, 9.0, 9.0, 1.0, "head"), row(1, 2.0, 1.0, 0.5), row(2, 3.0, 1.5, 0.6), row(3, 1.0, 1.6, 0.9)]
    rows += [row(4, 0.5, 1.2, 0.7)]
    picked = {name: (each.stage, each.epoch) for name, each in best_epochs(rows).items()}
    assert picked == {"last": ("adapt", 4), "snd": ("adapt", 2), "im": ("adapt", 3), "oracle": ("adapt", 3)}
    unknown = [attrs.evolve(each, adapt_top1=None) for each in rows]
    assert {n: each.epoch for n, each in best_epochs(unknown).items()} == {"last": 4, "snd": 2, "im": 3}


@pytest.mark.parametrize("select", ["last", "snd", "im"])
def test_the_epoch_that_is_picked_is_the_one_that_is_kept(
    source: Path, target: Path, tmp_path: Path, select: str
) -> None:
    run = tmp_path / "run"
    adapt(config(source, target, select=select, head_only=True, views=1, epochs=6, lr=0.05), run, silent)
    results = json.loads((run / "results.json").read_text())
    row = results["adaptation"]["epochs"][select]
    assert results["target"]["top1"] == pytest.approx(row["adapt_top1"])
    values = [float(each[select]) for each in log(run)] if select != "last" else [0.0]
    assert select == "last" or row[select] == pytest.approx(max(values), rel=1e-5)


REFUSED = {
    "unknown method": (["--method", "magic"], "invalid choice"),
    "a share of all": (["--test-share", "1"], "--test-share must be in"),
    "no bottleneck": (["--head-only", "--bottleneck", "0", "--backbone", "efficientnet_lite0"], "needs a bottleneck"),
    "the backbone's rate": (["--head-only", "--backbone-lr", "0.1"], "--backbone-lr has no meaning with --head-only"),
    "a random head first": (["--from-scratch", "--head-first"], "--head-first needs a backbone with weights"),
    "views of all weights": (["--full", "--views", "2"], "--views has no meaning"),
    "an alias": (["--alias", "sofa"], "--alias needs FOLDER=CLASS"),
    "a split": (["--target-split", "nothing"], "no split 'nothing'"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_is_said_in_one_line(
    name: str, source: Path, target: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options, problem = REFUSED[name]
    command = ["adapt", str(source), str(target), "--out", str(tmp_path / "run"), *options]
    if name == "unknown method":
        with pytest.raises(SystemExit) as stopped:
            main(command)
        assert stopped.value.code == 2
    else:
        assert main(command) == 2
    said = capsys.readouterr().err.strip()
    assert problem in said
    assert name == "unknown method" or len(said.splitlines()) == 1
    assert not (tmp_path / "run").exists()


def test_a_target_that_is_not_there(source: Path, target: Path, tmp_path: Path) -> None:
    with pytest.raises(DataSetError, match="nowhere"):
        adapt(config(source, tmp_path / "nowhere"), tmp_path / "run", silent)
    with pytest.raises(DataSetError, match="1 images to adapt to"):
        (tmp_path / "one").mkdir()
        shutil.copy2(next(target.rglob("*.png")), tmp_path / "one")
        adapt(config(source, tmp_path / "one"), tmp_path / "run", silent)
    assert not (tmp_path / "run").exists()


def test_another_run_is_neither_resumed_nor_overwritten(
    source: Path, target: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = tmp_path / "run"
    adapt(config(source, target, epochs=1, head_only=True, views=1), run, silent)
    with pytest.raises(RunError, match="--overwrite replaces it"):
        adapt(config(source, target, epochs=1), run, silent)
    with pytest.raises(RunError, match="--method dann instead of mcc"):
        adapt(config(source, target, method="dann", epochs=1, head_only=True, views=1), run, silent, resume=True)
    before = (run / "model.pt").stat().st_mtime_ns
    assert main(["adapt", str(source), str(target), "--out", str(run), "--resume", "--method", "dann"]) == 2
    assert "--method dann instead of mcc" in capsys.readouterr().err
    assert (run / "model.pt").stat().st_mtime_ns == before


def test_a_loss_that_explodes_says_what_to_do(source: Path, target: Path, tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"is (nan|inf) at step \d+; lower --lr"):
        adapt(config(source, target, lr=1e30, head_only=True, views=1, method="none"), tmp_path / "run", silent)
    assert json.loads((tmp_path / "run" / "run.json").read_text())["state"] == "failed"
