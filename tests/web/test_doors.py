"""By which door the pages are reached, and by whom: the home network, a proxy, sessions and guessing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from starlette.testclient import TestClient

from tests.web.test_pages import unmarked
from uncramp.actions import home, passphrase, sign_in
from uncramp.actions.authority import authority
from uncramp.actions.check import Refused
from uncramp.actions.doors import Doors, phone_doors, proxy_doors, tell_the_pages, told
from uncramp.actions.home import DiaryUnusable, diary
from uncramp.actions.tries import Tries
from uncramp.diary.logins import login_of
from uncramp.web import guard
from uncramp.web.app import create_app
from uncramp.web.guard import COOKIE, is_open
from uncramp.web.routes.sign_in import safe_way

WORDS = "otter lamp fence moss"
START = datetime(2026, 11, 22, 3, 10, tzinfo=UTC)

PHONE = phone_doors(("pi.local", "localhost"))
PROXY = proxy_doors("https://cramp.example.org", ("127.0.0.1",))

PERSONAL = ("/history", "/api/v1/entries", "/pack.json", "/worked", "/health", "/a-page-of-tomorrow")
OPEN = ("/", "/now", "/guide", "/check", "/why", "/about", "/sign-in", "/trust", "/sw.js", "/static/icon.svg")


class FakeClock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def go_on(self, **how_long: float) -> None:
        self.now += timedelta(**how_long)


CLOCK = FakeClock()


@pytest.fixture
def clock() -> FakeClock:
    CLOCK.now = START
    return CLOCK


@cache
def app_behind(doors: Doors) -> FastAPI:
    """One for all tests, since its pages are made ready only once."""
    return create_app(doors=doors, clock=CLOCK)


@pytest.fixture(autouse=True)
def own_diary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A diary with the passphrase `WORDS`, hashed in a hurry."""
    monkeypatch.setenv("UNCRAMP_HOME", str(tmp_path))
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passphrase, "_hasher", lambda: quick)
    passphrase.set_passphrase(WORDS, home.owner(START))
    for doors in (PHONE, PROXY):
        app_behind(doors).state.tries = Tries()
    yield
    diary().close()


def visitor(
    clock: FakeClock, doors: Doors = PHONE, address: str = "192.168.1.7", url: str = "https://pi.local"
) -> TestClient:
    assert clock is CLOCK
    return TestClient(app_behind(doors), base_url=url, client=(address, 5000), follow_redirects=False)


@pytest.fixture
def phone(clock: FakeClock) -> TestClient:
    return visitor(clock)


def enter(client: TestClient, words: str = WORDS, **fields: str) -> str:
    """Sign in; the token that the browser then has."""
    reply = client.post("/sign-in", data={"passphrase": words, **fields})
    assert reply.status_code == 303, reply.status_code
    return client.cookies[COOKIE]


def is_let_in(client: TestClient) -> bool:
    return client.get("/api/v1/entries").status_code == 200


# ---- what is open, and what is not ---------------------------------------------------------------


def every_route() -> list[tuple[str, str]]:
    """Each method and path there is, with something put in for what is open in the path."""
    paths = create_app().openapi()["paths"]
    found = [(method.upper(), re.sub(r"\{\w+\}", "x", path)) for path in paths for method in paths[path]]
    assert len(found) > 15
    return [*found, ("GET", "/static/uncramp.css"), ("GET", "/nowhere"), ("POST", "/nowhere")]


def asks_to_sign_in(status: int, location: str) -> bool:
    return status == 401 or (status == 303 and location.startswith("/sign-in"))


@pytest.mark.parametrize(("method", "path"), every_route())
def test_without_a_session_exactly_the_open_pages_answer(phone: TestClient, method: str, path: str) -> None:
    reply = phone.request(method, path, headers={"content-type": "application/json"})
    assert asks_to_sign_in(reply.status_code, reply.headers.get("location", "")) != is_open(path)


