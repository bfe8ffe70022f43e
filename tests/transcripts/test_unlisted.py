"""Authors who are in no list of operators: bots without configuration, and people who left (T1)."""

import pytest

from chaport_sync.core.wording import toml_line
from chaport_sync.sandbox.chaport.records import Visitor
from tests.transcripts.stories import Story, begin, body
from tests.world import World, only, text_of

LISTS = "/api/v1/operators"


async def unmarked(world: World, *lines: str) -> Story:
    """A bot writes in an operator's form, and neither a mark nor the configuration tells that it is one."""
    world.chaport.quirks.bots = "H2"
    story = await begin(world, *lines)
    del world.lines["chaport.bots"]
    await world.start()
    world.sandbox.forget_requests()
    return story


def lists_read(world: World) -> int:
    """Count the requests for the list of operators."""
    return len(world.sandbox.requests_of("chaport", path_prefix=LISTS))


@pytest.mark.parametrize("reference", ["operatorId", "operator.id", "operator"])
async def test_a_bot_without_configuration(world: World, reference: str) -> None:
    """T1, C1, C2: its talk is pending and opens at the hand-off, and the notes name it by its id."""
    world.chaport.quirks.operator_ref = reference  # type: ignore[assignment]
    story = await unmarked(world)
    story.bot_says("Hello!")
    story.visitor_says("Hi")
    await world.run(0)
    assert world.case().status == "waiting"
    story.visitor_says("Where is my order?")
    story.bot_says("Which number?")
    await world.run(20)
    assert world.case().status == "waiting"
    story.operator_joins()
    story.operator_says("I am Ann")
    await world.run(20)
    assert world.case().status == "open"
    robin = f"{story.bot.id} (bot)"
    assert body(world.case()) == [
        "Hi",
        f"{robin}: Hello!",
        "Where is my order?",
        f"{robin}: Which number?",
        "Ann: I am Ann",
    ]
    assert f"bot {story.bot.id}" in text_of(world.case().messages[1]).split("\n")[0]


async def test_what_is_held_back_until_the_hand_off(world: World) -> None:
    """T2: a bot without configuration talks as any other does; nothing is written before a person comes."""
    story = await unmarked(world, 'transcripts.deliver = "handoff"')
    story.bot_says("Hello!")
    story.visitor_says("Hi")
    story.bot_says("Which number?")
    await world.run(100)
    assert world.deskie.cases == []
    story.operator_joins()
    await world.run(20)
    robin = f"{story.bot.id} (bot)"
    assert body(world.case()) == ["Hi", f"{robin}: Hello!", f"{robin}: Which number?"]


async def test_the_log_tells_once_who_is_taken_for_a_bot(world: World) -> None:
    """T1: with the id and the line that names the bot, which is all that it takes."""
    story = await unmarked(world)
    story.visitor_says("Hi")
    for number in range(5):
        story.bot_says(f"Answer {number}")
        await world.run(20)
    told = only(world.events("event.unknown"))
    assert (told["author"], told["treated_as"], told["log_level"]) == (story.bot.id, "bot", "warning")
    assert told["hint"].endswith(f"under [chaport.bots]: {toml_line(story.bot.id, 'Bot')}")
    await world.start(f"chaport.bots = {{ {toml_line(story.bot.id, 'Bot')} }}")
    story.bot_says("Goodbye")
    await world.run(20)
    assert body(world.case())[-1] == "Bot (bot): Goodbye"
    assert len(world.events("event.unknown")) == 1


async def test_a_bot_is_looked_for_once(world: World) -> None:
    """T1, T7: besides the list of each start it costs one, when its first chat is read, and never another."""
    story = await unmarked(world)
    await world.run(0)
    assert lists_read(world) == 2
    story.visitor_says("Hi")
    for number in range(20):
        story.bot_says(f"Answer {number}")
        await world.run(20)
    assert lists_read(world) == 2
    await world.start()
    story.bot_says("Goodbye")
    await world.run(20)
    assert lists_read(world) == 3
    assert body(world.case())[-1] == f"{story.bot.id} (bot): Goodbye"


async def test_an_operator_hired_meanwhile(world: World) -> None:
    """T1: an author whom nobody knows is a reason to read the operators once more, at once, and only once."""
    story = await unmarked(world)
    story.visitor_says("Hi")
    await world.run(0)
    _, story.operator = world.pair("Bob")
    story.operator_says("I am new here")
    world.sandbox.forget_requests()
    await world.run(20)
    assert body(world.case())[-1] == "Bob: I am new here"
    assert lists_read(world) == 1
    assert world.events("event.unknown") == []


