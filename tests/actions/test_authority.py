"""The authority that phones at home are asked to trust: what it may speak for, and who can get at its key."""

from __future__ import annotations

import os
import socket
import ssl
import stat
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from uncramp.actions import authority, network
from uncramp.actions.authority import Authority
from uncramp.actions.check import Refused
from uncramp.actions.network import Address

NOW = datetime.now(UTC).replace(microsecond=0)
AT_HOME = (ip_address("192.168.1.20"), ip_address("fd00::2"))


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("UNCRAMP_HOME", str(tmp_path))
    return tmp_path / "tls"


def made(addresses: tuple[Address, ...] = AT_HOME, now: datetime = NOW, wanted: str = "") -> Authority:
    return authority.authority(wanted, "pi.local", addresses, now)


def issuer() -> x509.Certificate:
    return x509.load_pem_x509_certificate((authority.folder() / "uncramp.crt").read_bytes())


def leaf() -> x509.Certificate:
    return x509.load_pem_x509_certificate((authority.folder() / "server.pem").read_bytes())


# ---- what a phone believes, by the same library that many of them use ----------------------------


def handshake(server: Path, name: str) -> str:
    """Which TLS a client speaks that trusts only our authority; raise what it objects to."""
    ours, theirs = ssl.MemoryBIO(), ssl.MemoryBIO()
    client_context = ssl.create_default_context(cafile=str(authority.folder() / "uncramp.crt"))
    client = client_context.wrap_bio(ours, theirs, server_hostname=name)
    server_context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_context.load_cert_chain(server)
    other = server_context.wrap_bio(theirs, ours, server_side=True)
    for _ in range(5):
        for side in (client, other):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
    return client.version() or ""


@pytest.mark.parametrize("name", ["pi.local", "localhost", "192.168.1.20", "fd00::2", "127.0.0.1"])
def test_the_server_is_believed_under_each_of_its_names(name: str) -> None:
    assert handshake(made().server, name) == "TLSv1.3"


@pytest.mark.parametrize("name", ["evil.example", "192.168.1.21", "pi.local.evil.example", "local"])
def test_the_server_is_not_believed_under_another_name(name: str) -> None:
    with pytest.raises(ssl.SSLCertVerificationError, match="mismatch"):
        handshake(made().server, name)


