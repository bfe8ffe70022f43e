"""Requests whose outcome is not known (P1)."""

from typing import Any

import pytest

from tests.transcripts.stories import begin, body, forms, shown_times
from tests.world import World

#: what may befall a write, and whether it takes effect
FATES: list[tuple[str, dict[str, Any]]] = [
    ("reset_before", {}),
    ("reset_after", {}),
    ("error", {"status": 500}),
    ("html", {"status": 502}),
    ("html", {"status": 200}),
    ("truncated", {}),
    ("hang", {}),
    ("too_many", {}),
    ("late_effect", {"delay": 25.0}),
    ("late_effect", {"delay": 34.0}),
]
IDS = [f"{kind} {''.join(str(value) for value in parts.values())}".strip() for kind, parts in FATES]
each_fate = pytest.mark.parametrize(("kind", "parts"), FATES, ids=IDS)


def posts(world: World, path: str) -> list[Any]:
    """Return the writes of one kind that reached Deskie."""
    return [each for each in world.sandbox.requests_of("deskie", "POST") if each.path.endswith(path)]


@each_fate
@pytest.mark.parametrize("times", [1, 2])
async def test_opening_a_case(world: World, kind: Any, parts: dict[str, Any], times: int) -> None:
    """P1: one case is opened, whatever becomes of the request, also twice in a row."""
    story = await begin(world)
    world.sandbox.faults.add(kind, side="deskie", method="POST", path="cases.json", times=times, **parts)
    story.bot_says("Hello!")
    story.visitor_says("Hi")
    story.bot_says("How can I help?")
    await world.run(300)
    assert body(world.case()) == ["Hi", "Robin (bot): Hello!", "Robin (bot): How can I help?"]
    assert world.events("delivery.parked") == []


@each_fate
@pytest.mark.parametrize("path", ["messages.json", "note.json"])
async def test_a_message_or_a_note(world: World, kind: Any, parts: dict[str, Any], path: str) -> None:
    """P1: each line stands there once and in order, whatever becomes of the request."""
    story = await begin(world)
    story.visitor_says("Hi")
    await world.run(0)
    world.sandbox.faults.add(kind, side="deskie", method="POST", path=path, times=2, **parts)
    story.bot_says("One")
    story.visitor_says("Two")
    story.bot_says("Three")
    await world.run(300)
    assert body(world.case()) == ["Hi", "Robin (bot): One", "Two", "Robin (bot): Three"]
    assert sum("Chaport chat 1" in message.text for message in world.case().messages) == 1
    assert world.case().status == "waiting"


@each_fate
async def test_the_status(world: World, kind: Any, parts: dict[str, Any]) -> None:
    """P1, C5: a status whose answer was missed is set in the end, and is still ours to change."""
    story = await begin(world)
    world.sandbox.faults.add(kind, side="deskie", method="PUT", times=1, **parts)
    story.visitor_says("Hi")
    story.bot_says("Hello")
    await world.run(100)
    assert world.case().status == "waiting"
    story.operator_joins()
    await world.run(100)
    assert world.case().status == "open"


async def test_the_search_is_made_twice_fifteen_seconds_apart(world: World) -> None:
    """P1: after an unclear opening, two searches, the first 15 s after, before a second opening."""
    story = await begin(world, "transcripts.poll = 1")
    world.sandbox.faults.add("hang", side="deskie", method="POST", path="cases.json")
    world.wait(1)
    story.visitor_says("Hi")
    await world.run(60)
    first, second = posts(world, "cases.json")
    searches = [
        each.at.timestamp()
        for each in world.sandbox.requests_of("deskie", "GET", "/api/cases.json")
        if first.at < each.at <= second.at
    ]
    assert len(searches) == 2
    gave_up = first.at.timestamp() + 20
    assert searches[0] >= gave_up + 15 - 0.1
    assert searches[1] >= searches[0] + 15
    assert second.at.timestamp() >= searches[1]


@pytest.mark.parametrize("kind", ["reset_before", "hang"])
async def test_the_read_back_waits_fifteen_seconds(world: World, kind: Any) -> None:
    """P1: after an outcome without an answer the case is read back at the earliest 15 s later."""
    story = await begin(world, "transcripts.poll = 1")
    story.visitor_says("Hi")
    await world.run(0)
    world.sandbox.faults.add(kind, side="deskie", method="POST", path="messages.json")
    story.visitor_says("Hello?")
    await world.run(60)
    failed, repeated = posts(world, "messages.json")
    (read,) = [
        each
        for each in world.sandbox.requests_of("deskie", "GET")
        if each.path.endswith("messages.json") and failed.at < each.at <= repeated.at
    ]
    gave_up = failed.at.timestamp() + (20 if kind == "hang" else 0)
    assert read.at.timestamp() >= gave_up + 15 - 0.1


