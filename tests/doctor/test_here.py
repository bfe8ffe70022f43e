"""What `check` finds on this machine: the state file, the time zone, who is told when the daemon dies."""

import os
from pathlib import Path

import pytest

from chaport_sync import paths as places
from chaport_sync.config import Settings, load, values
from chaport_sync.doctor import FAILED, NOTE, OK, WARNING
from chaport_sync.doctor.local import examine_host
from tests.config.config_files import SECRETS, with_lines, write

OTHER = 'if your agents go by another, set [transcripts] timezone, such as "Europe/Istanbul"'
NOW = 1_800_000_000.0


def found(settings: Settings, subject: str) -> list[tuple[str, str]]:
    """Return what is found of a subject."""
    return [(each.result, each.finding) for each in examine_host(settings, NOW) if each.subject == subject]


def with_state(folder: Path, path: str) -> Settings:
    """Return settings whose state file is there."""
    return load(write(folder, with_lines(f'state.path = "{path}"')), environ=SECRETS)


def test_a_state_file_to_be_made(tmp_path: Path) -> None:
    """P7: a place where it can be made is fine, and trying leaves nothing behind."""
    assert found(with_state(tmp_path, f"{tmp_path}/new/deep/state.db"), "state file") == [
        (OK, f"{tmp_path}/new/deep/state.db will be made at the first start")
    ]
    assert [path.name for path in tmp_path.iterdir()] == ["config.toml"]


@pytest.mark.parametrize(
    ("place", "why"),
    [
        ("/proc/nope/state.db", "/proc cannot hold it: "),
        ("/dev/null/state.db", "/dev/null is not a directory"),
        ("/dev/null/deep/state.db", "/dev/null is not a directory"),
    ],
)
def test_a_state_file_that_cannot_be_made(tmp_path: Path, place: str, why: str) -> None:
    """P7: what `run` could not do is said beforehand, with the place and what to do."""
    ((result, text),) = found(with_state(tmp_path, place), "state file")
    assert result == FAILED
    assert text.startswith(f"{place} cannot be made: {why}")
    assert text.endswith("; set [state] path to a place that can be written")


def test_no_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """P7: a file or a directory of somebody else's is no place for it."""
    state = tmp_path / "state.db"
    settings = with_state(tmp_path, str(state))
    monkeypatch.setattr(os, "access", lambda *_: False)  # tests may run as root, whom no mode keeps out
    assert found(settings, "state file")[0][1].startswith(f"{state} cannot be made: {tmp_path} may not be written")
    state.touch()
    assert found(settings, "state file") == [(FAILED, f"{state} may not be written by whoever runs this")]


