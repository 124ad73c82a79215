"""What a model file must look like before an importer gets it.

Blender's importers print tracebacks, return an empty scene or read out of bounds when a file is truncated or is not
what its name says; these checks cost milliseconds and name the fault.
"""

from __future__ import annotations

import json
import re
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import numpy as np

from ..design.errors import AssetError

_NOT_NUMBERS = "{}: some of its points are not numbers; the file is damaged"
_STL_HEADER, _STL_TRIANGLE = 84, 50
_STL_RECORD = np.dtype([("normal", "<f4", 3), ("points", "<f4", 9), ("attributes", "<u2")])
_PLY_SIZES = {
    **dict.fromkeys(("char", "uchar", "int8", "uint8"), 1),
    **dict.fromkeys(("short", "ushort", "int16", "uint16"), 2),
    **dict.fromkeys(("int", "uint", "float", "int32", "uint32", "float32"), 4),
    **dict.fromkeys(("double", "float64"), 8),
}


def check_file(path: Path) -> None:
    """Raise AssetError unless the file is there, not empty and, as far as is cheap to see, whole and of its format."""
    check = _CHECKS.get(path.suffix.lower())
    if check is None:
        known = ", ".join(_CHECKS)
        raise AssetError(f"{path}: the format {path.suffix or '(no suffix)'} is not supported; there are: {known}")
    try:
        if path.stat().st_size == 0:
            raise AssetError(f"{path}: the file is empty")
        check(path)
    except OSError as error:
        raise AssetError(f"{path}: cannot be read ({error.strerror or error})") from None


def _check_obj(path: Path) -> None:
    data = path.read_bytes().replace(b"\\\r\n", b" ").replace(b"\\\n", b" ")
    vertices = len(re.findall(rb"^[ \t]*v[ \t]", data, re.MULTILINE))
    faces = re.findall(rb"^[ \t]*f[ \t]+([^\r\n#]*)", data, re.MULTILINE)
    if re.search(rb"^[ \t]*v[ \t][^\r\n]*\b(nan|inf)", data, re.MULTILINE | re.IGNORECASE):
        raise AssetError(_NOT_NUMBERS.format(path))  # Blender's importer would put such a vertex at the origin
    if not vertices or not faces:
        raise AssetError(f"{path}: not a usable OBJ file: it has no {'faces' if vertices else 'vertices'}")
    try:
        corners = np.array(re.sub(rb"/\S*", b"", b" ".join(faces)).split(), dtype=np.int64)
    except ValueError:
        raise AssetError(f"{path}: not a usable OBJ file: a face is not made of vertex numbers") from None
    wrong = (corners == 0) | (corners > vertices) | (corners < -vertices)
    if wrong.any():
        raise AssetError(
            f"{path}: damaged or truncated: a face refers to vertex {corners[wrong][0]}, but there are {vertices}"
        )
    tail = data.rpartition(b"\n")[2].split()  # what follows the last newline; whole files do have two-cornered faces
    if tail and tail[0] in (b"f", b"v") and len(tail) < 4:
        raise AssetError(f"{path}: truncated: it ends in the middle of a line")


def _check_glb(path: Path) -> None:
    data = path.read_bytes()
    if len(data) < 20 or data[:4] != b"glTF":
        raise AssetError(f"{path}: not a GLB file")
    version, length, json_length = struct.unpack_from("<III", data, 4)
    if version != 2:
        raise AssetError(f"{path}: glTF {version} is not supported, only glTF 2")
    if length > len(data) or 20 + json_length > len(data):
        raise AssetError(f"{path}: truncated: {len(data)} of {length} bytes")
    document = _json(path, data[20 : 20 + json_length])
    _check_gltf_document(path, document, embedded_bytes=len(data) - 20 - json_length)


def _check_gltf(path: Path) -> None:
    _check_gltf_document(path, _json(path, path.read_bytes()), embedded_bytes=0)


def _json(path: Path, data: bytes) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        raise AssetError(f"{path}: not a glTF file: its JSON cannot be read") from None


def _check_gltf_document(path: Path, document: Any, embedded_bytes: int) -> None:
    try:
        _check_gltf_buffers(path, document, embedded_bytes)
    except (AttributeError, TypeError):
        raise AssetError(f"{path}: not a glTF 2 file: its JSON has the wrong structure") from None


