"""Training on a stream: no image twice, none left out, the same result whatever the timing and whatever ends it."""

import csv
import io
import json
import signal
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
import torch

from simreal.datasets.messages import Message, Progress
from simreal.datasets.progress_text import describe
from simreal.datasets.reading import DataSet, open_data_set
from simreal.datasets.records import Shard, claims
from simreal.datasets.shards import ShardWriter
from simreal.datasets.streams import read_window
from simreal.design.design import Design, DesignClass, Split
from simreal.design.document import save
from simreal.design.identity import design_hash
from simreal.design.sampling import Sampler
from simreal.rendering.ahead import Ahead
from simreal.training.config import RunConfig
from simreal.training.run_folder import load_torch
from simreal.training.stream_pace import StreamPace
from simreal.training.trainer import train

from .shapes import SHAPES, shape

torch.set_num_threads(1)
EPOCH = 96


def a_design() -> Design:
    classes = tuple(DesignClass(name, models=("starter:cup/00", "starter:cup/01")) for name in SHAPES)
    return Design("shapes", classes, splits=(Split("train", EPOCH), Split("test_iid", 12)))


class Shapes:
    """A Supply whose renderer is a thread that draws shapes. ``pauses`` (seconds) come before each of its shards."""

    def __init__(self, design: Design, out: Path, pauses: Sequence[float] = (), failing: Sequence[int] = ()) -> None:
        names = tuple(split.name for split in design.splits)
        self.data = DataSet(out, design.class_names, names, design_hash(design), {name: out / name for name in names})
        self.rendered: list[int] = []
        self._design = design
        self._pauses = list(pauses)
        self._failing = failing
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def count(self, split: str) -> int:
        return self._design.split(split).count

    def rate(self) -> float | None:
        return 100.0

    def render(self, splits: Sequence[str], count: int | None = None) -> None:
        (self.data.path / ".simreal").mkdir(parents=True, exist_ok=True)
        for split in splits:
            for start in range(0, count or self.count(split), 50):
                self._draw(Shard(split, start, min(start + 50, count or self.count(split))))
            rows = [
                {"file_name": f"{spec.class_name}/{spec.index:08d}.jpg", "index": spec.index, "class": spec.class_name}
                for spec in map(Sampler(self._design, split).spec, range(count or self.count(split)))
            ]
            lines = "".join(json.dumps(row) + "\n" for row in rows)
            (self.data.path / split / "metadata.jsonl").write_text(lines)

    def start(self, split: str) -> None:
        self._stop.clear()
        self._thread = threading.Thread(target=self._work, args=(split,))
        self._thread.start()

    def check(self) -> None:
        assert self._thread is not None and self._thread.is_alive()

    def stop(self) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def _work(self, split: str) -> None:
        source = Ahead(self.data.path, split)
        while not self._stop.is_set():
            shard = source.take()
            if shard is None:
                time.sleep(0.002)
                continue
            time.sleep(self._pauses.pop(0) if self._pauses else 0)
            self._draw(shard)
            self.rendered += shard.indices

    def _draw(self, shard: Shard) -> None:
        sampler = Sampler(self._design, shard.split)
        with ShardWriter(self.data.path, shard) as writer:
            for spec in map(sampler.spec, shard.indices):
                if spec.index in self._failing and shard.split == "train":
                    writer.fail(spec.index, "the object is nowhere")
                    continue
                file = io.BytesIO()
                shape(spec.class_name, spec.index).save(file, "JPEG")
                row = {"index": spec.index, "class": spec.class_name, "label": spec.label, "model": spec.models[0]}
                writer.add(file.getvalue(), row)
            writer.commit()


def config(**changes: object) -> RunConfig:
    values = {"backbone": "test_resnet", "weights": "none", "crop_px": 32, "resize_px": 36, "epochs": 3, "lr": 0.05}
    values |= {"batch_size": 16, "threads": 1, "stream": True, "ahead": 2, "augmentation": "weak", **changes}
    return RunConfig(data="shapes.simreal.json", **values)


def silent(message: Message) -> None: ...


def weights(run: Path) -> dict[str, torch.Tensor]:
    return load_torch(run / "model.pt", "model")["state_dict"]


def same(first: Path, second: Path) -> bool:
    """Whether two runs ended with the same weights, to the bit."""
    one, other = weights(first), weights(second)
    return all(torch.equal(one[key], other[key]) for key in one)


def consumed(run: Path) -> list[dict[str, int]]:
    return [json.loads(line) for line in (run / "consumed.jsonl").read_text().splitlines()]


