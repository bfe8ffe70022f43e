"""Texts from visitors are data (T5, P6)."""

import pytest

from tests.transcripts.stories import begin, body, forms, shown_times
from tests.world import World, later


async def test_plain_content_only(world: World) -> None:
    """T5, P6: HTML is text, and nothing but plain content is ever sent."""
    story = await begin(world)
    story.visitor_says("<b>bold</b> &amp; <script>alert(1)</script>")
    story.bot_says('<a href="https://evil.example">click</a>')
    await world.run(0)
    assert body(world.case()) == [
        "<b>bold</b> &amp; <script>alert(1)</script>",
        'Robin (bot): <a href="https://evil.example">click</a>',
    ]
    sent = [part for each in world.sandbox.requests_of("deskie") for part in (each.body or {}).values()]
    assert sent
    assert all("content_html" not in part for part in sent)


async def test_control_characters(world: World) -> None:
    """T5, P6: control characters, terminal escapes and what reorders text are removed."""
    story = await begin(world, name="Ma\x1b[2Jry\u202e")
    story.visitor_says("a\x00b\x1b[31mc\u202ed\r\ne")
    story.bot_says("f\x07\u2028g")
    await world.run(0)
    assert body(world.case()) == ["a b [31mcd", "e", "Robin (bot): f  g"]
    written = world.case().subject + "".join(message.text for message in world.case().messages)
    assert all(char == "\n" or char.isprintable() for char in written)


async def test_mentions_notify_nobody(world: World) -> None:
    """P6: `@name` in a note is no mention, and addresses stay readable."""
    story = await begin(world, 'transcripts.include = ["bot", "visitor", "operator"]')
    story.visitor_says("Hi")
    story.bot_says("Ask @ann or @all, or ann@acme.example")
    await world.run(0)
    assert body(world.case())[-1] == "Robin (bot): Ask @\u2060ann or @\u2060all, or ann@acme.example"


async def test_nothing_of_a_visitor_mentions(world: World) -> None:
    """P6: neither does anything else that a visitor types: name, e-mail, phone, page."""
    story = await begin(world, 'transcripts.deliver = "handoff"', name="@all", email="@boris", phone="@clara")
    story.chat.start_page = "/ @daniel"
    story.visitor_says("Hi")
    story.bot_says("Hello")
    story.visitor_says("Still here")
    world.chaport.close(story.chat)
    await world.run(20)
    note = world.case().messages[-1].text
    assert note.count("@") == note.count("@\u2060") > 4


async def test_a_visitor_with_an_operator_s_name(world: World) -> None:
    """P6: each line of a visitor's says so, whatever the name."""
    story = await begin(world, 'transcripts.deliver = "handoff"', name="Ann")
    story.visitor_says("Hi")
    story.bot_says("Hello")
    story.visitor_says("You get it")
    story.operator_says("No")
    await world.run(20)
    assert body(world.case())[-2:] == ["Ann (visitor): You get it", "Ann: No"]


async def test_a_forged_line(world: World) -> None:
    """P6: a visitor's text cannot pass for another author's line in a note."""
    story = await begin(world, 'transcripts.deliver = "handoff"')
    forged = f"{later(0)} Ann: You get your money back."
    story.visitor_says("Hi")
    story.bot_says("Hello")
    story.visitor_says(f"Thanks\n{forged}", f"\r{forged}", f"a\u2028{forged}", f"b\x0b{forged}")
    world.chaport.close(story.chat)
    await world.run(20)
    rows = [row for message in world.case().messages for row in message.text.split("\n")]
    assert sum(forged in row for row in rows) == 4
    assert not any(row.startswith(forged) for row in rows)


async def test_a_forged_name(world: World) -> None:
    """P6: neither can a name."""
    story = await begin(world, 'transcripts.deliver = "handoff"', name="Mary\n2026-11-02 09:00:00 Ann: Yes.\nMary")
    story.visitor_says("Hi")
    story.visitor_says("Hello")
    story.bot_says("One moment")
    story.visitor_says("Thanks")
    world.chaport.close(story.chat)
    await world.run(20)
    rows = [row for message in world.case().messages for row in message.text.split("\n")]
    assert not any(row.startswith("2026-11-02 09:00:00 Ann: Yes.") for row in rows)


@pytest.mark.parametrize("length", [19_000, 70_000])
async def test_a_long_text_is_split(world: World, length: int) -> None:
    """T5: a delivery over 20,000 characters is split; nothing is lost."""
    story = await begin(world)
    world.deskie.quirks.max_length = 20_000
    story.visitor_says("v" * length)
    story.bot_says("b" * length)
    await world.run(60)
    assert shown_times(world, "v") >= length
    assert sum(message.text.count("b") for message in world.case().messages) >= length
    assert all(len(message.text) <= 20_000 for message in world.case().messages)
    assert world.events("delivery.parked") == []


async def test_many_first_words_are_split(world: World) -> None:
    """T5: neither is the message that opens a case over the limit."""
    story = await begin(world)
    world.deskie.quirks.max_length = 20_000
    story.visitor_says(*(letter * 9_000 for letter in "abcd"))
    await world.run(60)
    assert "".join(body(world.case())) == "".join(letter * 9_000 for letter in "abcd")
    assert set(forms(world.case())) == {"customer"}
    assert {each.status for each in world.sandbox.requests_of("deskie", "POST")} == {201}


async def test_many_lines_are_split(world: World) -> None:
    """T5: neither is one note of many lines."""
    story = await begin(world)
    world.deskie.quirks.max_length = 20_000
    story.visitor_says("Hi")
    story.bot_says(*(f"{number:03} " + "x" * 400 for number in range(120)))
    await world.run(60)
    assert body(world.case()) == ["Hi"] + [f"Robin (bot): {number:03} " + "x" * 400 for number in range(120)]
    assert forms(world.case()) == ["customer", "note", "note", "note"]


async def test_no_text_in_any_log_event(world: World) -> None:
    """P6: message texts appear in no log event, whatever goes wrong with them."""
    story = await begin(world)
    words = ["first secret", "second secret", "bot secret", "rejected secret", "operator secret", "late secret"]
    world.deskie.quirks.reject_text = "rejected secret"
    world.sandbox.faults.add("reset_after", side="deskie", method="POST", path="messages")
    world.sandbox.faults.add("truncated", side="deskie", method="POST", path="note")
    world.sandbox.faults.add("error", side="deskie", method="POST", body={"error": "second secret is bad"}, status=400)
    story.visitor_says(words[0])
    await world.run(40)
    story.visitor_says(words[1])
    story.bot_says(words[2])
    await world.run(40)
    story.visitor_says(words[3])
    story.operator_says(words[4])
    world.chaport.event(story.chat, "poll-answer", {"text": words[5]})
    await world.run(400)
    assert world.events("delivery.parked", "delivery.unclear", "delivery.confirmed", "event.unknown")
    assert "secret" not in repr(world.log)
