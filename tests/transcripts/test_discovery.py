"""Finding what changed, and what that costs (T7)."""

from collections import Counter
from itertools import pairwise

import pytest

from chaport_sync.sandbox.chaport.records import Chat
from tests.transcripts.stories import begin, body, shown_times
from tests.world import World


def fill(world: World, count: int) -> list[Chat]:
    """Visitors with a chat each, in which only the bot has spoken; the first has the oldest."""
    bot = world.chaport.add_bot("Robin")
    chats = []
    for number in range(count):
        chat = world.chaport.start_chat(world.chaport.add_visitor(f"Visitor {number}"), bot)
        world.chaport.bot_says(chat, "Hello!")
        world.wait(1)
        chats.append(chat)
    return chats


async def settled(world: World, count: int, *lines: str) -> list[Chat]:
    """An account with this many visitors, four a page, long known to the daemon and silent for three days."""
    world.chaport.quirks.page_size = 4
    world.pair("Ann")
    chats = fill(world, count)
    await world.start("status.enabled = false", 'transcripts.start = "2026-11-05"', *lines)
    await world.run(200)
    world.wait(3 * 86400)
    await world.run(200)
    world.sandbox.forget_requests()
    return chats


def asked(world: World) -> list[str]:
    """Return what was asked of Chaport: paths with their page."""
    return [
        each.path.removeprefix("/api/v1/") + (f"?{page}" if (page := each.parameter("page")) else "")
        for each in world.sandbox.requests_of("chaport")
    ]


@pytest.mark.parametrize("count", [1, 12])
async def test_two_requests_when_nothing_happens(world: World, count: int) -> None:
    """T7: when nothing happens and no chat is fresh, a cycle costs two requests, and Deskie none."""
    chats = await settled(world, count)
    newest = world.chaport.visitor_of(chats[-1])
    for _ in range(10):
        world.sandbox.forget_requests()
        await world.transcripts()
        world.wait(20)
        assert asked(world) == ["visitors", f"visitors/{newest.id}/chats"]
    assert world.sandbox.requests_of("deskie") == []


async def test_an_empty_account(world: World) -> None:
    """T7: nobody there costs one request."""
    await settled(world, 0)
    await world.transcripts()
    assert asked(world) == ["visitors"]


async def test_pages_only_as_far_as_something_changed(world: World) -> None:
    """T7: a cycle reads the visitor pages only as far as something is new, moved or different."""
    await settled(world, 20)
    fill(world, 3)
    await world.transcripts()
    assert [path for path in asked(world) if path.startswith("visitors?") or path == "visitors"] == ["visitors"]
    world.sandbox.forget_requests()
    fill(world, 9)
    await world.transcripts()
    pages = [path for path in asked(world) if path.startswith("visitors?") or path == "visitors"]
    assert pages == ["visitors", "visitors?2", "visitors?3"]


@pytest.mark.parametrize("order_by", ["start", "activity"])
@pytest.mark.parametrize("row_shows", [True, False])
@pytest.mark.parametrize("silence", [30, 700])
async def test_any_row_that_shows_a_change(world: World, order_by: str, row_shows: bool, silence: float) -> None:  # noqa: FBT001
    """T7: a chat that is watched is found whether or not its visitor's row moves or differs."""
    world.chaport.quirks.order_by = order_by  # type: ignore[assignment]
    world.chaport.quirks.row_shows_activity = row_shows
    story = await begin(world)
    story.visitor_says("Hi")
    await world.run(0)
    fill(world, 6)
    await world.run(silence)
    story.visitor_says("Are you there?")
    await world.run(340)
    assert shown_times(world, "Are you there?") == 1


@pytest.mark.parametrize(("order_by", "row_shows"), [("activity", False), ("start", True)])
async def test_long_silent_but_the_list_shows_it(world: World, order_by: str, row_shows: bool) -> None:  # noqa: FBT001
    """T7: a row that moved or differs is read at once, however long the chat was silent."""
    world.chaport.quirks.order_by = order_by  # type: ignore[assignment]
    world.chaport.quirks.row_shows_activity = row_shows
    chats = await settled(world, 6)
    world.chaport.visitor_says(chats[3], "I am back")
    await world.transcripts()
    assert shown_times(world, "I am back") == 1


async def test_the_hourly_sweep(world: World) -> None:
    """T7: what no list shows is found by the hourly sweep, ten pages deep."""
    chats = await settled(world, 38, "transcripts.poll = 200")
    world.chaport.visitor_says(chats[3], "I am back")
    world.chaport.visitor_says(chats[-1], "Me too")
    await world.run(3700)
    assert shown_times(world, "I am back") == 1
    assert shown_times(world, "Me too") == 1


async def test_the_sweep_is_ten_pages_deep(world: World) -> None:
    """T7: and once an hour, also over a restart."""
    await settled(world, 46, "transcripts.poll = 300")
    for _ in range(2):
        await world.run(3600)
        await world.start()
        await world.run(3600)
    pages = Counter(path for path in asked(world) if path.startswith("visitors?"))
    assert max(int(path.partition("?")[2]) for path in pages) == 10
    assert pages["visitors?10"] in (3, 4)


