"""Designs that are broken, each in its own way: as texts, and as what else may lie at a design's path."""

from __future__ import annotations

import codecs
import copy
import json
import os
import pickle
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import attrs

Document = dict[str, Any]
GOOD: Document = {
    "simreal_design": 1,
    "name": "good",
    "libraries": {"models": {"kind": "models", "path": "models"}, "skies": {"kind": "environments", "path": "skies"}},
    "classes": [{"name": "cup", "models": ["starter:cup/00"]}, {"name": "car", "models": ["models:car/a.obj"]}],
    "factors": {
        "camera_viewpoint": {
            "weight": 0.5,
            "elevation_deg": {"distribution": "uniform", "min": 0, "max": 40, "fixed": 9},
        },
        "background": {"kind": {"options": {"white": 1, "flat": 2}, "fixed": "white"}},
    },
    "splits": {"train": {"count": 10}, "test": {"count": 5, "overrides": {"factors": {"lens": {"weight": 0}}}}},
}
VIEWPOINT = GOOD["factors"]["camera_viewpoint"]
BACKGROUND = GOOD["factors"]["background"]
SPARSE_BYTES = 300 * 1024 * 1024


@attrs.frozen
class Broken:
    """A text that is no design, and what its message has to say."""

    name: str
    content: bytes
    says: str

    @property
    def text(self) -> str | None:
        """As it would be on a clipboard; None where it is no text."""
        try:
            return self.content.decode()
        except UnicodeDecodeError:
            return None


