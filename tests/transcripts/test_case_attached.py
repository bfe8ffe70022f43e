"""Cases that are not ours: `cases.create = false` (T4 c)."""

from itertools import pairwise

import pytest

from chaport_sync.core.ledger import LineState
from chaport_sync.sandbox.deskie.records import Case, User
from tests.transcripts.stories import HEADER_END, Story, begin, body, forms
from tests.world import World, only

MARY = "mary@mail.example"


async def attached(world: World, *lines: str, email: str | None = MARY) -> Story:
    """A visitor writes to a bot, and cases are not to be opened."""
    story = await begin(world, "cases.create = false", *lines, email=email)
    story.bot_says("Hello!")
    story.visitor_says("Hi")
    return story


def has_case(world: World, user: User, channel: str = "email", status: str = "open") -> Case:
    """Return a user a case."""
    return world.deskie.open_case(user, channel, status, text="A question")


async def test_all_lines_are_notes(world: World) -> None:
    """T4 (c), T5: the newest usable case of the user with this e-mail; nobody speaks there in the visitor's name."""
    story = await attached(world)
    case = has_case(world, world.deskie.add_user("Mary", email="Mary@Mail.example"))
    await world.run(0)
    story.visitor_says("Are you there?")
    await world.run(20)
    assert forms(case) == ["customer", "note", "note"]
    assert body(case) == ["A question", "Robin (bot): Hello!", "Mary (visitor): Hi", "Mary (visitor): Are you there?"]
    assert HEADER_END not in case.messages[1].text
    assert case.status == "open"
    assert world.writes("deskie") == [("POST", f"/api/cases/{case.id}/note.json")] * 2


@pytest.mark.parametrize("minutes", [1, 30])
async def test_what_is_not_included(world: World, minutes: int) -> None:
    """T1: nor is it shown where the case was waited for, or where that took too long and all was parked (P3)."""
    await attached(world, 'transcripts.include = ["bot"]', "cases.wait = 600")
    await world.run(60 * minutes)
    case = has_case(world, world.deskie.add_user("Mary", email=MARY))
    world.app.store.transcripts.retry_parked()
    await world.run(1200)
    shown = [row for row in body(case) if not row.startswith("Late: ")]
    assert [row.partition("Robin")[1:] for row in shown] == [("", ""), ("Robin", " (bot): Hello!")]
    assert world.app.store.counts.lines() == {LineState.DONE: 2}


async def test_newest_usable(world: World) -> None:
    """T4 (c): not closed, deleted or spam, and of these the one updated last."""
    story = await attached(world)
    user = world.deskie.add_user("Mary", email=MARY)
    first, second, closed, deleted, spam = (has_case(world, user) for _ in range(5))
    world.wait(60)
    world.deskie.agent_notes(first, world.deskie.staff[0], "Seen")
    world.wait(60)
    world.deskie.set_case_status(closed, "closed")
    world.deskie.trash(deleted)
    world.deskie.spam(spam)
    await world.run(0)
    assert [len(case.messages) for case in (first, second, closed, deleted, spam)] == [3, 1, 1, 1, 1]
    assert story.chat.id == 1


async def test_search_channels(world: World) -> None:
    """T4 (c): only cases in `cases.search_channels`, if any are named."""
    await attached(world, 'cases.search_channels = ["telegram", "cch12"]')
    user = world.deskie.add_user("Mary", email=MARY)
    telegram = has_case(world, user, "telegram")
    world.wait(10)
    email = has_case(world, user, "email")
    await world.run(0)
    assert (len(telegram.messages), len(email.messages)) == (2, 1)


async def test_an_active_chat_is_found(world: World) -> None:
    """T4: a case that is still an active chat is found."""
    await attached(world)
    case = has_case(world, world.deskie.add_user("Mary", email=MARY))
    case.active_chat = True
    await world.run(0)
    assert forms(case) == ["customer", "note"]


