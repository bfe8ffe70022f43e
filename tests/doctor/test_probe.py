"""`check --probe`: it finds out what Chaport does, whatever that is, and puts the operator back (U1 to U5)."""

import asyncio
import re
from collections.abc import Callable
from contextlib import suppress

import pytest

from chaport_sync.api.request_queue import Share
from chaport_sync.app import connect_both
from chaport_sync.core.model import Operator
from chaport_sync.doctor import FAILED, OK, WARNING
from chaport_sync.doctor.conclusions import conclude
from chaport_sync.doctor.probe import Observed, Probe
from tests.world import World


async def _probed(world: World, tell: Callable[[str], None] = lambda _: None) -> dict[str, tuple[str, str]]:
    """Probe the first operator and return the findings by subject."""
    settings = world.settings()
    plain = settings.model_copy(update={"chaport": settings.chaport.model_copy(update={"invisible_word": "\0"})})
    clients = connect_both(plain, world.clock, over=world.sandbox.transport())
    try:
        found = (await clients.chaport.operators(Share.STATUS))[0]
        observed = await Probe(clients.chaport, found, world.clock, tell).run()
    finally:
        await clients.aclose()
    return {each.subject: (each.result, each.finding) for each in conclude(observed, settings)}


async def test_as_it_is_expected(world: World) -> None:
    """Where Chaport does what the defaults expect, nothing has to be changed."""
    world.pair("Ann")
    world.chaport.quirks.lifetime_fields = {"ttl", "validUntil"}
    steps: list[str] = []
    found = await _probed(world, steps.append)
    assert {result for result, _ in found.values()} == {OK}
    assert found["how long a status holds"][1].startswith("ttl works: 60 s ended after 6")
    assert "; validUntil works: 60 s ended after 6" in found["how long a status holds"][1]
    assert found["words"][1] == "shown as set: online, away, offline; refused: invisible"
    assert found["lastStatus, realStatus"][1] == "lastStatus and realStatus show what was set"
    assert found["after it ended"][1].startswith("an operator goes offline when its lifetime is over")
    assert found["with the app closed"][1].startswith("an operator goes online without its app")
    assert steps[0] == "online by ttl: accepted, lastStatus is online, realStatus online"


@pytest.mark.parametrize("field", ["ttlSeconds", "validUntil", "valid_until"])
async def test_another_lifetime(world: World, field: str) -> None:
    """U1: where another name is right, the line to paste says so."""
    world.pair("Ann")
    world.chaport.quirks.lifetime_fields = {field}
    result, words = (await _probed(world))["how long a status holds"]
    assert result == WARNING
    assert words.endswith(f'under [chaport] set\nlifetime_field = "{field}"')
    assert "ttl is refused (400 unknown field: ttl)" in words


async def test_no_lifetime(world: World) -> None:
    """U1: where none is accepted, the operator is left as it was, and nothing is made up about the rest."""
    _, jon = world.pair("Ann")
    world.chaport.quirks.lifetime_fields = {"expires"}
    found = await _probed(world)
    assert [found[subject][0] for subject in ("how long a status holds", "with the app closed")] == [FAILED, FAILED]
    assert world.chaport.status_of(jon) == "offline"


async def test_another_word(world: World) -> None:
    """U2: the word for invisible is found out."""
    world.pair("Ann")
    world.chaport.quirks.words = ("online", "invisible", "offline")
    result, words = (await _probed(world))["words"]
    assert (result, words.endswith('under [chaport] set\ninvisible_word = "invisible"')) == (WARNING, True)


async def test_no_word(world: World) -> None:
    """U2: where there is none, no status may be mapped to it."""
    world.pair("Ann")
    world.chaport.quirks.words = ("online", "offline")
    assert (await _probed(world))["words"] == (
        WARNING,
        "shown as set: online, offline; refused: away, invisible; do not map any status to invisible",
    )


async def test_a_status_that_stays(world: World) -> None:
    """U4: where nothing ends a status, the administrator must know what a dead host leaves behind."""
    world.pair("Ann")
    world.chaport.quirks.after_lease = "online"
    found = await _probed(world)
    assert found["how long a status holds"][0] == FAILED
    assert found["after it ended"] == (WARNING, "nothing changed within 90 s")


async def test_another_status_afterwards(world: World) -> None:
    """U4: an end that is not offline is told."""
    world.pair("Ann")
    world.chaport.quirks.after_lease = "away"
    result, words = (await _probed(world))["after it ended"]
    assert (result, words.startswith("an operator does not go offline when its lifetime is over")) == (WARNING, True)


async def test_no_bare_numbers(world: World) -> None:
    """What people read is said in words; the reference's numbers are for programs."""
    world.pair("Ann")
    settings = world.settings()
    findings = conclude(Observed(Operator("1"), (), (), restored=True), settings)
    assert [each.code for each in findings] == ["U1", "U2", "U3", "U4", "U5"]
    assert not [each for each in findings if re.search(r"\bU[0-9]", f"{each.subject} {each.finding}")]


async def test_without_effect(world: World) -> None:
    """U3, U5: a status that is accepted and has no effect."""
    _, jon = world.pair("Ann")
    world.chaport.quirks.ineffective = {jon.id}
    found = await _probed(world)
    assert found["lastStatus, realStatus"] == (OK, "lastStatus shows what was set")
    assert found["with the app closed"] == (WARNING, "online is accepted, but not in effect after 2 s")


@pytest.mark.parametrize("word", ["online", "away", "offline"])
async def test_the_operator_is_put_back(world: World, word: str) -> None:
    """What was found is set again, in the end or when somebody loses patience."""
    _, jon = world.pair("Ann")
    world.chaport.operator_sets(jon, word)
    await _probed(world)
    assert world.chaport.status_of(jon) == word
    running = asyncio.create_task(_probed(world))
    await asyncio.sleep(30)
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    assert world.chaport.status_of(jon) == word


async def test_an_operator_that_cannot_be_put_back(world: World) -> None:
    """Then somebody has to do it, and is told so."""
    _, jon = world.pair("Ann")
    steps: list[str] = []

    def tell(step: str) -> None:
        steps.append(step)
        if step.startswith("online by ttl: changed"):
            world.chaport.forbidden = {f"/api/v1/operators/{jon.id}/status"}

    found = await _probed(world, tell)
    assert found["operator"] == (FAILED, "could not be put back; set its status in Chaport")
    assert steps[-1].startswith("could not be put back to offline: ")
