"""MLflow: a run of the experiment ``simreal``, where ``MLFLOW_TRACKING_URI`` says, else in the current folder."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping

import attrs

from .config import RunConfig
from .run_folder import RunFolder
from .trackers import PROJECT

os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")  # read when it is imported: it would tell its makers

from mlflow.entities import Metric, Param
from mlflow.tracking import MlflowClient


class MLflow:
    """Logs to the same run of MLflow whenever the run is resumed."""

    def __init__(self, config: RunConfig, folder: RunFolder) -> None:
        self._client = MlflowClient()
        known = folder.state().get("mlflow")
        if known:
            self._client.update_run(known, status="RUNNING")
            self._run = str(known)
            return
        found = self._client.get_experiment_by_name(PROJECT)
        experiment = found.experiment_id if found else self._client.create_experiment(PROJECT)
        self._run = self._client.create_run(experiment, run_name=folder.path.resolve().name).info.run_id
        options = attrs.asdict(config).items()
        self._client.log_batch(self._run, params=[Param(name, str(value)[:500]) for name, value in options])
        folder.update(mlflow=self._run)

    def log(self, step: int, values: Mapping[str, float]) -> None:
        now = int(time.time() * 1000)
        self._client.log_batch(self._run, metrics=[Metric(name, value, now, step) for name, value in values.items()])

    def close(self, finished: bool) -> None:
        self._client.set_terminated(self._run, "FINISHED" if finished else "KILLED")
