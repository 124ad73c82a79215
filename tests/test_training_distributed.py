"""One run on several devices (here processes on a CPU): the same batches, the same losses, the same network."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from simreal.datasets.messages import Message
from simreal.design.errors import RunError
from simreal.training.config import RunConfig
from simreal.training.distributed import Place, find_place
from simreal.training.run_folder import load_torch
from simreal.training.trainer import train

from .shapes import plain_folders, rendered

torch.set_num_threads(1)
SIMREAL = [sys.executable, "-m", "simreal.commands"]
NO_BATCH_NORM = "test_vit"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return rendered(tmp_path_factory.mktemp("shapes") / "data", {"train": 8, "test_iid": 2})


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return plain_folders(tmp_path_factory.mktemp("real") / "photos", {"": 4})


def config(data: Path, **changes: object) -> RunConfig:
    values = {"backbone": NO_BATCH_NORM, "weights": "none", "crop_px": 32, "resize_px": 36, "iterations": 5}
    values |= {"lr": 0.05, "batch_size": 8, "threads": 1, "validation_split": "test_iid", "device": "cpu", **changes}
    return RunConfig(data=str(data), **values)


def silent(message: Message) -> None: ...


def weights(run: Path) -> dict[str, torch.Tensor]:
    return load_torch(run / "model.pt", "model")["state_dict"]


def log(run: Path) -> list[dict[str, str]]:
    return list(csv.DictReader((run / "log.csv").open()))


@pytest.mark.slow
def test_two_processes_train_as_one(data: Path, photos: Path, tmp_path: Path) -> None:
    """Losses, accuracies and weights but for the order in which numbers are added."""
    options = {"mix": f"{photos}:0.25", "measure": (str(photos),)}
    alone = train(config(data, **options), tmp_path / "alone", silent)
    both = train(config(data, **options, devices=2), tmp_path / "both", silent)
    assert alone["steps"] == both["steps"] == 5 and alone["images"] == both["images"]
    one, other = weights(tmp_path / "alone"), weights(tmp_path / "both")
    for key in one:
        torch.testing.assert_close(one[key], other[key], atol=2e-6, rtol=1e-4)
    for first, second in zip(log(tmp_path / "alone"), log(tmp_path / "both"), strict=True):
        assert first["step"] == second["step"]
        assert float(first["train_loss"]) == pytest.approx(float(second["train_loss"]), rel=1e-4)
        assert first["train_top1"] == second["train_top1"]
    assert (tmp_path / "both" / "measures.csv").is_file()
    assert both["validation"]["n"] == 6


@pytest.mark.slow
def test_an_interrupted_run_is_continued_on_other_devices(data: Path, tmp_path: Path) -> None:
    """Ctrl-C reaches all processes; the one that leads keeps the step that all have finished."""
    run = tmp_path / "run"
    options = ["--backbone", NO_BATCH_NORM, "--from-scratch", "--image-size", "32", "--batch-size", "8"]
    options += ["--workers", "0", "--threads", "1", "--validation", "none", "--device", "cpu", "--epochs", "4000"]
    command = [*SIMREAL, "train", str(data), "--out", str(run), *options, "--devices", "2"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True)
    deadline = time.monotonic() + 200
    while not (run / "checkpoint.pt").exists() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.1)
    os.killpg(process.pid, signal.SIGINT)
    told = process.communicate(timeout=120)[1]
    assert process.returncode == 130, told
    assert told.strip().endswith("simreal: interrupted; what is finished is kept") and "Traceback" not in told
    assert json.loads((run / "run.json").read_text())["state"] == "interrupted"
    step = load_torch(run / "checkpoint.pt", "checkpoint")["step"]
    assert step > 0
    more = RunConfig.load(run / "config.json")
    with pytest.raises(RunError, match="--epochs"):
        train(RunConfig(**{**vars_of(more), "epochs": 5000, "devices": 1}), run, silent, resume=True)
    said: list[str] = []

    def hear(message: Message) -> None:
        said.append(getattr(message, "text", ""))
        if getattr(message, "done", 0) >= 8 * (step + 2):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(RunConfig(**{**vars_of(more), "devices": 1}), run, hear, resume=True)
    assert f"resuming at step {step} of 12000" in said


def vars_of(config: RunConfig) -> dict[str, object]:
    return {name: getattr(config, name) for name in config.__slots__ if name != "__weakref__"}


def test_a_batch_is_dealt_out() -> None:
    batch = list(range(8))
    parts = [Place(rank, 4).part(batch) for rank in range(4)]
    assert parts == [[0, 4], [1, 5], [2, 6], [3, 7]]
    assert Place().part(batch) == batch
    assert Place(size=2).threads(3, torch.device("cpu")) == 3


def test_torchrun_gives_a_process_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    assert find_place(3) == Place(size=3)
    for name, value in Place(5, 8, 1, "node0:29500").environment().items():
        monkeypatch.setenv(name, value)
    assert find_place(1) == find_place(8) == Place(5, 8, 1, "node0:29500")
    with pytest.raises(RunError, match="--devices 2 with torchrun, which has started 8 processes"):
        find_place(2)


def test_what_cannot_be_split_is_told_before_training(data: Path, photos: Path, tmp_path: Path) -> None:
    for changes, told in (
        ({"batch_size": 9}, "--batch-size 9 cannot be split among 2 devices"),
        ({"mix": f"{photos}:0.4"}, "its 3 images of a batch cannot be split"),
        ({"stream": True}, "--stream trains on one device"),
    ):
        with pytest.raises(RunError, match=told):
            train(config(data, devices=2, **changes), tmp_path / "run", silent)
    assert not (tmp_path / "run").exists()
