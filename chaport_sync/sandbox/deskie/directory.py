"""The lists of a Deskie account: agents, statuses, users, own channels (Deskie reference, sections 2, 6 and 7)."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from chaport_sync.sandbox import strict
from chaport_sync.sandbox.deskie import search
from chaport_sync.sandbox.deskie.state import DeskieState
from chaport_sync.sandbox.deskie.wire import Wire
from chaport_sync.sandbox.strict import RefusedError


class Directory:
    """Endpoints that only read."""

    def __init__(self, state: DeskieState) -> None:
        self._state = state
        self._wire = Wire(state)

    def routes(self) -> list[Route]:
        """The paths."""
        return [
            Route("/api/staff.json", self.staff),
            Route("/api/staff/{staff}.json", self.one_of_staff),
            Route("/api/staff_statuses.json", self.statuses),
            Route("/api/users.json", self.users),
            Route("/api/users/{user}.json", self.user),
            Route("/api/custom_channels.json", self.channels),
        ]

    async def staff(self, request: Request) -> Response:
        """All agents, the disabled ones and the API's own included."""
        values = strict.query(request, ("page", "limit", "language_id"))
        rows = search.page_of(self._state.staff, values, request.scope.get("rows_moved", 0))
        return self._wire.many("staff", [self._wire.staff(agent) for agent in rows], len(self._state.staff))

    async def one_of_staff(self, request: Request) -> Response:
        """One agent."""
        strict.query(request, ())
        agent = self._state.find_staff(request.path_params["staff"])
        if agent is None:
            raise RefusedError(404, "staff_not_found")
        return self._wire.one("staff", self._wire.staff(agent))

    async def statuses(self, request: Request) -> Response:
        """All statuses; alone among the lists in counting with `count` (reference 1.3)."""
        strict.query(request, ())
        rows = [self._wire.status(status) for status in self._state.statuses]
        return self._wire.many("staff_statuses", rows, len(rows), "count")

    async def users(self, request: Request) -> Response:
        """Customers by e-mail, phone or custom id."""
        values = strict.query(request, search.USER_SINGLE)
        found = search.users(self._state, values)
        rows = search.page_of(found, values, request.scope.get("rows_moved", 0))
        return self._wire.many("user", [self._wire.user(user) for user in rows], len(found))

    async def user(self, request: Request) -> Response:
        """One customer."""
        strict.query(request, ())
        user = self._state.find_user(request.path_params["user"])
        if user is None:
            raise RefusedError(404, "user_not_found")
        return self._wire.one("user", self._wire.user(user))

    async def channels(self, request: Request) -> Response:
        """All own channels."""
        strict.query(request, ())
        rows = [self._wire.channel(channel) for channel in self._state.channels]
        return self._wire.many("custom_channel", rows, len(rows))
