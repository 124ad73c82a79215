"""The demo from end to end, small, and its report in a real browser."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from simreal.studies.page import Commands, Picture, Section, Table, Text, page

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-sync",
    "--no-first-run",
]


def opened(report: Path) -> tuple[list[str], list[int], str]:
    """Console errors and page errors, the natural widths of all pictures, and the page's text, in headless Chromium."""
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.fail("there is no command 'chromium' on PATH: run tools/test-tools, or install Chromium")
    errors: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
        tab = browser.new_page()
        tab.on("console", lambda message: errors.append(message.text) if message.type in ("error", "warning") else None)
        tab.on("pageerror", lambda error: errors.append(str(error)))
        tab.on("request", lambda request: errors.append(request.url) if request.url.startswith("http") else None)
        tab.goto(report.as_uri())
        tab.wait_for_load_state("networkidle")
        widths = tab.eval_on_selector_all(
            "img", "images => images.map(image => image.complete ? image.naturalWidth : 0)"
        )
        overflow = tab.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        text = tab.inner_text("body")
        browser.close()
    assert overflow <= 0, "the page is wider than its window"
    return errors, widths, text


@pytest.mark.slow
def test_the_demo_ends_in_a_report_that_opens(tmp_path: Path, kit: Path) -> None:
    photos = tmp_path / "photos"
    for name in ("airplane", "chair", "cup"):
        (photos / name).mkdir(parents=True)
        for photo in sorted((kit / "photos" / name).iterdir())[:3]:
            shutil.copy(photo, photos / name)
    out = tmp_path / "demo"
    command = [sys.executable, "-m", "simreal.commands", "demo", "--out", str(out), "--photos", str(photos)]
    done = subprocess.run(
        [*command, "--per-class", "4", "--resolution", "48"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "OMP_NUM_THREADS": "2"},
    )
    assert done.returncode == 0, done.stderr
    errors, widths, text = opened(out / "report.html")
    assert errors == []
    assert len(widths) >= 5 and all(width > 100 for width in widths)
    measured = json.loads((out / "photo-scores" / "summary.json").read_text())
    assert measured["n"] == 9
    for shown in (
        f"{100 * measured['top1']:.1f} %",
        "rendered test_iid, ONNX",
        "rendered test_iid_wo_bg, torch",
        "photos",
    ):
        assert shown in text
        assert shown in done.stdout or shown == "photos"
    torch_says = json.loads((out / "run" / "evaluate" / "test_iid" / "results.json").read_text())["top1"]
    onnx_says = json.loads((out / "scores" / "summary.json").read_text())["top1"]
    assert torch_says == onnx_says


def test_a_page_is_self_contained_and_says_what_it_is_given(tmp_path: Path) -> None:
    from PIL import Image

    Image.new("RGB", (120, 80), "teal").save(tmp_path / "a.png")
    parts = [
        Text("a < b"),
        Table(("name", "x"), [("<i>", "1")]),
        Picture(tmp_path / "a.png", 'a "b"'),
        Commands(["ls"]),
    ]
    (tmp_path / "page.html").write_text(page("T & t", "lead", [Section("S", parts)]), encoding="utf-8")
    (tmp_path / "a.png").unlink()
    errors, widths, text = opened(tmp_path / "page.html")
    assert errors == [] and widths == [120]
    for shown in ("T & t", "a < b", "<i>", 'a "b"', "ls"):
        assert shown in text
