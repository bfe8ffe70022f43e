"""What a seed chooses before anything happens: configuration, the services' quirks, what may go wrong and how often.

Each run leaves a random part of everything out, so that what is left can happen often enough to meet.
"""

import random
from dataclasses import dataclass, field, replace
from typing import Any, Literal

HALF_AN_HOUR, DAY = 1800.0, 86400.0
FAULTS = (
    "latency",
    "reset_before",
    "reset_after",
    "late_effect",
    "error_500",
    "error_503",
    "too_many",
    "html_200",
    "html_502",
    "truncated",
    "hang",
    "duplicate_page",
    "shifted_page",
)
SPELLS = ("outage", "silence", "errors", "throttling", "locked_out", "empty_list", "crowded", "rejections")
MISFORTUNES = ("death", "death_at_commit", "power_cut", "restart", "suspension", "wrong_clock", "dry_run")
TAMPERING = ("older_copy", "no_file")
#: Mean seconds between two misfortunes in a cluster.
TAKEN_EVERY = 60.0
ALL_AUTHORS = ("bot", "visitor", "operator")


@dataclass(frozen=True)
class Setting:
    """One seed's choice.

    Attributes:
        seconds: How long people act and things go wrong.
        config: Lines of the configuration, `section.key` to TOML value.
        quirks: Of each service: name to value.
        faults: Share of requests struck, by name.
        spells: What may befall a service for a while, and the mean seconds between two.
        misfortunes: What may befall the machine, and the mean seconds between two.
        tampering: What may be done to the state file between two lives.
        pace: Mean seconds between two acts of agents, of people in chats, and of people in cases.
        bots: How Chaport represents bots' messages.
        bots_named: Whether the configuration names the bots that cannot be told otherwise.
        channel_type: Of the own channel.
        reworded_every: Mean seconds between two messages that are edited or deleted in Chaport, None where none is.
        seats_every: Mean seconds between two acts of operators who are hired and leave again, None without any.
    """

    seed: int
    seconds: float
    config: dict[str, str]
    deskie_quirks: dict[str, Any]
    chaport_quirks: dict[str, Any]
    limit: int
    faults: dict[str, float]
    spells: tuple[str, ...]
    spell_every: float
    misfortunes: tuple[str, ...]
    misfortune_every: float
    tampering: tuple[str, ...]
    pace: dict[str, float]
    bots: str
    agents: int
    visitors: int
    mapping: dict[int, str] = field(default_factory=dict)
    bots_named: bool = True
    channel_type: Literal["sync", "async"] = "async"
    reworded_every: float | None = None
    seats_every: float | None = None

    @property
    def may_die(self) -> bool:
        """Whether a request can be left behind by a daemon that does not know when it was sent."""
        return bool({"death", "death_at_commit", "power_cut", "take_over"} & set(self.misfortunes))

    def number(self, key: str) -> float:
        """Return a configured number."""
        return float(self.config[key])

    def says(self, key: str, value: str) -> bool:
        """Return whether the configuration holds this word."""
        return self.config.get(key, "").strip('"') == value

    @property
    def own(self) -> bool:
        """Whether cases are opened in an own channel."""
        return self.config["cases.create"] == "true"

    @property
    def include(self) -> tuple[str, ...]:
        """The kinds of authors that are mirrored."""
        return tuple(author for author in ALL_AUTHORS if f'"{author}"' in self.config["transcripts.include"])


