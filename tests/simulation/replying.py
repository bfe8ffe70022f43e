"""What a seed chooses for agents' answers, from a stream of its own: seeds without them keep the stories they had."""

import random
from dataclasses import dataclass, replace
from typing import Any

from tests.simulation.occasions import has_two_daemons
from tests.simulation.setting import Setting

#: Of each thousand seeds those from this one on have agents who answer; many a seed before it found something once.
FIRST_OF_A_THOUSAND = 400


@dataclass(frozen=True)
class Replying:
    """How agents answer: the mean seconds between two of their acts, and when replies are switched on.

    `switches` are the moments at which the configuration changes; whoever starts next obeys it.
    """

    pace: float
    on_at_first: bool
    switches: tuple[float, ...]


def with_answers(setting: Setting, *, day: bool = False) -> tuple[Setting, Replying | None]:
    """Return a seed's setting with what concerns answers, and how agents answer; None if they do not."""
    if setting.seed % 1000 < FIRST_OF_A_THOUSAND or not setting.own or has_two_daemons(setting):
        return setting, None
    chance = random.Random(f"replies {setting.seed} {day}")
    pick = chance.choice
    place, external_id = pick(
        [("chatEvent", "event"), ("chatEvent", "event"), ("top", "top"), ("ignored", "event"), ("chatEvent", "none")]
    )
    on_at_first = chance.random() < 0.8
    switches = tuple(sorted(chance.uniform(0, setting.seconds) for _ in range(pick([0, 0, 1, 2]) + (not on_at_first))))
    config = {
        "replies.enabled": str(on_at_first).lower(),
        "replies.poll": str(pick([10, 15, 60])),
        "replies.max_age": str(pick([60, 300, 3600, 3600])),
        "replies.max_length": str(pick([100, 500, 2000])),
        "replies.operator": pick(['""', '""', '"alone@acme.example"', '"agent1@acme.example"']),
        "replies.include_rules": pick(["true", "false", "false"]),
        "chaport.external_id": f'"{external_id}"',
    }
    chaport: dict[str, Any] = {
        "external_id_place": place,
        "duplicate_answer": pick(["event", "409", "400"]),
        "message_answer": pick(["event", "event", "empty"]),
        "new_chat_after": pick([None, 300.0, 86400.0]),
        "message_reopens": chance.random() < 0.5,
        "longest_message": pick([None, 4000, 400]),
        "assign": pick(["accepted", "accepted", "forbidden", "rejected"]),
        "update_answer": pick(["chat", "empty"]),
    }
    deskie: dict[str, Any] = {
        "omit_sent_at": chance.random() < 0.2,
        "edit_touches_updated_at": chance.random() < 0.7,
        "agent_message_reactivates": chance.random() < 0.3,
    }
    slow = 12 if day else 1
    cases = pick([60, 120, 300, 100000]) * slow
    changed = replace(
        setting,
        config=setting.config | config,
        chaport_quirks=setting.chaport_quirks | chaport,
        deskie_quirks=setting.deskie_quirks | deskie,
        pace=setting.pace | {"cases": cases},
    )
    return changed, Replying(pick([10, 30, 90]) * slow, on_at_first, switches)
