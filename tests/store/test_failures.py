"""A disk that refuses: an error with path and advice, nothing half recorded, and nothing sent that was not (P1, P7)."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from chaport_sync.core.ledger import LineState
from chaport_sync.core.model import OwnAgent
from chaport_sync.core.statuses.lease import OperatorState
from chaport_sync.store import Store, StoreError
from chaport_sync.store.statuses import Statuses
from chaport_sync.store.transcripts import Transcripts
from tests.store.stores import chat, full_disk, line, opened
from tests.world import World


def damaged(path: Path) -> None:
    """Make a file that is no database."""
    path.write_bytes(b"SQLite format 3\x00" + b"\x00garbage" * 500)


def half(path: Path) -> None:
    """Make a file of which the second half is lost."""
    with opened(path) as store:
        for number in range(100):
            store.marks.put(OwnAgent("x" * 500), of=str(number))
    path.write_bytes(path.read_bytes()[:6000])


def text(path: Path) -> None:
    """Make a file of somebody's words."""
    path.write_text("this is not a state file\n" * 100)


def directory(path: Path) -> None:
    """Make a directory in its place."""
    path.mkdir()


def use(path: Path) -> None:
    """Open a file, read it and write into it."""
    with opened(path) as store:
        store.marks.get(OwnAgent)
        store.forget(5.0, 5.0)
        store.marks.put(OwnAgent("x" * 5000))


NOT_OURS = "set [state] path to another one, or if it was one move it away"
NOT_USABLE = "check its disk and its permissions"
NO_FILE = "something that is no file is there; set [state] path to a place that can be written"


@pytest.mark.parametrize(
    ("make", "advice"), [(damaged, NOT_OURS), (half, NOT_USABLE), (text, NOT_OURS), (directory, NO_FILE)]
)
def test_what_is_no_state_file(tmp_path: Path, make: Callable[[Path], None], advice: str) -> None:
    """P7: the message says which file, why and what to do; nobody is told to move away a file of another kind."""
    path = tmp_path / "state.db"
    make(path)
    with pytest.raises(StoreError) as raised:
        use(path)
    assert str(path) in str(raised.value)
    assert advice in str(raised.value)


@pytest.mark.parametrize("make", [damaged, text])
def test_what_cannot_be_copied(tmp_path: Path, make: Callable[[Path], None]) -> None:
    """P7: a dry run says the same."""
    path = tmp_path / "state.db"
    make(path)
    with pytest.raises(StoreError, match=str(path)):
        Store.copy_of(path)


@pytest.mark.parametrize(
    ("place", "why"),
    [
        ("/proc/nope/state.db", "/proc cannot hold it: No such file or directory"),
        ("/dev/null/state.db", "/dev/null is not a directory"),
    ],
)
def test_a_place_where_none_can_be_made(place: str, why: str) -> None:
    """P7: where there is no file none is damaged; for root as for anybody, in the words of `check`."""
    with pytest.raises(StoreError) as raised:
        Store.open(Path(place))
    assert str(raised.value) == (
        f"the state file {place} cannot be made: {why}; set [state] path to a place that can be written"
    )


@pytest.mark.parametrize(
    "act",
    [
        lambda store: store.marks.put(OwnAgent("x" * 100_000)),
        lambda store: store.transcripts.record(chat(), [line(text="x" * 100_000)]),
        lambda store: store.record_reading(chat(), [line(text="x" * 100_000)]),
        lambda store: store.statuses.record_operators([OperatorState("o" * 100_000)]),
    ],
)
def test_a_full_disk(tmp_path: Path, act: Callable[[Store], object]) -> None:
    """P1: what does not fit raises, and nothing of it is recorded; with room again it is."""
    path = tmp_path / "state.db"
    with opened(path) as store:
        store.transcripts.record(chat("before"))
        with full_disk(), pytest.raises(StoreError, match=str(path)):
            act(store)
        assert store.transcripts.chat(("v", "1")) is None
        assert store.statuses.operators() == {}
        assert store.marks.find(OwnAgent) is None
        act(store)
        assert store.transcripts.chat(("before", "1")) is not None


def test_a_file_that_may_not_grow(tmp_path: Path) -> None:
    """P1: the same by SQLite's own limit: the transaction that fails is undone as a whole."""
    with opened(tmp_path / "state.db") as store:
        (pages,) = store.connection._sqlite.execute("PRAGMA page_count").fetchone()
        store.connection._sqlite.execute(f"PRAGMA max_page_count = {pages}")
        lines = [line(f"e{number}", text="x" * 1000) for number in range(50)]
        with pytest.raises(StoreError, match="full"):
            store.record_reading(chat(), lines)
        assert store.transcripts.chat(("v", "1")) is None
        assert store.counts.lines() == {}


