"""A page that counts every refusal of the content policy, every error and every address outside."""

from __future__ import annotations

import os
import re
import shutil
import socket
import struct
import subprocess
import sys
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest

from tests.conftest import CHROMIUM_FLAGS, CHROMIUMS
from tests.e2e.far import FAR_NAME, Certificate, Far

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}
NO_WORKER: dict[str, Any] = {"service_workers": "block"}
"""Each new browser would fetch all that it keeps for when there is no network. Who asks for it allows it."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test in a browser that fails is run once more: on a busy machine the browser itself may stall. The
    summary counts it as rerun; one that is often there has found something."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.flaky(reruns=1))


def turn_to(page: Page, address: str) -> None:
    """Open a page of the one file: on a change of the hash alone it loads itself anew some time later."""
    page.goto("about:blank")
    page.goto(address)


@dataclass
class Visit:
    """A person at a browser."""

    page: Page
    server: str
    complaints: list[str] = field(default_factory=list)

    def go(self, path: str) -> None:
        self.page.goto(self.server + path)

    def press(self, words: str) -> None:
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=words, exact=True).click()

    def answer(self, *ticked: str, **typed: str) -> None:
        """Fill in what of these stands on the screen, and go on."""
        for fact in ticked:
            if self.page.locator(f"#{fact}").count():
                self.page.check(f"#{fact}")
        for fact, text in typed.items():
            if self.page.locator(f"#{fact}").count():
                self.page.fill(f"#{fact}", text)
        self.press("Next")

    def walk(self, *ticked: str, **typed: str) -> int:
        """Answer every screen until there is an answer; how many there were."""
        for screens in range(40):
            if not self.page.locator("form.screen").count():
                return screens
            self.answer(*ticked, **typed)
        raise AssertionError("the questions do not end")


@pytest.fixture
def visit(browser: Browser, server: str) -> Iterator[Callable[..., Visit]]:
    """Opens a page as asked for; at the end nothing may have been refused or fetched from outside."""
    contexts: list[BrowserContext] = []
    visits: list[Visit] = []

    def opened(**settings: Any) -> Visit:
        contexts.append(browser.new_context(**{"viewport": PHONE, **NO_WORKER, **settings}))
        page = contexts[-1].new_page()
        visits.append(Visit(page, server))
        complaints = visits[-1].complaints
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda m: complaints.append(m.text) if "Security Policy" in m.text else None,
        )
        page.on("request", lambda r: None if r.url.startswith(server) else complaints.append(r.url))
        return visits[-1]

    yield opened
    for context in contexts:
        context.close()
    assert [complaint for v in visits for complaint in v.complaints] == []


# ---- the part that needs no server --------------------------------------------------------------------


def made(where: Path, *more: str) -> Path:
    """The pocket in a folder or in one file."""
    subprocess.run(
        [sys.executable, "-m", "uncramp", "pocket", str(where), *more], check=True, capture_output=True
    )
    return where


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("pocket") / "public")


@pytest.fixture(scope="session")
def one_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("pocket") / "uncramp.html", "--country", "GB")


# ---- a phone that reaches its server by a name that is not this machine's, over https -----------------


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    if shutil.which("openssl") is None:
        without = pytest.fail if os.environ.get("UNCRAMP_REQUIRE_BROWSER") == "1" else pytest.skip
        without("no openssl on this machine to make a certificate with")
    folder = tmp_path_factory.mktemp("certificate")
    key, chain = folder / "key.pem", folder / "cert.pem"
    named = ["-subj", f"/CN={FAR_NAME}", "-addext", f"subjectAltName=DNS:{FAR_NAME}"]
    made = ["-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", str(key), "-out", str(chain)]
    subprocess.run(["openssl", "req", "-x509", *made, *named], check=True, capture_output=True)
    public = ["openssl", "pkey", "-in", str(key), "-pubout", "-outform", "DER"]
    der = subprocess.run(public, check=True, capture_output=True).stdout
    return Certificate(key, chain, b64encode(sha256(der).digest()).decode())


# What Chromium calls of its own accord however it is told not to. A page that did would be seen by its tab.
THE_BROWSER_ITSELF = frozenset(
    {
        "accounts.google.com",
        "connectivitycheck.gstatic.com",
        "content-autofill.googleapis.com",
        "update.googleapis.com",
        "www.google.com",
    }
)
"""Chromium asks its maker of its own accord: about updates, the fields of any form, and the network."""


def asked_for(hello: bytes) -> str:
    """The name that a TLS greeting asks for (RFC 6066, section 3), or that a plain request names, if any."""
    for start in range(len(hello) - 9):
        extension, length, names, kind, size = struct.unpack_from(">HHHBH", hello, start)
        if extension == 0 and kind == 0 and length == names + 2 == size + 5:
            return hello[start + 9 : start + 9 + size].decode("latin-1")
    plain = re.search(rb"host: ([^\r\n:]+)", hello, re.IGNORECASE)
    return plain[1].decode("latin-1") if plain else ""


@pytest.fixture(scope="session")
def elsewhere() -> Iterator[list[str]]:
    """Who was called that is not ours: every other name leads to this one listener, also for a worker."""
    called: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        called.append(str(listener.getsockname()[1]))

        def listen() -> None:
            with suppress(OSError):
                while True:
                    caller, _ = listener.accept()
                    with caller:
                        caller.settimeout(1)
                        name = asked_for(caller.recv(4000))
                        called.extend([name] if name and name not in THE_BROWSER_ITSELF else [])

        thread = Thread(target=listen, daemon=True)
        thread.start()
        yield called
        listener.shutdown(socket.SHUT_RDWR)
    thread.join()


@pytest.fixture(scope="session")
def far_browser(browser: Browser, certificate: Certificate, elsewhere: list[str]) -> Iterator[Browser]:
    """A browser of its own that knows the name and the key."""
    chrome = browser.browser_type.launch(
        executable_path=next(filter(None, map(shutil.which, CHROMIUMS))),
        args=[
            *CHROMIUM_FLAGS,
            f"--host-resolver-rules=MAP {FAR_NAME} 127.0.0.1,MAP * 127.0.0.1:{elsewhere[0]}",
            f"--ignore-certificate-errors-spki-list={certificate.fingerprint}",
        ],
    )
    yield chrome
    chrome.close()


@pytest.fixture
def far(certificate: Certificate) -> Iterator[Far]:
    """A server of one's own, running."""
    server = Far(certificate)
    server.start()
    yield server
    server.stop()


