"""Clients that read the real accounts and write nothing: a dry run's first safeguard.

Each write is remembered as if it had been done. So the next cycle goes on from there and does not want the same again.
"""

from collections.abc import Mapping
from dataclasses import replace
from itertools import count
from typing import Any

from chaport_sync.api.chaport import Chaport, Dialect
from chaport_sync.api.deskie import Deskie
from chaport_sync.api.request_queue import Share
from chaport_sync.api.transport import Transport
from chaport_sync.core.model import CaseView, Message, Operator


class DryChaport(Chaport):
    """A Chaport account to which nothing is written."""

    def __init__(self, transport: Transport, dialect: Dialect) -> None:
        super().__init__(transport, dialect)
        self._assumed: dict[str, tuple[str | None, str]] = {}
        self._found: dict[str, str | None] = {}

    async def operators(self, share: Share, *, deactivated: bool = False) -> tuple[Operator, ...]:
        """Read the operators, with the statuses of this dry run until somebody changes an operator in Chaport."""
        operators = await super().operators(share, deactivated=deactivated)
        self._found = {operator.id: operator.status for operator in operators}
        return tuple(map(self._as_if_set, operators))

    async def set_status(
        self,
        operator_id: str,
        status: str,
        lifetime: float,  # noqa: ARG002
        *,
        renewal: bool = False,  # noqa: ARG002
    ) -> None:
        """Pretend to set a status."""
        self._assumed[operator_id] = (self._found.get(operator_id), status)

    async def send_message(self, visitor_id: str, operator_id: str, text: str, external_id: str) -> str:  # noqa: ARG002
        """Pretend to send a message."""
        return f"dry-run-{external_id}"

    async def assign(self, visitor_id: str, operator_id: str) -> None:
        """Pretend to assign a chat."""

    def _as_if_set(self, operator: Operator) -> Operator:
        before, status = self._assumed.get(operator.id, (None, None))
        if status is None or operator.status != before:
            self._assumed.pop(operator.id, None)
            return operator
        return replace(operator, last_status=status, real_status=status)


class DryDeskie(Deskie):
    """A Deskie account to which nothing is written; the cases that it opens exist here only."""

    def __init__(self, transport: Transport) -> None:
        super().__init__(transport)
        self._opened: dict[str, CaseView] = {}
        self._numbers = count(1)

    async def case(self, case_id: str) -> CaseView:
        """Read a case, or return the one that this dry run opened or changed."""
        return self._opened.get(case_id) or await super().case(case_id)

    async def open_case(self, fields: Mapping[str, Any]) -> CaseView:
        """Pretend to open a case."""
        view = CaseView(
            f"dry-run-{next(self._numbers)}",
            user_id="dry-run",
            status=str(fields.get("status", "open")),
            channel=str(fields["channel"]),
        )
        self._opened[view.id] = view
        return view

    async def set_case_status(self, case_id: str, status: str) -> CaseView:
        """Pretend to set a case's status."""
        view = self._opened[case_id] = replace(await self.case(case_id), status=status)
        return view

    async def messages_since(self, case_id: str, since: float) -> tuple[Message, ...]:
        """Read a case's messages; a case that this dry run opened has none."""
        return () if case_id in self._opened else await super().messages_since(case_id, since)

    async def add_message(self, case_id: str, user_id: str, content: str) -> Message:  # noqa: ARG002
        """Pretend to add a message."""
        return Message(f"dry-run-{next(self._numbers)}", user_id=user_id)

    async def add_note(self, case_id: str, content: str) -> Message:  # noqa: ARG002
        """Pretend to add a note."""
        return Message(f"dry-run-{next(self._numbers)}", note=True)
