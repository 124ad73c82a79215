"""Reports as one self-contained HTML page: pictures inside, nothing loaded from elsewhere, and no script but the few
lines that sort a table where a page has one to sort."""

from __future__ import annotations

import base64
import html
from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

import attrs

STYLE = """
:root { color-scheme: light dark; --ink: #1d2430; --soft: #667085; --line: #d9dee7; --back: #ffffff; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e7eaf0; --soft: #98a2b3; --line: #343b48; --back: #14181f; } }
body { font: 16px/1.55 system-ui, sans-serif; color: var(--ink); background: var(--back); margin: 0 auto;
  max-width: 62rem;  padding: 2.5rem 1.5rem 4rem; }
h1 { font-size: 2rem; margin: 0 0 .25rem; } h2 { margin: 2.5rem 0 .5rem; font-size: 1.25rem; }
p { margin: .5rem 0; } .lead, figcaption { color: var(--soft); }
table { border-collapse: collapse; margin: 1rem 0; font-variant-numeric: tabular-nums; }
th, td { padding: .4rem 1rem .4rem 0; border-bottom: 1px solid var(--line); text-align: right; }
th:first-child, td:first-child { text-align: left; } th { color: var(--soft); font-weight: 600; }
figure { margin: 1rem 0; overflow-x: auto; } img { max-width: 100%; height: auto; border-radius: 6px; }
pre { background: color-mix(in srgb, var(--ink) 6%, transparent); padding: 1rem; border-radius: 6px; overflow-x: auto; }
.table { overflow-x: auto; }
td { white-space: nowrap; } td small { display: block; color: var(--soft); } td.name, th.name { text-align: left; }
th button { all: unset; cursor: pointer; } th button:focus-visible { outline: 2px solid; outline-offset: 2px; }
th[aria-sort=ascending] button::after { content: " \\25B2" / ""; }
th[aria-sort=descending] button::after { content: " \\25BC" / ""; }
svg { width: 100%; height: auto; max-width: 62rem; } svg text { fill: var(--ink); font: 13px system-ui, sans-serif; }
svg .soft { fill: var(--soft); } svg .bold { font-weight: 600; }
svg .rule { stroke: var(--line); } svg .ink { stroke: var(--ink); }
svg .mark:hover { opacity: .65; }
"""

# A click on a header sorts by its column: numbers the greatest first, names from A; a second click turns it round.
SORTING = """
for (const table of document.querySelectorAll("table.sortable")) {
  const body = table.tBodies[0], heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => head.firstElementChild.addEventListener("click", () => {
    const key = row => row.cells[column].dataset.value, numbers = [...body.rows].every(row => !isNaN(key(row)));
    const before = head.getAttribute("aria-sort"), first = numbers ? "descending" : "ascending";
    const order = before === first ? (numbers ? "ascending" : "descending") : first;
    heads.forEach(other => other.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", order);
    const sign = order === "ascending" ? 1 : -1;
    const compare = (a, b) => numbers ? (key(a) === "") - (key(b) === "") || sign * (key(a) - key(b))
      : sign * key(a).localeCompare(key(b), undefined, {numeric: true});
    body.append(...[...body.rows].sort(compare));
  }));
}
"""


@attrs.frozen
class Text:
    """A paragraph."""

    text: str


@attrs.frozen
class Table:
    """Rows of texts under a header; the first column is a name, the others are figures."""

    header: Sequence[str]
    rows: Sequence[Sequence[str]]


@attrs.frozen
class Number:
    """A figure in a table: ``value`` is what is sorted by (None: nothing there), ``beneath`` stands small below it, and
    ``more`` is said where it is pointed at."""

    value: float | None
    text: str
    beneath: str = ""
    more: str = ""


@attrs.frozen
class SortableTable:
    """Rows that a click on a header sorts by its column. A text is a name, a Number a figure."""

    header: Sequence[str]
    rows: Sequence[Sequence[str | Number]]


@attrs.frozen
class Drawing:
    """An SVG element, put into the page as it is: it may show more when something in it is pointed at."""

    svg: str
    caption: str


@attrs.frozen
class Picture:
    """A PNG or JPEG file, put into the page; ``caption`` also describes it to who cannot see it."""

    path: Path
    caption: str


@attrs.frozen
class Commands:
    """Lines to type."""

    lines: Sequence[str]


Part: TypeAlias = Text | Table | SortableTable | Picture | Drawing | Commands


@attrs.frozen
class Section:
    """A heading and what stands under it."""

    title: str
    parts: Sequence[Part]


def page(title: str, lead: str, sections: Sequence[Section]) -> str:
    """The whole page as HTML."""
    body = "\n".join(
        f"<section><h2>{html.escape(section.title)}</h2>\n{''.join(map(_part, section.parts))}</section>"
        for section in sections
    )
    sorts = any(isinstance(part, SortableTable) for section in sections for part in section.parts)
    script = f"<script>{SORTING}</script>\n" if sorts else ""
    return (
        '<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<link rel="icon" href="data:,"><title>{html.escape(title)}</title><style>{STYLE}</style></head>\n'
        f'<body><h1>{html.escape(title)}</h1><p class="lead">{html.escape(lead)}</p>\n{body}\n'
        f"{script}</body>\n</html>\n"
    )


def _part(part: Part) -> str:
    match part:
        case Text(text):
            return f"<p>{html.escape(text)}</p>\n"
        case Table(header, rows):
            head = "".join(f"<th>{html.escape(cell)}</th>" for cell in header)
            lines = "".join(f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in row)}</tr>\n" for row in rows)
            return f'<div class="table"><table><thead><tr>{head}</tr></thead><tbody>\n{lines}</tbody></table></div>\n'
        case SortableTable(header, rows):
            names = [isinstance(cell, str) for cell in rows[0]] if rows else []
            kinds = [' class="name"' if name else "" for name in names] or [""] * len(header)
            head = "".join(
                f'<th{kind}><button type="button">{html.escape(cell)}</button></th>'
                for cell, kind in zip(header, kinds, strict=True)
            )
            lines = "".join(f"<tr>{''.join(map(_cell, row))}</tr>\n" for row in rows)
            table = f"<thead><tr>{head}</tr></thead><tbody>\n{lines}</tbody>"
            return f'<div class="table"><table class="sortable">{table}</table></div>\n'
        case Drawing(svg, caption):
            return f"<figure>{svg}<figcaption>{html.escape(caption)}</figcaption></figure>\n"
        case Picture(path, caption):
            kind = "jpeg" if path.suffix.lower() in (".jpg", ".jpeg") else "png"
            data = base64.b64encode(path.read_bytes()).decode()
            words = html.escape(caption)
            image = f'<img alt="{words}" src="data:image/{kind};base64,{data}">'
            return f"<figure>{image}<figcaption>{words}</figcaption></figure>\n"
        case Commands(lines):
            return f"<pre>{html.escape(chr(10).join(lines))}</pre>\n"


def _cell(cell: str | Number) -> str:
    if isinstance(cell, str):
        return f'<td class="name" data-value="{html.escape(cell)}">{html.escape(cell)}</td>'
    beneath = f"<small>{html.escape(cell.beneath)}</small>" if cell.beneath else ""
    value = "" if cell.value is None else repr(cell.value)
    more = f' title="{html.escape(cell.more)}"' if cell.more else ""
    return f'<td data-value="{value}"{more}>{html.escape(cell.text)}{beneath}</td>'
