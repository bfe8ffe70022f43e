"""Who wrote an event (T1, Chaport reference 5.5)."""

from dataclasses import replace

import pytest

from chaport_sync.core.languages.english import ENGLISH
from chaport_sync.core.model import Author, Chat, Event, Kind, Operator, Visitor
from chaport_sync.core.transcripts.authors import AuthorRules, OperatorsListed, classify, is_person, name_of
from chaport_sync.core.transcripts.delivery_text import signature
from chaport_sync.core.transcripts.reading import MirrorRules, read

#: "missed" wrote before the last list was read, which does not have it.
OPERATORS = OperatorsListed(
    {"op1": ("Ann", False), "op2": ("Auto", True), "no1": ("", False)}, ("missed", "op1", "op2", "b1", "")
)
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
            Event("1", "operator-message", author_id="xy"),
            Author.AUTOMATION,
            Kind.WORDS,
            id="H2: no later list",
        ),
        pytest.param(
            Event("1", "operator-message", author_id="missed"), Author.BOT, Kind.WORDS, id="H2: missed in a later list"
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
        pytest.param(Event("1", "operator-message", author_id="no1"), Author.OPERATOR, "Operator", id="without a name"),
        pytest.param(
            Event("1", "operator-message", author_id="missed"),
            Author.BOT,
            "missed (bot)",
            id="a missed bot",
        ),
        pytest.param(
            Event("1", "operator-message", author_id="missed", author_name="Sam"),
            Author.BOT,
            "Sam (bot)",
            id="or a name",
        ),
        pytest.param(
            Event("1", "operator-message", author_id="b1"), Author.BOT, "Robin (bot)", id="or the configuration"
        ),
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
    assert signature(author, name_of(event, author, "Mary", OPERATORS, RULES), ENGLISH) == name


def test_a_visitor_without_a_name() -> None:
    """T5: a line has an author even where nothing is known of the visitor."""
    name = name_of(Event("1", "visitor-message"), Author.VISITOR, "", OPERATORS, RULES)
    assert signature(Author.VISITOR, name, ENGLISH) == "Visitor"


@pytest.mark.parametrize(
    ("author_id", "author"),
    [
        ("missed", Author.AUTOMATION),
        ("xy", Author.AUTOMATION),
        ("op1", Author.OPERATOR),
        ("op2", Author.BOT),
        ("b1", Author.BOT),
    ],
)
def test_unlisted_authors_may_stay_unknown(author_id: str, author: Author) -> None:
    """T1: with `unlisted_authors = "unknown"` only what is sure counts as a bot's."""
    rules = replace(RULES, unlisted=Author.AUTOMATION)
    assert classify(Event("1", "operator-message", author_id=author_id), OPERATORS, rules)[0] is author


def test_whoever_was_ever_listed() -> None:
    """T1: who is gone from the list stays an operator under the last name; who is listed again is as listed now."""
    ann, bob, auto = Operator("op1", name="Ann"), Operator("op2", name="Bob"), Operator("op3", name="Auto", is_bot=True)
    before = OperatorsListed().with_list([ann, bob])
    after = before.with_list([replace(ann, name="Anna"), auto])
    assert after == OperatorsListed({"op1": ("Anna", False), "op2": ("Bob", False), "op3": ("Auto", True)})


def test_whoever_was_missed() -> None:
    """T1: who had written before a list was read and is not in it is missed, until a list has this author."""
    ann, bob = Operator("op1", name="Ann"), Operator("op2", name="Bob")
    first = OperatorsListed().with_list([ann], ["bot", "op1", "op2"])
    assert first.missed == ("bot", "op2")
    assert first.with_list([ann, bob]).missed == ("bot",)
    assert first.with_list([bob]).with_list([ann], ["op2", "other"]).missed == ("bot", "other")


def test_an_empty_list_tells_of_nobody() -> None:
    """T1, S8: an account always has somebody, so an empty list makes no bots."""
    assert OperatorsListed().with_list([], ["op1"]) == OperatorsListed()
    assert OPERATORS.with_list([], ["op1"]).known == OPERATORS.known


@pytest.mark.parametrize(
    ("operator_id", "person"), [("op1", True), ("op2", False), ("missed", False), ("xy", False), ("b1", False)]
)
def test_a_person(operator_id: str, person: bool) -> None:  # noqa: FBT001 - a table
    """C2, T1: who is assigned to a chat is a person if ever listed as one, and not if the configuration says a bot."""
    operators = OperatorsListed({**OPERATORS.known, "b1": ("Bea", False)}, OPERATORS.missed)
    assert is_person(operator_id, operators, RULES) is person


def test_strangers() -> None:
    """T1: who wrote as an operator or was assigned and was never listed is a reason to read the operators again."""
    authors = ["op1", "b1", "xy", ""]
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
