"""Several accounts in one configuration: a file each over what they share (P7, P8)."""

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from chaport_sync.config import ConfigError, LoadedAccounts, load, load_accounts
from chaport_sync.paths import find_state

SHARED = '[accounts]\ndirectory = "accounts.d"\n[status]\npoll = 20\noffline_grace = 60\n[state]\npath = "{state}"\n'


def account(name: str, **keys: str) -> str:
    """Return the file of an account, with other values for some keys."""
    url = keys.get("url", f"https://{name}.deskie.io")
    return f'[deskie]\nurl = "{url}"\nemail = "sync@{name}.example"\n[cases]\nchannel = "cch1"\n{keys.get("more", "")}'


def write(folder: Path, accounts: Mapping[str, str], shared: str = SHARED) -> Path:
    """Write a shared file and accounts, each with both keys; return the shared file."""
    directory = folder / "accounts.d"
    directory.mkdir(exist_ok=True)
    for name, content in accounts.items():
        (directory / f"{name}.toml").write_text(content)
        (directory / f"{name}.deskie_api_key").write_text(f"key-of-{name}\n")
        (directory / f"{name}.chaport_token").write_text(f"token-of-{name}\n")
    path = folder / "config.toml"
    path.write_text(shared.format(state=folder / "state"))
    return path


def read(path: Path, environ: Mapping[str, str] | None = None) -> LoadedAccounts:
    """Return what is configured."""
    found = load_accounts(path, environ or {})
    assert found is not None
    return found


def problems(path: Path, environ: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """Return why nothing of it can be used."""
    with pytest.raises(ConfigError) as caught:
        load_accounts(path, environ or {})
    return caught.value.problems


def test_each_account_over_what_they_share(tmp_path: Path) -> None:
    """P8: key by key; its secrets are files that begin with its name, and its state file is its own."""
    more = "[status]\npoll = 30"
    path = write(tmp_path, {"acme": account("acme"), "beta": account("beta", more=more)})
    settings = read(path).settings
    assert [(each, its.account) for each, its in settings.items()] == [("acme", "acme"), ("beta", "beta")]
    assert [(its.status.poll, its.status.offline_grace) for its in settings.values()] == [(20, 60), (30, 60)]
    assert settings["beta"].deskie.api_key.get_secret_value() == "key-of-beta"
    assert settings["beta"].chaport.token.get_secret_value() == "token-of-beta"
    assert settings["beta"].state.path == str(tmp_path / "state" / "beta.db")
    assert settings["beta"].file == tmp_path / "accounts.d" / "beta.toml"


def test_one_account_is_as_ever(tmp_path: Path) -> None:
    """P8: without the section there are no accounts to be named."""
    path = tmp_path / "config.toml"
    path.write_text(account("acme"))
    assert load_accounts(path, {}) is None


def test_what_all_have_wrong(tmp_path: Path) -> None:
    """A mistake in what they share is told once, and before what is wrong with one of them."""
    broken = {"acme": account("acme"), "beta": account("beta", more="[state]\nkeep = 0")}
    assert problems(write(tmp_path, broken, f"{SHARED}[web]\nlisten = 'here'\n")) == (
        '[web] listen: must be an IP address and a port, such as "127.0.0.1:9464" or "[::1]:9464"',
        "beta.toml: [state] keep: must be at least 1",
    )


def test_one_is_chosen(tmp_path: Path) -> None:
    """A command for one account reads that one; for the state file no secret is needed."""
    path = write(tmp_path, {"acme": account("acme"), "beta": account("beta")})
    chosen = {"CHAPORT_SYNC_ACCOUNT": "beta"}
    assert load(path, environ=chosen) == read(path).settings["beta"]
    assert find_state(path, chosen) == tmp_path / "state" / "beta.db"


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({}, "it is of several accounts; name one by --account NAME"),
        ({"CHAPORT_SYNC_ACCOUNT": "gamma"}, "there is no account of this name: {folder}/accounts.d/gamma.toml is not"),
    ],
)
def test_one_has_to_be_chosen(tmp_path: Path, environ: dict[str, str], words: str) -> None:
    """A command that is for one account says how to name it."""
    path = write(tmp_path, {"acme": account("acme"), "beta": account("beta")})
    with pytest.raises(ConfigError) as caught:
        load(path, environ=environ)
    assert words.format(folder=tmp_path) in caught.value.problems[0]


def test_there_is_only_one(tmp_path: Path) -> None:
    """Whoever names an account of a configuration without accounts is told so."""
    path = tmp_path / "config.toml"
    path.write_text(account("acme"))
    with pytest.raises(ConfigError, match="leave out --account acme"):
        load(path, environ={"CHAPORT_SYNC_ACCOUNT": "acme"})


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("beta", account("beta", more="[log]\nlevel = 'debug'"), "beta.toml: [log]: belongs into config.toml"),
        ("beta", account("beta", more="[web]\nlisten = ''"), "beta.toml: [web]: belongs into config.toml"),
        ("beta", "[deskie", "beta.toml: the configuration file is not valid TOML"),
        ("beta", account("beta", more="[status]\npoll = 0"), "beta.toml: [status] poll: must be at least"),
        ("b.ta", account("beta"), "b.ta.toml: an account's name has up to 63 letters"),
        ("äta", account("beta"), "äta.toml: an account's name has up to 63 letters"),
    ],
)
def test_a_wrong_account_is_left_out(tmp_path: Path, name: str, content: str, words: str) -> None:
    """P8: what is wrong with it is said, and the other can be run."""
    found = read(write(tmp_path, {"acme": account("acme"), name: content}))
    assert list(found.settings) == ["acme"]
    (problem,) = found.rejected[name]
    assert problem.startswith(words)


