"""What fails is asked less and less often, by a clock that never steps (P3, P4)."""

import random

from chaport_sync.sync.backoff import Backoff
from tests.world import World


async def test_a_pause_is_doubled_up_to_a_bound(world: World) -> None:
    """P4: a poll after the first failure, then twice as long each time, and never longer than the bound."""
    await world.start()
    backoff = Backoff[str](world.clock, first=15, most=100)
    assert [backoff.failed("Ann") for _ in range(5)] == [15, 30, 60, 100, 100]
    assert backoff.failures("Ann") == 5


async def test_each_one_alone(world: World) -> None:
    """P3: who fails says nothing about the others, and who got on begins anew."""
    await world.start()
    backoff = Backoff[str](world.clock, first=15, most=100)
    backoff.failed("Ann")
    assert (backoff.left("Ann"), backoff.left("Bob")) == (15, 0)
    assert (backoff.succeeded("Ann"), backoff.succeeded("Bob")) == (1, 0)
    assert (backoff.left("Ann"), backoff.failures("Ann")) == (0, 0)


async def test_a_wrong_clock_makes_no_pause_longer(world: World) -> None:
    """P10: a pause ends after its time, whatever the machine's clock says then."""
    await world.start()
    backoff = Backoff[str](world.clock, first=600, most=600)
    backoff.failed("Ann")
    world.clock.error = -3600
    assert backoff.until("Ann", world.clock.now()) == world.clock.now() + 600
    world.wait(600)
    assert backoff.until("Ann", world.clock.now()) is None


async def test_what_is_asked_for_counts(world: World) -> None:
    """P4: a pause that the service asks for is kept as it is; the next failure goes on from there."""
    await world.start()
    backoff = Backoff[str](world.clock, first=15, most=100, chance=random.Random(1))
    assert backoff.failed("Ann", 40) == 40
    assert 15 <= backoff.failed("Ann") <= 30
