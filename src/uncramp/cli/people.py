"""`uncramp people` and `uncramp token`: who has a diary here, and what may add to it."""

from __future__ import annotations

import argparse
from typing import Any

from uncramp.cli.command import new_command
from uncramp.cli.here import add_person as add_whose
from uncramp.cli.here import now, person_of
from uncramp.cli.paper import say


def add(commands: Any) -> None:
    made = new_command(
        commands,
        "people",
        _list_people,
        "List who has a diary here, add a person, or give one another name.",
        "uncramp people add Ben",
    )
    parts = made.add_subparsers(metavar="[add NAME | rename [OLD] NEW]")
    new_command(parts, "list", _list_people, "List who has a diary here.", "uncramp people list")
    adding = new_command(
        parts, "add", _add_person, "Add a person, with an empty diary.", "uncramp people add Ben"
    )
    adding.add_argument("name", metavar="NAME")
    naming = new_command(
        parts,
        "rename",
        _rename_person,
        "Give a person another name; with one name alone, who came first.",
        "uncramp people rename Anna",
    )
    naming.add_argument("names", nargs="+", metavar="NAME", help="the name so far, and the new")
    naming.set_defaults(wrong=naming.error)
    _add_token(commands)


def _add_token(commands: Any) -> None:
    made = new_command(
        commands,
        "token",
        _list_tokens,
        "Make, list and revoke tokens: with one a shortcut, a watch or your home may add to the diary.",
        'uncramp token new "kitchen button"',
    )
    made.set_defaults(person="")
    parts = made.add_subparsers(metavar="[new NAME | list | revoke NAME]")
    each = (
        ("new", _new_token, "Make a token. It is shown this once.", "uncramp token new watch"),
        ("list", _list_tokens, "List the tokens, and when each was last used.", "uncramp token list"),
        ("revoke", _revoke_token, "Let a token open nothing any more.", "uncramp token revoke watch"),
    )
    for name, run, summary, example in each:
        part = new_command(parts, name, run, summary, example)
        if name != "list":
            part.add_argument("name", metavar="NAME", help="what it is for")
        add_whose(part)


def _list_people(_arguments: argparse.Namespace) -> int:
    from uncramp.actions.people import everybody

    for person in everybody(now()):
        say(f"{person.name or '(no name yet)'}: {'with a passphrase' if person.locked else 'no passphrase'}")
    return 0


def _add_person(arguments: argparse.Namespace) -> int:
    from uncramp.actions.people import add as add_person

    add_person(arguments.name, now())
    say(
        "The person is there, with an empty diary. From another device they can sign in once they have a "
        "passphrase: `uncramp passphrase --person NAME`."
    )
    return 0


def _rename_person(arguments: argparse.Namespace) -> int:
    from uncramp.actions.people import find, rename

    if len(arguments.names) > 2:
        arguments.wrong("give the name so far and the new one; put quotes around a name with a space in it")
    old = arguments.names[0] if len(arguments.names) == 2 else ""
    rename(find(old, now()), arguments.names[-1], now())
    say("The name is changed.")
    return 0


def _new_token(arguments: argparse.Namespace) -> int:
    from uncramp.actions import tokens

    made = tokens.new(person_of(arguments), arguments.name, now())
    # Alone on its line, and not wrapped: it is there to be copied.
    print(made)
    say("Copy it now; it is not shown again. It can add to the diary, and read nothing.")
    return 0


def _list_tokens(arguments: argparse.Namespace) -> int:
    from uncramp.actions import tokens

    there = tokens.listed(person_of(arguments))
    for token in there:
        used = f"last used {token.last_used:%Y-%m-%d %H:%M} UTC" if token.last_used else "not used yet"
        say(f"{token.name}: made {token.created:%Y-%m-%d}, {used}")
    if not there:
        say("There is none yet. `uncramp token new NAME` makes one.")
    return 0


def _revoke_token(arguments: argparse.Namespace) -> int:
    from uncramp.actions import tokens

    tokens.revoke(person_of(arguments), arguments.name)
    say("It opens nothing any more.")
    return 0
