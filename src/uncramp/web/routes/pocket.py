"""What the phone decides by: the compiled rules, for anybody and for one person."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from uncramp.actions import pocket
from uncramp.model import Answers, Asked
from uncramp.web.show import show_of
from uncramp.web.words import Words

router = APIRouter()


@router.get("/pocket.json")
async def for_anybody(request: Request) -> Response:
    """The rules for a person we know nothing of; not sent again to a phone that has them."""
    body = _for_anybody(show_of(request).words)
    tag = f'"{sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "no-cache"}
    # Something on the way that packs answers marks the tag as weak; what is in it is the same.
    held = request.headers.get("if-none-match", "").replace("W/", "")
    if tag in (one.strip() for one in held.split(",")):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type="application/json", headers=headers)


def for_one(
    words: Words,
    answers: Answers,
    unrecognised: int = 0,
    order: Sequence[str] = (),
    asked: Sequence[Asked] | None = None,
) -> Response:
    """The rules with a person's lasting facts put in: theirs alone, and kept by nothing on the way."""
    made = pocket.personal_pack(answers, unrecognised, order, words.of_knowledge, asked)
    return Response(_json(made), media_type="application/json", headers={"Cache-Control": "no-store"})


@cache
def _for_anybody(words: Words) -> bytes:
    return _json(pocket.pack(words.of_knowledge))


def _json(made: dict[str, Any]) -> bytes:
    return json.dumps(made, ensure_ascii=False, separators=(",", ":")).encode()