def forged(path: Path, *hosts: x509.GeneralName, by_another: bool = False) -> Path:
    """What somebody could make who stole the key; `by_another` through an authority of their own below it."""
    made()
    parent = issuer()
    key = load_pem_private_key((authority.folder() / "authority.pem").read_bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    chain = b""
    if by_another:
        own = ec.generate_private_key(ec.SECP256R1())
        parent = signed(parent, key, own, "below", x509.BasicConstraints(ca=True, path_length=None))
        key, chain = own, authority._pem(parent)
    own = ec.generate_private_key(ec.SECP256R1())
    end = signed(parent, key, own, "x", x509.SubjectAlternativeName(hosts))
    path.write_bytes(authority._pem_of_key(own) + authority._pem(end) + chain)
    return path


def signed(
    parent: x509.Certificate,
    key: ec.EllipticCurvePrivateKey,
    own: ec.EllipticCurvePrivateKey,
    name: str,
    says: x509.ExtensionType,
) -> x509.Certificate:
    return (
        x509.CertificateBuilder(parent.subject, authority._name(name), own.public_key(), 1000)
        .not_valid_before(NOW - timedelta(hours=1))
        .not_valid_after(NOW + timedelta(days=30))
        .add_extension(says, critical=False)
        .sign(key, hashes.SHA256())
    )


@pytest.mark.parametrize(
    ("host", "name"),
    [
        (x509.DNSName("bank.example"), "bank.example"),
        (x509.DNSName("other.local"), "other.local"),
        (x509.IPAddress(ip_address("8.8.8.8")), "8.8.8.8"),
        (x509.IPAddress(ip_address("2001:4860:4860::8888")), "2001:4860:4860::8888"),
    ],
)
def test_a_stolen_key_can_pose_as_nobody_on_the_internet(
    tmp_path: Path, host: x509.GeneralName, name: str
) -> None:
    with pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree violation"):
        handshake(forged(tmp_path / "forged.pem", host), name)


@pytest.mark.parametrize("address", ["192.168.1.1", "10.20.30.40", "fd12::1"])
def test_a_stolen_key_can_pose_as_another_machine_at_home_and_this_is_said(
    tmp_path: Path, address: str
) -> None:
    """The router may give this machine any address tomorrow, and phones must not have to trust it anew."""
    forgery = forged(tmp_path / "forged.pem", x509.IPAddress(ip_address(address)))
    assert handshake(forgery, address) == "TLSv1.3"
    said = (Path(__file__).parents[2] / "SECURITY.md").read_text(encoding="utf-8")
    assert "another machine at such an address" in " ".join(said.split())


def test_a_stolen_key_can_make_no_further_authority(tmp_path: Path) -> None:
    with pytest.raises(ssl.SSLCertVerificationError, match="path length constraint"):
        handshake(forged(tmp_path / "forged.pem", x509.DNSName("pi.local"), by_another=True), "pi.local")


# ---- what stands in the certificates -------------------------------------------------------------


def test_the_authority_is_bound_to_this_machine_and_the_home_network() -> None:
    made(wanted="box.lan")
    says = issuer().extensions
    basic = says.get_extension_for_class(x509.BasicConstraints)
    bounds = says.get_extension_for_class(x509.NameConstraints)
    assert basic.critical
    assert bounds.critical
    assert basic.value == x509.BasicConstraints(ca=True, path_length=0)
    permitted = [str(one.value) for one in bounds.value.permitted_subtrees or ()]
    assert permitted[:3] == ["box.lan", "pi.local", "localhost"]
    assert {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7", "127.0.0.0/8"} <= set(permitted)
    assert says.get_extension_for_class(x509.KeyUsage).value.key_cert_sign
    assert not says.get_extension_for_class(x509.KeyUsage).value.digital_signature


def test_the_server_certificate_lives_no_longer_than_phones_allow_and_is_for_today() -> None:
    made()
    assert leaf().not_valid_after_utc - leaf().not_valid_before_utc <= timedelta(days=397)
    names = leaf().extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["pi.local", "localhost"]
    assert names.get_values_for_type(x509.IPAddress) == [*AT_HOME, ip_address("127.0.0.1")]
    assert not leaf().extensions.get_extension_for_class(x509.BasicConstraints).value.ca


def test_the_fingerprint_is_the_one_that_phones_show() -> None:
    shown = made().fingerprint
    assert shown == issuer().fingerprint(hashes.SHA256()).hex(":").upper()
    assert authority.certificate_fingerprint() == shown
    assert len(shown) == 95


# ---- who can get at the keys ---------------------------------------------------------------------

only_posix = pytest.mark.skipif(os.name == "nt", reason="Windows keeps no modes")


@only_posix
def test_keys_can_be_read_by_their_owner_only() -> None:
    place = made().certificate.parent
    assert stat.S_IMODE(place.stat().st_mode) == 0o700
    assert {path.name: stat.S_IMODE(path.stat().st_mode) for path in place.iterdir()} == {
        "authority.pem": 0o600,
        "server.pem": 0o600,
        "uncramp.crt": 0o644,
    }


@only_posix
@pytest.mark.parametrize(("name", "mode"), [("authority.pem", 0o644), ("authority.pem", 0o640), (".", 0o755)])
def test_a_key_that_others_can_get_at_is_not_used_and_the_mend_is_named(name: str, mode: int) -> None:
    path = made().certificate.parent / name
    path.chmod(mode)
    with pytest.raises(Refused, match=rf"its mode is {mode:o}.*chmod [67]00 "):
        made()


@only_posix
def test_a_server_key_that_others_could_read_is_made_anew() -> None:
    path = made().server
    before = path.read_bytes()
    path.chmod(0o644)
    made()
    assert path.read_bytes() != before
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("authority.pem", b""),
        ("authority.pem", b"not a key"),
        ("authority.pem", None),
        ("uncramp.crt", b""),
        ("uncramp.crt", b"not a certificate"),
    ],
)
def test_a_broken_authority_is_refused_with_the_mend(name: str, content: bytes | None) -> None:
    path = made().certificate.parent / name
    if content is None:
        path.unlink()
    else:
        path.write_bytes(content)
    with pytest.raises(Refused, match="remove the folder"):
        made()


