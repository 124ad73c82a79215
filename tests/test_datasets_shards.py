"""Law 3: a data set is a sequence of shards, each idempotent and atomic."""

import json
import os
import shutil
import signal
from pathlib import Path

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simreal.datasets.blocks import Packer
from simreal.datasets.finishing import DamagedSplit, data_hash, finish_split, split_contents
from simreal.datasets.layout import own_folder, parts_folder, record_file, shards_folder
from simreal.datasets.records import claims
from simreal.datasets.shards import Shard, ShardWriter, claimed_images, committed, missing, plan, shard_files
from simreal.datasets.state import State, sweep, write_state
from simreal.datasets.storage import LAYOUTS, Storage
from simreal.design.errors import DataSetError

CLASSES = ("cup", "chair")
BLOCK = 10
COUNTS = st.integers(0, 60)
SIZES = st.integers(1, 20)
EASY = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
EITHER = pytest.mark.parametrize("layout", LAYOUTS)


def begin(data: Path, layout: str = "folders") -> Path:
    """A data set whose blocks have ten images."""
    own_folder(data).mkdir(parents=True, exist_ok=True)
    write_state(data, State("", storage=Storage(layout, block=BLOCK)))
    return data


def jpeg(index: int) -> bytes:
    return f"picture {index}".encode() * (1 + index % 7)


def render(data: Path, shard: Shard, fail: frozenset[int] = frozenset(), packer: Packer | None = None) -> None:
    """Commit a shard of made-up images, a pure function of their index."""
    with ShardWriter(data, shard) as writer:
        for index in reversed(shard.indices):
            label = index % 2
            if index in fail:
                writer.fail(index, "no luck")
            else:
                writer.add(jpeg(index), {"file_name": "", "index": index, "class": CLASSES[label], "label": label})
        writer.commit()
    if packer:
        packer.committed(shard)


def gaps(data: Path, count: int, size: int = 50) -> tuple[Shard, ...]:
    return missing(data, "train", count, size)


def indices(shards) -> list[int]:
    return [index for shard in shards for index in shard.indices]


def whole(data: Path, count: int, layout: str = "folders", size: int = 7) -> str:
    """The hash of a data set rendered without interruption."""
    begin(data, layout)
    for shard in plan("train", count, size, BLOCK):
        render(data, shard)
    finish_split(data, "train", count)
    return data_hash(data)