@pytest.mark.parametrize(("method", "path"), every_route())
def test_with_a_session_everything_answers(phone: TestClient, method: str, path: str) -> None:
    enter(phone)
    reply = phone.request(method, path, headers={"content-type": "application/json"})
    assert not asks_to_sign_in(reply.status_code, reply.headers.get("location", ""))


def test_nothing_that_takes_or_gives_entries_is_open() -> None:
    assert [path for _, path in every_route() if path.startswith("/api/") and is_open(path)] == []
    assert [path for path in PERSONAL if is_open(path)] == []


def test_help_needs_no_sign_in(phone: TestClient) -> None:
    assert [path for path in OPEN if phone.get(path).status_code != 200] == []
    assert phone.post("/check", data={"answers": "{}"}).status_code == 200


def test_a_path_that_only_looks_open_is_not(phone: TestClient) -> None:
    tricks = (
        "/static/../history",
        "/guide/../api/v1/entries",
        "/guide/%2e%2e/history",
        "/%2Fhistory",
        "/NOW",
    )
    assert [path for path in tricks if phone.get(path).status_code == 200] == []


def test_a_program_without_a_session_is_told_so_in_json(phone: TestClient) -> None:
    reply = phone.put("/api/v1/entries/x", json={})
    assert reply.status_code == 401
    assert "Sign in" in reply.json()["problems"][0]
    assert phone.get("/pack.json").status_code == 401


def test_a_person_without_a_session_is_led_to_the_sign_in_and_back(phone: TestClient) -> None:
    reply = phone.get("/history?kind=episode&n=2")
    assert reply.status_code == 303
    assert reply.headers["location"] == "/sign-in?next=/history%3Fkind%3Depisode%26n%3D2"
    form = phone.get(reply.headers["location"]).text
    assert 'name="next" value="/history?kind=episode&amp;n=2"' in form
    reply = phone.post("/sign-in", data={"passphrase": WORDS, "next": "/history?kind=episode&n=2"})
    assert reply.headers["location"] == "/history?kind=episode&n=2"


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example",
        "javascript:alert(1)", "data:text/html,x", "/\tevil", "/\n/evil.example", "/\t/evil.example",
        "history", "", "http:evil.example", "//[", "/" + "x" * 3000, "/é",
    ],
)  # fmt: skip
def test_the_sign_in_leads_nowhere_else(phone: TestClient, wanted: str) -> None:
    assert safe_way(wanted) == "/"
    reply = phone.post("/sign-in", data={"passphrase": WORDS, "next": wanted})
    assert reply.headers["location"] == "/"


@pytest.mark.parametrize("path", ["/sign-in", "/trust", "/nowhere", "/history"])
def test_no_word_of_these_pages_stands_outside_the_catalogue(clock: FakeClock, path: str) -> None:
    app = create_app(pseudo=True, doors=PHONE, clock=clock)
    pages = TestClient(app, base_url="https://pi.local", client=("192.168.1.7", 1))
    authority("", "pi.local", (), datetime.now(UTC))
    assert unmarked(pages.get(path).text) == []
    pages.post("/sign-in", data={"passphrase": "a wrong passphrase"})
    assert unmarked(pages.post("/sign-in", data={"passphrase": "a wrong passphrase"}).text) == []
    enter_and_stay = pages.post("/sign-in", data={"passphrase": WORDS, "next": "/sign-in"})
    assert unmarked(enter_and_stay.text) == []


# ---- the session ---------------------------------------------------------------------------------


def test_the_cookie_is_for_this_host_alone_and_out_of_reach_of_scripts(phone: TestClient) -> None:
    reply = phone.post("/sign-in", data={"passphrase": WORDS})
    name, _, rest = reply.headers["set-cookie"].partition("=")
    assert name == "__Host-uncramp"
    parts = {part.strip().lower() for part in rest.split(";")[1:]}
    assert parts >= {"secure", "httponly", "samesite=strict", "path=/"}
    assert not [part for part in parts if part.startswith("domain")]


