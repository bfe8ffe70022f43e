"""The services of Apprise: which addresses it understands, that they take notices, and that nothing of them is told."""

import io
import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest

from chaport_sync import logs
from chaport_sync.monitoring.apprise_services import NotTakenError, names, problems, services
from tests.logs.log_lines import restored

CANARY = "c4nary-5ecret"
TELEGRAM = f"tgram://123456789:{CANARY.replace('-', '_')}_abcdefghijklmnopqrstu/"

clean = pytest.fixture(autouse=True)(restored)


@contextmanager
def listening(status: int) -> Iterator[tuple[int, list[dict[str, Any]]]]:
    """Serve whoever posts to loopback with this HTTP status; give the port and what was posted."""
    heard: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            """Hear and answer."""
            heard.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(status)
            self.send_header("Content-Length", str(len(CANARY)))
            self.end_headers()
            self.wfile.write(CANARY.encode())

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server.server_port, heard
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def told() -> io.StringIO:
    """What is logged, by anybody, at any level."""
    stream = io.StringIO()
    logs.setup("debug", "json", stream=stream, environ={})
    logging.getLogger().setLevel(logging.NOTSET)
    for handler in logging.getLogger().handlers:
        handler.setLevel(logging.NOTSET)
    return stream


def test_a_notice_arrives(told: io.StringIO, capsys: pytest.CaptureFixture[str]) -> None:
    """Apprise sends it, with its title and body as they are; nothing of the address is logged or printed."""
    with listening(200) as (port, heard):
        (service,) = services([f"json://user:{CANARY}@127.0.0.1:{port}/{CANARY}"])
        service.send("chaport-sync: nobody is online", "Since 09:00.\n`chaport-sync history` tells more.")
    (posted,) = heard
    assert (posted["title"], posted["message"]) == (
        "chaport-sync: nobody is online",
        "Since 09:00.\n`chaport-sync history` tells more.",
    )
    printed = capsys.readouterr()
    assert told.getvalue() + printed.out + printed.err == ""


@pytest.mark.parametrize("url", ["json://user:{}@127.0.0.1:{port}/{}", "json://127.0.0.1:1/{}"])
def test_a_notice_that_is_not_taken(url: str, told: io.StringIO, capsys: pytest.CaptureFixture[str]) -> None:
    """That is an error without words; what Apprise and its libraries say of it, with the address, is not logged."""
    with listening(500) as (port, _):
        (service,) = services([url.format(CANARY, CANARY, port=port)])
        with pytest.raises(NotTakenError) as caught:
            service.send("title", "body")
    assert str(caught.value) == ""
    printed = capsys.readouterr()
    assert told.getvalue() + printed.out + printed.err == ""


def test_what_the_daemon_s_logs_hide(told: io.StringIO) -> None:
    """P6: an address that reaches a log line in another way is replaced there."""
    logs.setup("debug", "json", stream=told, secrets=[TELEGRAM], environ={})
    logging.getLogger("somebody").error("cannot reach %s", TELEGRAM)
    assert "cannot reach ***" in told.getvalue()


@pytest.mark.parametrize(
    ("url", "begins"),
    [
        pytest.param(f"foo://{CANARY}", "foo", id="no service of Apprise"),
        pytest.param(f"tgram://{CANARY}", "tgram", id="no address of this service"),
        pytest.param(f"{CANARY}://x", "unknown", id="a secret for a scheme"),
        pytest.param("json://", "json", id="nobody"),
    ],
)
def test_addresses_that_it_does_not_understand(url: str, begins: str, told: io.StringIO) -> None:
    """Each is told by its place and its scheme; the address itself is not repeated, here or in the log."""
    (problem,) = problems([TELEGRAM, url, "json://127.0.0.1"])
    assert problem == (
        f"[notify] urls, entry 2: Apprise does not understand this address, which begins with {begins}://; "
        "https://github.com/caronc/apprise/wiki has the form for each service"
    )
    assert told.getvalue() == ""


def test_nothing_to_look_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without addresses nothing is wrong, also without Apprise; with one it is said how Apprise is installed."""
    monkeypatch.setitem(sys.modules, "apprise", None)
    assert list(problems([])) == []
    (problem,) = problems([TELEGRAM, TELEGRAM])
    assert problem.startswith("[notify] urls: Apprise, which sends notices, is not installed; type in a clone: ")
    assert problem.endswith("/bin/pip install -q -c constraints.txt '.[notify]'")


def test_names() -> None:
    """A service is called by its scheme, which is no secret."""
    urls = [TELEGRAM, "json://a", TELEGRAM, f"{CANARY}://x", "JSON://b"]
    assert names(urls) == ["tgram", "json", "tgram 2", "unknown", "json 2"]
