"""Connections to a service: how they are made, what answers tell of it and of its clock, and why one fails."""

import os
import socket
import ssl
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from chaport_sync import __version__
from chaport_sync.api.content import CODING
from chaport_sync.api.decode import moment
from chaport_sync.api.errors import EnvironmentRefusedError
from chaport_sync.clock import Clock
from chaport_sync.core.skew import ahead

#: The environment variables that name proxies and certificates.
_PROXIES, _CERTIFICATES = ("ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY"), ("SSL_CERT_FILE", "SSL_CERT_DIR")
_AGENT = f"chaport-sync/{__version__}"

#: What carries the requests; in tests it is the sandbox.
Carrier = httpx.AsyncBaseTransport

#: The seconds after which a request is given up (P1), and a connection; without a connection nothing was executed.
GIVE_UP_AFTER, CONNECT_WITHIN = 20.0, 10.0

#: So long a connection may be unused (seconds) before what can be repeated goes over it, and before anything else does.
#: Servers close unused connections, most after 60 to 75 s, some after 5. What is sent at that moment gets no answer: a
#: reading or an operator's status is simply sent again, but the outcome of a message is unclear.
LASTING, FRESH = 50.0, 3.0

#: Errors that come before anything is sent.
NOT_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.InvalidURL,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)


@dataclass(frozen=True, slots=True)
class Encryption:
    """How a connection is encrypted.

    `tls` is the protocol's version, empty without encryption. `certified_until` is the end of the server's certificate
    (Unix seconds), None if it is not told.
    """

    tls: str = ""
    certified_until: float | None = None


class ServiceClock:
    """The clock of a service, by the `Date` of its answers; between them its time goes on by the monotonic clock.

    Attributes:
        ahead: The seconds by which this machine's clock was certainly ahead of the service's at the last answer.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lead: float | None = None
        self.ahead = 0.0

    def note_date(self, headers: Mapping[str, str], sent: float) -> None:
        """Use an answer's `Date`; its request was sent at `sent` (seconds of the monotonic clock)."""
        date = moment(headers.get("date"))
        if date is not None:
            now, monotonic = self._clock.now(), self._clock.monotonic()
            self.ahead = ahead(date, now - (monotonic - sent), now)
            # If the clocks differ, the answer's date is the best that is known; it may be a little early, never late.
            self._lead = (date if self.ahead else now) - monotonic

    @property
    def known(self) -> bool:
        """Whether any answer has told the time there."""
        return self._lead is not None

    def now(self) -> float:
        """Return the time there in Unix seconds; this machine's time while no answer has told it."""
        return self._clock.now() if self._lead is None else self._clock.monotonic() + self._lead


@dataclass(frozen=True, slots=True)
class Connections:
    """The connections to one account: `lasting` ones for what can be repeated, `fresh` ones for the rest."""

    lasting: httpx.AsyncClient
    fresh: httpx.AsyncClient

    async def aclose(self) -> None:
        """Close all of them."""
        await self.lasting.aclose()
        await self.fresh.aclose()


def connect(
    base: str,
    headers: Mapping[str, str],
    over: Carrier | None = None,
    heard: Callable[[Encryption], object] | None = None,
) -> Connections:
    """Return the connections to one account. They follow no redirect, and use no proxy for an address of this machine.

    `base` is the account's origin, and `headers`, with the credentials, are sent with each request. In tests `over`
    carries the requests instead of the network. `heard` is called at each answer with its connection's encryption.
    """
    host = urlsplit(base).hostname or ""
    loopback = host in ("localhost", "::1") or host.startswith("127.")
    alike = partial(
        client,
        headers={"Accept": "application/json", "Accept-Encoding": CODING, "User-Agent": _AGENT, **headers},
        timeout=httpx.Timeout(GIVE_UP_AFTER, connect=CONNECT_WITHIN),
        trust_env=not loopback,
        transport=over,
        event_hooks={"response": [partial(_hear, heard)] if heard is not None else []},
    )
    return Connections(*(alike(limits=httpx.Limits(keepalive_expiry=unused)) for unused in (LASTING, FRESH)))


