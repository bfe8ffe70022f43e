"""What is remembered: no more than is needed (P7)."""

from tests.simulation.setting import Setting
from tests.simulation.state_file import StateFile as Kept
from tests.simulation.trace import Trace
from tests.world import World

#: A file may keep so many free pages and so on; rows are what must not grow.
LARGEST = 2_000_000


class StateFile:
    """Looks into the file after a long silence."""

    def __init__(self, world: World, setting: Setting, trace: Trace) -> None:
        self._world = world
        self._setting = setting
        self._trace = trace

    def is_bounded(self, state: Kept) -> None:
        """P7: what has been silent for `state.keep` days is forgotten."""
        with state.opened() as connection:
            counts = {
                table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608 - our own words
                for table in ("chats", "lines", "cases", "replies")
            }
            (size,) = connection.execute(
                "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
            ).fetchone()
        # A chat in which nothing was said has no age; of these a sweep finds some again, as many as there are.
        empty = sum(not chat.events for visitor in self._world.chaport.visitors for chat in visitor.chats)
        if counts["lines"] or counts["cases"] or counts["replies"] or counts["chats"] > empty:
            self._trace.violate("the state file is bounded", f"after days of silence it still holds {counts}")
        if size > LARGEST:
            self._trace.violate("the state file is bounded", f"it has {size} bytes")
