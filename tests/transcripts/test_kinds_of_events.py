"""Bots as Chaport may tell of them, and events of other kinds, from end to end (T1)."""

from typing import Any

import pytest

from tests.transcripts.stories import begin, body
from tests.world import World, only


@pytest.mark.parametrize(
    ("bots", "name"),
    [
        pytest.param("H1", "Robin (bot)", id="H1: an own type"),
        pytest.param("H2", "Robin (bot)", id="H2: configured"),
        pytest.param("H2flag", "Robin (bot)", id="H2: flagged"),
        pytest.param("H3", "Bot", id="H3: a trigger"),
    ],
)
@pytest.mark.parametrize("reference", ["operatorId", "operator.id", "operator"])
async def test_each_hypothesis(world: World, bots: Any, name: str, reference: Any) -> None:
    """T1: bots, visitors and operators are told apart under each hypothesis, wherever an author is named."""
    world.chaport.quirks.bots = bots
    world.chaport.quirks.operator_ref = reference
    story = await begin(world)
    story.bot_says("Hello!")
    story.visitor_says("Hi")
    await world.run(0)
    assert world.case().status == "waiting"
    story.operator_says("I am Ann")
    await world.run(20)
    assert body(world.case()) == ["Hi", f"{name}: Hello!", "Ann: I am Ann"]
    assert world.case().status == "open"
    assert world.events("event.unknown") == []


async def test_unlisted_authors_may_stay_unknown(world: World) -> None:
    """T1, C3: who may be a bot is shown as that, is reported once, and does not make a case pending."""
    world.chaport.quirks.bots = "H2"
    story = await begin(world)
    await world.start("chaport.bots = {}", 'chaport.unlisted_authors = "unknown"')
    story.bot_says("Hello!")
    story.visitor_says("Hi")
    await world.run(20)
    story.bot_says("One moment.")
    await world.run(400)
    shown = f"{story.bot.id} (bot or former operator)"
    assert body(world.case()) == ["Hi", f"{shown}: Hello!", f"{shown}: One moment."]
    assert world.case().status == "open"
    assert world.events("case.pending") == []
    told = only(world.events("event.unknown"))
    assert (told["author"], told["treated_as"]) == (story.bot.id, "unknown")


async def test_flagged_bot_without_configuration(world: World) -> None:
    """T1: a flag is enough."""
    world.chaport.quirks.bots = "H2flag"
    story = await begin(world)
    await world.start("chaport.bots = {}")
    story.visitor_says("Hi")
    story.bot_says("Hello!")
    await world.run(0)
    assert body(world.case()) == ["Hi", "Bot: Hello!"]
    assert world.case().status == "waiting"


async def test_event_kinds_overrule(world: World) -> None:
    """T1: `chaport.event_kinds` makes messages of unknown types, and ignores known ones."""
    kinds = '{ form-sent = "visitor", trigger-message = "ignore", quick-reply = "bot" }'
    story = await begin(world, f"chaport.event_kinds = {kinds}")
    world.chaport.event(story.chat, "trigger-message", {"text": "Look at our offers"})
    world.chaport.event(story.chat, "form-sent", {"text": "My form"})
    world.chaport.event(story.chat, "quick-reply", {"text": "Yes or no?"})
    await world.run(0)
    assert body(world.case()) == ["My form", "Bot: Yes or no?"]
    assert world.case().status == "waiting"
    assert world.events("event.unknown") == []


async def test_files_are_one_line(world: World) -> None:
    """T1: a file or an image, whatever carries a name or an address, is one line."""
    story = await begin(world)
    story.visitor_says("See")
    attached = {"file": {"name": "a.pdf", "url": "https://files.example/a.pdf"}}
    world.chaport.event(story.chat, "visitor-message", attached)
    world.chaport.event(story.chat, "image-upload", {"url": "https://files.example/b.png"})
    world.chaport.event(story.chat, "upload", {"name": "c\r\nd.txt"})
    await world.run(0)
    assert body(world.case()) == [
        "See",
        "[file: a.pdf, https://files.example/a.pdf]",
        "Chaport: [file: https://files.example/b.png]",
        "Chaport: [file: c d.txt]",
    ]


async def test_unknown_types_are_told_once_and_are_never_fatal(world: World) -> None:
    """T1: a message-like event of unknown kind is named and not shown; unknown types are counted and logged once."""
    story = await begin(world)
    story.visitor_says("Hi")
    for _ in range(3):
        world.chaport.event(story.chat, "poll-answer", {"text": "secret"})
        world.chaport.event(story.chat, "moon-phase", {"value": 3})
    world.chaport.event(story.chat, "page-opened", {"text": "Prices", "url": "https://acme.example/prices"})
    world.chaport.event(story.chat, "strange", {"text": ["no text"], "operator": 5, "file": "x"})
    await world.run(60)
    assert body(world.case()) == ["Hi", *["Chaport: [not shown: poll-answer]"] * 3]
    told = {entry["type"]: entry["count"] for entry in world.events("event.unknown")}
    assert told == {"poll-answer": 3, "moon-phase": 3, "strange": 1}
    assert len(world.events("event.unknown")) == 3


@pytest.mark.parametrize("time_key", ["timestamp", "createdAt", "date", "time"])
@pytest.mark.parametrize("unix", [False, True])
async def test_wire_shapes(world: World, time_key: Any, unix: bool) -> None:  # noqa: FBT001 - a table
    """T1, T7: whatever the time is called, with or without event ids, ids as strings: the same transcript."""
    quirks = world.chaport.quirks
    quirks.time_key, quirks.unix_times, quirks.event_ids_missing, quirks.chat_ids_as_strings = (
        time_key,
        unix,
        True,
        unix,
    )
    story = await begin(world)
    story.bot_says("Hello!")
    story.visitor_says("Hi")
    await world.run(5)
    story.visitor_says("Hi")
    await world.run(60)
    assert body(world.case()) == ["Hi", "Robin (bot): Hello!", "Hi"]
