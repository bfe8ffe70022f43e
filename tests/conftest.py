"""Asynchronous tests in virtual time, and a world for each."""

import asyncio
import gc
import inspect
import os
import sys
import time as clock
from collections.abc import Iterator
from pathlib import Path
from socketserver import BaseServer
from typing import Any

import pytest
import structlog
from structlog.testing import LogCapture
from xdist.scheduler import LoadScopeScheduling

from tests.scraping import free_port
from tests.virtual_time import JumpingLoop, VirtualTime
from tests.world import World

#: Where the tests are that share something dear: a container, or a database server.
TOGETHER = ("tests/systemd/", "tests/cluster/test_misfortunes.py", "tests/cluster/")
#: The longest tests, each in processes of its own.
LONGEST = ("tests/simulation/", "tests/processes/test_backlog.py", "tests/cluster/")
#: State files need not wait for a disk that is not going to fail.
MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of one's own is made in it

# Many processes begin here that import the same: what one has compiled is kept for the others.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
# Each test expects the same times, wherever it runs.
os.environ["TZ"] = "UTC"
clock.tzset()


@pytest.fixture
def time() -> VirtualTime:
    """The time of one test."""
    return VirtualTime()


@pytest.fixture
def world(tmp_path: Path, time: VirtualTime) -> World:
    """Both accounts and a daemon on them that was not started yet."""
    capture = LogCapture()
    structlog.configure(processors=[structlog.contextvars.merge_contextvars, capture], cache_logger_on_first_use=False)
    return World(tmp_path, time, capture.entries)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def _log_as_before() -> Iterator[None]:
    """Undo what a command has set up, such as the least level: the next test of this process looks at all events."""
    before = structlog.get_config()
    yield
    structlog.configure(**before)


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> int:
    """A port that is free, for a server that looks soon whether it is to stop: the library looks twice a second."""
    monkeypatch.setattr(BaseServer.serve_forever, "__defaults__", (0.05,))
    return free_port()


class TogetherScheduling(LoadScopeScheduling):  # type: ignore[misc]  # without type information
    """Gives each test to whichever process is free, but all those that share something to one of them."""

    def _split_scope(self, nodeid: str) -> str:
        return next((each for each in TOGETHER if nodeid.startswith(each)), nodeid)


def pytest_configure() -> None:
    """Keep the tests' folders in memory where that is possible."""
    if os.access(MEMORY, os.W_OK):
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest, in whatever order: none is to be the last, with the other cores idle."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONGEST))


def pytest_collection_finish() -> None:
    """Spare the thousands of tests that were collected from being looked at for garbage again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Take two processes more than there are cores: tests that start processes or a container mostly wait."""
    return len(os.sched_getaffinity(0)) + 2


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> TogetherScheduling:
    """Boot one container, not one for each process; xdist's own groups have no effect under this pytest."""
    return TogetherScheduling(config, log)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run a coroutine test on a loop in which only virtual time passes, unless it starts real processes."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    if pyfuncitem.get_closest_marker("processes"):
        asyncio.run(pyfuncitem.obj(**_arguments(pyfuncitem)))
        return True
    arguments = _arguments(pyfuncitem)
    time = pyfuncitem.funcargs.get("time")
    assert time is None or isinstance(time, VirtualTime)

    async def body() -> None:
        world = pyfuncitem.funcargs.get("world")
        try:
            await pyfuncitem.obj(**arguments)
        finally:
            if isinstance(world, World):
                await world.stop()
                await world.sandbox.aclose()

    with asyncio.Runner(loop_factory=lambda: JumpingLoop(time or VirtualTime())) as runner:
        runner.run(body())
    return True


def _arguments(pyfuncitem: pytest.Function) -> dict[str, Any]:
    return {name: pyfuncitem.funcargs[name] for name in inspect.signature(pyfuncitem.obj).parameters}
