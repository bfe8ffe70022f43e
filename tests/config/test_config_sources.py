"""Environment and credential files: how they override and complete the file."""

import json
from datetime import date
from pathlib import Path

import pytest

from chaport_sync.config import load
from chaport_sync.config.model import section_models
from tests.config.config_files import loaded, only_problem, write


def variable(section: str, key: str) -> str:
    """Return the environment variable of a key."""
    return f"CHAPORT_SYNC_{section}__{key}".upper()


OTHER_VALUES: dict[str, dict[str, object]] = {
    "deskie": {"url": "https://b.deskie.io", "email": "b@b", "api_key": "k", "requests_per_minute": 7},
    "chaport": {
        "url": "https://app.chaport.ru",
        "token": "t",
        "requests_per_second": 1.5,
        "invisible_word": "busy",
        "lifetime_field": "validUntil",
        "external_id": "none",
        "unlisted_authors": "unknown",
        "bots": {"5A": "Bo"},
        "event_kinds": {"Order": "bot"},
    },
    "status": {
        "enabled": False,
        "poll": 30.5,
        "offline_grace": 1,
        "lease": 900,
        "hold": 5,
        "manual_change": "respect",
        "default": "keep",
        "map": {"7": "online"},
    },
    "agents": {"match_by_email": False, "exclude": ["a@b"], "pairs": [{"agent": 1, "operator": "x"}]},
    "transcripts": {
        "enabled": False,
        "poll": 5,
        "idle_poll": 6,
        "ended_after": 7,
        "include": ["bot"],
        "deliver": "handoff",
        "gather": 9,
        "timezone": "Asia/Tokyo",
        "start": "2026-11-01",
    },
    "cases": {
        "create": False,
        "channel": "cch99",
        "when_closed": "continue",
        "search_channels": ["live_chat"],
        "wait": 8,
        "language": "tr",
        "subject": "Hi {visitor}",
        "group_id": 9,
        "labels": [1],
    },
    "pending": {"enabled": False, "reopen_on_handoff": False, "unanswered": 3},
    "replies": {
        "enabled": True,
        "poll": 20,
        "operator": "a@b",
        "include_rules": True,
        "max_age": 60,
        "max_length": 500,
    },
    "state": {"path": "/x/state.db", "keep": 4},
    "web": {"listen": "0.0.0.0:9464", "allow_remote": True, "password": "correct horse", "names": False},
    "health": {"ping_url": "https://ping.example/x", "tolerate": 60},
    "notify": {"urls": ["json://127.0.0.1"], "nobody_online_for": 0, "hours": ["Mon 09:00-18:00"]},
    "cluster": {"database": "postgresql://db/chaport", "worker": "w2"},
    "log": {"level": "debug", "format": "json"},
}


def test_every_key(tmp_path: Path) -> None:
    """Each key can be set in the environment: numbers, words and truth as they are, lists and tables as JSON."""
    assert {name: set(table) for name, table in OTHER_VALUES.items()} == {
        name: set(model.model_fields) for name, model in section_models().items()
    }
    environ = {
        section: {variable(section, key): json.dumps(value).strip('"') for key, value in table.items()}
        for section, table in OTHER_VALUES.items()
    }
    # A cluster has accounts.
    environ["accounts"] = {"CHAPORT_SYNC_ACCOUNT": "acme"}
    (tmp_path / "acme.toml").touch()
    # Answers are sent only where transcripts are shown in cases of one's own, and something has to be on.
    alone = loaded(tmp_path, environ={**environ.pop("replies"), **environ.pop("status")})

    shared = write(tmp_path, "[accounts]\ndirectory = '.'")
    settings = load(shared, environ=dict(item for each in environ.values() for item in each.items()))

    usual = loaded(tmp_path)
    for section, table in OTHER_VALUES.items():
        found = getattr(alone if section in {"replies", "status"} else settings, section)
        for key in table:
            assert getattr(found, key) != getattr(getattr(usual, section), key), (section, key)
    assert settings.transcripts.start == date(2026, 11, 1)
    assert settings.chaport.bots == {"5A": "Bo"}
    assert alone.status.map == {7: "online"}
    assert alone.status.poll == 30.5


