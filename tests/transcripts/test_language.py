"""Cases in the agents' language, and one that is changed (T5, P1)."""

import pytest

from chaport_sync.core.languages.any_language import LANGUAGES
from tests.transcripts.stories import Story, begin
from tests.world import World

DAY = 86400.0
FILE = {"file": {"name": "a.pdf", "url": "https://files.example/a.pdf"}}


async def told(world: World, language: str) -> Story:
    """A chat with each kind of text: its first words come late, then a file, a bot, an operator, something unknown."""
    story = await begin(world, f'cases.language = "{language}"', 'transcripts.start = "2026-11-01"')
    world.deskie.quirks.reject_text = "<1>"
    story.visitor_says("<1>")
    await world.run(300)
    world.deskie.quirks.reject_text = ""
    world.app.store.transcripts.retry_parked()
    await world.run(20)
    world.chaport.event(story.chat, "visitor-message", FILE)
    story.bot_says("<2>")
    story.operator_says("<3>")
    world.chaport.event(story.chat, "upload", FILE)
    world.chaport.event(story.chat, "poll-answer", {"text": "secret"})
    await world.run(60)
    return story


@pytest.mark.parametrize("memory", ["kept", "lost"])
@pytest.mark.parametrize(("before", "after"), [("en", "ru"), ("ru", "tr"), ("tr", "en")])
async def test_changed_between_two_starts(world: World, before: str, after: str, memory: str) -> None:
    """P1: what stands in a case in one language is not shown again in another, also with a lost state file."""
    story = await told(world, before)
    stands = [message.text for message in world.case().messages]
    assert stands[0].startswith(LANGUAGES[before].late.partition("{")[0])
    await world.stop()
    if memory == "lost":
        for file in world.folder.glob("state.db*"):
            file.unlink()
    await world.start(f'cases.language = "{after}"')
    await world.run(300)
    assert [message.text for message in world.case().messages] == stands
    story.bot_says("<4>")
    await world.run(60)
    texts = [message.text for message in world.case().messages]
    assert texts[:-1] == stands
    assert f"Robin ({LANGUAGES[after].as_bot}): <4>" in texts[-1]


@pytest.mark.parametrize(("word", "name"), [("en", "Visitor"), ("ru", "Посетитель"), ("tr", "Ziyaretçi")])
async def test_a_case_of_a_visitor_without_a_name(world: World, word: str, name: str) -> None:
    """T5: subject and customer are named in the language, and so is the heading of the first note."""
    story = await begin(world, f'cases.language = "{word}"', name="", email=None)
    story.visitor_says("Hi")
    story.bot_says("Hello!")
    await world.run(0)
    language, case = LANGUAGES[word], world.case()
    assert case.subject == language.subject.format(visitor=name)
    customer = world.deskie.find_user(case.user_id)
    assert customer is not None
    assert customer.name == name
    assert case.messages[1].text.startswith(f"{language.heading.format(chat=1)} · ")
    assert language.answers_stay in case.messages[1].text


async def test_a_subject_of_ones_own(world: World) -> None:
    """T4: what the configuration says goes before the language's."""
    story = await begin(world, 'cases.language = "tr"', 'cases.subject = "Sohbet - {visitor}"')
    story.visitor_says("Hi")
    await world.run(0)
    assert world.case().subject == "Sohbet - Mary"
