"""Copies of the log for TensorBoard, MLflow and Weights & Biases: the real packages, on this machine alone."""

import csv
import importlib.util
import json
from pathlib import Path

import pytest
import torch

from simreal.commands import main
from simreal.datasets.messages import Log, Message, Progress
from simreal.design.errors import ToolError
from simreal.training.config import RunConfig
from simreal.training.trackers import Trackers
from simreal.training.trainer import train

from .shapes import rendered

torch.set_num_threads(1)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return rendered(tmp_path_factory.mktemp("shapes") / "data", {"train": 8, "test_iid": 2})


def config(data: Path, **changes: object) -> RunConfig:
    values = {"backbone": "test_resnet", "weights": "none", "crop_px": 32, "resize_px": 36, "epochs": 3, "lr": 0.05}
    values |= {"batch_size": 8, "threads": 1, "validation_split": "test_iid", "measure": (":test_iid",), **changes}
    return RunConfig(data=str(data), **values)


def silent(message: Message) -> None: ...


def interrupted(options: RunConfig, run: Path) -> None:
    """Ended after the first epoch, and resumed."""

    def interrupt(message: Message) -> None:
        if isinstance(message, Progress) and message.done == 8 * 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(options, run, interrupt)
    train(options, run, silent, resume=True)


def logged(run: Path) -> list[dict[str, str]]:
    return list(csv.DictReader((run / "log.csv").open()))


def test_tensorboard_has_the_log_once(data: Path, tmp_path: Path) -> None:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    run = tmp_path / "run"
    interrupted(config(data, tensorboard=True), run)
    events = EventAccumulator(str(run / "tensorboard")).Reload()
    assert {"train/loss", "train/lr", "validation/top1", "test_iid/top1"} <= set(events.Tags()["scalars"])
    curve = events.Scalars("train/loss")
    assert [point.step for point in curve] == [int(row["step"]) for row in logged(run)] == [3, 6, 9]
    assert [point.value for point in curve] == pytest.approx(
        [float(row["train_loss"]) for row in logged(run)], rel=1e-4
    )


@pytest.mark.slow
def test_mlflow_has_one_run_of_it(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    uri = f"sqlite:///{tmp_path / 'mlflow.db'}"
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
    run = tmp_path / "run"
    interrupted(config(data, track="mlflow"), run)
    from mlflow.tracking import MlflowClient

    client = MlflowClient(uri)
    experiment = client.get_experiment_by_name("simreal")
    (found,) = client.search_runs([experiment.experiment_id])
    assert found.info.run_id == json.loads((run / "run.json").read_text())["mlflow"]
    assert (found.info.status, found.info.run_name) == ("FINISHED", "run")
    assert found.data.params["backbone"] == "test_resnet"
    history = client.get_metric_history(found.info.run_id, "validation/top1")
    assert [metric.step for metric in history] == [3, 6, 9]
    assert history[-1].value == pytest.approx(float(logged(run)[-1]["val_top1"]), abs=1e-5)


@pytest.mark.slow
def test_weights_and_biases_stays_on_this_machine(data: Path, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.delenv("WANDB_MODE", raising=False)
    run = tmp_path / "run"
    train(config(data, track="wandb", epochs=1), run, silent)
    (kept,) = (run / "wandb").glob("offline-run-*")
    assert json.loads((run / "run.json").read_text())["wandb"] in kept.name
    (records,) = kept.glob("*.wandb")
    assert b"validation/top1" in records.read_bytes()


def test_a_tracker_that_fails_ends_no_run() -> None:
    class Gone:
        def log(self, step: int, values: object) -> None:
            raise ConnectionError("no route to the server\nmore")

        def close(self, finished: bool) -> None:
            raise AssertionError("it is left out")

    said: list[Message] = []
    trackers = Trackers({"mlflow": Gone()}, said.append)
    trackers.log(1, {"train/loss": 1.0})
    trackers.log(2, {"train/loss": 0.5})
    trackers.close(True)
    assert said == [Log("mlflow is told no more: no route to the server", "warning")]


def test_a_tracker_that_is_not_there_is_told_before_training(data: Path, tmp_path: Path, capsys, monkeypatch) -> None:
    here = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "wandb" else here(name))
    with pytest.raises(ToolError, match="wandb is not in this Python: pip install wandb"):
        train(config(data, track="wandb"), tmp_path / "run", silent)
    assert main(["train", str(data), "--out", str(tmp_path / "run"), "--head-only", "--tensorboard"]) == 2
    assert "--tensorboard has no meaning in head-only" in capsys.readouterr().err
    assert not (tmp_path / "run").exists()
