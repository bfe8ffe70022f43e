"""Who may see the page: this machine, and others with the password."""

import base64
import binascii
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from chaport_sync.config.values import is_loopback

#: A browser asks for user name and password when it gets this header; the user name is of no matter.
CHALLENGE = ("WWW-Authenticate", 'Basic realm="chaport-sync", charset="UTF-8"')


class Answer(Enum):
    """What becomes of a request for the page."""

    SHOW = "show"
    ASK = "ask"
    REFUSE = "refuse"


@dataclass(frozen=True)
class Access:
    """`password` is the page's, empty if there is none; `remote` is whether other machines reach the address.

    `names` is whether the page names people.
    """

    password: str = ""
    remote: bool = False
    names: bool = True

    def decide(self, environ: Mapping[str, str]) -> Answer:
        """Return what becomes of a request (a WSGI environment).

        Without a password the page is for this machine only, and only by an address of it: a page of a stranger in the
        same browser could ask by a name of its own that leads to this machine.
        """
        if self.password:
            return Answer.SHOW if self._knows_password(environ) else Answer.ASK
        if self.remote or not is_loopback(_host(environ)):
            return Answer.REFUSE
        return Answer.SHOW

    def _knows_password(self, environ: Mapping[str, str]) -> bool:
        kind, _, text = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
        try:
            given = base64.b64decode(text.strip(), validate=True).partition(b":")[2]
        except (binascii.Error, ValueError):
            given = b""
        # It takes as long for a wrong password as for the right one.
        return hmac.compare_digest(given, self.password.encode()) and kind.lower() == "basic"


def _host(environ: Mapping[str, str]) -> str:
    host = environ.get("HTTP_HOST", "")
    bare = host.rpartition(":")[0] if not host.endswith("]") and ":" in host else host
    return bare.removeprefix("[").removesuffix("]")
