"""`check` as a command: what it prints, its first and its last line, its exit code."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from chaport_sync import logs
from chaport_sync.cli import check
from chaport_sync.cli.exits import Code
from chaport_sync.config import Settings
from chaport_sync.doctor import FAILED, OK, WARNING, Finding
from tests.config.config_files import SECRETS, with_lines, write

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return what runs `check` on a configuration with these lines, while the accounts show these results."""
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("COLUMNS", "500")
    monkeypatch.setattr(logs, "setup", lambda *_, **__: None)

    def run(
        *lines: str,
        results: tuple[str, ...] = (OK,),
        as_json: bool = False,
        offline: bool = False,
        quiet: bool = False,
    ) -> tuple[int, str]:
        async def examined(_: Settings, __: object) -> list[Finding]:
            return [Finding(result, "account", "so it is") for result in results]

        monkeypatch.setattr(check, "_examined", examined)
        path = write(tmp_path, with_lines(f'state.path = "{tmp_path / "state.db"}"', *lines))
        code = check.run_check(path, offline=offline, quiet=quiet, as_json=as_json)
        return code, capsys.readouterr().out

    return run


@pytest.mark.parametrize(
    ("results", "code", "first"),
    [
        ((OK,), Code.DONE, "Everything is right."),
        ((WARNING, OK), Code.DONE, "Nothing failed, 1 warning. account: so it is"),
        ((WARNING, WARNING, FAILED), Code.FAILED, "1 thing failed, 2 warnings. account: so it is"),
        ((FAILED,) * 4, Code.FAILED, "4 things failed. account: so it is, account: so it is and 2 more"),
    ],
)
def test_the_first_and_the_last_line(tmp_path: Path, run: Run, results: tuple[str, ...], code: int, first: str) -> None:
    """The first one says whether everything is right and what is not, to programs too; the last one what comes next."""
    found, printed = run(results=results)
    lines = printed.splitlines()
    following = f"Next: chaport-sync --config {tmp_path / 'config.toml'} once --dry-run"
    assert found == code
    assert lines[0] == first
    assert lines[-1] == ("Mend what failed, then check again." if code else following)
    assert json.loads(run(results=results, as_json=True)[1])["answer"] == first


def test_the_first_line_is_short(run: Run) -> None:
    """Also where a finding has lines to paste, such as each status without a mapping."""
    first = run('cases.channel = "Website"', 'status.map = { Lunch = "keep" }')[1].splitlines()[0]
    assert first.startswith("1 thing failed. configuration: ")
    assert len(first) < 240


def test_quiet(run: Run) -> None:
    """Only what failed is printed, for those who wait for nothing else; of what is well not a word."""
    assert run(results=(OK, WARNING), quiet=True) == (Code.DONE, "")
    code, printed = run(results=(OK, FAILED), quiet=True)
    assert code == Code.FAILED
    assert printed.splitlines()[0] == "1 thing failed. account: so it is"
    assert "warning" not in printed
    assert "configuration" not in printed


def test_offline(run: Run) -> None:
    """Without a look at the accounts, that look comes next."""
    assert " ".join(run(offline=True)[1].split()).endswith(" check")


def test_offline_the_secrets_are_not_tried(run: Run) -> None:
    """What was not looked at is not called well."""
    code, printed = run(offline=True)
    lines = " ".join(printed.split())
    assert code == Code.DONE
    assert "secrets only the accounts can tell whether they are right, and these were not asked" in lines
    assert lines.startswith("All that was looked at is right. ")
    assert "only the accounts" not in run()[1]


def test_offline_an_empty_secret_is_seen(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that waits for its key can be seen without asking anybody; that none is there may be as it should be."""
    monkeypatch.delenv("CHAPORT_SYNC_DESKIE__API_KEY")
    assert "secrets only the accounts" in " ".join(run(offline=True)[1].split())
    (tmp_path / "deskie_api_key").write_text("\n")
    code, printed = run(offline=True)
    lines = " ".join(printed.split())
    assert code == Code.DONE
    assert f"{tmp_path}/deskie_api_key is empty; put the secret into it" in lines
    assert lines.startswith("Nothing failed, 1 warning. secrets: ")


def test_names_are_looked_up(tmp_path: Path, run: Run) -> None:
    """Names where ids are wanted fail, and the accounts are asked for the ids all the same."""
    code, printed = run('cases.channel = "Website"', 'status.map = { Lunch = "keep" }', as_json=True)
    findings = json.loads(printed)["findings"]
    assert code == Code.CONFIGURATION
    assert [(each["result"], each["subject"]) for each in findings if each["result"] != "note"][:2] == [
        ("failed", "configuration"),
        ("ok", "state file"),
    ]
    assert findings[0]["finding"].startswith(f"{tmp_path / 'config.toml'}:\n[status.map] Lunch: is a name")
    assert findings[-1]["subject"] == "account"
    assert "code" not in findings[-1]
