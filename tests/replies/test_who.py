"""Which messages are answers, and as whom they are sent (R1)."""

from datetime import timedelta
from typing import Any

import pytest

from tests.replies.answering import answering
from tests.transcripts.stories import another
from tests.world import World

NOBODY = "Not sent to the visitor: no Chaport operator is paired with you. The answer began: I'll ask."


async def test_an_agent_without_an_operator(world: World) -> None:
    """R1: the answer stays in Deskie, a note says so once, and what others answer is sent."""
    scene = await answering(world)
    carl = world.deskie.add_agent("Carl", "carl@acme.example")
    scene.answer("I'll ask.", carl)
    scene.answer("It left this morning.")
    await scene.polls(6)
    assert scene.heard() == ["It left this morning."]
    assert scene.notes() == [NOBODY]


@pytest.mark.parametrize("by", ["id", "address"])
async def test_an_operator_for_everybody_else(world: World, by: str) -> None:
    """R1: who has no operator answers as `replies.operator`; who has one as that."""
    desk = world.chaport.add_operator("Desk", "desk@acme.example")
    scene = await answering(world, f'replies.operator = "{desk.id if by == "id" else "Desk@acme.example"}"')
    scene.answer("I'll ask.", world.deskie.add_agent("Carl", "carl@acme.example"))
    scene.answer("It left this morning.")
    await scene.polls(3)
    sent = [(event.author_id, event.text) for event in scene.chat.events if event.author == "operator"]
    assert sent == [(desk.id, "I'll ask."), (scene.story.operator.id, "It left this morning.")]
    assert scene.notes() == []


@pytest.mark.parametrize(("line", "heard"), [("", []), ("replies.include_rules = true", ["We got it."])])
async def test_what_a_rule_writes(world: World, line: str, heard: list[str]) -> None:
    """R1: it is sent only where that is wanted."""
    scene = await answering(world, *filter(None, [line]))
    world.deskie.agent_replies(scene.case, scene.agent, "We got it.", via_rule=True)
    await scene.polls(6)
    assert (scene.heard(), scene.notes()) == (heard, [])


async def test_what_is_nobodys_answer(world: World) -> None:
    """R1: neither a note, nor what the daemon or the customer writes, ever reaches the visitor."""
    scene = await answering(world)
    world.deskie.agent_notes(scene.case, scene.agent, "She called twice.")
    world.deskie.customer_writes(scene.case, "By e-mail: it has come.")
    own = next(staff for staff in world.deskie.staff if staff.email == world.deskie.email)
    world.deskie.agent_replies(scene.case, own, "Written by a script.")
    await scene.polls(6)
    assert (scene.heard(), scene.notes()) == ([], [])


@pytest.mark.parametrize("told", ["time", "dash"])
async def test_an_answer_for_later(world: World, told: Any) -> None:
    """R1: an answer is sent when it is due, and not if it was taken back before."""
    world.deskie.quirks.delayed_sent_at = told
    scene = await answering(world)
    at = world.deskie.now() + timedelta(minutes=5)
    world.deskie.agent_replies(scene.case, scene.agent, "Still there?", send_at=at)
    back = world.deskie.agent_replies(scene.case, scene.agent, "Bye!", send_at=at)
    await scene.polls(10)
    assert scene.heard() == []
    world.deskie.agent_deletes(scene.case, back)
    await scene.polls(40)
    assert (scene.heard(), scene.notes()) == (["Still there?"], [])


async def test_an_answer_for_much_later(world: World) -> None:
    """R1: it is sent when it is due, however much was written in the case since."""
    scene = await answering(world, "replies.poll = 60", "transcripts.poll = 60")
    at = world.deskie.now() + timedelta(hours=3)
    world.deskie.agent_replies(scene.case, scene.agent, "Has it come?", send_at=at)
    await scene.polls(2)
    for _ in range(2):
        for number in range(60):
            world.deskie.customer_writes(scene.case, f"{number}")
        await world.run(1.5 * 3600)
    await scene.polls(4)
    assert (scene.heard(), scene.notes()) == (["Has it come?"], [])


async def test_two_agents_at_once(world: World) -> None:
    """R2: each as the own operator, in the order in which they wrote."""
    scene = await answering(world)
    bob, _ = world.pair("Bob")
    for number in range(3):
        scene.answer(f"Ann {number}")
        scene.answer(f"Bob {number}", bob)
    await scene.polls(4)
    assert scene.heard() == [f"{name} {number}" for number in range(3) for name in ("Ann", "Bob")]
    names = {operator.id: operator.name for operator in world.chaport.operators}
    spoken = [event for event in scene.chat.events if event.author == "operator"]
    assert all(event.text.startswith(names[event.author_id]) for event in spoken)


async def test_a_case_that_became_another_customers(world: World) -> None:
    """R1: what is answered in a case that was merged into another customer's is not for this visitor."""
    scene = await answering(world)
    other = another(scene.story, "Nina")
    other.visitor_says("Hello?")
    await scene.polls(4)
    mary, nina = world.deskie.cases
    world.deskie.merge(mary, nina)
    await scene.polls(4)
    world.deskie.agent_replies(nina, scene.agent, "For Nina.")
    await scene.polls(6)
    assert scene.heard() == []
    assert [event.text for event in other.chat.events if event.author == "operator"] == ["For Nina."]


async def test_a_case_of_another_channel(world: World) -> None:
    """Only cases of the own channel carry answers."""
    scene = await answering(world)
    user = world.deskie.add_user("Mary", email="mary@mail.example")
    mail = world.deskie.open_case(user, "email", "About my order")
    world.deskie.agent_replies(mail, scene.agent, "By e-mail only.")
    await scene.polls(6)
    assert scene.heard() == []


async def test_a_dry_run_sends_nothing(world: World) -> None:
    """P2: it finds the answer, says so, and writes to neither service."""
    scene = await answering(world)
    await world.stop()
    await world.start("replies.enabled = true", "status.enabled = false", dry_run=True)
    scene.answer("It left this morning.")
    await scene.polls(4)
    assert scene.heard() == []
    assert world.events("reply.sent")


async def test_a_case_whose_chat_goes_on_in_another(world: World) -> None:
    """R1: an answer in the closed case reaches the visitor too, and if it cannot, the open one says why."""
    world.deskie.quirks.closed_rejects_messages = True
    scene = await answering(world)
    world.deskie.set_case_status(scene.case, "closed", scene.agent)
    scene.story.visitor_says("And my other order?")
    await scene.polls(4)
    closed, opened = world.deskie.cases
    scene.answer("It left this morning.")
    world.deskie.agent_replies(closed, scene.agent, "", html='<p><img src="smile.png"></p>')
    await scene.polls(8)
    assert scene.heard() == ["It left this morning."]
    assert "Not sent to the visitor: there is nothing in it" in opened.messages[-1].text


async def test_a_closed_case_that_the_chat_has_left(world: World) -> None:
    """R1: who answers in another customer's case is told so, also when the chat has gone on in a new case."""
    talk = await answering(world)
    old = talk.case
    old.user_id = world.deskie.add_user("Bob", custom_id="somebody", channel="cch12").id
    world.deskie.set_case_status(old, "closed", by=talk.agent)
    talk.story.visitor_says("One more thing")
    await talk.polls(4)
    assert len(world.deskie.cases) == 2
    talk.answer("It left this morning.")
    await talk.polls(8)
    assert talk.heard() == []
    assert "Not sent to the visitor: this case is another customer's" in world.deskie.cases[1].messages[-1].text
