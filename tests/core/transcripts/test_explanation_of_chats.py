"""Why a chat stands in Deskie as it does, in words (T2 to T5, C1 to C5, R1)."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from chaport_sync.core.ledger import Line, LineState, Reply
from chaport_sync.core.transcripts.cases import CaseRules
from chaport_sync.core.transcripts.chats import CaseState, ChatState
from chaport_sync.core.transcripts.explanation import answer, explain_chat, foreseen
from chaport_sync.core.transcripts.steps import Facts, Snapshot
from tests.core.transcripts.conversation import CASE, CHAT, NOW, RULES, bot, visitor

#: Its case was opened because nobody answers; it is looked at from time to time.
OPENED = replace(CHAT, asked_at=NOW - 500, opened_unanswered=True)
REPLY = Reply("7001", 0, "v1", "c1", "41", "op", NOW - 10, "It left.")


def explained(
    *lines: Line,
    chat: ChatState = CHAT,
    case: CaseState | None = CASE,
    shown: int = 3,
    replies: Sequence[Reply] = (),
    rules: CaseRules = RULES,
) -> list[str]:
    """Explain the chat; its moments are so many seconds from now."""
    at = Snapshot(chat, case, lines, Facts(verified=True), NOW)
    return explain_chat(at, foreseen(at, rules), shown, replies, rules, lambda at: f"{at - NOW:+.0f} s")


def answered(*lines: Line, chat: ChatState = CHAT, case: CaseState | None = CASE, at_work: bool = True) -> str:
    """Answer in one sentence; its moments are so many seconds from now."""
    at = Snapshot(chat, case, lines, Facts(verified=True), NOW)
    return answer(at, foreseen(at, RULES), 3, RULES, lambda at: f"{at - NOW:+.0f} s", at_work=at_work)


def parked(number: int, error: str) -> Line:
    """Return a line that was refused."""
    return bot(number, state=LineState.PARKED, error=error, not_before=NOW + 60)


def test_a_chat_that_is_shown() -> None:
    """The whole explanation of a chat in which a bot answers."""
    assert explained() == [
        "It is shown in case c1, of our own channel.",
        "A bot answers, and no person has taken part.",
        "3 lines are shown.",
        "The status of the case is ours, waiting.",
        "It is read again when Chaport shows something new in it.",
        "Next: nothing by itself (nothing to deliver).",
    ]


@pytest.mark.parametrize(
    ("chat", "case", "words"),
    [
        (CHAT, replace(CASE, own=False), "It is shown in case c1, which was there before."),
        (replace(CHAT, case_id=""), None, "It has no case."),
        (
            replace(CHAT, silenced="the case was deleted"),
            CASE,
            "Nothing more of it is shown: the case was deleted.",
        ),
    ],
)
def test_where_it_is_shown(chat: ChatState, case: CaseState | None, words: str) -> None:
    """T4: in which case, or why in none."""
    assert explained(chat=chat, case=case)[0] == words


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"human": True}, "A person has taken part."),
        ({"bot_spoke": False, "asked_at": NOW - 5}, "Nobody has answered."),
        ({"bot_spoke": True, "asked_at": NOW - 5}, "A bot answers, and no person has taken part."),
        ({"bot_spoke": False}, "When it was last read, the visitor had not written; its last event was at -10 s."),
    ],
)
def test_who_takes_part(parts: dict[str, object], words: str) -> None:
    """C1: a person, a bot, or nobody."""
    assert explained(chat=replace(CHAT, **parts))[1] == words  # type: ignore[arg-type]


def test_what_waits_and_what_was_refused() -> None:
    """P3: how much of it is shown, and the last reason of each kind."""
    sending = visitor(5, state=LineState.SENDING, error="not this one", not_before=NOW + 15)
    lines = [bot(4, error="500"), sending, visitor(6), parked(7, "400 too long"), parked(8, "400 bad")]
    assert explained(*lines)[2] == "3 lines are shown, 3 wait (500), 2 are parked (400 bad)."
    assert explained(visitor(6))[2] == "3 lines are shown, 1 waits."
    assert explained(parked(7, "400 too long"))[2] == "3 lines are shown, 1 is parked (400 too long)."


def test_whose_the_status_is() -> None:
    """C5: ours or a person's, and nothing about it where it is nobody's business."""
    assert explained(case=replace(CASE, status_ours=""))[3] == "The status of the case is ours, as it was opened."
    left = replace(CASE, left_alone="an agent is assigned")
    assert explained(case=left)[3] == "The status of the case is left alone: an agent is assigned."
    for case, rules in ((replace(CASE, own=False), RULES), (CASE, replace(RULES, pending=False))):
        assert not any("status of the case" in words for words in explained(case=case, rules=rules))


def test_answers_from_deskie() -> None:
    """R1: how many were sent, wait, and were not sent, with the last reason of each kind."""
    done, parked_ = (
        replace(REPLY, state=LineState.DONE),
        replace(REPLY, state=LineState.PARKED, error="Chaport refused"),
    )
    sending, new = replace(REPLY, state=LineState.SENDING), replace(REPLY, error="503")
    assert explained(replies=[done])[4] == "From Deskie 1 answer was sent."
    assert explained(replies=[done, done, sending, new, parked_])[4] == (
        "From Deskie 2 answers were sent, 2 wait (503), 1 was not (Chaport refused)."
    )
    assert explained(replies=[new, parked_, parked_])[4] == (
        "From Deskie 0 answers were sent, 1 waits (503), 2 were not (Chaport refused)."
    )
    assert not any("From Deskie" in words for words in explained())


def test_when_it_is_read_again() -> None:
    """T7: the moment, as people read it; one that is past is not promised."""
    assert explained(chat=replace(CHAT, next_read_at=NOW))[4] == "It has been due to be read since +0 s."
    assert explained(chat=replace(CHAT, next_read_at=NOW - 60))[4] == "It has been due to be read since -60 s."
    assert explained(chat=replace(CHAT, next_read_at=NOW + 20))[4] == (
        "It is read again at +20 s, or when Chaport shows something new in it."
    )


@pytest.mark.parametrize(
    ("lines", "chat", "case", "words"),
    [
        ([bot(4)], CHAT, CASE, "Next: the case is looked at (before a delivery)."),
        (
            [bot(4, state=LineState.SENDING, not_before=NOW + 15)],
            CHAT,
            CASE,
            "Next: nothing before +15 s (it is being sent).",
        ),
        (
            [bot(4, state=LineState.SENDING, not_before=NOW + 15, error="no answer")],
            CHAT,
            CASE,
            "Next: nothing before +15 s (it is not known what became of a delivery).",
        ),
        ([visitor(4)], replace(CHAT, case_id=""), None, "Next: a case is searched for (the chat has no case)."),
        (
            [],
            replace(CHAT, status_due="the visitor wrote"),
            CASE,
            "Next: the case is looked at (before its status is set).",
        ),
        (
            [],
            replace(CHAT, asked_at=NOW - 500),
            CASE,
            "Next: the status is settled (the visitor is unanswered).",
        ),
        ([], replace(OPENED, due_at=NOW + 60), CASE, "Next: nothing before +60 s (the visitor waits in an open case)."),
        (
            [],
            replace(OPENED, due_at=NOW),
            CASE,
            "Next: the case is looked at (before its status is set).",
        ),
        (
            [bot(4)],
            replace(OPENED, due_at=NOW + 60),
            CASE,
            "Next: the case is looked at (before a delivery).",
        ),
    ],
)
def test_what_comes_next(lines: list[Line], chat: ChatState, case: CaseState | None, words: str) -> None:
    """Each step in words, with the rule that asks for it."""
    assert explained(*lines, chat=chat, case=case)[-1] == words


def test_a_closed_case_that_could_not_be_opened() -> None:
    """T4: when it is tried again, and why."""
    case = replace(CASE, words_at=NOW - 700)
    assert explained(case=case)[-1] == (
        "Next: the case is looked at (the visitor's words must not stand in a closed case)."
    )
    assert explained(chat=replace(CHAT, due_at=NOW + 600), case=case)[-1] == (
        "Next: nothing before +600 s (the visitor's words must not stand in a closed case)."
    )


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ([], "Next: nothing happens until the daemon runs again (nothing to deliver)."),
        (
            [bot(4)],
            "Next: nothing happens until the daemon runs again; then the case is looked at (before a delivery).",
        ),
    ],
    ids=["nothing to do", "a line waits"],
)
def test_without_a_daemon(lines: list[Line], words: str) -> None:
    """What a dead daemon will not do is not promised."""
    chat = replace(CHAT, next_read_at=NOW + 20)
    at = Snapshot(chat, CASE, tuple(lines), Facts(verified=True), NOW)
    said = explain_chat(at, foreseen(at, RULES), 3, (), RULES, str, at_work=False)
    assert said[-2:] == ["It is read again once the daemon runs again.", words]


def test_what_is_held_back() -> None:
    """T3: what waits for the visitor is not called waiting."""
    greeted = replace(CHAT, case_id="", visitor_wrote=False)
    assert explained(bot(4), chat=greeted, case=None, shown=0)[2] == "0 lines are shown, 1 is held back."
    assert explained(bot(4), bot(5), chat=greeted, case=None, shown=1)[2] == "1 line is shown, 2 are held back."


@pytest.mark.parametrize(
    ("lines", "chat", "case", "words"),
    [
        pytest.param((), CHAT, CASE, "The chat of NAME is in case c1, which is pending: a bot answers, ", id="pending"),
        pytest.param(
            (),
            replace(CHAT, human=True),
            replace(CASE, left_alone="an agent is assigned"),
            "The chat of NAME is in case c1, whose status is left alone (an agent is assigned): a person has ",
            id="an agent's",
        ),
        pytest.param(
            (),
            CHAT,
            replace(CASE, own=False),
            "The chat of NAME is in case c1, which was there before: a bot ",
            id="not ours",
        ),
        pytest.param(
            (bot(9),),
            replace(CHAT, case_id="", visitor_wrote=False),
            None,
            "The chat of NAME has no case yet: a bot answers, and no person has taken part; 3 lines are shown, 1 is"
            " held back; next: nothing by itself (the visitor has not written).",
            id="no case",
        ),
        pytest.param(
            (parked(9, "400 invalid"),),
            CHAT,
            CASE,
            "The chat of NAME is in case c1, which is pending: a bot answers, and no"
            " person has taken part; 3 lines are shown, 1 is parked (400 invalid); next: ",
            id="parked",
        ),
        pytest.param(
            (),
            replace(CHAT, silenced="the case was deleted"),
            CASE,
            "Nothing more of the chat of NAME is shown in Deskie: the case was deleted.",
            id="silenced",
        ),
    ],
)
def test_the_answer(lines: tuple[Line, ...], chat: ChatState, case: CaseState | None, words: str) -> None:
    """T3 to T5, C1, C5: one sentence: where it is shown, whose business the status is, how much, what comes next."""
    name = CHAT.visitor_name or CHAT.visitor_email or CHAT.visitor_id
    assert answered(*lines, chat=chat, case=case).startswith(words.replace("NAME", name))


def test_the_answer_without_the_daemon() -> None:
    """T7: what a dead daemon does not do is not promised."""
    assert answered(at_work=False).endswith("; next: nothing happens until the daemon runs again (nothing to deliver).")