def test_every_cookie_is_marked_for_tls(phone: TestClient) -> None:
    reply = phone.post("/country", data={"country": "GB", "back": "/"})
    assert reply.headers["set-cookie"].startswith("country=GB")
    assert "; Secure" in reply.headers["set-cookie"]


def test_the_token_has_256_bits_is_new_each_time_and_only_its_hash_is_kept(phone: TestClient) -> None:
    first, second = enter(phone), enter(phone)
    assert first != second
    assert len(first) >= 43
    assert login_of(diary(), first) is None
    assert login_of(diary(), sha256(second.encode()).hexdigest()) is not None
    assert first not in phone.get("/history").text


def test_a_new_sign_in_ends_the_session_before(phone: TestClient, clock: FakeClock) -> None:
    old = enter(phone)
    enter(phone)
    assert is_let_in(phone)
    assert sign_in.session(old, clock()) is None


def test_a_token_that_somebody_planted_is_worth_nothing(phone: TestClient, clock: FakeClock) -> None:
    planted = "A" * 43
    phone.cookies.set(COOKIE, planted, domain="pi.local", path="/")
    phone.post("/sign-in", data={"passphrase": WORDS})
    assert sign_in.session(planted, clock()) is None


def test_a_token_in_the_address_or_a_header_is_no_session(phone: TestClient, clock: FakeClock) -> None:
    token = enter(phone)
    other = visitor(clock)
    assert other.get(f"/api/v1/entries?{COOKIE}={token}").status_code == 401
    assert other.get("/api/v1/entries", headers={"authorization": f"Bearer {token}"}).status_code == 401


@pytest.mark.parametrize("token", ["", "x", "x" * 5000, "' OR 1=1 --", "\xff\xfe", "%00"])
def test_a_made_up_token_is_no_session_and_breaks_nothing(phone: TestClient, token: str) -> None:
    headers = [(b"cookie", COOKIE.encode() + b"=" + token.encode("latin-1"))]
    assert phone.get("/api/v1/entries", headers=headers).status_code == 401


def test_a_session_that_nobody_used_for_thirty_days_has_ended(phone: TestClient, clock: FakeClock) -> None:
    enter(phone)
    for _ in range(3):
        clock.go_on(days=29)
        assert is_let_in(phone)
    clock.go_on(days=30)
    assert not is_let_in(phone)


def test_after_180_days_one_signs_in_anew_however_often_it_was_used(
    phone: TestClient, clock: FakeClock
) -> None:
    token = enter(phone)
    for _ in range(8):
        clock.go_on(days=22)
        assert sign_in.session(token, clock())
    clock.go_on(days=4)
    assert sign_in.session(token, clock()) is None
    assert login_of(diary(), sha256(token.encode()).hexdigest()) is None


def test_signing_out_ends_the_session_and_clears_the_browser(phone: TestClient, clock: FakeClock) -> None:
    token = enter(phone)
    assert "You are signed in" in phone.get("/sign-in").text
    reply = phone.post("/sign-out")
    assert reply.status_code == 303
    assert reply.headers["clear-site-data"] == '"cache", "storage"'
    assert f'{COOKIE}=""' in reply.headers["set-cookie"]
    assert "Max-Age=0" in reply.headers["set-cookie"]
    phone.cookies.set(COOKIE, token, domain="pi.local", path="/")
    assert not is_let_in(phone)
    assert sign_in.session(token, clock()) is None


