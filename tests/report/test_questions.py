"""Each open question is named; what the answers settle is said, and why the rest stays open."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from chaport_sync.doctor.examination import examine
from chaport_sync.questions.table import QUESTIONS
from tests.docs.pages import ROOT, rows
from tests.report.reporting import Reporting
from tests.world import World

CODES = [*(f"D{number}" for number in range(1, 21)), *(f"U{number}" for number in range(1, 20))]
AS, OTHERWISE, OPEN = "as assumed", "otherwise", "open"


def _operator(world: World, word: str = "away") -> None:
    world.pair("Ann")
    world.chaport.operator_sets(world.chaport.operators[0], word)


def _chat(world: World) -> None:
    world.pair("Ann")
    bot = world.chaport.add_bot("Robin")
    chat = world.chaport.start_chat(world.chaport.add_visitor("Mary"), bot)
    world.chaport.bot_says(chat, "How can I help?")
    world.chaport.visitor_says(chat, "Where is my order?")
    world.chaport.operator_says(chat, world.chaport.operators[0], "Here.")


def _case(world: World, channel: str = "cch12") -> None:
    world.pair("Ann")
    case = world.deskie.new_case(world.deskie.add_user("Mary", email="mary@mail.example"), channel, "Chat", "open")
    world.deskie.customer_writes(case, "Where is my order?")


def _active_chats_by(world: World, word: str) -> None:
    world.deskie.quirks.show_active_chats = word  # type: ignore[assignment]


def test_each_question_is_named(reporting: Reporting) -> None:
    """All 39, in their order, and each with what is assumed and how it stands."""
    reporting.world.settings()
    text = reporting.text()
    assert re.findall(r"^([DU]\d+) .*\?$", text, re.MULTILINE) == CODES
    assert set(reporting.questions()) == set(CODES)
    assert all(words for _, words in reporting.questions().values())


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.code)
def test_each_question_stands_in_the_documentation(question: object) -> None:
    """The page that the question belongs to has a row with its number, in the last table."""
    code = next(each for each in QUESTIONS if each is question).code
    page = ROOT / "docs" / ("deskie-api.md" if code.startswith("D") else "chaport-api.md")
    assert code.removeprefix("D") in [row[0] for row in rows(page)]


@pytest.mark.parametrize(
    ("code", "prepare", "lines", "stands", "words"),
    [
        ("D1", lambda world: _case(world, "live_chat"), (), AS, "live_chat (1)"),
        (
            "D1",
            lambda world: _case(world, "live_chat"),
            ("cases.create = false", 'cases.search_channels = ["email"]'),
            OTHERWISE,
            'search_channels = ["live_chat"]',
        ),
        ("D1", _case, (), OPEN, "none is of a chat channel"),
        *((code, lambda _: None, (), OPEN, "no case was read") for code in ("D1", "D5", "D16")),
        ("D7", _case, (), OPEN, "1 is accepted"),
        ("D7", lambda world: _active_chats_by(world, "true"), (), OPEN, "true is accepted, 1 is not"),
        ("D7", lambda world: _active_chats_by(world, "neither"), (), OTHERWISE, "rejected with either word"),
        ("D12", lambda _: None, (), OPEN, "no message was read"),
        ("D14", _case, (), AS, "lists are objects"),
        ("D17", _case, (), AS, "staff_full_name, recipient_cc"),
        ("D18", _case, (), AS, "/cases.json"),
        ("U2", _operator, (), AS, "operators show away"),
        ("U2", _operator, ('chaport.invisible_word = "invisible"',), OTHERWISE, 'invisible_word = "away"'),
        ("U2", lambda world: _operator(world, "offline"), (), OPEN, "check --probe"),
        ("U6", _chat, (), AS, "the type bot-message"),
        ("U7", _chat, (), AS, "the time is timestamp"),
        ("U8", _chat, (), AS, "links.next is missing"),
        *((code, lambda _: None, (), OPEN, "no operator was read") for code in ("U2", "U3", "U17")),
        ("U10", _chat, (), OPEN, "has a chat"),
        ("U10", lambda _: None, (), OPEN, "no visitor was read"),
        ("U10", lambda world: (world.pair("Ann"), world.chaport.add_visitor("Mary")), (), AS, "404"),
        ("U18", _chat, (), OPEN, "are whole"),
    ],
)
def test_what_the_answers_settle(
    reporting: Reporting,
    code: str,
    prepare: Callable[[World], object],
    lines: tuple[str, ...],
    stands: str,
    words: str,
) -> None:
    """As assumed, otherwise, or open with the reason."""
    prepare(reporting.world)
    reporting.world.settings(*lines)
    outcome, told = reporting.questions()[code]
    assert (outcome, words in told) == (stands, True), told


@pytest.mark.parametrize(
    ("bots", "words"),
    [("H1", "the type bot-message"), ("H2flag", "with a mark"), ("H3", "trigger-message"), ("H2", "in no list")],
)
def test_forms_of_bots(reporting: Reporting, bots: str, words: str) -> None:
    """U6: in each form in which bots' messages may come it is said which one it is."""
    reporting.world.chaport.quirks.bots = bots  # type: ignore[assignment]
    _chat(reporting.world)
    reporting.world.settings()
    outcome, told = reporting.questions()["U6"]
    assert (outcome, words in told) == (AS, True), told


