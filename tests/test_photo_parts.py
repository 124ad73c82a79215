"""Photos of tuning and of reporting: parted by content, kept apart with all that is nearly the same, never changed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from simreal.design.errors import AssetError, RunError
from simreal.studies.weighting.near_duplicates import alike, small_picture
from simreal.studies.weighting.photo_parts import PHOTOS_FILE, PhotoParts, keep_parts, part_photos

CLASSES = ("cup", "lamp", "piano")
FEW = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def scene(seed: int, size: int = 48) -> Image.Image:
    """A picture of its own: a few blobs of colour, smooth as photos are."""
    coarse = np.random.default_rng(seed).integers(0, 256, (5, 5, 3), dtype=np.uint8)
    return Image.fromarray(coarse).resize((size, size), Image.Resampling.BICUBIC)


def save(root: Path, name: str, seed: int, **options: int) -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    scene(seed).save(path, **options)
    return path


def tree(root: Path, per_class: int, first: int = 0) -> Path:
    """Photos in class folders, each a picture of its own."""
    for label, name in enumerate(CLASSES):
        for number in range(per_class):
            save(root, f"{name}/{number:03d}.png", 10_000 * first + 1000 * label + number)
    return root


def names(parts: PhotoParts) -> tuple[set[str], set[str]]:
    return {photo.name for photo in parts.tuning}, {photo.name for photo in parts.reporting}


@given(seed=st.integers(0, 2**31), share=st.floats(0.3, 0.7), first=st.integers(0, 50))
@FEW
def test_every_photo_is_in_one_part_and_adding_photos_moves_none(
    tmp_path_factory: pytest.TempPathFactory, seed: int, share: float, first: int
) -> None:
    root = tree(tmp_path_factory.mktemp("photos"), 16, first)
    tuning, reporting = names(part_photos(root, CLASSES, seed=seed, reporting_share=share))
    assert not tuning & reporting
    assert len(tuning) + len(reporting) == 48
    for number in range(8):
        save(root, f"{CLASSES[number % 3]}/{'ax'[number % 2]}{number}.png", 777_000 + number)
    more_tuning, more_reporting = names(part_photos(root, CLASSES, seed=seed, reporting_share=share))
    assert tuning <= more_tuning and reporting <= more_reporting
    assert len(more_tuning) + len(more_reporting) == 56


def test_names_and_places_say_nothing_of_the_part(tmp_path: Path) -> None:
    before = part_photos(tree(tmp_path / "here", 12), CLASSES)
    for number, path in enumerate(sorted((tmp_path / "here").rglob("*.png"))):
        moved = tmp_path / "there" / path.parent.name.upper() / "deeper" / f"{97 * number % 41:02d}-{number}.png"
        moved.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, moved)
    after = part_photos(tmp_path / "there", CLASSES)
    assert after.photos_sha256 == before.photos_sha256
    assert {after.digests[photo.name] for photo in after.tuning} == {before.digests[p.name] for p in before.tuning}
    assert [photo.name for photo in after.tuning] == sorted(photo.name for photo in after.tuning)


def test_the_parts_have_about_the_shares_asked_for_and_differ_by_seed(tmp_path: Path) -> None:
    root = tree(tmp_path, 40)
    quarter = part_photos(root, CLASSES, reporting_share=0.25)
    half, other = (part_photos(root, CLASSES, seed=seed) for seed in (0, 1))
    assert 18 <= len(quarter.reporting) <= 42  # 30 +- 2.5 standard deviations
    assert names(quarter)[1] < names(half)[1], "a larger part holds the smaller one"
    assert names(half)[1] != names(other)[1]


@given(seed=st.integers(0, 2**31))
@FEW
def test_what_is_nearly_the_same_stays_together(tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    root = tree(tmp_path_factory.mktemp("photos"), 14)
    original = root / "cup" / "000.png"
    shutil.copy(original, root / "lamp" / "copy of a cup.png")
    picture = Image.open(original)
    picture.save(root / "cup" / "again.jpg", quality=60)
    picture.resize((31, 31)).save(root / "cup" / "small.webp")
    picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT).save(root / "cup" / "mirrored.png")
    parts = part_photos(root, CLASSES, seed=seed)
    together = {"cup/000.png", "lamp/copy of a cup.png", "cup/again.jpg", "cup/small.webp", "cup/mirrored.png"}
    assert [set(group) for group in parts.twins] == [together]
    assert together <= names(parts)[0] or together <= names(parts)[1]


def test_different_pictures_are_not_taken_for_the_same(tmp_path: Path, kit: Path) -> None:
    paths = sorted((kit / "photos").rglob("*.jpg"))
    groups = alike([small_picture(path) for path in paths])
    assert len(paths) - len(set(groups.tolist())) <= 2, "two pairs of motorbikes, alike but for a detail"
    plain = [np.full((16, 16, 3), level, np.float32) for level in (20.0, 100.0, 101.0, 200.0)]
    assert alike(plain).tolist() == [0, 1, 1, 3]
    assert alike([]).tolist() == []


def test_only_so_many_labels_as_shots_are_given_to_tuning(tmp_path: Path) -> None:
    root = tree(tmp_path, 20)
    all_, two, three = (part_photos(root, CLASSES, shots=shots) for shots in (None, 2, 3))
    assert names(two) == names(three) == names(all_)
    labels = [photo.true_class for photo in two.tuning if photo.true_class]
    assert sorted(labels) == sorted(2 * CLASSES)
    assert {p.name for p in two.tuning if p.true_class} < {p.name for p in three.tuning if p.true_class}
    assert all(photo.true_class for photo in two.reporting), "what is reported is judged by every label"
    assert two.labelled


def test_photos_without_classes_are_parted_too(tmp_path: Path) -> None:
    for number in range(30):
        save(tmp_path, f"{number}.png", number)
    parts = part_photos(tmp_path, CLASSES)
    assert not parts.labelled
    assert len(parts.tuning) + len(parts.reporting) == 30
    assert {photo.true_class for photo in (*parts.tuning, *parts.reporting)} == {None}


def test_photos_of_other_things_and_broken_ones_are_left_out(tmp_path: Path) -> None:
    root = tree(tmp_path, 12)
    save(root, "bench/1.png", 5)
    (root / "cup" / "broken.jpg").write_bytes(b"no picture")
    parts = part_photos(root, CLASSES)
    assert len(parts.digests) == 36
    assert [skipped.name for skipped in parts.skipped] == ["cup/broken.jpg"]
    assert "not a readable picture" in parts.skipped[0].reason


def test_too_few_photos_are_refused_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"6 photos are too few to tune on some and report on others"):
        part_photos(tree(tmp_path / "few", 2), CLASSES)
    lonely = tree(tmp_path / "lonely", 16)
    for path in sorted((lonely / "piano").iterdir())[1:]:
        path.unlink()
    with pytest.raises(RunError, match=r"none of the 1 photos of 'piano' fell to (tuning|reporting); give the class"):
        part_photos(lonely, CLASSES)
    with pytest.raises(RunError, match="must lie between 0 and 1, not 1"):
        part_photos(lonely, CLASSES, reporting_share=1.0)
    with pytest.raises(AssetError, match="no such folder"):
        part_photos(tmp_path / "nowhere", CLASSES)


def test_a_run_goes_on_with_its_own_photos_only(tmp_path: Path) -> None:
    root, run = tree(tmp_path / "photos", 16), tmp_path / "run"
    parts = part_photos(root, CLASSES, shots=3)
    written = keep_parts(parts, run).read_bytes()
    assert keep_parts(part_photos(root, CLASSES, shots=3), run).read_bytes() == written
    document = json.loads(written)
    assert {entry["name"] for entry in document["tuning"]} == names(parts)[0]
    assert sum(entry["class"] is not None for entry in document["tuning"]) == 9

    with pytest.raises(RunError, match=r"begun with seed 0, not 4"):
        keep_parts(part_photos(root, CLASSES, shots=3, seed=4), run)
    (root / "cup" / "000.png").unlink()
    save(root, "cup/new.png", 4242)
    save(root, "cup/newer.png", 4243)
    with pytest.raises(RunError, match=r"the photos are others than .* \(2 new, 1 gone\)"):
        keep_parts(part_photos(root, CLASSES, shots=3), run)
    (run / PHOTOS_FILE).write_text("{}")
    with pytest.raises(RunError, match="cannot be understood"):
        keep_parts(parts, run)
