"""Records of statuses as a daemon leaves them, at moments of one's own."""

from chaport_sync.core.model import Person, Verdict
from chaport_sync.core.statuses.history import AgentSeen, OperatorSeen, StatusChange
from chaport_sync.core.statuses.lease import OperatorState
from chaport_sync.monitoring.monitor import Pulse
from tests.world import World

LEFT, CAME = "its agents left, and the grace is over", "its agents count as online"
HOUR = 3600.0


async def at_work(world: World, *lines: str) -> None:
    """Let a daemon be at work that has found nobody yet."""
    await world.start("transcripts.enabled = false", *lines)
    note_poll(world)


def note_poll(world: World) -> None:
    """Let a good poll have been recorded just now."""
    Pulse(world.app.store, world.clock).note("statuses", (), good=True)


def record(
    world: World, name: str, *steps: tuple[float, str], agent: str = "", by_hand: bool = False, gone: bool = False
) -> None:
    """Record an operator that took each status so many hours ago, offline before, as `agent` or its namesake asks."""
    operator = Person(f"op-{name}", name, f"{name.split(maxsplit=1)[0].lower()}@acme.example")
    driver = Person(f"agent-{agent or name}", agent or name)
    changes, before = [], "offline"
    for ago, after in steps:
        at = world.now() - ago * HOUR
        why = ("S4", LEFT) if after == "offline" else ("S2", CAME)
        changes.append(StatusChange(at, *operator, before, after, (driver,), *why, by_hand=by_hand))
        before = after
    since = changes[-1].at if changes else world.now() - 9 * 24 * HOUR
    seen = OperatorSeen(*operator, before, since, (driver.id,), "S6", "its agents ask for it")
    lease = world.now() + 600
    state = OperatorState(operator.id, Verdict(before), written=before, written_at=since, lease_until=lease)
    statuses = world.app.store.statuses
    statuses.record_operators([] if gone else [state], (), changes, [] if gone else [seen])
    statuses.record_seen([AgentSeen(*driver, "1", since, "online")], ())


def only_line(lines: list[str], begin: str) -> str:
    """Return the only line that begins so."""
    (line,) = (line for line in lines if line.startswith(begin))
    return line
