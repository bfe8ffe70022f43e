"""How late reading is, and what is no lateness (T7)."""

from chaport_sync.core.transcripts.turns import Lateness, Work
from tests.transcripts.crowds import SLOW, crowd, writing
from tests.transcripts.stories import shown_times
from tests.world import World, only


async def test_how_late_reading_is(world: World) -> None:
    """T7: it is said once when reading is later than a visitor may wait for an answer, and when that is over."""
    world.pair("Ann")
    talks = crowd(world, 5)
    await world.start(*SLOW, "pending.unanswered = 40", "transcripts.idle_poll = 20")
    late = []
    for _ in range(20):
        late.append((await world.transcripts()).late[Work.READING])
        world.wait(1)
        if len(late) == 2:
            assert late[-1].seconds == 0
            talks += crowd(world, 90)
    told = only(world.events("transcripts.behind"))
    assert told["log_level"] == "warning"
    assert told["seconds"] > 40
    assert 30 <= told["visitors"] <= 95
    assert max(each.seconds for each in late) < 200
    assert told["what"] == "reading"
    assert world.app.store.marks.get(Lateness, Work.READING) == late[-1]
    assert world.events("transcripts.caught_up") == []
    for talk in talks:
        world.chaport.delete_visitor(world.chaport.visitor_of(talk))
    for _ in range(10):
        await world.transcripts()
    assert only(world.events("transcripts.caught_up"))["log_level"] == "info"
    assert world.app.store.marks.get(Lateness, Work.READING).visitors == 0


async def test_a_failing_chaport_is_no_slow_one(world: World) -> None:
    """T7, P4: while Chaport cannot be read that is said already; reading is late all the same."""
    world.pair("Ann")
    crowd(world, 5)
    await world.start("status.enabled = false", 'transcripts.start = "2026-01-01"')
    await world.run(40)
    world.sandbox.faults.outage("chaport")
    await world.run(400)
    assert world.events("transcripts.behind") == []
    assert world.app.store.marks.get(Lateness, Work.READING).seconds > 200
    world.sandbox.faults.recover("chaport")
    await world.run(320)
    assert world.events("transcripts.behind") == []
    assert world.app.store.marks.get(Lateness, Work.READING).seconds == 0


async def test_a_cycle_ends_within_its_poll(world: World) -> None:
    """T7: reading leaves delivering its time: the turn of the next cycle is not missed."""
    world.pair("Ann")
    talks = crowd(world, 60)
    await world.start(*SLOW, "chaport.requests_per_second = 2")
    world.sandbox.faults.add("latency", side="deskie", times=None, seconds=0.5)
    took = []
    for _ in range(12):
        writing(world, talks)()
        began = world.time.elapsed
        await world.transcripts()
        took.append(world.time.elapsed - began)
        world.wait(max(0.0, 20 - took[-1]))
    assert max(took[5:]) <= 20
    assert min(took[5:]) >= 15


async def test_first_come_first_served(world: World) -> None:
    """T7: who comes later does not pass those who were noticed before and wait to be read."""
    world.pair("Ann")
    await world.start(*SLOW)
    await world.transcripts()
    for _ in range(5):
        world.wait(2)
        crowd(world, 30)
        await world.transcripts()
    shown = [bool(shown_times(world, f"Hello {number:04}.")) for number in range(150)]
    assert all(shown[:30])
    assert 10 <= sum(shown[30:60]) < 30
    # The newest visitor is due in every cycle.
    assert sum(shown[60:]) <= 5
