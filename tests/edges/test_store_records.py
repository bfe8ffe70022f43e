"""What is recorded is what is read, for every record and whatever is in it (P1, P7)."""

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from chaport_sync.core.chats import CaseState, ChatState
from chaport_sync.core.delivery import Line, LineState, done, parked
from chaport_sync.core.lease import OperatorState
from chaport_sync.store import Store
from tests.edges.stores import chat, line, opened, records, texts

json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)


def memory() -> Store:
    """Give a store without a file."""
    with TemporaryDirectory() as folder:
        return Store.copy_of(Path(folder) / "state.db")


@settings(max_examples=60, deadline=None)
@given(records(OperatorState))
def test_operators(state: OperatorState) -> None:
    """S4, S5: times, verdicts and overrides are kept over restarts as they are."""
    store = memory()
    store.record_operators([state])
    assert store.operators() == {state.operator_id: state}
    store.close()


@settings(max_examples=60, deadline=None)
@given(records(ChatState), records(CaseState), st.booleans())
def test_chats_and_cases(state: ChatState, case: CaseState, known: bool) -> None:  # noqa: FBT001
    """P1: a chat and its case, whether or not they were known."""
    store = memory()
    if known:
        store.record(ChatState(*state.key), case=CaseState(case.id))
    store.record(state, case=case)
    assert store.chat(state.key) == state
    assert store.case(case.id) == case
    store.close()


@settings(max_examples=60, deadline=None)
@given(records(Line), texts, texts)
def test_lines(state: Line, visitor_id: str, chat_id: str) -> None:
    """P1: a line of a chat, whatever the ids of both."""
    store, key = memory(), (visitor_id, chat_id)
    store.record(ChatState(*key), [state])
    assert store.open_lines(key) == ([] if state.state is LineState.DONE else [state])
    assert store.known_events(key) == {state.event_id}
    assert store.last_seq(key) == state.seq
    assert store.count_lines() == {state.state: 1}
    store.close()


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.text(min_size=1), json, min_size=1, max_size=4))
def test_remembered_values(values: dict[str, object]) -> None:
    """P7: anything that JSON can say, by name, with a default for what is not known."""
    store = memory()
    store.remember(**values)
    store.record(chat(), more=1)
    assert {key: store.recall(key) for key in values if key != "more"} == {
        key: value for key, value in values.items() if key != "more"
    }
    assert store.recall("never said", "default") == "default"
    store.close()


def test_known_lines_are_not_added_again(tmp_path: Path) -> None:
    """P1: an event is one line for ever; reading it again changes neither its place nor what became of it."""
    with opened(tmp_path / "state.db") as store:
        assert store.record_reading(chat(), [line("a"), line("b", 0), line("b", 1)]) == 3
        first, *_ = store.open_lines(("v", "1"))
        store.record(chat(), done([first]))
        assert store.record_reading(chat(), [line("a"), line("b", 0), line("c"), line("b", 1)]) == 1
        assert [(each.key, each.seq) for each in store.open_lines(("v", "1"))] == [
            (("b", 0), 2),
            (("b", 1), 3),
            (("c", 0), 4),
        ]


def test_lines_of_another_chat(tmp_path: Path) -> None:
    """T7: chat ids are unique only per visitor; events of two chats do not meet."""
    with opened(tmp_path / "state.db") as store:
        for key in (("v", "1"), ("v", "2"), ("w", "1")):
            assert store.record_reading(chat(*key), [line("a", text=str(key))]) == 1
        assert [each.text for each in store.open_lines(("w", "1"))] == ["('w', '1')"]
        assert store.newest_chat("v") == "2"
        store.record_reading(chat("v", "10"), [])
        assert store.newest_chat("v") == "10"
        assert store.newest_chat("nobody") is None


def test_recording_a_chat_again_keeps_its_lines(tmp_path: Path) -> None:
    """P1: a chat's row is updated, not replaced, which would take its lines along."""
    with opened(tmp_path / "state.db") as store:
        store.record(chat(), [line()])
        store.record(chat(closed=True, attention_at=5.0))
        assert len(store.open_lines(("v", "1"))) == 1


def test_what_is_due(tmp_path: Path) -> None:
    """T7: chats by the time at which they are due, those without one never."""
    with opened(tmp_path / "state.db") as store:
        for name, due in (("late", 30.0), ("soon", 10.0), ("never", None), ("future", 99.0)):
            store.record(chat(name, next_read_at=due, attention_at=due))
        assert store.visitors_to_read(50.0) == ["soon", "late"]
        assert [each.visitor_id for each in store.chats_to_tend(50.0)] == ["soon", "late"]


def test_released_operators_are_forgotten(tmp_path: Path) -> None:
    """S3: a pair that ended leaves nothing behind."""
    with opened(tmp_path / "state.db") as store:
        store.record_operators([OperatorState("a"), OperatorState("b")])
        store.record_operators([OperatorState("a", written="online")], released=["b", "c"])
        assert store.operators() == {"a": OperatorState("a", written="online")}


def test_parked_lines_are_made_due(tmp_path: Path) -> None:
    """P3: `retry` marks what is parked, and nothing else, as due."""
    with opened(tmp_path / "state.db") as store:
        store.record(
            chat("v"), [parked(line("a"), "rejected", 5.0), line("b", state=LineState.SENDING, not_before=9.0)]
        )
        store.record(chat("w"), [line("c")])
        assert store.retry_parked() == 1
        assert [(each.event_id, each.not_before) for each in store.open_lines(("v", "1"))] == [("a", 0.0), ("b", 9.0)]
        assert [each.visitor_id for each in store.chats_to_tend(0.0)] == ["v"]


def test_texts_are_kept_no_longer_than_needed(tmp_path: Path) -> None:
    """P6: what is displayed in Deskie is no longer in the file, once it has been written anew."""
    path = tmp_path / "state.db"
    with opened(path) as store:
        store.record(chat(), [line(text="my password is hunter2")])
        store.record(chat(), done(store.open_lines(("v", "1"))))
        assert store._all("SELECT text FROM lines")[0]["text"] == ""
