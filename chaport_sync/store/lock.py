"""The lock that allows one daemon for each state file (P7)."""

import fcntl
import os
import re
from pathlib import Path

from chaport_sync.store.errors import Busy, readable_errors

#: Linux lists here the locked files, the mounts, and the mount of each open file.
LOCKS, MOUNTS, OPENED = Path("/proc/locks"), Path("/proc/self/mountinfo"), Path("/proc/self/fdinfo")


class Lock:
    """The right of this process to use a state file, until it is released or the process ends.

    The state file and a file beside it are both locked. So no second daemon can start when one of them is replaced.

    Raises:
        Busy: Another process has it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._held: dict[Path, int] = {}
        try:
            for each in reversed(_files(path)):
                self._held[each] = _locked(each, path)
        except BaseException:
            self.release()
            raise

    @property
    def lost(self) -> list[Path]:
        """The locked files that were removed or replaced since; writes to such a state file are lost at its end."""
        return [each for each, descriptor in self._held.items() if not _is_at(descriptor, each)]

    def release(self) -> None:
        """Release the lock; close all connections to the file before, because SQLite's own locks end with it."""
        while self._held:
            os.close(self._held.popitem()[1])


def take_lock(path: Path) -> Lock:
    """Lock a state file; it and its directory are made if they are missing; raises `Busy` or `StoreError`."""
    with readable_errors(path):
        if not path.parent.is_dir():
            # Others may read the directories above, whatever the umask is, but not write into them.
            for above in reversed(path.parent.parents):
                above.mkdir(mode=0o755, exist_ok=True)
            path.parent.mkdir(mode=0o700)
        return Lock(path)


def is_in_use(path: Path) -> bool | None:
    """Return whether a process holds the lock of a state file, None if Linux does not show it; nothing is changed."""
    try:
        there = [each for each in _files(path) if each.exists()]
        if not there:
            return False
        held, places = LOCKS.read_text("ascii"), {_place(each) for each in there}
    except (OSError, LookupError):  # in some containers
        return None
    # "12: FLOCK  ADVISORY  WRITE 4711 08:01:131 0 EOF": the process, then the device and the inode.
    locks = [line.split() for line in held.splitlines()]
    return any(fields[1] == "FLOCK" and fields[-3] in places for fields in locks)


def _files(path: Path) -> tuple[Path, Path]:
    real = path.resolve()
    return real, real.with_name(real.name + ".lock")


def _locked(file: Path, state: Path) -> int:
    descriptor = os.open(file, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise Busy(f"another chaport-sync uses the state file {state}; stop it first") from None
    return descriptor


def _is_at(descriptor: int, file: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), file.stat())
    except OSError:
        return False


def _place(file: Path) -> str:
    """Return a file's device and inode as the list of locks has them; the device is the mount's, not the file's."""
    descriptor = os.open(file, os.O_PATH | os.O_CLOEXEC)
    try:
        mount = re.findall(r"mnt_id:\s*(\d+)", (OPENED / str(descriptor)).read_text("ascii"))[0]
        rows = (line.split() for line in MOUNTS.read_text("utf-8", "replace").splitlines())
        major, minor = next(fields[2] for fields in rows if fields[0] == mount).split(":")
        return f"{int(major):02x}:{int(minor):02x}:{os.fstat(descriptor).st_ino}"
    except StopIteration:
        raise LookupError(file) from None
    finally:
        os.close(descriptor)
