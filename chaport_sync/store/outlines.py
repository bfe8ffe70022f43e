"""What is recorded of many chats at once, for people; no decision uses it."""

from chaport_sync.core.skew import CLOCK_SKEW
from chaport_sync.core.transcripts.overview import Outline
from chaport_sync.store.connection import Connection

ChatKey = tuple[str, str]


class Outlines:
    """The outlines of the chats that began in a window, and the chats with words that are not shown yet."""

    def __init__(self, connection: Connection) -> None:
        self._file = connection

    def since(self, start: float) -> list[Outline]:
        """Return the outlines of the chats that began since `start` (Unix seconds)."""
        return [Outline(*row) for row in self._file.all(_OUTLINES, start, CLOCK_SKEW)]

    def not_shown(self, most: int) -> tuple[list[tuple[ChatKey, float]], int]:
        """Return the chats with words that are not shown yet, at most so many, and how many there are.

        With each chat stands since when (Unix seconds); the longest wait comes first. Chats in which the visitor has
        not written, and those of which nothing is shown any more, wait for nothing.
        """
        query = """SELECT visitor_id, chat_id, min(at) AS at, count(*) OVER () AS chats FROM lines
                   JOIN chats USING (visitor_id, chat_id) WHERE state <> 'done' AND visitor_wrote AND silenced = ''
                   GROUP BY visitor_id, chat_id ORDER BY min(at) LIMIT ?"""
        found = self._file.all(query, most)
        return [((row["visitor_id"], row["chat_id"]), row["at"]) for row in found], found[0]["chats"] if found else 0


_WORDS = "FROM lines WHERE visitor_id = chat.visitor_id AND chat_id = chat.chat_id AND kind = 'words'"
#: The columns are the fields of `Outline`. Only a chat with an event in the window may have begun in it. What takes a
#: look at single lines is asked of the chats in which a person took part, or whose visitor waits.
_OUTLINES = f"""
    WITH begun AS MATERIALIZED (
        SELECT visitor_id, chat_id, coalesce(min(at), last_event_at) AS began_at, visitor_wrote, bot_spoke, human,
            closed, silenced <> '' AS silenced, opened_unanswered, last_event_at, asked_at, case_id,
            min(at) FILTER (WHERE author = 'visitor' AND kind = 'words') AS first_words_at,
            max(at) FILTER (WHERE author IN ('bot', 'operator') AND kind = 'words') AS answered_at,
            coalesce(max(author = 'bot'), FALSE) AS has_bot
        FROM chats LEFT JOIN lines USING (visitor_id, chat_id)
        WHERE last_event_at >= ?1 GROUP BY visitor_id, chat_id HAVING began_at >= ?1
    ), answered AS MATERIALIZED (
        SELECT *, CASE WHEN human THEN (
            SELECT min(at) FROM (
                SELECT at {_WORDS} AND author = 'operator'
                UNION ALL SELECT at FROM replies WHERE visitor_id = chat.visitor_id AND case_id = chat.case_id
                    AND part = 0 AND state = 'done' AND at <= last_event_at + ?2
            ) WHERE at >= first_words_at
        ) END AS person_at FROM begun AS chat
    ), handed_over AS MATERIALIZED (
        SELECT *, CASE WHEN person_at IS NOT NULL THEN (
            SELECT max(at) {_WORDS} AND author = 'bot' AND at < person_at
        ) END AS bot_at FROM answered AS chat
    )
    SELECT visitor_id, chat_id, began_at, visitor_wrote, bot_spoke, human, closed, silenced, opened_unanswered,
        last_event_at, asked_at,
        CASE WHEN asked_at IS NOT NULL AND has_bot >= bot_spoke THEN (
            SELECT min(at) {_WORDS} AND author = 'visitor' AND (answered_at IS NULL OR at > answered_at)
        ) END,
        first_words_at, person_at, bot_at,
        CASE WHEN bot_at IS NOT NULL THEN (
            SELECT min(at) {_WORDS} AND author = 'visitor' AND at > bot_at AND at <= person_at
        ) END
    FROM handed_over AS chat"""  # noqa: S608 - of constants
