"""The pictures of people in their poses, and a page that shows them all."""

from __future__ import annotations

import base64
import re
from hashlib import sha256

from fastapi import APIRouter, Request
from starlette.responses import Response

from uncramp.actions import pictures
from uncramp.web.show import country_of, show_of

router = APIRouter()

STILL = "-still"
CACHED = "public, max-age=3600"
"""So that a guided walk does not ask again at each step; after an hour the tag says whether it changed."""


@router.get("/poses/{name}.svg")
async def pose(request: Request, name: str) -> Response:
    """The picture `name` moving once, or `name-still` at rest."""
    drawing = pictures.svg(name.removesuffix(STILL), moving=not name.endswith(STILL))
    headers = {
        "ETag": f'"{sha256(drawing.encode()).hexdigest()[:20]}"',
        "Cache-Control": CACHED,
        "Content-Security-Policy": policy(drawing),
    }
    if headers["ETag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(drawing, media_type="image/svg+xml", headers=headers)


def policy(drawing: str) -> str:
    """Nothing but the styles that stand in it, each by its hash."""
    styles = re.findall(r"<style>(.*?)</style>", drawing, re.DOTALL)
    digests = (base64.b64encode(sha256(style.encode()).digest()).decode() for style in styles)
    named = " ".join(f"'sha256-{digest}'" for digest in digests)
    return f"default-src 'none'; style-src {named}; frame-ancestors 'none'"


@router.get("/pictures")
async def all_pictures(request: Request) -> Response:
    return show_of(request).page("pictures", country=country_of(request), pictures=pictures.pictures())
