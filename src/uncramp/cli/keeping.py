"""`uncramp export`, `restore`, `backup` and `erase`: the diary out, in again, kept safe, and gone."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from uncramp.cli.command import new_command
from uncramp.cli.here import add_person, now, person_of
from uncramp.cli.paper import say


def add(commands: Any) -> None:
    _add_export(commands)
    _add_restore(commands)
    _add_backup(commands)
    _add_erase(commands)


def _add_export(commands: Any) -> None:
    made = new_command(
        commands,
        "export",
        export,
        "Write everything that one person has in the diary into a file, to be kept or taken elsewhere.",
        "uncramp export my-diary.uncramp",
    )
    made.add_argument("file", type=Path, metavar="FILE", help="where it goes")
    made.add_argument("--csv", action="store_true", help="a plain table to look at; it cannot be restored")
    made.add_argument("--force", action="store_true", help="replace a file that is there already")
    add_person(made)


def export(arguments: argparse.Namespace) -> int:
    from uncramp.actions import export as action
    from uncramp.actions.home import diary
    from uncramp.actions.whole_file import write_whole

    person = person_of(arguments)
    parts = [action.export_csv(diary(), person)] if arguments.csv else list(action.export(diary(), person))
    write_whole(arguments.file, parts, over=arguments.force)
    say(f"{arguments.file}: everything is in it. Keep it where only you can read it.")
    return 0


def _add_restore(commands: Any) -> None:
    made = new_command(
        commands,
        "restore",
        restore,
        "Put an export or a backup back. An export is added to what is there; a backup takes its place.",
        "uncramp restore my-diary.uncramp",
    )
    made.add_argument("file", type=Path, metavar="FILE", help="an export, or a backup")
    made.add_argument(
        "--replace",
        action="store_true",
        help="put a backup in the place of a diary that can be used; that one is kept beside it",
    )
    made.add_argument(
        "--identity", type=Path, metavar="FILE", help="your age identity, for a backup that is locked"
    )
    add_person(made)


def restore(arguments: argparse.Namespace) -> int:
    from uncramp.actions import backup
    from uncramp.actions import restore as action
    from uncramp.actions.home import diary

    if backup.is_backup(arguments.file):
        beside = backup.restore_backup(
            arguments.file, now(), arguments.replace, _identity(arguments.identity)
        )
        say(f"The diary is that of {arguments.file} again, and so are the passphrases.")
        say("Sign in again, and make tokens and calendar addresses anew.")
        if beside:
            say(f"What was there before is kept as {beside}.")
        return 0
    done = action.restore(diary(), person_of(arguments), arguments.file)
    say(f"{done.new} new, {done.unchanged} there already, {len(done.refused)} refused.")
    for words in done.refused:
        say(f"- {words}", indent="  ")
    return 0


def _identity(path: Path | None) -> str:
    if path is None:
        return ""
    lines = path.read_text(encoding="utf-8").splitlines()
    return next((line.strip() for line in lines if line.startswith("AGE-SECRET-KEY-")), "")


def _add_backup(commands: Any) -> None:
    made = new_command(
        commands,
        "backup",
        backup,
        "List the backups of the diary, and whether the last one could be put back.",
        "uncramp backup --now",
    )
    made.add_argument("--now", action="store_true", help="make one now, and rehearse its restore")
    made.add_argument(
        "--recipient",
        metavar="AGE1...",
        help="lock backups from now on for this age recipient; an empty one leaves them open",
    )


def backup(arguments: argparse.Namespace) -> int:
    from uncramp.actions import backup as action

    if arguments.recipient is not None:
        action.set_recipient(arguments.recipient)
    if arguments.now:
        say(f"{action.nightly(now())}: made.")
    for one in action.listed():
        state = ("locked" if one.locked else "open") if one.whole else "DAMAGED"
        print(f"{one.date.isoformat()}  {one.size / 1000:9,.0f} kB  {state}  {one.path}")
    known = action.known()
    if not known.possible:
        say(action.SERVER)
    elif known.last is None:
        say("There is no backup yet: uncramp backup --now")
    else:
        tried = known.rehearsed.date().isoformat() if known.rehearsed else "never"
        say(f"Last made {known.last.date().isoformat()}; its restore was last rehearsed: {tried}.")
    if known.outcome and not known.well:
        say(f"The last time: {known.outcome}")
        return int(arguments.now)
    return 0


def _add_erase(commands: Any) -> None:
    made = new_command(
        commands,
        "erase",
        erase,
        "Erase everything of one person for good, in the backups too. It cannot be brought back.",
        "uncramp erase --person Ada",
    )
    made.add_argument("--all", action="store_true", help="erase everybody, and every backup")
    made.add_argument("--yes", action="store_true", help="do not ask")
    add_person(made)


def erase(arguments: argparse.Namespace) -> int:
    from uncramp.actions import erase as action
    from uncramp.actions.check import Refused

    person = "" if arguments.all else person_of(arguments)
    if not arguments.yes:
        whom = "everybody" if arguments.all else arguments.person or "the first person"
        say(f"Everything of {whom} will be gone for good. What it also changes or deletes:")
        for path in action.what_goes():
            print(f"  {path}")
        say(
            "An export made elsewhere, and the copy on a phone, are not touched. End `uncramp serve` first, "
            "if it runs."
        )
        if input(f"Type {action.WORD} to go on: ").strip() != action.WORD:
            raise Refused("Nothing was erased.")
    done = action.erase_everything() if arguments.all else action.erase(person)
    say(f"Erased. {len(done.anew)} backups written anew, {len(done.deleted)} files deleted.")
    if not done.out_of_the_file:
        say(
            "Not yet out of the file: another program reads the diary, and what was erased stays in its log "
            "until that ends. `uncramp serve` tries again each minute."
        )
    return int(not done.out_of_the_file)
