"""The Deskie API as an ASGI app, behind its gate."""

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from chaport_sync.sandbox.deskie.account import DeskieAccount
from chaport_sync.sandbox.deskie.cases import Cases
from chaport_sync.sandbox.deskie.directory import Directory
from chaport_sync.sandbox.deskie.thread import Thread
from chaport_sync.sandbox.strict import RefusedError

_NO_ROUTE = "<html><body><h1>404 Page not found</h1></body></html>"


def deskie_api(account: DeskieAccount) -> Starlette:
    """The routes over this account. Refusals are `{"error": code}` (reference 1.2), unknown paths an HTML page."""

    # Not a plain function: Starlette would run it in a thread, which no virtual clock governs.
    async def refused(_: Request, refusal: Exception) -> Response:
        if not isinstance(refusal, RefusedError) or refusal.problem == "no_route":
            return HTMLResponse(_NO_ROUTE, 404)
        code = "_".join(filter(None, (refusal.problem, refusal.name)))
        return JSONResponse({"error": code}, 200 if account.quirks.error_in_200 else refusal.status)

    routes = [*Directory(account).routes(), *Cases(account).routes(), *Thread(account).routes()]
    app = Starlette(routes=routes, exception_handlers={RefusedError: refused, HTTPException: refused})
    app.router.redirect_slashes = False
    return app
