"""`init`: from nothing to a configuration that works, and what goes wrong on the way."""

import json
import stat
import tomllib

import pytest

from chaport_sync.doctor import NOTE, OK
from tests.commands.setting_up import EMAIL, URL, Newcomer
from tests.statuses.steps import LUNCH, TRAINING


def test_from_nothing_to_all_well(newcomer: Newcomer) -> None:
    """P6: each key is in a file of its own that nobody else can read, and `check` has nothing to complain about."""
    result = newcomer.sets_up()
    assert (result.exit_code, result.stderr) == (0, "")
    files = newcomer.files()
    assert files.keys() == {"config.toml", "deskie_api_key", "chaport_token"}
    assert tomllib.loads(files["config.toml"]) == {
        "deskie": {"url": URL, "email": EMAIL},
        "status": {"map": {str(TRAINING): "online", str(LUNCH): "keep"}},
        "transcripts": {"timezone": "Europe/Istanbul"},
        "cases": {"channel": "cch12"},
    }
    modes = {name: stat.S_IMODE((newcomer.folder / name).stat().st_mode) for name in files}
    assert modes == {"config.toml": 0o644, "deskie_api_key": 0o600, "chaport_token": 0o600}
    findings = json.loads(newcomer.types("check", "--json").stdout)["findings"]
    # The services are on virtual time.
    bad = {each["subject"] for each in findings if each["result"] not in (OK, NOTE)}
    assert bad == {"Deskie clock", "Chaport clock"}


def test_a_wrong_key_then_the_right_one(newcomer: Newcomer) -> None:
    """P4, P6: a refused key is said in the words of `check`, is nowhere repeated, and is asked for again."""
    result = newcomer.sets_up(newcomer.typed(key=f"wrong-key\n\n{newcomer.world.deskie.api_key}"))
    assert result.exit_code == 0, result.output
    assert "check the credentials: the e-mail address and the API key belong together" in result.stdout
    assert "wrong-key" not in result.output
    assert newcomer.files()["deskie_api_key"] == f"{newcomer.world.deskie.api_key}\n"


def test_a_wrong_token_then_the_right_one(newcomer: Newcomer) -> None:
    """P4: the same holds for Chaport; what was refused is no default."""
    result = newcomer.sets_up(newcomer.typed(token=f"wrong-token\n\n{newcomer.world.chaport.token}"))
    assert result.exit_code == 0, result.output
    assert result.stdout.count("It must not be empty.") == 1
    assert "check the credentials: the API token" in result.stdout
    assert "wrong-token" not in result.output
    assert newcomer.files()["chaport_token"] == f"{newcomer.world.chaport.token}\n"


def test_another_address_after_a_refused_key(newcomer: Newcomer) -> None:
    """P4: as long as the key is refused the address is right; when something else goes wrong it is asked for again."""
    newcomer.world.sandbox.faults.add("error", side="deskie", path="staff", status=404, after=1)
    result = newcomer.sets_up(newcomer.typed(key=f"wrong-key\n\n{newcomer.world.deskie.api_key}\n\n\n"))
    assert result.exit_code == 0, result.output
    assert result.stdout.count("url [") == 2


BAD = [
    ("url", "acme.deskie.io", "It must be an address"),
    ("url", "http://acme.deskie.io", "It must start with https://"),
    ("url", "", "It must not be empty."),
    ("email", "sync", "It must be an e-mail address"),
    ("key", "", "It must not be empty."),
    ("key", "a key", "It contains blanks"),
    ("token", "", "It must not be empty."),
    ("channel", "cch99", "It must be cch12 or none."),
    ("training", "busy", "It must be online, invisible, keep or offline."),
    ("timezone", "Istanbul", "It must be the name of a time zone"),
    ("language", "de", 'It must be "en", "ru" or "tr"'),
    ("replies", "perhaps", "It must be yes or no."),
    ("write", "perhaps", "It must be yes or no."),
]


@pytest.mark.parametrize(("question", "bad", "words"), BAD, ids=[f"{question}: {bad}" for question, bad, _ in BAD])
def test_a_bad_answer_then_a_good_one(newcomer: Newcomer, question: str, bad: str, words: str) -> None:
    """P6: what is wrong is said in a word, what is secret is not repeated, and the same question comes again."""
    result = newcomer.sets_up(newcomer.typed(**{question: f"{bad}\n{newcomer.answers[question]}"}))
    assert result.exit_code == 0, result.output
    assert result.stdout.count(words) == 1
    assert "a key" not in result.stdout.replace("a key,", "")
    assert newcomer.files().keys() == {"config.toml", "deskie_api_key", "chaport_token"}


@pytest.mark.parametrize("answered", range(12))
def test_the_end_of_input_leaves_nothing(newcomer: Newcomer, answered: int) -> None:
    """P7: whoever stops at any question finds nothing that was not there before."""
    result = newcomer.sets_up("".join(newcomer.typed().splitlines(keepends=True)[:answered]))
    assert result.exit_code != 0
    assert "Nothing was written." in result.stdout
    assert newcomer.files() == {}


def test_no(newcomer: Newcomer) -> None:
    """P7: nothing is written unless somebody says so."""
    result = newcomer.sets_up(newcomer.typed(write="no"))
    assert (result.exit_code, newcomer.files()) == (1, {})


def test_nothing_is_written_to_the_services(newcomer: Newcomer) -> None:
    """P2: what would change is shown, and does not."""
    result = newcomer.sets_up()
    assert "Would be set to" in result.stdout
    assert newcomer.world.writes("deskie") == newcomer.world.writes("chaport") == []


def test_the_agents_language(newcomer: Newcomer) -> None:
    """T5: notes are in it from the first one on."""
    result = newcomer.sets_up(newcomer.typed(language="tr"))
    assert result.exit_code == 0, result.output
    assert tomllib.loads(newcomer.files()["config.toml"])["cases"] == {"channel": "cch12", "language": "tr"}


def test_statuses_only(newcomer: Newcomer) -> None:
    """T4: without a channel nothing of chats is asked, and `check` is content."""
    typed = newcomer.typed(channel="none").splitlines(keepends=True)
    result = newcomer.sets_up("".join([*typed[:8], typed[-1]]))
    assert result.exit_code == 0, result.output
    assert tomllib.loads(newcomer.files()["config.toml"])["transcripts"] == {"enabled": False}
    assert newcomer.types("check").exit_code == 0


def test_which_channel(newcomer: Newcomer) -> None:
    """C1: an async channel is recommended, because pending does not last in a sync one."""
    newcomer.world.deskie.add_channel(11, "sync", title="Phone")
    newcomer.world.deskie.add_channel(10, title="Old").active = False
    result = newcomer.sets_up(newcomer.typed(channel="cch10\ncch11"))
    rows = [line for line in result.stdout.splitlines() if line.startswith("cch")]
    assert [row.split()[-1] for row in rows] == ["off", "sync", "recommended"]
    assert "It must be cch11 or cch12 or none." in result.stdout
    assert "It is a sync channel" in result.stdout


def test_how_many_are_in_a_status(newcomer: Newcomer) -> None:
    """S2: what a status means is decided by whoever sees who uses it."""
    newcomer.world.pair("Cay", LUNCH)
    out = newcomer.sets_up().stdout
    assert f"Lunch ({LUNCH}): 1 agent is in it now" in out
    assert f"Training ({TRAINING}): 0 agents are in it now" in out