IN_CONTROL = """() => new Promise((done, failed) => {
    const workers = navigator.serviceWorker;
    if (workers.controller) done();
    workers.oncontrollerchange = () => done();
    setTimeout(() => failed(new Error("no worker was installed")), 90000);
})"""


@dataclass
class Phone:
    """A browser's whole storage: tabs, worker, caches, database."""

    context: BrowserContext
    far: Far
    complaints: list[str] = field(default_factory=list)

    def tab(self, path: str = "/now") -> Page:
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda m: self.complaints.append(m.text) if "Security Policy" in m.text else None)
        page.on("request", lambda r: None if self.is_ours(r.url) else self.complaints.append(r.url))
        page.goto(self.far.address + path)
        return page

    def is_ours(self, url: str) -> bool:
        return url.startswith((self.far.address + "/", "data:", "blob:"))

    def installed(self, path: str = "/now") -> Page:
        """A tab whose worker has filled its cache and answers for it."""
        page = self.tab(path)
        page.evaluate(IN_CONTROL)
        return page

    def cut_off(self) -> None:
        """The server's process does not answer any more, and its port is closed."""
        self.far.stop()

    def back(self) -> None:
        self.far.start()


@pytest.fixture
def phones(far_browser: Browser, far: Far, elsewhere: list[str]) -> Iterator[Callable[..., Phone]]:
    """Phones as asked for. At the end no policy was broken and nobody else was called, also by no worker."""
    made: list[Phone] = []

    def another(**settings: Any) -> Phone:
        made.append(Phone(far_browser.new_context(**{"viewport": PHONE, **settings}), far))
        return made[-1]

    already = len(elsewhere)
    yield another
    for phone in made:
        phone.context.close()
    assert [complaint for phone in made for complaint in phone.complaints] == []
    assert elsewhere[already:] == []


@pytest.fixture
def phone(phones: Callable[..., Phone]) -> Phone:
    return phones()
