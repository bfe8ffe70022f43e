"""What a read-back takes for ours and what not, message by message (P1)."""

from dataclasses import replace

import pytest

from chaport_sync.core.languages.english import ENGLISH
from chaport_sync.core.ledger import Line
from chaport_sync.core.model import Author, Message
from chaport_sync.core.transcripts.delivery_text import reference
from chaport_sync.core.transcripts.read_back import displayed, openings

AT = 1_800_000_000.0
CHAT = ("v1", "1")
HELLO = Line("e1", 0, Author.VISITOR, "Mary", AT, "Hello")
BYE = Line("e2", 0, Author.VISITOR, "Mary", AT + 9, "Bye")
#: A note that shows the first of them, whatever it says.
NOTE = f"any words\n{reference(CHAT, [HELLO], ENGLISH)}"


def found(expected: list[Line], *messages: Message) -> dict[tuple[str, int], Message]:
    """Read a case back in which these messages stand."""
    shown = displayed(expected, CHAT, messages, "41001", {})
    return {key: each.message for key, each in shown.items()}


@pytest.mark.parametrize(
    ("message", "ours"),
    [
        pytest.param(Message("5", user_id="9", text="Hello"), True, id="the customer's"),
        pytest.param(Message("5", user_id="9", staff_id="7", text="Hello"), False, id="an agent's, to the customer"),
        pytest.param(Message("5", text="Hello"), False, id="nobody's"),
        pytest.param(Message("5", staff_id="41001", note=True, text=NOTE), True, id="our note"),
        pytest.param(Message("5", staff_id="41001", note=True, text=NOTE, created_at=0.0), True, id="whenever"),
        pytest.param(Message("5", staff_id="7", note=True, text=NOTE), False, id="an agent's note"),
        pytest.param(Message("5", note=True, text=NOTE), True, id="a note that does not say whose it is"),
        pytest.param(Message("5", user_id="9", text=NOTE), False, id="the customer quotes the note"),
        pytest.param(Message("5", staff_id="41001", text=NOTE), False, id="we, and not in a note"),
        pytest.param(Message("5", staff_id="41001", note=True, text=f"{NOTE}\nx"), False, id="more below it"),
        pytest.param(Message("5", staff_id="41001", note=True, text="Mary: Hello"), False, id="the words alone"),
        pytest.param(Message("5", user_id="9", text="Hello", created_at=AT - 300), True, id="five minutes before"),
        pytest.param(Message("5", user_id="9", text="Hello", created_at=AT - 301), False, id="one second earlier"),
    ],
)
def test_whose_message_it_is(message: Message, ours: bool) -> None:  # noqa: FBT001 - a table
    """P1: a note's reference, or author, normalised text and time of a message, tell whether it is our delivery."""
    assert found([HELLO], message) == ({HELLO.key: message} if ours else {})


def test_other_messages_before_and_between() -> None:
    """P1: what people wrote meanwhile, or long ago, does not keep ours from being found, in order."""
    messages = [
        Message("1", user_id="9", text="Hello", created_at=AT - 900),
        Message("2", user_id="9", text="something else", created_at=AT),
        Message("3", user_id="9", text="Hello", created_at=AT),
        Message("4", user_id="9", text="and another", created_at=AT),
        Message("5", user_id="9", text="Bye", created_at=AT + 9),
    ]
    assert found([HELLO, BYE], *messages) == {HELLO.key: messages[2], BYE.key: messages[4]}


def test_what_stands_before_the_last_one_found_is_not_the_next() -> None:
    """P1: lines are in order; an equal text further up is somebody's earlier one."""
    messages = [Message("1", user_id="9", text="Bye"), Message("2", user_id="9", text="Hello")]
    assert found([HELLO, BYE], *messages) == {HELLO.key: messages[1]}


@pytest.mark.parametrize(
    ("messages", "ids"),
    [
        pytest.param([Message("5", user_id="9", created_at=AT)], ("5",), id="that moment"),
        pytest.param([Message("5", user_id="9", created_at=AT - 1)], ("5",), id="a second before"),
        pytest.param([Message("5", user_id="9", created_at=AT - 1.1)], (), id="longer before"),
        pytest.param([Message("5", user_id="9", created_at=AT + 2)], ("5",), id="two seconds later"),
        pytest.param([Message("5", user_id="9", created_at=AT + 2.1)], (), id="longer later"),
        pytest.param([Message("5", user_id="9")], (), id="without a time"),
        pytest.param([Message("5", staff_id="7", note=True, created_at=AT)], (), id="a note"),
        pytest.param([Message("5", user_id="9", note=True, created_at=AT)], (), id="a note that names the user"),
        pytest.param([Message("5", user_id="9", staff_id="7", created_at=AT)], (), id="an agent's"),
        pytest.param([Message("5", created_at=AT)], (), id="nobody's"),
        pytest.param(
            [Message(str(number), user_id="9", created_at=AT) for number in (5, 6)],
            ("5",),
            id="the first of them only",
        ),
    ],
)
def test_the_words_that_opened_a_case(messages: list[Message], ids: tuple[str, ...]) -> None:
    """P1: the answer to an opening tells its moment, not its message's id."""
    assert openings(messages, [(AT, "9")]) == ids


