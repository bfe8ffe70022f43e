"""Lists of more than one page: read to their end, in as few requests as can be, whatever shifts meanwhile."""

from email.utils import formatdate
from typing import Any

import pytest

from chaport_sync.api.errors import Malformed
from chaport_sync.core.model import Message
from tests.api.accounts import Account, answer, staff
from tests.world import World


@pytest.mark.parametrize(("agents", "requests"), [(0, 1), (1, 1), (99, 1), (100, 1), (101, 2), (200, 2), (201, 3)])
async def test_agents_are_read_in_hundreds(world: World, agents: int, requests: int) -> None:
    """Deskie reference 1.3: a hundred rows a page; the total says when to stop, so 100, 200 and 201 need 1, 2 and 3."""
    for number in range(agents - 1):
        world.deskie.add_agent(f"Agent {number}", f"agent{number}@acme.example", 1)
    app = await world.start()
    if not agents:
        world.deskie.staff.clear()
    assert len(await app.clients.deskie.agents()) == agents
    asked = world.sandbox.requests_of("deskie", "GET", "/api/staff.json")
    assert [each.parameter("page") for each in asked] == [str(page) for page in range(1, requests + 1)]
    assert {each.parameter("limit") for each in asked} == {"100"}


@pytest.mark.parametrize("agents", [100, 200, 250])
async def test_without_a_total(world: World, agents: int) -> None:
    """Deskie reference 1.3: a missing total is unknown: a list ends with a page that is not full."""
    world.deskie.quirks.omit_total_count = True
    for number in range(agents - 1):
        world.deskie.add_agent(f"Agent {number}", f"agent{number}@acme.example", 1)
    app = await world.start()
    assert len(await app.clients.deskie.agents()) == agents
    assert len(world.sandbox.requests_of("deskie", "GET", "/api/staff.json")) == agents // 100 + 1


@pytest.mark.parametrize("kind", ["duplicate_page", "shifted_page"])
async def test_pages_that_repeat_or_shift(world: World, kind: Any) -> None:
    """Deskie reference 1.3: pages shift while one reads; a row that comes twice counts once, and reading ends."""
    for number in range(249):
        world.deskie.add_agent(f"Agent {number}", f"agent{number}@acme.example", 1)
    world.sandbox.faults.add(kind, side="deskie", path="staff.json", times=None)
    app = await world.start()
    agents = await app.clients.deskie.agents()
    assert len({agent.id for agent in agents}) == len(agents) >= 248
    assert len(world.sandbox.requests_of("deskie", "GET", "/api/staff.json")) == 3


async def test_a_server_that_knows_no_pages() -> None:
    """Deskie reference 1.3: a page with nothing new ends the list, whatever the total promises."""
    account = Account(answer(staff(*range(1, 101)) | {"total_count": 5000}))
    assert len(await account.deskie.agents()) == 100
    assert len(account.server.requests) == 2


async def test_a_list_without_an_end() -> None:
    """Deskie reference 1.3: pages are capped at the 500 that Deskie serves."""
    page = 0

    def more(_request: Any) -> Any:
        nonlocal page
        page += 1
        return answer(staff(*range(page * 100 + 1, page * 100 + 101)))

    account = Account(more)
    assert len(await account.deskie.agents()) == 50_000
    assert len(account.server.requests) == 500