def test_a_sign_out_that_another_site_asks_for_is_refused(phone: TestClient) -> None:
    enter(phone)
    assert phone.get("/sign-out").status_code == 405
    assert phone.post("/sign-out", headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert is_let_in(phone)


def test_the_page_for_signing_out_says_what_is_lost(phone: TestClient) -> None:
    enter(phone)
    page = phone.get("/sign-in").text
    assert "was not sent yet" in page
    assert 'src="/static/sign_out.js"' in page


def test_another_passphrase_ends_every_session(phone: TestClient) -> None:
    enter(phone)
    passphrase.set_passphrase("a quite different one", home.owner(START))
    assert not is_let_in(phone)
    assert phone.post("/sign-in", data={"passphrase": WORDS}).status_code == 403
    enter(phone, "a quite different one")


def test_an_entry_from_the_phone_is_taken_with_a_session_and_no_token_in_the_page(phone: TestClient) -> None:
    enter(phone)
    headers = {"origin": "https://pi.local", "sec-fetch-site": "same-origin"}
    assert phone.put("/api/v1/entries/x", json={}, headers=headers).status_code == 422
    headers["origin"] = "http://pi.local"
    assert phone.put("/api/v1/entries/x", json={}, headers=headers).status_code == 403


def test_on_this_machine_without_a_passphrase_there_is_no_session_and_no_sign_in(clock: FakeClock) -> None:
    passphrase.remove_passphrase(home.owner(START))
    here = visitor(clock, Doors(), "127.0.0.1", "http://127.0.0.1")
    assert here.get("/api/v1/entries").status_code == 200
    assert here.get("/sign-in").headers["location"] == "/"
    reply = here.post("/sign-in", data={"passphrase": WORDS})
    assert "set-cookie" not in reply.headers
    assert "Sign in or out" not in here.get("/").text


def test_with_the_diary_out_of_order_help_still_works_and_the_diary_says_so(
    phone: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    enter(phone)

    def broken(*_: object) -> None:
        raise DiaryUnusable("the disk at /home/ann is full")

    monkeypatch.setattr(guard, "whose", broken)
    assert phone.get("/guide").status_code == 200
    reply = phone.get("/api/v1/entries")
    assert reply.status_code == 503
    assert "ann" not in reply.text


# ---- the passphrase, and guessing it -------------------------------------------------------------


def test_a_wrong_passphrase_is_refused_in_plain_words(phone: TestClient) -> None:
    reply = phone.post("/sign-in", data={"passphrase": "otter lamp fence mos", "next": "/history"})
    assert reply.status_code == 403
    assert "That is not the passphrase" in reply.text
    assert 'value="/history"' in reply.text
    assert "otter" not in reply.text
    assert "set-cookie" not in reply.headers


@pytest.mark.parametrize(
    "words", ["", "x" * 100_000, "\x00", "Otter lamp fence moss", f" {WORDS}", f"{WORDS} "]
)
def test_only_the_passphrase_itself_is_right(phone: TestClient, words: str) -> None:
    assert phone.post("/sign-in", data={"passphrase": words}).status_code == 403


def test_without_a_passphrase_nobody_gets_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clock: FakeClock
) -> None:
    monkeypatch.setenv("UNCRAMP_HOME", str(tmp_path / "other"))
    assert visitor(clock).post("/sign-in", data={"passphrase": ""}).status_code == 403
    diary().close()


def tries(client: TestClient, clock: FakeClock, seconds: int, every: float) -> list[int]:
    """The answers to wrong passphrases, one every so many seconds."""
    found = []
    for _ in range(int(seconds / every)):
        found.append(client.post("/sign-in", data={"passphrase": "a wrong passphrase"}).status_code)
        clock.go_on(seconds=every)
    return found


def test_no_more_than_ten_tries_are_looked_at_in_a_minute(phone: TestClient, clock: FakeClock) -> None:
    answers = tries(phone, clock, 60, 0.5)
    assert answers.count(403) <= 10
    assert set(answers) == {403, 429}


def test_guessing_gets_slower_and_slower() -> None:
    attempts, times = Tries(), []
    for second in range(900):
        now = START + timedelta(seconds=second)
        if not attempts.begin("192.168.1.66", now):
            times.append(second)
    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert gaps[:8] == [1, 1, 2, 4, 8, 16, 32, 60]
    assert set(gaps[8:]) == {60}


def test_whoever_has_to_wait_is_told_how_long_and_then_gets_in(phone: TestClient, clock: FakeClock) -> None:
    tries(phone, clock, 180, 2)
    reply = phone.post("/sign-in", data={"passphrase": WORDS})
    assert reply.status_code == 429
    wait = int(reply.headers["retry-after"])
    assert f"Wait {wait} second" in reply.text
    assert 0 < wait <= 60
    clock.go_on(seconds=wait)
    enter(phone)


def test_who_guesses_does_not_lock_out_the_family(clock: FakeClock) -> None:
    child, mother = visitor(clock, address="192.168.1.66"), visitor(clock, address="192.168.1.5")
    tries(child, clock, 30, 0.5)
    enter(mother)
    assert is_let_in(mother)


def test_guessing_from_many_addresses_at_once_is_held_to_ten_a_minute_too(clock: FakeClock) -> None:
    guess = {"passphrase": "a wrong passphrase"}
    family = [visitor(clock, address=f"192.168.1.{n}") for n in range(1, 40)]
    answers = [client.post("/sign-in", data=guess).status_code for client in family]
    assert answers.count(403) == 10
    clock.go_on(seconds=60)
    enter(visitor(clock))


def guess_for_an_hour(
    attempts: Tries, clock: FakeClock, own: str, guesser: Callable[[int], str]
) -> list[bool]:
    """Ten guesses a second by `guesser`; whether `own`, once a minute, was let try at once."""
    free = []
    for n in range(36_000):
        clock.go_on(seconds=0.1)
        attempts.begin(guesser(n), clock())
        if n % 600 == 77:
            free.append(not attempts.begin(own, clock()))
            if free[-1]:
                attempts.succeeded(own)
    return free


@pytest.mark.parametrize(
    ("own", "guesser"),
    [
        ("192.168.1.50", lambda n: f"2001:db8::{n:x}"),
        ("192.168.1.50", lambda n: f"2001:db8:0:{n:x}::1"),
        ("192.168.1.50", lambda n: f"10.0.{n // 256}.{n % 256}"),
        ("fd00::50", lambda n: f"fd00::1:{n:x}"),
    ],
    ids=["one network", "many networks", "many of IPv4", "a guest in the same network"],
)
def test_where_somebody_signed_in_before_no_guessing_keeps_them_out(
    clock: FakeClock, own: str, guesser: Callable[[int], str]
) -> None:
    attempts = Tries()
    attempts.begin(own, clock())
    attempts.succeeded(own)
    assert all(guess_for_an_hour(attempts, clock, own, guesser))


def test_a_new_phone_gets_in_while_one_machine_guesses_from_ever_new_addresses(clock: FakeClock) -> None:
    attempts = Tries()
    assert all(guess_for_an_hour(attempts, clock, "192.168.1.51", lambda n: f"2001:db8::{n:x}"))


def test_addresses_of_one_network_wait_for_each_other_and_those_of_ipv4_do_not(clock: FakeClock) -> None:
    attempts = Tries()
    assert not any(attempts.begin(f"2001:db8::{n}", clock()) for n in range(3))
    assert attempts.begin("2001:db8::ffff:1%eth0", clock())
    assert not attempts.begin("2001:db8:0:1::1", clock())
    assert not any(attempts.begin(f"::ffff:10.0.0.{n}", clock()) for n in range(4))


def test_the_log_says_who_signed_in_and_who_failed_and_never_with_what(
    phone: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "uncramp")
    phone.post("/sign-in", data={"passphrase": "my secret guess", "next": "/history?note=numb"})
    token = enter(phone)
    phone.get("/history?note=numb")
    said = [record.getMessage() for record in caplog.records if record.name.startswith("uncramp")]
    assert said == ["Not signed in from 192.168.1.7: a wrong passphrase.", "Signed in from 192.168.1.7."]
    for secret in ("guess", "numb", token, WORDS):
        assert secret not in "".join(said)


@pytest.mark.parametrize(
    "weak", ["", "1234567", "password", "PASSWORD1", "qwertyuiop", "hamstring", "aaaaaaaaaaaa", "12121212"]
)
def test_a_passphrase_that_is_easily_guessed_is_refused(weak: str) -> None:
    with pytest.raises(Refused):
        passphrase.set_passphrase(weak, home.owner(START))
    assert passphrase.is_right(WORDS, home.owner(START))


@pytest.mark.parametrize("strong", ["öäü ß 漢字 🦵", " leading and trailing ", "x1!" * 40, "ünïcödé"])
def test_any_characters_make_a_passphrase_and_none_is_changed(strong: str) -> None:
    passphrase.set_passphrase(strong + "12", home.owner(START))
    assert passphrase.is_right(strong + "12", home.owner(START))
    assert not passphrase.is_right((strong + "12").strip().upper(), home.owner(START))


def test_the_passphrase_is_kept_as_argon2id_with_no_less_than_owasp_asks_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.undo()
    hasher = passphrase._hasher()
    assert hasher.type.name == "ID"
    assert hasher.memory_cost >= 19 * 1024
    assert hasher.time_cost >= 2


def test_a_hash_of_older_settings_is_renewed_at_the_sign_in(monkeypatch: pytest.MonkeyPatch) -> None:
    from uncramp.diary.people import passphrase_of

    stronger = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1)
    monkeypatch.setattr(passphrase, "_hasher", lambda: stronger)
    assert passphrase.is_right(WORDS, home.owner(START))
    assert "$m=16,t=2,p=1$" in passphrase_of(diary(), home.owner(START))


