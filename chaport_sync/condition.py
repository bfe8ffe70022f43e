"""How the accounts do: one line for STATUS, and what `/healthz` and the page say (P10)."""

from collections.abc import Callable, Mapping

from chaport_sync.account import Account
from chaport_sync.core.model import ONLINE
from chaport_sync.core.text import one_line
from chaport_sync.monitoring.metrics import DELIVERIES, LONGEST_NAME, OPERATORS, STATUSES, Metrics
from chaport_sync.monitoring.share import Share
from chaport_sync.web.accounts_page import AccountNow
from chaport_sync.web.site import Site

#: The most accounts that are named.
NAMED = 5
#: The length of a reason (characters).
LONGEST_REASON = 300


def status(accounts: Mapping[str, Account], left_out: Mapping[str, str], share: Share | None = None) -> str:
    """Return how the only account does, or how many do well and which do not; `left_out` has why by the name.

    A worker of a cluster has a `share` of all accounts.
    """
    if only := accounts.get(""):
        return only.words
    bad = sorted([*left_out, *(name for name, account in accounts.items() if not account.well)])
    total = len(accounts) + len(left_out)
    words = f"{total - len(bad)} of {total} accounts ok"
    named = ", ".join(one_line(name, LONGEST_NAME) for name in bad[:NAMED]) + (" …" if len(bad) > NAMED else "")
    words = f"{words}; failing: {named}" if bad else words
    if share is not None and share.trouble:
        words = f"{one_line(share.trouble, LONGEST_REASON)}; {words}"
    return words if share is None or not share.unheld else f"{words}; nobody holds {share.unheld} more"


def health(accounts: Mapping[str, Account], left_out: Mapping[str, str], share: Share | None = None) -> tuple[str, str]:
    """Return who is down and why, empty if nobody is, and who is late; an account that does not run is down."""
    if only := accounts.get(""):
        return only.down, only.behind
    total = len(accounts) + len(left_out)
    down = {name: account.down for name, account in accounts.items()} | dict(left_out)
    behind = {name: account.behind for name, account in accounts.items()}
    lost = share.trouble if share is not None else ""
    return "\n".join(filter(None, (lost, _told(down, total, "down")))), _told(behind, total, "late")


def site(
    accounts: dict[str, Account],
    left_out: dict[str, str],
    metrics: Metrics,
    share: Callable[[], Share | None],
    lives: Callable[[], bool],
) -> Site:
    """Return what is served of these accounts, and of the process, whether it `lives`; its threads get copies."""
    return Site(
        metrics.registry,
        lives,
        lambda: health(accounts.copy(), left_out.copy(), share()),
        lambda: _now(accounts.copy(), left_out.copy(), metrics),
    )


def _now(accounts: Mapping[str, Account], left_out: Mapping[str, str], metrics: Metrics) -> Mapping[str, AccountNow]:
    found = {name: AccountNow(None, down=why) for name, why in left_out.items()}
    for name, account in accounts.items():
        figures = metrics.of_account(name)
        operators = [figures[OPERATORS, each] for each in STATUSES if (OPERATORS, each) in figures]
        found[name] = AccountNow(
            account.store,
            account.down,
            account.well,
            account.words,
            int(figures[OPERATORS, ONLINE]) if operators else None,
            int(sum(operators)),
            int(figures.get((DELIVERIES, "waiting"), 0)),
            int(figures.get((DELIVERIES, "parked"), 0)),
        )
    return found


def _told(reasons: Mapping[str, str], total: int, how: str) -> str:
    """Return how many accounts have a reason, and the reasons of the first few, a line each; empty if none has one."""
    told = [
        f"{one_line(name, LONGEST_NAME)}: {one_line(why, LONGEST_REASON)}"
        for name, why in sorted(reasons.items())
        if why
    ]
    if not told:
        return ""
    more = [f"and {len(told) - NAMED} more"] if len(told) > NAMED else []
    return "\n".join([f"{len(told)} of {total} accounts are {how}", *told[:NAMED], *more])
