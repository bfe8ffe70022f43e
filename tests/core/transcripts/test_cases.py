"""Which case, whose status, when: the pure rules (T2, T4, T5, C1 to C5)."""

from dataclasses import replace

import pytest

from chaport_sync.core.languages.english import ENGLISH
from chaport_sync.core.model import CaseView, User
from chaport_sync.core.transcripts.cases import (
    CaseRules,
    judge,
    newest_usable,
    only_person,
    search_pause,
    unanswered_at,
    wanted_status,
)
from chaport_sync.core.transcripts.chats import CaseState, ChatState
from chaport_sync.core.transcripts.delivery_text import header

RULES = CaseRules(ended_after=1800, unanswered=120)
CHAT = ChatState("v1", "7")


def case(case_id: str, at: float, **more: object) -> CaseView:
    """Return an open case in the own channel."""
    return replace(CaseView(case_id, status="open", channel="cch12", updated_at=at), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("cases", "newest"),
    [
        pytest.param([], None, id="none"),
        pytest.param([case("1", 10), case("2", 5)], "1", id="the one updated last"),
        pytest.param([case("9", 5), case("10", 5)], "10", id="else the one opened last, by number"),
        pytest.param([case("1", 10, status="closed"), case("2", 5)], "2", id="closed is not usable"),
        pytest.param([case("1", 10, status="waiting"), case("2", 5)], "1", id="pending is usable"),
        pytest.param([case("1", 10, deleted=True), case("2", 5)], "2", id="deleted is not"),
        pytest.param([case("1", 10, spam=True), case("2", 5)], "2", id="spam is not"),
        pytest.param([case("1", 10, parent_id="2"), case("2", 5)], "2", id="merged is not"),
        pytest.param([case("1", 10, channel="email"), case("2", 5)], "2", id="another channel"),
    ],
)
def test_newest_usable(cases: list[CaseView], newest: str | None) -> None:
    """T4: the newest by updated_at that is not closed, deleted or spam, in the channels named."""
    found = newest_usable(cases, ["cch12"])
    assert (found.id if found else None) == newest


def test_any_channel() -> None:
    """T4: no channels named means any."""
    assert newest_usable([case("1", 10, channel="email")], []) == case("1", 10, channel="email")


MARY = "mary@mail.example"


@pytest.mark.parametrize(
    ("users", "person"),
    [
        pytest.param([], "", id="nobody"),
        pytest.param([User("1", MARY)], "1", id="one"),
        pytest.param([User("1", "Mary@Mail.example ")], "1", id="letter case does not count"),
        pytest.param([User("1", "mary@mail.example.org"), User("2", "anne" + MARY)], "", id="substrings"),
        pytest.param([User("1", MARY), User("2", MARY)], "", id="two"),
        pytest.param([User("1", MARY, linked=("2",)), User("2", MARY)], "1 2", id="linked"),
        pytest.param([User("2", MARY), User("1", MARY, linked=("2",))], "2 1", id="linked, said by one only"),
        pytest.param(
            [User("1", MARY, linked=("5",)), User("2", MARY, linked=("5",))], "1 2", id="linked through a third"
        ),
        pytest.param([User("1", MARY, linked=("2",)), User("2", MARY), User("3", MARY)], "", id="two and another one"),
    ],
)
def test_only_person(users: list[User], person: str) -> None:
    """T4: exactly one user has the visitor's e-mail; linked profiles count as one."""
    assert [user.id for user in only_person(users, MARY)] == person.split()


OWN = CaseState("1", user_id="9", status_ours="waiting")


@pytest.mark.parametrize(
    ("state", "view", "left_alone"),
    [
        pytest.param(OWN, CaseView("1", status="waiting"), "", id="as we left it"),
        pytest.param(OWN, CaseView("1", status="waiting", staff_id="5"), "", id="assigned, and pending by us"),
        pytest.param(
            replace(OWN, status_ours="open"),
            CaseView("1", status="waiting", staff_id="5"),
            "an agent is assigned",
            id="assigned, and pending by a person",
        ),
        pytest.param(
            replace(OWN, visitor_wrote=True),
            CaseView("1", status="open", staff_id="5"),
            "an agent is assigned",
            id="assigned, and open",
        ),
        pytest.param(
            OWN, CaseView("1", status="open"), "its status was set to open by somebody else", id="a person's open"
        ),
        pytest.param(replace(OWN, visitor_wrote=True), CaseView("1", status="open"), "", id="the automatic open"),
        pytest.param(
            replace(OWN, visitor_wrote=True),
            CaseView("1", status="closed"),
            "its status was set to closed by somebody else",
            id="closed by a person",
        ),
        pytest.param(replace(OWN, status_sent="open"), CaseView("1", status="open"), "", id="ours, answer missed"),
        pytest.param(replace(OWN, left_alone="before"), CaseView("1", status="waiting"), "before", id="for good"),
        pytest.param(replace(OWN, own=False), CaseView("1", status="closed"), "", id="not an own-channel case"),
    ],
)
def test_judge(state: CaseState, view: CaseView, left_alone: str) -> None:
    """C5: an assigned agent, or a status that is neither ours nor the automatic open, ends our say for good."""
    assert judge(state, view) == replace(state, left_alone=left_alone)