def broken_designs() -> list[Broken]:
    """All of them."""
    text = json.dumps(GOOD)
    found = [
        Broken("cut off in the middle", text[: len(text) // 2].encode(), "is not JSON"),
        Broken("cut off at the end", text[:-1].encode(), "is not JSON"),
        Broken("empty", b"", "is empty"),
        Broken("blank", b" \n\t\n", "is empty"),
        Broken("two designs", (text + text).encode(), "is not JSON: Extra data"),
        Broken("latin-1", '{"name": "caf\u00e9"}'.encode("latin-1"), "not UTF-8"),
        Broken("UTF-16", codecs.BOM_UTF16_LE + text.encode("utf-16-le"), "not UTF-8"),
        Broken("random bytes", bytes(range(256)), "not UTF-8"),
        Broken("pickle", pickle.dumps(GOOD), "not UTF-8"),
        Broken("Python source", b"import os\nos.system('touch broken-design-ran')\n", "is not JSON"),
        Broken("shell script", b"#!/bin/sh\ntouch broken-design-ran\n", "is not JSON"),
        Broken("web page", b"<!DOCTYPE html><script>alert(1)</script>", "is not JSON"),
        Broken("comments", b"{// my design\n" + text.encode()[1:], "is not JSON"),
        Broken("half a surrogate pair", text.replace("good", "\\ud800").encode(), "no text can have"),
        Broken("null character", text.replace("good", "a\\u0000b").encode(), "no text can have"),
        Broken("escape sequence", text.replace("good", "\\u001b[31m").encode(), "no text can have"),
        Broken("not a number", text.replace("0.5", "NaN").encode(), "NaN is not finite"),
        Broken("infinite", text.replace("0.5", "-Infinity").encode(), "-Infinity is not finite"),
        Broken("beyond floats", text.replace("0.5", "1e999").encode(), "is not finite"),
        Broken("endless number", text.replace("0.5", "9" * 5000).encode(), "has 5000 digits"),
        Broken("key twice", text.replace('"name": "good"', '"name": "good", "name": "bad"').encode(), "stands twice"),
        Broken("nested without end", b"[" * 200_000, "nested deeper"),
        Broken("nested objects", b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "nested deeper"),
        Broken("nested overrides", _with(("splits", "train", "overrides"), _nest(200)), "nested deeper"),
        Broken("list", b"[1, 2, 3]", "not a Simreal design"),
        Broken("number", b"42", "not a Simreal design"),
        Broken("null", b"null", "not a Simreal design"),
        Broken("another program's", b'{"asset": {"version": "2.0"}, "scenes": []}', "not a Simreal design"),
        Broken("no version", _without("simreal_design"), "not a Simreal design"),
        Broken("newer version", _with(("simreal_design",), 99), "update the extension"),
        Broken("version in words", _with(("simreal_design",), "one"), "whole number"),
        Broken("version true", _with(("simreal_design",), True), "whole number"),
    ]
    return found + [Broken(name, _with(path, value), says) for name, (path, value, says) in _changes().items()]


def _changes() -> Mapping[str, tuple[tuple[str | int, ...], Any, str]]:
    cup: tuple[str | int, ...] = ("classes", 0)
    elevation = ("factors", "camera_viewpoint", "elevation_deg")
    options = ("factors", "background", "kind", "options")
    return {
        "unknown key": (("colour",), 1, "colour: there is no such key"),
        "code in a key": (("__import__('os')",), 1, "there is no such key"),
        "object to build": (("py/object",), "os.system", "there is no such key"),
        "name missing": (("name",), None, "name: must be text"),
        "name blank": (("name",), " ", "name: must not be empty"),
        "seed in words": (("seed",), "7", "seed: must be a whole number"),
        "seed with a fraction": (("seed",), 0.5, "seed: must be a whole number"),
        "no classes": (("classes",), [], "at least one class"),
        "classes as an object": (("classes",), {"cup": []}, "classes"),
        "class as text": (cup, "cup", "classes"),
        "class twice": ((*cup, "name"), "car", "'car' is there twice"),
        "class escapes": ((*cup, "name"), "../../etc", "cannot be the name of a folder"),
        "class hidden": ((*cup, "name"), ".cup", "cannot be the name of a folder"),
        "class of two lines": ((*cup, "name"), "cup\nmug", "cannot be the name of a folder"),
        "class without models": ((*cup, "models"), [], "'cup' has no model"),
        "models as text": ((*cup, "models"), "starter:cup/00", "must be a list of texts"),
        "models as numbers": ((*cup, "models"), [1, 2], "must be a list of texts"),
        "negative weight": ((*cup, "weight"), -1, "must be >= 0"),
        "weight in words": ((*cup, "weight"), "heavy", "must be a number"),
        "asset without library": ((*cup, "models"), ["cup.obj"], "library:path"),
        "asset of no library": ((*cup, "models"), ["nowhere:cup.obj"], "which the design does not give"),
        "asset of another kind": ((*cup, "models"), ["skies:cup.obj"], "holds environments, not models"),
        "asset escapes": ((*cup, "models"), ["models:../../secret.obj"], "outside its library"),
        "asset escapes in Windows": ((*cup, "models"), ["models:a\\..\\..\\secret.obj"], "outside its library"),
        "asset from the root": ((*cup, "models"), ["models:/etc/passwd"], "outside its library"),
        "asset on a drive": ((*cup, "models"), ["models:C:/secret.obj"], "outside its library"),
        "asset of two lines": ((*cup, "models"), ["models:a.obj\nstarter:cup/00"], "line break"),
        "absolute library": (("libraries", "models", "path"), "/home/me/models", "must be relative"),
        "library on a drive": (("libraries", "models", "path"), "C:\\models", "must be relative"),
        "library with a taken name": (("libraries", "starter"), {"kind": "models", "path": "x"}, "is not 'starter'"),
        "library of no kind": (("libraries", "models", "kind"), "sounds", "must be one of"),
        "image of no size": (("image",), {"resolution_px": 0}, "between 8 and 8192"),
        "image far too large": (("image",), {"resolution_px": 10**9}, "between 8 and 8192"),
        "unknown factor": (("factors", "weather"), {}, "no such factor"),
        "unknown parameter": (("factors", "lens"), {"zoom": {}}, "no such parameter"),
        "factor as a number": (("factors", "lens"), 1, "must be an object"),
        "weight above 1": (("factors", "lens"), {"weight": 1.5}, "between 0 and 1"),
        "unknown distribution": ((*elevation, "distribution"), "triangle", "there is no"),
        "max below min": ((*elevation, "max"), -10, "must be >= min"),
        "out of range": ((*elevation, "max"), 500, "must be between -90 and 90"),
        "distribution without numbers": (elevation, {"distribution": "normal"}, "is needed for a normal distribution"),
        "fixed value out of range": ((*elevation, "fixed"), 1e20, "must be between"),
        "option without weight": (options, {"white": None}, "must be a number"),
        "option that is none": (options, {"whyte": 1}, "must be one of"),
        "option of weight below 0": (options, {"white": -1}, "must be a weight >= 0"),
        "all options of weight 0": (options, {"white": 0}, "needs a weight above 0"),
        "options as a list": (options, ["white"], "must be an object"),
        "no splits": (("splits",), {}, "at least one split"),
        "splits as a list": (("splits",), [{"name": "train", "count": 1}], "must be an object"),
        "negative count": (("splits", "train", "count"), -5, "must be >= 0"),
        "count of half an image": (("splits", "train", "count"), 2.5, "must be a whole number"),
        "split with a path's name": (("splits", "../train"), {"count": 1}, "letters, digits"),
        "override of a name": (("splits", "train", "overrides"), {"name": "other"}, "may change"),
        "override that breaks": (
            ("splits", "train", "overrides"),
            {"factors": {"lens": {"weight": 9}}},
            "splits.train.overrides.factors.lens.weight",
        ),
        "override as text": (("splits", "train", "overrides"), "none", "must be an object"),
    }


def strange_files(folder: Path) -> dict[str, tuple[Path, str]]:
    """What else may be found where a design's file should be, made in a folder: path, and what its message says."""
    made: dict[str, tuple[Path, str]] = {"missing": (folder / "missing.json", "No such file")}
    makers: dict[str, tuple[Callable[[Path], Any], str]] = {
        "folder": (Path.mkdir, "is a folder"),
        "pipe": (os.mkfifo, "is no regular file"),
        "link to nothing": (lambda path: path.symlink_to("nothing"), "No such file"),
        "link to itself": (lambda path: path.symlink_to(path), "ymbolic"),
        "300 MB": (_sparse, "too large for a design (300 MB; at most 64)"),
    }
    for name, (make, says) in makers.items():
        path = folder / f"{name}.simreal.json"
        make(path)
        made[name] = (path, says)
    return made


def _sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(SPARSE_BYTES)


def _with(path: tuple[str | int, ...], value: Any) -> bytes:
    document = copy.deepcopy(GOOD)
    place: Any = document
    for step in path[:-1]:
        place = place.setdefault(step, {}) if isinstance(place, dict) else place[step]
    place[path[-1]] = value
    return json.dumps(document).encode()


def _without(key: str) -> bytes:
    return json.dumps({name: value for name, value in GOOD.items() if name != key}).encode()


def _nest(depth: int) -> Document:
    nested: Document = {}
    for _ in range(depth):
        nested = {"factors": nested}
    return nested
