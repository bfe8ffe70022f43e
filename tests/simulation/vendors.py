"""What the vendors' own texts say of both services, and the ways in which it can be meant.

Each choice has a stream of its own, so that a new way of one thing changes no other. Seeds that were kept before there
were these choices keep the stories they had.
"""

import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal, TypeVar

from tests.simulation.occasions import has_two_daemons
from tests.simulation.setting import DAY, Setting

Way = TypeVar("Way")
ChannelType = Literal["sync", "async"]

#: Half hours that had found something, or prove an invariant, and the whole day that proves one.
KEPT = frozenset(
    {
        *range(9),
        *(13, 16, 17, 22, 25, 26, 29, 32, 53, 64, 70, 72, 79, 87, 96, 97, 109, 119, 121, 143, 210, 267, 272, 278),
        *(400, 401, 408, 418, 429, 443, 469, 3049, 4398, 5343, 5448, 5561, 5628, 5633, 5673, 5815, 6027, 6028, 6068),
        *(6468, 6854, 6932, 7528, 10680, 11452, 12499, 13853, 15940, 18703, 20029, 20364, 20485),
    }
)
KEPT_DAYS = frozenset({0})
#: A half hour that proves an invariant by what was shown live.
KEPT_LIVE = frozenset({683})
#: How Deskie was imitated when those were kept.
BEFORE = {"minute": "sliding", "retry_after_early": True, "closed_case_reopens": True, "opening_sets_status": False}

DESKIE: dict[str, tuple[Any, ...]] = {
    "minute": ("fixed", "fixed", "sliding"),
    "retry_after_early": (False, True),
    "show_active_chats": ("either", "1", "true"),
    "agent_message_reactivates": (True, True, False),
    "opening_sets_time": (True, False),
    "opening_sets_status": (True, False),
    "closed_case_reopens": (False, True),
    "note_wrapper": ("message", "note"),
    "note_flag_missing": (False, False, True),
}
CHAPORT: dict[str, tuple[Any, ...]] = {
    "bots": ("H1", "H1", "H2flag", "H2flag", "H2", "H3"),
    "operator_ref": ("operatorId", "operatorId", "operator.id", "operator"),
    "deleted_messages": ("gone", "empty"),
}
#: Whether the configuration names bots whose messages are an unknown operator's.
BOTS_NAMED = (True, False)
CHANNEL_TYPES: tuple[ChannelType, ...] = ("async", "sync")
#: What becomes of a visitor's words after the case was closed.
WHEN_CLOSED = ("new", "new", "continue")
#: When lines are delivered, and the seconds for which they are gathered.
DELIVER, GATHER = ("digest", "digest", "live", "handoff"), ("60", "60", "20", "240")
#: Mean seconds between two messages that are edited or deleted, None where none is.
REWORDED_EVERY = (None, 20.0, 60.0, 180.0)
#: Mean seconds between two acts of operators who are hired, write and leave again, None without any.
SEATS_EVERY = (None, 30.0, 90.0)


def with_vendors_ways(setting: Setting, *, day: bool = False) -> Setting:
    """Return a seed's setting with the ways in which both services work in it."""
    if setting.seed in (KEPT_DAYS if day else KEPT):
        config = setting.config | {"cases.when_closed": '"continue"'}
        return replace(setting, config=config, deskie_quirks=setting.deskie_quirks | BEFORE)

    def one_of(name: str, ways: Sequence[Way]) -> Way:
        return random.Random(f"{name} {setting.seed} {day}").choice(ways)

    deskie = {name: one_of(name, ways) for name, ways in DESKIE.items()}
    chaport = {name: one_of(name, ways) for name, ways in CHAPORT.items()}
    config = setting.config | {
        "cases.when_closed": f'"{one_of("when_closed", WHEN_CLOSED)}"',
        "transcripts.deliver": f'"{one_of("deliver", DELIVER)}"' if setting.seed not in KEPT_LIVE else '"live"',
        "transcripts.gather": one_of("gather", GATHER),
    }
    reworded_every, seats_every = one_of("reworded_every", REWORDED_EVERY), one_of("seats_every", SEATS_EVERY)
    # A daemon without its memory, or another one, compares words; those that were changed since are not the same. Nor
    # does it know who was ever listed.
    if setting.tampering or has_two_daemons(setting):
        reworded_every = seats_every = None
    rarer = 1 if setting.seconds < DAY else 24
    return replace(
        setting,
        config=config,
        deskie_quirks=setting.deskie_quirks | deskie,
        chaport_quirks=setting.chaport_quirks | chaport,
        bots=chaport["bots"],
        bots_named=one_of("bots_named", BOTS_NAMED),
        channel_type=one_of("channel_type", CHANNEL_TYPES),
        reworded_every=reworded_every and reworded_every * rarer,
        seats_every=seats_every and seats_every * rarer,
    )
