"""More to read than Chaport's pace allows: nobody is kept waiting by others (T7)."""

import gc
from collections import Counter
from collections.abc import Callable

import pytest

from chaport_sync.core.model import Visitor
from chaport_sync.core.transcripts.turns import Lateness, Work
from chaport_sync.sandbox.chaport.records import Chat
from chaport_sync.sync.transcripts import visitor_list
from tests.transcripts.stories import shown_times
from tests.world import World, only

SLOW = ("status.enabled = false", "chaport.requests_per_second = 1", 'transcripts.start = "2026-01-01"')


def crowd(world: World, count: int) -> list[Chat]:
    """Let visitors come who write a few words each."""
    chats = []
    for _ in range(count):
        number = len(world.chaport.visitors)
        chats.append(world.chaport.start_chat(world.chaport.add_visitor(f"Visitor {number}")))
        world.chaport.visitor_says(chats[-1], f"Hello {number:04}.")
    return chats


def reads(world: World) -> Counter[str]:
    """Count how often each visitor's chats were asked for."""
    paths = [request.path for request in world.sandbox.requests_of("chaport") if "/chats" in request.path]
    return Counter(path.split("/")[4] for path in paths)


def writing(world: World, chats: list[Chat]) -> Callable[[], None]:
    """Give what lets all of them write."""

    def write() -> None:
        for chat in chats:
            world.chaport.visitor_says(chat, "More.")

    return write


async def test_rows_that_change_do_not_keep_due_chats_waiting(world: World) -> None:
    """T7: visitors who browse change their rows with each poll, faster than they can be read; a chat goes on."""
    world.pair("Ann")
    (talk,) = crowd(world, 1)
    crowd(world, 60)
    await world.start(*SLOW)
    await world.run(600)
    texts = [f"Words {number}." for number in range(6)]
    for text in texts:
        for visitor in world.chaport.visitors[1:]:
            visitor.seen_at = world.time.now()
        world.chaport.visitor_says(talk, text)
        await world.run(20)
    for _ in range(3):
        for visitor in world.chaport.visitors[1:]:
            visitor.seen_at = world.time.now()
        await world.run(20)
    assert [shown_times(world, text) for text in texts] == [1] * 6


async def test_who_is_only_about_is_read_seldom(world: World) -> None:
    """T7: a row that says no more than that its visitor is on the website costs no more than an idle chat."""
    world.pair("Ann")
    chats = crowd(world, 15)
    world.wait(3 * 86400)
    await world.start("status.enabled = false", "transcripts.idle_poll = 300")
    await world.run(200)
    world.sandbox.forget_requests()

    def browse() -> None:
        for chat in chats:
            world.chaport.visitor_of(chat).seen_at = world.time.now()

    await world.run(1200, each=browse)
    newest = world.chaport.visitor_of(chats[-1]).id
    counted = reads(world)
    assert {counted[visitor.id] for visitor in world.chaport.visitors if visitor.id != newest} <= {4, 5, 6}


async def test_no_more_is_remembered_than_is_needed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """T7, P7: rows of visitors who were read long ago are asked for again when they are needed."""
    monkeypatch.setattr(visitor_list, "REMEMBERED", 20)
    world.chaport.quirks.page_size = 2
    world.pair("Ann")
    await world.start("status.enabled = false")
    await world.transcripts()
    gc.collect()
    before = sum(isinstance(each, Visitor) for each in gc.get_objects())
    for _ in range(10):
        world.wait(20)
        crowd(world, 15)
        await world.transcripts()
    gc.collect()
    assert sum(isinstance(each, Visitor) for each in gc.get_objects()) - before <= 20 + 2 * 20
    assert [shown_times(world, f"Hello {number:04}.") for number in range(150)] == [1] * 150


async def test_due_chats_do_not_keep_others_waiting(world: World) -> None:
    """T7: nor do many chats that go on keep somebody waiting whose row changed."""
    world.pair("Ann")
    talks = crowd(world, 60)
    await world.start(*SLOW)
    await world.run(300, each=writing(world, talks))
    crowd(world, 1)
    await world.run(40, each=writing(world, talks))
    assert shown_times(world, "Hello 0060.") == 1


async def test_busy_chats_are_read_equally_often(world: World) -> None:
    """T7: chats that go on at once are read one after the other, each as often as any other."""
    world.pair("Ann")
    await world.start(*SLOW)
    await world.transcripts()
    world.wait(20)
    talks = crowd(world, 60)
    await world.run(300, each=writing(world, talks))
    world.sandbox.forget_requests()
    await world.run(600, each=writing(world, talks))
    counted = reads(world)
    assert len(counted) == 60
    assert max(counted.values()) - min(counted.values()) <= 2


@pytest.mark.parametrize("seconds", [11, 19])
async def test_a_cycle_with_time_for_one_visitor(world: World, seconds: float) -> None:
    """T7: when Chaport is as slow as that, both lines still go on."""
    world.pair("Ann")
    (talk,) = crowd(world, 1)
    others = crowd(world, 10)
    await world.start(*SLOW)
    await world.run(300)
    world.sandbox.faults.add("latency", side="chaport", times=None, seconds=seconds)
    for other in others:
        world.chaport.visitor_of(other).seen_at = world.time.now()
    world.chaport.visitor_says(talk, "Are you there?")
    await world.run(1500)
    assert shown_times(world, "Are you there?") == 1
    assert len(reads(world)) == 11


async def test_the_sweep_comes_though_there_is_never_time_left(world: World) -> None:
    """T7: what no list shows is found later then, but it is found."""
    world.pair("Ann")
    world.chaport.quirks.page_size = 5
    (silent,) = crowd(world, 1)
    world.wait(3 * 86400)
    await world.start(*SLOW, "transcripts.poll = 200")
    await world.run(2000)
    world.sandbox.faults.add("latency", side="chaport", times=None, seconds=10)
    talks = crowd(world, 40)
    await world.run(4000, each=writing(world, talks))
    world.chaport.visitor_says(silent, "I am back.")
    await world.run(5 * 3600, each=writing(world, talks))
    assert shown_times(world, "I am back.") == 1


async def test_who_waits_is_kept_over_a_crash(world: World) -> None:
    """T7: a crash between noticing visitors and reading their chats loses nobody, though no row changes again."""
    world.pair("Ann")
    await world.start(*SLOW)
    await world.transcripts()
    world.wait(20)
    crowd(world, 60)
    await world.transcripts()
    assert len(world.deskie.cases) < 30
    await world.start()
    await world.run(120)
    assert len(world.deskie.cases) == 60


async def test_many_on_one_page(world: World) -> None:
    """T7: however many visitors a page holds, those whose rows do not change are not read again."""
    world.pair("Ann")
    world.chaport.quirks.page_size = 1500
    for number in range(1100):
        world.chaport.add_visitor(f"Visitor {number}")
    await world.start("status.enabled = false", "transcripts.poll = 300")
    await world.run(300)
    world.sandbox.forget_requests()
    await world.transcripts()
    assert len(world.sandbox.requests_of("chaport")) == 2


async def test_who_is_gone_is_not_asked_for_again(world: World) -> None:
    """T7: a visitor who was deleted is not due any more."""
    world.pair("Ann")
    gone, _ = crowd(world, 2)
    await world.start("status.enabled = false")
    await world.run(40)
    visitor = world.chaport.visitor_of(gone)
    world.chaport.delete_visitor(visitor)
    await world.run(40)
    world.sandbox.forget_requests()
    await world.run(1000)
    assert visitor.id not in reads(world)


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
