"""What the README has an administrator type, and an administrator who types it."""

import io
import os
import pty
import re
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from chaport_sync.sandbox import Sandbox
from chaport_sync.sandbox.serving import Urls
from tests.systemd.machine import Done, Machine

REPOSITORY = Path(__file__).parents[2]
#: Where the repository is on the machine, as if it had been cloned.
CLONE = "/usr/local/src/chaport-sync"

_NOT_IN_A_CLONE = re.compile(r"\..*|__pycache__|.*\.egg-info|build|dist|mutants")
_END_OF_INPUT = "\x04"  # Ctrl-D


@dataclass(frozen=True)
class Typed:
    """A line that was typed, and what it came to."""

    line: str
    done: Done


def commands(words: str, page: str = "README.md") -> list[str]:
    """Return the lines of the first block of commands after these words of the README, or of another page."""
    text = (REPOSITORY / page).read_text("utf-8")
    block = re.search(r"```sh\n(.*?)```", text.partition(words)[2], re.DOTALL)
    assert block is not None, words
    return block[1].splitlines()


async def clone(machine: Machine) -> None:
    """Put the working tree on the machine as it is now, committed or not."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for path in REPOSITORY.iterdir():
            archive.add(path, path.name, filter=_cloned)
    await machine.tell("mkdir", "-p", CLONE)
    await machine.tell("tar", "-x", "--no-same-owner", "-C", CLONE, stdin=packed.getvalue())


def _cloned(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
    return None if _NOT_IN_A_CLONE.fullmatch(Path(member.name).name) else member


async def follow(machine: Machine, lines: list[str], sandbox: Sandbox, urls: Urls) -> list[Typed]:
    """Type these lines until one fails: paste the secrets and edit the configuration where they say so."""
    typed = []
    for line in lines:
        with _pasting(sandbox.deskie.api_key, sandbox.chaport.token) as terminal:
            stdin = terminal if "cat >" in line else b""
            done = await machine.run("bash", "-c", f"cd {CLONE}\n{line}", stdin=stdin, within=300)
        typed.append(Typed(line, done))
        if done.code:
            break
        if "# then edit" in line and (edited := re.search(r"/etc/\S+/config\.toml", line)):
            await _edit(machine, edited[0], sandbox, urls)
    return typed


@contextmanager
def _pasting(*texts: str) -> Iterator[int]:
    """Return a terminal at which somebody pastes these texts, each with Enter and Ctrl-D."""
    keyboard, terminal = pty.openpty()
    try:
        os.write(keyboard, "".join(f"{text}\n{_END_OF_INPUT}" for text in texts).encode())
        yield terminal
    finally:
        os.close(terminal)
        os.close(keyboard)


async def _edit(machine: Machine, path: str, sandbox: Sandbox, urls: Urls) -> None:
    """Put the accounts into the configuration: what the README names, and where the imitation of Chaport is."""
    text = await machine.tell("cat", path)
    for old, new in (
        ('url = "https://acme.deskie.io"', f'url = "{urls.deskie}"'),
        ('email = "sync@acme.example"', f'email = "{sandbox.deskie.email}"'),
        ('channel = "cch12"', f'channel = "{sandbox.deskie.channels[0].key}"'),
        ('#url = "https://app.chaport.com"', f'url = "{urls.chaport}"'),
    ):
        assert text.count(f"\n{old}\n") == 1, old
        text = text.replace(f"\n{old}\n", f"\n{new}\n")
    await machine.write(path, text)
