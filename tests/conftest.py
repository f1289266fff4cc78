"""A real browser and a real server, for the tests that need them."""

import http.client
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.databases import address, diary, own_diary, postgres_server
from uncramp.actions.doors import VARIABLE

__all__ = ["address", "diary", "own_diary", "postgres_server"]

if TYPE_CHECKING:
    from playwright.sync_api import Browser

CHROMIUMS = (
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "google-chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
# The two of the address bar load pages of their own for each window: nearly half of what one costs.
# Of two such lists the last holds, so the others are Playwright's own.
WITHOUT = (
    "WebUIOmniboxPopup", "WebUIOmniboxAimPopup",
    "AimEnabled", "AvoidCorsURLLoaderRestartOnRedirect", "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose", "HttpsFirstBalancedModeAutoEnable", "HttpsUpgrades", "LensOverlay",
    "MediaRouter", "NetworkTimeServiceQuerying", "OptimizationHints", "PaintHolding", "PreconnectToSearch",
    "ThirdPartyStoragePartitioning",
)  # fmt: skip
# Root has no sandbox; the others keep the browser from calling its maker's servers.
CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--disable-features={','.join(WITHOUT)}",
)
SERVER_START_SECONDS = 60.0


# As the program does: many threads on few cores wait for each other. To be said before numpy is loaded.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    """No test finds the doors that an earlier one left for its pages."""
    os.environ.pop(VARIABLE, None)


@pytest.fixture(scope="session", autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """No test ever touches a real diary: all of them, and what they start, live in a folder of their own."""
    home = tmp_path_factory.mktemp("uncramp-home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("UNCRAMP_HOME", str(home))
        patch.delenv("UNCRAMP_DATABASE", raising=False)
        yield home


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    """One Chromium for the whole run; ask it for a new context in each test."""
    chromium = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    if chromium is None:
        without = pytest.fail if os.environ.get("UNCRAMP_REQUIRE_BROWSER") == "1" else pytest.skip
        without("no Chromium or Chrome on this machine")
    # Half a second to import, which a run without browser tests need not wait for.
    from playwright.sync_api import expect, sync_playwright

    # What is expected comes by itself; a busy machine may take long over it.
    expect.set_options(timeout=30_000)
    with sync_playwright() as playwright:
        chrome = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
        yield chrome
        chrome.close()


@contextmanager
def a_server(home: Path) -> Iterator[str]:
    """The address of an uncramp of its own with its diary in `home`, on loopback."""
    log = home.with_suffix(".log")
    port = free_port()
    with (
        log.open("wb") as output,
        subprocess.Popen(
            [sys.executable, "-m", "uncramp", "serve", "--port", str(port)],
            env={**os.environ, "UNCRAMP_HOME": str(home)},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        ) as process,
    ):
        try:
            wait_until_it_answers(process, port, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            stop(process)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An uncramp for all tests that do not count what stands in its diary."""
    with a_server(tmp_path_factory.mktemp("uncramp-home")) as address:
        yield address


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until_it_answers(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + SERVER_START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        if answers(port):
            return
        time.sleep(0.05)
    how = "ended" if process.poll() is not None else f"gave no answer in {SERVER_START_SECONDS:.0f} s"
    pytest.fail(f"`uncramp serve` {how}:\n{log.read_text(errors='replace')}")


def answers(port: int) -> bool:
    # Not urllib: a proxy set for this machine must not be asked for loopback.
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
