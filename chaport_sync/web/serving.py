"""A site over HTTP, in threads of its own: a slow reader holds up nobody."""

import socket
from contextlib import suppress
from threading import Thread
from time import monotonic
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import structlog
from prometheus_client.exposition import ThreadingWSGIServer

from chaport_sync.web.access import Access
from chaport_sync.web.site import Site

log = structlog.get_logger()

#: A connection is closed after so long, also if its client still sends (seconds).
PATIENCE = 10.0
#: So many connections may be open; further ones are closed, so that enough file descriptors are left for the daemon.
AT_ONCE = 8


class Endpoint:
    """Serves a site at the address that the configuration names."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._at: tuple[str, int] | None = None
        self._serving: tuple[WSGIServer, Thread] | None = None

    def listen(self, at: tuple[str, int] | None, access: Access) -> None:
        """Serve at this host and port from now on, or nowhere; an address that cannot be used is logged."""
        self._site.access = access
        if at == self._at:
            return
        self.close()
        if at is None:
            return
        try:
            server = make_server(*at, self._site, _Bounded, _Handler)
        except OSError as error:
            # The flows are more important than who watches them, so the daemon runs without the endpoint.
            log.error("web.failed", error=error.strerror or str(error))  # noqa: TRY400 - a port in use is no defect
            return
        thread = Thread(target=server.serve_forever, name="web", daemon=True)
        thread.start()
        self._at, self._serving = at, (server, thread)

    def close(self) -> None:
        """Stop listening."""
        if self._serving is not None:
            server, thread = self._serving
            server.shutdown()
            server.server_close()
            thread.join()
        self._at = self._serving = None


class _Handler(WSGIRequestHandler):
    timeout = PATIENCE

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's signature
        """Log nothing: requests are not the daemon's events."""


class _Bounded(ThreadingWSGIServer):
    """Serves a few connections at a time, each for a short time."""

    def __init__(self, address: tuple[str, int], handler: Any) -> None:
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        self._since: dict[Any, float] = {}
        super().__init__(address, handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Serve a connection, or close it if too many are open."""
        if len(self._since) >= AT_ONCE:
            self.shutdown_request(request)
            return
        self._since[request] = monotonic()
        super().process_request(request, client_address)

    def service_actions(self) -> None:
        """Close connections that are open for too long; the library calls this twice a second."""
        for request, since in self._since.copy().items():
            if monotonic() - since > PATIENCE:
                with suppress(OSError):
                    request.shutdown(socket.SHUT_RDWR)

    def shutdown_request(self, request: Any) -> None:
        """Close a connection that was served."""
        self._since.pop(request, None)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Log nothing: broken connections are not the daemon's events."""
