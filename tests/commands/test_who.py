"""Who is meant by WHO: agents, operators, visitors, cases and chats, as people say them."""

import pytest

from chaport_sync.cli.people import UnknownError
from tests.commands.asking import Asking
from tests.statuses.steps import polls, settled
from tests.transcripts.stories import begin
from tests.world import World, only


def _operators(told: dict[str, list[dict[str, dict[str, str]]]]) -> list[str]:
    return [each["operator"]["name"] for each in told["operators"]]


@pytest.mark.parametrize("who", ["weber", "Weber", "katya  weber", "katya", "web", "KATYA.WEBER@acme.example"])
async def test_any_word_of_a_name(world: World, asking: Asking, who: str) -> None:
    """A surname is enough, or how it begins; so is the whole, however it is typed."""
    email = "katya.weber@acme.example"
    world.deskie.add_agent("Katya Weber", email, 1)
    world.chaport.add_operator("Katya Weber", email)
    world.pair("Ann")
    await settled(world)
    assert _operators(asking.explain(who)) == ["Katya Weber"]


async def test_a_whole_word_comes_first(world: World, asking: Asking) -> None:
    """Who is called so is meant, not who is called something longer."""
    for name in ("Ann Berg", "Anna Weber"):
        email = f"{name.replace(' ', '.').lower()}@acme.example"
        world.deskie.add_agent(name, email, 1)
        world.chaport.add_operator(name, email)
    await settled(world)
    assert _operators(asking.explain("ann")) == ["Ann Berg"]
    assert _operators(asking.explain("an")) == ["Ann Berg", "Anna Weber"]


@pytest.mark.parametrize("who", ["mary", "mary@mail.example", "{visitor}"])
async def test_a_visitor(world: World, asking: Asking, who: str) -> None:
    """A customer's chats are found by name, address or the id that logs show, and tell whose they are."""
    story = await begin(world)
    story.visitor_says("Where is my order?")
    await world.run(60)
    told = only(asking.explain(who.format(visitor=story.visitor.id))["chats"])
    assert told["visitor"] == {"id": story.visitor.id, "name": "Mary", "email": "mary@mail.example"}
    assert told["case"] == str(world.case().id)


async def test_all_chats_of_a_visitor(world: World, asking: Asking) -> None:
    """The latest first, so many as can be read, and how many there are."""
    story = await begin(world)
    for _ in range(12):
        story.chat = world.chaport.start_chat(story.visitor)
        story.visitor_says("Hello?")
        await world.run(30)
    told = asking.explain("mary")
    assert [each["chat"] for each in told["chats"]][:2] == [str(story.chat.id), str(story.chat.id - 1)]
    assert (len(told["chats"]), told["more_chats"]) == (10, 3)
    assert "These are the 10 latest of 13 chats" in asking.explain_for_people("mary")


@pytest.mark.parametrize(
    ("who", "words"),
    [
        ("9999", "no case or chat 9999 is known, and nobody has this id; a chat and its case are forgotten"),
        ("case 9999", "no case 9999 is known; a chat and its case are forgotten when the chat has been silent"),
        ("chat 9999", "no chat 9999 is known; "),
    ],
)
async def test_a_number_that_nobody_has(world: World, asking: Asking, who: str, words: str) -> None:
    """P7: that it may be forgotten is said, and agents' ids are no nearest cases."""
    world.pair("Ann")
    await settled(world, "state.keep = 7")
    with pytest.raises(UnknownError, match=words) as error:
        asking.explain(who)
    assert "7 days ([state] keep)" in str(error.value)


async def test_a_visitor_has_no_history(world: World, asking: Asking) -> None:
    """Statuses are operators': `history` does not know visitors."""
    world.pair("Ann")
    await begin(world)
    with pytest.raises(UnknownError, match="nobody is known by 'mary'"):
        asking.history("mary")


async def test_the_history_of_who_is_gone(world: World, asking: Asking) -> None:
    """Who has left the company is still found, and named completely."""
    ann, jon = world.pair("Ann")
    world.pair("Bob")
    await settled(world)
    world.deskie.delete_agent(ann)
    await polls(world, 3)
    change = only(asking.history("ann"))
    assert change["operator"] == {"id": jon.id, "name": "Ann", "email": "ann@acme.example"}
    assert change["agents"] == [{"id": str(ann.id), "name": "Ann", "email": "ann@acme.example"}]