def test_the_words_that_opened_several_cases() -> None:
    """P1: cases that were merged keep each its first message."""
    messages = [Message(str(at), user_id="9", created_at=AT + at) for at in (0, 60, 120)]
    assert openings(messages, [(AT, "9"), (AT + 120, "9"), (AT + 300, "9")]) == ("0", "120")
    assert openings(messages, []) == ()


@pytest.mark.parametrize(
    ("written", "sent", "ours"),
    [
        pytest.param(AT - 5, None, True, id="just before"),
        pytest.param(AT - 3900, None, True, id="as late as it may be sent"),
        pytest.param(AT - 3901, None, False, id="longer ago"),
        pytest.param(AT - 9000, AT - 5, True, id="delayed"),
        pytest.param(AT + 300, None, True, id="as much later as clocks may differ"),
        pytest.param(AT + 301, None, False, id="afterwards"),
        pytest.param(None, None, True, id="nobody knows when"),
    ],
)
def test_an_answer_stands_there_before_its_echo(written: float | None, sent: float | None, ours: bool) -> None:  # noqa: FBT001 - a table
    """R2: the words of an operator are an agent's who wrote them in the case some time before."""
    line = Line("e3", 0, Author.OPERATOR, "Ann", AT, "It left this morning.")
    answer = Message("5", staff_id="7", text="It left this morning.", created_at=written, sent_at=sent)
    assert found([line], answer) == ({line.key: answer} if ours else {})


def test_two_customers_in_one_second() -> None:
    """P1: of two cases that were opened in one second and merged, both first words are known."""
    messages = [
        Message("1", user_id="7", text="Hi", created_at=AT),
        Message("2", user_id="8", text="yes", created_at=AT),
        Message("3", user_id="8", text="later", created_at=AT + 1),
    ]
    assert openings(messages, [(AT, "7"), (AT, "8")]) == ("1", "2")
    assert openings(messages, [(AT, "8")]) == ("2",)


def test_words_whose_customer_is_another_now() -> None:
    """P1: where a merge makes messages another customer's, the moment alone tells which they were."""
    messages = [Message(number, user_id="7", created_at=AT) for number in ("1", "2")]
    assert openings(messages, [(AT, "8")]) == ("1",)


@pytest.mark.parametrize("again", [Message("5", user_id="9", text="Hello"), Message("5", user_id="9", text="x\nHello")])
def test_words_that_another_chat_of_the_case_has_said_too(again: Message) -> None:
    """P1: words that stand there twice may be another chat's; they do not hide what stands before them."""
    others = Message("1", user_id="9", text="Hello")
    bye = Message("2", user_id="9", text="Bye\nSee you")
    more = Line("e3", 0, Author.VISITOR, "Mary", AT + 10, "See you")
    lines = [HELLO, BYE, more]
    shown = displayed(lines, CHAT, [others, bye, again], "41001", {"1": 1, "5": again.text.count("x")})
    assert {key: each.message.id for key, each in shown.items()} == {HELLO.key: "5", BYE.key: "2", more.key: "2"}


def test_the_same_words_several_times() -> None:
    """P1: each time they are said one message shows them, and each row of it once."""
    again = [Line(f"e{number}", 0, Author.VISITOR, "Mary", AT + number, "Hello") for number in range(4)]
    messages = [Message("1", user_id="9", text="Hello\nHello"), Message("2", user_id="9", text="Hello")]
    assert found(again, *messages) == dict(zip([line.key for line in again], [messages[0], *messages], strict=False))


def test_a_note_shows_nothing_of_what_stands_between_its_lines() -> None:
    """P1: between a bot's greeting and its answer stand the visitor's first words, and they opened the case."""
    greeting, answer = (replace(HELLO, event_id=f"b{number}", author=Author.BOT) for number in (1, 2))
    note = Message("1", note=True, text=reference(CHAT, [greeting, answer], ENGLISH))
    assert displayed([greeting, HELLO, answer], CHAT, [note], "", {}).keys() == {greeting.key, answer.key}


@pytest.mark.parametrize("order", [[HELLO, BYE], [BYE, HELLO]])
def test_a_note_in_another_order(order: list[Line]) -> None:
    """P1: an event that came late stood behind others, and in a new state file it stands before them."""
    note = Message("1", note=True, text=reference(CHAT, order, ENGLISH))
    assert displayed([HELLO, BYE], CHAT, [note], "", {}).keys() == {HELLO.key, BYE.key}


def test_a_note_with_lines_that_are_not_known() -> None:
    """P1: they were deleted in Chaport, or not read since an older state file was restored."""
    note = Message("1", note=True, text=reference(CHAT, [replace(HELLO, event_id="e0"), HELLO, BYE], ENGLISH))
    assert displayed([BYE], CHAT, [note], "", {}).keys() == {BYE.key}
