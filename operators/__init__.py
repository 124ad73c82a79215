"""Operators: one verb a file. Each wraps plain functions of the rooms below, and reports their errors."""

from __future__ import annotations

import importlib

MODULES = (
    "design_starter",
    "design_from_folder",
    "design_import",
    "design_export",
    "design_copy",
    "design_paste",
    "preset_load",
    "preset_look",
    "preset_add",
    "preset_rename",
    "preset_replace",
    "preset_remove",
    "library_locate",
    "library_check",
    "missing_remove",
    "classes_enable",
    "factor_weights",
    "preview",
    "preview_dice",
    "preview_cancel",
    "preview_show",
    "preview_save",
    "render",
    "data_show",
    "train",
    "score",
    "score_photos",
    "score_alias_add",
    "score_alias_remove",
    "score_image",
    "score_image_show",
    "scores_load",
    "scores_show",
    "scores_step",
    "scores_picture",
    "scores_export",
    "scores_open",
    "job_cancel",
    "job_pause",
    "job_resume",
    "job_move",
    "job_forget",
    "job_open",
    "job_announce",
    "jobs_clear",
    "folder_open",
)


def classes() -> list[type]:
    """The classes to register, in order."""
    return [cls for name in MODULES for cls in importlib.import_module(f".{name}", __package__).CLASSES]
