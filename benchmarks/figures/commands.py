"""How long commands take that read the state file, with much in it, against none; told without a goal."""

import time
from collections.abc import Iterator
from functools import partial

from click.testing import CliRunner

from benchmarks.remembered import remember, remember_changes
from benchmarks.row import Row
from benchmarks.worlds import in_a_world
from chaport_sync.cli.main import app
from tests.world import World

CHATS, OPERATORS, CHANGES, TIMES = 100_000, 500, 20_000, 3
COMMANDS = (("status",), ("explain", "Ann"), ("history",), ("timeline",), ("chats",))


def rows(*, small: bool) -> Iterator[Row]:
    """Measure the processor time of each, once its modules are imported."""
    chats, operators, changes = (10, 2, 10) if small else (CHATS, OPERATORS, CHANGES)
    with_none = in_a_world(partial(milliseconds, chats=0, operators=0, changes=0))
    for what, found in (
        (f"{chats:,} chats", in_a_world(partial(milliseconds, chats=chats, operators=0, changes=0))),
        (
            f"{operators} operators and {changes:,} changes",
            in_a_world(partial(milliseconds, chats=0, operators=operators, changes=changes)),
        ),
    ):
        for command, ours in found.items():
            yield Row(f"`{command}` with {what}", ours, "ms", with_none[command], "with none")


async def milliseconds(world: World, chats: int, operators: int, changes: int) -> dict[str, float]:
    """Return what each command takes, beside a daemon."""
    world.pair("Ann")
    await world.start()
    await world.statuses()
    # The commands go by the real clock, and by default tell of the last day or week.
    remember(world.app.store, chats, time.time())
    remember_changes(world.app.store, operators, changes, time.time())
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
