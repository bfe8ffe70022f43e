"""Reading operators and lending them a status (Chaport reference, section 2)."""

from datetime import datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from chaport_sync.sandbox import strict
from chaport_sync.sandbox.chaport.account import ChaportAccount
from chaport_sync.sandbox.chaport.records import Operator
from chaport_sync.sandbox.chaport.wire import Wire
from chaport_sync.sandbox.strict import RefusedError


class Operators:
    """Endpoints for operators, and the token's own."""

    def __init__(self, account: ChaportAccount) -> None:
        self._account = account
        self._wire = Wire(account)

    def routes(self) -> list[Route]:
        """The paths."""
        return [
            Route("/api/v1/me.json", self.me, methods=["GET"]),
            Route("/api/v1/operators", self.all, methods=["GET"]),
            Route("/api/v1/operators/{operator}", self.one, methods=["GET"]),
            Route("/api/v1/operators/{operator}/status", self.set_status, methods=["POST"]),
        ]

    async def me(self, request: Request) -> Response:
        """Whose token it is; the shape is not known."""
        strict.query(request, ())
        return JSONResponse({"result": {"name": "Acme"}})

    async def all(self, request: Request) -> Response:
        """All operators on one page, and no bots."""
        strict.query(request, ())
        return JSONResponse({"result": [self._wire.operator(operator) for operator in self._account.operators]})

    async def one(self, request: Request) -> Response:
        """One operator."""
        strict.query(request, ())
        return JSONResponse({"result": self._wire.operator(self._operator(request))})

    async def set_status(self, request: Request) -> Response:
        """A status and exactly one lifetime; until its end it holds unless somebody changes it (reference 2.3)."""
        strict.query(request, ())
        operator = self._operator(request)
        fields = await strict.body(request)
        if fields.get("status") not in self._account.quirks.words:
            raise RefusedError(400, "incorrect", "status")
        lifetimes = [name for name in fields if name != "status"]
        for name in lifetimes:
            if name not in self._account.quirks.lifetime_fields:
                raise RefusedError(400, "unknown_field", name)
        if len(lifetimes) != 1:
            raise RefusedError(400, "exactly_one_lifetime_expected")
        self._account.put_status(operator, fields["status"], self._end(lifetimes[0], fields[lifetimes[0]]))
        whole = self._account.quirks.status_answer == "operator"
        return JSONResponse({"result": self._wire.operator(operator)} if whole else {})

    def _end(self, name: str, value: Any) -> datetime:
        now = self._account.now()
        if "ttl" in name.lower():
            if not strict.number(value):
                raise RefusedError(400, "incorrect", name)
            lifetime = timedelta(seconds=min(value, _FOR_EVER))
        else:
            lifetime = _time(name, value) - now
        longest = self._account.quirks.max_lifetime
        if lifetime <= timedelta(0) or (longest is not None and lifetime.total_seconds() > longest):
            raise RefusedError(400, "incorrect", name)
        return now + lifetime

    def _operator(self, request: Request) -> Operator:
        operator = self._account.find_operator(request.path_params["operator"])
        if operator is None:
            raise RefusedError(404, "operator_not_found")
        return operator


_FOR_EVER = 10**9


def _time(name: str, value: Any) -> datetime:
    try:
        at = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise RefusedError(400, "incorrect", name) from None
    if at.tzinfo is None:
        raise RefusedError(400, "incorrect", name)
    return at
