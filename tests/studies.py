"""A small study for tests: two renders, a training that may start from another, and tests of both."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

CLASSES = [{"name": name, "models": [f"starter:{name}/00", f"starter:{name}/01"]} for name in ("cup", "chair")]


def study_document(**changes: Any) -> dict[str, Any]:
    """The JSON of a study of 2 x 2 cells and 2 seeds; ``changes`` replace its keys."""
    image = {"resolution_px": 32, "samples": 2}
    document = {
        "simreal_study": 1,
        "name": "small",
        "title": "A small study",
        "description": "Nothing that matters.",
        "seeds": 2,
        "data": {
            "images": {"design": "starter", "per_class": {"train": 4}, "overrides": {"image": image}},
            "tests": {"design": "starter", "per_class": {"test_iid": 2, "test_iid_wo_bg": 2}},
            "real": {"photos": True},
        },
        "steps": {
            "first": {"verb": "train", "arguments": ["{tests}"], "options": {"from-scratch": True}},
            "training": {
                "verb": "train",
                "arguments": ["{images}"],
                "options": {
                    "backbone": "test_resnet",
                    "from-scratch": True,
                    "image-size": 32,
                    "iterations": 10,
                    "measure": ["{tests}:test_iid", "{real}"],
                },
            },
        },
        "measures": {
            "IID": {"run": "training", "data": "tests", "split": "test_iid"},
            "plain": {"run": "training", "data": "tests", "split": "test_iid_wo_bg"},
            "real": {"run": "training", "data": "real", "of": "mean_class_accuracy"},
        },
        "axes": {
            "case": {
                "label": "Held fixed",
                "options": {
                    "viewpoint": {
                        "data": {"images": {"overrides": {"factors": {"camera_viewpoint": {"weight": 0}}}}},
                    },
                    "nothing": {},
                },
            },
            "augmentation": {
                "options": {
                    "none": {"steps": {"training": {"options": {"augmentation": "none"}}}},
                    "strong": {"steps": {"training": {"options": {"augmentation": "strong"}}}},
                },
            },
        },
        "table": {"rows": ["case"]},
        "figures": [{"kind": "bars", "x": "case"}, {"kind": "lines", "x": "augmentation"}],
        "paper": {
            "source": "Somebody (1999)",
            "values": [
                {"case": "viewpoint", "augmentation": "none", "IID": 20},
                {"case": "nothing", "augmentation": "none", "IID": 80.5},
            ],
        },
    }
    return {**document, **changes}


def write_study(folder: Path, document: Mapping[str, Any] | None = None) -> Path:
    """The file of a study."""
    file = folder / "small.study.json"
    file.write_text(json.dumps(document or study_document()))
    return file
