"""The figures of several accounts in one `/metrics`: few of each, the rest of all together."""

from dataclasses import replace

from prometheus_client import generate_latest

from chaport_sync.core.transcripts.turns import Lateness, Work
from chaport_sync.monitoring.metrics import Metrics
from chaport_sync.monitoring.monitor import Monitor
from tests.replies.answering import answering
from tests.scraping import Samples, samples_in
from tests.statuses.steps import OFFLINE, polls
from tests.world import World

NAMES = ("acme", "beta")


def shown(metrics: Metrics) -> Samples:
    """Return the figures."""
    return samples_in(generate_latest(metrics.registry).decode())


def watched(world: World, metrics: Metrics) -> list[Monitor]:
    """Return the monitors of two accounts, which see the same."""
    flows = [flow.name for flow in world.app.flows]
    return [Monitor(world.app.store, world.clock, flows, account=name, metrics=metrics) for name in NAMES]


async def test_what_all_have_together(world: World) -> None:
    """T7: figures are added; the daemon is as late as it is with whoever waits longest, in any account."""
    await world.start()
    metrics = Metrics()
    report = await world.transcripts()
    for monitor, seconds in zip(watched(world, metrics), (90.5, 30.0), strict=True):
        late = {work: Lateness(seconds, 12) for work in Work}
        monitor.cycled("transcripts", replace(report, late=late), 0.25)
    found = shown(metrics)
    assert [found[f"{work}_late_seconds",] for work in Work] == [90.5, 90.5]
    assert [found["visitors_waiting", work] for work in Work] == [24, 24]
    assert found["cycle_duration_seconds_sum", "transcripts"] == 0.5
    assert found["chats", "remembered"] == 0


async def test_each_one_is_told_when_its_chat_is_off_the_website(world: World) -> None:
    """S1: that nobody is online matters in each account; the other statuses are added."""
    world.pair("Ann")
    world.pair("Bob", OFFLINE)
    await world.start()
    metrics = Metrics()
    acme, beta = watched(world, metrics)
    report = await polls(world)
    acme.cycled("statuses", report, 0.5)
    nobody = replace(report, operators=dict.fromkeys(report.operators, "offline"))
    beta.cycled("statuses", nobody, 0.5)
    found = shown(metrics)
    assert (found["operators", "acme", "online"], found["operators", "beta", "online"]) == (1, 0)
    assert (found["operators", "offline"], ("operators", "online") in found) == (3, False)


async def test_few_series_for_each(world: World) -> None:
    """P10: an account has its own where an alert has to name it: nine series with all flows, so a thousand are read."""
    await answering(world, "status.enabled = true")
    metrics = Metrics()
    for monitor in watched(world, metrics):
        monitor.cycled("statuses", await polls(world), 0.5)
        monitor.cycled("transcripts", await world.transcripts(), 0.5)
        assert world.app.replies is not None
        monitor.cycled("replies", await world.app.replies.cycle(), 0.5)
    found = shown(metrics)
    own = sorted(
        (name, *labels) for name, account, *labels in (key for key in found if len(key) > 1) if account == "acme"
    )
    flows = ("replies", "statuses", "transcripts")
    assert own == [
        ("deliveries", "parked"),
        *(("flow_last_success_timestamp_seconds", flow) for flow in flows),
        *(("flow_up", flow) for flow in flows),
        ("operators", "online"),
        ("replies", "parked"),
    ]
    assert (found["deliveries", "waiting"], found["replies", "waiting"]) == (0, 0)


async def test_a_flow_that_one_account_has_switched_off(world: World) -> None:
    """P4: nothing is told of it, and the other account's figures stay."""
    await world.start()
    metrics = Metrics()
    for monitor in watched(world, metrics):
        monitor.cycled("statuses", await polls(world), 0.5)
        monitor.cycled("transcripts", await world.transcripts(), 0.5)
    Monitor(world.app.store, world.clock, ["statuses"], account="acme", metrics=metrics)
    found = shown(metrics)
    assert {key[1:] for key in found if key[0] == "flow_up"} == {
        ("acme", "statuses"),
        ("beta", "statuses"),
        ("beta", "transcripts"),
    }
