"""A wrong configuration is refused without showing a value of it: it may be a secret (P6)."""

from pathlib import Path

import pytest

from chaport_sync.config import ConfigError, load
from tests.config.config_files import NEEDED, loaded, with_lines, write

KEY = "9f8e7d6c5b4a39281706"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (f"{KEY} = 1\n", "a name of 20 characters: stands outside any section"),
        (f"[{KEY}]\n", "[a name of 20 characters]: no such section"),
        (f"[deskie.{KEY}]\n", "[deskie] a name of 20 characters: no such key"),
        (f"[chaport]\n'{KEY} and blanks' = 1\n", "[chaport] a name of 31 characters: no such key"),
        (f"[status.map]\n{KEY} = 'online'\n", "[status.map] a name of 20 characters: is a name, but"),
        (f"[chaport.bots]\n{KEY} = 1\n", "[chaport.bots] a name of 20 characters: must be text"),
        (f"[state]\n[{'keyofletters' * 3}]\n", "[a name of 36 characters]: no such section"),
        (f"[{KEY}]\n[{KEY}]\n", "the configuration file is not valid TOML: "),
        (f"a = {{ {KEY} = 1, {KEY} = 2 }}\n", "the configuration file is not valid TOML: "),
        ("[status2]\n", "[status2]: no such section; did you mean [status]?"),
        ("[status.map]\n'Mittag (Köln)' = 'online'\n", '[status.map] "Mittag (Köln)": is a name, but'),
    ],
)
def test_no_secret_is_shown_as_a_key(tmp_path: Path, text: str, problem: str) -> None:
    """P6: a secret that was pasted where a key or a section stands is not printed; typos and people's words are."""
    with pytest.raises(ConfigError) as caught:
        load(write(tmp_path, text), environ=NEEDED)

    assert [each for each in caught.value.problems if each.startswith(problem)] == [*caught.value.problems]
    assert KEY not in str(caught.value)


SECRET = "s3cr3t with blanks"


@pytest.mark.parametrize(
    "line",
    [
        f'deskie.api_key = "{SECRET}"',
        f'deskie.api_key = ["{SECRET}"]',
        f'deskie.email = "{SECRET}"',
        f'deskie.url = "https://sync:{SECRET}@acme.deskie.io"',
        f'deskie.requests_per_minute = "{SECRET}"',
        f'status.manual_change = "{SECRET}"',
        f'status.map = "{SECRET}"',
        f'transcripts.timezone = "{SECRET}"',
        f'transcripts.start = "{SECRET}"',
        f'cases.subject = "{{{SECRET}}}"',
        f'agents.pairs = ["{SECRET}"]',
    ],
)
def test_no_value_is_shown(tmp_path: Path, line: str) -> None:
    """A secret in the wrong line is not printed: no problem repeats the value it is about (P6)."""
    with pytest.raises(ConfigError) as caught:
        load(write(tmp_path, with_lines(line)), environ={"CHAPORT_SYNC_CHAPORT__TOKEN": SECRET})

    assert "s3cr3t" not in str(caught.value)
    assert "s3cr3t" not in repr(caught.value)


def test_no_secret_is_shown(tmp_path: Path) -> None:
    """Neither the text nor a dump of the settings shows a secret (P6)."""
    settings = loaded(tmp_path)

    for text in (repr(settings), str(settings), repr(settings.deskie), settings.model_dump_json()):
        assert "deskie-key" not in text
        assert "chaport-token" not in text
