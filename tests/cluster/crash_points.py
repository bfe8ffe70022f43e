"""A worker that is killed or stopped at one point of a write, and the one that takes over from it.

`python -m tests.cluster.crash_points` tries all of them, which takes two minutes.
"""

import asyncio
import signal
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from chaport_sync.sandbox import Sandbox
from tests.cluster.machines import machines
from tests.cluster.postgres import postgres
from tests.processes import trap
from tests.processes.daemon_process import until

_ANNOUNCED = "SELECT 1 FROM lines JOIN chats USING (visitor_id, chat_id) WHERE state = 'sending' AND case_id <> ''"
_REQUEST = "^POST .*/messages[.]json"
Trap = Callable[[signal.Signals], Callable[[], None]]
#: The points of the write of a customer's message, in their order.
POINTS: dict[str, Trap] = {
    "committed": lambda by: partial(trap.before_it_is_appended, _ANNOUNCED, by),
    "appended": lambda by: partial(trap.once_it_is_appended, _ANNOUNCED, by),
    "answered": lambda by: partial(trap.before_the_answer_is_recorded, _REQUEST, by),
}
SIGNALS = (signal.SIGKILL, signal.SIGSTOP)


async def struck(folder: Path, url: str, point: str, by: signal.Signals) -> list[str]:
    """Let a signal strike a worker at a point; return the messages that the case has in the end.

    In between all of them must appear, and a worker that was stopped goes on when the other has shown some.
    """
    async with machines(folder, url) as place:
        sandbox = await place.account("acme")
        one, two = place.machine("one"), place.machine("two")
        await one.start(pause=0, trap=POINTS[point](by))
        await until(lambda: place.served("acme"))
        await two.start(pause=0)
        _say(sandbox, "Hi again")
        await until(lambda: two.taken() and place.served("acme", 2))
        _say(sandbox, "Hi once more")
        await until(lambda: place.served("acme", 3))
        if by is signal.SIGSTOP:
            one.daemon.send(signal.SIGCONT)
            await until(lambda: one.daemon.events("cluster.lost"))
        _say(sandbox, "Hi for the last time")
        await until(lambda: place.served("acme", 4))
        # Whoever woke up sends what it wanted to send within the next polls, if it sends it at all.
        await asyncio.sleep(2 if by is signal.SIGSTOP else 0)
        return place.lines("acme")


def _say(sandbox: Sandbox, words: str) -> None:
    (visitor,) = sandbox.chaport.visitors
    sandbox.chaport.visitor_says(visitor.chats[-1], words)


if __name__ == "__main__":
    with postgres() as server, tempfile.TemporaryDirectory() as place_:
        for point_ in POINTS:
            for by_ in SIGNALS:
                lines = asyncio.run(struck(Path(tempfile.mkdtemp(dir=place_)), server.fresh(), point_, by_))
                print(f"{by_.name} when it is {point_}: {lines}")  # noqa: T201 - a command
