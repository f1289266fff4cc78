"""What makes a phone keep the pages: the service worker, what it keeps, and the app's own card."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from uncramp.actions import guide
from uncramp.actions.library import knowledge
from uncramp.web.build import build
from uncramp.web.show import show_of

router = APIRouter()

STATIC = Path(__file__).parents[1] / "static"
WORKER = STATIC / "sw.js"

HOME = "/now"
PACK = "/pack.json"
"""The rules with the person's own facts in them; the worker keeps it apart."""

CORE_PAGES = ("/", HOME, "/tonight", "/offline-check")
MORE_PAGES = ("/kept", "/guide", "/about")
INSTEAD = {"/check": "/offline-check", "/history": "/kept", "/calendar": "/kept", "/write": "/tonight"}
"""Without a network: what needs the server -> the page on which the phone does it alone."""

CORE_FILES = ("/pocket.json",)
MORE_FILES = ("/manifest.webmanifest",)
CORE_KINDS = frozenset({".css", ".js"})

NIGHT = "#10161a"
"""The colour of the dark page, so that the app does not open with a flash of light at night."""

ICONS = (("any", 192), ("any", 512), ("maskable", 192), ("maskable", 512))
SHORTCUTS = (("left", "/now?side=left"), ("right", "/now?side=right"), ("bed", "/now?where=bed"))


@router.get("/sw.js")
async def worker() -> Response:
    return Response(worker_script(plan()), media_type="text/javascript")


@router.get("/manifest.webmanifest")
async def manifest(request: Request) -> Response:
    t = show_of(request).words
    card = {
        "id": "/",
        "name": t("phone.name"),
        "short_name": "uncramp",
        "description": t("site.description"),
        "lang": t.lang,
        "dir": t.dir,
        "start_url": HOME,
        "scope": "/",
        "display": "standalone",
        "theme_color": NIGHT,
        "background_color": NIGHT,
        "categories": ["health", "medical"],
        "icons": [icon(purpose, size) for purpose, size in ICONS],
        "shortcuts": [
            {"name": t(f"phone.{name}"), "url": url, "icons": [icon("any", 192)]} for name, url in SHORTCUTS
        ],
    }
    return JSONResponse(card, media_type="application/manifest+json")


def icon(purpose: str, size: int) -> dict[str, str]:
    name = "icon" if purpose == "any" else purpose
    return {
        "src": f"/static/icons/{name}-{size}.png",
        "sizes": f"{size}x{size}",
        "type": "image/png",
        "purpose": purpose,
    }


def worker_script(what: dict[str, Any]) -> str:
    """The service worker that keeps `what`."""
    return f'"use strict";\nconst PLAN = {json.dumps(what, indent=1)};\n{WORKER.read_text(encoding="utf-8")}'


def plan() -> dict[str, Any]:
    """What the worker keeps: `core` as a whole or not at all, of `more` what can be had."""
    files = [path for path in sorted(STATIC.rglob("*")) if path.is_file() and path != WORKER]
    core = [address(path) for path in files if path.suffix in CORE_KINDS]
    more = [address(path) for path in files if path.suffix not in CORE_KINDS]
    guides = [f"/guide/{page.id}" for page in guide.pages()]
    poses = [f"/poses/{name}{still}.svg" for name in knowledge().poses for still in ("", "-still")]
    return {
        "version": build(),
        "home": HOME,
        "instead": INSTEAD,
        "pack": PACK,
        "store": "/static/store.js",
        "pages": [*CORE_PAGES, *MORE_PAGES, *guides],
        "core": [*CORE_PAGES, *CORE_FILES, *core],
        "more": [*MORE_PAGES, *guides, *MORE_FILES, *poses, *more],
    }


def address(path: Path) -> str:
    return f"/static/{path.relative_to(STATIC).as_posix()}"
