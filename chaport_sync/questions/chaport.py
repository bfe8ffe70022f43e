"""What Chaport's documentation leaves open, in the order of docs/chaport-api.md."""

from http import HTTPStatus
from json import dumps
from urllib.parse import urlsplit

from chaport_sync.api import chaport_wire as wire
from chaport_sync.api import decode
from chaport_sync.api.chaport import SUSPICIOUS
from chaport_sync.config import Settings
from chaport_sync.core.text import one_line
from chaport_sync.core.wording import number
from chaport_sync.questions import chats
from chaport_sync.questions.chats import CHAT, OPERATORS
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

ME, VISITORS = "/me.json", "/visitors"
#: Said where nobody was there who could have told.
_NO_OPERATOR, _NO_VISITOR = still_open("no operator was read"), still_open("no visitor was read")
_LIFETIMES = ("ttl", "ttlSeconds", "validUntil", "valid_until")


def _lifetime(evidence: Evidence, settings: Settings) -> Settled:
    rows, field = evidence.results(OPERATORS), settings.chaport.lifetime_field
    keys = {key for row in rows for key in row}
    found = [name for name in _LIFETIMES if name in keys]
    if field in found:
        return as_assumed(f"operators' rows carry {field}")
    if found:
        return otherwise(
            f"operators' rows carry {found[0]}, not {field}", f'under [chaport] set\nlifetime_field = "{found[0]}"'
        )
    if alike := sorted(
        key
        for key in keys
        if {"until", "ttl", "expire", "lifetime"} & {*key.lower().split("_")}
        or key.lower().endswith(("until", "ttl", "expiresat", "expiry"))
    ):
        return otherwise(f"operators' rows carry {', '.join(alike)}", DEVELOPERS)
    if "status.changed" in evidence.logged:
        return as_assumed("a status was set, so one of the names was taken (the log has status.changed)")
    return still_open("operators' rows carry none; `check --probe OPERATOR` tells")


def _words(evidence: Evidence, settings: Settings) -> Settled:
    rows, ours = evidence.results(OPERATORS), settings.chaport.invisible_word
    if not rows:
        return _NO_OPERATOR
    words = {one_line(decode.text(row, key), 40).lower() for row in rows for key in ("lastStatus", "realStatus")}
    others = sorted(words - {"", "online", "offline"})
    if ours.lower() in others:
        return as_assumed(f"operators show {', '.join(others)}")
    if not others:
        return still_open("every operator is online or offline now; `check --probe OPERATOR` tells")
    word = next((each for each in ("invisible", "away") if each in others), others[0])
    return otherwise(
        f"operators show {', '.join(others)}, not {ours}", f"under [chaport] set\ninvisible_word = {dumps(word)}"
    )


def _two_statuses(evidence: Evidence, _: Settings) -> Settled:
    rows = evidence.results(OPERATORS)
    if "status.ineffective" in evidence.logged:
        return otherwise("what was set did not take effect (the log has status.ineffective)", DEVELOPERS)
    if not rows:
        return _NO_OPERATOR
    both = [row for row in rows if "lastStatus" in row and "realStatus" in row]
    if not both:
        there = [name for name in ("lastStatus", "realStatus") if any(name in row for row in rows)]
        return (
            as_assumed(f"rows have {' or '.join(there)} only") if there else otherwise("rows have neither", DEVELOPERS)
        )
    differ = sum(row["lastStatus"] != row["realStatus"] for row in both)
    if differ:
        return as_assumed(
            f"they are two things: they differ for {differ} of {number(len(both), 'operator', 'operators')}"
        )
    return still_open("they are equal for each operator now; `check --probe OPERATOR` tells")


def _pages(evidence: Evidence, _: Settings) -> Settled:
    bodies = [decode.mapping(each.body) for each in evidence.good(VISITORS)]
    if not bodies:
        return still_open("no list of visitors was answered")
    body = bodies[0]
    size, links = len(decode.items(body.get("result"))), body.get("links")
    if not isinstance(links, dict):
        return as_assumed(
            f"a page has {number(size, 'row', 'rows')} and no links, so pages are read until one is empty"
        )
    following = links.get("next")
    if isinstance(following, str):
        form = "absolute" if urlsplit(following).netloc else "relative"
        return as_assumed(f"a page has {number(size, 'row', 'rows')}; links.next is {form}")
    form = "null" if "next" in links else "missing"
    return as_assumed(f"the only page has {number(size, 'row', 'rows')}; links.next is {form} on the last one")


def _no_chat(evidence: Evidence, _: Settings) -> Settled:
    asked = [each for each in evidence.of("Chaport") if each.kind == CHAT]
    if not asked:
        return _NO_VISITOR
    if any(each.status == HTTPStatus.NOT_FOUND for each in asked):
        return as_assumed("it is answered 404")
    empty = [each for each in asked if each.good and not decode.mapping(each.body).get("result")]
    if empty:
        return as_assumed("it is answered by an empty result")
    return still_open("each visitor that was looked at has a chat")


