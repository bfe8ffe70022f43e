"""The Chaport API as an ASGI app, behind its gate."""

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from chaport_sync.sandbox.chaport.account import ChaportAccount
from chaport_sync.sandbox.chaport.messages import Messages
from chaport_sync.sandbox.chaport.operators import Operators
from chaport_sync.sandbox.chaport.updates import Updates
from chaport_sync.sandbox.chaport.visits import Visits
from chaport_sync.sandbox.strict import RefusedError


def chaport_api(account: ChaportAccount) -> Starlette:
    """The routes over this account."""

    # Not a plain function: Starlette would run it in a thread, which no virtual clock governs.
    async def refused(_: Request, refusal: Exception) -> Response:
        if not isinstance(refusal, RefusedError):
            return account.error(404, "not found")
        words = refusal.problem.replace("_", " ")
        return account.error(refusal.status, f"{words}: {refusal.name}" if refusal.name else words)

    routes = [
        *Operators(account).routes(),
        *Visits(account).routes(),
        *Messages(account).routes(),
        *Updates(account).routes(),
    ]
    app = Starlette(routes=routes, exception_handlers={RefusedError: refused, HTTPException: refused})
    app.router.redirect_slashes = False
    return app
