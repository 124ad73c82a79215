"""A training run: it learns, leaves a whole run folder, resumes bit for bit, and refuses what it cannot do."""

import csv
import json
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch
from PIL import Image

from simreal.commands import main
from simreal.datasets.messages import Log, Message, Progress
from simreal.design.errors import AssetError, RunError
from simreal.training.config import RunConfig
from simreal.training.run_folder import load_torch, open_for_training, write_bytes
from simreal.training.schedules import lr_factor
from simreal.training.trained import load_trained
from simreal.training.trainer import train

from .shapes import SHAPES, plain_folders, rendered

torch.set_num_threads(1)
FULL = ["--backbone", "test_resnet", "--from-scratch", "--image-size", "32", "--workers", "0", "--threads", "1"]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return rendered(tmp_path_factory.mktemp("shapes") / "data", {"train": 40, "test_iid": 10})


def config(data: Path, **changes: object) -> RunConfig:
    values = {"backbone": "test_resnet", "weights": "none", "crop_px": 32, "resize_px": 36, "epochs": 3, "lr": 0.05}
    values |= {"batch_size": 16, "validation_split": "test_iid", "threads": 1, **changes}
    return RunConfig(data=str(data), **values)


def silent(message: Message) -> None: ...


def test_from_scratch_learns_shapes(data: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    status = main(
        ["train", str(data), "--out", str(run), *FULL, "--epochs", "12", "--augmentation", "weak", "--lr", "0.01"]
    )
    assert status == 0
    results = json.loads((run / "results.json").read_text())
    assert results["validation"]["split"] == "test_iid"
    assert results["validation"]["top1"] > 0.6  # chance is a third
    state = json.loads((run / "run.json").read_text())
    assert state["state"] == "finished"
    assert state["classes"] == list(SHAPES)
    assert state["design_hash"] == load_trained(run).design_hash != ""
    assert {"torch", "timm", "python"} <= state["versions"].keys()
    rows = list(csv.DictReader((run / "log.csv").open()))
    assert [int(row["epoch"]) for row in rows] == list(range(1, 13))
    assert float(rows[-1]["train_loss"]) < float(rows[0]["train_loss"])
    assert float(rows[-1]["val_top1"]) == pytest.approx(results["validation"]["top1"], abs=1e-5)
    with Image.open(run / "curves.png") as curves:
        assert curves.width > 800
    assert {path.name for path in run.iterdir()} == {
        "config.json", "run.json", "log.csv", "curves.png", "checkpoint.pt", "model.pt", "results.json",
    }  # fmt: skip


class Stop(Exception):
    pass


@pytest.mark.parametrize("stop_at_image", [16 * 8, 16 * 11], ids=["after an epoch", "in mid-epoch"])
@pytest.mark.parametrize("optimizer", ["sgd", "adamw"])
def test_resumed_is_uninterrupted(data: Path, tmp_path: Path, optimizer: str, stop_at_image: int, monkeypatch) -> None:
    """Weights, log and batch norm statistics: the same bits, wherever the run was stopped."""
    monkeypatch.setattr("simreal.training.sources.CHECKPOINT_STEPS", 5)
    options = config(
        data, optimizer=optimizer, augmentation="strong", validation_split=None, backbone="test_efficientnet"
    )
    train(options, tmp_path / "whole", silent)

    def interrupt(message: Message) -> None:
        if isinstance(message, Progress) and message.stage == "train" and message.done == stop_at_image:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(options, tmp_path / "parts", interrupt)
    assert json.loads((tmp_path / "parts" / "run.json").read_text())["state"] == "interrupted"
    with pytest.raises(RunError, match="has not finished"):
        load_trained(tmp_path / "parts")
    torch.manual_seed(12345)  # a new process has other random numbers
    train(options, tmp_path / "parts", silent, resume=True)
    whole, parts = (load_torch(tmp_path / name / "model.pt", "model")["state_dict"] for name in ("whole", "parts"))
    assert all(torch.equal(whole[key], parts[key]) for key in whole)
    logs = [
        [
            {k: v for k, v in row.items() if k != "images_per_s"}
            for row in csv.DictReader((tmp_path / n / "log.csv").open())
        ]
        for n in ("whole", "parts")
    ]
    assert logs[0] == logs[1] and len(logs[0]) == 3


def test_iterations_end_in_mid_epoch(data: Path, tmp_path: Path) -> None:
    results = train(config(data, iterations=9), tmp_path / "run", silent)
    assert results["steps"] == 9
    rows = list(csv.DictReader((tmp_path / "run" / "log.csv").open()))
    assert [int(row["step"]) for row in rows] == [7, 9]


def test_control_c_keeps_the_last_checkpoint(data: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    command = [sys.executable, "-c", "from simreal.commands import main; raise SystemExit(main())"]
    options = [*FULL, "--epochs", "500", "--workers", "1"]
    process = subprocess.Popen(
        [*command, "train", str(data), "--out", str(run), *options],
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    deadline = time.monotonic() + 120
    while not (run / "checkpoint.pt").exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to the loader processes too
    stderr = process.communicate(timeout=60)[1]
    assert process.returncode == 130
    assert stderr.strip().endswith("simreal: interrupted; what is finished is kept")
    assert "Traceback" not in stderr
    assert json.loads((run / "run.json").read_text())["state"] == "interrupted"
    assert load_torch(run / "checkpoint.pt", "checkpoint")["step"] > 0


@pytest.mark.parametrize("when", ["in an epoch", "while it is measured"])
def test_control_c_loses_nothing_that_was_learned(data: Path, tmp_path: Path, when: str, monkeypatch) -> None:
    """The step in hand is finished and kept; the finished run is the same to the bit as one left alone."""
    options = config(data, epochs=2)
    train(options, tmp_path / "whole", silent)
    step_asked = 3 if when == "in an epoch" else 7

    def ask(message: Message) -> None:
        if when == "in an epoch" and isinstance(message, Progress) and message.done == 16 * step_asked:
            signal.raise_signal(signal.SIGINT)

    def interrupted(*_arguments: object, **_options: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        if when == "while it is measured":
            patched.setattr("simreal.training.loop.evaluate", interrupted)
        train(options, tmp_path / "parts", ask)
    assert load_torch(tmp_path / "parts" / "checkpoint.pt", "checkpoint")["step"] == step_asked
    train(options, tmp_path / "parts", silent, resume=True)
    whole, parts = (load_torch(tmp_path / name / "model.pt", "model")["state_dict"] for name in ("whole", "parts"))
    assert all(torch.equal(whole[key], parts[key]) for key in whole)
    logs = [list(csv.DictReader((tmp_path / name / "log.csv").open())) for name in ("whole", "parts")]
    assert [row["val_loss"] for row in logs[0]] == [row["val_loss"] for row in logs[1]] and len(logs[0]) == 2


def test_a_head_on_imagenet_features_in_the_default_mode(data: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    assert main(["train", str(data), "--out", str(run), "--views", "2", "--threads", "1", "--image-size", "64"]) == 0
    settings = json.loads((run / "config.json").read_text())
    assert (settings["backbone"], settings["weights"], settings["head_only"]) == (
        "efficientnet_lite0",
        "imagenet",
        True,
    )
    results = json.loads((run / "results.json").read_text())
    assert results["head"]["held_out"] == "3D models"
    assert results["validation"]["top1"] > 0.8
    assert (run / "curves.png").stat().st_size > 5000


def test_fine_tuning_from_another_run(data: Path, tmp_path: Path) -> None:
    train(config(data, epochs=1), tmp_path / "first", silent)
    source = str(tmp_path / "first" / "model.pt")
    train(config(data, weights="file", weights_file=source, head_only=True, views=1), tmp_path / "second", silent)
    first, second = (load_trained(tmp_path / name).classifier for name in ("first", "second"))
    assert all(torch.equal(a, b) for a, b in zip(first.backbone.buffers(), second.backbone.buffers(), strict=True))
    assert not torch.equal(first.head.weight, second.head.weight)


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        ("cosine", [1 / 3, 2 / 3, 1, 0.5, 0]),
        ("linear", [1 / 3, 2 / 3, 1, 0.5, 0]),
        ("constant", [1 / 3, 2 / 3, 1, 1, 1]),
    ],
)
def test_schedules(schedule: str, expected: list[float]) -> None:
    steps = (0, 1, 2, 51, 100)
    assert [lr_factor(schedule, step, 100, 2) for step in steps] == pytest.approx(expected, abs=1e-9)


def test_a_run_folder_is_not_overwritten_by_accident(data: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    train(config(data, iterations=2), run, silent)
    with pytest.raises(RunError, match=r"is finished; --overwrite replaces it"):
        train(config(data, iterations=2), run, silent)
    with pytest.raises(RunError, match=r"other options \(--lr 0\.01 instead of 0\.05\)"):
        train(config(data, iterations=2, lr=0.01), run, silent, resume=True)
    other = rendered(tmp_path / "other", {"train": 6, "test_iid": 2}, SHAPES[:2])
    with pytest.raises(RunError, match="of another data set"):
        train(config(other, iterations=2), run, silent, resume=True)
    (run / "notes.txt").write_text("mine")
    train(config(other, iterations=2), run, silent, overwrite=True)
    assert load_trained(run).classes == SHAPES[:2]
    assert (run / "notes.txt").read_text() == "mine"
    folder = tmp_path / "photos"
    folder.mkdir()
    (folder / "holiday.jpg").write_bytes(b"")
    with pytest.raises(RunError, match="not empty and not a run folder"):
        train(config(data), folder, silent, overwrite=True)
    with pytest.raises(RunError, match="no run to resume"):
        train(config(data), tmp_path / "nothing", silent, resume=True)
    assert not (tmp_path / "nothing").exists()


def test_continue_resumes_the_same_run_and_replaces_any_other(data: Path, tmp_path: Path, monkeypatch) -> None:
    run = tmp_path / "run"
    said: list[str] = []

    def hear(message: Message) -> None:
        if isinstance(message, Log):
            said.append(message.text)
        if isinstance(message, Progress) and message.done >= 16 * 11:
            raise Stop

    monkeypatch.setattr("simreal.training.sources.CHECKPOINT_STEPS", 5)
    with pytest.raises(Stop):
        train(config(data), run, hear)
    train(config(data), run, lambda m: said.append(m.text) if isinstance(m, Log) else None, go_on=True)
    assert any("resuming at step" in line for line in said)
    finished = json.loads((run / "run.json").read_text())
    assert finished["state"] == "finished"
    train(config(data, epochs=1, lr=0.02), run, silent, go_on=True)
    assert json.loads((run / "config.json").read_text())["lr"] == 0.02


def test_resume_remembers_the_options(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = tmp_path / "run"
    assert main(["train", str(data), "--out", str(run), *FULL, "--epochs", "1"]) == 0
    (run / "model.pt").unlink()
    assert main(["train", str(data), "--out", str(run), "--resume"]) == 0
    assert "resuming at step 1 of 1" in capsys.readouterr().err
    assert load_trained(run).backbone == "test_resnet"
    assert "--epochs 2 instead of 1" in refused(capsys, "train", data, "--out", run, "--resume", "--epochs", "2")


def test_damaged_checkpoint(data: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    train(config(data, iterations=8), run, silent)
    whole = (run / "checkpoint.pt").read_bytes()
    for damaged in (whole[: len(whole) // 2], b"", b"not a checkpoint"):
        (run / "checkpoint.pt").write_bytes(damaged)
        with pytest.raises(RunError, match=r"checkpoint\.pt: damaged checkpoint") as caught:
            train(config(data, iterations=8), run, silent, resume=True)
        assert "\n" not in str(caught.value)


def test_a_loss_that_explodes_says_what_to_do(data: Path, tmp_path: Path) -> None:
    with pytest.raises(RunError, match="lower --lr"):
        train(config(data, lr=1e20, optimizer="sgd", augmentation="none"), tmp_path / "run", silent)
    assert json.loads((tmp_path / "run" / "run.json").read_text())["state"] == "failed"


def refused(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    """The one line on stderr with which a command ends, its exit status being 2."""
    assert main([str(argument) for argument in arguments]) == 2
    lines = capsys.readouterr().err.strip().splitlines()
    assert len(lines) == 1, lines
    return lines[0]


def test_unusable_input_is_one_line_and_leaves_nothing(data: Path, tmp_path: Path, capsys) -> None:
    run = tmp_path / "run"
    out = ("--out", run)
    assert "no such folder" in refused(capsys, "train", tmp_path / "nowhere", *out)
    one = plain_folders(tmp_path / "one", {"train": 2}, ("disc",))
    assert "at least two" in refused(capsys, "train", one, *out)
    (tmp_path / "empty").mkdir()
    assert "no images in class folders" in refused(capsys, "train", tmp_path / "empty", *out)
    assert "did you mean" in refused(capsys, "train", data, *out, "--backbone", "resnet5")
    assert "no such weights file" in refused(
        capsys, "train", data, *out, "--backbone", "test_resnet", "--weights", tmp_path / "no.pth"
    )
    assert "--weights needs --backbone" in refused(capsys, "train", data, *out, "--weights", tmp_path / "no.pth")
    assert "no split 'val'" in refused(capsys, "train", data, *out, "--split", "val")
    assert "--lr must be more than 0" in refused(capsys, "train", data, *out, *FULL, "--lr", "-1")
    assert "--epochs must be more than 0" in refused(capsys, "train", data, *out, *FULL, "--epochs", "0")
    assert "--image-size (64)" in refused(capsys, "train", data, *out, "--image-size", "64", "--resize", "32")
    assert "--lr has no meaning in head-only" in refused(capsys, "train", data, *out, "--head-only", "--lr", "0.1")
    assert "--views has no meaning in full" in refused(capsys, "train", data, *out, *FULL, "--views", "3")
    assert "--head-only needs a backbone with weights" in refused(capsys, "train", data, *out, *FULL, "--head-only")
    assert "cannot be used here" in refused(capsys, "train", data, *out, "--device", "abacus")
    assert not run.exists()


def test_a_damaged_training_image_is_named(tmp_path: Path) -> None:
    data = plain_folders(tmp_path / "data", {"train": 6})
    (data / "train" / "disc" / "3.png").write_bytes(b"\x89PNG")
    with pytest.raises(AssetError, match=r"disc/3\.png"):
        train(config(data, validation_split=None), tmp_path / "run", silent)


def test_no_room_for_a_checkpoint(data: Path, tmp_path: Path) -> None:
    """A limit on file size stands in for a full disk: the write fails in the middle, as it would there."""
    code = (
        "import resource, signal\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
        "from simreal.commands import main\n"
        f"raise SystemExit(main({['train', str(data), '--out', str(tmp_path / 'run'), *FULL, '--epochs', '1']!r}))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 2, done.stderr
    assert "simreal: cannot write" in done.stderr and "checkpoint.pt: File too large" in done.stderr
    assert "Traceback" not in done.stderr
    assert {path.name for path in (tmp_path / "run").iterdir()} == {"config.json", "run.json"}
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 100_000


def test_writes_are_whole_or_nothing(tmp_path: Path) -> None:
    write_bytes(tmp_path / "a" / "file", b"old")
    with pytest.raises(RunError, match="cannot write"):
        write_bytes(tmp_path / "a" / "file" / "below a file", b"new")
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["file"]


def test_configs_survive_their_file_and_name_what_is_wrong(data: Path, tmp_path: Path) -> None:
    wanted = config(data, label_smoothing=0.1)
    folder = open_for_training(tmp_path / "run", wanted, "abc", resume=False, overwrite=False)
    assert folder.config() == wanted
    file = tmp_path / "run" / "config.json"
    file.write_text(file.read_text().replace('"lr"', '"learning_rate"'))
    with pytest.raises(RunError, match="learning_rate"):
        folder.config()
    file.write_text("{")
    with pytest.raises(RunError, match="not a readable config"):
        folder.config()


def test_absent_hub_is_told_in_one_line(data: Path, tmp_path: Path) -> None:
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path / "hub")}
    arguments = ["train", str(data), "--out", str(tmp_path / "run"), "--backbone", "resnet18", "--pretrained"]
    code = f"from simreal.commands import main; raise SystemExit(main({arguments!r}))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, env=environment, timeout=120
    )
    assert done.returncode == 2
    line = done.stderr.strip().splitlines()[-1]
    assert line.startswith("simreal: cannot get timm's weights for resnet18") and "--weights FILE" in line
    assert not (tmp_path / "run").exists()
