"""A machine with a systemd of its own: a container on a throw-away copy of this machine's file system."""

import asyncio
import fcntl
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

#: Everything is mounted where nobody else sees it, and is gone as soon as the last process in there is. What is
#: written goes to memory. Only the basic system is booted: the network is shared with this machine, so nothing that is
#: installed here for other purposes may start, least of all a second time. Nothing may wait for a network either.
_BOOT = """
mount --make-rprivate /
mkdir -p /run/systemd/nspawn
mount -t tmpfs none /run/systemd/nspawn
mount -t tmpfs -o mode=755 none "$1"
mkdir -p "$1/upper/etc/systemd/system" "$1/work" "$1/root"
for unit in systemd-networkd systemd-networkd-wait-online NetworkManager NetworkManager-wait-online; do
    ln -s /dev/null "$1/upper/etc/systemd/system/$unit.service"
done
mount -t overlay -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" none "$1/root"
exec systemd-nspawn -q -D "$1/root" -M chaport-sync-test --register=no --keep-unit --link-journal=no --console=pipe \\
    -b systemd.unit=basic.target
"""
_TOOLS = ("setpriv", "unshare", "mount", "systemd-nspawn", "nsenter")
_UP_WITHIN = 60.0
_TURN_WITHIN = 600.0

#: Nobody's own Python: the service sees nothing of /home and /root. The system's comes before one in /usr/local.
_PATH = "/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/bin"
#: What pip may need to reach an index from this machine.
_PASSED_ON = re.compile(r"HOME|PIP_\w+|SSL_CERT_\w+|REQUESTS_CA_BUNDLE|(?i:\w+_proxy)")


class Unavailable(Exception):
    """There can be no such machine here; the message says why."""


@dataclass(frozen=True)
class Done:
    """What a command came to."""

    code: int
    out: str
    err: str


class Machine:
    """The container, as root in it sees it.

    Attributes:
        environ: The environment of what is run in it.
    """

    def __init__(self, leader: int) -> None:
        self._enter = ("nsenter", "-t", str(leader), "-m", "-u", "-i", "-n", "-p", "--")
        self.environ = {name: value for name, value in os.environ.items() if _PASSED_ON.fullmatch(name)}
        self.environ |= {"PATH": _PATH, "LANG": "C.UTF-8"}

    def command(self, *command: str) -> tuple[str, ...]:
        """Return the command by which one is run in the container."""
        return (*self._enter, *command)

    async def run(self, *command: str, stdin: bytes | int = b"", within: float = 60.0) -> Done:
        """Run a command and say how it ended; `stdin` is what it reads, or a file that it reads from."""
        process = await asyncio.create_subprocess_exec(
            *self.command(*command),
            stdin=asyncio.subprocess.PIPE if isinstance(stdin, bytes) else stdin,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=self.environ,
            start_new_session=True,
        )
        try:
            given = stdin if isinstance(stdin, bytes) else None
            out, err = await asyncio.wait_for(process.communicate(given), within)
        except TimeoutError:
            # All of it: what was entered with is the command's parent.
            os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
            raise AssertionError(f"{command} did not end within {within:g} s") from None
        assert process.returncode is not None
        return Done(process.returncode, out.decode(), err.decode())

    async def tell(self, *command: str, stdin: bytes | int = b"", within: float = 60.0) -> str:
        """Run a command that has to succeed, and return what it says."""
        done = await self.run(*command, stdin=stdin, within=within)
        assert done.code == 0, (command, done)
        return done.out

    async def write(self, path: str, text: str, mode: str = "644") -> None:
        """Write a file, and the directories above it."""
        await self.tell("install", "-D", "-m", mode, "/dev/stdin", path, stdin=text.encode())


@contextmanager
def machine() -> Iterator[Machine]:
    """Boot a machine, one at a time on this host.

    Raises:
        Unavailable: It cannot be done here.
    """
    if os.geteuid() != 0:
        raise Unavailable("a container with a systemd is made by root only")
    if missing := [tool for tool in _TOOLS if not shutil.which(tool)]:
        raise Unavailable(f"{missing[0]} is not installed (Debian's package systemd-container has systemd-nspawn)")
    with _turn(), tempfile.TemporaryDirectory(prefix="chaport-sync-systemd-") as folder:
        log = Path(folder) / "boot.log"
        root = Path(folder) / "machine"
        root.mkdir()
        with log.open("wb") as output:
            # However this process ends, the container is shut down then, and its mounts end with the container.
            booting = subprocess.Popen(  # noqa: S603
                ["setpriv", "--pdeathsig", "TERM", "unshare", "--mount", "sh", "-euc", _BOOT, "boot", str(root)],  # noqa: S607
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        try:
            yield Machine(_leader(booting, log))
        finally:
            _end(booting)


@contextmanager
def _turn() -> Iterator[None]:
    """Wait until no other test run has a container: two would share their control groups."""
    deadline = time.monotonic() + _TURN_WITHIN
    with (Path(tempfile.gettempdir()) / "chaport-sync-systemd.lock").open("w") as lock:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise Unavailable("another test run on this machine keeps its container") from None
                time.sleep(0.2)
        yield


def _leader(booting: subprocess.Popen[bytes], log: Path) -> int:
    """Wait until the container is up, and return its first process as seen from here."""
    deadline = time.monotonic() + _UP_WITHIN
    while time.monotonic() < deadline:
        if booting.poll() is not None:
            break
        for leader in _children(booting.pid):
            if _is_up(leader):
                return leader
        time.sleep(0.1)
    told = log.read_text("utf-8", errors="replace").strip().splitlines()
    silence = "it does not come up" if booting.poll() is None else f"exit code {booting.returncode}"
    raise Unavailable(f"no container with a systemd can be booted here: {told[-1] if told else silence}")


def _children(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()]
    except OSError:
        return []


def _is_up(leader: int) -> bool:
    """Return whether this is the container's systemd, and it has booted; before, this machine's is seen."""
    try:
        if Path(f"/proc/{leader}/comm").read_text("ascii").strip() != "systemd":
            return False
    except OSError:
        return False
    enter = ["nsenter", "-t", str(leader), "-m", "-u", "-i", "-n", "-p", "--"]
    for question, answers in (
        (["systemd-detect-virt", "--container"], {"systemd-nspawn"}),
        (["systemctl", "is-system-running"], {"running", "degraded"}),
    ):
        done = subprocess.run([*enter, *question], capture_output=True, text=True, check=False, env={"PATH": _PATH})  # noqa: S603
        if done.stdout.strip() not in answers:
            return False
    return True


def _end(booting: subprocess.Popen[bytes]) -> None:
    """Kill the container's first process, which ends all that is in it; who started it cleans up and ends as well.

    To kill that one instead would leave the container running.
    """
    deadline = time.monotonic() + 20
    while booting.poll() is None and time.monotonic() < deadline:
        for child in _children(booting.pid):
            os.kill(child, signal.SIGKILL)
        time.sleep(0.05)
    booting.kill()
    booting.wait()
