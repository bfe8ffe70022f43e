"""Who wrote an event (T1, Chaport reference 5.5)."""

import pytest

from chaport_sync.core.model import Author, Chat, Event, Kind, Operator, Visitor
from chaport_sync.core.transcripts.delivery_text import signature
from chaport_sync.core.transcripts.reading import AuthorRules, MirrorRules, classify, name_of, read

OPERATORS = {"op1": Operator("op1", name="Ann"), "op2": Operator("op2", name="Auto", is_bot=True)}
RULES = AuthorRules(
    bots={"b1": "Robin"}, event_kinds={"form-sent": "visitor", "ping": "ignore", "bot-note": "operator"}
)


@pytest.mark.parametrize(
    ("event", "author", "kind"),
    [
        pytest.param(Event("1", "visitor-message", text="Hi"), Author.VISITOR, Kind.WORDS, id="a visitor"),
        pytest.param(Event("1", "bot-message", text="Hi"), Author.BOT, Kind.WORDS, id="H1: an own type"),
        pytest.param(Event("1", "chatbot-reply", text="Hi"), Author.BOT, Kind.WORDS, id="H1: or similar"),
        pytest.param(
            Event("1", "operator-message", author_id="op1"),
            Author.OPERATOR,
            Kind.WORDS,
            id="an operator that is listed",
        ),
        pytest.param(
            Event("1", "operator-message", author_id="xy"), Author.AUTOMATION, Kind.WORDS, id="H2: a stranger"
        ),
        pytest.param(Event("1", "operator-message"), Author.AUTOMATION, Kind.WORDS, id="H2: nobody named"),
        pytest.param(
            Event("1", "operator-message", author_id="xy", bot_flag=True), Author.BOT, Kind.WORDS, id="H2: flagged"
        ),
        pytest.param(
            Event("1", "operator-message", author_id="op2"), Author.BOT, Kind.WORDS, id="H2: the operator is a bot"
        ),
        pytest.param(
            Event("1", "operator-message", author_id="b1"), Author.BOT, Kind.WORDS, id="H2: configured as a bot"
        ),
        pytest.param(Event("1", "trigger-message", text="Hi"), Author.BOT, Kind.WORDS, id="H3: a trigger"),
        pytest.param(Event("1", "auto-message", text="Hi"), Author.BOT, Kind.WORDS, id="H3: automatic"),
        pytest.param(Event("1", "form-sent", text="Hi"), Author.VISITOR, Kind.WORDS, id="event_kinds names a kind"),
        pytest.param(
            Event("1", "bot-note", text="Hi"), Author.OPERATOR, Kind.WORDS, id="event_kinds overrules the type"
        ),
        pytest.param(Event("1", "ping", text="Hi"), Author.UNKNOWN, Kind.SYSTEM, id="event_kinds ignores"),
        pytest.param(
            Event("1", "poll-answer", text="Hi"), Author.UNKNOWN, Kind.OTHER, id="an unknown type with a text"
        ),
        pytest.param(
            Event("1", "upload", file_name="a.pdf"), Author.UNKNOWN, Kind.OTHER, id="an unknown type with a file"
        ),
        pytest.param(Event("1", "poll-answer"), Author.UNKNOWN, Kind.SYSTEM, id="an unknown type without anything"),
        pytest.param(
            Event("1", "opened-page", file_url="https://a"), Author.UNKNOWN, Kind.SYSTEM, id="a page is no file"
        ),
        pytest.param(
            Event("1", "operator-change", author_id="op1"), Author.UNKNOWN, Kind.SYSTEM, id="a known category"
        ),
        pytest.param(
            Event("1", "bot-assigned", author_id="b9"), Author.UNKNOWN, Kind.SYSTEM, id="about a bot, not by it"
        ),
    ],
)
def test_classify(event: Event, author: Author, kind: Kind) -> None:
    """T1: the classifier is right under each of H1 to H3; bots and event_kinds overrule it."""
    assert classify(event, OPERATORS, RULES) == (author, kind)


def test_event_kinds_overrule_flags() -> None:
    """T1: what the configuration says of a type holds even against a bot's flag."""
    event = Event("1", "form-sent", bot_flag=True)
    assert classify(event, OPERATORS, RULES) == (Author.VISITOR, Kind.WORDS)


@pytest.mark.parametrize(
    ("event", "author", "name"),
    [
        pytest.param(Event("1", "visitor-message"), Author.VISITOR, "Mary (visitor)", id="the visitor's own name"),
        pytest.param(Event("1", "bot-message", author_id="b1"), Author.BOT, "Robin (bot)", id="a configured bot"),
        pytest.param(Event("1", "bot-message", author_name="Sam"), Author.BOT, "Sam (bot)", id="a bot that says it"),
        pytest.param(Event("1", "bot-message"), Author.BOT, "Bot", id="a bot without a name"),
        pytest.param(Event("1", "operator-message", author_id="op1"), Author.OPERATOR, "Ann", id="an operator"),
        pytest.param(Event("1", "operator-message", author_id="x"), Author.OPERATOR, "Operator", id="without a name"),
        pytest.param(
            Event("1", "operator-message", author_id="x"), Author.AUTOMATION, "x (bot or former operator)", id="either"
        ),
        pytest.param(
            Event("1", "operator-message"), Author.AUTOMATION, "somebody (bot or former operator)", id="nobody named"
        ),
        pytest.param(Event("1", "upload"), Author.UNKNOWN, "Chaport", id="unknown"),
    ],
)
def test_name(event: Event, author: Author, name: str) -> None:
    """T5: a line names its author and says what that is where the name does not."""
    assert signature(author, name_of(event, author, "Mary", OPERATORS, RULES)) == name


def test_a_visitor_without_a_name() -> None:
    """T5: a line has an author even where nothing is known of the visitor."""
    assert (
        signature(Author.VISITOR, name_of(Event("1", "visitor-message"), Author.VISITOR, "", OPERATORS, RULES))
        == "Visitor"
    )


def test_strangers() -> None:
    """T1: who wrote as an operator or was assigned and is not listed is a reason to read the operators again."""
    authors = ["op1", "b1", "xy"]
    events = tuple(Event(str(number), "operator-message", author_id=id_) for number, id_ in enumerate(authors))
    chat = Chat("v1", "1", operators=("op2", "b1", "zz"), events=(*events, Event("9", "bot-message", author_id="b2")))
    found = read(chat, Visitor("v1"), OPERATORS, MirrorRules(RULES), 0.0)
    assert found.strangers == {"xy", "zz"}


def test_what_the_visitor_did_not_write() -> None:
    """R2: an answer of ours comes back as an event of anybody but the visitor, of whatever type."""
    types = ("visitor-message", "operator-message", "form-sent", "opened-page", "poll-answer")
    events = tuple(Event(str(number), type_) for number, type_ in enumerate(types))
    found = read(Chat("v1", "1", events=events), Visitor("v1"), OPERATORS, MirrorRules(RULES), 0.0)
    assert [event.type for event in found.others] == ["operator-message", "opened-page", "poll-answer"]
