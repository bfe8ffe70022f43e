"""A working day of random people, faults and restarts: what must hold whatever happens (P2, S5 to S8)."""

import random

import pytest

from tests.statuses.steps import GRACE, LEASE, OFFLINE, ONLINE, POLL, TRAINING, polls, sent, shown
from tests.world import World

RATES = {"reset_before": 0.05, "reset_after": 0.05, "error_500": 0.05, "html_200": 0.03, "truncated": 0.03}
LATE = {"late_effect": 0.03}


@pytest.mark.parametrize(("seed", "policy"), [(1, "override"), (2, "respect"), (3, "override")])
async def test_random_faults(world: World, seed: int, policy: str) -> None:
    """P2: no fault takes the operator of an available agent offline; afterwards all are as their agents say."""
    chance = random.Random(seed)
    steady, _ = world.pair("Steady")
    agents = [world.pair(f"agent{number}", OFFLINE)[0] for number in range(4)]
    lines = (f'status.map.{TRAINING} = "invisible"', f'status.manual_change = "{policy}"')
    await world.start("transcripts.enabled = false", *lines)
    await world.statuses()
    world.sandbox.faults.random(seed=seed, rates=RATES | LATE, late=(1.0, 60.0))
    for _ in range(2 * LEASE // POLL):
        if chance.random() < 0.3:
            world.deskie.set_status(chance.choice(agents), chance.choice([ONLINE, OFFLINE, TRAINING]))
        if chance.random() < 0.03:
            await world.start()
        await polls(world)
        assert shown(world)[0] == "online"
    world.sandbox.faults.clear()
    await world.sandbox.settle()
    await polls(world, (GRACE + LEASE // 5) // POLL + 4)
    expected = {ONLINE: "online", TRAINING: "away", OFFLINE: "offline"}
    assert shown(world) == [expected[agent.status_id] for agent in (steady, *agents)]
    assert world.events("status.manual", "status.contested") == []
    assert {body["status"] for body in sent(world, world.chaport.operators[0])} == {"online"}