@pytest.mark.parametrize(
    "addresses",
    [
        pytest.param([], id="nobody"),
        pytest.param([MARY, MARY], id="two users"),
        pytest.param([f"anne{MARY}", f"{MARY}.org"], id="only substrings"),
    ],
)
async def test_not_exactly_one_user(world: World, addresses: list[str]) -> None:
    """T4 (c): not exactly one user with exactly this e-mail: no case, and nothing is opened."""
    await attached(world)
    cases = [has_case(world, world.deskie.add_user("X", email=address)) for address in addresses]
    await world.run(600)
    assert world.deskie.cases == cases
    assert all(len(case.messages) == 1 for case in cases)
    assert world.writes("deskie") == []


async def test_linked_profiles_count_as_one(world: World) -> None:
    """T4 (c): linked profiles are one person, whichever of them the case belongs to."""
    await attached(world)
    users = [world.deskie.add_user("Mary", email=MARY) for _ in range(2)]
    world.deskie.link_users(*users)
    case = has_case(world, users[1])
    await world.run(0)
    assert forms(case) == ["customer", "note"]


@pytest.mark.parametrize("email", [None, "", "mary"])
async def test_no_email_no_search(world: World, email: str | None) -> None:
    """T4 (c): without an e-mail address nobody is searched for."""
    await attached(world, email=email)
    has_case(world, world.deskie.add_user("Mary"))
    await world.run(600)
    assert world.sandbox.requests_of("deskie", path_prefix="/api/users") == []
    assert len(world.case().messages) == 1


async def test_growing_pauses(world: World) -> None:
    """T4 (c): until there is a case, deliveries wait, with growing pauses between the searches."""
    await attached(world, "cases.wait = 3600")
    await world.run(3500)
    at = [each.at.timestamp() for each in world.sandbox.requests_of("deskie", path_prefix="/api/users")]
    pauses = [later - earlier for earlier, later in pairwise(at)]
    assert 7 <= len(at) <= 12
    assert 19 <= pauses[0] <= 41
    assert max(pauses) <= 625
    assert all(later >= earlier - 21 for earlier, later in pairwise(pauses))


async def test_a_case_that_appears(world: World) -> None:
    """T4 (c): what waited is delivered when there is a case."""
    story = await attached(world)
    await world.run(300)
    case = has_case(world, world.deskie.add_user("Mary", email=MARY))
    story.visitor_says("Still here")
    await world.run(320)
    assert body(case) == ["A question", "Robin (bot): Hello!", "Mary (visitor): Hi", "Mary (visitor): Still here"]
    assert world.events("delivery.parked") == []


async def test_parked_after_the_wait(world: World) -> None:
    """T4 (c), P3: after `cases.wait` what waits is parked; tomorrow it is tried again, and is headed as late."""
    await attached(world, "cases.wait = 300")
    await world.run(280)
    assert world.events("delivery.parked") == []
    await world.run(300)
    assert only(world.events("delivery.parked"))["events"] == 2
    searches = len(world.sandbox.requests_of("deskie"))
    await world.run(600)
    assert len(world.sandbox.requests_of("deskie")) == searches
    case = has_case(world, world.deskie.add_user("Mary", email=MARY))
    world.wait(86400)
    await world.run(20)
    assert body(case)[1:] == [
        "Late: written 2026-11-02 09:00:00, could not be delivered then.",
        "Robin (bot): Hello!",
        "Mary (visitor): Hi",
    ]


async def test_new_words_after_parking_wait_again(world: World) -> None:
    """T4 (c): each wait is at most `cases.wait`, also of words that come after some were parked."""
    story = await attached(world, "cases.wait = 300")
    await world.run(700)
    story.visitor_says("More")
    await world.run(100)
    case = has_case(world, world.deskie.add_user("Mary", email=MARY))
    await world.run(300)
    assert body(case)[1:] == ["Mary (visitor): More"]
    world.app.store.transcripts.retry_parked()
    await world.run(20)
    assert body(case)[-2:] == ["Robin (bot): Hello!", "Mary (visitor): Hi"]


async def test_greetings_alone_search_nothing(world: World) -> None:
    """T3: nor are greetings put into a case of which the visitor knows nothing."""
    story = await begin(world, "cases.create = false")
    case = has_case(world, world.deskie.add_user("Mary", email=MARY))
    story.bot_says("Hello!")
    await world.run(600)
    assert len(case.messages) == 1
    assert world.sandbox.requests_of("deskie") == []
