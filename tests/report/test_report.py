"""`report` as a command: its file, its progress, and what it does where something is missing."""

import re
import stat
from pathlib import Path

import click
import httpx
import pytest
from click.testing import CliRunner

from chaport_sync.cli.main import app
from chaport_sync.doctor import FAILED, Finding
from chaport_sync.questions.mask import Mask
from chaport_sync.questions.recorder import Recorder
from chaport_sync.questions.words import is_ours
from chaport_sync.report.journal import unit
from chaport_sync.report.sections import checked
from tests.docs.logged import MORE, told
from tests.report.reporting import Reporting

NUMBER = re.compile(r"[a-z]+:\w{8}|\w{8}@hidden\.example")


def test_the_file(reporting: Reporting, target: Path) -> None:
    """Only its owner may read it; each step is named on the way."""
    reporting.world.pair("Ann")
    reporting.world.settings()
    text = reporting.text(target)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert text.startswith("chaport-sync report, 2026-11-02 09:00 UTC, chaport-sync ")
    assert (reporting.code, [line for line in reporting.said.splitlines() if line.endswith("…")]) == (
        0,
        [
            "Reading the configuration …",
            "Reading the state file …",
            "Reading the journal …",
            "Asking both accounts …",
            "Reading the newest cases in Deskie …",
            "Reading the newest chat in Chaport …",
            "Writing the report …",
        ],
    )
    assert "\x1b" not in text + reporting.said


