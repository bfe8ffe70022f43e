"""The Deskie API, behind its gate."""

from starlette.responses import HTMLResponse, JSONResponse, Response

from chaport_sync.sandbox.api import Api
from chaport_sync.sandbox.deskie.account import DeskieAccount
from chaport_sync.sandbox.deskie.cases import Cases
from chaport_sync.sandbox.deskie.directory import Directory
from chaport_sync.sandbox.deskie.thread import Thread
from chaport_sync.sandbox.strict import NO_ROUTE, RefusedError

_NO_ROUTE = "<html><body><h1>404 Page not found</h1></body></html>"


def deskie_api(account: DeskieAccount) -> Api:
    """The routes over this account. Refusals are `{"error": code}` (reference 1.2), unknown paths an HTML page."""

    def refused(refusal: RefusedError) -> Response:
        if refusal.problem == NO_ROUTE:
            return HTMLResponse(_NO_ROUTE, 404)
        code = "_".join(filter(None, (refusal.problem, refusal.name)))
        return JSONResponse({"error": code}, 200 if account.quirks.error_in_200 else refusal.status)

    return Api([*Directory(account).routes(), *Cases(account).routes(), *Thread(account).routes()], refused)
