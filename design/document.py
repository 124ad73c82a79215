"""Designs as JSON: reading, writing, and errors that name the place of the fault.

A parameter stands in its factor beside ``weight``::

    "camera_viewpoint": {"weight": 0.8, "elevation_deg": {"distribution": "uniform", "min": -5, "max": 45, "fixed": 20}}

What a design does not say is as declared; a factor it does not name at all has weight 0, so that designs made before a
factor existed keep their images.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs

from .checking import check
from .design import FORMAT_VERSION, Design, FactorSettings, Split
from .errors import DesignError
from .migration import VERSION_KEY, migrate
from .parsing import MAX_BYTES, parsed
from .structuring import structured


def load(path: Path) -> Design:
    """The design in a file. DesignError names file and fault."""
    text = _read(path)
    try:
        return from_text(text, path.resolve().parent)
    except DesignError as error:
        raise DesignError(error.path, f"{error.problem}  [{path}]") from None


def from_text(text: str, folder: Path = Path()) -> Design:
    """The design in a text. ``folder`` is what its library paths are relative to."""
    return from_document(parsed(text), folder)


def to_text(design: Design) -> str:
    """The text of a design's file, whose library paths are relative to ``design.folder``."""
    return json.dumps(to_document(design), indent=2, ensure_ascii=False) + "\n"


def save(design: Design, path: Path) -> None:
    """Write a design; its library paths become relative to the file's folder. The file appears whole or not at all."""
    text = to_text(relocated(design, path.resolve().parent))
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise DesignError("", f"cannot write the design {path}: {error.strerror}") from None


def _read(path: Path) -> str:
    """The text of a file; a byte order mark, which some editors write, is no part of it."""
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise DesignError("", f"{path} is a folder, not a design")
        if not stat.S_ISREG(status.st_mode):
            raise DesignError("", f"{path} is no regular file")
        if status.st_size > MAX_BYTES:
            size, most = status.st_size >> 20, MAX_BYTES >> 20
            raise DesignError("", f"{path} is too large for a design ({size} MB; at most {most})")
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise DesignError("", f"cannot read the design {path}: {error.strerror}") from None
    except ValueError as error:  # not UTF-8, or a path with a null character
        reason = "it is not UTF-8 text" if isinstance(error, UnicodeDecodeError) else str(error)
        raise DesignError("", f"cannot read the design {path!s}: {reason}") from None


def relocated(design: Design, folder: Path, *, lenient: bool = False) -> Design:
    """The same design for a file in another folder.

    On Windows no relative path leads to another drive: DesignError, or, if ``lenient``, a library there is left to be
    located anew, as one of its name beside the file.
    """
    libraries = {}
    for name, library in design.libraries.items():
        source = (design.folder / library.path).resolve()
        try:
            path = Path(os.path.relpath(source, folder.resolve())).as_posix()
        except ValueError:
            if not lenient:
                raise DesignError(
                    f"libraries.{name}",
                    f"{source} is on another drive than {folder}; keep a design on its assets' drive",
                ) from None
            path = name
        libraries[name] = attrs.evolve(library, path=path)
    return attrs.evolve(design, libraries=libraries, folder=folder)


def from_document(document: Any, folder: Path = Path()) -> Design:
    """A checked Design of parsed JSON. ``folder`` is what its library paths are relative to."""
    if not isinstance(document, dict) or VERSION_KEY not in document:
        raise DesignError("", f'not a Simreal design: it has no "{VERSION_KEY}" key')
    document = migrate(document)
    design = structured({key: value for key, value in document.items() if key != VERSION_KEY})
    design = attrs.evolve(design, folder=folder)
    check(design)
    for split in design.splits:
        overridden(design, split)
    return design


def to_document(design: Design) -> dict[str, Any]:
    """The JSON of a design, complete and in a fixed order."""
    return {
        VERSION_KEY: FORMAT_VERSION,
        "name": design.name,
        "description": design.description,
        "seed": design.seed,
        "instances": design.instances,
        "views_per_scene": design.views_per_scene,
        "image": attrs.asdict(design.image),
        "libraries": {name: attrs.asdict(library) for name, library in design.libraries.items()},
        "classes": [{**attrs.asdict(entry), "models": list(entry.models)} for entry in design.classes],
        "factors": {name: factor_document(settings) for name, settings in design.factors.items()},
        "splits": {
            split.name: {"count": split.count, "seed": split.seed, "overrides": dict(split.overrides)}
            for split in design.splits
        },
        **({"evidence": [attrs.asdict(one) for one in design.evidence]} if design.evidence else {}),
    }


def factor_document(settings: FactorSettings) -> dict[str, Any]:
    """The JSON of one factor's settings."""
    return {
        "weight": settings.weight,
        **{
            name: {
                "distribution": parameter.distribution.kind,
                **attrs.asdict(parameter.distribution, value_serializer=_listed),
                "fixed": parameter.fixed,
            }
            for name, parameter in settings.parameters.items()
        },
    }


def _listed(_instance: Any, _field: Any, value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def overridden(design: Design, split: Split) -> Design:
    """The design as a split sees it: the split's overrides laid over it, like a JSON merge patch (RFC 7396).

    A parameter given a new ``distribution`` loses the numbers of the old one.
    """
    if not split.overrides:
        return design
    if not set(split.overrides) <= {"factors", "image", "classes", "seed", "views_per_scene"}:
        raise DesignError(
            f"splits.{split.name}.overrides", "may change factors, image, classes, seed and views_per_scene only"
        )
    own_classes = "classes" in split.overrides
    first = attrs.evolve(design.classes[0], models=design.classes[0].models[:1], weight=1.0)
    plain = attrs.evolve(
        design,
        classes=design.classes if own_classes else (first,),  # there may be very many, which are checked already
        splits=(attrs.evolve(split, overrides={}),),
        instances="shared",
    )
    try:
        changed = from_document(merged(to_document(plain), split.overrides), design.folder)
        return attrs.evolve(
            changed,
            classes=changed.classes if own_classes else design.classes,
            splits=design.splits,
            instances=design.instances,
        )
    except DesignError as error:
        raise DesignError(f"splits.{split.name}.overrides.{error.path}", error.problem) from None


def merged(document: Mapping[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    """``document`` with ``patch`` laid over it (RFC 7396: null deletes, objects merge, all else replaces)."""
    kept = dict(document)
    if "distribution" in patch:
        kept = {key: value for key, value in kept.items() if key == "fixed"}
    for key, value in patch.items():
        if value is None:
            kept.pop(key, None)
        elif isinstance(value, Mapping) and isinstance(kept.get(key), Mapping):
            kept[key] = merged(kept[key], value)
        else:
            kept[key] = value
    return kept
