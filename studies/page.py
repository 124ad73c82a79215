"""Reports as one self-contained HTML page: pictures inside, no script, nothing loaded from elsewhere."""

from __future__ import annotations

import base64
import html
from collections.abc import Sequence
from pathlib import Path

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
class Picture:
    """A PNG or JPEG file, put into the page; ``caption`` also describes it to who cannot see it."""

    path: Path
    caption: str


@attrs.frozen
class Commands:
    """Lines to type."""

    lines: Sequence[str]


@attrs.frozen
class Section:
    """A heading and what stands under it."""

    title: str
    parts: Sequence[Text | Table | Picture | Commands]


def page(title: str, lead: str, sections: Sequence[Section]) -> str:
    """The whole page as HTML."""
    body = "\n".join(
        f"<section><h2>{html.escape(section.title)}</h2>\n{''.join(map(_part, section.parts))}</section>"
        for section in sections
    )
    return (
        '<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<link rel="icon" href="data:,"><title>{html.escape(title)}</title><style>{STYLE}</style></head>\n'
        f'<body><h1>{html.escape(title)}</h1><p class="lead">{html.escape(lead)}</p>\n{body}\n</body>\n</html>\n'
    )


def _part(part: Text | Table | Picture | Commands) -> str:
    match part:
        case Text(text):
            return f"<p>{html.escape(text)}</p>\n"
        case Table(header, rows):
            head = "".join(f"<th>{html.escape(cell)}</th>" for cell in header)
            lines = "".join(f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in row)}</tr>\n" for row in rows)
            return f'<div class="table"><table><thead><tr>{head}</tr></thead><tbody>\n{lines}</tbody></table></div>\n'
        case Picture(path, caption):
            kind = "jpeg" if path.suffix.lower() in (".jpg", ".jpeg") else "png"
            data = base64.b64encode(path.read_bytes()).decode()
            words = html.escape(caption)
            image = f'<img alt="{words}" src="data:image/{kind};base64,{data}">'
            return f"<figure>{image}<figcaption>{words}</figcaption></figure>\n"
        case Commands(lines):
            return f"<pre>{html.escape(chr(10).join(lines))}</pre>\n"
