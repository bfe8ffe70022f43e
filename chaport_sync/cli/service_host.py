"""`service install` and `service remove`: carries out on this host what was decided of each file."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

from chaport_sync.cli.exits import Code
from chaport_sync.cli.output import print_json, print_table, say
from chaport_sync.cli.service_files import (
    CONFIG,
    LEFT_BEHIND,
    UNITS,
    Content,
    Deed,
    ServiceError,
    Step,
    hidden,
    installing,
    remaining,
    removing,
    wanted,
)
from chaport_sync.setup.files import beside

HOST = Path("/")
CONSENT = """This removes the configuration, the keys and the memory for good:
{listed}
Shall it be done?"""
#: The installed files, or those of a clone that is installed as it stands.
_SHARE, _CLONE = Path(sys.prefix, "share"), Path(__file__).parents[2]
_SERVICES = ("chaport-sync.service", "chaport-sync@*.service")


def run_install(root: Path, *, force: bool, as_json: bool) -> int:
    """Put the units, the command, the manual and the example on the host, and print what was done with each file.

    Raises:
        ServiceError: Root is needed, the service could not start the program, or a file cannot be written.
    """
    program = _program()
    with _as_root(root, "install"):
        if root == HOST and (why := hidden(program, Path(sys.executable).resolve())):
            raise ServiceError(why)
        files = _wanted(program, root)
        steps = installing(files, _there(files, root), force=force)
        for step in steps:
            if step.content is not None:
                _write(_on(root, step.path), step.content)
        _systemctl(root, "daemon-reload")
    done = {step.path: step.deed for step in steps}
    _print(steps, program, as_json=as_json)
    if not as_json and done[CONFIG] is Deed.WRITTEN:
        say(f"Next: edit {CONFIG}, put the two keys beside it, and see what `chaport-sync check` says.")
    elif not as_json and Deed.REPLACED in done.values():
        say("Next: systemctl restart 'chaport-sync*', which lets the services that run go on as they are now.")
    return Code.DONE


def run_remove(root: Path, *, force: bool, purge: bool, consent: bool, as_json: bool) -> int:
    """Stop the services and remove what `run_install` wrote, with `purge` all; return 1 without consent to that.

    Raises:
        ServiceError: Root is needed, a service does not stop, or a file cannot be removed.
    """
    program = _program()
    with _as_root(root, "remove"):
        behind = _found(root, LEFT_BEHIND)
        if purge and behind and not consent and not _agreed(behind):
            return Code.FAILED
        files = _wanted(program, root)
        there = _there(files, root)
        starts = _found(root, [f"{UNITS.relative_to('/')}/*.wants/{name}" for name in _SERVICES])
        _systemctl(root, "stop", *(name for name in _SERVICES if UNITS / name.replace("*", "") in there))
        steps = [
            *(Step(path, Deed.REMOVED) for path in starts),
            *removing(files, there, force=force),
            *remaining(behind, purge=purge),
        ]
        for step in steps:
            if step.deed is Deed.REMOVED:
                _remove(_on(root, step.path))
        _systemctl(root, "daemon-reload")
    _print(steps, program, as_json=as_json)
    if not as_json:
        say(f"The program itself is still there: {sys.prefix}")
    return Code.DONE


def can_be_installed() -> bool:
    """Return whether this user may install the service here, and it is not installed yet."""
    running = Path("/run/systemd/system").is_dir()
    return running and os.geteuid() == 0 and not (UNITS / "chaport-sync.service").exists()


def start_service() -> None:
    """Start the installed service now and with each boot; raises `ServiceError`."""
    _systemctl(HOST, "enable", "--now", "chaport-sync")


def _program() -> Path:
    """Return the command that runs, not the link by which it was found."""
    return Path(sys.argv[0]).resolve()


@contextmanager
def _as_root(root: Path, what: str) -> Iterator[None]:
    """See to it that only root changes this host, and let an error of a file be one for people."""
    if root == HOST and os.geteuid() != 0:
        raise ServiceError(f"only root can do this: sudo {_program()} service {what}")
    # Others have to read the units and the configuration, whatever this shell says of new files.
    before = os.umask(0o022)
    try:
        yield
    except OSError as error:
        raise ServiceError(f"{error.filename or root}: {error.strerror}; what was done before stays done") from None
    finally:
        os.umask(before)


def _wanted(program: Path, root: Path) -> dict[Path, Content]:
    packed, clone = _SHARE / "chaport-sync", _CLONE / "systemd"
    if (packed / "config.example.toml").exists():
        example, units, pages = packed / "config.example.toml", packed, _SHARE / "man" / "man1"
    elif clone.is_dir():
        example, units, pages = _CLONE / "config.example.toml", clone, _CLONE / "docs" / "man"
    else:
        raise ServiceError(
            f"{packed} has neither units nor an example; install chaport-sync in an environment of its own"
        )
    return wanted(
        example.read_text("utf-8"),
        {unit.name: unit.read_text("utf-8") for unit in sorted(units.glob("chaport-sync*.service"))},
        sorted(pages.glob("chaport-sync*.1")),
        program,
        completion=_on(root, Path("/usr/share/bash-completion")).is_dir(),
    )


def _on(root: Path, path: Path) -> Path:
    return root / path.relative_to(HOST)


def _there(paths: Mapping[Path, Content], root: Path) -> dict[Path, Content]:
    """Return what stands at these paths now."""
    found: dict[Path, Content] = {}
    for path in paths:
        place = _on(root, path)
        if place.is_symlink():
            found[path] = place.readlink()
        elif place.exists():
            found[path] = place.read_text("utf-8", errors="replace")
    return found


def _found(root: Path, patterns: Sequence[str]) -> list[Path]:
    """Return what there is of these patterns; a search for a name without a sign overlooks links that lead nowhere."""
    named = [(root.glob(f"{Path(pattern).parent}/*"), Path(pattern).name) for pattern in patterns]
    return [HOST / path.relative_to(root) for paths, name in named for path in sorted(paths) if path.match(name)]


def _write(path: Path, content: Content) -> None:
    """Put a file or a link in its place in one step, so that it is there whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(content, str):
        beside(path, content.encode(), 0o644).replace(path)
        return
    new = path.with_name(f".{path.name}.new")
    new.unlink(missing_ok=True)
    new.symlink_to(content)
    new.replace(path)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _systemctl(root: Path, *words: str) -> None:
    """Tell systemd, if it runs here and there is anything to tell."""
    running = root == HOST and Path("/run/systemd/system").is_dir()
    if not running or words == ("stop",):
        return
    done = subprocess.run(["systemctl", *words], capture_output=True, text=True, check=False)  # noqa: S603, S607
    if done.returncode:
        raise ServiceError(f"systemctl {' '.join(words)}: {done.stderr.strip()}")


def _agreed(behind: Sequence[Path]) -> bool:
    listed = "\n".join(f"  {path}" for path in behind)
    try:
        return click.confirm(CONSENT.format(listed=listed), err=True)
    except click.Abort:
        click.echo("\nNothing was done: answer y, or add --yes.", err=True)
        return False


def _print(steps: Sequence[Step], program: Path, *, as_json: bool) -> None:
    if as_json:
        files = [{"path": str(step.path), "deed": step.deed, "why": step.why} for step in steps]
        print_json({"program": str(program), "files": files})
        return
    rows = [(step.deed.value, str(step.path), step.why) for step in steps]
    print_table(("Done", "File", "Why"), rows, empty="There is nothing to remove.")
