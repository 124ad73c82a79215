"""Law 3: a data set is a sequence of shards, each idempotent and atomic."""

from pathlib import Path

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simreal.datasets.finishing import data_hash, finish_split, split_contents
from simreal.datasets.layout import own_folder, parts_folder, shards_folder
from simreal.datasets.shards import Shard, ShardWriter, claimed_images, committed, missing, plan
from simreal.design.errors import DataSetError

CLASSES = ("cup", "chair")
COUNTS = st.integers(0, 60)
SIZES = st.integers(1, 20)
EASY = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def render(data: Path, shard: Shard, fail: frozenset[int] = frozenset()) -> None:
    """Commit a shard of made-up images, a pure function of their index."""
    own_folder(data).mkdir(parents=True, exist_ok=True)
    with ShardWriter(data, shard) as writer:
        for index in reversed(shard.indices):
            name = CLASSES[index % 2]
            if index in fail:
                writer.fail(index, "no luck")
            else:
                row = {"file_name": f"{name}/{index:08d}.jpg", "index": index, "class": name}
                writer.add(f"picture {index}".encode(), row)
        writer.commit()


def whole(data: Path, count: int, size: int = 7) -> str:
    """The hash of a data set rendered without interruption."""
    for shard in plan("train", count, size):
        render(data, shard)
    finish_split(data, "train", count)
    return data_hash(data)


@given(COUNTS, SIZES)
def test_a_plan_covers_every_index_once(count: int, size: int):
    shards = plan("train", count, size)
    assert [index for shard in shards for index in shard.indices] == list(range(count))
    assert all(0 < len(shard) <= size for shard in shards)


@EASY
@given(st.data(), st.integers(1, 40), SIZES, SIZES)
def test_what_is_missing_is_what_no_shard_has(tmp_path_factory, data, count: int, first: int, second: int):
    folder = tmp_path_factory.mktemp("data")
    there = data.draw(st.sets(st.sampled_from(plan("train", count, first))))
    for shard in there:
        render(folder, shard)
    have = {index for shard in there for index in shard.indices}
    gaps = missing(folder, "train", count, second)
    assert [index for shard in gaps for index in shard.indices] == [i for i in range(count) if i not in have]
    assert all(0 < len(shard) <= second for shard in gaps)


@EASY
@given(st.data(), st.integers(1, 40), SIZES, SIZES)
def test_any_order_any_cutting_any_interruption_gives_the_same_bytes(
    tmp_path_factory, data, count: int, first: int, second: int
):
    reference = whole(tmp_path_factory.mktemp("reference"), count)
    folder = tmp_path_factory.mktemp("data")
    for shard in data.draw(st.permutations(plan("train", count, first)))[: data.draw(st.integers(0, count))]:
        render(folder, shard)
    for shard in data.draw(st.permutations(missing(folder, "train", count, second))):
        render(folder, shard)
        render(folder, shard)
    finish_split(folder, "train", count)
    assert data_hash(folder) == reference


@EASY
@given(st.lists(st.integers(1, 40), min_size=1, max_size=4), SIZES)
def test_growing_and_shrinking_ends_where_a_fresh_start_does(tmp_path_factory, counts: list[int], size: int):
    folder = tmp_path_factory.mktemp("data")
    for count in counts:
        for shard in missing(folder, "train", count, size):
            render(folder, shard)
        finish_split(folder, "train", count)
    assert data_hash(folder) == whole(tmp_path_factory.mktemp("reference"), counts[-1])
    largest = missing(folder, "train", max(counts))
    assert not largest, "what was once rendered is never rendered again"


def test_what_is_there_can_be_told_by_names_alone(tmp_path: Path):
    for start, stop in ((0, 7), (5, 10), (20, 30)):
        render(tmp_path, Shard("train", start, stop))
    assert claimed_images(tmp_path, "train") == 20
    assert [claimed_images(tmp_path, "train", count) for count in (0, 6, 15, 25)] == [0, 6, 10, 15]
    assert claimed_images(tmp_path, "test_iid") == 0


def test_a_shard_left_early_leaves_no_trace(tmp_path: Path):
    own_folder(tmp_path).mkdir()
    with ShardWriter(tmp_path, Shard("train", 0, 2)) as writer:
        writer.add(b"picture", {"file_name": "cup/00000000.jpg", "index": 0, "class": "cup"})
    assert not list(parts_folder(tmp_path).iterdir())
    assert missing(tmp_path, "train", 2) == plan("train", 2)


