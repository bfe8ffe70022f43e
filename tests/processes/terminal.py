"""A terminal at which somebody sits: the program's questions there, and what is typed."""

import asyncio
import os
import pty
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress

from chaport_sync.sandbox import Sandbox
from chaport_sync.sandbox.serving import Urls
from tests.processes.daemon_process import company

#: The program in a session of its own, whose terminal is its standard input.
_AT_A_TERMINAL = """
import fcntl, os, signal, sys, termios
os.setsid()
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell lets what it runs in the background ignore it
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
from chaport_sync.cli import main
sys.argv = ["chaport-sync", *sys.argv[1:]]
main()
"""
PROGRAM = (sys.executable, "-c", _AT_A_TERMINAL)
#: The key of Ctrl-C.
CTRL_C = "\x03"


class Terminal:
    """A terminal, and the program that runs at it."""

    def __init__(self, process: Process, keyboard: int) -> None:
        self._process = process
        self._keyboard = keyboard
        self._looked = 0
        self._more = asyncio.Event()
        self.seen = ""

    def read(self) -> None:
        """Take up what is to be seen; a terminal whose program has ended says that it fails."""
        with suppress(OSError):
            self.seen += os.read(self._keyboard, 65536).decode(errors="replace")
            self._more.set()

    async def type_at(self, question: str, text: str) -> None:
        """Wait until a question stands there, and type."""
        async with asyncio.timeout(30):
            while question not in self.seen[self._looked :]:
                self._more.clear()
                await self._more.wait()
        self._looked = self.seen.index(question, self._looked) + len(question)
        os.write(self._keyboard, text.encode())

    async def interrupt_at(self, question: str, answer: str) -> None:
        """Wait until a question stands there, and press Ctrl-C until the program answers.

        Python misses one that comes at the very moment at which it begins to wait for a line, and one that comes while
        it ends kills it.
        """
        await self.type_at(question, CTRL_C)
        async with asyncio.timeout(30):
            while answer not in self.seen and self._process.returncode is None:
                self._more.clear()
                try:
                    await asyncio.wait_for(self._more.wait(), 1)
                except TimeoutError:
                    os.write(self._keyboard, CTRL_C.encode())

    async def ended(self) -> int:
        """Return the exit code."""
        async with asyncio.timeout(30):
            code = await self._process.wait()
        before = -1
        while before < (before := len(self.seen)):
            self.read()
        return code


@asynccontextmanager
async def terminal(*command: str, environ: Mapping[str, str] | None = None) -> AsyncIterator[Terminal]:
    """Run a command at a terminal while the block runs; `environ` replaces the environment."""
    ours, theirs = pty.openpty()
    process = await asyncio.create_subprocess_exec(*command, stdin=theirs, stdout=theirs, stderr=theirs, env=environ)
    os.close(theirs)
    os.set_blocking(ours, False)
    shown = Terminal(process, ours)
    asyncio.get_running_loop().add_reader(ours, shown.read)
    try:
        yield shown
    finally:
        asyncio.get_running_loop().remove_reader(ours)
        os.close(ours)
        if process.returncode is None:
            process.kill()
            await process.wait()


def company_of_ann() -> Sandbox:
    """Return two accounts of one person."""
    sandbox = company()
    sandbox.deskie.add_agent("Ann", "ann@acme.example", 1)
    sandbox.chaport.add_operator("Ann", "ann@acme.example")
    return sandbox


def dialogue(sandbox: Sandbox, urls: Urls) -> list[tuple[str, str]]:
    """Return each question, and what is typed there."""
    return [
        ("url:", f"{urls.deskie}\r"),
        ("email:", f"{sandbox.deskie.email}\r"),
        ("api_key:", f"{sandbox.deskie.api_key}\r"),
        ("url [https://app.chaport.com]:", f"{urls.chaport}\r"),
        ("token:", f"{sandbox.chaport.token}\r"),
        ("channel [cch12]:", "\r"),
        ("Training [offline]:", "online\r"),
        ("Lunch [offline]:", "keep\r"),
        ("timezone [", "UTC\r"),
        ("language [en]:", "\r"),
        ("replies, yes or no [no]:", "\r"),
        ("Write them? [yes]:", "\r"),
    ]
