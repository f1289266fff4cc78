"""The night card: what to do in the first minute, and when to get help, for the table beside the bed."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode, urlsplit

from uncramp.actions import pictures, relief, sheet
from uncramp.actions.check import COMMON_NUMBERS, Refused, emergency_number, outcome_of
from uncramp.actions.qr import squares
from uncramp.actions.sheet import Sheet, Shown
from uncramp.exporters.night_card import Card, Hint, Panel, pdf
from uncramp.model import Answer, Disposition

HINTS = 3
"""Techniques on the front; more cannot be read at a glance."""

LONGEST_NOT_IF = 300
"""Characters. What is for so few people is no hint for the night, unless the place is about it."""

LONGEST_ADDRESS = 120
ADDRESS = re.compile(r"https?://[A-Za-z0-9.:\[\]-]+(/[A-Za-z0-9._~/-]*)?", re.ASCII)

BEST = "So far it lets go soonest with this."
NOT_FOR_ALL = "Not for everybody: see below."

SIDES = {"left": "left leg", "right": "right leg"}


def night_card(
    place: str,
    side: str | None = None,
    address: str | None = None,
    country: str = "",
    facts: Mapping[str, Answer] | None = None,
    order: Sequence[str] = (),
) -> bytes:
    """The card for a place as a PDF of two A6 pages.

    `order` begins with the technique that has worked best for this person. Raise `Refused` for a place,
    country or address that cannot be used.
    """
    known = {fact: answer for fact, answer in (facts or {}).items() if answer is not False}
    made = sheet.sheet(relief.protocol(place), known, order)
    return pdf(_card(made, side, address, country, order))


def _card(made: Sheet, side: str | None, address: str | None, country: str, order: Sequence[str]) -> Card:
    techniques = (one for one in made.steps if one.step.id in made.place.techniques)
    shown = [one for n, one in enumerate(techniques) if n == 0 or _fits(one)][:HINTS]
    where = made.place.title if side is None else f"{made.place.title}, {SIDES[side]}"
    link = None if address is None else link_to(address, made.place.id, side)
    return Card(
        lang="en",
        title="Cramp behind the thigh",
        where=f"{where}.",
        first=made.place.safe,
        hints=tuple(_hint(one, order) for one in shown),
        notes=_notes(shown),
        turn="Something is wrong, or it does not let go: turn over.",
        stop=_without_question(made.place.steps["wrong"].say),
        panels=_panels(made, country),
        limit=_limit(made, country),
        code="" if link is None else _squares(link),
        code_alt="" if link is None else f"A code for the camera of a phone. It opens {link}",
        code_words=_code_words(link),
        small="uncramp is not a medical device, and no clinician has reviewed it. If you are worried, call.",
    )


def _hint(shown: Shown, order: Sequence[str]) -> Hint:
    title, _ = pictures.title_and_words(shown.step.pose)
    return Hint(
        picture=pictures.svg(shown.step.pose, moving=False),
        alt=f"Drawing: {title}.",
        say=shown.step.say,
        more=" ".join((shown.step.more, *shown.cautions)),
        best=BEST if shown.step.id in order[:1] else "",
        caution=NOT_FOR_ALL if shown.not_if else "",
    )


def _fits(shown: Shown) -> bool:
    return len("; ".join(shown.not_if)) <= LONGEST_NOT_IF


def _notes(shown: Sequence[Shown]) -> tuple[tuple[str, str], ...]:
    """For whom a step is not, once for all steps of which the same is said."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for number, one in enumerate(shown, 1):
        if one.not_if:
            groups.setdefault(one.not_if, []).append(str(number))
    return tuple((f"{' and '.join(ns)} not if:", f"{'; '.join(words)}.") for words, ns in groups.items())


def _panels(made: Sheet, country: str) -> tuple[Panel, ...]:
    return (
        Panel(
            symbol=outcome_of(Disposition.EMERGENCY).symbol,
            heading=outcome_of(Disposition.EMERGENCY).title,
            signs=_signs(made, Disposition.EMERGENCY),
            numbers=_numbers(country),
        ),
        Panel(
            symbol=outcome_of(Disposition.URGENT).symbol,
            heading=outcome_of(Disposition.URGENT).title,
            signs=_signs(made, Disposition.URGENT),
        ),
    )


def _limit(made: Sheet, country: str) -> Panel:
    """What time alone says: help is needed, and the gentle hold may go on."""
    # What would make it an emergency stands in the first panel of the card already.
    advice, meanwhile, *_ = made.limits[0].do
    found = emergency_number(country) if country else None
    return Panel(
        symbol=outcome_of(Disposition.URGENT).symbol,
        heading=advice.rstrip("."),
        signs=tuple(flag.name for flag in made.limits),
        do=(meanwhile,),
        numbers=f"Advice line: {found.advice_line}" if found and found.advice_line else "",
    )


def _signs(made: Sheet, disposition: Disposition) -> tuple[str, ...]:
    return tuple(ending.words for ending in made.wrong if ending.outcome.disposition is disposition)


def _numbers(country: str) -> str:
    if not country:
        return " · ".join(COMMON_NUMBERS)
    found = emergency_number(country)
    if found is None:
        raise Refused(f"--country {country[:20]!r}: no number is known; write two letters, such as GB.")
    return f"{found.number} ({found.name})"


def _without_question(text: str) -> str:
    return " ".join(part for part in re.split(r"(?<=[.?!]) ", text) if not part.endswith("?"))


# ---- the code for a phone's camera ----------------------------------------------------------------


def link_to(address: str, place: str, side: str | None) -> str:
    """What the code opens: guided relief at `address`; raise `Refused` for what is no plain web address."""
    plain = address.strip().rstrip("/")
    if len(plain) > LONGEST_ADDRESS or not ADDRESS.fullmatch(plain) or not _has_host(plain):
        raise Refused(
            f"--address {address[:60]!r}: write it as `uncramp serve --phone` prints it, "
            "such as https://192.168.1.20:8321"
        )
    asked = {"side": side, "where": place} if side else {"where": place}
    return f"{plain}/now?{urlencode(asked)}"


def _has_host(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False


def _code_words(link: str | None) -> str:
    if link is None:
        return (
            "Printed with --address, this card has a code that opens guided relief on your phone. "
            "“uncramp serve --phone” shows the address."
        )
    return "Guided step by step: point the camera of your phone here."


def _squares(link: str) -> str:
    drawn = io.BytesIO()
    squares(link).save(drawn, kind="svg", border=2, light="#ffffff", dark="#000000")
    return drawn.getvalue().decode()
