"""Findings and a forecast as if worked out, and a demo diary behind the pages that show them."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from starlette.testclient import TestClient

from tests.web.forms import HERE
from uncramp.actions import analysis, forecast, home, triggers
from uncramp.actions.demo import make_demo
from uncramp.actions.risk import risk_table
from uncramp.core.finding import (
    Contrast,
    Fakes,
    Finding,
    Findings,
    Ghosts,
    More,
    Range,
    Spread,
)
from uncramp.core.foretold import Forecast, Skill, Step, Third, Tonight, WhatIf
from uncramp.web.app import create_app

if TYPE_CHECKING:
    from uncramp.core.risk import RiskTable

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
PLAIN = Finding(
    trigger="heat", name="Heat and humid air", of="trigger",
    contrast=Contrast(0, 1, "", "days that were not hot", "hot days", ""),
    probability=0.11, raises=0.08, lowers=0.03, prior=0.2, rate_ratio=Spread(1.3, 0.7, 2.1),
    diary_alone=Range(0.6, 1.9), interval=0.9, from_diary=0.8, odds_moved=0.5,
    lag={"0": 0.1, "1": 0.7, "2": 0.2}, attributable_per_30=Spread(1.2, -0.4, 2.9), smallest_detectable=2.1,
    confused_with=(), verdict="cannot_tell", why="few", known_rows=150,
    curve=(More(30, 0.2), More(90, 0.5), More(365, 0.9)), nights_needed=None, unknown_nights=None,
    follows_cramps=None, ghosts=Ghosts(0.08, 0.4, Range(0.7, 1.4)),
)  # fmt: skip
RAISES = replace(
    PLAIN, trigger="alcohol", name="Drinks with alcohol in them", verdict="raises", why="", probability=0.97,
    contrast=Contrast(0, 3, "", "days with little alcohol or none", "days with more alcohol", "drinks"),
    raises=0.97, lowers=0.0, prior=0.25, rate_ratio=Spread(2.3, 1.7, 3.2), nights_needed=0,
)  # fmt: skip
LOWERS = replace(
    RAISES, trigger="bedtime_stretch", name="Stretch before bed", of="remedy", verdict="lowers", raises=0.0,
    lowers=0.98, rate_ratio=Spread(0.4, 0.3, 0.6), attributable_per_30=Spread(-2.4, -3.5, -1.1),
    contrast=Contrast(0, 1, "", "days without a stretch", "days with a stretch", ""),
)  # fmt: skip
SAME = replace(
    RAISES, trigger="poor_sleep", name="Poor or short sleep", verdict="no_important_difference",
    diary_alone=Range(0.9, 1.1), probability=0.04,
)  # fmt: skip
SOON = replace(
    PLAIN,
    trigger="long_sitting",
    name="Sitting for a long time",
    nights_needed=60,
    probability=0.7,
    raises=0.69,
)
SILENT = replace(
    PLAIN, trigger="diabetes", name="If you have diabetes", why="never_written", rate_ratio=None,
    diary_alone=None, lag={}, attributable_per_30=None, curve=(), ghosts=None, smallest_detectable=None,
)  # fmt: skip
FORECAST = Forecast("2026-11-22", 0.41, 0.3, 0.52, 0.9, 0.29, True, "")
TONIGHT = Tonight(
    FORECAST,
    tuple(replace(FORECAST, date=f"2026-11-{day}", probability=0.3) for day in range(23, 29)),
    Skill(90, 28, 0.03, 0.01, 0.05, 0.1, (Third(0.1, 0.12, 30), Third(0.3, 0.28, 30), Third(0.6, 0.61, 30))),
    (WhatIf("alcohol", "Drinks with alcohol in them", "drinks", False, 1, (Step(0, 0.2), Step(3, 0.55))),),
)  # fmt: skip


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """The program at noon of 22 November 2026, with an empty diary behind it; it may begin nothing."""
    monkeypatch.setenv("UNCRAMP_HOME", str(tmp_path))
    home.close_diaries()
    client = TestClient(create_app(clock=lambda: NOW), base_url=HERE, raise_server_exceptions=False)

    def begin(*asked: object, again: bool) -> str:
        client.headers.update({"begun": str(asked[:3]), "again": str(again)})
        return ""

    monkeypatch.setattr(analysis, "begin", begin)
    yield client
    home.close_diaries()


@pytest.fixture(scope="session")
def half_a_year(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The diary of somebody made up, made once."""
    folder = tmp_path_factory.mktemp("demo")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("UNCRAMP_HOME", str(folder))
        make_demo(folder, NOW, lambda _: 0, np.random.default_rng(7))
        home.close_diaries()
    return folder / home.FILE


@pytest.fixture
def demo(client: TestClient, tmp_path: Path, half_a_year: Path) -> TestClient:
    """The same with the half year of somebody made up."""
    shutil.copy(half_a_year, tmp_path / home.FILE)
    return client


def owner() -> str:
    return home.owner(NOW)


def know(*found: Finding, fakes: Fakes | None = None) -> RiskTable:
    """As if this had been worked out from the diary as it is."""
    table = risk_table(home.diary(), owner())
    told = Findings("rest", "2026-05-26", "2026-11-21", 180, 144, 64, found, fakes or Fakes(17, 0.36, 0))
    analysis.keep(analysis.key_of(table, triggers.WHAT, triggers.SEED), triggers._written(told))
    return table


def foretell(told: Tonight) -> None:
    from pydantic import TypeAdapter

    key = analysis.key_of(risk_table(home.diary(), owner()), forecast.WHAT, forecast.SEED)
    analysis.keep(key, TypeAdapter(Tonight).dump_json(told).decode())


def said(client: TestClient, path: str) -> str:
    """What a page says, in one line, without its drawings."""
    page = client.get(path)
    assert page.status_code == 200
    html = re.sub(r"<svg.*?</svg>", " ", page.text, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


def lines(client: TestClient, path: str = "/triggers") -> list[str]:
    """The first line of each card."""
    found = re.findall(r'<span class="found-line">(.*?)</span>', client.get(path).text)
    return [unescape(re.sub(r"<[^>]*>", "", one)) for one in found]
