"""`deliver = "digest"`: the first words at once, then a note every so often while only a bot talks, then live (T2)."""

from chaport_sync.sandbox.deskie.records import Case
from tests.transcripts.stories import Story, begin, body, forms, statuses
from tests.world import World

DIGEST = 'transcripts.deliver = "digest"'


async def asking(world: World, *lines: str, questions: int = 1) -> Story:
    """A visitor asks the bot, which answers: a question each poll."""
    story = await begin(world, DIGEST, "transcripts.gather = 60", *lines)
    story.bot_says("Hello!")
    for number in range(questions):
        story.visitor_says(f"Question {number}")
        story.bot_says(f"Answer {number}")
        await world.run(19)
        world.wait(1)
    return story


def notes(case: Case) -> list[int]:
    """Return how many lines each note of a case shows, without headings and references."""
    return [sum(line.startswith("2026-") for line in message.lines) for message in case.messages if message.note]


async def test_the_first_words_open_the_case(world: World) -> None:
    """T2, C1: in the cycle that reads them, and pending; the bot's lines wait."""
    await asking(world)
    assert body(world.case()) == ["Question 0"]
    assert world.case().status == "waiting"


async def test_a_note_every_so_often(world: World) -> None:
    """T2: nothing for a minute, then all that was said in it; so on while only the bot talks."""
    story = await asking(world, questions=10)
    await world.run(60)
    assert forms(world.case()) == ["customer", "note", "note", "note"]
    assert body(world.case()) == [
        "Question 0",
        "Robin (bot): Hello!",
        "Robin (bot): Answer 0",
        *(line for n in range(1, 10) for line in (f"Mary (visitor): Question {n}", f"Robin (bot): Answer {n}")),
    ]
    assert sum(notes(world.case())) == 2 + 18
    assert story.visitor.chats == [story.chat]


async def test_no_status_has_to_be_set_again(world: World) -> None:
    """T2, C1: a note leaves the case as it is, so it is pending from its first words to the end of the talk."""
    await asking(world, questions=10)
    assert world.case().status == "waiting"
    assert statuses(world).count("waiting") <= 1


async def test_units_of_a_talk(world: World) -> None:
    """T2: a talk of ten questions over three minutes costs a dozen of Deskie's units, not eighty."""
    await asking(world, "status.enabled = false", questions=10)
    await world.run(60)
    requests = world.sandbox.requests_of("deskie")
    assert sum(1 if each.method == "GET" else 2 for each in requests) <= 14


async def test_a_human_joins(world: World) -> None:
    """T2: a hand-off delivers what is gathered at once, and the rest is live, the visitor's words as their own."""
    story = await asking(world, questions=2)
    story.operator_joins()
    await world.run(19)
    assert body(world.case())[-1] == "Robin (bot): Answer 1"
    assert world.case().status == "open"
    story.visitor_says("Hi Ann")
    story.operator_says("Hi Mary")
    await world.run(19)
    assert forms(world.case()) == ["customer", "note", "customer", "note"]
    assert body(world.case())[-2:] == ["Hi Ann", "Ann: Hi Mary"]


async def test_the_visitor_stays_unanswered(world: World) -> None:
    """T2, C2: the words that nobody answers are shown when their time is over, at the latest; then the case is open."""
    story = await asking(world, "transcripts.gather = 600", questions=2)
    story.visitor_says("Is anybody there?")
    await world.run(110)
    assert body(world.case()) == ["Question 0"]
    await world.run(20)
    assert body(world.case())[-1] == "Mary (visitor): Is anybody there?"
    assert world.case().status == "open"
    story.bot_says("Sorry, I was away.")
    await world.run(20)
    assert body(world.case())[-1] == "Robin (bot): Sorry, I was away."


async def test_the_chat_ends(world: World) -> None:
    """T2: the end delivers what is gathered at once."""
    story = await asking(world, "transcripts.gather = 600", questions=2)
    world.chaport.close(story.chat)
    await world.run(20)
    assert body(world.case())[-1] == "Robin (bot): Answer 1"


async def test_without_a_bot_nothing_is_gathered(world: World) -> None:
    """T2: an agent sees the words of a visitor whom no bot answers as they are written."""
    story = await begin(world, DIGEST)
    for number in range(3):
        story.visitor_says(f"Question {number}")
        await world.run(19)
        world.wait(1)
        assert body(world.case())[-1] == f"Question {number}"
    assert forms(world.case()) == ["customer"] * 3


async def test_a_restart_gathers_on(world: World) -> None:
    """T2: what is gathered stays so over a restart, and is neither early, late nor double."""
    story = await asking(world, questions=1)
    await world.start()
    await world.run(19)
    assert body(world.case()) == ["Question 0"]
    await world.run(40)
    assert body(world.case()) == ["Question 0", "Robin (bot): Hello!", "Robin (bot): Answer 0"]
    story.visitor_says("Question 1")
    await world.run(90)
    assert body(world.case())[-1] == "Mary (visitor): Question 1"
