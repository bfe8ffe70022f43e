"""More to read than Chaport's pace allows: nobody is kept waiting by others (T7)."""

import gc
from collections import Counter

import pytest

from chaport_sync.core.model import Visitor
from chaport_sync.sync.transcripts import visitor_list
from tests.transcripts.crowds import SLOW, crowd, writing
from tests.transcripts.stories import shown_times
from tests.world import World


def reads(world: World) -> Counter[str]:
    """Count how often each visitor's chats were asked for."""
    paths = [request.path for request in world.sandbox.requests_of("chaport") if "/chats" in request.path]
    return Counter(path.split("/")[4] for path in paths)


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
    monkeypatch.setattr(visitor_list, "REMEMBERED", 10)
    world.chaport.quirks.page_size = 2
    world.pair("Ann")
    await world.start("status.enabled = false")
    await world.transcripts()
    gc.collect()
    before = sum(isinstance(each, Visitor) for each in gc.get_objects())
    for _ in range(5):
        world.wait(20)
        crowd(world, 15)
        await world.transcripts()
    gc.collect()
    assert sum(isinstance(each, Visitor) for each in gc.get_objects()) - before <= 10 + 2 * 20
    assert [shown_times(world, f"Hello {number:04}.") for number in range(75)] == [1] * 75


async def test_due_chats_do_not_keep_others_waiting(world: World) -> None:
    """T7: nor do many chats that go on keep somebody waiting whose row changed."""
    world.pair("Ann")
    talks = crowd(world, 30)
    await world.start(*SLOW)
    await world.run(150, each=writing(world, talks))
    crowd(world, 1)
    await world.run(40, each=writing(world, talks))
    assert shown_times(world, "Hello 0030.") == 1


async def test_busy_chats_are_read_equally_often(world: World) -> None:
    """T7: chats that go on at once are read one after the other, each as often as any other."""
    world.pair("Ann")
    await world.start(*SLOW)
    await world.transcripts()
    world.wait(20)
    talks = crowd(world, 30)
    await world.run(150, each=writing(world, talks))
    world.sandbox.forget_requests()
    await world.run(300, each=writing(world, talks))
    counted = reads(world)
    assert len(counted) == 30
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
    world.sandbox.faults.add("latency", side="chaport", times=None, seconds=19)
    talks = crowd(world, 20)
    await world.run(4000, each=writing(world, talks))
    world.chaport.visitor_says(silent, "I am back.")
    for _ in range(5):
        if not shown_times(world, "I am back."):
            await world.run(3600, each=writing(world, talks))
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
