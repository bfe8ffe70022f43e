"""A daemon that runs and cannot read a service: what is over is not said to be so still (S5, S8)."""

from collections.abc import Callable

import pytest

from chaport_sync.times import iso, moment
from tests.commands.asking import Asking
from tests.statuses.steps import HOLD, LEASE, LUNCH, OFFLINE, polls_for, settled, until_good
from tests.world import World, only

SLOWLY = "status.poll = 60"
ENDS: dict[str, Callable[[World], None]] = {
    "outage": lambda world: world.sandbox.faults.outage("chaport"),
    "revoked token": lambda world: setattr(world.chaport, "token", "another"),
}


@pytest.fixture(params=list(ENDS.values()), ids=list(ENDS))
def chaport_is_gone(request: pytest.FixtureRequest, world: World) -> Callable[[], None]:
    """What keeps the daemon from reading Chaport."""
    return lambda: request.param(world)


async def test_chaport_while_a_lease_is_left(world: World, asking: Asking, chaport_is_gone: Callable[[], None]) -> None:
    """S5: until when Chaport keeps it online is said first; until then it is called online."""
    world.pair("Ann")
    await settled(world, SLOWLY)
    read = moment(world.now(), world.now())
    chaport_is_gone()
    await polls_for(world, 240)
    first, *_ = asking.status_for_people()[1].splitlines()
    assert first.startswith(f"CHAPORT HAS NOT BEEN READ SINCE {read}. 1 operator stays online until its lease ends at ")
    told = only(asking.explain("ann")["operators"])
    assert told["chaport_status"] == "online"
    assert told["lines"][0].startswith(f"When Chaport was read last, at {read}, it showed it online since ")
    assert told["next"].startswith("Chaport ends online at ")
    assert told["next"].endswith(" unless it can be read before; it is tried again by itself")


async def test_chaport_when_all_leases_are_over(
    world: World, asking: Asking, chaport_is_gone: Callable[[], None]
) -> None:
    """S5: then nobody is called online: the chat is off the website, and that is said, to programs too."""
    world.pair("Ann")
    world.pair("Bob")
    world.pair("Cem", OFFLINE)
    await settled(world, SLOWLY)
    ends = {each["operator"]["name"]: each["lease_ends"] for each in asking.status()["operators"]}
    chaport_is_gone()
    await polls_for(world, LEASE + 60)
    _, shown = asking.status_for_people()
    first, *_ = shown.splitlines()
    assert "2 operators went offline when their leases ended, the last at " in first
    assert first.endswith(": the chat is off the website.")
    assert "3 paired: 3 offline." in shown
    found = {each["operator"]["name"]: each for each in asking.status()["operators"]}
    assert {each["chaport_status"] for each in found.values()} == {"offline"}
    assert (found["Ann"]["lease_seconds"], found["Ann"]["lease_ends"]) == (0, ends["Ann"])
    assert found["Ann"]["reason"] == "its lease is over, and Chaport has not been read since"
    assert found["Cem"]["reason"] == "it is as its agents ask"
    told = only(asking.explain("ann")["operators"])
    assert (told["chaport_status"], told["since"]) == ("offline", ends["Ann"])
    assert told["lines"][0].endswith(": it is offline.")
    assert told["next"] == "it becomes online again as soon as Chaport can be read; it is tried again by itself"


async def test_chaport_is_back(world: World, asking: Asking) -> None:
    """S6: with the next good poll all is as it is found."""
    world.pair("Ann")
    await settled(world, SLOWLY)
    world.sandbox.faults.outage("chaport")
    await polls_for(world, LEASE + 60)
    world.sandbox.faults.recover("chaport")
    await until_good(world)
    assert "1 paired: 1 online." in asking.status_for_people()[1]
    told = asking.status()
    assert told["unread"] == {"chaport_read": None, "held_until": None}
    assert only(asking.explain("ann")["operators"])["next"].startswith("it stays online until Ann asks for something")