async def test_often_then_in_doubling_intervals(world: World) -> None:
    """T7: soon after activity often, then in doubling intervals up to idle_poll."""
    story = await begin(world)
    world.chaport.visitor_says(story.chat, "Hi")
    other = world.chaport.add_visitor("The newest")
    world.chaport.start_chat(other)
    world.sandbox.forget_requests()
    await world.run(2000)
    mine = [each.at.timestamp() for each in world.sandbox.requests_of("chaport") if story.visitor.id in each.path]
    pauses = [later - earlier for earlier, later in pairwise(mine)]
    assert pauses[0] == pytest.approx(20, abs=1)
    assert max(pauses) <= 325
    assert 8 <= len(pauses) <= 16
    assert sum(pause > 290 for pause in pauses) >= 4


@pytest.mark.parametrize(("closed", "days"), [(True, 1), (False, 2)])
async def test_watched_for_a_day_or_two(world: World, closed: bool, days: int) -> None:  # noqa: FBT001 - a table
    """T7: closed chats are read for a day, silent ones for two; after that only the hourly sweep finds them."""
    story = await begin(world, "transcripts.poll = 600")
    world.chaport.visitor_says(story.chat, "Hi")
    if closed:
        world.chaport.close(story.chat)
    world.chaport.start_chat(world.chaport.add_visitor("The newest"))
    await world.run(6000)
    world.wait(days * 86400 - 7200 - 12000)
    await world.run(6000)
    world.sandbox.forget_requests()
    await world.run(3600)
    assert sum(story.visitor.id in path for path in asked(world)) >= 5
    world.wait(7200)
    await world.run(300)
    world.sandbox.forget_requests()
    await world.run(3500)
    assert sum(story.visitor.id in path for path in asked(world)) <= 1


async def test_events_that_were_cut(world: World) -> None:
    """T7 (U18): a chat whose events are cut in the visitor's answer is read by its events as well."""
    world.chaport.quirks.events_truncated = 25
    story = await begin(world)
    for number in range(60):
        story.visitor_says(f"Line {number:02}")
    await world.run(20)
    for number in range(60, 130):
        story.visitor_says(f"Line {number:02}")
    await world.run(20)
    assert body(world.case()) == [f"Line {number:02}" for number in range(130)]


@pytest.mark.parametrize("no_chat", ["404", "null", "empty"])
async def test_a_visitor_without_a_chat(world: World, no_chat: str) -> None:
    """T7 (U10): whatever the answer for no chat is, it is no failure, and the chat that comes is read."""
    world.chaport.quirks.no_chat = no_chat  # type: ignore[assignment]
    story = await begin(world)
    visitor = world.chaport.add_visitor("No chat yet")
    await world.run(60)
    assert world.events("poll.failed") == []
    world.chaport.visitor_says(world.chaport.start_chat(visitor, story.bot), "Now I write")
    await world.run(20)
    assert body(world.case()) == ["Now I write"]


async def test_a_visitor_who_was_deleted(world: World) -> None:
    """T7: a visitor may vanish between the list and the read; the others go on and nothing fails."""
    story = await begin(world)
    story.visitor_says("Hi")
    await world.run(20)
    world.chaport.delete_visitor(story.visitor)
    chat = world.chaport.start_chat(world.chaport.add_visitor("Nina"), story.bot)
    world.chaport.visitor_says(chat, "I am Nina")
    await world.run(60)
    world.wait(3600)
    await world.run(60)
    assert sorted(row for case in world.deskie.cases for row in body(case)) == ["Hi", "I am Nina"]
    assert world.events("poll.failed") == []


@pytest.mark.parametrize(
    ("links", "fault"),
    [
        ("absolute", None),
        ("relative", None),
        ("absent", None),
        ("null", None),
        ("relative", "duplicate_page"),
        ("relative", "shifted_page"),
    ],
)
async def test_every_way_of_paging(world: World, links: str, fault: str | None) -> None:
    """T7 (U8): whatever the links are like, and while rows move between pages, everything new is read."""
    await settled(world, 6)
    world.chaport.quirks.links_next = links  # type: ignore[assignment]
    if fault:
        world.sandbox.faults.add(fault, side="chaport", path="visitors$", times=2)  # type: ignore[arg-type]
    new = {world.chaport.visitor_of(chat).id for chat in fill(world, 10)}
    await world.run(60)
    if fault == "shifted_page":
        world.wait(3600)
        await world.run(60)
    assert new <= {path.split("/")[1] for path in asked(world) if path.endswith("/chats")}


async def test_ids_are_kept_as_strings(world: World) -> None:
    """T7: a chat id is the same whether it comes as a number or as a string."""
    story = await begin(world)
    story.visitor_says("Hi")
    await world.run(0)
    world.chaport.quirks.chat_ids_as_strings = True
    story.visitor_says("Hello")
    await world.run(20)
    assert body(world.case()) == ["Hi", "Hello"]


async def test_a_restart_reads_no_more_than_before(world: World) -> None:
    """T7: what was known stays known: a start costs the two requests and the operators."""
    await settled(world, 12)
    await world.start()
    await world.transcripts()
    assert len(asked(world)) == 3