@pytest.mark.parametrize(
    ("view", "left_alone"),
    [
        pytest.param(CaseView("1", status="open"), "", id="opened"),
        pytest.param(CaseView("1", status="open", staff_id="5"), "an agent is assigned", id="and assigned"),
        pytest.param(CaseView("1", status="closed"), "its status was set to closed by somebody else", id="closed"),
    ],
)
def test_judge_in_a_sync_channel(view: CaseView, left_alone: str) -> None:
    """C5: there Deskie itself opens cases, but it assigns and closes none."""
    assert judge(OWN, view, sync=True) == replace(OWN, left_alone=left_alone)


def test_judge_what_deskie_makes_pending() -> None:
    """C5: that happens where an agent has answered last, so it is a person's."""
    judged = judge(replace(OWN, status_ours="open"), CaseView("1", status="waiting"), sync=True)
    assert judged.left_alone == "its status was set to waiting by somebody else"


@pytest.mark.parametrize(
    ("chat", "wanted"),
    [
        pytest.param(CHAT, "open", id="no bot has spoken"),
        pytest.param(replace(CHAT, bot_spoke=True), "waiting", id="a bot answers"),
        pytest.param(replace(CHAT, bot_spoke=True, human=True), "open", id="a human takes part"),
        pytest.param(replace(CHAT, bot_spoke=True, opened_unanswered=True), "open", id="was unanswered once"),
    ],
)
def test_wanted_status(chat: ChatState, wanted: str) -> None:
    """C1: waiting while a bot answers and no human has taken part."""
    assert wanted_status(chat, RULES, waits_elsewhere=False) == wanted


def test_no_reopening() -> None:
    """C2: without reopen_on_handoff a human taking part changes no status, and waiting is not set again."""
    assert (
        wanted_status(
            replace(CHAT, bot_spoke=True, human=True), replace(RULES, reopen_on_handoff=False), waits_elsewhere=False
        )
        == ""
    )


@pytest.mark.parametrize(
    ("chat", "at"),
    [
        pytest.param(CHAT, None, id="nobody waits"),
        pytest.param(replace(CHAT, asked_at=1000.0), 1120.0, id="since the last words"),
        pytest.param(replace(CHAT, asked_at=1000.0, opened_unanswered=True), None, id="settled"),
    ],
)
def test_unanswered_at(chat: ChatState, at: float | None) -> None:
    """C2: `pending.unanswered` seconds after the visitor's last words."""
    assert unanswered_at(chat, RULES) == at


@pytest.mark.parametrize(("waited", "pause"), [(0, 20), (20, 20), (60, 60), (599, 599), (3000, 600)])
def test_search_pause(waited: float, pause: float) -> None:
    """T4: the pauses between searches grow, within bounds."""
    assert search_pause(waited) == pause


@pytest.mark.parametrize(
    ("chat", "own", "replies", "lines"),
    [
        pytest.param(CHAT, False, False, "Chaport chat 7", id="nothing known"),
        pytest.param(
            ChatState("v1", "7", 0, "Mary", MARY, "+1 555", "https://acme.example/", "Robin"),
            True,
            False,
            f"Chaport chat 7 · Mary (visitor), {MARY}, +1 555 (as typed in the chat, not verified)"
            " · page https://acme.example/ · bot Robin\n"
            "Answers written here do not reach the visitor: answer in Chaport.",
            id="all known, an own case",
        ),
        pytest.param(
            replace(CHAT, visitor_email=MARY),
            True,
            True,
            f"Chaport chat 7 · Visitor, {MARY} (as typed in the chat, not verified)\n"
            "Answers written here are sent to the visitor's chat.",
            id="with replies",
        ),
        pytest.param(
            ChatState("v1", "7", 0, "a · bot Ann", "b · page c", "+1 (verified) · bot Ann", "/ · bot Ann"),
            False,
            False,
            "Chaport chat 7 · a bot Ann (visitor), b page c, +1 verified bot Ann (as typed in the chat, not verified)"
            " · page /   bot Ann",
            id="what was typed says nothing in our name",
        ),
        pytest.param(CHAT, False, True, "Chaport chat 7", id="with replies, somebody else's case"),
    ],
)
def test_header(chat: ChatState, own: bool, replies: bool, lines: str) -> None:  # noqa: FBT001 - a table
    """T5: what an agent needs first; in own cases, whether answers reach the visitor."""
    assert header(chat, CaseState("1", own=own), ENGLISH, replies=replies) == lines
