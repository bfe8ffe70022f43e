"""`check` on agents' answers (R1)."""

import pytest

from chaport_sync.doctor import FAILED, NOTE, OK, WARNING
from chaport_sync.doctor.examination import examine
from tests.world import World

ON = "replies.enabled = true"


async def _found(world: World, *lines: str) -> list[tuple[str, str]]:
    """Return what is found about answers."""
    found = await examine(world.settings(*lines), world.clock, world.sandbox.transport())
    return [(each.result, each.finding) for each in found if each.subject == "replies"]


async def test_answers_stay_in_deskie(world: World) -> None:
    """Where replies are off that is said plainly; where no cases are opened there is nothing to say."""
    world.pair("Ann")
    assert await _found(world) == [(NOTE, "are off: what agents answer in a case stays in Deskie")]
    assert await _found(world, "cases.create = false") == []


async def test_everybody_is_heard(world: World) -> None:
    """R1: who has an operator, is disabled, or is the daemon's own agent, needs no word."""
    world.pair("Ann")
    world.deskie.add_agent("Gone", "gone@acme.example", active=False)
    assert await _found(world, ON) == [(OK, "what agents answer in a case is sent to the visitor")]


@pytest.mark.parametrize("fallback", ["", "desk@acme.example", "nobody@acme.example"])
async def test_an_agent_without_an_operator(world: World, fallback: str) -> None:
    """R1: whose answers no visitor reads; an operator for everybody else has to be there."""
    world.pair("Ann")
    world.deskie.add_agent("Carl", "carl@acme.example")
    world.chaport.add_operator("Desk", "desk@acme.example")
    mute = (
        WARNING,
        "no visitor reads the answers of carl@acme.example: give each an operator, or set [replies] operator",
    )
    expected = {
        "": [mute],
        "desk@acme.example": [(OK, "what agents answer in a case is sent to the visitor")],
        "nobody@acme.example": [(FAILED, "[replies] operator: Chaport has no operator nobody@acme.example"), mute],
    }
    assert await _found(world, ON, f'replies.operator = "{fallback}"') == expected[fallback]
