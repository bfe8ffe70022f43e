"""A state file that remembers much: many chats, of which one is made in full and copied, and changes of statuses."""

from chaport_sync.core.ledger import Line, LineState
from chaport_sync.core.model import DAY, OFFLINE, ONLINE, Author, Person
from chaport_sync.core.statuses.history import AgentSeen, OperatorSeen, StatusChange
from chaport_sync.core.transcripts.chats import CaseState, ChatState
from chaport_sync.store import Store

#: The columns that differ from chat to chat.
_OWN = {"visitor_id", "visitor_name", "case_id", "id", "user_id", "message_id"}


def remember(store: Store, chats: int, now: float) -> None:
    """Remember so many chats, each of two lines in a case of its own, which ended three days before `now`."""
    if not chats:
        return
    at = now - 3 * DAY
    chat = ChatState(
        "v", "1", visitor_name="Mary", closed=True, last_event_at=at, visitor_wrote=True, case_id="c", user_id="u"
    )
    lines = [
        Line(f"e{each}", 0, author, "Mary", at, "", each, LineState.DONE, message_id=f"m{each}", message_rows=1)
        for each, author in enumerate((Author.VISITOR, Author.BOT), 1)
    ]
    store.record(chat, lines, CaseState("c", "u", status_ours="waiting"))
    with store.connection.writing() as write:
        for table in ("cases", "chats", "lines"):
            columns = [row["name"] for row in write.execute(f"PRAGMA table_info({table})")]
            values = [f"{name} || n" if name in _OWN else name for name in columns]
            write.execute(
                f"""WITH RECURSIVE numbers(n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM numbers WHERE n < {chats})
                    INSERT INTO {table} SELECT {", ".join(values)} FROM {table}, numbers"""  # noqa: S608
            )


def remember_changes(store: Store, operators: int, changes: int, now: float) -> None:
    """Remember so many operators, each with an agent, who went online and offline by turns in the 30 days before."""
    for number in range(operators):
        operator, agent = Person(f"o{number}", f"Operator {number}"), Person(f"a{number}", f"Agent {number}")
        count = changes // operators
        found = [
            StatusChange(now - (count - each) * 30 * DAY / count, *operator, *way, (agent,), "S2", "why")
            for each, way in zip(range(count), ((OFFLINE, ONLINE), (ONLINE, OFFLINE)) * count, strict=False)
        ]
        seen = OperatorSeen(*operator, found[-1].after, found[-1].at, (agent.id,), "S6", "why")
        store.statuses.record_operators((), (), found, [seen])
        store.statuses.record_seen([AgentSeen(*agent, "1", now, "online")], ())