def test_bots_that_the_configuration_leaves_unknown(reporting: Reporting) -> None:
    """U6: where unlisted authors count as nobody, those that are bots need a line."""
    reporting.world.chaport.quirks.bots = "H2"
    _chat(reporting.world)
    reporting.world.settings('chaport.unlisted_authors = "unknown"')
    outcome, told = reporting.questions()["U6"]
    assert (outcome, "in no list" in told) == (OTHERWISE, True), told


@pytest.mark.parametrize("bots", ["H1", "H2"])
def test_deactivated_operators_are_no_form_of_bots(reporting: Reporting, bots: str) -> None:
    """U6: who is listed as deactivated wrote as a person."""
    world = reporting.world
    world.chaport.quirks.bots = bots  # type: ignore[assignment]
    _chat(world)
    bob = world.chaport.add_operator("Bob", "bob@acme.example")
    world.chaport.operator_says(world.chaport.visitors[0].chats[0], bob, "Hello")
    world.chaport.deactivate_operator(bob)
    world.settings()
    assert ("in no list" in reporting.questions()["U6"][1]) is (bots == "H2")


def test_order_of_visitors(reporting: Reporting) -> None:
    """U9: by the start or by the last event, where the newest chats differ in both."""
    world = reporting.world
    _chat(world)
    early = world.chaport.visitors[0].chats[0]
    world.wait(60)
    later = world.chaport.start_chat(world.chaport.add_visitor("Tom"))
    world.chaport.visitor_says(later, "Hello")
    world.wait(60)
    world.chaport.visitor_says(early, "Still there?")
    world.settings()
    assert reporting.questions()["U9"] == (AS, "visitors stand by the start of their newest chat")
    world.chaport.quirks.order_by = "activity"
    assert reporting.questions()["U9"] == (AS, "visitors stand by the last event of their newest chat")


def test_chats_that_are_cut(reporting: Reporting) -> None:
    """U18: a chat that shows fewer events than its list has, and fewer than the daemon takes for whole."""
    _chat(reporting.world)
    reporting.world.chaport.quirks.events_truncated = 2
    reporting.world.settings()
    outcome, words = reporting.questions()["U18"]
    assert (outcome, "a chat of 3 events shows 2" in words) == (OTHERWISE, True)


@pytest.mark.parametrize(
    ("event", "code", "outcome"),
    [
        ("status.changed", "U1", AS),
        ("status.contested", "U5", OTHERWISE),
        ("status.ineffective", "U3", OTHERWISE),
        ("note.refused", "D2", OTHERWISE),
        ("delivery.sent as a note", "D2", AS),
        ("delivery.sent as a message", "D2", OPEN),
        ("case.pending_refused", "D6", OTHERWISE),
        ("delivery.confirmed", "D13", AS),
    ],
)
def test_what_the_log_settles(reporting: Reporting, event: str, code: str, outcome: str) -> None:
    """What only writing tells, the daemon's own events tell."""
    reporting.world.pair("Ann")
    reporting.world.settings()
    name, _, form = event.partition(" as a ")
    reporting.journal({"event": name, "level": "info", "form": form})
    assert reporting.questions()[code][0] == outcome
    assert reporting.questions(answers_only=True)[code][0] == OPEN


async def test_check_names_what_is_settled_against_the_configuration(world: World) -> None:
    """With the line to change, and only that: what is as assumed, open, or told by another finding is not repeated."""
    _chat(world)
    world.chaport.operator_sets(world.chaport.operators[0], "invisible")
    found = await examine(world.settings(), world.clock, world.sandbox.transport())
    ((code, result, words),) = [
        (each.code, each.result, each.finding) for each in found if each.subject == "settled question"
    ]
    assert (code, result, words.splitlines()) == (
        "U2",
        "warning",
        [
            "Which words are the statuses? Operators show invisible, not away; under [chaport] set",
            'invisible_word = "invisible"',
        ],
    )
    settings = world.settings('chaport.invisible_word = "invisible"')
    found = await examine(settings, world.clock, world.sandbox.transport())
    assert [each for each in found if each.subject == "settled question"] == []


async def test_check_says_nothing_twice(world: World) -> None:
    """What another finding tells, with its lines to paste, is no settled question as well."""
    _chat(world)
    world.chaport.event(world.chaport.visitors[0].chats[0], "order", {"text": "ordered"})
    found = await examine(world.settings(), world.clock, world.sandbox.transport())
    assert [each.subject for each in found if 'order = "bot"' in each.finding] == ["events"]


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("validUntil", 'lifetime_field = "validUntil"'),
        ("statusExpiresAt", "Operators' rows carry statusExpiresAt; tell the developers"),
    ],
)
async def test_check_names_the_lifetime(world: World, field: str, words: str) -> None:
    """U1: operators' rows may tell what the lifetime is called."""
    world.pair("Ann")
    row = {"id": "620d7da500ae61646bcf9011", "email": "ann@acme.example", "lastStatus": "online", field: "2026-11-02"}
    world.sandbox.faults.add("error", path="operators$", times=None, status=200, body={"result": [row]})
    found = await examine(world.settings(), world.clock, world.sandbox.transport())
    assert [words in each.finding for each in found if each.code == "U1"] == [True]


def test_nothing_else_is_left(reporting: Reporting, tmp_path: Path) -> None:
    """Printed on the standard output, a report leaves nothing but the key by which names are hidden."""
    reporting.world.settings()
    before = set(tmp_path.rglob("*"))
    reporting.text()
    assert {path.name for path in set(tmp_path.rglob("*")) - before} == {"report.key"}
