"""What a data set of a million images costs to look at, check and open: seconds, CPU seconds and peak memory of each.

    .venv/bin/python benchmarks/data_scale.py [--images 1000000] [--layout webdataset] [--metadata parquet]

Makes a data set of tiny made-up images (in class folders they are hard links to a few), finishes it as a render does,
and runs each step in a process of its own. Last, what is missing is asked of 12.8 million images, by 12,800 names.
Prints a JSON line, and a table for people on stderr.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import sys
import tempfile
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import attrs
from PIL import Image

from simreal.commands import main as simreal
from simreal.datasets.blocks import write_tar_whole
from simreal.datasets.finishing import finish_split
from simreal.datasets.layout import image_name, record_file, shards_folder, tar_name
from simreal.datasets.metadata import image_row
from simreal.datasets.publishing import publish
from simreal.datasets.records import RecordedImage, json_line, make_record, write_record
from simreal.datasets.shards import missing, plan
from simreal.datasets.state import prepare
from simreal.datasets.storage import BLOCK, LAYOUTS, METADATA_FORMATS, Storage
from simreal.datasets.tars import sample_bytes
from simreal.design.design import Design, DesignClass, Split
from simreal.design.sampling import Sampler

Cost: TypeAlias = tuple[float, float, int]  # seconds, seconds of CPU, peak memory in MB

KINDS = 64
MILLIONS = 12_800_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=1_000_000)
    parser.add_argument("--layout", choices=LAYOUTS, default="folders")
    parser.add_argument("--metadata", choices=METADATA_FORMATS, default="jsonl")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="simreal-scale-") as folder:
        found = measure(Path(folder), args.images, Storage(args.layout, args.metadata))
    print(json.dumps({"images": args.images, "layout": args.layout, "metadata": args.metadata, "steps": found}))
    for step, (seconds, cpu, megabytes) in found.items():
        print(f"{step:24}  {seconds:7.1f} s  {cpu:7.1f} s of CPU  {megabytes:6.0f} MB", file=sys.stderr)


def measure(folder: Path, images: int, storage: Storage) -> dict[str, Cost]:
    """What each step costs."""
    data, millions = folder / "data", folder / "millions"
    design = Design("scale", tuple(DesignClass(f"class{n}", (f"starter:cup/{n:02d}",)) for n in range(10)))
    design = attrs.evolve(design, splits=(Split("train", images),))
    fill(data, design, images, storage)
    commands = {"stats": ["stats"], "verify --fast": ["verify", "--fast"]}
    found = {"finish": apart(lambda: finish(data, design, images))}
    for name, (verb, *more) in commands.items():
        found[name] = apart(lambda verb=verb, more=more: simreal(["data", verb, str(data), *more]))
    found["open a loader"] = apart(lambda: open_loader(data))
    shards_folder(millions, "train").mkdir(parents=True)
    for start in range(0, MILLIONS - BLOCK, BLOCK):
        record_file(millions, "train", start, start + BLOCK).touch()
    found["12.8M images by names"] = apart(lambda: by_names(millions))
    return found


def fill(data: Path, design: Design, images: int, storage: Storage) -> None:
    """Commit made-up images as whole blocks. Rows are those of a thousand draws, again and again."""
    data.mkdir()
    prepare(data, design, storage)
    sampler = Sampler(design, "train")
    rows = [image_row(spec, spec.models[0], (1, 1, 7, 7), 0.3) for spec in map(sampler.spec, range(BLOCK))]
    jpegs = [jpeg(number) for number in range(KINDS)]
    for number, shard in enumerate(plan("train", images, BLOCK)):
        chosen = [{**rows[index % BLOCK], "index": index} for index in shard.indices]
        for row in chosen:
            row["file_name"] = storage.file_name(row["class"], row["index"])
        lines = [json_line(row) for row in chosen]
        kinds = [jpegs[index % KINDS] for index in shard.indices]
        found = [
            RecordedImage(row["index"], row["class"], len(content), zlib.crc32(content))
            for row, content in zip(chosen, kinds, strict=True)
        ]
        if storage.layout == "webdataset":
            samples = (
                sample_bytes(row["index"], row["label"], content, line)
                for row, content, line in zip(chosen, kinds, lines, strict=True)
            )
            write_tar_whole(data / "train" / tar_name("train", number), samples)
        else:
            link(data, [image_name(row["class"], row["index"]) for row in chosen], jpegs)
        write_record(data, make_record(shard, found, lines, {}))


def link(data: Path, names: list[str], jpegs: list[bytes]) -> None:
    """A block's class folders: the first few images are files, the rest hard links to them."""
    paths = [data / "train" / name for name in names]
    for place, path in enumerate(paths):
        path.parent.mkdir(parents=True, exist_ok=True)
        if place < KINDS:
            path.write_bytes(jpegs[int(path.stem) % KINDS])
        else:
            path.hardlink_to(paths[place % KINDS])


def jpeg(number: int) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (8, 8), (number, 90, 200 - number)).save(file, "JPEG")
    return file.getvalue()


def finish(data: Path, design: Design, images: int) -> None:
    finish_split(data, "train", images)
    publish(data, design, prepare(data, design))


def open_loader(data: Path) -> None:
    """To the first batch, as training does."""
    from simreal.datasets.reading import open_data_set
    from simreal.training.loading import batches, epoch_order, read_samples
    from simreal.training.transforms import CentreCrop

    samples = read_samples(open_data_set(data), "train")
    order = epoch_order(len(samples), seed=0, epoch=0)
    next(iter(batches(samples, order, 64, CentreCrop(8, 8))))


def by_names(data: Path) -> None:
    assert sum(map(len, missing(data, "train", MILLIONS))) == BLOCK


def apart(step: Callable[[], object]) -> Cost:
    """What a step costs in a process of its own."""
    start = time.perf_counter()
    child = os.fork()
    if child == 0:
        with Path(os.devnull).open("w") as nowhere:
            os.dup2(nowhere.fileno(), 1)
        os._exit(int(step() or 0))
    _, status, usage = os.wait4(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    cpu = usage.ru_utime + usage.ru_stime
    return round(time.perf_counter() - start, 1), round(cpu, 1), round(usage.ru_maxrss / 1e3)


if __name__ == "__main__":
    main()
