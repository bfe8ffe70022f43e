"""One instance per state file (P7)."""

import subprocess
import sys
from pathlib import Path

import pytest

from chaport_sync.core.model import OwnAgent
from chaport_sync.store import Busy, Store, StoreError
from tests.store.stores import full_disk

HOLD = """
import sys
from pathlib import Path
from chaport_sync.store import Store
store = Store.open(Path(sys.argv[1]))
print("locked", flush=True)
sys.stdin.read()
"""


def test_a_second_instance(tmp_path: Path) -> None:
    """P7: a second one is told at once, with the path and what to do; the first goes on."""
    path = tmp_path / "state.db"
    first = Store.open(path)
    with pytest.raises(Busy, match=rf"another chaport-sync uses the state file {path}; stop it first"):
        Store.open(path)
    first.marks.put(OwnAgent("value"))
    first.close()
    second = Store.open(path)
    assert second.marks.get(OwnAgent).staff_id == "value"
    second.close()


def test_another_name_for_the_same_file(tmp_path: Path) -> None:
    """P7: the lock is the file's, whatever link leads there."""
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    (tmp_path / "real" / "other.db").symlink_to("state.db")
    first = Store.open(tmp_path / "real" / "state.db")
    for path in (tmp_path / "link" / "state.db", tmp_path / "real" / "other.db"):
        with pytest.raises(Busy):
            Store.open(path)
    first.close()


def test_a_failed_opening_gives_the_lock_back(tmp_path: Path) -> None:
    """P7: who could not open the file does not keep others from trying."""
    path = tmp_path / "state.db"
    with full_disk(), pytest.raises(StoreError):
        Store.open(path)
    Store.open(path).close()


def test_a_copy_takes_no_lock(tmp_path: Path) -> None:
    """A dry run runs beside the daemon, which keeps writing."""
    path = tmp_path / "state.db"
    daemon = Store.open(path)
    daemon.marks.put(OwnAgent("before"))
    copy = Store.copy_of(path)
    daemon.marks.put(OwnAgent("after"))
    assert copy.marks.get(OwnAgent).staff_id == "before"
    copy.close()
    daemon.close()


@pytest.mark.processes
def test_a_killed_instance_frees_the_lock(tmp_path: Path) -> None:
    """P7: the lock ends with its process, however that ends; nobody has to remove a file."""
    path = tmp_path / "state.db"
    with subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "locked\n"
        with pytest.raises(Busy):
            Store.open(path)
        holder.kill()
        holder.wait()
    Store.open(path).close()
