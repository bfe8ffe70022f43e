"""What only some seeds meet: an account without visitors and then a rush, crowds beyond the pace, an administrator.

It is drawn from a stream of its own, and only for seeds with certain remainders: all others keep the stories they had.
"""

import random
from dataclasses import dataclass, replace

from tests.simulation.setting import DAY, Setting

#: No seed that was kept before there were occasions leaves one of these remainders.
EVERY, REMAINDERS = 25, (6, 12, 13, 16, 17, 20, 21)
#: Seeds with this remainder meet a flood of words, whatever else was drawn for them; none was kept before there were.
FLOODED, FLOOD_REMAINDER = 59, 13
#: Seeds with this remainder have two daemons; none of them was kept before, has another occasion, or a failing disk.
DOUBLED, DOUBLE_REMAINDER = 30, 29
#: Long messages of a flood: to show them takes longer than anybody else may wait.
FLOOD = 150
#: So long, in seconds, nobody comes; the daemon has read the empty account by then.
EMPTY_FOR = (100.0, 400.0)
#: So long, in seconds, faults and misfortunes follow a crowd.
SHORT = 600.0


@dataclass(frozen=True)
class Occasions:
    """What a seed meets besides what its setting says.

    Attributes:
        comers: Visitors who come and write at the same moment, the first ones of the account; 0 for none.
        empty_for: Seconds until then.
        busy: Whether they go on writing, more of them at once than can be followed.
        flood: Long messages that one more visitor writes at the same moment.
        browsers: Visitors who write nothing meanwhile and look at one page after another.
        crowded: Whether the company has more operators than can be renewed within the configured lease.
        flapping: Agents of it who come and go all the time.
        edited: Whether an administrator changes the configuration, and people their names.
    """

    comers: int = 0
    empty_for: float = 0.0
    busy: bool = False
    flood: int = 0
    browsers: int = 0
    crowded: bool = False
    flapping: int = 0
    edited: bool = False


def has_a_rule(setting: Setting) -> bool:
    """Return whether a rule of Deskie's soon assigns each case to an agent; no seed that was kept before has one."""
    return setting.seed % 20 == 11


def is_tidy(setting: Setting) -> bool:
    """Return whether agents merge customers' cases and close them; nor do they in seeds that were kept before."""
    return setting.seed % EVERY == 22


def is_flooded(seed: int) -> bool:
    """Return whether one visitor writes more than can be shown."""
    return seed % FLOODED == FLOOD_REMAINDER


def has_two_daemons(setting: Setting) -> bool:
    """Return whether a second daemon runs for a part of the time; in these seeds nothing else of this page happens."""
    return setting.seconds < DAY and setting.seed % DOUBLED == DOUBLE_REMAINDER and not is_flooded(setting.seed)


def with_occasions(setting: Setting, *, day: bool = False) -> tuple[Setting, Occasions]:
    """Return a seed's setting as its occasions need it, and these; most seeds have none."""
    if not day and is_flooded(setting.seed):
        return _flood(setting, random.Random(f"flood {setting.seed}"))
    if day or setting.seed % EVERY not in REMAINDERS:
        return setting, Occasions()
    chance = random.Random(f"occasions {setting.seed}")
    kind = chance.choice(["rush", "rush", "visitors", "operators", "editing"])
    found = Occasions(edited=kind == "editing" or chance.random() < 0.5)
    match kind:
        case "rush":
            setting, found = _rush(setting, found, chance)
        case "visitors":
            setting, found = _crowd_of_visitors(setting, found, chance)
        case "operators":
            setting, found = _crowd_of_operators(setting, found, chance)
    if found.edited:
        # What was edited is read by the next start.
        often = tuple(dict.fromkeys([*setting.misfortunes, "restart", "death"]))
        setting = replace(setting, misfortunes=often, misfortune_every=min(setting.misfortune_every, 300))
    return setting, found


def _rush(setting: Setting, found: Occasions, chance: random.Random) -> tuple[Setting, Occasions]:
    page = int(setting.chaport_quirks["page_size"])
    comers = chance.randint(page + 1, min(3 * page, 30))
    return _shown_at_once(setting), replace(found, comers=comers, empty_for=chance.uniform(*EMPTY_FOR))


def _crowd_of_visitors(setting: Setting, found: Occasions, chance: random.Random) -> tuple[Setting, Occasions]:
    writers, browsers = chance.choice([(6, 45), (15, 45), (30, 0), (45, 0)])
    few = writers < 20
    config = {
        "chaport.requests_per_second": "1" if browsers else chance.choice(["1", "2"]),
        "deskie.requests_per_minute": chance.choice(["0", "60"]) if few else "200",
        "transcripts.poll": chance.choice(["20", "30"]),
    }
    setting = replace(_shown_at_once(setting), seconds=SHORT, limit=120 if few else 600)
    # So many pages are read at a time that all of them are found.
    quirks = setting.chaport_quirks | {"page_size": 20}
    found = replace(found, comers=writers, busy=True, browsers=browsers, empty_for=chance.uniform(*EMPTY_FOR))
    return replace(setting, config=setting.config | config, chaport_quirks=quirks), found


def _flood(setting: Setting, chance: random.Random) -> tuple[Setting, Occasions]:
    config = {"chaport.requests_per_second": "2", "deskie.requests_per_minute": "60", "transcripts.poll": "20"}
    setting = replace(_shown_at_once(setting), seconds=SHORT, limit=120)
    found = Occasions(comers=chance.randint(2, 5), busy=True, flood=FLOOD, empty_for=chance.uniform(*EMPTY_FOR))
    return replace(setting, config=setting.config | config), found


def _crowd_of_operators(setting: Setting, found: Occasions, chance: random.Random) -> tuple[Setting, Occasions]:
    flapping = chance.choice([0, 40])
    config = {
        "chaport.requests_per_second": "1",
        "status.poll": "15",
        "status.lease": "60",
    }
    if flapping:
        config["status.offline_grace"] = "0"
    setting = replace(setting, config=setting.config | config, agents=chance.choice([70, 90]), seconds=SHORT)
    return setting, replace(found, crowded=True, flapping=flapping)


def _shown_at_once(setting: Setting) -> Setting:
    """Return a setting in which all that visitors write is shown as soon as it can be."""
    config = {
        "cases.create": "true",
        "transcripts.deliver": '"live"',
        "transcripts.include": '["bot", "visitor", "operator"]',
        # Many who have gone are not to be read for hours.
        "transcripts.idle_poll": "1800",
    }
    return replace(setting, config=setting.config | config)
