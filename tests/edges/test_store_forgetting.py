"""The state file stays bounded: what is silent is forgotten, and never mirrored again (P7)."""

from pathlib import Path

from chaport_sync.core.chats import CaseState
from chaport_sync.core.delivery import done
from tests.edges.stores import chat, line, opened
from tests.world import World

DAY = 86_400.0


def test_silent_chats_are_forgotten_with_all_that_belongs_to_them(tmp_path: Path) -> None:
    """P7: lines go with their chat, a case with the last of its chats; others stay."""
    with opened(tmp_path / "state.db") as store:
        store.record(chat("old", last_event_at=10.0, case_id="7"), [line("a")], CaseState("7"))
        store.record(chat("new", last_event_at=20.0, case_id="8"), [line("b")], CaseState("8"))
        store.record(chat("both", last_event_at=20.0, case_id="7"))
        assert store.forget(20.0) == 1
        assert store.chat(("old", "1")) is None
        assert store.open_lines(("old", "1")) == []
        assert (store.case("7"), store.case("8")) == (CaseState("7"), CaseState("8"))
        assert store.forget(20.1) == 2
        assert (store.case("7"), store.case("8")) == (None, None)
        assert sum(store.count_lines().values()) == 0


def test_what_was_forgotten_stays_forgotten(tmp_path: Path) -> None:
    """P7: the threshold never goes back, not even when the clock does."""
    with opened(tmp_path / "state.db") as store:
        store.forget(20.0)
        store.forget(5.0)
        assert store.recall("forgotten_before") == 20.0


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
                store.record(chat(key, last_event_at=day * DAY, case_id=key), done(lines), CaseState(key))
            store.forget((day - 5) * DAY)
            store._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
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
    assert app.store.chat((mary.id, str(old.id))) is None
    assert world.thread() == [("customer", "Hello")]
    world.chaport.visitor_says(old, "Are you there?")
    await world.run(3 * 3600)
    assert world.thread(world.deskie.cases[0]) == [("customer", "Hello"), ("customer", "Are you there?")]
    await world.start("transcripts.poll = 500")
    await world.run(3 * 3600)
    assert len(world.deskie.cases) == 1
    assert len(world.thread()) == 2
