"""One machine for all of these tests, with the service on it as the README installs it."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from chaport_sync.sandbox import Sandbox
from tests.systemd.machine import Machine, Unavailable, machine
from tests.systemd.readme import Typed, clone, commands, follow
from tests.systemd.service import PLAIN, clear


@dataclass(frozen=True)
class Installed:
    """A machine after the installation: what was typed, and how the service was right after the last line.

    Attributes:
        seconds: How long the first line took, which puts the program on the machine.
    """

    machine: Machine
    typed: list[Typed]
    lines: list[str]
    state: str
    enabled: str
    seconds: float


@pytest.fixture(scope="session")
def installed() -> Iterator[Installed]:
    """Boot a machine and install the service; the tests are skipped where there can be no such machine."""
    try:
        with machine() as booted:
            yield asyncio.run(_install(booted))
    except Unavailable as reason:
        pytest.skip(str(reason))


@pytest.fixture
def host(installed: Installed) -> Machine:
    """The machine on which the service is installed."""
    return installed.machine


async def _install(booted: Machine) -> Installed:
    python = await booted.run("python3", "-c", "import ensurepip, sys; sys.exit(sys.version_info < (3, 11))")
    if python.code:
        raise Unavailable("the system has no Python 3.11 with venv (Debian's package python3-venv)")
    await clone(booted)
    sandbox = Sandbox()
    sandbox.deskie.add_channel(77)
    sandbox.deskie.add_agent("Ann", "ann@acme.example")
    sandbox.chaport.add_operator("Ann", "ann@acme.example")
    async with sandbox.serve() as urls:
        lines = commands("## Install it as a service")
        began = time.monotonic()
        typed = await follow(booted, lines[:1], sandbox, urls)
        seconds = time.monotonic() - began
        typed += await follow(booted, lines[1:], sandbox, urls)
        state = await booted.run("systemctl", "show", "--value", "-p", "ActiveState", PLAIN.unit)
        enabled = await booted.run("systemctl", "is-enabled", PLAIN.unit)
        await clear(booted, PLAIN)
    return Installed(booted, typed, lines, state.out.strip(), enabled.out.strip(), seconds)
