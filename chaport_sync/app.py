"""Wiring: settings become clients, a store, rules and the flows. Nothing is decided here."""

import asyncio
import os
import random
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from copy import copy
from dataclasses import dataclass, replace
from functools import partial

from chaport_sync.api import chaport as chaport_api
from chaport_sync.api import chaport_wire, deskie_wire
from chaport_sync.api import deskie as deskie_api
from chaport_sync.api.budget import Budget
from chaport_sync.api.chaport import Chaport, Dialect
from chaport_sync.api.connection import Carrier, Encryption, connect
from chaport_sync.api.deskie import Deskie
from chaport_sync.api.dry_run import DryChaport, DryDeskie
from chaport_sync.api.request_queue import Pace
from chaport_sync.api.transport import Gate, Transport
from chaport_sync.clock import Clock
from chaport_sync.config import Settings
from chaport_sync.config.rules import presence_rules, reply_rules, status_rules, transcript_rules
from chaport_sync.core.replies.selection import RepliesLook
from chaport_sync.state_file import open_store
from chaport_sync.store import Lock, Store, StoreError
from chaport_sync.sync.cycle import Flow, Services
from chaport_sync.sync.other_instance import OtherInstance
from chaport_sync.sync.replies.flow import ReplyFlow
from chaport_sync.sync.service_clocks import ServiceClocks
from chaport_sync.sync.spending import Spending
from chaport_sync.sync.statuses.flow import StatusFlow
from chaport_sync.sync.transcripts.flow import TranscriptFlow

#: At the end the daemon waits so long for the disk (seconds); with the cycle's safe point it ends within 10 s (P8).
PATIENCE_AT_CLOSE = 1.5


@dataclass(frozen=True, slots=True)
class Clients:
    """The clients of both services, Deskie's budget and Chaport's pace."""

    deskie: Deskie
    chaport: Chaport
    budget: Budget
    pace: Pace

    async def aclose(self) -> None:
        """Close the connections."""
        await self.deskie.aclose()
        await self.chaport.aclose()


@dataclass(frozen=True, slots=True)
class App:
    """The parts of one run of the daemon; a flow that is switched off is None, and `chance` gives all jitter."""

    settings: Settings
    clock: Clock
    clients: Clients
    store: Store
    clocks: ServiceClocks
    statuses: StatusFlow | None
    transcripts: TranscriptFlow | None
    replies: ReplyFlow | None
    spending: Spending
    chance: random.Random

    @property
    def flows(self) -> tuple[Flow, ...]:
        """Return the flows that are switched on."""
        return tuple(flow for flow in (self.statuses, self.transcripts, self.replies) if flow is not None)

    async def aclose(self) -> None:
        """Close the connections and the state file; if the disk is too slow, the next start tidies the state file."""
        with suppress(StoreError):  # the flows have logged that the disk refuses
            self.spending.note()
        await self.clients.aclose()
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE_AT_CLOSE):
                await self.clock.beside(self.store.close)


def build(
    settings: Settings,
    clock: Clock,
    *,
    dry_run: bool = False,
    environ: Mapping[str, str] = os.environ,
    over: Carrier | None = None,
    chance: random.Random | None = None,
    lock: Lock | None = None,
    store: Store | None = None,
) -> App:
    """Build the daemon; a dry run writes to neither API, takes no lock, and leaves nothing behind.

    `environ` may name the state file. In tests `over` carries the requests instead of the network, and `chance` gives
    all jitter. A caller that holds the `lock` of the state file already also releases it. A `store` that is open
    already, such as one on a log, is used instead of the state file.

    Raises:
        StoreError: The state file cannot be used, is in use, or belongs to other accounts.
    """
    chance = chance or random.Random()  # noqa: S311 - jitter needs no secrecy
    store = store or open_store(settings, dry_run=dry_run, environ=environ, lock=lock)
    try:
        return _build_on(store, settings, clock, chance, dry_run=dry_run, over=over)
    except BaseException:
        store.close()
        raise