def choose(seed: int, *, day: bool = False) -> Setting:
    """Return the setting of a seed: half a busy hour, or a whole day."""
    chance = random.Random(f"setting {seed} {day}")
    pick = chance.choice

    def some(names: tuple[str, ...], share: float) -> tuple[str, ...]:
        return tuple(name for name in names if chance.random() < share)

    slow = 4 if day else 1
    bots = pick(["H1", "H1", "H2", "H2flag", "H3"])
    grace, poll = pick([0, 45, 180, 400]), pick([20, 30, 60, 60]) * slow
    config = {
        "deskie.requests_per_minute": pick(["0", "60", "200", "6000"]),
        "chaport.requests_per_second": pick(["2", "5", "50"]),
        "chaport.lifetime_field": pick(['"ttl"', '"validUntil"']),
        "status.poll": str(poll),
        "status.offline_grace": str(grace),
        "status.lease": str(max(pick([300, 600, 900]), 4 * poll)),
        "status.hold": str(pick([300, 900, 1800])),
        "status.manual_change": pick(['"override"', '"override"', '"respect"']),
        "status.default": pick(['"offline"', '"offline"', '"keep"', '"online"']),
        "transcripts.poll": str(pick([20, 40, 60, 60]) * slow),
        "transcripts.idle_poll": str(pick([200, 300])),
        "transcripts.ended_after": str(pick([300, 600])),
        "transcripts.include": pick(['["bot", "visitor", "operator"]'] * 4 + ['["bot", "visitor"]', '["bot"]']),
        "transcripts.deliver": pick(['"live"', '"live"', '"handoff"']),
        "transcripts.start": pick(['"now"', '"2026-11-01"']),
        "transcripts.timezone": pick(['"UTC"', '"Europe/Berlin"']),
        "cases.create": pick(["true", "true", "true", "false"]),
        "cases.wait": "3600",
        "pending.enabled": pick(["true", "true", "true", "false"]),
        "pending.reopen_on_handoff": pick(["true", "true", "false"]),
        "pending.unanswered": str(pick([60, 120, 300])),
        "state.keep": str(pick([1, 30])),
        "log.level": '"debug"',
    }
    deskie: dict[str, Any] = {
        "empty_list": pick(["key", "count", "array", "object"]),
        "lists_as_arrays": chance.random() < 0.2,
        "ids_as_strings": chance.random() < 0.3,
        "content_only_html": chance.random() < 0.3,
        "html_paragraphs": chance.random() < 0.3,
        "crlf": chance.random() < 0.2,
        "customer_message_reopens": chance.random() < 0.9,
        "closed_rejects_messages": chance.random() < 0.2,
        "merge_moves_messages": chance.random() < 0.8,
        "note_touches_updated_at": chance.random() < 0.5,
        "initial_status": pick(["open", "open", "waiting"]),
        "custom_id_search": pick(["text", "exact"]),
        "rate_limit_as_403": chance.random() < 0.2,
        "search_lag": pick([0.0, 0.0, 10.0]),
    }
    chaport: dict[str, Any] = {
        "bots": bots,
        "after_lease": pick(["offline", "offline", "away"]),
        "status_answer": pick(["operator", "empty"]),
        "real_status_missing": chance.random() < 0.3,
        "time_key": pick(["timestamp", "createdAt"]),
        "unix_times": chance.random() < 0.2,
        "chat_ids_as_strings": chance.random() < 0.3,
        "events_truncated": pick([None, None, 20]),
        "page_size": pick([3, 20]),
        "links_next": pick(["absolute", "relative", "absent", "null"]),
        "links_more": pick(["absolute", "relative"]),
        "no_chat": pick(["404", "null", "empty"]),
        "order_by": pick(["start", "activity"]),
        "row_shows_activity": chance.random() < 0.5,
    }
    heavy = pick([0.0, 0.01, 0.03, 0.08])
    faults = {name: heavy * chance.random() for name in some(FAULTS, 0.5)} if heavy else {}
    return Setting(
        seed=seed,
        seconds=DAY if day else HALF_AN_HOUR,
        config=config,
        deskie_quirks=deskie,
        chaport_quirks=chaport,
        limit=pick([120, 600, 6000]),
        faults=faults,
        spells=some(SPELLS, 0.4),
        spell_every=pick([300, 900]) * (slow * 4 if day else 1),
        misfortunes=some(MISFORTUNES, 0.4),
        misfortune_every=pick([120, 300, 900]) * (slow * 4 if day else 1),
        tampering=some(TAMPERING, 0.25),
        pace={
            "agents": pick([20, 60, 300]) * slow * (3 if day else 1),
            "chats": pick([5, 10, 30]) * slow * (6 if day else 1),
            "cases": pick([120, 300, 100000]) * slow * (3 if day else 1),
        },
        bots=bots,
        agents=pick([2, 4, 7]),
        visitors=pick([2, 6, 15]) * (2 if day else 1),
        mapping={113808: pick(["online", "invisible", "keep"]), 120273: pick(["offline", "invisible", "keep"])},
    )


def in_a_cluster(setting: Setting) -> Setting:
    """Return a setting in which workers often take over from one another; nobody puts another log in a log's place."""
    misfortunes = (*setting.misfortunes, "database_away", *["take_over"] * 12)
    return replace(setting, misfortunes=misfortunes, misfortune_every=TAKEN_EVERY, tampering=())
