"""What Deskie's documentation leaves open, in the order of docs/deskie-api.md."""

from collections import Counter
from http import HTTPStatus
from json import dumps

from chaport_sync.api import decode
from chaport_sync.config import Settings
from chaport_sync.core.text import one_line
from chaport_sync.core.wording import number
from chaport_sync.questions.question import (
    DEVELOPERS,
    Question,
    Settled,
    as_assumed,
    by_log,
    only_by,
    otherwise,
    still_open,
)
from chaport_sync.questions.recorded import Evidence

STAFF, STATUSES, CASES = "/staff.json", "/staff_statuses.json", "/cases.json"
MESSAGES, CHANNELS, CHANGELOG = "/cases/ID/messages.json", "/custom_channels.json", "/cases/ID/changelog.json"
#: The name of a record within each list.
WRAPPERS = {
    STAFF: "staff",
    STATUSES: "staff_statuses",
    CASES: "case",
    MESSAGES: "message",
    CHANNELS: "custom_channel",
}
#: Said where nothing was there that could have told.
_NO_CASE, _NO_MESSAGE = still_open("no case was read"), still_open("no message was read")
_LIMITS = ("rate_limit_per_minute", "api_calls_left", "retry_after")


def _channels(evidence: Evidence, settings: Settings) -> Settled:
    cases = evidence.rows(CASES, "case")
    if not cases:
        return _NO_CASE
    found = Counter(one_line(decode.text(row, "channel"), 40) for row in cases)
    others = {channel: count for channel, count in found.items() if channel and not channel.startswith("cch")}
    chats = {each: count for each, count in others.items() if "chat" in each.lower()}
    if not chats:
        return still_open(f"of the newest {len(cases)} cases none is of a chat channel")
    told = ", ".join(f"{channel} ({count})" for channel, count in sorted(chats.items()))
    searched = settings.cases.search_channels
    if not settings.cases.create and searched and not chats.keys() & set(searched):
        line = f"under [cases] set\nsearch_channels = {dumps(sorted(chats), ensure_ascii=False)}"
        return otherwise(f"cases of chats have the channel {told}, which is not searched", line)
    return as_assumed(f"cases of chats have the channel {told}")


def _chat_access(evidence: Evidence, _: Settings) -> Settled:
    rows = evidence.rows(STATUSES, "staff_statuses")
    if not rows:
        return still_open("the list of statuses could not be read, or is empty")
    fields = sorted({key for row in rows for key in row if "chat" in key.lower() or "access" in key.lower()})
    if fields:
        return otherwise(f"statuses have a field that may tell it: {', '.join(fields)}", DEVELOPERS)
    return as_assumed(f"none of {number(len(rows), 'status', 'statuses')} has a field that tells it")


def _active_chats(evidence: Evidence, _: Settings) -> Settled:
    asked = [each for each in evidence.of("Deskie") if each.kind == CASES]
    rejected = any(each.status == HTTPStatus.BAD_REQUEST for each in asked)
    if any(each.good for each in asked):
        words = "true is accepted, 1 is not" if rejected else "1 is accepted"
        return still_open(f"{words}; whether it is heeded shows only while a chat is active")
    if rejected:
        return otherwise("a list of cases is rejected with either word", DEVELOPERS)
    return still_open("no list of cases was answered")


def _limit(evidence: Evidence, _: Settings) -> Settled:
    answers = evidence.of("Deskie")
    told = [name for name in _LIMITS if any(name in each.headers for each in answers)]
    words = f"answers have {', '.join(told) or 'none of the three headers'}"
    limited = [each for each in answers if each.status == HTTPStatus.TOO_MANY_REQUESTS]
    if not limited:
        return still_open(f"{words}; no request was over the limit")
    waits = any({"retry_after", "retry-after"} & each.headers.keys() for each in limited)
    if waits:
        return as_assumed(f"{words}; over the limit comes 429 with the time to wait")
    return as_assumed(f"{words}; over the limit comes 429 without a time to wait, so waits grow")


def _both_contents(evidence: Evidence, _: Settings) -> Settled:
    rows = evidence.rows(MESSAGES, "message")
    if not rows:
        return _NO_MESSAGE
    html_only = sum(not decode.text(row, "content") and bool(decode.text(row, "content_html")) for row in rows)
    return still_open(
        f"of {number(len(rows), 'message', 'messages')} {html_only} have content_html only; which of both wins shows"
        " only when both are sent, which the daemon never does"
    )


def _list_shapes(evidence: Evidence, _: Settings) -> Settled:
    lists = [(kind, each.body) for kind in WRAPPERS for each in evidence.good(kind)]
    if not lists:
        return still_open("no list was answered")
    unread = sorted(
        {kind for kind, body in lists if decode.members(body) and not any(decode.rows(body, WRAPPERS[kind]))}
    )
    if unread:
        return otherwise(f"no row can be read in {', '.join(unread)}", DEVELOPERS)
    forms = sorted({"arrays" if isinstance(body, list) else "objects" for _, body in lists})
    totals = sum(decode.total(body) is not None for _, body in lists)
    rows = [row for kind, body in lists for row in decode.rows(body, WRAPPERS[kind])]
    ids = {type(value) for row in rows for key, value in row.items() if key.endswith("_id")}
    kinds = " and ".join(words for kind, words in ((int, "numbers"), (str, "texts")) if kind in ids) or "not there"
    return as_assumed(f"lists are {' and '.join(forms)}, {totals} of {len(lists)} with a total; ids are {kinds}")


