"""How a phone gets to know this server, and how it forgets it again."""

from __future__ import annotations

import io

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response

from uncramp.actions import authority
from uncramp.actions.doors import PHONE
from uncramp.actions.qr import squares
from uncramp.web.show import country_of, show_of

router = APIRouter()

FILE = "uncramp.crt"


@router.get("/trust")
async def trust(request: Request) -> Response:
    own = request.app.state.doors.kind == PHONE
    fingerprint = await run_in_threadpool(authority.certificate_fingerprint) if own else ""
    return show_of(request).page(
        "trust", country=country_of(request), fingerprint=fingerprint, address=here(request)
    )


@router.get("/trust/qr.svg")
async def qr(request: Request) -> Response:
    """The address of the page above, for the camera of a phone."""
    only_for_phones(request)
    drawn = await run_in_threadpool(picture, f"{here(request)}/trust")
    return Response(drawn, media_type="image/svg+xml")


@router.get(f"/trust/{FILE}")
async def certificate(request: Request) -> Response:
    only_for_phones(request)
    content = await run_in_threadpool(authority.certificate_file)
    headers = {"Content-Disposition": f'attachment; filename="{FILE}"'}
    return Response(content, media_type="application/x-x509-ca-cert", headers=headers)


def only_for_phones(request: Request) -> None:
    if request.app.state.doors.kind != PHONE:
        raise HTTPException(404)


def here(request: Request) -> str:
    """What stands in the browser, as far as the host. The guard has checked that it is ours."""
    return f"{request.url.scheme}://{request.headers['host']}"


def picture(text: str) -> bytes:
    """A square code as a picture, black on white also at night: cameras want it so."""
    drawn = io.BytesIO()
    squares(text).save(
        drawn, kind="svg", scale=6, light="white", xmldecl=False, svgclass=None, lineclass=None
    )
    return drawn.getvalue()