def test_a_read_only_file(tmp_path: Path) -> None:
    """P1: what may not be written raises before anybody could act on it."""
    with opened(tmp_path / "state.db") as store:
        store.connection._sqlite.execute("PRAGMA query_only = ON")
        with pytest.raises(StoreError, match=r"readonly|read-only"):
            store.transcripts.record(chat())
        assert store.transcripts.chat(("v", "1")) is None


def test_a_closed_store(tmp_path: Path) -> None:
    """P8: a cycle that outlives its store fails like one whose disk failed, and does not crash."""
    store = Store.open(tmp_path / "state.db")
    store.close()
    with pytest.raises(StoreError):
        store.marks.get(OwnAgent)


def test_a_time_that_is_none_is_not_swallowed(tmp_path: Path) -> None:
    """P1: only a line that is known already is ignored; one that cannot be recorded is an error."""
    with opened(tmp_path / "state.db") as store:
        broken = line("e2")
        object.__setattr__(broken, "at", float("nan"))
        with pytest.raises(StoreError):
            store.record_reading(chat(), [line("e1"), broken])
        assert store.counts.lines() == {}


def fill_up(part: Statuses | Transcripts, method: str, when: Callable[[Any], bool]) -> Callable[[], None]:
    """Let the disk be full from the first call of a method on whose records `when` is true; give what makes room."""
    original = getattr(part, method)

    def checked(*arguments: Any, **more: Any) -> Any:
        if any(when(record) for argument in arguments if isinstance(argument, list | tuple) for record in argument):
            part._file._sqlite.execute("PRAGMA query_only = ON")
        return original(*arguments, **more)

    def make_room() -> None:
        setattr(part, method, original)
        part._file._sqlite.execute("PRAGMA query_only = OFF")

    setattr(part, method, checked)
    return make_room


async def test_a_status_that_cannot_be_recorded_is_not_sent(world: World) -> None:
    """P1: nothing is written to Chaport before it was recorded; when the disk has room again, all is well."""
    _, operator = world.pair()
    app = await world.start()
    make_room = fill_up(app.store.statuses, "record_operators", lambda state: bool(state.attempted))
    with pytest.raises(StoreError, match="readonly"):
        await world.statuses()
    assert world.writes("chaport") == []
    make_room()
    await world.statuses()
    assert world.chaport.status_of(operator) == "online"


async def test_a_status_whose_success_cannot_be_recorded(world: World) -> None:
    """P1, S5: a disk that fills up between sending and recording: the status is known as possibly ours."""
    world.pair()
    app = await world.start()
    record, calls = app.store.statuses.record_operators, 0

    def fail_after_sending(*states: object, **more: object) -> None:
        nonlocal calls
        calls += 1
        if world.writes("chaport"):
            raise StoreError("full")
        record(*states, **more)  # type: ignore[arg-type]

    app.store.statuses.record_operators = fail_after_sending  # type: ignore[method-assign]
    with pytest.raises(StoreError):
        await world.statuses()
    assert len(world.writes("chaport")) == 1
    await world.start()
    world.wait(15)
    await world.statuses()
    assert world.events("status.manual") == []


@pytest.mark.parametrize("words", [1, 2], ids=["the opening of a case", "a message in a case"])
async def test_a_delivery_that_cannot_be_recorded_is_not_sent(world: World, words: int) -> None:
    """P1: nothing is written to Deskie before it was recorded; with room again it is delivered, once."""
    world.pair("Ann")
    chat_ = world.chaport.start_chat(world.chaport.add_visitor("Mary", "mary@mail.example"))
    app = await world.start("status.enabled = false")
    said = [f"Hello {number}" for number in range(words)]
    for text_ in said[:-1]:
        world.chaport.visitor_says(chat_, text_)
        await world.run(60)
    world.sandbox.forget_requests()
    make_room = fill_up(app.store.transcripts, "record", lambda record: record.state is LineState.SENDING)
    world.chaport.visitor_says(chat_, said[-1])
    with pytest.raises(StoreError, match="readonly"):
        await world.run(60)
    assert world.writes("deskie") == []
    make_room()
    await world.run(120)
    assert world.thread() == [("customer", each) for each in said]
