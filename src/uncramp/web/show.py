"""Pages from templates."""

from __future__ import annotations

import re
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from html import unescape
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from fastapi import Request
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup
from starlette.responses import HTMLResponse, Response

from uncramp.actions.check import COMMON_NUMBERS, emergency_number
from uncramp.actions.doors import Doors
from uncramp.actions.library import knowledge
from uncramp.actions.medicines import near_names
from uncramp.model import EmergencyNumber
from uncramp.web.build import build
from uncramp.web.words import Words, catalogue

if TYPE_CHECKING:
    from uncramp.diary.people import Known

COUNTRY = "country"
"""The one cookie: which country's emergency number to show."""
YEAR = 365 * 24 * 3600


@dataclass(frozen=True)
class OpenDiary:
    """Whose diary a page shows, and who else has one here."""

    person: str
    everyone: tuple[Known, ...]
    here: str
    """Where to come back to after another diary was opened."""

    @property
    def locked(self) -> bool:
        return any(one.locked for one in self.everyone if one.id == self.person)

    @property
    def name(self) -> str:
        return next((one.name for one in self.everyone if one.id == self.person), "")

    @property
    def others(self) -> tuple[Known, ...]:
        return tuple(one for one in self.everyone if one.id != self.person)


# A value of the request, like who is signed in: so no page can forget to say whose diary it shows.
OPEN_DIARY: ContextVar[OpenDiary | None] = ContextVar("open_diary", default=None)


class Show:
    """Renders the pages in one language: those of a server behind `doors`, or of a pocket (`mode`)."""

    def __init__(self, words: Words, doors: Doors) -> None:
        self.words = words
        self.doors = doors
        self.mode = "server"
        self.build = build()
        self.pages = _pages(words)

    def page(self, name: str, status: int = 200, country: str = "", **values: Any) -> HTMLResponse:
        """The page `name`; `country` is the chosen one, empty while none is."""
        return HTMLResponse(self.text(f"{name}.html", country=country, **values), status)

    def text(self, name: str, country: str = "", **values: Any) -> str:
        return self.pages.get_template(name).render(
            here=name.partition(".")[0],
            doors=self.doors,
            mode=self.mode,
            build=self.build,
            country=country,
            open_diary=OPEN_DIARY.get(),
            chosen=chosen_number(country),
            countries=countries(),
            **values,
        )

    def error(
        self, status: int, kind: str = "", problems: tuple[str, ...] = (), country: str = ""
    ) -> HTMLResponse:
        """A page in plain words for what went wrong."""
        known = f"error.{kind or status}"
        key = known if f"{known}.title" in catalogue() else "error.other"
        return self.page("error", status, country=country, key=key, problems=problems)


@cache
def _pages(words: Words) -> Environment:
    """The templates in this language. To read them takes longer than to fill them in: once in a process."""
    pages = Environment(
        loader=PackageLoader("uncramp.web", "pages"),
        autoescape=select_autoescape(default=True, disabled_extensions=("txt",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        # What is installed does not change while it runs; to look each time costs a tenth of a page.
        auto_reload=False,
    )
    pages.filters["w"] = words.of_knowledge
    pages.filters["lead"] = lead
    pages.globals |= {
        "t": words,
        "lang": words.lang,
        "dir": words.dir,
        "picture": picture,
        "group_title": lambda group: knowledge().vocabulary.groups[group].title,
        "common_numbers": COMMON_NUMBERS,
        "near_names": near_names,
    }
    return pages


def show_of(request: Request) -> Show:
    show: Show = request.app.state.show
    return show


def country_of(request: Request) -> str:
    """The country chosen earlier, empty if there is none or it is not one of ours."""
    return known_country(request.cookies.get(COUNTRY, ""))


def known_country(code: str) -> str:
    return code if code in knowledge().emergency_numbers else ""


def remember(page: Response, country: str) -> None:
    """Keep the chosen country in the cookie; an empty one takes it away."""
    if known_country(country):
        page.set_cookie(COUNTRY, country, max_age=YEAR, httponly=True, samesite="strict")
    else:
        page.delete_cookie(COUNTRY, httponly=True, samesite="strict")


def chosen_number(country: str) -> EmergencyNumber | None:
    return emergency_number(country) if country else None


@cache
def countries() -> tuple[EmergencyNumber, ...]:
    return tuple(sorted(knowledge().emergency_numbers.values(), key=lambda e: e.name))


def lead(text: str) -> tuple[str, str]:
    """The first sentence of a paragraph, to be shown large, and what comes after it."""
    first, _, rest = re.sub(r"([.?!])\s+", r"\1\0", text, count=1).partition("\0")
    return first, rest


@cache
def picture(name: str) -> tuple[Markup, str] | None:
    """The drawing and its description in words, or `None` while nobody has drawn it."""
    path = files("uncramp.web") / "pages" / "pictures" / f"{name}.svg"
    if not name or not path.is_file():
        return None
    svg = path.read_text(encoding="utf-8")
    words = re.search(r"<desc[^>]*>(.*?)</desc>", svg, re.DOTALL)
    # A file of our own package, not one that somebody sent.
    return Markup(svg[svg.index("<svg") :]), unescape(words[1]) if words else ""  # noqa: S704
