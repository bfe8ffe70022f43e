"""Loading: what is read, what is refused, and how it is said."""

import pickle
from pathlib import Path

import pytest
from pydantic import ValidationError

from chaport_sync.config import ConfigError, Settings, load, load_without_names
from chaport_sync.config.people import Chaport, Deskie
from tests.config.config_files import MINIMAL, SECRETS, loaded, only_problem, problems, refused, with_lines, write

TO_CHOOSE = (
    'set it to your custom channel\'s key, such as "cch12" (`chaport-sync check` lists them), or create to false'
)


def test_minimal(tmp_path: Path) -> None:
    """An address, an e-mail, a channel and two secrets are enough."""
    settings = load(write(tmp_path), environ=SECRETS)

    assert settings.deskie.url == "https://acme.deskie.io"
    assert settings.deskie.email == "sync@acme.example"
    assert settings.deskie.api_key.get_secret_value() == "deskie-key"
    assert settings.chaport.token.get_secret_value() == "chaport-token"
    assert settings.cases.channel == "cch12"
    assert settings.status.lease == 600


def test_frozen(tmp_path: Path) -> None:
    """Settings cannot be changed once they are loaded, nor can their sections."""
    settings = loaded(tmp_path)

    with pytest.raises(ValidationError, match="frozen"):
        settings.status.poll = 1
    with pytest.raises(ValidationError, match="frozen"):
        settings.status = settings.status


