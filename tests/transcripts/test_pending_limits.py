"""Where the daemon has no say about a case's status: refused, switched off, or a person's business (C1 to C5)."""

import pytest

from tests.transcripts.stories import Story, another, begin, body, settings_of_status, statuses, with_bot
from tests.world import World, only


async def test_switched_off(world: World) -> None:
    """C1: without `[pending] enabled` no status is ever written."""
    story = await with_bot(world, "pending.enabled = false")
    story.operator_joins()
    story.visitor_says("Hello?")
    await world.run(300)
    assert statuses(world) == []


@pytest.mark.parametrize("include", ['["visitor", "operator"]', '["operator"]'])
async def test_bots_that_are_not_shown(world: World, include: str) -> None:
    """C3, T1: what is shown does not decide who answers."""
    story = await with_bot(world, f"transcripts.include = {include}")
    assert world.case().status == "waiting"
    story.operator_joins()
    await world.run(20)
    assert world.case().status == "open"


async def test_verified_in_the_answer_and_reapplied_twice(world: World) -> None:
    """C4: an answer with the old status is no success; it is re-applied at most twice per delivery."""
    world.deskie.quirks.refuse_waiting = {"cch12"}
    story = await with_bot(world)
    assert settings_of_status(world) == ["waiting"] * 3
    await world.run(60)
    assert settings_of_status(world) == ["waiting"] * 3
    world.deskie.quirks.refuse_waiting = set()
    story.visitor_says("Question")
    story.bot_says("Answer")
    await world.run(20)
    assert settings_of_status(world) == ["waiting"] * 4
    assert world.case().status == "waiting"
    assert world.events("case.pending_refused") == []


async def test_refused_for_three_cases_in_a_row(world: World) -> None:
    """C4: then the channel is left alone until the next start, which is told once."""
    world.deskie.quirks.refuse_waiting = {"cch12"}
    story = await with_bot(world)
    for number in range(4):
        other = another(story, f"Visitor {number}")
        other.visitor_says("Hi")
        other.bot_says("Hello")
        await world.run(20)
    assert settings_of_status(world) == ["waiting"] * 9
    assert statuses(world) == ["waiting"] * 12
    assert only(world.events("case.pending_refused"))["channel"] == "cch12"
    world.deskie.quirks.refuse_waiting = set()
    await world.start()
    other.visitor_says("Hello?")
    other.bot_says("Yes")
    await world.run(20)
    assert world.deskie.cases[-1].status == "waiting"


async def test_opening_a_case_is_refused_for_a_while(world: World) -> None:
    """C4: whoever waits in a pending case is not hidden for good, whatever the channel refused before."""
    world.deskie.quirks.opening_sets_status = False
    story = await with_bot(world)
    assert world.case().status == "waiting"
    world.sandbox.faults.add("error", side="deskie", method="PUT", times=None, status=400, body={"error": "incorrect"})
    for number in range(3):
        other = another(story, f"Visitor {number}")
        other.visitor_says("Hi")
        other.bot_says("Hello")
    story.operator_joins()
    await world.run(300)
    asked = len(settings_of_status(world))
    assert only(world.events("case.pending_refused"))["found"] == "an error"
    assert asked < 8
    world.sandbox.faults.clear()
    await world.run(600)
    assert world.deskie.cases[0].status == "open"
    assert len(settings_of_status(world)) == asked + 1


async def test_opening_a_case_was_refused_before_a_start(world: World) -> None:
    """C4: what was put off is not forgotten."""
    story = await with_bot(world)
    world.sandbox.faults.add("error", side="deskie", method="PUT", times=None, status=400, body={"error": "incorrect"})
    story.operator_joins()
    await world.run(20)
    await world.stop()
    world.sandbox.faults.clear()
    await world.start()
    await world.run(600)
    assert world.case().status == "open"


async def test_not_in_a_row(world: World) -> None:
    """C4: cases in between that are accepted begin the count anew."""
    story = await with_bot(world)
    for number in range(8):
        world.deskie.quirks.refuse_waiting = {"cch12"} if number % 3 else set()
        other = another(story, f"Visitor {number}")
        other.visitor_says("Hi")
        other.bot_says("Hello")
        await world.run(20)
    assert world.events("case.pending_refused") == []


