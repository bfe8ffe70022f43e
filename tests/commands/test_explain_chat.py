"""`explain` of a case or a chat, and what `status` says of answers (R1)."""

import pytest

from chaport_sync.cli.people import UnknownError
from tests.commands.asking import Asking
from tests.replies.answering import answering
from tests.transcripts.stories import begin
from tests.world import World, only


@pytest.mark.parametrize("who", ["{case}", "case {case}", "{chat}", "Chat {chat}"])
async def test_a_case_or_a_chat(world: World, asking: Asking, who: str) -> None:
    """T4, C5: where it is shown, who takes part, whose business the status is, and when what follows."""
    story = await begin(world)
    story.bot_says("How can I help?")
    story.visitor_says("Where is my order?")
    await world.run(60)
    case = world.deskie.cases[0]
    told = only(asking.explain(who.format(case=case.id, chat=story.chat.id))["chats"])
    assert (told["case"], told["shown"], told["not_shown"]) == (str(case.id), 2, 0)
    assert told["lines"][:4] == [
        f"It is shown in case {case.id}, of our own channel.",
        "A bot answers, and no person has taken part.",
        "2 lines are shown.",
        "The status of the case is ours, waiting.",
    ]
    assert told["lines"][-1].startswith("Next: nothing before ")
    assert (told["rule"], told["reason"]) == ("T2", "nothing to deliver")
    shown = asking.explain_for_people(str(case.id))
    assert f"Chat {story.chat.id} of Mary <mary@mail.example> (visitor {story.visitor.id})" in shown
    assert "Where is my order?" not in shown


async def test_a_visitor_who_waits(world: World, asking: Asking) -> None:
    """C2: the case is open for somebody to answer; that it is looked at now and then is told with its time."""
    story = await begin(world)
    story.bot_says("How can I help?")
    story.visitor_says("Where is my order?")
    await world.run(200)
    last = only(asking.explain(f"chat {story.chat.id}")["chats"])["lines"][-1]
    assert last.startswith("Next: nothing before ")
    assert last.endswith(" (the visitor waits in an open case).")


async def test_a_person_took_the_case_over(world: World, asking: Asking) -> None:
    """C5: that the daemon leaves its status alone, and why."""
    story = await begin(world)
    story.visitor_says("Where is my order?")
    await world.run(60)
    case = world.deskie.cases[0]
    world.deskie.assign(case, world.deskie.staff[0])
    story.visitor_says("Hello?")
    story.bot_says("One moment.")
    await world.run(60)
    lines = only(asking.explain(f"case {case.id}")["chats"])["lines"]
    assert "The status of the case is left alone: an agent is assigned." in lines


async def test_a_rule_assigned_the_case(world: World, asking: Asking) -> None:
    """C5: while the case is pending by our doing its status is ours; once it is open it is the agent's."""
    story = await begin(world)
    story.bot_says("How can I help?")
    story.visitor_says("Where is my order?")
    await world.run(20)
    case = world.deskie.cases[0]
    world.deskie.assign(case, world.deskie.staff[1])
    told = []
    for seconds in (60, 200, 900):
        await world.run(seconds)
        lines = only(asking.explain(f"case {case.id}")["chats"])["lines"]
        told += [line for line in lines if line.startswith("The status of the case")]
    assert told == [
        "The status of the case is ours, waiting.",
        "The status of the case is ours, open.",
        "The status of the case is left alone: an agent is assigned.",
    ]


async def test_a_chat_without_a_case(world: World, asking: Asking) -> None:
    """T3: what it waits for."""
    story = await begin(world)
    story.bot_says("How can I help?")
    await world.run(60)
    lines = only(asking.explain(f"chat {story.chat.id}")["chats"])["lines"]
    assert lines[0] == "It has no case."
    assert lines[-1] == "Next: nothing by itself (the visitor has not written)."


async def test_what_cannot_be_shown(world: World, asking: Asking) -> None:
    """P3: what is parked, and in which words Deskie refused it."""
    world.deskie.quirks.reject_text = "order"
    story = await begin(world)
    story.visitor_says("Hello")
    await world.run(60)
    story.visitor_says("Where is my order?")
    await world.run(1200)
    lines = only(asking.explain(f"chat {story.chat.id}")["chats"])["lines"]
    assert lines[2].startswith("1 line is shown, 1 is parked (")


async def test_answers(world: World, asking: Asking) -> None:
    """R1: how many were sent, and why one was not; `status` counts them."""
    scene = await answering(world)
    scene.answer("It left this morning.")
    scene.answer("I'll ask.", world.deskie.add_agent("Carl", "carl@acme.example"))
    await scene.polls(4)
    lines = only(asking.explain(f"case {scene.case.id}")["chats"])["lines"]
    assert "From Deskie 1 answer was sent, 1 was not (no Chaport operator is paired with you)." in lines
    told = asking.status()
    assert told["replies"] == {"new": 0, "sending": 0, "done": 1, "parked": 1}
    assert [flow["flow"] for flow in told["flows"]] == ["transcripts", "replies"]
    assert "Answers: 0 wait to be sent, 1 could not be sent." in asking.status_for_people()[1]


async def test_neither_a_case_nor_a_chat(world: World, asking: Asking) -> None:
    """What is unknown is said, also for a number."""
    await begin(world)
    with pytest.raises(UnknownError, match=r"no case 9 is known; .* silent for 30 days"):
        asking.explain("case 9")
