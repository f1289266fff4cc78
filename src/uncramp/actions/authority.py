"""A small authority of one's own, that speaks for this machine, in home networks and nowhere else.

In `tls/` at home lie `authority.pem` (its key), `uncramp.crt` (what a phone has to trust) and `server.pem`
(what the server shows, made anew as needed). Keys can be read by their owner only.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, ip_network
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from uncramp.actions.check import Refused
from uncramp.actions.home import home
from uncramp.actions.network import HOME_RANGES, Address

# A fifth of a second to import, which only TLS need wait for.
if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

KEY, CERTIFICATE, SERVER = "authority.pem", "uncramp.crt", "server.pem"

AUTHORITY_LIVES = timedelta(days=3650)
# Apple and Google refuse certificates that live longer than 398 days.
SERVER_LIVES = timedelta(days=365)
RENEW_BEFORE_END = timedelta(days=30)
BEGINS_EARLIER = timedelta(days=1)
"""A phone's clock may be behind ours."""

FIRST_DAY = datetime(2026, 11, 1, tzinfo=UTC)
"""Before this there was no such program, so a clock that says so is wrong."""

LOOPBACK_RANGES = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
OTHERS_MAY_NOT = 0o077


@dataclass(frozen=True)
class Authority:
    """What the server needs to be believed, and what a person needs to see that it is the right one."""

    certificate: Path
    server: Path
    names: tuple[str, ...]
    fingerprint: str
    """SHA-256 of the certificate, as phones show it."""
    ends: datetime
    """When `server` has to be made anew."""


def folder() -> Path:
    return home() / "tls"


def authority(wanted: str, own: str, addresses: Iterable[Address], now: datetime) -> Authority:
    """The authority, made at the first call, with a server certificate that fits today.

    `wanted` is a name somebody asked for (or empty), `own` the one the machine has anyway. An authority can
    never speak for another name than those it was made with, so another `wanted` is refused.
    """
    _refuse_clock(now)
    place = folder()
    place.mkdir(mode=0o700, exist_ok=True)
    if not (place / CERTIFICATE).exists():
        _make_authority(place, tuple(dict.fromkeys((*filter(None, (wanted,)), own, "localhost"))), now)
    issuer, key = _read(place)
    _refuse_time_of(issuer, place, now)
    names = names_of(issuer)
    if wanted and wanted not in names:
        raise Refused(
            f"The authority in {place} was made for {', '.join(names)}, and cannot speak for {wanted}. "
            f"Remove the folder {place} and start again; each phone then has to trust the new one."
        )
    hosts: tuple[Address, ...] = tuple(dict.fromkeys((*addresses, IPv4Address("127.0.0.1"))))
    if not _fits(place, issuer, names, hosts, now):
        _make_server(place, issuer, key, names, hosts, now)
    return Authority(
        place / CERTIFICATE,
        place / SERVER,
        names,
        fingerprint(issuer),
        _leaf(place).not_valid_after_utc - RENEW_BEFORE_END,
    )


def certificate_file() -> bytes:
    """What a phone has to trust, as a file."""
    return (folder() / CERTIFICATE).read_bytes()


def certificate_fingerprint() -> str:
    """As `fingerprint`, of the certificate that is there; empty without one."""
    from cryptography import x509

    if not (folder() / CERTIFICATE).is_file():
        return ""
    return fingerprint(x509.load_pem_x509_certificate(certificate_file()))


def fingerprint(certificate: x509.Certificate) -> str:
    from cryptography.hazmat.primitives.hashes import SHA256

    return certificate.fingerprint(SHA256()).hex(":").upper()


def names_of(issuer: x509.Certificate) -> tuple[str, ...]:
    """The names that this authority may speak for."""
    from cryptography import x509

    allowed = issuer.extensions.get_extension_for_class(x509.NameConstraints).value.permitted_subtrees or ()
    return tuple(one.value for one in allowed if isinstance(one, x509.DNSName))


# ---- making --------------------------------------------------------------------------------------


