"""What a Deskie status asks of an operator (S1, S2)."""

import pytest

from chaport_sync.core.model import Agent, Verdict
from chaport_sync.core.statuses.mapping import NOT_IN_MAP, AgentVerdict, MappingRules, judge
from tests.statuses.steps import LUNCH, OFFLINE, ONLINE, TRAINING, WITHOUT_CHATS, polls, sent, settled, shown
from tests.world import World, only

MAP = {7: Verdict.ONLINE, 8: Verdict.INVISIBLE, 9: Verdict.KEEP, 10: Verdict.OFFLINE}


@pytest.mark.parametrize(
    ("agent", "verdict", "reason", "unmapped"),
    [
        pytest.param(Agent("a", status_id=1), "online", "status 1 is online", "", id="online"),
        pytest.param(Agent("a", status_id=2), "offline", "status 2 is offline", "", id="offline"),
        pytest.param(Agent("a", status_id=3), "offline", "status 3 is offline", "", id="without chats"),
        pytest.param(Agent("a", status_id=7), "online", "status 7 is online", "", id="mapped online"),
        pytest.param(Agent("a", status_id=8), "invisible", "status 8 is invisible", "", id="mapped invisible"),
        pytest.param(Agent("a", status_id=9), "keep", "status 9 is keep", "", id="mapped keep"),
        pytest.param(Agent("a", status_id=10), "offline", "status 10 is offline", "", id="mapped offline"),
        pytest.param(Agent("a", status_id=11), "offline", NOT_IN_MAP, "11", id="unmapped"),
        pytest.param(
            Agent("a", active=False, status_id=1), "offline", "the agent is disabled", "", id="disabled but online"
        ),
        pytest.param(
            Agent("a", active=False, status_id=11), "offline", "the agent is disabled", "", id="disabled and unmapped"
        ),
        pytest.param(
            Agent("a", status_id=2, status_word="online"), "offline", "status 2 is offline", "", id="id over word"
        ),
        pytest.param(
            Agent("a", status_id=11, status_word="online"),
            "offline",
            NOT_IN_MAP,
            "11",
            id="unmapped id over word",
        ),
        pytest.param(Agent("a", status_word="online"), "online", "status is online", "", id="word only"),
        pytest.param(Agent("a", status_word="offline"), "offline", "status is offline", "", id="word only, offline"),
        pytest.param(
            Agent("a", status_word="lunch"), "offline", "status lunch is not mapped: offline", "lunch", id="other word"
        ),
        pytest.param(Agent("a"), "offline", "status none is not mapped: offline", "none", id="nothing at all"),
    ],
)
def test_judge(agent: Agent, verdict: str, reason: str, unmapped: str) -> None:
    """S2: the id decides, the word only where there is no id; disabled is offline; the unknown gets the default."""
    assert judge(agent, MappingRules(MAP)) == AgentVerdict(agent, Verdict(verdict), reason, unmapped)


def test_the_default_and_the_built_in_statuses_are_the_administrators() -> None:
    """S2: `status.default` may be another word, and the map may speak of Deskie's own statuses too."""
    rules = MappingRules({3: Verdict.INVISIBLE}, default=Verdict.KEEP)
    assert [judge(Agent("a", status_id=number), rules).verdict for number in (1, 2, 3, 11)] == [
        Verdict.ONLINE,
        Verdict.OFFLINE,
        Verdict.INVISIBLE,
        Verdict.KEEP,
    ]


async def test_statuses_are_transferred(world: World) -> None:
    """S2: each status becomes the operator's, the custom ones by the map."""
    for name, status in (("Ann", ONLINE), ("Bob", OFFLINE), ("Cay", WITHOUT_CHATS), ("Dan", TRAINING), ("Eve", LUNCH)):
        _, operator = world.pair(name, status)
        world.chaport.operator_sets(operator, "away")
    await settled(
        world, f'status.map.{TRAINING} = "online"', f'status.map.{LUNCH} = "keep"', "status.offline_grace = 0"
    )
    assert shown(world) == ["online", "offline", "offline", "online", "away"]


@pytest.mark.parametrize("word", ["away", "invisible", "hidden"])
async def test_the_word_for_invisible_is_the_accounts(world: World, word: str) -> None:
    """S1: invisible is sent, and understood, as `chaport.invisible_word`."""
    world.chaport.quirks.words = ("online", word, "offline")
    world.pair("Ann", TRAINING)
    await settled(world, f'status.map.{TRAINING} = "invisible"', f'chaport.invisible_word = "{word}"')
    assert shown(world) == [word]
    assert only(world.events("status.changed"))["to"] == "invisible"
    await polls(world, 4)
    assert sent(world) == []


@pytest.mark.parametrize("real_only", [False, True])
async def test_an_unknown_word_is_shown_and_replaced(world: World, real_only: bool) -> None:  # noqa: FBT001
    """S1: a word that Chaport made up is tolerated, shown as it is, and replaced like any other difference."""
    world.chaport.quirks.last_status_missing = real_only
    agent, jon = world.pair("Jon", LUNCH)
    world.chaport.operator_sets(jon, "lunching")
    await world.start(f'status.map.{LUNCH} = "keep"')
    report = await world.statuses()
    assert [decision.operator.status for decision in report.decisions] == ["lunching"]
    assert shown(world) == ["lunching"]
    world.deskie.set_status(agent, ONLINE)
    await polls(world)
    assert only(world.events("status.changed"))["from"] == "lunching"
    assert shown(world) == ["online"]


async def test_an_unmapped_status_is_told_once(world: World) -> None:
    """S2: a status nobody mapped gets the default and one warning, however many agents and polls have it."""
    agent, _ = world.pair("Ann", TRAINING)
    world.pair("Bob", TRAINING)
    world.pair("Cay", LUNCH)
    world.deskie.add_agent("Dan", "dan@acme.example", 4711)
    await settled(world, 'agents.exclude = ["dan@acme.example"]')
    world.deskie.set_status(agent, ONLINE)
    await polls(world)
    world.deskie.set_status(agent, TRAINING)
    await polls(world, 3)
    assert world.events("status.unmapped") == [
        {"event": "status.unmapped", "log_level": "warning", "treated_as": "offline", **each}
        for each in ({"status": str(TRAINING), "name": "Training"}, {"status": str(LUNCH), "name": "Lunch"})
    ]


async def test_a_disabled_agent_is_offline(world: World) -> None:
    """S2: disabling an agent takes the operator offline, whatever the status says; enabling brings it back."""
    ann, _ = world.pair("Ann")
    await settled(world, "status.offline_grace = 0")
    world.deskie.disable_agent(ann)
    await polls(world)
    assert (ann.status_id, shown(world)) == (ONLINE, ["offline"])
    world.deskie.enable_agent(ann)
    await polls(world)
    assert shown(world) == ["online"]


async def test_the_word_serves_where_there_is_no_id(world: World) -> None:
    """S2: an account that gives only the deprecated word is understood."""
    world.deskie.quirks.omit_status_id = True
    world.pair("Ann", ONLINE)
    _, bob = world.pair("Bob", OFFLINE)
    world.chaport.operator_sets(bob, "online")
    await settled(world, "status.offline_grace = 0")
    assert shown(world) == ["online", "offline"]
    assert world.events("status.unmapped") == []


async def test_the_id_decides_over_the_word(world: World) -> None:
    """S2: Deskie's word calls every custom status offline; the mapped id is what counts."""
    world.pair("Ann", TRAINING)
    await settled(world, f'status.map.{TRAINING} = "online"')
    assert shown(world) == ["online"]
