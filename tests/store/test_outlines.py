"""The outlines of many chats: made of the chats, their lines and the answers to their visitors, in one query."""

from dataclasses import replace
from pathlib import Path

from chaport_sync.core.ledger import Line, LineState, Reply
from chaport_sync.core.model import Author, Kind
from chaport_sync.core.transcripts.chats import ChatState
from chaport_sync.core.transcripts.overview import Outline
from chaport_sync.store import Store
from tests.store.stores import opened

CHAT = ChatState("v", "1", last_event_at=100.0, visitor_wrote=True, bot_spoke=True, human=True, case_id="c")
V, B, P = Author.VISITOR, Author.BOT, Author.OPERATOR


def said(*words: tuple[float, Author], state: LineState = LineState.DONE) -> list[Line]:
    """Return lines at these times by these authors."""
    return [Line(f"e{at}", 0, author, "x", at, "text", state=state) for at, author in words]


def outline(store: Store, chat: ChatState, *words: tuple[float, Author]) -> Outline:
    """Record a chat with these lines, and return its outline."""
    store.record_reading(chat, said(*words))
    (found,) = (each for each in store.outlines.since(0.0) if each.key == chat.key)
    return found


def test_a_hand_off(tmp_path: Path) -> None:
    """The visitor's words after the bot's last ones and before the person's are those that were unanswered."""
    with opened(tmp_path / "state.db") as store:
        found = outline(store, CHAT, (5, B), (10, V), (20, B), (30, V), (35, V), (60, P), (70, V), (80, B), (90, P))
    assert found == Outline(
        *("v", "1", 5, True, True, True, False, False, False, 100, None, None),
        first_words_at=10,
        person_at=60,
        bot_at=20,
        unanswered_at=30,
    )


def test_without_what_is_left_out(tmp_path: Path) -> None:
    """What is not recorded is None: a bot's last words, a person's, and then since when the visitor asks."""
    with opened(tmp_path / "state.db") as store:
        found = outline(store, replace(CHAT, asked_at=95.0), (10, V), (95, V))
        assert (found.person_at, found.bot_at, found.unanswered_at, found.asked_since) == (None, None, None, None)
        found = outline(store, replace(CHAT, chat_id="2", visitor_wrote=False, human=False))
        assert (found.began_at, found.first_words_at) == (100, None)


def test_since_when_the_visitor_asks(tmp_path: Path) -> None:
    """It is the first of the words since a bot or a person last wrote, not the last."""
    asks = replace(CHAT, human=False, asked_at=40.0)
    with opened(tmp_path / "state.db") as store:
        assert outline(store, asks, (10, V), (20, B), (30, V), (40, V)).asked_since == 30
        assert outline(store, replace(asks, chat_id="2", bot_spoke=False), (10, V), (40, V)).asked_since == 10
        assert outline(store, replace(asks, chat_id="3", asked_at=None), (10, V), (20, B)).asked_since is None


def test_a_person_who_spoke_first(tmp_path: Path) -> None:
    """A greeting is no answer: the person's first words after the visitor's count."""
    with opened(tmp_path / "state.db") as store:
        assert outline(store, CHAT, (5, P), (10, V), (30, P)).person_at == 30


def test_only_words_count(tmp_path: Path) -> None:
    """A notice or something else in a chat is nobody's answer."""
    with opened(tmp_path / "state.db") as store:
        store.record_reading(CHAT, [*said((10, V)), replace(said((20, P))[0], kind=Kind.OTHER)])
        (found,) = store.outlines.since(0.0)
        assert found.person_at is None


def test_answers_from_deskie(tmp_path: Path) -> None:
    """An answer that was sent from the chat's own case, and not after the chat's end, is a person's."""
    reply = Reply("m", 0, "v", "c", "7", "8", 50.0, "text", state=LineState.DONE)
    other = [
        replace(reply, message_id="m1", at=20.0, state=LineState.PARKED),
        replace(reply, message_id="m2", at=20.0, case_id="d"),
        replace(reply, message_id="m3", at=20.0, visitor_id="w"),
        replace(reply, message_id="m4", at=5.0),
    ]
    late = replace(reply, message_id="m5", visitor_id="w", at=5000.0)
    with opened(tmp_path / "state.db") as store:
        store.replies.record([reply, *other, late])
        assert outline(store, CHAT, (10, V), (60, P)).person_at == 50
        assert outline(store, replace(CHAT, human=False), (10, V)).person_at is None
        assert outline(store, replace(CHAT, visitor_id="w"), (30, V)).person_at is None


def test_the_window(tmp_path: Path) -> None:
    """A chat counts if it began in the window, and not if only its end is there."""
    with opened(tmp_path / "state.db") as store:
        outline(store, CHAT, (10, V), (90, V))
        outline(store, replace(CHAT, chat_id="2"), (50, V))
        assert [each.chat_id for each in store.outlines.since(50.0)] == ["2"]


def test_words_that_are_not_shown(tmp_path: Path) -> None:
    """The chats of which something is not shown, the longest wait first; not those that wait for nothing."""
    new = LineState.NEW
    with opened(tmp_path / "state.db") as store:
        store.record_reading(CHAT, said((50, V), (20, B), state=new))
        store.record_reading(replace(CHAT, chat_id="2"), said((10, V), state=LineState.PARKED))
        store.record_reading(replace(CHAT, chat_id="3"), said((5, V)))
        store.record_reading(replace(CHAT, chat_id="4", visitor_wrote=False), said((5, B), state=new))
        store.record_reading(replace(CHAT, chat_id="5", silenced="spam"), said((5, V), state=new))
        assert store.outlines.not_shown(9) == ([(("v", "2"), 10.0), (("v", "1"), 20.0)], 2)
        assert store.outlines.not_shown(1) == ([(("v", "2"), 10.0)], 2)
