"""How much the account can carry, by what chats cost."""

from typing import Any

import pytest

from chaport_sync.core.transcripts.cases import Deliver
from chaport_sync.doctor import OK, WARNING
from chaport_sync.doctor.examination import examine
from chaport_sync.doctor.talks import Talk
from tests.statuses.steps import ONLINE
from tests.transcripts.stories import begin
from tests.world import World


async def _found(world: World, *lines: str) -> dict[str, list[tuple[str, str]]]:
    """Return what is found, by subject."""
    found: dict[str, list[tuple[str, str]]] = {}
    for each in await examine(world.settings(*lines), world.clock, world.sandbox.transport()):
        found.setdefault(each.subject, []).append((each.result, each.finding))
    return found


@pytest.mark.parametrize("questions", [1, 4, 10])
@pytest.mark.parametrize("deliver", ["digest", "live", "handoff"])
async def test_a_talk_costs_what_is_said(world: World, deliver: str, questions: int) -> None:
    """P5, T2: the estimate of what a talk costs is what the daemon spends for it, in each mode."""
    story = await begin(world, f'transcripts.deliver = "{deliver}"')
    world.sandbox.forget_requests()
    for number in range(questions):
        story.visitor_says(f"Question {number}?")
        story.bot_says(f"Answer {number}.")
        await world.run(19)
        world.wait(1)
    world.chaport.close(story.chat)
    await world.run(100)
    spent = sum(1 if request.method == "GET" else 2 for request in world.sandbox.requests_of("deskie"))
    talk = Talk(questions, 20.0 * (questions - 1) + 1)
    # With digest, one reading more or less depends on when the polls come.
    assert abs(spent - (said := talk.units(Deliver(deliver), 80))) <= (deliver == "digest")
    await world.stop()
    world.deskie.requests_per_minute = 40
    found: Any = await _found(world, "status.enabled = false", "deskie.requests_per_minute = 0")
    ((_, text),) = found["capacity"]
    assert f'costs about {said:.0f} units with [transcripts] deliver = "{deliver}"' in text
    assert f": {20 * 60 / said:.0f} an hour" in text


async def test_each_page_of_agents_counts(world: World) -> None:
    """P5: what looking at the agents costs is said by their pages of a hundred."""
    for number in range(101):
        world.deskie.add_agent(f"Agent {number}", f"agent{number}@acme.example", ONLINE)
    world.deskie.requests_per_minute = 60
    ((result, text),) = (await _found(world, "deskie.requests_per_minute = 0", "status.poll = 30"))["Deskie limit"]
    assert (result, text) == (OK, "60 units a minute, of which 30 will be used, 4 of them to look at the agents")


async def test_a_small_budget(world: World) -> None:
    """A budget that statuses eat up is said, and what to change."""
    world.pair("Ann", ONLINE)
    world.deskie.requests_per_minute = 8
    found = await _found(world, "deskie.requests_per_minute = 0", "status.poll = 15")
    assert found["Deskie limit"][0][0] == WARNING
    ((result, text),) = found["capacity"]
    assert result == WARNING
    assert ": 0 an hour, 0 at once" in text


@pytest.mark.parametrize(
    ("lines", "result", "count"),
    [
        pytest.param((), OK, 29, id="the defaults, less a quarter for statuses and a request for the list"),
        pytest.param(("status.enabled = false",), OK, 39, id="no statuses"),
        pytest.param(("transcripts.poll = 5",), WARNING, 6, id="often"),
        pytest.param(("chaport.requests_per_second = 1", "transcripts.poll = 1"), WARNING, 0, id="too often"),
    ],
)
async def test_chats_at_once(world: World, lines: tuple[str, ...], result: str, count: int) -> None:
    """T7: how many chats that go on at once can be read at each poll, and what to change if they are few."""
    world.pair("Ann")
    ((found, text),) = (await _found(world, "chaport.requests_per_second = 2", *lines))["reading"]
    assert (found, text.startswith(f"about {count} chats that go on at once can be read every ")) == (result, True)
    assert ("requests_per_second" in text) == (result == WARNING)
