"""The offline part as files: a folder on a foreign https host, and one file that is opened from the disk."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from starlette.staticfiles import StaticFiles

from tests.e2e.conftest import Phone, turn_to

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

ADDRESS = re.compile(r'\b(?:href|src|action|data-check)="([^"#?]*)')


@pytest.fixture
def paper(browser: Browser, one_file: Path) -> Iterator[Page]:
    """The one file, opened on a phone that has no network; nothing may break its policy."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, offline=True, accept_downloads=True)
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
    page.goto(one_file.as_uri())
    yield page
    context.close()
    assert complaints == []


def cramp(page: Page, leg: str = "Left leg") -> None:
    """One tap to begin, one to end."""
    page.get_by_role("link", name=leg).click()
    page.get_by_role("button", name="It let go").locator("visible=true").click()
    expect(page.get_by_text("Saved on this phone")).to_be_visible()


def exported(page: Page, where: Path) -> Any:
    with page.expect_download() as download:
        page.locator("#save").click()
    download.value.save_as(where)
    return json.loads(where.read_text(encoding="utf-8"))


def summary(home: Path, *files: Path) -> Any:
    done = subprocess.run(
        [sys.executable, "-m", "uncramp", "import", *map(str, files), "--json"],
        env={"UNCRAMP_HOME": str(home), "PATH": ""},
        check=True,
        capture_output=True,
    )
    return json.loads(done.stdout.splitlines()[-1])["summary"]


def test_every_address_in_the_folder_leads_to_a_file_of_it(folder: Path) -> None:
    for page in folder.glob("*.html"):
        for address in ADDRESS.findall(page.read_text(encoding="utf-8")):
            if address and not address.startswith(("tel:", "https:", "data:", "mailto:")):
                assert not address.startswith("/"), (page.name, address)
                assert (folder / address).is_file(), (page.name, address)


def test_the_folder_works_on_any_https_host_and_then_without_it(phone: Phone, folder: Path) -> None:
    phone.far.app = StaticFiles(directory=folder, html=True)  # type: ignore[assignment]
    page = phone.installed("/index.html")
    phone.cut_off()
    try:
        page.goto(phone.far.address + "/index.html")
        cramp(page)
        page.goto(phone.far.address + "/kept.html")
        expect(page.locator("[data-entry]")).to_have_count(1)
        page.goto(phone.far.address + "/check.html")
        expect(page.get_by_role("heading", level=1)).to_have_text("Right now, is any of this true?")
        page.goto(phone.far.address + "/guide-why.html")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
    finally:
        phone.back()


def test_the_one_file_saves_exports_and_is_read_twice_as_one_entry(paper: Page, tmp_path: Path) -> None:
    cramp(paper)
    turn_to(paper, f"{paper.url.split('#')[0]}#/kept")
    expect(paper.locator("[data-entry]")).to_have_count(1)
    file = tmp_path / "entries.json"
    entry = exported(paper, file)["entries"][-1]
    assert entry["body"]["side"] == "left"
    assert entry["body"]["bouts"][0]["technique"] == "ease_straight"
    assert summary(tmp_path / "home", file) == {"new": 1, "unchanged": 0, "refused": []}
    assert summary(tmp_path / "home", file, file)["new"] == 0


def test_the_one_file_holds_every_page_and_picture(paper: Page) -> None:
    start = paper.url.split("#")[0]
    for path in ("", "now", "check", "guide", "guide/why", "why/stretch", "about", "pictures"):
        turn_to(paper, f"{start}#/{path}")
        expect(paper.get_by_role("heading", level=1).first).to_be_visible()
        missing = (
            "() => [...document.images].filter(i => i.complete && !i.naturalWidth && i.src).map(i => i.src)"
        )
        assert paper.evaluate(missing) == [], path
        assert paper.evaluate("() => performance.getEntriesByType('resource').map(e => e.name)"
                              ".filter(name => !/^(data|blob):/.test(name))") == [], path  # fmt: skip


def test_the_one_file_shows_the_number_of_the_country_it_was_made_for(paper: Page) -> None:
    turn_to(paper, f"{paper.url.split('#')[0]}#/now?where=bed")
    paper.get_by_role("button", name="Something is wrong").locator("visible=true").click()
    paper.get_by_role("button", name="Chest pain or short of breath").click()
    expect(paper.locator("a[href='tel:999']").locator("visible=true").first).to_be_visible()


def test_a_walk_in_the_one_file_goes_on_after_a_reload(paper: Page) -> None:
    paper.get_by_role("link", name="Right leg").click()
    paper.get_by_role("button", name="Another way").locator("visible=true").click()
    words = paper.locator("#say").inner_text()
    paper.wait_for_timeout(300)
    paper.reload()
    expect(paper.locator("#say")).to_have_text(words)


def test_the_check_of_the_phone_asks_and_answers_as_the_server_does(paper: Page) -> None:
    turn_to(paper, f"{paper.url.split('#')[0]}#/check")
    paper.get_by_label("Pain or tightness in your chest").check()
    paper.get_by_role("button", name="Next").click()
    expect(paper.get_by_role("heading", level=1)).to_contain_text("Call")
    expect(paper.locator("a[href='tel:999']").first).to_be_visible()
    expect(paper.get_by_text("What you can do")).to_have_count(0)
    paper.get_by_role("button", name="Back").click()
    for _ in range(12):
        none = paper.get_by_role("button", name="None of these")
        if not none.count():
            break
        none.click()
    expect(paper.get_by_role("heading", level=1)).not_to_contain_text("Call")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["", "now?where=bed", "check", "kept", "guide/why"])
def test_axe_finds_nothing_in_the_one_file(paper: Page, path: str, scheme: Any) -> None:
    paper.emulate_media(color_scheme=scheme)
    turn_to(paper, f"{paper.url.split('#')[0]}#/{path}")
    expect(paper.get_by_role("heading", level=1).first).to_be_visible()
    found = Axe().run(paper).response["violations"]
    assert [(v["id"], [n["html"][:120] for n in v["nodes"]][:3]) for v in found] == []


def test_a_folder_that_holds_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine")
    done = subprocess.run(
        [sys.executable, "-m", "uncramp", "pocket", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "holds other things" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]
