"""`uncramp serve` as a process: its doors, its TLS, what it prints and what it keeps to itself."""

from __future__ import annotations

import http.client
import io
import os
import re
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from uncramp.actions.home import diary
from uncramp.cli import main
from uncramp.cli.serve import _tls

WORDS = "otter lamp fence moss"
PATIENCE = 90.0


@dataclass
class Served:
    """A server that runs, and what it has said so far."""

    process: subprocess.Popen[bytes]
    log: Path

    @property
    def said(self) -> str:
        return self.log.read_text(encoding="utf-8")

    @property
    def port(self) -> int:
        found = re.search(r"uncramp (?:is|waits) at \w+://[^/]+:(\d+)/", self.said)
        assert found, self.said
        return int(found[1])


@pytest.fixture
def home(tmp_path: Path) -> Path:
    tmp_path.chmod(0o700)
    return tmp_path


def environment(home: Path, **more: str) -> dict[str, str]:
    # So that a terminal of another language cannot change what is drawn.
    return {**os.environ, "UNCRAMP_HOME": str(home), "PYTHONUTF8": "1", **more}


@contextmanager
def serve(
    home: Path, *arguments: str, log: Path | None = None, script: str = "", **more: str
) -> Iterator[Served]:
    log = log or home / "said.txt"
    command = ["-c", script] if script else ["-m", "uncramp", "serve", "--port", "0"]
    with (
        log.open("wb") as output,
        subprocess.Popen(
            [sys.executable, *command, *arguments],
            env=environment(home, **more),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        ) as process,
    ):
        try:
            served = Served(process, log)
            wait_for(served, " at http")
            yield served
        finally:
            process.terminate()
            process.wait(timeout=60)


def wait_for(served: Served, words: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while words not in served.said and time.monotonic() < deadline and served.process.poll() is None:
        time.sleep(0.05)
    assert words in served.said, served.said


class Refusal:
    """A command that has to fail; it runs in this process, which is faster."""

    def __init__(self, patch: pytest.MonkeyPatch, capture: pytest.CaptureFixture[str], home: Path) -> None:
        self.patch, self.capture = patch, capture
        patch.setenv("UNCRAMP_HOME", str(home))

    def __call__(self, *arguments: str, given: str = "", passphrase: str = "") -> tuple[int, str]:
        """The exit code, and what was said."""
        self.patch.setenv("UNCRAMP_PASSPHRASE", passphrase)
        self.patch.setattr(sys, "stdin", io.StringIO(given))
        with pytest.raises(SystemExit) as left:
            main(arguments)
        return int(left.value.code or 0), self.capture.readouterr().err


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], home: Path) -> Iterator[Refusal]:
    yield Refusal(monkeypatch, capsys, home)
    diary().close()


def trusting(home: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(home / "tls" / "uncramp.crt"))


def ask(
    served: Served,
    method: str,
    path: str,
    body: str = "",
    secure: ssl.SSLContext | None = None,
    headers: dict[str, str] | None = None,
) -> http.client.HTTPResponse:
    connection = (
        http.client.HTTPSConnection("127.0.0.1", served.port, context=secure, timeout=60)
        if secure
        else http.client.HTTPConnection("127.0.0.1", served.port, timeout=60)
    )
    connection.request(method, path, body=body.encode(), headers=headers or {})
    reply = connection.getresponse()
    reply.read()
    connection.close()
    return reply


FORM = {"content-type": "application/x-www-form-urlencoded"}
JSON = {"content-type": "application/json"}
AT_LOOPBACK = ("--phone", "--address", "127.0.0.1")


# ---- the home network ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def at_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("at-home")
    home.chmod(0o700)
    return home


@pytest.fixture(scope="module")
def phone(at_home: Path) -> Iterator[Served]:
    """A server for the home network, which is this machine alone."""
    with serve(at_home, *AT_LOOPBACK, "--name", "box.local", UNCRAMP_PASSPHRASE=WORDS) as served:
        yield served


def shaken_hands(served: Served, home: Path, name: str) -> str | None:
    with (
        socket.create_connection(("127.0.0.1", served.port), timeout=60) as plain,
        trusting(home).wrap_socket(plain, server_hostname=name) as secure,
    ):
        return secure.version()


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "box.local"])
def test_a_phone_that_trusts_the_authority_believes_the_server(
    phone: Served, at_home: Path, name: str
) -> None:
    assert shaken_hands(phone, at_home, name) in ("TLSv1.2", "TLSv1.3")


def test_under_another_name_nobody_believes_it(phone: Served, at_home: Path) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        shaken_hands(phone, at_home, "bank.example")


