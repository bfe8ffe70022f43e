"""State files and records for the tests of the store."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import is_dataclass
from enum import Enum
from pathlib import Path
from resource import RLIMIT_FSIZE, getrlimit, setrlimit
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from chaport_sync.core.health import Beat
from chaport_sync.core.ledger import Line
from chaport_sync.core.model import Author, OwnAgent
from chaport_sync.core.notices import Attendance, Told
from chaport_sync.core.replies.echoes import AnswerIds
from chaport_sync.core.replies.selection import CasesAgain, RepliesLook
from chaport_sync.core.settings_in_force import Accounts, Rejection, RulesInForce
from chaport_sync.core.skew import ClocksAhead
from chaport_sync.core.spending import Spent
from chaport_sync.core.statuses.explanation import OwnStatuses
from chaport_sync.core.statuses.lease import LeaseInForce
from chaport_sync.core.statuses.pairing import Pairs
from chaport_sync.core.statuses.unattended import Unread
from chaport_sync.core.transcripts.authors import OperatorsListed
from chaport_sync.core.transcripts.chats import ChatState, Start
from chaport_sync.core.transcripts.read_back import Sighting
from chaport_sync.core.transcripts.turns import Lateness
from chaport_sync.core.transcripts.watch import Noticed, Swept, VisitorOrder
from chaport_sync.store import Store
from chaport_sync.store.rows import LAST_MOMENT

#: SQLite keeps any text but half a surrogate pair, which no decoder lets in; numbers of 64 bits; no NaN.
texts = st.text(st.characters(exclude_categories=["Cs"]))
numbers = st.integers(min_value=-(2**63), max_value=2**63 - 1)
times = st.floats(-LAST_MOMENT, LAST_MOMENT)

#: Every record that is kept once.
KEPT: tuple[type[Any], ...] = (
    Accounts,
    AnswerIds,
    Attendance,
    Beat,
    CasesAgain,
    ClocksAhead,
    Lateness,
    LeaseInForce,
    Noticed,
    OperatorsListed,
    OwnAgent,
    OwnStatuses,
    Pairs,
    Rejection,
    RepliesLook,
    RulesInForce,
    Sighting,
    Spent,
    Start,
    Swept,
    Told,
    Unread,
    VisitorOrder,
)


def records(kind: type[Any], **fixed: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return records of a type with anything in their fields."""
    return st.builds(kind, **{name: _values(hint) for name, hint in get_type_hints(kind).items()} | fixed)


def _values(hint: Any) -> st.SearchStrategy[Any]:
    if isinstance(hint, UnionType):
        return st.one_of([_values(option) for option in get_args(hint)])
    if get_origin(hint) is tuple and get_args(hint)[-1] is not ...:
        return st.tuples(*map(_values, get_args(hint)))
    if get_origin(hint) is tuple:
        return st.lists(_values(get_args(hint)[0]), max_size=4).map(tuple)
    if get_origin(hint) is Mapping:
        return st.dictionaries(texts, _values(get_args(hint)[1]), max_size=3)
    if is_dataclass(hint) or hasattr(hint, "_fields"):
        return records(hint)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return st.sampled_from(hint)
    return {str: texts, int: numbers, float: times, bool: st.booleans(), NoneType: st.none()}[hint]


def chat(visitor_id: str = "v", chat_id: str = "1", **parts: Any) -> ChatState:
    """Make a chat."""
    return ChatState(visitor_id, chat_id, **parts)


def line(event_id: str = "e1", part: int = 0, text: str = "Hello", **parts: Any) -> Line:
    """Make a line of a visitor."""
    return Line(event_id, part, Author.VISITOR, "Mary", 5.0, text, **parts)


def rows(path: Path, query: str) -> list[tuple[Any, ...]]:
    """Ask the file itself."""
    connection = sqlite3.connect(path)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


@contextmanager
def full_disk(room: int = 0) -> Iterator[None]:
    """Let no file grow beyond `room` bytes, for root as well."""
    soft, hard = getrlimit(RLIMIT_FSIZE)
    setrlimit(RLIMIT_FSIZE, (room, hard))
    try:
        yield
    finally:
        setrlimit(RLIMIT_FSIZE, (soft, hard))


@contextmanager
def opened(path: Path) -> Iterator[Store]:
    """Return the store of a file."""
    store = Store.open(path)
    try:
        yield store
    finally:
        store.close()
