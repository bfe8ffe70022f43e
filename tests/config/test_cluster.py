"""The section `[cluster]`: the database, which is a secret, and this worker's name."""

import socket
from pathlib import Path

import pytest

from chaport_sync.app import secrets
from chaport_sync.config import ConfigError, cluster, load
from chaport_sync.config.shown import shown
from tests.config.test_accounts import account, problems, read, write

URL = "postgresql://chaport:p%40ss-word@db1,[::1]:5433/chaport?sslpassword=k%C3%A9y&target_session_attrs=read-write"
SHARED = '[accounts]\ndirectory = "accounts.d"\n[cluster]\n'


def configured(folder: Path, lines: str, more: str = "") -> Path:
    """Return a configuration of one account with these lines of the section, and more in the account's file."""
    return write(folder, {"acme": account("acme", more=more)}, SHARED + lines)


def test_a_machine_alone(tmp_path: Path) -> None:
    """Without a database there is no cluster, and its rules do not count."""
    path = configured(tmp_path, "", "[status]\npoll = 15\nlease = 60")
    assert read(path).settings["acme"].cluster.url == ""


def test_where_the_database_is_named(tmp_path: Path) -> None:
    """It is the same for all accounts, and may be in a file beside theirs."""
    path = configured(tmp_path, "worker = 'w1'")
    (tmp_path / "accounts.d" / "cluster_database").write_text(f"{URL}\n")
    found = read(path).settings["acme"].cluster
    assert (found.url, found.name) == (URL, "w1")
    assert read(path, {"CHAPORT_SYNC_CLUSTER__DATABASE": "postgresql:///x"}).settings["acme"].cluster.url[-2:] == "/x"


def test_the_name_of_the_host(tmp_path: Path) -> None:
    """A worker without a name has its host's."""
    found = read(configured(tmp_path, f"database = '{URL}'")).settings["acme"].cluster
    assert found.name == socket.gethostname()


def test_the_name_of_a_host_that_does_not_fit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Then one has to be chosen."""
    monkeypatch.setattr(socket, "gethostname", lambda: "h" * 43)
    (problem,) = problems(configured(tmp_path, f"database = '{URL}'"))
    assert problem.startswith("[cluster] worker: is missing, and the name of this host is not fit")


@pytest.mark.parametrize("name", ["a b", "w\\u00e9", "-w", "w" * 43, "a\\nb"])
def test_a_name_that_is_refused(tmp_path: Path, name: str) -> None:
    """PostgreSQL shows it in its list of sessions, cut at 63 bytes and in ASCII only."""
    (problem,) = problems(configured(tmp_path, f'worker = "{name}"'))
    assert problem.startswith("[cluster] worker: ")


@pytest.mark.parametrize(
    "url",
    [
        "mysql://u:s3cr3t@db/x",
        "host=db password=s3cr3t",
        "postgresql://u:s3/cr3t@db/x",
        "postgresql://u:s3@cr3t@db/x",
        "postgresql://u:s3 cr3t@db/x",
    ],
)
def test_an_address_that_is_refused(tmp_path: Path, url: str) -> None:
    """It is not repeated (P6). A password with an @ or a / would be read as a part of the host."""
    (problem,) = problems(configured(tmp_path, f'database = "{url}"'))
    assert problem.startswith('[cluster] database: must be an address of PostgreSQL, such as "postgresql://')
    assert "cr3t" not in problem


def test_one_account_without_a_directory(tmp_path: Path) -> None:
    """A cluster has accounts, even if it is one."""
    path = tmp_path / "config.toml"
    path.write_text(f"{account('acme')}[cluster]\ndatabase = '{URL}'")
    with pytest.raises(ConfigError, match=r"\[cluster\] database: needs \[accounts\] directory; also a single account"):
        load(path, environ={"CHAPORT_SYNC_DESKIE__API_KEY": "k", "CHAPORT_SYNC_CHAPORT__TOKEN": "t"})


def test_it_belongs_to_the_shared_file(tmp_path: Path) -> None:
    """An account cannot be in a cluster of its own."""
    (problem,) = problems(configured(tmp_path, "", "[cluster]\nworker = 'w'"))
    assert problem == "acme.toml: [cluster]: belongs into config.toml"


def test_a_lease_that_a_take_over_outlasts(tmp_path: Path) -> None:
    """S5, K3: such an account is left out, the others run."""
    path = configured(tmp_path, f"database = '{URL}'", "[status]\npoll = 15\nlease = 69")
    write(tmp_path, {"beta": account("beta", more="[status]\npoll = 15\nlease = 70")}, path.read_text())
    found = read(path)
    assert list(found.loaded) == ["beta"]
    ((problem,),) = found.rejected.values()
    assert problem.startswith(
        "acme.toml: [status] lease: must be at least 70 in a cluster, 25 and 3 times [status] poll;"
    )


def test_without_the_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has no psycopg is told how to install it."""
    monkeypatch.setattr(cluster, "find_spec", lambda _: None)
    (problem,) = problems(configured(tmp_path, f"database = '{URL}'"))
    assert "pip install 'psycopg[binary]>=3.2,<4'" in problem


def test_it_is_not_shown(tmp_path: Path) -> None:
    """P6: neither where settings are shown nor in a log, in any form in which a message could have it."""
    path = configured(tmp_path, f"database = '{URL}'")
    settings = read(path).settings["acme"]
    rows = shown(settings, path, {"CHAPORT_SYNC_ACCOUNT": "acme"})
    assert "ss-word" not in f"{settings!r}{settings.model_dump_json()}{rows}"
    assert {URL, "p%40ss-word", "p@ss-word", "kéy"} <= set(secrets(settings))
