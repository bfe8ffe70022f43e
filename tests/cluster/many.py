"""Real daemons with many accounts, which are killed, stopped, restarted, and whose database goes away.

`.venv/bin/python -m tests.cluster.many` takes half an hour; with the name of a misfortune and `--runs 1` it is shorter.
The services run in this process. They are slower than the daemons, so what counts as "goes on" is that an account has
started at its new worker and asks; its answers come when the services have the time.
"""

import argparse
import asyncio
import resource
import signal
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from pathlib import Path

from tests.cluster.machines import Machine, Machines, machines
from tests.cluster.postgres import Postgres, postgres
from tests.processes.daemon_process import until

#: Seconds in which two workers have to share everything.
PATIENCE = 300.0


class Trial:
    """Machines with many accounts, all served and shared."""

    def __init__(self, place: Machines, server: Postgres) -> None:
        self.place, self.server = place, server
        self.said: dict[str, list[str]] = {name: [f"Hi {name}"] for name in place.sandboxes}

    async def start(self, *names: str, poll: int) -> list[Machine]:
        """Start machines, and wait until all accounts are served, and shared evenly."""
        found = [self.place.machine(name, poll=poll) for name in names]
        for each in found:
            await each.start()
        await self.settled(*found)
        return found

    async def settled(self, *workers: Machine) -> None:
        """Wait until these workers hold all accounts, evenly, and all are served."""
        number, share = len(self.said), len(self.said) // len(workers)

        def even() -> bool:
            held = [len(holds(each)) for each in workers]
            return sum(held) == number and max(held) - share <= 1

        await until(even, PATIENCE, every=0.5)
        await until(lambda: not self.unserved(), PATIENCE, every=0.5)
        note(f"settled: {', '.join(f'{each.name} has {len(holds(each))}' for each in workers)}")

    def unserved(self) -> list[str]:
        """Return the accounts whose operator is not online, or whose lines do not stand once."""
        return [name for name in self.said if not self.place.served(name, len(self.said[name]))]

    def say(self, name: str) -> str:
        """Let a new visitor of an account write; return the words."""
        words = f"Hi {name}, {len(self.said[name])}"
        self.place.visit(name, "Paul", words)
        self.said[name].append(words)
        return words

    def verdict(self) -> str:
        """Say how many lines are lost or doubled, and how many operators were set offline."""
        lost = doubled = 0
        for name, said in self.said.items():
            stand = Counter(self.place.lines(name))
            lost += sum(each not in stand for each in said)
            doubled += sum(count - 1 for count in stand.values())
        offline = sum(
            each.method == "POST" and (each.body or {}).get("status") == "offline"
            for sandbox in self.place.sandboxes.values()
            for each in sandbox.journal
        )
        return f"{sum(map(len, self.said.values()))} lines, {lost} lost, {doubled} doubled, {offline} set offline"


def holds(machine: Machine) -> set[str]:
    """Return which accounts a machine's daemon runs, by its log."""
    held: set[str] = set()
    for each in machine.daemon.events("account.started", "account.released", "account.failed"):
        (held.add if each["event"] == "account.started" else held.discard)(each["account"])
    return held


def started(machine: Machine, since: float) -> dict[str, float]:
    """Return the seconds from a moment (Unix seconds) until each account started after it."""
    found = {}
    for each in machine.daemon.events("account.started"):
        at = datetime.fromisoformat(each["timestamp"]).timestamp()
        if at >= since:
            found[each["account"]] = at - since
    return found


async def killed(trial: Trial, runs: int) -> None:
    """Kill one of two workers, again and again."""
    one, two = await trial.start("one", "two", poll=15)
    took = []
    for _ in range(runs):
        theirs = holds(one)
        one.daemon.kill()
        at = time.time()
        await until(lambda at=at, theirs=theirs: theirs <= started(two, at).keys(), PATIENCE)  # type: ignore[misc]
        took += [started(two, at)[each] for each in theirs]
        for name in list(theirs)[:5]:
            trial.say(name)
        await one.start()
        await trial.settled(one, two)
    note(f"SIGKILL: {told(took)}; {trial.verdict()}")


