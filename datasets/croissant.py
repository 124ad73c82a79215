"""croissant.json: the data set described for machines, after MLCommons Croissant 1.0 (arXiv 2403.19546).

Metadata files are named with their SHA-256, images and tars as sets of files, columns as fields of a record set per
split. It holds no date, so that the same data is the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from ..design.design import Design
from .finishing import FinishedSplit
from .layout import metadata_files
from .metadata import LISTS, column_types
from .metadata_files import sha256_of
from .storage import Storage

_TYPES = {
    "int64": "sc:Integer",
    "label": "sc:Integer",
    "float64": "sc:Float",
    "string": "sc:Text",
    "bool": "sc:Boolean",
}
_FORMATS = {".jsonl": "application/jsonlines", ".parquet": "application/x-parquet"}
_CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataBiases": "cr:dataBiases",
    "dataCollection": "cr:dataCollection",
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "personalSensitiveInformation": "cr:personalSensitiveInformation",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}


def croissant_text(data: Path, design: Design, splits: Sequence[FinishedSplit], storage: Storage) -> str:
    """The description of a data set with these finished splits. Their metadata files are read for their hashes."""
    document = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "name": design.name,
        "description": design.description
        or f"Synthetic images of {len(design.classes)} classes, rendered from 3D models by Simreal.",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "keywords": ["synthetic", "simreal", "image classification"],
        "isLiveDataset": False,
        "distribution": [entry for split in splits for entry in _distribution(data, split.name, storage)],
        "recordSet": [
            _classes(design),
            *(_records(design, split.name, entry) for split in splits for entry in _parts(data, split.name)),
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _distribution(data: Path, split: str, storage: Storage) -> Iterator[dict[str, Any]]:
    for path in metadata_files(data, split):
        name = f"{split}/{path.name}"
        yield {
            "@type": "cr:FileObject",
            "@id": name,
            "name": name,
            "contentUrl": name,
            "encodingFormat": _FORMATS[path.suffix],
            "contentSize": f"{path.stat().st_size} B",
            "sha256": sha256_of(path),
        }
    folders = storage.layout == "folders"
    yield {
        "@type": "cr:FileSet",
        "@id": f"{split}-images",
        "name": f"{split}-images",
        "encodingFormat": "image/jpeg" if folders else "application/x-tar",
        "includes": f"{split}/*/*.jpg" if folders else f"{split}/{split}-*.tar",
    }


def _parts(data: Path, split: str) -> list[str]:
    return [f"{split}/{path.name}" for path in metadata_files(data, split)]


def _classes(design: Design) -> dict[str, Any]:
    names = design.class_names
    return {
        "@type": "cr:RecordSet",
        "@id": "classes",
        "name": "classes",
        "dataType": "sc:Enumeration",
        "key": {"@id": "classes/name"},
        "field": [
            {"@type": "cr:Field", "@id": "classes/name", "name": "name", "dataType": "sc:Text"},
            {"@type": "cr:Field", "@id": "classes/label", "name": "label", "dataType": "sc:Integer"},
        ],
        "data": [{"classes/name": name, "classes/label": label} for label, name in enumerate(names)],
    }


def _records(design: Design, split: str, part: str) -> dict[str, Any]:
    """A metadata file's columns. A split in parts has a record set each, as a record set reads one file."""
    identity = split if "/metadata." in part else part.rpartition(".")[0]
    fields = [
        _field(identity, part, name, kind) for name, kind in {"file_name": "string", **column_types(design)}.items()
    ]
    return {"@type": "cr:RecordSet", "@id": identity, "name": identity, "field": fields}


def _field(identity: str, part: str, column: str, kind: str) -> dict[str, Any]:
    field: dict[str, Any] = {
        "@type": "cr:Field",
        "@id": f"{identity}/{column}",
        "name": column,
        "dataType": _TYPES[LISTS.get(kind, kind)],
        "source": {"fileObject": {"@id": part}, "extract": {"column": column}},
    }
    if kind in LISTS:
        field["repeated"] = True
    return field
