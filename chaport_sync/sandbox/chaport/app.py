"""The Chaport API, behind its gate."""

from starlette.responses import Response

from chaport_sync.sandbox.api import Api
from chaport_sync.sandbox.chaport.account import ChaportAccount
from chaport_sync.sandbox.chaport.messages import Messages
from chaport_sync.sandbox.chaport.operators import Operators
from chaport_sync.sandbox.chaport.updates import Updates
from chaport_sync.sandbox.chaport.visits import Visits
from chaport_sync.sandbox.strict import NO_ROUTE, RefusedError


def chaport_api(account: ChaportAccount) -> Api:
    """The routes over this account."""

    def refused(refusal: RefusedError) -> Response:
        words = "not found" if refusal.problem == NO_ROUTE else refusal.problem.replace("_", " ")
        return account.error(refusal.status, f"{words}: {refusal.name}" if refusal.name else words)

    routes = [
        *Operators(account).routes(),
        *Visits(account).routes(),
        *Messages(account).routes(),
        *Updates(account).routes(),
    ]
    return Api(routes, refused)
