"""A damaged state file: one record is left aside, and what nobody can go on with ends in a message (P3, P7)."""

import random
from collections.abc import Callable
from contextlib import suppress

import pytest

from chaport_sync.cli.people import UnknownError
from chaport_sync.state_watch import StateWatch
from chaport_sync.store import StoreError
from tests.commands.asking import Asking
from tests.store.stores import opened
from tests.world import World, only

FLIPS = 12


async def lived(world: World) -> bytes:
    """Let people chat, come and go, and return the state file that is left."""
    for name in ("Ann", "Bob", "Clara"):
        agent, _ = world.pair(name)
    await world.start('transcripts.start = "2026-01-01"', "status.offline_grace = 0")
    for number in range(5):
        chat = world.chaport.start_chat(world.chaport.add_visitor(f"Mary {number}", f"mary{number}@mail.example"))
        for word in ("Hello", "Is anybody there?"):
            world.chaport.visitor_says(chat, word)
    await world.run(60)
    world.deskie.set_status(agent, 2)
    await world.run(60)
    await world.stop()
    return (world.folder / "state.db").read_bytes()


def commands(asking: Asking) -> list[Callable[[], object]]:
    """Return what administrators ask."""
    return [
        asking.status,
        asking.status_for_people,
        lambda: asking.explain("ann@acme.example"),
        lambda: asking.explain_for_people("Mary 1"),
        asking.history,
    ]


async def test_a_flipped_bit_ends_in_a_message(
    world: World, asking: Asking, capsys: pytest.CaptureFixture[str]
) -> None:
    """P7: wherever it is, commands say what to do or go on; so do the cycles of a daemon on this file."""
    content, chance, path = await lived(world), random.Random(1), world.folder / "state.db"
    for _ in range(FLIPS):
        damaged = bytearray(content)
        # Most of a file that small is empty.
        place = chance.choice([place for place in range(100, len(content)) if content[place]])
        damaged[place] ^= 1 << chance.randrange(8)
        path.write_bytes(damaged)
        for ask in commands(asking):
            with suppress(StoreError, UnknownError):
                ask()
            capsys.readouterr()
        with suppress(StoreError):
            await world.start()
            await world.run(60)
        await world.stop()


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE operators SET verdict = 'onlyne' WHERE operator_id = (SELECT min(operator_id) FROM operators)",
        "UPDATE operators SET overrides = '[' WHERE operator_id = (SELECT min(operator_id) FROM operators)",
        "UPDATE meta SET value = '{' WHERE key = 'Beat.statuses'",
        "UPDATE meta SET value = '{\"gooe_at\": 1}' WHERE key = 'Beat.statuses'",
        "UPDATE meta SET value = '5' WHERE key = 'VisitorOrder'",
        "UPDATE meta SET value = '{\"drivers\": {\"1\": 5}}' WHERE key = 'Pairs'",
        'UPDATE meta SET value = \'{"seconds": "x", "configured": 60}\' WHERE key = \'LeaseInForce\'',
        "UPDATE operators SET written = CAST(x'ff6f' AS TEXT)",
    ],
)
async def test_a_damaged_record_is_left_aside(world: World, asking: Asking, damage: str) -> None:
    """P3: it concerns that record; the daemon goes on with all others, and says so once."""
    await lived(world)
    with opened(world.folder / "state.db") as store:
        store.connection._sqlite.execute(damage)
    app = await world.start()
    await world.run(60)
    await StateWatch(app).look()
    assert all(world.chaport.status_of(each) == "online" for each in world.chaport.operators[:2])
    said = world.events("state.damaged")
    assert len(said) <= 1
    assert asking.status()["operators"]


async def test_a_damaged_line_is_not_shown_and_the_others_are(world: World) -> None:
    """P3: one line that cannot be read keeps no other from its case."""
    world.pair()
    chat = world.chaport.start_chat(world.chaport.add_visitor("Mary", "mary@mail.example"))
    app = await world.start()
    await world.run(20)
    world.sandbox.faults.add("error", side="deskie", times=None)
    for word in ("one", "two", "three"):
        world.chaport.visitor_says(chat, word)
    await world.run(60)
    app.store.connection._sqlite.execute("UPDATE lines SET state = 'nev' WHERE text = 'two'")
    world.sandbox.faults.clear()
    await world.run(700)
    assert "".join(text for _, text in world.thread()).count("one") == 1
    assert "three" in str(world.thread())
    watch = StateWatch(app)
    await watch.look()
    await watch.look()
    assert "line of chat" in only(world.events("state.damaged"))["record"]


@pytest.mark.parametrize(
    ("damage", "what"),
    [
        ("UPDATE operators SET verdict = 'onlyne'", "operator "),
        ("UPDATE operators_seen SET agents = '['", "operator as seen "),
        ("UPDATE cases SET openings = '['", "case "),
        ("UPDATE lines SET state = 'nev' WHERE seq = 1", "line of chat "),
        ("UPDATE meta SET value = '{' WHERE key = 'VisitorOrder'", "what is remembered as VisitorOrder"),
    ],
)
async def test_status_lists_what_is_left_aside(world: World, asking: Asking, damage: str, what: str) -> None:
    """P3: whoever asks need not search the log for it, and is told what to do."""
    await lived(world)
    assert asking.status()["damaged"] == []
    assert "aside" not in asking.status_for_people()[1]
    with opened(world.folder / "state.db") as store:
        store.connection._sqlite.execute(damage)
    found = asking.status()["damaged"]
    assert found
    assert all(each.startswith(what) for each in found)
    _, shown = asking.status_for_people()
    words = " ".join(shown.split())
    assert f"left aside: {', '.join(found[:3])}" in words
    assert "Check the disk" in words


@pytest.mark.parametrize("rules", ["{", "[]", '{"flows": ["statuses"], "polls": {}}'])
async def test_what_a_command_cannot_do_without(world: World, asking: Asking, rules: str) -> None:
    """P7: a command that cannot go on says which file is damaged and what to do; a start mends it."""
    await lived(world)
    with opened(world.folder / "state.db") as store:
        store.connection._sqlite.execute("UPDATE meta SET value = ? WHERE key = 'RulesInForce'", (rules,))
    for ask in commands(asking):
        with pytest.raises(StoreError, match=str(world.folder / "state.db")):
            ask()
    await world.start()
    asking.status()


async def test_a_file_that_was_removed_under_a_daemon(world: World, asking: Asking) -> None:
    """P7: what `status` says is not that the daemon was never started."""
    await world.start()
    (world.folder / "state.db").unlink()
    with pytest.raises(StoreError, match="was removed while a daemon uses it"):
        asking.status()