@pytest.mark.parametrize(
    ("links", "more"),
    [
        pytest.param({"next": "https://app.chaport.com/api/v1/visitors?page=2"}, True, id="absolute"),
        pytest.param({"next": "https://APP.chaport.com:443/api/v1/visitors?page=2"}, True, id="the same origin"),
        pytest.param({"next": "/api/v1/visitors?page=2"}, True, id="relative"),
        pytest.param({"next": "?page=2"}, True, id="only a query"),
        pytest.param({"next": None}, False, id="null"),
        pytest.param({"next": ""}, False, id="empty"),
        pytest.param({}, False, id="absent"),
        pytest.param(None, True, id="no links at all"),
    ],
)
async def test_whether_there_is_a_next_page(links: Any, more: bool) -> None:  # noqa: FBT001 - a row of a table
    """Chaport reference 3.1 and U8: `links.next` in each form; without `links`, asking on is the way to know."""
    account = Account(answer({"result": [{"id": "v"}]} | ({"links": links} if links is not None else {})))
    assert (await account.chaport.visitors(1))[1] is more


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.example/api/v1/visitors?page=2",
        "//evil.example/api/v1/visitors?page=2",
        "http://app.chaport.com/api/v1/visitors?page=2",
        "https://app.chaport.com:8443/api/v1/visitors?page=2",
        "https://app.chaport.com@evil.example/api/v1/visitors",
        "/admin/visitors?page=2",
        "/api/v2/visitors",
        "/api/v1/../../admin",
        "https://app.chaport.com/api/v1/../../admin",
        "javascript:alert(1)",
        "http://[x",
    ],
)
async def test_a_link_that_leads_elsewhere(link: str) -> None:
    """P6: links are followed only on the same origin and under the API's path; another one is an error that says so."""
    account = Account(answer({"result": [{"id": "v"}], "links": {"next": link}}))
    assert account.chaport_transport.within(link) is None
    with pytest.raises(Malformed, match=r"links\.next leads elsewhere") as raised:
        await account.chaport.visitors(1)
    assert "evil" not in str(raised.value)
    assert account.server.asked == ["GET /api/v1/visitors"]


async def test_the_end_of_the_visitors() -> None:
    """U8: an empty page is the last, whatever its links say; the first page is asked for without a number."""
    account = Account(answer({"result": []}), answer({"result": [], "links": {"next": "?page=9"}}))
    assert await account.chaport.visitors(1) == ((), False)
    assert await account.chaport.visitors(8) == ((), False)
    assert account.server.queries() == [[], [("page", "8")]]


BEGINNING = 1_800_000_000


def messages(*numbers: int) -> Any:
    """Make a page of messages, each written a second after the one numbered before it."""
    rows = [{"message_id": number, "created_at": formatdate(BEGINNING + number)} for number in numbers]
    return answer({str(place): {"message": row} for place, row in enumerate(rows)})


def ids(messages: tuple[Message, ...]) -> list[str]:
    """Return the ids of the messages read."""
    return [message.id for message in messages]


async def test_messages_are_read_back_to_a_time() -> None:
    """P1: from the newest back to what is too old to matter, given oldest first, a row that shifted only once."""
    account = Account(messages(*range(250, 150, -1)), messages(*range(151, 51, -1)))
    found = await account.deskie.messages_since("7", BEGINNING + 120)
    assert ids(found) == [str(number) for number in range(52, 251)]
    assert account.server.queries()[1] == [("page", "2"), ("limit", "100"), ("order", "desc")]
    assert len(account.server.requests) == 2


async def test_a_page_that_is_not_full_is_the_last() -> None:
    """P1: what stands in a short case costs one request."""
    account = Account(messages(9, 8, 7), messages(*range(200, 100, -1)), messages())
    assert ids(await account.deskie.messages_since("7", 0)) == ["7", "8", "9"]
    assert len(account.server.requests) == 1
    assert len(await account.deskie.messages_since("7", 0)) == 100
    assert len(account.server.requests) == 3


async def test_a_server_that_sorts_by_itself() -> None:
    """P1: should Deskie ignore the order asked for, every page is read, and the rest is as ever."""
    account = Account(messages(*range(1, 101)), messages(*range(101, 111)))
    found = await account.deskie.messages_since("7", BEGINNING + 105)
    assert ids(found) == [str(number) for number in range(1, 111)]


async def test_messages_without_pages() -> None:
    """P1: should Deskie ignore the page asked for, the same answer twice is enough."""
    account = Account(lambda _request: messages(*range(150, 0, -1)))
    assert len(await account.deskie.messages_since("7", 0)) == 150
    assert len(account.server.requests) == 2


async def test_messages_with_opaque_ids() -> None:
    """P1: ids that are no numbers stand in the order that was asked for, newest first."""
    page = answer([{"message": {"message_id": each}} for each in ("d", "b", "c", "a")])
    assert ids(await Account(page).deskie.messages_since("7", 0)) == ["a", "c", "b", "d"]


async def test_an_endless_case() -> None:
    """P1: a read-back is bounded, also where no message has a time."""
    page = 10_000

    def older(_request: Any) -> Any:
        nonlocal page
        page -= 1
        return answer([{"message": {"message_id": number}} for number in range(page * 100 + 100, page * 100, -1)])

    account = Account(older)
    assert len(await account.deskie.messages_since("7", 0)) == 2000
    assert len(account.server.requests) == 20
