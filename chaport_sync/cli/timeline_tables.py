"""The tables of `timeline`: when nobody was online, how each hour of the week was covered, and totals of agents."""

import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from math import ceil

from chaport_sync.cli.output import named, print_rows, print_table, say
from chaport_sync.cli.streams import can_show_any
from chaport_sync.core.model import DAY, INVISIBLE, ONLINE
from chaport_sync.core.statuses.coverage import Covered
from chaport_sync.core.statuses.timeline import UNKNOWN, Absence, Row, Timeline
from chaport_sync.core.statuses.website import names, why
from chaport_sync.core.wording import number
from chaport_sync.times import hours, moment, span, zone

#: The most stretches without anybody, the last ones, and the most agents that are shown.
SHOWN = 30
WEEK = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
#: The last one is for an hour in which somebody was online all the time.
LEVELS = "▁▂▃▄▅▆▇█"
#: The shortest timeline of which the week is shown (seconds).
SHORTEST_WEEK = 2 * DAY


def print_absences(drawn: Timeline, now: float) -> None:
    """Print each stretch in which nobody was online, or that there was none."""
    absences = drawn.absences
    if not absences:
        known = any(each.status != UNKNOWN for each in drawn.website)
        say("Somebody was online all the time." if known else "Nothing is known of this time.")
        return
    lasted = sum((each.end or now) - each.start for each in absences)
    say(f"\nNobody was online {number(len(absences), 'time', 'times')}, {hours(lasted)} in all:", "bold")
    columns = (f"From ({zone(now)})", "To", "How long", "Left last, and why", "Back first")
    print_table(columns, [_absence(each, drawn, now) for each in absences[-SHOWN:]])
    if len(absences) > SHOWN:
        say(f"These are the last {SHOWN} of {len(absences):,}; --json gives all of them.")


def _absence(each: Absence, drawn: Timeline, now: float) -> tuple[str, ...]:
    left = f"{names(person for person, _ in each.left)}: {why(each)}" if each.left else ""
    return (
        moment(each.start, now),
        # The date is said once if both are of one day.
        "now" if each.end is None else moment(each.end, each.start),
        span((each.end or now) - each.start),
        left if each.start > drawn.start else "it began before",
        names(each.back),
    )


def print_coverage(covered: Mapping[tuple[int, int], Covered], now: float) -> None:
    """Print how much of each hour of the week somebody was online; hours in which nobody ever was are left out."""
    hours = sorted({hour for (_, hour), each in covered.items() if each.online})
    if not hours:
        return
    blocks = can_show_any(sys.stdout)
    say(f"\nHow much of each hour of the week somebody was online ({zone(now)}):", "bold")
    rows = [[("   ", ""), *((f"  {day:>4}", "bold") for day in WEEK)]]
    for hour in hours:
        shares = (covered.get((day, hour), Covered()).share for day in range(len(WEEK)))
        rows.append([(f"{hour:02} ", "bold"), *(_cell(share, blocks=blocks) for share in shares)])
    print_rows(rows)
    if blocks:
        say(f"{LEVELS[-1]} is the whole hour, · nothing of it, blank: not known")


def _cell(share: float | None, *, blocks: bool) -> tuple[str, str]:
    if share is None:
        return f"  {'':4}", ""
    # Only what is whole is shown as whole, and only what is nothing as nothing.
    level = int(share * (len(LEVELS) - 1))
    shown = ("·" if not share else LEVELS[level]) if blocks else f"{min(ceil(share * 100), 99) if share < 1 else 100}%"
    return f"  {shown:>4}", "green" if share == 1 else "yellow" if share else "dim"


def tell_more(operators: Sequence[Row]) -> bool:
    """Return whether agents shared an operator, or drove several: then their totals are not the operators'."""
    drivers, driven = defaultdict[str, set[str]](set), defaultdict[str, set[str]](set)
    for row in operators:
        for each in {agent.id for span_ in row.spans for agent in span_.agents}:
            drivers[row.person.id].add(each)
            driven[each].add(row.person.id)
    return any(len(some) > 1 for some in (*drivers.values(), *driven.values()))


def print_agents(agents: Sequence[Row]) -> None:
    """Print for how long the operators of each agent were online and invisible, the longest first."""
    rows = sorted(agents, key=lambda row: (-row.seconds[ONLINE], -row.seconds[INVISIBLE]))
    say("\nBy agent, as the operators that the agent drove:", "bold")
    shown = [(named(row.person), hours(row.seconds[ONLINE]), hours(row.seconds[INVISIBLE])) for row in rows[:SHOWN]]
    print_table(("Agent", "Online", "Invisible"), shown)
    if len(rows) > SHOWN:
        say(f"{number(len(rows) - SHOWN, 'more was', 'more were')} online for less; --json gives all of them.")
