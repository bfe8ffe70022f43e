"""`sandbox`: serves both APIs on this machine with made-up data, and prints each request."""

import asyncio
import importlib.util
import signal
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from chaport_sync.cli.exits import Code

if TYPE_CHECKING:  # at run time it may not be there: it needs packages that not everybody has installed
    from chaport_sync.sandbox import Request, Sandbox, Urls
    from chaport_sync.sandbox.company import Company

_PACKAGES = ("starlette", "uvicorn")
#: Seconds between two looks at new requests, and the longest wait for the answer of a request before it is printed.
_LOOK, _PATIENCE = 0.2, 5.0


def lacks_packages(stream: TextIO) -> bool:
    """Return whether the sandbox's own packages are missing; if so, print how to get them."""
    if all(importlib.util.find_spec(package) for package in _PACKAGES):
        return False
    stream.write("chaport-sync: the sandbox needs more packages; pip install 'chaport-sync[demo]' brings them\n")
    return True


def run_sandbox(*, deskie_port: int, chaport_port: int, agents: int, visitors: int) -> int:
    """Serve until a signal comes, and return 0; return 1 if it cannot serve."""
    if lacks_packages(sys.stderr):
        return Code.FAILED
    from chaport_sync.sandbox import Sandbox
    from chaport_sync.sandbox.company import make_company

    sandbox = Sandbox()
    company = make_company(sandbox, agents, visitors)
    with tempfile.TemporaryDirectory(prefix="chaport-sync-sandbox-") as folder:
        try:
            asyncio.run(_serve(sandbox, company, Path(folder), deskie_port, chaport_port))
        except OSError as error:
            sys.stderr.write(
                f"chaport-sync: cannot serve: {error.strerror}; choose others with --deskie-port and --chaport-port\n"
            )
            return Code.FAILED
    return Code.DONE


async def _serve(sandbox: "Sandbox", company: "Company", folder: Path, deskie_port: int, chaport_port: int) -> None:
    over = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, over.set)
    async with sandbox.serve(deskie_port, chaport_port) as urls:
        path = folder / "config.toml"
        path.write_text(configuration(sandbox, company, urls, folder), "utf-8")
        path.chmod(0o600)
        _say(_welcome(sandbox, company, urls, path))
        while not over.is_set():
            print_requests(sandbox)
            try:
                await asyncio.wait_for(over.wait(), _LOOK)
            except TimeoutError:
                continue


def configuration(sandbox: "Sandbox", company: "Company", urls: "Urls", folder: Path) -> str:
    """Return a complete configuration for the daemon.

    It names a state file of its own: the usual one may belong to a real account or to an earlier sandbox.
    """
    return _CONFIGURATION.format(
        urls=urls,
        email=sandbox.deskie.email,
        api_key=sandbox.deskie.api_key,
        token=sandbox.chaport.token,
        bot=company.bot,
        today=sandbox.now().date(),
        channel=company.channel.key,
        state=folder / "state.db",
    )


def _welcome(sandbox: "Sandbox", company: "Company", urls: "Urls", path: Path) -> str:
    return _WELCOME.format(
        urls=urls,
        deskie=sandbox.deskie,
        token=sandbox.chaport.token,
        agents=len(company.agents),
        visitors=len(company.visitors),
        configuration=path.read_text("utf-8"),
        path=path,
    )


def print_requests(sandbox: "Sandbox") -> None:
    """Print the requests since the last look, then delete them, because a sandbox may run for days."""
    requests = sandbox.journal
    waiting = [request for request in requests if not request.status]
    if any((sandbox.now() - request.at).total_seconds() < _PATIENCE for request in waiting):
        return
    for request in requests:
        _say(_line(request))
    sandbox.forget_requests()


def _line(request: "Request") -> str:
    return f"{request.at:%H:%M:%S}  {request.side:<8} {request.method:<5} {request.status or 'none'}  {request.path}"


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


_CONFIGURATION = """\
[deskie]
url = "{urls.deskie}"
email = "{email}"
api_key = "{api_key}"

[chaport]
url = "{urls.chaport}"
token = "{token}"
[chaport.bots]
{bot.id} = "{bot.name}"

[status]
poll = 5
offline_grace = 20
lease = 60
[status.map]
113808 = "offline"  # Training
120273 = "keep"     # Lunch

[transcripts]
poll = 5
start = "{today}"

[cases]
channel = "{channel}"

[state]
path = '{state}'
"""
_WELCOME = """\
A made-up company: {agents} agents, as many operators, {visitors} visitors.

Deskie   {urls.deskie}  e-mail {deskie.email}, API key {deskie.api_key}
Chaport  {urls.chaport}  token {token}

A configuration for it:

{configuration}
As long as this runs, it is also in a file:

  chaport-sync --config {path} check
  chaport-sync --config {path} run

Requests, until Ctrl-C:
"""
