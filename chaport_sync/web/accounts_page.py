"""The page of several accounts: a line of each, the worst first."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from chaport_sync.core.text import one_line
from chaport_sync.core.wording import number
from chaport_sync.store import Store
from chaport_sync.times import moment, zone
from chaport_sync.web.rendering import render

#: The longest name of an account and the longest words about one (characters).
NAME, WORDS = 63, 160


@dataclass(frozen=True)
class AccountNow:
    """How an account is now.

    Attributes:
        store: Its state, None if it does not run; only `once_more` may be asked of it here.
        down: Why it is down, empty if it is not.
        well: Whether nothing is to be told of it but that it runs.
        words: How its flows get on, or why it does not run.
        online: How many of its operators are online, None if it is not known.
        operators: How many are paired.
        waiting: How many events wait.
        parked: How many are parked.
    """

    store: Store | None
    down: str = ""
    well: bool = True
    words: str = ""
    online: int | None = None
    operators: int = 0
    waiting: int = 0
    parked: int = 0

    @property
    def state(self) -> str:
        """How it is in one word; it is down once it has failed for long."""
        return "down" if self.down else "ok" if self.well else "failing"

    @property
    def order(self) -> tuple[bool, bool, bool, bool]:
        """The worst first: who is down, whose chat is off the website, who fails, who has parked events."""
        return not self.down, self.online != 0, self.well, self.parked == 0


def accounts_page(accounts: Mapping[str, AccountNow], now: float, address: Callable[[str], str]) -> str:
    """Return the page of all accounts as HTML; `address` returns the path of an account's own page."""
    well = sum(each.state == "ok" for each in accounts.values())
    off = sum(each.online == 0 and not each.down for each in accounts.values())
    words = f"{well} of {number(len(accounts), 'account is', 'accounts are')} well."
    if off:
        words += f" The chat of {number(off, 'account', 'accounts')} is off the website."
    order = sorted(accounts.items(), key=lambda each: (each[1].order, each[0]))
    return render(
        "accounts.html",
        title="All accounts · chaport-sync",
        as_of=f"As of {moment(now, now)} ({zone(now)}). Load the page again for news.",
        footer="Each account's page shows when people work: treat it as personal data.",
        answer={"good": well == len(accounts) and not off, "words": words},
        accounts=[_row(name, each, address(name)) for name, each in order],
    )


def _row(name: str, account: AccountNow, address: str) -> dict[str, Any]:
    unknown = account.online is None
    return {
        "name": one_line(name, NAME),
        "href": "" if account.store is None else address,
        "state": account.state,
        "online": "not known" if unknown else f"{account.online} of {account.operators}",
        "waiting": "" if unknown else account.waiting,
        "parked": "" if unknown else account.parked,
        "words": one_line(account.down or account.words, WORDS),
    }
