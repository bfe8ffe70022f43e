"""`init` on what is there already: it edits, and keeps what it does not ask for."""

import re
import stat
import tomllib
from pathlib import Path

import pytest

from tests.commands.setting_up import EMAIL, URL, Newcomer
from tests.statuses.steps import LUNCH, TRAINING

EXAMPLE = (Path(__file__).parents[2] / "config.example.toml").read_text("utf-8")
#: Enter at each question.
SAME = dict.fromkeys(["url", "email", "key", "chaport", "token", "channel", "training", "lunch", "timezone"], "")
COPY = re.compile(r"\.\d{4}-\d{2}-\d{2}$")


def test_the_same_again(newcomer: Newcomer) -> None:
    """P8: who only presses Enter changes nothing, and no copy is made."""
    newcomer.sets_up()
    before = newcomer.files()
    result = newcomer.sets_up(newcomer.typed(**SAME))
    assert (result.exit_code, newcomer.files()) == (0, before), result.output
    assert "nothing is to be written" in result.stdout


def test_one_change(newcomer: Newcomer) -> None:
    """P8: one line changes; comments, other keys and their order stay, and so does a copy of what was there."""
    newcomer.config.write_text(EXAMPLE.replace("#poll = 15", "poll = 30  # we have time", 1))
    result = newcomer.sets_up(newcomer.typed(training="", lunch="keep"))
    assert result.exit_code == 0, result.output
    (copy,) = (each for each in newcomer.files() if COPY.search(each))
    before, after = newcomer.files()[copy].splitlines(), newcomer.files()["config.toml"].splitlines()
    assert [line for line in after if line not in before] == [
        f'{TRAINING} = "offline"  # Training',
        f'{LUNCH} = "keep"  # Lunch',
        'timezone = "Europe/Istanbul"',
    ]
    assert [line for line in before if line not in after] == ['#timezone = ""']
    again = newcomer.sets_up(newcomer.typed(**SAME, replies="yes"))
    assert "+enabled = true" in again.stdout
    assert "-#enabled = false" in again.stdout
    assert len([each for each in newcomer.files() if each.startswith("config.toml.")]) == 2


def test_a_new_key(newcomer: Newcomer) -> None:
    """P6: a key that is replaced stays in a copy, which nobody else can read either."""
    newcomer.sets_up()
    before, old = newcomer.files(), newcomer.world.deskie.api_key
    newcomer.world.deskie.api_key = "the-next-key"
    result = newcomer.sets_up(newcomer.typed(**SAME | {"key": "the-next-key"}))
    assert result.exit_code == 0, result.output
    assert "the-next-key" not in result.output
    assert "a new key by systemctl restart" in result.stdout
    new = {name: text for name, text in newcomer.files().items() if before.get(name) != text}
    (copy,) = new.keys() - {"deskie_api_key"}
    assert new == {"deskie_api_key": "the-next-key\n", copy: f"{old}\n"}
    assert stat.S_IMODE((newcomer.folder / copy).stat().st_mode) == 0o600


def test_keys_in_the_configuration(newcomer: Newcomer) -> None:
    """P6: a key that stands in the configuration is changed there; it is not shown, and the file's mode stays."""
    newcomer.config.write_text(
        f'[deskie]\napi_key = "old-key"\nurl = "{URL}"\nemail = "{EMAIL}"\n'
        '[health]\nping_url = "https://ping.example/secret"\n[cases]\nchannel = "cch12"\n'
    )
    newcomer.config.chmod(0o600)
    result = newcomer.sets_up()
    assert result.exit_code == 0, result.output
    assert tomllib.loads(newcomer.files()["config.toml"])["deskie"]["api_key"] == newcomer.world.deskie.api_key
    assert "deskie_api_key" not in newcomer.files()
    for secret in ("old-key", newcomer.world.deskie.api_key, "ping.example"):
        assert secret not in result.output
    assert stat.S_IMODE(newcomer.config.stat().st_mode) == 0o600


def test_a_status_that_is_called_by_its_name(newcomer: Newcomer) -> None:
    """S2: a name that stands where an id is wanted keeps its meaning, and becomes the id."""
    newcomer.config.write_text('[status.map]\nTraining = "invisible"\n')
    result = newcomer.sets_up(newcomer.typed(training=""))
    assert result.exit_code == 0, result.output
    table = tomllib.loads(newcomer.files()["config.toml"])
    assert table["status"]["map"] == {str(TRAINING): "invisible", str(LUNCH): "keep"}


WRONG = {
    "no TOML": ("[deskie\n", "is not valid TOML"),
    "another mistake": ("[status]\npoll = 0\n", "[status] poll: must be at least 1"),
    "several accounts": ('[accounts]\ndirectory = "accounts.d"\n', "name one by --account NAME"),
}


@pytest.mark.parametrize(("text", "words"), WRONG.values(), ids=WRONG)
def test_what_is_left_alone(newcomer: Newcomer, text: str, words: str) -> None:
    """P8: a file that init would have to guess at is left alone before anything is asked; what to mend is said."""
    newcomer.config.write_text(text)
    result = newcomer.sets_up()
    assert words in str(result.exception)
    assert "url" not in result.stdout
    assert newcomer.files() == {"config.toml": text}


def test_the_environment_would_win(newcomer: Newcomer, monkeypatch: pytest.MonkeyPatch) -> None:
    """P8: what is written would have no effect; that is said before anything is asked."""
    monkeypatch.setenv("CHAPORT_SYNC_DESKIE__URL", "https://other.deskie.io")
    result = newcomer.sets_up()
    assert "CHAPORT_SYNC_DESKIE__URL: is set, and would win" in str(result.exception)
    assert newcomer.files() == {}


def test_pairs_are_added(newcomer: Newcomer) -> None:
    """S3: who has the same name is proposed, others can be typed, and the pairs that were there stay."""
    newcomer.world.deskie.add_agent("Eve Engel", "eve@acme.example", 1)
    newcomer.world.deskie.add_agent("Boss", "boss@acme.example", 1)
    newcomer.world.chaport.add_operator("Engel Eve", "e.engel@acme.example")
    there = {"agent": "gone@acme.example", "operator": "bob@acme.example"}
    newcomer.config.write_text(
        f'[agents]\npairs = [{{agent = "{there["agent"]}", operator = "{there["operator"]}"}}]\n'
    )
    lunch = "keep\nyes\nnobody\nboss@acme.example = ann@acme.example\n"
    result = newcomer.sets_up(newcomer.typed(lunch=lunch))
    assert result.exit_code == 0, result.output
    assert "It must be an agent and an operator" in result.stdout
    assert "Agents without an operator: boss@acme.example." in result.stdout
    assert "Operators without an agent: none." in result.stdout
    assert tomllib.loads(newcomer.files()["config.toml"])["agents"]["pairs"] == [
        there,
        {"agent": "eve@acme.example", "operator": "e.engel@acme.example"},
        {"agent": "boss@acme.example", "operator": "ann@acme.example"},
    ]
