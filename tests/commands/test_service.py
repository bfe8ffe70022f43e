"""`service install` and `service remove`, typed for a directory instead of this host."""

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from chaport_sync.cli.main import app, main
from chaport_sync.cli.service_files import COMMAND, COMPLETION, CONFIG, UNITS, signed

PROGRAM = "/opt/venv/bin/chaport-sync"
EXAMPLE = (Path(__file__).parents[2] / "config.example.toml").read_text("utf-8")


@pytest.fixture(autouse=True)
def _program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", [PROGRAM])


def typed(root: Path, *words: str, answer: str = "") -> Result:
    """Return what comes of `service …` below a directory."""
    return CliRunner().invoke(app, ["service", *words, "--root", str(root)], input=answer)


def told(root: Path, *words: str) -> dict[str, tuple[str, str]]:
    """Return what the command says in JSON: what was done with each file, and why."""
    result = typed(root, *words, "--json")
    assert result.exit_code == 0, result
    said = json.loads(result.stdout)
    assert said["program"] == PROGRAM
    return {each["path"]: (each["deed"], each["why"]) for each in said["files"]}


def on(root: Path, path: Path) -> Path:
    """Return where a file of the host is below a directory."""
    return root / path.relative_to("/")


def everything(root: Path) -> dict[str, str]:
    """Return all files and links below a directory, with what is in them."""
    places = [path for path in root.rglob("*") if path.is_symlink() or path.is_file()]
    return {
        str(path.relative_to(root)): str(path.readlink()) if path.is_symlink() else path.read_text("utf-8")
        for path in places
    }


def test_all_that_is_said_is_done(tmp_path: Path) -> None:
    """Each file that the command names stands there afterwards, for everybody to read, and no other."""
    before = os.umask(0o077)
    try:
        said = told(tmp_path, "install")
    finally:
        os.umask(before)
    assert {f"/{name}" for name in everything(tmp_path)} == set(said)
    assert {deed for deed, _ in said.values()} == {"written"}
    assert {f"{UNITS}/chaport-sync.service", f"{UNITS}/chaport-sync@.service", str(CONFIG), str(COMMAND)} <= set(said)
    assert on(tmp_path, CONFIG).read_text("utf-8") == EXAMPLE
    assert on(tmp_path, CONFIG).stat().st_mode & 0o777 == 0o644
    assert on(tmp_path, COMMAND).readlink() == Path(PROGRAM)
    for name in ("chaport-sync.service", "chaport-sync@.service"):
        unit = on(tmp_path, UNITS / name)
        assert unit.stat().st_mode & 0o777 == 0o644
        assert f"\nExecStart={PROGRAM} " in unit.read_text("utf-8")


def test_a_second_time(tmp_path: Path) -> None:
    """It changes nothing, and says so."""
    told(tmp_path, "install")
    before = everything(tmp_path)
    assert {deed for deed, _ in told(tmp_path, "install").values()} == {"left alone"}
    assert everything(tmp_path) == before


def test_completion_only_where_there_is_one(tmp_path: Path) -> None:
    """The file for bash is written where bash-completion is installed."""
    assert str(COMPLETION) not in told(tmp_path, "install")
    (tmp_path / "usr/share/bash-completion").mkdir(parents=True)
    assert told(tmp_path, "install")[str(COMPLETION)][0] == "written"


def test_a_changed_unit_stays_until_it_is_forced(tmp_path: Path) -> None:
    """What somebody wrote into a unit is not lost without --force; drop-ins are never touched."""
    unit = on(tmp_path, UNITS / "chaport-sync.service")
    drop_in = unit.with_name(f"{unit.name}.d") / "more.conf"
    told(tmp_path, "install")
    drop_in.parent.mkdir()
    drop_in.write_text("[Service]\n")
    changed = unit.read_text("utf-8") + "# mine\n"
    unit.write_text(changed, "utf-8")
    assert "somebody changed it; --force replaces it" in typed(tmp_path, "install").stdout
    assert unit.read_text("utf-8") == changed
    assert told(tmp_path, "install", "--force")[f"{UNITS}/{unit.name}"][0] == "replaced"
    assert "# mine" not in unit.read_text("utf-8")
    assert drop_in.read_text() == "[Service]\n"


