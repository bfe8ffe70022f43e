"""kill -9 between two transactions loses nothing committed and keeps nothing half done (P1, P7)."""

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from chaport_sync.core.ledger import LineState
from chaport_sync.core.transcripts.watch import Swept
from chaport_sync.store import Store
from tests.store.stores import opened

#: Records chat after chat, each with two lines and its number, and says which one is on the disk.
WRITER = """
import sys
from pathlib import Path
from chaport_sync.core.model import Author
from chaport_sync.core.transcripts.chats import CaseState, ChatState
from chaport_sync.core.ledger import Line, sending
from chaport_sync.core.transcripts.watch import Swept
from chaport_sync.store import Store

store = Store.open(Path(sys.argv[1]))
number = int(store.marks.get(Swept).at) if store.marks.find(Swept) else -1
while True:
    number += 1
    chat = ChatState("v", str(number), case_id=str(number))
    lines = [Line(f"e{part}", 0, Author.VISITOR, "Mary", 5.0, "Hello " * 50) for part in range(2)]
    store.record_reading(chat, lines)
    lines = sending(store.transcripts.open_lines(chat.key), 5.0)
    store.record(chat, lines, CaseState(str(number)), [Swept(number)])
    print(number, flush=True)
"""


def killed_at(path: Path, number: int) -> int:
    """Run the writer until it has said this number, kill it, and return the last number that it said."""
    with subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout is not None
        for said in writer.stdout:
            if int(said) >= number:
                os.kill(writer.pid, signal.SIGKILL)
                break
        return int((said + writer.stdout.read()).split()[-1])


@pytest.mark.processes
def test_kill_nine(tmp_path: Path) -> None:
    """P1, P7: after each kill, everything that was said to be recorded is, and each transaction is whole."""
    path, said = tmp_path / "state.db", -1
    for _ in range(3):
        said = killed_at(path, said + random.randint(1, 40))
        copy = Store.copy_of(path)
        assert copy.marks.get(Swept).at >= said
        copy.close()
        with opened(path) as store:
            said = int(store.marks.get(Swept).at)
            assert (said, store.transcripts.newest_chat("v")) in {(said, str(said)), (said, str(said + 1))}
            for number in range(said + 1):
                assert [each.state for each in store.transcripts.open_lines(("v", str(number)))] == [
                    LineState.SENDING
                ] * 2
                assert store.transcripts.case(str(number)) is not None
            assert store.connection._sqlite.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
