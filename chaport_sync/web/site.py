"""What is answered to each request: the page, `/metrics`, `/healthz`, `/livez`."""

import base64
import hashlib
import time
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from threading import Lock
from typing import Any
from urllib.parse import quote

import structlog
from prometheus_client import CollectorRegistry, make_wsgi_app

from chaport_sync.store import StoreError
from chaport_sync.web.access import CHALLENGE, Access, Answer
from chaport_sync.web.accounts_page import AccountNow, accounts_page
from chaport_sync.web.page import account_page, read
from chaport_sync.web.rendering import style

log = structlog.get_logger()

#: Whoever tries passwords waits so long for each answer (seconds).
REFUSED_AFTER = 1.0
#: The path of an account's page begins so.
ACCOUNT = "/accounts/"


class Site:
    """Answers requests, in threads of their own, about the process with all its accounts.

    Args:
        registry: The metrics.
        lives: Returns whether the process makes progress; whoever restarts it because it does not does no harm.
        health: Returns who is down and why, empty if nobody is, and who is well but late.
        accounts: Returns how each account is now, by name; the only one has the empty name.

    Attributes:
        access: Who may see the page.
    """

    def __init__(
        self,
        registry: CollectorRegistry,
        lives: Callable[[], bool],
        health: Callable[[], tuple[str, str]],
        accounts: Callable[[], Mapping[str, AccountNow]],
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self.access = Access()
        self._metrics = make_wsgi_app(registry)
        self._lives = lives
        self._health = health
        self._accounts = accounts
        self._pause = pause
        # One page at a time, so that many requests cannot take the daemon's processor and memory.
        self._drawing = Lock()

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        """Answer a request (WSGI)."""
        path = environ["PATH_INFO"]
        if path == "/metrics":
            answer: Iterable[bytes] = self._metrics(environ, start)
            return answer
        if path == "/healthz":
            down, behind = self._health()
            if down:
                return _plain(start, HTTPStatus.SERVICE_UNAVAILABLE, down)
            return _plain(start, HTTPStatus.OK, f"ok; {behind}" if behind else "ok")
        if path == "/livez":
            if self._lives():
                return _plain(start, HTTPStatus.OK, "ok")
            return _plain(start, HTTPStatus.SERVICE_UNAVAILABLE, "nothing makes progress; a restart is safe")
        return self._page(path, environ, start)

    def _page(self, path: str, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        match self.access.decide(environ):
            case Answer.ASK:
                self._pause(REFUSED_AFTER)
                return _plain(start, HTTPStatus.UNAUTHORIZED, "The page needs [web] password.", CHALLENGE)
            case Answer.REFUSE:
                words = "The page is for this machine by 127.0.0.1 or localhost, and for others with [web] password."
                return _plain(start, HTTPStatus.FORBIDDEN, words)
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return _plain(start, HTTPStatus.METHOD_NOT_ALLOWED, "The page can only be read.", ("Allow", "GET, HEAD"))
        accounts = self._accounts()
        try:
            with self._drawing:
                html = self._draw(path, accounts)
        except StoreError as error:
            return _plain(start, HTTPStatus.SERVICE_UNAVAILABLE, str(error))
        except Exception as error:
            log.exception("web.failed", error=f"a defect: {type(error).__name__}")
            return _plain(start, HTTPStatus.INTERNAL_SERVER_ERROR, "The page cannot be drawn; the log says why.")
        if html is None:
            return _plain(start, HTTPStatus.NOT_FOUND, "There are the page at /, /metrics, /healthz and /livez.")
        start("200 OK", [("Content-Type", "text/html; charset=utf-8"), *_headers()])
        return [html.encode()]

    def _draw(self, path: str, accounts: Mapping[str, AccountNow]) -> str | None:
        if path == "/" and "" not in accounts:
            return accounts_page(accounts, time.time(), lambda name: f"{ACCOUNT}{quote(name, safe='')}")
        names = {ACCOUNT + name if name else "/": name for name in accounts}
        if path not in names:
            return None
        name = names[path]
        account = accounts[name]
        if account.store is None:
            raise StoreError(f"It does not run now. {account.down}".rstrip())
        with read(account.store, time.time()) as known:
            return account_page(known, name, names=self.access.names)


def _plain(start: Callable[..., Any], status: HTTPStatus, words: str, *headers: tuple[str, str]) -> Iterable[bytes]:
    start(f"{status.value} {status.phrase}", [("Content-Type", "text/plain; charset=utf-8"), *headers])
    return [f"{words}\n".encode()]


def _headers() -> list[tuple[str, str]]:
    """Return the headers by which a browser loads nothing from elsewhere, runs no script and keeps no copy."""
    digest = base64.b64encode(hashlib.sha256(style().encode()).digest()).decode()
    nothing = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    policy = f"{nothing}; style-src 'sha256-{digest}'; img-src data:"
    return [
        ("Content-Security-Policy", policy),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "no-referrer"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Cache-Control", "no-store"),
    ]