def test_the_usual_name(reporting: Reporting, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without FILE it has the date in its name, in the current folder."""
    monkeypatch.chdir(tmp_path)
    reporting.world.settings()
    reporting.named()
    assert (tmp_path / "chaport-sync-report-20261102.txt").is_file()


def test_a_file_that_exists(reporting: Reporting, target: Path) -> None:
    """It is left alone without --force, before anything is asked; with it a link in its place is not followed."""
    reporting.world.settings()
    other = target.with_name("other")
    other.write_text("mine")
    target.symlink_to(other)
    with pytest.raises(click.UsageError, match=r"exists; give another FILE, or --force to replace it"):
        reporting.text(target)
    assert reporting.world.sandbox.journal == []
    assert reporting.text(target, force=True)
    assert other.read_text() == "mine"
    assert stat.S_IMODE(target.lstat().st_mode) == 0o600


def test_a_folder_that_is_missing(reporting: Reporting, target: Path) -> None:
    """It is said before anything is asked."""
    reporting.world.settings()
    with pytest.raises(click.UsageError, match="cannot be written"):
        reporting.text(target.parent / "missing" / "report.txt")
    assert reporting.world.sandbox.journal == []


def test_nothing_is_written_to_the_services(reporting: Reporting) -> None:
    """It reads a few pages."""
    world = reporting.world
    world.pair("Ann")
    for name in ("Mary", "Tom"):
        world.chaport.visitor_says(world.chaport.start_chat(world.chaport.add_visitor(name)), "Hello")
    for _ in range(5):
        world.deskie.new_case(world.deskie.add_user("Mary", email="mary@mail.example"), "cch12", "Chat", "open")
    world.settings()
    reporting.text()
    assert {request.method for request in world.sandbox.journal} == {"GET"}
    assert len(world.sandbox.journal) < 25
    assert {request.status for request in world.sandbox.journal} == {200}


@pytest.mark.parametrize("side", ["deskie", "chaport"])
def test_a_service_that_is_down(reporting: Reporting, side: str) -> None:
    """The report is made all the same; it says what failed, and has the other service's answers."""
    reporting.world.pair("Ann")
    reporting.world.settings()
    reporting.world.sandbox.faults.outage(side)  # type: ignore[arg-type]
    text = reporting.text()
    assert reporting.code == 0
    assert f"failed {side.title()}" in text
    assert ("GET /operators\n    200 (1 answer)" if side == "deskie" else "GET /staff.json\n    200 (1 answer)") in text


def test_without_a_daemon(reporting: Reporting) -> None:
    """What is missing is said in a line each; with --answers-only it is not asked for."""
    reporting.world.settings()
    reporting.journal(code=1)
    found = reporting.json()
    assert "there is no state file yet" in found["status"]["remark"]
    assert found["events"]["remark"].startswith("Left out: journalctl ended with 1; perhaps root may")
    only = reporting.json(answers_only=True)
    assert found.keys() - only.keys() == {"status", "events"}
    assert [row["finding"] for row in only["check"]["rows"] if "state file" in row["finding"]] == []


def test_without_a_journal(reporting: Reporting, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """There may be no journalctl at all."""
    reporting.world.settings()
    monkeypatch.setenv("PATH", str(tmp_path))
    assert reporting.json()["events"]["remark"] == "Left out: there is no journalctl on this machine."


@pytest.mark.parametrize(
    ("config", "service"),
    [
        ("/etc/chaport-sync/config.toml", "chaport-sync"),
        ("/etc/chaport-sync/acme/config.toml", "chaport-sync@acme"),
        ("/home/ann/config.toml", "chaport-sync"),
    ],
)
def test_whose_journal(config: str, service: str) -> None:
    """Of the instance that a configuration belongs to."""
    assert unit(Path(config)) == service


def test_forms_that_were_never_seen(reporting: Reporting) -> None:
    """It is said where the form is and what it is, and the rest is described all the same."""
    reporting.world.pair("Ann")
    row = {
        "id": 7,
        "email": ["ann@acme.example"],
        "lastStatus": {"word": "online"},
        "shownUntil": "2026-11-02T09:00:00Z",
    }
    faults = reporting.world.sandbox.faults
    faults.add("error", path="operators$", times=None, status=200, body={"result": [row], "more": {"a": [[[None]]]}})
    faults.add(
        "error", path=r"staff_statuses", times=None, status=200, body='[[[1e999]], {"7": "x"}, 1%s]' % ("0" * 40)
    )
    reporting.world.settings()
    found = {(row["where"], row["what"]) for row in reporting.json()["unfamiliar"]["rows"]}
    assert {
        ("Chaport GET /operators", "result[].email: list (1)"),
        ("Chaport GET /operators", "result[].lastStatus: object (1)"),
        ("Chaport GET /operators", "result[].shownUntil: time (1)"),
    } <= found
    assert any(where == "Deskie GET /staff_statuses.json" for where, _ in found)


def test_equal_names_stay_equal(reporting: Reporting) -> None:
    """In one report and from one to the next, as the key stays; without a folder for it each report has its own."""
    reporting.world.pair("Ann")
    reporting.world.settings()
    first, second = reporting.text(), reporting.text()
    assert NUMBER.findall(first) == NUMBER.findall(second) != []
    key = reporting.world.folder / "report.key"
    assert (stat.S_IMODE(key.stat().st_mode), len(key.read_bytes())) == (0o600, 32)
    key.chmod(0o644)
    assert NUMBER.findall(reporting.text()) != NUMBER.findall(first)
    assert "by a key for this report only" in reporting.text()


def test_pairs_are_found_among_hidden_names(reporting: Reporting) -> None:
    """What `check` finds in a report is what it finds outside of one, under other names."""
    world = reporting.world
    ann, _ = world.pair("Ann")
    boss = world.chaport.add_operator("Boss", "boss@acme.example")
    world.settings(f'agents.pairs = [{{ agent = {ann.id}, operator = "{boss.id}" }}]')
    rows = {row["finding"]: row["words"] for row in reporting.json()["check"]["rows"]}
    assert rows["ok pairs"] == "1 agent drives 1 operator"
    assert rows["ok channel"].startswith("cch1")
    assert rows["ok changes"].endswith("@hidden.example: offline → online")


def test_hosts_in_errors() -> None:
    """An error of the connection may repeat a host, and a redirect name another one; neither is told."""
    mask = Mask(b"key")
    words = "its certificate is not trusted: Hostname mismatch, certificate is not valid for 'Acme.deskie.io'"
    section = checked([], [Finding(FAILED, "Deskie", words)], ["acme.deskie.io"], mask)
    assert "acme" not in str(section.rows).lower()
    headers = httpx.Headers({"Location": "https://acme.example/login", "Retry-After": "7", "X-Name": "acme"})
    assert Recorder(mask).inward("Deskie", "/staff.json", 302, headers, b"") == ({"retry-after": "7"}, b"")


def test_the_log_and_status_are_read(reporting: Reporting) -> None:
    """Names of events and of fields, words of ours, counts and times stay; of an error its kind stays."""
    reporting.world.settings()
    reporting.journal(
        {
            "timestamp": "2026-11-02T09:00:00Z",
            "level": "warning",
            "event": "poll.failed",
            "flow": "statuses",
            "failures": 3,
            "error": "Deskie: 503 (GET /cases/2001/messages.json)",
            "version": "0.1.0",
        },
        "no event",
    )
    found = reporting.json()["events"]
    (row,) = found["rows"]
    assert row["event"].startswith(
        "timestamp 2026-11-02T09:00:00Z, level warning, event poll.failed, flow statuses, failures 3,"
        " error Deskie, 503, GET /cases/ID/messages.json, text:"
    )
    assert row["event"].endswith(", version 0.1.0")
    assert found["remark"] == "1 line is no event and left out."


def test_each_event_and_field_of_the_log_can_be_told() -> None:
    """Their names have words of the trade only, so none of them is hidden."""
    names = {name for each in told() for name in each.names} | {field for each in told() for field in each.fields}
    assert sorted(name for name in names - {MORE} if not is_ours(name)) == []


def test_help() -> None:
    """The command says that it sends nothing."""
    assert "sent\n  nowhere" in CliRunner().invoke(app, ["report", "--help"], terminal_width=80).output