def test_who_does_not_trust_the_authority_is_warned(phone: Served) -> None:
    with (
        socket.create_connection(("127.0.0.1", phone.port), timeout=60) as plain,
        pytest.raises(ssl.SSLCertVerificationError),
    ):
        ssl.create_default_context().wrap_socket(plain, server_hostname="127.0.0.1")


def test_a_phone_reads_the_guide_at_once_and_the_diary_after_signing_in(phone: Served, at_home: Path) -> None:
    trust = trusting(at_home)
    assert ask(phone, "GET", "/guide", secure=trust).status == 200
    assert ask(phone, "GET", "/api/v1/entries", secure=trust).status == 401
    reply = ask(phone, "POST", "/sign-in", f"passphrase={WORDS.replace(' ', '+')}", trust, FORM)
    assert reply.status == 303
    cookie = (reply.getheader("set-cookie") or "").partition(";")[0]
    assert ask(phone, "GET", "/api/v1/entries", secure=trust, headers={"cookie": cookie}).status == 200
    assert ask(phone, "GET", "/guide", secure=trust, headers={"host": "evil.example"}).status == 400


def test_what_it_prints_leads_a_phone_to_it(phone: Served, at_home: Path) -> None:
    said = phone.said
    assert f"https://box.local:{phone.port}/trust" in said
    assert re.search(r"^([0-9A-F]{2}:){31}[0-9A-F]{2}$", said, re.MULTILINE)
    assert "▄▄▄▄▄" in said
    assert str(at_home / "tls" / "uncramp.crt") in said
    assert WORDS not in said


def test_at_the_phones_port_nothing_goes_without_tls(phone: Served) -> None:
    with pytest.raises((http.client.HTTPException, OSError)):
        ask(phone, "GET", "/guide")


def test_older_tls_than_1_2_is_not_spoken(phone: Served, at_home: Path) -> None:
    assert phone.port
    assert _tls(at_home / "tls" / "server.pem").minimum_version == ssl.TLSVersion.TLSv1_2


def test_started_again_it_shows_the_same_authority_and_needs_no_passphrase(
    phone: Served, at_home: Path, home: Path
) -> None:
    assert phone.port
    before = (at_home / "tls" / "uncramp.crt").read_bytes()
    with serve(at_home, *AT_LOOPBACK, log=home / "said.txt") as served:
        assert ask(served, "GET", "/guide", secure=trusting(at_home)).status == 200
    assert (at_home / "tls" / "uncramp.crt").read_bytes() == before


def test_without_a_passphrase_no_other_device_is_served(run: Refusal) -> None:
    for arguments in (AT_LOOPBACK, ("--proxy", "https://cramp.example.org")):
        code, said = run("serve", *arguments)
        assert code == 1
        assert "no passphrase yet" in said
        assert "uncramp passphrase" in said


def test_a_weak_passphrase_from_a_service_is_refused(run: Refusal) -> None:
    code, said = run("serve", *AT_LOOPBACK, passphrase="password")
    assert code == 1
    assert "first that anybody would try" in said


