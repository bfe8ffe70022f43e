"""Notes about answers are in the agents' language, and what administrators read is in English (R1)."""

import pytest

from tests.replies.answering import answering
from tests.world import World, only


@pytest.mark.parametrize(
    ("word", "note"),
    [
        ("ru", "Не отправлено посетителю: Chaport не принял ответ"),
        ("tr", "Ziyaretçiye gönderilmedi: Chaport yanıtı kabul etmedi"),
    ],
)
async def test_an_answer_that_is_refused(world: World, word: str, note: str) -> None:
    """R1: the agent reads why in the agents' language; the log and the state file say it in English."""
    scene = await answering(world, f'cases.language = "{word}"')
    world.chaport.quirks.longest_message = 50
    scene.answer("x" * 60)
    await scene.polls(12)
    (told,) = scene.notes()
    assert told.startswith(note)
    assert only(world.events("reply.not_sent"))["reason"].startswith("Chaport refused it (")


async def test_an_answer_that_finds_nobody(world: World) -> None:
    """R1: so it is where the answer is not even tried."""
    scene = await answering(world, 'cases.language = "tr"')
    scene.answer("Merhaba", world.deskie.add_agent("Bob", "bob@acme.example", 1))
    await scene.polls(4)
    assert scene.notes() == [
        "Ziyaretçiye gönderilmedi: sizinle eşleşen bir Chaport operatörü yok. Yanıtın başı: Merhaba"
    ]
    assert only(world.events("reply.not_sent"))["reason"] == "no Chaport operator is paired with you"


async def test_an_answer_that_is_changed(world: World) -> None:
    """R1: and what was changed afterwards."""
    scene = await answering(world, 'cases.language = "ru"')
    message = scene.answer("Уже в пути.")
    await scene.polls(4)
    world.deskie.agent_edits(scene.case, message, "Уже доставлено.")
    await scene.polls(10)
    assert scene.heard() == ["Уже в пути."]
    assert scene.notes() == ["Ответ изменён только здесь: у посетителя остался прежний текст."]


@pytest.mark.parametrize("after", ["ru", "tr"])
async def test_a_file_without_a_name_comes_back_as_it_went(world: World, after: str) -> None:
    """R2, P1: an answer that comes back is known in another language and without a memory."""
    scene = await answering(world, 'transcripts.start = "2026-11-01"')
    world.deskie.agent_replies(
        scene.case, scene.agent, "See", attachments=[world.deskie.file("", "https://x.example/a")]
    )
    await scene.polls(4)
    assert scene.heard() == ["See\nhttps://x.example/a"]
    stands = [message.text for message in scene.case.messages]
    await world.stop()
    for file in world.folder.glob("state.db*"):
        file.unlink()
    await world.start(f'cases.language = "{after}"')
    await scene.polls(20)
    assert [message.text for message in scene.case.messages] == stands
    assert len(scene.heard()) == 1
