"""What a daemon on the sandbox serves: with one account, and with several of which one does not run."""

import asyncio
from dataclasses import dataclass

from prometheus_client.parser import text_string_to_metric_families

from chaport_sync.app import App
from chaport_sync.monitoring.metrics import Metrics
from chaport_sync.monitoring.monitor import Monitor
from chaport_sync.monitoring.share import Share, ShareFigures
from tests.daemon.fleets import Fleet, fleet
from tests.daemon.running import running
from tests.deploy.files import Labels, Selector
from tests.docs.logged import LEVELS, told
from tests.scraping import get
from tests.world import World

EVERY_FLOW = ("replies.enabled = true",)


@dataclass(frozen=True)
class Series:
    """A series as Prometheus keeps it: labels that are empty are none."""

    name: str
    labels: Labels

    def __str__(self) -> str:
        return self.name + "{" + ",".join(f'{label}="{value}"' for label, value in self.labels.items()) + "}"


def unfound(selectors: set[Selector], series: list[Series]) -> set[str]:
    """Return those that find nothing, also with only one of the values that a matcher allows."""
    return {
        str(each)
        for selector in selectors
        for each in selector.alternatives()
        if not any(each.finds(one.name, one.labels) for one in series)
    }


async def of_one_account(world: World, port: int) -> list[Series]:
    """Return what a daemon with one account serves, after each event was logged once."""
    world.pair("Ann")
    metrics = Metrics()

    def monitor(app: App) -> Monitor:
        return Monitor(app.store, app.clock, [flow.name for flow in app.flows], metrics=metrics)

    async with running(world, *EVERY_FLOW, monitor=monitor, listen=("127.0.0.1", port), metrics=metrics):
        return await _scraped(port, metrics)


async def of_many_accounts(world: World, port: int) -> list[Series]:
    """Return what a worker serves with the accounts acme and beta, and with gamma, whose file has a mistake."""

    def prepare(found: Fleet) -> None:
        found.listen = ("127.0.0.1", port)
        found.add("acme", *EVERY_FLOW)
        found.add("beta", *EVERY_FLOW)
        found.rejected["gamma"] = ("gamma.toml: [deskie] email: is missing",)

    async with fleet(world, prepare) as found:
        found.metrics.registry.register(ShareFigures(Share))
        return await _scraped(port, found.metrics)


async def _scraped(port: int, metrics: Metrics) -> list[Series]:
    """Let a minute pass and log every event once, then ask for `/metrics`."""
    await asyncio.sleep(60)
    for place in told():
        for event in place.names:
            for level in [place.level] if place.level else LEVELS:
                metrics.count({"event": event, "level": level})
    families = text_string_to_metric_families(get(port, "/metrics")[1])
    return [
        Series(sample.name, {label: value for label, value in sample.labels.items() if value})
        for family in families
        for sample in family.samples
    ]
