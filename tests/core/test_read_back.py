"""What a read-back takes for ours and what not, message by message (P1)."""

import pytest

from chaport_sync.core.authors import Author
from chaport_sync.core.delivery import Displayed, Line, displayed
from chaport_sync.core.model import Message

AT = 1_800_000_000.0
HELLO = Line("e1", 0, Author.VISITOR, "Mary", AT, "Hello")
BYE = Line("e2", 0, Author.VISITOR, "Mary", AT + 9, "Bye")


def found(expected: list[Line], *messages: Message) -> Displayed:
    """Read a case back in which these messages stand."""
    return displayed(expected, messages, ["12:00"] * len(expected), "41001")


@pytest.mark.parametrize(
    ("message", "ours"),
    [
        pytest.param(Message("5", user_id="9", text="Hello"), True, id="the customer's"),
        pytest.param(Message("5", user_id="9", staff_id="7", text="Hello"), False, id="an agent's, to the customer"),
        pytest.param(Message("5", text="Hello"), False, id="nobody's"),
        pytest.param(Message("5", staff_id="41001", note=True, text="12:00 Mary: Hello"), True, id="our note"),
        pytest.param(Message("5", staff_id="7", note=True, text="12:00 Mary: Hello"), False, id="an agent's note"),
        pytest.param(
            Message("5", note=True, text="12:00 Mary: Hello"), True, id="a note that does not say whose it is"
        ),
        pytest.param(Message("5", staff_id="41001", note=True, text="12:01 Mary: Hello"), False, id="another time"),
        pytest.param(Message("5", staff_id="41001", note=True, text="12:00 Mary: Hello!"), False, id="more words"),
        pytest.param(Message("5", staff_id="41001", note=True, text="Hello"), False, id="a note without a time"),
        pytest.param(Message("5", user_id="9", text="Hello", created_at=AT - 300), True, id="five minutes before"),
        pytest.param(Message("5", user_id="9", text="Hello", created_at=AT - 301), False, id="one second earlier"),
    ],
)
def test_whose_message_it_is(message: Message, ours: bool) -> None:  # noqa: FBT001 - a table
    """P1: author, form, normalised text and time decide whether a message is our delivery."""
    notes = frozenset({HELLO.key} if message.note else set[tuple[str, int]]())
    assert found([HELLO], message) == (Displayed(frozenset({HELLO.key}), notes, ("5",)) if ours else Displayed())


def test_other_messages_before_and_between() -> None:
    """P1: what people wrote meanwhile, or long ago, does not keep ours from being found, in order."""
    messages = [
        Message("1", user_id="9", text="Hello", created_at=AT - 900),
        Message("2", user_id="9", text="something else", created_at=AT),
        Message("3", user_id="9", text="Hello", created_at=AT),
        Message("4", user_id="9", text="and another", created_at=AT),
        Message("5", user_id="9", text="Bye", created_at=AT + 9),
    ]
    assert found([HELLO, BYE], *messages) == Displayed(frozenset({HELLO.key, BYE.key}), frozenset(), ("3", "5"))


def test_the_last_of_them_is_where_the_next_reading_begins() -> None:
    """P1: the case is read back after the last message known to be ours."""
    assert found([HELLO], Message("5", user_id="9", text="Hello"), Message("6", user_id="9")).last_message == "5"
    assert found([HELLO]).last_message == ""


def test_what_stands_before_the_last_one_found_is_not_the_next() -> None:
    """P1: lines are in order; an equal text further up is somebody's earlier one."""
    messages = [Message("1", user_id="9", text="Bye"), Message("2", user_id="9", text="Hello")]
    assert found([HELLO, BYE], *messages) == Displayed(frozenset({HELLO.key}), frozenset(), ("2",))


def test_each_line_needs_its_time() -> None:
    """P1: a line without its time cannot be looked for: that is a mistake, and not a line that is missing."""
    with pytest.raises(ValueError, match="shorter"):
        displayed([HELLO, BYE], [], ["12:00"], "41001")