# ---- made anew when it no longer fits ------------------------------------------------------------


def test_started_again_nothing_changes() -> None:
    first = made()
    before = first.server.read_bytes()
    assert made(now=NOW + timedelta(days=300)) == first
    assert first.server.read_bytes() == before


def test_with_another_address_the_server_gets_another_certificate_from_the_same_authority() -> None:
    first = made()
    second = made((ip_address("10.0.0.7"),))
    assert second.fingerprint == first.fingerprint
    assert handshake(second.server, "10.0.0.7")
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(second.server, "192.168.1.20")


def test_a_month_before_its_end_the_server_certificate_is_made_anew() -> None:
    first = made()
    assert first.ends == leaf().not_valid_after_utc - timedelta(days=30)
    second = made(now=first.ends)
    assert second.ends > first.ends
    assert second.fingerprint == first.fingerprint


def test_a_server_certificate_of_another_authority_is_replaced(own_home: Path) -> None:
    old = made().server.read_bytes()
    for path in own_home.iterdir():
        path.unlink()
    made()
    (own_home / "server.pem").write_bytes(old)
    assert handshake(made().server, "pi.local")


def test_an_authority_cannot_be_given_another_name_later() -> None:
    made()
    with pytest.raises(Refused, match=r"made for pi\.local, localhost.*box\.lan.*Remove the folder"):
        made(wanted="box.lan")


def test_when_the_machine_is_renamed_the_names_stay_those_that_phones_trust() -> None:
    made()
    after = authority.authority("", "renamed.local", AT_HOME, NOW)
    assert after.names == ("pi.local", "localhost")


# ---- the clock -----------------------------------------------------------------------------------


def test_a_clock_that_is_years_behind_is_named() -> None:
    with pytest.raises(Refused, match="clock of this machine says 01 January 1970"):
        made(now=datetime(1970, 1, 1, tzinfo=UTC))


def test_a_clock_before_the_authority_was_made_is_named() -> None:
    made()
    with pytest.raises(Refused, match="made later"):
        made(now=max(NOW - timedelta(days=3), authority.FIRST_DAY))


def test_at_the_end_of_the_authority_the_mend_is_named() -> None:
    made()
    with pytest.raises(Refused, match="Remove the folder"):
        made(now=NOW + timedelta(days=3650))


# ---- addresses and names at home -----------------------------------------------------------------


@pytest.mark.parametrize("text", ["192.168.1.20", "10.0.0.1", "172.31.255.1", "fd00::1", "127.0.0.1"])
def test_an_address_at_home_may_be_chosen(text: str) -> None:
    assert str(network.chosen_address(text)) == text


@pytest.mark.parametrize("text", ["8.8.8.8", "172.32.0.1", "2001:db8::1", "0.0.0.0", "::", "pi.local", ""])
def test_an_address_that_strangers_could_reach_may_not(text: str) -> None:
    with pytest.raises(Refused, match="no address of a home network"):
        network.chosen_address(text)


@pytest.mark.parametrize("text", ["pi.local", "uncramp.home.arpa", "Box.LAN", "nas.fritz.box"])
def test_a_name_of_home_may_be_chosen(text: str) -> None:
    assert network.chosen_name(text) == text.lower()


@pytest.mark.parametrize(
    "text",
    [
        "bank.example",
        "google.com",
        "com",
        "pi",
        "local",
        "home.arpa",
        ".local",
        "a..local",
        "pi local",
        "-pi",
        "1.2.3.4",
        "*.local",
    ],
)
def test_a_name_that_somebody_else_could_have_may_not(text: str) -> None:
    with pytest.raises(Refused, match="no name for a machine at home"):
        network.chosen_name(text)


@pytest.mark.parametrize(
    ("called", "name"),
    [
        ("pi", "pi.local"),
        ("Ann's MacBook", "ann-s-macbook.local"),
        ("host.example.org", "host.local"),
        ("", "uncramp.local"),
        ("漢字", "uncramp.local"),
    ],
)
def test_a_machine_has_a_name_at_home_whatever_it_is_called(
    called: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: called)
    assert network.own_name() == name