async def test_hired_after_the_list_of_the_same_cycle(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """T1: only a list that was read after the message makes a bot of its author."""
    story = await unmarked(world)
    story.visitor_says("Hi")
    visitors = world.chaport.newest_first

    def hire_meanwhile() -> list[Visitor]:
        monkeypatch.setattr(world.chaport, "newest_first", visitors)
        _, story.operator = world.pair("Bob")
        story.operator_says("I am new here")
        return visitors()

    monkeypatch.setattr(world.chaport, "newest_first", hire_meanwhile)
    await world.run(0)
    assert body(world.case()) == ["Hi", "Bob: I am new here"]


@pytest.mark.parametrize("restarted", [False, True], ids=["running", "restarted"])
@pytest.mark.parametrize("how", ["deactivated", "deleted"])
async def test_a_former_operator_stays_a_person(world: World, how: str, restarted: bool) -> None:  # noqa: FBT001 - a table
    """T1, C3: whoever was ever listed does not become a bot, whatever became of the seat before the words are read."""
    story = await unmarked(world)
    story.visitor_says("Hi")
    await world.run(0)
    story.operator_says("I am leaving today")
    world.chaport.add_operator("Bob", "bob@acme.example")
    leave = world.chaport.deactivate_operator if how == "deactivated" else world.chaport.remove_operator
    leave(story.operator)
    if restarted:
        await world.start()
    await world.run(4000)
    story.operator_says("Goodbye")
    await world.run(20)
    assert body(world.case()) == ["Hi", "Ann: I am leaving today", "Ann: Goodbye"]
    assert world.case().status == "open"
    assert world.events("event.unknown", "case.pending") == []


async def test_deactivated_before_any_list(world: World) -> None:
    """T1: the list has deactivated operators too, so these are people from the beginning."""
    zoe = world.chaport.add_operator("Zoe", "zoe@acme.example")
    world.chaport.deactivate_operator(zoe)
    story = await unmarked(world)
    story.visitor_says("Hi")
    world.chaport.operator_says(story.chat, zoe, "Goodbye")
    await world.run(20)
    assert body(world.case()) == ["Hi", "Zoe: Goodbye"]


async def test_deleted_before_any_list(world: World) -> None:
    """T1: nobody can tell from a bot an operator who was in no list that was read, which the pages say."""
    zoe = world.chaport.add_operator("Zoe", "zoe@acme.example")
    world.chaport.remove_operator(zoe)
    story = await unmarked(world)
    story.visitor_says("Hi")
    world.chaport.operator_says(story.chat, zoe, "Goodbye")
    await world.run(20)
    assert body(world.case()) == ["Hi", f"{zoe.id} (bot): Goodbye"]


async def test_no_list_yet(world: World) -> None:
    """T1, C3: while the list is empty an author is unknown: shown, and neither a bot nor a person."""
    story = await unmarked(world)
    rule = world.sandbox.faults.add(
        "error", side="chaport", path="/operators$", times=None, status=200, body={"result": []}
    )
    await world.start()
    await world.run(1900)
    world.sandbox.forget_requests()
    story.visitor_says("Hi")
    story.bot_says("Hello!")
    await world.run(300)
    assert lists_read(world) == 0
    assert body(world.case()) == ["Hi", f"{story.bot.id} (bot or former operator): Hello!"]
    assert world.case().status == "open"
    assert [each["treated_as"] for each in world.events("event.unknown")] == ["unknown"]
    rule.left = 0
    await world.run(3600)
    story.bot_says("Are you there?")
    await world.run(20)
    assert body(world.case())[-1] == f"{story.bot.id} (bot): Are you there?"
    assert [each["treated_as"] for each in world.events("event.unknown")] == ["unknown", "bot"]


async def test_a_message_that_names_nobody(world: World) -> None:
    """T1: no list tells who that is, so the author is nobody known, and no list is read for it."""
    story = await unmarked(world)
    await world.run(0)
    story.visitor_says("Hi")
    world.chaport.event(story.chat, "operator-message", {"text": "Hello"})
    await world.run(60)
    assert body(world.case()) == ["Hi", "somebody (bot or former operator): Hello"]
    assert lists_read(world) == 2
    told = only(world.events("event.unknown"))
    assert (told["author"], told["treated_as"], "chaport.bots" in told["hint"]) == ("", "unknown", False)


async def test_a_list_that_is_empty_for_a_moment(world: World) -> None:
    """T1, S8: the words wait until there is a list again, and then nobody is unknown."""
    story = await unmarked(world)
    await world.run(0)
    story.visitor_says("Hi")
    _, story.operator = world.pair("Bob")
    story.operator_says("I am new here")
    world.sandbox.faults.add("error", side="chaport", path="/operators$", times=2, status=200, body={"result": []})
    await world.run(400)
    assert body(world.case()) == ["Hi", "Bob: I am new here"]