def _gone(evidence: Evidence, _: Settings) -> Settled:
    cases = evidence.rows(CASES, "case")
    if not cases:
        return _NO_CASE
    fields = [name for name in ("deleted", "spam", "parent_case_id") if any(name in row for row in cases)]
    gone = sum(decode.truth(row.get("deleted")) or decode.truth(row.get("spam")) for row in cases)
    merged = sum(bool(decode.ident(row.get("parent_case_id"))) for row in cases)
    if not gone and not merged:
        return still_open(
            f"no such case among the newest {len(cases)}; rows have {', '.join(fields) or 'no such field'}"
        )
    return as_assumed(f"lists show {gone} deleted or spam and {merged} merged, by {', '.join(fields)}")


def _names(evidence: Evidence, _: Settings) -> Settled:
    rows = [*evidence.rows(STAFF, "staff"), *evidence.rows(CASES, "case")]
    wanted = ("staff_full_name", "staff_signature_chat", "recipient_cc", "recipient_bcc", "cc_emails", "bcc_emails")
    found = [name for name in wanted if any(name in row for row in rows)]
    if not rows:
        return still_open("neither agents nor cases could be read")
    return as_assumed(f"rows have {', '.join(found) or 'none of the names that differ'}; each of them may be missing")


def _permissions(evidence: Evidence, _: Settings) -> Settled:
    refused = [each.kind for each in evidence.of("Deskie") if each.status == HTTPStatus.FORBIDDEN]
    if refused:
        what = ", ".join(sorted(set(refused)))
        return otherwise(f"this key may not read {what}", "give its agent full access in Deskie", told=True)
    read = [kind for kind in (STAFF, STATUSES, CHANNELS, CASES) if any(evidence.good(kind))]
    return as_assumed(f"this key reads {', '.join(read)}") if read else still_open("nothing was answered")


def _other_integration(evidence: Evidence, _: Settings) -> Settled:
    cases = evidence.rows(CASES, "case")
    if any("chaport" in decode.text(row, "channel").lower() for row in cases):
        return otherwise("Deskie has cases of its own Chaport integration", "switch it off in Deskie; never run both")
    return still_open("no case names it; `check` says when something else sets the operators")


def _status_afterwards(evidence: Evidence, _: Settings) -> Settled:
    logs = [decode.items(decode.mapping(each.body).get("changelog")) for each in evidence.good(CHANGELOG)]
    if not logs:
        return _NO_CASE
    changes = [
        change for log in logs for change in map(decode.mapping, log) if decode.text(change, "event") == "status"
    ]
    by_rules = sum(decode.text(change, "done_by").startswith("rule") for change in changes)
    words = f"rules have set a status {by_rules} times" if by_rules else "no rule did"
    return still_open(f"{words} in the case that was looked at; only writing into a case tells")


QUESTIONS = (
    Question("D1", "Which channel do cases of chats have that are not ours?", "any, unless configured", _channels),
    Question(
        "D2",
        "At which address are notes added, and by whom are they?",
        "note.json, then notes.json; what the answer does not call a note is read back",
        by_log(
            "delivery.sent as a note",
            "note.refused",
            "notes are taken",
            "what was sent as a note became a message",
            "only adding a note tells: let the daemon show one chat",
        ),
    ),
    Question("D3", "Which statuses have access to chats?", "the configuration says it, [status.map]", _chat_access),
    Question(
        "D4",
        "Which status does a new case have?",
        "the one that is asked for; it is looked at",
        by_log("case.opened", "", "cases are opened", "", "only opening a case tells"),
    ),
    Question(
        "D5", "Do rules or messages change the status afterwards?", "the status is written last", _status_afterwards
    ),
    Question(
        "D6",
        "Can the status be set while the chat is active?",
        "it is set, and the answer is compared",
        by_log(
            "case.pending",
            "case.pending_refused",
            "cases become pending",
            "the channel does not take pending",
            "only setting a status tells",
        ),
    ),
    Question("D7", "How is show_active_chats written?", "1, or true where that is rejected", _active_chats),
    Question(
        "D8",
        "Is user_custom_id compared exactly?",
        "what is found is compared",
        only_by("only a search for a visitor with a case tells; the report searches for nobody"),
    ),
    Question(
        "D9",
        "How soon does a search find a new case?",
        "what was opened is remembered",
        only_by("only opening a case tells"),
    ),
    Question("D10", "What does an answer over the limit say?", "retry_after, else growing waits", _limit),
    Question(
        "D11",
        "How long may a message be?",
        "20,000 characters",
        only_by("only a long message tells; what Deskie rejects is parked, and `status` shows it"),
    ),
    Question("D12", "Which wins, content or content_html?", "only content is sent", _both_contents),
    Question(
        "D13",
        "Was a request executed that had no answer?",
        "the case is read before anything is sent again",
        by_log(
            "delivery.confirmed", "", "such a delivery was found in its case", "", "only an outage while writing tells"
        ),
    ),
    Question("D14", "Which shapes do lists and ids have?", "each shape that is known is read", _list_shapes),
    Question(
        "D15",
        "What does a message to a closed case do?",
        "the customer's go into a new case, [cases] when_closed",
        only_by("only writing into a closed case tells; the daemon looks at the case afterwards"),
    ),
    Question("D16", "Are merged, deleted and spam cases listed?", "they are left out by their fields", _gone),
    Question("D17", "Which names do the fields have here?", "each may be missing", _names),
    Question("D18", "What may this key read?", "a refused list never sets anybody offline", _permissions),
    Question("D19", "Is Deskie's own Chaport integration on?", "it is off", _other_integration),
    Question(
        "D20",
        "Is the created_at of a message heeded?",
        "the time stands in the text",
        only_by("the daemon does not send it, so nothing depends on it"),
    ),
)
