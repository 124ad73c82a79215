"""The sheet of renders before and after a tuning: what it shows, and in which order."""

from pathlib import Path

import attrs
import numpy as np
import pytest
from PIL import Image

from simreal.studies.weighting.change_sheet import CELL_PX, COLUMNS, change_sheet
from simreal.studies.weighting.pool import Pool

from .planted_pools import MATERIALS, planted_design, planted_pool

BEFORE, AFTER, ALIKE = (0, 0, 255), (0, 160, 0), (255, 0, 0)


def painted(pool: Pool, colours: list[tuple[int, int, int]], folder: Path) -> Pool:
    folder.mkdir()
    paths = tuple(folder / f"{number}.png" for number in range(len(pool)))
    for path, colour in zip(paths, colours, strict=True):
        Image.new("RGB", (16, 16), colour).save(path)
    return attrs.evolve(pool, paths=paths)


@pytest.fixture
def pools(tmp_path) -> tuple[Pool, Pool]:
    """The first six images are drawn alike by both."""
    before = planted_pool(planted_design((0.0, 60.0), MATERIALS), 5, 60)
    after = planted_pool(planted_design((0.0, 20.0), MATERIALS), 5, 60)
    after = attrs.evolve(after, rows=(*before.rows[:6], *after.rows[6:]))
    alike = [ALIKE] * 6
    return (
        painted(before, [*alike, *[BEFORE] * 54], tmp_path / "before"),
        painted(after, [*alike, *[AFTER] * 54], tmp_path / "after"),
    )


def test_rows_are_before_and_after_of_the_same_images_that_are_drawn_otherwise(pools) -> None:
    sheet = change_sheet(*pools, ("your design", "tuned"))
    assert sheet is not None
    pixels = np.asarray(sheet)
    counts = {colour: int((pixels == colour).all(2).sum()) for colour in (BEFORE, AFTER, ALIKE)}
    assert counts == {BEFORE: 2 * COLUMNS * CELL_PX**2, AFTER: 2 * COLUMNS * CELL_PX**2, ALIKE: 0}
    tops = [np.flatnonzero((pixels == colour).all(2).any(1)) for colour in (BEFORE, AFTER)]
    assert tops[0][0] < tops[1][0] and tops[0][-1] < tops[1][-1]


def test_of_every_class_one_is_shown_before_any_has_two(pools) -> None:
    before, after = pools
    classes = len({row["class"] for row in after.rows})
    changed = [number for number in range(6, len(after)) if before.rows[number] != after.rows[number]]
    first = [
        next(number for number in changed if after.rows[number]["class"] == name)
        for name in dict.fromkeys(after.rows[number]["class"] for number in changed)
    ]
    kept = sorted(first)
    only = [attrs.evolve(pool, rows=tuple(pool.rows[n] for n in kept), paths=tuple(pool.paths[n] for n in kept),
                         labels=pool.labels[kept], features=pool.features[kept]) for pool in pools]  # fmt: skip
    assert len(kept) == classes
    whole, alone = (change_sheet(*some, ("a", "b")) for some in (pools, only))
    assert whole is not None and alone is not None
    row = alone.height // 2
    width = alone.width // COLUMNS * classes
    captions = [np.asarray(sheet.crop((0, 0, width, row))) for sheet in (whole, alone)]
    assert np.array_equal(*captions)


def test_where_nothing_is_drawn_otherwise_there_is_none(pools) -> None:
    assert change_sheet(pools[0], pools[0], ("a", "b")) is None
