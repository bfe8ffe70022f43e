"""`explain`: the facts, the rule, and what happens next and when."""

import pytest

from chaport_sync.cli.people import UnknownError
from chaport_sync.sandbox.deskie.records import StaffStatus
from chaport_sync.store import StoreError
from chaport_sync.times import iso
from tests.commands.asking import Asking
from tests.core.statuses.operators import AS_ASKED, IN_GRACE, LEFT_ALONE
from tests.statuses.steps import LUNCH, OFFLINE, ONLINE, TRAINING, polls, settled
from tests.world import World, only

ANN = {"name": "Ann", "email": "ann@acme.example"}
MAPPED = (f'status.map.{LUNCH} = "keep"', f'status.map.{TRAINING} = "invisible"', "status.poll = 10")


async def test_in_grace(world: World, asking: Asking) -> None:
    """S4: who left, since when, which rule holds, and the moment at which the operator goes offline."""
    ann, _ = world.pair("Ann")
    await settled(world, *MAPPED)
    world.deskie.set_status(ann, OFFLINE)
    await polls(world)
    seen = iso(world.time.now().timestamp())
    (told,) = asking.explain("ann@acme.example")["operators"]
    assert told["chaport_status"] == "online"
    assert (told["rule"], told["reason"]) == IN_GRACE
    assert told["agents"] == [{"agent": ANN | {"id": str(ann.id)}, "status": "2", "asks": "offline", "since": seen}]
    assert told["next"].startswith("it goes offline at ")
    assert told["next"].endswith(" unless Ann is available again before")
    shown = asking.explain_for_people("ann")
    assert "Ann is in Offline (2 → offline) since " in shown
    assert str(world.folder / "state.db") in shown


@pytest.mark.parametrize(
    ("status", "why", "following"),
    [
        (
            ONLINE,
            AS_ASKED,
            "it stays online until Ann asks for something else; Chaport keeps online until ",
        ),
        (
            TRAINING,
            AS_ASKED,
            "it stays invisible until Ann asks for something else; Chaport keeps invisible until ",
        ),
        (LUNCH, LEFT_ALONE, "it is left as it is until Ann asks for something else"),
        (OFFLINE, AS_ASKED, "it stays offline until Ann is available"),
    ],
)
async def test_at_rest(world: World, asking: Asking, status: int, why: tuple[str, str], following: str) -> None:
    """S2, S6: what holds it there, and until when."""
    world.pair("Ann", status)
    await settled(world, *MAPPED)
    told = only(asking.explain("Ann")["operators"])
    assert (told["rule"], told["reason"]) == why
    assert told["next"].startswith(following)


async def test_changed_by_hand_and_left(world: World, asking: Asking) -> None:
    """S7: with "respect" it stays as somebody set it, and the answer says so."""
    _, jon = world.pair("Ann")
    await settled(world, *MAPPED, 'status.manual_change = "respect"')
    world.chaport.operator_sets(jon, "offline")
    await polls(world)
    told = only(asking.explain("Ann")["operators"])
    assert told["next"] == "it stays as somebody set it in Chaport until the agents' status asks for something else"


async def test_a_status_and_since_when(world: World, asking: Asking) -> None:
    """What is the same stays dated as it was, through polls and restarts."""
    ann, _ = world.pair("Ann")
    await settled(world, *MAPPED)
    world.deskie.set_status(ann, TRAINING)
    await polls(world)
    seen = world.time.now().timestamp()
    await polls(world, 3)
    await world.start()
    await polls(world, 2)
    told = only(only(asking.explain("Ann")["operators"])["agents"])
    assert (told["status"], told["since"] <= iso(seen)) == (str(TRAINING), True)


async def test_statuses_have_names(world: World, asking: Asking) -> None:
    """S2: an account's own status is told by the name that people know, its id and what it means."""
    ann, _ = world.pair("Ann", LUNCH)
    await settled(world, *MAPPED)
    assert "Ann is in Lunch (120273 → keep) since " in asking.explain_for_people("ann")
    world.deskie.set_status(ann, 555001)
    await polls(world)
    assert "Ann is in 555001, which counts as offline, because [status.map] does not name it." in (
        asking.explain_for_people("ann")
    )


async def test_a_status_made_while_the_daemon_runs(world: World, asking: Asking) -> None:
    """S2: it has its name at once, also where names were asked for just now, and lacks its mapping."""
    ann, _ = world.pair("Ann", LUNCH)
    await settled(world, *MAPPED)
    world.deskie.statuses.append(StaffStatus(130001, "Working on cases"))
    world.deskie.set_status(ann, 130001)
    await polls(world)
    assert only(world.events("status.unmapped"))["name"] == "Working on cases"
    words = "Ann is in Working on cases (130001), which counts as offline, because [status.map] does not name it."
    assert words in asking.explain_for_people("ann")


async def test_names_cost_little(world: World, asking: Asking) -> None:
    """A missing name is asked for once an hour, names are read again once a day; meanwhile the number has to do."""
    world.pair("Ann", LUNCH)
    world.sandbox.faults.add("error", side="deskie", path="staff_statuses.json", times=1, status=403)
    await settled(world, *MAPPED)
    assert "Ann is in 120273 (→ keep) since " in asking.explain_for_people("ann")
    await polls(world, 36, every=100)
    assert "Ann is in Lunch (120273 → keep) since " in asking.explain_for_people("ann")
    world.sandbox.forget_requests()
    await polls(world, 40, every=100)
    assert not world.sandbox.requests_of("deskie", "GET", "/api/staff_statuses.json")


async def test_nobody_of_that_name(world: World, asking: Asking) -> None:
    """An unknown WHO gets the nearest names."""
    world.pair("Ann")
    world.pair("Hugo")
    await settled(world)
    with pytest.raises(UnknownError, match=r"nobody is known by 'hugi'; the nearest are hugo"):
        asking.explain("hugi")
    with pytest.raises(UnknownError, match="`chaport-sync agents` lists everybody"):
        asking.explain("zzzzzz")


async def test_before_the_first_poll(world: World, asking: Asking) -> None:
    """An empty state file knows nobody, and none at all is said with its path."""
    await world.start()
    with pytest.raises(UnknownError, match="no good poll has been recorded yet"):
        asking.explain("Ann")
    await world.stop()
    (world.folder / "state.db").unlink()
    with pytest.raises(StoreError, match=r"there is no state file .*state\.db yet; start the daemon"):
        asking.explain("Ann")


async def test_an_agent_without_an_operator(world: World, asking: Asking) -> None:
    """S3: who drives nobody is explained by that."""
    world.deskie.add_agent("Eve", "eve@acme.example", ONLINE)
    world.pair("Ann")
    await settled(world)
    told = asking.explain("eve")
    assert told["operators"] == []
    assert only(told["unpaired"])["agent"]["email"] == "eve@acme.example"
    assert "Eve drives no operator: " in asking.explain_for_people("eve")
