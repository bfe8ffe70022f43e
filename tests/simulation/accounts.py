"""Three accounts in one daemon, one of them in trouble: what it asks for the others is the same as without (P4, P8).

Each seed is lived through twice, without the trouble and with it. What people and services do is decided for each
account by itself. So each request of the others must be the same, and at the same moment.
"""

import asyncio
import hashlib
import random
from collections import Counter
from contextlib import suppress
from itertools import zip_longest
from pathlib import Path
from typing import Any

from chaport_sync import logs
from chaport_sync.app import secrets
from chaport_sync.configured import Configured
from chaport_sync.daemon import Daemon
from chaport_sync.systemd import Notifier
from tests.simulation.log_stream import LogStream
from tests.simulation.plain_loop import PlainLoop
from tests.simulation.run import Outcome, folder_in_memory
from tests.simulation.trace import ALL, Trace
from tests.simulation.troubles import TROUBLES
from tests.simulation.watched_account import WatchedAccount
from tests.virtual_time import VirtualTime

NAMES, IN_TROUBLE = ("acme", "beta", "gamma"), "beta"
OWN, ENDS = "trouble of one account is its own", "no account ends the daemon"
#: Seconds before anything goes wrong, for which people act and things go wrong, and in which words come right.
CALM, SECONDS, QUIET = 60.0, 400.0, 400.0
#: The share of the seeds in which the trouble is there before the daemon.
AT_ONCE = 0.25


def run_accounts(seed: int) -> Outcome:
    """Run a seed without its trouble and with it, and compare what was asked."""
    hosts = [_lived(seed, trouble) for trouble in ("", [*TROUBLES][seed % len(TROUBLES)])]
    figures = sum((host.figures() for host in hosts), Counter[str]())
    well, ill = hosts
    if not (well.violated or ill.violated):
        ill.compare(well)
    violated = well.violated or ill.violated
    figures["violations"] = len(violated[:1])
    digest = hashlib.sha256(repr([host.asked for host in hosts]).encode()).hexdigest()[:16]
    told = tuple(line for trace in violated[:1] for line in trace.story(trace.violations[0]))
    return Outcome(seed, tuple(trace.violations[0] for trace in violated[:1]), figures, digest, told)


def _lived(seed: int, trouble: str) -> "Host":
    time = VirtualTime()
    with folder_in_memory() as folder, asyncio.Runner(loop_factory=lambda: PlainLoop(time)) as runner:
        host = Host(seed, trouble, time, folder)
        runner.run(host.live())
    return host