def _check_gltf_buffers(path: Path, document: Any, embedded_bytes: int) -> None:
    if not isinstance(document, dict) or "asset" not in document:
        raise AssetError(f"{path}: not a glTF 2 file")
    if not document.get("meshes"):
        raise AssetError(f"{path}: there is no mesh in it")
    for buffer in document.get("buffers", []):
        uri = buffer.get("uri")
        if uri is None:
            found = embedded_bytes
        elif uri.startswith("data:"):
            continue
        else:
            source = path.parent / unquote(uri)
            if not source.is_file():
                raise AssetError(f"{path}: its buffer {uri} is missing")
            found = source.stat().st_size
        if found < buffer.get("byteLength", 0):
            raise AssetError(f"{path}: truncated: a buffer has {found} of {buffer['byteLength']} bytes")


def _check_fbx(path: Path) -> None:
    with path.open("rb") as file:
        head = file.read(4096)
    if not head.startswith(b"Kaydara FBX Binary") and b"FBX" not in head:
        raise AssetError(f"{path}: not an FBX file")


def _check_usd(path: Path) -> None:
    with path.open("rb") as file:
        head = file.read(8)
    if head == b"PXR-USDC" or head.startswith(b"#usda"):
        return
    if not zipfile.is_zipfile(path):
        raise AssetError(f"{path}: not a USD file, or truncated")


def _check_ply(path: Path) -> None:
    data = path.read_bytes()
    header, end, body = data.partition(b"end_header")
    if not data.startswith(b"ply") or not end:
        raise AssetError(f"{path}: not a PLY file, or truncated in its header")
    lines = [line.split() for line in header.decode("latin-1").splitlines()]
    counts = {line[1]: int(line[2]) for line in lines if len(line) == 3 and line[0] == "element" and line[2].isdigit()}
    if not counts.get("vertex") or not counts.get("face"):
        what = "it is a point cloud without faces" if counts.get("vertex") else "it has no vertices"
        raise AssetError(f"{path}: not a usable PLY file: {what}")
    if ["format", "ascii", "1.0"] in lines:
        if re.search(rb"\b(nan|inf)", body, re.IGNORECASE):
            raise AssetError(_NOT_NUMBERS.format(path))
        needed, found, unit = counts["vertex"] + counts["face"], len(body.splitlines()) - 1, "lines"
    else:
        needed, found, unit = _ply_bytes(lines, counts), len(body.lstrip(b"\r")) - 1, "bytes"
    if found < needed:
        raise AssetError(f"{path}: truncated: {found} {unit} of data, at least {needed} are announced")


def _ply_bytes(lines: list[list[str]], counts: dict[str, int]) -> int:
    """The fewest bytes a binary PLY's data can have: its faces may all be triangles."""
    total, element = 0, ""
    for line in lines:
        if line[:1] == ["element"]:
            element = line[1]
        elif line[:2] == ["property", "list"] and len(line) == 5 and element == "face":
            total += counts["face"] * (
                _PLY_SIZES.get(line[2], 1) + (3 * _PLY_SIZES.get(line[3], 1) if "ind" in line[4] else 0)
            )
        elif line[:1] == ["property"] and len(line) == 3:
            total += counts.get(element, 0) * _PLY_SIZES.get(line[1], 1)
    return total


def _check_stl(path: Path) -> None:
    data = path.read_bytes()
    triangles = struct.unpack_from("<I", data, 80)[0] if len(data) >= _STL_HEADER else 0
    announced = _STL_HEADER + triangles * _STL_TRIANGLE
    if triangles and len(data) == announced:
        floats = np.frombuffer(data, dtype=_STL_RECORD, offset=_STL_HEADER)["points"]
        if not np.isfinite(floats).all():
            raise AssetError(_NOT_NUMBERS.format(path))
        return
    if data.lstrip()[:5].lower() == b"solid" and b"facet" in data:
        if b"endsolid" not in data:
            raise AssetError(f"{path}: truncated: an ASCII STL file ends in 'endsolid'")
        return
    if not triangles:
        raise AssetError(f"{path}: not a usable STL file: it has no triangles")
    if len(data) < announced:
        raise AssetError(f"{path}: truncated or not an STL file: {len(data)} of {announced} bytes")


def _check_blend(path: Path) -> None:
    with path.open("rb") as file:
        head = file.read(12)
    if not head.startswith((b"BLENDER", b"\x28\xb5\x2f\xfd", b"\x1f\x8b")):  # plain, Zstandard, gzip
        raise AssetError(f"{path}: not a .blend file")


_CHECKS: dict[str, Callable[[Path], None]] = {
    ".obj": _check_obj,
    ".glb": _check_glb,
    ".gltf": _check_gltf,
    ".fbx": _check_fbx,
    ".usd": _check_usd,
    ".usda": _check_usd,
    ".usdc": _check_usd,
    ".usdz": _check_usd,
    ".ply": _check_ply,
    ".stl": _check_stl,
    ".blend": _check_blend,
}
