"""``Scene.simreal.weighting``: the photos that weights are measured on, and how much that may cost."""

# mypy: disable-error-code="valid-type"
from __future__ import annotations

import bpy
from bpy.props import EnumProperty, FloatProperty, IntProperty, StringProperty

OBJECTIVES = [
    ("accuracy", "Accuracy", "Accuracy on photos in folders named after the classes"),
    ("few", "Few Labels", "The labels of a few photos a class; all others count without label"),
    ("infomax", "Information Maximisation", "No labels: predictions that are sure one by one, and varied together"),
    ("mmd", "MMD", "No labels: the maximum mean discrepancy between features of renders and photos"),
    ("fid", "FID", "No labels: the Frechet distance between features of renders and photos"),
    ("domain", "Domain Distance", "No labels: how well a classifier tells renders from photos"),
]


class SIMREAL_PG_weighting(bpy.types.PropertyGroup):
    """What weights are measured on, and at which cost."""

    photos: StringProperty(
        name="Photos",
        description="Folder of real photos, in folders named after the classes. A half of them, chosen by content, is "
        "kept apart to judge suggestions by",
        subtype="DIR_PATH",
    )
    importance: StringProperty(
        name="Importance File",
        description="An importance.json to show beside the weights; empty is the one measured here last",
        subtype="FILE_PATH",
    )
    source: EnumProperty(
        name="Measured By",
        description="What importance is measured by",
        items=[
            (
                "images",
                "Rendered Images",
                "The data set of this design, its images weighted anew; where there is none, images to explore",
            ),
            ("experiment", "Experiment", "Small data sets that differ in chosen factors: renders what is missing"),
            ("test-sets", "Test Sets", "Test sets in which one factor varies: where the classifier fails"),
        ],
    )
    images: IntProperty(
        name="Images",
        description="Images to render where there is no data set, and of each data set of an experiment",
        default=600,
        min=10,
        soft_max=20_000,
    )
    objective: EnumProperty(name="Objective", description="What suggested weights maximise", items=OBJECTIVES)
    shots: IntProperty(
        name="Labels a Class",
        description="How many photos of each class have their label used",
        default=3,
        min=1,
        soft_max=10,
    )
    budget_in: EnumProperty(
        name="Budget In",
        description="What the budget of a suggestion is counted in",
        items=[
            ("IMAGES", "Images", "So many images are rendered to tune; the comparison with other weights comes on top"),
            ("HOURS", "Hours", "As many images are rendered to tune as take so long"),
        ],
    )
    budget_images: IntProperty(
        name="Budget",
        description="Images to render to tune: the more, the smaller the differences that can be told",
        default=5000,
        min=50,
        soft_max=50_000,
    )
    budget_h: FloatProperty(
        name="Budget",
        description="Hours to render for, to tune",
        default=2.0,
        min=0.05,
        soft_max=24.0,
        precision=1,
    )
    seeds: IntProperty(
        name="Seeds",
        description="How often the suggestion is compared with other weights, each time on new images; 0 is never",
        default=5,
        min=0,
        soft_max=10,
    )

    @property
    def budget(self) -> str:
        """The budget as the command line takes it: ``5000``, ``2h``."""
        return str(self.budget_images) if self.budget_in == "IMAGES" else f"{self.budget_h:g}h"