def test_a_service_is_given_its_passphrase_and_the_same_again_signs_nobody_out(
    phone: TestClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    enter(phone)
    file = tmp_path / "passphrase"
    file.write_text(f"{WORDS}\n")
    monkeypatch.setenv("UNCRAMP_PASSPHRASE_FILE", str(file))
    assert passphrase.take_given(START)
    assert is_let_in(phone)
    file.write_text("another one from now on\n")
    assert passphrase.take_given(START)
    assert not is_let_in(phone)
    enter(phone, "another one from now on")


# ---- the home network ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host", ["pi.local", "PI.local", "pi.local:8321", "localhost:8321", "192.168.1.20:8321"]
)
def test_the_phone_reaches_it_by_name_and_by_the_address_it_came_in_at(clock: FakeClock, host: str) -> None:
    phone = visitor(clock, url="https://192.168.1.20")
    assert phone.get("/guide", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example", "pi.local.evil.example", "evil.pi.local", "192.168.1.21", "192.168.1.20.evil.example",
        "127.0.0.1", "[fd00::1]", "fd00::1", "8.8.8.8", "192.168.1.20:x", "[192.168.1.20]", "3232235796", "",
    ],
)  # fmt: skip
def test_any_other_host_is_refused_at_home_too(clock: FakeClock, host: str) -> None:
    phone = visitor(clock, url="https://192.168.1.20")
    reply = phone.get("/guide", headers={"host": host})
    assert reply.status_code == 400
    assert reply.headers["strict-transport-security"]