def test_not_where_the_service_may_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What root can write the service cannot: only the directory that systemd makes for it."""
    etc = tmp_path / "etc"
    monkeypatch.setattr(places, "_SYSTEM_CONFIG", etc / "config.toml")
    monkeypatch.setattr(places, "_SYSTEM_STATE", tmp_path / "var")
    etc.mkdir()
    ((result, text),) = found(with_state(etc, f"{tmp_path}/elsewhere/state.db"), "state file")
    assert (result, f"the service may write only in {tmp_path / 'var'}" in text) == (WARNING, True)
    usual = load(write(etc, with_lines()), environ=SECRETS)
    assert found(usual, "state file") == [(OK, f"{tmp_path}/var/state.db will be made at the first start")]


def test_a_file_of_another_kind(tmp_path: Path) -> None:
    """P7: nobody is told to move away a file that is theirs."""
    (tmp_path / "letters.txt").write_text("Dear Ann,")
    ((result, text),) = found(with_state(tmp_path, f"{tmp_path}/letters.txt"), "state file")
    assert result == FAILED
    assert "letters.txt is not a state file of chaport-sync" in text
    assert "[state] path" in text


def test_replies_are_said_once(tmp_path: Path) -> None:
    """Whether words reach customers is said in one line, of both accounts; this machine has no say in it."""
    settings = load(write(tmp_path, with_lines("replies.enabled = true")), environ=SECRETS)
    assert not [each for each in examine_host(settings, NOW) if "visitors" in each.finding or "Deskie" in each.finding]


@pytest.mark.parametrize(
    ("line", "own", "expected"),
    [
        ('"Europe/Istanbul"', "UTC", (OK, "notes show the time of Europe/Istanbul, where it is 11:00 now")),
        ('""', "Asia/Tokyo", (OK, "notes show the time of Asia/Tokyo, this machine's, where it is 17:00 now")),
        (
            '""',
            "UTC",
            (
                NOTE,
                f"notes show UTC, this machine's time, where it is 08:00 now; {OTHER}",
            ),
        ),
    ],
)
def test_the_time_zone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, own: str, expected: tuple[str, str]
) -> None:
    """T5: which times agents will see."""
    monkeypatch.setenv("TZ", own)
    monkeypatch.setattr(values, "_LOCALTIME", tmp_path / "none")
    settings = load(write(tmp_path, with_lines(f"transcripts.timezone = {line}")), environ=SECRETS)
    assert found(settings, "time zone") == [expected]


def test_nobody_is_told(tmp_path: Path) -> None:
    """What is neither good nor a mistake is a note."""
    settings = load(write(tmp_path, with_lines()), environ=SECRETS)
    assert [result for result, _ in found(settings, "alarm")] == [NOTE]


def test_who_is_told(tmp_path: Path) -> None:
    """P6: whether anybody gets notices, counted by scheme; an address that cannot be used fails, unrepeated."""

    def finding(urls: str) -> tuple[str, str]:
        (one,) = found(load(write(tmp_path, with_lines(f"notify.urls = {urls}")), environ=SECRETS), "notices")
        return one

    what = "when nobody is online, a flow is down, or events are parked"
    assert finding("[]") == (NOTE, f"nobody is told {what}; [notify] urls would change that")
    assert finding('["json://a:secret@b", "xml://c", "json://d"]') == (
        OK,
        f"3 addresses are told {what}: 2 by json, 1 by xml; `chaport-sync check --notify` tries them",
    )
    result, words = finding('["json://a", "tgram://secret"]')
    assert (result, words.partition(":")[0]) == (FAILED, "[notify] urls, entry 2")
    assert "secret" not in words


def test_addresses_that_everybody_can_read(tmp_path: Path) -> None:
    """P6: they are secrets like the others."""
    path = tmp_path / "notify_urls"
    path.write_text("json://a")
    path.chmod(0o644)
    settings = load(write(tmp_path, with_lines()), environ=SECRETS)
    assert found(settings, "secrets") == [
        (WARNING, f"everybody on this machine can read {path}; run chmod 600 {path}"),
    ]


@pytest.mark.parametrize(("mode", "told"), [(0o644, True), (0o640, False), (0o600, False)])
def test_secrets_that_everybody_can_read(tmp_path: Path, mode: int, told: bool) -> None:  # noqa: FBT001 - a table
    """P6: a secret is for its owner; who can read its file is said, and what to do."""
    key, config = tmp_path / "deskie_api_key", write(tmp_path, with_lines('chaport.token = "t"'))
    key.write_text("k", encoding="utf-8")
    for path in (key, config):
        path.chmod(mode)
    words = [finding for result, finding in found(load(config, environ={}), "secrets") if result == WARNING]
    assert [finding.partition(" can read ")[2].split()[0].rstrip(",;") for finding in words] == (
        [str(key), str(config)] if told else []
    )


def test_a_configuration_without_secrets_is_for_everybody(tmp_path: Path) -> None:
    """P6: the service needs to read it, and there is nothing in it."""
    config = write(tmp_path, with_lines())
    config.chmod(0o644)
    assert found(load(config, environ=SECRETS), "secrets") == []
