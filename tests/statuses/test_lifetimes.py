"""The two ways to tell a lifetime (S5, U1 of the Chaport reference)."""

import pytest

from tests.statuses.steps import LEASE, OFFLINE, polls, polls_for, sent, shown
from tests.world import World, only


@pytest.mark.parametrize("field", ["ttl", "ttlSeconds"])
async def test_in_seconds(world: World, field: str) -> None:
    """S5: `chaport.lifetime_field` comes first; what works is used from then on."""
    world.chaport.quirks.lifetime_fields = {field}
    world.pair("Ann")
    world.pair("Bob")
    await world.start(f'chaport.lifetime_field = "{field}"')
    await world.statuses()
    assert shown(world) == ["online", "online"]
    assert sent(world) == [{"status": "online", field: LEASE}] * 2


@pytest.mark.parametrize("field", ["validUntil", "valid_until"])
async def test_as_a_time(world: World, field: str) -> None:
    """S5: the end of the lease may be sent instead of its length."""
    world.chaport.quirks.lifetime_fields = {field}
    _, jon = world.pair("Ann")
    await world.start(f'chaport.lifetime_field = "{field}"')
    began = world.now()
    await world.statuses()
    assert len(sent(world)) == 1
    assert jon.lease_until is not None
    assert jon.lease_until.timestamp() == pytest.approx(began + LEASE, abs=1)


@pytest.mark.parametrize(
    ("configured", "works"), [("ttl", "validUntil"), ("validUntil", "ttl"), ("ttlSeconds", "validUntil")]
)
async def test_the_other_is_tried_once_and_remembered(world: World, configured: str, works: str) -> None:
    """S5: a rejection of the configured name leads to the other one, once for all operators."""
    world.chaport.quirks.lifetime_fields = {works}
    for name in ("Ann", "Bob", "Cay"):
        world.pair(name)
    await world.start(f'chaport.lifetime_field = "{configured}"')
    await world.statuses()
    assert shown(world) == ["online"] * 3
    assert [set(body) - {"status"} for body in sent(world)] == [{configured}, {works}, {works}, {works}]
    assert world.events("poll.failed") == []


async def test_when_neither_is_accepted(world: World) -> None:
    """S5: both answers are reported, once; and the daemon does not try again and again."""
    world.chaport.quirks.lifetime_fields = {"expires"}
    world.pair("Ann")
    await world.start("status.poll = 60")
    report = await world.statuses()
    failed = only(world.events("poll.failed"))
    assert failed["operator"] == "ann@acme.example"
    assert "unknown field: ttl (with ttl); 400 unknown field: validUntil (with validUntil)" in failed["error"]
    assert [failed["error"]] == list(report.errors)
    await polls_for(world, 3600)
    assert len(world.events("poll.failed")) == 1
    assert len(sent(world)) < 90


async def test_what_worked_once_is_not_doubted(world: World) -> None:
    """S5: a later rejection is about something else, and the other name is not tried."""
    ann, _ = world.pair("Ann")
    await world.start("status.offline_grace = 0")
    await world.statuses()
    await polls(world)
    world.chaport.quirks.max_lifetime = 3600
    world.deskie.set_status(ann, OFFLINE)
    await polls(world)
    assert [set(body) - {"status"} for body in sent(world)] == [{"ttl"}, {"ttl"}]


async def test_a_day_may_be_too_long(world: World) -> None:
    """S5, P2: where Chaport takes no lifetime of a day, the lease that is not renewed takes the operator offline."""
    ann, _ = world.pair("Ann")
    world.chaport.quirks.max_lifetime = 3600
    await world.start("status.offline_grace = 0")
    await world.statuses()
    world.deskie.set_status(ann, OFFLINE)
    await polls(world, LEASE // 15)
    assert shown(world) == ["offline"]