def unbroken(run: Path) -> bool:
    """Whether the ranges that were trained on follow each other without gap or overlap, from 0 on."""
    ends = [0, *(part["stop"] for part in consumed(run))]
    return [part["first"] for part in consumed(run)] == ends[:-1]


def test_it_learns_from_images_that_are_never_seen_twice(tmp_path: Path) -> None:
    run, supply = tmp_path / "run", Shapes(a_design(), tmp_path / "run" / "stream")
    options = config(epochs=8, lr=0.01, optimizer="adamw", validation_split="test_iid")
    results = train(options, run, silent, supply=supply)
    assert results["validation"]["top1"] > 0.6, "chance is a third"
    assert results["images"] == 8 * EPOCH
    stream = results["stream"]
    assert (stream["images_reused"], stream["images_failed"], stream["next_index"]) == (0, 0, 8 * EPOCH)
    assert 0 <= stream["waited_share"] < 1
    assert unbroken(run) and consumed(run)[-1]["stop"] == 8 * EPOCH
    assert sorted(supply.rendered) == list(range(8 * EPOCH)), "each was rendered once, and no more than were wanted"
    rows = list(csv.DictReader((run / "log.csv").open()))
    assert [int(row["step"]) for row in rows] == [6 * epoch for epoch in range(1, 9)], "an epoch is the split's count"
    assert all(0 <= float(row["waited"]) <= 1 for row in rows)
    assert not (run / "stream" / "train").exists(), "what was seen is deleted"
    assert (run / "stream" / "test_iid" / "metadata.jsonl").is_file()


def test_the_result_does_not_depend_on_when_images_come(tmp_path: Path) -> None:
    for name, pauses, workers in (("fast", (), 0), ("slow", (0.3, 0.0, 0.2, 0.0, 0.1), 0), ("loaders", (0.1,), 2)):
        supply = Shapes(a_design(), tmp_path / name / "stream", pauses)
        train(config(workers=workers), tmp_path / name, silent, supply=supply)
    assert same(tmp_path / "fast", tmp_path / "slow")
    assert same(tmp_path / "fast", tmp_path / "loaders")


def test_a_finite_prefix_in_the_streams_order_gives_the_same_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is one loop: a data set of the stream's first images, taken in their order, trains to the same bits."""
    train(config(epochs=1, keep=True), tmp_path / "streamed", silent, supply=Shapes(a_design(), tmp_path / "data"))
    save(a_design(), tmp_path / "data" / "design.json")
    assert len(open_data_set(tmp_path / "data").rows("train")) == EPOCH, "what is kept is a data set"
    monkeypatch.setattr("simreal.training.sources.epoch_order", lambda count, seed, epoch: list(range(count)))
    fixed = config(epochs=1, stream=False)
    train(RunConfig(**{**fixed_values(fixed), "data": str(tmp_path / "data")}), tmp_path / "fixed", silent)
    assert same(tmp_path / "streamed", tmp_path / "fixed")


def fixed_values(options: RunConfig) -> dict[str, object]:
    return json.loads(options.to_json())


class Killed(BaseException):
    """Stands in for SIGKILL where a process of its own would take seconds: nothing is saved on the way out."""


FAILING = (3, 40, 41, 97, 150)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of which some images failed, and that nobody interrupted."""
    run = tmp_path_factory.mktemp("whole") / "run"
    train(config(), run, silent, supply=Shapes(a_design(), run / "stream", (), FAILING))
    return run


@pytest.mark.parametrize(("how", "at"), [(KeyboardInterrupt, 13), (Killed, 1), (Killed, 5)])
def test_resumed_it_goes_on_at_the_next_unseen_image(
    whole: Path, tmp_path: Path, how: type[BaseException], at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After so many steps, with a checkpoint every 4 and at an epoch's end, which is every 6."""
    monkeypatch.setattr("simreal.training.streaming.STREAM_CHECKPOINT_STEPS", 4)
    run = tmp_path / "parts"
    ended: list[int] = []

    def end(message: Message) -> None:
        if isinstance(message, Progress) and message.stage == "train" and message.done == 16 * at and not ended:
            ended.append(at)
            if how is Killed:
                raise Killed
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(how):
        train(config(), run, end, supply=Shapes(a_design(), run / "stream", (0.05,) * 9, FAILING))
    window = read_window(run / "stream", "train")
    assert window is not None
    there = {index for shard in claims(run / "stream", "train") for index in shard.indices}
    seen_since = range(window.first, sum(part["stop"] - part["first"] for part in consumed(run)) if at > 3 else 0)
    assert there.issuperset(seen_since), "what a checkpoint is not past is still there"
    supply = Shapes(a_design(), run / "stream", (), FAILING)
    train(config(), run, silent, supply=supply, go_on=True)
    assert not there & set(supply.rendered), "what was there is not rendered again"
    assert same(whole, run)
    assert unbroken(run) and consumed(run)[-1]["stop"] == consumed(whole)[-1]["stop"]
    results = json.loads((run / "results.json").read_text())
    assert results["images"] == 3 * EPOCH
    assert (results["stream"]["images_reused"], results["stream"]["images_failed"]) == (0, len(FAILING))