def test_built_directly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings that are built in code do not look at the environment of the process."""
    monkeypatch.setenv("CHAPORT_SYNC_CHAPORT__REQUESTS_PER_SECOND", "50")

    settings = Settings(deskie=Deskie(url="http://127.0.0.1:8001", email="a@b"), chaport=Chaport())

    assert settings.chaport.requests_per_second == 2


def test_all_at_once(tmp_path: Path) -> None:
    """Every problem is reported in one go, each with its section and key."""
    text = """
        poll = 3
        [deskie]
        url = "https://acme.deskie.io"
        emial = "sync@acme.example"
        [status]
        poll = 1000
        manual_change = "fight"
        [statuses]
        [transcripts]
        idle_poll = "often"
        [cases]
        subject = "{name}"
        [log]
        poll = 3
    """
    elsewhere = ", $CREDENTIALS_DIRECTORY or the environment"

    assert problems(tmp_path, text, {"CHAPORT_SYNC_STATUS__HOLD": "-1", "CHAPORT_SYNC_STATUS__POL": "3"}) == (
        "[deskie] email: is missing; set it to the e-mail address of the agent whose API key is used",
        "[deskie] emial: no such key; did you mean email?",
        "[status] lease: must be at least 4 times [status] poll, 4000 here",
        "[status] hold: must be at least 0 (from CHAPORT_SYNC_STATUS__HOLD)",
        '[status] manual_change: must be "override" or "respect"',
        "[transcripts] idle_poll: must be a number, without quotes",
        "[cases] subject: may have no placeholder but {visitor}; a brace that is to be shown is written twice",
        "[log] poll: no such key; it belongs below [status] or [transcripts] or [replies]",
        "poll: stands outside any section; it belongs below [status] or [transcripts] or [replies]",
        "[statuses]: no such section; did you mean [status]?",
        "CHAPORT_SYNC_STATUS__POL: no such setting in the environment; did you mean CHAPORT_SYNC_STATUS__POLL?",
        f"[cases] channel: is missing; {TO_CHOOSE}",
        f"[deskie] api_key: is nowhere to be found; put it into {tmp_path / 'deskie_api_key'}{elsewhere}",
        f"[chaport] token: is nowhere to be found; put it into {tmp_path / 'chaport_token'}{elsewhere}",
    )


def test_error_text() -> None:
    """As text, the error is the file and one line for each problem; it survives being pickled."""
    error = ConfigError(Path("/etc/x.toml"), ("[a] b: c", "[d] e: f"))

    assert str(error) == "/etc/x.toml has 2 problems:\n  [a] b: c\n  [d] e: f"
    assert str(pickle.loads(pickle.dumps(error))) == str(error)  # noqa: S301 -- our own pickle


def test_empty_file(tmp_path: Path) -> None:
    """What an empty file lacks is named key by key."""
    found = problems(tmp_path, "")

    assert [problem.split(":")[0] for problem in found] == ["[deskie] url", "[deskie] email", "[cases] channel"]


def test_directory(tmp_path: Path) -> None:
    """A directory is no configuration."""
    assert "is not a regular file" in refused(tmp_path)


def test_not_permitted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file without permission to read it is reported, not taken for an empty one."""
    path = write(tmp_path)

    def forbid(*_args: object, **_kwargs: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", forbid)  # tests may run as root, whom no mode keeps out

    assert refused(path) == "the configuration file cannot be read: Permission denied"


def test_not_toml(tmp_path: Path) -> None:
    """A syntax error is reported with its line."""
    problem = refused(write(tmp_path, f"{MINIMAL}create = no\n"))

    assert problem.startswith("the configuration file is not valid TOML: ")
    assert "line 7" in problem


def test_not_utf8(tmp_path: Path) -> None:
    """A file in another encoding is reported with its line."""
    path = tmp_path / "config.toml"
    path.write_bytes(b'[cases]\nsubject = "\xcf\xf0"\n')

    assert refused(path) == "the configuration file is not UTF-8 text (at line 2)"


@pytest.mark.parametrize("text", ["status = 3", "[[status]]", "status = []"])
def test_section_of_another_type(tmp_path: Path, text: str) -> None:
    """A section that is no table is one problem, whatever the environment would set in it."""
    environ = {**SECRETS, "CHAPORT_SYNC_STATUS__POLL": "30"}

    assert problems(tmp_path, f"{text}\n{MINIMAL}", environ) == ("[status]: must be a table",)


@pytest.mark.parametrize("section", ["deskie", "chaport", "transcripts", "cases"])
def test_section_with_company(tmp_path: Path, section: str) -> None:
    """Nor does it bring along problems of keys that it could not have."""
    tables = {"deskie": '{ url = "https://acme.deskie.io", email = "a@b" }', "cases": '{ channel = "cch12" }'}
    tables[section] = "3"
    text = "\n".join(f"{name} = {table}" for name, table in tables.items())

    assert problems(tmp_path, text) == (f"[{section}]: must be a table",)


def test_library_options_are_no_sections(tmp_path: Path) -> None:
    """Names that mean something to the settings library mean nothing in the file."""
    assert problems(tmp_path, f'_env_file = "/etc/passwd"\n{MINIMAL}') == ("_env_file: stands outside any section",)


def test_sections_are_matched_exactly(tmp_path: Path) -> None:
    """TOML tells upper from lower case, and so do the sections."""
    assert problems(tmp_path, f"[Status]\n{MINIMAL}") == ("[Status]: no such section; did you mean [status]?",)


def test_strange_keys_are_shown_safely(tmp_path: Path) -> None:
    """A key with control characters does not reach the terminal as it is."""
    (problem,) = problems(tmp_path, f'"\\u001b[m" = 1\n{MINIMAL}')

    assert problem == '"\\u001b[m": stands outside any section'


@pytest.mark.parametrize("line", ["cases.create = false", "transcripts.enabled = false"])
def test_channel_is_not_always_needed(tmp_path: Path, line: str) -> None:
    """Without cases to open, no channel is needed."""
    assert loaded(tmp_path, 'cases.channel = ""', line).cases.channel == ""


def test_channel_is_needed(tmp_path: Path) -> None:
    """A channel is needed where cases are opened, also if it is there but empty."""
    assert only_problem(tmp_path, 'cases.channel = ""').startswith("[cases] channel: is missing")


@pytest.mark.parametrize("line", ["cases.create = false", "transcripts.enabled = false"])
def test_answers_need_cases(tmp_path: Path, line: str) -> None:
    """R1: answers come from cases of the own channel; without them there is nothing to be sent."""
    assert loaded(tmp_path, "replies.enabled = true").replies.enabled
    problem = only_problem(tmp_path, "replies.enabled = true", line)
    key = line.partition(" ")[0].split(".")
    assert problem.endswith(f"cases of your channel only, but [{key[0]}] {key[1]} is false")


def test_something_has_to_be_on(tmp_path: Path) -> None:
    """A daemon that would look alive and do nothing is a mistake of its configuration."""
    assert only_problem(tmp_path, "transcripts.enabled = false", "status.enabled = false") == (
        "[status] enabled, [transcripts] enabled: both are false, so that there is nothing to do; set one to true"
    )


def test_what_has_an_id_by_its_name(tmp_path: Path) -> None:
    """A status or a channel by its name is a problem for whoever does not look up ids, and none that hides others."""
    text = with_lines('cases.channel = "Website"', 'status.map = { Lunch = "keep", 7 = "online" }')
    path = write(tmp_path, text)
    found = load_without_names(path, environ=SECRETS)

    assert found.settings.status.map == {7: "online"}
    assert found.settings.cases.channel == ""
    assert found.statuses == {"Lunch": "keep"}
    assert [problem.partition(":")[0] for problem in found.problems] == ["[status.map] Lunch", "[cases] channel"]
    assert problems(tmp_path, text) == found.problems
    with pytest.raises(ConfigError) as caught:
        load_without_names(write(tmp_path, f"{text}\n[log]\nlevel = 5"), environ=SECRETS)
    assert len(caught.value.problems) == 3


def test_a_channel_to_be_chosen(tmp_path: Path) -> None:
    """A channel that is missing can be looked up as well; a good configuration has nothing to be looked up."""
    found = load_without_names(write(tmp_path, with_lines('cases.channel = ""')), environ=SECRETS)
    assert [problem.partition(":")[0] for problem in found.problems] == ["[cases] channel"]
    assert load_without_names(write(tmp_path), environ=SECRETS).problems == ()