def served(root: Path) -> list[str]:
    """Let it be as after the use of a service and of an instance; return what a removal keeps of it."""
    told(root, "install")
    starts = on(root, UNITS) / "multi-user.target.wants"
    starts.mkdir()
    for name, unit in (("chaport-sync.service",) * 2, ("chaport-sync@acme.service", "chaport-sync@.service")):
        (starts / name).symlink_to(UNITS / unit)
    state = root / "var/lib/private/chaport-sync/state.db"
    state.parent.mkdir(parents=True)
    state.write_text("memory")
    (root / "var/lib/chaport-sync").symlink_to("private/chaport-sync")
    on(root, CONFIG).with_name("deskie_api_key").write_text("key")
    (root / "etc/other").write_text("of somebody else")
    return ["/etc/chaport-sync", "/var/lib/chaport-sync", "/var/lib/private/chaport-sync"]


def test_a_removal_keeps_and_says_what(tmp_path: Path) -> None:
    """What install wrote and what starts it at boot is gone; settings, keys and memory stay, and it is said where."""
    kept = served(tmp_path)
    said = told(tmp_path, "remove")
    assert [path for path, (deed, _) in said.items() if deed == "left alone"] == kept
    assert set(everything(tmp_path)) == {
        "etc/chaport-sync/config.toml",
        "etc/chaport-sync/deskie_api_key",
        "etc/other",
        "var/lib/chaport-sync",
        "var/lib/private/chaport-sync/state.db",
    }
    assert "nothing to remove" not in typed(tmp_path, "remove").stdout


@pytest.mark.parametrize(
    ("answer", "said"), [("n\n", "/var/lib/private/chaport-sync\n"), ("", "add --yes")], ids=["no", "nobody there"]
)
def test_a_purge_asks_first(tmp_path: Path, answer: str, said: str) -> None:
    """Without consent nothing at all is done, and the exit code is 1."""
    served(tmp_path)
    before = everything(tmp_path)
    result = typed(tmp_path, "remove", "--purge", answer=answer)
    assert (result.exit_code, said in result.stderr) == (1, True)
    assert everything(tmp_path) == before


@pytest.mark.parametrize(("words", "answer"), [(("--yes",), ""), ((), "y\n")], ids=["--yes", "yes"])
def test_a_purge_leaves_nothing(tmp_path: Path, words: tuple[str, ...], answer: str) -> None:
    """With consent the configuration, the keys and the memory go too, and nothing of anybody else."""
    served(tmp_path)
    assert typed(tmp_path, "remove", "--purge", *words, answer=answer).exit_code == 0
    assert set(everything(tmp_path)) == {"etc/other"}
    assert "There is nothing to remove." in typed(tmp_path, "remove").stdout


@pytest.mark.parametrize("command", ["install", "remove"])
def test_only_root(command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever is not root is told what to type, and nothing is done."""
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    monkeypatch.setattr("sys.argv", [PROGRAM, "service", command])
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == 1
    assert capsys.readouterr().err == f"chaport-sync: only root can do this: sudo {PROGRAM} service {command}\n"


def test_a_place_that_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is said which file it was, without a traceback."""
    (tmp_path / "etc").write_text("no directory")
    monkeypatch.setattr("sys.argv", [PROGRAM, "service", "install", "--root", str(tmp_path)])
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == 1
    error = capsys.readouterr().err
    assert error.startswith(f"chaport-sync: {tmp_path}/etc")
    assert "what was done before stays done" in error


def test_a_signed_file_says_so() -> None:
    """Whoever opens the unit reads in its first line what a change of it means."""
    assert signed("[Unit]\n").splitlines()[0].endswith("Whoever changes this file keeps it: it is left alone.")
