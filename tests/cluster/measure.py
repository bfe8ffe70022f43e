"""How soon accounts have a new worker, and what a write and a look at the clock cost.

`.venv/bin/python -m tests.cluster.measure` takes two minutes; `--runs 1` is shorter.
"""

import argparse
import asyncio
import signal
import statistics
import time
from collections.abc import Iterator

from chaport_sync.cluster.log import AccountLog
from tests.cluster.postgres import Postgres, postgres
from tests.cluster.sessions import session
from tests.cluster.worker_process import processes
from tests.processes.daemon_process import until

ACCOUNTS = 200


async def takeover(server: Postgres, number: signal.Signals, wait: float) -> list[float]:
    """Return the seconds from a signal to one of two workers until the other has taken each of its accounts."""
    with processes(server.fresh(), ACCOUNTS, "one", "two") as [one, two]:
        await until(lambda: len(one.holds()) == len(two.holds()) == ACCOUNTS / 2)
        await asyncio.sleep(wait)
        one.signal(number)
        signalled = time.monotonic()
        await until(lambda: len(two.holds()) == ACCOUNTS)
        return [each["at"] - signalled for each in two.heard("taken") if each["at"] > signalled]


async def costs(server: Postgres) -> Iterator[str]:
    """Return what one session does: writes a second, and microseconds of a look at the clock."""
    async with session(server.fresh()) as (opened, _):
        log = AccountLog(opened, "acme", opened.term)

        def write(body: bytes) -> float:
            before = time.perf_counter()
            first = len(log.load()[2]) + 1
            for seq in range(first, first + 2000):
                log.append(seq, body)
            return 2000 / (time.perf_counter() - before)

        speed = await asyncio.to_thread(write, b"x" * 500)
        before = time.perf_counter()
        for _ in range(100_000):
            opened.holding(1)
        return iter(
            [f"{speed:.0f} appends of 500 bytes a second", f"holding: {(time.perf_counter() - before) * 10:.2f} µs"]
        )


async def measure(runs: int) -> Iterator[str]:
    """Return the lines of the report."""
    lines = []
    with postgres() as server:
        for number in (signal.SIGKILL, signal.SIGSTOP):
            all_runs = [await takeover(server, number, 2 + run / runs) for run in range(runs)]
            took = [each for run in all_runs for each in run]
            worst = ", ".join(f"{max(run):.2f}" for run in all_runs)
            lines.append(f"{number.name}: median {statistics.median(took):.2f} s, the worst of each run {worst} s")
        lines += await costs(server)
    return iter(lines)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    for line in asyncio.run(measure(parser.parse_args().runs)):
        print(line)  # noqa: T201 - a report