@given(COUNTS, SIZES)
def test_a_plan_covers_every_index_once(count: int, size: int):
    shards = plan("train", count, size, BLOCK)
    assert indices(shards) == list(range(count))
    assert all(0 < len(shard) <= size for shard in shards)
    assert all(shard.start // BLOCK == (shard.stop - 1) // BLOCK for shard in shards), "none reaches across a block"


@EASY
@given(st.data(), st.integers(1, 40), SIZES, SIZES)
def test_what_is_missing_is_what_no_shard_has(tmp_path_factory, data, count: int, first: int, second: int):
    folder = begin(tmp_path_factory.mktemp("data"))
    there = data.draw(st.sets(st.sampled_from(plan("train", count, first, BLOCK))))
    for shard in there:
        render(folder, shard)
    assert indices(gaps(folder, count, second)) == sorted(set(range(count)) - set(indices(there)))
    assert all(0 < len(shard) <= second for shard in gaps(folder, count, second))


@EITHER
@EASY
@given(st.data(), st.integers(1, 40), st.tuples(SIZES, SIZES))
def test_any_order_any_cutting_any_interruption_gives_the_same_bytes(
    tmp_path_factory, layout: str, data, count: int, sizes: tuple[int, int]
):
    reference = whole(tmp_path_factory.mktemp("reference"), count, layout)
    folder = begin(tmp_path_factory.mktemp("data"), layout)
    packer = Packer(folder, Storage(layout, block=BLOCK))
    for shard in data.draw(st.permutations(plan("train", count, sizes[0], BLOCK)))[: data.draw(st.integers(0, count))]:
        render(folder, shard, packer=packer)
    packer = Packer(folder, Storage(layout, block=BLOCK))
    for shard in data.draw(st.permutations(gaps(folder, count, sizes[1]))):
        render(folder, shard)
        render(folder, shard, packer=packer)
    finish_split(folder, "train", count)
    assert data_hash(folder) == reference
    assert len(claims(folder, "train")) == -(-count // BLOCK), "a record a block, whatever the shards were"


@EITHER
@EASY
@given(st.lists(st.integers(1, 40), min_size=1, max_size=4), SIZES)
def test_growing_and_shrinking_ends_where_a_fresh_start_does(
    tmp_path_factory, layout: str, counts: list[int], size: int
):
    folder = begin(tmp_path_factory.mktemp("data"), layout)
    for count in counts:
        for shard in gaps(folder, count, size):
            render(folder, shard)
        finish_split(folder, "train", count)
    assert data_hash(folder) == whole(tmp_path_factory.mktemp("reference"), counts[-1], layout)
    assert not gaps(folder, max(counts)), "what was once rendered is never rendered again"


@EITHER
def test_a_kill_at_any_step_loses_nothing(tmp_path: Path, layout: str):
    """A process is killed at its first change on the disk, at its second, ..., and at times once more as it goes on."""
    reference = whole(tmp_path / "reference", 13, layout)
    data, step = tmp_path / "data", 0
    while True:
        data.mkdir()
        step += 1
        if finished(data, layout, killed_at=step):
            break
        if step % 3 == 0:
            finished(data, layout, killed_at=1 + step // 3)
        assert finished(data, layout)
        assert data_hash(data) == reference, f"killed at step {step}"
        shutil.rmtree(data)
    assert step > 40


def finished(data: Path, layout: str, killed_at: int = 0) -> bool:
    """Render what is missing of 13 images, some failing at first, in a process that may be killed."""
    child = os.fork()
    if child == 0:
        left = killed_at

        def counted(change):
            def changed(*args, **kwargs):
                nonlocal left
                left -= 1
                if left == 0:
                    os.kill(os.getpid(), signal.SIGKILL)
                return change(*args, **kwargs)

            return changed

        os.fsync = lambda handle: None  # it is no power cut
        for name in ("replace", "unlink", "mkdir", "link", "rename"):
            setattr(os, name, counted(getattr(os, name)))
        status = 1
        try:
            begin(data, layout)
            sweep(data)
            packer = Packer(data, Storage(layout, block=BLOCK))
            for shard in gaps(data, 13, 5):
                render(data, shard, frozenset({5, 11}) - {shard.start}, packer)
            for shard in missing(data, "train", 13, 5, retry_failed=True):
                render(data, shard, packer=packer)
            finish_split(data, "train", 13)
            status = 0
        finally:
            os._exit(status)
    ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert ended in (0, -signal.SIGKILL)
    return ended == 0


def test_what_is_there_can_be_told_by_names_alone(tmp_path: Path):
    begin(tmp_path)
    for start, stop in ((0, 7), (5, 10), (20, 30)):
        render(tmp_path, Shard("train", start, stop))
    for path in shards_folder(tmp_path, "train").iterdir():
        path.write_bytes(b"not read")
    assert claimed_images(tmp_path, "train") == 20
    assert [claimed_images(tmp_path, "train", count) for count in (0, 6, 15, 25)] == [0, 6, 10, 15]
    assert claimed_images(tmp_path, "test_iid") == 0
    assert indices(gaps(tmp_path, 40)) == [*range(10, 20), *range(30, 40)]


def test_a_shard_left_early_leaves_no_trace(tmp_path: Path):
    begin(tmp_path)
    with ShardWriter(tmp_path, Shard("train", 0, 2)) as writer:
        writer.add(b"picture", {"file_name": "cup/00000000.jpg", "index": 0, "class": "cup"})
    assert not list(parts_folder(tmp_path).iterdir())
    assert gaps(tmp_path, 2) == plan("train", 2)


@EITHER
@EASY
@given(st.sets(st.integers(0, 9)), st.sets(st.integers(0, 9)))
def test_a_shard_left_early_can_keep_what_there_is(tmp_path_factory, layout: str, rendered: set[int], failed: set[int]):
    folder = begin(tmp_path_factory.mktemp("data"), layout)
    with ShardWriter(folder, Shard("train", 0, 10)) as writer:
        for index in rendered:
            label = index % 2
            writer.add(jpeg(index), {"file_name": "", "index": index, "class": CLASSES[label], "label": label})
        for index in failed - rendered:
            writer.fail(index, "no luck")
        writer.commit_part()
    assert indices(gaps(folder, 20, 7)) == sorted(set(range(20)) - rendered)
    for shard in gaps(folder, 20, 7):
        render(folder, shard)
    finish_split(folder, "train", 20)
    assert data_hash(folder) == whole(tmp_path_factory.mktemp("reference"), 20, layout)


def test_a_data_set_that_was_deleted_does_not_come_back(tmp_path: Path):
    with pytest.raises(DataSetError, match="was deleted or moved meanwhile; started again, it begins anew"):
        ShardWriter(tmp_path / "data", Shard("train", 0, 2)).__enter__()
    assert not (tmp_path / "data").exists()


def test_an_incomplete_shard_cannot_be_committed(tmp_path: Path):
    begin(tmp_path)
    with ShardWriter(tmp_path, Shard("train", 0, 2)) as writer:
        writer.add(b"picture", {"file_name": "cup/00000000.jpg", "index": 0, "class": "cup"})
        with pytest.raises(DataSetError, match="not complete"):
            writer.commit()


@EITHER
def test_the_files_of_a_shard_end_with_its_record(tmp_path: Path, layout: str):
    """Copied in this order to another place, a shard is committed there too."""
    begin(tmp_path / "data", layout)
    render(tmp_path / "data", Shard("train", 4, 8), fail=frozenset({5}))
    files = shard_files(tmp_path / "data", Shard("train", 4, 8))
    assert files[-1] == record_file(tmp_path / "data", "train", 4, 8)
    assert len(files) == (4 if layout == "folders" else 2)
    assert all(file.is_file() for file in files)
    with pytest.raises(DataSetError, match="is not committed"):
        shard_files(tmp_path / "data", Shard("train", 0, 4))


def test_only_our_own_files_are_removed(tmp_path: Path):
    whole(tmp_path, 4)
    (tmp_path / "train" / "notes.txt").write_text("mine")
    sweep(tmp_path)
    finish_split(tmp_path, "train", 4)
    assert (tmp_path / "train" / "notes.txt").read_text() == "mine"


def found_damaged(data: Path, count: int, *broken: int) -> None:
    """Finishing names the images that are lost, renders them, and comes to the same bytes."""
    reference = whole(data.parent / "reference", count, "webdataset" if list(data.glob("train/*.tar")) else "folders")
    with pytest.raises(DamagedSplit, match=f"{len(broken)} images are damaged or gone") as caught:
        finish_split(data, "train", count)
    assert indices(caught.value.shards) == list(broken)
    assert indices(gaps(data, count)) == list(broken)
    for shard in gaps(data, count, 7):
        render(data, shard)
    finish_split(data, "train", count)
    assert data_hash(data) == reference


def test_images_that_are_gone_are_missing_again(tmp_path: Path):
    whole(tmp_path / "data", 30)
    for index in (8, 9, 13):
        (tmp_path / "data" / "train" / CLASSES[index % 2] / f"{index:08d}.jpg").unlink()
    found_damaged(tmp_path / "data", 30, 8, 9, 13)


@pytest.mark.parametrize("damage", ["gone", "cut short"])
def test_a_tar_that_is_damaged_is_missing_again(tmp_path: Path, damage: str):
    whole(tmp_path / "data", 30, "webdataset")
    tar = tmp_path / "data" / "train" / "train-000001.tar"
    if damage == "gone":
        tar.unlink()
    else:
        tar.write_bytes(tar.read_bytes()[:4096])
    found_damaged(tmp_path / "data", 30, *range(10, 20))


@EITHER
@pytest.mark.parametrize("damage", [b"", b"{", b'{"index": 3}\n', b"[]\n", b'{"images": []}\n'])
def test_a_damaged_record_in_the_middle_is_missing_again(tmp_path: Path, layout: str, damage: bytes):
    whole(tmp_path / "data", 30, layout)
    record_file(tmp_path / "data", "train", 10, 20).write_bytes(damage)
    assert [record.shard.start for record in committed(tmp_path / "data", "train")] == [0, 20], "it is passed over"
    found_damaged(tmp_path / "data", 30, *range(10, 20))


def test_rows_that_were_changed_are_missing_again(tmp_path: Path):
    whole(tmp_path / "data", 30)
    record = record_file(tmp_path / "data", "train", 10, 20)
    record.write_bytes(record.read_bytes().replace(b'"label": 1', b'"label": 0'))
    found_damaged(tmp_path / "data", 30, *range(10, 20))


@EITHER
def test_failed_images_have_no_row_but_a_reason(tmp_path: Path, layout: str):
    begin(tmp_path / "data", layout)
    render(tmp_path / "data", Shard("train", 0, 6), fail=frozenset({1, 4}))
    finish_split(tmp_path / "data", "train", 6)
    contents = split_contents(tmp_path / "data", "train", 6, CLASSES)
    assert contents.images == {"cup": 2, "chair": 2}
    assert contents.failures == {1: "no luck", 4: "no luck"}
    assert not gaps(tmp_path / "data", 6)
    again = missing(tmp_path / "data", "train", 6, 3, retry_failed=True)
    assert again == plan("train", 6, 3)
    for shard in again:
        render(tmp_path / "data", shard)
    finish_split(tmp_path / "data", "train", 6)
    assert data_hash(tmp_path / "data") == whole(tmp_path / "reference", 6, layout)


def test_a_shard_that_failed_altogether_stays_missing(tmp_path: Path):
    begin(tmp_path)
    with pytest.raises(DataSetError, match="all 3 images of shard train 0-2 failed; the first: no luck"):
        render(tmp_path, Shard("train", 0, 3), fail=frozenset({0, 1, 2}))
    assert gaps(tmp_path, 3) == plan("train", 3)


def test_an_unfinished_split_is_not_finished(tmp_path: Path):
    render(begin(tmp_path), Shard("train", 0, 3))
    with pytest.raises(DataSetError, match="2 images of train are not rendered yet"):
        finish_split(tmp_path, "train", 5)


def test_a_split_in_tars_has_an_index_and_parts(tmp_path: Path):
    whole(tmp_path, 23, "webdataset")
    index = json.loads((tmp_path / "train" / "shards.json").read_text())
    assert index["__kind__"] == "wids-shard-index-v1"
    assert [(shard["url"], shard["nsamples"]) for shard in index["shardlist"]] == [
        ("train-000000.tar", 10),
        ("train-000001.tar", 10),
        ("train-000002.tar", 3),
    ]
    assert all((tmp_path / "train" / s["url"]).stat().st_size == s["filesize"] for s in index["shardlist"])
    assert sorted(path.name for path in (tmp_path / "train").iterdir()) == [
        "metadata-00000.jsonl",
        "shards.json",
        *(f"train-00000{number}.tar" for number in range(3)),
    ]


def test_millions_of_images_are_told_by_thousands_of_names(tmp_path: Path):
    shards_folder(tmp_path, "train").mkdir(parents=True)
    count = 1_280_000
    for start in range(0, count, 1000):
        if start != 640_000:
            record_file(tmp_path, "train", start, start + 1000).touch()
    assert indices(missing(tmp_path, "train", count)) == list(range(640_000, 641_000))
    assert claimed_images(tmp_path, "train") == count - 1000


def test_shards_are_plain_data():
    shard = Shard("train", 3, 5)
    assert attrs.asdict(shard) == {"split": "train", "start": 3, "stop": 5}
    assert (str(shard), len(shard)) == ("train 3-4", 2)
