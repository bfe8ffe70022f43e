"""`/metrics` and `/healthz` over HTTP, in a thread of their own: a slow reader holds up nobody."""

import socket
from collections.abc import Callable, Iterable
from contextlib import suppress
from threading import Thread
from time import monotonic
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

from prometheus_client import CollectorRegistry, make_wsgi_app
from prometheus_client.exposition import ThreadingWSGIServer

#: A connection is closed after so long, whatever it says meanwhile (seconds).
PATIENCE = 10.0
#: More connections at a time are closed at once: whoever opens thousands takes no descriptor that the daemon needs.
AT_ONCE = 8


class Endpoint:
    """A server on one address.

    `down` says what is wrong for too long, empty while nothing is; it is asked by another thread, at each request.
    `behind` says what is well but late; the daemon sets it.

    Raises:
        OSError: The address cannot be used.
    """

    def __init__(self, registry: CollectorRegistry, host: str, port: int, down: Callable[[], str]) -> None:
        self._down = down
        self.behind = ""
        self._metrics = make_wsgi_app(registry)
        self._server = make_server(host, port, self._answer, _server_for(host), _Handler)
        self._thread = Thread(target=self._server.serve_forever, name="metrics", daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        """Where it listens: `http://host:port`."""
        host, port = str(self._server.server_address[0]), self._server.server_port
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _answer(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path == "/metrics":
            answer: Iterable[bytes] = self._metrics(environ, start)
            return answer
        code, text = "404 Not Found", "There are /metrics and /healthz."
        if path == "/healthz":
            down, behind = self._down(), self.behind
            code, text = ("503 Service Unavailable", down) if down else ("200 OK", f"ok; {behind}" if behind else "ok")
        start(code, [("Content-Type", "text/plain; charset=utf-8")])
        return [f"{text}\n".encode()]


class _Handler(WSGIRequestHandler):
    timeout = PATIENCE

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's signature
        """Requests are no events of ours."""


class _Bounded(ThreadingWSGIServer):
    """Serves few at a time, and none of them for long."""

    def __init__(self, *arguments: Any) -> None:
        self._since: dict[Any, float] = {}
        super().__init__(*arguments)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Serve a connection, unless there are enough of them."""
        if len(self._since) >= AT_ONCE:
            self.shutdown_request(request)
            return
        self._since[request] = monotonic()
        super().process_request(request, client_address)

    def service_actions(self) -> None:
        """End what takes too long; asked twice a second."""
        for request, since in self._since.copy().items():
            if monotonic() - since > PATIENCE:
                with suppress(OSError):
                    request.shutdown(socket.SHUT_RDWR)

    def shutdown_request(self, request: Any) -> None:
        """Close a connection that was served."""
        self._since.pop(request, None)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Broken connections are no events of ours either."""


def _server_for(host: str) -> type[ThreadingWSGIServer]:
    class Server(_Bounded):
        address_family = socket.AF_INET6 if ":" in host else socket.AF_INET

    return Server