def test_an_account_without_a_key_is_left_out(tmp_path: Path) -> None:
    """P8: the file that is missing is named."""
    path = write(tmp_path, {"acme": account("acme"), "beta": account("beta")})
    (tmp_path / "accounts.d" / "beta.chaport_token").unlink()
    found = read(path)
    assert list(found.settings) == ["acme"]
    assert f"put it into {tmp_path}/accounts.d/beta.chaport_token" in found.rejected["beta"][0]


def test_two_with_one_help_desk(tmp_path: Path) -> None:
    """P7: both would write everything; both are left out, because nobody knows which is the right one."""
    same = "https://ACME.deskie.io"
    accounts = {"acme": account("acme"), "beta": account("beta", url=same), "gamma": account("gamma")}
    found = read(write(tmp_path, accounts))
    assert list(found.settings) == ["gamma"]
    assert found.rejected == {
        "acme": ("acme.toml: [deskie] url: is the same as of beta",),
        "beta": ("beta.toml: [deskie] url: is the same as of acme",),
    }


def test_two_with_one_token(tmp_path: Path) -> None:
    """P7: they would set the same operators; the token itself is not shown."""
    path = write(tmp_path, {each: account(each) for each in ("acme", "beta", "gamma")})
    (tmp_path / "accounts.d" / "beta.chaport_token").write_text("token-of-acme")
    found = read(path)
    assert list(found.settings) == ["gamma"]
    assert found.rejected["acme"] == ("acme.toml: [chaport] token: is the same as of beta",)


@pytest.mark.parametrize(
    ("shared", "words"),
    [
        ("[accounts]\n", '[accounts] directory: must be text, in quotes, such as "accounts.d"'),
        ("[accounts]\ndirectory = 5\n", '[accounts] directory: must be text, in quotes, such as "accounts.d"'),
        ('[accounts]\ndirectory = "nowhere"\n', "[accounts] directory: {folder}/nowhere is no directory"),
        (SHARED.replace("[status]", "names = 5\n[status]"), "[accounts]: has only the key directory, not names"),
        (
            SHARED + '[health]\nping_url = "https://p.example/1"\n',
            "[health] ping_url: belongs into each account's file",
        ),
        ("[accounts", "the configuration file is not valid TOML"),
    ],
)
def test_a_wrong_shared_file(tmp_path: Path, shared: str, words: str) -> None:
    """P8: nothing can be run by it."""
    path = write(tmp_path, {"acme": account("acme")}, shared.replace("{state}", str(tmp_path)))
    assert problems(path)[0].startswith(words.format(folder=tmp_path))


def test_a_directory_without_accounts(tmp_path: Path) -> None:
    """P8: a daemon with nothing to do says where it looked."""
    path = write(tmp_path, {})
    assert problems(path) == (f"[accounts] directory: there is no account's file (NAME.toml) in {tmp_path}/accounts.d",)


def test_no_account_can_be_run(tmp_path: Path) -> None:
    """P8: what is wrong with each is said at once."""
    path = write(tmp_path, {"acme": "[deskie", "beta": "[chaport"})
    assert [problem.partition(":")[0] for problem in problems(path)] == ["acme.toml", "beta.toml"]


def test_a_secret_in_the_environment(tmp_path: Path) -> None:
    """P8: it would be the same for all."""
    path = write(tmp_path, {"acme": account("acme")})
    (problem,) = problems(path, {"CHAPORT_SYNC_CHAPORT__TOKEN": "secret"})
    assert problem == (
        f"CHAPORT_SYNC_CHAPORT__TOKEN: each account has its own; put it into {tmp_path}/accounts.d/NAME.chaport_token"
    )


def test_an_alarm_for_each(tmp_path: Path) -> None:
    """P10: one address for all would be told that all is well by one account while another one is down."""
    more = '[health]\nping_url = "https://p.example/acme"'
    path = write(tmp_path, {"acme": account("acme", more=more)}, SHARED + "[health]\ntolerate = 600\n")
    health = read(path).settings["acme"].health
    assert (health.ping_url.get_secret_value(), health.tolerate) == ("https://p.example/acme", 600)
    (problem,) = problems(path, {"CHAPORT_SYNC_HEALTH__PING_URL": "https://p.example/all"})
    assert problem.startswith("CHAPORT_SYNC_HEALTH__PING_URL: belongs into each account's file")
    assert "p.example" not in problem


def test_metrics_are_what_all_share(tmp_path: Path) -> None:
    """P10: one process has one address for all of them."""
    shared = SHARED + '[web]\nlisten = "127.0.0.1:9464"\n'
    path = write(tmp_path, {"acme": account("acme"), "beta": account("beta")}, shared)
    assert [its.web.listen for its in read(path).settings.values()] == ["127.0.0.1:9464"] * 2


def test_two_thousand(tmp_path: Path) -> None:
    """P8: so many files are read; each has its own settings."""
    content = {f"a{number}": account(f"a{number}") for number in range(2000)}
    found = read(write(tmp_path, content))
    assert (len(found.settings), found.rejected) == (2000, {})


def test_the_environment_of_the_tests_has_no_account() -> None:
    """Else none of these tests would say anything."""
    assert "CHAPORT_SYNC_ACCOUNT" not in os.environ