async def test_an_agent_is_assigned(world: World) -> None:
    """C5: once a case has an assigned agent it is left alone, also when it has none any more."""
    story = await with_bot(world)
    world.deskie.assign(world.case(), world.deskie.staff[1])
    story.visitor_says("Question")
    await world.run(20)
    assert world.case().status == "open"
    world.deskie.assign(world.case(), None)
    story.visitor_says("Another")
    story.bot_says("Answer")
    await world.run(20)
    story.operator_joins()
    await world.run(300)
    assert statuses(world) == ["waiting"]
    assert body(world.case())[-1] == "Robin (bot): Answer"


async def unanswered(world: World) -> Story:
    """A visitor has asked for more than the bot knows, and the case is pending by our doing."""
    story = await with_bot(world)
    story.visitor_says("Is anybody there?")
    await world.run(20)
    assert world.case().status == "waiting"
    return story


@pytest.mark.parametrize("told", [True, False])
@pytest.mark.parametrize("human", [True, False])
async def test_an_assignment_hides_nobody(world: World, told: bool, human: bool) -> None:  # noqa: FBT001 - a table
    """C2, C5: a rule may assign agents by turns; who waits in a case that we made pending is shown all the same."""
    story = await unanswered(world)
    world.deskie.assign(world.case(), world.deskie.staff[1])
    if not told:
        world.sandbox.faults.add("error", side="deskie", path="changelog.json", times=None, status=403)
    if human:
        story.operator_joins()
    await world.run(40 if human else 300)
    assert world.case().status == "open"
    assert statuses(world) == ["waiting", "waiting", "open"]
    world.deskie.set_case_status(world.case(), "waiting", by=world.deskie.staff[1])
    await world.run(3600)
    assert len(statuses(world)) == 3


async def test_an_agent_who_waits_for_the_visitor(world: World) -> None:
    """C5: what the assigned agent made pending stays so, though it was pending by our doing before."""
    await unanswered(world)
    for status in ("open", "waiting"):
        world.deskie.set_case_status(world.case(), status, by=world.deskie.staff[1])
    world.deskie.assign(world.case(), world.deskie.staff[1])
    await world.run(300)
    assert statuses(world) == ["waiting", "waiting"]
    case = world.app.store.transcripts.case(str(world.case().id))
    assert case is not None
    assert case.left_alone == "its status was set to waiting by somebody else"


@pytest.mark.parametrize("status", ["open", "closed"])
@pytest.mark.parametrize("restart", [False, True])
async def test_a_person_sets_the_status(world: World, status: str, restart: bool) -> None:  # noqa: FBT001 - a table
    """C5: the daemon never works against a person: a status it did not set is left alone for good."""
    story = await with_bot(world)
    world.deskie.set_case_status(world.case(), status, by=world.deskie.staff[1])
    if restart:
        await world.start()
    story.bot_says("Anything else?")
    await world.run(20)
    assert world.case().status == status
    story.visitor_says("Question")
    story.bot_says("Answer")
    await world.run(20)
    story.operator_joins()
    await world.run(300)
    assert world.deskie.cases[0].status == status
    assert settings_of_status(world) == ([] if status == "open" else ["open"])


async def test_a_person_closes_it_after_the_visitors_words(world: World) -> None:
    """C5: only `open` is automatic after the visitor's words, nothing else is."""
    story = await with_bot(world)
    story.visitor_says("Question")
    await world.run(20)
    world.deskie.set_case_status(world.case(), "closed", by=world.deskie.staff[1])
    await world.run(300)
    assert world.case().status == "closed"


async def test_a_case_from_before_is_a_persons(world: World) -> None:
    """C5: the status of a case that others opened is not ours."""
    story = await begin(world)
    user = world.deskie.add_user("Mary", custom_id=story.visitor.id, channel="cch12")
    case = world.deskie.open_case(user, "cch12")
    story.visitor_says("Hi")
    story.bot_says("Hello")
    await world.run(300)
    assert case.status == "open"
    assert statuses(world) == []