async def test_an_unclear_opening_is_found_by_the_second_search(world: World) -> None:
    """P1: a new case may show in searches only after a while."""
    world.deskie.quirks.search_lag = 25.0
    story = await begin(world)
    world.sandbox.faults.add("reset_after", side="deskie", method="POST", path="cases.json")
    story.visitor_says("Hi")
    await world.run(300)
    assert body(world.case()) == ["Hi"]


@pytest.mark.parametrize(
    "quirks",
    [
        {"content_only_html": True},
        {"content_only_html": True, "html_paragraphs": True},
        {"crlf": True},
        {"ids_as_strings": True, "lists_as_arrays": True, "omit_total_count": True},
        {"note_route": "notes"},
    ],
    ids=" ".join,
)
async def test_read_back_in_any_form(world: World, quirks: dict[str, Any]) -> None:
    """P1: what stands in the case is recognised also where Deskie gives only `content_html`, or other line ends."""
    story = await begin(world)
    for name, value in quirks.items():
        setattr(world.deskie.quirks, name, value)
    story.visitor_says("Hi")
    await world.run(0)
    for number in range(3):
        world.sandbox.faults.add("reset_after", side="deskie", method="POST")
        story.visitor_says(f"<b>{number}</b> & more\n\n  indented @ann", f"<b>{number}</b> & more")
        await world.run(60)
        world.sandbox.faults.add("reset_after", side="deskie", method="POST")
        story.bot_says(f"a <i>\n{number} &amp; @bob\t\u00a0x\n\n\n\ny")
        await world.run(60)
    assert forms(world.case()) == ["customer", *["customer", "note"] * 3]
    assert len(posts(world, "messages.json")) == 3


CHANGES = {
    "the time zone": ('transcripts.timezone = "Asia/Tokyo"',),
    "the bot's name": ('chaport.bots = {{ "{bot}" = "Robbie" }}',),
    "what agents are told about answers": ("replies.enabled = true",),
    "the time zone, without a memory": ('transcripts.timezone = "Asia/Tokyo"', 'transcripts.start = "2026-11-01"'),
}


@pytest.mark.parametrize("change", CHANGES)
async def test_a_note_is_known_again_whatever_the_configuration_says_by_now(world: World, change: str) -> None:
    """P1: a note without an answer stands there once, also where it would be worded otherwise after the next start."""
    story = await begin(world)
    story.visitor_says("Hi")
    story.bot_says("Hello", "How can I help?")
    world.sandbox.faults.add("reset_after", side="deskie", method="POST", path="note.json")
    await world.transcripts()
    await world.stop()
    story.visitor.name = "Mary Miller"
    if "without" in change:
        for file in world.folder.glob("state.db*"):
            file.unlink()
    await world.start(*(line.format(bot=story.bot.id) for line in CHANGES[change]))
    await world.run(100)
    story.bot_says("Still there?")
    await world.run(100)
    assert forms(world.case()) == ["customer", "note", "note"]
    assert [shown_times(world, text) for text in ("Hello", "How can I help?", "Still there?")] == [1, 1, 1]


async def test_a_429_is_not_unclear(world: World) -> None:
    """P1, P4: a request that was refused for the limit was not executed, and needs no read-back."""
    story = await begin(world)
    story.visitor_says("Hi")
    await world.run(0)
    world.sandbox.forget_requests()
    world.sandbox.faults.add("too_many", side="deskie", method="POST", retry_after=2)
    story.visitor_says("Hello?")
    await world.run(0)
    assert body(world.case()) == ["Hi", "Hello?"]
    assert [each for each in world.sandbox.requests_of("deskie", "GET") if each.path.endswith("messages.json")] == []


async def test_events_are_told(world: World) -> None:
    """An unclear delivery and what became of it are told."""
    story = await begin(world)
    story.visitor_says("Hi")
    await world.run(0)
    world.sandbox.faults.add("reset_after", side="deskie", method="POST")
    story.visitor_says("Hello?")
    await world.run(60)
    told = [entry["event"] for entry in world.events("delivery.unclear", "delivery.confirmed", "delivery.sent")]
    assert told == ["delivery.sent", "delivery.unclear", "delivery.confirmed"]