def test_an_address_of_the_newer_kind_is_reached_too(clock: FakeClock) -> None:
    phone = visitor(clock, address="fd00::7", url="https://[fd00::2]")
    assert phone.get("/guide").status_code == 200
    assert phone.get("/guide", headers={"host": "[fd00:0::2]:8321"}).status_code == 200
    assert phone.get("/guide", headers={"host": "fd00::2"}).status_code == 400


@pytest.mark.parametrize("server", ["8.8.8.8", "203.0.114.9"])
def test_under_an_address_of_the_internet_it_does_not_answer(clock: FakeClock, server: str) -> None:
    assert visitor(clock, url=f"https://{server}").get("/guide").status_code == 400


@pytest.mark.parametrize("address", ["8.8.8.8", "1.2.3.4", "", "testclient"])
def test_nobody_from_the_internet_comes_in_by_the_home_door(clock: FakeClock, address: str) -> None:
    reply = visitor(clock, address=address).get("/guide")
    assert reply.status_code == 403
    assert "home network" in reply.text


def test_past_this_machine_nothing_goes_without_tls(clock: FakeClock) -> None:
    assert visitor(clock, url="http://pi.local").get("/guide").status_code == 400


@pytest.mark.parametrize("path", ["/", "/nowhere", "/history", "/static/icon.svg", "/api/v1/entries"])
def test_every_answer_by_tls_asks_for_tls_from_now_on(phone: TestClient, path: str) -> None:
    wanted = "max-age=31536000; includeSubDomains"
    assert phone.get(path).headers["strict-transport-security"] == wanted
    assert phone.request("TRACE", path).headers["strict-transport-security"] == wanted


