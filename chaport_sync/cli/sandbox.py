"""`sandbox`: serves both APIs on this machine with made-up people, prints each request, and does what is typed."""

import asyncio
import importlib.util
import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
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


def run_sandbox(*, deskie_port: int, chaport_port: int, agents: int, visitors: int, lively: bool = False) -> int:
    """Serve until a signal comes, and return 0; return 1 if it cannot serve. With `lively` people act by themselves."""
    if lacks_packages(sys.stderr):
        return Code.FAILED
    from chaport_sync.sandbox import Sandbox
    from chaport_sync.sandbox.company import make_company

    sandbox = Sandbox()
    company = make_company(sandbox, agents, visitors)
    with tempfile.TemporaryDirectory(prefix="chaport-sync-sandbox-") as folder:
        try:
            asyncio.run(_serve(sandbox, company, Path(folder), deskie_port, chaport_port, lively=lively))
        except OSError as error:
            sys.stderr.write(
                f"chaport-sync: cannot serve: {error.strerror}; choose others with --deskie-port and --chaport-port\n"
            )
            return Code.FAILED
    return Code.DONE


async def _serve(
    sandbox: "Sandbox", company: "Company", folder: Path, deskie_port: int, chaport_port: int, *, lively: bool
) -> None:
    over = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, over.set)
    async with sandbox.serve(deskie_port, chaport_port) as urls:
        path = folder / "config.toml"
        path.write_text(configuration(sandbox, company, urls, folder), "utf-8")
        path.chmod(0o600)
        _say(_welcome(sandbox, company, urls, path))
        living = asyncio.create_task(_live(sandbox, company)) if lively else None
        with _typing(sandbox, company):
            while not over.is_set():
                print_requests(sandbox)
                with suppress(TimeoutError):
                    await asyncio.wait_for(over.wait(), _LOOK)
        if living is not None:
            living.cancel()


async def _live(sandbox: "Sandbox", company: "Company") -> None:
    """Let people act by themselves until the task is cancelled."""
    from chaport_sync.sandbox.lively import Lively

    life = Lively(sandbox, company)
    while True:
        await asyncio.sleep(life.pause)
        _tell(sandbox, life.act())


@contextmanager
def _typing(sandbox: "Sandbox", company: "Company") -> Iterator[None]:
    """Do what is typed while the block runs; without a terminal or a pipe nothing can be typed."""
    from chaport_sync.sandbox.by_hand import ByHand

    hand, loop = ByHand(sandbox, company), asyncio.get_running_loop()

    def read() -> None:
        typed = os.read(sys.stdin.fileno(), 65536)
        for line in typed.decode(errors="replace").splitlines():
            _tell(sandbox, hand.do(line))
        if not typed:
            loop.remove_reader(sys.stdin)

    try:
        loop.add_reader(sys.stdin, read)
    except (OSError, ValueError):
        yield
        return
    try:
        yield
    finally:
        loop.remove_reader(sys.stdin)


def _tell(sandbox: "Sandbox", words: str) -> None:
    for line in words.splitlines():
        _say(f"{sandbox.now():%H:%M:%S}  people   {line}")


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

Type "help" to see what you can do here: agents take a status, visitors write, a service breaks.
Requests, until Ctrl-C:
"""