@EASY
@given(st.sets(st.integers(0, 19)), st.sets(st.integers(0, 19)))
def test_a_shard_left_early_can_keep_what_there_is(tmp_path_factory, rendered: set[int], failed: set[int]):
    folder = tmp_path_factory.mktemp("data")
    own_folder(folder).mkdir()
    with ShardWriter(folder, Shard("train", 0, 20)) as writer:
        for index in rendered:
            name = CLASSES[index % 2]
            row = {"file_name": f"{name}/{index:08d}.jpg", "index": index, "class": name}
            writer.add(f"picture {index}".encode(), row)
        for index in failed - rendered:
            writer.fail(index, "no luck")
        writer.commit_part()
    gaps = missing(folder, "train", 20, 7)
    assert [index for shard in gaps for index in shard.indices] == sorted(set(range(20)) - rendered)
    for shard in gaps:
        render(folder, shard)
    finish_split(folder, "train", 20)
    assert data_hash(folder) == whole(tmp_path_factory.mktemp("reference"), 20)


def test_a_data_set_that_was_deleted_does_not_come_back(tmp_path: Path):
    with pytest.raises(DataSetError, match="was deleted or moved meanwhile; started again, it begins anew"):
        ShardWriter(tmp_path / "data", Shard("train", 0, 2)).__enter__()
    assert not (tmp_path / "data").exists()


def test_an_incomplete_shard_cannot_be_committed(tmp_path: Path):
    own_folder(tmp_path).mkdir()
    with ShardWriter(tmp_path, Shard("train", 0, 2)) as writer:
        writer.add(b"picture", {"file_name": "cup/00000000.jpg", "index": 0, "class": "cup"})
        with pytest.raises(DataSetError, match="not complete"):
            writer.commit()


def test_images_without_a_commit_are_swept_away(tmp_path: Path):
    """A move interrupted between the images and the rows: the images belong to no shard."""
    render(tmp_path, Shard("train", 0, 4))
    reference = whole(tmp_path / "reference", 4)
    (tmp_path / "data").mkdir()
    data = tmp_path / "data"
    render(data, Shard("train", 0, 4))
    render(data, Shard("train", 4, 8))
    (shards_folder(data, "train") / "00000004-00000008.jsonl").unlink()
    (data / "train" / "notes.txt").write_text("mine")
    finish_split(data, "train", 4)
    assert (data / "train" / "notes.txt").read_text() == "mine", "only our own files are removed"
    (data / "train" / "notes.txt").unlink()
    assert data_hash(data) == reference


def test_a_shard_whose_images_are_gone_is_missing_again(tmp_path: Path):
    reference = whole(tmp_path, 20)
    (tmp_path / "train" / "cup" / "00000008.jpg").unlink()
    gaps = missing(tmp_path, "train", 20, 7)
    assert [index for shard in gaps for index in shard.indices] == list(range(7, 14))
    for shard in gaps:
        render(tmp_path, shard)
    finish_split(tmp_path, "train", 20)
    assert data_hash(tmp_path) == reference


@pytest.mark.parametrize("damage", [b"", b"{", b'{"index": 3}\n', b"[]\n", b'{"index": 0, "failed": "x"}\n'])
def test_a_damaged_record_is_no_commit(tmp_path: Path, damage: bytes):
    render(tmp_path, Shard("train", 0, 4))
    (shards_folder(tmp_path, "train") / "00000000-00000004.jsonl").write_bytes(damage)
    assert not list(committed(tmp_path, "train"))
    assert missing(tmp_path, "train", 4) == plan("train", 4)


def test_failed_images_have_no_row_but_a_reason(tmp_path: Path):
    render(tmp_path, Shard("train", 0, 6), fail=frozenset({1, 4}))
    finish_split(tmp_path, "train", 6)
    contents = split_contents(tmp_path, "train", 6, CLASSES)
    assert contents.images == {"cup": 2, "chair": 2}
    assert contents.failures == {1: "no luck", 4: "no luck"}
    assert not missing(tmp_path, "train", 6)
    again = missing(tmp_path, "train", 6, retry_failed=True)
    assert again == plan("train", 6)
    render(tmp_path, again[0])
    finish_split(tmp_path, "train", 6)
    assert data_hash(tmp_path) == whole(tmp_path / "reference", 6)


def test_a_shard_that_failed_altogether_stays_missing(tmp_path: Path):
    with pytest.raises(DataSetError, match="all 3 images of shard train 0-2 failed; the first: no luck"):
        render(tmp_path, Shard("train", 0, 3), fail=frozenset({0, 1, 2}))
    assert missing(tmp_path, "train", 3) == plan("train", 3)


def test_an_unfinished_split_is_not_finished(tmp_path: Path):
    render(tmp_path, Shard("train", 0, 3))
    with pytest.raises(DataSetError, match="2 images of train are not rendered yet"):
        finish_split(tmp_path, "train", 5)


def test_shards_are_plain_data():
    shard = Shard("train", 3, 5)
    assert attrs.asdict(shard) == {"split": "train", "start": 3, "stop": 5}
    assert (str(shard), len(shard)) == ("train 3-4", 2)
