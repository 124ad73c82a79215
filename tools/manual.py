"""Makes the manual's web pages of the Markdown in docs/, for the extension: a page a file, their pictures beside them.

python tools/manual.py OUT
"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

import markdown

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
PICTURES = {".png", ".jpg", ".svg"}
PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ font: 16px/1.55 system-ui, sans-serif; color: #1d2329; background: #fff; max-width: 52rem; margin: 2rem auto;
  padding: 0 1.25rem; }}
nav {{ font-size: 0.9rem; color: #59636e; border-bottom: 1px solid #d5dae0; padding-bottom: 0.6rem; }}
h1, h2, h3 {{ line-height: 1.25; margin-top: 2rem; }}
a {{ color: #0b5cad; }}
img {{ max-width: 100%; height: auto; border-radius: 4px; }}
table {{ border-collapse: collapse; display: block; overflow-x: auto; }}
td, th {{ border: 1px solid #d5dae0; padding: 0.35rem 0.6rem; vertical-align: top; text-align: left; }}
code {{ background: #f2f4f6; border-radius: 3px; padding: 0.1em 0.25em; font-size: 0.92em; }}
pre {{ background: #f2f4f6; border-radius: 4px; padding: 0.8rem; overflow-x: auto; }}
pre code {{ padding: 0; }}
@media (prefers-color-scheme: dark) {{
  body {{ color: #dde3ea; background: #16191d; }} a {{ color: #7ab8ff; }} nav {{ color: #9aa5b1; }}
  code, pre {{ background: #22272d; }} td, th, nav {{ border-color: #39414a; }}
}}
</style>
</head>
<body>
<nav>{links}</nav>
{body}
</body>
</html>
"""


def write_manual(out: Path) -> list[Path]:
    """Write the pages into a folder. Returns their paths."""
    sources = sorted(DOCS.glob("*.md"))
    titles = {source.stem: _title(source) for source in sources}
    links = " · ".join(f'<a href="{stem}.html">{title}</a>' for stem, title in titles.items())
    out.mkdir(parents=True, exist_ok=True)
    pages = []
    for source in sources:
        text = re.sub(r"\]\((?!https?:)([\w-]+)\.md(#[\w-]*)?\)", r"](\1.html\2)", source.read_text(encoding="utf-8"))
        body = markdown.markdown(text, extensions=["extra", "toc", "sane_lists"])
        page = out / f"{source.stem}.html"
        page.write_text(PAGE.format(title=f"Simreal: {titles[source.stem]}", links=links, body=body), encoding="utf-8")
        pages.append(page)
    for picture in (file for file in sorted(DOCS.rglob("*")) if file.suffix in PICTURES):
        copied = out / picture.relative_to(DOCS)
        copied.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(picture, copied)
    return pages


def _title(source: Path) -> str:
    return source.read_text(encoding="utf-8").splitlines()[0].lstrip("# ")


if __name__ == "__main__":
    for written in write_manual(Path(sys.argv[1])):
        print(written)