def _make_authority(place: Path, names: tuple[str, ...], now: datetime) -> None:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import ExtendedKeyUsageOID

    key = ec.generate_private_key(ec.SECP256R1())
    who = _name(f"uncramp on {names[0]}, made {now:%Y-%m-%d}")
    public = key.public_key()
    made = (
        x509.CertificateBuilder(who, who, public, x509.random_serial_number())
        .not_valid_before(now - BEGINS_EARLIER)
        .not_valid_after(now + AUTHORITY_LIVES)
        # It signs server certificates and makes no further authorities ...
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(key_cert_sign=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        # ... and only for this machine's names and for addresses at home, of which it may get another each
        # day: whoever stole the key could pose as another machine at home, and as nobody on the internet.
        .add_extension(_constraints(names), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .sign(key, hashes.SHA256())
    )
    # The key first: a certificate without its key could not be mended by starting again.
    _write(place / KEY, _pem_of_key(key))
    _write(place / CERTIFICATE, _pem(made), mode=0o644)


def _make_server(
    place: Path,
    issuer: x509.Certificate,
    issuer_key: EllipticCurvePrivateKey,
    names: tuple[str, ...],
    addresses: tuple[Address, ...],
    now: datetime,
) -> None:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import ExtendedKeyUsageOID

    key = ec.generate_private_key(ec.SECP256R1())
    public = key.public_key()
    hosts = [*map(x509.DNSName, names), *map(x509.IPAddress, addresses)]
    made = (
        x509.CertificateBuilder(issuer.subject, _name(names[0]), public, x509.random_serial_number())
        .not_valid_before(max(now - BEGINS_EARLIER, issuer.not_valid_before_utc))
        .not_valid_after(min(now + SERVER_LIVES, issuer.not_valid_after_utc))
        .add_extension(x509.SubjectAlternativeName(hosts), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(digital_signature=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False
        )
        .sign(issuer_key, hashes.SHA256())
    )
    _write(place / SERVER, _pem_of_key(key) + _pem(made))


def _constraints(names: tuple[str, ...]) -> x509.NameConstraints:
    from cryptography import x509

    ranges = map(x509.IPAddress, (*HOME_RANGES, *LOOPBACK_RANGES))
    return x509.NameConstraints([*map(x509.DNSName, names), *ranges], None)


def _name(common: str) -> x509.Name:
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common[:64])])


def _key_usage(**used: bool) -> x509.KeyUsage:
    from cryptography import x509

    every = (
        "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
        "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
    )  # fmt: skip
    return x509.KeyUsage(**{name: used.get(name, False) for name in every})


def _pem(certificate: x509.Certificate) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding

    return certificate.public_bytes(Encoding.PEM)


def _pem_of_key(key: EllipticCurvePrivateKey) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _write(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Put `content` at `path`, whole or not at all, and never readable by others even for a moment."""
    new = path.with_name(f"{path.name}.new-{uuid4().hex}")
    file = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(file, "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)


# ---- reading -------------------------------------------------------------------------------------


def _read(place: Path) -> tuple[x509.Certificate, EllipticCurvePrivateKey]:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    for path in (place, place / KEY):
        _refuse_open(path)
    try:
        issuer = x509.load_pem_x509_certificate((place / CERTIFICATE).read_bytes())
        key = load_pem_private_key((place / KEY).read_bytes(), password=None)
    except (OSError, ValueError) as problem:
        raise Refused(_broken(place)) from problem
    if not isinstance(key, EllipticCurvePrivateKey) or key.public_key() != issuer.public_key():
        raise Refused(_broken(place))
    return issuer, key


def _broken(place: Path) -> str:
    return (
        f"The authority in {place} cannot be read, or its key belongs to another one. Put a backup in its "
        "place, or remove the folder and start again; each phone then has to trust the new one."
    )


def _refuse_open(path: Path) -> None:
    # Windows keeps no such mode; there a folder of a person is that person's own.
    if os.name == "nt" or not path.exists():
        return
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & OTHERS_MAY_NOT:
        right = "700" if path.is_dir() else "600"
        raise Refused(
            f"Others on this machine can get at {path} (its mode is {mode:o}), and whoever has the key can "
            f"pose as this server. Close it: chmod {right} {path}"
        )


def _leaf(place: Path) -> x509.Certificate:
    from cryptography import x509

    return x509.load_pem_x509_certificate((place / SERVER).read_bytes())


def _fits(
    place: Path, issuer: x509.Certificate, names: tuple[str, ...], hosts: tuple[Address, ...], now: datetime
) -> bool:
    """Whether the server certificate that is there is ours, is for just these, and is not about to end."""
    from cryptography import x509
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        _refuse_open(place / SERVER)
        made = _leaf(place)
        made.verify_directly_issued_by(issuer)
        key = load_pem_private_key((place / SERVER).read_bytes(), password=None)
    except (OSError, ValueError, TypeError, InvalidSignature, Refused):
        return False
    there = made.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return (
        key.public_key() == made.public_key()
        and set(there.get_values_for_type(x509.DNSName)) == set(names)
        and set(there.get_values_for_type(x509.IPAddress)) == set(hosts)
        and made.not_valid_before_utc <= now < made.not_valid_after_utc - RENEW_BEFORE_END
    )


def _refuse_clock(now: datetime) -> None:
    if now < FIRST_DAY:
        raise Refused(
            f"The clock of this machine says {now:%d %B %Y}, which cannot be. Set it right and start again; "
            "phones refuse a certificate from the wrong time."
        )


def _refuse_time_of(issuer: x509.Certificate, place: Path, now: datetime) -> None:
    if now < issuer.not_valid_before_utc:
        raise Refused(
            f"The clock of this machine says {now:%d %B %Y}, but its authority was made later, on "
            f"{issuer.not_valid_before_utc + BEGINS_EARLIER:%d %B %Y}. Set the clock right and start again."
        )
    if now > issuer.not_valid_after_utc - RENEW_BEFORE_END:
        raise Refused(
            f"The authority in {place} ends on {issuer.not_valid_after_utc:%d %B %Y}, if the clock is right "
            f"(it says {now:%d %B %Y}). Remove the folder and start again; each phone then has to trust the "
            "new one."
        )
