"""``simreal render --engine ray`` on a cluster of three nodes, all of this machine. Its renderer is the stand-in."""

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import attrs
import pytest
from ray._private.node import Node
from ray.cluster_utils import Cluster

from simreal.commands import main
from simreal.datasets.finishing import data_hash
from simreal.datasets.messages import Error
from simreal.datasets.reading import open_data_set
from simreal.datasets.writing import PIDS
from simreal.design.design import Design, DesignClass, ImageSettings, Library, Split
from simreal.design.document import load, save
from simreal.rendering.cluster import ClusterStaffing, needs
from simreal.rendering.cluster_site import NodeSlot
from simreal.rendering.seats import Seat
from simreal.rendering.slot import Post, Slot
from simreal.rendering.staffing import Wish

from .stand_in_renders import mini_design, told_stand_in

SMALL = {"num_cpus": 1, "object_store_memory": 80_000_000, "include_dashboard": False}
QUICK = {
    "health_check_failure_threshold": 2,
    "health_check_period_ms": 500,
    "health_check_initial_delay_ms": 0,
    "health_check_timeout_ms": 2000,
}
COUNT = 120
RENDER = "import sys; from simreal.commands import main; sys.exit(main(sys.argv[1:]))"


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """Three nodes with a core each. The death of one is noticed within a second."""
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    nodes = Cluster(initialize_head=True, head_node_args={**SMALL, "_system_config": QUICK})
    nodes.add_node(**SMALL)
    nodes.add_node(**SMALL)
    yield nodes
    nodes.shutdown()


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return mini_design(tmp_path_factory.mktemp("design"), COUNT)