def _build_on(
    store: Store,
    settings: Settings,
    clock: Clock,
    chance: random.Random,
    *,
    dry_run: bool,
    over: Carrier | None,
) -> App:
    clients = connect_both(
        settings,
        clock,
        dry_run=dry_run,
        over=over,
        chance=chance,
        settle=partial(clock.beside, store.connection.sync),
        ensure_held=store.connection.ensure_held,
    )
    spending = Spending(store, clock, clients.budget, clients.pace)
    services = Services(clients.deskie, clients.chaport, store, clock, chance, OtherInstance(store))
    statuses = transcripts = replies = None
    if settings.status.enabled:
        statuses = StatusFlow(services, status_rules(settings))
    if settings.transcripts.enabled:
        transcripts = TranscriptFlow(services, transcript_rules(settings))
        if settings.replies.enabled:
            # A copy draws the number, so that the pauses are the same at the first start and at later ones.
            store.mark_answers(f"{copy(chance).getrandbits(32):08x}", clock.now())
            replies = ReplyFlow(services, reply_rules(settings))
    if replies is None and (look := store.marks.get(RepliesLook)).since is not None:
        # Replies are off: the answers of this time are not sent when replies are switched on again (R5).
        store.marks.put(replace(look, since=None))
    there = {"Deskie": clients.deskie.clock_there, "Chaport": clients.chaport.clock_there}
    clocks = ServiceClocks(there, store, clock)
    return App(settings, clock, clients, store, clocks, statuses, transcripts, replies, spending, chance)


def connect_both(
    settings: Settings,
    clock: Clock,
    *,
    dry_run: bool = False,
    over: Carrier | None = None,
    chance: random.Random | None = None,
    heard: Callable[[str, Encryption], object] | None = None,
    settle: Callable[[], Awaitable[None]] | None = None,
    ensure_held: Callable[[], None] = lambda: None,
    gate: Gate | None = None,
) -> Clients:
    """Return both clients; nothing is sent yet.

    `heard` is called at each answer with the service and its connection's encryption; `settle` and `ensure_held`: see
    `Transport`. Each request and answer passes the `gate`.
    """
    presence, poll = presence_rules(settings), settings.status.poll
    budget = Budget(
        settings.deskie.requests_per_minute,
        clock,
        presence.patience_with_deskie(poll),
        reserve=settings.status.enabled,
    )
    pace = Pace(settings.chaport.requests_per_second, clock, presence.patience_with_chaport(poll))
    transport = partial(
        Transport, clock=clock, settle=settle, ensure_held=ensure_held, read_only=dry_run, chance=chance
    )
    key = deskie_api.credentials(settings.deskie.email, settings.deskie.api_key.get_secret_value())
    token = chaport_api.credentials(settings.chaport.token.get_secret_value())
    deskie = transport(
        "Deskie",
        f"{settings.deskie.url}/api",
        connect(settings.deskie.url, key, over, partial(heard, "Deskie") if heard else None),
        budget,
        error_words=deskie_wire.error_words,
        credentials_from=settings.credentials.get("Deskie", ""),
        gate=gate,
    )
    chaport = transport(
        "Chaport",
        f"{settings.chaport.url}/api/v1",
        connect(settings.chaport.url, token, over, partial(heard, "Chaport") if heard else None),
        pace,
        error_words=chaport_wire.error_words,
        credentials_from=settings.credentials.get("Chaport", ""),
        gate=gate,
    )
    return Clients(
        (DryDeskie if dry_run else Deskie)(deskie),
        (DryChaport if dry_run else Chaport)(
            chaport,
            Dialect(settings.chaport.invisible_word, settings.chaport.lifetime_field, settings.chaport.external_id),
        ),
        budget,
        pace,
    )


def secrets(settings: Settings) -> tuple[str, ...]:
    """Return every form in which a secret could reach a log (P6)."""
    key, token = settings.deskie.api_key.get_secret_value(), settings.chaport.token.get_secret_value()
    basic = deskie_api.credentials(settings.deskie.email, key)["Authorization"].removeprefix("Basic ")
    ping = settings.health.ping_url.get_secret_value()
    web = settings.web.password.get_secret_value()
    others = (token, ping, web, *settings.cluster.secrets, *settings.notify.addresses)
    return (*others, key, basic) if key else others
