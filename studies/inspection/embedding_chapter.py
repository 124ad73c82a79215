"""The chapter on features: how classes and domains lie in them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ...datasets.messages import Log, Report
from ..page import Part, Section, Table, Text
from .chapters import Chapter, kept_picture, percent
from .embedding import Cloud, cloud, neighbourhood, tsne, umap, umap_is_installed
from .embedding_figure import embedding_figure
from .measured import Measured

LEAST_POINTS = 8


def embedding_chapter(domains: Sequence[Measured], seed: int, out: Path, report: Report) -> Chapter:
    """t-SNE, and UMAP where its package is installed, with numbers from the features themselves."""
    points = cloud(domains)
    parts: list[Part] = []
    if len(points) < LEAST_POINTS:
        parts.append(Text(f"There are {len(points)} images: too few to be set in a plane."))
        return Chapter("features", Section("How classes and domains lie in its features", parts), None)
    report(Log(f"set the features of {len(points)} images in a plane"))
    near = neighbourhood(points, seed)
    parts += [
        Text(_words(points, near.domain_accuracy)),
        Table(("", "value"), [(name, value) for name, value in _rows(points, near.to_json())]),
        kept_picture(
            out / "tsne.png",
            embedding_figure(points, tsne(points, seed), "t-SNE"),
            "Features by t-SNE: distances between groups say little, neighbours say more",
        ),
    ]
    if umap_is_installed():
        parts.append(
            kept_picture(
                out / "umap.png", embedding_figure(points, umap(points, seed), "UMAP"), "The same features by UMAP"
            )
        )
    else:
        parts.append(Text("With the package umap-learn installed (pip install umap-learn), UMAP is drawn too."))
    return Chapter("features", Section("How classes and domains lie in its features", parts), near.to_json())


def _words(points: Cloud, told: float | None) -> str:
    shown = f"Shown are {len(points)} images."
    if len(points.names) < 2:
        return f"{shown} With PHOTOS as a second domain, its images stand beside them."
    if told is None:
        return f"{shown} There are too few images of one domain to say how well the two are told apart."
    how = "almost always" if told > 0.95 else "mostly" if told > 0.75 else "sometimes" if told > 0.6 else "hardly"
    return (
        f"{shown} A linear classifier on these features {how} tells {points.names[0]} from {points.names[1]} "
        f"({100 * told:.0f} % of images held out; 50 % would be chance): the less it can, the more alike they are to "
        "the network."
    )


def _rows(points: Cloud, near: dict[str, object]) -> list[tuple[str, str]]:
    within = near["within"]
    assert isinstance(within, dict)
    rows = [(f"class by 5 nearest neighbours within {name}", percent(share)) for name, share in within.items()]
    if len(points.names) > 1:
        distance, across = near["proxy_distance"], near["across"]
        first, second = points.names[:2]
        assert across is None or isinstance(across, float)
        rows += [
            (f"class of {second} by 5 nearest neighbours in {first}", percent(across)),
            ("proxy A-distance (0: alike, 2: apart)", "-" if distance is None else f"{distance:.2f}"),
        ]
    return rows
