"""A worker in small, as a process: it holds accounts and writes to their logs, and says each thing that happens.

Started as `python -m tests.cluster.worker URL NAME ACCOUNTS`. Each line that it says is JSON with the seconds of the
monotonic clock, which is the same for all processes.
"""

import asyncio
import json
import sys
import time
from contextlib import suppress

from chaport_sync.cluster.errors import DatabaseError, Lost
from chaport_sync.cluster.leases import Lease, Leases
from chaport_sync.cluster.log import AccountLog
from chaport_sync.cluster.session import Session
from chaport_sync.store.errors import Fenced

#: How long the loop may stand still before it counts as having been stopped (seconds).
STOPPED = 1.0


def say(what: str, **fields: object) -> None:
    """Write a line."""
    print(json.dumps({"what": what, "at": time.monotonic(), **fields}), flush=True)  # noqa: T201 - how a process speaks


class Worker:
    """What a daemon would do with its leases, without the accounts' work."""

    def __init__(self, url: str, name: str, accounts: int) -> None:
        self.name = name
        self.back = asyncio.Event()
        self.session = Session(url, on_lost=lambda why: say("lost", why=str(why)), on_back=self.back.set)
        self.leases = Leases(self.session, name, 1, [f"a{number:03}" for number in range(accounts)])
        self.written: dict[str, tuple[AccountLog, int]] = {}

    async def run(self) -> None:
        """Take what is due each second, and give back one account after the other."""
        await self.session.open()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.watch())
            while True:
                with suppress(DatabaseError):
                    leases, give = await self.leases.turn()
                    await asyncio.to_thread(self.begin, leases)
                    if give:
                        await self.leases.give(give[0])
                        say("given", account=give[0])
                        continue
                await asyncio.sleep(1)

    def begin(self, leases: list[Lease]) -> None:
        """Load what was taken, and write that it was."""
        for each in leases:
            log = AccountLog(self.session, each.account, each.term)
            _, covered, changes = log.load()
            seq = covered + len(changes) + 1
            log.append(seq, self.name.encode())
            self.written[each.account] = log, seq
            say("taken", account=each.account, why=each.why)

    async def watch(self) -> None:
        """Notice that the process was stopped, and say what it may still do."""
        while True:
            before = time.monotonic()
            await asyncio.sleep(0.02)
            if time.monotonic() - before > STOPPED:
                held = sum(map(self.leases.holding, self.written))
                account, (log, seq) = next(iter(self.written.items()))
                say("woken", held=held, by_lease=await asyncio.to_thread(self.refused, log, seq))
                await self.back.wait()
                unleased = AccountLog(self.session, account, self.session.term)
                say("again", by_key=await asyncio.to_thread(self.refused, unleased, seq))

    def refused(self, log: AccountLog, seq: int) -> str:
        """Try to write what would have come next, and return why that is refused."""
        try:
            log.append(seq + 1, b"woken")
        except (Lost, Fenced) as error:
            return type(error).__name__
        return ""


if __name__ == "__main__":
    asyncio.run(Worker(sys.argv[1], sys.argv[2], int(sys.argv[3])).run())