async def test_chaport_is_gone_over_a_restart(world: World, asking: Asking) -> None:
    """S5: when Chaport was read last is known to a daemon that never could read it."""
    world.pair("Ann")
    await settled(world, SLOWLY)
    read = iso(world.now())
    world.sandbox.faults.outage("chaport")
    await polls_for(world, 120)
    await world.start()
    await polls_for(world, LEASE)
    told = asking.status()
    assert told["unread"]["chaport_read"] == read
    assert only(told["operators"])["chaport_status"] == "offline"


async def test_what_somebody_set_has_no_lease(world: World, asking: Asking) -> None:
    """S5: whom a person set online in Chaport no lease ends."""
    _, jon = world.pair("Ann", LUNCH)
    world.chaport.operator_sets(jon, "online")
    await settled(world, SLOWLY, f'status.map.{LUNCH} = "keep"')
    world.sandbox.faults.outage("chaport")
    await polls_for(world, LEASE + 60)
    assert "1 paired: 1 online." in asking.status_for_people()[1]
    following = only(asking.explain("ann")["operators"])["next"]
    assert following == "nothing is set until Chaport can be read; it is tried again by itself"


async def test_deskie_while_statuses_are_held(world: World, asking: Asking) -> None:
    """S8: until when statuses are held, and what comes then, is said beside the log too."""
    world.pair("Ann")
    await settled(world, SLOWLY)
    until = world.now() + HOLD
    world.sandbox.faults.outage("deskie")
    await polls_for(world, LEASE)
    at = moment(until, world.now())
    first, *_ = asking.status_for_people()[1].splitlines()
    assert first == f"DESKIE CANNOT BE READ: statuses are held until {at}, then each runs out with its lease."
    assert asking.status()["unread"] == {"chaport_read": None, "held_until": iso(until)}
    told = only(asking.explain("ann")["operators"])
    assert told["reason"] == "the agents cannot be read; it is kept as it was decided last"
    assert told["next"] == (
        f"it is kept online until {at}, then it runs out with its lease, unless Deskie can be read before"
    )


async def test_deskie_after_the_hold(world: World, asking: Asking) -> None:
    """S8: what is not held any longer is called online only as long as Chaport shows it so."""
    world.pair("Ann")
    await settled(world, SLOWLY)
    world.sandbox.faults.outage("deskie")
    await polls_for(world, HOLD + 60)
    _, shown = asking.status_for_people()
    assert "statuses were held until " in shown.splitlines()[0]
    assert "1 operator stays online until its lease ends at " in shown.splitlines()[0]
    assert "1 paired: 1 online." in shown
    following = only(asking.explain("ann")["operators"])["next"]
    assert following.startswith("it is not held any longer, and Chaport ends online at ")
    await polls_for(world, LEASE)
    _, shown = asking.status_for_people()
    assert shown.splitlines()[0].endswith(": the chat is off the website.")
    assert "1 paired: 1 offline." in shown
    told = only(asking.explain("ann")["operators"])
    assert told["chaport_status"] == "offline"
    assert told["reason"] == "the agents cannot be read, and it is not held any longer"
    assert told["next"] == "nothing is changed until Deskie can be read; it is tried again by itself"


async def test_a_start_while_deskie_is_gone(world: World, asking: Asking) -> None:
    """S8: a daemon that has never read the agents holds nothing, and does not say so."""
    world.pair("Ann")
    await settled(world, SLOWLY)
    world.sandbox.faults.outage("deskie")
    await polls_for(world, 120)
    await world.start()
    await polls_for(world, 120)
    assert "statuses were held until " in asking.status_for_people()[1].splitlines()[0]


async def test_statuses_were_switched_off(world: World, asking: Asking) -> None:
    """A flow that is off reads nothing, and what it could not read before is no news."""
    world.pair("Ann")
    await settled(world, SLOWLY)
    world.sandbox.faults.outage("chaport")
    await polls_for(world, 120)
    await world.start("status.enabled = false", "transcripts.enabled = true")
    assert "CHAPORT HAS NOT BEEN READ" not in asking.status_for_people()[1]
