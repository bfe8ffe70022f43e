"""A second case for the same words is not opened, whatever happened to the first one meanwhile (P1, T4)."""

from collections.abc import Callable

import pytest

from chaport_sync.sandbox.deskie.records import Case
from tests.transcripts.stories import begin, body, shown_times
from tests.world import World

ACTS: dict[str, Callable[[World, Case], None]] = {
    "closed": lambda world, case: world.deskie.set_case_status(case, "closed", world.deskie.staff[1]),
    "trashed": lambda world, case: world.deskie.trash(case),
    "spam": lambda world, case: world.deskie.spam(case),
    "merged": lambda world, case: world.deskie.merge(case, world.deskie.cases[0]),
}


async def second_opening_is_unclear(world: World, *lines: str, apart: float = 100) -> None:
    """A visitor's first case is closed; a second one was opened by a new chat, and the answer to that was lost.

    `apart` is the time between the two in seconds, beside that of the polls.
    """
    story = await begin(world, *lines)
    story.visitor_says("First")
    await world.run(apart)
    ACTS["closed"](world, world.case())
    story.new_chat()
    world.sandbox.faults.add("reset_after", side="deskie", method="POST", path="cases.json")
    story.visitor_says("Second")
    await world.run(0)


@pytest.mark.parametrize(("act", "moves"), [*((act, True) for act in ACTS), ("merged", False)])
async def test_people_act_before_an_unclear_opening_is_looked_into(world: World, act: str, moves: bool) -> None:  # noqa: FBT001 - a table
    """P1: the case that was opened after all is found although nothing may be put into it any more.

    Whether messages move along when a case is merged is not known.
    """
    world.deskie.quirks.merge_moves_messages = moves
    story = await begin(world)
    world.deskie.open_case(world.deskie.add_user("Somebody"))
    world.sandbox.faults.add("reset_after", side="deskie", method="POST", path="cases.json")
    story.visitor_says("Is this for me?")
    await world.run(0)
    ACTS[act](world, world.deskie.cases[-1])
    await world.run(600)
    assert shown_times(world, "Is this for me?") == 1
    assert len(world.deskie.cases) == 2


async def test_another_case_is_opened_again_before_an_unclear_opening_is_looked_into(world: World) -> None:
    """P1: the visitor's newest case need not be the one that was opened: its words tell."""
    await second_opening_is_unclear(world)
    world.wait(5)
    world.deskie.set_case_status(world.deskie.cases[0], "open", world.deskie.staff[1])
    await world.run(600)
    assert [body(case) for case in world.deskie.cases] == [["First"], ["Second"]]


async def test_merged_into_a_case_that_is_merged_in_turn(world: World) -> None:
    """P1: what an unclear opening opened is found wherever its words went."""
    story = await begin(world)
    for name in ("Somebody", "Somebody else"):
        world.deskie.open_case(world.deskie.add_user(name))
    world.sandbox.faults.add("reset_after", side="deskie", method="POST", path="cases.json")
    story.visitor_says("Is this for me?")
    await world.run(0)
    last, parent, opened = world.deskie.cases
    world.deskie.merge(opened, parent)
    world.deskie.merge(parent, last)
    await world.run(600)
    assert shown_times(world, "Is this for me?") == 1
    assert len(world.deskie.cases) == 3


@pytest.mark.parametrize("act", ["closed", "trashed", "merged"])
async def test_another_case_is_opened_again_and_the_new_one_put_away(world: World, act: str) -> None:
    """P1: the only usable case need not be the one that was opened either."""
    await second_opening_is_unclear(world)
    world.deskie.set_case_status(world.deskie.cases[0], "open", world.deskie.staff[1])
    ACTS[act](world, world.deskie.cases[1])
    await world.run(600)
    assert shown_times(world, "Second") == 1
    assert len(world.deskie.cases) == 2


async def test_two_cases_in_two_seconds(world: World) -> None:
    """P1: the words that opened one case do not pass for those that opened another of the same visitor."""
    await second_opening_is_unclear(world, "transcripts.poll = 1", apart=0)
    first, second = world.deskie.cases
    assert (second.created_at - first.created_at).total_seconds() < 2
    await world.run(600)
    assert [body(case) for case in world.deskie.cases] == [["First"], ["Second"]]


async def test_closed_by_a_person_before_we_knew_of_it(world: World) -> None:
    """C5: a case that a person closed stays closed, though its opening was ours and unclear."""
    story = await begin(world)
    world.sandbox.faults.add("reset_after", side="deskie", method="POST", path="cases.json")
    story.visitor_says("Hi")
    await world.run(0)
    # Deskie tells times in whole seconds.
    world.wait(1)
    ACTS["closed"](world, world.case())
    await world.run(600)
    assert world.case().status == "closed"


async def test_a_case_that_the_search_does_not_show_yet(world: World) -> None:
    """T4: the case opened a moment ago for the visitor's other chat is known without a search."""
    world.deskie.quirks.search_lag = 60.0
    story = await begin(world)
    story.visitor_says("First")
    story.new_chat()
    story.visitor_says("Second")
    await world.run(20)
    assert body(world.case()) == ["First", "Second"]


async def test_a_request_whose_case_was_erased(world: World) -> None:
    """P1, T4: an unclear outcome in a case that is gone is settled at once, not asked for again and again."""
    story = await begin(world)
    story.visitor_says("Hi")
    await world.run(10)
    world.sandbox.faults.add("reset_after", side="deskie", method="POST", path="messages.json")
    story.visitor_says("Hello?")
    await world.transcripts()
    world.deskie.erase(world.case())
    world.sandbox.forget_requests()
    await world.run(300)
    assert world.events("case.silenced") != []
    assert len(world.sandbox.requests_of("deskie", "GET", "/api/cases/")) < 10
