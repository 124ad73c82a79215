"""The JSON Schema (2020-12) of a design's file, derived from the factors' declarations, for editors and other programs.

It says all that a schema can: that ``max`` is not below ``min``, and assets' libraries are given, is in ``checking``.
"""

from __future__ import annotations

import typing
from typing import Any, TypeAlias

import attrs

from .declaration import Factor, Parameter
from .design import FORMAT_VERSION, MOST_VIEWS, Denoiser, Engine, ImageSettings, Instances, LibraryKind, UpAxis
from .distributions import DISTRIBUTIONS, Normal, SphereShell, field_names, needed_names
from .evidence import Evidence
from .factors import FACTORS
from .migration import VERSION_KEY

Schema: TypeAlias = dict[str, Any]

SCHEMA_ID = "https://json-schema.org/draft/2020-12/schema"
_WEIGHT: Schema = {"type": "number", "minimum": 0}
_VIEWS: Schema = {
    "type": "integer",
    "minimum": 1,
    "maximum": MOST_VIEWS,
    "default": 1,
    "description": "Images in a row that show one scene, each with a camera of its own",
}
_ASSET_PATTERN = "^[^:]+:.+$"


def design_schema() -> Schema:
    """The schema of a whole design."""
    return {
        "$schema": SCHEMA_ID,
        "title": "Simreal design",
        "description": "Everything that defines a synthetic data set",
        **_object(
            {
                VERSION_KEY: {"type": "integer", "minimum": 1, "maximum": FORMAT_VERSION},
                "name": {"type": "string", "pattern": r"\S"},
                "description": {"type": "string"},
                "seed": {"type": "integer"},
                "instances": _literal(Instances, "Whether splits share models or keep them apart"),
                "views_per_scene": _VIEWS,
                "image": {"$ref": "#/$defs/image"},
                "libraries": {"type": "object", "additionalProperties": {"$ref": "#/$defs/library"}},
                "classes": {"$ref": "#/$defs/classes"},
                "factors": {"$ref": "#/$defs/factors"},
                "splits": {
                    "type": "object",
                    "minProperties": 1,
                    "propertyNames": {"pattern": "^[\\w-]+$"},
                    "additionalProperties": {"$ref": "#/$defs/split"},
                },
                "evidence": {
                    "type": "array",
                    "default": [],
                    "items": {"$ref": "#/$defs/evidence"},
                    "description": "What was measured of the design on real photos, the newest last",
                },
            },
            required=(VERSION_KEY, "name", "classes", "splits"),
        ),
        "$defs": {
            "image": _image(),
            "library": _object(
                {
                    "kind": _literal(LibraryKind),
                    "path": {"type": "string", "description": "Relative to the design's file"},
                    "up_axis": _literal(UpAxis),
                },
                required=("kind", "path"),
            ),
            "classes": {"type": "array", "minItems": 1, "items": _class()},
            "factors": _object({factor.name: factor_schema(factor) for factor in FACTORS.values()}),
            "split": _split(),
            "evidence": _evidence(),
        },
    }


def factor_schema(factor: Factor) -> Schema:
    """The schema of one factor's settings."""
    weight = {
        "type": "number",
        "minimum": 0,
        "maximum": 1,
        "default": factor.weight,
        "description": "Probability that an image draws this factor; otherwise it takes its fixed values",
    }
    parameters = {parameter.name: parameter_schema(parameter) for parameter in factor.parameters}
    return {"title": factor.label, "description": factor.help, **_object({"weight": weight, **parameters})}


def parameter_schema(parameter: Parameter) -> Schema:
    """The schema of one parameter: a distribution and a fixed value. What is left out is as declared."""
    unit = f" ({parameter.unit})" if parameter.unit else ""
    return {
        "title": parameter.label,
        "description": f"{parameter.help}{unit}",
        "anyOf": [_distribution(parameter, kind) for kind in parameter.kinds],
    }


