"""A key with a new name goes on to work by its former one, with a warning."""

from pathlib import Path

import pytest

from chaport_sync.config import ConfigError, load
from tests.config.config_files import loaded, only_problem, write

LISTEN = "[metrics] listen is called [web] listen now; rename it"


def test_a_former_name(tmp_path: Path) -> None:
    """The value is taken, and a sentence for each such key says what to do."""
    settings = loaded(tmp_path, "metrics.allow_remote = true", 'metrics.listen = "0.0.0.0:9464"')
    assert (settings.web.listen, settings.web.allow_remote) == ("0.0.0.0:9464", True)
    assert settings.outdated == (LISTEN, "[metrics] allow_remote is called [web] allow_remote now; rename it")
    assert loaded(tmp_path, 'web.listen = "127.0.0.1:9464"').outdated == ()


def test_both_names(tmp_path: Path) -> None:
    """A key by both names is a mistake: nobody could tell which one counts."""
    problem = only_problem(tmp_path, 'metrics.listen = "127.0.0.1:1"', 'web.listen = "127.0.0.1:2"')
    assert problem.startswith("[metrics]: no such section")


def test_what_was_no_key(tmp_path: Path) -> None:
    """Only what was a key once is renamed; another key of that section is refused, as is a section that is no table."""
    with pytest.raises(ConfigError, match=r"\[metrics\]: no such section"):
        loaded(tmp_path, 'metrics.listen = "127.0.0.1:9464"', "metrics.lisen = 1")
    with pytest.raises(ConfigError, match=r"metrics: stands outside any section"):
        load(write(tmp_path, "metrics = 3\n"), environ={})


def test_a_former_variable(tmp_path: Path) -> None:
    """The environment too may have the former name, unless it has both."""
    former, now = {"CHAPORT_SYNC_METRICS__LISTEN": "127.0.0.1:1"}, {"CHAPORT_SYNC_WEB__LISTEN": "127.0.0.1:2"}
    assert loaded(tmp_path, environ=former).web.listen == "127.0.0.1:1"
    with pytest.raises(ConfigError, match="CHAPORT_SYNC_METRICS__LISTEN: no such setting"):
        loaded(tmp_path, environ=former | now)


@pytest.mark.parametrize("password", ["short", "only eleven", "пароль-пароль", "tab\\tin it here"])
def test_a_weak_password(tmp_path: Path, password: str) -> None:
    """A password that is short, or that browsers encode in different ways, is refused and not shown."""
    problem = only_problem(tmp_path, f'web.password = "{password}"')
    assert problem.startswith("[web] password: must have at least 12 characters of ASCII")
    assert password not in problem
