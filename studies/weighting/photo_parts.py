"""Photos of tuning and photos of reporting: what weights are chosen by, and what they are judged by, kept apart.

On which side a photo falls is a function of its content and the seed: names, order and the other photos change nothing,
so that adding photos moves none. Photos that are nearly the same (``near_duplicates``) fall on one side together.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs

from ...datasets.messages import Progress, Report
from ...datasets.writing import write_bytes
from ...design.errors import AssetError, RunError
from ...scoring.photos import Photo, Skipped, find_photos
from .near_duplicates import Small, alike, small_picture

PHOTOS_FILE = "photos.json"
VERSION_KEY = "simreal_photos"
FORMAT_VERSION = 1
LEAST_PHOTOS = 10  # of a part
_ENOUGH = 10  # photos of a class: with so many, in 499 of 500 cases both parts have one


@attrs.frozen
class PhotoParts:
    """Photos by part, each in the order of their names, and what it takes to see that they are the same again.

    ``photos_sha256`` is over contents and classes, whatever the files are called; ``digests`` are those of the files,
    by name. Where photos are ``labelled``, all have a class, but for those of tuning beyond the ``shots`` that may be
    used. ``twins`` are the names of photos that are nearly the same, a group each. ``skipped`` could not be used.
    """

    tuning: tuple[Photo, ...]
    reporting: tuple[Photo, ...]
    photos_sha256: str
    labelled: bool
    seed: int
    reporting_share: float
    shots: int | None
    digests: Mapping[str, str]
    twins: tuple[tuple[str, ...], ...]
    skipped: tuple[Skipped, ...]


def part_photos(
    folder: Path,
    classes: Sequence[str],
    *,
    aliases: Mapping[str, str] | None = None,
    reporting_share: float = 0.5,
    seed: int = 0,
    shots: int | None = None,
    report: Report = lambda message: None,
) -> PhotoParts:
    """Part the photos of a folder. Those in folders of no class are left out, unless no folder tells a class.

    ``shots`` is how many photos of tuning a class keep their label, the same ones whatever else there is; the others
    stay as photos without one. Raises AssetError where there is no photo, RunError where there are too few to part.
    """
    if not 0.0 < reporting_share < 1.0:
        raise RunError(f"the share of photos for reporting must lie between 0 and 1, not {reporting_share:g}")
    found = find_photos(folder, classes, aliases)
    labelled = any(photo.true_class for photo in found.photos)
    skipped = list(found.skipped)
    photos, pictures = _read([p for p in found.photos if p.true_class or not labelled], skipped, report)
    digests = {photo.name: hashlib.sha256(photo.path.read_bytes()).hexdigest() for photo in photos}
    groups = alike(pictures).tolist()
    keys: dict[int, str] = {}
    for photo, group in zip(photos, groups, strict=True):
        keys[group] = min(keys.get(group, digests[photo.name]), digests[photo.name])
    reported = [_draw(seed, keys[group]) < reporting_share for group in groups]
    tuning = [photo for photo, side in zip(photos, reported, strict=True) if not side]
    reporting = [photo for photo, side in zip(photos, reported, strict=True) if side]
    _check_enough(folder, tuning, reporting, seed)
    return PhotoParts(
        tuning=tuple(tuning if shots is None else _with_shots(tuning, digests, shots, seed)),
        reporting=tuple(reporting),
        photos_sha256=_sha256(photos, digests),
        labelled=labelled,
        seed=seed,
        reporting_share=reporting_share,
        shots=shots,
        digests=digests,
        twins=_twins(photos, groups),
        skipped=tuple(skipped),
    )


def keep_parts(parts: PhotoParts, run: Path) -> Path:
    """Write ``photos.json`` into a run's folder, or see that the run was begun with these very parts.

    Returns the file. RunError where they are others, in one line that says how they differ.
    """
    path = run / PHOTOS_FILE
    if path.is_file():
        _check_same(parts, path)
    document = {
        VERSION_KEY: FORMAT_VERSION,
        **attrs.asdict(parts, filter=lambda field, value: field.name not in ("tuning", "reporting", "digests")),
        "tuning": _listed(parts.tuning, parts.digests),
        "reporting": _listed(parts.reporting, parts.digests),
    }
    write_bytes(path, (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode())
    return path


def _read(photos: Sequence[Photo], skipped: list[Skipped], report: Report) -> tuple[list[Photo], list[Small]]:
    """The photos that can be read, with their small pictures."""
    readable: list[Photo] = []
    pictures: list[Small] = []
    for done, photo in enumerate(photos, 1):
        try:
            pictures.append(small_picture(photo.path))
            readable.append(photo)
        except AssetError as error:
            skipped.append(Skipped(photo.name, str(error).removeprefix(f"{photo.path}: ")))
        if done % 100 == 0 or done == len(photos):
            report(Progress("look at photos", done, len(photos), "photos"))
    return readable, pictures


def _draw(seed: int, key: str) -> float:
    """A number in [0, 1) that is a function of seed and key."""
    digest = hashlib.sha256(f"{seed}:{key}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def _check_enough(folder: Path, tuning: Sequence[Photo], reporting: Sequence[Photo], seed: int) -> None:
    sides = (("tuning", tuning, reporting), ("reporting", reporting, tuning))
    for side, here, there in sides:
        if len(here) < LEAST_PHOTOS:
            raise RunError(
                f"{folder}: {len(here) + len(there)} photos are too few to tune on some and report on others: "
                f"{len(here)} fell to {side}, of at least {LEAST_PHOTOS}"
            )
    counts = {side: Counter(photo.true_class for photo in here) for side, here, _ in sides}
    for name in sorted({photo.true_class or "" for photo in (*tuning, *reporting)} - {""}):
        for side, _, _ in sides:
            if not counts[side][name]:
                both = sum(count[name] for count in counts.values())
                raise RunError(
                    f"{folder}: none of the {both} photos of '{name}' fell to {side}; "
                    f"give the class about {_ENOUGH}, or take another --seed than {seed}"
                )


def _with_shots(photos: Sequence[Photo], digests: Mapping[str, str], shots: int, seed: int) -> list[Photo]:
    """The photos, only ``shots`` of every class with their label: of the lowest draws, so that fewer are nested."""
    kept: set[str] = set()
    for name in {photo.true_class for photo in photos}:
        members = [photo.name for photo in photos if photo.true_class == name]
        kept.update(sorted(members, key=lambda member: (_draw(seed, f"shot:{digests[member]}"), member))[:shots])
    return [photo if photo.name in kept else attrs.evolve(photo, true_class=None) for photo in photos]


def _sha256(photos: Sequence[Photo], digests: Mapping[str, str]) -> str:
    listed = sorted([photo.true_class or "", digests[photo.name]] for photo in photos)
    return hashlib.sha256(json.dumps(listed, ensure_ascii=False).encode()).hexdigest()


def _twins(photos: Sequence[Photo], groups: Sequence[int]) -> tuple[tuple[str, ...], ...]:
    members: dict[int, list[str]] = {}
    for photo, group in zip(photos, groups, strict=True):
        members.setdefault(group, []).append(photo.name)
    return tuple(tuple(names) for names in members.values() if len(names) > 1)


def _listed(photos: Sequence[Photo], digests: Mapping[str, str]) -> list[dict[str, Any]]:
    return [{"name": photo.name, "class": photo.true_class, "sha256": digests[photo.name]} for photo in photos]


def _check_same(parts: PhotoParts, path: Path) -> None:
    otherwise = "give the photos and options it was begun with, or choose another folder with --out"
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        before = Counter(entry["sha256"] for side in ("tuning", "reporting") for entry in document[side])
        same = {name: document[name] for name in ("photos_sha256", "seed", "reporting_share", "shots")}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RunError(f"{path}: cannot be understood ({error}); choose another folder with --out") from None
    now = Counter(parts.digests.values())
    if same["photos_sha256"] != parts.photos_sha256:
        added, removed = (now - before).total(), (before - now).total()
        raise RunError(
            f"{path}: the photos are others than when this run was begun ({added} new, {removed} gone): {otherwise}"
        )
    for name, value in same.items():
        if value != getattr(parts, name):
            raise RunError(f"{path}: this run was begun with {name} {value}, not {getattr(parts, name)}: {otherwise}")
