"""A command of a study that leaves what the real one would, at once, and fails when told to. Needs nothing but Python.

What goes wrong is told by the JSON in $STAND_IN: ``slow_s`` seconds a step, ``fail`` (a text in the folder's name),
``journal`` (a file that gets a line when a step begins and when it ends).
"""

import hashlib
import json
import os
import select
import sys
import time
from pathlib import Path

TOLD = json.loads(os.environ.get("STAND_IN", "{}"))


def main(words):
    """Leave a result that depends on what the step is: accuracies of every split, or of a run."""
    out = Path(words[words.index("--out") + 1])
    place = next(path for path in out.parents if path.parent.name == "steps").name
    note(f"begin {place}")
    say({"type": "progress", "stage": words[0], "done": 1, "total": 2})
    say({"type": "log", "text": f"at work on {place}"})
    ended, _, _ = select.select([sys.stdin], [], [], TOLD.get("slow_s", 0.0))
    if ended:  # its parent is gone, or wants it to leave
        return 130
    if TOLD.get("fail") and TOLD["fail"] in place:
        say({"type": "error", "text": "told to fail"})
        return 2
    if words[0] == "evaluate":
        for split in [word.partition("=")[2] for word in words if word.startswith("--split=")] or ["all"]:
            write(out / split / "results.json", {"split": split, **accuracy(place, split)})
    else:
        write(out / "results.json", {"target": accuracy(place, "target")})
    note(f"end {place}")
    return 0


def accuracy(place, split):
    """Accuracies as an evaluation tells them, made up from the step's name."""
    share = hashlib.sha256(f"{place} {split}".encode()).digest()[0] / 255
    around = [max(0.0, share - 0.1), min(1.0, share + 0.1)]
    shares = {"top1": share, "mean_class_accuracy": share / 2}
    return {"n": 100, **shares, "top1_interval_95": around, "mean_class_accuracy_interval_95": [0.0, 1.0]}


def write(file, document):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(document))


def say(message):
    os.write(1, b"\x1e" + json.dumps(message).encode() + b"\n")


def note(line):
    if "journal" in TOLD:
        with Path(TOLD["journal"]).open("a") as file:
            file.write(f"{time.monotonic():.3f} {line}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
