"""The values that keys accept, key by key."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.config.config_files import loaded, only_problem


def value(settings: Any, line: str) -> Any:
    """Return the setting that a line of the form `section.key = ...` sets."""
    section, key = line.split("=", maxsplit=1)[0].strip().split(".")
    return getattr(getattr(settings, section), key)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param('deskie.url = "https://acme.deskie.io/"', "https://acme.deskie.io", id="trailing slash"),
        pytest.param('deskie.url = "HTTPS://Acme.Deskie.IO:443"', "https://acme.deskie.io", id="case and port"),
        pytest.param('deskie.url = "https://acme.deskie.io:8443"', "https://acme.deskie.io:8443", id="own port"),
        pytest.param('deskie.url = "http://127.8.9.1:80"', "http://127.8.9.1", id="loopback network"),
        pytest.param('deskie.url = "http://[::1]:8001"', "http://[::1]:8001", id="loopback IPv6"),
        pytest.param('deskie.url = "http://localhost:8001/"', "http://localhost:8001", id="localhost"),
        pytest.param('chaport.url = "https://app.chaport.ru"', "https://app.chaport.ru", id="Russian edition"),
        pytest.param("deskie.requests_per_minute = 1", 1, id="smallest budget"),
        pytest.param("chaport.requests_per_second = 1", 1, id="slowest pace"),
        pytest.param("chaport.requests_per_second = 1.5", 1.5, id="pace as a fraction"),
        pytest.param(
            'chaport.bots = { 59747c3ff77948220136b7b3 = "Bo" }', {"59747c3ff77948220136b7b3": "Bo"}, id="bot"
        ),
        pytest.param('chaport.event_kinds = { bot-message = "bot" }', {"bot-message": "bot"}, id="event kind"),
        pytest.param('chaport.lifetime_field = "valid_until"', "valid_until", id="lifetime field"),
        pytest.param("status.offline_grace = 0", 0, id="no grace"),
        pytest.param("status.offline_grace = 2.5", 2.5, id="fractions of a second"),
        pytest.param("status.lease = 60", 60, id="lease of exactly four polls"),
        pytest.param('status.map = { 12 = "keep", 3 = "online" }', {12: "keep", 3: "online"}, id="status map"),
        pytest.param('agents.exclude = [310, "a@b.example", "x1"]', ("310", "a@b.example", "x1"), id="ids and e-mails"),
        pytest.param("transcripts.include = []", frozenset(), id="nobody"),
        pytest.param('transcripts.include = ["bot", "bot"]', frozenset({"bot"}), id="one kind, twice"),
        pytest.param('transcripts.timezone = "Europe/Berlin"', "Europe/Berlin", id="time zone"),
        pytest.param('transcripts.timezone = ""', "", id="this machine's time zone"),
        pytest.param('transcripts.start = "now"', None, id="now"),
        pytest.param('transcripts.start = "2026-11-01"', date(2026, 11, 1), id="date as text"),
        pytest.param("transcripts.start = 2026-11-01", date(2026, 11, 1), id="date of TOML"),
        pytest.param('cases.subject = "{{{visitor}}}"', "{{{visitor}}}", id="braces to be shown"),
        pytest.param('cases.subject = "A chat"', "A chat", id="subject without a name"),
        pytest.param('cases.labels = [101, "102"]', (101, 102), id="labels"),
        pytest.param('cases.search_channels = ["live_chat"]', ("live_chat",), id="channels"),
        pytest.param('state.path = "~/x.db"', "~/x.db", id="path of the user"),
        pytest.param('web.listen = "127.0.0.1:9464"', "127.0.0.1:9464", id="metrics for this machine"),
        pytest.param('web.listen = "[::1]:9464"', "[::1]:9464", id="metrics by IPv6"),
        pytest.param('web.listen = "localhost:9464"', "localhost:9464", id="metrics by name"),
    ],
)
def test_accepted(tmp_path: Path, line: str, expected: object) -> None:
    """These values are accepted, in the form that the program uses."""
    assert value(loaded(tmp_path, line), line) == expected


def test_pairs(tmp_path: Path) -> None:
    """A pair names both sides by id or e-mail; ids may be numbers, and become text."""
    settings = loaded(
        tmp_path, 'agents.pairs = [{ agent = 310, operator = "59747c" }, { agent = "a@b", operator = 7 }]'
    )

    assert [(pair.agent, pair.operator) for pair in settings.agents.pairs] == [("310", "59747c"), ("a@b", "7")]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('deskie.url = "acme.deskie.io"', "must be an address"),
        ('deskie.url = "ftp://acme.deskie.io"', "must be an address"),
        ('deskie.url = "https://"', "must be an address"),
        ('deskie.url = "https://acme.deskie.io:port"', "must be an address"),
        ('deskie.url = "https://[::1"', "must be an address"),
        ('deskie.url = "https://[fe80::1%25eth0]"', "must be an address"),
        ('deskie.url = "http://acme.deskie.io"', "must start with https://"),
        ('deskie.url = "http://127.0.0.1.evil.example"', "must start with https://"),
        ('deskie.url = "http://0.0.0.0"', "must start with https://"),
        ('deskie.url = "https://acme.deskie.io/api"', "without a path"),
        ('deskie.url = "https://acme.deskie.io/?"', "without a path or a query"),
        ('deskie.url = "https://acme.deskie.io#"', "without a path or a query"),
        ('deskie.url = "https://me@acme.deskie.io"', "must not contain a user name"),
        ('deskie.url = " https://acme.deskie.io"', "must not contain blanks"),
        ('deskie.url = "https://acme.deskie.io\\\\@evil.example"', "must not contain blanks or backslashes"),
        ('deskie.url = "https://acme.de\\tskie.io"', "control characters"),
        ('deskie.email = "sync"', "must be an e-mail address"),
        ('deskie.email = "a:b@acme.example"', "must be an e-mail address"),
        ("deskie.requests_per_minute = -1", "must be at least 0"),
        ("deskie.requests_per_minute = 1.5", "must be a whole number"),
        ("deskie.requests_per_minute = true", "must be a whole number"),
        ("chaport.requests_per_second = 0.5", "must be at least 1"),
        ("chaport.requests_per_second = inf", "must be a number"),
        ('chaport.invisible_word = " "', "must not be empty"),
        ('chaport.invisible_word = "offline"', "online and offline are taken"),
        ('chaport.lifetime_field = "lifetime"', 'must be "ttl", "ttlSeconds", "validUntil" or "valid_until"'),
        ("status.enabled = 1", "must be true or false"),
        ('status.enabled = "yes"', "must be true or false"),
        ("status.poll = 0.5", "must be at least 1"),
        ("status.poll = true", "must be a number"),
        ("status.poll = nan", "must be a number"),
        ("status.lease = 9", "must be at least 10"),
        ("status.lease = 59.9", "must be at least 4 times [status] poll, 60 here"),
        ("status.offline_grace = -0.1", "must be at least 0"),
        ("status.hold = 1e300", "must be at most 604800"),
        ('status.default = "away"', 'must be "online", "invisible", "offline" or "keep"'),
        ("transcripts.poll = 0", "must be at least 1"),
        ("transcripts.idle_poll = 0", "must be at least 1"),
        ('transcripts.include = "bot"', "must be a list, in square brackets"),
        ('transcripts.deliver = "late"', 'must be "digest", "live" or "handoff"'),
        ('transcripts.timezone = "Europe"', "must be the name of a time zone"),
        ('transcripts.timezone = "Berlin"', "must be the name of a time zone"),
        ('transcripts.timezone = "../zone"', "must be the name of a time zone"),
        ('transcripts.start = "tomorrow"', 'must be "now" or a date'),
        ('transcripts.start = "2026-02-30"', 'must be "now" or a date'),
        ('transcripts.start = "20261101"', 'must be "now" or a date'),
        ("transcripts.start = 2026-11-01T00:00:00Z", 'must be "now" or a date'),
        ("transcripts.start = 0", 'must be "now" or a date'),
        ('cases.channel = "12"', "must be the custom channel's key"),
        ('cases.channel = "cch\\u0661"', "must be the custom channel's key"),
        ('cases.when_closed = "reopen"', 'must be "new" or "continue"'),
        ("cases.wait = -1", "must be at least 0"),
        ('cases.subject = " "', "must not be empty"),
        ('cases.subject = "{"', "a brace without its partner"),
        ('cases.subject = "{}"', "may have no placeholder but {visitor}"),
        ('cases.subject = "{visitor.__class__}"', "may have no placeholder but {visitor}"),
        ('cases.subject = "{visitor!r}"', "may have no placeholder but {visitor}"),
        ('cases.subject = "{visitor:>99999999}"', "may have no placeholder but {visitor}"),
        ('cases.subject = "a\\nb"', "must not contain control characters"),
        ("cases.group_id = -1", "must be at least 0"),
        ("pending.unanswered = -1", "must be at least 0"),
        ("state.keep = 0", "must be at least 1"),
        ('state.path = "state.db"', "must be a full path"),
        (
            'web.listen = "0.0.0.0:9464"',
            "other machines are served only with [web] allow_remote = true",
        ),
        ('web.listen = "10.1.2.3:9464"', "must be of this machine only"),
        ('web.listen = "[::]:9464"', "must be of this machine only"),
        ('web.listen = "9464"', "must be an IP address and a port"),
        ('web.listen = "127.0.0.1"', "must be an IP address and a port"),
        ('web.listen = "127.0.0.1:0"', "must be an IP address and a port"),
        ('web.listen = "127.0.0.1:70000"', "must be an IP address and a port"),
        ('web.listen = "stats.acme.example:80"', "must be an IP address and a port"),
        ('health.ping_url = "http://ping.example/x"', "must start with https://"),
        ('health.ping_url = "ping.example"', "must be an address"),
        ('health.ping_url = "https://me:secret@ping.example/x"', "must not contain a user name"),
        ("health.tolerate = 59", "must be at least 60"),
        ('log.level = "warn"', 'must be "debug", "info", "warning" or "error"'),
        ('log.format = "text"', 'must be "auto", "json" or "console"'),
    ],
)
def test_refused(tmp_path: Path, line: str, problem: str) -> None:
    """These values are refused, with the key and with what would be right."""
    section, key = line.split("=", maxsplit=1)[0].strip().split(".")

    found = only_problem(tmp_path, line)

    assert found.startswith(f"[{section}] {key}: ")
    assert problem in found


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('status.map = { 12 = "away" }', '[status.map] 12: must be "online", "invisible", "offline" or "keep"'),
        ('status.map = { 012 = "keep" }', "[status.map] 012: is a name, but"),
        ('chaport.event_kinds = { bot-message = "robot" }', '[chaport.event_kinds] bot-message: must be "bot", '),
        ('chaport.bots = { "" = "Bo" }', '[chaport.bots] "": must not be empty'),
        ('transcripts.include = ["bot", "robot"]', '[transcripts] include, entry 2: must be "bot", "visitor" or "oper'),
        ("agents.exclude = [true]", "[agents] exclude, entry 1: must be text"),
        ("agents.pairs = [{ agent = 1 }]", "[agents] pairs, entry 1, operator: is missing"),
        ("agents.pairs = [{ agent = 1, operator = 2, x = 3 }]", "[agents] pairs, entry 1, x: no such key"),
        ('cases.labels = ["vip"]', "[cases] labels, entry 1: must be a number, the id"),
    ],
)
def test_refused_within(tmp_path: Path, line: str, problem: str) -> None:
    """In a table or a list, the problem says which entry is meant."""
    assert only_problem(tmp_path, line).startswith(problem)


def test_status_by_name(tmp_path: Path) -> None:
    """A name in [status.map] is refused with the way to the id (S2)."""
    assert only_problem(tmp_path, 'status.map = { Lunch = "keep" }') == (
        "[status.map] Lunch: is a name, but the status's id is wanted, a number; "
        "`chaport-sync check` prints the lines to paste"
    )


def test_metrics_for_others(tmp_path: Path) -> None:
    """An address that others reach is taken where that is said to be meant."""
    settings = loaded(tmp_path, "web.allow_remote = true", 'web.listen = "0.0.0.0:9464"')
    assert settings.web.address == ("0.0.0.0", 9464)  # noqa: S104 - the point of the test


def test_default_lease_is_checked(tmp_path: Path) -> None:
    """A slow poll needs a longer lease, also where the file leaves the lease at its default (S5)."""
    assert only_problem(tmp_path, "status.poll = 151").startswith("[status] lease: must be at least 4 times")
