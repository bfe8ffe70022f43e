"""Decides what `service install` and `service remove` do with each file; touches none."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

#: What stands at a path: the text of a file, or where a link leads.
Content = str | Path

UNITS = Path("/etc/systemd/system")
CONFIG = Path("/etc/chaport-sync/config.toml")
COMMAND = Path("/usr/local/bin/chaport-sync")
MANUALS = Path("/usr/local/share/man/man1")
COMPLETION = Path("/usr/local/share/bash-completion/completions/chaport-sync")
#: What a service leaves behind: its settings, what was changed in its units, its memory and the way to it.
LEFT_BEHIND = (
    "etc/chaport-sync",
    "etc/systemd/system/chaport-sync.service.d",
    "etc/systemd/system/chaport-sync@*.service.d",
    "var/lib/chaport-sync",
    "var/lib/chaport-sync-*",
    "var/lib/private/chaport-sync",
    "var/lib/private/chaport-sync-*",
)

#: The program as the packed units name it.
_PACKED_PROGRAM = "/opt/chaport-sync/bin/chaport-sync"
#: What the units hide from the service (ProtectHome=, PrivateTmp=).
_HIDDEN = tuple(map(Path, ("/home", "/root", "/run/user", "/tmp", "/var/tmp")))  # noqa: S108 - nothing is written there
_SIGNED = re.compile(r"# By `chaport-sync service` \((\w+)\)\. [^\n]*\n")
#: The shell asks the program when the first word is completed, so the file stays true after an upgrade.
_COMPLETION = 'eval "$(_CHAPORT_SYNC_COMPLETE=bash_source chaport-sync)"\n'


class ServiceError(Exception):
    """The service cannot be installed or removed so; the message says why, and what to do."""


class Deed(StrEnum):
    """What is done with a file."""

    WRITTEN = "written"
    REPLACED = "replaced"
    REMOVED = "removed"
    LEFT = "left alone"


@dataclass(frozen=True, slots=True)
class Step:
    """What is done with one file, why if that is not plain, and what is to stand there afterwards."""

    path: Path
    deed: Deed
    why: str = ""
    content: Content | None = None


def wanted(
    example: str, units: Mapping[str, str], manuals: Iterable[Path], program: Path, *, completion: bool
) -> dict[Path, Content]:
    """Return what an installation consists of, by path.

    Args:
        example: The example of a configuration.
        units: The text of each packed unit, by its file's name.
        manuals: The pages of the manual, where the package has them.
        program: The command that the units start.
        completion: Whether there is a bash that completes.

    Raises:
        ServiceError: A unit cannot name this program.
    """
    if not re.fullmatch(r"[\w./@+-]+", str(program)):
        raise ServiceError(f"a unit cannot name {program}: install it where the path has no blanks or signs")
    files: dict[Path, Content] = {
        UNITS / name: signed(text.replace(_PACKED_PROGRAM, str(program))) for name, text in units.items()
    }
    if program != COMMAND:
        files[COMMAND] = program
    files[CONFIG] = example
    files |= {MANUALS / page.name: page for page in manuals}
    if completion:
        files[COMPLETION] = signed(_COMPLETION)
    return files


def hidden(*parts: Path) -> str:
    """Return why the service could not start a program of these parts, empty if it could."""
    for part in parts:
        if any(part.is_relative_to(folder) for folder in _HIDDEN):
            return (
                f"the service sees nothing of {part}, which it would need; install the program for all users, such as"
                " in /opt/chaport-sync"
            )
    return ""


def installing(files: Mapping[Path, Content], there: Mapping[Path, Content], *, force: bool) -> list[Step]:
    """Return what is done with each file of an installation; `there` is what stands at their paths now.

    A file that somebody changed is left alone unless `force`, the configuration always.
    """
    return [_put(path, content, there.get(path), force=force) for path, content in files.items()]


def _put(path: Path, content: Content, now: Content | None, *, force: bool) -> Step:
    if now is None:
        return Step(path, Deed.WRITTEN, content=content)
    if now == content:
        return Step(path, Deed.LEFT, "it is as it should be")
    if path == CONFIG:
        return Step(path, Deed.LEFT, "it is yours")
    # A link has nothing in it that could be lost.
    if force or _is_unchanged(now, content) or (isinstance(now, Path) and isinstance(content, Path)):
        return Step(path, Deed.REPLACED, content=content)
    return Step(path, Deed.LEFT, "somebody changed it; --force replaces it")


def removing(files: Mapping[Path, Content], there: Mapping[Path, Content], *, force: bool) -> list[Step]:
    """Return what is done with each file of an installation when it is removed; the configuration is not among them.

    What somebody changed is left alone unless `force`, and so is a link that leads elsewhere.
    """
    found = [(path, content, there[path]) for path, content in files.items() if path in there and path != CONFIG]
    return [_take(path, content, now, force=force) for path, content, now in found]


def _take(path: Path, content: Content, now: Content, *, force: bool) -> Step:
    if force or now == content or _is_unchanged(now, content):
        return Step(path, Deed.REMOVED)
    return Step(path, Deed.LEFT, "somebody changed it; --force removes it")


def remaining(found: Iterable[Path], *, purge: bool) -> list[Step]:
    """Return what is done with the configuration, the keys and the memory."""
    return [Step(path, Deed.REMOVED) if purge else Step(path, Deed.LEFT, "--purge removes it") for path in found]


def signed(text: str) -> str:
    """Return the text of a file with a first line by which a later change of it is seen."""
    return (
        f"# By `chaport-sync service` ({_digest(text)}). Whoever changes this file keeps it: it is left alone.\n{text}"
    )


def _is_unchanged(now: Content, content: Content) -> bool:
    """Return whether a file is as some version has written it, or is what would be written, but unsigned."""
    if not isinstance(now, str) or not isinstance(content, str):
        return False
    first = _SIGNED.match(now)
    return signed(now) == content if first is None else first[1] == _digest(now[first.end() :])


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
