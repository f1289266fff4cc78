"""Reads the forms of a page and sends them, as a browser without scripts does."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

from starlette.testclient import TestClient

HERE = "http://127.0.0.1"


@dataclass
class Form:
    action: str
    id: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    choices: set[str] = field(default_factory=set)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class Page(HTMLParser):
    """The forms, links and plain words of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.html = html
        self.forms: list[Form] = []
        self.links: list[str] = []
        self.words = ""
        self.far_buttons: list[tuple[str, tuple[str, str]]] = []
        self._open: Form | None = None
        self._area = ""
        self._hidden = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        a = {key: value or "" for key, value in attrs}
        self.links += [a[key] for key in ("href", "src", "action") if key in a]
        if tag == "form":
            self._open = Form(a["action"], a.get("id", ""))
            self.forms.append(self._open)
        elif tag == "textarea":
            self._area = a.get("name", "")
        if tag == "button" and "form" in a:
            self.far_buttons.append((a["form"], (a["name"], a["value"])))
        elif self._open is not None:
            self._add(self._open, tag, a)

    def _add(self, form: Form, tag: str, a: dict[str, str]) -> None:
        kind = a.get("type")
        if tag == "button" and "name" in a:
            form.buttons.append((a["name"], a["value"]))
        elif tag == "input" and kind in ("checkbox", "radio"):
            form.choices.add(a["name"])
            if "checked" in a:
                form.fields[a["name"]] = a["value"]
        elif tag == "input" or (tag == "textarea" and self._area):
            form.fields[a["name"]] = a.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "textarea":
            self._area = ""

    def handle_data(self, data: str) -> None:
        if self._open is not None and self._area:
            self._open.fields[self._area] = data
        self.words += data

    @property
    def screen(self) -> Form | None:
        """The form with the questions, `None` on the answer page."""
        return next((form for form in self.forms if "screen" in form.fields), None)

    def form_with(self, name: str, value: str) -> Form:
        """The form that this button sends, which need not stand around it."""
        far = {form for form, button in self.far_buttons if button == (name, value)}
        return next(form for form in self.forms if (name, value) in form.buttons or form.id in far)


class Person:
    """Somebody who goes through the check in `client`."""

    def __init__(self, client: TestClient) -> None:
        self.client = client
        self.page = self.get("/check")
        self.screens = 1

    def get(self, path: str) -> Page:
        return Page(self.client.get(path).text)

    def answer(self, *ticked: str, go: str = "next", **typed: str) -> Page:
        """Fill in the screen: tick, type, press. What was ticked before stays so."""
        form = self.page.screen
        assert form is not None, "there is no question on this page"
        return self._show({**form.fields, **dict.fromkeys(ticked, "yes"), **typed, "go": go})

    def untick(self, *names: str) -> None:
        assert self.page.screen is not None
        for name in names:
            del self.page.screen.fields[name]

    def press(self, name: str, value: str) -> Page:
        """Press a button that takes no answers."""
        form = self.page.form_with(name, value)
        return self._show({**form.fields, name: value})

    def _show(self, data: dict[str, str]) -> Page:
        reply = self.client.post("/check", data=data)
        self.page = Page(reply.text)
        self.screens += self.page.screen is not None
        return self.page

    def walk(self, *ticked: str, go: str = "next", **typed: str) -> Page:
        """Answer every screen: tick and type what stands on it, until there is an answer."""
        for _ in range(40):
            form = self.page.screen
            if form is None:
                return self.page
            here = form.choices | set(form.fields)
            self.answer(
                *(name for name in ticked if name in here),
                go=go,
                **{name: text for name, text in typed.items() if name in here},
            )
        raise AssertionError("the questions do not end")
