"""Completes WHO while it is typed: names, addresses and numbers that the state file knows."""

import re
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from chaport_sync.cli.accounts import all_accounts, chosen
from chaport_sync.cli.people import everybody
from chaport_sync.cli.state_file import remembered
from chaport_sync.store import StoreError

#: Visitors type who they are, and a shell would obey what a name says: `$(reboot)`, `;reboot`, `--config`.
_HARMLESS = re.compile(r"\w[\w@.+-]*")


def next_words(
    config: Path | None, account: str | None, typed: Sequence[str], begun: str, *, visitors: bool
) -> list[str]:
    """Return the words that can follow those that are typed and begin with `begun`, in order.

    Of several accounts all are meant unless one is named, with `visitors` also visitors, cases and chats. If
    anything is wrong there are none, and nothing is said: somebody is typing.
    """
    try:
        return fitting(_known(config, account, visitors=visitors), typed, begun)
    except Exception:  # noqa: BLE001 - whatever it is, the command says it when it is run
        return []


def fitting(names: Iterable[str], typed: Sequence[str], begun: str) -> list[str]:
    """Return of each name that begins with the typed words the next one, if it begins with `begun` and is harmless."""
    before, start = [word.casefold() for word in typed], begun.casefold()
    found = set()
    for name in names:
        words = name.split()
        if [word.casefold() for word in words[: len(before)]] == before:
            found |= {word for word in words[len(before) :][:1] if word.casefold().startswith(start)}
    return sorted(filter(_HARMLESS.fullmatch, found))


def _known(config: Path | None, account: str | None, *, visitors: bool) -> Iterator[str]:
    accounts = [account] if account else all_accounts(config)
    for each in accounts:
        # One that was never started has no state file.
        with suppress(StoreError), chosen(each):
            yield from _known_in(config, visitors=visitors)
    if not accounts:
        yield from _known_in(config, visitors=visitors)


def _known_in(config: Path | None, *, visitors: bool) -> Iterator[str]:
    with remembered(config, time.time()) as known:
        people = everybody(known.store, visitors=visitors, past=not visitors)
        staff = [agent.person for agent in people.agents.values()]
        staff += [operator.person for operator in people.operators.values()]
        for person in (*staff, *people.visitors.values()):
            yield from (person.name, person.email)
        if visitors:
            for case, chat in known.store.transcripts.numbers():
                yield from (f"case {case}" if case else "", f"chat {chat}")