def test_being_forwarded_is_not_believed_at_home(clock: FakeClock) -> None:
    phone = visitor(clock)
    for n in range(30):
        headers = {
            "x-forwarded-for": f"10.0.0.{n}",
            "x-real-ip": f"10.0.0.{n}",
            "forwarded": f"for=10.0.0.{n}",
        }
        phone.post("/sign-in", data={"passphrase": "a wrong passphrase"}, headers=headers)
    assert phone.post("/sign-in", data={"passphrase": WORDS}).status_code == 429
    forwarded = {"x-forwarded-host": "evil.example", "x-forwarded-proto": "http"}
    assert "evil.example" not in phone.get("/trust", headers=forwarded).text


# ---- behind a proxy ------------------------------------------------------------------------------


def behind(clock: FakeClock, peer: str = "127.0.0.1", **headers: str) -> TestClient:
    client = visitor(clock, PROXY, peer, "http://127.0.0.1:8321")
    told_by_proxy = {
        "host": "cramp.example.org", "x-forwarded-proto": "https", "x-forwarded-for": "5.6.7.8", **headers
    }  # fmt: skip
    client.headers.update({name.replace("_", "-"): value for name, value in told_by_proxy.items() if value})
    return client


def test_behind_the_proxy_one_signs_in_and_is_let_in(clock: FakeClock) -> None:
    client = behind(clock)
    assert client.get("/guide").status_code == 200
    assert client.get("/api/v1/entries").status_code == 401
    reply = client.post(
        "/sign-in", data={"passphrase": WORDS}, headers={"origin": "https://cramp.example.org"}
    )
    token = reply.headers["set-cookie"].partition("=")[2].partition(";")[0]
    assert client.get("/api/v1/entries", headers={"cookie": f"{COOKIE}={token}"}).status_code == 200
    assert client.get("/guide").headers["strict-transport-security"]


def test_a_proxy_may_pass_the_name_on_in_its_own_header(clock: FakeClock) -> None:
    client = behind(clock, host="127.0.0.1:8321", x_forwarded_host="cramp.example.org")
    assert client.get("/guide").status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "evil.example"},
        {"host": "127.0.0.1:8321"},
        {"host": "localhost"},
        {"x_forwarded_host": "evil.example"},
        {"x_forwarded_host": "cramp.example.org, evil.example"},
        {"host": "cramp.example.org:8443"},
        {"x_forwarded_proto": "http"},
        {"x_forwarded_proto": "https, http"},
    ],
)
def test_behind_the_proxy_only_its_own_name_by_tls_is_answered(
    clock: FakeClock, headers: dict[str, str]
) -> None:
    assert behind(clock, **headers).get("/guide").status_code == 400


@pytest.mark.parametrize("peer", ["127.0.0.2", "192.168.1.7", "::1", "testclient"])
def test_past_the_proxy_nobody_is_answered_whatever_they_say(clock: FakeClock, peer: str) -> None:
    client = behind(clock, peer)
    assert client.get("/guide").status_code == 400
    assert client.post("/sign-in", data={"passphrase": WORDS}).status_code == 400


