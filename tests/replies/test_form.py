"""What of an answer reaches the visitor: readable text, links, in parts where it is long (R4)."""

import pytest

from tests.replies.answering import answering
from tests.world import World

TABLE = "<table><tr><td>Size</td><td>42</td></tr><tr><td>Colour</td><td>blue</td></tr></table>"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ('<style>p { color: red }</style><p style="margin:0">Hello <b>Mary</b>,</p><p>bye</p>', "Hello Mary,\nbye"),
        ('<p>See <a href="https://acme.example/track?n=1&amp;x=2">your parcel</a>.</p>', "See your parcel"),
        ("<p>Thanks 👍 &amp; see you &lt;soon&gt;</p>", "Thanks 👍 & see you <soon>"),
        ("<blockquote>Where is it?</blockquote><p>On its way.</p>", "Where is it?\nOn its way."),
        (TABLE, "42"),
    ],
    ids=["styles", "link", "emoji and entities", "quote", "table"],
)
async def test_markup(world: World, html: str, text: str) -> None:
    """R4: HTML becomes text that can be read."""
    scene = await answering(world)
    world.deskie.agent_replies(scene.case, scene.agent, html=html)
    await scene.polls(3)
    (heard,) = scene.heard()
    assert text in heard
    assert "<p" not in heard
    assert "color" not in heard


async def test_a_link_keeps_its_address(world: World) -> None:
    """R4: what cannot be clicked can be copied."""
    scene = await answering(world)
    html = '<p>See <a href="https://acme.example/track">your parcel</a>.</p>'
    world.deskie.agent_replies(scene.case, scene.agent, html=html)
    await scene.polls(3)
    assert "https://acme.example/track" in scene.heard()[0]


async def test_attachments(world: World) -> None:
    """R4: they become their links, also without a word; nothing at all is not sent, and that is said."""
    scene = await answering(world)
    label, photo = world.deskie.file("label.pdf", "https://x.example/1"), world.deskie.file("", "https://x.example/2")
    world.deskie.agent_replies(scene.case, scene.agent, "Print this.", attachments=[label, photo])
    world.deskie.agent_replies(scene.case, scene.agent, "", attachments=[label])
    world.deskie.agent_replies(scene.case, scene.agent, " ")
    await scene.polls(4)
    assert scene.heard() == [
        "Print this.\nlabel.pdf: https://x.example/1\nhttps://x.example/2",
        "label.pdf: https://x.example/1",
    ]
    (note,) = scene.notes()
    assert note.startswith("Not sent to the visitor: there is nothing in it that can be sent. Answer no. ")


async def test_a_long_answer(world: World) -> None:
    """R4: it is sent in parts, in order and whole, and none of them is too long."""
    scene = await answering(world, "replies.max_length = 300")
    words = " ".join(f"word{number}" for number in range(200))
    scene.answer(words)
    scene.answer("That is all.")
    await scene.polls(6)
    *parts, last = scene.heard()
    assert last == "That is all."
    assert len(parts) > 4
    assert all(len(part) <= 300 for part in parts)
    assert " ".join(parts).split() == words.split()
    await scene.polls(10)
    assert sum("word199" in message.text for message in scene.case.messages) == 1
