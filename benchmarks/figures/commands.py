"""How long commands take that read the state file, with 100,000 chats in it, against none; told without a goal."""

import time
from collections.abc import Iterator
from functools import partial

from click.testing import CliRunner

from benchmarks.remembered import remember
from benchmarks.row import Row
from benchmarks.worlds import in_a_world
from chaport_sync.cli.main import app
from tests.world import World

CHATS, TIMES = 100_000, 3
COMMANDS = (("status",), ("explain", "Ann"), ("history",))


def rows(*, small: bool) -> Iterator[Row]:
    """Measure the processor time of each, once its modules are imported."""
    chats = 10 if small else CHATS
    with_none, with_many = (in_a_world(partial(milliseconds, chats=number)) for number in (0, chats))
    for command, ours in with_many.items():
        yield Row(f"`{command}` with {chats:,} chats", ours, "ms", with_none[command], "with none")


async def milliseconds(world: World, chats: int) -> dict[str, float]:
    """Return what each command takes, beside a daemon."""
    world.pair("Ann")
    await world.start()
    await world.statuses()
    remember(world.app.store, chats, world.now())
    run = partial(CliRunner().invoke, app, catch_exceptions=False)
    found = {}
    for command in COMMANDS:
        taken = []
        for _ in range(TIMES):
            began = time.process_time()
            run(["--config", str(world.folder / "config.toml"), *command])
            taken.append(time.process_time() - began)
        found[command[0]] = 1000 * min(taken)
    return found
