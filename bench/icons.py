"""Draws the icons of the phone app from the two SVG files. Needs Chromium; run it when one changes."""

from __future__ import annotations

import shutil
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

STATIC = Path(__file__).parents[1] / "src/uncramp/web/static"
ICONS = STATIC / "icons"
DRAWN = (
    (STATIC / "icon.svg", "icon-192.png", 192),
    (STATIC / "icon.svg", "icon-512.png", 512),
    (ICONS / "maskable.svg", "maskable-192.png", 192),
    (ICONS / "maskable.svg", "maskable-512.png", 512),
    # iOS rounds the corners itself and shows black where a picture is transparent.
    (ICONS / "maskable.svg", "apple-touch-icon.png", 180),
)


def draw(page: Page, svg: Path, png: Path, size: int) -> None:
    page.set_viewport_size({"width": size, "height": size})
    drawing = svg.read_text(encoding="utf-8")
    page.set_content(f"<style>*{{margin:0}}svg{{display:block;width:{size}px}}</style>{drawing}")
    page.screenshot(path=png, omit_background=True)


def main() -> None:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        page = chromium.new_page()
        for svg, name, size in DRAWN:
            draw(page, svg, ICONS / name, size)
        chromium.close()


if __name__ == "__main__":
    main()