class Host:
    """A daemon with three accounts, and what befalls one of them; with no `trouble`, nothing.

    Attributes:
        configured: The accounts that the configuration names.
        rejected: Those with a mistake in it, and the mistakes.
        asked: What was asked for each account that is to be judged: when, and each request in full.
    """

    def __init__(self, seed: int, trouble: str, time: VirtualTime, folder: Path) -> None:
        self._seed, self._trouble, self._time = seed, trouble, time
        self._accounts = {name: WatchedAccount(name, seed, time, folder / name) for name in NAMES}
        self._judged = [each for each in self._accounts.values() if not (trouble and each.name == IN_TROUBLE)]
        self.configured = dict(self._accounts)
        self.rejected: dict[str, tuple[str, ...]] = {}
        self.asked: dict[str, list[tuple[Any, ...]]] = {}
        self._daemon = Daemon(self._read, Notifier({}))
        self._running = False
        self._own = Trace(time)
        self._traces = [self._own, *(account.trace for account in self._judged)]
        for trace in self._traces:
            trace.over = self._own.over

    async def live(self) -> None:
        """Live through it."""
        hidden = [each for account in self._accounts.values() for each in secrets(account.settings)]
        stream: Any = LogStream(self._show)
        logs.setup("debug", "json", stream=stream, secrets=hidden, taps=[self._logged], environ={})
        asyncio.get_running_loop().set_exception_handler(self._unexpected)
        aside = [asyncio.create_task(self._befall())] if self._trouble else []
        await asyncio.sleep(0)  # a trouble may be there before the daemon
        self._running = True
        daemon = asyncio.create_task(self._daemon.run())
        daemon.add_done_callback(self._ended)
        stories = {account.name: asyncio.create_task(self._story(account)) for account in self._accounts.values()}
        over = asyncio.create_task(self._own.over.wait())
        judged = {stories[account.name] for account in self._judged}
        while judged and not over.done():
            done, _ = await asyncio.wait({*judged, over}, return_when=asyncio.FIRST_COMPLETED)
            judged -= done
        self._running = False
        self._daemon.stop()
        for task in (*aside, *stories.values(), over):
            task.cancel()
        await asyncio.wait([*aside, *stories.values(), over, daemon])
        for task in (*aside, *stories.values()):
            with suppress(asyncio.CancelledError):
                task.result()
        for account in self._accounts.values():
            await account.world.sandbox.aclose()

    async def _story(self, account: WatchedAccount) -> None:
        company, referee = account.company, account.company.referee
        await asyncio.sleep(CALM)
        referee.calm_is_over()
        company.faults.begin()
        end = self._time.elapsed + SECONDS
        await asyncio.gather(company.faults.come_in_spells(end), *company.lives(end))
        if account not in self._judged:
            return
        await company.faults_end()
        await company.statuses_come_right()
        account.send_again()
        await asyncio.sleep(QUIET)
        referee.everything_must_be_right()
        self.asked[account.name] = [
            (request.at.isoformat(), request.side, request.method, request.path, request.query, request.body)
            for request in account.world.sandbox.journal
        ]

    async def _befall(self) -> None:
        """Let the trouble come and go."""
        chance, account = random.Random(f"trouble {self._seed}"), self._accounts[IN_TROUBLE]
        begin = 0.0 if chance.random() < AT_ONCE else chance.uniform(1, SECONDS)
        lasts = chance.uniform(30, SECONDS)
        if begin:
            await asyncio.sleep(begin)
        with TROUBLES[self._trouble](self, account, chance):
            self._tell(f"account {account.name}: {self._trouble}, for {lasts:.0f} s")
            await asyncio.sleep(lasts)
        self._tell(f"account {account.name} is out of trouble")

    def reload(self) -> None:
        """Let the daemon read what is configured now, as a signal does; one that does not run reads it as it starts."""
        if not self._running:
            return
        try:
            self._daemon.reload()
        except Exception as error:  # noqa: BLE001 - the loop would log it and go on
            self._own.violate(ENDS, f"{self._trouble}: a reload raises {error!r}")

    def _read(self) -> Configured:
        return Configured({name: each.source() for name, each in self.configured.items()}, dict(self.rejected))

    # ---- what is seen

    def compare(self, well: "Host") -> None:
        """Note the first request of each judged account that is not the one that it was without trouble."""
        for account in self._judged:
            here, there = self.asked[account.name], well.asked[account.name]
            for one, other in zip_longest(here, there):
                if one != other:
                    message = f"{account.name}: {self._trouble}; asked {_named(one)}, without it {_named(other)}"
                    account.trace.violate(OWN, message)
                    break

    @property
    def violated(self) -> list[Trace]:
        """The traces with a violation, the earliest first."""
        return sorted((each for each in self._traces if each.violations), key=lambda each: each.violations[0].at)

    def figures(self) -> Counter[str]:
        """Return what was counted."""
        journals = [request for account in self._accounts.values() for request in account.world.sandbox.journal]
        found = sum((account.trace.figures for account in self._accounts.values()), Counter[str]())
        found["seconds"] = int(self._time.elapsed)
        found["starts"] = sum(account.starts for account in self._accounts.values())
        found["misfortunes"] = 1 if self._trouble else 0
        found["requests"] = len(journals)
        found["faults"] = sum(bool(request.fault) for request in journals)
        found["events"] = sum(account.company.events for account in self._accounts.values())
        return found

    def _tell(self, text: str) -> None:
        for trace in self._traces:
            trace.tell(text, ALL)

    def _show(self, line: str) -> None:
        for account in self._judged:
            account.company.referee.logs.show(line)

    def _logged(self, event: dict[str, Any]) -> None:
        account = self._accounts.get(str(event.get("account")))
        if account is not None:
            account.log(event)

    def _ended(self, daemon: asyncio.Task[None]) -> None:
        if self._running:
            error = None if daemon.cancelled() else daemon.exception()
            self._own.violate(ENDS, f"{self._trouble or 'without trouble'}: it ended with {error!r}")

    def _unexpected(self, _: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        self._own.violate(ENDS, f"{self._trouble}: {context['message']}: {context.get('exception')!r}")


def _named(asked: tuple[Any, ...] | None) -> str:
    return "nothing" if asked is None else f"{asked[2]} {asked[3]} at {asked[0]}"
