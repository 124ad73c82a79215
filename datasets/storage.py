"""How a data set lies on disk: class folders or tars, rows as JSON lines or Parquet, images a block."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Literal, TypeAlias, get_args

import attrs

from ..design.errors import DataSetError, ToolError
from .layout import image_name, member_name, state_file

Layout: TypeAlias = Literal["folders", "webdataset"]
MetadataFormat: TypeAlias = Literal["jsonl", "parquet"]
LAYOUTS: tuple[Layout, ...] = get_args(Layout)
METADATA_FORMATS: tuple[MetadataFormat, ...] = get_args(MetadataFormat)
BLOCK = 1000


@attrs.frozen
class Storage:
    """What a data set is stored as; fixed when it is begun. ``block`` images share a record, and a tar."""

    layout: Layout = "folders"
    metadata: MetadataFormat = "jsonl"
    block: int = BLOCK

    def file_name(self, class_name: str, index: int) -> str:
        """What a row calls its image: its path in the split's folder, or its name in the tar."""
        return image_name(class_name, index) if self.layout == "folders" else member_name(index)

    def check_possible(self) -> None:
        """Raise ToolError where this Python cannot write it."""
        if self.metadata == "parquet" and importlib.util.find_spec("pyarrow") is None:
            raise ToolError(
                "this Python has no pyarrow, which writes Parquet: pip install 'simreal[data]', or render without "
                "--metadata, and let another Python run `simreal data convert DATA --metadata parquet`"
            )


def read_storage(data: Path) -> Storage:
    """How a folder is stored; class folders and JSON lines where nobody said otherwise.

    DataSetError where its state cannot be understood.
    """
    try:
        return storage_from(json.loads(state_file(data).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return Storage()
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataSetError(f"{state_file(data)}: cannot be read ({error})") from None


def storage_from(document: dict[str, object]) -> Storage:
    """The storage that a state names. ValueError, KeyError or TypeError where it names none."""
    layout, metadata, block = document["layout"], document["metadata"], document["block"]
    if layout not in LAYOUTS or metadata not in METADATA_FORMATS or not isinstance(block, int) or block < 1:
        raise ValueError("layout, metadata or block is none that is known")
    return Storage(layout, metadata, block)
