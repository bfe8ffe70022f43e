"""The state file stays bounded: what is silent is forgotten, and never mirrored again (P7)."""

from pathlib import Path

from chaport_sync.core.ledger import done
from chaport_sync.core.transcripts.chats import CaseState
from tests.store.stores import chat, line, opened
from tests.world import World

DAY = 86_400.0


def test_the_file_is_bounded(tmp_path: Path) -> None:
    """P7: years of chats need no more room than the days that are kept: freed pages are used again."""
    path = tmp_path / "state.db"
    sizes = []
    with opened(path) as store:
        for day in range(20):
            for number in range(5):
                key = f"visitor {day} {number}"
                lines = [line(f"e{place}", text="x" * 500) for place in range(10)]
                store.record_reading(chat(key, last_event_at=day * DAY, case_id=key), lines)
                store.transcripts.record(chat(key, last_event_at=day * DAY, case_id=key), done(lines), CaseState(key))
            store.forget((day - 5) * DAY, day * DAY)
            store.connection._sqlite.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            sizes.append(path.stat().st_size)
    assert max(sizes[8:]) <= sizes[8] * 1.25


async def test_a_forgotten_chat_is_not_mirrored_again(world: World) -> None:
    """P7: after `state.keep` days of silence a chat is forgotten; the sweep finds it and leaves it alone."""
    mary = world.chaport.add_visitor("Mary", "mary@mail.example")
    old = world.chaport.start_chat(mary)
    world.chaport.visitor_says(old, "Hello")
    app = await world.start("state.keep = 1", "status.enabled = false", "transcripts.poll = 1800")
    await world.run(3600)
    assert world.thread() == [("customer", "Hello")]
    await world.run(2.5 * DAY)
    assert app.store.transcripts.chat((mary.id, str(old.id))) is None
    assert world.thread() == [("customer", "Hello")]
    world.chaport.visitor_says(old, "Are you there?")
    await world.run(3 * 3600)
    assert world.thread(world.deskie.cases[0]) == [("customer", "Hello"), ("customer", "Are you there?")]
    await world.start("transcripts.poll = 500")
    await world.run(3 * 3600)
    assert len(world.deskie.cases) == 1
    assert len(world.thread()) == 2