@pytest.fixture(scope="module")
def reference(file: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The hash of the data set that one machine makes."""
    folder = tmp_path_factory.mktemp("reference")
    assert main(["render", str(file), "--out", str(folder / "data"), "--blender", str(told_stand_in(folder))]) == 0
    return data_hash(folder / "data")


def arguments(cluster: Cluster, file: Path, out: Path | str, blender: Path) -> list[str]:
    where = ["--engine", "ray", "--address", cluster.address]
    return ["render", str(file), "--out", str(out), "--blender", str(blender), *where]


def until(condition: Callable[[], object], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "nothing happened"
        time.sleep(0.02)


def commits(out: Path) -> int:
    return len(list(out.glob(".simreal/*/*.jsonl")))


def pull_the_plug(cluster: Cluster, node: Node) -> None:
    """End all processes of a node at once."""
    raylet = node.all_processes["raylet"][0].process.pid
    others = [int(pid) for pid in Path(f"/proc/{raylet}/task/{raylet}/children").read_text().split()]
    cluster.remove_node(node, allow_graceful=False)
    for pid in others:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def test_the_same_data_set_as_one_machine(cluster: Cluster, file: Path, tmp_path: Path, reference: str, capfd):
    assert main(arguments(cluster, file, tmp_path / "data", told_stand_in(tmp_path))) == 0
    said = capfd.readouterr()
    assert "Stand-in 1 (CPU): 3 node(s), up to" in said.err
    assert "raylet" not in said.out, "Ray's daemons stay silent"
    assert data_hash(tmp_path / "data") == reference
    assert main(arguments(cluster, file, tmp_path / "data", told_stand_in(tmp_path, refuse="nothing to do"))) == 0


def parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def at_work(cluster: Cluster, out: Path) -> Node | None:
    """A node other than the head whose worker is in the middle of a shard."""
    raylets = {node.all_processes["raylet"][0].process.pid: node for node in cluster.worker_nodes}
    for shard in out.glob(".simreal/.parts/*"):
        with suppress(FileNotFoundError, ProcessLookupError):
            worker = int(shard.name.rpartition(".")[2]) % PIDS  # see datasets.writing.process_number
            if node := raylets.get(parent(parent(worker))):
                return node
    return None


def test_a_node_that_goes_in_mid_render(cluster: Cluster, file: Path, tmp_path: Path, reference: str, capfd):
    """Its shard is rendered elsewhere."""
    out = tmp_path / "data"

    def strike() -> None:
        found: list[Node] = []
        until(lambda: commits(out) >= 1 and (node := at_work(cluster, out)) and found.append(node) is None)
        pull_the_plug(cluster, found[0])

    striker = threading.Thread(target=strike)
    striker.start()
    assert main(arguments(cluster, file, out, told_stand_in(tmp_path, seconds=0.1))) == 0
    striker.join()
    cluster.add_node(**SMALL)
    assert "a worker was lost with its machine (its node was lost)" in capfd.readouterr().err
    assert data_hash(out) == reference
    indices = [row["index"] for row in open_data_set(out).rows("train")]
    assert indices == list(range(COUNT)), "no image is lost, none is there twice"


def test_a_worker_that_dies(cluster: Cluster, file: Path, tmp_path: Path, reference: str, capfd):
    (tmp_path / "marks").mkdir()
    blender = told_stand_in(tmp_path, crash_at=33, marks=str(tmp_path / "marks"), times=2)
    assert main(arguments(cluster, file, tmp_path / "data", blender)) == 0
    assert "died at image train/33 (node " in capfd.readouterr().err, "it says where"
    assert data_hash(tmp_path / "data") == reference


def test_ctrl_c_keeps_what_is_finished(cluster: Cluster, file: Path, tmp_path: Path, reference: str):
    out, pids = tmp_path / "data", tmp_path / "pids"
    blender = told_stand_in(tmp_path, seconds=0.02, pids=str(pids))
    command = [sys.executable, "-c", RENDER, *arguments(cluster, file, out, blender)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, start_new_session=True)
    until(lambda: commits(out) >= 2)
    process.send_signal(signal.SIGINT)
    said = process.communicate(timeout=60)[1].decode()
    assert process.returncode == 130, said
    assert "images to go" in said
    assert "Traceback" not in said
    until(lambda: not [pid for pid in pids.read_text().split() if Path(f"/proc/{pid}").exists()])
    assert main(arguments(cluster, file, out, told_stand_in(tmp_path))) == 0
    assert data_hash(out) == reference


def test_into_storage(cluster: Cluster, file: Path, tmp_path: Path, reference: str):
    """Each node brings its shards there itself; nothing is left on it."""
    before = set(Path(tempfile.gettempdir()).glob("simreal-*"))
    assert main(arguments(cluster, file, f"file://{tmp_path}/bucket/data", told_stand_in(tmp_path))) == 0
    assert data_hash(tmp_path / "bucket" / "data") == reference
    until(lambda: not set(Path(tempfile.gettempdir()).glob("simreal-slot-*")) - before)


@pytest.mark.parametrize("farewell", [NodeSlot.close, NodeSlot.kill])
def test_a_slot_that_nobody_has_listened_to_leaves_nothing(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, farewell: Callable[[NodeSlot], None]
):
    """Ray may end it while it is being placed: there is nothing yet to take away, and nothing comes afterwards."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    slot = NodeSlot(Post(load(file), b"{}", tmp_path / "data", f"file://{tmp_path}/bucket"))
    assert not list(tmp_path.iterdir())
    farewell(slot)
    assert slot.hear().death
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_blender_itself(tmp_path: Path):
    """``--address local`` starts a cluster of this machine alone, and takes it away again."""
    classes = tuple(DesignClass(name, (f"starter:{name}/00",)) for name in ("cup", "chair"))
    image = ImageSettings(resolution_px=32, samples=1, denoiser="none")
    save(Design("real", classes, splits=(Split("train", 4),), image=image), tmp_path / "real.json")
    for name, engine in (("one", "local"), ("cluster", "ray")):
        out = ["--out", str(tmp_path / name), "--engine", engine, "--address", "local", "--workers", "1"]
        assert main(["render", str(tmp_path / "real.json"), *out]) == 0
    assert data_hash(tmp_path / "cluster") == data_hash(tmp_path / "one")


def test_where_there_is_no_cluster(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture):
    elsewhere = ["--engine", "ray", "--address", "127.0.0.1:1"]
    assert main(["render", str(file), "--out", str(tmp_path / "data"), *elsewhere]) == 2
    said = capsys.readouterr().err
    assert "no Ray cluster can be reached" in said
    assert "--address local" in said
    assert not (tmp_path / "data").exists()


# Slots: what a node needs


def heard(slot: Slot) -> str:
    """The fatal error of a slot that cannot work."""
    errors = [message for message in slot.hear().messages if isinstance(message, Error)]
    assert len(errors) == 1
    return errors[0].text


def test_a_node_that_does_not_see_the_data_set(file: Path, tmp_path: Path):
    text = heard(Slot(Post(load(file), b"", tmp_path / "data"), "node n7"))
    assert text.startswith(f"node n7: {tmp_path / 'data'}: there is no such folder; it must be one that all machines")


def test_a_node_that_does_not_see_a_library(file: Path, tmp_path: Path):
    design = attrs.evolve(load(file), libraries={"mine": Library("models", str(tmp_path / "models"))})
    text = heard(Slot(Post(design, b"", tmp_path), "node n7"))
    assert text.startswith(f"node n7: library 'mine' (models): there is no folder {tmp_path / 'models'}")
    assert text.endswith("all machines must see the libraries' folders, under the same paths")


# Whom to have there


@pytest.mark.parametrize(
    ("wish", "resources", "seat", "gpus"),
    [
        (Wish("auto"), {"CPU": 96.0}, Seat("cpu", 1), 0),
        (Wish("auto", threads=4), {"CPU": 96.0}, Seat("cpu", 4), 0),
        (Wish("auto"), {"CPU": 96.0, "GPU": 16.0}, Seat("auto", 6), 1),
        (Wish("cpu"), {"CPU": 96.0, "GPU": 16.0}, Seat("cpu", 1), 0),
        (Wish("optix"), {"CPU": 1.0}, Seat("optix", 1), 1),
    ],
)
def test_all_workers_use_the_same_kind_of_device(wish: Wish, resources: dict[str, float], seat: Seat, gpus: int):
    staffing = ClusterStaffing(wish, 10_000, resources)
    assert staffing.seats[0] == seat
    assert (needs(seat).cpus, needs(seat).gpus) == (seat.threads, gpus)
