"""What is remembered by name."""

import json
from dataclasses import asdict
from typing import Any, TypeVar

from chaport_sync.core.health import Beat
from chaport_sync.core.replies.answer_ids import AnswerIds
from chaport_sync.core.statuses.unread import Unread
from chaport_sync.core.transcripts.turns import Lateness, Work
from chaport_sync.store.connection import Connection

Recalled = TypeVar("Recalled")


class Marks:
    """Values by name."""

    def __init__(self, connection: Connection) -> None:
        self._file = connection

    def recall(self, key: str, default: Any = None) -> Any:
        """Give a remembered value (anything that JSON can say)."""
        row = self._file.one("SELECT value FROM meta WHERE key = ?", key)
        try:
            return default if row is None else json.loads(row["value"])
        except ValueError:
            self._file.set_aside(f"what is remembered as {key}")
            return default

    def remember(self, **values: Any) -> None:
        """Remember values by name."""
        with self._file.writing() as write:
            write.executemany(
                "INSERT OR REPLACE INTO meta VALUES (?, ?)", [(k, json.dumps(v)) for k, v in values.items()]
            )

    def _recalled(self, record_type: type[Recalled], key: str) -> Recalled:
        """Give a remembered record, or an empty one."""
        try:
            return record_type(**self.recall(key, {}))
        except TypeError:
            self._file.set_aside(f"what is remembered as {key}")
            return record_type()

    def beat(self, flow: str) -> Beat:
        """Give how a flow got on when that was last written down."""
        return self._recalled(Beat, f"flow.{flow}")

    def record_beat(self, flow: str, beat: Beat) -> None:
        """Record how a flow gets on."""
        self.remember(**{f"flow.{flow}": asdict(beat)})

    def lateness(self, work: Work) -> Lateness:
        """Give how late reading or delivering was when that was last written down (T7, P9)."""
        return self._recalled(Lateness, f"lateness.{work}")

    def record_lateness(self, work: Work, found: Lateness) -> None:
        """Record how late reading or delivering is."""
        self.remember(**{f"lateness.{work}": asdict(found)})

    def other_instance(self) -> tuple[float, str] | None:
        """Give when and in which case another daemon on the same accounts was noticed in this run."""
        found = self.recall("other_instance")
        return None if found is None else (found[0], found[1])

    def record_other_instance(self, found: tuple[float, str] | None) -> None:
        """Record that another daemon was noticed, or that this run has not noticed one."""
        self.remember(other_instance=found)

    def unread(self) -> Unread:
        """Give what the status flow could not read when that was last written down."""
        return self._recalled(Unread, "status_unread")

    def record_unread(self, unread: Unread) -> None:
        """Record what the status flow cannot read."""
        self.remember(status_unread=asdict(unread))

    def answer_ids(self) -> AnswerIds:
        """Give the external ids of this state file's answers."""
        return self._recalled(AnswerIds, "answer_ids")