@pytest.mark.parametrize(
    ("arguments", "code", "named"),
    [
        (("--phone", "--address", "8.8.8.8"), 1, "no address of a home network"),
        (("--phone", "--address", "10.254.254.254"), 1, "no address of this machine"),
        (("--phone", "--name", "bank.example"), 1, "no name for a machine at home"),
        (("--proxy", "http://cramp.example.org"), 1, "TLS"),
        (("--proxy", "https://a.example", "--trusted", "x"), 1, "--trusted"),
        (("--name", "box.local"), 2, "--phone"),
        (("--trusted", "127.0.0.1"), 2, "--proxy"),
        (("--phone", "--proxy", "https://a.example"), 2, "not allowed with"),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(
    run: Refusal, arguments: tuple[str, ...], code: int, named: str
) -> None:
    got, said = run("serve", *arguments, passphrase=WORDS)
    assert got == code
    assert named in said
    assert "Traceback" not in said


def test_a_port_that_is_taken_is_named_with_the_mend(run: Refusal) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        for arguments in ((), AT_LOOPBACK):
            code, said = run("serve", "--port", port, *arguments, passphrase=WORDS)
            assert code == 1
            assert f"Port {port} is taken" in said
            assert "--port 0" in said


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps no modes")
def test_a_key_that_others_can_read_stops_the_start(run: Refusal, home: Path) -> None:
    tls = home / "tls"
    tls.mkdir(mode=0o700)
    (tls / "uncramp.crt").touch()
    (tls / "authority.pem").touch(mode=0o644)
    code, said = run("serve", *AT_LOOPBACK, passphrase=WORDS)
    assert code == 1
    assert f"chmod 600 {tls / 'authority.pem'}" in said


def test_a_machine_that_is_in_no_home_network_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    from uncramp.actions import network
    from uncramp.actions.check import Refused
    from uncramp.cli import serve as command

    monkeypatch.setattr(network, "home_addresses", lambda: ())
    with pytest.raises(Refused, match="no address in a home network"):
        command._addresses()


MOVING = """
import sys
from ipaddress import ip_address
from pathlib import Path
from uncramp.actions import network
from uncramp.cli import main, serve
serve.LOOK_EVERY = 0.2
network.home_addresses = lambda: (ip_address(Path(sys.argv[1]).read_text()),)
main(["serve", "--phone", "--port", "0"])
"""


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have one loopback address only")
def test_in_another_network_it_goes_on_at_the_new_address_with_a_new_certificate(home: Path) -> None:
    at = home / "address"
    at.write_text("127.0.0.2")
    with serve(home, str(at), script=MOVING, UNCRAMP_PASSPHRASE=WORDS) as served:
        assert f"https://127.0.0.2:{served.port}/" in served.said
        before = (home / "tls" / "uncramp.crt").read_bytes()
        at.write_text("127.0.0.3")
        wait_for(served, "https://127.0.0.3:")
        with (
            socket.create_connection(("127.0.0.3", served.port), timeout=60) as plain,
            trusting(home).wrap_socket(plain, server_hostname="127.0.0.3") as secure,
        ):
            assert secure.version()
        with pytest.raises(OSError):  # noqa: PT011
            socket.create_connection(("127.0.0.2", served.port), timeout=2)
    assert (home / "tls" / "uncramp.crt").read_bytes() == before


# ---- on this machine, and behind a proxy ---------------------------------------------------------


def test_by_default_it_listens_on_this_machine_only(home: Path) -> None:
    with serve(home) as served:
        assert f"http://127.0.0.1:{served.port}/" in served.said
        assert ask(served, "GET", "/guide").status == 200
        assert ask(served, "GET", "/history").status == 200
        assert ask(served, "GET", "/guide", headers={"host": "evil.example"}).status == 400
        for other in ("127.0.0.2", "::1"):
            with pytest.raises(OSError):  # noqa: PT011 - the system chooses the words
                socket.create_connection((other, served.port), timeout=2)
    assert not (home / "tls").exists()


def test_being_forwarded_changes_nothing_on_this_machine(home: Path) -> None:
    with serve(home) as served:
        forwarded = {
            "x-forwarded-host": "evil.example",
            "x-forwarded-proto": "https",
            "x-forwarded-for": "1.2.3.4",
        }
        reply = ask(served, "GET", "/guide", headers=forwarded)
        assert reply.status == 200
        assert reply.getheader("strict-transport-security") is None


def test_behind_a_proxy_it_listens_on_this_machine_and_knows_the_name_outside(home: Path) -> None:
    with serve(home, "--proxy", "https://cramp.example.org", UNCRAMP_PASSPHRASE=WORDS) as served:
        proxied = {"host": "cramp.example.org", "x-forwarded-proto": "https", "x-forwarded-for": "5.6.7.8"}
        assert ask(served, "GET", "/guide", headers=proxied).status == 200
        assert ask(served, "GET", "/api/v1/entries", headers=proxied).status == 401
        assert ask(served, "GET", "/guide").status == 400
        with pytest.raises(OSError):  # noqa: PT011
            socket.create_connection(("127.0.0.2", served.port), timeout=2)


def test_a_proxy_that_is_not_trusted_is_not_answered(home: Path) -> None:
    arguments = ("--proxy", "https://cramp.example.org", "--trusted", "10.0.0.1, 10.0.0.2")
    with serve(home, *arguments, UNCRAMP_PASSPHRASE=WORDS) as served:
        proxied = {"host": "cramp.example.org", "x-forwarded-proto": "https", "x-forwarded-for": "10.0.0.1"}
        assert ask(served, "GET", "/guide", headers=proxied).status == 400


IMPATIENT = """
from uncramp.cli import main, patience
from uncramp.web import guard
patience.HEAD_WITHIN = guard.BODY_WITHIN = 1.0
main(["serve", "--port", "0"])
"""

HEAD = b"GET /guide HTTP/1.1\r\nHost: localhost\r\n"
FORM_HEAD = (
    HEAD.replace(b"GET /guide", b"POST /check") + b"Content-Type: application/x-www-form-urlencoded\r\n"
)


def until_closed(served: Served, *parts: bytes, pause: float = 0.3) -> bytes:
    """All that is answered to `parts`, until the server hangs up."""
    with socket.create_connection(("127.0.0.1", served.port), timeout=60) as line:
        got = b""
        try:
            for part in parts:
                line.sendall(part)
                time.sleep(pause)
            while data := line.recv(65536):
                got += data
        except (ConnectionResetError, BrokenPipeError):
            pass
        return got


def test_half_a_request_is_not_waited_for_without_end_and_a_whole_one_is_answered(home: Path) -> None:
    with serve(home, script=IMPATIENT) as served:
        assert until_closed(served, b"") == b""
        assert until_closed(served, HEAD) == b""
        assert until_closed(served, HEAD, *[b"X: y\r\n"] * 12) == b""
        assert until_closed(served, HEAD + b"\r\n", HEAD).count(b"HTTP/1.1 ") == 1
        assert until_closed(served, HEAD, b"\r\n", HEAD + b"Connection: close\r\n\r\n").count(b" 200 ") == 2
        half = FORM_HEAD + b"Origin: http://localhost\r\nContent-Length: 20\r\n\r\nanswers="
        assert until_closed(served, half).startswith(b"HTTP/1.1 408 ")


def test_no_second_request_slips_in_behind_one_that_says_twice_where_it_ends(home: Path) -> None:
    both = b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    with serve(home, script=IMPATIENT) as served:
        for more in (b"", b"Connection: keep-alive\r\n"):
            got = until_closed(served, FORM_HEAD + more + both + HEAD + b"\r\n")
            assert got.startswith(b"HTTP/1.1 400 ")
            assert got.count(b"HTTP/1.1 ") == 1


# ---- what it keeps to itself ---------------------------------------------------------------------

SECRETS = {
    "query": "numb-left-foot",
    "body": "took-nine-tablets",
    "answer": "pregnant-week-thirty",
    "cookie": "token-of-ann",
    "header": "bearer-of-ann",
    "path": "anns-own-page",
    "guess": "guessed-passphrase",
}


@pytest.mark.parametrize("door", ["here", "phone"])
def test_nothing_that_was_sent_stands_in_the_log(home: Path, door: str) -> None:
    s = SECRETS
    arguments = AT_LOOPBACK if door == "phone" else ()
    with serve(home, *arguments, UNCRAMP_PASSPHRASE=WORDS) as served:
        trust = trusting(home) if door == "phone" else None
        cookie = {"cookie": f"__Host-uncramp={s['cookie']}", "authorization": f"Bearer {s['header']}"}
        entry = f"/api/v1/entries/{s['path']}?note={s['query']}"
        broken = f'{{"kind": "episode", "body": "{s["body"]}"'
        ask(served, "GET", f"/history?note={s['query']}", secure=trust, headers=cookie)
        ask(served, "GET", f"/{s['path']}?x={s['query']}", secure=trust, headers=cookie)
        ask(served, "PUT", entry, broken, trust, {**JSON, **cookie})
        ask(served, "PUT", entry, broken + "}", trust, {**JSON, **cookie})
        ask(served, "POST", "/check", f"answers={s['answer']}&x={s['body']}", trust, FORM)
        ask(served, "POST", f"/sign-in?x={s['query']}", f"passphrase={s['guess']}", trust, FORM)
        ask(served, "POST", "/check", s["body"] * 100_000, trust, FORM)
        ask(served, "GET", "/guide", secure=trust, headers={"host": f"{s['path']}.example"})
        said = served.said
    said += served.said
    assert [secret for secret in [*s.values(), WORDS] if secret in said] == []
    assert ("a wrong passphrase" in said) == (door == "phone")


def test_what_only_other_doors_need_is_not_loaded_for_this_machine() -> None:
    script = (
        "import sys; from uncramp.web.app import served; served(); "
        "print([name for name in ('cryptography', 'argon2', 'segno', 'sqlalchemy') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"


# ---- uncramp passphrase --------------------------------------------------------------------------


def test_the_passphrase_is_set_changed_and_reset_from_the_terminal(run: Refusal) -> None:
    def asked(given: str, *arguments: str) -> tuple[int, str]:
        return run("passphrase", *arguments, given=given)

    assert "not the same" in asked("otter lamp\nfence moss\n")[1]
    assert "8 characters" in asked("short\n")[1]
    assert asked(f"{WORDS}\n{WORDS}\n")[0] == 0
    code, said = asked("wrong one\nnew otter lamp\nnew otter lamp\n")
    assert code == 1
    assert "--forgotten" in said
    assert asked(f"{WORDS}\nnew otter lamp\nnew otter lamp\n")[0] == 0
    assert asked("third otter lamp\nthird otter lamp\n", "--forgotten")[0] == 0
    assert asked("")[0] == 1