def test_environment_beats_file(tmp_path: Path) -> None:
    """The environment wins key by key; a table is replaced, not mixed."""
    settings = loaded(
        tmp_path,
        "status.poll = 20",
        "status.hold = 99",
        'status.map = { 1 = "keep" }',
        environ={"CHAPORT_SYNC_STATUS__POLL": "30", "CHAPORT_SYNC_STATUS__MAP": '{"2": "online"}'},
    )

    assert (settings.status.poll, settings.status.hold, settings.status.map) == (30, 99, {2: "online"})


@pytest.mark.parametrize("text", ["true", "True", "TRUE"])
def test_truth(tmp_path: Path, text: str) -> None:
    """True and false may be written as anybody writes them."""
    assert loaded(tmp_path, environ={"CHAPORT_SYNC_CASES__CREATE": text}).cases.create is True


def test_empty_variable(tmp_path: Path) -> None:
    """An empty variable counts as not set."""
    settings = loaded(tmp_path, "status.poll = 20", environ={"CHAPORT_SYNC_STATUS__POLL": ""})

    assert settings.status.poll == 20


@pytest.mark.parametrize(
    ("section", "key", "text", "problem"),
    [
        ("status", "poll", "often", "must be a number, without quotes"),
        ("status", "poll", "NaN", "must be a number, without quotes"),
        ("status", "poll", "true", "must be a number, without quotes"),
        ("status", "enabled", "yes", "must be true or false, without quotes"),
        ("deskie", "requests_per_minute", "1.5", "must be a whole number, without quotes"),
        ("deskie", "email", "\udcff@b", "must not contain control characters or line breaks"),
        ("log", "level", "loud", 'must be "debug", "info", "warning" or "error"'),
    ],
)
def test_bad_variable(tmp_path: Path, section: str, key: str, text: str, problem: str) -> None:
    """A bad value is reported with its key and with the variable's name."""
    name = variable(section, key)

    assert only_problem(tmp_path, environ={name: text}) == f"[{section}] {key}: {problem} (from {name})"


@pytest.mark.parametrize("text", ["a@b", '"a@b"', "[", "{}"])
def test_bad_list(tmp_path: Path, text: str) -> None:
    """A list that is not JSON, or JSON but no list, is reported with the form that is wanted."""
    assert only_problem(tmp_path, environ={"CHAPORT_SYNC_AGENTS__EXCLUDE": text}) == (
        "[agents] exclude: must be a list, in square brackets (from CHAPORT_SYNC_AGENTS__EXCLUDE, as JSON)"
    )


@pytest.mark.parametrize("text", ["a", "[]"])
def test_bad_table(tmp_path: Path, text: str) -> None:
    """The same goes for tables."""
    assert only_problem(tmp_path, environ={"CHAPORT_SYNC_STATUS__MAP": text}) == (
        "[status] map: must be a table (from CHAPORT_SYNC_STATUS__MAP, as JSON)"
    )


@pytest.mark.parametrize(
    "name", ["CHAPORT_SYNC_STATUS", "CHAPORT_SYNC_STATUS__MAP__7", "CHAPORT_SYNC_", "CHAPORT_SYNC_X"]
)
def test_unknown_variable(tmp_path: Path, name: str) -> None:
    """A variable of ours that names no key is a typo, and a problem."""
    assert only_problem(tmp_path, environ={name: "1"}).startswith(f"{name}: no such setting in the environment")


def test_other_variables(tmp_path: Path) -> None:
    """The name of the file, and everything that is not ours, is left alone."""
    loaded(tmp_path, environ={"CHAPORT_SYNC_CONFIG": "/x", "CHAPORT_SYNCHRONY": "1", "PATH": "/bin"})