def _limit(evidence: Evidence, _: Settings) -> Settled:
    limited = [each for each in evidence.of("Chaport") if each.status == HTTPStatus.TOO_MANY_REQUESTS]
    if limited:
        told = any("retry-after" in each.headers for each in limited)
        return as_assumed(f"over the limit comes 429 {'with' if told else 'without'} the time to wait")
    return still_open("no request was over the limit")


def _errors(evidence: Evidence, _: Settings) -> Settled:
    errors = [each for each in evidence.of("Chaport") if each.status >= HTTPStatus.BAD_REQUEST]
    if not errors:
        return still_open("no request was rejected")
    if any(each.readable and wire.error_words("", each.body, "") for each in errors):
        return as_assumed("rejections are JSON with words that can be read")
    return otherwise("rejections have no words that can be read", DEVELOPERS)


def _external_id(evidence: Evidence, settings: Settings) -> Settled:
    rows, place = chats.events(evidence), settings.chaport.external_id
    beside = any("externalId" in row for row in rows)
    inside = any("externalId" in decode.mapping(row.get("params")) for row in rows)
    if not beside and not inside:
        return still_open("no message with one was read; only an answer that was sent from Deskie tells")
    where = "beside params" if beside else "in params"
    if place == "none":
        return otherwise(f"messages tell it {where}", 'under [chaport] set\nexternal_id = "event"')
    return as_assumed(f"messages tell it {where}")


def _scopes(evidence: Evidence, _: Settings) -> Settled:
    asked = {each.kind: each.status for each in evidence.of("Chaport") if each.kind in (ME, OPERATORS, VISITORS, CHAT)}
    denied = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
    if refused := sorted(kind for kind, status in asked.items() if status in denied):
        return otherwise(f"this token may not read {', '.join(refused)}", "make a token with full access", told=True)
    read = sorted(kind for kind, status in asked.items() if status == HTTPStatus.OK)
    return as_assumed(f"this token reads {', '.join(read)}") if read else still_open("nothing was answered")


def _bots_listed(evidence: Evidence, _: Settings) -> Settled:
    rows = evidence.results(OPERATORS)
    if not rows:
        return _NO_OPERATOR
    if marked := sum(wire.is_bot(row) or wire.is_deactivated(row) for row in rows):
        return as_assumed(f"{marked} of {len(rows)} are marked as a bot or as deactivated, and are left out")
    return still_open(f"none of {number(len(rows), 'row', 'rows')} is marked as a bot or as deactivated")


QUESTIONS = (
    Question("U1", "What is the lifetime of a status called?", "[chaport] lifetime_field, then the other", _lifetime),
    Question("U2", "Which words are the statuses?", "online, offline and [chaport] invisible_word", _words),
    Question("U3", "What do lastStatus and realStatus mean?", "lastStatus is compared, else realStatus", _two_statuses),
    Question(
        "U4",
        "What follows when a lifetime ends?",
        "statuses are renewed early",
        only_by("only a status that ends tells: `check --probe OPERATOR`"),
    ),
    Question(
        "U5",
        "Does an open app overwrite the status?",
        "it is told, and [status] manual_change decides",
        by_log(
            "",
            "status.contested",
            "",
            "something sets an operator again and again",
            "only setting a status tells, with the app open",
        ),
    ),
    Question("U6", "What do bots' messages look like?", "each form that is known is recognised", chats.bots),
    Question("U7", "What are types and times of events called?", "known names are tried in order", chats.names),
    Question("U8", "How do pages of visitors end?", "read until there is no next one, or nothing new", _pages),
    Question("U9", 'What does "newest chat" go by?', "known chats are read by themselves too", chats.order),
    Question("U10", "What is answered for a visitor without a chat?", "404, null and {} are alike", _no_chat),
    Question(
        "U11",
        "Does a closed chat go on, or does a new one begin?",
        "both are followed",
        chats.after_closing,
    ),
    Question("U12", "How many requests are allowed?", "[chaport] requests_per_second", _limit),
    Question("U13", "What does an error say?", "the first text in it", _errors),
    Question("U14", "Where does the external id stand?", "[chaport] external_id", _external_id),
    Question("U15", "What may this token read?", "`check` tries each list", _scopes),
    Question(
        "U16",
        "What do webhooks send?",
        "they are not used; the daemon polls",
        only_by("the daemon does not use them, so nothing depends on it"),
    ),
    Question("U17", "Are bots and deactivated operators listed?", "marked ones are left out", _bots_listed),
    Question("U18", "Are long chats cut?", f"from {SUSPICIOUS} events on they are read again", chats.cut),
    Question(
        "U19",
        "Which operators may this token set?",
        "a refusal concerns that operator alone",
        by_log("status.changed", "", "a status was set", "", "only setting a status tells"),
    ),
)