def test_a_form_from_another_origin_is_refused_behind_the_proxy(clock: FakeClock) -> None:
    client = behind(clock)
    for origin in ("http://cramp.example.org", "https://example.org", "http://127.0.0.1:8321"):
        assert client.post("/check", data={"answers": "{}"}, headers={"origin": origin}).status_code == 403


def test_guessing_is_counted_by_the_address_that_the_proxy_saw(
    clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "uncramp")
    client = behind(clock)
    # What stands further left is what the sender wrote.
    for n in range(3):
        client.headers["x-forwarded-for"] = f"10.9.8.{n}, 5.6.7.8"
        client.post("/sign-in", data={"passphrase": "a wrong passphrase"})
    assert {record.getMessage() for record in caplog.records if record.name == "uncramp.web"} == {
        "Not signed in from 5.6.7.8: a wrong passphrase."
    }
    assert client.post("/sign-in", data={"passphrase": WORDS}).status_code == 429


@pytest.mark.parametrize(
    "public",
    [
        "http://cramp.example.org", "cramp.example.org", "https://", "https://a.example/path", "https://a@b.example",
        "https://a.example?x", "https://a.example:x", "ftp://a.example",
    ],
)  # fmt: skip
def test_an_address_that_no_proxy_with_tls_has_is_refused(public: str) -> None:
    with pytest.raises(Refused, match="TLS"):
        proxy_doors(public, ("127.0.0.1",))


def test_a_proxy_is_named_by_its_address() -> None:
    with pytest.raises(Refused, match="no address"):
        proxy_doors("https://a.example", ("proxy.local",))


# ---- trust ---------------------------------------------------------------------------------------


@pytest.fixture
def trusted(phone: TestClient) -> TestClient:
    authority("", "pi.local", (), datetime.now(UTC))
    return phone


def test_the_page_of_trust_has_the_marks_the_steps_and_the_way_back(trusted: TestClient) -> None:
    from uncramp.actions.authority import certificate_fingerprint

    page = trusted.get("/trust").text
    assert certificate_fingerprint() in page
    for words in ("Android", "iPhone", "CA certificate", "Certificate Trust Settings", "Remove Profile"):
        assert words in page
    assert page.count('<svg class="phone"') == 12
    assert 'src="/trust/qr.svg"' in page


def test_the_certificate_can_be_loaded_and_its_key_cannot(trusted: TestClient) -> None:
    reply = trusted.get("/trust/uncramp.crt")
    assert reply.headers["content-type"] == "application/x-x509-ca-cert"
    assert reply.headers["content-disposition"] == 'attachment; filename="uncramp.crt"'
    assert reply.text.startswith("-----BEGIN CERTIFICATE-----")
    assert "PRIVATE" not in reply.text
    assert trusted.get("/trust/authority.pem").status_code == 404


def test_the_square_code_is_a_picture_without_a_style_of_its_own(trusted: TestClient) -> None:
    reply = trusted.get("/trust/qr.svg")
    assert reply.headers["content-type"] == "image/svg+xml; charset=utf-8"
    assert "style" not in reply.text
    assert "<script" not in reply.text


@pytest.mark.parametrize("path", ["/trust/qr.svg", "/trust/uncramp.crt"])
def test_where_there_is_no_authority_there_is_nothing_to_load(clock: FakeClock, path: str) -> None:
    assert visitor(clock, Doors(), "127.0.0.1", "http://127.0.0.1").get(path).status_code == 404
    assert behind(clock).get(path).status_code == 404


# ---- how the pages learn of their door -----------------------------------------------------------


@pytest.mark.parametrize("doors", [Doors(), PHONE, PROXY])
def test_the_pages_learn_of_their_door_from_the_environment(
    doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UNCRAMP_DOORS", "")
    tell_the_pages(doors)
    assert told() == doors


def test_where_nobody_told_them_it_is_this_machine_only() -> None:
    assert told({}) == Doors()
    assert not told({}).locked
