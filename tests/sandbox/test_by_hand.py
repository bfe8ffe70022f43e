"""What is typed at a sandbox that runs, and people who act by themselves."""

import asyncio

import httpx
import pytest

from chaport_sync.sandbox import Sandbox
from chaport_sync.sandbox.by_hand import HELP, ByHand
from chaport_sync.sandbox.company import make_company
from chaport_sync.sandbox.lively import Lively


@pytest.fixture
def sandbox() -> Sandbox:
    """Return a sandbox."""
    return Sandbox()


@pytest.fixture
def hand(sandbox: Sandbox) -> ByHand:
    """Return what does what is typed, in a company of two agents without visitors."""
    return ByHand(sandbox, make_company(sandbox, agents=2, visitors=0))


def test_an_agent_takes_a_status(sandbox: Sandbox, hand: ByHand) -> None:
    """By the first name or the surname, and by the status's own name."""
    ann = sandbox.deskie.staff[1]
    first, last = ann.name.split()
    assert hand.do(f"status {first.upper()} training\n") == f"{ann.name} takes the status Training"
    assert ann.status_id == 113808
    hand.do(f"Status {last} without chats")
    assert ann.status_id == 3


def test_a_talk(sandbox: Sandbox, hand: ByHand) -> None:
    """A bot answers the visitor until an operator does."""
    operator = sandbox.chaport.operators[0].name
    hand.do("visitor Mary Where is my  order?")
    hand.do(f"operator {operator.split()[0]} I am looking")
    hand.do("visitor mary Thanks")
    (visitor,) = sandbox.chaport.visitors
    (chat,) = visitor.chats
    said = [(event.author, event.text) for event in chat.events if event.text]
    assert [author for author, _ in said] == ["visitor", "bot", "operator", "visitor"]
    assert said[0][1] == "Where is my  order?"
    sandbox.chaport.close(chat)
    hand.do("visitor Mary Hello again")
    assert len(visitor.chats) == 2


@pytest.mark.parametrize("side", ["deskie", "chaport"])
def test_a_service_breaks(sandbox: Sandbox, hand: ByHand, side: str) -> None:
    """It answers errors until it is mended; the other one is well."""

    async def answers() -> list[int]:
        async with httpx.AsyncClient(transport=sandbox.transport()) as client:
            urls = ("https://acme.deskie.io/api/staff.json", "https://app.chaport.com/api/v1/operators")
            return [(await client.get(url)).status_code for url in urls]

    hand.do(f"break {side}")
    assert asyncio.run(answers()) == ([503, 401] if side == "deskie" else [401, 503])
    hand.do(f"mend {side}")
    assert asyncio.run(answers()) == [401, 401]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("", HELP),
        ("dance", HELP),
        ("status Nobody offline", "nobody has the name 'Nobody'; the agents are "),
        ("status", "nobody has the name ''"),
        ("visitor Mary", "say who writes, and what"),
        ("operator {agent} Hello", "once a visitor has written"),
        ("status {agent} asleep", "a status is one of: Online, Without chats, Training, Lunch, Offline"),
        ("break everything", "a service is deskie or chaport"),
    ],
)
def test_what_cannot_be_done(sandbox: Sandbox, hand: ByHand, line: str, words: str) -> None:
    """It is said, and nothing happens."""
    before = sandbox.deskie.changes, sandbox.chaport.changes
    assert words in hand.do(line.format(agent=sandbox.deskie.staff[1].name.split()[0]))
    assert (sandbox.deskie.changes, sandbox.chaport.changes) == before


def test_who_is_there(sandbox: Sandbox, hand: ByHand) -> None:
    """Agents with their statuses, and visitors."""
    hand.do("visitor Mary Hello")
    hand.do(f"status {sandbox.deskie.staff[1].name.split()[0]} lunch")
    told = hand.do("people")
    assert f"{sandbox.deskie.staff[1].name:<20} Lunch" in told
    assert told.endswith("visitors: Mary")


def test_people_act_by_themselves() -> None:
    """Statuses change, and chats begin, go on and end; equal seeds make equal days."""

    def lived() -> tuple[list[str], Sandbox]:
        sandbox = Sandbox()
        life = Lively(sandbox, make_company(sandbox))
        return [life.act() for _ in range(100)], sandbox

    acts, sandbox = lived()
    assert lived()[0] == acts
    assert sum("takes the status" in act for act in acts) > 15
    chats = [chat for visitor in sandbox.chaport.visitors for chat in visitor.chats]
    assert sum(chat.stage == "closed" for chat in chats) > 5
    assert {event.author for chat in chats for event in chat.events} >= {"visitor", "bot", "operator"}