async def stopped(trial: Trial, runs: int) -> None:
    """Stop one of two workers, and let it go on later."""
    one, two = await trial.start("one", "two", poll=15)
    took, sent = [], 0
    for run in range(runs):
        theirs = holds(one)
        one.daemon.send(signal.SIGSTOP)
        at = time.time()
        await until(lambda at=at, theirs=theirs: theirs <= started(two, at).keys(), PATIENCE)  # type: ignore[misc]
        took += [started(two, at)[each] for each in theirs]
        for name in list(theirs)[:5]:
            trial.say(name)
        await asyncio.sleep(3 * run)
        before = len(one.daemon.events())
        one.daemon.send(signal.SIGCONT)
        await trial.settled(one, two)
        mine: set[str] = set()
        for each in one.daemon.events()[before:]:
            if each["event"] == "account.taken":
                mine.add(each["account"])
            elif each["event"] in ("delivery.sent", "case.opened", "status.changed") and each["account"] not in mine:
                sent += 1
    note(f"SIGSTOP: {told(took)}; the woken one sent {sent}; {trial.verdict()}")


async def away(trial: Trial, runs: int) -> None:
    """Take the database away for 20 seconds and for three minutes."""
    one, two = await trial.start("one", "two", poll=15)
    for seconds in (20, 180)[: runs or 1]:
        trial.server.kill()
        for name in list(trial.said)[::10]:
            trial.say(name)
        await asyncio.sleep(seconds)
        trial.server.start()
        at = time.monotonic()
        await until(lambda: not trial.unserved(), PATIENCE, every=0.5)
        back = time.monotonic() - at
        again = [len(started(each, time.time() - back - seconds)) for each in (one, two)]
        note(
            f"the database was away for {seconds} s: all is delivered {back:.1f} s after it; {again} started anew;"
            f" {trial.verdict()}"
        )


async def rolling(trial: Trial, runs: int) -> None:
    """Restart three workers one after the other, while visitors write."""
    poll = 3
    workers = await trial.start("one", "two", "three", poll=poll)
    late: list[float] = []

    async def write() -> None:
        names = list(trial.said)
        for number in range(10**6):
            name = names[number * 7 % len(names)]
            words, at = trial.say(name), time.monotonic()
            late.append(0.0)
            waiting.append(asyncio.create_task(shown(name, words, at, len(late) - 1)))
            await asyncio.sleep(0.5)

    async def shown(name: str, words: str, at: float, place: int) -> None:
        await until(lambda: words in trial.place.lines(name), PATIENCE, every=0.1)
        late[place] = time.monotonic() - at

    waiting: list[asyncio.Task[None]] = []
    writing = asyncio.create_task(write())
    await asyncio.sleep(20)
    quiet = list(late)
    for _ in range(runs):
        for each in workers:
            each.daemon.send(signal.SIGTERM)
            await each.daemon.ended()
            await asyncio.sleep(5)
            await each.start()
            await asyncio.sleep(10)
    writing.cancel()
    with suppress(asyncio.CancelledError):
        await writing
    await asyncio.gather(*waiting)
    note(
        f"rolling restart, polls of {poll} s: lines {told(late)} after they were written"
        f" (before it {told([each for each in quiet if each])}); {trial.verdict()}"
    )


MISFORTUNES: dict[str, Callable[[Trial, int], object]] = {
    "killed": killed,
    "stopped": stopped,
    "away": away,
    "rolling": rolling,
}


def told(seconds: list[float]) -> str:
    """Say the median and the worst."""
    return f"median {statistics.median(seconds):.2f} s, worst {max(seconds):.2f} s of {len(seconds)}"


def note(words: str) -> None:
    """Tell how far it is."""
    print(f"{time.strftime('%H:%M:%S')} {words}", flush=True)  # noqa: T201 - a report


@asynccontextmanager
async def trial(accounts: int) -> AsyncIterator[Trial]:
    """Serve so many accounts, with a server of their own."""
    with postgres() as server, tempfile.TemporaryDirectory() as folder:
        async with machines(Path(folder), server.fresh()) as place:
            for number in range(accounts):
                await place.account(f"a{number:03}")
            yield Trial(place, server)


async def main(names: list[str], accounts: int, runs: int) -> None:
    """Let each misfortune happen."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(16384, most), most))
    for name in names or MISFORTUNES:
        async with trial(accounts) as found:
            await MISFORTUNES[name](found, runs)  # type: ignore[misc]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*MISFORTUNES, []])
    parser.add_argument("--accounts", type=int, default=200)
    parser.add_argument("--runs", type=int, default=10)
    given = parser.parse_args()
    sys.exit(asyncio.run(main(given.names, given.accounts, given.runs)))
