"""What the stories about statuses have in common: who is where, and what was sent."""

from typing import Any

from chaport_sync.sandbox.chaport.records import Operator
from chaport_sync.sync.statuses.report import StatusReport
from tests.world import World

ONLINE, OFFLINE, WITHOUT_CHATS = 1, 2, 3
TRAINING, LUNCH = 113808, 120273
POLL, GRACE, LEASE, HOLD, DAY = 15, 180, 600, 1800, 86400
#: for stories that last: fewer polls, each as long as eight
SLOWLY = "status.poll = 120"


async def polls(world: World, times: int = 1, *, every: float | None = None) -> StatusReport:
    """Let so many polls of the status flow pass, and return the last one's report."""
    for _ in range(times):
        world.wait(world.app.settings.status.poll if every is None else every)
        report = await world.statuses()
    return report


async def polls_for(world: World, seconds: float) -> StatusReport:
    """Let the polls of so many seconds pass, and return the last one's report."""
    return await polls(world, int(seconds // world.app.settings.status.poll))


async def until_good(world: World) -> None:
    """Let polls pass until one is good."""
    while not (await polls(world)).good:
        pass


async def settled(world: World, *lines: str) -> None:
    """Start the daemon and let it have two good polls."""
    await world.start("transcripts.enabled = false", *lines)
    await world.statuses()
    await polls(world)
    world.sandbox.forget_requests()


def shown(world: World, *operators: Operator) -> list[str]:
    """Return the statuses of these operators as Chaport has them now, all of them if none is named."""
    return [world.chaport.status_of(operator) for operator in operators or world.chaport.operators]


def sent(world: World, operator: Operator | None = None) -> list[dict[str, Any]]:
    """Return the bodies of the statuses that were sent, lost ones included, of one operator or of all."""
    prefix = f"/api/v1/operators/{operator.id}/" if operator else "/api/v1/operators/"
    return [request.body for request in world.sandbox.requests_of("chaport", "POST", prefix)]


def moments(world: World, operator: Operator | None = None) -> list[float]:
    """Return the moments of those, in Unix seconds."""
    prefix = f"/api/v1/operators/{operator.id}/" if operator else "/api/v1/operators/"
    return [request.at.timestamp() for request in world.sandbox.requests_of("chaport", "POST", prefix)]


def path_of(operator: Operator) -> str:
    """Return the expression for faults that strike what is sent to one operator."""
    return f"/operators/{operator.id}/status$"
