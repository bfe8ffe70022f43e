"""What the status flow tells: few names, whole fields (P6)."""

import pytest

from tests.statuses.steps import GRACE, OFFLINE, ONLINE, POLL, TRAINING, polls, settled
from tests.world import World, only


async def test_a_change_is_told_with_everything(world: World) -> None:
    """Design 8: who, driven by whom, from what to what, and why, by the rule's number."""
    ann = world.deskie.add_agent("Ann", "ann@acme.example", OFFLINE)
    world.deskie.add_agent("Bob", "bob@acme.example", OFFLINE)
    world.chaport.add_operator("Seat", "seat@acme.example")
    pairs = ", ".join(f'{{ agent = "{name}@acme.example", operator = "seat@acme.example" }}' for name in ("ann", "bob"))
    await settled(world, f"agents.pairs = [{pairs}]")
    world.deskie.set_status(ann, ONLINE)
    await polls(world)
    world.deskie.set_status(ann, OFFLINE)
    await polls(world)
    began = world.now()
    await polls(world, GRACE // POLL + 1)
    both = {"operator": "seat@acme.example", "agents": ["ann@acme.example", "bob@acme.example"], "log_level": "info"}
    change = both | {"event": "status.changed"}
    online, offline = world.events("status.changed")
    assert online == change | {"from": "offline", "to": "online", "reason": "its agents count as online"}
    assert offline == change | {"from": "online", "to": "offline", "reason": "its agents left, and the grace is over"}
    started = only(world.events("status.grace_started"))
    assert started == both | {"event": "status.grace_started", "until": pytest.approx(began + GRACE, abs=1)}


async def test_the_end_of_a_wait_is_told(world: World) -> None:
    """Design 8: that the agent came back in time is told."""
    ann, _ = world.pair("Ann")
    await settled(world)
    world.deskie.set_status(ann, OFFLINE)
    await polls(world)
    world.deskie.set_status(ann, ONLINE)
    await polls(world)
    assert only(world.events("status.grace_cancelled")) == {
        "event": "status.grace_cancelled",
        "log_level": "info",
        "operator": "ann@acme.example",
        "agents": ["ann@acme.example"],
    }


async def test_whoever_has_no_address_is_told_by_id(world: World) -> None:
    """Design 8: an id serves where there is no address."""
    agent = world.deskie.add_agent("Ann", "", ONLINE)
    jon = world.chaport.add_operator("Ann", "")
    await settled(world, f'agents.pairs = [{{ agent = {agent.id}, operator = "{jon.id}" }}]')
    told = only(world.events("status.changed"))
    assert (told["operator"], told["agents"]) == (jon.id, [str(agent.id)])


async def test_agents_without_an_operator_are_told_once(world: World) -> None:
    """Design 8: each with the reason, at the first good poll; pairs that name nobody as well."""
    world.deskie.add_agent("Ann", "ann@acme.example")
    world.deskie.add_agent("Bob", "bob@acme.example")
    pairs = '[{ agent = "bob@acme.example", operator = "gone" }, { agent = 4711, operator = "gone" }]'
    world.chaport.add_operator("Eve", "eve@acme.example")
    await settled(world, f"agents.pairs = {pairs}")
    await polls(world, 4)
    warning = {"event": "agent.unpaired", "log_level": "warning"}
    names = "a configured pair names what is not there: "
    assert world.events("agent.unpaired") == [
        warning | {"agent": "ann@acme.example", "reason": "no operator has its e-mail address"},
        warning | {"agent": "bob@acme.example", "reason": "its pair names no operator that is there"},
        warning | {"reason": names + "no operator gone"},
        warning | {"reason": names + "no agent 4711"},
    ]


async def test_a_cycle_is_summed_up(world: World) -> None:
    """Design 8: one line a cycle, at level info only when something was written or failed."""
    world.pair("Ann")
    world.pair("Bob", OFFLINE)
    await settled(world)
    first, second = world.events("status.cycle")
    summary = {"event": "status.cycle", "agents": 3, "operators": 2, "failed": 0}
    assert first == summary | {"log_level": "info", "written": 1}
    assert second == summary | {"log_level": "debug", "written": 0}


async def test_addresses_and_names_are_told_only_where_they_must(world: World) -> None:
    """P6: events name the operator and the agents concerned, by address, and nobody else; names of people never."""
    ann, jon = world.pair("Ann")
    world.pair("Bob", OFFLINE)
    world.pair("Cay", TRAINING)
    world.deskie.add_agent("Dan", "dan@acme.example")
    world.deskie.rename_agent(ann, name="Ann Secretname")
    jon.name = "Ann Secretname"
    await settled(world, 'agents.exclude = ["cay@acme.example"]')
    world.chaport.operator_sets(jon, "offline")
    await polls(world)
    world.deskie.set_status(ann, OFFLINE)
    await polls(world, GRACE // POLL + 1)
    world.sandbox.faults.outage("deskie")
    await polls(world)
    assert "Secretname" not in str(world.log)
    assert "cay@" not in str(world.log)
    assert "bob@" not in str(world.log)
    told = {entry["event"] for entry in world.log if "ann@" in str(entry)}
    assert told == {"status.changed", "status.manual", "status.grace_started"}
    assert {entry["event"] for entry in world.log if "dan@" in str(entry)} == {"agent.unpaired"}
    for secret in (world.deskie.api_key, world.chaport.token):
        assert secret not in str(world.log)
