"""What is recorded is what is read, for every record and whatever is in it (P1, P7)."""

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from chaport_sync.core.ledger import Line, LineState, done
from chaport_sync.core.statuses.lease import OperatorState
from chaport_sync.core.transcripts.chats import CaseState, ChatState
from chaport_sync.store import Store
from tests.store.stores import KEPT, chat, line, opened, records, texts


def memory() -> Store:
    """Return a store without a file."""
    with TemporaryDirectory() as folder:
        return Store.copy_of(Path(folder) / "state.db")


@settings(max_examples=60, deadline=None)
@given(records(OperatorState))
def test_operators(state: OperatorState) -> None:
    """S4, S5: times, verdicts and overrides are kept over restarts as they are."""
    store = memory()
    store.statuses.record_operators([state])
    assert store.statuses.operators() == {state.operator_id: state}
    store.close()


@settings(max_examples=60, deadline=None)
@given(records(ChatState), records(CaseState), st.booleans())
def test_chats_and_cases(state: ChatState, case: CaseState, known: bool) -> None:  # noqa: FBT001
    """P1: a chat and its case, whether or not they were known."""
    store = memory()
    if known:
        store.transcripts.record(ChatState(*state.key), case=CaseState(case.id))
    store.transcripts.record(state, case=case)
    assert store.transcripts.chat(state.key) == state
    assert store.transcripts.case(case.id) == case
    store.close()


@settings(max_examples=60, deadline=None)
@given(records(Line), texts, texts)
def test_lines(state: Line, visitor_id: str, chat_id: str) -> None:
    """P1: a line of a chat, whatever the ids of both."""
    store, key = memory(), (visitor_id, chat_id)
    store.transcripts.record(ChatState(*key), [state])
    assert store.transcripts.open_lines(key) == ([] if state.state is LineState.DONE else [state])
    assert store.transcripts.known_events(key) == {state.event_id}
    assert store.transcripts.last_seq(key) == state.seq
    assert store.counts.lines() == {state.state: 1}
    store.close()


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(KEPT).flatmap(records), texts)
def test_marks(mark: object, of: str) -> None:
    """P7: each small record, once or once of something, whatever is in it."""
    store = memory()
    store.record(chat(), marks=[mark])
    store.marks.put(mark, of=of)
    assert (store.marks.find(type(mark)), store.marks.find(type(mark), of)) == (mark, mark)
    store.close()


def test_texts_are_kept_no_longer_than_needed(tmp_path: Path) -> None:
    """P6: what is displayed in Deskie is no longer in the file, once it has been written anew."""
    path = tmp_path / "state.db"
    with opened(path) as store:
        store.transcripts.record(chat(), [line(text="my password is hunter2")])
        store.transcripts.record(chat(), done(store.transcripts.open_lines(("v", "1"))))
        assert store.connection.all("SELECT text FROM lines")[0]["text"] == ""


def test_a_damaged_line_keeps_no_other_from_being_read(tmp_path: Path) -> None:
    """P3: it is left aside, in its chat as well as in its case."""
    with opened(tmp_path / "state.db") as store:
        store.transcripts.record(chat(case_id="2001"), [line("e1"), line("e2")])
        store.connection._sqlite.execute("UPDATE lines SET state = 'nev' WHERE event_id = 'e1'")
        assert [each.event_id for each in store.transcripts.open_lines(("v", "1"))] == ["e2"]
        assert [(key, each.event_id) for key, each in store.transcripts.lines_in("2001")] == [(("v", "1"), "e2")]
        assert len(store.connection.damaged) == 1