class Late(Shapes):
    """Draws a shard only when training has said that it waits."""

    asked = threading.Event()

    def _draw(self, shard: Shard) -> None:
        while shard.split == "train" and not self._stop.is_set() and not self.asked.wait(0.01):
            pass
        self.asked.clear()
        super()._draw(shard)


def test_it_says_that_it_waits(tmp_path: Path) -> None:
    said: list[str] = []
    done = [0]

    def hear(message: Message) -> None:
        if isinstance(message, Progress):
            if message.done == done[-1]:  # the same as before: there was nothing to train on
                Late.asked.set()
            done.append(message.done)
        said.append(describe(message) if isinstance(message, Progress) else getattr(message, "text", ""))

    run = tmp_path / "run"
    results = train(config(epochs=2), run, hear, supply=Late(a_design(), run / "stream"))
    assert "train  0/192 images  0 %  waiting for the first renders" in said
    assert any("waiting for renders" in line and line.endswith(" %") for line in said)
    assert any(line.startswith("epoch 2/2") and "waited for renders" in line for line in said)
    assert results["stream"]["waited_s"] > 0
    assert results["stream"]["first_images_s"] > 0, "the time before the first image is told apart"


def test_the_share_that_the_rates_imply() -> None:
    pace = StreamPace(images=300, seconds=40.0, waited_s=10.0)
    assert pace.waited_share == 0.25
    assert pace.images_per_s == 10
    assert pace.implied_share(7.5) == pytest.approx(0.25)
    assert pace.implied_share(20.0) == 0
    assert pace.implied_share(None) is None


def test_what_was_kept_is_used_again_and_never_deleted(tmp_path: Path) -> None:
    run = tmp_path / "run"
    train(config(epochs=1, keep=True), run, silent, supply=Shapes(a_design(), run / "stream"))
    assert len(list((run / "stream" / "train").rglob("*.jpg"))) == EPOCH
    supply = Shapes(a_design(), run / "stream")
    train(config(epochs=1, lr=0.02), run, silent, supply=supply, overwrite=True)
    assert supply.rendered == []
    assert len(list((run / "stream" / "train").rglob("*.jpg"))) == EPOCH


def test_a_head_on_the_features_of_a_stream(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every image goes through the frozen backbone once; Ctrl-C keeps what was seen."""
    monkeypatch.setattr("simreal.training.stream_features.PART_BATCHES", 2)
    first = tmp_path / "first"
    train(config(epochs=4, lr=0.01, optimizer="adamw"), first, silent, supply=Shapes(a_design(), first / "stream"))
    options = config(
        weights="file", weights_file=str(first / "model.pt"), head_only=True, images=150, validation_split="test_iid"
    )
    runs = {name: tmp_path / name for name in ("whole", "parts")}
    train(options, runs["whole"], silent, supply=Shapes(a_design(), runs["whole"] / "stream", (), FAILING))
    ended: list[int] = []

    def end(message: Message) -> None:
        if isinstance(message, Progress) and message.stage == "features" and message.done == 80 and not ended:
            ended.append(80)
            signal.raise_signal(signal.SIGINT)

    stream = runs["parts"] / "stream"
    with pytest.raises(KeyboardInterrupt):
        train(options, runs["parts"], end, supply=Shapes(a_design(), stream, (), FAILING))
    results = train(options, runs["parts"], silent, supply=Shapes(a_design(), stream, (), FAILING), resume=True)
    assert (results["images"], results["stream"]["images_reused"]) == (150, 0)
    assert results["stream"]["next_index"] == 155, "five of them failed"
    assert results["head"]["held_out"] == "3D models"
    assert results["validation"]["top1"] > 0.4, "chance is a third"
    assert same(runs["whole"], runs["parts"])
    assert unbroken(runs["parts"])