class _NoCookies(CookieJar):
    def extract_cookies(self, *_: object) -> None:
        """Keep nothing of an answer."""


def client(*, trust_env: bool = True, **options: Any) -> httpx.AsyncClient:
    """Return an HTTP client that follows no redirect and keeps no cookie.

    Raises:
        EnvironmentRefusedError: The environment's proxies or certificates cannot be used.
    """
    try:
        encrypting = _trusting(trust_env, *(_edition(name) for name in _CERTIFICATES if trust_env))
        return httpx.AsyncClient(
            follow_redirects=False, cookies=_NoCookies(), trust_env=trust_env, verify=encrypting, **options
        )
    except ImportError:
        what = "SOCKS is not supported; give a proxy that is reached by http://"
        raise _refused(_PROXIES, what) from None
    except OSError:
        raise _refused(_CERTIFICATES, "there are no certificates to be read") from None
    except (ValueError, httpx.InvalidURL):
        what = "this is no address of a proxy; it looks like http://proxy.example:3128"
        raise _refused(_PROXIES, what) from None


@lru_cache(maxsize=2)
def _trusting(environment: bool, *_editions: tuple[str, int]) -> ssl.SSLContext:  # noqa: FBT001 - a part of the key
    """Return what encrypts connections; all clients share it, because it takes time and memory to read certificates."""
    return httpx.create_ssl_context(trust_env=environment)


def _edition(name: str) -> tuple[str, int]:
    """Return the place of certificates that a variable names, and when they were changed; a reload reads those anew."""
    place = os.environ.get(name, "")
    return place, Path(place).stat().st_mtime_ns if place else 0


async def close_connection(response: httpx.Response) -> None:
    """Close an answer's connection, so that it carries no further request."""
    if stream := response.extensions.get("network_stream"):
        await stream.aclose()


def why_unreachable(error: BaseException) -> tuple[str, bool]:
    """Return why a service cannot be reached, and whether that may pass within seconds.

    The words repeat nothing of a request.
    """
    words = f"no connection ({type(error).__name__})"
    cause: BaseException | None = error
    while cause is not None:
        match cause:
            case ssl.SSLCertVerificationError():
                return f"its certificate is not trusted: {getattr(cause, 'verify_message', 'no reason given')}", False
            case ssl.SSLError():
                reason = getattr(cause, "reason", "") or "TLS failed"
                words = f"no encrypted connection: {reason.lower().replace('_', ' ')}"
                return words, isinstance(cause, ssl.SSLEOFError)
            case socket.gaierror():
                words = "its name is not known to this machine; look at the address and at DNS"
                return words, cause.errno == socket.EAI_AGAIN
            case ConnectionRefusedError():
                return "the connection was refused", True
            case TimeoutError() | httpx.ConnectTimeout():
                return "no connection in time; look at the network and its firewall", True
        cause = cause.__cause__ or cause.__context__
    return words, True


def _refused(names: Sequence[str], what: str) -> EnvironmentRefusedError:
    """Return an error that names the variables without their values: a proxy's address may have a password."""
    given = [each for name in names for each in (name, name.lower()) if each in os.environ]
    return EnvironmentRefusedError(f"the environment cannot be used: {', '.join(given)}: {what}")


async def _hear(heard: Callable[[Encryption], object], response: httpx.Response) -> None:
    heard(_encryption(response))


def _encryption(response: httpx.Response) -> Encryption:
    stream = response.extensions.get("network_stream")
    encrypted: Any = stream.get_extra_info("ssl_object") if stream is not None else None
    if encrypted is None:
        return Encryption()
    end = (encrypted.getpeercert() or {}).get("notAfter")
    return Encryption(encrypted.version() or "", ssl.cert_time_to_seconds(end) if end else None)