def _distribution(parameter: Parameter, kind: str) -> Schema:
    names = field_names(kind)
    declared = kind == parameter.default.kind
    fields = {name: _field(parameter, kind, name) for name in names}
    if declared:
        for name in names:
            value = getattr(parameter.default, name)
            fields[name] = {**fields[name], "default": dict(value) if name == "options" else value}
    return {
        "title": kind,
        "description": (DISTRIBUTIONS[kind].__doc__ or "").strip().splitlines()[0],
        **_object(
            {
                "distribution": {"const": kind, **({"default": kind} if declared else {})},
                **fields,
                "fixed": {**_value(parameter), "default": parameter.fixed},
            },
            required=() if declared else ("distribution", *needed_names(kind)),
        ),
    }


def _field(parameter: Parameter, kind: str, name: str) -> Schema:
    if name == "options":
        return {
            "type": "object",
            "minProperties": 1,
            "propertyNames": _value(parameter),
            "additionalProperties": _WEIGHT,
        }
    if name == "values":
        return {"type": "array", "minItems": 1, "uniqueItems": True, "items": _value(parameter)}
    if name == "weights":
        return {"type": "array", "default": [], "items": {"type": "number", "exclusiveMinimum": 0}}
    if kind == Normal.kind and name == "mean":
        return {"type": "number"}
    if kind == Normal.kind and name == "std":
        return {"type": "number", "exclusiveMinimum": 0}
    value = _value(parameter)
    if kind == SphereShell.kind:
        value |= {"minimum": max(value["minimum"], -90), "maximum": min(value["maximum"], 90)}
    return value


def _value(parameter: Parameter) -> Schema:
    if not parameter.is_choice:
        low, high = parameter.hard_range
        return {"type": "number", "minimum": low, "maximum": high}
    named: list[Schema] = [{"enum": list(parameter.options)}] if parameter.options else []
    if parameter.assets is not None:
        named.append({"type": "string", "pattern": _ASSET_PATTERN, "description": f"One of the {parameter.assets}"})
    return named[0] if len(named) == 1 else {"anyOf": named}


def _image() -> Schema:
    fields = {field.name: field for field in attrs.fields(ImageSettings)}
    limits = {"resolution_px": (8, 8192), "samples": (1, 65536), "bounces": (0, 64)}
    return _object(
        {
            **{
                name: {"type": "integer", "minimum": low, "maximum": high, "default": fields[name].default}
                for name, (low, high) in limits.items()
            },
            "denoiser": _literal(Denoiser),
            "noise_threshold": {"type": "number", "minimum": 0, "maximum": 1, "default": 0.0},
            "engine": _literal(Engine),
        }
    )


def _class() -> Schema:
    models = {"type": "array", "minItems": 1, "items": {"type": "string", "pattern": _ASSET_PATTERN}}
    name = {"type": "string", "pattern": r'^(?!\.)(?=.*\S)[^/\\:*?"<>|]+$'}
    return _object({"name": name, "models": models, "weight": _WEIGHT}, required=("name", "models"))


def _split() -> Schema:
    overrides = _object(
        {
            "factors": {"type": "object", "propertyNames": {"enum": list(FACTORS)}},
            "image": {"type": "object", "propertyNames": {"enum": list(_image()["properties"])}},
            "classes": {"$ref": "#/$defs/classes"},
            "seed": {"type": "integer"},
            "views_per_scene": _VIEWS,
        }
    )
    overrides["description"] = "Laid over the design as a JSON merge patch (RFC 7396)"
    count = {"type": "integer", "minimum": 0}
    return _object({"count": count, "seed": {"type": "integer"}, "overrides": overrides}, required=("count",))


def _evidence() -> Schema:
    kinds = {str: {"type": "string"}, int: {"type": "integer", "minimum": 0}, float: {"type": "number"}}
    fields = attrs.fields(attrs.resolve_types(Evidence))
    return _object(
        {field.name: kinds[field.type] for field in fields if field.type is not None},
        required=tuple(field.name for field in fields if field.default is attrs.NOTHING),
    )


def _object(properties: Schema, required: tuple[str, ...] = ()) -> Schema:
    schema: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**schema, "required": list(required)} if required else schema


def _literal(literal: Any, description: str = "") -> Schema:
    schema: Schema = {"enum": list(typing.get_args(literal))}
    return {**schema, "description": description} if description else schema
