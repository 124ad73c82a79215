"""A split that is consumed while it is rendered: what is asked for, what is given out, what is deleted."""

from pathlib import Path

import pytest

from simreal.datasets.records import Shard, claims
from simreal.datasets.shards import ShardWriter, read_shard
from simreal.datasets.streams import (
    Window,
    discard,
    discard_all,
    discard_strays,
    read_window,
    record_at,
    record_given_up,
    write_window,
)
from simreal.design.errors import DataSetError
from simreal.rendering.ahead import Ahead


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / ".simreal").mkdir()
    return tmp_path


def commit(data: Path, start: int, stop: int, failed: tuple[int, ...] = ()) -> None:
    with ShardWriter(data, Shard("train", start, stop)) as writer:
        for index in range(start, stop):
            if index in failed:
                writer.fail(index, "the object is nowhere")
            else:
                writer.add(b"a picture", {"index": index, "class": "cup", "label": 0})
        writer.commit()


def images(data: Path) -> list[int]:
    return sorted(int(path.stem) for path in (data / "train").rglob("*.jpg"))


def taken(source: Ahead) -> list[tuple[int, int]]:
    """All that a source gives out now."""
    return [(shard.start, shard.stop) for shard in iter(source.take, None)]


def test_no_more_is_given_out_than_is_asked_for(data: Path) -> None:
    source = Ahead(data, "train")
    assert source.take() is None, "nobody has asked yet"
    write_window(data, "train", Window(0, 120))
    assert taken(source) == [(0, 50), (50, 100), (100, 120)]
    write_window(data, "train", Window(50, 170))
    assert taken(source) == [(120, 150), (150, 170)]
    assert not source.exhausted, "a stream has no end"


def test_what_is_there_is_not_rendered_again(data: Path) -> None:
    commit(data, 50, 63)
    commit(data, 70, 80)
    write_window(data, "train", Window(30, 110))
    assert taken(Ahead(data, "train")) == [(30, 50), (63, 70), (80, 100), (100, 110)]


def test_a_shard_that_was_put_back_comes_first(data: Path) -> None:
    write_window(data, "train", Window(0, 150))
    source = Ahead(data, "train")
    first = source.take()
    assert first is not None
    source.put_back(first)
    assert taken(source) == [(0, 50), (50, 100), (100, 150)]


def test_a_consumer_goes_past_what_was_given_up(data: Path) -> None:
    write_window(data, "train", Window(0, 100))
    source = Ahead(data, "train")
    shard = source.take()
    assert shard is not None
    source.give_up(shard, "3 workers died")
    record = record_at(data, "train", 7)
    assert record is not None and record.rows() == ()
    assert record.header.failures[7] == "set aside: 3 workers died"
    assert taken(Ahead(data, "train")) == [(50, 100)], "also by whoever renders next"


def test_a_damaged_window_is_told(data: Path) -> None:
    assert read_window(data, "train") is None
    write_window(data, "train", Window(3, 8))
    assert read_window(data, "train") == Window(3, 8)
    next((data / ".simreal" / ".streams").iterdir()).write_text("{")
    with pytest.raises(DataSetError, match="cannot be read"):
        read_window(data, "train")


def test_an_image_is_found_in_whatever_shard_it_lies(data: Path) -> None:
    commit(data, 0, 13)
    commit(data, 10, 50)
    commit(data, 50, 100)
    ends = [record.shard.stop for index in (0, 10, 49, 50) if (record := record_at(data, "train", index))]
    assert ends == [13, 50, 50, 100], "of several shards the one that reaches farthest"
    assert record_at(data, "train", 100) is None


def test_a_damaged_shard_is_told(data: Path) -> None:
    commit(data, 0, 50)
    record = next((data / ".simreal" / "train").glob("*.jsonl"))
    record.write_bytes(record.read_bytes()[:200])
    with pytest.raises(DataSetError, match=r"00000000-00000050\.jsonl: damaged; delete it and go on"):
        record_at(data, "train", 3)


def test_only_shards_that_are_wholly_seen_are_deleted(data: Path) -> None:
    for start in (0, 50, 100):
        commit(data, start, start + 50, failed=(start + 1,))
    discard(data, "train", 99)
    assert [shard.start for shard in claims(data, "train")] == [50, 100]
    assert images(data) == [index for index in range(50, 150) if index not in (51, 101)]
    discard_all(data, "train")
    assert claims(data, "train") == []
    assert not (data / "train").exists()


def test_what_a_killed_deletion_left_is_found(data: Path) -> None:
    commit(data, 0, 50)
    commit(data, 50, 100)
    next((data / ".simreal" / "train").glob("00000000-*.jsonl")).unlink()  # killed here, before the images were deleted
    discard_strays(data, "train", 70)
    assert images(data) == list(range(50, 100))


def test_given_up_images_are_failures_to_a_reader(data: Path) -> None:
    record_given_up(data, Shard("train", 0, 3), "no")
    found = read_shard(data, Shard("train", 0, 3))
    assert found is not None and dict(found.failures) == {0: "no", 1: "no", 2: "no"}
