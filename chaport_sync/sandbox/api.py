"""One service's API: which endpoint a request is for, and how a refusal is worded."""

from collections.abc import Callable, Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route

from chaport_sync.sandbox.strict import NO_ROUTE, RefusedError


class Api:
    """Routes, and `refused`, which words what an endpoint refuses. All endpoints are coroutine functions."""

    def __init__(self, routes: Sequence[Route], refused: Callable[[RefusedError], Response]) -> None:
        self._routes = routes
        self._refused = refused

    async def answer(self, request: Request) -> Response:
        """Answer a request whose body was read."""
        for route in self._routes:
            match, found = route.matches(request.scope)
            if match is Match.FULL:
                request.scope.update(found)
                try:
                    answer: Response = await route.endpoint(request)
                except RefusedError as refusal:
                    return self._refused(refusal)
                return answer
        return self._refused(RefusedError(404, NO_ROUTE))
