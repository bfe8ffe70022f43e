"""`check --notify`: a test notice to each address, and which of them took it."""

import json
from pathlib import Path

import pytest

from chaport_sync.cli.check_notify import run_notify
from tests.config.config_files import SECRETS, with_lines, write
from tests.monitoring.test_apprise_services import clean, listening

__all__ = ["clean"]

CANARY = "c4nary"


@pytest.fixture(autouse=True)
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    """The two secrets are there."""
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)


def tried(folder: Path, capsys: pytest.CaptureFixture[str], *urls: str) -> tuple[int, list[dict[str, str]]]:
    """Return the exit code, and what is found of each address."""
    code = run_notify(write(folder, with_lines(f"notify.urls = {json.dumps(urls)}")), as_json=True)
    printed = capsys.readouterr()
    assert CANARY not in printed.out + printed.err
    return code, json.loads(printed.out)["findings"]


def test_each_address(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """All are tried; one that does not take it makes the command fail, and it is said how to learn why."""
    with listening(200) as (port, heard):
        url = f"json://user:{CANARY}@127.0.0.1:{port}"
        assert tried(tmp_path, capsys, url) == (
            0,
            [{"result": "ok", "subject": "json", "finding": "took the test notice; see whether it arrived"}],
        )
        code, (bad, good) = tried(tmp_path, capsys, f"json://127.0.0.1:1/{CANARY}", url)
    assert [each["title"] for each in heard] == ["chaport-sync: a test"] * 2
    assert [(each["result"], each["subject"]) for each in (bad, good)] == [("failed", "json"), ("ok", "json 2")]
    assert code == 1
    assert bad["finding"].startswith("did not take the test notice (NotTakenError); `")
    assert bad["finding"].endswith("/bin/apprise -vv -b test ADDRESS` says why")


def test_nobody_and_nonsense(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Both fail, and nothing is sent."""
    code, (finding,) = tried(tmp_path, capsys)
    assert (code, finding["finding"]) == (1, "nobody is told: [notify] urls is empty")
    with listening(200) as (port, heard):
        code, (finding,) = tried(tmp_path, capsys, f"json://127.0.0.1:{port}", f"tgram://{CANARY}")
    assert (code, finding["finding"].partition(":")[0], heard) == (1, "[notify] urls, entry 2", [])
