"""The words of notices, in English: what happened, since when, and which command tells more."""

from datetime import datetime, tzinfo

from chaport_sync.core.statuses.history import StatusChange
from chaport_sync.core.text import one_line
from chaport_sync.core.wording import number

#: The longest name and the longest reason (characters).
LONGEST_NAME, LONGEST_REASON = 80, 500

SOMEBODY = "The chat is on the website again."
ALL_WORKS = "Each flow works again."
NONE_PARKED = "All events of chats are in Deskie now."
TRIAL = "This is a test; nothing has happened."


def title(account: str, what: str) -> str:
    """Return the title of a notice, with the account's name if there are several."""
    return f"chaport-sync{f' ({account})' if account else ''}: {what}"


def command(name: str, account: str) -> str:
    """Return a command that tells more."""
    return f"`chaport-sync {name}{f' --account {account}' if account else ''}`"


def nobody(since: float, left: StatusChange | None, account: str, zone: tzinfo, now: float) -> str:
    """Say since when (Unix seconds) nobody is online, and how the last one left."""
    words = f"No operator has been online in Chaport since {_moment(since, zone, now)}; the chat is off the website."
    if left is not None:
        who = one_line(left.operator_name or left.operator_email or left.operator_id, LONGEST_NAME)
        words += f"\n{who} left last, at {_moment(left.at, zone, now)}: {one_line(left.reason, LONGEST_REASON)}."
    return f"{words}\n{command('timeline', account)} tells more."


def down(reason: str, account: str) -> str:
    """Say which flows are down, and why."""
    return f"{one_line(reason, LONGEST_REASON)}\n{command('check', account)} tells more."


def parked(count: int, account: str) -> str:
    """Say how many events Deskie did not take."""
    words = number(count, "event of a chat is parked", "events of chats are parked")
    which = f"{command('status', account)} tells which and why"
    return f"{words}: Deskie did not take what was to be shown.\n{which}; {command('retry', account)} sends it again."


def given_up(count: int, account: str) -> str:
    """Say how many answers did not reach a visitor."""
    words = number(count, "agent's answer was given up", "agents' answers were given up")
    more = f"A note in the case says why; {command('status', account)} counts them."
    return f"{words} and did not reach the visitor.\n{more}"


def _moment(at: float, zone: tzinfo, now: float) -> str:
    """Return a moment as people there read it: the time, and on another day the date."""
    then, today = datetime.fromtimestamp(at, zone), datetime.fromtimestamp(now, zone)
    return f"{then:%H:%M}" if then.date() == today.date() else f"{then:%Y-%m-%d %H:%M}"
